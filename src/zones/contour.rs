//! From decided and undecided squares to polygons.
//!
//! In: one answered aspect. Out: the area where the answer is no, as polygons. Undecided squares are cut by interpolation
//! between their corners; everything else follows the sides of squares. The outline is closed before it is cut to the
//! boundary, so no holes vanish and no slivers open between squares.

use super::subdivide::{Answered, Aspect, Cell, OpenCell, Status, Subdivision};
use crate::travel::{Barriers, TravelField};
use geo::bool_ops::FillRule;
use geo::{BooleanOps, Coord, LineString, MultiPolygon, Polygon};
use rayon::prelude::*;

/// A corner of the finest lattice.
type Corner = (i32, i32);

/// A vertex of the outline: a corner, or where the value crosses zero between a corner and its neighbour to the east
/// (`false`) or north (`true`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Vertex {
    At(Corner),
    Between(Corner, bool),
}

/// Crossings stay this far from the corners, as a share of the side, so that no two vertices coincide.
const KEEP_OFF: f64 = 0.01;

/// The area inside the boundary where the answer is no.
pub fn no_area(
    field: &TravelField<'_>,
    barriers: Option<&Barriers>,
    subdivision: &Subdivision,
    answered: &Answered,
    boundary: &MultiPolygon<f64>,
) -> MultiPolygon<f64> {
    let lattice = Lattice::new(field, barriers, subdivision, answered);
    let mut edges = Vec::new();
    for cell in &answered.open {
        lattice.cut(cell, &mut edges);
    }
    let mut outside: Vec<Cell> =
        answered.cells.iter().filter(|(_, status)| **status == Status::Outside).map(|(cell, _)| *cell).collect();
    outside.par_sort_unstable();
    // What lies around the outermost square is outside, too.
    let around = [(0, -1, 0), (0, 1, 0), (0, 0, -1), (0, 0, 1)];
    for cell in outside.into_iter().chain(around) {
        lattice.along(cell, &mut edges);
    }
    let rings = chain(edges);
    let polygons = rings
        .into_iter()
        .map(|ring| Polygon::new(LineString::new(ring.into_iter().map(|v| lattice.place(v)).collect()), Vec::new()))
        .collect();
    MultiPolygon::new(polygons).intersection_with_fill_rule(boundary, FillRule::EvenOdd)
}

struct Lattice<'a> {
    answered: &'a Answered,
    origin: Coord<f64>,
    side_m: f64,
    /// Values at the corners of undecided squares; above zero is no.
    values: Vec<(Corner, f64)>,
}

impl<'a> Lattice<'a> {
    fn new(
        field: &TravelField<'_>,
        barriers: Option<&Barriers>,
        subdivision: &Subdivision,
        answered: &'a Answered,
    ) -> Self {
        let side_m = subdivision.side_of(answered.level);
        let place = |corner: Corner| {
            subdivision.origin + Coord { x: f64::from(corner.0) * side_m, y: f64::from(corner.1) * side_m }
        };
        let mut asked: Vec<(Corner, u32)> = answered
            .open
            .iter()
            .enumerate()
            .flat_map(|(i, open)| corners(open.cell).map(|corner| (corner, i as u32)))
            .collect();
        asked.par_sort_unstable();
        asked.dedup_by_key(|(corner, _)| *corner);
        // An infinite value would pull the crossing onto the other corner.
        let most = match answered.aspect {
            Aspect::Within(_) => 2.0 * side_m * field.settings.leg.ms_per_m,
            Aspect::Reached | Aspect::Road => 2.0 * side_m,
        };
        let values = asked
            .into_par_iter()
            .map(|(corner, open)| {
                let view = &answered.open[open as usize].view;
                let value = match answered.aspect {
                    Aspect::Within(limit) => view.g(field, barriers, place(corner), limit),
                    Aspect::Reached => view.excess_m(field, barriers, place(corner), true),
                    Aspect::Road => view.excess_m(field, barriers, place(corner), false),
                };
                (corner, value.clamp(-most, most))
            })
            .collect();
        Self { answered, origin: subdivision.origin, side_m, values }
    }

    fn value(&self, corner: Corner) -> f64 {
        self.values.binary_search_by_key(&corner, |(c, _)| *c).map_or(0.0, |i| self.values[i].1)
    }

    fn no(&self, corner: Corner) -> bool {
        self.value(corner) > 0.0
    }

