//! Closing the outline where the subdivision ends.
//!
//! In: squares beyond the boundary, and the squares that the boundary crosses. Out: the sides between them, so that every
//! outline is a closed ring before it is cut to the boundary itself.

use super::label::{Cell, Corner, Corners, Edge, Label, Vertex};
use super::outline::{between, corners_of};
use geo::Coord;
use rayon::prelude::*;
use rustc_hash::FxHashMap;

/// The sides of outside squares along which uncovered ground lies.
pub fn rim(
    outside: &[Cell],
    crossed: &[(Cell, Corners)],
    finest: u8,
    place: impl Fn(Corner) -> Coord<f64> + Sync,
) -> Vec<Edge> {
    // Beside covered ground there is nothing to draw.
    let mut known: Vec<FxHashMap<Corner, Corners>> = vec![FxHashMap::default(); usize::from(finest) + 1];
    for (cell, corners) in crossed {
        if corners.0 != [Label::Covered; 4] {
            known[usize::from(cell.0)].insert((cell.1, cell.2), *corners);
        }
    }
    let known: Vec<(u8, FxHashMap<Corner, Corners>)> = known
        .into_iter()
        .enumerate()
        .map(|(level, of)| (finest - level as u8, of))
        .filter(|k| !k.1.is_empty())
        .collect();
    let find =
        |fine: Corner| known.iter().rev().find_map(|(shift, of)| of.get(&(fine.0 >> shift, fine.1 >> shift)).copied());
    // What lies around the outermost square is outside, too.
    let around = [(0, -1, 0), (0, 1, 0), (0, 0, -1), (0, 0, 1)];
    let cells = outside.par_iter().copied().chain(around);
    cells.flat_map_iter(|cell| sides_of(cell, finest, find, &place)).collect()
}

/// The pieces of the sides of one outside square along which uncovered ground lies.
fn sides_of(
    cell: Cell,
    finest: u8,
    find: impl Fn(Corner) -> Option<Corners>,
    place: impl Fn(Corner) -> Coord<f64>,
) -> Vec<Edge> {
    let fine = 1_i32 << (finest - cell.0);
    let (x0, y0) = (cell.1 * fine, cell.2 * fine);
    let (x1, y1) = (x0 + fine, y0 + fine);
    let mut edges = Vec::new();
    for k in 0..fine {
        // The finest square on the other side, and which of its sides (from which of its corners) is shared.
        let sides = [((x0 + k, y0 - 1), 2), ((x0 + k, y1), 0), ((x0 - 1, y0 + k), 1), ((x1, y0 + k), 3)];
        for (neighbour, side) in sides {
            let Some((labels, crossings)) = find(neighbour) else { continue };
            let corners = corners_of(neighbour);
            let (a, b) = (corners[side], corners[(side + 1) % 4]);
            let (left_a, left_b) = (labels[side], labels[(side + 1) % 4]);
            let [from, to] = [a, b].map(|c| (Vertex::At(c), place(c)));
            let middle = (between(a, b), crossings[side]);
            let mut add = |from, to, left: Label| {
                if left != Label::Covered {
                    edges.push(Edge { from, to, left, right: Label::Outside });
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
