//! The boundary of a region and the units in it, from administrative relations.
//!
//! In: a name or an id. Out: a feature of the layer boundary, and features of the layer units: the administrative areas inside
//! it on the next two levels (roads.md section 11).

use super::Found;
use super::areas;
use super::elements::{Extract, Relation};
use super::outline::{LARGEST_GAP_M, Outline};
use super::tags::{PropertyNames, Tags, Theme};
use crate::numbers::parse_number;
use crate::properties::Property;
use geo::coordinate_position::{CoordPos, CoordinatePosition};
use geo::{BoundingRect, Coord, InteriorPoint, Intersects, MultiPolygon};
use lifering_base::error::{InputError, Place, nearest};
use lifering_base::frame::LonLat;
use lifering_base::issue::{IssueCode, Issues};
use lifering_base::{Message, message};
use rayon::prelude::*;
use serde_json::Number;
use std::collections::BTreeSet;

/// Keys of a name, the one that is used first.
const NAMES: &[&str] = &["name", "name:zh", "name:en"];
/// Number of candidates that a refusal lists.
const LISTED: usize = 12;

/// The boundary and the units of a region.
#[derive(Debug)]
pub struct Administrative {
    /// Name of the area.
    pub name: String,
    /// The area.
    pub boundary: Found,
    /// The areas in it, by id.
    pub units: Vec<Found>,
}

/// Chooses the area of this name or id among the relations, and drops those that are neither it nor below it. Returns its
/// id.
pub fn choose(relations: &mut Vec<Relation>, wanted: &str, file: &str) -> Result<i64, InputError> {
    let all = || relations.iter().filter(|relation| relation.theme == Theme::Administrative);
    let number = wanted.trim().trim_start_matches("relation/").trim_start_matches(['r', 'R']).parse::<i64>().ok();
    let by_id = number.and_then(|id| all().find(|relation| relation.id == id));
    let lower = wanted.trim().to_lowercase();
    let is_called = |relation: &&Relation| {
        NAMES.iter().filter_map(|key| relation.tags.get(key)).any(|name| name.trim().to_lowercase() == lower)
    };
    let called: Vec<&Relation> = by_id.map_or_else(|| all().filter(is_called).collect(), |relation| vec![relation]);
    let at = || Place::file(file).field("boundary");
    let chosen = match &*called {
        [one] => one.id,
        [] => {
            let found = message!("message.no_such_boundary", name = wanted);
            let near = nearest(wanted, all().filter_map(|relation| relation.tags.first(NAMES)));
            let mut there: Vec<&Relation> = all().collect();
            there.sort_by_key(|relation| (relation.tags.first(NAMES) != near, level(&relation.tags), relation.id));
            let help = match &*there {
                [] => message!("message.no_boundaries"),
                there => message!("message.boundaries_there", all = list(there)),
            };
            return Err(InputError::wrong(at(), found, message!("message.boundary_wanted")).with_help(help));
        }
        several => {
            let found = message!("message.several_boundaries", n = several.len(), name = wanted);
            return Err(InputError::wrong(at(), found, message!("message.one_boundary"))
                .with_help(message!("message.boundaries_called", all = list(several))));
        }
    };
    let own_level = called.first().and_then(|relation| level(&relation.tags));
    relations.retain(|relation| {
        let below = || matches!((own_level, level(&relation.tags)), (Some(own), Some(other)) if other > own);
        relation.theme != Theme::Administrative || relation.id == chosen || below()
    });
    Ok(chosen)
}

/// Id, name and level of at most [`LISTED`] areas.
fn list(all: &[&Relation]) -> String {
    let one = |relation: &&Relation| {
        let name = relation.tags.first(NAMES).unwrap_or("-");
        let level = relation.tags.get("admin_level").unwrap_or("-");
        format!("{} {name} ({level})", relation.id)
    };
    let mut listed: Vec<String> = all.iter().take(LISTED).map(one).collect();
    if all.len() > LISTED {
        listed.push("...".to_owned());
    }
    listed.join(", ")
}

fn level(tags: &Tags) -> Option<u8> {
    tags.get("admin_level")?.trim().parse().ok()
}

/// The boundary of this id and the units in it. A boundary that does not close is refused; a unit that does not is left out,
/// and noted.
pub fn read(extract: &Extract, id: i64, file: &str, issues: &mut Issues) -> Result<Administrative, InputError> {
    let of_theme = || extract.relations.iter().filter(|relation| relation.theme == Theme::Administrative);
    let own = of_theme().find(|relation| relation.id == id);
    let no_such =
        || InputError::wrong(Place::file(file).field("boundary"), id.to_string(), message!("message.boundary_wanted"));
    let own = own.ok_or_else(no_such)?;
    let (outline, missing) = areas::outline(extract, own);
    let at = areas::place(file, own);
    refuse_open(&outline, missing, own.ways().len(), &at)?;
    areas::note_closed(&outline, &at, issues);
    let area = outline.area();
    let below: Vec<&Relation> = of_theme().filter(|relation| relation.id != id).collect();
    let drawn: Vec<(&Relation, Outline, usize)> = below
        .into_par_iter()
        .map(|relation| {
            let (outline, missing) = areas::outline(extract, relation);
            (relation, outline, missing)
        })
        .collect();
    let inside: Vec<(&Relation, Outline, usize)> =
        drawn.into_iter().filter(|(_, outline, _)| lies_in(outline, &area)).collect();
    let whole = |(_, outline, _): &&(&Relation, Outline, usize)| outline.is_whole();
    let all_levels: BTreeSet<u8> = inside.iter().filter(whole).filter_map(|(unit, ..)| level(&unit.tags)).collect();
    let levels: Vec<u8> = all_levels.into_iter().take(2).collect();
    let mut names = PropertyNames::default();
    let mut units = Vec::new();
    for (unit, outline, missing) in inside {
        let Some(admin_level) = level(&unit.tags).filter(|level| levels.contains(level)) else { continue };
        let at = areas::place(file, unit);
        if !outline.is_whole() {
            let found = open_message(&outline, missing, unit.ways().len());
            issues.note(IssueCode::PartNotUsed, &at, found, message!("message.unit_left_out", n = LARGEST_GAP_M));
            continue;
        }
        areas::note_closed(&outline, &at, issues);
        let population = population(&unit.tags, &at, issues);
        let word = level_word(admin_level, &levels);
        units.push(feature(unit, &outline, Some(&word), population, &mut names));
    }
    let name = own.tags.first(NAMES).map_or_else(|| id.to_string(), str::to_owned);
    Ok(Administrative { name, boundary: feature(own, &outline, None, None, &mut names), units })
}

