//! The hand-drawn roads: motorways with interchanges, trunk to tertiary roads between the towns.
//!
//! Courses follow the real map only roughly; names of numbered and well-known roads are kept where
//! the course is about right, the others are invented from the towns they join. Roads that meet
//! share a point of the tables below; where they merely cross, `network` makes the shared vertex.
//! Over the motorways, the railway, the river and the sea they run on bridges and share nothing.

use super::land::{Land, points};
use super::plane::{Ll, Point, crossing, smooth};

/// What a road is to the assembler.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// Carriageway or ramp of a motorway: joins only where drawn so.
    Motorway,
    /// A through road: never trimmed, bridges what it meets.
    Arterial,
    /// A street or lane: stops at water, motorway, railway and river.
    Local,
    /// On foot only.
    Path,
}

/// A road while it is being drawn.
#[derive(Clone)]
pub struct Street {
    pub class: &'static str,
    pub name: String,
    pub kind: Kind,
    pub oneway: bool,
    pub line: Vec<Point>,
    /// For every segment, whether it is on a bridge.
    pub bridge: Vec<bool>,
}

impl Street {
    pub fn new(kind: Kind, class: &'static str, name: &str, line: Vec<Point>) -> Self {
        let bridge = vec![false; line.len() - 1];
        Self { class, name: name.to_owned(), kind, oneway: false, line, bridge }
    }

    pub fn one_way(mut self) -> Self {
        self.oneway = true;
        self
    }

    /// Length up to each vertex, in metres.
    fn lengths(&self) -> Vec<f64> {
        let mut sum = 0.0;
        let mut all = vec![0.0];
        for pair in self.line.windows(2) {
            sum += pair[0].to(pair[1]);
            all.push(sum);
        }
        all
    }

    /// Make sure of a vertex `at` metres from the start, and say where it is.
    fn vertex(&mut self, at: f64) -> Point {
        let lengths = self.lengths();
        let i = lengths.partition_point(|s| *s < at).clamp(1, self.line.len() - 1);
        for near in [i - 1, i] {
            if (lengths[near] - at).abs() < 8.0 {
                return self.line[near];
            }
        }
        let share = ((at - lengths[i - 1]) / (lengths[i] - lengths[i - 1])).clamp(0.0, 1.0);
        let p = self.line[i - 1].towards(self.line[i], share).rounded();
        self.line.insert(i, p);
        self.bridge.insert(i, self.bridge[i - 1]);
        p
    }

    /// How far along this road it crosses `other`, and how far along that.
    fn crossings(&self, other: &[Point]) -> Vec<(f64, f64)> {
        let lengths = self.lengths();
        let mut found = Vec::new();
        for (i, own) in self.line.windows(2).enumerate() {
            let mut sum = 0.0;
            for its in other.windows(2) {
                if let Some((t, u)) = crossing(own[0], own[1], its[0], its[1]) {
                    let here = lengths[i] + t * (lengths[i + 1] - lengths[i]);
                    found.push((here, sum + u * its[0].to(its[1])));
                }
                sum += its[0].to(its[1]);
            }
        }
        found
    }

    /// Put a bridge over every crossing with `other`, reaching `half` metres to both sides.
    fn bridge_over(&mut self, other: &[Point], half: f64) {
        for (at, _) in self.crossings(other) {
            self.vertex(at - half);
            self.vertex(at + half);
            let lengths = self.lengths();
            for i in 0..self.bridge.len() {
                let middle = f64::midpoint(lengths[i], lengths[i + 1]);
                self.bridge[i] |= (middle - at).abs() < half + 4.0;
            }
        }
    }
}

// Where arterials meet: the middles of the towns.
const CHIDIAN: Ll = (118.578, 24.866);
const QINGYANG: Ll = (118.575, 24.817);
const MEILING: Ll = (118.597, 24.822);
const XIYUAN: Ll = (118.551, 24.822);
const CHENDAI: Ll = (118.626, 24.840);
const XIBIN: Ll = (118.657, 24.838);
const CIZAO: Ll = (118.503, 24.833);
const ZIMAO: Ll = (118.514, 24.872);
const LUOSHAN: Ll = (118.611, 24.796);
const XINTANG: Ll = (118.613, 24.764);
const LINGYUAN: Ll = (118.562, 24.764);
const NEIKENG: Ll = (118.487, 24.769);
const ANHAI: Ll = (118.461, 24.722);
const YONGHE: Ll = (118.575, 24.706);
const DONGSHI: Ll = (118.466, 24.647);
const YINGLIN: Ll = (118.572, 24.621);
const LONGHU: Ll = (118.612, 24.660);
const SHENHU: Ll = (118.675, 24.627);
const JINJING: Ll = (118.596, 24.570);

