//! Closing the outline where the subdivision ends.
//!
//! In: squares beyond the boundary, and the squares that the boundary crosses. Out: the sides between them, so that every
//! outline is a closed ring before it is cut to the boundary itself.

use super::outline::{between, corners_of};
use super::subdivide::{Cell, Corner, Corners, Edge, Label, Vertex};
use geo::Coord;
use rustc_hash::FxHashMap;

/// The sides of outside squares along which uncovered ground lies.
pub fn rim(
    outside: &[Cell],
    crossed: &[(Cell, Corners)],
    finest: u8,
    place: impl Fn(Corner) -> Coord<f64>,
) -> Vec<Edge> {
    let known: FxHashMap<Cell, Corners> = crossed.iter().copied().collect();
    let find = |fine: Corner| {
        (0..=finest).rev().find_map(|level| {
            let shift = finest - level;
            known.get(&(level, fine.0 >> shift, fine.1 >> shift)).copied()
        })
    };
    // What lies around the outermost square is outside, too.
    let around = [(0, -1, 0), (0, 1, 0), (0, 0, -1), (0, 0, 1)];
    let mut edges = Vec::new();
    for cell in outside.iter().copied().chain(around) {
        let fine = 1_i32 << (finest - cell.0);
        let (x0, y0) = (cell.1 * fine, cell.2 * fine);
        let (x1, y1) = (x0 + fine, y0 + fine);
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
                let pieces = if left_a == left_b {
                    vec![(from, to, left_a)]
                } else {
                    vec![(from, middle, left_a), (middle, to, left_b)]
                };
                edges.extend(
                    pieces.into_iter().filter(|(_, _, left)| *left != Label::Covered).map(|(from, to, left)| Edge {
                        from,
                        to,
                        left,
                        right: Label::Outside,
                    }),
                );
            }
        }
    }
    edges
}
