//! How good the data is, before anything is judged by it.
//!
//! In: a region as read. Out: [`Quality`]: every layer with a grade and its reason, how the roads hang together, sites and
//! people that the roads do not reach, the fit of point layers to the roads. What is found is also noted as an issue of
//! its layer. Nothing is changed.

pub mod fit;
pub mod fix;
pub mod grade;

use crate::frame::{Frame, FrameError, LonLat};
use crate::inputs::datum::Datum;
use crate::inputs::error::Place;
use crate::inputs::issue::{Issue, IssueCode};
use crate::inputs::said::said;
use crate::inputs::settings::Layer;
use crate::inputs::{InputRecord, Region};
use crate::measure::belongs::UnitIndex;
use crate::measure::boundary::{BoundaryOrigin, boundary};
use crate::network::{BuildSettings, Costs, OneWayTraps, Places, RoadNetwork, Speeds, Usage, build, closed_areas};
use crate::network::{crossings, near_misses, one_way_traps};
use crate::travel::demand::reach;
use crate::travel::{Barriers, Demand, FieldSettings, Leg, Reached, TravelField};
use fit::{Fit, fit};
use geo::algorithm::indexed::IntervalTreeMultiPolygon;
use geo::{Centroid, Contains, Coord, MapCoords, MultiPolygon, Point};
use grade::{LayerGrade, grade};
use rayon::prelude::*;
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::BTreeMap;

/// Dead ends this near to another road that they do not join are told, metres.
pub const NEAR_MISS_M: f64 = 2.0;
/// `snap_m` that is tried to see what it would change, metres.
pub const TRIED_SNAP_M: f64 = 1.0;
/// A unit's own population may differ this much from what the population layer puts in it.
const UNIT_DIFFERENCE: f64 = 0.05;
/// Units listed whose population differs most.
const UNITS_LISTED: usize = 3;

/// One layer.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct LayerQuality {
    /// Its letter and the reason.
    #[serde(flatten)]
    pub grade: LayerGrade,
    /// Its file.
    pub file: String,
    /// In which format it was.
    pub format: &'static str,
    /// Its text's encoding, where it is text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub encoding: Option<&'static str>,
    /// Features in the file.
    pub features: usize,
    /// Features used.
    pub used: usize,
    /// Features left out.
    pub left_out: usize,
    /// Features of which something is used otherwise than it stands in the file.
    pub changed: usize,
    /// Point layers in China: how they fit the roads.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fit: Option<Fit>,
    /// Everything noticed.
    pub issues: Vec<Issue>,
}

/// How a network hangs together.
#[derive(Clone, Copy, Debug, Serialize, JsonSchema)]
pub struct Cohesion {
    /// Junctions.
    pub junctions: usize,
    /// Length of road, km.
    pub length_km: f64,
    /// Connected parts.
    pub components: usize,
    /// Share of the length in the largest.
    pub largest_share: f64,
}

impl Cohesion {
    fn of(network: &RoadNetwork) -> Self {
        let c = network.connectivity;
        Self {
            junctions: network.node_count,
            length_km: c.length_km,
            components: c.components,
            largest_share: c.largest_share,
        }
    }
}

/// A kind of finding in the network, with the first places (longitude, latitude).
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Found {
    /// How many.
    pub count: usize,
    /// The first of them.
    pub examples: Vec<[f64; 2]>,
}

impl From<Places> for Found {
    fn from(places: Places) -> Self {
        Self { count: places.count, examples: pairs(&places.examples) }
    }
}

fn pairs(places: &[LonLat]) -> Vec<[f64; 2]> {
    let round = |v: f64| (v * 1e7).round() / 1e7;
    places.iter().map(|p| [round(p.lon), round(p.lat)]).collect()
}

