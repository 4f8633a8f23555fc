//! An audit as a person or a script asks for it: from a source to findings.

use super::{Audit, AuditError, Run, audit, standard_for};
use crate::city::{City, OpenOptions};
use crate::run::Progress;
use lifering_readers::corrections::Corrections;
use lifering_readers::shared::Shared;
use lifering_readers::source::Source;
use lifering_standards::catalogue::Standard;

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
}

impl AuditRequest {
    /// Opens the city and the standard as the audit takes them: people and rules of the year, the core rules among the rules.
    ///
    /// # Errors
    /// The city cannot be opened, the standard cannot be read or states no population for the year, or the run is stopped.
    pub fn open(&self, source: Source, progress: &dyn Progress) -> Result<(City, Standard), AuditError> {
        let options = OpenOptions {
            strict: self.strict,
            accept_datum: self.accept_datum,
            corrections: self.corrections.clone(),
            shared: self.shared.clone(),
        };
        let mut city = City::open(source, &options, progress)?;
        let mut standard = standard_for(city.records(), self.standard.as_deref())?;
        if let Some(year) = self.year.or(city.records().settings.population.year) {
            if let Some(people) = AuditError::people_of(&standard, year)? {
                city = city.with_population(people, Some(year));
            }
            standard = standard.in_year(year);
        }
        let standard = standard.without_unknown_split(city.evidence()).with_core()?;
        Ok((city, standard))
    }

    /// Opens the city and audits it.
    ///
    /// # Errors
    /// As [`Self::open`], or a warning counts as an error.
    pub fn run(&self, source: Source, progress: &dyn Progress) -> Result<Audit, AuditError> {
        let (city, standard) = self.open(source, progress)?;
        let run = Run { progress, zone_error: self.zone_error, strict: self.strict };
        let findings = audit(&city, &standard, &run)?;
        Ok(Audit { city, findings })
    }
}
