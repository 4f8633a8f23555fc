//! The pipeline: one call a stage. The only place that knows the order.
//!
//! In: where a region lies, and options. Out: an [`Audit`]: everything the outputs are written from.

use crate::measure::boundary::{BoundaryOrigin, boundary};
use crate::measure::curve::Curve;
use crate::measure::evidence::{Gathered, derive_sub_center_areas, gather};
use crate::measure::roads::{RoadPiece, by_time, covered_km};
use crate::measure::stretches::joined;
use crate::measure::{AnsweredField, Fields, Ground, World, profiles};
use crate::network::{Connectivity, Usage};
use crate::quality::survey::{Survey, survey};
use crate::travel::demand::reach_second;
use crate::travel::{Demand, Reached, Scratch, Soonest};
use crate::zones::{Fineness, Uncovered, Zone, describe, discs, of_discs, of_field};
use geo::{Area, Centroid, Coord, MapCoords, MultiPolygon};
use lifering_base::error::{InputError, Place};
use lifering_base::frame::{Frame, FrameError};
use lifering_base::issue::IssueCode;
use lifering_base::records::Layer;
use lifering_base::units::{Milliseconds, SourceId};
use lifering_base::{Message, message};
use lifering_readers::shared::Shared;
use lifering_readers::source::{Source, names_a_file, read_file};
use lifering_readers::{ReadOptions, Region};
use lifering_standards::baselines::{Counted, counted};
use lifering_standards::catalogue::{Clock, Criterion, Journey, LayerName, Rule, Standard, StandardError};
use lifering_standards::evidence::Measured;
use lifering_standards::outcome::RuleOutcome;
use lifering_standards::{How, Question, asked, exit_status, judge, question};
use rayon::prelude::*;
use std::collections::BTreeMap;
use std::path::Path;
use thiserror::Error;

/// The standard where neither region.toml nor the command line names one.
pub const DEFAULT_STANDARD: &str = "national-2020";

/// What the command line may ask for.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// An embedded id or a path; else region.toml's; else [`DEFAULT_STANDARD`].
    pub standard: Option<String>,
    /// Scale the people to the standard's own figure for this year; else region.toml's.
    pub year: Option<u16>,
    /// Aim for the undecided area as a share of the boundary's area.
    pub zone_error: Option<f64>,
    /// Warnings are refusals.
    pub strict: bool,
    /// Rules that are judged with the standard's own: what a planner asks beside it.
    pub also: Vec<Rule>,
    /// Points that fit the roads better as GCJ-02 or BD-09 are taken as such.
    pub accept_datum: bool,
    /// What the region shares with others of its province.
    pub shared: Option<Shared>,
}

