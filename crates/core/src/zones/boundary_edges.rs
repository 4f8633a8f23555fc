//! Edges that close the outline where the subdivision ends.
//!
//! In: squares outside the boundary, and the squares that the boundary crosses. Out: the sides between them as outline
//! edges, so that every outline is a closed ring before it is clipped to the boundary itself.

use super::marching_squares::{cell_corners, side_vertex};
use super::quadtree::{Cell, Corner, CornerSamples, CoverageClass, Edge, Vertex};
use geo::Coord;
use rayon::prelude::*;
use rustc_hash::FxHashMap;

/// The sides of outside squares along which uncovered ground lies. `crossed` are the squares on the boundary, `finest`
/// is the level of the lattice, `place` gives the local metres of its corners.
pub fn boundary_edges(
    outside: &[Cell],
    crossed: &[(Cell, CornerSamples)],
    finest: u8,
    place: impl Fn(Corner) -> Coord<f64> + Sync,
) -> Vec<Edge> {
    // Covered ground needs no edge.
    let mut known: Vec<FxHashMap<Corner, CornerSamples>> = vec![FxHashMap::default(); usize::from(finest) + 1];
    for (cell, corners) in crossed {
        if corners.0 != [CoverageClass::Covered; 4] {
            known[usize::from(cell.0)].insert((cell.1, cell.2), *corners);
        }
    }
    let known: Vec<(u8, FxHashMap<Corner, CornerSamples>)> = known
        .into_iter()
        .enumerate()
        .map(|(level, of)| (finest - level as u8, of))
        .filter(|k| !k.1.is_empty())
        .collect();
    let find =
        |fine: Corner| known.iter().rev().find_map(|(shift, of)| of.get(&(fine.0 >> shift, fine.1 >> shift)).copied());
    // The surroundings of the root square are outside, too.
    let around = [(0, -1, 0), (0, 1, 0), (0, 0, -1), (0, 0, 1)];
    let cells = outside.par_iter().copied().chain(around);
    cells.flat_map_iter(|cell| sides_of(cell, finest, find, &place)).collect()
}

/// The sides of one outside square along which uncovered ground lies.
fn sides_of(
    cell: Cell,
    finest: u8,
    find: impl Fn(Corner) -> Option<CornerSamples>,
    place: impl Fn(Corner) -> Coord<f64>,
) -> Vec<Edge> {
    let fine = 1_i32 << (finest - cell.0);
    let (x0, y0) = (cell.1 * fine, cell.2 * fine);
    let (x1, y1) = (x0 + fine, y0 + fine);
    let mut edges = Vec::new();
    for k in 0..fine {
        // The neighbouring finest square, and which of its sides (from which of its corners) is shared.
        let sides = [((x0 + k, y0 - 1), 2), ((x0 + k, y1), 0), ((x0 - 1, y0 + k), 1), ((x1, y0 + k), 3)];
        for (neighbour, side) in sides {
            let Some((classes, crossings)) = find(neighbour) else { continue };
            let corners = cell_corners(neighbour);
            let (a, b) = (corners[side], corners[(side + 1) % 4]);
            let (left_a, left_b) = (classes[side], classes[(side + 1) % 4]);
            let [from, to] = [a, b].map(|c| (Vertex::At(c), place(c)));
            let middle = (side_vertex(a, b), crossings[side]);
            let mut add = |from, to, left: CoverageClass| {
                if left != CoverageClass::Covered {
                    edges.push(Edge { from, to, left, right: CoverageClass::Outside });
                }
            };
            if left_a == left_b {
                add(from, to, left_a);
            } else {
                add(from, middle, left_a);
                add(middle, to, left_b);
            }
        }
    }
    edges
}
