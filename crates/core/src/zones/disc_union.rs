//! What bounds the union of many discs of one radius.
//!
//! In: the centres of the discs in the plane. Out: the rings that enclose the union, and the directions in which a disc is
//! not hidden by its neighbours. A disc is bounded only where its centre is the nearest one, so its neighbours in the
//! Delaunay triangulation of the centres say all (Aurenhammer 1988; Edelsbrunner and Muecke 1994 for the same triangles as
//! alpha shapes): n log n steps in all, however many discs overlap.

use geo::{Coord, LineString};
use spade::handles::DirectedEdgeHandle;
use spade::{DelaunayTriangulation, HasPosition, Point2, Triangulation};
use std::f64::consts::{PI, TAU};

/// Centres are moved by at most half of this before they are joined to triangles, so that those of a straight line or a
/// regular grid are no special case, metres.
pub const STIR_M: f64 = 1e-3;
/// The fraction of the golden ratio: its multiples fill an interval evenly.
const GOLDEN: f64 = 0.618_033_988_749_894_9;
/// Arcs are drawn as chords of at most this angle, radians.
pub const CHORD_ANGLE: f64 = PI / 24.0;
/// An arc between two neighbours that seems to go round to within this is one of no length, radians.
const NO_ARC: f64 = 1e-6;

/// A centre, as the triangulation holds it.
#[derive(Clone, Copy, Debug)]
struct Centre {
    at: Point2<f64>,
    index: usize,
}

impl HasPosition for Centre {
    type Scalar = f64;
    fn position(&self) -> Point2<f64> {
        self.at
    }
}

type Triangles = DelaunayTriangulation<Centre>;
type Side<'a> = DirectedEdgeHandle<'a, Centre, (), (), ()>;

/// The centres of discs of one radius, each with its neighbours.
#[derive(Debug)]
pub struct DiscCentres {
    triangles: Triangles,
}

/// A stretch of a circle that bounds the union, counter-clockwise.
#[derive(Clone, Copy, Debug)]
struct Arc {
    centre: Coord<f64>,
    /// Its first place.
    start: Coord<f64>,
    /// Direction of its first place, and the angle from there to its last, radians.
    from: f64,
    sweep: f64,
    /// The side of the triangulation across which the outline goes on; `None` for a whole circle.
    across: Option<usize>,
}

/// A range of directions: from, to; counter-clockwise from east, radians.
pub type Directions = (f64, f64);

impl DiscCentres {
    /// Joins centres that all differ, metres; `None` if one of them is no place in the plane.
    pub fn new(centres: &[Coord<f64>]) -> Option<Self> {
        let stirred = centres.iter().enumerate().map(|(index, c)| {
            let by = |n: f64| STIR_M * ((index as f64 * n).fract() - 0.5);
            Centre { at: Point2::new(c.x + by(GOLDEN), c.y + by(GOLDEN * GOLDEN)), index }
        });
        Some(Self { triangles: Triangles::bulk_load(stirred.collect()).ok()? })
    }

