//! proposal.html: where the next sites should stand, what they change, and how sure that is.
//!
//! In: a proposal on a region and its report. Out: HTML like the audit's report: no network, no script, prints on A4. What
//! cannot be helped is said before what can.

use super::STYLE;
use super::map::{Drawing, Theme, figure};
use super::page::{Page, verdict_class};
use lifering_base::t;
use lifering_core::plan::Proposal;
use lifering_core::plan::region::OnTheGround;
use lifering_report::proposal::{ProposalReport, RuleStateReport, SiteReport};
use lifering_report::report::Report;
use lifering_report::text::proposal::{
    bound_text, cannot_be_helped, figure_of, headline, objective, proof, reason, state, ties,
};
use lifering_report::text::{Lang, grouped, kilometres, minutes, people, verdict};
use lifering_report::text::{km2, pick};
use lifering_standards::access_query;
use maud::{DOCTYPE, Markup, PreEscaped, html};

/// Zones that are named one by one.
const ZONES: usize = 8;
/// Units that are named for one site.
const UNITS: usize = 4;

/// Everything the parts are written from.
struct Sheet<'a> {
    /// The region once the sites stand.
    page: Page<'a>,
    ground: &'a OnTheGround,
    proposal: &'a Proposal,
    report: &'a ProposalReport,
}

/// proposal.html, for a proposal on a region.
pub fn proposal(proposal: &Proposal, report: &ProposalReport, lang: Lang) -> Option<Vec<u8>> {
    let ground = proposal.ground.as_ref()?;
    let after = Report::new(&ground.after);
    let page = Page::new(&ground.after, &after, lang);
    let sheet = Sheet { page, ground, proposal, report };
    let language = match lang {
        Lang::Zh => "zh-CN",
        Lang::En => "en",
    };
    let title = format!("{} — {}", after.region.name, sheet.page.tr("plan.kind"));
    let markup = html! {
        (DOCTYPE)
        html lang=(language) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="generator" content=(format!("lifering {}", report.tool.version));
                link rel="icon" href="data:,";
                title { (title) }
                style { (PreEscaped(STYLE)) }
            }
            body.plan {
                (sheet.page.base.definitions())
                main { (front(&sheet)) (sites(&sheet)) (rules(&sheet)) (back(&sheet)) }
            }
        }
    };
    Some(markup.into_string().into_bytes())
}

fn front(sheet: &Sheet<'_>) -> Markup {
    let (page, report) = (&sheet.page, sheet.report);
    let lang = page.lang;
    let rule = &sheet.ground.before.findings.outcomes[sheet.ground.rule].rule;
    html! {
        section.page.front {
            header {
                p.over { (page.tr("plan.kind")) }
                h1 { (lifering_report::text::region_name(page.report)) }
                p.against { (rule.id) " " (pick(&rule.title, lang)) " · " (page.tr(goal_key(report))) }
                @if page.report.region.illustrative { p.stamp { (page.tr("summary.illustrative")) } }
            }
            p.verdict { (headline(report, lang)) }
            p.lead { (proof(report, lang)) }
            p.lead { (cannot_be_helped(report, lang)) }
            (tiles(sheet))
            div.pair {
                div { h3 { (page.tr("propose.table.before")) } (map(sheet, false)) }
                div { h3 { (page.tr("propose.table.after")) } (map(sheet, true)) }
            }
        }
    }
}

fn goal_key(report: &ProposalReport) -> &'static str {
    lifering_report::text::proposal::goal_key(report.goal)
}

fn tiles(sheet: &Sheet<'_>) -> Markup {
    let (page, report) = (&sheet.page, sheet.report);
    let lang = page.lang;
    let pair = |before: Option<String>, after: Option<String>| {
        html! { (before.unwrap_or_else(|| "—".to_owned())) span.arrow { "→" } (after.unwrap_or_else(|| "—".to_owned())) }
    };
    let (before, after) = (report.before.rule.as_ref(), report.after.rule.as_ref());
    let of = |state: Option<&RuleStateReport>, value: fn(&RuleStateReport) -> Option<f64>| state.and_then(value);
    let left = |state| of(state, |s| s.population_uncovered).map(|n| people(n, lang));
    let area = |state| of(state, |s| s.uncovered_km2).map(|n| km2(n * 1e6, lang));
    let given_up = report.given_up.len();
    html! {
        dl.tiles {
            div { dd { (pair(left(before), left(after))) } dt { (page.tr("plan.left_out")) } }
            div { dd { (pair(area(before), area(after))) } dt { (page.tr("plan.area")) } }
            div { dd { (report.sites.len()) @if given_up > 0 { " − " (given_up) } } dt { (page.tr("plan.sites")) } }
            div { dd { (grouped(sheet.ground.candidates.len() as f64)) } dt { (page.tr("plan.candidates")) } }
            div { dd { (pair(
                before.map(|s| verdict(s.verdict, lang)),
                after.map(|s| verdict(s.verdict, lang)),
            )) } dt { (page.tr("table.verdict")) } }
        }
    }
}

