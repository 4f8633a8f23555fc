//! The questions of an audit: a group and a printed page for each rule that could be judged.
//!
//! In: the layers and the rules. Out: [`Group`]s, the uppermost first.

use super::classes::Look;
use super::project::{Entry, Group, Layers, PrintedPage, layer_id};
use lifering_base::escape::{quoted, sql_text};
use lifering_core::audit::Audit;
use lifering_report::layers::{MapLayer, NOT_ASKED};
use lifering_report::report::{Report, RuleReport};
use lifering_report::text::tr;
use lifering_report::text::{Lang, verdict};
use lifering_standards::catalogue::{Criterion, Journey, LayerName};
use lifering_standards::outcome::Verdict;

/// Whether the rule is about driving times, so that its map shows roads by time.
fn by_time(rule: &RuleReport, audit: &Audit) -> bool {
    let record =
        audit.findings.outcomes.iter().map(|outcome| &outcome.rule).find(|record| record.id.as_str() == rule.id);
    record.is_some_and(|record| match &record.criterion {
        Criterion::TravelTime(time) => matches!(time.journey, Journey::Drive { .. }),
        _ => false,
    })
}

/// The layer of the sites that a rule counts or measures to.
fn sites_of(rule: &RuleReport, audit: &Audit) -> &'static str {
    let record =
        audit.findings.outcomes.iter().map(|outcome| &outcome.rule).find(|record| record.id.as_str() == rule.id);
    match record.and_then(|record| record.criterion.selection().layers.first()) {
        Some(LayerName::Facilities) => "facilities",
        Some(LayerName::Aeds) => "aeds",
        _ => "stations",
    }
}

/// The id of roads without their times.
const PLAIN_ROADS: &str = "roads_time_plain";

/// The layers by question: stations and other sites, then a group a rule, then roads, people and boundary.
pub fn groups<'a>(audit: &Audit, report: &'a Report, layers: &'a [MapLayer<'a>], lang: Lang) -> Vec<Group<'a>> {
    let layers = Layers(layers);
    // Binding gaps come first: the project opens with the first of them.
    let rank = |rule: &RuleReport| (!rule.binding, rule.verdict != Verdict::Gap);
    let mut rules: Vec<&RuleReport> = report.rules.iter().filter(|r| r.verdict != Verdict::CannotJudge).collect();
    rules.sort_by_key(|rule| rank(rule));
    let mut first: Option<&RuleReport> = None;
    let mut questions = Vec::new();
    for rule in rules {
        let mut entries = Vec::new();
        for name in ["uncovered", "coverage"] {
            let shows = |layer: &&MapLayer<'_>| layer.any("rule_id", &rule.id) || layer.asks(&rule.id);
            let Some(layer) = layers.find(name).filter(shows) else { continue };
            let shown = first.is_none() && name == "uncovered";
            if shown {
                first = Some(rule);
            }
            entries.push(Entry {
                id: layer_id(&format!("{name}_{}", rule.id)),
                title: layer.title(lang),
                layer,
                subset: Some(match name {
                    "uncovered" => format!("{} = {}", quoted("rule_id"), sql_text(&rule.id)),
                    _ => format!("{} <> {}", quoted(&format!("{}_verdict", rule.id)), sql_text(NOT_ASKED)),
                }),
                look: Look { rule: Some(rule), plain: false },
                shown,
            });
        }
        if let Some(uppermost) = entries.first() {
            let page = page(rule, audit, uppermost, lang);
            let title = if lang == Lang::Zh { &rule.title } else { &rule.title_en };
            questions.push(Group { title: format!("{} {title}", rule.id), page: Some(page), entries });
        }
    }
    let timed = first.is_none_or(|rule| by_time(rule, audit));
    let plain_roads = layers.whole("roads_time", !timed, lang).map(|roads| Entry {
        id: layer_id(PLAIN_ROADS),
        title: tr("layer.roads", lang),
        look: Look { rule: None, plain: true },
        ..roads
    });
    let whole = |name: &str, shown| layers.whole(name, shown, lang);
    let resources = [whole("stations", true), whole("facilities", false), whole("aeds", false)];
    let base = [whole("roads_time", timed), plain_roads, whole("population", false), whole("boundary", true)];
    let group = |key: &str, entries: [Option<Entry<'a>>; 4]| Group {
        title: tr(key, lang),
        page: None,
        entries: entries.into_iter().flatten().collect(),
    };
    let [stations, facilities, aeds] = resources;
    std::iter::once(group("maplayer.group_resources", [stations, facilities, aeds, None]))
        .chain(questions)
        .chain([group("maplayer.group_base", base)])
        .collect()
}

/// What opened and closed under a scenario; `None` if nothing did.
pub fn changes<'a>(changes: &'a [MapLayer<'a>], lang: Lang) -> Option<Group<'a>> {
    let layers = Layers(changes);
    let entries: Vec<Entry<'a>> =
        ["opened", "closed"].iter().filter_map(|name| layers.whole(name, false, lang)).collect();
    (!entries.is_empty()).then(|| Group { title: tr("scenario.changes", lang), page: None, entries })
}

/// The page of a rule: its verdict and reason; its sites, its uppermost layer, roads and boundary.
fn page(rule: &RuleReport, audit: &Audit, uppermost: &Entry<'_>, lang: Lang) -> PrintedPage {
    let why = if lang == Lang::Zh { &rule.why_zh } else { &rule.why };
    let roads = if by_time(rule, audit) { "roads_time" } else { PLAIN_ROADS };
    PrintedPage {
        subtitle: format!("{} · {why}", verdict(rule.verdict, lang)),
        layers: vec![layer_id(sites_of(rule, audit)), uppermost.id.clone(), layer_id(roads), layer_id("boundary")],
    }
}