    /// The rings around the union of discs of a radius, metres; exteriors counter-clockwise, holes clockwise. Arcs are
    /// drawn as chords of at most [`CHORD_ANGLE`], so that the rings enclose nothing that the discs do not.
    pub fn rings(&self, radius_m: f64) -> Vec<LineString<f64>> {
        let open = self.open_faces(radius_m);
        let mut arcs: Vec<Arc> = Vec::new();
        let mut begins: Vec<Option<usize>> = vec![None; self.triangles.num_directed_edges()];
        for vertex in self.triangles.vertices() {
            let centre = coord(vertex.position());
            // Along the sides of the ground that is nearest to this centre: where the circle crosses them.
            let mut crossings: Vec<(Side<'_>, Crossing)> = Vec::new();
            let mut seen_open = false;
            let mut alone = true;
            for side in vertex.out_edges() {
                alone = false;
                seen_open |= open[side.face().index()];
                crossings.extend(Crossing::of(side, &open, radius_m).into_iter().flatten().map(|c| (side, c)));
            }
            if crossings.is_empty() && (alone || seen_open) {
                let start = centre + Coord { x: radius_m, y: 0.0 };
                arcs.push(Arc { centre, start, from: 0.0, sweep: TAU, across: None });
            }
            for (at, (side, crossing)) in crossings.iter().enumerate() {
                let (next, after) = crossings[(at + 1) % crossings.len()];
                if *crossing != Crossing::Begins || after != Crossing::Ends {
                    continue;
                }
                let (start, end) = (crossing.place(*side, radius_m), after.place(next, radius_m));
                let direction = |to: Coord<f64>| libm::atan2(to.y - centre.y, to.x - centre.x);
                let from = direction(start);
                let sweep = (direction(end) - from).rem_euclid(TAU);
                let sweep = if next.index() != side.index() && sweep > TAU - NO_ARC { 0.0 } else { sweep };
                begins[side.index()] = Some(arcs.len());
                arcs.push(Arc { centre, start, from, sweep, across: Some(next.rev().index()) });
            }
        }
        joined(&arcs, &begins, radius_m)
    }

    /// Indexed by face of the triangulation: whether the place equally far from its corners is outside all discs.
    fn open_faces(&self, radius_m: f64) -> Vec<bool> {
        let mut open = vec![true; self.triangles.num_all_faces()];
        for face in self.triangles.inner_faces() {
            // What overflows is far away.
            let covered = face.circumcircle().1 <= radius_m * radius_m;
            open[face.index()] = !covered;
        }
        open
    }

    /// For each disc of a radius, the directions in which its circle is not hidden: it counts as hidden by a neighbour
    /// where it is nearer to that one's centre by so much that the line halfway between the two lies more than `slack_m`
    /// behind. Discs that are hidden all round are left out.
    pub fn open_directions(&self, radius_m: f64, slack_m: impl Fn(usize) -> f64) -> Vec<(usize, Vec<Directions>)> {
        let of_disc = |vertex: spade::handles::VertexHandle<'_, Centre>| {
            let centre = vertex.position();
            let slack_m = slack_m(vertex.data().index);
            let hidden = vertex.out_edges().filter_map(|side| {
                let to = side.to().position();
                let (dx, dy) = (to.x - centre.x, to.y - centre.y);
                let reach = (libm::hypot(dx, dy) / 2.0 + slack_m) / radius_m;
                let half = (reach < 1.0).then(|| libm::acos(reach))?;
                let from = (libm::atan2(dy, dx) - half).rem_euclid(TAU);
                Some((from, from + 2.0 * half))
            });
            let open = gaps(hidden.collect());
            (!open.is_empty()).then(|| (vertex.data().index, open))
        };
        self.triangles.vertices().filter_map(of_disc).collect()
    }
}

fn coord(point: Point2<f64>) -> Coord<f64> {
    Coord { x: point.x, y: point.y }
}

/// What happens to the outline where a circle crosses the line halfway to a neighbour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Crossing {
    /// The circle comes out of the neighbour's disc.
    Begins,
    /// It goes into it.
    Ends,
}

impl Crossing {
    /// The crossings with the ground nearest to a neighbour, in counter-clockwise order around the disc. Both discs find the
    /// same, because both ask the same faces.
    fn of(side: Side<'_>, open: &[bool], radius_m: f64) -> [Option<Self>; 2] {
        match (open[side.rev().face().index()], open[side.face().index()]) {
            (true, true) if pierced(side, radius_m) => [Some(Self::Ends), Some(Self::Begins)],
            (true, false) => [Some(Self::Ends), None],
            (false, true) => [Some(Self::Begins), None],
            _ => [None, None],
        }
    }

    /// The place, as seen from the disc where the side begins.
    fn place(self, side: Side<'_>, radius_m: f64) -> Coord<f64> {
        let (from, to) = (coord(side.from().position()), coord(side.to().position()));
        let apart = to - from;
        let length_m = libm::hypot(apart.x, apart.y);
        let half_chord_m = (radius_m * radius_m - length_m * length_m / 4.0).max(0.0).sqrt();
        let left = Coord { x: -apart.y, y: apart.x } / length_m;
        let middle = (from + to) / 2.0;
        match self {
            Self::Begins => middle + left * half_chord_m,
            Self::Ends => middle - left * half_chord_m,
        }
    }
}

