//! What takes longer than a drag: zones, best places, failures, the files of an audit, names.
//!
//! In: edits. Out: answers of the same code that the commands run, on the same scenario.

use super::answers::{Bounds, CandidateGain, Found, Place, Proposed, ScenarioFile, StationLost, Words, Zones};
use super::refusal::Refusal;
use super::workbench::Workbench;
use lifering_base::frame::LonLat;
use lifering_base::message;
use lifering_core::audit::{Audit, under_scenario};
use lifering_core::plan::failures::Failures;
use lifering_core::plan::region::options::RegionOptions;
use lifering_core::plan::region::propose;
use lifering_core::plan::request::{GoalName, SitingRequest};
use lifering_core::plan::trial::Trial;
use lifering_core::run::Progress;
use lifering_export::audit::render_only;
use lifering_export::render;
use lifering_readers::scenario::{Edit, Scenario};
use lifering_report::proposal::ProposalReport;
use lifering_report::report::Report;
use lifering_siting::Options;
use serde_json::Value;
use std::io::{Cursor, Write};
use std::time::Duration;
use zip::write::SimpleFileOptions;

/// Candidates whose own gain is sent.
const MOST_CANDIDATES: usize = 400;
/// Hits of a search by name.
const MOST_FOUND: usize = 20;
/// Most sites of a proposal.
const MOST_SITES: usize = 20;
/// Time for measuring and searching of a proposal.
const PROPOSAL_TIME: Duration = Duration::from_secs(60);

impl Workbench {
    /// The audit of the saved scenario.
    fn audited(&self, name: &str, note: &str, edits: &[Edit], progress: &dyn Progress) -> Result<Audit, Refusal> {
        let scenario = self.scenario(name, note, edits)?;
        let base = self.base_audit(progress)?;
        if edits.is_empty() {
            return Ok(base.audit().clone());
        }
        Ok(self.opened.scenario(&scenario)?.audit(Some(&base), progress)?)
    }

    /// Ground beyond the limit of a rule, with proved bounds.
    pub(crate) fn zones(
        &self,
        edits: &[Edit],
        limit_s: Option<f64>,
        progress: &dyn Progress,
    ) -> Result<Zones, Refusal> {
        let rule = self.rule_of_limit(limit_s)?.id;
        let audit = self.audited("", "", edits, progress)?;
        let files = render_only(&audit, &Report::new(&audit), self.language(), &["uncovered.geojson"]);
        let files = files.map_err(|error| Refusal::defect(&error.to_string()))?;
        let (_, bytes) = files.into_iter().next().ok_or_else(|| Refusal::defect("no uncovered.geojson"))?;
        let mut geojson: Value = serde_json::from_slice(&bytes).map_err(|error| Refusal::defect(&error.to_string()))?;
        if let Some(features) = geojson.get_mut("features").and_then(Value::as_array_mut) {
            features.retain(|feature| feature["properties"]["rule_id"] == rule.as_str());
            for feature in features {
                let reason = feature["properties"]["reason"].as_str().unwrap_or_default().to_owned();
                let words = Words::each(|lang| lifering_report::text::known("reason", &reason, lang));
                feature["properties"]["reason_words"] = serde_json::to_value(words).unwrap_or(Value::Null);
            }
        }
        let findings = &audit.findings;
        let position = findings.outcomes.iter().position(|outcome| outcome.rule.id == rule);
        let area = position.and_then(|at| findings.zones.get(&at)).map(|zones| zones.area_m2);
        let area = area.ok_or_else(|| Refusal::unfit(&message!("serve.no_driving_rule")))?;
        let area_km2 = Bounds { best: area.best / 1e6, low: area.low / 1e6, high: area.high / 1e6 };
        Ok(Zones { rule: rule.to_string(), geojson, area_km2 })
    }

    /// The best places for some sites more.
    pub(crate) fn proposed(
        &self,
        edits: &[Edit],
        limit_s: Option<f64>,
        sites: usize,
        progress: &dyn Progress,
    ) -> Result<Proposed, Refusal> {
        if !(1..=MOST_SITES).contains(&sites) {
            return Err(Refusal::unfit(&message!("serve.refused.sites", found = sites)));
        }
        let rule = self.rule_of_limit(limit_s)?.id.to_string();
        let scenario = self.scenario("", "", edits)?;
        let base = self.opened.base();
        let (city, standard) = under_scenario(base.city(), &scenario, false, base.standard())?;
        let options = RegionOptions { rule: Some(rule.clone()), ..RegionOptions::default() };
        let solver = Options { time_limit: Some(PROPOSAL_TIME), ..Options::default() };
        let request = SitingRequest::new(GoalName::Cover, sites);
        let proposal = propose(&city, &standard, &request, &options, &solver, progress)?;
        let report = ProposalReport::new(&proposal);
        let proof = Words::each(|lang| lifering_report::text::proposal::proof(&report, lang));
        let Some(ground) = &proposal.ground else { return Err(Refusal::defect("a proposal without ground")) };
        let place = |id: &str, name: &str, at: LonLat| Place {
            id: id.to_owned(),
            name: name.to_owned(),
            kind: None,
            at: [at.lon, at.lat],
        };
        let chosen = ground.sites.iter().map(|new| place(&new.site.id, &new.name, new.site.place)).collect();
        let gain = ground.sites.iter().map(|new| new.impact.people_new).sum();
        let trial = Trial::new(&city, &standard, &rule)?;
        let places: Vec<LonLat> = ground.candidates.iter().map(|candidate| candidate.place).collect();
        let mut candidates: Vec<CandidateGain> = ground
            .candidates
            .iter()
            .zip(trial.each(&places))
            .map(|(candidate, effect)| CandidateGain {
                id: candidate.id.clone(),
                name: candidate.name.clone(),
                at: [candidate.place.lon, candidate.place.lat],
                gain: effect.people_new,
            })
            .collect();
        candidates.sort_by(|a, b| b.gain.total_cmp(&a.gain).then_with(|| a.id.cmp(&b.id)));
        candidates.truncate(MOST_CANDIDATES);
        Ok(Proposed { chosen, gain, proof, candidates })
    }

