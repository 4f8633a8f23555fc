//! The contribution of each new site, its best alternatives, and the demand that no site can serve.
//!
//! In: an instance and its certificate. Out: [`Gain`]s in the order of building, and [`Uncoverable`] demand with the
//! reason.

use super::{Reason, Uncoverable};
use lifering_siting::{Certificate, Goal, Instance, SiteStatus};

/// Alternatives listed for each site.
const NEXT_BEST: usize = 2;

/// The contribution of one new site.
#[derive(Clone, Debug, PartialEq)]
pub struct Gain {
    /// Position in the sites of the instance.
    pub site: usize,
    /// Objective with this site and those built before it, in the unit of [`Certificate::objective`] (reach-all: people
    /// reached); `None` if they do not reach everybody yet.
    pub objective: Option<f64>,
    /// Best objective of as many of the new sites, same unit; `None` if not computed, or if none reaches everybody.
    pub best: Option<f64>,
    /// `|best - objective|`, same unit; `None` if either is.
    pub regret: Option<f64>,
    /// People within the limit of this site and of no existing one; `None` for goals without a limit.
    pub people_new: Option<f64>,
    /// Candidates to replace it, best first: position in the sites of the instance, and objective with the replacement.
    pub next_best: Vec<(usize, f64)>,
}

/// Ambulances by site of the instance once the proposal is built; a fixed site has one.
fn ambulances_by_site(instance: &Instance, certificate: &Certificate) -> Vec<u32> {
    let mut ambulances = vec![0_u32; instance.sites().len()];
    for (j, site) in instance.sites().iter().enumerate() {
        if site.status == SiteStatus::Fixed {
            ambulances[j] = 1;
        }
    }
    for j in certificate.open_sites() {
        ambulances[j] += 1;
    }
    ambulances
}

/// The gain of each new site, in the order of building.
pub fn gains(instance: &Instance, certificate: &Certificate) -> Vec<Gain> {
    let ambulances = ambulances_by_site(instance, certificate);
    let existing = |j: usize| instance.sites()[j].status != SiteStatus::Candidate;
    let limit = certificate.goal.limit_ms();
    let mut steps = certificate.order.clone();
    if steps.is_empty() {
        steps = certificate
            .sites
            .iter()
            .map(|site| lifering_siting::BuildStep { site: *site, objective: None, best: None, regret: None })
            .collect();
    }
    steps
        .iter()
        .map(|step| {
            let people_new = limit.map(|limit| {
                let entries = instance.demands_reached(step.site).iter().filter(|entry| entry.ms <= limit);
                let newly = |i: usize| {
                    !instance.sites_reaching(i).iter().any(|entry| entry.ms <= limit && existing(entry.other as usize))
                };
                entries
                    .filter(|entry| newly(entry.other as usize))
                    .map(|entry| instance.demand()[entry.other as usize].people)
                    .sum()
            });
            Gain {
                site: step.site,
                objective: step.objective,
                best: step.best,
                regret: step.regret,
                people_new,
                next_best: next_best(instance, &certificate.goal, &ambulances, step.site),
            }
        })
        .collect()
}

