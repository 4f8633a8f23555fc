//! The access queries of a standard, each once.

use lifering_standards::catalogue::{Clock, Criterion, Journey, LayerName, Rule, Standard};
use lifering_standards::evidence::Evidence;
use lifering_standards::{AccessQuery, Impedance, access_queries};

/// Everything that rules and their readings need measured, each once. The driving queries come first if rules drive.
pub fn queries(standard: &Standard, evidence: &Evidence) -> Vec<AccessQuery> {
    let mut all: Vec<AccessQuery> = Vec::new();
    let neighbours = evidence.given.contains(&LayerName::Neighbours);
    let aided: Vec<Criterion> =
        standard.rules.iter().filter(|_| neighbours).filter_map(|rule| rule.criterion.with_mutual_aid()).collect();
    for criterion in standard.rules.iter().flat_map(Rule::criteria).chain(&aided) {
        let Some(Ok(queries)) = access_queries(criterion, evidence) else { continue };
        for query in std::iter::once(queries.certain).chain(queries.optimistic) {
            if !all.contains(&query) {
                all.push(query);
            }
        }
    }
    // People without a road in reach are counted whether or not a rule drives.
    let drives = |rule: &Rule| matches!(&rule.criterion, Criterion::TravelTime(time) if matches!(time.journey, Journey::Drive { .. }));
    let driving = access_to_everybody(evidence);
    if !standard.rules.iter().any(drives) && !all.contains(&driving) {
        all.push(driving);
    }
    all
}

/// Driving from every station, for figures that no rule asks for.
pub fn access_to_everybody(evidence: &Evidence) -> AccessQuery {
    let stations = evidence.sites.iter().enumerate().filter(|(_, site)| site.layer == LayerName::Stations);
    let sites = stations.map(|(i, _)| i).filter(|i| !evidence.is_air_base(*i)).collect();
    AccessQuery { sites, impedance: Impedance::Drive(Clock::DriveOnly, None) }
}
