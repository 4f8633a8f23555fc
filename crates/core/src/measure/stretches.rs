//! Pieces of road joined across junctions to stretches of one road within one limit.
//!
//! In: pieces between junctions. Out: fewer and longer ones of the same total length, in an order that depends on the
//! pieces only.

use super::roads::RoadPiece;
use geo::Coord;
use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};

/// A vertex by the bits of its coordinates: pieces that touch share the vertex exactly.
type VertexKey = (u64, u64);

fn vertex_key(c: Coord<f64>) -> VertexKey {
    (c.x.to_bits(), c.y.to_bits())
}

/// Joins pieces of one road and limit that share an end.
pub fn join_pieces(pieces: &[RoadPiece]) -> Vec<RoadPiece> {
    let mut order: Vec<u32> = (0..pieces.len() as u32).collect();
    let kind = |i: u32| {
        let piece = &pieces[i as usize];
        (piece.road, piece.band, piece.reached)
    };
    order.par_sort_unstable_by_key(|i| (kind(*i), *i));
    let groups: Vec<&[u32]> = order.chunk_by(|a, b| kind(*a) == kind(*b)).collect();
    groups.into_par_iter().flat_map_iter(|group| chains(pieces, group)).collect()
}

/// The chains of a group of pieces (positions) of one road and limit.
fn chains(pieces: &[RoadPiece], group: &[u32]) -> Vec<RoadPiece> {
    if let [only] = group {
        return vec![pieces[*only as usize].clone()];
    }
    let mut at: FxHashMap<VertexKey, Vec<u32>> = FxHashMap::default();
    for i in group {
        let line = &pieces[*i as usize].line;
        for end in [line.first(), line.last()].into_iter().flatten() {
            at.entry(vertex_key(*end)).or_default().push(*i);
        }
    }
    let mut left: FxHashSet<u32> = group.iter().copied().collect();
    let mut all = Vec::new();
    for start in group {
        if !left.remove(start) {
            continue;
        }
        let mut chain = pieces[*start as usize].clone();
        // Extended from its end, then, reversed, from its start; the second reversal restores the direction.
        for _ in 0..2 {
            while let Some(next) =
                chain.line.last().and_then(|end| at.get(&vertex_key(*end))?.iter().find(|i| left.contains(i)))
            {
                left.remove(next);
                append(&mut chain, &pieces[*next as usize]);
            }
            reverse(&mut chain);
        }
        all.push(chain);
    }
    all
}

fn reverse(piece: &mut RoadPiece) {
    piece.line.reverse();
    piece.ends_ms = piece.ends_ms.map(|(from, to)| (to, from));
}

/// Appends a piece of which one end is the end of the chain.
fn append(chain: &mut RoadPiece, next: &RoadPiece) {
    let forwards = chain.line.last() == next.line.first();
    let ends = next.ends_ms.map(|(from, to)| if forwards { (from, to) } else { (to, from) });
    if forwards {
        chain.line.extend(next.line.iter().skip(1));
    } else {
        chain.line.extend(next.line.iter().rev().skip(1));
    }
    chain.ends_ms = chain.ends_ms.zip(ends).map(|(chain, next)| (chain.0, next.1));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn piece(road: u32, band: usize, ends_ms: (f64, f64), line: &[(f64, f64)]) -> RoadPiece {
        let line = line.iter().map(|(x, y)| Coord { x: *x, y: *y }).collect();
        RoadPiece { road, band: Some(band), reached: true, ends_ms: Some(ends_ms), line }
    }

    #[test]
    fn pieces_of_one_road_and_limit_become_one_whichever_way_they_were_drawn() {
        // Road 7 from west to east in three pieces, the last of which is drawn backwards; then it is late.
        let pieces = vec![
            piece(7, 0, (20.0, 30.0), &[(10.0, 0.0), (20.0, 0.0)]),
            piece(3, 0, (20.0, 99.0), &[(20.0, 0.0), (20.0, 9.0)]),
            piece(7, 0, (10.0, 20.0), &[(0.0, 0.0), (10.0, 0.0)]),
            piece(7, 0, (40.0, 30.0), &[(30.0, 0.0), (20.0, 0.0)]),
            piece(7, 1, (40.0, 50.0), &[(30.0, 0.0), (40.0, 0.0)]),
        ];
        let joined = join_pieces(&pieces);
        let summary: Vec<_> = joined.iter().map(|p| (p.road, p.band, p.ends_ms, p.line.len())).collect();
        assert_eq!(
            summary,
            [
                (3, Some(0), Some((20.0, 99.0)), 2),
                (7, Some(0), Some((10.0, 40.0)), 4),
                (7, Some(1), Some((40.0, 50.0)), 2)
            ]
        );
        let x: Vec<f64> = joined[1].line.iter().map(|c| c.x).collect();
        assert_eq!(x, [0.0, 10.0, 20.0, 30.0]);
    }

    #[test]
    fn a_ring_is_walked_once() {
        let pieces = vec![
            piece(1, 0, (0.0, 1.0), &[(0.0, 0.0), (1.0, 0.0)]),
            piece(1, 0, (1.0, 2.0), &[(1.0, 0.0), (1.0, 1.0)]),
            piece(1, 0, (2.0, 3.0), &[(1.0, 1.0), (0.0, 0.0)]),
        ];
        let joined = join_pieces(&pieces);
        assert_eq!(joined.len(), 1);
        assert_eq!(joined[0].line.len(), 4);
        assert_eq!(joined[0].line[0], joined[0].line[3]);
    }
}
