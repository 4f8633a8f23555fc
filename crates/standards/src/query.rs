//! What has to be measured to judge a criterion.
//!
//! In: a criterion and the evidence. Out: [`AccessQuery`]s over the sites it selects, for whoever has the roads.

use super::catalogue::{Clock, Criterion, Journey, Metric, Pace, Radius, TravelTime};
use super::evidence::{Evidence, Missing};

/// What separates a site from people: the cost of travel that a criterion limits.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Impedance {
    /// Driving time from the site under a clock, in a drive period of region.toml (`None`: the region's own).
    Drive(Clock, Option<String>),
    /// Walking time to the site.
    Walk(Pace),
    /// Length along the drivable roads from the site; measured as time at 1 m/s.
    Network,
    /// Geodesic distance to the site.
    Geodesic,
}

impl From<&Radius> for Impedance {
    fn from(rule: &Radius) -> Self {
        match rule.metric {
            Metric::Euclid => Self::Geodesic,
            Metric::Network => Self::Network,
        }
    }
}

impl From<&TravelTime> for Impedance {
    fn from(rule: &TravelTime) -> Self {
        match &rule.journey {
            Journey::Drive { clock, period } => Self::Drive(*clock, period.clone()),
            Journey::Walk { pace } => Self::Walk(*pace),
        }
    }
}

/// The least impedance between every demand point and the sites.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccessQuery {
    /// Positions in [`Evidence::sites`], ascending; every one of them is placed.
    pub sites: Vec<usize>,
    /// What is measured.
    pub impedance: Impedance,
}

/// The queries of a criterion. If an attribute that decides about sites is missing, two of them bound the outcome.
#[derive(Clone, Debug, PartialEq)]
pub struct CriterionQueries {
    /// Over the sites that the criterion certainly selects: the least coverage possible.
    pub certain: AccessQuery,
    /// Over the uncertain sites as well: the most coverage possible. `None` if there are none, or if a selected site has no
    /// place.
    pub optimistic: Option<AccessQuery>,
    /// The input that would settle which sites count and their places; `None` if both are known.
    pub lacking: Option<Missing>,
}

/// The queries of a criterion, or what is missing to make them; `None` for criteria without impedance.
pub fn access_queries(criterion: &Criterion, evidence: &Evidence) -> Option<Result<CriterionQueries, Missing>> {
    let impedance = match criterion {
        Criterion::Radius(rule) => Impedance::from(rule),
        Criterion::TravelTime(rule) => Impedance::from(rule),
        Criterion::PerPopulation(_) | Criterion::Share(_) | Criterion::PresencePerUnit(_) => return None,
    };
    Some(queries(criterion, impedance, evidence))
}

/// The query of a criterion over the sites that it certainly selects.
pub fn access_query(criterion: &Criterion, evidence: &Evidence) -> Option<Result<AccessQuery, Missing>> {
    Some(access_queries(criterion, evidence)?.map(|queries| queries.certain))
}

/// The queries of a criterion that limits `impedance`.
pub(super) fn queries(
    criterion: &Criterion,
    impedance: Impedance,
    evidence: &Evidence,
) -> Result<CriterionQueries, Missing> {
    let selected = evidence.select_of(criterion)?;
    let placed = |sites: &[usize]| -> Vec<usize> {
        // No ambulance drives from a helicopter base.
        sites.iter().copied().filter(|i| evidence.sites[*i].placed && !evidence.is_air_base(*i)).collect()
    };
    let certain = placed(&selected.certain);
    let uncertain = placed(&selected.uncertain);
    let mut lacking = selected.lacking.clone();
    let unplaced = selected.certain.iter().filter(|i| !evidence.sites[**i].placed).count();
    if unplaced > 0 {
        lacking = Some(Missing::Place { layer: criterion.selection().layer_names(), features: unplaced });
    }
    let all_placed = unplaced == 0 && uncertain.len() == selected.uncertain.len();
    let optimistic = (all_placed && !uncertain.is_empty()).then(|| {
        let mut sites = [certain.clone(), uncertain].concat();
        sites.sort_unstable();
        AccessQuery { sites, impedance: impedance.clone() }
    });
    Ok(CriterionQueries { certain: AccessQuery { sites: certain, impedance }, optimistic, lacking })
}