fn map(sheet: &Sheet<'_>, after: bool) -> Markup {
    let theme = theme(sheet, after);
    figure(&sheet.page, &theme, &Drawing::new(&sheet.page, &theme))
}

/// A map of the zones before or after, with the sites that stand then.
fn theme<'a>(sheet: &'a Sheet<'_>, after: bool) -> Theme<'a> {
    let audit = if after { &sheet.ground.after } else { &sheet.ground.before };
    let outcome = &audit.findings.outcomes[sheet.ground.rule];
    let evidence = sheet.ground.after.city.evidence();
    let all = access_query(&outcome.rule.criterion, evidence).and_then(Result::ok).map(|q| q.sites).unwrap_or_default();
    let new = |site: &usize| sheet.report.sites.iter().any(|s| s.id == evidence.sites[*site].id);
    let marks = sheet.ground.sites.iter().enumerate().map(|(at, s)| (s.site.xy, at + 1, s.name.clone()));
    Theme {
        zones: audit.findings.zones.get(&sheet.ground.rule).map(|zones| (outcome, zones)),
        sites: all.into_iter().filter(|site| !new(site)).collect(),
        proposed: if after { marks.collect() } else { Vec::new() },
        ..Theme::default()
    }
}

/// A mean of the aim: a time, or a distance.
fn mean(sheet: &Sheet<'_>, value: Option<f64>) -> String {
    let lang = sheet.page.lang;
    match value {
        None => "—".to_owned(),
        Some(metres) if sheet.report.limit_m.is_some() => kilometres(metres, lang),
        Some(seconds) => minutes(seconds, lang),
    }
}

fn sites(sheet: &Sheet<'_>) -> Markup {
    let (page, report) = (&sheet.page, sheet.report);
    let lang = page.lang;
    let heads = [
        "propose.table.order",
        "propose.table.site",
        "propose.table.unit",
        "propose.table.new",
        "propose.table.objective",
        "plan.units",
        "propose.table.closed",
        "propose.table.next",
    ];
    html! {
        section.page {
            (page.running_head())
            h2 { (page.tr("plan.order")) }
            p.small { (page.tr("plan.order_note")) }
            div.wide { table {
                thead { tr { @for key in heads { th { (page.tr(key)) } } } }
                tbody { @for site in &report.sites { (site_row(sheet, site)) } }
            } }
            @if let Some(text) = ties(report, lang) { p { (text) } }
            @if !report.given_up.is_empty() {
                p { (t!("propose.given_up", locale = lang.locale(), sites = report.given_up.join("、"))) }
            }
            (curve(sheet))
        }
    }
}

fn site_row(sheet: &Sheet<'_>, site: &SiteReport) -> Markup {
    let (page, report) = (&sheet.page, sheet.report);
    let lang = page.lang;
    let Some(ground) = &site.ground else { return html! {} };
    let closed = ground.zones.iter().filter(|zone| zone.closed).count();
    html! {
        tr {
            td.num { (site.order) }
            td { (ground.name) br; span.sub { (site.id) " · " (format!("{:.5}, {:.5}", ground.lon, ground.lat)) } }
            td { (ground.unit.as_deref().unwrap_or("—")) }
            td.num { (site.people_new.map_or_else(|| people(ground.people_first, lang), |n| people(n, lang))) }
            td.num { (objective(report, site.objective, lang)) }
            td { @for unit in ground.units.iter().take(UNITS) {
                div { (unit.name) " " (mean(sheet, unit.mean_before)) span.arrow { "→" } (mean(sheet, unit.mean_after)) }
            } }
            td.num { (closed) " / " (ground.zones.len()) }
            td { @for next in &site.next_best {
                div { (next.name.as_deref().unwrap_or(&next.id)) " " span.sub { (objective(report, Some(next.objective), lang)) } }
            } }
        }
    }
}