/// Whether two discs overlap in the middle of the line between their ground, while both its ends are outside.
fn pierced(side: Side<'_>, radius_m: f64) -> bool {
    let (from, to) = (coord(side.from().position()), coord(side.to().position()));
    // The middle lies on the line between the two faces' centres if both triangles have an acute angle opposite.
    let acute = |side: Side<'_>| {
        side.opposite_vertex().is_none_or(|apex| {
            let apex = coord(apex.position());
            let (a, b) = (from - apex, to - apex);
            a.x * b.x + a.y * b.y > 0.0
        })
    };
    let apart = to - from;
    apart.x * apart.x + apart.y * apart.y < 4.0 * radius_m * radius_m && acute(side) && acute(side.rev())
}

/// Rings of arcs: each is followed by the one that begins across the side where it ends.
fn joined(arcs: &[Arc], begins: &[Option<usize>], radius_m: f64) -> Vec<LineString<f64>> {
    let mut used = vec![false; arcs.len()];
    let mut rings = Vec::new();
    for first in 0..arcs.len() {
        let mut places = Vec::new();
        let mut current = first;
        while !std::mem::replace(&mut used[current], true) {
            let arc = &arcs[current];
            places.push(arc.start);
            let chords = (arc.sweep / CHORD_ANGLE).ceil();
            places.extend((1..chords as usize).map(|n| {
                let (sin, cos) = libm::sincos(arc.from + arc.sweep * n as f64 / chords);
                arc.centre + Coord { x: cos, y: sin } * radius_m
            }));
            let Some(next) = arc.across.and_then(|side| begins[side]) else { break };
            current = next;
        }
        if places.len() > 2 {
            let mut ring = LineString::new(places);
            ring.close();
            rings.push(ring);
        }
    }
    rings
}

