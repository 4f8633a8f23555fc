//! The drawing plane: metres east and north of one point in the middle of the region.
//!
//! The frame is only for inventing things. Whatever is written goes through [`Micro`], whole
//! millionths of a degree, and is read back from there, so that what touches in the drawing touches
//! exactly in the files.

use std::collections::BTreeMap;
use std::ops::{Add, Mul, Sub};

/// Longitude and latitude in degrees, as the tables of this generator write them.
pub type Ll = (f64, f64);

const ORIGIN: Ll = (118.57, 24.70);
/// Metres in a degree of longitude and of latitude at 24.7 N (WGS 84).
const M_PER_DEG: (f64, f64) = (101_170.0, 110_770.0);

/// A place in millionths of a degree: what the files hold.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Micro {
    pub lon: i32,
    pub lat: i32,
}

/// A place in metres.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Point {
    pub x: f64,
    pub y: f64,
}

impl Add for Point {
    type Output = Self;
    fn add(self, o: Self) -> Self {
        Self { x: self.x + o.x, y: self.y + o.y }
    }
}

impl Sub for Point {
    type Output = Self;
    fn sub(self, o: Self) -> Self {
        Self { x: self.x - o.x, y: self.y - o.y }
    }
}

impl Mul<f64> for Point {
    type Output = Self;
    fn mul(self, k: f64) -> Self {
        Self { x: self.x * k, y: self.y * k }
    }
}

impl Point {
    /// The point at a longitude and latitude.
    pub fn at((lon, lat): Ll) -> Self {
        Self { x: (lon - ORIGIN.0) * M_PER_DEG.0, y: (lat - ORIGIN.1) * M_PER_DEG.1 }
    }

    /// The millionth of a degree nearest to this point.
    pub fn micro(self) -> Micro {
        let lon = (ORIGIN.0 + self.x / M_PER_DEG.0) * 1e6;
        let lat = (ORIGIN.1 + self.y / M_PER_DEG.1) * 1e6;
        Micro { lon: lon.round() as i32, lat: lat.round() as i32 }
    }

    /// This point as the files will hold it.
    pub fn rounded(self) -> Self {
        let m = self.micro();
        Self::at((f64::from(m.lon) / 1e6, f64::from(m.lat) / 1e6))
    }

    pub fn dot(self, o: Self) -> f64 {
        self.x * o.x + self.y * o.y
    }

    pub fn cross(self, o: Self) -> f64 {
        self.x * o.y - self.y * o.x
    }

    pub fn len(self) -> f64 {
        self.dot(self).sqrt()
    }

    pub fn to(self, o: Self) -> f64 {
        (o - self).len()
    }

    /// The same direction, one metre long.
    pub fn unit(self) -> Self {
        self * (1.0 / self.len().max(1e-9))
    }

    /// A quarter turn to the right.
    pub fn right(self) -> Self {
        Self { x: self.y, y: -self.x }
    }

    pub fn towards(self, o: Self, share: f64) -> Self {
        self + (o - self) * share
    }

    /// This vector seen in a frame whose x axis points along the unit vector `axis`.
    pub fn in_frame(self, axis: Self) -> Self {
        Self { x: self.dot(axis), y: axis.cross(self) }
    }

    /// The inverse of [`Point::in_frame`].
    pub fn out_of_frame(self, axis: Self) -> Self {
        axis * self.x - axis.right() * self.y
    }
}

/// A unit vector, `share` of the way round the circle. Rational, so nearly but not quite evenly
/// spread.
pub fn round_the_clock(share: f64) -> Point {
    let quarter = share.rem_euclid(1.0) * 4.0;
    let t = quarter - quarter.floor();
    let (x, y) = ((1.0 - t * t) / (1.0 + t * t), 2.0 * t / (1.0 + t * t));
    match quarter as usize {
        0 => Point { x, y },
        1 => Point { x: -y, y: x },
        2 => Point { x: -x, y: -y },
        _ => Point { x: y, y: -x },
    }
}

/// Where a-b and c-d cross, as shares of both; touching ends do not count.
pub fn crossing(a: Point, b: Point, c: Point, d: Point) -> Option<(f64, f64)> {
    let (r, s) = (b - a, d - c);
    let area = r.cross(s);
    if area.abs() < 1e-9 {
        return None;
    }
    let t = (c - a).cross(s) / area;
    let u = (c - a).cross(r) / area;
    (t > 0.0 && t < 1.0 && u > 0.0 && u < 1.0).then_some((t, u))
}

/// The point of a-b nearest to p.
pub fn nearest_on(p: Point, a: Point, b: Point) -> Point {
    let r = b - a;
    let t = ((p - a).dot(r) / r.dot(r).max(1e-9)).clamp(0.0, 1.0);
    a + r * t
}

