//! Typed layers that no file holds, checked as those of files are.
//!
//! In: records. Out: the records that are used, and an [`InputRecord`] for each layer.

use crate::areas;
use crate::checks::{self, SiteIds, UnitIds};
use crate::crs::Extent;
use crate::formats::Format;
use crate::input_record::InputRecord;
use crate::outliers::{self, LayerExtent};
use crate::population;
use crate::positions::{self, Located, check_degrees};
use crate::region::makes_outline;
use crate::roads;
use crate::settings::{LayerSpec, Layers};
use crate::sites;
use geo::{LineString, MultiPolygon, Polygon};
use lifering_base::error::{InputError, Place};
use lifering_base::frame::LonLat;
use lifering_base::hash::sha256_of_debug;
use lifering_base::issue::Issues;
use lifering_base::message;
use lifering_base::records::{Layer, Neighbour, Obstacles, People, Record, Road, RoadBarrier, Site, Turn, Unit};
use std::collections::BTreeMap;
use std::fmt::Debug;

/// The layers of a region as typed records, in WGS 84 degrees. `None`: not given.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RegionLayers {
    /// The area that is audited.
    pub boundary: Option<MultiPolygon<f64>>,
    /// Administrative units.
    pub units: Option<Vec<Unit>>,
    /// People.
    pub population: Option<Vec<People>>,
    /// Roads.
    pub roads: Option<Vec<Road>>,
    /// Emergency sites.
    pub stations: Option<Vec<Site>>,
    /// Stations of neighbouring regions.
    pub neighbours: Option<Vec<Neighbour>>,
    /// Medical facilities.
    pub facilities: Option<Vec<Site>>,
    /// Defibrillators.
    pub aeds: Option<Vec<Site>>,
    /// Places for new stations.
    pub candidates: Option<Vec<Site>>,
    /// Lines and areas that an access leg cannot cross.
    pub barriers: Option<Obstacles>,
    /// Lines and areas on which roads are closed.
    pub closures: Option<Obstacles>,
    /// Points on roads that stop an ambulance or cost it time.
    pub road_barriers: Option<Vec<RoadBarrier>>,
    /// Turn restrictions.
    pub turns: Option<Vec<Turn>>,
    /// Extra layers by name.
    pub extra: BTreeMap<String, Vec<Record>>,
}

impl RegionLayers {
    /// `[layers]` of exactly the layers that are given: as `known` has them, else named by their keys.
    pub(crate) fn named(&self, known: &Layers) -> Layers {
        let given = [
            (Layer::Boundary, self.boundary.is_some()),
            (Layer::Units, self.units.is_some()),
            (Layer::Population, self.population.is_some()),
            (Layer::Roads, self.roads.is_some()),
            (Layer::Stations, self.stations.is_some()),
            (Layer::Neighbours, self.neighbours.is_some()),
            (Layer::Facilities, self.facilities.is_some()),
            (Layer::Aeds, self.aeds.is_some()),
            (Layer::Candidates, self.candidates.is_some()),
            (Layer::Barriers, self.barriers.is_some()),
            (Layer::Closures, self.closures.is_some()),
            (Layer::RoadBarriers, self.road_barriers.is_some()),
            (Layer::Turns, self.turns.is_some()),
        ];
        let mut named = Layers::default();
        for (layer, _) in given.into_iter().filter(|(_, given)| *given) {
            named.insert(layer, known.get(&layer).cloned().unwrap_or_else(|| LayerSpec::of(layer.key())));
        }
        for name in self.extra.keys() {
            let spec = known.extra.get(name).cloned().unwrap_or_else(|| LayerSpec::of(name));
            named.extra.insert(name.clone(), spec);
        }
        named
    }
}

/// One obstacle.
#[derive(Debug)]
enum Obstacle {
    Line(LineString<f64>),
    Area(Polygon<f64>),
}

impl Located for Obstacle {
    fn each_position(&self, visit: &mut dyn FnMut(LonLat)) {
        match self {
            Self::Line(line) => line.each_position(visit),
            Self::Area(area) => area.exterior().each_position(visit),
        }
    }
}