/// The run could not be done (exit status 2).
#[derive(Debug, Error)]
pub enum AuditError {
    /// Something in the region.
    #[error(transparent)]
    Input(#[from] InputError),
    /// Something in the standard.
    #[error(transparent)]
    Standard(#[from] StandardError),
    /// A year for which the standard states no population.
    #[error("--year {year}: {id} states no population for {year}; {help}")]
    Year {
        /// The year.
        year: u16,
        /// The standard.
        id: String,
        /// What to do.
        help: String,
    },
    /// The region lies where no plane can be laid.
    #[error(transparent)]
    Frame(#[from] FrameError),
    /// [`Progress::stopped`] said so.
    #[error("stopped before it was done")]
    Stopped,
    /// There is no area to audit.
    #[error("{0}: the boundary encloses no area; give a boundary layer with at least one polygon")]
    NoArea(String),
}

/// Told of each stage as it begins, and asked whether to go on.
pub trait Progress: Sync {
    /// A stage begins.
    fn stage(&self, name: &'static str);

    /// Whether nobody waits for the answer any more. Asked between the stages and in their long loops.
    fn stopped(&self) -> bool {
        false
    }
}

/// Goes on, unless nobody waits.
fn go_on(progress: &dyn Progress) -> Result<(), AuditError> {
    if progress.stopped() { Err(AuditError::Stopped) } else { Ok(()) }
}

/// Begins a stage, unless nobody waits for it.
fn enter(progress: &dyn Progress, stage: &'static str) -> Result<(), AuditError> {
    go_on(progress)?;
    progress.stage(stage);
    Ok(())
}

/// Tells nobody.
#[derive(Debug)]
pub struct Silent;

impl Progress for Silent {
    fn stage(&self, _: &'static str) {}
}

/// The uncovered zones of one rule.
#[derive(Debug)]
pub struct RuleZones {
    /// Described zones, the largest first.
    pub zones: Vec<Zone>,
    /// Best estimate and proved bounds of the uncovered area, m².
    pub area_m2: [f64; 3],
    /// Slivers not drawn and holes filled, m².
    pub not_drawn_m2: [f64; 2],
    /// Side of the finest squares, m.
    pub resolution_m: Option<f64>,
    /// Added to the times of the zones: the field's clock starts later than the rule's.
    pub shift: Milliseconds,
    /// Sites of the field, as positions in the evidence.
    pub sites: Vec<usize>,
    /// Length of road within the limit and of all road, km; `None` for straight distances.
    pub road_km: Option<[f64; 2]>,
    /// Whether the segments of the zones are those of the walkable network.
    pub usage: Usage,
}

/// What is known of one station.
#[derive(Clone, Debug)]
pub struct StationFigures {
    /// Position in the evidence's sites.
    pub site: usize,
    /// People whom it reaches first.
    pub people_first: f64,
    /// Of them, those within the audit's first driving limit.
    pub people_in_time: f64,
    /// Of these, those whom no other station reaches within it: they lose their cover if this one fails.
    pub people_only: f64,
    /// Length of its driveway; `None` where there is no road.
    pub driveway_m: Option<f64>,
}

/// Roads cut at the driving limits.
#[derive(Debug)]
pub struct RoadTimes {
    /// Seconds of the limits, ascending, by the rules' clock.
    pub limits_s: Vec<f64>,
    /// Seconds at which the roads are cut, ascending: the limits, and round shares of the first one for maps.
    pub classes_s: Vec<f64>,
    /// Stretches of road between the cuts; their `band` is a position in `classes_s`.
    pub pieces: Vec<RoadPiece>,
    /// To be added to the pieces' times.
    pub shift: Milliseconds,
}

/// Maps tell roads apart at these shares of the first limit, in whole minutes, besides the limits.
const CLASSES: [f64; 3] = [1.0 / 3.0, 2.0 / 3.0, 1.5];

impl RoadTimes {
    /// The first limit (position in `limits_s`) that a class keeps; `None` beyond the last.
    pub fn limit_of(&self, class: usize) -> Option<usize> {
        self.limits_s.iter().position(|limit| self.classes_s[class] <= *limit)
    }
}

/// Figures of the drivable network.
#[derive(Clone, Copy, Debug)]
pub struct NetworkFigures {
    /// Junctions.
    pub nodes: usize,
    /// Directed edges.
    pub edges: usize,
    /// How it hangs together.
    pub connectivity: Connectivity,
}

/// Everything an audit found.
#[derive(Debug)]
pub struct Audit {
    /// What was read.
    pub region: Region,
    /// What it is judged by.
    pub standard: Standard,
    /// The plane.
    pub frame: Frame,
    /// What is audited, local metres.
    pub boundary: MultiPolygon<f64>,
    /// Where the boundary comes from.
    pub boundary_origin: BoundaryOrigin,
    /// The people.
    pub demand: Demand,
    /// What the rules saw.
    pub gathered: Gathered,
    /// The drivable network.
    pub network: NetworkFigures,
    /// People with no road in reach, and with roads nobody can reach, by the first driving question.
    pub people_no_road: f64,
    /// See `people_no_road`.
    pub people_cut_off: f64,
    /// In the order of the standard.
    pub outcomes: Vec<RuleOutcome>,
    /// What the standard itself counted, beside the data.
    pub baselines: Vec<Counted>,
    /// By position of the rule.
    pub zones: BTreeMap<usize, RuleZones>,
    /// By position of the rule: people by time or distance.
    pub curves: BTreeMap<usize, Curve>,
    /// When every sample is reached under the standard's first driving rule; empty where it has none.
    pub arrivals: Vec<Option<Milliseconds>>,
    /// By position of the rule: people whom two stations reach within its limit. For rules on driving that share the
    /// clock of the first.
    pub covered_twice: BTreeMap<usize, f64>,
    /// In the order of the layer.
    pub stations: Vec<StationFigures>,
    /// Roads by time under the standard's first driving rule.
    pub road_times: Option<RoadTimes>,
    /// Parameters in force for zones.
    pub fineness: Fineness,
    /// How roads, sites and people lie to each other.
    pub quality: Survey,
}

impl Audit {
    /// 0, 1 or 3 (outputs.md).
    pub fn exit_status(&self) -> u8 {
        exit_status(&self.outcomes)
    }
}

/// A region laid out on its plane, with everything the rules ask for known but not yet measured.
#[derive(Debug)]
pub struct Prepared {
    /// What was read.
    pub region: Region,
    /// What it is judged by.
    pub standard: Standard,
    /// Plane, boundary, barriers, networks.
    pub world: World,
    /// Where the boundary comes from.
    pub boundary_origin: BoundaryOrigin,
    /// The people.
    pub demand: Demand,
    /// What the rules see.
    pub gathered: Gathered,
    /// What the rules and their readings ask to have measured.
    pub questions: Vec<Question>,
}

/// Audits a region.
pub fn audit(source: Source, options: &Options, progress: &dyn Progress) -> Result<Audit, AuditError> {
    enter(progress, "read")?;
    let reading = ReadOptions { shared: options.shared.clone(), ..ReadOptions::default() };
    let mut region = Region::read_with(source.clone(), &reading)?;
    if options.accept_datum {
        let datum = crate::quality::accepted(&mut region)?;
        region = Region::read_with(source, &ReadOptions { datum, ..reading })?;
    }
    audit_region(region, options, progress)
}

/// Audits a region that was read before.
pub fn audit_region(region: Region, options: &Options, progress: &dyn Progress) -> Result<Audit, AuditError> {
    conclude(prepare(region, options, progress)?, options, progress)
}

/// The stages up to the road networks.
pub fn prepare(mut region: Region, options: &Options, progress: &dyn Progress) -> Result<Prepared, AuditError> {
    let mut standard = standard(&region, options)?;
    standard.rules.extend(options.also.iter().cloned());

    enter(progress, "people")?;
    let (degrees, boundary_origin) = boundary(&region);
    let label = region.source.label();
    let centre = degrees.centroid().ok_or_else(|| AuditError::NoArea(label.clone()))?;
    let frame = Frame::new(Coord::from(centre).into())?;
    let local = degrees.map_coords(|c| frame.to_local(c.into()));
    if local.unsigned_area() <= 0.0 {
        return Err(AuditError::NoArea(label));
    }
    if let Some(year) = options.year.or(region.settings.population.year) {
        region.settings.population.scale_to = Some(people_of(&standard, year)?);
        region.settings.population.year = Some(year);
    }
    let scale_to = region.settings.population.scale_to;
    let demand = Demand::new(region.population.as_deref(), region.units.as_deref(), &local, &frame, scale_to);
    let mut gathered = gather(&region, &demand, &frame, &local);

    enter(progress, "roads")?;
    let questions = questions(&standard, &gathered);
    let world = World::new(&region, frame, local, &profiles(&questions, &region));
    derive_sub_center_areas(&mut gathered, &region, &world, &demand);
    Ok(Prepared { region, standard, world, boundary_origin, demand, gathered, questions })
}

/// The stages from the travel times on.
pub fn conclude(prepared: Prepared, options: &Options, progress: &dyn Progress) -> Result<Audit, AuditError> {
    let Prepared { mut region, standard, world, boundary_origin, demand, gathered, questions } = prepared;
    enter(progress, "times")?;
    let ground = Ground { region: &region, demand: &demand, sites: &gathered.sites };
    let fields = Fields::measure(&world, ground, &questions);

    enter(progress, "rules")?;
    let outcomes = judge(&standard, &gathered.evidence, &|question| fields.answer(question));

    enter(progress, "zones")?;
    let fineness = Fineness {
        error_share: options.zone_error.unwrap_or(region.settings.zones.error_share),
        floor_m: region.settings.zones.floor_m,
    };
    let parts = Parts {
        region: &region,
        standard: &standard,
        world: &world,
        demand: &demand,
        gathered: &gathered,
        fields: &fields,
        progress,
    };
    let zones = parts.zones(fineness);
    go_on(progress)?;
    let road_times = parts.road_times();
    go_on(progress)?;
    let (curves, arrivals) = (parts.curves(), parts.arrivals());
    let seconds = parts.seconds();
    let covered_twice = parts.covered_twice(&seconds);
    let (stations, people_no_road, people_cut_off) = parts.stations(&seconds);
    let network = world.network(Usage::Drive).map_or(
        NetworkFigures { nodes: 0, edges: 0, connectivity: Connectivity::default() },
        |n| NetworkFigures {
            nodes: n.node_count,
            edges: n.links.iter().map(|l| usize::from(l.forward) + usize::from(l.backward)).sum(),
            connectivity: n.connectivity,
        },
    );
    drop(fields);
    progress.stage("survey");
    let ground = crate::quality::survey::Ground {
        world: &world,
        origin: boundary_origin,
        demand: &demand,
        gathered: &gathered,
        no_road: people_no_road,
    };
    let quality = survey(&mut region, &ground);
    let World { frame, boundary, .. } = world;
    let baselines = counted(&standard, &gathered.evidence);
    note_baselines(&mut region, &baselines);
    if options.strict {
        lifering_readers::refuse_warnings(&region.inputs)?;
    }
    Ok(Audit {
        region,
        standard,
        frame,
        boundary,
        boundary_origin,
        demand,
        gathered,
        network,
        people_no_road,
        people_cut_off,
        outcomes,
        baselines,
        zones,
        curves,
        arrivals,
        covered_twice,
        stations,
        road_times,
        fineness,
        quality,
    })
}

/// The standard that the options or the region name.
fn standard(region: &Region, options: &Options) -> Result<Standard, AuditError> {
    let (name, from_region) = match (&options.standard, &region.settings.standard) {
        (Some(name), _) => (name.as_str(), false),
        (None, Some(name)) => (name.as_str(), true),
        (None, None) => (DEFAULT_STANDARD, false),
    };
    if !names_a_file(name) {
        return Ok(Standard::embedded(name)?);
    }
    let help = message!("message.standard_file");
    let bytes = if from_region { region.source.read(name, &help)? } else { read_file(Path::new(name), &help)? };
    let text = String::from_utf8(bytes).map_err(|_| {
        InputError::wrong(Place::file(name), message!("message.not_utf8"), message!("message.utf8_toml"))
    })?;
    Ok(Standard::from_toml(name, &text)?)
}

/// The people a standard counts for a year.
fn people_of(standard: &Standard, year: u16) -> Result<f64, AuditError> {
    let stated = standard.population.get(&year).map(|people| *people as f64);
    stated.ok_or_else(|| {
        let known: Vec<String> = standard.population.keys().map(ToString::to_string).collect();
        let help = if known.is_empty() {
            "it states none; `[population] scale_to` in region.toml takes any total".to_owned()
        } else {
            format!("it states {}", known.join(", "))
        };
        AuditError::Year { year, id: standard.id.clone(), help }
    })
}

/// Everything the rules and their readings need measured, each once. The driving questions come first.
fn questions(standard: &Standard, gathered: &Gathered) -> Vec<Question> {
    let mut all: Vec<Question> = Vec::new();
    let given = gathered.evidence.given.contains(&LayerName::Neighbours);
    let aided: Vec<Criterion> =
        standard.rules.iter().filter(|_| given).filter_map(|rule| rule.criterion.with_mutual_aid()).collect();
    for criterion in standard.rules.iter().flat_map(Rule::criteria).chain(&aided) {
        let Some(Ok(asked)) = asked(criterion, &gathered.evidence) else { continue };
        for question in std::iter::once(asked.question).chain(asked.at_best) {
            if !all.contains(&question) {
                all.push(question);
            }
        }
    }
    // Who has no road in reach is told whether or not a rule of the standard drives.
    let driven = |rule: &Rule| matches!(&rule.criterion, Criterion::TravelTime(time) if matches!(time.journey, Journey::Drive { .. }));
    let driving = anybody_driving(gathered);
    if !standard.rules.iter().any(driven) && !all.contains(&driving) {
        all.push(driving);
    }
    all
}

/// Driving from every station, for figures that no rule asks for.
fn anybody_driving(gathered: &Gathered) -> Question {
    let evidence = &gathered.evidence;
    let stations = evidence.sites.iter().enumerate().filter(|(_, s)| s.layer == LayerName::Stations);
    let sites = stations.map(|(i, _)| i).filter(|i| !evidence.is_air_base(*i)).collect();
    Question { sites, how: How::Drive(Clock::DriveOnly, None) }
}

/// What the last stages share.
struct Parts<'a> {
    region: &'a Region,
    standard: &'a Standard,
    world: &'a World,
    demand: &'a Demand,
    gathered: &'a Gathered,
    fields: &'a Fields<'a>,
    progress: &'a dyn Progress,
}

/// A rule whose zones one field draws.
struct Task {
    rule: usize,
    limit_ms: f64,
    shift: Milliseconds,
}

impl Parts<'_> {
    fn zones(&self, fineness: Fineness) -> BTreeMap<usize, RuleZones> {
        let mut by_field: BTreeMap<usize, Vec<Task>> = BTreeMap::new();
        let mut straight = Vec::new();
        for (rule, record) in self.standard.rules.iter().enumerate() {
            let Some(Ok(question)) = question(&record.criterion, &self.gathered.evidence) else { continue };
            let limit_ms = match &record.criterion {
                Criterion::Radius(radius) => radius.max_m * 1000.0,
                Criterion::TravelTime(time) => f64::from(time.limit_s) * 1000.0,
                _ => continue,
            };
            match (&question.how, self.fields.answerer(&question)) {
                (How::Geodesic, _) => straight.push((rule, question.sites, limit_ms / 1000.0)),
                (_, Some(Ok(answerer))) => {
                    let task = Task { rule, limit_ms: limit_ms - f64::from(answerer.shift.0), shift: answerer.shift };
                    by_field.entry(answerer.field).or_default().push(task);
                }
                _ => {}
            }
        }
        // Where nobody waits any more, what is left out here is never looked at.
        let wanted = || !self.progress.stopped();
        let of_fields = by_field
            .into_par_iter()
            .filter(|_| wanted())
            .flat_map_iter(|(field, tasks)| self.field_zones(field, &tasks, fineness));
        let of_sites = straight
            .into_par_iter()
            .filter(|_| wanted())
            .map(|(rule, sites, radius_m)| self.disc_zones(rule, &sites, radius_m));
        of_fields.chain(of_sites).collect()
    }

    fn field_zones(&self, index: usize, tasks: &[Task], fineness: Fineness) -> Vec<(usize, RuleZones)> {
        let answered = &self.fields.fields[index];
        let mut limits: Vec<f64> = tasks.iter().map(|t| t.limit_ms).collect();
        limits.sort_by(f64::total_cmp);
        limits.dedup();
        let min_zone_m2 = self.region.settings.zones.min_zone_m2;
        let barriers = self.world.barriers.as_ref();
        let wanted = || !self.progress.stopped();
        let shapes = of_field(&answered.field, barriers, &self.world.boundary, &limits, fineness, min_zone_m2, &wanted);
        let soonest = Soonest::new(&answered.field);
        let class_near = |place, side_m: f64| {
            let within_m = answered.field.settings.leg.max_m + side_m * std::f64::consts::FRAC_1_SQRT_2;
            let (_, segment) = soonest.nearest_segment(place, within_m, &mut Scratch::default())?;
            Some(self.region.roads[answered.field.network.road[segment as usize] as usize].class)
        };
        let usage = if answered.field.settings.straight { Usage::Walk } else { Usage::Drive };
        tasks
            .iter()
            .filter_map(|task| {
                let slot = limits.iter().position(|l| l.total_cmp(&task.limit_ms).is_eq())?;
                let shape = &shapes[slot];
                let late = |r: &Reached| {
                    r.at().is_none_or(|at| f64::from(at.0) > task.limit_ms + lifering_base::units::TIME_RESOLUTION_MS)
                };
                let uncovered = self.uncovered(task.rule, &answered.reached, late);
                let (covered, all) = covered_km(&answered.field, task.limit_ms);
                let zones = RuleZones {
                    zones: describe(shape, &uncovered, &class_near),
                    area_m2: [shape.area_m2, shape.low_m2, shape.high_m2],
                    not_drawn_m2: [shape.dropped_m2, shape.filled_m2],
                    resolution_m: shape.resolution_m,
                    shift: task.shift,
                    sites: answered.sites.clone(),
                    road_km: Some([covered, all]),
                    usage,
                };
                Some((task.rule, zones))
            })
            .collect()
    }

    fn disc_zones(&self, rule: usize, sites: &[usize], radius_m: f64) -> (usize, RuleZones) {
        let places: Vec<_> = sites.iter().map(|s| self.gathered.sites[*s].place).collect();
        let beyond = discs::beyond(&places, radius_m, &self.world.boundary, &self.world.frame);
        let shape = of_discs(&beyond, self.region.settings.zones.min_zone_m2);
        let limit = radius_m + lifering_base::units::COORDINATE_RESOLUTION_M;
        let question = Question { sites: sites.to_vec(), how: How::Geodesic };
        let distances = match self.fields.answer(&question) {
            Ok(Measured::Distances(distances)) => distances,
            _ => Vec::new(),
        };
        let far = |i: usize| distances.get(i).copied().flatten().is_none_or(|metres| metres > limit);
        let meant = self.meant(rule);
        let uncovered: Vec<Uncovered> = self
            .demand
            .samples
            .par_iter()
            .enumerate()
            .filter(|(i, _)| far(*i) && meant.as_ref().is_none_or(|m| m[*i]))
            .map(|(i, sample)| Uncovered {
                at: sample.xy,
                people: sample.people,
                first: distances.get(i).copied().flatten().zip(self.nearest(sites, sample.xy)),
                unit: self.gathered.unit_of_sample[i],
            })
            .collect();
        let mut zones = describe(&shape, &uncovered, &|_, _| None);
        for zone in &mut zones {
            // What was averaged here are metres.
            (zone.nearest_m, zone.worst_m) = (zone.nearest_ms.take(), zone.worst_ms.take());
        }
        let zones = RuleZones {
            zones,
            area_m2: [shape.area_m2, shape.low_m2, shape.high_m2],
            not_drawn_m2: [shape.dropped_m2, shape.filled_m2],
            resolution_m: None,
            shift: Milliseconds(0),
            sites: sites.to_vec(),
            road_km: None,
            usage: Usage::Drive,
        };
        (rule, zones)
    }

    /// The nearest of some sites to a place, on the region's plane; ties go to the first.
    fn nearest(&self, sites: &[usize], at: Coord<f64>) -> Option<SourceId> {
        let apart = |site: usize| {
            let to = self.gathered.sites[site].xy - at;
            to.x * to.x + to.y * to.y
        };
        let first = (0..sites.len()).min_by(|a, b| apart(sites[*a]).total_cmp(&apart(sites[*b])))?;
        Some(SourceId::new(first))
    }

    /// Which samples a rule is about: `None` for all.
    fn meant(&self, rule: usize) -> Option<Vec<bool>> {
        let filter = self.standard.rules[rule].criterion.demand()?;
        let members = self.gathered.evidence.demand(Some(filter)).unwrap_or_default();
        let mut meant = vec![false; self.demand.samples.len()];
        for i in members {
            meant[i as usize] = true;
        }
        Some(meant)
    }

    fn uncovered(&self, rule: usize, reached: &[Reached], late: impl Fn(&Reached) -> bool) -> Vec<Uncovered> {
        let meant = self.meant(rule);
        self.demand
            .samples
            .iter()
            .zip(reached)
            .enumerate()
            .filter(|(i, (_, reached))| late(reached) && meant.as_ref().is_none_or(|m| m[*i]))
            .map(|(i, (sample, reached))| Uncovered {
                at: sample.xy,
                people: sample.people,
                first: reached.at().zip(reached.by()).map(|(at, by)| (f64::from(at.0), by)),
                unit: self.gathered.unit_of_sample[i],
            })
            .collect()
    }

    /// People by time or distance, for every rule that measures one.
    fn curves(&self) -> BTreeMap<usize, Curve> {
        let rules = self.standard.rules.par_iter().enumerate();
        rules
            .filter_map(|(position, rule)| {
                let Some(Ok(question)) = question(&rule.criterion, &self.gathered.evidence) else { return None };
                let measured = self.fields.answer(&question).ok()?;
                Some((position, Curve::of(&rule.criterion, &self.gathered.evidence, &measured)?))
            })
            .collect()
    }

    /// When every sample is reached under the first driving rule.
    fn arrivals(&self) -> Vec<Option<Milliseconds>> {
        let Some((field, _, shift)) = self.first_drive() else { return Vec::new() };
        self.fields.fields[field].reached.iter().map(|r| r.at().map(|at| at.plus(shift))).collect()
    }

    /// When every sample is reached by another station than the first under the first driving rule, by the field's clock.
    fn seconds(&self) -> Vec<Option<Milliseconds>> {
        let Some((field, ..)) = self.first_drive() else { return Vec::new() };
        let AnsweredField { field, reached, starts, .. } = &self.fields.fields[field];
        let places: Vec<Coord<f64>> = self.demand.samples.iter().map(|sample| sample.xy).collect();
        let second = reach_second(field, self.world.barriers.as_ref(), &places, reached, starts);
        second.into_iter().map(|second| second.map(|(at, _)| at)).collect()
    }

    /// Rules whose people the first driving field tells, with the people whom it reaches twice within their limit.
    fn covered_twice(&self, seconds: &[Option<Milliseconds>]) -> BTreeMap<usize, f64> {
        let Some((field, _, shift)) = self.first_drive() else { return BTreeMap::new() };
        let rules = self.standard.rules.iter().enumerate();
        rules
            .filter_map(|(position, rule)| {
                let Criterion::TravelTime(time) = &rule.criterion else { return None };
                let question = question(&rule.criterion, &self.gathered.evidence)?.ok()?;
                let answerer = self.fields.answerer(&question)?.as_ref().ok()?;
                if answerer.field != field || answerer.shift != shift {
                    return None;
                }
                let limit =
                    f64::from(time.limit_s) * 1000.0 - f64::from(shift.0) + lifering_base::units::TIME_RESOLUTION_MS;
                let meant = self.meant(position);
                let in_time = |at: &Option<Milliseconds>| at.is_some_and(|at| f64::from(at.0) <= limit);
                let people = self.demand.samples.iter().zip(seconds).enumerate();
                let people = people.filter(|(i, (_, at))| in_time(at) && meant.as_ref().is_none_or(|m| m[*i]));
                Some((position, people.map(|(_, (sample, _))| sample.people).sum()))
            })
            .collect()
    }

    /// The field of the standard's first driving rule, its limits (milliseconds of the field) and shift.
    fn first_drive(&self) -> Option<(usize, Vec<f64>, Milliseconds)> {
        let mut first: Option<(usize, Milliseconds)> = None;
        let mut limits = Vec::new();
        for rule in &self.standard.rules {
            let Criterion::TravelTime(time) = &rule.criterion else { continue };
            let Some(Ok(question)) = question(&rule.criterion, &self.gathered.evidence) else { continue };
            let (How::Drive(..), Some(Ok(answerer))) = (&question.how, self.fields.answerer(&question)) else {
                continue;
            };
            let (field, shift) = *first.get_or_insert((answerer.field, answerer.shift));
            if field == answerer.field && shift == answerer.shift {
                limits.push(f64::from(time.limit_s) * 1000.0 - f64::from(shift.0));
            }
        }
        limits.sort_by(f64::total_cmp);
        limits.dedup();
        first.map(|(field, shift)| (field, limits, shift))
    }

    fn road_times(&self) -> Option<RoadTimes> {
        let (field, limits, shift) = self.first_drive()?;
        let limits_s: Vec<f64> = limits.iter().map(|l| (l + f64::from(shift.0)) / 1000.0).collect();
        let first_s = *limits_s.first()?;
        let whole_minutes = CLASSES.iter().map(|share| (first_s * share / 60.0).round() * 60.0).filter(|s| *s > 0.0);
        let mut classes_s: Vec<f64> = whole_minutes.chain(limits_s.clone()).collect();
        classes_s.sort_by(f64::total_cmp);
        classes_s.dedup();
        let classes: Vec<f64> = classes_s.iter().map(|s| s * 1000.0 - f64::from(shift.0)).collect();
        let pieces = joined(&by_time(&self.fields.fields[field].field, &classes));
        Some(RoadTimes { limits_s, classes_s, pieces, shift })
    }

    /// Figures of every station, and people with no road and cut off, by the first driving rule.
    fn stations(&self, seconds: &[Option<Milliseconds>]) -> (Vec<StationFigures>, f64, f64) {
        let mut figures: Vec<StationFigures> = (0..self.region.stations.len())
            .map(|site| StationFigures {
                site,
                people_first: 0.0,
                people_in_time: 0.0,
                people_only: 0.0,
                driveway_m: None,
            })
            .collect();
        let (mut no_road, mut cut_off) = (0.0, 0.0);
        if let Some((field, limits, _)) = self.first_drive() {
            let answered = &self.fields.fields[field];
            let limit = limits.first().copied().unwrap_or(f64::INFINITY) + lifering_base::units::TIME_RESOLUTION_MS;
            for (join, site) in answered.field.joins.iter().zip(&answered.sites) {
                if let Some(figure) = figures.get_mut(*site) {
                    figure.driveway_m = join.map(|j| j.distance_m);
                }
            }
            for ((sample, reached), second) in self.demand.samples.iter().zip(&answered.reached).zip(seconds) {
                match reached {
                    Reached::At(at, by) => {
                        if let Some(figure) = figures.get_mut(answered.sites[by.index()]) {
                            figure.people_first += sample.people;
                            if f64::from(at.0) <= limit {
                                figure.people_in_time += sample.people;
                                if second.is_none_or(|second| f64::from(second.0) > limit) {
                                    figure.people_only += sample.people;
                                }
                            }
                        }
                    }
                    Reached::CutOff => cut_off += sample.people,
                    Reached::NoRoad => no_road += sample.people,
                }
            }
        } else if let Some(Ok(answerer)) = self.fields.answerer(&anybody_driving(self.gathered)) {
            for (sample, reached) in self.demand.samples.iter().zip(&self.fields.fields[answerer.field].reached) {
                match reached {
                    Reached::At(..) => {}
                    Reached::CutOff => cut_off += sample.people,
                    Reached::NoRoad => no_road += sample.people,
                }
            }
        }
        (figures, no_road, cut_off)
    }
}

/// Points out layers whose count is not the plan's own.
fn note_baselines(region: &mut Region, baselines: &[Counted]) {
    use lifering_standards::catalogue::BaselineSubject;
    for Counted { baseline, counted } in baselines.iter().filter(|b| b.differs()) {
        let (Some(counted), layer) = (
            counted,
            match &baseline.subject {
                BaselineSubject::Features { selection, .. } => selection.layers.first(),
                BaselineSubject::Units(_) => None,
            },
        ) else {
            continue;
        };
        let issues = match layer {
            None => region.issues(Layer::Units),
            Some(LayerName::Stations | LayerName::Decontamination) => region.issues(Layer::Stations),
            Some(LayerName::Neighbours) => region.issues(Layer::Neighbours),
            Some(LayerName::Facilities) => region.issues(Layer::Facilities),
            Some(LayerName::Aeds) => region.issues(Layer::Aeds),
            Some(LayerName::Extra(name)) => region.issues_of_extra(name),
        };
        let Some((file, issues)) = issues else { continue };
        let year = baseline.year.map_or(String::new(), |year| year.to_string());
        let found =
            message!("message.baseline", title = Message::both(&baseline.title.en, &baseline.title.zh), n = *counted);
        let wanted = match &baseline.note {
            Some(note) => {
                let note = Message::both(&note.en, &note.zh);
                message!("message.plan_counted_note", n = baseline.value, year = year, note = note)
            }
            None => message!("message.plan_counted", n = baseline.value, year = year),
        };
        issues.note(IssueCode::BaselineDiffers, &Place::file(file).field(&baseline.id), found, wanted);
    }
}
