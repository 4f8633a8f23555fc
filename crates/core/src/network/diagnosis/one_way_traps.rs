//! Junctions that one-way streets cut off in one direction.
//!
//! In: a network. Out: [`OneWayTraps`].

use super::super::RoadNetwork;
use super::super::main_part::strong_components;
use super::EXAMPLES;
use super::components::Components;
use lifering_base::frame::LonLat;

/// Junctions outside the main strongly connected component.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct OneWayTraps {
    /// Number of junctions in the main component's connected part that are not both reachable from it and able to
    /// reach it.
    pub junctions: usize,
    /// Length of the links that touch them, metres.
    pub length_m: f64,
    /// The first of them, at most three.
    pub examples: Vec<LonLat>,
}

/// Finds the junctions that one-way streets cut off in one direction.
pub(super) fn one_way_traps(network: &RoadNetwork, components: &Components<'_>) -> OneWayTraps {
    let part_of = strong_components(network);
    let Some(main) = most_junctions(&part_of) else { return OneWayTraps::default() };
    let trapped = |node: u32| part_of[node as usize] != main && components.connected(node, main);
    let junctions = (0..network.junction_count as u32).filter(|node| trapped(*node)).count();
    let mut out = OneWayTraps { junctions, ..OneWayTraps::default() };
    if out.junctions == 0 {
        return out;
    }
    for link in &network.links {
        let ends = [(link.from, link.first), (link.to, link.last)];
        if ends.iter().any(|(node, _)| trapped(*node)) {
            out.length_m += network.link_m(link);
        }
        for (_, point) in ends.iter().filter(|(node, _)| trapped(*node)) {
            let place = network.lon_lat(*point);
            if out.examples.len() < EXAMPLES && !out.examples.contains(&place) {
                out.examples.push(place);
            }
        }
    }
    out
}

/// The component with most junctions, by its smallest junction; of equal ones the first.
fn most_junctions(part_of: &[u32]) -> Option<u32> {
    let mut sizes = vec![0_usize; part_of.len()];
    for part in part_of {
        sizes[*part as usize] += 1;
    }
    (0..part_of.len() as u32).max_by_key(|part| (sizes[*part as usize], std::cmp::Reverse(*part)))
}
