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
    let value = |j: usize| -> Option<f64> {
        let entries = || instance.demands_reached(j).iter().filter(|l| within(l.ms));
        let seconds = |ms: u32| f64::from(ms) / 1000.0;
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
            Goal::Mean | Goal::Worst => {
                let mut at: Vec<Option<u32>> = reached_by.iter().map(|n| n.1).collect();
                for entry in entries() {
                    let slot = &mut at[entry.other as usize];
                    *slot = Some(slot.map_or(entry.ms, |now| now.min(entry.ms)));
                }
                if matches!(goal, Goal::Mean) {
                    counted.iter().map(|i| at[*i].map(|ms| seconds(ms) * people(*i))).sum()
                } else {
                    counted.iter().map(|i| at[*i]).try_fold(0, |worst, ms| ms.map(|ms| worst.max(ms))).map(seconds)
                }
            }
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
