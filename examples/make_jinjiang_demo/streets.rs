//! The invented streets: a jittered grid in every town, a small one in every village, lanes between
//! villages.

use super::arterials::{Arterials, Kind, Street};
use super::land::{ISLAND, Land, hilliness};
use super::plane::{Ll, Point, Segments, round_the_clock};
use super::rng::Rng;

/// The built-up middle of a town: an ellipse with a street grid of its own bearing.
pub struct Core {
    pub name: &'static str,
    pub middle: Point,
    axis: Point,
    half: (f64, f64),
    spacing: f64,
    /// People per cell at the middle, against 1 in a village.
    pub peak: f64,
}

impl Core {
    /// 0 in the middle, 1 on the rim, more outside.
    pub fn depth(&self, p: Point) -> f64 {
        let q = (p - self.middle).in_frame(self.axis);
        Point { x: q.x / self.half.0, y: q.y / self.half.1 }.len()
    }
}

/// name, middle, half lengths, bearing (share of the circle), street spacing, peak density.
type CoreRow = (&'static str, Ll, (f64, f64), f64, f64, f64);

const CORES: &[CoreRow] = &[
    ("青阳", (118.5740, 24.8170), (1900.0, 2300.0), 0.020, 245.0, 10.0),
    ("梅岭", (118.5985, 24.8250), (1500.0, 2000.0), 0.970, 245.0, 9.0),
    ("西园", (118.5500, 24.8200), (1500.0, 2100.0), 0.045, 268.0, 6.5),
    ("罗山", (118.6130, 24.7960), (2300.0, 1600.0), 0.960, 268.0, 6.0),
    ("新塘", (118.6150, 24.7620), (1900.0, 1700.0), 0.060, 278.0, 5.0),
    ("灵源", (118.5640, 24.7640), (1500.0, 1500.0), 0.010, 278.0, 4.5),
    ("池店", (118.5780, 24.8680), (2700.0, 1900.0), 0.985, 268.0, 7.0),
    ("陈埭", (118.6270, 24.8430), (2100.0, 2600.0), 0.040, 268.0, 8.0),
    ("西滨", (118.6580, 24.8380), (1000.0, 1300.0), 0.075, 278.0, 3.0),
    ("紫帽", (118.5160, 24.8730), (1300.0, 1000.0), 0.900, 278.0, 3.5),
    ("磁灶", (118.5030, 24.8310), (2300.0, 1600.0), 0.955, 278.0, 5.0),
    ("内坑", (118.4880, 24.7680), (1500.0, 1200.0), 0.930, 278.0, 4.0),
    ("安海", (118.4610, 24.7230), (2200.0, 1700.0), 0.035, 255.0, 7.0),
    ("永和", (118.5750, 24.7070), (1600.0, 1400.0), 0.950, 278.0, 4.5),
    ("东石", (118.4670, 24.6470), (1900.0, 1500.0), 0.075, 268.0, 5.0),
    ("英林", (118.5720, 24.6220), (1500.0, 1400.0), 0.915, 278.0, 4.5),
    ("龙湖", (118.6110, 24.6620), (1500.0, 1400.0), 0.105, 278.0, 4.5),
    ("深沪", (118.6770, 24.6280), (1700.0, 1300.0), 0.060, 265.0, 5.0),
    ("金井", (118.5960, 24.5710), (1500.0, 1300.0), 0.890, 278.0, 4.5),
];

/// A village: where it is and how big, 1 being usual.
pub struct Village {
    pub middle: Point,
    pub size: f64,
}

/// What was invented.
pub struct Invented {
    pub streets: Vec<Street>,
    pub cores: Vec<Core>,
    pub villages: Vec<Village>,
}

/// Which core p belongs to: the one it lies deepest in.
pub fn core_at(cores: &[Core], p: Point) -> Option<usize> {
    (0..cores.len())
        .map(|k| (k, cores[k].depth(p)))
        .filter(|(_, depth)| *depth < 1.0)
        .min_by(|a, b| a.1.total_cmp(&b.1))
        .map(|(k, _)| k)
}

/// Invent all streets and lanes.
pub fn invent(land: &Land, arterials: &Arterials) -> Invented {
    let cores: Vec<Core> = CORES
        .iter()
        .map(|(name, ll, half, bearing, spacing, peak)| Core {
            name,
            middle: Point::at(*ll),
            axis: round_the_clock(*bearing),
            half: *half,
            spacing: *spacing,
            peak: *peak,
        })
        .collect();
    let mut streets = Vec::new();
    for k in 0..cores.len() {
        streets.extend(town_grid(&cores, k));
    }
    let villages = settle(land, &cores);
    for (number, village) in villages.iter().enumerate() {
        streets.extend(village_grid(number, village, &cores));
    }
    streets.extend(lanes(land, &cores, &villages, arterials));
    Invented { streets, cores, villages }
}

/// Corners of a grid, some of them left out.
struct Grid {
    side: usize,
    corners: Vec<Option<Point>>,
}

impl Grid {
    /// Ask `corner` for every place, row by row.
    fn new(side: usize, mut corner: impl FnMut(usize, usize) -> Option<Point>) -> Self {
        let corners = (0..side * side).map(|k| corner(k / side, k % side)).collect();
        Self { side, corners }
    }

    /// The corner at a step of a line, along or across the rows; `None` past the end, too.
    fn corner(&self, across: bool, line: usize, step: usize) -> Option<Point> {
        let (i, j) = if across { (line, step) } else { (step, line) };
        if i < self.side && j < self.side { self.corners[i * self.side + j] } else { None }
    }
}

/// How far a line of a grid lies from its middle one.
fn off_middle(line: usize, middle: i32) -> i32 {
    i32::try_from(line).map_or(i32::MAX, |line| line - middle)
}

/// The grid of one town. Every fourth line is a collector; some of the others are one-way in turn,
/// some are lanes where cars crawl, and here and there a block is left out or crossed by a footway.
fn town_grid(cores: &[Core], k: usize) -> Vec<Street> {
    let core = &cores[k];
    let mut rng = Rng::named(&format!("town {}", core.name));
    let reach = (core.half.0.max(core.half.1) / core.spacing).ceil() as i32;
    let side = (2 * reach + 1) as usize;
    let warp = (rng.signed() * 0.05, rng.signed() * 0.05);
    let grid = Grid::new(side, |i, j| {
        let (a, b) = (i as f64 - f64::from(reach), j as f64 - f64::from(reach));
        let bent = Point {
            x: (a + warp.0 * b * b / 6.0 + 0.16 * rng.signed()) * core.spacing,
            y: (b + warp.1 * a * a / 6.0 + 0.16 * rng.signed()) * core.spacing,
        };
        let p = (core.middle + bent.out_of_frame(core.axis)).rounded();
        (core_at(cores, p) == Some(k)).then_some(p)
    });
    let mut streets = Vec::new();
    for across in [false, true] {
        for line in 0..side {
            let from_middle = off_middle(line, reach).unsigned_abs() as usize;
            let collector = from_middle % 4 == 2;
            let flavour = rng.unit();
            let (class, keep) = match (collector, flavour) {
                (true, _) => ("tertiary", 1.0),
                (false, f) if f < 0.08 => ("living_street", 0.85),
                (false, f) if f < 0.20 => ("unclassified", 0.94),
                _ => ("residential", 0.94),
            };
            let oneway = class == "residential" && flavour > 0.72;
            let mut run: Vec<Point> = Vec::new();
            for step in 0..=side {
                let here = grid.corner(across, line, step);
                let broken = run.is_empty() || !rng.chance(keep);
                if here.is_none() || (broken && !run.is_empty()) {
                    push_street(&mut streets, std::mem::take(&mut run), class, oneway, from_middle.is_multiple_of(2));
                }
                run.extend(here);
            }
        }
    }
    for i in 1..side {
        for j in 1..side {
            if let (Some(p), Some(q)) = (grid.corner(true, i - 1, j - 1), grid.corner(true, i, j))
                && rng.chance(0.05)
            {
                let bend = p.towards(q, 0.5) + (q - p).right() * (0.12 * rng.signed());
                streets.push(Street::new(Kind::Path, "footway", "", vec![p, bend.rounded(), q]));
            }
        }
    }
    streets
}

fn push_street(streets: &mut Vec<Street>, mut run: Vec<Point>, class: &'static str, oneway: bool, turned: bool) {
    if run.len() < 2 {
        return;
    }
    if turned {
        run.reverse();
    }
    let street = Street::new(Kind::Local, class, "", run);
    streets.push(if oneway { street.one_way() } else { street });
}

/// Scatter villages over the land outside the towns, few of them in the hills; one is on the
/// island.
fn settle(land: &Land, cores: &[Core]) -> Vec<Village> {
    const APART_M: f64 = 1070.0;
    let mut rng = Rng::named("villages");
    let mut villages = vec![Village { middle: Point::at(ISLAND), size: 1.0 }];
    for _ in 0..9000 {
        let p = Point { x: rng.between(-16_000.0, 14_500.0), y: rng.between(-22_500.0, 22_000.0) };
        let lonely = rng.unit();
        let size = rng.between(0.45, 1.0) * rng.between(0.7, 1.6);
        let free = villages.iter().all(|v| v.middle.to(p) > APART_M)
            && cores.iter().all(|core| core.depth(p) > 1.12)
            && lonely > hilliness(p) * 1.6;
        if free && land.is_dry(p, 160.0) {
            villages.push(Village { middle: p.rounded(), size });
        }
    }
    villages
}

/// A village: crooked lines both ways that pass through and beside its middle, shorter the farther
/// out.
fn village_grid(number: usize, village: &Village, cores: &[Core]) -> Vec<Street> {
    let mut rng = Rng::named(&format!("village {number}"));
    let axis = round_the_clock(rng.unit());
    let arms = if village.size > 0.9 { 3_i32 } else { 2 };
    let spacing = rng.between(140.0, 185.0);
    let side = (2 * arms + 1) as usize;
    let grid = Grid::new(side, |i, j| {
        let (a, b) = (off_middle(i, arms), off_middle(j, arms));
        if (a, b) == (0, 0) {
            return Some(village.middle);
        }
        let bent = Point {
            x: (f64::from(a) + 0.27 * rng.signed()) * spacing,
            y: (f64::from(b) + 0.27 * rng.signed()) * spacing,
        };
        let p = (village.middle + bent.out_of_frame(axis)).rounded();
        core_at(cores, p).is_none().then_some(p)
    });
    let mut streets = Vec::new();
    for across in [false, true] {
        for line in 1..side - 1 {
            let off = off_middle(line, arms).abs();
            let class = match rng.unit() {
                _ if off == 0 => "residential",
                f if f < 0.12 => "living_street",
                f if f < 0.15 => "service",
                _ => "residential",
            };
            let mut run: Vec<Point> = Vec::new();
            for step in 0..side {
                let out = off_middle(step, arms).abs();
                let last = off + out == arms;
                let Some(here) = grid.corner(across, line, step).filter(|_| off + out <= arms) else {
                    continue;
                };
                if off > 0 && last && rng.chance(0.25) {
                    continue;
                }
                if off > 0 && !last && rng.chance(0.08) {
                    push_street(&mut streets, std::mem::take(&mut run), class, false, false);
                }
                run.push(here);
            }
            if run.len() > 2 || rng.chance(0.3) {
                push_street(&mut streets, run, class, false, false);
            }
        }
    }
    let (north, west) = (grid.corner(true, 1, arms as usize), grid.corner(true, arms as usize, 1));
    if let (Some(p), Some(q)) = (north, west)
        && rng.chance(0.2)
    {
        streets.push(Street::new(Kind::Path, "footway", "", vec![p, q]));
    }
    streets
}

/// Lanes between neighbouring villages and to the rims of the towns: the Gabriel graph of them (no
/// third one in the circle over the lane), crooked, left out where they would get wet.
fn lanes(land: &Land, cores: &[Core], villages: &[Village], arterials: &Arterials) -> Vec<Street> {
    const LONGEST_M: f64 = 2300.0;
    let mut rng = Rng::named("lanes");
    let mut places: Vec<(Point, Option<usize>)> = villages.iter().map(|v| (v.middle, None)).collect();
    for (k, core) in cores.iter().enumerate() {
        for share in 0..10 {
            let way = round_the_clock(f64::from(share) / 10.0);
            let rim = Point { x: way.x * core.half.0, y: way.y * core.half.1 } * 0.97;
            let p = (core.middle + rim.out_of_frame(core.axis)).rounded();
            if core_at(cores, p) == Some(k) && land.is_dry(p, 60.0) {
                places.push((p, Some(k)));
            }
        }
    }
    let through =
        Segments::of_lines(arterials.streets.iter().filter(|s| s.kind == Kind::Arterial).map(|s| s.line.as_slice()));
    let mut streets = Vec::new();
    for i in 0..places.len() {
        for j in i + 1..places.len() {
            let ((p, town_p), (q, town_q)) = (places[i], places[j]);
            let long = p.to(q);
            if long > LONGEST_M || (town_p.is_some() && town_q.is_some()) {
                continue;
            }
            let middle = p.towards(q, 0.5);
            let taken = places
                .iter()
                .enumerate()
                .any(|(k, (r, _))| k != i && k != j && middle.to(*r) < long * 0.5 && core_at(cores, *r).is_none());
            let pierces =
                [0.25, 0.5, 0.75].iter().any(|t| cores.iter().any(|core| core.depth(p.towards(q, *t)) < 0.93));
            if taken || pierces || rng.chance(0.12) {
                continue;
            }
            let hilly = hilliness(middle);
            let class = match rng.unit() {
                f if f < 0.45 * (hilly * 3.0).min(1.0) => "track",
                f if f < 0.85 || long < 700.0 => "unclassified",
                _ => "tertiary",
            };
            let line = crooked(p, q, 0.10 + 0.10 * hilly, &mut rng);
            let wet = line.windows(2).any(|w| !land.is_dry_along(w[0], w[1], 30.0));
            let beside = through.nearest(middle, 60.0).is_some() && through.nearest(p, 60.0).is_some();
            if !wet && !beside {
                streets.push(Street::new(Kind::Local, class, "", line));
            }
        }
    }
    streets
}

/// A crooked line from p to q with a vertex about every 160 m.
fn crooked(p: Point, q: Point, bend: f64, rng: &mut Rng) -> Vec<Point> {
    let pieces = (p.to(q) / 160.0).ceil().max(2.0);
    let side = (q - p).right() * bend;
    let (bow, swing) = (rng.signed(), rng.signed());
    (0..=pieces as i32)
        .map(|k| {
            let t = f64::from(k) / pieces;
            let hump = 4.0 * t * (1.0 - t);
            let wave = hump * (1.0 - 2.0 * t) * 2.0;
            (p.towards(q, t) + side * (bow * hump + swing * wave)).rounded()
        })
        .collect()
}
