//! Closed stretches cut out of roads.
//!
//! In: closures (lines or polygons, degrees). Out: [`ClosedRoads`], which returns the open stretches of a line. A
//! closure line closes the roads that it crosses or runs along, within [`LINE_REACH_M`]; a polygon closes the roads
//! inside it.

use geo::algorithm::line_intersection::{LineIntersection, line_intersection};
use geo::{BoundingRect, Contains, Coord, Line, MultiPolygon, Polygon};
use lifering_base::frame::{Frame, LonLat};
use lifering_base::records::Obstacles;

/// A closure line closes roads this near to it, metres.
pub const LINE_REACH_M: f64 = 1.0;

/// Areas in which roads are closed, local metres.
#[derive(Debug)]
pub struct ClosedRoads {
    areas: Vec<Polygon<f64>>,
}

/// The closures as areas: polygons as they are, lines buffered by 1 m.
pub fn closed_areas(closures: &Obstacles, frame: &Frame) -> ClosedRoads {
    use geo::Buffer;
    let mut areas: Vec<Polygon<f64>> = closures.areas.iter().map(|p| frame.polygon_to_local(p)).collect();
    for line in &closures.lines {
        let buffered: MultiPolygon<f64> = frame.line_to_local(line).buffer(LINE_REACH_M);
        areas.extend(buffered);
    }
    ClosedRoads { areas }
}

/// An open stretch of a line.
#[derive(Debug, PartialEq)]
pub struct OpenStretch {
    /// At least two positions, degrees.
    pub line: Vec<LonLat>,
    /// Whether a closure has cut it at its start and at its end: such an end joins no other line.
    pub cut: [bool; 2],
}

impl ClosedRoads {
    /// The open stretches of a line.
    pub fn open_parts(&self, line: &[LonLat], frame: &Frame) -> Vec<OpenStretch> {
        let xy: Vec<Coord<f64>> = line.iter().map(|p| frame.to_local(*p)).collect();
        let near: Vec<&Polygon<f64>> = self
            .areas
            .iter()
            .filter(|area| {
                area.bounding_rect().is_some_and(|rect| {
                    xy.windows(2).any(|w| {
                        w[0].x.min(w[1].x) <= rect.max().x
                            && w[0].x.max(w[1].x) >= rect.min().x
                            && w[0].y.min(w[1].y) <= rect.max().y
                            && w[0].y.max(w[1].y) >= rect.min().y
                    })
                })
            })
            .collect();
        if near.is_empty() {
            return vec![OpenStretch { line: line.to_vec(), cut: [false, false] }];
        }
        let mut parts = Vec::new();
        let mut current = Growing::default();
        for (i, pair) in xy.windows(2).enumerate() {
            let open = open_stretches(Line::new(pair[0], pair[1]), &near);
            let at = |fraction: f64| match fraction {
                0.0 => line[i],
                1.0 => line[i + 1],
                f => frame.to_lon_lat(pair[0] + (pair[1] - pair[0]) * f),
            };
            for (from, to) in &open {
                // What ends or begins at a vertex of the data goes on sharing it.
                if *from > 0.0 || current.line.is_empty() {
                    current.finish(false, &mut parts);
                    current.cut_at_start = *from > 0.0;
                    current.line.push(at(*from));
                }
                current.line.push(at(*to));
                if *to < 1.0 {
                    current.finish(true, &mut parts);
                }
            }
            if open.is_empty() {
                current.finish(false, &mut parts);
            }
        }
        current.finish(false, &mut parts);
        parts
    }
}

/// The stretch that is being followed.
#[derive(Default)]
struct Growing {
    line: Vec<LonLat>,
    cut_at_start: bool,
}

impl Growing {
    /// Ends the stretch, and keeps it if it has a length.
    fn finish(&mut self, cut_at_end: bool, parts: &mut Vec<OpenStretch>) {
        let line = std::mem::take(&mut self.line);
        if line.len() > 1 {
            parts.push(OpenStretch { line, cut: [self.cut_at_start, cut_at_end] });
        }
        self.cut_at_start = false;
    }
}

/// The intervals of a segment outside all closed areas, as fractions of its length, ascending.
fn open_stretches(segment: Line<f64>, areas: &[&Polygon<f64>]) -> Vec<(f64, f64)> {
    let length_2 = segment.dx() * segment.dx() + segment.dy() * segment.dy();
    let fraction = |c: Coord<f64>| {
        ((c.x - segment.start.x) * segment.dx() + (c.y - segment.start.y) * segment.dy())
            / length_2.max(f64::MIN_POSITIVE)
    };
    let mut cuts = vec![0.0, 1.0];
    for area in areas {
        for ring in std::iter::once(area.exterior()).chain(area.interiors()) {
            for edge in ring.lines() {
                match line_intersection(segment, edge) {
                    Some(LineIntersection::SinglePoint { intersection, .. }) => cuts.push(fraction(intersection)),
                    Some(LineIntersection::Collinear { intersection }) => {
                        cuts.push(fraction(intersection.start));
                        cuts.push(fraction(intersection.end));
                    }
                    None => {}
                }
            }
        }
    }
    cuts.retain(|f| (0.0..=1.0).contains(f));
    cuts.sort_by(f64::total_cmp);
    let mut open: Vec<(f64, f64)> = Vec::new();
    for pair in cuts.windows(2) {
        let (from, to) = (pair[0], pair[1]);
        if to - from <= 1e-12 {
            continue;
        }
        let middle = segment.start + segment.delta() * f64::midpoint(from, to);
        if areas.iter().any(|area| area.contains(&geo::Point::from(middle))) {
            continue;
        }
        match open.last_mut() {
            Some(last) if (last.1 - from).abs() <= 1e-12 => last.1 = to,
            _ => open.push((from, to)),
        }
    }
    open
}
