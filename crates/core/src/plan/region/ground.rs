//! The solution of a location problem on the map of its region.
//!
//! In: problem, certificate, candidates. Out: the [`City`] with the new sites built and the closed ones removed, and
//! [`OnTheGround`]: the audits before and after, and the impact of each new site.

use super::candidates::{Candidate, CandidateOrigin};
use super::impact::{self, SiteImpact, impacts};
use super::objective::Objective;
use super::options::RegionOptions;
use super::problem::{EXISTING, PotentialSite, SiteRole, SitingProblem};
use crate::audit::Audit;
use crate::city::City;
use crate::plan::{ProposalError, Study, Uncoverable};
use lifering_base::frame::LonLat;
use lifering_base::records::attributes::Scalar;
use lifering_base::records::{Record, Site};
use lifering_siting::Certificate;
use lifering_standards::catalogue::{Criterion, LayerName};
use std::collections::{BTreeMap, BTreeSet};

/// A new site on the map.
#[derive(Clone, Debug)]
pub struct NewSite {
    /// Id, place and capacity in the problem.
    pub site: PotentialSite,
    /// Name of the candidate.
    pub name: String,
    /// Source of the candidate.
    pub origin: CandidateOrigin,
    /// Unit of the finest level that contains it: position in the units layer; `None`: in no unit.
    pub unit: Option<u32>,
    /// What it changes.
    pub impact: SiteImpact,
}

/// A proposal on the map of its region.
#[derive(Debug)]
pub struct OnTheGround {
    /// Rule that the sites improve: position in the rules of the standard.
    pub rule: usize,
    /// Whether that rule is made from the limit of the request.
    pub asked: bool,
    /// Audit with the existing sites.
    pub before: Audit,
    /// Audit with the new sites built and the closed ones removed.
    pub after: Audit,
    /// New sites, in the order of building.
    pub sites: Vec<NewSite>,
    /// All candidates the solver chose from.
    pub candidates: Vec<Candidate>,
    /// Existing sites that are closed: positions in the sites of the evidence before.
    pub closed_sites: Vec<usize>,
    /// Uncoverable people by id of the zone of the audit before, most people first.
    pub uncoverable_zones: Vec<(String, f64)>,
    /// Indexed by site of the instance: name of the candidate, else id.
    pub names: Vec<String>,
    /// Indexed by site of the instance: source of the candidate; `None` for existing sites.
    pub origins: Vec<Option<CandidateOrigin>>,
    /// Indexed by site of the instance: place in degrees; `None` for the existing sites taken as one.
    pub places: Vec<Option<LonLat>>,
}

impl OnTheGround {
    /// Criterion of the rule that the sites improve.
    pub fn criterion(&self) -> &Criterion {
        &self.before.findings.outcomes[self.rule].rule.criterion
    }
}

/// A solved problem, ready to be built.
pub(super) struct SitingPlan<'a> {
    pub study: Study<'a>,
    pub options: &'a RegionOptions,
    pub objective: &'a Objective,
    pub problem: &'a SitingProblem,
    pub certificate: &'a Certificate,
    pub candidates: Vec<Candidate>,
    /// Positions in the sites of the instance, in the order of building.
    pub new_sites: Vec<usize>,
}

