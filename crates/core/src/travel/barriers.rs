//! What an access leg cannot cross.
//!
//! In: barrier lines and areas. Out: which stretch of a road can be seen from a place, and proofs that all legs from a
//! square are free or blocked. A leg may touch a barrier, not cross it; nobody inside a barrier area is reached.

use super::piece::Piece;
use geo::algorithm::indexed::IntervalTreeMultiPolygon;
use geo::{Contains, Coord, Intersects, Line, MapCoords, MultiPolygon, Point, Polygon, Rect};
use lifering_base::frame::Frame;
use lifering_base::records::Obstacles;
use rstar::primitives::{GeomWithData, Rectangle};
use rstar::{AABB, RTree};

/// A visible stretch shorter than this does not count, metres: no leg slips through where barrier lines meet.
const PINHOLE_M: f64 = 1e-3;

/// Barriers in the local frame.
pub struct Barriers {
    walls: RTree<GeomWithData<Rectangle<[f64; 2]>, u32>>,
    lines: Vec<Line<f64>>,
    areas: Option<IntervalTreeMultiPolygon<f64>>,
}

impl std::fmt::Debug for Barriers {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Barriers").field("lines", &self.lines.len()).finish_non_exhaustive()
    }
}

impl Barriers {
    /// Takes over the barriers layer.
    pub fn new(obstacles: &Obstacles, frame: &Frame) -> Self {
        let local = |c: Coord<f64>| frame.to_local(c.into());
        let areas: Vec<Polygon<f64>> = obstacles.areas.iter().map(|p| p.map_coords(local)).collect();
        let rings = areas.iter().flat_map(|p| std::iter::once(p.exterior()).chain(p.interiors()));
        let lines: Vec<Line<f64>> = rings
            .flat_map(|r| r.lines().collect::<Vec<_>>())
            .chain(obstacles.lines.iter().flat_map(|l| l.map_coords(local).lines().collect::<Vec<_>>()))
            .filter(|l| l.start != l.end)
            .collect();
        let walls = lines
            .iter()
            .enumerate()
            .map(|(i, l)| {
                GeomWithData::new(Rectangle::from_corners([l.start.x, l.start.y], [l.end.x, l.end.y]), i as u32)
            })
            .collect();
        let areas = MultiPolygon::new(areas);
        let areas = (!areas.0.is_empty()).then(|| IntervalTreeMultiPolygon::new(&areas));
        Self { walls: RTree::bulk_load(walls), lines, areas }
    }

    /// The barrier lines within a box around `centre`, in the order of the layer.
    pub fn near(&self, centre: Coord<f64>, reach_m: f64) -> Vec<Line<f64>> {
        let envelope =
            AABB::from_corners([centre.x - reach_m, centre.y - reach_m], [centre.x + reach_m, centre.y + reach_m]);
        let mut found: Vec<u32> = self.walls.locate_in_envelope_intersecting(envelope).map(|w| w.data).collect();
        found.sort_unstable();
        found.into_iter().map(|i| self.lines[i as usize]).collect()
    }

    /// Whether any barrier line comes into a box around `centre`.
    pub fn any_near(&self, centre: Coord<f64>, reach_m: f64) -> bool {
        let envelope =
            AABB::from_corners([centre.x - reach_m, centre.y - reach_m], [centre.x + reach_m, centre.y + reach_m]);
        self.walls.locate_in_envelope_intersecting(envelope).next().is_some()
    }

    /// True where a straight line between two places meets a barrier.
    pub fn crossed(&self, a: Coord<f64>, b: Coord<f64>) -> bool {
        let leg = Line::new(a, b);
        let reach = (b - a).x.abs().max((b - a).y.abs());
        self.near(a, reach).iter().any(|wall| leg.intersects(wall))
    }

    /// True where a place lies inside a barrier area.
    pub fn inside(&self, place: Coord<f64>) -> bool {
        self.areas.as_ref().is_some_and(|a| a.contains(&Point::from(place)))
    }
}

