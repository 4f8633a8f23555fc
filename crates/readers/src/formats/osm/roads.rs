//! Roads, and the points on them.
//!
//! In: an [`Extract`]. Out: features of the layers roads and road barriers. What may be driven is for the readers of these
//! layers to say: everything with a class is kept, with the tags they need (roads.md sections 1 to 5 and 9).

use super::Found;
use super::elements::Extract;
use super::nodes::Nodes;
use super::tags::PropertyNames;
use crate::geometry::Geometry;
use crate::properties::Property;
use lifering_base::frame::LonLat;

/// The roads, and how many of them have nodes outside the extract.
pub fn roads(extract: &Extract) -> (Vec<Found>, usize) {
    let mut names = PropertyNames::default();
    let (mut found, mut cut) = (Vec::new(), 0);
    for way in extract.roads() {
        let mut parts = stretches(&way.nodes, &extract.nodes);
        cut += usize::from(parts.iter().map(Vec::len).sum::<usize>() != way.nodes.len());
        let geometry = match parts.len() {
            0 => continue,
            1 => Geometry::LineString(parts.swap_remove(0)),
            _ => Geometry::MultiLineString(parts),
        };
        let id = vec![("id", Property::Text(way.id.to_string().into()))];
        let properties = names.properties(id, way.tags.iter());
        found.push(Found { id: way.id, geometry: Some(geometry), properties });
    }
    (found, cut)
}

/// Ids of the nodes of roads, in order, each once.
pub fn nodes_of_roads(extract: &Extract) -> Vec<i64> {
    let mut all: Vec<i64> = extract.roads().flat_map(|way| &way.nodes).copied().collect();
    all.sort_unstable();
    all.dedup();
    all
}

/// Barriers and traffic signals that are nodes of roads.
pub fn road_points(extract: &Extract, of_roads: &[i64]) -> Vec<Found> {
    let mut names = PropertyNames::default();
    let on_roads = extract.road_points.iter().filter(|node| of_roads.binary_search(&node.id).is_ok());
    on_roads
        .filter_map(|node| {
            let place = extract.nodes.place(node.id)?;
            let id = vec![("id", Property::Text(node.id.to_string().into()))];
            let properties = names.properties(id, node.tags.iter());
            Some(Found { id: node.id, geometry: Some(Geometry::Point(place)), properties })
        })
        .collect()
}

/// The stretches of a way between nodes that the extract does not have, each of at least two nodes.
pub fn stretches(of: &[i64], nodes: &Nodes) -> Vec<Vec<LonLat>> {
    let mut parts = vec![Vec::new()];
    for id in of {
        match (nodes.place(*id), parts.last_mut()) {
            (Some(place), Some(last)) => last.push(place),
            _ => parts.push(Vec::new()),
        }
    }
    parts.retain(|part| part.len() > 1);
    parts
}