fn refuse_open(outline: &Outline, missing: usize, of: usize, at: &Place) -> Result<(), InputError> {
    if outline.is_whole() {
        return Ok(());
    }
    let wanted = message!("message.ring_wanted", n = LARGEST_GAP_M);
    Err(InputError::wrong(at.clone(), open_message(outline, missing, of), wanted)
        .with_help(message!("message.larger_extract")))
}

/// Why an outline does not close.
fn open_message(outline: &Outline, missing: usize, of: usize) -> Message {
    match outline.remaining_gap() {
        Some((gap_m, at)) if missing == 0 => message!(
            "message.ring_open",
            n = format!("{gap_m:.0}"),
            lon = format!("{:.5}", at.lon),
            lat = format!("{:.5}", at.lat)
        ),
        _ if missing > 0 => message!("message.ring_ways_missing", n = missing, of = of),
        _ => message!("message.no_outline"),
    }
}

/// Whether a whole outline has its inner point in the area, or most of an open one lies in it, not on its edge.
fn lies_in(outline: &Outline, area: &MultiPolygon<f64>) -> bool {
    if outline.is_whole() {
        let own = outline.area();
        let near = matches!((own.bounding_rect(), area.bounding_rect()), (Some(a), Some(b)) if a.intersects(&b));
        return near && own.interior_point().is_some_and(|point| area.intersects(&point));
    }
    let places: Vec<LonLat> =
        outline.open.iter().flatten().chain(outline.polygons.iter().flatten().flatten()).copied().collect();
    let within = |p: &&LonLat| area.coordinate_position(&Coord { x: p.lon, y: p.lat }) == CoordPos::Inside;
    2 * places.iter().filter(within).count() > places.len()
}

/// lifering's word for a level. OpenStreetMap numbers them by country; these are those of China, where 6 is a district or county,
/// 8 a town and 10 a village. Where the two levels of a region would have one word, the upper one has the next higher.
fn level_word(admin_level: u8, levels: &[u8]) -> String {
    let rank = |level: u8| match level {
        0..=5 => 0,
        6 => 1,
        7 | 8 => 2,
        _ => 3,
    };
    let own = rank(admin_level);
    let shared = levels.len() == 2 && levels[0] == admin_level && rank(levels[1]) == own;
    match own - usize::from(shared && own > 0) {
        0 => format!("admin_level_{admin_level}"),
        1 => "district".to_owned(),
        2 => "town".to_owned(),
        _ => "village".to_owned(),
    }
}

/// The population that a unit states; one that is no number is noted.
fn population(tags: &Tags, at: &Place, issues: &mut Issues) -> Option<f64> {
    let text = tags.get("population")?;
    let people = parse_number(text).filter(|people| *people >= 0.0);
    if people.is_none() {
        let at = at.clone().field("population");
        issues.note(IssueCode::NotUnderstood, &at, format!("\"{text}\""), message!("message.number_absent"));
    }
    people
}

fn feature(
    relation: &Relation,
    outline: &Outline,
    level: Option<&str>,
    people: Option<f64>,
    names: &mut PropertyNames,
) -> Found {
    let text = |key, value: &str| (key, Property::Text(value.into()));
    let mut properties = vec![text("id", &relation.id.to_string())];
    properties.extend(relation.tags.first(NAMES).map(|name| text("name", name)));
    properties.extend(level.map(|level| text("level", level)));
    properties.extend(people.and_then(Number::from_f64).map(|people| ("population", Property::Number(people))));
    let level = relation.tags.get("admin_level").map(|level| ("admin_level", level));
    let properties = names.properties(properties, level.into_iter());
    Found { id: relation.id, geometry: outline.geometry(), properties }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_have_the_words_of_china_and_two_of_one_region_never_the_same() {
        let words = |levels: &[u8]| levels.iter().map(|level| level_word(*level, levels)).collect::<Vec<_>>();
        assert_eq!(words(&[6, 8]), ["district", "town"]);
        assert_eq!(words(&[8, 10]), ["town", "village"]);
        assert_eq!(words(&[9, 10]), ["town", "village"]);
        assert_eq!(words(&[7, 8]), ["district", "town"]);
        assert_eq!(words(&[4, 5]), ["admin_level_4", "admin_level_5"]);
        assert_eq!(words(&[10]), ["village"]);
    }
}
