//! The land: nineteen towns that tile one boundary, an island, bays, lakes, a river, a railway,
//! hills.
//!
//! The towns are drawn like a `TopoJSON` file. Junctions are where three towns (or two and the edge)
//! meet; an arc joins two junctions and is roughened once; a town is the ring of arcs round it.
//! Neighbours therefore share every vertex, with neither gap nor overlap. Junctions lie roughly
//! where the real ones do; the wiggles are invented.

use super::plane::{Ll, Point, Segments, doubled_area, in_ring, round_the_clock, smooth};
use super::rng::Rng;
use std::collections::BTreeMap;

/// How an arc looks.
#[derive(Clone, Copy, PartialEq)]
enum Look {
    /// A border between towns, or with a neighbouring city.
    Border,
    /// Natural shore.
    Coast,
    /// River bank or the sheltered shore of an inlet.
    Bank,
}
use Look::{Bank, Border, Coast};

/// Junctions by name. `o` ones lie on the outer edge, clockwise from the north-west.
const JUNCTIONS: &[(&str, Ll)] = &[
    ("o1", (118.530, 24.889)),
    ("o2", (118.612, 24.881)),
    ("o3", (118.664, 24.856)),
    ("o4", (118.662, 24.822)),
    ("o5", (118.648, 24.803)),
    ("o6", (118.641, 24.783)),
    ("o7", (118.619, 24.738)),
    ("o8", (118.624, 24.697)),
    ("o9", (118.672, 24.678)),
    ("o10", (118.652, 24.641)),
    ("shenhu-head", (118.704, 24.634)),
    ("o11", (118.646, 24.590)),
    ("weitou-head", (118.567, 24.504)),
    ("o12", (118.540, 24.585)),
    ("o13", (118.5135, 24.624)),
    ("baisha-head", (118.421, 24.634)),
    ("o14", (118.437, 24.688)),
    ("o15", (118.426, 24.727)),
    ("o16", (118.428, 24.754)),
    ("o17", (118.446, 24.798)),
    ("o18", (118.463, 24.856)),
    ("a", (118.537, 24.861)),
    ("b", (118.541, 24.842)),
    ("c", (118.563, 24.840)),
    ("d", (118.583, 24.843)),
    ("e", (118.599, 24.842)),
    ("f", (118.614, 24.812)),
    ("g", (118.590, 24.804)),
    ("h", (118.562, 24.795)),
    ("i", (118.579, 24.788)),
    ("j", (118.536, 24.797)),
    ("k", (118.523, 24.785)),
    ("l", (118.591, 24.770)),
    ("m", (118.588, 24.741)),
    ("n1", (118.519, 24.750)),
    ("n2", (118.536, 24.736)),
    ("p", (118.519, 24.690)),
    ("q", (118.532, 24.660)),
    ("r", (118.590, 24.664)),
    ("s", (118.601, 24.613)),
    ("t", (118.634, 24.611)),
    ("x", (118.646, 24.840)),
];

