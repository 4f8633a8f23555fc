//! `OpenStreetMap` extracts (`.osm.pbf`).
//!
//! In: the bytes of an extract. Out: layers by their tags: roads, hospitals and clinics, ambulance stations,
//! defibrillators, and water and railways as barriers. Features that only a relation describes are not read, which is noted.

use super::{Format, ParsedFile};
use crate::feature::RawFeature;
use crate::geometry::Geometry;
use crate::library_errors;
use lifering_base::error::{InputError, Place};
use lifering_base::frame::LonLat;
use lifering_base::issue::{IssueCode, Issues};
use lifering_base::message;
use lifering_base::records::Layer;
use lifering_base::records::road_class::RoadClass;
use osmpbf::{Element, ElementReader};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// An element's id, geometry and tags.
type OsmFeature = (i64, Geometry, Map<String, Value>);

/// Layers that an extract can hold.
pub const LAYERS: [Layer; 5] = [Layer::Roads, Layer::Stations, Layer::Facilities, Layer::Aeds, Layer::Barriers];

/// Tags of a road that the roads reader knows.
const ROAD_TAGS: &[&str] = &[
    "highway", "name", "oneway", "maxspeed", "bridge", "tunnel", "layer", "junction", "access", "ref", "surface",
    "lanes",
];

/// Degrees in a unit of the format's coordinates.
const DECIMICRO: f64 = 1e-7;

/// One layer of an extract.
pub fn read(file: &str, bytes: &[u8], layer: Layer, issues: &mut Issues) -> Result<ParsedFile, InputError> {
    if !LAYERS.contains(&layer) {
        let known: Vec<&str> = LAYERS.iter().map(|l| l.key()).collect();
        return Err(InputError::wrong(
            Place::file(file),
            message!("message.osm_as", layer = layer.key()),
            message!("message.osm_only", all = known.join(", ")),
        ));
    }
    let mut layers = layers(file, bytes, issues)?;
    let features = layers.remove(&layer).unwrap_or_default();
    Ok(ParsedFile { format: Format::OsmPbf, encoding: None, crs: None, features, table: None })
}

/// A way that belongs to a layer.
struct Way {
    id: i64,
    layer: Layer,
    refs: Vec<i64>,
    tags: Map<String, Value>,
    area: bool,
}

/// A node that belongs to a layer of sites.
struct SiteNode {
    id: i64,
    layer: Layer,
    place: LonLat,
    tags: Map<String, Value>,
}

/// All layers of an extract, each in the order of its ids.
pub fn layers(file: &str, bytes: &[u8], issues: &mut Issues) -> Result<BTreeMap<Layer, Vec<RawFeature>>, InputError> {
    let (mut nodes, mut ways, mut spots, mut relations) = (Vec::new(), Vec::new(), Vec::new(), 0_usize);
    let mut spot = |id: i64, lon: i32, lat: i32, tags: Vec<(&str, &str)>| {
        nodes.push((id, lon, lat));
        if let Some((layer, tags)) = site(&tags) {
            let place = LonLat::new(f64::from(lon) * DECIMICRO, f64::from(lat) * DECIMICRO);
            spots.push(SiteNode { id, layer, place, tags });
        }
    };
    ElementReader::new(bytes)
        .for_each(|element| match element {
            Element::Node(n) => spot(n.id(), n.decimicro_lon(), n.decimicro_lat(), n.tags().collect()),
            Element::DenseNode(n) => spot(n.id(), n.decimicro_lon(), n.decimicro_lat(), n.tags().collect()),
            Element::Way(w) => {
                let tags: Vec<(&str, &str)> = w.tags().collect();
                let refs = || w.refs().collect::<Vec<i64>>();
                if let Some((layer, tags, area)) = road(&tags).or_else(|| barrier(&tags)).or_else(|| building(&tags)) {
                    ways.push(Way { id: w.id(), layer, refs: refs(), tags, area });
                }
            }
            Element::Relation(r) => {
                let tags: Vec<(&str, &str)> = r.tags().collect();
                relations += usize::from(site(&tags).is_some() || barrier(&tags).is_some());
            }
        })
        .map_err(|e| {
            InputError::wrong(Place::file(file), library_errors::damaged(&e), message!("message.osm_wanted"))
        })?;
    nodes.sort_unstable();
    let place_of = |id: i64| -> Option<LonLat> {
        let at = nodes.binary_search_by_key(&id, |n| n.0).ok()?;
        Some(LonLat::new(f64::from(nodes[at].1) * DECIMICRO, f64::from(nodes[at].2) * DECIMICRO))
    };
    let mut found: BTreeMap<Layer, Vec<OsmFeature>> = BTreeMap::new();
    let mut cut = 0_usize;
    for way in ways {
        let parts = parts(&way.refs, &place_of);
        cut += usize::from(parts.len() != 1 || parts[0].len() != way.refs.len());
        let Some(geometry) = shape(&way, parts) else { continue };
        found.entry(way.layer).or_default().push((way.id, geometry, way.tags));
    }
    for spot in spots {
        found.entry(spot.layer).or_default().push((spot.id, Geometry::Point(spot.place), spot.tags));
    }
    let whole = Place::file(file);
    if cut > 0 {
        issues.note(
            IssueCode::PartNotUsed,
            &whole,
            message!("message.ways_cut", n = cut),
            message!("message.rest_used"),
        );
    }
    if relations > 0 {
        let found = message!("message.relations", n = relations);
        issues.note(IssueCode::PartNotUsed, &whole.field("relation"), found, message!("message.nodes_or_ways"));
    }
    Ok(found
        .into_iter()
        .map(|(layer, mut all)| {
            all.sort_by_key(|(id, geometry, _)| (*id, geometry.type_name()));
            let features = all
                .into_iter()
                .enumerate()
                .map(|(index, (id, geometry, properties))| RawFeature {
                    index,
                    id: Some(id.to_string()),
                    geometry: Some(geometry),
                    properties: properties.into(),
                })
                .collect();
            (layer, features)
        })
        .collect())
}