/// The drivable network.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct NetworkQuality {
    /// As region.toml has it.
    pub as_set: Cohesion,
    /// With `snap_m = 1`.
    pub snapped: Cohesion,
    /// With `split_crossings = true`.
    pub split: Cohesion,
    /// Junctions from or to which one-way streets leave no way.
    pub one_way_traps: Found,
    /// Length of the roads that touch them, km.
    pub one_way_traps_km: f64,
    /// Dead ends within 2 m of a road that they do not join.
    pub near_misses: Found,
    /// Places where roads of one level cross without a common vertex.
    pub crossings: Found,
}

/// A layer of sites against roads and boundary.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct SitesQuality {
    /// The layer's key.
    pub key: String,
    /// Sites.
    pub sites: usize,
    /// Farther than `max_driveway_m` from any road with roadside access, or without any.
    pub off_network: usize,
    /// Outside the boundary.
    pub outside: usize,
}

/// A unit whose stated population differs from the layer's.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct UnitDifference {
    /// Its name.
    pub unit: String,
    /// What the units layer says.
    pub stated: f64,
    /// What the population layer puts in it.
    pub counted: f64,
}

/// People against boundary, roads and units.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct PeopleQuality {
    /// In the layer.
    pub total: f64,
    /// Inside the boundary.
    pub inside: f64,
    /// Inside, but with no road within `max_m`, barriers considered.
    pub beyond_roads: f64,
    /// The units' own total, where they state one beside a population layer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub units_total: Option<f64>,
    /// Units that differ by more than 5 %.
    pub units_differ: usize,
    /// Those that differ most.
    pub examples: Vec<UnitDifference>,
}

/// What `lifering check` finds.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Quality {
    /// Name of the region.
    pub region: String,
    /// Layers in the order they are read.
    pub layers: Vec<LayerQuality>,
    /// The drivable network.
    pub network: NetworkQuality,
    /// Stations, facilities, AEDs, candidates.
    pub sites: Vec<SitesQuality>,
    /// The people.
    pub people: PeopleQuality,
    /// Share of the roads' vertices inside the boundary: as given, as GCJ-02, as BD-09. In China only.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub roads_inside: Vec<(Datum, f64)>,
}

impl Quality {
    /// Layers that fit the roads better in another datum: what `--accept-datum` accepts.
    pub fn accepted(&self) -> BTreeMap<String, Datum> {
        let accepted = |l: &LayerQuality| Some((l.grade.key.clone(), l.fit.as_ref()?.accepted()?));
        self.layers.iter().filter_map(accepted).collect()
    }
}

/// Measures a region; what is found is noted as issues of its layers.
pub fn assess(region: &mut Region) -> Result<Quality, FrameError> {
    let (degrees, origin) = boundary(region);
    note_boundary(region, origin);
    let centre = degrees.centroid().map_or(LonLat::new(0.0, 0.0), |c| Coord::from(c).into());
    let frame = Frame::new(centre)?;
    let local = degrees.map_coords(|c| frame.to_local(c.into()));
    let closed = region.closures.as_ref().map(|c| closed_areas(c, &frame));
    let settings = |snap_m: f64, split_crossings: bool| BuildSettings {
        usage: Usage::Drive,
        no_roadside: &region.settings.access.no_roadside,
        snap_m,
        split_crossings,
        closed: closed.as_ref(),
    };
    let chosen = &region.settings.roads;
    let as_set = settings(chosen.snap_m, chosen.split_crossings);
    let network = build(&region.roads, &frame, &as_set);
    let of = |settings: &BuildSettings<'_>| Cohesion::of(&build(&region.roads, &frame, settings));
    let snapped = of(&settings(chosen.snap_m.max(TRIED_SNAP_M), chosen.split_crossings));
    let split = of(&settings(chosen.snap_m, true));
    let crossed = crossings(&region.roads, &frame, &as_set);
    let traps: OneWayTraps = one_way_traps(&network);
    let network_quality = NetworkQuality {
        as_set: Cohesion::of(&network),
        snapped,
        split,
        one_way_traps: Found { count: traps.junctions, examples: pairs(&traps.examples) },
        one_way_traps_km: traps.length_m / 1000.0,
        near_misses: near_misses(&network, NEAR_MISS_M).into(),
        crossings: crossed.into(),
    };
    let ground = Assessed { frame: &frame, boundary: &local, network: &network };
    let sites = ground.sites(region);
    let people = ground.people(region);
    let fits = fits(region, &network, &frame);
    let roads_inside = Assessed::roads_inside(region, &degrees);
    let layers = region.inputs.iter().map(|input| layer(input, fits.get(&input.key).cloned())).collect();
    Ok(Quality { region: region.settings.name.clone(), layers, network: network_quality, sites, people, roads_inside })
}

