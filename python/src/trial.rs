//! Sites tried and taken away on a loaded city.
//!
//! In: a rule that is measured, and sites. Out: a row a site: who would be reached in time, and who sooner; what is lost with a
//! station, two of them, or a road.

use crate::arrow::ArrowTable;
use crate::audit::text;
use crate::failure::Failure;
use crate::region::{language, tried_layer};
use crate::work::work;
use lifering_core::plan::failures::Failures as CoreFailures;
use lifering_core::plan::trial::{Effect, Trial as CoreTrial};
use lifering_core::run::Progress as _;
use lifering_export::trials::json;
use lifering_readers::trial_sites_of;
use lifering_report::layers::{failed, tried};
use lifering_report::text::Lang;
use lifering_report::trials::failures::FailuresReport;
use lifering_report::trials::sites::WhatIfReport;
use pyo3::prelude::*;
use pyo3_arrow::PyTable;
use rayon::prelude::*;
use std::collections::HashMap;

/// A city with the arrivals of the stations that a rule counts.
#[pyclass(frozen, module = "lifering._lifering")]
pub struct Trial {
    measured: CoreTrial,
    standard: String,
    lang: Option<String>,
}

impl Trial {
    /// A rule that is measured, of a standard.
    pub fn new(trial: CoreTrial, standard: String, lang: Option<String>) -> Self {
        Self { measured: trial, standard, lang }
    }

    fn language(&self) -> Lang {
        language(self.lang.as_deref())
    }
}

#[pymethods]
impl Trial {
    /// People whom the rule counts.
    #[getter]
    fn people(&self) -> f64 {
        self.measured.people()
    }

    /// People who are reached in time as the city stands.
    #[getter]
    fn people_in_time(&self) -> f64 {
        self.measured.people_in_time()
    }

    /// Tries the sites of a layer, each by itself. `spec` is a layer of region.toml as JSON.
    fn sites(
        &self,
        py: Python<'_>,
        name: &str,
        spec: &str,
        files: HashMap<String, Vec<u8>>,
        tables: HashMap<String, (PyTable, Option<String>)>,
    ) -> PyResult<ArrowTable> {
        work(py, self.language(), |interrupt| {
            let (source, spec) = tried_layer(name, spec, files, tables)?;
            let sites = trial_sites_of(&source, &spec, |place| self.measured.city().holds(place))?;
            let effect = |site: &lifering_base::records::Site| {
                if interrupt.stopped() {
                    return Err(Failure::Stopped);
                }
                Ok(self.measured.site(site.place, site.number("turnout_s")))
            };
            let effects: Vec<Effect> = sites.par_iter().map(effect).collect::<Result<_, _>>()?;
            Ok(ArrowTable::of(&tried(&WhatIfReport::new(&self.measured, &self.standard, &sites, &effects)))?)
        })
    }

    /// Takes each station, pairs of them, and roads away in turn.
    fn failures(&self, py: Python<'_>) -> PyResult<Failures> {
        work(py, self.language(), |_| {
            let found = CoreFailures::new(&self.measured);
            let report = FailuresReport::new(&self.measured, &self.standard, &found);
            let mut tables = Vec::new();
            for layer in failed(self.measured.city(), &found, &report) {
                tables.push((layer.name, ArrowTable::of(&layer)?));
            }
            Ok(Failures { json: text(json("failures.json", &report)?)?, tables })
        })
    }
}

/// What is lost with a station, two of them, or a road.
#[pyclass(frozen, module = "lifering._lifering")]
pub struct Failures {
    json: String,
    tables: Vec<(&'static str, ArrowTable)>,
}

#[pymethods]
impl Failures {
    /// failures.json.
    fn json(&self) -> &str {
        &self.json
    }

    /// `failed_stations`, `failed_pairs` or `failed_roads`.
    fn layer(&self, name: &str) -> PyResult<ArrowTable> {
        let table = self.tables.iter().find(|(known, _)| *known == name).map(|(_, table)| table.clone());
        table.ok_or_else(|| pyo3::exceptions::PyKeyError::new_err(name.to_owned()))
    }
}
