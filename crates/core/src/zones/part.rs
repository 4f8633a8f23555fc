//! How much of a square lies inside the boundary.
//!
//! In: the boundary's rings. Out: [`Part`]s that are cut along with the squares, so that a boundary of many thousand
//! vertices costs each square only the vertices near it.

use geo::{Coord, MultiPolygon};

/// Shares of a square below this are nothing, above one minus this everything.
const NOTHING: f64 = 1e-9;

/// The part of a square that lies inside the boundary.
#[derive(Clone, Debug)]
pub enum Part {
    /// None of it.
    Outside,
    /// All of it.
    Inside,
    /// The area within these rings, outer ones counter-clockwise, holes clockwise.
    Crossing(Vec<Vec<Coord<f64>>>),
}

/// An axis-aligned square.
#[derive(Clone, Copy, Debug)]
pub struct Square {
    /// South-west corner.
    pub low: Coord<f64>,
    /// Side, metres.
    pub side_m: f64,
}

impl Square {
    /// Its middle.
    pub fn centre(self) -> Coord<f64> {
        self.low + Coord { x: self.side_m / 2.0, y: self.side_m / 2.0 }
    }
}

impl Part {
    /// The part of `square`, which covers the whole boundary.
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
        if share <= NOTHING {
            Self::Outside
        } else if share >= 1.0 - NOTHING {
            Self::Inside
        } else {
            Self::Crossing(rings)
        }
    }

    /// The four quarters of a square: south-west, south-east, north-west, north-east.
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

/// Signed area of all rings together, computed about `origin` for precision.
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

/// The parts of rings on one side of an axis-parallel line (Sutherland and Hodgman 1974). Parts that only run along the
/// line have no area and do no harm.
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
        let mut level = vec![(Part::whole(&boundary, square), square)];
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
        assert!(level.iter().any(|(p, _)| matches!(p, Part::Inside)));
        assert!(level.iter().any(|(p, _)| matches!(p, Part::Outside)));
    }
}
