//! The audit of a city by a standard.
//!
//! In: a [`City`], a [`Standard`], a [`Run`]. Out: [`Findings`]: facts, no sentences. [`audit`] is the whole pipeline and
//! the only place that knows its order.

mod baselines;
mod equity;
mod error;
mod obeying;
mod queries;
mod reference_drive;
mod request;
mod standard;
mod stations;
mod zones;

pub use error::AuditError;
pub(crate) use queries::{access_to_everybody, queries};
pub use request::{AuditRequest, BaseAudit, CityToAudit, OpenedRegion, under_scenario};
pub use standard::standard_for;

use crate::city::City;
use crate::findings::{
    AuditParameters, Findings, NetworkFigures, PopulationFigures, RegionFacts, UnitFacts, ZoneDrawing,
};
use crate::measure::{AccessMeasurements, profiles};
use crate::quality::issue_log::{IssueLog, with_issues};
use crate::quality::plausibility;
use crate::quality::survey::{fits_of_layers, survey};
use crate::run::{Progress, Silent, enter};
use crate::zones::RefinementCriteria;
use geo::Area;
use lifering_readers::refuse_warnings;
use lifering_standards::baselines::compare_baselines;
use lifering_standards::catalogue::Standard;
use lifering_standards::judge;
use lifering_standards::outcome::RuleOutcome;
use reference_drive::ReferenceDrive;
use stations::StationArrivals;
use zones::{DrawnAreas, ZoneMaker};

/// The standard if neither region.toml nor the caller names one.
pub const DEFAULT_STANDARD: &str = lifering_standards::catalogue::CORE;

/// How a city is audited, beside what its settings and the standard say.
#[derive(Clone, Copy)]
pub struct Run<'a> {
    /// Hears of the stages, and may stop the run.
    pub progress: &'a dyn Progress,
    /// Aim for the undecided area as a share of the boundary's area; `None`: `[zones] error_share` of the settings.
    pub zone_error: Option<f64>,
    /// A warning about the input is an error.
    pub strict: bool,
    /// What is drawn is kept, for the audits of edited cities; otherwise only what is measured is.
    pub keep: bool,
}

impl Default for Run<'_> {
    fn default() -> Self {
        Self { progress: &Silent, zone_error: None, strict: false, keep: false }
    }
}

/// A city with the findings of its audit: what every output is written from.
#[derive(Clone, Debug)]
pub struct Audit {
    /// The city as audited.
    pub city: City,
    /// What the audit found.
    pub findings: Findings,
}

/// Audits a city by a standard. A scenario is another city: it is applied before.
///
/// # Errors
/// The run was stopped, or a warning counts as an error.
pub fn audit(city: &City, standard: &Standard, run: &Run<'_>) -> Result<Findings, AuditError> {
    Ok(audit_after(None, city, standard, run)?.audit.findings)
}

/// Every rule judged, and nothing else of an audit: no zones, no survey of the data.
///
/// # Errors
/// The standard does not fit what was measured: a defect, never a finding about the city.
pub fn outcomes(city: &City, standard: &Standard) -> Result<Vec<RuleOutcome>, AuditError> {
    let queries = queries(standard, city.site_evidence());
    city.prepare(&profiles(&queries, city.records()));
    let measured = AccessMeasurements::new(city, &queries);
    Ok(judge(standard, city.evidence(), &|query| measured.answer(query))?)
}

/// An audit with what was measured and drawn for it, so that the audit of an edited city is quicker.
#[derive(Debug)]
pub(crate) struct MeasuredAudit {
    /// The city and its findings.
    pub audit: Audit,
    measured: AccessMeasurements,
    drawn: DrawnAreas,
}

