//! The questions of a proposal: what is left out now, what once the sites stand, and where they stand.
//!
//! In: the layers of a proposal. Out: [`Group`]s, what is drawn on top first; a printed page for how things stand, and one
//! for how they will.

use super::project::{Entry, Group, Layers, Page, layer_id};
use lifering_core::plan::region::OnTheGround;
use lifering_report::layers::MapLayer;
use lifering_report::report::{Report, RuleReport};
use lifering_report::text::tr;
use lifering_report::text::{Lang, verdict};
use lifering_standards::catalogue::LayerName;

/// The layers by question. The reports are those on the region as it is and once the sites stand; `answer` says in a sentence what the sites bring.
pub fn groups<'a>(
    ground: &OnTheGround,
    [before, after]: [&'a Report; 2],
    layers: &'a [MapLayer<'a>],
    answer: &str,
    lang: Lang,
) -> Vec<Group<'a>> {
    let layers = Layers(layers);
    // Zones are told in the words of the rule.
    let about = |entry: Entry<'a>| match entry.layer.name {
        "uncovered_before" => entry.of_rule(&before.rules[ground.rule]),
        "uncovered_after" => entry.of_rule(&after.rules[ground.rule]),
        _ => entry,
    };
    let group = |key: &str, page: Option<Page>, shown: &[(&str, bool)]| Group {
        title: tr(key, lang),
        page,
        entries: shown.iter().filter_map(|(name, shown)| Some(about(layers.whole(name, *shown, lang)?))).collect(),
    };
    let page = |subtitle: String, shown: &[&str]| {
        let layers = shown.iter().map(|name| layer_id(name)).collect();
        Some(Page { subtitle, layers })
    };
    let sites = match ground.criterion().selection().layers.first() {
        Some(LayerName::Facilities) => "facilities",
        Some(LayerName::Aeds) => "aeds",
        _ => "stations",
    };
    let then = page(answer.to_owned(), &["proposals", sites, "uncovered_after", "roads_after", "boundary"]);
    let now = page(now(&before.rules[ground.rule], lang), &[sites, "uncovered_before", "boundary"]);
    vec![
        group(
            "maplayer.group_proposals",
            then,
            &[
                ("proposals", true),
                ("given_up", true),
                ("candidates", false),
                ("uncovered_after", true),
                ("units", false),
            ],
        ),
        group("maplayer.group_before", now, &[("uncovered_before", false)]),
        group("maplayer.group_resources", None, &["stations", "facilities", "aeds"].map(|name| (name, name == sites))),
        group("maplayer.group_base", None, &[("roads_after", false), ("boundary", true)]),
    ]
}

/// What the audit says of the rule as things stand.
fn now(rule: &RuleReport, lang: Lang) -> String {
    let why = if lang == Lang::Zh { &rule.why_zh } else { &rule.why };
    format!("{} · {why}", verdict(rule.verdict, lang))
}
