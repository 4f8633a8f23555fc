//! Layers of which a third or more could not be used: unknown is not zero.
//!
//! In: how many features of each layer were left out. Out: the [`Doubt`]s of a rule: whether what is missing could turn its
//! verdict. More sites only help, more roads only help, more people only raise what is needed, more units only ask for
//! more; a share, and people within a limit, may move either way.

use super::catalogue::{Combine, Criterion, Fraction, LayerName, Metric, UnitKind};
use super::evidence::Evidence;
use super::outcome::Verdict;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// What a verdict rests on.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ground {
    /// The features of a layer that rules select.
    Sites(LayerName),
    /// The layer that states the people.
    People,
    /// The units.
    Units,
    /// The roads.
    Roads,
}

impl Ground {
    /// The key of the layer in the region file; of the people `population`, even where the units state them.
    pub fn name(&self) -> &str {
        match self {
            Self::Sites(layer) => layer.name(),
            Self::People => "population",
            Self::Units => "units",
            Self::Roads => "roads",
        }
    }
}

/// How much of a layer could not be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeftOut {
    /// Number of features that could not be used.
    pub left_out: usize,
    /// Number of features in the file.
    pub features: usize,
}

impl LeftOut {
    /// Whether so much is left out that verdicts may rest on what is missing: a third or more.
    pub fn is_much(self) -> bool {
        self.left_out > 0 && 3 * self.left_out >= self.features
    }
}

/// A layer of which much is left out, under a rule that rests on it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Doubt {
    /// The layer.
    pub ground: Ground,
    /// How much is left out.
    pub left_out: LeftOut,
    /// Whether what is missing could turn the verdict.
    pub turns: bool,
}

/// What more of a layer could do to a verdict.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum More {
    /// It could make of a gap a rule that is met.
    Helps,
    /// It could make of a rule that is met a gap.
    Hurts,
    /// Either.
    Both,
}

impl More {
    fn turns(self, verdict: Verdict) -> bool {
        match verdict {
            Verdict::Met => self != Self::Helps,
            Verdict::Gap => self != Self::Hurts,
            // It is open already.
            Verdict::Depends | Verdict::CannotJudge => false,
        }
    }
}

/// The doubts of a rule with this criterion and verdict.
pub fn doubts(criterion: &Criterion, verdict: Verdict, evidence: &Evidence) -> Vec<Doubt> {
    let much = |ground: &Ground| evidence.left_out.get(ground).copied().filter(|left_out| left_out.is_much());
    let rests = rests_on(criterion);
    let doubt =
        |(ground, more): (Ground, More)| Some(Doubt { left_out: much(&ground)?, turns: more.turns(verdict), ground });
    rests.into_iter().filter_map(doubt).collect()
}

/// The verdict with its doubts: it depends where one of them could turn it.
pub fn with_doubts(verdict: Verdict, doubts: &[Doubt]) -> Verdict {
    if doubts.iter().any(|doubt| doubt.turns) { Verdict::Depends } else { verdict }
}