/// The stretches of `piece` that a straight leg from `place` reaches without crossing a wall, as metres along it.
pub fn visible(place: Coord<f64>, piece: &Piece, walls: &[Line<f64>]) -> Vec<(f64, f64)> {
    // All legs lie in the triangle of place and piece: a wall outside its box crosses none.
    let end = piece.at(piece.length_m);
    let low = Coord { x: place.x.min(piece.start.x).min(end.x), y: place.y.min(piece.start.y).min(end.y) };
    let high = Coord { x: place.x.max(piece.start.x).max(end.x), y: place.y.max(piece.start.y).max(end.y) };
    let near = walls.iter().filter(|wall| !apart(wall, low, high));
    let mut hidden: Vec<(f64, f64)> = near.filter_map(|w| shadow(place, piece, *w)).collect();
    if hidden.is_empty() {
        return vec![(0.0, piece.length_m)];
    }
    hidden.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)));
    let mut seen = Vec::new();
    let mut from = 0.0;
    for (low, high) in hidden {
        if low - from > PINHOLE_M {
            seen.push((from, low));
        }
        from = high.max(from);
    }
    if piece.length_m - from > PINHOLE_M {
        seen.push((from, piece.length_m));
    }
    seen
}

/// Whether a wall lies wholly beside, above or below a box.
fn apart(wall: &Line<f64>, low: Coord<f64>, high: Coord<f64>) -> bool {
    wall.start.x.max(wall.end.x) < low.x
        || wall.start.x.min(wall.end.x) > high.x
        || wall.start.y.max(wall.end.y) < low.y
        || wall.start.y.min(wall.end.y) > high.y
}

/// The stretch of `piece` whose legs from `place` cross the wall.
fn shadow(place: Coord<f64>, piece: &Piece, wall: Line<f64>) -> Option<(f64, f64)> {
    // In coordinates with the piece on the x axis and the place at height h >= 0.
    let normal = Coord { x: -piece.along.y, y: piece.along.x };
    let to_piece = |c: Coord<f64>| {
        let r = c - piece.start;
        (r.x * piece.along.x + r.y * piece.along.y, r.x * normal.x + r.y * normal.y)
    };
    let (px, mut h) = to_piece(place);
    let ((mut ax, mut ay), (mut bx, mut by)) = (to_piece(wall.start), to_piece(wall.end));
    if h < 0.0 {
        (h, ay, by) = (-h, -ay, -by);
    }
    if h < 1e-9 {
        // The place stands on the line of the piece: a wall that crosses the line hides everything behind it.
        if (ay > 0.0) == (by > 0.0) && ay != 0.0 && by != 0.0 {
            return None;
        }
        if ay == 0.0 && by == 0.0 {
            return None; // The wall runs along the road: a leg along it touches, it does not cross.
        }
        let x = ax + (bx - ax) * (ay / (ay - by));
        return if x > px {
            clip(x, f64::INFINITY, piece)
        } else if x < px {
            clip(f64::NEG_INFINITY, x, piece)
        } else {
            None
        };
    }
    // Only the part of the wall between the road (y = 0) and the place (y = h) can come between them.
    if ay > by {
        std::mem::swap(&mut ax, &mut bx);
        std::mem::swap(&mut ay, &mut by);
    }
    if by <= 0.0 || ay >= h {
        return None;
    }
    if ay < 0.0 {
        ax += (bx - ax) * (-ay / (by - ay));
        ay = 0.0;
    }
    // Seen from the place, a wall point at height y throws its shadow on the road at px + (x - px) h / (h - y).
    let cast = |x: f64, y: f64| px + (x - px) * h / (h - y);
    if by >= h {
        // The wall reaches up to the height of the place: the shadow runs to infinity on that side.
        let x_at_h = if by > ay { ax + (bx - ax) * ((h - ay) / (by - ay)) } else { bx };
        let near = cast(ax, ay);
        return if x_at_h > px {
            clip(near, f64::INFINITY, piece)
        } else if x_at_h < px {
            clip(f64::NEG_INFINITY, near, piece)
        } else {
            None // The wall only touches the place itself.
        };
    }
    let (one, other) = (cast(ax, ay), cast(bx, by));
    clip(one.min(other), one.max(other), piece)
}