/// The best candidates to replace `site` while all other sites stay; empty for problems with capacities, where each
/// would need a solution of its own.
fn next_best(instance: &Instance, goal: &Goal, ambulances: &[u32], site: usize) -> Vec<(usize, f64)> {
    if instance.sites().iter().any(|s| s.capacity.is_some()) {
        return Vec::new();
    }
    let mut others = ambulances.to_vec();
    others[site] = others[site].saturating_sub(1);
    let limit = goal.limit_ms();
    let people = |i: usize| instance.demand()[i].people;
    let within = |ms: u32| limit.is_none_or(|l| ms <= l);
    // Indexed by demand, without the site: ambulances within the limit, and milliseconds of the nearest.
    let reached_by: Vec<(u32, Option<u32>)> = (0..instance.demand().len())
        .map(|i| {
            let entries = || instance.sites_reaching(i).iter().filter(|l| within(l.ms) && others[l.other as usize] > 0);
            (entries().map(|l| others[l.other as usize]).sum(), entries().next().map(|entry| entry.ms))
        })
        .collect();
    let worth = |count: u32| match goal {
        Goal::Busy { busy, .. } => 1.0 - busy.powi(i32::try_from(count).unwrap_or(i32::MAX)),
        Goal::Backup { .. } => f64::from(u8::from(count > 1)),
        _ => f64::from(u8::from(count > 0)),
    };
    let base: f64 = reached_by.iter().enumerate().map(|(i, (count, _))| people(i) * worth(*count)).sum();
    let counted: Vec<usize> = (0..reached_by.len())
        .filter(|i| people(*i) > 0.0 && instance.sites_reaching(*i).iter().any(|l| within(l.ms)))
        .collect();
    let mut nearest = NearestTimes::new(instance, &counted, reached_by.iter().map(|reached| reached.1).collect());
    let mut value = |j: usize| -> Option<f64> {
        let entries = || instance.demands_reached(j).iter().filter(|l| within(l.ms));
        match goal {
            Goal::Cover { .. } | Goal::Backup { .. } | Goal::Busy { .. } => Some(
                base + entries()
                    .map(|l| {
                        let count = reached_by[l.other as usize].0;
                        people(l.other as usize) * (worth(count + 1) - worth(count))
                    })
                    .sum::<f64>(),
            ),
            Goal::ReachAll { .. } => {
                let open = counted.iter().filter(|i| reached_by[**i].0 == 0).count();
                let closed =
                    entries().filter(|l| reached_by[l.other as usize].0 == 0 && people(l.other as usize) > 0.0).count();
                (open == closed).then(|| f64::from(ambulances.iter().sum::<u32>()))
            }
            Goal::Mean => nearest.mean_with(instance, j),
            Goal::Worst => nearest.worst_with(instance, j),
        }
    };
    let mut found: Vec<(usize, f64)> = (0..ambulances.len())
        .filter(|j| ambulances[*j] == 0 && instance.sites()[*j].status == SiteStatus::Candidate)
        .filter_map(|j| value(j).map(|v| (j, v)))
        .collect();
    let sign = if goal.more_is_better() { -1.0 } else { 1.0 };
    found.sort_by(|a, b| (sign * a.1).total_cmp(&(sign * b.1)).then(a.0.cmp(&b.0)));
    if matches!(goal, Goal::ReachAll { .. }) {
        let fixed = instance.sites().iter().filter(|s| s.status == SiteStatus::Fixed).count();
        for entry in &mut found {
            entry.1 -= fixed as f64;
        }
    }
    found.truncate(NEXT_BEST);
    found
}

/// The time of each demand from its nearest site, and what one more site makes of their sum and of their latest: at the cost
/// of the demand that it reaches.
struct NearestTimes {
    /// Indexed by demand, milliseconds; `None` without a site.
    now: Vec<Option<u32>>,
    /// Indexed by demand: whether it counts.
    counts: Vec<bool>,
    /// Demand that counts, the latest first, before them those without a site.
    latest: Vec<u32>,
    /// People times milliseconds of those that count and have a site.
    sum: f64,
    /// Number of those that count and have none.
    without: usize,
    /// Indexed by demand: the site that reached it last, plus one.
    seen: Vec<usize>,
}

impl NearestTimes {
    fn new(instance: &Instance, counted: &[usize], now: Vec<Option<u32>>) -> Self {
        let mut counts = vec![false; now.len()];
        for i in counted {
            counts[*i] = true;
        }
        let mut latest: Vec<u32> = counted.iter().map(|i| *i as u32).collect();
        latest.sort_by_key(|i| (now[*i as usize].map_or(u64::MAX, u64::from), *i));
        latest.reverse();
        let people = |i: usize| instance.demand()[i].people;
        let sum = counted.iter().filter_map(|i| now[*i].map(|ms| f64::from(ms) * people(*i))).sum();
        let without = counted.iter().filter(|i| now[**i].is_none()).count();
        let seen = vec![0; now.len()];
        Self { now, counts, latest, sum, without, seen }
    }