fn layer(input: &InputRecord, fit: Option<Fit>) -> LayerQuality {
    LayerQuality {
        grade: grade(input),
        file: input.file.clone(),
        format: input.format.name(),
        encoding: input.encoding,
        features: input.features,
        used: input.used,
        left_out: input.features.saturating_sub(input.used),
        changed: input.issues.changed(),
        fit,
        issues: input.issues.list(),
    }
}

/// Says so where the boundary is not a layer of its own.
pub fn note_boundary(region: &mut Region, origin: BoundaryOrigin) {
    let (layers, what) = match origin {
        BoundaryOrigin::Given => return,
        BoundaryOrigin::Units => ([Layer::Units; 2], said!("said.union_of_units")),
        BoundaryOrigin::Hull => ([Layer::Population, Layer::Roads], said!("said.hull")),
    };
    let Some(layer) = layers.into_iter().find(|layer| region.issues(*layer).is_some()) else { return };
    if let Some((file, issues)) = region.issues(layer) {
        let wanted = said!("said.is_used", what = what);
        issues.note(IssueCode::Derived, &Place::file(file), said!("said.no_boundary"), wanted);
    }
}

/// Point layers that fit the roads better in another datum, by the layer's key: what `--accept-datum` accepts.
pub fn accepted(region: &mut Region) -> Result<BTreeMap<String, Datum>, FrameError> {
    let (degrees, _) = boundary(region);
    let centre = degrees.centroid().map_or(LonLat::new(0.0, 0.0), |c| Coord::from(c).into());
    let frame = Frame::new(centre)?;
    let settings = BuildSettings {
        usage: Usage::Drive,
        no_roadside: &region.settings.access.no_roadside,
        snap_m: 0.0,
        split_crossings: false,
        closed: None,
    };
    let network = build(&region.roads, &frame, &settings);
    let fits = fits(region, &network, &frame);
    Ok(fits.into_iter().filter_map(|(key, fit)| Some((key, fit.accepted()?))).collect())
}

/// How every point layer in China fits the roads, by the layer's key; one that looks shifted is noted as an issue.
pub fn fits(region: &mut Region, network: &RoadNetwork, frame: &Frame) -> BTreeMap<String, Fit> {
    let mut layers: Vec<(String, Vec<LonLat>)> = POINT_LAYERS
        .iter()
        .map(|layer| (layer.key().to_owned(), points(region, *layer).into_iter().map(|p| p.2).collect()))
        .collect();
    layers.extend(region.extra.iter().map(|(key, r)| (key.clone(), r.iter().filter_map(|r| r.place).collect())));
    let mut fits = BTreeMap::new();
    for (key, places) in layers {
        let Some(fit) = fit(&places, network, frame) else { continue };
        if fit.suspected
            && let Some(input) = region.inputs.iter_mut().find(|i| i.key == key)
        {
            let found = said!(
                "said.fit",
                given = format!("{:.0}", fit.hypotheses[0].mean_m),
                better = format!("{:.0}", fit.best_m()),
                datum = fit.winner.to_string()
            );
            let wanted = said!("said.set_datum", datum = fit.winner.word());
            input.issues.note(IssueCode::DatumSuspected, &Place::file(&input.file), found, wanted);
        }
        fits.insert(key, fit);
    }
    fits
}

