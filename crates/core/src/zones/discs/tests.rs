use super::*;
use geo::{polygon, unary_union};
use oorandom::Rand64;
use proptest::prelude::*;
use std::time::{Duration, Instant};

const CENTRE: LonLat = LonLat { lon: 118.5, lat: 24.7 };

fn frame() -> Frame {
    Frame::new(CENTRE).unwrap()
}

fn places(frame: &Frame, at: &[(f64, f64)]) -> Vec<LonLat> {
    at.iter().map(|(x, y)| frame.to_lon_lat(Coord { x: *x, y: *y })).collect()
}

fn square(half_m: f64, middle: (f64, f64)) -> MultiPolygon<f64> {
    let corner = |x: f64, y: f64| (middle.0 + x * half_m, middle.1 + y * half_m);
    let ring = LineString::from(vec![corner(-1.0, -1.0), corner(1.0, -1.0), corner(1.0, 1.0), corner(-1.0, 1.0)]);
    MultiPolygon::new(vec![Polygon::new(ring, Vec::new())])
}

/// An odd boundary with a hole and an island in it.
fn odd() -> MultiPolygon<f64> {
    MultiPolygon::new(vec![
        polygon!(
            exterior: [(x: -3000.0, y: -2500.0), (x: 2800.0, y: -3000.0), (x: 3000.0, y: 900.0), (x: 400.0, y: 100.0), (x: -600.0, y: 3000.0)],
            interiors: [[(x: -1500.0, y: -1500.0), (x: 900.0, y: -1800.0), (x: 200.0, y: -300.0), (x: -1200.0, y: 100.0)]],
        ),
        polygon![(x: -700.0, y: -1100.0), (x: 100.0, y: -1200.0), (x: -400.0, y: -500.0)],
    ])
}

fn beyond(sites: &[LonLat], radius_m: f64, boundary: &MultiPolygon<f64>, frame: &Frame) -> BeyondDiscs {
    beyond_discs(sites, radius_m, boundary, frame, &|| true).unwrap()
}

/// The union of whole polygons, which needs every one against every other: best, low, high.
fn by_whole_polygons(sites: &[LonLat], radius_m: f64, boundary: &MultiPolygon<f64>, frame: &Frame) -> [f64; 3] {
    let sides = (PI / libm::acos(1.0 - SAGITTA_M / radius_m.max(1.0))).ceil().clamp(24.0, 4096.0) as i64;
    let apothem = libm::cos(PI / sides as f64);
    let minus = |radius_m: f64| {
        let polygon = CirclePolygon { sides, radius_m, frame };
        let whole = |site: &LonLat| {
            let centre = frame.to_local(*site);
            let ring = (0..sides).map(|k| centre + polygon.vertex(*site, centre, k)).collect();
            Polygon::new(ring, Vec::new())
        };
        let discs: Vec<Polygon<f64>> = sites.iter().map(whole).collect();
        boundary.difference(&unary_union(&discs)).unsigned_area()
    };
    [
        minus(radius_m * f64::midpoint(1.0, 1.0 / apothem)),
        minus(radius_m / apothem * (1.0 + 1e-6)),
        minus(radius_m * (1.0 - 1e-6)),
    ]
}

/// Where a level line crosses the sides of polygons: lengths inside, as ranges from west to east.
fn inside(boundary: &MultiPolygon<f64>, y: f64) -> Vec<(f64, f64)> {
    let rings = boundary.iter().flat_map(|p| std::iter::once(p.exterior()).chain(p.interiors()));
    let mut at: Vec<f64> = rings
        .flat_map(|ring| ring.lines().collect::<Vec<_>>())
        .filter(|side| (side.start.y > y) != (side.end.y > y))
        .map(|side| side.start.x + (y - side.start.y) / (side.end.y - side.start.y) * (side.end.x - side.start.x))
        .collect();
    at.sort_unstable_by(f64::total_cmp);
    at.chunks_exact(2).map(|pair| (pair[0], pair[1])).collect()
}

/// The uncovered area by level lines half a metre apart, circles as they are in the plane (near its centre).
fn by_lines_m2(sites: &[(f64, f64)], radius_m: f64, boundary: &MultiPolygon<f64>) -> f64 {
    const APART_M: f64 = 0.5;
    let rows = (6200.0 / APART_M) as i32;
    let row = |n: i32| -> f64 {
        let y = -3100.0 + (f64::from(n) + 0.5) * APART_M;
        let mut covered: Vec<(f64, f64)> = sites
            .iter()
            .filter_map(|(x, at)| {
                let half = (radius_m * radius_m - (y - at) * (y - at)).max(0.0).sqrt();
                (half > 0.0).then_some((x - half, x + half))
            })
            .collect();
        covered.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
        let open = |(west, east): (f64, f64)| {
            let (mut reached, mut open) = (west, 0.0);
            for (from, to) in &covered {
                open += (from.min(east) - reached).max(0.0);
                reached = reached.max(*to);
            }
            open + (east - reached).max(0.0)
        };
        inside(boundary, y).into_iter().map(open).sum::<f64>() * APART_M
    };
    (0..rows).map(row).sum()
}