/// Checks the typed layers of one region.
pub(crate) struct RecordChecker<'a> {
    layers: &'a Layers,
    logged: bool,
    /// A position in the region, from the first layer accepted.
    near: Option<LonLat>,
    /// Layers accepted so far.
    pub(crate) inputs: Vec<InputRecord>,
}

impl<'a> RecordChecker<'a> {
    pub(crate) fn new(layers: &'a Layers, logged: bool) -> Self {
        Self { layers, logged, near: None, inputs: Vec::new() }
    }

    /// Checks the positions of a layer, then each record with `check`, and records the layer as an input. `named` gives
    /// the position in the file and the id of a record by its index.
    fn layer<T: Located + Debug + Sync>(
        &mut self,
        (layer, key): (Layer, &str),
        all: Vec<T>,
        named: impl Fn(usize, &T) -> (Option<usize>, Option<String>),
        mut check: impl FnMut(T, &Place, &mut Issues) -> Result<Option<T>, InputError>,
    ) -> Result<Vec<T>, InputError> {
        let spec = if layer == Layer::Extra { self.layers.extra.get(key) } else { self.layers.get(&layer) };
        let file = spec.map_or_else(|| key.to_owned(), |spec| spec.file.clone());
        let place = |i: usize, one: &T| {
            let (feature, id) = named(i, one);
            Place { feature, id, ..Place::file(&file) }
        };
        let mut issues = if self.logged { Issues::logged() } else { Issues::default() };
        check_degrees(&all, |i| place(i, &all[i]), self.near)?;
        let extent = all.iter().filter_map(positions::extent).reduce(Extent::with);
        let whole = LayerExtent { file: &file, extent, outline: makes_outline(layer, self.layers) };
        outliers::check(whole, &all, |i| place(i, &all[i]), &mut issues)?;
        let (sha256, features) = (sha256_of_debug(&all), all.len());
        let mut kept = Vec::with_capacity(features);
        for (i, one) in all.into_iter().enumerate() {
            let at = place(i, &one);
            kept.extend(check(one, &at, &mut issues)?);
        }
        let wanted = match layer {
            Layer::Boundary | Layer::Barriers | Layer::Closures | Layer::RoadBarriers | Layer::Turns => None,
            Layer::Population => Some(message!("message.no_people_to_judge")),
            Layer::Roads => Some(message!("message.no_roads")),
            _ => Some(message!("message.counted_none")),
        };
        if let Some(wanted) = wanted {
            checks::note_empty(features, &file, wanted, &mut issues);
        }
        self.near = self.near.or(extent.map(Extent::middle));
        self.inputs.push(InputRecord {
            layer,
            key: key.to_owned(),
            file,
            sha256,
            format: Format::Records,
            encoding: None,
            features,
            used: kept.len(),
            extent,
            columns: Vec::new(),
            issues,
        });
        Ok(kept)
    }

    pub(crate) fn boundary(&mut self, boundary: &MultiPolygon<f64>) -> Result<MultiPolygon<f64>, InputError> {
        let key = Layer::Boundary.key();
        let check = |one: MultiPolygon<f64>, place: &Place, issues: &mut Issues| areas::check(&one, place, issues);
        let kept = self.layer((Layer::Boundary, key), vec![boundary.clone()], |_, _| (None, None), check)?;
        let file = self.layers.get(&Layer::Boundary).map_or(key, |spec| spec.file.as_str());
        kept.into_iter().next().ok_or_else(|| areas::no_polygon(file))
    }

    pub(crate) fn units(&mut self, units: Vec<Unit>) -> Result<Vec<Unit>, InputError> {
        let mut ids = UnitIds::default();
        let check =
            |one: Unit, place: &Place, issues: &mut Issues| areas::check_unit(one, &mut ids, place, issues).map(Some);
        let named = |_, one: &Unit| (Some(one.feature), Some(one.id.clone()));
        self.layer((Layer::Units, Layer::Units.key()), units, named, check)
    }