/// Arcs: two junctions, the look, and bends on the way.
#[rustfmt::skip]
const ARCS: &[(&str, &str, Look, &[Ll])] = &[
    // the outer edge, clockwise
    ("o18", "o1", Border, &[(118.468, 24.874), (118.484, 24.888), (118.508, 24.890)]),
    ("o1", "o2", Bank, &[(118.552, 24.891), (118.580, 24.890), (118.598, 24.884)]),
    ("o2", "o3", Coast, &[(118.628, 24.880), (118.645, 24.866)]),
    ("o3", "o4", Coast, &[(118.674, 24.846), (118.675, 24.833)]),
    ("o4", "o5", Border, &[(118.654, 24.812)]),
    ("o5", "o6", Border, &[]),
    ("o6", "o7", Border, &[(118.640, 24.768), (118.633, 24.752)]),
    ("o7", "o8", Border, &[(118.612, 24.722), (118.615, 24.708)]),
    ("o8", "o9", Border, &[(118.638, 24.688), (118.657, 24.686)]),
    ("o9", "o10", Coast, &[(118.660, 24.670), (118.652, 24.656)]),
    ("o10", "shenhu-head", Coast, &[(118.664, 24.642), (118.680, 24.647), (118.695, 24.645)]),
    ("shenhu-head", "o11", Coast, &[(118.697, 24.622), (118.684, 24.610), (118.664, 24.603)]),
    ("o11", "weitou-head", Coast, &[(118.629, 24.580), (118.627, 24.562), (118.611, 24.553), (118.597, 24.537), (118.583, 24.527), (118.584, 24.513), (118.577, 24.506)]),
    ("weitou-head", "o12", Coast, &[(118.558, 24.508), (118.557, 24.519), (118.569, 24.532), (118.567, 24.545), (118.549, 24.553), (118.552, 24.568)]),
    ("o12", "o13", Bank, &[(118.529, 24.599), (118.5185, 24.602), (118.5170, 24.612)]),
    ("o13", "baisha-head", Bank, &[(118.5100, 24.612), (118.5055, 24.603), (118.496, 24.606), (118.481, 24.619), (118.462, 24.621), (118.448, 24.630), (118.434, 24.627)]),
    ("baisha-head", "o14", Coast, &[(118.423, 24.644), (118.437, 24.652), (118.443, 24.672)]),
    ("o14", "o15", Bank, &[(118.430, 24.700), (118.433, 24.714)]),
    ("o15", "o16", Border, &[(118.417, 24.738)]),
    ("o16", "o17", Border, &[(118.432, 24.772), (118.443, 24.785)]),
    ("o17", "o18", Border, &[(118.458, 24.815), (118.452, 24.838)]),
    // between the towns
    ("o1", "a", Border, &[(118.533, 24.878)]),
    ("a", "o18", Border, &[(118.516, 24.856), (118.494, 24.856)]),
    ("o2", "e", Border, &[(118.605, 24.867)]),
    ("e", "d", Border, &[]),
    ("d", "c", Border, &[]),
    ("c", "b", Border, &[]),
    ("b", "a", Border, &[]),
    ("o3", "x", Border, &[]),
    ("x", "o4", Border, &[]),
    ("o5", "f", Border, &[(118.631, 24.812)]),
    ("f", "e", Border, &[(118.611, 24.830)]),
    ("b", "j", Border, &[(118.536, 24.820)]),
    ("j", "k", Border, &[]),
    ("k", "o17", Border, &[(118.495, 24.795), (118.470, 24.794)]),
    ("c", "h", Border, &[(118.562, 24.818)]),
    ("h", "j", Border, &[]),
    ("d", "g", Border, &[(118.584, 24.824)]),
    ("g", "i", Border, &[]),
    ("i", "h", Border, &[]),
    ("f", "g", Border, &[]),
    ("o6", "l", Border, &[(118.616, 24.779)]),
    ("l", "i", Border, &[]),
    ("o7", "m", Border, &[]),
    ("m", "l", Border, &[(118.590, 24.756)]),
    ("m", "n2", Border, &[(118.562, 24.736)]),
    ("n2", "n1", Border, &[]),
    ("n1", "k", Border, &[]),
    ("n1", "o16", Border, &[(118.490, 24.748), (118.458, 24.752)]),
    ("n2", "p", Border, &[(118.529, 24.714)]),
    ("p", "o14", Border, &[(118.490, 24.684), (118.460, 24.690)]),
    ("o8", "r", Border, &[(118.607, 24.680)]),
    ("r", "q", Border, &[(118.562, 24.668)]),
    ("q", "p", Border, &[]),
    ("q", "o13", Border, &[(118.521, 24.640)]),
    ("r", "s", Border, &[(118.588, 24.638)]),
    ("s", "o12", Border, &[(118.578, 24.594), (118.556, 24.587)]),
    ("o10", "t", Border, &[(118.645, 24.625)]),
    ("t", "s", Border, &[]),
    ("o11", "t", Border, &[]),
];

/// The outer edge as a ring of junctions.
const EDGE: &str = "o18 o1 o2 o3 o4 o5 o6 o7 o8 o9 o10 shenhu-head o11 weitou-head o12 o13 baisha-head o14 o15 o16 o17";

