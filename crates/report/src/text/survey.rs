//! How roads, sites and people lie to each other, in words.
//!
//! In: the parts of a [`Survey`](lifering_core::quality::survey::Survey). Out: lines in one of the two languages, for `lifering
//! check`, the report and the terminal.

use super::language::Lang;
use super::numbers::{grouped, people as persons, percent};
use super::punctuation::{colon, list};
use super::vocabulary::layer;
use crate::report::{DatumDoubt, ObeyingReport, PeopleInTimeReport};
use lifering_base::t;
use lifering_core::quality::fit::{RoadsFit, RoadsHypothesis};
use lifering_core::quality::network::{Cohesion, NetworkFinding, NetworkQuality};
use lifering_core::quality::people::PeopleQuality;
use lifering_core::quality::road_use::{PointUse, RoadUse, TurnUse};
use lifering_core::quality::sites::SitesQuality;

/// How the roads hang together, as they are and if more of them were joined, and what looks wrong in them.
pub fn roads(network: &NetworkQuality, lang: Lang) -> Vec<String> {
    let title = |key: &str| t!(format!("check.network.{key}"), locale = lang.locale());
    let joined = [("as_set", &network.as_set), ("snapped", &network.snapped), ("split", &network.split)]
        .map(|(key, c)| format!("{}{}{}", title(key), colon(lang), cohesion(c, lang)));
    let found = [
        ("one_way_traps", &network.one_way_traps),
        ("near_misses", &network.near_misses),
        ("crossings", &network.crossings),
    ]
    .map(|(key, found)| format!("{}{}{}{}", title(key), colon(lang), grouped(found.count as f64), places(found)));
    joined.into_iter().chain(found).collect()
}

fn cohesion(c: &Cohesion, lang: Lang) -> String {
    t!(
        "check.cohesion",
        locale = lang.locale(),
        junctions = grouped(c.junctions as f64),
        km = format!("{:.1}", c.length_km),
        components = grouped(c.components as f64),
        share = share(c.largest_share)
    )
    .into_owned()
}

/// A share in per cent, to two decimals, and never 100 % where something is missing.
fn share(share: f64) -> String {
    format!("{:.2} %", (share * 1e4 + 1e-6).floor() / 1e2)
}

fn places(found: &NetworkFinding) -> String {
    if found.examples.is_empty() {
        return String::new();
    }
    let all: Vec<String> = found.examples.iter().map(|[lon, lat]| format!("{lon:.6}, {lat:.6}")).collect();
    format!(" ({})", all.join("; "))
}

/// The roads in one line.
pub fn roads_at_a_glance(network: &NetworkQuality, lang: Lang) -> String {
    t!(
        "summary.roads",
        locale = lang.locale(),
        components = grouped(network.as_set.components as f64),
        share = share(network.as_set.largest_share),
        traps = grouped(network.one_way_traps.count as f64),
        misses = grouped(network.near_misses.count as f64),
        crossings = grouped(network.crossings.count as f64)
    )
    .into_owned()
}

/// A layer that another datum fits better: what was found, and which rules it may change.
pub fn datum_doubt(doubt: &DatumDoubt, lang: Lang) -> String {
    let locale = lang.locale();
    let metres = |m: f64| format!("{m:.0}");
    let found = t!(
        "summary.datum_doubt",
        locale = locale,
        layer = layer(&doubt.layer, lang),
        datum = doubt.datum.to_string(),
        given = metres(doubt.given_m),
        best = metres(doubt.best_m)
    );
    if doubt.rules.is_empty() {
        return found.into_owned();
    }
    let rules: Vec<&str> = doubt.rules.iter().map(String::as_str).collect();
    let rests = t!("summary.datum_rules", locale = locale, rules = list(&rules, lang));
    format!("{found}{rests}")
}