/// What the layers are measured against.
struct Assessed<'a> {
    frame: &'a Frame,
    boundary: &'a MultiPolygon<f64>,
    network: &'a RoadNetwork,
}

/// The point layers with a key of their own.
const POINT_LAYERS: [Layer; 4] = [Layer::Stations, Layer::Facilities, Layer::Aeds, Layer::Candidates];

/// Name and place of every site of a point layer.
fn points(region: &Region, layer: Layer) -> Vec<(usize, String, LonLat)> {
    let sites = match layer {
        Layer::Stations => Some(&region.stations),
        Layer::Facilities => region.facilities.as_ref(),
        Layer::Aeds => region.aeds.as_ref(),
        Layer::Candidates => region.candidates.as_ref(),
        _ => None,
    };
    sites.into_iter().flatten().map(|s| (s.feature, s.id.clone(), s.place)).collect()
}

impl Assessed<'_> {
    fn sites(&self, region: &mut Region) -> Vec<SitesQuality> {
        let inside = IntervalTreeMultiPolygon::new(self.boundary);
        let max_driveway_m = region.settings.drive.max_driveway_m;
        let mut all = Vec::new();
        for layer in POINT_LAYERS {
            let sites = points(region, layer);
            let Some((file, issues)) = region.issues(layer) else { continue };
            let mut quality =
                SitesQuality { key: layer.key().to_owned(), sites: sites.len(), off_network: 0, outside: 0 };
            for (feature, id, place) in sites {
                let at = Place { feature: Some(feature), id: Some(id), ..Place::file(file) };
                let xy = self.frame.to_local(place);
                match self.network.index.nearest(self.network, xy) {
                    None => {
                        quality.off_network += 1;
                        issues.note(
                            IssueCode::NoRoadToEnter,
                            &at,
                            said!("said.no_roadside"),
                            said!("said.road_to_enter"),
                        );
                    }
                    Some(road) if road.distance_m > max_driveway_m => {
                        quality.off_network += 1;
                        let found = said!("said.metres_to_road", n = format!("{:.0}", road.distance_m));
                        issues.note(
                            IssueCode::LongDriveway,
                            &at,
                            found,
                            said!("said.at_most_metres", n = max_driveway_m),
                        );
                    }
                    Some(_) => {}
                }
                if !inside.contains(&Point::from(xy)) {
                    quality.outside += 1;
                    issues.note(
                        IssueCode::OutsideBoundary,
                        &at,
                        said!("said.outside_boundary"),
                        said!("said.still_used"),
                    );
                }
            }
            all.push(quality);
        }
        all
    }

    fn people(&self, region: &mut Region) -> PeopleQuality {
        let demand =
            Demand::new(region.population.as_deref(), region.units.as_deref(), self.boundary, self.frame, None);
        // Nobody starts anywhere: what is left of the answers is whether there is a road within reach.
        let costs = Costs::new(self.network, &region.roads, &Speeds::Uniform(1.0));
        let leg = Leg { ms_per_m: 1.0, max_m: region.settings.access.max_m };
        let settings = FieldSettings { leg, driveway_ms_per_m: 1.0, straight: false };
        let field = TravelField::new(self.network, &costs, &[], settings);
        let barriers = region.barriers.as_ref().map(|b| Barriers::new(b, self.frame));
        let places: Vec<Coord<f64>> = demand.samples.iter().map(|s| s.xy).collect();
        let reached = reach(&field, barriers.as_ref(), &places);
        let beyond = demand.samples.iter().zip(reached).filter(|(_, r)| *r == Reached::NoRoad).map(|(s, _)| s.people);
        let mut quality = PeopleQuality {
            total: demand.total,
            inside: demand.inside,
            beyond_roads: beyond.sum(),
            units_total: None,
            units_differ: 0,
            examples: Vec::new(),
        };
        let layer = if region.population.is_some() { Layer::Population } else { Layer::Units };
        if demand.outside > 0.0
            && let Some((file, issues)) = region.issues(layer)
        {
            let found = said!("said.people_outside", n = format!("{:.0}", demand.outside));
            issues.note(IssueCode::OutsideBoundary, &Place::file(file), found, said!("said.inside_not_counted"));
        }
        if region.population.is_some() {
            self.units(region, &demand, &mut quality);
        }
        quality
    }

    fn units(&self, region: &mut Region, demand: &Demand, quality: &mut PeopleQuality) {
        let units = region.units.as_deref().unwrap_or_default();
        let mut levels: BTreeMap<Option<&str>, Vec<u32>> = BTreeMap::new();
        for (i, unit) in units.iter().enumerate().filter(|(_, u)| u.population.is_some()) {
            levels.entry(unit.level.as_deref()).or_default().push(i as u32);
        }
        let Some(members) = levels.into_values().max_by_key(Vec::len) else { return };
        let index = UnitIndex::new(units, &members, self.frame);
        let places: Vec<Coord<f64>> = demand.samples.iter().map(|s| s.xy).collect();
        let mut counted: BTreeMap<u32, f64> = members.iter().map(|m| (*m, 0.0)).collect();
        for (sample, unit) in demand.samples.iter().zip(index.units_of(&places)) {
            if let Some(sum) = unit.and_then(|u| counted.get_mut(&u)) {
                *sum += sample.people;
            }
        }
        let mut differences: Vec<(f64, UnitDifference)> = Vec::new();
        let mut total = 0.0;
        for (unit, counted) in counted {
            let unit = &units[unit as usize];
            let stated = unit.population.unwrap_or(0.0);
            total += stated;
            let difference = (counted - stated).abs();
            if difference > UNIT_DIFFERENCE * stated.max(counted) && difference >= 1.0 {
                differences.push((difference, UnitDifference { unit: unit.name.clone(), stated, counted }));
            }
        }
        differences.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.unit.cmp(&b.1.unit)));
        quality.units_total = Some(total);
        quality.units_differ = differences.len();
        quality.examples = differences.iter().take(UNITS_LISTED).map(|d| d.1.clone()).collect();
        if let Some((file, issues)) = region.issues(Layer::Units) {
            for (_, d) in differences {
                let place = Place { id: Some(d.unit), ..Place::file(file).field("population") };
                let found = said!("said.people", n = format!("{:.0}", d.stated));
                let wanted = said!("said.as_population", n = format!("{:.0}", d.counted));
                issues.note(IssueCode::UnitPopulationDiffers, &place, found, wanted);
            }
        }
    }

    /// Share of road vertices inside the boundary under each hypothesis.
    fn roads_inside(region: &Region, degrees: &MultiPolygon<f64>) -> Vec<(Datum, f64)> {
        let china = degrees.centroid().is_some_and(|c| crate::inputs::datum::in_china(Coord::from(c).into()));
        if !china || region.roads.is_empty() || (region.boundary.is_none() && region.units.is_none()) {
            return Vec::new();
        }
        let inside = IntervalTreeMultiPolygon::new(degrees);
        let share = |datum: Datum| {
            let (all, within) = region
                .roads
                .par_iter()
                .flat_map_iter(|r| r.parts.iter().flatten())
                .map(|p| {
                    let p = datum.to_wgs84(*p);
                    (1_u64, u64::from(inside.contains(&Point::new(p.lon, p.lat))))
                })
                .reduce(|| (0, 0), |a, b| (a.0 + b.0, a.1 + b.1));
            within as f64 / all.max(1) as f64
        };
        [Datum::Wgs84, Datum::Gcj02, Datum::Bd09].into_iter().map(|d| (d, share(d))).collect()
    }
}
