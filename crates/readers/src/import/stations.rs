//! Which points are the region's ambulance stations.
//!
//! In: the layers that were found. Out: the same, with facilities that stand for stations where that was asked for, and with
//! the stations of the map that lie outside the boundary as neighbours.

use super::Sources;
use crate::areas;
use crate::feature::RawFeature;
use crate::geometry::Geometry;
use crate::properties::Property;
use geo::{Intersects, MultiPolygon, Point};
use lifering_base::error::{InputError, Place};
use lifering_base::issue::{IssueCode, Issues};
use lifering_base::message;
use lifering_base::records::Layer;

/// Makes stations of the facilities of these kinds, by name and id alone. Returns their number.
pub(super) fn stand_in(sources: &mut Sources, kinds: &[String]) -> Result<usize, InputError> {
    if kinds.is_empty() {
        return Ok(0);
    }
    let key = Layer::Stations.key();
    if let Some((file, _)) = sources.found.get(&Layer::Stations) {
        let found = message!("message.stations_given", file = file);
        return Err(InputError::wrong(Place::file(file).field(key), found, message!("message.one_source")));
    }
    let of_kind = |feature: &&RawFeature| {
        let kind = feature.properties.get("kind").and_then(Property::as_str);
        kind.is_some_and(|kind| kinds.iter().any(|wanted| wanted == kind))
    };
    let facilities = sources.found.get(&Layer::Facilities);
    let chosen = facilities.into_iter().flat_map(|(_, features)| features).filter(of_kind);
    let stations: Vec<RawFeature> = chosen.enumerate().map(|(index, facility)| station(index, facility)).collect();
    let file = facilities.map_or_else(|| Layer::Facilities.key().to_owned(), |(file, _)| file.clone());
    if stations.is_empty() {
        let found = message!("message.no_stand_ins", kinds = kinds.join(", "));
        return Err(InputError::wrong(Place::file(&file).field("kind"), found, message!("message.stand_ins_wanted")));
    }
    let n = stations.len();
    sources.found.insert(Layer::Stations, (file, stations));
    Ok(n)
}

/// A facility as a station; `stands_for` says what it is.
fn station(index: usize, facility: &RawFeature) -> RawFeature {
    let text = |value: &str| Property::Text(value.into());
    let name = facility.properties.get("name").cloned().map(|name| ("name", name));
    let kind = facility.properties.get("kind").cloned().map(|kind| ("stands_for", kind));
    let all = name.into_iter().chain([("kind", text("station"))]).chain(kind);
    RawFeature {
        index,
        id: facility.id.clone(),
        geometry: facility.geometry.clone(),
        properties: all.map(|(key, value)| (key.into(), value)).collect(),
    }
}

/// Moves stations from the extract that lie outside the boundary to the neighbours: a verdict counts a region's own.
pub(super) fn set_neighbours_apart(sources: &mut Sources) -> Result<(), InputError> {
    let Some(extract) = sources.extract.clone() else { return Ok(()) };
    let Some(area) = boundary(sources)? else { return Ok(()) };
    if sources.found.contains_key(&Layer::Neighbours) {
        return Ok(());
    }
    let Some((file, stations)) = sources.found.get_mut(&Layer::Stations).filter(|(file, _)| *file == extract) else {
        return Ok(());
    };
    let inside = |station: &RawFeature| {
        let place = station.geometry.as_ref().and_then(Geometry::point);
        place.is_none_or(|place| area.intersects(&Point::new(place.lon, place.lat)))
    };
    let (own, others): (Vec<RawFeature>, Vec<RawFeature>) = std::mem::take(stations).into_iter().partition(inside);
    let (file, none_left) = (file.clone(), own.is_empty());
    *stations = own;
    if none_left {
        sources.found.remove(&Layer::Stations);
    }
    if others.is_empty() {
        return Ok(());
    }
    let mut issues = Issues::default();
    let found = message!("message.stations_outside", n = others.len());
    let place = Place::file(&file).field(Layer::Stations.key());
    issues.note(IssueCode::OutsideBoundary, &place, found, message!("message.are_neighbours"));
    if let Some(read) = sources.read.iter_mut().find(|read| read.file == file) {
        read.issues.append(issues);
    }
    sources.found.insert(Layer::Neighbours, (file, others));
    Ok(())
}

/// The boundary; `None` if there is none. Its issues are those of whoever reads the layer.
fn boundary(sources: &Sources) -> Result<Option<MultiPolygon<f64>>, InputError> {
    let Some((file, features)) = sources.found.get(&Layer::Boundary) else { return Ok(None) };
    let mut all = Vec::new();
    for geometry in features.iter().filter_map(|feature| feature.geometry.as_ref()) {
        all.extend(areas::area(geometry, &Place::file(file), &mut Issues::default())?);
    }
    Ok((!all.is_empty()).then(|| all.into_iter().flatten().collect()))
}
