//! The output of `lifering propose`: people beyond the help of any site, the table of sites, the proof, the rules that
//! change.
//!
//! In: a proposal's report. Out: text in one language.

use super::screen::{Screen, wrapped};
use super::table::{Column, Table, cell};
use lifering_base::t;
use lifering_report::proposal::{ProposalReport, RegionReport, RuleStateReport};
use lifering_report::text::proposal::{
    called, cannot_be_helped, marked, named_sites, objective, proof, reopened, state, ties,
};
use lifering_report::text::{Lang, list, people, tr, verdict};

/// The text.
pub fn table(report: &ProposalReport, screen: Screen) -> String {
    let lang = screen.lang;
    let locale = lang.locale();
    let mut lines =
        vec![cannot_be_helped(report, lang), String::new(), sites(report, lang).text(screen), String::new()];
    lines.extend(reopened(report, lang));
    if !report.given_up.is_empty() {
        lines.push(t!("propose.given_up", locale = locale, sites = named_sites(&report.given_up, lang)).into_owned());
    }
    lines.push(proof(report, lang));
    lines.extend(ties(report, lang));
    if let Some(region) = &report.region {
        lines.extend([String::new(), changes(region, screen)]);
    }
    wrapped(&lines.join("\n"), screen.columns)
}

/// The table of sites.
fn sites(report: &ProposalReport, lang: Lang) -> Table {
    let region = report.region.is_some();
    let columns = [
        ("propose.table.order", Column::Number),
        ("propose.table.site", Column::Text),
        ("terminal.site.new", Column::Number),
        ("terminal.site.objective", Column::Number),
    ];
    let mut table = Table::new(columns.map(|(key, column)| (tr(key, lang), column)));
    if region {
        table.push_column(tr("terminal.site.closed", lang), Column::Number);
    }
    table.push_column(tr("propose.table.next", lang), Column::Text);
    for site in &report.sites {
        let ground = site.ground.as_ref();
        let next: Vec<String> =
            site.next_best.iter().map(|n| marked(n.name.as_deref().unwrap_or(&n.id), n.origin, lang)).collect();
        let name = marked(&called(&site.id, ground.map(|g| g.name.as_str())), ground.map(|g| g.origin), lang);
        let name = match ground.and_then(|ground| ground.unit.as_deref()) {
            Some(unit) => list(&[name.as_str(), unit], lang),
            None => name,
        };
        let new = site.people_new.map_or_else(|| "—".to_owned(), |n| people(n, lang));
        let mut row = vec![cell(site.order), cell(name), cell(new), cell(objective(report, site.objective, lang))];
        if region {
            let closed = ground.map_or_else(
                || "—".to_owned(),
                |ground| {
                    let closed = ground.zones.iter().filter(|zone| zone.closed).count();
                    format!("{closed} / {}", ground.zones.len())
                },
            );
            row.push(cell(closed));
        }
        row.push(cell(list(&next, lang)));
        table.push(row);
    }
    table
}

/// The rules that the sites change, and the number of the others.
fn changes(region: &RegionReport, screen: Screen) -> String {
    let lang = screen.lang;
    let columns = [
        ("table.rule", Column::Word),
        ("table.title", Column::Text),
        ("propose.table.before", Column::Word),
        ("propose.table.after", Column::Word),
    ];
    let mut table = Table::new(columns.map(|(key, column)| (tr(key, lang), column)));
    let state = |s: &RuleStateReport| format!("{} {}", verdict(s.verdict, lang), state(s, lang)).trim_end().to_owned();
    for rule in region.rules.iter().filter(|rule| rule.moved) {
        let title = if lang == Lang::Zh { &rule.title } else { &rule.title_en };
        table.push(vec![cell(&rule.id), cell(title), cell(state(&rule.before)), cell(state(&rule.after))]);
    }
    let count = region.rules.iter().filter(|rule| !rule.moved).count();
    let unmoved = t!("propose.unmoved", locale = lang.locale(), rules = count);
    if table.is_empty() { unmoved.into_owned() } else { format!("{}\n{unmoved}", table.text(screen)) }
}
