//! A region in memory, and the questions it is asked.
//!
//! In: a folder, or settings and layers. Out: [`Region`]: a city that is loaded once. Scenarios come with each question, as a
//! list of edits in JSON; the words are those of scenario.toml.

use crate::arrow::ArrowLayer;
use crate::audit::Audit;
use crate::failure::Failure;
use crate::plan::{Plan, PlanRequest};
use crate::trial::Trial;
use crate::work::{Interrupt, work};
use lifering_base::error::{InputError, Place};
use lifering_base::message;
use lifering_core::audit::{AuditRequest, CityToAudit, standard_for, under_scenario};
use lifering_core::city::{City, OpenOptions};
use lifering_core::plan::trial::Trial as CoreTrial;
use lifering_readers::memory_table::MemoryTable;
use lifering_readers::scenario::{Edit, Scenario};
use lifering_readers::settings::LayerSpec;
use lifering_readers::source::{MemoryFiles, Source};
use lifering_report::text::Lang;
use lifering_standards::catalogue::embedded_with_rule;
use pyo3::prelude::*;
use pyo3_arrow::PyTable;
use serde::Deserialize;
use std::collections::{BTreeMap, HashMap};
use std::path::PathBuf;
use std::sync::Arc;

/// Name of the settings in memory.
const SETTINGS: &str = "region.toml";

/// The language of messages; English if none is asked for.
pub fn language(lang: Option<&str>) -> Lang {
    if lang == Some("zh") { Lang::Zh } else { Lang::En }
}

/// A scenario as Python hands it over.
#[derive(Deserialize)]
struct ScenarioText {
    name: String,
    edits: Vec<Edit>,
}

fn read_scenario(text: &str) -> Result<Scenario, Failure> {
    let ScenarioText { name, edits } = serde_json::from_str(text)?;
    Ok(Scenario::new(&name, edits)?)
}

/// Layers that Python holds.
#[derive(Debug, Default)]
struct HeldLayers {
    files: BTreeMap<String, Vec<u8>>,
    tables: BTreeMap<String, Arc<dyn MemoryTable>>,
}

impl HeldLayers {
    /// Takes the tables over: the column `geometry` names, if it does, or the one that says what it is.
    fn take(
        files: HashMap<String, Vec<u8>>,
        tables: HashMap<String, (PyTable, Option<String>)>,
    ) -> Result<Self, Failure> {
        let mut held = Self { files: files.into_iter().collect(), tables: BTreeMap::new() };
        for (name, (table, geometry)) in tables {
            let (batches, schema) = table.into_inner();
            let layer = ArrowLayer::new(&batches, &schema, geometry.as_deref())?;
            let layer = layer.ok_or_else(|| {
                let names: Vec<&str> = schema.fields().iter().map(|field| field.name().as_str()).collect();
                let found = message!("message.arrow_no_geometry", names = names.join(", "));
                let place = Place::file(&name).field(geometry.as_deref().unwrap_or("geometry"));
                InputError::wrong(place, found, message!("message.arrow_geometry"))
                    .with_help(message!("message.arrow_geometry_help"))
            })?;
            held.tables.insert(name, Arc::new(layer));
        }
        Ok(held)
    }

    fn source(self, name: &str) -> Source {
        Source::Memory(Arc::new(MemoryFiles {
            name: name.to_owned(),
            label: name.to_owned(),
            files: self.files,
            tables: self.tables,
            beneath: Some(PathBuf::new()),
        }))
    }
}

/// A region: a city that is loaded once and asked often.
#[pyclass(frozen, module = "lifering._lifering")]
pub struct Region {
    city: City,
    lang: Option<String>,
}

impl Region {
    fn language(&self) -> Lang {
        language(self.lang.as_deref())
    }

    fn opened(py: Python<'_>, source: Source, accept_datum: bool, lang: Option<String>) -> PyResult<Self> {
        let options = OpenOptions { accept_datum, ..OpenOptions::default() };
        let city =
            work(py, language(lang.as_deref()), |interrupt: &Interrupt| Ok(City::open(source, &options, interrupt)?))?;
        Ok(Self { city, lang })
    }

    /// The standard to ask by: the one that is named; else that of the region, if it has the rule; else the embedded one that
    /// has it as its own. `None`: that of the region.
    fn standard_with(&self, rule: Option<&str>, named: Option<String>) -> Option<String> {
        if named.is_some() {
            return named;
        }
        let rule = rule?;
        let own = standard_for(self.city.records(), None).ok()?;
        if own.rules.iter().any(|of| of.id.as_str() == rule) {
            return None;
        }
        embedded_with_rule(rule).map(str::to_owned)
    }

    /// The city to ask, under a scenario if there is one.
    fn with<T>(
        &self,
        request: &AuditRequest,
        scenario: Option<&str>,
        ask: impl FnOnce(&CityToAudit) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let opened = request.on(self.city.clone())?;
        match scenario {
            None => ask(opened.base()),
            Some(text) => ask(&opened.scenario(&read_scenario(text)?)?),
        }
    }
}

