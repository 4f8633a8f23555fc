//! A city that nobody lives in: streets on a jittered grid, a river few streets cross, people thinning out from the centre.
//!
//! In: streets a side, stations, a seed. Out: a region folder, the same bytes for the same numbers. Benches and tests share
//! it. At a side of 670 it has the scale of Beijing's published drive graph: 449,000 junctions, 1.2 million directed edges.

#![allow(clippy::disallowed_methods, reason = "the city of one machine is compared with itself alone")]
#![allow(dead_code, reason = "a bench or a test takes what it needs of this module")]

use oorandom::Rand64;
use std::fmt::Write as _;
use std::io;
use std::path::Path;

/// Metres between streets.
const SPACING_M: f64 = 130.0;
/// Metres of a degree of latitude.
const METRES_A_DEGREE: f64 = 110_574.0;
/// Metres between the places where people are counted.
const PEOPLE_STEP_M: f64 = 200.0;
/// Every street at a multiple of the first number is of this class and speed (km/h); the first that fits counts.
const CLASSES: [(usize, &str, u32); 4] =
    [(40, "trunk", 80), (20, "primary", 60), (10, "secondary", 50), (5, "tertiary", 40)];
/// Segments of the longest way.
const WAY: usize = 41;
/// Share of the stretches of a small street that are there.
const KEPT: f64 = 0.62;
/// Share of small streets that are one-way.
const ONE_WAY: f64 = 0.12;
/// Only streets at a multiple of this cross the river.
const BRIDGES: usize = 20;
/// Units a side.
const UNITS: u32 = 8;

/// What is to be written.
#[derive(Clone, Debug)]
pub struct City {
    /// Streets in each direction.
    pub side: usize,
    /// Emergency sites; hospitals and defibrillators in proportion.
    pub stations: usize,
    /// What is random comes from it.
    pub seed: u64,
    /// Longitude and latitude of the south-west corner.
    pub corner: [f64; 2],
    /// As region.toml calls it.
    pub name: String,
}

/// What was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Written {
    /// Crossings of the grid.
    pub nodes: usize,
    /// Stretches between two of them.
    pub stretches: usize,
    /// Lines of the road layer.
    pub ways: usize,
    /// Places where people are counted.
    pub places: usize,
    /// All people.
    pub people: u64,
}

/// Writes the city of these numbers into a folder.
pub fn write(dir: &Path, side: usize, stations: usize, seed: u64) -> io::Result<Written> {
    City { side, stations, seed, corner: [118.0, 24.5], name: "Synthetic city".to_owned() }.write(dir)
}

/// The plane of the city: metres east and north of its corner.
struct Plane {
    corner: [f64; 2],
    metres_a_degree: [f64; 2],
    size_m: f64,
}

impl Plane {
    fn degrees(&self, east_m: f64, north_m: f64) -> [f64; 2] {
        [self.corner[0] + east_m / self.metres_a_degree[0], self.corner[1] + north_m / self.metres_a_degree[1]]
    }

    /// People a square kilometre.
    fn density(&self, east_m: f64, north_m: f64) -> f64 {
        let centre = self.size_m / 2.0;
        let from_centre_km = (east_m - centre).hypot(north_m - centre) / 1000.0;
        22_000.0 * (-from_centre_km / 12.0).exp() + 250.0
    }
}

/// A layer in the making.
struct Layer {
    text: String,
    features: usize,
}

impl Layer {
    fn new() -> Self {
        Self { text: "{\"type\":\"FeatureCollection\",\"features\":[\n".to_owned(), features: 0 }
    }

    /// Adds a feature; `properties` and `coordinates` are JSON.
    fn add(&mut self, kind: &str, properties: &str, coordinates: &str) {
        let comma = if self.features > 0 { ",\n" } else { "" };
        self.features += 1;
        let _ = write!(
            self.text,
            "{comma}{{\"type\":\"Feature\",\"properties\":{{{properties}}},\"geometry\":{{\"type\":\"{kind}\",\"coordinates\":{coordinates}}}}}"
        );
    }

    fn point(&mut self, at: [f64; 2], properties: &str) {
        self.add("Point", properties, &position(at));
    }

