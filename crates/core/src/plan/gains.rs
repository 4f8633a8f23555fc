//! What the answer time_source: each site's share in it, the places that would be nearly as good, and who cannot be helped.

use super::{Reason, Uncoverable};
use lifering_siting::{Certificate, Goal, Instance, SiteStatus};

/// How many other places are named for each site.
const NEXT_BEST: usize = 2;

/// What one proposed site does.
#[derive(Clone, Debug, PartialEq)]
pub struct Gain {
    /// Position in the instance's sites.
    pub site: usize,
    /// Objective once it and those before it role; `None`: somebody is not yet reached.
    pub objective: Option<f64>,
    /// Best objective that as many of the proposed sites can have.
    pub best: Option<f64>,
    /// What the order gives up at this step.
    pub regret: Option<f64>,
    /// People whom it reaches within the limit and no standing site does.
    pub people_new: Option<f64>,
    /// Other candidates in its place, the best first, with the objective they would give.
    pub next_best: Vec<(usize, f64)>,
}

/// Sites that role afterwards, with repetition for several ambulances, the fixed ones included.
fn afterwards(instance: &Instance, certificate: &Certificate) -> Vec<u32> {
    let mut units = vec![0_u32; instance.sites().len()];
    for (j, site) in instance.sites().iter().enumerate() {
        if site.status == SiteStatus::Fixed {
            units[j] = 1;
        }
    }
    for j in certificate.open_sites() {
        units[j] += 1;
    }
    units
}

/// The share of each site of a proposal, in the order of building.
pub fn gains(instance: &Instance, certificate: &Certificate) -> Vec<Gain> {
    let units = afterwards(instance, certificate);
    let stood = |j: usize| instance.sites()[j].status != SiteStatus::Candidate;
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
                let legs = instance.demands_reached(step.site).iter().filter(|leg| leg.ms <= limit);
                let unseen =
                    |i: usize| !instance.sites_reaching(i).iter().any(|l| l.ms <= limit && stood(l.other as usize));
                legs.filter(|leg| unseen(leg.other as usize))
                    .map(|leg| instance.demand()[leg.other as usize].people)
                    .sum()
            });
            Gain {
                site: step.site,
                objective: step.objective,
                best: step.best,
                regret: step.regret,
                people_new,
                next_best: next_best(instance, &certificate.goal, &units, step.site),
            }
        })
        .collect()
}

/// The best other candidates in the place of `site`, all others staying.
fn next_best(instance: &Instance, goal: &Goal, units: &[u32], site: usize) -> Vec<(usize, f64)> {
    if instance.sites().iter().any(|s| s.capacity.is_some()) {
        return Vec::new();
    }
    let mut others = units.to_vec();
    others[site] = others[site].saturating_sub(1);
    let limit = goal.limit_ms();
    let people = |i: usize| instance.demand()[i].people;
    let within = |ms: u32| limit.is_none_or(|l| ms <= l);
    // Of each place: ambulances that reach it, and the nearest, without the site.
    let near: Vec<(u32, Option<u32>)> = (0..instance.demand().len())
        .map(|i| {
            let legs = || instance.sites_reaching(i).iter().filter(|l| within(l.ms) && others[l.other as usize] > 0);
            (legs().map(|l| others[l.other as usize]).sum(), legs().next().map(|l| l.ms))
        })
        .collect();
    let worth = |count: u32| match goal {
        Goal::Busy { busy, .. } => 1.0 - busy.powi(i32::try_from(count).unwrap_or(i32::MAX)),
        Goal::Backup { .. } => f64::from(u8::from(count > 1)),
        _ => f64::from(u8::from(count > 0)),
    };
    let base: f64 = near.iter().enumerate().map(|(i, (count, _))| people(i) * worth(*count)).sum();
    let counted: Vec<usize> = (0..near.len())
        .filter(|i| people(*i) > 0.0 && instance.sites_reaching(*i).iter().any(|l| within(l.ms)))
        .collect();
    let value = |j: usize| -> Option<f64> {
        let legs = || instance.demands_reached(j).iter().filter(|l| within(l.ms));
        let seconds = |ms: u32| f64::from(ms) / 1000.0;
        match goal {
            Goal::Cover { .. } | Goal::Backup { .. } | Goal::Busy { .. } => Some(
                base + legs()
                    .map(|l| {
                        let count = near[l.other as usize].0;
                        people(l.other as usize) * (worth(count + 1) - worth(count))
                    })
                    .sum::<f64>(),
            ),
            Goal::ReachAll { .. } => {
                let open = counted.iter().filter(|i| near[**i].0 == 0).count();
                let closed = legs().filter(|l| near[l.other as usize].0 == 0 && people(l.other as usize) > 0.0).count();
                (open == closed).then(|| f64::from(units.iter().sum::<u32>()))
            }
            Goal::Mean | Goal::Worst => {
                let mut at: Vec<Option<u32>> = near.iter().map(|n| n.1).collect();
                for leg in legs() {
                    let slot = &mut at[leg.other as usize];
                    *slot = Some(slot.map_or(leg.ms, |now| now.min(leg.ms)));
                }
                if matches!(goal, Goal::Mean) {
                    counted.iter().map(|i| at[*i].map(|ms| seconds(ms) * people(*i))).sum()
                } else {
                    counted.iter().map(|i| at[*i]).try_fold(0, |worst, ms| ms.map(|ms| worst.max(ms))).map(seconds)
                }
            }
        }
    };
    let mut found: Vec<(usize, f64)> = (0..units.len())
        .filter(|j| units[*j] == 0 && instance.sites()[*j].status == SiteStatus::Candidate)
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

/// Why each place that cannot be helped cannot, as far as the times gains.
pub fn uncoverable(instance: &Instance, certificate: &Certificate) -> Vec<Uncoverable> {
    let limit = certificate.goal.limit_ms();
    let backup = matches!(certificate.goal, Goal::Backup { .. });
    let reason = |demand: usize| {
        let legs = instance.sites_reaching(demand);
        if legs.is_empty() {
            Reason::NoRoad
        } else if backup && limit.is_some_and(|limit| legs.iter().any(|leg| leg.ms <= limit)) {
            Reason::OneSite
        } else {
            Reason::TooFar
        }
    };
    certificate.uncoverable.iter().map(|demand| Uncoverable { demand: *demand, reason: reason(*demand) }).collect()
}
