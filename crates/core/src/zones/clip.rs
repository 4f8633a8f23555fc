//! A square clipped by half-planes.
//!
//! In: a square, half-planes. Out: the convex rest, and the line of each of its sides.

use geo::Coord;

/// The line of a side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClipEdge {
    /// A side of the square, counter-clockwise from the southern one: 0 to 3.
    Cell(u8),
    /// A line of the capsule with this index.
    Capsule(u32),
}

/// A convex polygon, counter-clockwise, local metres; each corner with the side that begins there.
#[derive(Debug, Default)]
pub struct ClippedCell {
    corners: Vec<(Coord<f64>, ClipEdge)>,
    spare: Vec<(Coord<f64>, ClipEdge)>,
    low: Coord<f64>,
}

impl ClippedCell {
    /// Starts from a whole square.
    pub fn whole(&mut self, low: Coord<f64>, side_m: f64) {
        self.low = low;
        let at = |x: f64, y: f64| low + Coord { x, y } * side_m;
        self.corners.clear();
        self.corners.extend([
            (at(0.0, 0.0), ClipEdge::Cell(0)),
            (at(1.0, 0.0), ClipEdge::Cell(1)),
            (at(1.0, 1.0), ClipEdge::Cell(2)),
            (at(0.0, 1.0), ClipEdge::Cell(3)),
        ]);
    }

    /// Clips to the places at least `at_m` along the unit vector `normal` (Sutherland and Hodgman 1974).
    pub fn clip_half_plane(&mut self, normal: Coord<f64>, at_m: f64, line: ClipEdge) {
        let beyond = |c: Coord<f64>| c.x * normal.x + c.y * normal.y - at_m;
        let Some((mut a, mut side)) = self.corners.last().copied() else { return };
        let mut beyond_a = beyond(a);
        self.spare.clear();
        for &(b, next) in &self.corners {
            let beyond_b = beyond(b);
            if (beyond_a >= 0.0) != (beyond_b >= 0.0) {
                let cut = a + (b - a) * (beyond_a / (beyond_a - beyond_b));
                // On the way out the line begins here; on the way back the side continues.
                self.spare.push((cut, if beyond_a >= 0.0 { line } else { side }));
            }
            if beyond_b >= 0.0 {
                self.spare.push((b, next));
            }
            (a, side, beyond_a) = (b, next, beyond_b);
        }
        std::mem::swap(&mut self.corners, &mut self.spare);
    }

    /// Area of the rest.
    ///
    /// # Units
    /// Square metres.
    pub fn area_m2(&self) -> f64 {
        let Some((last, _)) = self.corners.last() else { return 0.0 };
        let mut previous = *last - self.low;
        let mut twice = 0.0;
        for (corner, _) in &self.corners {
            let current = *corner - self.low;
            twice += previous.x * current.y - current.x * previous.y;
            previous = current;
        }
        (twice / 2.0).max(0.0)
    }

    /// Fills `found` with the corners on the way from one side of the square to another, from the last on the one to
    /// the first on the other; true if there are at least two and no other side of the square lies between.
    pub fn between(&self, from: u8, to: u8, found: &mut Vec<Coord<f64>>) -> bool {
        found.clear();
        let n = self.corners.len();
        let Some(start) = self.corners.iter().position(|(_, side)| *side == ClipEdge::Cell(from)) else { return false };
        for k in 1..=n {
            let (corner, side) = self.corners[(start + k) % n];
            found.push(corner);
            match side {
                ClipEdge::Capsule(_) => {}
                ClipEdge::Cell(side) => return side == to && found.len() > 1,
            }
        }
        false
    }

    /// Whether a place is in the rest.
    #[cfg(test)]
    pub fn holds(&self, place: Coord<f64>) -> bool {
        let n = self.corners.len();
        n > 2
            && (0..n).all(|i| {
                let (a, b) = (self.corners[i].0, self.corners[(i + 1) % n].0);
                (b.x - a.x) * (place.y - a.y) - (b.y - a.y) * (place.x - a.x) >= 0.0
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_corner_cut_off_leaves_a_pentagon() {
        let mut clipped = ClippedCell::default();
        clipped.whole(Coord { x: 10.0, y: 20.0 }, 4.0);
        assert!((clipped.area_m2() - 16.0).abs() < 1e-12);
        // The line from (12, 20) to (10, 22) cuts off the south-western corner.
        let normal = Coord { x: 0.5_f64.sqrt(), y: 0.5_f64.sqrt() };
        clipped.clip_half_plane(normal, 32.0 * 0.5_f64.sqrt(), ClipEdge::Capsule(7));
        assert!((clipped.area_m2() - 14.0).abs() < 1e-12);
        let mut between = Vec::new();
        assert!(clipped.between(3, 0, &mut between), "from the western side to the southern one");
        assert_eq!(between.len(), 2);
        assert!((between[0].x - 10.0).abs() < 1e-12 && (between[0].y - 22.0).abs() < 1e-12, "{between:?}");
        assert!((between[1].x - 12.0).abs() < 1e-12 && (between[1].y - 20.0).abs() < 1e-12, "{between:?}");
        assert!(!clipped.between(0, 3, &mut between), "other sides lie between");
        clipped.clip_half_plane(Coord { x: 1.0, y: 0.0 }, 100.0, ClipEdge::Capsule(8));
        assert!(clipped.area_m2().abs() < 1e-12);
    }
}
