//! A proposal in words: sentences and figures that the terminal and proposal.html share.
//!
//! In: a proposal's report. Out: text in one language.

use super::language::Lang;
use super::numbers::{amount, figure, minutes, people};
use super::punctuation::{bracketed, clauses, names};
use crate::proposal::{GroundReport, ProposalReport, RuleStateReport, SiteReport};
use lifering_base::t;
use lifering_core::plan::Reason;
use lifering_core::plan::region::candidates::CandidateOrigin;
use lifering_core::plan::request::GoalName;

/// At most so many sites are named in a line.
const NAMED: usize = 6;

/// An objective as the language writes it. A mean is told for each person who is reached.
pub fn objective(report: &ProposalReport, value: Option<f64>, lang: Lang) -> String {
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

/// The objective of the whole proposal, or a bound on it.
pub fn figure_of(report: &ProposalReport, value: f64, lang: Lang) -> String {
    match report.goal {
        GoalName::ReachAll => amount(value),
        _ => objective(report, Some(value), lang),
    }
}

/// The bound, or that the objective meets it.
pub fn bound_text(report: &ProposalReport, lang: Lang) -> String {
    if report.optimal {
        return t!("plan.proven", locale = lang.locale()).into_owned();
    }
    figure_of(report, report.bound, lang)
}

/// What was reached, and how sure that is.
pub fn proof(report: &ProposalReport, lang: Lang) -> String {
    let locale = lang.locale();
    let goal = t!(goal_key(report.goal), locale = locale);
    let value = figure_of(report, report.objective, lang);
    if report.optimal {
        return t!("propose.optimal", locale = locale, goal = goal, value = value).into_owned();
    }
    let bound = figure_of(report, report.bound, lang);
    t!("propose.bounded", locale = locale, goal = goal, value = value, bound = bound).into_owned()
}

/// What the sites bring, in one sentence.
pub fn headline(report: &ProposalReport, lang: Lang) -> String {
    let left = |state: &Option<RuleStateReport>| {
        people(state.as_ref().and_then(|s| s.population_uncovered).unwrap_or_default(), lang)
    };
    let reopened = reopened_sites(report).count();
    let new = report.sites.len() - reopened;
    let key = match (new, reopened) {
        (_, 0) => "plan.headline",
        (0, _) => "plan.headline_reopened",
        _ => "plan.headline_both",
    };
    t!(
        key,
        locale = lang.locale(),
        sites = new,
        reopened = reopened,
        before = left(&report.before.rule),
        after = left(&report.after.rule)
    )
    .into_owned()
}

/// The proposed sites that are stations without an ambulance.
fn reopened_sites(report: &ProposalReport) -> impl Iterator<Item = (&SiteReport, &GroundReport)> {
    let sites = report.sites.iter().filter_map(|site| Some((site, site.ground.as_ref()?)));
    sites.filter(|(_, ground)| ground.origin == CandidateOrigin::Reopen)
}

/// Which stations are reopened, in a sentence; `None` if none is.
pub fn reopened(report: &ProposalReport, lang: Lang) -> Option<String> {
    let mut sites: Vec<String> =
        reopened_sites(report).map(|(site, ground)| called(&site.id, Some(&ground.name))).collect();
    // The goal busy lists a site once for each ambulance.
    sites.sort_unstable();
    sites.dedup();
    let named = named_sites(&sites, lang);
    (!sites.is_empty()).then(|| t!("propose.reopened", locale = lang.locale(), sites = named).into_owned())
}

/// A site as it is listed: marked if it is a station to reopen.
pub fn marked(name: &str, origin: Option<CandidateOrigin>, lang: Lang) -> String {
    match origin {
        Some(CandidateOrigin::Reopen) => {
            let mark = t!("propose.reopen", locale = lang.locale());
            format!("{name}{}", bracketed(&mark, name, lang))
        }
        _ => name.to_owned(),
    }
}

/// The goal in the catalogue.
pub fn goal_key(goal: GoalName) -> &'static str {
    match goal {
        GoalName::ReachAll => "propose.goal.reach_all",
        GoalName::Cover => "propose.goal.cover",
        GoalName::Mean => "propose.goal.mean",
        GoalName::Worst => "propose.goal.worst",
        GoalName::Backup => "propose.goal.backup",
        GoalName::Busy => "propose.goal.busy",
    }
}

/// Why people cannot be helped, in words; `region` where roads are known.
pub fn reason(reason: Reason, region: bool, lang: Lang) -> String {
    let key = match reason {
        Reason::NoRoad if region => "propose.reason.no_road_there",
        Reason::NoRoad => "propose.reason.no_road",
        Reason::CutOff => "propose.reason.cut_off",
        Reason::TooFar => "propose.reason.too_far",
        Reason::OneSite => "propose.reason.one_site",
    };
    t!(key, locale = lang.locale()).into_owned()
}

/// Who cannot be helped, and why, in a sentence.
pub fn cannot_be_helped(report: &ProposalReport, lang: Lang) -> String {
    let locale = lang.locale();
    if report.uncoverable.places == 0 {
        return t!("propose.everybody", locale = locale).into_owned();
    }
    let reasons: Vec<String> = report
        .uncoverable
        .reasons
        .iter()
        .map(|(why, sum)| {
            let (people, why) = (people(sum.people, lang), reason(*why, report.region.is_some(), lang));
            t!("propose.because", locale = locale, people = people, why = why).into_owned()
        })
        .collect();
    t!(
        "propose.uncoverable",
        locale = locale,
        people = people(report.uncoverable.people, lang),
        reasons = clauses(&reasons, lang)
    )
    .into_owned()
}

/// What other sets are as good, in a sentence.
pub fn ties(report: &ProposalReport, lang: Lang) -> Option<String> {
    let ties = report.ties.as_ref().filter(|ties| ties.found > 1)?;
    let key = match (ties.complete, ties.in_all.is_empty()) {
        (true, false) => "propose.ties",
        (true, true) => "propose.ties_none",
        (false, false) => "propose.ties_at_least",
        (false, true) => "propose.ties_at_least_none",
    };
    let sites: Vec<String> = ties.in_all.iter().map(|id| name_of(report, id)).collect();
    Some(t!(key, locale = lang.locale(), sets = ties.found, all = named_sites(&sites, lang)).into_owned())
}

/// What people call a proposed site.
fn name_of(report: &ProposalReport, id: &str) -> String {
    let site = report.sites.iter().find(|site| site.id == id);
    site.and_then(|site| site.ground.as_ref()).map_or_else(|| id.to_owned(), |ground| ground.name.clone())
}

/// The figure of a rule in one state of the region.
pub fn state(state: &RuleStateReport, lang: Lang) -> String {
    let locale = lang.locale();
    match (state.value, state.population_uncovered) {
        (_, Some(left)) => t!("propose.left_out", locale = locale, people = people(left, lang)).into_owned(),
        (Some(value), None) => figure(value, state.unit, lang),
        (None, None) => String::new(),
    }
}

/// What a person calls a site: its name, with the id where that is another word.
pub fn called(id: &str, name: Option<&str>) -> String {
    match name {
        Some(name) if name != id => format!("{name} ({id})"),
        _ => id.to_owned(),
    }
}

/// Sites as a list: at most `NAMED`, and how many more there are.
pub fn named_sites(sites: &[String], lang: Lang) -> String {
    names(sites, NAMED, lang)
}