    fn rectangle(&mut self, low: [f64; 2], high: [f64; 2], properties: &str) {
        let ring = [low, [high[0], low[1]], high, [low[0], high[1]], low];
        let ring = ring.map(position).join(",");
        self.add("Polygon", properties, &format!("[[{ring}]]"));
    }

    #[expect(clippy::disallowed_methods, reason = "a generator writes its own files")]
    fn save(mut self, dir: &Path, name: &str) -> io::Result<()> {
        self.text.push_str("\n]}\n");
        std::fs::write(dir.join(format!("{name}.geojson")), self.text)
    }
}

fn position([lon, lat]: [f64; 2]) -> String {
    format!("[{lon:.6},{lat:.6}]")
}

fn uniform(random: &mut Rand64, low: f64, high: f64) -> f64 {
    low + (high - low) * random.rand_float()
}

fn class_of(street: usize) -> (&'static str, u32) {
    let found = CLASSES.iter().find(|(step, ..)| street.is_multiple_of(*step));
    found.map_or(("residential", 30), |(_, class, speed)| (*class, *speed))
}

impl City {
    /// Writes the region folder.
    #[expect(clippy::disallowed_methods, reason = "a generator writes its own files")]
    pub fn write(&self, dir: &Path) -> io::Result<Written> {
        std::fs::create_dir_all(dir)?;
        let mut random = Rand64::new(u128::from(self.seed));
        let size_m = (self.side - 1) as f64 * SPACING_M;
        let middle = self.corner[1] + self.side as f64 * SPACING_M / 2.0 / METRES_A_DEGREE;
        let metres_a_degree = [111_320.0 * middle.to_radians().cos(), METRES_A_DEGREE];
        let plane = Plane { corner: self.corner, metres_a_degree, size_m };

        let (roads, stretches) = self.roads(&plane, &mut random);
        let ways = roads.features;
        roads.save(dir, "roads")?;
        let (population, people) = people(&plane, &mut random);
        let places = population.features;
        population.save(dir, "population")?;
        self.sites(&plane, &mut random, dir)?;

        let (low, high) = (plane.degrees(0.0, 0.0), plane.degrees(size_m, size_m));
        let mut boundary = Layer::new();
        boundary.rectangle(low, high, &format!("\"name\":\"{}\"", self.name));
        boundary.save(dir, "boundary")?;
        let mut units = Layer::new();
        let part = |n: u32| size_m * f64::from(n) / f64::from(UNITS);
        for row in 0..UNITS {
            for column in 0..UNITS {
                let (low, high) =
                    (plane.degrees(part(column), part(row)), plane.degrees(part(column + 1), part(row + 1)));
                let properties =
                    format!("\"id\":\"U{row}{column}\",\"name\":\"Unit {row}-{column}\",\"level\":\"district\"");
                units.rectangle(low, high, &properties);
            }
        }
        units.save(dir, "units")?;
        let layers = ["boundary", "units", "population", "roads", "stations", "facilities", "aeds"];
        let layers = layers.iter().fold(String::new(), |mut text, layer| {
            let _ = writeln!(text, "{layer} = \"{layer}.geojson\"");
            text
        });
        let settings = format!("name = \"{}\"\nstandard = \"jinjiang-14fyp\"\n\n[layers]\n{layers}", self.name);
        std::fs::write(dir.join("region.toml"), settings)?;
        Ok(Written { nodes: self.side * self.side, stretches, ways, places, people })
    }

