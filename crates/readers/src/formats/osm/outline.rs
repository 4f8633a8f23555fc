//! Areas that are drawn by ways: rings, put together and nested.
//!
//! In: the ways of a relation as ids of nodes, and where these lie. Out: polygons with holes. Rings are joined where ways end at
//! the same node. Which ring is a hole in which one follows from where it lies; the roles are only looked at where ends that do
//! not meet are joined. A gap of less than [`LARGEST_GAP_M`] is closed, a larger one leaves the lines beside it open.

use super::nodes::Nodes;
use crate::geometry::Geometry;
use geo::{Area, BoundingRect, Contains, Coord, InteriorPoint, LineString, MultiPolygon, Point, Polygon, Rect};
use lifering_base::frame::LonLat;
use std::collections::BTreeMap;

/// Gaps in a ring below this are closed, metres (issue 26; a ring is closed or it is not known what lies inside).
pub const LARGEST_GAP_M: f64 = 50.0;

/// One way of an outline.
#[derive(Debug)]
pub struct OutlineWay<'a> {
    /// Whether its role says that it runs around a hole.
    pub inner: bool,
    /// Ids of its nodes.
    pub nodes: &'a [i64],
}

/// What the ways of a relation draw.
#[derive(Debug, Default, PartialEq)]
pub struct Outline {
    /// Polygons: the outer ring, then holes.
    pub polygons: Vec<Vec<Vec<LonLat>>>,
    /// Gaps that were closed, metres.
    pub closed_gaps_m: Vec<f64>,
    /// Lines that do not close.
    pub open: Vec<Vec<LonLat>>,
}