impl SitingPlan<'_> {
    /// Existing sites that are closed: positions in the sites of the evidence.
    fn closed_sites(&self) -> Vec<usize> {
        let station = |site: &usize| match self.problem.roles[*site] {
            SiteRole::Station(at) => Some(at),
            SiteRole::Existing | SiteRole::Candidate(_) => None,
        };
        self.certificate.closed.iter().filter_map(station).collect()
    }

    /// A site of the instance with its candidate; `None` for existing sites.
    fn candidate(&self, site: usize) -> Option<(&PotentialSite, &Candidate)> {
        let site = self.problem.sites[site].as_ref()?;
        match site.role {
            SiteRole::Candidate(at) => Some((site, &self.candidates[at])),
            SiteRole::Existing | SiteRole::Station(_) => None,
        }
    }

    /// The city with the new sites built, the reopened ones given ambulances, and the closed ones removed.
    ///
    /// # Errors
    /// The rule would not count a new site.
    pub(super) fn build(&self) -> Result<City, ProposalError> {
        let city = self.study.city;
        let closed: BTreeSet<(LayerName, String)> = self
            .closed_sites()
            .into_iter()
            .map(|site| &city.evidence().sites[site])
            .map(|site| (site.layer.clone(), site.id.clone()))
            .collect();
        let stays = |layer: &LayerName, id: &str| !closed.contains(&(layer.clone(), id.to_owned()));
        let new_sites = || self.new_sites.iter().filter_map(|site| self.candidate(*site));
        city.with_sites(|built| {
            // First, for positions hold in the layer as it was read. A station stands here once for each ambulance.
            for station in new_sites().filter_map(|(_, candidate)| candidate.station) {
                let record = &mut built.stations[station];
                if let Some(attributes) = self.objective.with_ambulances(&record.attributes, self.options.ambulances) {
                    record.attributes = attributes;
                }
            }
            built.stations.retain(|site| stays(&LayerName::Stations, &site.id));
            for (layer, sites) in [(LayerName::Facilities, &mut built.facilities), (LayerName::Aeds, &mut built.aeds)] {
                if let Some(sites) = sites {
                    sites.retain(|site| stays(&layer, &site.id));
                }
            }
            for (site, candidate) in new_sites().filter(|(_, candidate)| candidate.station.is_none()) {
                let new = new_record(site, candidate, self.attributes(candidate)?);
                match self.objective.layer() {
                    LayerName::Stations | LayerName::Decontamination | LayerName::Neighbours => {
                        built.stations.push(new);
                    }
                    LayerName::Facilities => built.facilities.get_or_insert_default().push(new),
                    LayerName::Aeds => built.aeds.get_or_insert_default().push(new),
                    LayerName::Extra(name) => built.extra.entry(name.clone()).or_default().push(Record {
                        feature: new.feature,
                        id: new.id,
                        name: new.name,
                        place: Some(new.place),
                        attributes: new.attributes,
                    }),
                }
            }
            Ok(())
        })
    }

    fn attributes(&self, candidate: &Candidate) -> Result<BTreeMap<String, Scalar>, ProposalError> {
        let (kind, ambulances) = (self.options.kind.as_deref(), self.options.ambulances);
        self.objective.attributes(&candidate.attributes, kind, ambulances)
    }

    /// The proposal on the map. `limit`: seconds (metres) of the request, `None` for goals without a limit.
    pub(super) fn on_the_ground(
        self,
        (before, after): (Audit, Audit),
        limit: Option<f64>,
        uncoverable: &[Uncoverable],
    ) -> OnTheGround {
        let impacts = impacts(&before, self.problem, self.certificate, &self.new_sites, self.objective, limit);
        let new_site = |(site, impact): (&usize, SiteImpact)| {
            let (site, candidate) = self.candidate(*site)?;
            let unit = impact::unit_of(self.study.city, candidate.place);
            Some(NewSite { site: site.clone(), name: candidate.name.clone(), origin: candidate.origin, unit, impact })
        };
        let name = |site: usize| match (self.candidate(site), &self.problem.sites[site]) {
            (Some((_, candidate)), _) => candidate.name.clone(),
            (None, Some(existing)) => existing.id.clone(),
            (None, None) => EXISTING.to_owned(),
        };
        let origin = |site: usize| self.candidate(site).map(|(_, candidate)| candidate.origin);
        OnTheGround {
            rule: self.objective.rule,
            asked: self.options.rule.is_none(),
            sites: self.new_sites.iter().zip(impacts).filter_map(new_site).collect(),
            closed_sites: self.closed_sites(),
            uncoverable_zones: impact::people_by_zone(&before, self.objective.rule, self.problem, uncoverable),
            names: (0..self.problem.sites.len()).map(name).collect(),
            origins: (0..self.problem.sites.len()).map(origin).collect(),
            places: self.problem.sites.iter().map(|site| site.as_ref().map(|site| site.place)).collect(),
            before,
            after,
            candidates: self.candidates,
        }
    }
}

/// A candidate as a site of its layer.
fn new_record(site: &PotentialSite, candidate: &Candidate, attributes: BTreeMap<String, Scalar>) -> Site {
    Site {
        // It comes from no feature of a file.
        feature: usize::MAX,
        id: site.id.clone(),
        name: candidate.name.clone(),
        place: candidate.place,
        attributes,
    }
}
