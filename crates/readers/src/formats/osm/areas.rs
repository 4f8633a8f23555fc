//! Water and railways, and what relations draw.
//!
//! In: an [`Extract`]. Out: features of the layer barriers. Water whose outline does not close is kept as lines: its shore is
//! as hard to cross.

use super::Found;
use super::elements::{Extract, Relation};
use super::outline::{Outline, OutlineWay};
use super::roads::stretches;
use super::tags::{self, PropertyNames, Theme};
use crate::geometry::Geometry;
use lifering_base::error::Place;
use lifering_base::issue::{IssueCode, Issues};
use lifering_base::message;
use rustc_hash::FxHashSet;

/// What the members of a relation draw, and the number of its ways that the extract does not have.
pub fn outline(extract: &Extract, relation: &Relation) -> (Outline, usize) {
    let members = relation.ways();
    let ways: Vec<OutlineWay<'_>> = members
        .iter()
        .filter_map(|(id, role)| Some(OutlineWay { inner: *role == "inner", nodes: extract.outlines.get(id)? }))
        .collect();
    (Outline::of(&ways, &extract.nodes), members.len() - ways.len())
}

/// The place of a relation, for messages.
pub fn place(file: &str, relation: &Relation) -> Place {
    let name = relation.tags.first(&["name", "name:zh"]).map(|name| format!("{} {name}", relation.id));
    Place { id: Some(name.unwrap_or_else(|| relation.id.to_string())), ..Place::file(file).field("relation") }
}

/// Notes the gaps of an outline that were closed.
pub fn note_closed(outline: &Outline, place: &Place, issues: &mut Issues) {
    for gap_m in &outline.closed_gaps_m {
        let found = message!("message.ring_gap", n = format!("{gap_m:.1}"));
        issues.note(IssueCode::RingChanged, place, found, message!("message.closed"));
    }
}

/// Water and railways, and the number of them that are cut by the edge of the extract.
pub fn obstacles(extract: &Extract, file: &str, issues: &mut Issues) -> (Vec<Found>, usize) {
    let mut names = PropertyNames::default();
    let mut found = Vec::new();
    let mut cut = 0;
    let relations = extract.relations.iter().filter(|relation| relation.theme == Theme::Obstacle);
    let mut drawn = FxHashSet::default();
    for relation in relations {
        let (outline, missing) = outline(extract, relation);
        note_closed(&outline, &place(file, relation), issues);
        cut += usize::from(missing > 0 || !outline.open.is_empty());
        // Older relations stand on ways that are tagged as they are: without its islands it would be another water.
        drawn.extend(relation.ways().into_iter().filter(|(_, role)| *role != "inner").map(|(id, _)| id));
        let area = outline.geometry();
        let lines = Some(outline.open).filter(|open| !open.is_empty()).map(Geometry::MultiLineString);
        for geometry in area.into_iter().chain(lines) {
            let properties = names.properties(Vec::new(), relation.tags.iter());
            found.push(Found { id: relation.id, geometry: Some(geometry), properties });
        }
    }
    for way in extract.ways.iter().filter(|way| way.theme == Theme::Obstacle && !drawn.contains(&way.id)) {
        let mut parts = stretches(&way.nodes, &extract.nodes);
        cut += usize::from(parts.iter().map(Vec::len).sum::<usize>() != way.nodes.len());
        let closed = parts.len() == 1 && parts[0].len() > 3 && parts[0].first() == parts[0].last();
        let geometry = match parts.len() {
            0 => continue,
            1 if closed && tags::covers_ground(&way.tags) => Geometry::Polygon(parts),
            1 => Geometry::LineString(parts.swap_remove(0)),
            _ => Geometry::MultiLineString(parts),
        };
        let properties = names.properties(Vec::new(), way.tags.iter());
        found.push(Found { id: way.id, geometry: Some(geometry), properties });
    }
    (found, cut)
}