impl Outline {
    /// Puts the ways together.
    pub fn of(ways: &[OutlineWay<'_>], nodes: &Nodes) -> Self {
        let stretches: Vec<Stretch> = ways.iter().flat_map(|way| present(way, nodes)).collect();
        let (mut rings, open) = join(&stretches);
        let place = |ids: &[i64]| ids.iter().filter_map(|id| nodes.place(*id)).collect::<Vec<LonLat>>();
        let open: Vec<OpenLine> =
            open.into_iter().map(|line| OpenLine { inner: line.inner, places: place(&line.nodes) }).collect();
        let (closed, open, closed_gaps_m) = close_gaps(&open);
        let mut all: Vec<Vec<LonLat>> = rings.drain(..).map(|ring| place(&ring)).collect();
        all.extend(closed);
        Self { polygons: nest(all), closed_gaps_m, open }
    }

    /// Whether everything closes, and something is enclosed.
    pub fn is_whole(&self) -> bool {
        self.open.is_empty() && !self.polygons.is_empty()
    }

    /// The ground inside.
    pub fn area(&self) -> MultiPolygon<f64> {
        let ring = |ring: &Vec<LonLat>| line_string(ring);
        let polygon = |rings: &Vec<Vec<LonLat>>| {
            let mut rings = rings.iter().map(ring);
            Some(Polygon::new(rings.next()?, rings.collect()))
        };
        self.polygons.iter().filter_map(polygon).collect()
    }

    /// The ground inside as a geometry of a file; `None` if nothing closes.
    pub fn geometry(&self) -> Option<Geometry> {
        match &*self.polygons {
            [] => None,
            [one] => Some(Geometry::Polygon(one.clone())),
            all => Some(Geometry::MultiPolygon(all.to_vec())),
        }
    }

    /// The smallest gap between ends that are still open, metres, and one side of it; `None` if nothing is open.
    pub fn remaining_gap(&self) -> Option<(f64, LonLat)> {
        let ends: Vec<LonLat> =
            self.open.iter().flat_map(|line| [line.first(), line.last()]).flatten().copied().collect();
        let pairs = ends.iter().enumerate().flat_map(|(i, a)| ends[i + 1..].iter().map(|b| (a.geodesic_m(*b), *a)));
        pairs.min_by(|a, b| a.0.total_cmp(&b.0))
    }
}

/// A line of positions in degrees.
pub fn line_string(places: &[LonLat]) -> LineString<f64> {
    places.iter().map(|p| Coord { x: p.lon, y: p.lat }).collect()
}

/// Nodes of a way that follow each other and lie in the extract.
struct Stretch {
    inner: bool,
    nodes: Vec<i64>,
}

fn present(way: &OutlineWay<'_>, nodes: &Nodes) -> Vec<Stretch> {
    let runs = way.nodes.split(|id| nodes.place(*id).is_none()).filter(|run| run.len() > 1);
    runs.map(|run| Stretch { inner: way.inner, nodes: run.to_vec() }).collect()
}

/// Walks along stretches from end to end. Wherever the walk comes back to a node it has passed, a ring is taken out of it.
/// Returns the rings, and lines that lead nowhere.
fn join(stretches: &[Stretch]) -> (Vec<Vec<i64>>, Vec<Stretch>) {
    let (mut rings, mut open) = (Vec::new(), Vec::new());
    let mut at_node: BTreeMap<i64, Vec<usize>> = BTreeMap::new();
    for (index, stretch) in stretches.iter().enumerate() {
        let (first, last) = (stretch.nodes[0], stretch.nodes[stretch.nodes.len() - 1]);
        if first == last {
            rings.push(stretch.nodes.clone());
        } else {
            at_node.entry(first).or_default().push(index);
            at_node.entry(last).or_default().push(index);
        }
    }
    let mut used = vec![false; stretches.len()];
    // Lines that lead nowhere begin where an odd number of stretches end.
    let (odd, even): (Vec<i64>, Vec<i64>) = at_node.keys().partition(|node| at_node[node].len() % 2 == 1);
    for start in odd.into_iter().chain(even) {
        while at_node[&start].iter().any(|index| !used[*index]) {
            let mut walk = vec![start];
            let mut inner = None;
            // Where a stretch begins in the walk.
            let mut joints = vec![0];
            while let Some(&at) = walk.last()
                && let Some(&next) = at_node[&at].iter().find(|index| !used[**index])
            {
                used[next] = true;
                inner = inner.or(Some(stretches[next].inner));
                let nodes = &stretches[next].nodes;
                if nodes[0] == at {
                    walk.extend(&nodes[1..]);
                } else {
                    walk.extend(nodes.iter().rev().skip(1));
                }
                let here = walk[walk.len() - 1];
                if let Some(back) = joints.iter().position(|joint| walk[*joint] == here) {
                    let from = joints[back];
                    rings.push(walk[from..].to_vec());
                    walk.truncate(from + 1);
                    joints.truncate(back + 1);
                } else {
                    joints.push(walk.len() - 1);
                }
            }
            if walk.len() > 1 {
                open.push(Stretch { inner: inner.unwrap_or(false), nodes: walk });
            }
        }
    }
    (rings, open)
}

/// A line that does not close.
struct OpenLine {
    inner: bool,
    places: Vec<LonLat>,
}

impl OpenLine {
    fn end(&self, end: usize) -> LonLat {
        self.places[if end == 0 { 0 } else { self.places.len() - 1 }]
    }
}

/// Joins ends that lie near each other, the nearest first, each end once. Returns rings, lines that are still open, and the
/// gaps.
fn close_gaps(lines: &[OpenLine]) -> (Vec<Vec<LonLat>>, Vec<Vec<LonLat>>, Vec<f64>) {
    let ends: Vec<(usize, usize)> = (0..lines.len()).flat_map(|line| [(line, 0), (line, 1)]).collect();
    let mut pairs = Vec::new();
    for (i, a) in ends.iter().enumerate() {
        for b in &ends[i + 1..] {
            let (from, to) = (lines[a.0].end(a.1), lines[b.0].end(b.1));
            // A degree of latitude is 111 km: most pairs are far apart and need no geodesic.
            if lines[a.0].inner == lines[b.0].inner && (from.lat - to.lat).abs() * 110_000.0 < LARGEST_GAP_M {
                let gap_m = from.geodesic_m(to);
                if gap_m < LARGEST_GAP_M {
                    pairs.push((gap_m, *a, *b));
                }
            }
        }
    }
    pairs.sort_by(|a, b| a.0.total_cmp(&b.0).then_with(|| (a.1, a.2).cmp(&(b.1, b.2))));
    let mut joined: BTreeMap<(usize, usize), (usize, usize)> = BTreeMap::new();
    let mut gaps_m = Vec::new();
    for (gap_m, a, b) in pairs {
        if !joined.contains_key(&a) && !joined.contains_key(&b) {
            joined.insert(a, b);
            joined.insert(b, a);
            gaps_m.push(gap_m);
        }
    }
    let (mut rings, mut open) = (Vec::new(), Vec::new());
    let mut used = vec![false; lines.len()];
    let loose = ends.iter().filter(|end| !joined.contains_key(end));
    // First the lines with a loose end, from there on; what is left then goes round.
    for start in loose.chain(&ends).copied() {
        if used[start.0] {
            continue;
        }
        let (mut places, mut at) = (Vec::new(), Some(start));
        let mut closed = false;
        while let Some((line, end)) = at {
            if used[line] {
                closed = true;
                break;
            }
            used[line] = true;
            if end == 0 {
                places.extend(&lines[line].places);
            } else {
                places.extend(lines[line].places.iter().rev());
            }
            at = joined.get(&(line, 1 - end)).copied();
        }
        if closed {
            places.extend(places.first().copied());
            rings.push(places);
        } else {
            open.push(places);
        }
    }
    (rings, open, gaps_m)
}

/// A closed ring and what is needed to see what lies in it.
struct Ring {
    places: Vec<LonLat>,
    area: f64,
    shape: Polygon<f64>,
    bounds: Rect<f64>,
    inside: Point<f64>,
}

impl Ring {
    /// `None` for a ring that encloses nothing.
    fn of(places: Vec<LonLat>) -> Option<Self> {
        let shape = Polygon::new(line_string(&places), Vec::new());
        let (area, bounds, inside) = (shape.unsigned_area(), shape.bounding_rect()?, shape.interior_point()?);
        (area > 0.0).then_some(Self { places, area, shape, bounds, inside })
    }

