//! `OpenStreetMap` extracts (`.osm.pbf`).
//!
//! In: the bytes of an extract. Out: layers by their tags: roads with their barriers and turn restrictions, stations,
//! facilities, defibrillators, water and railways as obstacles; for an import also a boundary and the units in it.
//!
//! `elements` decodes what is needed, `tags` says what that is; then a room a kind of layer: `roads`, `turns`,
//! `sites`, `areas`, `boundary`. `nodes` knows where everything lies, `outline` puts rings together.

mod areas;
mod blobs;
mod boundary;
mod elements;
mod nodes;
mod outline;
mod roads;
mod sites;
mod tags;
mod turns;

use super::{Format, ParsedFile};
use crate::budget::Budget;
use crate::feature::RawFeature;
use crate::geometry::Geometry;
use crate::properties::Properties;
use elements::Extract;
use lifering_base::error::{InputError, Place};
use lifering_base::issue::{IssueCode, Issues};
use lifering_base::message;
use lifering_base::records::Layer;
use std::collections::BTreeMap;
use tags::Theme;

/// Layers that an extract can hold.
pub const LAYERS: [Layer; 7] =
    [Layer::Roads, Layer::Stations, Layer::Facilities, Layer::Aeds, Layer::Barriers, Layer::RoadBarriers, Layer::Turns];

/// A feature with the id of its element.
#[derive(Debug)]
struct Found {
    /// Id.
    id: i64,
    /// `None` for a turn restriction without a place.
    geometry: Option<Geometry>,
    /// What the layer's reader knows.
    properties: Properties,
}

/// One layer of an extract.
pub fn read(
    file: &str,
    bytes: &[u8],
    layer: Layer,
    budget: Budget<'_>,
    issues: &mut Issues,
) -> Result<ParsedFile, InputError> {
    if !LAYERS.contains(&layer) {
        let known: Vec<&str> = LAYERS.iter().map(|l| l.key()).collect();
        return Err(InputError::wrong(
            Place::file(file),
            message!("message.osm_as", layer = layer.key()),
            message!("message.osm_only", all = known.join(", ")),
        ));
    }
    let extract = Extract::read(file, bytes, budget, |relations| {
        // Outlines of areas that nobody asks for are not worth a second pass.
        relations.retain(|relation| makes(relation.theme, layer));
        Ok(())
    })?;
    let mut layers = Layers { file, issues, found: BTreeMap::new() };
    layers.read(extract, &[layer]);
    let features = layers.take().remove(&layer).unwrap_or_default();
    Ok(ParsedFile { format: Format::OsmPbf, encoding: None, crs: None, features, table: None })
}

/// Whether a relation of this theme makes something of the layer.
fn makes(theme: Theme, layer: Layer) -> bool {
    match theme {
        Theme::Turn => layer == Layer::Turns,
        Theme::Obstacle => layer == Layer::Barriers,
        Theme::Site => matches!(layer, Layer::Stations | Layer::Facilities | Layer::Aeds),
        Theme::Road | Theme::Administrative => false,
    }
}

/// What an import takes from an extract.
#[derive(Debug)]
pub struct ExtractLayers {
    /// Features by layer, each in the order of its ids.
    pub layers: BTreeMap<Layer, Vec<RawFeature>>,
    /// Name of the boundary; `None` if none was asked for.
    pub boundary: Option<String>,
}

/// All layers of an extract; with the name or id of an administrative area, that as the boundary and the units in it.
pub fn layers(
    file: &str,
    bytes: &[u8],
    boundary: Option<&str>,
    budget: Budget<'_>,
    issues: &mut Issues,
) -> Result<ExtractLayers, InputError> {
    let mut chosen = None;
    let extract = Extract::read(file, bytes, budget, |relations| {
        match boundary {
            Some(wanted) => chosen = Some(boundary::choose(relations, wanted, file)?),
            None => relations.retain(|relation| relation.theme != Theme::Administrative),
        }
        Ok(())
    })?;
    let mut layers = Layers { file, issues, found: BTreeMap::new() };
    let name = chosen.map(|id| layers.read_boundary(&extract, id)).transpose()?;
    layers.read(extract, &LAYERS);
    Ok(ExtractLayers { layers: layers.take(), boundary: name })
}

