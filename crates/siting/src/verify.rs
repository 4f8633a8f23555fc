//! The objective of a set of sites, straight from its definition, with nothing shared with the search.

use super::error::ProposeError;
use super::flow::share_out;
use super::instance::{Instance, Standing};
use super::question::Goal;
use super::rows::Lists;

/// Objective of a set of sites for a goal, in the unit of `Certificate::objective`. `standing`: sites that stand
/// besides the fixed ones, new and kept (busy: one entry an ambulance). `None`: the set does not reach everybody who
/// could be reached (mean, worst, reach-all), or not within the capacities (reach-all).
///
/// # Errors
/// A position outside the list, a fixed site listed again, or one listed twice (except for busy).
pub fn verify(instance: &Instance, goal: &Goal, standing: &[usize]) -> Result<Option<f64>, ProposeError> {
    let sites = instance.sites();
    let mut units = vec![0u32; sites.len()];
    for &j in standing {
        let site = sites.get(j).ok_or_else(|| ProposeError::BadSites(format!("there is no site number {j}")))?;
        if site.standing == Standing::Fixed {
            return Err(ProposeError::BadSites(format!("site \"{}\" is fixed and stands anyway", site.id)));
        }
        units[j] += 1;
        let most = if let Goal::Busy { per_site, .. } = goal { *per_site } else { 1 };
        if units[j] > most {
            return Err(ProposeError::BadSites(format!("site \"{}\" is listed more than {most} time(s)", site.id)));
        }
    }
    for (j, s) in sites.iter().enumerate() {
        if s.standing == Standing::Fixed {
            units[j] = 1;
        }
    }
    let limit = goal.limit_ms();
    // Ambulances that reach a demand in time.
    let near = |i: usize| -> u32 {
        let legs = instance.reach(i).iter().filter(|leg| limit.is_none_or(|l| leg.ms <= l));
        legs.map(|leg| units[leg.other as usize]).sum()
    };
    let reachable = |i: usize| instance.reach(i).iter().any(|leg| limit.is_none_or(|l| leg.ms <= l));
    let people = |i: usize| instance.demand()[i].people;
    let nearest = |i: usize| {
        let mut legs = instance.reach(i).iter().filter(|leg| units[leg.other as usize] > 0);
        legs.next().map(|leg| f64::from(leg.ms) / 1000.0)
    };
    let all = 0..instance.demand().len();
    let counted = || all.clone().filter(|&i| people(i) > 0.0 && reachable(i));
    let capacities = sites.iter().any(|s| s.capacity.is_some());
    let value = match *goal {
        Goal::Cover { .. } if capacities => Some(served(instance, &units, limit).0),
        Goal::Cover { .. } => Some(all.filter(|&i| near(i) > 0).map(people).sum()),
        Goal::Backup { .. } => Some(all.filter(|&i| near(i) > 1).map(people).sum()),
        Goal::Busy { busy, .. } => Some(all.map(|i| people(i) * (1.0 - busy.powi(near(i) as i32))).sum()),
        Goal::ReachAll { .. } => {
            let reached = counted().all(|i| near(i) > 0);
            let fits = !capacities || served(instance, &units, limit).1;
            (reached && fits).then_some(standing.len() as f64)
        }
        Goal::Mean => counted().map(|i| nearest(i).map(|t| t * people(i))).sum(),
        Goal::Worst => counted().map(nearest).try_fold(0.0, |worst: f64, t| t.map(|t| worst.max(t))),
    };
    // An empty sum is minus zero.
    Ok(value.map(|v| v + 0.0))
}

/// People served within the capacities, and whether that is everybody within reach of any site at all.
fn served(instance: &Instance, units: &[u32], limit: Option<u32>) -> (f64, bool) {
    let place: Vec<usize> = (0..units.len()).filter(|&j| units[j] > 0).collect();
    let micro = |x: f64| (x.min(1e12) * 1e6).round() as i64;
    let everybody = micro(instance.people());
    let room: Vec<i64> =
        place.iter().map(|&j| instance.sites()[j].capacity.map_or(everybody, |c| micro(c).min(everybody))).collect();
    let (mut rows, mut people, mut wanted) = (Lists::new(), Vec::new(), 0);
    for (i, d) in instance.demand().iter().enumerate() {
        let mut legs = instance.reach(i).iter().filter(|leg| limit.is_none_or(|l| leg.ms <= l)).peekable();
        if legs.peek().is_some() {
            wanted += micro(d.people);
        }
        rows.push(legs.filter_map(|leg| place.binary_search(&(leg.other as usize)).ok()).map(|p| p as u32));
        people.push(micro(d.people));
    }
    let (served, _) = share_out(&people, &rows, &room);
    (served as f64 / 1e6, served == wanted)
}
