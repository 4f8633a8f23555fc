//! The region before and after, as maps and figures.

use super::ProposalPage;
use crate::html::map::{Drawing, Theme, figure};
use lifering_core::plan::region::NewSite;
use lifering_core::plan::region::candidates::CandidateOrigin;
use lifering_report::proposal::RuleStateReport;
use lifering_report::text::km2;
use lifering_report::text::{grouped, people, verdict};
use lifering_standards::access_query;
use lifering_standards::catalogue::LayerName;
use maud::{Markup, html};

/// Key figures before and after.
pub fn tiles(plan: &ProposalPage<'_>) -> Markup {
    let (page, report) = (&plan.page, plan.report);
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
            div { dd { (grouped(plan.ground.candidates.len() as f64)) } dt { (page.tr("plan.candidates")) } }
            div { dd { (pair(
                before.map(|s| verdict(s.verdict, lang)),
                after.map(|s| verdict(s.verdict, lang)),
            )) } dt { (page.tr("table.verdict")) } }
        }
    }
}

/// The map before, or after.
pub fn map(plan: &ProposalPage<'_>, after: bool) -> Markup {
    let (page, theme) = (if after { &plan.page } else { &plan.before }, theme(plan, after));
    figure(page, &theme, &Drawing::new(page, &theme))
}

/// The zones before or after, with the sites of that state.
fn theme<'a>(plan: &'a ProposalPage<'_>, after: bool) -> Theme<'a> {
    let audit = if after { &plan.ground.after } else { &plan.ground.before };
    let outcome = &audit.findings.outcomes[plan.ground.rule];
    let evidence = audit.city.evidence();
    let all = access_query(&outcome.rule.criterion, evidence).and_then(Result::ok).map(|q| q.sites).unwrap_or_default();
    let new = |site: &usize| plan.report.sites.iter().any(|s| s.id == evidence.sites[*site].id);
    // They stand already: hollow before, a pin after.
    let reopened = |site: &usize| {
        let (layer, place) = (&evidence.sites[*site].layer, audit.city.sites()[*site].place);
        let of = |s: &NewSite| s.origin == CandidateOrigin::Reopen && s.site.place == place;
        *layer == LayerName::Stations && plan.ground.sites.iter().any(of)
    };
    // No ambulance leaves from them before, so the rule does not count them.
    let placed = audit.city.sites().len();
    let standing = (0..placed).filter(|site| !after && reopened(site));
    let marks = plan.ground.sites.iter().enumerate().map(|(at, s)| (s.site.xy, at + 1, s.name.clone()));
    Theme {
        zones: audit.findings.zones.get(&plan.ground.rule).map(|zones| (outcome, zones)),
        sites: all.iter().copied().filter(|site| !reopened(site) && !new(site)).chain(standing).collect(),
        reopened: (0..placed).filter(reopened).collect(),
        proposed: if after { marks.collect() } else { Vec::new() },
        ..Theme::default()
    }
}
