//! How evenly help arrives: quantiles and the Gini coefficient of arrival times over people, for all and by unit.
//!
//! In: arrival times of people, and whom a rule is about. Out: [`Equity`]. People whom nobody reaches come last, after
//! every time; they have no part in the Gini coefficient and are told beside it.

use lifering_base::units::Milliseconds;
use serde::{Deserialize, Serialize};

/// The share of people who wait longest: the worst tenth.
const WORST: f64 = 0.1;

/// How evenly help arrives under one rule on driving times.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Equity {
    /// Position of the rule.
    pub rule: usize,
    /// All people whom the rule is about.
    pub whole: ArrivalSpread,
    /// By unit of the finest level, with its position in the units layer, in that order. Units without people are left
    /// out.
    pub units: Vec<(u32, ArrivalSpread)>,
}

/// The spread of arrival times over some people.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct ArrivalSpread {
    /// The people.
    pub people: f64,
    /// People reached after the limit of the rule, or never.
    pub over_limit: f64,
    /// People never reached.
    pub never: f64,
    /// Within this time half of the people are reached; `None` if fewer are ever reached.
    pub median: Option<Milliseconds>,
    /// Within this time nine in ten are reached; `None` if fewer are ever reached.
    pub p90: Option<Milliseconds>,
    /// Gini coefficient of the times of those who are reached, weighted by people, 0 (all alike) to 1; `None` if nobody is
    /// reached or all times are zero.
    pub gini: Option<f64>,
    /// Of these people, those who belong to the worst tenth of all whom the rule is about.
    pub worst_tenth: f64,
}

/// People at one place with the time of their first arrival.
#[derive(Clone, Copy, Debug)]
struct Arrival {
    /// `None`: never. It sorts last.
    at: Option<Milliseconds>,
    people: f64,
    unit: Option<u32>,
    /// Share of these people who belong to the worst tenth, 0 to 1.
    worst: f64,
}

impl Equity {
    /// The equity of a rule with `limit`. `arrivals`, `people` and `unit_of` are indexed by demand point; `about` are the
    /// points whom the rule is about.
    pub fn of(
        rule: usize,
        limit: Milliseconds,
        about: impl Iterator<Item = usize>,
        arrivals: &[Option<Milliseconds>],
        people: impl Fn(usize) -> f64,
        unit_of: &[Option<u32>],
    ) -> Self {
        let mut all: Vec<Arrival> = about
            .map(|point| Arrival { at: arrivals[point], people: people(point), unit: unit_of[point], worst: 0.0 })
            .filter(|arrival| arrival.people > 0.0)
            .collect();
        all.sort_by_key(|arrival| (arrival.at.is_none(), arrival.at));
        mark_worst(&mut all);
        let whole = ArrivalSpread::of(&all, limit);
        let mut by_unit: Vec<Arrival> = all.iter().filter(|arrival| arrival.unit.is_some()).copied().collect();
        by_unit.sort_by_key(|arrival| arrival.unit);
        let units = by_unit
            .chunk_by(|a, b| a.unit == b.unit)
            .filter_map(|of| Some((of.first()?.unit?, ArrivalSpread::of(of, limit))))
            .collect();
        Self { rule, whole, units }
    }
}

/// Marks the worst tenth of all: the last arrivals, and of those with the same time the same share of each.
fn mark_worst(all: &mut [Arrival]) {
    let tenth = WORST * all.iter().map(|arrival| arrival.people).sum::<f64>();
    let mut left = tenth;
    for alike in all.chunk_by_mut(|a, b| a.at == b.at).collect::<Vec<_>>().into_iter().rev() {
        let people: f64 = alike.iter().map(|arrival| arrival.people).sum();
        let share = (left / people).clamp(0.0, 1.0);
        for arrival in alike {
            arrival.worst = share;
        }
        left -= people;
        if left <= 0.0 {
            break;
        }
    }
}

impl ArrivalSpread {
    /// The spread of arrivals in the order of their times.
    fn of(all: &[Arrival], limit: Milliseconds) -> Self {
        let sum = |of: &dyn Fn(&Arrival) -> bool| all.iter().filter(|a| of(a)).map(|a| a.people).sum::<f64>();
        let people = sum(&|_| true);
        Self {
            people,
            over_limit: sum(&|arrival| arrival.at.is_none_or(|at| at > limit)),
            never: sum(&|arrival| arrival.at.is_none()),
            median: quantile(all, 0.5 * people),
            p90: quantile(all, 0.9 * people),
            gini: gini(all),
            worst_tenth: all.iter().map(|arrival| arrival.worst * arrival.people).sum(),
        }
    }
}

