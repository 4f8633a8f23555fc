//! The short table of a proposal for the terminal. What cannot be helped comes first.

use super::proposal::ProposalReport;
use super::sentences::{Lang, amount, minutes, people};
use crate::proposal::Reason;
use crate::proposal::ask::GoalName;
use comfy_table::presets::UTF8_HORIZONTAL_ONLY;
use comfy_table::{Attribute, Cell, CellAlignment, ContentArrangement, Table};
use rust_i18n::t;

/// An objective as the language writes it. A mean is told for each person who is reached.
fn objective(report: &ProposalReport, value: Option<f64>, lang: Lang) -> String {
    let Some(value) = value else { return "—".to_owned() };
    match report.goal {
        GoalName::Mean => {
            let reached = report.instance.people - report.uncoverable.people;
            minutes(if reached > 0.0 { value / reached } else { 0.0 }, lang)
        }
        GoalName::Worst => minutes(value, lang),
        GoalName::ReachAll | GoalName::Cover | GoalName::Backup | GoalName::Busy => people(value, lang),
    }
}

fn reason(reason: Reason, lang: Lang) -> String {
    let key = match reason {
        Reason::NoRoad => "propose.reason.no_road",
        Reason::CutOff => "propose.reason.cut_off",
        Reason::TooFar => "propose.reason.too_far",
        Reason::OneSite => "propose.reason.one_site",
    };
    t!(key, locale = lang.locale()).into_owned()
}

fn goal(report: &ProposalReport, lang: Lang) -> String {
    let key = match report.goal {
        GoalName::ReachAll => "propose.goal.reach_all",
        GoalName::Cover => "propose.goal.cover",
        GoalName::Mean => "propose.goal.mean",
        GoalName::Worst => "propose.goal.worst",
        GoalName::Backup => "propose.goal.backup",
        GoalName::Busy => "propose.goal.busy",
    };
    t!(key, locale = lang.locale()).into_owned()
}

/// The proposal as text.
pub fn table(report: &ProposalReport, lang: Lang) -> String {
    let locale = lang.locale();
    let mut lines = vec![cannot_be_helped(report, lang)];
    let mut table = Table::new();
    table.load_style(UTF8_HORIZONTAL_ONLY).set_content_arrangement(ContentArrangement::Dynamic).force_no_tty();
    let heads = [
        "propose.table.order",
        "propose.table.site",
        "propose.table.objective",
        "propose.table.new",
        "propose.table.next",
    ];
    table.set_header(heads.map(|key| Cell::new(t!(key, locale = locale)).add_attribute(Attribute::Bold)));
    for site in &report.sites {
        let next: Vec<&str> = site.next_best.iter().map(|n| n.id.as_str()).collect();
        table.add_row(vec![
            Cell::new(site.order).set_alignment(CellAlignment::Right),
            Cell::new(&site.id),
            Cell::new(objective(report, site.objective, lang)).set_alignment(CellAlignment::Right),
            Cell::new(site.people_new.map_or_else(|| "—".to_owned(), |n| people(n, lang)))
                .set_alignment(CellAlignment::Right),
            Cell::new(next.join(", ")),
        ]);
    }
    lines.push(table.to_string());
    if !report.given_up.is_empty() {
        lines.push(t!("propose.given_up", locale = locale, sites = report.given_up.join(", ")).into_owned());
    }
    lines.push(proof(report, lang));
    if let Some(ties) = report.ties.as_ref().filter(|ties| ties.found > 1) {
        let key = if ties.complete { "propose.ties" } else { "propose.ties_at_least" };
        lines.push(t!(key, locale = locale, sets = ties.found, all = ties.in_all.join(", ")).into_owned());
    }
    lines.join("\n")
}

fn cannot_be_helped(report: &ProposalReport, lang: Lang) -> String {
    let locale = lang.locale();
    if report.uncoverable.places == 0 {
        return t!("propose.everybody", locale = locale).into_owned();
    }
    let reasons: Vec<String> = report
        .uncoverable
        .reasons
        .iter()
        .map(|(why, sum)| {
            t!("propose.because", locale = locale, people = people(sum.people, lang), why = reason(*why, lang))
                .into_owned()
        })
        .collect();
    let between = t!("list.between", locale = locale).into_owned();
    t!(
        "propose.uncoverable",
        locale = locale,
        people = people(report.uncoverable.people, lang),
        reasons = reasons.join(&between)
    )
    .into_owned()
}

/// What was reached, and how sure that is.
fn proof(report: &ProposalReport, lang: Lang) -> String {
    let locale = lang.locale();
    let figure = |value: f64| match report.goal {
        GoalName::ReachAll => amount(value),
        _ => objective(report, Some(value), lang),
    };
    let (goal, value) = (goal(report, lang), figure(report.objective));
    if report.optimal {
        return t!("propose.optimal", locale = locale, goal = goal, value = value).into_owned();
    }
    let bound = figure(report.bound);
    t!("propose.bounded", locale = locale, goal = goal, value = value, bound = bound).into_owned()
}
