//! A printed page for each unit and for each zone.
//!
//! In: the project of an audit. Out: [`Atlas`]es: one over the units of the first question that looks at any, with what every rule
//! says of each, and one a question over its zones.

use super::expression::{Piece, filled, number, words};
use super::project::{Atlas, Entry, Group, Project};
use lifering_base::escape::{quoted, sql_text};
use lifering_base::t;
use lifering_report::layers::NOT_ASKED;
use lifering_report::report::{Report, RuleReport};
use lifering_report::text::{Lang, known, tr};
use lifering_standards::catalogue::RuleKind;

/// Most rules that a page of a unit tells of: what there is room for.
const RULES: usize = 11;

/// The atlases of a project.
pub fn atlases(project: &Project<'_>, report: &Report) -> Vec<Atlas> {
    let find = |group: &Group<'_>, name: &str| group.entries.iter().position(|entry| entry.layer.name == name);
    let with_units = project.groups.iter().find_map(|group| Some((group, &group.entries[find(group, "coverage")?])));
    let of_units = with_units.and_then(|(group, entry)| units(project, group, entry, report));
    let of_zones =
        project.groups.iter().filter_map(|group| zones(project, group, &group.entries[find(group, "uncovered")?]));
    of_units.into_iter().chain(of_zones).collect()
}

/// A page a unit: the zones of the question in it, and what the rules say of it.
fn units(project: &Project<'_>, group: &Group<'_>, entry: &Entry<'_>, report: &Report) -> Option<Atlas> {
    let (page, rule, lang) = (group.page.as_ref()?, entry.look.rule?, project.facts.lang);
    let zones = group.entries.iter().find(|entry| entry.layer.name == "uncovered").map(|entry| entry.id.clone());
    let mut layers: Vec<String> = page.layers.iter().filter(|id| **id != entry.id).cloned().collect();
    // Below the zones, above the roads.
    let below = zones.as_ref().and_then(|zones| layers.iter().position(|id| id == zones)).map_or(0, |at| at + 1);
    layers.insert(below, entry.id.clone());
    let uncovered = format!("{}_population_uncovered", rule.id);
    let order = if entry.layer.position(&uncovered).is_some() {
        format!("-coalesce({}, 0)", quoted(&uncovered))
    } else {
        quoted("unit_name")
    };
    let population = number("population", 1.0, 0, "", lang.locale());
    Some(Atlas {
        name: tr("atlas.units", lang),
        pages_of: entry.id.clone(),
        order,
        page_name: quoted("unit_name"),
        title: vec![Piece::Evaluated(quoted("unit_name"))],
        subtitle: filled(&tr("atlas.unit", lang), &[("people", population)])
            .into_iter()
            .chain([Piece::Text(format!(" · {}", group.title))])
            .collect(),
        beside: beside(entry, report, lang),
        clipped: [Some(entry.id.clone()), zones].into_iter().flatten().collect(),
        layers,
    })
}

/// What each rule that looks at units says of one, binding rules first. A title stands outside of the expressions.
fn beside(entry: &Entry<'_>, report: &Report, lang: Lang) -> Vec<Piece> {
    let mut rules: Vec<&RuleReport> = report.rules.iter().filter(|rule| entry.layer.asks(&rule.id)).collect();
    rules.sort_by_key(|rule| !rule.binding);
    let left = rules.len().saturating_sub(RULES);
    let mut pieces = Vec::new();
    for rule in rules.into_iter().take(RULES) {
        let title = if lang == Lang::Zh { &rule.title } else { &rule.title_en };
        pieces.push(Piece::Text(format!("{} {title}\n", rule.id)));
        pieces.push(Piece::Evaluated(said(rule, lang)));
        pieces.push(Piece::Text("\n\n".to_owned()));
    }
    if left > 0 {
        pieces.push(Piece::Text(t!("atlas.more_rules", locale = lang.locale(), n = left).into_owned()));
    }
    pieces
}

/// Verdict and figures of a rule, as an expression.
fn said(rule: &RuleReport, lang: Lang) -> String {
    let key = |figure: &str| format!("{}_{figure}", rule.id);
    let known_verdicts = ["met", "gap", "depends", "cannot_judge"].map(|word| (word, known("verdict", word, lang)));
    let not_asked = (NOT_ASKED, tr("tip.not_asked", lang));
    let verdict = words(&key("verdict"), known_verdicts.into_iter().chain([not_asked]));
    let language = lang.locale();
    let figures = match rule.kind {
        RuleKind::Radius | RuleKind::TravelTime => {
            let people = number(&key("population_uncovered"), 1.0, 0, &tr("atlas.people_left", lang), language);
            format!("coalesce({} || {people}, '')", sql_text(&tr("atlas.between", lang)))
        }
        RuleKind::PerPopulation | RuleKind::PresencePerUnit => format!(
            "coalesce({} || {} || {} || {}, '')",
            sql_text(&tr("atlas.needed", lang)),
            number(&key("need"), 1.0, 0, "", language),
            sql_text(&tr("atlas.there", lang)),
            number(&key("have"), 1.0, 0, "", language)
        ),
        RuleKind::Share => {
            let share = number(&key("value"), 100.0, 1, " %", language);
            format!("coalesce({} || {share}, '')", sql_text(&tr("atlas.between", lang)))
        }
    };
    // A figure beside what is not known would read as one.
    let judged = format!("{} IN ('met', 'gap', 'depends')", quoted(&key("verdict")));
    format!("{verdict} || CASE WHEN {judged} THEN {figures} ELSE '' END")
}

/// A page a zone of a question, the one with most people first.
fn zones(project: &Project<'_>, group: &Group<'_>, entry: &Entry<'_>) -> Option<Atlas> {
    let (page, lang) = (group.page.as_ref()?, project.facts.lang);
    let reasons = ["too_far", "no_road", "cut_off"].map(|word| (word, known("reason", word, lang)));
    let values = [
        ("units", format!("coalesce({}, '')", quoted("units"))),
        ("reason", words("reason", reasons)),
        ("people", number("population", 1.0, 0, "", lang.locale())),
        ("area", number("area_km2", 1.0, 2, "", lang.locale())),
        ("station", format!("coalesce({}, {})", quoted("nearest_station"), sql_text(&tr("atlas.no_station", lang)))),
    ];
    Some(Atlas {
        name: t!("atlas.zones", locale = lang.locale(), question = group.title).into_owned(),
        pages_of: entry.id.clone(),
        order: format!("-{}", quoted("population")),
        page_name: quoted("zone_id"),
        title: vec![Piece::Evaluated(quoted("zone_id"))],
        subtitle: filled(&tr("atlas.zone", lang), &values),
        beside: Vec::new(),
        layers: page.layers.clone(),
        clipped: vec![entry.id.clone()],
    })
}