/// Towns: id, name, people in the 2020 total of 2,061,600 (the split is invented), ring of
/// junctions.
const TOWNS: &[(&str, &str, u32, &str)] = &[
    ("jj-qingyang", "青阳街道", 132_300, "c d g i h"),
    ("jj-meiling", "梅岭街道", 131_800, "d e f g"),
    ("jj-xiyuan", "西园街道", 88_700, "b c h j"),
    ("jj-luoshan", "罗山街道", 118_400, "f o5 o6 l i g"),
    ("jj-xintang", "新塘街道", 92_600, "l o6 o7 m"),
    ("jj-lingyuan", "灵源街道", 61_500, "h i l m n2 n1 k j"),
    ("jj-anhai", "安海镇", 176_500, "o16 n1 n2 p o14 o15"),
    ("jj-cizao", "磁灶镇", 145_600, "o18 a b j k o17"),
    ("jj-chendai", "陈埭镇", 266_400, "o2 o3 x o4 o5 f e"),
    ("jj-dongshi", "东石镇", 115_100, "o14 p q o13 baisha-head"),
    ("jj-shenhu", "深沪镇", 62_300, "o10 shenhu-head o11 t"),
    ("jj-jinjing", "金井镇", 71_900, "t o11 weitou-head o12 s"),
    ("jj-chidian", "池店镇", 208_900, "o1 o2 e d c b a"),
    ("jj-neikeng", "内坑镇", 83_400, "o17 k n1 o16"),
    ("jj-longhu", "龙湖镇", 91_900, "o8 o9 o10 t s r"),
    ("jj-yonghe", "永和镇", 86_700, "n2 m o7 o8 r q p"),
    ("jj-yinglin", "英林镇", 68_100, "q r s o12 o13"),
    ("jj-zimao", "紫帽镇", 38_200, "o18 o1 a"),
    ("jj-xibin", "西滨镇", 21_300, "o3 o4 x"),
];

/// The plan counts everything on this many people.
pub const PEOPLE: u32 = 2_061_600;

/// Which town the island belongs to, and where it lies: in 围头湾, with roads of its own and no
/// bridge.
const ISLAND_OF: &str = "jj-jinjing";
pub const ISLAND: Ll = (118.530, 24.545);

/// Water beside the land: name, the stretch of the outer edge it washes, and its far side back to
/// the start.
#[rustfmt::skip]
const BAYS: &[(&str, &str, &[Ll])] = &[
    ("晋江", "o1 o2", &[(118.6125, 24.8865), (118.5985, 24.8900), (118.5810, 24.8965), (118.5520, 24.8975), (118.5290, 24.8950)]),
    ("泉州湾", "o2 o3 o4", &[(118.672, 24.818), (118.690, 24.812), (118.706, 24.819), (118.735, 24.815), (118.735, 24.893), (118.690, 24.905), (118.655, 24.899), (118.632, 24.892), (118.6125, 24.8865)]),
    ("深沪湾", "o9 o10 shenhu-head", &[(118.735, 24.634), (118.735, 24.690), (118.712, 24.689), (118.699, 24.683), (118.688, 24.686)]),
    ("台湾海峡近岸", "shenhu-head o11 weitou-head", &[(118.567, 24.485), (118.735, 24.485), (118.735, 24.634)]),
    ("围头湾", "weitou-head o12 o13 baisha-head", &[(118.385, 24.612), (118.385, 24.485), (118.567, 24.485)]),
    ("安海湾", "baisha-head o14 o15", &[(118.4205, 24.7230), (118.4130, 24.7080), (118.4165, 24.6900), (118.4080, 24.6680), (118.3990, 24.6500), (118.3850, 24.6400), (118.3850, 24.6120)]),
];

/// The open shore, drawn as a line too, as a surveyor would.
const OPEN_SHORE: &str = "shenhu-head o11 weitou-head";

/// Lakes and reservoirs: name, middle, half length east and north in metres.
const LAKES: &[(&str, Ll, f64, f64)] = &[
    ("龙湖", (118.6305, 24.6500), 520.0, 760.0),
    ("虺湖", (118.6130, 24.6360), 330.0, 260.0),
    ("草洪塘水库", (118.5430, 24.7620), 330.0, 420.0),
    ("紫湖水库", (118.4985, 24.8760), 380.0, 250.0),
    ("溪边水库", (118.5620, 24.6510), 300.0, 370.0),
];

/// 九十九溪, from the hills of 磁灶 through the city to the sea.
const RIVER: &[Ll] = &[
    (118.4720, 24.8120),
    (118.4950, 24.8150),
    (118.5200, 24.8190),
    (118.5400, 24.8310),
    (118.5560, 24.8465),
    (118.5750, 24.8530),
    (118.6000, 24.8560),
    (118.6220, 24.8620),
    (118.6400, 24.8600),
    (118.6580, 24.8640),
];

