//! Barriers that an access leg cannot cross.
//!
//! In: barrier lines and areas. Out: the intervals of a road visible from a place, and proofs that all legs from a
//! square are free or blocked. A leg may touch a barrier but not cross it; places inside a barrier area are not
//! reached (definitions.md section 4).

use super::timed_segment::TimedSegment;
use geo::algorithm::indexed::IntervalTreeMultiPolygon;
use geo::{Contains, Coord, Intersects, Line, MultiPolygon, Point, Polygon, Rect};
use lifering_base::frame::Frame;
use lifering_base::records::Obstacles;
use rstar::primitives::{GeomWithData, Rectangle};
use rstar::{AABB, RTree};
use std::sync::Arc;

/// Shortest visible interval that counts, metres: no leg passes through the point where barrier lines meet.
const PINHOLE_M: f64 = 1e-3;

/// Barriers in the local frame.
#[derive(Clone)]
pub struct Barriers {
    walls: RTree<GeomWithData<Rectangle<[f64; 2]>, u32>>,
    lines: Vec<Line<f64>>,
    areas: Option<Arc<IntervalTreeMultiPolygon<f64>>>,
}

impl std::fmt::Debug for Barriers {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Barriers").field("lines", &self.lines.len()).finish_non_exhaustive()
    }
}

impl Barriers {
    /// Projects the barriers layer.
    pub fn new(obstacles: &Obstacles, frame: &Frame) -> Self {
        let areas: Vec<Polygon<f64>> = obstacles.areas.iter().map(|p| frame.polygon_to_local(p)).collect();
        let rings = areas.iter().flat_map(|p| std::iter::once(p.exterior()).chain(p.interiors()));
        let lines: Vec<Line<f64>> = rings
            .flat_map(|r| r.lines().collect::<Vec<_>>())
            .chain(obstacles.lines.iter().flat_map(|l| frame.line_to_local(l).lines().collect::<Vec<_>>()))
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
        let areas = (!areas.0.is_empty()).then(|| Arc::new(IntervalTreeMultiPolygon::new(&areas)));
        Self { walls: RTree::bulk_load(walls), lines, areas }
    }

    /// The walls whose boxes meet the box of half-side `reach_m` around `centre`, in the order of the layer.
    pub fn near(&self, centre: Coord<f64>, reach_m: f64) -> Vec<Line<f64>> {
        let envelope =
            AABB::from_corners([centre.x - reach_m, centre.y - reach_m], [centre.x + reach_m, centre.y + reach_m]);
        let mut found: Vec<u32> = self.walls.locate_in_envelope_intersecting(envelope).map(|w| w.data).collect();
        found.sort_unstable();
        found.into_iter().map(|i| self.lines[i as usize]).collect()
    }

    /// Whether any wall's box meets the box of half-side `reach_m` around `centre`.
    pub fn any_near(&self, centre: Coord<f64>, reach_m: f64) -> bool {
        let envelope =
            AABB::from_corners([centre.x - reach_m, centre.y - reach_m], [centre.x + reach_m, centre.y + reach_m]);
        self.walls.locate_in_envelope_intersecting(envelope).next().is_some()
    }

    /// Whether the straight line between two places meets a barrier.
    pub fn crossed(&self, a: Coord<f64>, b: Coord<f64>) -> bool {
        let leg = Line::new(a, b);
        let reach = (b - a).x.abs().max((b - a).y.abs());
        self.near(a, reach).iter().any(|wall| leg.intersects(wall))
    }

    /// Whether a place lies inside a barrier area.
    pub fn inside(&self, place: Coord<f64>) -> bool {
        self.areas.as_ref().is_some_and(|a| a.contains(&Point::from(place)))
    }
}