/// The same as [`audit()`]; of what an `earlier` audit on the same ground measured and drew, by whatever standard, all is taken
/// over that the difference of the two cities leaves alone.
pub(crate) fn audit_after(
    earlier: Option<&MeasuredAudit>,
    city: &City,
    standard: &Standard,
    run: &Run<'_>,
) -> Result<MeasuredAudit, AuditError> {
    let stage = |name| enter(run.progress, name);

    stage("roads")?;
    let queries = queries(standard, city.site_evidence());
    city.prepare(&[profiles(&queries, city.records()), obeying::profiles(city, &queries)].concat());
    let evidence = city.evidence();

    stage("times")?;
    let before = earlier.map(|earlier| (&earlier.audit.city, &earlier.measured));
    let measured = AccessMeasurements::reusing(city, &queries, before);

    stage("rules")?;
    let outcomes = judge(standard, evidence, &|query| measured.answer(query))?;
    let baselines = compare_baselines(standard, evidence);

    stage("second_arrivals")?;
    let drive = ReferenceDrive::find(city, standard, &measured);
    let arrivals = StationArrivals::measure(city, drive.as_ref());
    let reached = arrivals.people_by_reachability(city, &measured);
    let obeying = obeying::obeying(city, standard, drive.as_ref(), &measured);

    let first = arrivals.first();
    let equity = equity::equity(city, standard, drive.as_ref(), &measured, &first);

    stage("survey")?;
    let mut notes = IssueLog::default();
    let quality = survey(city, reached.no_road, &mut notes);
    let fits = fits_of_layers(city, &mut notes);
    baselines::note(city, &baselines, &mut notes);
    plausibility::note_standard(city, standard, &mut notes);
    let inputs = with_issues(city.records(), &notes);
    if run.strict {
        refuse_warnings(&inputs)?;
    }

    stage("zones")?;
    let refinement = refinement(city, run);
    let (keep, progress) = (run.keep, run.progress);
    let maker = ZoneMaker { city, standard, measured: &measured, refinement, earlier, keep, progress };
    let (zones, drawn) = maker.zones();

    stage("road_times")?;
    let road_times = drive.as_ref().map(ReferenceDrive::road_times);
    let curves = measured.curves(city, standard);

    enter(run.progress, "findings")?;
    let findings = Findings {
        region: region_facts(city),
        standard: standard.clone(),
        parameters: parameters(city, refinement),
        population: population(city, reached),
        network: network(city),
        quality,
        fits,
        inputs,
        units: units(city),
        shared_roads: city.records().roads_taken.clone(),
        neighbours: city.records().neighbours.clone(),
        obeying,
        covered_twice: arrivals.covered_twice(city, standard, &measured),
        stations: arrivals.stations(city),
        arrivals: first,
        equity,
        outcomes,
        baselines,
        zones,
        curves,
        road_times,
    };
    Ok(MeasuredAudit { audit: Audit { city: city.clone(), findings }, measured, drawn })
}

fn refinement(city: &City, run: &Run<'_>) -> RefinementCriteria {
    let settings = &city.records().settings.zones;
    RefinementCriteria { error_share: run.zone_error.unwrap_or(settings.error_share), floor_m: settings.floor_m }
}

fn region_facts(city: &City) -> RegionFacts {
    let records = city.records();
    RegionFacts {
        name: records.settings.name.clone(),
        path: records.source.label(),
        settings_sha256: records.settings_sha256.clone(),
        boundary_m2: city.boundary().unsigned_area(),
        boundary_from: city.boundary_origin(),
    }
}

fn parameters(city: &City, refinement: RefinementCriteria) -> AuditParameters {
    let settings = &city.records().settings;
    AuditParameters {
        response: settings.response.clone(),
        drive: settings.drive.clone(),
        access: settings.access.clone(),
        walk: settings.walk.clone(),
        roads: settings.roads.clone(),
        population: settings.population.clone(),
        zones: ZoneDrawing {
            error_share: refinement.error_share,
            floor_m: refinement.floor_m,
            min_zone_m2: settings.zones.min_zone_m2,
        },
    }
}

fn population(city: &City, reached: stations::UnreachedPeople) -> PopulationFigures {
    let people = city.people();
    PopulationFigures {
        total: people.total,
        inside: people.inside,
        outside: people.outside,
        samples: people.samples.len(),
        no_road: reached.no_road,
        cut_off: reached.cut_off,
        scale: people.scale,
    }
}

fn network(city: &City) -> NetworkFigures {
    let network = city.drive_network();
    NetworkFigures {
        nodes: network.junction_count,
        edges: network.links.iter().map(|link| usize::from(link.forward) + usize::from(link.backward)).sum(),
        connectivity: network.connectivity,
    }
}

fn units(city: &City) -> Vec<UnitFacts> {
    let evidence = city.evidence();
    let people = |members: &[u32]| members.iter().map(|i| evidence.demand_points[*i as usize].people).sum();
    let levels = evidence.levels.iter();
    let areas = levels.flat_map(|(kind, level)| level.areas.iter().map(move |area| (kind, area)));
    areas
        .map(|(kind, area)| UnitFacts {
            id: area.id.clone(),
            name: area.name.clone(),
            level: kind.to_string(),
            people: people(&area.members),
        })
        .collect()
}
