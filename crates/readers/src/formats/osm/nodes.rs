//! Where the nodes of an extract lie.
//!
//! In: ids and coordinates in the format's own whole numbers. Out: places. A vertex of a road is a node, not a place (roads.md
//! section 10): two nodes of roads at one place, a viaduct over a street, are set a centimetre apart, so that whoever joins
//! lines by their coordinates does not join these.

use lifering_base::frame::LonLat;
use rayon::prelude::*;
use rustc_hash::FxHashSet;

/// Units of the coordinates in one degree.
const UNITS_PER_DEGREE: f64 = 1e7;

/// Coordinates in the format's own units, 1e-7 degrees.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position {
    /// Latitude.
    pub lat: i32,
    /// Longitude.
    pub lon: i32,
}

impl Position {
    fn place(self) -> LonLat {
        LonLat::new(f64::from(self.lon) / UNITS_PER_DEGREE, f64::from(self.lat) / UNITS_PER_DEGREE)
    }
}

/// A node that was set apart from another one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SetApart {
    /// The node.
    pub node: i64,
    /// The node at whose coordinates it was.
    pub from: i64,
    /// Units of 1e-7 degrees that it was moved north.
    pub units: i32,
}

/// Ids and positions, in the order of ids.
#[derive(Debug, Default)]
pub struct Nodes(Vec<(i64, Position)>);

impl Nodes {
    /// Nodes in any order; of two with one id, one is kept.
    pub fn new(mut all: Vec<(i64, Position)>) -> Self {
        all.par_sort_unstable();
        all.dedup_by_key(|(id, _)| *id);
        Self(all)
    }

    fn find(&self, id: i64) -> Option<usize> {
        self.0.binary_search_by_key(&id, |(id, _)| *id).ok()
    }

    /// Where a node lies; `None` if the extract does not have it.
    pub fn place(&self, id: i64) -> Option<LonLat> {
        self.find(id).map(|at| self.0[at].1.place())
    }

    /// Sets nodes of roads apart that lie at one place: the second and later ones, by id, are moved north by 1e-7 degrees,
    /// or further until no other node of a road is there. `of_roads` holds each id once.
    pub fn set_apart(&mut self, of_roads: &[i64]) -> Vec<SetApart> {
        let mut taken: Vec<(Position, usize)> =
            of_roads.par_iter().filter_map(|id| self.find(*id)).map(|at| (self.0[at].1, at)).collect();
        taken.par_sort_unstable();
        let mut moved_to = FxHashSet::default();
        let mut moved = Vec::new();
        for same in taken.chunk_by(|a, b| a.0 == b.0) {
            let from = self.0[same[0].1].0;
            for (position, at) in &same[1..] {
                let free = (1..).find_map(|units| {
                    let lat = position.lat.checked_add(units)?;
                    let there = Position { lat, ..*position };
                    let used = taken.binary_search_by_key(&there, |(position, _)| *position).is_ok();
                    (!used && moved_to.insert(there)).then_some((there, units))
                });
                let Some((there, units)) = free else { continue };
                self.0[*at].1 = there;
                moved.push(SetApart { node: self.0[*at].0, from, units });
            }
        }
        moved.sort_unstable_by_key(|one| one.node);
        moved
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nodes_of_roads_at_one_place_are_set_apart_by_id() {
        let at = |lat| Position { lat, lon: 7 };
        // 4 and 9 and 12 lie on each other, 5 just north of them, 20 there too but on no road; 6 and 7 lie where 9 could go.
        let mut nodes =
            Nodes::new(vec![(9, at(0)), (4, at(0)), (12, at(0)), (5, at(1)), (20, at(2)), (6, at(3)), (7, at(3))]);
        let moved = nodes.set_apart(&[4, 5, 6, 7, 9, 12]);
        let of = |node, from, units| SetApart { node, from, units };
        assert_eq!(moved, [of(7, 6, 2), of(9, 4, 2), of(12, 4, 4)]);
        assert_eq!(nodes.place(4), Some(LonLat::new(7e-7, 0.0)));
        assert_eq!(nodes.place(9), Some(LonLat::new(7e-7, 2e-7)));
        assert_eq!(nodes.place(20), Some(LonLat::new(7e-7, 2e-7)), "a node of no road is left where it is");
        assert_eq!(nodes.place(21), None);
    }
}