/// Motorway centre lines.
#[rustfmt::skip]
const MOTORWAYS: &[(&str, &[Ll])] = &[
    ("沈海高速", &[(118.5500, 24.8900), (118.5490, 24.8680), (118.5440, 24.8450), (118.5310, 24.8120), (118.5160, 24.7820), (118.4960, 24.7520), (118.4700, 24.7420), (118.4400, 24.7410), (118.4190, 24.7385)]),
    ("南石高速", &[(118.4450, 24.7890), (118.4680, 24.7870), (118.4950, 24.7840), (118.5250, 24.7700), (118.5500, 24.7520), (118.5850, 24.7310), (118.6120, 24.7190)]),
];

/// Interchanges: motorway, the arterial it serves.
const INTERCHANGES: &[(usize, &str)] =
    &[(0, "长兴路"), (0, "紫池路"), (0, "磁安公路"), (1, "磁安公路"), (1, "双龙路"), (1, "泉安路")];

/// Through roads: class, name, course.
#[rustfmt::skip]
const ROADS: &[(&str, &str, &[Ll])] = &[
    ("trunk", "国道324线", &[(118.5850, 24.8880), CHIDIAN, (118.5690, 24.8400), (118.5640, 24.8150), (118.5490, 24.7900), (118.5250, 24.7600), (118.4950, 24.7390), ANHAI, (118.4400, 24.7270), (118.4240, 24.7325)]),
    ("trunk", "沿海大通道", &[(118.6620, 24.6830), (118.6480, 24.6700), (118.6425, 24.6500), (118.6420, 24.6300), (118.6370, 24.6080), (118.6150, 24.5850), JINJING, (118.5720, 24.5810), (118.5480, 24.5930), (118.5300, 24.6060), (118.5133, 24.6095), (118.4980, 24.6140), (118.4830, 24.6290), DONGSHI, (118.4550, 24.6700), (118.4490, 24.6900), (118.4560, 24.7080), ANHAI]),
    ("primary", "江滨路", &[(118.5370, 24.8825), (118.5600, 24.8850), (118.5840, 24.8835), (118.6000, 24.8790), (118.6120, 24.8765), (118.6330, 24.8690), (118.6490, 24.8560), XIBIN, (118.6560, 24.8260)]),
    ("primary", "长兴路", &[CIZAO, (118.5300, 24.8270), XIYUAN, (118.5640, 24.8150), QINGYANG, (118.5860, 24.8180), MEILING, (118.6120, 24.8300), CHENDAI, (118.6420, 24.8370), XIBIN]),
    ("primary", "泉安路", &[QINGYANG, (118.5890, 24.8075), LUOSHAN, (118.6160, 24.7800), XINTANG, (118.6030, 24.7420), (118.5920, 24.7240), YONGHE]),
    ("primary", "永金公路", &[YONGHE, (118.5800, 24.6850), (118.5770, 24.6650), (118.5750, 24.6430), YINGLIN, (118.5770, 24.5960), JINJING]),
    ("primary", "安永公路", &[ANHAI, (118.4950, 24.7230), (118.5350, 24.7130), YONGHE, (118.5980, 24.7060), (118.6120, 24.7120)]),
    ("primary", "深沪大道", &[YONGHE, (118.5950, 24.6820), LONGHU, (118.6210, 24.6410), (118.6420, 24.6300), (118.6580, 24.6280), SHENHU, (118.6920, 24.6330)]),
    ("primary", "迎宾路", &[CHIDIAN, (118.5960, 24.8620), (118.6130, 24.8520), CHENDAI]),
    ("secondary", "紫池路", &[ZIMAO, (118.5350, 24.8700), (118.5600, 24.8660), CHIDIAN]),
    ("secondary", "紫磁路", &[ZIMAO, (118.5060, 24.8530), CIZAO]),
    ("secondary", "磁安公路", &[CIZAO, (118.4930, 24.8100), (118.4870, 24.7880), NEIKENG, (118.4840, 24.7460), ANHAI]),
    ("secondary", "内新公路", &[NEIKENG, (118.5080, 24.7670), (118.5380, 24.7735), (118.5520, 24.7700), LINGYUAN, (118.5800, 24.7600), (118.6020, 24.7640), XINTANG, (118.6330, 24.7620)]),
    ("secondary", "双龙路", &[QINGYANG, (118.5700, 24.7950), LINGYUAN, (118.5650, 24.7380), YONGHE]),
    ("secondary", "东永公路", &[DONGSHI, (118.4900, 24.6560), (118.5200, 24.6740), (118.5480, 24.6930), YONGHE]),
    ("secondary", "东英公路", &[DONGSHI, (118.4950, 24.6400), (118.5250, 24.6350), (118.5500, 24.6260), YINGLIN]),
    ("secondary", "英龙公路", &[YINGLIN, (118.5930, 24.6420), LONGHU]),
    ("secondary", "龙石公路", &[LONGHU, (118.6320, 24.6660), (118.6480, 24.6700)]),
    ("secondary", "深沪南路", &[SHENHU, (118.6600, 24.6130), (118.6370, 24.6080)]),
    ("secondary", "安东公路", &[ANHAI, (118.4790, 24.7000), (118.4830, 24.6720), (118.4900, 24.6560)]),
    ("secondary", "磁灵路", &[CIZAO, (118.5150, 24.8080), (118.5250, 24.7880), (118.5380, 24.7735)]),
    ("secondary", "罗石路", &[LUOSHAN, (118.6280, 24.7960), (118.6430, 24.7950)]),
    ("secondary", "西池路", &[XIYUAN, (118.5560, 24.8450), (118.5600, 24.8660), (118.5600, 24.8850)]),
    ("secondary", "陈罗路", &[CHENDAI, (118.6250, 24.8200), LUOSHAN]),
    ("secondary", "机场路", &[MEILING, (118.6060, 24.8080), LUOSHAN]),
    ("tertiary", "围头路", &[JINJING, (118.5900, 24.5540), (118.5780, 24.5400), (118.5740, 24.5280), (118.5690, 24.5170), (118.5640, 24.5090)]),
    ("tertiary", "塘东路", &[JINJING, (118.5760, 24.5640), (118.5570, 24.5610)]),
    ("tertiary", "白沙路", &[DONGSHI, (118.4490, 24.6400), (118.4270, 24.6360)]),
    ("tertiary", "深沪湾路", &[SHENHU, (118.6760, 24.6390), (118.6900, 24.6410), (118.6920, 24.6330)]),
    ("tertiary", "紫帽山路", &[ZIMAO, (118.5000, 24.8670), (118.4870, 24.8640)]),
    ("tertiary", "磁西路", &[CIZAO, (118.4850, 24.8430), (118.4640, 24.8400)]),
    ("tertiary", "内西路", &[NEIKENG, (118.4660, 24.7720), (118.4430, 24.7690)]),
    ("tertiary", "安溪路", &[(118.5200, 24.6740), (118.5080, 24.7000), (118.4950, 24.7230)]),
    ("tertiary", "龙金路", &[LONGHU, (118.6040, 24.6400), (118.6080, 24.6180), (118.6150, 24.5850)]),
    ("tertiary", "永英旧路", &[(118.5480, 24.6930), (118.5480, 24.6650), (118.5500, 24.6260)]),
    ("tertiary", "梧垵路", &[QINGYANG, (118.5720, 24.8320), (118.5690, 24.8400)]),
    ("tertiary", "英塘路", &[YINGLIN, (118.5550, 24.6100), (118.5480, 24.5930)]),
    ("tertiary", "涵口路", &[CHENDAI, (118.6270, 24.8560), (118.6330, 24.8690)]),
];