    fn holds(&self, other: &Self) -> bool {
        self.bounds.contains(&other.inside) && self.shape.contains(&other.inside)
    }
}

/// Polygons of rings: a ring in an even number of others begins one, any other one is a hole in the smallest around it.
fn nest(rings: Vec<Vec<LonLat>>) -> Vec<Vec<Vec<LonLat>>> {
    let mut rings: Vec<Ring> = rings.into_iter().filter_map(Ring::of).collect();
    rings.sort_by(|a, b| b.area.total_cmp(&a.area));
    // For each ring that begins a polygon, the polygon.
    let mut begins: Vec<Option<usize>> = Vec::with_capacity(rings.len());
    let mut polygons: Vec<Vec<Vec<LonLat>>> = Vec::new();
    for (index, ring) in rings.iter().enumerate() {
        let around: Vec<usize> = (0..index).filter(|larger| rings[*larger].holds(ring)).collect();
        let outer = around.last().and_then(|smallest| begins[*smallest]);
        match outer {
            Some(polygon) if around.len() % 2 == 1 => {
                polygons[polygon].push(ring.places.clone());
                begins.push(None);
            }
            _ => {
                begins.push(Some(polygons.len()));
                polygons.push(vec![ring.places.clone()]);
            }
        }
    }
    polygons
}

#[cfg(test)]
mod tests {
    use super::super::nodes::Position;
    use super::*;

    /// Node `10 x + y` lies at x and y hundredths of a degree, about a kilometre apart.
    fn grid() -> Nodes {
        let at = |x: i64, y: i64| (10 * x + y, Position { lat: y as i32 * 100_000, lon: x as i32 * 100_000 });
        Nodes::new((0..10).flat_map(|x| (0..10).map(move |y| at(x, y))).collect())
    }

    fn outline(ways: &[(bool, &[i64])], nodes: &Nodes) -> Outline {
        let ways: Vec<OutlineWay<'_>> = ways.iter().map(|(inner, nodes)| OutlineWay { inner: *inner, nodes }).collect();
        Outline::of(&ways, nodes)
    }

    /// Number of rings of each polygon.
    fn shape(outline: &Outline) -> Vec<usize> {
        outline.polygons.iter().map(Vec::len).collect()
    }

    #[test]
    fn ways_in_any_order_and_direction_make_rings_that_are_nested_by_where_they_lie() {
        let nodes = grid();
        // A square of 9 by 9 in three ways, a hole in it that calls itself outer, an island in the hole, a second square.
        let ways: [(bool, &[i64]); 6] = [
            (false, &[90, 99]),
            (false, &[0, 90]),
            (false, &[0, 9, 99]),
            (false, &[11, 51, 55, 15, 11]),
            (false, &[22, 42, 44, 24, 22]),
            (true, &[66, 76, 77, 66]),
        ];
        let found = outline(&ways, &nodes);
        assert_eq!((shape(&found), found.open.len(), found.closed_gaps_m.len()), (vec![3, 1], 0, 0));
        assert_eq!(found.polygons[0][0].len(), 5);
        // The same ways in another order.
        let mut turned = ways;
        turned.reverse();
        let turned = outline(&turned, &nodes);
        assert_eq!(shape(&turned), [3, 1]);
    }

    #[test]
    fn rings_that_touch_at_a_node_are_two_rings() {
        // An eight through node 44, begun away from it.
        let ways: [(bool, &[i64]); 4] =
            [(false, &[22, 24, 44]), (false, &[44, 66]), (false, &[66, 64, 44]), (false, &[44, 22])];
        let found = outline(&ways, &grid());
        assert_eq!((shape(&found), found.open.len()), (vec![1, 1], 0));
    }

    #[test]
    fn a_gap_is_closed_below_fifty_metres() {
        // 449 units of 1e-7 degrees of latitude are 4.96 m at the equator, 4,490 units 49.6 m, 4,600 units 50.9 m.
        for (units, closes) in [(449, true), (4_490, true), (4_600, false)] {
            let mut all: Vec<(i64, Position)> = vec![(100, Position { lat: units, lon: 0 })];
            all.extend(
                [(0, (0, 0)), (9, (100_000, 0)), (99, (100_000, 100_000)), (90, (0, 100_000))]
                    .map(|(id, (lat, lon))| (id, Position { lat, lon })),
            );
            let found = outline(&[(false, &[100, 9, 99]), (false, &[99, 90, 0])], &Nodes::new(all));
            assert_eq!(
                (found.polygons.len(), found.open.len()),
                (usize::from(closes), usize::from(!closes)),
                "{units}"
            );
            let metres = f64::from(units) * 0.011_057_4;
            let gap_m = found.remaining_gap().map_or_else(|| found.closed_gaps_m[0], |(gap_m, _)| gap_m);
            assert!((gap_m - metres).abs() < 0.1, "{gap_m} {metres}");
        }
    }

    #[test]
    fn nodes_that_the_extract_lacks_break_a_ring() {
        let found = outline(&[(false, &[0, 9, 999, 99, 90, 0])], &grid());
        assert_eq!((found.polygons.len(), found.open.len()), (0, 1));
        assert_eq!(found.open[0].len(), 4);
    }
}