    /// The streets, and how many stretches between two crossings they have.
    fn roads(&self, plane: &Plane, random: &mut Rand64) -> (Layer, usize) {
        let side = self.side;
        let jitter = 0.22 * SPACING_M;
        let mut crossings = Vec::with_capacity(side * side);
        for row in 0..side {
            for column in 0..side {
                let east = column as f64 * SPACING_M + uniform(random, -jitter, jitter);
                let north = row as f64 * SPACING_M + uniform(random, -jitter, jitter);
                crossings.push(plane.degrees(east, north));
            }
        }
        let river = side / 2;
        let mut layer = Layer::new();
        let mut stretches = 0;
        for northward in [false, true] {
            for street in 0..side {
                let (class, speed) = class_of(street);
                let small = class == "residential";
                let one_way = small && random.rand_float() < ONE_WAY;
                let mut way: Vec<[f64; 2]> = Vec::new();
                for n in 0..side {
                    let at = crossings[if northward { n * side + street } else { street * side + n }];
                    let Some(before) = way.last().copied() else {
                        way.push(at);
                        continue;
                    };
                    let mut bent = |a: f64, b: f64| f64::midpoint(a, b) + uniform(random, -3e-5, 3e-5);
                    let middle = [bent(at[0], before[0]), bent(at[1], before[1])];
                    let there = !small || random.rand_float() < KEPT;
                    let blocked = northward && n == river && !street.is_multiple_of(BRIDGES);
                    if there && !blocked && way.len() < WAY {
                        way.extend([middle, at]);
                        stretches += 1;
                        continue;
                    }
                    add_way(&mut layer, &way, class, speed, one_way);
                    if blocked || way.len() < WAY {
                        way = vec![at];
                    } else {
                        way = vec![before, middle, at];
                        stretches += 1;
                    }
                }
                add_way(&mut layer, &way, class, speed, one_way);
            }
        }
        (layer, stretches)
    }

    /// Stations, facilities and defibrillators.
    fn sites(&self, plane: &Plane, random: &mut Rand64, dir: &Path) -> io::Result<()> {
        let size = plane.size_m;
        let mut stations = Layer::new();
        while stations.features < self.stations {
            let (east, north) = (uniform(random, 0.0, size), uniform(random, 0.0, size));
            if random.rand_float() >= plane.density(east, north) / 9000.0 + 0.05 {
                continue;
            }
            let n = stations.features;
            let kind = match n {
                0 => "center",
                1..9 => "sub_center",
                _ => "station",
            };
            let (ambulances, negative_pressure) = (random.rand_range(2..9), random.rand_range(0..4));
            let properties = format!(
                "\"id\":\"S{n:03}\",\"name\":\"Station {n}\",\"kind\":\"{kind}\",\"ambulances\":{ambulances},\"negative_pressure\":{negative_pressure},\"decontamination\":{}",
                n < 7
            );
            stations.point(plane.degrees(east, north), &properties);
        }
        stations.save(dir, "stations")?;
        let anywhere = |random: &mut Rand64| {
            let (east, north) = (uniform(random, 0.0, size), uniform(random, 0.0, size));
            plane.degrees(east, north)
        };
        let mut facilities = Layer::new();
        for n in 0..self.stations * 4 {
            let kind = ["hospital", "community_health", "clinic"][random.rand_range(0..3) as usize];
            facilities.point(anywhere(random), &format!("\"id\":\"F{n}\",\"kind\":\"{kind}\""));
        }
        facilities.save(dir, "facilities")?;
        let mut aeds = Layer::new();
        for n in 0..self.stations * 5 {
            aeds.point(anywhere(random), &format!("\"id\":\"A{n}\",\"count\":1"));
        }
        aeds.save(dir, "aeds")
    }
}

/// Adds a way of more than one point.
fn add_way(layer: &mut Layer, way: &[[f64; 2]], class: &str, speed: u32, one_way: bool) {
    if way.len() < 2 {
        return;
    }
    let one_way = if one_way { "yes" } else { "no" };
    let properties = format!(
        "\"id\":{},\"highway\":\"{class}\",\"maxspeed\":\"{speed}\",\"oneway\":\"{one_way}\"",
        layer.features + 1
    );
    let positions: Vec<String> = way.iter().copied().map(position).collect();
    layer.add("LineString", &properties, &format!("[{}]", positions.join(",")));
}

/// The people, counted at places on a grid, and their sum.
fn people(plane: &Plane, random: &mut Rand64) -> (Layer, u64) {
    let steps = (plane.size_m / PEOPLE_STEP_M) as u32;
    let mut layer = Layer::new();
    let mut sum = 0;
    for row in 0..steps {
        for column in 0..steps {
            let middle = |n: u32| (f64::from(n) + 0.5) * PEOPLE_STEP_M;
            let (east, north) = (middle(column), middle(row));
            let square_km = (PEOPLE_STEP_M / 1000.0).powi(2);
            let count = (plane.density(east, north) * square_km * uniform(random, 0.5, 1.5)).round() as u64;
            sum += count;
            layer.point(plane.degrees(east, north), &format!("\"population\":{count}"));
        }
    }
    (layer, sum)
}