/// Layers of one extract, as they are read.
struct Layers<'a> {
    file: &'a str,
    issues: &'a mut Issues,
    found: BTreeMap<Layer, Vec<Found>>,
}

impl Layers<'_> {
    /// The boundary and its units; returns its name.
    fn read_boundary(&mut self, extract: &Extract, id: i64) -> Result<String, InputError> {
        let all = boundary::read(extract, id, self.file, self.issues)?;
        self.found.insert(Layer::Boundary, vec![all.boundary]);
        if !all.units.is_empty() {
            self.found.insert(Layer::Units, all.units);
        }
        Ok(all.name)
    }

    /// These layers. Nodes of roads are set apart first, whatever the layer: all must agree on where a node is.
    fn read(&mut self, mut extract: Extract, layers: &[Layer]) {
        let has = |layer| layers.contains(&layer);
        let of_roads = roads::nodes_of_roads(&extract);
        let apart = extract.nodes.set_apart(&of_roads);
        if has(Layer::Roads) {
            self.note_set_apart(&apart);
            let (found, cut) = roads::roads(&extract);
            self.note_cut(Layer::Roads, cut);
            self.add(Layer::Roads, found);
        }
        if has(Layer::RoadBarriers) {
            self.add(Layer::RoadBarriers, roads::road_points(&extract, &of_roads));
        }
        if has(Layer::Turns) {
            let (found, exempt) = turns::turns(&extract);
            self.note_left_out("restriction", extract.restrictions_of_others, |n| {
                message!("message.turns_of_others", n = n)
            });
            self.note_left_out("restriction", exempt, |n| message!("message.turns_exempt", n = n));
            self.add(Layer::Turns, found);
        }
        if has(Layer::Barriers) {
            let (found, cut) = areas::obstacles(&extract, self.file, self.issues);
            self.note_cut(Layer::Barriers, cut);
            self.add(Layer::Barriers, found);
        }
        if [Layer::Stations, Layer::Facilities, Layer::Aeds].into_iter().any(has) {
            for (layer, found) in sites::sites(&extract, self.file, self.issues) {
                if has(layer) {
                    self.add(layer, found);
                }
            }
        }
        if !layers.iter().all(|layer| matches!(layer, Layer::Roads | Layer::RoadBarriers | Layer::Turns)) {
            self.note_left_out("relation", extract.without_outline, |n| message!("message.relations", n = n));
        }
    }

    fn add(&mut self, layer: Layer, found: Vec<Found>) {
        if !found.is_empty() {
            self.found.insert(layer, found);
        }
    }

    fn note_set_apart(&mut self, all: &[nodes::SetApart]) {
        for one in all {
            let place = Place { id: Some(one.node.to_string()), ..Place::file(self.file).field("node") };
            let found = message!("message.node_on_node", other = one.from.to_string());
            let done = message!("message.set_apart", n = one.units as usize);
            self.issues.note(IssueCode::VertexMoved, &place, found, done);
        }
    }

    fn note_cut(&mut self, layer: Layer, cut: usize) {
        if cut > 0 {
            let place = Place::file(self.file).field(layer.key());
            let found = message!("message.ways_cut", n = cut);
            self.issues.note(IssueCode::PartNotUsed, &place, found, message!("message.rest_used"));
        }
    }

    fn note_left_out(&mut self, field: &str, n: usize, found: impl Fn(usize) -> lifering_base::Message) {
        if n > 0 {
            let place = Place::file(self.file).field(field);
            self.issues.note(IssueCode::PartNotUsed, &place, found(n), message!("message.left_out"));
        }
    }

    /// The features, in the order of ids.
    fn take(self) -> BTreeMap<Layer, Vec<RawFeature>> {
        let in_order = |(layer, mut all): (Layer, Vec<Found>)| {
            all.sort_by_key(|found| (found.id, found.geometry.as_ref().map(Geometry::type_name)));
            let feature = |(index, found): (usize, Found)| RawFeature {
                index,
                id: Some(found.id.to_string()),
                geometry: found.geometry,
                properties: found.properties,
            };
            (layer, all.into_iter().enumerate().map(feature).collect())
        };
        self.found.into_iter().map(in_order).collect()
    }
}
