//! An audit as a person or a script asks for it: from a source to findings.

use super::{Audit, AuditError, MeasuredAudit, Run, audit_after, standard_for};
use crate::city::{City, OpenOptions};
use crate::run::Progress;
use crate::scenario::{Application, apply};
use lifering_base::error::InputError;
use lifering_readers::corrections::Corrections;
use lifering_readers::scenario::Scenario;
use lifering_readers::shared::Shared;
use lifering_readers::source::Source;
use lifering_standards::catalogue::Standard;
use std::sync::Arc;

/// What is asked beside the source.
#[derive(Clone, Debug, Default)]
pub struct AuditRequest {
    /// An embedded standard's id or a path; `None`: region.toml's, else [`DEFAULT_STANDARD`](super::DEFAULT_STANDARD).
    pub standard: Option<String>,
    /// Scale the people to the standard's own figure for this year; `None`: region.toml's year, if it has one.
    pub year: Option<u16>,
    /// Aim for the undecided area as a share of the boundary's area; `None`: region.toml's.
    pub zone_error: Option<f64>,
    /// A warning about the input is an error.
    pub strict: bool,
    /// Point layers that fit the roads better as GCJ-02 or BD-09 are taken as such.
    pub accept_datum: bool,
    /// Corrections of the records that were asked for.
    pub corrections: Corrections,
    /// Roads and stations shared with other regions.
    pub shared: Option<Shared>,
    /// What is changed of the region before it is audited; `None` for nothing.
    pub scenario: Option<Scenario>,
    /// Whether a scenario is applied to other data than it was made on.
    pub rebase: bool,
}

impl AuditRequest {
    /// Opens the city and the standard as the audit takes them: people and rules of the year, the core rules among the rules.
    ///
    /// # Errors
    /// The city cannot be opened, the standard cannot be read or states no population for the year, the scenario does not
    /// fit, or the run is stopped.
    pub fn run(&self, source: Source, progress: &dyn Progress) -> Result<Audit, AuditError> {
        let opened = self.open(source, progress)?;
        match &self.scenario {
            Some(scenario) => Ok(opened.scenario(scenario)?.audit(None, progress)?),
            None => Ok(opened.base.audit(None, progress)?),
        }
    }

    /// Opens the city, ready to be audited as it is and under scenarios.
    ///
    /// # Errors
    /// As [`run`](Self::run).
    pub fn open(&self, source: Source, progress: &dyn Progress) -> Result<OpenedRegion, AuditError> {
        let options = OpenOptions {
            strict: self.strict,
            accept_datum: self.accept_datum,
            corrections: self.corrections.clone(),
            shared: self.shared.clone(),
        };
        self.on(City::open(source, &options, progress)?)
    }

    /// The same on a city that is open already: what the request says about opening one is not looked at.
    ///
    /// # Errors
    /// The standard cannot be read or states nothing for the year.
    pub fn on(&self, mut city: City) -> Result<OpenedRegion, AuditError> {
        let standard = standard_for(city.records(), self.standard.as_deref())?;
        let year = self.year.or(city.records().settings.population.year);
        if let Some(year) = year
            && let Some(people) = AuditError::people_of(&standard, year)?
        {
            city = city.with_population(people, Some(year));
        }
        let request = Arc::new(self.clone());
        let base = CityToAudit::new(Arc::clone(&request), city, &standard, year)?;
        Ok(OpenedRegion { request, standard, year, base })
    }
}

/// A region that is opened once and audited as it is and under scenarios.
#[derive(Debug)]
pub struct OpenedRegion {
    request: Arc<AuditRequest>,
    /// As it is written, of no year.
    standard: Standard,
    year: Option<u16>,
    base: CityToAudit,
}

impl OpenedRegion {
    /// The region as it is.
    pub fn base(&self) -> &CityToAudit {
        &self.base
    }

    /// The region under a scenario.
    ///
    /// # Errors
    /// An edit does not fit, the data is not what the scenario was made on, or the standard states nothing for its year.
    pub fn scenario(&self, scenario: &Scenario) -> Result<CityToAudit, AuditError> {
        let (city, _) = under_scenario(&self.base.city, scenario, self.request.rebase, &self.standard)?;
        CityToAudit::new(Arc::clone(&self.request), city, &self.standard, scenario.year().or(self.year))
    }
}

/// A city under a scenario and the standard in the scenario's year, of which it takes the people.
///
/// # Errors
/// An edit does not fit, the data is not what the scenario was made on, or the standard states nothing for its year.
pub fn under_scenario(
    city: &City,
    scenario: &Scenario,
    rebase: bool,
    standard: &Standard,
) -> Result<(City, Standard), InputError> {
    let people_of_year = |year| AuditError::people_of(standard, year).map_err(|error| error.message());
    let city = apply(city, scenario, Application { rebase, people_of_year: &people_of_year })?;
    let standard = standard.clone();
    let standard = match scenario.year() {
        Some(year) => standard.in_year(year),
        None => standard,
    };
    Ok((city, standard))
}

/// A city with the standard that it is judged by.
#[derive(Clone, Debug)]
pub struct CityToAudit {
    request: Arc<AuditRequest>,
    city: City,
    standard: Standard,
}

impl CityToAudit {
    fn new(request: Arc<AuditRequest>, city: City, standard: &Standard, year: Option<u16>) -> Result<Self, AuditError> {
        let standard = year.map_or_else(|| standard.clone(), |year| standard.clone().in_year(year));
        let standard = standard.without_unknown_split(city.evidence()).with_core()?;
        Ok(Self { request, city, standard })
    }

    /// The city.
    pub fn city(&self) -> &City {
        &self.city
    }

    /// The standard, in its year.
    pub fn standard(&self) -> &Standard {
        &self.standard
    }

    /// Audits the city. Of what the audit of the base measured and drew, all is taken over that the edits leave alone.
    ///
    /// # Errors
    /// The run was stopped, or a warning counts as an error.
    pub fn audit(&self, base: Option<&BaseAudit>, progress: &dyn Progress) -> Result<Audit, AuditError> {
        let earlier = base.map(|base| &base.measured);
        Ok(self.measure(earlier, false, progress)?.audit)
    }

    /// The same, kept for the audits of scenarios.
    ///
    /// # Errors
    /// As [`audit`](Self::audit).
    pub fn base_audit(&self, progress: &dyn Progress) -> Result<BaseAudit, AuditError> {
        Ok(BaseAudit { measured: self.measure(None, true, progress)? })
    }

    fn measure(
        &self,
        earlier: Option<&MeasuredAudit>,
        keep: bool,
        progress: &dyn Progress,
    ) -> Result<MeasuredAudit, AuditError> {
        let run = Run { progress, zone_error: self.request.zone_error, strict: self.request.strict, keep };
        audit_after(earlier, &self.city, &self.standard, &run)
    }
}

/// The audit of a base, with what was measured for it.
#[derive(Debug)]
pub struct BaseAudit {
    measured: MeasuredAudit,
}

impl BaseAudit {
    /// The audit.
    pub fn audit(&self) -> &Audit {
        &self.measured.audit
    }
}
