//! `radius` and `travel_time`: people within a limit, and statistics of travel times over people.
//!
//! In: a criterion, the demand points, their measurements. Out: an [`Outcome`]. People who cannot be reached are late in
//! every statistic; limits are inclusive.

use super::catalogue::{Radius, Statistic, TravelTime};
use super::evidence::{Evidence, Measurements, Missing};
use super::outcome::{AreaOutcome, Outcome, SHARE_TOLERANCE, ValueUnit, Verdict};
use lifering_base::units::{COORDINATE_RESOLUTION_M, Milliseconds, TIME_RESOLUTION_MS};

/// Judges a radius rule. `measurements` are distances, or lengths along the network as times at 1 m/s.
pub fn radius(rule: &Radius, evidence: &Evidence, measurements: &Measurements) -> Outcome {
    let within = |limit_m: f64| {
        let limit = limit_m + COORDINATE_RESOLUTION_M;
        move |i: u32| match measurements {
            Measurements::Distances(d) => d[i as usize].is_some_and(|d| d <= limit),
            // Along the network at 1 m/s a millisecond is a millimetre.
            Measurements::Times(t) => t[i as usize].is_some_and(|t| f64::from(t.0) / 1000.0 <= limit),
        }
    };
    let members = match evidence.demand(rule.demand.as_ref()) {
        Ok(members) => members,
        Err(missing) => return Outcome::cannot_judge(ValueUnit::Share, rule.min_share, missing),
    };
    let mut outcome = share(evidence, &members, rule.min_share, within(rule.max_m));
    if let (Some(warn_m), Some(covered)) = (rule.warn_m, outcome.covered) {
        let near = within(warn_m);
        let comfortable: f64 =
            members.iter().filter(|i| near(**i)).map(|i| evidence.demand_points[*i as usize].people).sum();
        outcome.warned = Some(covered - comfortable);
    }
    outcome
}

/// Judges a travel-time rule. `times` is indexed by demand point, `None` if never reached.
pub fn travel_time(rule: &TravelTime, evidence: &Evidence, times: &[Option<Milliseconds>]) -> Outcome {
    let (unit, threshold) = match rule.statistic {
        Statistic::Share { min_share } => (ValueUnit::Share, min_share),
        _ => (ValueUnit::S, f64::from(rule.limit_s)),
    };
    let members = match evidence.demand(rule.demand.as_ref()) {
        Ok(members) => members,
        Err(missing) => return Outcome::cannot_judge(unit, threshold, missing),
    };
    let limit_ms = f64::from(rule.limit_s) * 1000.0 + TIME_RESOLUTION_MS;
    let within = |i: u32| times[i as usize].is_some_and(|t| f64::from(t.0) <= limit_ms);
    let min_share = if let Statistic::Share { min_share } = rule.statistic { min_share } else { 1.0 };
    let mut outcome = share(evidence, &members, min_share, within);
    if matches!(rule.statistic, Statistic::Share { .. }) {
        return outcome;
    }
    outcome.unit = unit;
    outcome.threshold = threshold;
    let mut reached: Vec<(u32, f64)> = Vec::new();
    let mut unreached = 0.0;
    for i in &members {
        let people = evidence.demand_points[*i as usize].people;
        match times[*i as usize] {
            Some(time) => reached.push((time.0, people)),
            None => unreached += people,
        }
    }
    reached.sort_unstable_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)));
    let seconds = |ms: f64| ms / 1000.0;
    let total: f64 = reached.iter().map(|r| r.1).sum();
    let verdict_of = |value: f64| if value * 1000.0 <= limit_ms { Verdict::Met } else { Verdict::Gap };
    match rule.statistic {
        Statistic::Mean => {
            let mean = reached.iter().map(|(ms, people)| f64::from(*ms) * people).sum::<f64>() / total;
            outcome.value = mean.is_finite().then(|| seconds(mean));
            outcome.verdict = outcome.value.map_or(Verdict::Gap, verdict_of);
            if unreached > 0.0 && outcome.verdict == Verdict::Met {
                outcome.verdict = Verdict::CannotJudge;
                outcome.missing = Some(Missing::Unreached(unreached));
            }
        }
        Statistic::P90 | Statistic::Max => {
            let wanted = if rule.statistic == Statistic::P90 { 0.9 } else { 1.0 } * (total + unreached);
            let mut so_far = 0.0;
            let at = reached.iter().find(|(_, people)| {
                so_far += people;
                so_far >= wanted - SHARE_TOLERANCE * (total + unreached)
            });
            outcome.value = at.map(|(ms, _)| seconds(f64::from(*ms)));
            outcome.verdict = outcome.value.map_or(Verdict::Gap, verdict_of);
        }
        Statistic::Share { .. } => {}
    }
    for area in &mut outcome.areas {
        area.verdict = match area.uncovered {
            Some(uncovered) if uncovered > 0.0 => Verdict::Gap,
            Some(_) => Verdict::Met,
            // Nobody is known to live there.
            None => Verdict::CannotJudge,
        };
    }
    outcome
}

/// The outcome of a travel-time rule for which an input is missing.
pub fn time_not_judged(rule: &TravelTime, missing: Missing) -> Outcome {
    match rule.statistic {
        Statistic::Share { min_share } => Outcome::cannot_judge(ValueUnit::Share, min_share, missing),
        _ => Outcome::cannot_judge(ValueUnit::S, f64::from(rule.limit_s), missing),
    }
}

/// The share of people within the limit, of the region and of every area.
///
/// `members` are the demand points that count; `within` tells by position whether one is within the limit.
fn share(evidence: &Evidence, members: &[u32], min_share: f64, within: impl Fn(u32) -> bool) -> Outcome {
    let people = |i: u32| evidence.demand_points[i as usize].people;
    let counts: Vec<Option<bool>> = {
        let mut counts = vec![None; evidence.demand_points.len()];
        for i in members {
            counts[*i as usize] = Some(within(*i));
        }
        counts
    };
    let sum = |members: &[u32]| {
        members.iter().fold((0.0, 0.0), |(covered, all), i| match counts[*i as usize] {
            Some(true) => (covered + people(*i), all + people(*i)),
            Some(false) => (covered, all + people(*i)),
            None => (covered, all),
        })
    };
    let judge = |covered: f64, all: f64| {
        if covered / all >= min_share - SHARE_TOLERANCE { Verdict::Met } else { Verdict::Gap }
    };
    let (covered, all) = sum(members);
    let mut outcome = Outcome::empty(judge(covered, all), ValueUnit::Share, min_share);
    outcome.value = Some(covered / all);
    outcome.covered = Some(covered);
    outcome.uncovered = Some(all - covered);
    for (kind, level) in &evidence.levels {
        for area in &level.areas {
            let (covered, all) = sum(&area.members);
            let any = all > 0.0;
            outcome.areas.push(AreaOutcome {
                level: kind.to_string(),
                id: area.id.clone(),
                name: area.name.clone(),
                people: area.members.iter().map(|i| people(*i)).sum(),
                verdict: if any { judge(covered, all) } else { Verdict::CannotJudge },
                value: any.then(|| covered / all),
                need: None,
                have: None,
                uncovered: any.then_some(all - covered),
            });
        }
    }
    outcome
}