/// Twice the signed area of a ring given without its closing point; positive is counter-clockwise.
pub fn doubled_area(ring: &[Point]) -> f64 {
    (0..ring.len()).map(|i| ring[i].cross(ring[(i + 1) % ring.len()])).sum()
}

/// Whether p lies in a ring given without its closing point.
pub fn in_ring(p: Point, ring: &[Point]) -> bool {
    let mut inside = false;
    for i in 0..ring.len() {
        let (a, b) = (ring[i], ring[(i + 1) % ring.len()]);
        if (a.y > p.y) != (b.y > p.y) && p.x < a.x + (p.y - a.y) / (b.y - a.y) * (b.x - a.x) {
            inside = !inside;
        }
    }
    inside
}

/// A smooth line through the given points (Catmull-Rom), with a vertex at least every `step`
/// metres.
pub fn smooth(through: &[Point], step: f64) -> Vec<Point> {
    let mut line = vec![through[0].rounded()];
    for i in 0..through.len() - 1 {
        let (p1, p2) = (through[i], through[i + 1]);
        let p0 = if i == 0 { p1 } else { through[i - 1] };
        let p3 = *through.get(i + 2).unwrap_or(&p2);
        let pieces = (p1.to(p2) / step).ceil().max(1.0) as usize;
        for k in 1..=pieces {
            let t = k as f64 / pieces as f64;
            let bend = p1 * 2.0
                + (p2 - p0) * t
                + (p0 * 2.0 - p1 * 5.0 + p2 * 4.0 - p3) * (t * t)
                + (p1 * 3.0 - p0 - p2 * 3.0 + p3) * (t * t * t);
            let p = if k == pieces { p2 } else { bend * 0.5 };
            line.push(p.rounded());
        }
    }
    line
}

/// Segments in square bins, to ask what lies near.
pub struct Segments {
    all: Vec<(Point, Point)>,
    bins: BTreeMap<(i32, i32), Vec<usize>>,
}

const BIN_M: f64 = 300.0;

fn bin(p: Point) -> (i32, i32) {
    ((p.x / BIN_M).floor() as i32, (p.y / BIN_M).floor() as i32)
}

impl Segments {
    pub fn new(segments: impl IntoIterator<Item = (Point, Point)>) -> Self {
        let mut me = Self { all: Vec::new(), bins: BTreeMap::new() };
        for (a, b) in segments {
            me.add(a, b);
        }
        me
    }

    /// All segments of some lines.
    pub fn of_lines<'a>(lines: impl IntoIterator<Item = &'a [Point]>) -> Self {
        Self::new(lines.into_iter().flat_map(|line| line.windows(2).map(|w| (w[0], w[1]))))
    }

    pub fn add(&mut self, a: Point, b: Point) {
        let (lo, hi) = bins_of(a, b, 0.0);
        for i in lo.0..=hi.0 {
            for j in lo.1..=hi.1 {
                self.bins.entry((i, j)).or_default().push(self.all.len());
            }
        }
        self.all.push((a, b));
    }

    /// The numbers of the segments whose bins come within `reach` of a-b, each once, in order.
    pub fn near(&self, a: Point, b: Point, reach: f64) -> Vec<usize> {
        let (lo, hi) = bins_of(a, b, reach);
        let mut found: Vec<usize> = (lo.0..=hi.0)
            .flat_map(|i| (lo.1..=hi.1).filter_map(move |j| self.bins.get(&(i, j))))
            .flatten()
            .copied()
            .collect();
        found.sort_unstable();
        found.dedup();
        found
    }

    pub fn get(&self, i: usize) -> (Point, Point) {
        self.all[i]
    }

    /// Distance from p to the nearest segment and the point there, if one lies within `reach`.
    pub fn nearest(&self, p: Point, reach: f64) -> Option<(f64, Point)> {
        self.near(p, p, reach)
            .into_iter()
            .map(|i| nearest_on(p, self.all[i].0, self.all[i].1))
            .map(|q| (p.to(q), q))
            .filter(|(d, _)| *d <= reach)
            .min_by(|a, b| a.0.total_cmp(&b.0))
    }

    /// Whether a-b crosses any segment.
    pub fn crossed(&self, a: Point, b: Point) -> bool {
        self.near(a, b, 0.0).into_iter().any(|i| crossing(a, b, self.all[i].0, self.all[i].1).is_some())
    }
}

fn bins_of(a: Point, b: Point, reach: f64) -> ((i32, i32), (i32, i32)) {
    let lo = Point { x: a.x.min(b.x) - reach, y: a.y.min(b.y) - reach };
    let hi = Point { x: a.x.max(b.x) + reach, y: a.y.max(b.y) + reach };
    (bin(lo), bin(hi))
}