/// The intervals of `timed` that a straight leg from `place` reaches without crossing a wall, metres along it,
/// ascending.
pub fn visible_intervals(place: Coord<f64>, timed: &TimedSegment, walls: &[Line<f64>]) -> Vec<(f64, f64)> {
    // All legs lie in the triangle of place and segment: a wall outside its box crosses none.
    let end = timed.at(timed.length_m);
    let low = Coord { x: place.x.min(timed.start.x).min(end.x), y: place.y.min(timed.start.y).min(end.y) };
    let high = Coord { x: place.x.max(timed.start.x).max(end.x), y: place.y.max(timed.start.y).max(end.y) };
    let near = walls.iter().filter(|wall| !disjoint(wall, low, high));
    let mut hidden: Vec<(f64, f64)> = near.filter_map(|w| shadow(place, timed, *w)).collect();
    if hidden.is_empty() {
        return vec![(0.0, timed.length_m)];
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
    if timed.length_m - from > PINHOLE_M {
        seen.push((from, timed.length_m));
    }
    seen
}

/// Whether a wall's box and another box are disjoint.
fn disjoint(wall: &Line<f64>, low: Coord<f64>, high: Coord<f64>) -> bool {
    wall.start.x.max(wall.end.x) < low.x
        || wall.start.x.min(wall.end.x) > high.x
        || wall.start.y.max(wall.end.y) < low.y
        || wall.start.y.min(wall.end.y) > high.y
}

/// The interval of `timed` whose legs from `place` cross the wall: the wall's shadow with the place as light.
fn shadow(place: Coord<f64>, timed: &TimedSegment, wall: Line<f64>) -> Option<(f64, f64)> {
    // In coordinates with the segment on the x axis and the place at height h >= 0.
    let normal = Coord { x: -timed.along.y, y: timed.along.x };
    let to_piece = |c: Coord<f64>| {
        let r = c - timed.start;
        (r.x * timed.along.x + r.y * timed.along.y, r.x * normal.x + r.y * normal.y)
    };
    let (px, mut h) = to_piece(place);
    let ((mut ax, mut ay), (mut bx, mut by)) = (to_piece(wall.start), to_piece(wall.end));
    if h < 0.0 {
        (h, ay, by) = (-h, -ay, -by);
    }
    if h < 1e-9 {
        // The place is on the line of the segment: a wall that crosses the line hides everything behind it.
        if (ay > 0.0) == (by > 0.0) && ay != 0.0 && by != 0.0 {
            return None;
        }
        if ay == 0.0 && by == 0.0 {
            return None; // The wall runs along the road: a leg along it touches, it does not cross.
        }
        let x = ax + (bx - ax) * (ay / (ay - by));
        return if x > px {
            clip(x, f64::INFINITY, timed)
        } else if x < px {
            clip(f64::NEG_INFINITY, x, timed)
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
    // A wall point at (x, y) throws its shadow on the road at px + (x - px) h / (h - y).
    let cast = |x: f64, y: f64| px + (x - px) * h / (h - y);
    if by >= h {
        // The wall reaches up to the height of the place: the shadow extends to infinity on that side.
        let x_at_h = if by > ay { ax + (bx - ax) * ((h - ay) / (by - ay)) } else { bx };
        let near = cast(ax, ay);
        return if x_at_h > px {
            clip(near, f64::INFINITY, timed)
        } else if x_at_h < px {
            clip(f64::NEG_INFINITY, near, timed)
        } else {
            None // The wall only touches the place itself.
        };
    }
    let (one, other) = (cast(ax, ay), cast(bx, by));
    clip(one.min(other), one.max(other), timed)
}

fn clip(low: f64, high: f64, timed: &TimedSegment) -> Option<(f64, f64)> {
    let (low, high) = (low.max(0.0), high.min(timed.length_m));
    (low <= high).then_some((low, high))
}

/// Whether no wall touches any leg from the square to `road`, that is, the convex hull of square and road point.
///
/// A wall is proved to miss the hull by a separating line: a side of the hull's box, the wall's own line, or a
/// parallel to the leg from the centre. Any other wall counts as touching: that proves less, never more.
pub fn all_legs_free(square: Rect<f64>, road: Coord<f64>, walls: &[Line<f64>]) -> bool {
    let [a, b, c, d] = corners(square);
    let hull = [a, b, c, d, road];
    let low = Coord { x: a.x.min(road.x), y: a.y.min(road.y) };
    let high = Coord { x: c.x.max(road.x), y: c.y.max(road.y) };
    let centre = square.center();
    let leg = road - centre;
    let cross = |p: Coord<f64>| leg.x * (p.y - centre.y) - leg.y * (p.x - centre.x);
    let widest = [a, b, c, d].map(|p| cross(p).abs()).into_iter().fold(0.0, f64::max);
    walls.iter().all(|wall| {
        if disjoint(wall, low, high) {
            return true;
        }
        let (from, to) = (cross(wall.start), cross(wall.end));
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

/// Whether one wall alone crosses every leg from the square to the segment's interval between two measures (metres
/// along it).
///
/// The crossing points of all legs with the wall's line lie in the hull of those between corners and interval ends (a
/// projective map keeps line segments), so these suffice.
pub fn all_legs_blocked(square: Rect<f64>, timed: &TimedSegment, measures: (f64, f64), walls: &[Line<f64>]) -> bool {
    let ends = [timed.at(measures.0), timed.at(measures.1)];
    let corners = corners(square);
    // A wall that crosses every leg meets the box around square and interval.
    let low = Coord { x: corners[0].x.min(ends[0].x).min(ends[1].x), y: corners[0].y.min(ends[0].y).min(ends[1].y) };
    let high = Coord { x: corners[2].x.max(ends[0].x).max(ends[1].x), y: corners[2].y.max(ends[0].y).max(ends[1].y) };
    walls.iter().filter(|wall| !disjoint(wall, low, high)).any(|wall| {
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