/// What ranges of directions leave of the whole circle. Each begins between 0 and a full turn, and is at most half a turn.
fn gaps(mut ranges: Vec<Directions>) -> Vec<Directions> {
    ranges.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)));
    let Some(&(first, _)) = ranges.first() else { return vec![(0.0, TAU)] };
    let mut open = Vec::new();
    let mut reached = first;
    for (from, to) in ranges {
        if from > reached {
            open.push((reached, from));
        }
        reached = reached.max(to);
    }
    open.push((reached, first + TAU));
    // The last ranges may go on past the full turn.
    let over = reached - TAU;
    open.into_iter().map(|(from, to)| (from.max(over), to)).filter(|(from, to)| from < to).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo::{Area, BooleanOps, MultiPolygon, Polygon, unary_union};
    use proptest::prelude::*;

    fn area_m2(rings: &[LineString<f64>]) -> f64 {
        rings.iter().map(|ring| Polygon::new(ring.clone(), Vec::new()).signed_area()).sum()
    }

    /// A regular polygon in the circle, its first corner in the east.
    fn inscribed(centre: Coord<f64>, radius_m: f64, corners: usize) -> Polygon<f64> {
        let corner = |n: usize| {
            let (sin, cos) = libm::sincos(TAU * n as f64 / corners as f64);
            centre + Coord { x: cos, y: sin } * radius_m
        };
        Polygon::new((0..corners).map(corner).collect(), Vec::new())
    }

    fn coords(places: &[(f64, f64)]) -> Vec<Coord<f64>> {
        places.iter().map(|(x, y)| Coord { x: *x, y: *y }).collect()
    }

    #[test]
    fn few_discs() {
        let rings = |places: &[(f64, f64)]| DiscCentres::new(&coords(places)).unwrap().rings(10.0);
        assert!(rings(&[]).is_empty());
        // A polygon of 48 corners: 24 r² sin(7.5°).
        let one = 2400.0 * libm::sin(CHORD_ANGLE);
        assert!((area_m2(&rings(&[(3.0, 4.0)])) - one).abs() < 1e-6);
        assert!((area_m2(&rings(&[(0.0, 0.0), (30.0, 0.0)])) - 2.0 * one).abs() < 1e-6, "apart");
        assert_eq!(rings(&[(0.0, 0.0), (19.0, 0.0)]).len(), 1, "the two overlap by a metre");
        // Twelve in a ring of radius 20, about 10.4 m apart, leave a hole in the middle.
        let round: Vec<(f64, f64)> = (0..12)
            .map(|n| (20.0 * libm::cos(f64::from(n) * TAU / 12.0), 20.0 * libm::sin(f64::from(n) * TAU / 12.0)))
            .collect();
        let found = rings(&round);
        assert_eq!(found.len(), 2);
        let signed: Vec<bool> =
            found.iter().map(|ring| Polygon::new(ring.clone(), Vec::new()).signed_area() > 0.0).collect();
        assert_eq!(signed.iter().filter(|positive| **positive).count(), 1, "one exterior and one hole: {signed:?}");
    }

    #[test]
    fn directions_left_open() {
        let close = |found: Vec<Directions>, wanted: &[Directions]| {
            assert_eq!(found.len(), wanted.len(), "{found:?}");
            for (a, b) in found.iter().zip(wanted) {
                assert!((a.0 - b.0).abs() < 1e-12 && (a.1 - b.1).abs() < 1e-12, "{found:?}");
            }
        };
        close(gaps(vec![]), &[(0.0, TAU)]);
        close(gaps(vec![(1.0, 2.0)]), &[(2.0, 1.0 + TAU)]);
        close(gaps(vec![(6.0, 7.0), (0.2, 0.5), (1.0, 2.0)]), &[(7.0 - TAU, 1.0), (2.0, 6.0)]);
        close(gaps(vec![(0.0, 3.0), (2.5, 5.5), (5.0, 7.0)]), &[]);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn as_the_union_of_polygons(
            places in proptest::collection::vec((0_i32..60, 0_i32..60), 1..40), radius_m in 2.0..25.0f64,
        ) {
            // On a grid: many lie on one line or one circle.
            let mut places = places;
            places.sort_unstable();
            places.dedup();
            let centres: Vec<Coord<f64>> =
                places.iter().map(|(x, y)| Coord { x: f64::from(*x), y: f64::from(*y) }).collect();
            let of = DiscCentres::new(&centres).unwrap();
            let rings = of.rings(radius_m);
            // Between the union of inscribed polygons of 48 corners, turned as they may be, and that of fine ones.
            let coarse: Vec<Polygon<f64>> =
                centres.iter().map(|c| inscribed(*c, radius_m * libm::cos(CHORD_ANGLE), 720)).collect();
            let fine: Vec<Polygon<f64>> = centres.iter().map(|c| inscribed(*c, radius_m + STIR_M, 720)).collect();
            let drawn: Vec<Polygon<f64>> = rings.iter().map(|ring| Polygon::new(ring.clone(), Vec::new())).collect();
            let drawn = MultiPolygon::new(drawn);
            let outside = drawn.difference_with_fill_rule(&unary_union(&fine), geo::bool_ops::FillRule::NonZero);
            prop_assert!(outside.unsigned_area() < 0.02, "{} m2 outside", outside.unsigned_area());
            let missing = unary_union(&coarse).difference_with_fill_rule(&drawn, geo::bool_ops::FillRule::NonZero);
            prop_assert!(missing.unsigned_area() < 0.02, "{} m2 missing", missing.unsigned_area());
            // What is not hidden from any direction is on the outline.
            for (index, open) in of.open_directions(radius_m, |_| 0.0) {
                for (from, to) in open {
                    let (sin, cos) = libm::sincos(f64::midpoint(from, to));
                    let at = centres[index] + Coord { x: cos, y: sin } * radius_m;
                    let nearest = centres.iter().map(|c| libm::hypot(c.x - at.x, c.y - at.y)).fold(f64::MAX, f64::min);
                    prop_assert!(nearest > radius_m - 2.0 * STIR_M, "{nearest}");
                }
            }
        }
    }
}