/// The earliest time by which so many people are reached, to a millionth of a person.
fn quantile(all: &[Arrival], people: f64) -> Option<Milliseconds> {
    let mut reached = 0.0;
    all.iter().find_map(|arrival| {
        reached += arrival.people;
        (reached + 1e-6 >= people).then_some(arrival.at)
    })?
}

/// Gini coefficient of the times of those who are reached: half of the mean difference between two people, over the mean
/// (Gini 1912). With times ascending, w the people and W the people so far up to the middle of each step, it is
/// 2 Σ w·x·W / (Σ w · Σ w·x) - 1.
fn gini(all: &[Arrival]) -> Option<f64> {
    let (mut people, mut total, mut ranked) = (0.0, 0.0, 0.0);
    for arrival in all {
        let Some(at) = arrival.at else { break };
        let time = f64::from(at.0);
        ranked += arrival.people * time * (people + arrival.people / 2.0);
        people += arrival.people;
        total += arrival.people * time;
    }
    (total > 0.0).then(|| (2.0 * ranked / (people * total) - 1.0).clamp(0.0, 1.0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn town(times: &[Option<u32>], people: &[f64], units: &[Option<u32>]) -> Equity {
        let arrivals: Vec<_> = times.iter().map(|time| time.map(Milliseconds)).collect();
        Equity::of(0, Milliseconds(600), 0..people.len(), &arrivals, |point| people[point], units)
    }

    /// Ten people: four at 300 ms, four at 600, one at 900, one never. Half are there at 600, nine in ten at 900. Among the
    /// nine: mean 500; differences of pairs 16 x 300, 4 x 600, 4 x 300 = 8,400 over 81 / 2 pairs; 8,400 / (81 x 500).
    #[test]
    fn a_town_of_ten() {
        let times = [Some(300), Some(600), Some(900), None];
        let spread = town(&times, &[4.0, 4.0, 1.0, 1.0], &[Some(1), Some(1), Some(0), None]);
        let whole = spread.whole;
        assert_eq!((whole.median, whole.p90), (Some(Milliseconds(600)), Some(Milliseconds(900))));
        assert!((whole.over_limit - 2.0).abs() < 1e-12 && (whole.never - 1.0).abs() < 1e-12);
        assert!((whole.gini.expect("people are reached") - 8400.0 / 40500.0).abs() < 1e-12, "{whole:?}");
        assert!((whole.worst_tenth - 1.0).abs() < 1e-12, "the one whom nobody reaches");
        let units: Vec<u32> = spread.units.iter().map(|(unit, _)| *unit).collect();
        assert_eq!(units, [0, 1]);
        assert!((spread.units[1].1.gini.expect("a value") - 300.0 * 32.0 / (2.0 * 64.0 * 450.0)).abs() < 1e-12);
        assert!(spread.units[1].1.worst_tenth.abs() < 1e-12);
    }

    #[test]
    fn nobody_and_nobody_reached() {
        let empty = town(&[], &[], &[]).whole;
        assert_eq!((empty.median, empty.gini), (None, None));
        let never = town(&[None], &[5.0], &[None]).whole;
        assert_eq!((never.median, never.p90, never.gini), (None, None, None));
        assert!((never.worst_tenth - 0.5).abs() < 1e-12);
    }

    proptest! {
        /// The formula is the mean difference between all pairs, the worst are a tenth, and units add up to the whole.
        #[test]
        fn laws(points in prop::collection::vec((prop::option::of(1_u32..2_000), 0.5_f64..50.0, prop::option::of(0_u32..4)), 1..30)) {
            let times: Vec<_> = points.iter().map(|point| point.0).collect();
            let people: Vec<_> = points.iter().map(|point| point.1).collect();
            let units: Vec<_> = points.iter().map(|point| point.2).collect();
            let of = town(&times, &people, &units);
            let reached: Vec<(f64, f64)> =
                points.iter().filter_map(|point| Some((f64::from(point.0?), point.1))).collect();
            let all: f64 = reached.iter().map(|(_, w)| w).sum();
            let mean = reached.iter().map(|(x, w)| x * w).sum::<f64>() / all;
            let pairs: f64 = reached.iter().flat_map(|(x, w)| reached.iter().map(move |(y, v)| (x - y).abs() * w * v)).sum();
            match of.whole.gini {
                Some(gini) => prop_assert!((gini - pairs / (2.0 * all * all * mean)).abs() < 1e-9),
                None => prop_assert!(reached.is_empty()),
            }
            prop_assert!((of.whole.worst_tenth - of.whole.people / 10.0).abs() < 1e-9);
            let homeless: f64 = points.iter().filter(|point| point.2.is_none()).map(|point| point.1).sum();
            let sum: f64 = of.units.iter().map(|(_, unit)| unit.people).sum();
            prop_assert!((sum + homeless - of.whole.people).abs() < 1e-9);
        }
    }
}