fn clip(low: f64, high: f64, piece: &Piece) -> Option<(f64, f64)> {
    let (low, high) = (low.max(0.0), high.min(piece.length_m));
    (low <= high).then_some((low, high))
}

/// True where no wall touches any leg from the square to `road`: the hull of square and road point is free.
///
/// A wall is known to miss the hull when a line keeps them apart: a side of the hull's box, the wall's own line, or a
/// parallel to the middle leg. A wall that misses it otherwise counts as touching: that proves less, never more.
pub fn all_legs_free(square: Rect<f64>, road: Coord<f64>, walls: &[Line<f64>]) -> bool {
    let [a, b, c, d] = corners(square);
    let hull = [a, b, c, d, road];
    let low = Coord { x: a.x.min(road.x), y: a.y.min(road.y) };
    let high = Coord { x: c.x.max(road.x), y: c.y.max(road.y) };
    let centre = square.center();
    let leg = road - centre;
    let beside = |p: Coord<f64>| leg.x * (p.y - centre.y) - leg.y * (p.x - centre.x);
    let widest = [a, b, c, d].map(|p| beside(p).abs()).into_iter().fold(0.0, f64::max);
    walls.iter().all(|wall| {
        if apart(wall, low, high) {
            return true;
        }
        let (from, to) = (beside(wall.start), beside(wall.end));
        let apart_by_leg = (from > widest && to > widest) || (from < -widest && to < -widest);
        let direction = wall.delta();
        let side = |p: Coord<f64>| direction.x * (p.y - wall.start.y) - direction.y * (p.x - wall.start.x);
        apart_by_leg || hull.iter().all(|p| side(*p) > 0.0) || hull.iter().all(|p| side(*p) < 0.0)
    })
}

fn corners(square: Rect<f64>) -> [Coord<f64>; 4] {
    let (low, high) = (square.min(), square.max());
    [low, Coord { x: high.x, y: low.y }, high, Coord { x: low.x, y: high.y }]
}

/// True where one wall alone crosses every leg from the square to the stretch of `piece` between two marks.
///
/// The crossing points of all legs with the wall's line lie in the hull of those from corners to marks (a projective map
/// keeps segments), so checking corners and marks is enough.
pub fn all_legs_blocked(square: Rect<f64>, piece: &Piece, marks: (f64, f64), walls: &[Line<f64>]) -> bool {
    let ends = [piece.at(marks.0), piece.at(marks.1)];
    let corners = corners(square);
    // A wall that crosses every leg comes into the box around square and marks.
    let low = Coord { x: corners[0].x.min(ends[0].x).min(ends[1].x), y: corners[0].y.min(ends[0].y).min(ends[1].y) };
    let high = Coord { x: corners[2].x.max(ends[0].x).max(ends[1].x), y: corners[2].y.max(ends[0].y).max(ends[1].y) };
    walls.iter().filter(|wall| !apart(wall, low, high)).any(|wall| {
        let d = wall.delta();
        let side = |c: Coord<f64>| d.x * (c.y - wall.start.y) - d.y * (c.x - wall.start.x);
        let sides = corners.map(side);
        let square_left = sides.iter().all(|s| *s > 0.0);
        let square_right = sides.iter().all(|s| *s < 0.0);
        let road = ends.map(side);
        let opposite =
            (square_left && road.iter().all(|s| *s < 0.0)) || (square_right && road.iter().all(|s| *s > 0.0));
        opposite
            && corners.iter().zip(sides).all(|(corner, s)| {
                ends.iter().zip(road).all(|(end, r)| {
                    let crossing = *corner + (*end - *corner) * (s / (s - r));
                    let along = (crossing - wall.start).x * d.x + (crossing - wall.start).y * d.y;
                    along > 0.0 && along < d.x * d.x + d.y * d.y
                })
            })
    })
}
