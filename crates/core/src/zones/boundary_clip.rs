//! Squares clipped to the boundary.
//!
//! In: the boundary's rings. Out: a [`ClippedBoundary`] for each square, clipped again for its quadrants, so that each
//! square costs only the vertices near it.

use geo::{Coord, MultiPolygon};

/// Shares of a square below this count as none, above one minus this as all.
const NEGLIGIBLE_SHARE: f64 = 1e-9;

/// The part of the boundary's area inside a square.
#[derive(Clone, Debug)]
pub enum ClippedBoundary {
    /// None of the square lies inside the boundary.
    Outside,
    /// All of the square lies inside the boundary.
    Inside,
    /// The part within these rings, local metres: exteriors counter-clockwise, holes clockwise, without a repeated
    /// last vertex.
    Crossing(Vec<Vec<Coord<f64>>>),
}

/// An axis-parallel square.
#[derive(Clone, Copy, Debug)]
pub struct Square {
    /// South-western corner, local metres.
    pub low: Coord<f64>,
    /// Side, metres.
    pub side_m: f64,
}

impl Square {
    /// Centre, local metres.
    pub fn centre(self) -> Coord<f64> {
        self.low + Coord { x: self.side_m / 2.0, y: self.side_m / 2.0 }
    }
}

impl ClippedBoundary {
    /// The whole boundary, inside a square that contains it.
    pub fn whole(boundary: &MultiPolygon<f64>, square: Square) -> Self {
        use geo::Orient;
        use geo::orient::Direction;
        let rings = boundary
            .orient(Direction::Default)
            .into_iter()
            .flat_map(|polygon| {
                let (exterior, interiors) = polygon.into_inner();
                std::iter::once(exterior).chain(interiors)
            })
            .map(|ring| {
                let mut ring = ring.into_inner();
                ring.pop();
                ring
            })
            .collect();
        Self::of(rings, square)
    }

    fn of(rings: Vec<Vec<Coord<f64>>>, square: Square) -> Self {
        let share = rings_area(&rings, square.centre()) / (square.side_m * square.side_m);
        if share <= NEGLIGIBLE_SHARE {
            Self::Outside
        } else if share >= 1.0 - NEGLIGIBLE_SHARE {
            Self::Inside
        } else {
            Self::Crossing(rings)
        }
    }

    /// The parts in the quadrants of `square`: south-west, south-east, north-west, north-east.
    pub fn quarters(&self, square: Square) -> [Self; 4] {
        match self {
            Self::Outside => std::array::from_fn(|_| Self::Outside),
            Self::Inside => std::array::from_fn(|_| Self::Inside),
            Self::Crossing(rings) => {
                let centre = square.centre();
                let half = square.side_m / 2.0;
                let halves = [cut(rings, false, centre.x, false), cut(rings, false, centre.x, true)];
                std::array::from_fn(|q| {
                    let (east, north) = (q % 2 == 1, q / 2 == 1);
                    let rings = cut(&halves[usize::from(east)], true, centre.y, north);
                    let low = Coord {
                        x: if east { centre.x } else { square.low.x },
                        y: if north { centre.y } else { square.low.y },
                    };
                    Self::of(rings, Square { low, side_m: half })
                })
            }
        }
    }

    /// Area of the part.
    ///
    /// # Units
    /// Square metres.
    pub fn area_m2(&self, square: Square) -> f64 {
        match self {
            Self::Outside => 0.0,
            Self::Inside => square.side_m * square.side_m,
            Self::Crossing(rings) => rings_area(rings, square.centre()),
        }
    }
}

/// Signed area of all rings, m², computed about `origin` for precision.
fn rings_area(rings: &[Vec<Coord<f64>>], origin: Coord<f64>) -> f64 {
    rings
        .iter()
        .map(|ring| {
            let mut twice = 0.0;
            let mut previous = ring[ring.len() - 1] - origin;
            for c in ring {
                let current = *c - origin;
                twice += previous.x * current.y - current.x * previous.y;
                previous = current;
            }
            twice / 2.0
        })
        .sum()
}

/// Rings clipped to one side of an axis-parallel line (Sutherland and Hodgman 1974). Degenerate parts along the line
/// have no area and do no harm.
fn cut(rings: &[Vec<Coord<f64>>], by_y: bool, at: f64, above: bool) -> Vec<Vec<Coord<f64>>> {
    let value = |c: Coord<f64>| if by_y { c.y } else { c.x };
    let keeps = |c: Coord<f64>| if above { value(c) >= at } else { value(c) <= at };
    rings
        .iter()
        .filter_map(|ring| {
            if ring.iter().all(|c| keeps(*c)) {
                return Some(ring.clone());
            }
            let mut out = Vec::new();
            let mut previous = ring[ring.len() - 1];
            for &current in ring {
                if keeps(previous) != keeps(current) {
                    let t = (at - value(previous)) / (value(current) - value(previous));
                    let mut crossing = previous + (current - previous) * t;
                    if by_y {
                        crossing.y = at;
                    } else {
                        crossing.x = at;
                    }
                    out.push(crossing);
                }
                if keeps(current) {
                    out.push(current);
                }
                previous = current;
            }
            (out.len() > 2).then_some(out)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo::{Area, polygon};

    #[test]
    fn quarters_add_up_to_the_whole() {
        let boundary = MultiPolygon::new(vec![polygon!(
            exterior: [(x: 1.0, y: 1.0), (x: 14.0, y: 2.0), (x: 15.5, y: 9.0), (x: 7.0, y: 15.0), (x: 2.0, y: 9.0)],
            interiors: [[(x: 6.0, y: 6.0), (x: 9.0, y: 6.5), (x: 8.0, y: 9.0)]],
        )]);
        let square = Square { low: Coord { x: 0.0, y: 0.0 }, side_m: 16.0 };
        let mut level = vec![(ClippedBoundary::whole(&boundary, square), square)];
        for _ in 0..4 {
            level = level
                .into_iter()
                .flat_map(|(part, square)| {
                    let half = square.side_m / 2.0;
                    part.quarters(square).into_iter().enumerate().map(move |(q, part)| {
                        let low = square.low + Coord { x: half * (q % 2) as f64, y: half * (q / 2) as f64 };
                        (part, Square { low, side_m: half })
                    })
                })
                .collect();
            let sum: f64 = level.iter().map(|(part, square)| part.area_m2(*square)).sum();
            assert!((sum - boundary.unsigned_area()).abs() < 1e-9, "{sum}");
        }
        assert!(level.iter().any(|(p, _)| matches!(p, ClippedBoundary::Inside)));
        assert!(level.iter().any(|(p, _)| matches!(p, ClippedBoundary::Outside)));
    }
}