/// 世纪大道: two one-way carriageways that part from one point and meet again in one.
const AVENUE: &[Ll] = &[
    (118.6000, 24.8790),
    (118.5945, 24.8600),
    (118.5895, 24.8400),
    (118.5890, 24.8250),
    (118.5920, 24.8000),
    (118.5990, 24.7800),
    (118.6020, 24.7640),
];

const HALF_MEDIAN_M: f64 = 14.0;

/// The drawn roads, and the lines no street may cross.
pub struct Arterials {
    pub streets: Vec<Street>,
    pub cuts: Vec<Vec<Point>>,
}

/// Draw them all.
pub fn draw(land: &Land) -> Arterials {
    let mut roads: Vec<Street> = ROADS
        .iter()
        .map(|(class, name, course)| Street::new(Kind::Arterial, class, name, smooth(&points(course), 130.0)))
        .collect();
    let avenue = smooth(&points(AVENUE), 130.0);
    let forth = parted(&avenue, 10.0);
    let back: Vec<Point> = parted(&avenue, -10.0).into_iter().rev().collect();
    for line in [forth, back] {
        roads.push(Street::new(Kind::Arterial, "trunk", "世纪大道", line).one_way());
    }

    let mut centres: Vec<Street> = MOTORWAYS
        .iter()
        .map(|(name, course)| Street::new(Kind::Motorway, "motorway", name, smooth(&points(course), 220.0)))
        .collect();
    let mut ramps = Vec::new();
    for (motorway, served) in INTERCHANGES {
        if let Some(road) = roads.iter_mut().find(|road| road.name == *served) {
            ramps.extend(interchange(&mut centres[*motorway], road));
        }
    }
    let first = centres[0].line.clone();
    centres[1].bridge_over(&first, 70.0);
    for centre in &mut centres {
        centre.bridge_over(&land.river, 60.0);
        centre.bridge_over(&land.railway, 60.0);
    }
    for road in &mut roads {
        for centre in &centres {
            road.bridge_over(&centre.line, 50.0);
        }
        road.bridge_over(&land.river, 35.0);
        road.bridge_over(&land.railway, 35.0);
        for i in 0..road.bridge.len() {
            road.bridge[i] |= !land.is_dry_along(road.line[i], road.line[i + 1], 0.0);
        }
    }

    let mut streets = Vec::new();
    for centre in centres {
        for side in [1.0, -1.0] {
            let mut one = centre.clone().one_way();
            one.line = beside(&centre.line, side * HALF_MEDIAN_M);
            if side < 0.0 {
                one.line.reverse();
                one.bridge.reverse();
            }
            streets.push(one);
        }
    }
    streets.extend(ramps);
    let mut cuts: Vec<_> = streets.iter().map(|street| street.line.clone()).collect();
    cuts.push(land.river.clone());
    cuts.push(land.railway.clone());
    streets.extend(roads);
    Arterials { streets, cuts }
}