    /// Sum over people of their seconds, with a further site; `None` if somebody has none even then.
    fn mean_with(&self, instance: &Instance, site: usize) -> Option<f64> {
        let (mut sum, mut without) = (self.sum, self.without);
        for entry in instance.demands_reached(site).iter().filter(|entry| self.counts[entry.other as usize]) {
            let people = instance.demand()[entry.other as usize].people;
            match self.now[entry.other as usize] {
                None => {
                    without -= 1;
                    sum += f64::from(entry.ms) * people;
                }
                Some(now) if entry.ms < now => sum -= f64::from(now - entry.ms) * people,
                Some(_) => {}
            }
        }
        (without == 0).then_some(sum / 1000.0)
    }

    /// Seconds of whoever is reached last, with a further site; `None` if somebody has none even then.
    fn worst_with(&mut self, instance: &Instance, site: usize) -> Option<f64> {
        let mut worst = 0;
        for entry in instance.demands_reached(site).iter().filter(|entry| self.counts[entry.other as usize]) {
            self.seen[entry.other as usize] = site + 1;
            worst = worst.max(self.now[entry.other as usize].map_or(entry.ms, |now| now.min(entry.ms)));
        }
        let unchanged = self.latest.iter().find(|i| self.seen[**i as usize] != site + 1);
        if let Some(unchanged) = unchanged {
            worst = worst.max(self.now[*unchanged as usize]?);
        }
        Some(f64::from(worst) / 1000.0)
    }
}

/// The uncoverable demand with reasons, as far as travel times distinguish them; for a region
/// [`super::region::propose`] refines them by the road network.
pub fn uncoverable(instance: &Instance, certificate: &Certificate) -> Vec<Uncoverable> {
    let limit = certificate.goal.limit_ms();
    let backup = matches!(certificate.goal, Goal::Backup { .. });
    let reason = |demand: usize| {
        let entries = instance.sites_reaching(demand);
        if entries.is_empty() {
            Reason::NoRoad
        } else if backup && limit.is_some_and(|limit| entries.iter().any(|entry| entry.ms <= limit)) {
            Reason::OneSite
        } else {
            Reason::TooFar
        }
    };
    certificate.uncoverable.iter().map(|demand| Uncoverable { demand: *demand, reason: reason(*demand) }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use lifering_siting::{Demand, Site, TravelTime};
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn one_more_site_is_what_everybody_counted_again_makes_of_it(
            times in proptest::collection::btree_map((0_usize..9, 0_usize..4), 1_u32..900_000, 1..30),
            now in proptest::collection::vec(proptest::option::of(1_u32..900_000), 9),
            counted in proptest::collection::btree_set(0_usize..9, 1..9),
        ) {
            let demand = (0..9).map(|i| Demand { id: format!("p{i}"), people: f64::from(i) * 10.0 + 1.0 }).collect();
            let sites = (0..4).map(|j| Site::candidate(format!("s{j}"))).collect();
            let pairs = times
                .iter()
                .map(|((demand, site), ms)| TravelTime { demand: *demand, site: *site, seconds: f64::from(*ms) / 1000.0 });
            let instance = Instance::new(demand, sites, pairs).unwrap();
            let counted: Vec<usize> = counted.into_iter().collect();
            let mut nearest = NearestTimes::new(&instance, &counted, now.clone());
            for site in 0..4 {
                let at = |i: &usize| [now[*i], times.get(&(*i, site)).copied()].into_iter().flatten().min();
                let all: Option<Vec<(f64, u32)>> =
                    counted.iter().map(|i| at(i).map(|ms| (instance.demand()[*i].people, ms))).collect();
                let sum = all.as_ref().map(|all| all.iter().map(|(people, ms)| people * f64::from(*ms)).sum::<f64>() / 1000.0);
                let latest = all.map(|all| all.iter().map(|(_, ms)| f64::from(*ms) / 1000.0).fold(0.0, f64::max));
                let found = nearest.mean_with(&instance, site);
                prop_assert_eq!(found.is_some(), sum.is_some());
                prop_assert!(found.zip(sum).is_none_or(|(found, sum)| (found - sum).abs() <= 1e-9 * sum));
                prop_assert_eq!(nearest.worst_with(&instance, site), latest);
            }
        }
    }
}