/// What 1 to N sites can do, the best and one after another.
fn curve(sheet: &Sheet<'_>) -> Markup {
    let (page, report) = (&sheet.page, sheet.report);
    let lang = page.lang;
    if report.curve.len() < 2 {
        return html! {};
    }
    let heads = ["plan.number", "plan.best", "plan.bound", "plan.greedy", "plan.regret"];
    html! {
        h3 { (page.tr("plan.curve")) }
        p.small { (page.tr("plan.curve_note")) }
        div.wide { table {
            thead { tr { @for key in heads { th.num { (page.tr(key)) } } } }
            tbody { @for point in &report.curve {
                tr {
                    td.num { (point.sites) }
                    td.num { (objective(report, point.objective, lang)) }
                    td.num { @if point.proven { (page.tr("plan.proven")) } @else { (objective(report, Some(point.bound), lang)) } }
                    td.num { (objective(report, point.greedy, lang)) }
                    td.num { @if let Some(site) = report.sites.get(point.sites.wrapping_sub(1)) { (objective(report, site.regret, lang)) } }
                }
            } }
        } }
    }
}

fn rules(sheet: &Sheet<'_>) -> Markup {
    let (page, report) = (&sheet.page, sheet.report);
    let Some(region) = &report.region else { return html! {} };
    let still = region.rules.iter().filter(|rule| !rule.moved).count();
    html! {
        section.page {
            (page.running_head())
            h2 { (page.tr("plan.rules")) }
            p.small { (page.tr("plan.rules_note")) }
            div.wide { table.rules {
                thead { tr {
                    @for key in ["table.rule", "table.title", "propose.table.before", "propose.table.after"] { th { (page.tr(key)) } }
                } }
                tbody { @for rule in region.rules.iter().filter(|rule| rule.moved) {
                    tr class=(verdict_class(rule.after.verdict)) {
                        td.id { (rule.id) }
                        td { (if page.lang == Lang::Zh { &rule.title } else { &rule.title_en }) }
                        td { (page.chip(rule.before.verdict)) " " (state(&rule.before, page.lang)) }
                        td { (page.chip(rule.after.verdict)) " " (state(&rule.after, page.lang)) }
                    }
                } }
            } }
            p { (t!("propose.unmoved", locale = page.lang.locale(), rules = still)) }
        }
    }
}

fn back(sheet: &Sheet<'_>) -> Markup {
    let (page, report) = (&sheet.page, sheet.report);
    let lang = page.lang;
    let question = serde_json::to_string(&sheet.proposal.request).unwrap_or_default();
    let files = match &report.origin {
        lifering_core::plan::record::Origin::Region(record) => record.files.clone(),
        lifering_core::plan::record::Origin::Matrix(_) => Vec::new(),
    };
    html! {
        section.page {
            (page.running_head())
            h2 { (page.tr("plan.helpless")) }
            @if report.uncoverable.places == 0 { p { (page.tr("propose.everybody")) } }
            @else {
                table {
                    tbody {
                        @for (why, sum) in &report.uncoverable.reasons {
                            tr { td { (reason(*why, true, lang)) } td.num { (people(sum.people, lang)) } }
                        }
                    }
                }
                @if !report.uncoverable.zones.is_empty() {
                    p.small { (page.tr("plan.uncoverable_zones"))
                        @for (n, zone) in report.uncoverable.zones.iter().take(ZONES).enumerate() {
                            @if n > 0 { (if lang == Lang::Zh { "、" } else { ", " }) }
                            (zone.zone_id) " (" (people(zone.people, lang)) ")"
                        }
                    }
                }
            }
            h2 { (page.tr("plan.proof")) }
            table { tbody {
                tr { td { (page.tr(goal_key(report))) } td.num { (figure_of(report, report.objective, lang)) } }
                tr { td { (page.tr("plan.bound")) } td.num { (bound_text(report, lang)) } }
                tr { td { (page.tr("plan.choice")) } td.num {
                    (grouped(report.instance.sites as f64)) " × " (grouped(report.instance.places as f64))
                } }
            } }
            p { (page.tr("plan.verify")) " " code { "lifering propose --verify proposal.json" } }
            h2 { (page.tr("plan.made_from")) }
            p.small { code { (question) } }
            table.hashes { tbody { @for file in files { tr { td { (file.file) } td { code.hash { (file.sha256) } } } } } }
            p.small { "lifering " (report.tool.version) }
        }
    }
}