fn get<'a>(tags: &[(&str, &'a str)], key: &str) -> Option<&'a str> {
    tags.iter().find(|(k, _)| *k == key).map(|(_, v)| *v)
}

fn pick_tags(tags: &[(&str, &str)], keys: &[&str]) -> Map<String, Value> {
    keys.iter().filter_map(|key| Some(((*key).to_owned(), Value::from(get(tags, key)?)))).collect()
}

/// The layer that tags name, the tags it keeps, and whether a closed way is an area.
type TaggedLayer = (Layer, Map<String, Value>, bool);

fn road(tags: &[(&str, &str)]) -> Option<TaggedLayer> {
    let class = get(tags, "highway")?;
    RoadClass::from_word(class)?;
    (get(tags, "area") != Some("yes")).then(|| (Layer::Roads, pick_tags(tags, ROAD_TAGS), false))
}

fn barrier(tags: &[(&str, &str)]) -> Option<TaggedLayer> {
    let under = |value: Option<&str>| value.is_some_and(|v| v != "no");
    if under(get(tags, "tunnel")) || under(get(tags, "bridge")) {
        return None;
    }
    let water = matches!(get(tags, "natural"), Some("water")) || matches!(get(tags, "waterway"), Some("riverbank"));
    let river = matches!(get(tags, "waterway"), Some("river" | "canal"));
    let rail = matches!(get(tags, "railway"), Some("rail"));
    let keys = ["name", "natural", "waterway", "railway"];
    (water || river || rail).then(|| (Layer::Barriers, pick_tags(tags, &keys), water))
}

/// A site drawn as a way: counted at its middle.
fn building(tags: &[(&str, &str)]) -> Option<TaggedLayer> {
    site(tags).map(|(layer, tags)| (layer, tags, true))
}

fn site(tags: &[(&str, &str)]) -> Option<(Layer, Map<String, Value>)> {
    let (layer, kind) = match (get(tags, "emergency"), get(tags, "amenity"), get(tags, "healthcare")) {
        (Some("ambulance_station"), ..) => (Layer::Stations, Some("station")),
        (Some("defibrillator"), ..) => (Layer::Aeds, None),
        (_, Some("hospital"), _) | (_, None, Some("hospital")) => (Layer::Facilities, Some("hospital")),
        (_, Some("clinic" | "doctors"), _) | (_, None, Some("clinic" | "doctor" | "centre")) => {
            (Layer::Facilities, Some("clinic"))
        }
        _ => return None,
    };
    let mut all =
        pick_tags(tags, &["name", "name:zh", "beds", "indoor", "operator", "amenity", "healthcare", "emergency"]);
    if let Some(kind) = kind {
        all.insert("kind".to_owned(), Value::from(kind));
    }
    if let Some(hours) = get(tags, "opening_hours") {
        all.insert("hours".to_owned(), Value::from(hours));
    }
    Some((layer, all))
}

/// The way's stretches between nodes that are not in the extract.
fn parts(refs: &[i64], place_of: &impl Fn(i64) -> Option<LonLat>) -> Vec<Vec<LonLat>> {
    let mut parts = vec![Vec::new()];
    for id in refs {
        match (place_of(*id), parts.last_mut()) {
            (Some(place), Some(last)) => last.push(place),
            _ => parts.push(Vec::new()),
        }
    }
    parts.retain(|p| p.len() > 1);
    parts
}

fn shape(way: &Way, mut parts: Vec<Vec<LonLat>>) -> Option<Geometry> {
    let first = parts.first()?;
    let closed = parts.len() == 1 && first.len() > 3 && first.first() == first.last();
    if way.layer != Layer::Roads && way.layer != Layer::Barriers {
        let n = (first.len() - usize::from(closed)).max(1);
        let sum = first.iter().take(n).fold((0.0, 0.0), |sum, p| (sum.0 + p.lon, sum.1 + p.lat));
        return Some(Geometry::Point(LonLat::new(sum.0 / n as f64, sum.1 / n as f64)));
    }
    Some(match (closed && way.area, parts.len()) {
        (true, _) => Geometry::Polygon(parts),
        (false, 1) => Geometry::LineString(parts.swap_remove(0)),
        _ => Geometry::MultiLineString(parts),
    })
}