/// How an ambulance may use the roads, by reason; empty if nothing is unlike what the classes say.
pub fn road_use(used: &RoadUse, lang: Lang) -> Vec<String> {
    let locale = lang.locale();
    let mut lines: Vec<String> = used
        .by_reason
        .iter()
        .map(|of| {
            let title = t!(format!("check.road_use.{}", of.reason.word()), locale = locale);
            let (roads, km) = (grouped(of.roads as f64), format!("{:.1}", of.km));
            let counted = t!("check.road_use.counted", locale = locale, roads = roads, km = km);
            let examples = NetworkFinding { count: of.roads, examples: of.examples.clone() };
            format!("{title}{}{counted}{}", colon(lang), places(&examples))
        })
        .collect();
    let n = |count: usize| grouped(count as f64);
    if used.points != PointUse::default() {
        let PointUse { blocking, passed, not_driven, off_road } = used.points;
        let line = t!(
            "check.road_use.points",
            locale = locale,
            blocking = n(blocking),
            passed = n(passed),
            idle = n(not_driven),
            off = n(off_road)
        );
        lines.push(line.into_owned());
    }
    if used.turns != TurnUse::default() {
        let TurnUse { kept, without_effect, excepted, broken } = used.turns;
        let line = t!(
            "check.road_use.turns",
            locale = locale,
            read = n(kept + without_effect + excepted + broken),
            kept = n(kept),
            idle = n(without_effect),
            excepted = n(excepted),
            broken = n(broken)
        );
        lines.push(line.into_owned());
    }
    lines
}

/// People in time under every obedience to traffic rules, in one line.
pub fn obeying(of: &ObeyingReport, lang: Lang) -> String {
    let one = |in_time: &PeopleInTimeReport| {
        let people = persons(in_time.people, lang);
        in_time.share.map_or_else(|| people.clone(), |share| format!("{people} ({})", percent(share)))
    };
    t!(
        "summary.obeying",
        locale = lang.locale(),
        rule = of.rule,
        all = one(&of.all),
        directions = one(&of.directions),
        nothing = one(&of.nothing)
    )
    .into_owned()
}

/// The layers of sites against roads and boundary.
pub fn sites(sites: &[SitesQuality], lang: Lang) -> Vec<String> {
    sites
        .iter()
        .map(|s| {
            t!(
                "check.sites",
                locale = lang.locale(),
                layer = layer(&s.key, lang),
                sites = grouped(s.sites as f64),
                off = grouped(s.off_network as f64),
                outside = grouped(s.outside as f64)
            )
            .into_owned()
        })
        .collect()
}

/// The people against boundary, roads and units.
pub fn people(people: &PeopleQuality, lang: Lang) -> Vec<String> {
    let locale = lang.locale();
    let mut lines = vec![
        t!(
            "check.people",
            locale = locale,
            total = persons(people.total, lang),
            inside = persons(people.inside, lang),
            beyond = persons(people.beyond_roads, lang)
        )
        .into_owned(),
    ];
    if let Some(total) = people.units_total {
        lines.push(
            t!(
                "check.units",
                locale = locale,
                total = persons(total, lang),
                inside = persons(people.inside, lang),
                differ = grouped(people.units_differ as f64)
            )
            .into_owned(),
        );
        lines.extend(people.examples.iter().map(|d| {
            let (stated, counted) = (persons(d.stated, lang), persons(d.counted, lang));
            let line = t!("check.unit", locale = locale, unit = d.unit, stated = stated, counted = counted);
            format!("  {line}")
        }));
    }
    lines
}

/// How the roads fit the boundary under each datum.
pub fn roads_fit(fit: &RoadsFit, lang: Lang) -> String {
    let one = |h: &RoadsHypothesis| format!("{} {}", h.datum, share(h.inside));
    let all: Vec<String> = fit.hypotheses.iter().map(one).collect();
    t!(
        "check.roads_inside",
        locale = lang.locale(),
        vertices = grouped(fit.vertices as f64),
        all = list(&all, lang),
        winner = fit.winner.to_string(),
        margin = format!("{:.2}", fit.margin * 100.0)
    )
    .into_owned()
}