#[test]
fn one_disc_and_none() {
    let frame = frame();
    let boundary = square(2000.0, (0.0, 0.0));
    assert!((beyond(&[], 500.0, &boundary, &frame).area.unsigned_area() - 16e6).abs() < 1.0);
    // 16 km² less pi r² = 785,398.16 m².
    let one = beyond(&places(&frame, &[(0.0, 0.0)]), 500.0, &boundary, &frame);
    let truth = 16e6 - 785_398.163;
    assert!(one.low_m2 < truth && truth < one.high_m2, "{one:?}");
    assert!(one.high_m2 - one.low_m2 < 0.11 * TAU * 500.0, "{} m2", one.high_m2 - one.low_m2);
    assert!((one.area.unsigned_area() - truth).abs() < 80.0);
    // All within reach.
    let all = beyond(&places(&frame, &[(0.0, 0.0)]), 3000.0, &boundary, &frame);
    assert!(all.area.0.is_empty() && all.high_m2.abs() < f64::EPSILON);
    // The same place a hundred times is one place.
    let same = beyond(&places(&frame, &[(0.0, 0.0); 100]), 500.0, &boundary, &frame);
    assert!((same.high_m2 - one.high_m2).abs() < 1e-6 && (same.low_m2 - one.low_m2).abs() < 1e-6);
}

#[test]
fn stops_when_told_to() {
    let frame = frame();
    let sites = places(&frame, &[(0.0, 0.0)]);
    assert!(beyond_discs(&sites, 500.0, &square(2000.0, (0.0, 0.0)), &frame, &|| false).is_none());
}

/// Told to stop while it draws, it does so in less than this, without optimisation and on a busy machine.
const PROMPT: Duration = Duration::from_secs(6);

#[test]
fn stops_soon_once_told_to() {
    let frame = frame();
    let mut random = Rand64::new(18);
    let mut any = || (random.rand_float() * 2.0 - 1.0) * 60_000.0;
    // 20,000 discs of 500 m that leave a third of 14,400 km2 open: the longest outline that so many have.
    let at: Vec<(f64, f64)> = (0..20_000).map(|_| (any(), any())).collect();
    let (sites, boundary) = (places(&frame, &at), square(60_000.0, (0.0, 0.0)));
    let end = Instant::now() + Duration::from_millis(300);
    let stopped = beyond_discs(&sites, 500.0, &boundary, &frame, &|| Instant::now() < end);
    let late = Instant::now().saturating_duration_since(end);
    assert!(stopped.is_none() && late < PROMPT, "{late:?}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn the_truth_lies_within_the_bounds(
        random in proptest::collection::vec((-3500.0..3500.0f64, -3500.0..3500.0f64), 1..40),
        on_grid in proptest::collection::vec((-5_i32..5, -5_i32..5), 0..30),
        close in proptest::collection::vec((-0.5..0.5f64, -0.5..0.5f64), 0..12),
        radius_m in 60.0..1500.0f64,
    ) {
        let frame = frame();
        // Squares of a side of a radius, so that four circles meet in one place; and many within a metre.
        let grid = on_grid.iter().map(|(x, y)| (f64::from(*x) * radius_m, f64::from(*y) * radius_m));
        let at: Vec<(f64, f64)> = random.iter().copied().chain(grid).chain(close.iter().copied()).collect();
        let boundary = odd();
        let truth = by_lines_m2(&at, radius_m, &boundary);
        let found = beyond(&places(&frame, &at), radius_m, &boundary, &frame);
        // Lines half a metre apart miss a little where a circle begins or ends.
        let blur = 2.0 + 0.3 * at.len() as f64 * radius_m.sqrt() * 0.35;
        prop_assert!(found.low_m2 - blur <= truth && truth <= found.high_m2 + blur, "{truth}: {} to {}", found.low_m2, found.high_m2);
        let best = found.area.unsigned_area();
        prop_assert!(found.low_m2 <= best + 1e-3 && best <= found.high_m2 + 1e-3);
        let [reference, low, high] = by_whole_polygons(&places(&frame, &at), radius_m, &boundary, &frame);
        let near = |a: f64, b: f64| (a - b).abs() < 0.5 + 1e-7 * b;
        prop_assert!(near(best, reference) && near(found.low_m2, low) && near(found.high_m2, high),
            "{best} {reference}, {} {low}, {} {high}", found.low_m2, found.high_m2);
    }

    /// As wide and as true where the plane bends: the same polygons, whole.
    #[test]
    fn far_from_the_centre_of_the_plane_as_by_whole_polygons(
        away_m in 0.0..1_200_000.0f64, to in 0.0..360.0f64, radius_m in 300.0..40_000.0f64,
        around in proptest::collection::vec((-2.0..2.0f64, -2.0..2.0f64), 1..25),
    ) {
        let frame = frame();
        let middle = frame.to_local(CENTRE.destination(to, away_m));
        let at: Vec<(f64, f64)> = around.iter().map(|(x, y)| (middle.x + x * radius_m, middle.y + y * radius_m)).collect();
        let boundary = square(2.5 * radius_m, (middle.x, middle.y));
        let sites = places(&frame, &at);
        let found = beyond(&sites, radius_m, &boundary, &frame);
        let [reference, low, high] = by_whole_polygons(&sites, radius_m, &boundary, &frame);
        let near = |a: f64, b: f64| (a - b).abs() < 1.0 + 1e-6 * b.max(radius_m * radius_m);
        prop_assert!(near(found.area.unsigned_area(), reference) && near(found.low_m2, low) && near(found.high_m2, high),
            "{} {reference}, {} {low}, {} {high}", found.area.unsigned_area(), found.low_m2, found.high_m2);
    }

    #[test]
    fn distances_differ_in_the_plane_by_no_more_than_the_bend(
        away_m in 0.0..800_000.0f64, to in 0.0..360.0f64, lat in -60.0..60.0f64, radius_m in 50.0..60_000.0f64,
        first in (0.0..1.0f64, 0.0..360.0f64), second in (0.0..1.0f64, 0.0..360.0f64),
    ) {
        let centre = LonLat::new(20.0, lat);
        let frame = Frame::new(centre).unwrap();
        let from = centre.destination(to, away_m);
        let site = |(share, bearing): (f64, f64)| from.destination(bearing, share * radius_m);
        let (a, b) = (site(first), site(second));
        let plane = |a: LonLat, b: LonLat| {
            let apart = frame.to_local(a) - frame.to_local(b);
            libm::hypot(apart.x, apart.y)
        };
        let differ = (plane(from, a) - plane(from, b)) - (from.geodesic_m(a) - from.geodesic_m(b));
        let bend = Bend::around(frame.to_local(a), radius_m);
        prop_assert!(differ.abs() <= bend.0 * plane(a, b) + 1e-6, "{differ} m, {} m", bend.0 * plane(a, b));
    }
}