    pub(crate) fn population(&mut self, people: Vec<People>) -> Result<Vec<People>, InputError> {
        let key = Layer::Population.key();
        self.layer((Layer::Population, key), people, |i, _| (Some(i), None), population::check)
    }

    pub(crate) fn roads(&mut self, roads: Vec<Road>) -> Result<Vec<Road>, InputError> {
        let named = |_, one: &Road| (Some(one.feature), one.name.clone());
        self.layer((Layer::Roads, Layer::Roads.key()), roads, named, roads::check)
    }

    pub(crate) fn sites(&mut self, layer: Layer, sites: Vec<Site>) -> Result<Vec<Site>, InputError> {
        let mut ids = SiteIds::default();
        let check =
            |one: Site, place: &Place, issues: &mut Issues| sites::check(layer, one, &mut ids, place, issues).map(Some);
        let named = |_, one: &Site| (Some(one.feature), Some(one.id.clone()));
        self.layer((layer, layer.key()), sites, named, check)
    }

    pub(crate) fn neighbours(&mut self, neighbours: Vec<Neighbour>) -> Result<Vec<Neighbour>, InputError> {
        let layer = Layer::Neighbours;
        let mut ids = SiteIds::default();
        let check = |one: Neighbour, place: &Place, issues: &mut Issues| {
            let site = sites::check(layer, one.site, &mut ids, place, issues)?;
            Ok(Some(Neighbour { from: one.from, site }))
        };
        let named = |_, one: &Neighbour| (Some(one.site.feature), Some(one.site.id.clone()));
        self.layer((layer, layer.key()), neighbours, named, check)
    }

    pub(crate) fn obstacles(&mut self, layer: Layer, obstacles: Obstacles) -> Result<Obstacles, InputError> {
        let lines = obstacles.lines.into_iter().map(Obstacle::Line);
        let all: Vec<Obstacle> = lines.chain(obstacles.areas.into_iter().map(Obstacle::Area)).collect();
        let mut kept = Obstacles::default();
        // An area may fall into several, so what is kept is gathered here.
        let check = |one: Obstacle, place: &Place, issues: &mut Issues| {
            let usable = match &one {
                Obstacle::Line(line) => {
                    let usable = areas::usable_line(line, place, issues);
                    kept.lines.extend(usable.then(|| line.clone()));
                    usable
                }
                Obstacle::Area(area) => {
                    let areas = areas::check(&MultiPolygon::new(vec![area.clone()]), place, issues)?;
                    let usable = areas.is_some();
                    kept.areas.extend(areas.into_iter().flatten());
                    usable
                }
            };
            Ok(usable.then_some(one))
        };
        self.layer((layer, layer.key()), all, |i, _| (Some(i), None), check)?;
        Ok(kept)
    }

    pub(crate) fn road_barriers(&mut self, all: Vec<RoadBarrier>) -> Result<Vec<RoadBarrier>, InputError> {
        let named = |_, one: &RoadBarrier| (Some(one.feature), one.id.clone());
        let layer = Layer::RoadBarriers;
        self.layer((layer, layer.key()), all, named, |one, _, _| Ok(Some(one)))
    }

    pub(crate) fn turns(&mut self, all: Vec<Turn>) -> Result<Vec<Turn>, InputError> {
        let named = |_, one: &Turn| (Some(one.feature), one.id.clone());
        self.layer((Layer::Turns, Layer::Turns.key()), all, named, |one, _, _| Ok(Some(one)))
    }

    pub(crate) fn records(&mut self, name: &str, records: Vec<Record>) -> Result<Vec<Record>, InputError> {
        let named = |_, one: &Record| (Some(one.feature), Some(one.id.clone()));
        let check = |one: Record, place: &Place, issues: &mut Issues| Ok(Some(sites::check_record(one, place, issues)));
        self.layer((Layer::Extra, name), records, named, check)
    }
}
