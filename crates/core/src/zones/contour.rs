//! From outlines to polygons.
//!
//! In: directed edges between ground of different labels. Out: one area a label, cut to the boundary. Neighbouring areas
//! share their vertices, and a line they share is thinned once for both, so nothing overlaps and no gap opens.

use super::label::{Edge, Label, Vertex};
use geo::bool_ops::FillRule;
use geo::{BooleanOps, Coord, LineString, MultiPolygon, Polygon, Simplify};
use rayon::prelude::*;

/// An edge as one label sees it: the label on its left.
#[derive(Clone, Copy)]
struct Side {
    from: u64,
    to: u64,
    at: Coord<f64>,
    other: Label,
}

/// A vertex as a number in the order of vertices: its kind in two bits, a corner in twenty-nine bits a coordinate, which way
/// or which bend in four. Lattices have at most 2^29 squares a side.
fn number(vertex: Vertex) -> u64 {
    let (kind, (x, y), which) = match vertex {
        Vertex::At(corner) => (0, corner, 0),
        Vertex::Between(corner, north) => (1, corner, u8::from(north)),
        Vertex::Middle(corner) => (2, corner, 0),
        Vertex::Inner(corner, bend) => (3, corner, bend),
    };
    (kind << 62) | (u64::from(x.unsigned_abs()) << 33) | (u64::from(y.unsigned_abs()) << 4) | u64::from(which)
}

/// The area of one label inside the boundary. Lines are thinned where that moves them by at most `tolerance_m`.
pub fn area(edges: &[Edge], label: Label, boundary: &MultiPolygon<f64>, tolerance_m: f64) -> MultiPolygon<f64> {
    let mut sides: Vec<Side> = edges
        .iter()
        .filter_map(|e| {
            if e.left == label {
                Some(Side { from: number(e.from.0), at: e.from.1, to: number(e.to.0), other: e.right })
            } else if e.right == label {
                Some(Side { from: number(e.to.0), at: e.to.1, to: number(e.from.0), other: e.left })
            } else {
                None
            }
        })
        .collect();
    if sides.is_empty() {
        return MultiPolygon::new(Vec::new());
    }
    sides.par_sort_unstable_by_key(|s| (s.from, s.to));
    let rings: Vec<Vec<u32>> = chain(&sides);
    let polygons: Vec<Polygon<f64>> = rings
        .par_iter()
        .map(|ring| Polygon::new(LineString::new(thinned(&sides, ring, tolerance_m)), Vec::new()))
        .filter(|polygon| polygon.exterior().0.len() > 3)
        .collect();
    MultiPolygon::new(polygons).intersection_with_fill_rule(boundary, FillRule::EvenOdd)
}

/// For each side the first one that leaves where it ends; sides are sorted by where they leave.
fn followers(sides: &[Side]) -> Vec<u32> {
    let mut ends: Vec<(u64, u32)> = sides.par_iter().enumerate().map(|(i, side)| (side.to, i as u32)).collect();
    ends.par_sort_unstable();
    let mut first = vec![0_u32; sides.len()];
    let mut next = 0;
    for (end, side) in ends {
        while next < sides.len() && sides[next].from < end {
            next += 1;
        }
        first[side as usize] = next as u32;
    }
    first
}

/// Rings of sides; every vertex has as many sides in as out.
fn chain(sides: &[Side]) -> Vec<Vec<u32>> {
    let first = followers(sides);
    let mut used = vec![false; sides.len()];
    let mut rings = Vec::new();
    for start in 0..sides.len() {
        if used[start] {
            continue;
        }
        let mut ring = Vec::new();
        let mut current = start;
        loop {
            used[current] = true;
            ring.push(current as u32);
            let end = sides[current].to;
            if end == sides[start].from {
                break;
            }
            let first = first[current] as usize;
            let next = (first..sides.len()).take_while(|i| sides[*i].from == end).find(|i| !used[*i]);
            match next {
                Some(next) => current = next,
                None => break,
            }
        }
        rings.push(ring);
    }
    rings
}

/// The ring's places, thinned arc by arc: an arc is a run with the same ground on its other side, so that both areas
/// beside it thin the same line.
fn thinned(sides: &[Side], ring: &[u32], tolerance_m: f64) -> Vec<Coord<f64>> {
    let side = |i: usize| &sides[ring[i % ring.len()] as usize];
    let n = ring.len();
    // Start where the other side changes; a ring with one neighbour only starts at its least vertex.
    let changes: Vec<usize> = (0..n).filter(|i| side(*i).other != side(i + n - 1).other).collect();
    let first = changes.first().copied().unwrap_or_else(|| (0..n).min_by_key(|i| side(*i).from).unwrap_or(0));
    let mut places: Vec<Coord<f64>> = Vec::with_capacity(n / 2);
    let mut i = 0;
    while i < n {
        let other = side(first + i).other;
        let mut j = i + 1;
        while j < n && side(first + j).other == other {
            j += 1;
        }
        let line: Vec<Coord<f64>> = (i..=j).map(|k| side(first + k).at).collect();
        // Along the rim only what is exactly straight is thinned: the boundary lies just inside it.
        let tolerance = if other == Label::Outside { 1e-6 } else { tolerance_m };
        let thin = LineString::new(line).simplify(tolerance).into_inner();
        places.extend(thin.iter().take(thin.len().saturating_sub(1)));
        i = j;
    }
    if let Some(first) = places.first().copied() {
        places.push(first);
    }
    places
}
