//! The questions of a proposal: the zones before, the zones after, the proposed sites.
//!
//! In: the layers of a proposal. Out: [`Group`]s, the uppermost first, with a printed page for the region before and
//! one after.

use super::project::{Entry, Group, Layers, PrintedPage, layer_id};
use lifering_core::plan::region::OnTheGround;
use lifering_report::layers::MapLayer;
use lifering_report::report::{Report, RuleReport};
use lifering_report::text::tr;
use lifering_report::text::{Lang, verdict};
use lifering_standards::catalogue::LayerName;

/// The layers by question. The reports are those before and after; `answer` is a sentence on the gain of the sites.
pub fn groups<'a>(
    ground: &OnTheGround,
    [before, after]: [&'a Report; 2],
    layers: &'a [MapLayer<'a>],
    answer: &str,
    lang: Lang,
) -> Vec<Group<'a>> {
    let layers = Layers(layers);
    // Legends of zones use the words of the rule.
    let about = |entry: Entry<'a>| match entry.layer.name {
        "uncovered_before" => entry.of_rule(&before.rules[ground.rule]),
        "uncovered_after" => entry.of_rule(&after.rules[ground.rule]),
        _ => entry,
    };
    let group = |key: &str, page: Option<PrintedPage>, shown: &[(&str, bool)]| Group {
        title: tr(key, lang),
        page,
        entries: shown.iter().filter_map(|(name, shown)| Some(about(layers.whole(name, *shown, lang)?))).collect(),
    };
    let page = |subtitle: String, shown: &[&str]| {
        let layers = shown.iter().map(|name| layer_id(name)).collect();
        Some(PrintedPage { subtitle, layers })
    };
    let sites = match ground.criterion().selection().layers.first() {
        Some(LayerName::Facilities) => "facilities",
        Some(LayerName::Aeds) => "aeds",
        _ => "stations",
    };
    let after_page = page(answer.to_owned(), &["proposals", sites, "uncovered_after", "roads_after", "boundary"]);
    let before_page = page(state(&before.rules[ground.rule], lang), &[sites, "uncovered_before", "boundary"]);
    vec![
        group(
            "maplayer.group_proposals",
            after_page,
            &[
                ("proposals", true),
                ("given_up", true),
                ("candidates", false),
                ("uncovered_after", true),
                ("units", false),
            ],
        ),
        group("maplayer.group_before", before_page, &[("uncovered_before", false)]),
        group("maplayer.group_resources", None, &["stations", "facilities", "aeds"].map(|name| (name, name == sites))),
        group("maplayer.group_base", None, &[("roads_after", false), ("boundary", true)]),
    ]
}

/// Verdict and reason of the rule before.
fn state(rule: &RuleReport, lang: Lang) -> String {
    let why = if lang == Lang::Zh { &rule.why_zh } else { &rule.why };
    format!("{} · {why}", verdict(rule.verdict, lang))
}