/// The railway along the western hills.
const RAILWAY: &[Ll] = &[
    (118.4905, 24.8920),
    (118.4830, 24.8700),
    (118.4760, 24.8450),
    (118.4690, 24.8200),
    (118.4630, 24.7930),
    (118.4560, 24.7700),
    (118.4400, 24.7540),
    (118.4180, 24.7450),
];

/// Hills, where villages are few: middle and radius in metres (紫帽山, 罗裳山, 灵源山 and lower ones).
const HILLS: &[(Ll, f64)] = &[
    ((118.484, 24.871), 2500.0),
    ((118.519, 24.853), 1300.0),
    ((118.541, 24.768), 1700.0),
    ((118.450, 24.778), 1900.0),
    ((118.505, 24.700), 1900.0),
    ((118.545, 24.640), 1400.0),
    ((118.470, 24.850), 1500.0),
];

/// One town.
pub struct Town {
    pub id: &'static str,
    pub name: &'static str,
    pub people: u32,
    /// Outer rings, counter-clockwise, without the closing point: the mainland part, then the
    /// island.
    pub rings: Vec<Vec<Point>>,
}

/// One feature of the barriers layer.
pub enum Barrier {
    Water { name: &'static str, rings: Vec<Vec<Point>> },
    Line { name: &'static str, kind: &'static str, line: Vec<Point> },
}

/// Everything the roads and the people have to respect.
pub struct Land {
    pub towns: Vec<Town>,
    /// Outer rings of the boundary: the mainland, then the island.
    pub edge: Vec<Vec<Point>>,
    pub barriers: Vec<Barrier>,
    pub lakes: Vec<Vec<Point>>,
    pub river: Vec<Point>,
    pub railway: Vec<Point>,
    shores: Segments,
}

impl Land {
    /// Draw it all.
    pub fn draw() -> Self {
        let arcs = Arcs::draw();
        let island = blob("island", Point::at(ISLAND), 1150.0, 620.0);
        let mut towns = Vec::new();
        for (id, name, people, junctions) in TOWNS {
            let mut rings = vec![arcs.ring(junctions)];
            if *id == ISLAND_OF {
                rings.push(island.clone());
            }
            towns.push(Town { id, name, people: *people, rings });
        }
        let edge = vec![arcs.ring(EDGE), island.clone()];
        let lakes: Vec<_> = LAKES.iter().map(|(name, at, e, n)| blob(name, Point::at(*at), *e, *n)).collect();
        let river = smooth(&points(RIVER), 180.0);
        let railway = smooth(&points(RAILWAY), 300.0);

        let mut barriers = Vec::new();
        for (name, stretch, far_side) in BAYS {
            let mut ring = arcs.chain(stretch);
            ring.extend(points(far_side).into_iter().map(Point::rounded));
            let mut rings = vec![counter_clockwise(ring)];
            if in_ring(island[0], &rings[0]) {
                rings.push(island.iter().rev().copied().collect());
            }
            barriers.push(Barrier::Water { name, rings });
        }
        for ((name, ..), ring) in LAKES.iter().zip(&lakes) {
            barriers.push(Barrier::Water { name, rings: vec![ring.clone()] });
        }
        barriers.push(Barrier::Line { name: "外海岸线", kind: "coastline", line: arcs.chain(OPEN_SHORE) });
        barriers.push(Barrier::Line { name: "九十九溪", kind: "river", line: river.clone() });
        barriers.push(Barrier::Line { name: "福厦铁路（示意）", kind: "railway", line: railway.clone() });

        let shores = Segments::new(
            edge.iter().chain(&lakes).flat_map(|ring| (0..ring.len()).map(|i| (ring[i], ring[(i + 1) % ring.len()]))),
        );
        Self { towns, edge, barriers, lakes, river, railway, shores }
    }

    /// Whether p is dry and at least `margin` metres from any shore and from the outer edge.
    pub fn is_dry(&self, p: Point, margin: f64) -> bool {
        self.edge.iter().any(|ring| in_ring(p, ring))
            && !self.lakes.iter().any(|ring| in_ring(p, ring))
            && self.shores.nearest(p, margin).is_none()
    }