    /// What is lost without each station.
    pub(crate) fn failures(&self, edits: &[Edit], limit_s: Option<f64>) -> Result<Vec<StationLost>, Refusal> {
        let rule = self.rule_of_limit(limit_s)?.id.to_string();
        let scenario = self.scenario("", "", edits)?;
        let base = self.opened.base();
        let (city, standard) = under_scenario(base.city(), &scenario, false, base.standard())?;
        let trial = Trial::new(&city, &standard, &rule)?;
        let evidence = city.evidence();
        let lost = Failures::stations_alone(&trial).into_iter();
        Ok(lost
            .map(|failure| StationLost {
                station: evidence.sites[failure.site].id.clone(),
                lost: failure.effect.people_lost,
            })
            .collect())
    }

    /// The text of a scenario file.
    pub(crate) fn written(&self, file: &ScenarioFile) -> Result<String, Refusal> {
        Ok(self.scenario(&file.name, &file.note, &file.edits)?.to_toml()?)
    }

    /// All files of the audit of a scenario, packed.
    pub(crate) fn packed(&self, file: &ScenarioFile, progress: &dyn Progress) -> Result<Vec<u8>, Refusal> {
        let audit = self.audited(&file.name, &file.note, &file.edits, progress)?;
        let files = render(&audit, &Report::new(&audit), self.language());
        let mut files = files.map_err(|error| Refusal::defect(&error.to_string()))?;
        if !file.edits.is_empty() {
            files.push(("scenario.toml".to_owned(), self.written(file)?.into_bytes()));
        }
        let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
        let packing = || -> zip::result::ZipResult<Vec<u8>> {
            for (name, bytes) in &files {
                archive.start_file(name.as_str(), SimpleFileOptions::default())?;
                archive.write_all(bytes)?;
            }
            Ok(archive.finish()?.into_inner())
        };
        packing().map_err(|error| Refusal::defect(&error.to_string()))
    }

    /// The report of a scenario.
    pub(crate) fn report(&self, file: &ScenarioFile, progress: &dyn Progress) -> Result<Vec<u8>, Refusal> {
        let audit = self.audited(&file.name, &file.note, &file.edits, progress)?;
        let files = render_only(&audit, &Report::new(&audit), self.language(), &["report.html"]);
        let files = files.map_err(|error| Refusal::defect(&error.to_string()))?;
        files.into_iter().next().map(|(_, bytes)| bytes).ok_or_else(|| Refusal::defect("no report.html"))
    }

    /// Stations, units, facilities and roads whose name holds some words.
    pub(crate) fn search(&self, words: &str) -> Vec<Found> {
        let words = words.trim().to_lowercase();
        let records = self.city().records();
        let mut found = Vec::new();
        let holds = |name: &str, id: &str| name.to_lowercase().contains(&words) || id.to_lowercase() == words;
        let mut add = |kind: &'static str, id: &str, name: &str, at: [f64; 2]| {
            if found.len() < MOST_FOUND {
                found.push(Found { kind, id: id.to_owned(), name: name.to_owned(), at });
            }
        };
        let sites = [("station", Some(records.stations.as_slice())), ("facility", records.facilities.as_deref())];
        for (kind, sites) in sites {
            for site in sites.unwrap_or_default().iter().filter(|site| holds(&site.name, &site.id)) {
                add(kind, &site.id, &site.name, [site.place.lon, site.place.lat]);
            }
        }
        for unit in records.units.as_deref().unwrap_or_default().iter().filter(|unit| holds(&unit.name, &unit.id)) {
            if let Some(at) = unit.area.as_ref().and_then(geo::InteriorPoint::interior_point) {
                add("unit", &unit.id, &unit.name, [at.x(), at.y()]);
            }
        }
        let mut seen = std::collections::BTreeSet::new();
        for road in &records.roads {
            let Some(name) = road.name.as_deref().filter(|name| holds(name, "")) else { continue };
            let middle = road.parts.first().and_then(|part| part.get(part.len() / 2));
            if let Some(at) = middle.filter(|_| seen.insert(name)) {
                add("road", &road.feature.to_string(), name, [at.lon, at.lat]);
            }
        }
        found
    }
}

/// A scenario from the text of its file. It may have been made on another state of the data: what it says of that is left
/// to whoever saves it again.
pub fn read(text: &str) -> Result<ScenarioFile, Refusal> {
    let Scenario { name, note, edits, .. } = Scenario::from_bytes("scenario.toml", text.as_bytes())?;
    super::workbench::few_enough(&edits)?;
    Ok(ScenarioFile { name, note: note.unwrap_or_default(), edits })
}
