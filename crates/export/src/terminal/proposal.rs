//! The output of `lifering propose`: people beyond the help of any site, the table of sites, the proof, the rules that
//! change.
//!
//! In: a proposal's report. Out: text in one language.

use super::table::{cell, new_table, right};
use comfy_table::Table;
use lifering_base::t;
use lifering_report::proposal::{ProposalReport, RegionReport, RuleStateReport};
use lifering_report::text::proposal::{
    called, cannot_be_helped, marked, named_sites, objective, proof, reopened, state, ties,
};
use lifering_report::text::tr;
use lifering_report::text::{Lang, people, verdict};

/// The text.
pub fn table(report: &ProposalReport, lang: Lang) -> String {
    let locale = lang.locale();
    let mut lines = vec![cannot_be_helped(report, lang), sites(report, lang).to_string()];
    lines.extend(reopened(report, lang));
    if !report.given_up.is_empty() {
        lines.push(t!("propose.given_up", locale = locale, sites = named_sites(&report.given_up, lang)).into_owned());
    }
    lines.push(proof(report, lang));
    lines.extend(ties(report, lang));
    if let Some(region) = &report.region {
        lines.push(changes(region, lang));
    }
    lines.join("\n")
}

/// The table of sites.
fn sites(report: &ProposalReport, lang: Lang) -> Table {
    let mut heads = vec!["propose.table.order", "propose.table.site"];
    if report.region.is_some() {
        heads.push("propose.table.unit");
    }
    heads.extend(["propose.table.new", "propose.table.objective"]);
    if report.region.is_some() {
        heads.push("propose.table.closed");
    }
    heads.push("propose.table.next");
    let mut table = new_table(heads.iter().map(|key| tr(key, lang)), false);
    for site in &report.sites {
        let ground = site.ground.as_ref();
        let next: Vec<String> =
            site.next_best.iter().map(|n| marked(n.name.as_deref().unwrap_or(&n.id), n.origin, lang)).collect();
        let name = marked(&called(&site.id, ground.map(|g| g.name.as_str())), ground.map(|g| g.origin), lang);
        let mut row = vec![right(site.order.to_string()), cell(name)];
        if let Some(ground) = ground {
            row.push(cell(ground.unit.as_deref().unwrap_or("—")));
        }
        row.push(right(site.people_new.map_or_else(|| "—".to_owned(), |n| people(n, lang))));
        row.push(right(objective(report, site.objective, lang)));
        if let Some(ground) = ground {
            let closed = ground.zones.iter().filter(|zone| zone.closed).count();
            row.push(right(format!("{closed} / {}", ground.zones.len())));
        }
        row.push(cell(lifering_report::text::list(&next, lang)));
        table.add_row(row);
    }
    table
}

/// The rules that the sites change, and the number of the others.
fn changes(region: &RegionReport, lang: Lang) -> String {
    let locale = lang.locale();
    let heads = ["table.rule", "table.title", "propose.table.before", "propose.table.after"];
    let mut table = new_table(heads.map(|key| tr(key, lang)), false);
    let cell = |s: &RuleStateReport| format!("{} {}", verdict(s.verdict, lang), state(s, lang)).trim_end().to_owned();
    for rule in region.rules.iter().filter(|rule| rule.moved) {
        let title = if lang == Lang::Zh { &rule.title } else { &rule.title_en };
        table.add_row(vec![rule.id.clone(), title.clone(), cell(&rule.before), cell(&rule.after)]);
    }
    let count = region.rules.iter().filter(|rule| !rule.moved).count();
    format!("{table}\n{}", t!("propose.unmoved", locale = locale, rules = count))
}
