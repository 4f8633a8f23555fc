//! The objective of a set of sites from its definition, with nothing shared with the search but the maximum flow.

use super::error::SitingError;
use super::instance::{Instance, SiteStatus};
use super::max_flow::allocate;
use super::question::Goal;
use super::sparse::SparseRows;

/// Objective of a set of sites for a goal, in the unit of [`Certificate::objective`](super::Certificate::objective).
/// `open`: positions of the open sites that are not fixed (busy: one entry an ambulance). `None`: the set does not
/// reach everybody who could be reached (mean, worst, reach-all), or not within the capacities (reach-all).
///
/// # Errors
/// A position outside the list, a fixed site, a site listed twice (busy: more than `per_site` times), or more than 1e12
/// people with capacities.
pub fn verify(instance: &Instance, goal: &Goal, open: &[usize]) -> Result<Option<f64>, SitingError> {
    let sites = instance.sites();
    // Ambulances at each site (1 is open), indexed by site.
    let mut units = vec![0u32; sites.len()];
    for &j in open {
        let site = sites.get(j).ok_or_else(|| SitingError::BadSites(format!("there is no site number {j}")))?;
        if site.status == SiteStatus::Fixed {
            return Err(SitingError::BadSites(format!("site \"{}\" is fixed and stands anyway", site.id)));
        }
        units[j] += 1;
        let most = if let Goal::Busy { per_site, .. } = goal { *per_site } else { 1 };
        if units[j] > most {
            return Err(SitingError::BadSites(format!("site \"{}\" is listed more than {most} time(s)", site.id)));
        }
    }
    for (j, s) in sites.iter().enumerate() {
        if s.status == SiteStatus::Fixed {
            units[j] = 1;
        }
    }
    let limit = goal.limit_ms();
    // Ambulances within the limit of a demand.
    let near = |i: usize| -> u32 {
        let within = instance.sites_reaching(i).iter().filter(|entry| limit.is_none_or(|l| entry.ms <= l));
        within.map(|entry| units[entry.other as usize]).sum()
    };
    let reachable = |i: usize| instance.sites_reaching(i).iter().any(|entry| limit.is_none_or(|l| entry.ms <= l));
    let people = |i: usize| instance.demand()[i].people;
    let nearest = |i: usize| {
        let mut within = instance.sites_reaching(i).iter().filter(|entry| units[entry.other as usize] > 0);
        within.next().map(|entry| f64::from(entry.ms) / 1000.0)
    };
    let all = 0..instance.demand().len();
    let counted = || all.clone().filter(|&i| people(i) > 0.0 && reachable(i));
    let capacitated = instance.is_capacitated();
    let value = match *goal {
        Goal::Cover { .. } if capacitated => Some(served(instance, &units, limit)?.0),
        Goal::Cover { .. } => Some(all.filter(|&i| near(i) > 0).map(people).sum()),
        Goal::Backup { .. } => Some(all.filter(|&i| near(i) > 1).map(people).sum()),
        Goal::Busy { busy, .. } => Some(all.map(|i| people(i) * (1.0 - busy.powi(near(i) as i32))).sum()),
        Goal::ReachAll { .. } => {
            let reached = counted().all(|i| near(i) > 0);
            let fits = !capacitated || served(instance, &units, limit)?.1;
            (reached && fits).then_some(open.len() as f64)
        }
        Goal::Mean => counted().map(|i| nearest(i).map(|t| t * people(i))).sum(),
        Goal::Worst => counted().map(nearest).try_fold(0.0, |worst: f64, t| t.map(|t| worst.max(t))),
    };
    // An empty sum is minus zero: make it zero.
    Ok(value.map(|v| v + 0.0))
}

/// Most people that are counted in millionths within `i64`.
const MAX_CAPACITATED_PEOPLE: f64 = 1e12;

/// People served within the capacities, and whether that is everybody within reach of any site at all.
fn served(instance: &Instance, units: &[u32], limit: Option<u32>) -> Result<(f64, bool), SitingError> {
    if instance.people() > MAX_CAPACITATED_PEOPLE {
        return Err(SitingError::TooLarge);
    }
    let open: Vec<usize> = (0..units.len()).filter(|&j| units[j] > 0).collect();
    // People in millionths.
    let micro = |x: f64| (x.min(MAX_CAPACITATED_PEOPLE) * 1e6).round() as i64;
    let everybody = micro(instance.people());
    let capacity: Vec<i64> =
        open.iter().map(|&j| instance.sites()[j].capacity.map_or(everybody, |c| micro(c).min(everybody))).collect();
    let (mut rows, mut people, mut wanted) = (SparseRows::new(), Vec::new(), 0);
    for (i, d) in instance.demand().iter().enumerate() {
        let mut within =
            instance.sites_reaching(i).iter().filter(|entry| limit.is_none_or(|l| entry.ms <= l)).peekable();
        if within.peek().is_some() {
            wanted += micro(d.people);
        }
        rows.push(within.filter_map(|entry| open.binary_search(&(entry.other as usize)).ok()).map(|p| p as u32));
        people.push(micro(d.people));
    }
    let (served, _) = allocate(&people, &rows, &capacity);
    Ok((served as f64 / 1e6, served == wanted))
}

#[cfg(test)]
mod tests {
    use super::super::instance::{Demand, Site, TravelTime};
    use super::*;

    #[test]
    fn more_people_than_millionths_can_count_are_refused() {
        let demand = (0..12).map(|i| Demand { id: format!("d{i}"), people: 1e13 }).collect();
        let site = Site { capacity: Some(1e14), ..Site::candidate("s") };
        let times = (0..12).map(|demand| TravelTime { demand, site: 0, seconds: 1.0 });
        let instance = Instance::new(demand, vec![site], times).expect("valid");
        let answer = verify(&instance, &Goal::Cover { limit_s: 60.0 }, &[0]);
        assert_eq!(answer, Err(SitingError::TooLarge));
    }
}