/// The line `right` metres to the right of another, vertex for vertex.
fn beside(line: &[Point], right: f64) -> Vec<Point> {
    let last = line.len() - 1;
    (0..=last)
        .map(|i| {
            let along = (line[(i + 1).min(last)] - line[i.saturating_sub(1)]).unit();
            (line[i] + along.right() * right).rounded()
        })
        .collect()
}

/// The same, but starting and ending on the line itself.
fn parted(line: &[Point], right: f64) -> Vec<Point> {
    let mut out = beside(line, right);
    let last = line.len() - 1;
    out[0] = line[0];
    out[last] = line[last];
    out
}

/// A diamond interchange: four one-way ramps between the carriageways and two junctions on the road
/// that crosses.
fn interchange(motorway: &mut Street, road: &mut Street) -> Vec<Street> {
    const RAMP_M: f64 = 430.0;
    const JUNCTION_M: f64 = 150.0;
    let Some((on_road, on_motorway)) = road.crossings(&motorway.line).first().copied() else {
        return Vec::new();
    };
    let junctions = [road.vertex(on_road - JUNCTION_M), road.vertex(on_road + JUNCTION_M)];
    let before = motorway.vertex(on_motorway - RAMP_M);
    let after = motorway.vertex(on_motorway + RAMP_M);
    let along = (after - before).unit();
    let middle = before.towards(after, 0.5);
    let mut ramps = Vec::new();
    for side in [1.0, -1.0] {
        let carriageway = beside(&motorway.line, side * HALF_MEDIAN_M);
        let on_carriageway = |p: Point| {
            let i = motorway.line.iter().position(|q| *q == p).unwrap_or_default();
            carriageway[i]
        };
        let junction = junctions
            .into_iter()
            .max_by(|p, q| {
                let out = |p: &Point| (*p - middle).dot(along.right()) * side;
                out(p).total_cmp(&out(q))
            })
            .unwrap_or(middle);
        let (leave, join) = if side > 0.0 { (before, after) } else { (after, before) };
        for (from, off) in [(leave, true), (join, false)] {
            let start = on_carriageway(from);
            let bend = start.towards(middle, 0.72) + along.right() * (side * 55.0);
            let mut line: Vec<Point> = (0..=6)
                .map(|k| {
                    let t = f64::from(k) / 6.0;
                    (start.towards(bend, t)).towards(bend.towards(junction, t), t).rounded()
                })
                .collect();
            line[0] = start;
            line[6] = junction;
            if !off {
                line.reverse();
            }
            let name = format!("{}匝道", motorway.name);
            ramps.push(Street::new(Kind::Motorway, "motorway_link", &name, line).one_way());
        }
    }
    ramps
}
