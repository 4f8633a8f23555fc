//! Outlines to polygons.
//!
//! In: directed edges between ground of different classes. Out: the area of one class, clipped to the boundary.
//! Neighbouring areas share their vertices, and a line between them is simplified once for both, so that nothing
//! overlaps and no gap opens.

use super::quadtree::{CoverageClass, Edge, Vertex};
use geo::bool_ops::FillRule;
use geo::{BooleanOps, Coord, LineString, MultiPolygon, Polygon, Simplify};
use rayon::prelude::*;

/// An edge of the outline with the class on its left.
#[derive(Clone, Copy)]
struct HalfEdge {
    from: u64,
    to: u64,
    at: Coord<f64>,
    other: CoverageClass,
}

/// A vertex as an integer in the order of vertices: kind in two bits, corner in 29 bits for each coordinate, side or
/// bend in four. Lattices have at most 2^29 cells a side.
fn vertex_key(vertex: Vertex) -> u64 {
    let (kind, (x, y), which) = match vertex {
        Vertex::At(corner) => (0, corner, 0),
        Vertex::Between(corner, north) => (1, corner, u8::from(north)),
        Vertex::Middle(corner) => (2, corner, 0),
        Vertex::Inner(corner, bend) => (3, corner, bend),
    };
    (kind << 62) | (u64::from(x.unsigned_abs()) << 33) | (u64::from(y.unsigned_abs()) << 4) | u64::from(which)
}

/// The area of one class inside the boundary. Lines are simplified if that moves them by at most `tolerance_m`
/// (Douglas and Peucker 1973).
pub fn area(edges: &[Edge], class: CoverageClass, boundary: &MultiPolygon<f64>, tolerance_m: f64) -> MultiPolygon<f64> {
    let mut half_edges: Vec<HalfEdge> = edges
        .iter()
        .filter_map(|e| {
            if e.left == class {
                Some(HalfEdge { from: vertex_key(e.from.0), at: e.from.1, to: vertex_key(e.to.0), other: e.right })
            } else if e.right == class {
                Some(HalfEdge { from: vertex_key(e.to.0), at: e.to.1, to: vertex_key(e.from.0), other: e.left })
            } else {
                None
            }
        })
        .collect();
    if half_edges.is_empty() {
        return MultiPolygon::new(Vec::new());
    }
    half_edges.par_sort_unstable_by_key(|s| (s.from, s.to));
    let rings: Vec<Vec<u32>> = trace_rings(&half_edges);
    let polygons: Vec<Polygon<f64>> = rings
        .par_iter()
        .map(|ring| Polygon::new(LineString::new(simplified(&half_edges, ring, tolerance_m)), Vec::new()))
        .filter(|polygon| polygon.exterior().0.len() > 3)
        .collect();
    MultiPolygon::new(polygons).intersection_with_fill_rule(boundary, FillRule::EvenOdd)
}

/// Indexed by half-edge: the first one that starts where it ends. Half-edges are sorted by their start.
fn successors(half_edges: &[HalfEdge]) -> Vec<u32> {
    let mut ends: Vec<(u64, u32)> =
        half_edges.par_iter().enumerate().map(|(i, half_edge)| (half_edge.to, i as u32)).collect();
    ends.par_sort_unstable();
    let mut first = vec![0_u32; half_edges.len()];
    let mut next = 0;
    for (end, half_edge) in ends {
        while next < half_edges.len() && half_edges[next].from < end {
            next += 1;
        }
        first[half_edge as usize] = next as u32;
    }
    first
}

/// Rings of half-edges; every vertex has equal in-degree and out-degree.
fn trace_rings(half_edges: &[HalfEdge]) -> Vec<Vec<u32>> {
    let first = successors(half_edges);
    let mut used = vec![false; half_edges.len()];
    let mut rings = Vec::new();
    for start in 0..half_edges.len() {
        if used[start] {
            continue;
        }
        let mut ring = Vec::new();
        let mut current = start;
        loop {
            used[current] = true;
            ring.push(current as u32);
            let end = half_edges[current].to;
            if end == half_edges[start].from {
                break;
            }
            let first = first[current] as usize;
            let next = (first..half_edges.len()).take_while(|i| half_edges[*i].from == end).find(|i| !used[*i]);
            match next {
                Some(next) => current = next,
                None => break,
            }
        }
        rings.push(ring);
    }
    rings
}

/// The places of a ring, simplified arc by arc. An arc is a run with one class on its other side, so that both areas
/// beside it simplify the same line.
fn simplified(half_edges: &[HalfEdge], ring: &[u32], tolerance_m: f64) -> Vec<Coord<f64>> {
    let half_edge = |i: usize| &half_edges[ring[i % ring.len()] as usize];
    let n = ring.len();
    // Start where the other side changes; a ring with a single neighbour starts at its least vertex.
    let changes: Vec<usize> = (0..n).filter(|i| half_edge(*i).other != half_edge(i + n - 1).other).collect();
    let first = changes.first().copied().unwrap_or_else(|| (0..n).min_by_key(|i| half_edge(*i).from).unwrap_or(0));
    let mut places: Vec<Coord<f64>> = Vec::with_capacity(n / 2);
    let mut i = 0;
    while i < n {
        let other = half_edge(first + i).other;
        let mut j = i + 1;
        while j < n && half_edge(first + j).other == other {
            j += 1;
        }
        let line: Vec<Coord<f64>> = (i..=j).map(|k| half_edge(first + k).at).collect();
        // Towards the outside only collinear vertices are dropped: the boundary lies just inside.
        let tolerance = if other == CoverageClass::Outside { 1e-6 } else { tolerance_m };
        let thin = LineString::new(line).simplify(tolerance).into_inner();
        places.extend(thin.iter().take(thin.len().saturating_sub(1)));
        i = j;
    }
    if let Some(first) = places.first().copied() {
        places.push(first);
    }
    places
}