    fn place(&self, vertex: Vertex) -> Coord<f64> {
        let at = |c: Corner| self.origin + Coord { x: f64::from(c.0) * self.side_m, y: f64::from(c.1) * self.side_m };
        match vertex {
            Vertex::At(corner) => at(corner),
            Vertex::Between(corner, north) => {
                let other = neighbour(corner, north);
                let (v0, v1) = (self.value(corner), self.value(other));
                let t = (v0 / (v0 - v1)).clamp(KEEP_OFF, 1.0 - KEEP_OFF);
                at(corner) + (at(other) - at(corner)) * t
            }
        }
    }

    /// The outline inside an undecided square, with the area of no on its left.
    fn cut(&self, open: &OpenCell, edges: &mut Vec<(Vertex, Vertex)>) {
        let corner = corners(open.cell);
        let no = corner.map(|c| self.no(c));
        // Sides counter-clockwise: leaving the area of no, and entering it.
        let side = |i: usize| between(corner[i], corner[(i + 1) % 4]);
        let leaves = |i: &usize| no[*i] && !no[(*i + 1) % 4];
        let enters = |i: &usize| !no[*i] && no[(*i + 1) % 4];
        for leaving in (0..4).filter(leaves) {
            // The next entry counter-clockwise joins two opposite corners of no across the square: when in doubt, not covered.
            if let Some(entering) = (1..4).map(|k| (leaving + k) % 4).find(enters) {
                edges.push((side(leaving), side(entering)));
            }
        }
    }

    /// The outline along the sides of a square outside the boundary: where its neighbour is no.
    fn along(&self, cell: Cell, edges: &mut Vec<(Vertex, Vertex)>) {
        let fine = 1_i32 << (self.answered.level - cell.0.min(self.answered.level));
        let (x0, y0) = (cell.1 * fine, cell.2 * fine);
        let (x1, y1) = (x0 + fine, y0 + fine);
        for k in 0..fine {
            // From, to (counter-clockwise around the neighbour), and the neighbour's own finest square.
            let sides = [
                ((x0 + k + 1, y0), (x0 + k, y0), (x0 + k, y0 - 1)),
                ((x0 + k, y1), (x0 + k + 1, y1), (x0 + k, y1)),
                ((x0, y0 + k), (x0, y0 + k + 1), (x0 - 1, y0 + k)),
                ((x1, y0 + k + 1), (x1, y0 + k), (x1, y0 + k)),
            ];
            for (from, to, neighbour) in sides {
                match self.status(neighbour) {
                    Some(Status::No) => edges.push((Vertex::At(from), Vertex::At(to))),
                    Some(Status::Open) => match (self.no(from), self.no(to)) {
                        (true, true) => edges.push((Vertex::At(from), Vertex::At(to))),
                        (true, false) => edges.push((Vertex::At(from), between(from, to))),
                        (false, true) => edges.push((between(from, to), Vertex::At(to))),
                        (false, false) => {}
                    },
                    Some(Status::Yes | Status::Outside) | None => {}
                }
            }
        }
    }

    /// What is known of a finest square, looked up through the levels.
    fn status(&self, fine: Corner) -> Option<Status> {
        (0..=self.answered.level).rev().find_map(|level| {
            let shift = self.answered.level - level;
            self.answered.cells.get(&(level, fine.0 >> shift, fine.1 >> shift)).copied()
        })
    }
}

fn corners(cell: Cell) -> [Corner; 4] {
    let (_, x, y) = cell;
    [(x, y), (x + 1, y), (x + 1, y + 1), (x, y + 1)]
}

fn neighbour(corner: Corner, north: bool) -> Corner {
    if north { (corner.0, corner.1 + 1) } else { (corner.0 + 1, corner.1) }
}

/// The crossing between two neighbouring corners.
fn between(a: Corner, b: Corner) -> Vertex {
    let (low, high) = if a < b { (a, b) } else { (b, a) };
    Vertex::Between(low, low.0 == high.0)
}

/// Rings of directed edges; every vertex has as many edges in as out.
fn chain(mut edges: Vec<(Vertex, Vertex)>) -> Vec<Vec<Vertex>> {
    edges.par_sort_unstable();
    let mut used = vec![false; edges.len()];
    let mut rings = Vec::new();
    for start in 0..edges.len() {
        if used[start] {
            continue;
        }
        let mut ring = vec![edges[start].0];
        let mut current = start;
        loop {
            used[current] = true;
            let end = edges[current].1;
            if end == ring[0] {
                break;
            }
            ring.push(end);
            let first = edges.partition_point(|e| e.0 < end);
            let next = (first..edges.len()).take_while(|i| edges[*i].0 == end).find(|i| !used[*i]);
            match next {
                Some(next) => current = next,
                None => break,
            }
        }
        if ring.len() > 2 {
            rings.push(ring);
        }
    }
    rings
}