/// What is handed on to be joined grows with the outline, not with the pairs of discs that overlap.
#[test]
fn as_many_vertices_as_the_outline_has() {
    let frame = frame();
    let vertices = |number: usize, half_m: f64, radius_m: f64| {
        let mut random = Rand64::new(7);
        let mut any = || (random.rand_float() * 2.0 - 1.0) * half_m;
        let at: Vec<(f64, f64)> = (0..number).map(|_| (any(), any())).collect();
        let boundary = square(4.0 * half_m, (0.0, 0.0));
        let discs = Discs::near(&places(&frame, &at), radius_m, &boundary, &frame, &|| true).unwrap();
        discs.covered(1.0).iter().map(|p| p.exterior().0.len()).sum::<usize>()
    };
    // Discs of 5 km within 10 km of each other: one outline of some 30 km, 497 vertices a circle of 31 km. Whole polygons
    // would have 497 vertices each: 497,000 and 4,970,000.
    for number in [1_000, 10_000] {
        let found = vertices(number, 3500.0, 5000.0);
        assert!(found < 4_000, "{number}: {found}");
    }
    // All within a metre.
    let found = vertices(2_000, 0.5, 5000.0);
    assert!(found < 4_000, "{found}");
    // On one straight line, and on one circle: what triangulations find hardest.
    let of = |at: &[(f64, f64)]| {
        let boundary = square(200_000.0, (0.0, 0.0));
        let discs = Discs::near(&places(&frame, at), 2000.0, &boundary, &frame, &|| true).unwrap();
        discs.covered(1.0).iter().map(|p| p.exterior().0.len()).sum::<usize>()
    };
    let line: Vec<(f64, f64)> = (0..8_000).map(|n| (0.0, 5.0 * f64::from(n))).collect();
    let circle = |n: i32| {
        let (sin, cos) = libm::sincos(f64::from(n) / 8000.0 * TAU);
        (6000.0 * cos, 6000.0 * sin)
    };
    let circle: Vec<(f64, f64)> = (0..8_000).map(circle).collect();
    let (line, circle) = (of(&line), of(&circle));
    assert!(line < 120_000 && circle < 120_000, "a few a site: {line}, {circle}");
    // A thousand and four thousand discs of 500 m that hardly touch: as many more vertices as discs.
    let (few, many) = (vertices(1_000, 20_000.0, 500.0), vertices(4_000, 40_000.0, 500.0));
    assert!(many < 5 * few, "{few}, {many}");
}