    /// Whether the whole of a-b is dry, looked at every 40 m.
    pub fn is_dry_along(&self, a: Point, b: Point, margin: f64) -> bool {
        let looks = (a.to(b) / 40.0).ceil().max(1.0) as usize;
        (0..=looks).all(|k| self.is_dry(a.towards(b, k as f64 / looks as f64), margin))
    }

    /// The number of the town p lies in.
    pub fn town_at(&self, p: Point) -> Option<usize> {
        self.towns.iter().position(|town| town.rings.iter().any(|ring| in_ring(p, ring)))
    }
}

/// How hilly it is at p: 0 on the plain, 1 on a summit.
pub fn hilliness(p: Point) -> f64 {
    HILLS.iter().map(|(at, r)| 1.0 - Point::at(*at).to(p) / r).fold(0.0, f64::max)
}

/// Points of a table.
pub fn points(table: &[Ll]) -> Vec<Point> {
    table.iter().map(|ll| Point::at(*ll)).collect()
}

/// The roughened arcs, by the names of their ends.
struct Arcs(BTreeMap<(&'static str, &'static str), Vec<Point>>);

impl Arcs {
    fn draw() -> Self {
        let junction: BTreeMap<_, _> = JUNCTIONS.iter().map(|(name, ll)| (*name, Point::at(*ll))).collect();
        let mut arcs = BTreeMap::new();
        for (from, to, look, bends) in ARCS {
            let mut through = vec![junction[from]];
            through.extend(points(bends));
            through.push(junction[to]);
            let (rough, finest) = match look {
                Border => (0.13, 260.0),
                Coast => (0.21, 140.0),
                Bank => (0.07, 180.0),
            };
            let mut rng = Rng::named(&format!("arc {from}-{to}"));
            let mut line = vec![through[0].rounded()];
            for pair in through.windows(2) {
                roughen(pair[0], pair[1], rough, finest, &mut rng, &mut line);
            }
            arcs.insert((*from, *to), line);
        }
        Self(arcs)
    }

    /// The line along a list of junctions.
    fn chain(&self, junctions: &str) -> Vec<Point> {
        let names: Vec<&str> = junctions.split(' ').collect();
        let mut line = Vec::new();
        for pair in names.windows(2) {
            let forward = self.0.get(&(pair[0], pair[1]));
            let arc = match forward {
                Some(arc) => arc.clone(),
                None => self.0[&(pair[1], pair[0])].iter().rev().copied().collect(),
            };
            line.extend_from_slice(if line.is_empty() { &arc } else { &arc[1..] });
        }
        line
    }

    /// The ring round a list of junctions, counter-clockwise, without the closing point.
    fn ring(&self, junctions: &str) -> Vec<Point> {
        let first = junctions.split(' ').next().unwrap_or_default();
        let mut ring = self.chain(&format!("{junctions} {first}"));
        ring.pop();
        counter_clockwise(ring)
    }
}

fn counter_clockwise(mut ring: Vec<Point>) -> Vec<Point> {
    if doubled_area(&ring) < 0.0 {
        ring.reverse();
    }
    ring
}

/// Midpoint displacement: halve a-b, push the middle sideways, go on until pieces are short.
fn roughen(a: Point, b: Point, rough: f64, finest: f64, rng: &mut Rng, line: &mut Vec<Point>) {
    if a.to(b) < finest {
        line.push(b.rounded());
        return;
    }
    let middle = a.towards(b, 0.5 + 0.12 * rng.signed()) + (b - a).right() * (rough * rng.signed());
    roughen(a, middle, rough, finest, rng, line);
    roughen(middle, b, rough, finest, rng, line);
}

/// A rounded, slightly irregular shape, counter-clockwise.
fn blob(name: &str, middle: Point, east: f64, north: f64) -> Vec<Point> {
    let mut rng = Rng::named(&format!("blob {name}"));
    let mut corners: Vec<Point> = (0..9_u8)
        .map(|k| {
            let way = round_the_clock(f64::from(k) / 9.0) * rng.between(0.78, 1.15);
            middle + Point { x: way.x * east, y: way.y * north }
        })
        .collect();
    corners.push(corners[0]);
    let mut ring = smooth(&corners, 120.0);
    ring.pop();
    counter_clockwise(ring)
}