/// Everything that a criterion rests on, and what more of it could do.
fn rests_on(criterion: &Criterion) -> Vec<(Ground, More)> {
    let sites = |more: More| {
        let layers = criterion.selection().layers.iter().flat_map(|layer| match layer {
            // A virtual layer of two.
            LayerName::Decontamination => vec![LayerName::Stations, LayerName::Facilities],
            layer => vec![layer.clone()],
        });
        let layers: BTreeSet<LayerName> = layers.collect();
        layers.into_iter().map(move |layer| (Ground::Sites(layer), more)).collect::<Vec<_>>()
    };
    let mut rests = match criterion {
        Criterion::Share(_) => sites(More::Both),
        _ => sites(More::Helps),
    };
    match criterion {
        Criterion::Radius(rule) => {
            rests.push((Ground::People, More::Both));
            rests.extend((rule.metric == Metric::Network).then_some((Ground::Roads, More::Helps)));
        }
        Criterion::TravelTime(_) => {
            rests.extend([(Ground::People, More::Both), (Ground::Roads, More::Helps)]);
        }
        // The people of a stated year are the document's own.
        Criterion::PerPopulation(rule) if rule.population_year.is_some() => {}
        Criterion::PerPopulation(_) => rests.push((Ground::People, More::Hurts)),
        Criterion::Share(rule) => {
            rests.extend(matches!(rule.fraction, Fraction::OfNeed { .. }).then_some((Ground::People, More::Hurts)));
        }
        Criterion::PresencePerUnit(rule) => match (&rule.unit, rule.combine) {
            (UnitKind::City, _) => {}
            (_, Combine::Each) => rests.push((Ground::Units, More::Hurts)),
            (_, Combine::Union) => rests.push((Ground::Units, More::Helps)),
        },
    }
    rests
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::Standard;
    use Verdict::{Gap, Met};
    use std::fmt::Write as _;

    const RULES: [(&str, &str); 8] = [
        ("radius", r#"facility = "stations", max_m = 5000, metric = "euclid", min_share = 0.9"#),
        ("radius", r#"facility = "stations", max_m = 5000, metric = "network", min_share = 0.9"#),
        ("travel_time", r#"facility = "stations", mode = "drive", clock = "drive_only", max_min = 8, stat = "mean""#),
        ("per_population", r#"facility = "stations", count = "sum(ambulances)", per = 30000, min = 1"#),
        ("share", r#"of = "stations", num = "sum(negative_pressure)", weight = "ambulances", min = 0.4"#),
        ("presence_per_unit", r#"unit = "town", facility = "stations", min = 1"#),
        ("presence_per_unit", r#"unit = "city", facility = "stations", min = 1"#),
        ("presence_per_unit", r#"unit = "town", facility = "decontamination", min = 1"#),
    ];

    fn criteria() -> Vec<Criterion> {
        let mut text = r#"
            id = "t"
            title = { zh = "规则", en = "rules" }
            applies_to = { zh = "测试", en = "tests" }
            [sources.OWN]
            title = { zh = "自定", en = "own" }
            confidence = "high"
        "#
        .to_owned();
        for (n, (kind, threshold)) in RULES.iter().enumerate() {
            let _ = write!(
                text,
                r#"
                [[rules]]
                id = "T-{n:02}"
                kind = "{kind}"
                title = {{ zh = "规则", en = "rule" }}
                scope = {{ zh = "全市", en = "city" }}
                force = "standard"
                threshold = {{ {threshold} }}
                cite = {{ source = "OWN", text = "1" }}
                "#
            );
        }
        let standard = Standard::from_toml("t.toml", &text).expect("a standard");
        standard.rules.into_iter().map(|rule| rule.criterion).collect()
    }

    fn evidence(ground: Ground, left_out: usize, features: usize) -> Evidence {
        Evidence { left_out: [(ground, LeftOut { left_out, features })].into(), ..Evidence::default() }
    }

    /// For each rule: of a rule met, of a gap; `None` where it does not rest on the layer.
    type TurnsEachRule = [Option<(bool, bool)>; 8];

    #[test]
    fn what_is_missing_turns_a_verdict_only_where_it_could() {
        let stations = || Ground::Sites(LayerName::Stations);
        // For each rule: of a rule met, of a gap; `None` where it does not rest on the layer.
        let table: [(Ground, TurnsEachRule); 5] = [
            (stations(), {
                let helps = Some((false, true));
                [helps, helps, helps, helps, Some((true, true)), helps, helps, helps]
            }),
            (Ground::People, {
                let both = Some((true, true));
                [both, both, both, Some((true, false)), None, None, None, None]
            }),
            (Ground::Units, {
                let hurts = Some((true, false));
                [None, None, None, None, None, hurts, None, hurts]
            }),
            (Ground::Roads, {
                let helps = Some((false, true));
                [None, helps, helps, None, None, None, None, None]
            }),
            (Ground::Sites(LayerName::Facilities), { [None, None, None, None, None, None, None, Some((false, true))] }),
        ];
        for (ground, expected) in table {
            let evidence = evidence(ground.clone(), 1, 3);
            for ((criterion, expected), n) in criteria().iter().zip(expected).zip(0..) {
                let turns = |verdict| doubts(criterion, verdict, &evidence).first().map(|doubt| doubt.turns);
                assert_eq!(turns(Met).zip(turns(Gap)), expected, "rule {n}, {ground:?}");
            }
        }
    }

    #[test]
    fn less_than_a_third_is_no_doubt() {
        let radius = &criteria()[0];
        for (left_out, features, much) in [(33, 100, false), (1, 3, true), (34, 100, true), (0, 0, false), (2, 2, true)]
        {
            let all = doubts(radius, Gap, &evidence(Ground::People, left_out, features));
            assert_eq!(!all.is_empty(), much, "{left_out} of {features}");
            let verdict = with_doubts(Gap, &all);
            assert_eq!(verdict, if much { Verdict::Depends } else { Gap });
        }
        assert!(!doubts(radius, Verdict::CannotJudge, &evidence(Ground::People, 1, 2))[0].turns);
    }
}