#[pymethods]
impl Region {
    /// Opens a folder with region.toml, or the file itself; without a path, the embedded, illustrative region.
    #[staticmethod]
    #[pyo3(signature = (path, *, accept_datum=false, lang=None))]
    fn open(py: Python<'_>, path: Option<PathBuf>, accept_datum: bool, lang: Option<String>) -> PyResult<Self> {
        let source = path.map_or(Source::Demo, |path| Source::at(&path));
        Self::opened(py, source, accept_datum, lang)
    }

    /// Reads a region of layers in memory. `settings` is region.toml as JSON; `files` and `tables` are by the names it gives.
    #[staticmethod]
    #[pyo3(signature = (name, settings, files, tables, *, accept_datum=false, lang=None))]
    fn read(
        py: Python<'_>,
        name: &str,
        settings: &str,
        files: HashMap<String, Vec<u8>>,
        tables: HashMap<String, (PyTable, Option<String>)>,
        accept_datum: bool,
        lang: Option<String>,
    ) -> PyResult<Self> {
        let source = py.detach(|| {
            let mut held = HeldLayers::take(files, tables)?;
            let settings: toml::Table = serde_json::from_str(settings)?;
            let text = toml::to_string(&settings).map_err(|error| Failure::Other(error.to_string()))?;
            held.files.insert(SETTINGS.to_owned(), text.into_bytes());
            Ok(held.source(name))
        });
        let source = source.map_err(|failure: Failure| failure.raise(py, language(lang.as_deref())))?;
        Self::opened(py, source, accept_datum, lang)
    }

    /// Name of the region.
    #[getter]
    fn name(&self) -> &str {
        &self.city.records().settings.name
    }

    /// Number of records of each layer that was read, by its key.
    #[getter]
    fn layers(&self) -> BTreeMap<String, usize> {
        self.city.records().inputs.iter().map(|input| (input.key.clone(), input.used)).collect()
    }

    /// Judges the region by a standard.
    #[pyo3(signature = (standard=None, *, year=None, zone_error=None, strict=false, scenario=None))]
    fn audit(
        &self,
        py: Python<'_>,
        standard: Option<String>,
        year: Option<u16>,
        zone_error: Option<f64>,
        strict: bool,
        scenario: Option<&str>,
    ) -> PyResult<Audit> {
        let request = AuditRequest { standard, year, zone_error, strict, ..AuditRequest::default() };
        let audit = work(py, self.language(), |interrupt| {
            self.with(&request, scenario, |city| Ok(city.audit(None, interrupt)?))
        })?;
        Ok(Audit::new(audit, self.lang.clone()))
    }

    /// Measures a rule, so that sites can be tried and taken away.
    #[pyo3(signature = (rule, standard=None, *, scenario=None))]
    fn trial(&self, py: Python<'_>, rule: &str, standard: Option<String>, scenario: Option<&str>) -> PyResult<Trial> {
        let standard = self.standard_with(Some(rule), standard);
        let request = AuditRequest { standard, ..AuditRequest::default() };
        let trial = work(py, self.language(), |_| {
            self.with(&request, scenario, |city| {
                Ok((CoreTrial::new(city.city(), city.standard(), rule)?, city.standard().id.clone()))
            })
        })?;
        Ok(Trial::new(trial.0, trial.1, self.lang.clone()))
    }

    /// Proposes sites. `request` is JSON.
    #[pyo3(signature = (request, standard=None, *, scenario=None))]
    fn propose(
        &self,
        py: Python<'_>,
        request: &str,
        standard: Option<String>,
        scenario: Option<&str>,
    ) -> PyResult<Plan> {
        let proposal = work(py, self.language(), |interrupt| {
            let request: PlanRequest = serde_json::from_str(request)?;
            let standard = self.standard_with(request.rule(), standard);
            let written = standard_for(self.city.records(), standard.as_deref())?;
            let (city, written) = match scenario {
                Some(text) => under_scenario(&self.city, &read_scenario(text)?, false, &written)?,
                None => (self.city.clone(), written),
            };
            request.propose(&city, &written.without_unknown_split(city.evidence()), standard, interrupt)
        })?;
        Ok(Plan::new(proposal, self.city.clone(), self.lang.clone()))
    }

    fn __repr__(&self) -> String {
        let layers: Vec<String> = self.layers().into_iter().map(|(key, count)| format!("{count} {key}")).collect();
        format!("<lifering.Region {}: {}>", self.name(), layers.join(", "))
    }
}

/// A layer of sites to be tried, in memory: its source and what is stated of it. `spec` is a layer of region.toml as JSON.
pub fn tried_layer(
    name: &str,
    spec: &str,
    files: HashMap<String, Vec<u8>>,
    tables: HashMap<String, (PyTable, Option<String>)>,
) -> Result<(Source, LayerSpec), Failure> {
    let spec: LayerSpec = serde_json::from_str(spec)?;
    Ok((HeldLayers::take(files, tables)?.source(name), spec))
}
