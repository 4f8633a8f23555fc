//! From drawn lines to a road network: trimmed, joined where they meet, mended, and connected both
//! ways.

use super::arterials::{Arterials, Kind, Street};
use super::land::Land;
use super::plane::{Micro, Point, Segments, crossing, in_ring};
use super::rng::Rng;
use std::collections::BTreeMap;

/// A road whose vertices are shared nodes.
pub struct Road {
    pub class: &'static str,
    pub name: String,
    pub kind: Kind,
    pub oneway: bool,
    nodes: Vec<usize>,
    bridge: Vec<bool>,
}

/// The network.
pub struct Network {
    nodes: Vec<Point>,
    by_place: BTreeMap<Micro, usize>,
    roads: Vec<Road>,
    /// What must not be crossed without a bridge.
    cuts: Segments,
}

/// A piece of road as it is written.
pub struct Piece<'a> {
    pub road: &'a Road,
    pub line: Vec<Point>,
    pub bridge: bool,
}

/// Put everything together.
pub fn assemble(land: &Land, arterials: Arterials, invented: Vec<Street>) -> Network {
    let cuts = Segments::of_lines(arterials.cuts.iter().map(Vec::as_slice));
    let (mut streets, gaps) = trim(land, &arterials.streets, &cuts, invented);
    streets.splice(0..0, arterials.streets);
    let mut network = Network { nodes: Vec::new(), by_place: BTreeMap::new(), roads: Vec::new(), cuts };
    network.join_crossings(&streets);
    network.mend_dead_ends(land);
    network.bridge_gaps(&gaps);
    network.reach_the_rest(land);
    network.free_one_ways();
    network.add_driveways(land);
    network
}

/// Cut the invented streets where they would be wet, run along a through road, or cross a motorway,
/// the railway or the river. Segments lost to such a crossing come back as gaps, each of which
/// could have a bridge.
fn trim(land: &Land, through: &[Street], cuts: &Segments, streets: Vec<Street>) -> (Vec<Street>, Vec<Street>) {
    let arterial = Segments::of_lines(
        through.iter().filter(|street| street.kind != Kind::Path).map(|street| street.line.as_slice()),
    );
    let hugs = |p: Point| arterial.nearest(p, 48.0).is_some();
    let (mut kept, mut gaps) = (Vec::new(), Vec::new());
    for street in streets {
        let part = |line: Vec<Point>| {
            let mut part = Street::new(street.kind, street.class, &street.name, line);
            part.oneway = street.oneway;
            part
        };
        let mut run = vec![street.line[0]];
        for pair in street.line.windows(2) {
            let (a, b) = (pair[0], pair[1]);
            let dry = land.is_dry_along(a, b, 22.0);
            let cut = cuts.crossed(a, b);
            if dry && !cut && !(hugs(a) && hugs(b) && hugs(a.towards(b, 0.5))) {
                run.push(b);
                continue;
            }
            if dry && cut && street.kind == Kind::Local {
                let mut gap = part(vec![a, b]);
                gap.oneway = false;
                gap.bridge = vec![true];
                gaps.push(gap);
            }
            if run.len() > 1 {
                kept.push(part(run));
            }
            run = vec![b];
        }
        if run.len() > 1 {
            kept.push(part(run));
        }
    }
    (kept, gaps)
}

impl Network {
    fn node(&mut self, p: Point) -> usize {
        let fresh = self.nodes.len();
        let node = *self.by_place.entry(p.micro()).or_insert(fresh);
        if node == fresh {
            self.nodes.push(p.rounded());
        }
        node
    }

    fn add(&mut self, street: &Street) {
        let nodes: Vec<usize> = street.line.iter().map(|p| self.node(*p)).collect();
        let mut road = Road {
            class: street.class,
            name: street.name.clone(),
            kind: street.kind,
            oneway: street.oneway,
            nodes: vec![nodes[0]],
            bridge: Vec::new(),
        };
        for (i, node) in nodes.iter().enumerate().skip(1) {
            if road.nodes.last() != Some(node) {
                road.nodes.push(*node);
                road.bridge.push(street.bridge[i - 1]);
            }
        }
        if road.nodes.len() > 1 {
            self.roads.push(road);
        }
    }

    /// Give lines that cross at grade a vertex in common; a crossing beside a vertex takes that
    /// vertex.
    fn join_crossings(&mut self, streets: &[Street]) {
        const BESIDE_M: f64 = 9.0;
        let mut owner = Vec::new();
        let mut all = Segments::new([]);
        for (s, street) in streets.iter().enumerate() {
            for (i, pair) in street.line.windows(2).enumerate() {
                if street.kind != Kind::Motorway && !street.bridge[i] {
                    owner.push((s, i));
                    all.add(pair[0], pair[1]);
                }
            }
        }
        let mut joints: BTreeMap<(usize, usize), Vec<(f64, Point)>> = BTreeMap::new();
        for i in 0..owner.len() {
            let (a, b) = all.get(i);
            for j in all.near(a, b, 0.0) {
                let (c, d) = all.get(j);
                let apart = j > i && owner[i].0 != owner[j].0 && a != c && a != d && b != c && b != d;
                let Some((t, u)) = crossing(a, b, c, d).filter(|_| apart) else {
                    continue;
                };
                let here = a.towards(b, t).rounded();
                let near = |p: Point, q: Point| [p, q].into_iter().find(|v| v.to(here) < BESIDE_M);
                match (near(a, b), near(c, d)) {
                    (Some(vertex), _) => joints.entry(owner[j]).or_default().push((u, vertex)),
                    (None, Some(vertex)) => joints.entry(owner[i]).or_default().push((t, vertex)),
                    (None, None) => {
                        joints.entry(owner[i]).or_default().push((t, here));
                        joints.entry(owner[j]).or_default().push((u, here));
                    }
                }
            }
        }
        for (s, street) in streets.iter().enumerate() {
            let mut joined = street.clone();
            joined.line = vec![street.line[0]];
            joined.bridge.clear();
            for (i, end) in street.line.iter().enumerate().skip(1) {
                let mut on_the_way = joints.remove(&(s, i - 1)).unwrap_or_default();
                on_the_way.sort_by(|x, y| x.0.total_cmp(&y.0));
                on_the_way.push((1.0, *end));
                for (_, p) in on_the_way {
                    joined.line.push(p);
                    joined.bridge.push(street.bridge[i - 1]);
                }
            }
            self.add(&joined);
        }
    }

    fn segments(&self) -> Segments {
        Segments::new(
            self.roads
                .iter()
                .flat_map(|road| road.nodes.windows(2).map(|pair| (self.nodes[pair[0]], self.nodes[pair[1]]))),
        )
    }

    /// Lengthen most roads that end blindly to the nearest other vertex, where the way is free.
    fn mend_dead_ends(&mut self, land: &Land) {
        const REACH_M: f64 = 190.0;
        let mut rng = Rng::named("dead ends");
        let mut all = self.segments();
        let motorway = self.on_motorway();
        let mut degree = vec![0; self.nodes.len()];
        for road in &self.roads {
            for pair in road.nodes.windows(2) {
                degree[pair[0]] += 1;
                degree[pair[1]] += 1;
            }
        }
        for number in 0..self.roads.len() {
            let road = &self.roads[number];
            if road.kind != Kind::Local {
                continue;
            }
            let last = road.nodes.len() - 1;
            let ends = [(road.nodes[0], road.nodes[1], 0), (road.nodes[last], road.nodes[last - 1], last + 1)];
            for (end, inner, place) in ends.into_iter().rev() {
                if degree[end] != 1 || !rng.chance(0.9) {
                    continue;
                }
                let road = &self.roads[number];
                let p = self.nodes[end];
                let onward = (p - self.nodes[inner]).unit();
                let target = all
                    .near(p, p, REACH_M)
                    .into_iter()
                    .flat_map(|i| <[Point; 2]>::from(all.get(i)))
                    .filter(|q| {
                        let way = *q - p;
                        way.len() > 1.0
                            && way.len() < REACH_M
                            && onward.dot(way.unit()) > -0.2
                            && !road.nodes.contains(&self.by_place[&q.micro()])
                            && !motorway[self.by_place[&q.micro()]]
                            && !all.crossed(p, *q)
                            && !self.cuts.crossed(p, *q)
                            && land.is_dry_along(p, *q, 15.0)
                    })
                    .min_by(|q, r| p.to(*q).total_cmp(&p.to(*r)));
                if let Some(q) = target {
                    let node = self.by_place[&q.micro()];
                    all.add(p, q);
                    degree[end] += 1;
                    degree[node] += 1;
                    let road = &mut self.roads[number];
                    road.nodes.insert(place, node);
                    road.bridge.insert(place.min(road.bridge.len()), false);
                }
            }
        }
    }

    /// For every node the number of its piece of the drivable network, directions aside.
    fn pieces_by_node(&self) -> Vec<usize> {
        let mut root: Vec<usize> = (0..self.nodes.len()).collect();
        for road in self.roads.iter().filter(|road| road.kind != Kind::Path) {
            for pair in road.nodes.windows(2) {
                unite(&mut root, pair[0], pair[1]);
            }
        }
        (0..root.len()).map(|i| find(&mut root, i)).collect()
    }

    /// Build the bridges that are needed to keep the streets in one piece, and a few more.
    fn bridge_gaps(&mut self, gaps: &[Street]) {
        let mut rng = Rng::named("bridges");
        let mut root = self.pieces_by_node();
        for gap in gaps {
            let ends = [gap.line[0], gap.line[1]].map(|p| self.by_place.get(&p.micro()).copied());
            if let [Some(a), Some(b)] = ends
                && (rng.chance(0.06) || find(&mut root, a) != find(&mut root, b))
            {
                unite(&mut root, a, b);
                self.add(gap);
            }
        }
    }

    /// Tie what is still loose to the rest by the shortest dry lane; drop what cannot be tied. The
    /// island stays as it is: a network of its own that no ambulance can reach.
    fn reach_the_rest(&mut self, land: &Land) {
        const REACH_M: f64 = 600.0;
        let on_island: Vec<bool> = self.nodes.iter().map(|p| in_ring(*p, &land.edge[1])).collect();
        loop {
            let piece = self.pieces_by_node();
            let mut members: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
            for road in self.roads.iter().filter(|road| road.kind != Kind::Path) {
                for node in &road.nodes {
                    members.entry(piece[*node]).or_default().push(*node);
                }
            }
            let main = members.iter().max_by_key(|(_, nodes)| nodes.len()).map_or(0, |(piece, _)| *piece);
            let loose = members.into_iter().find(|(piece, nodes)| *piece != main && !on_island[nodes[0]]);
            let Some((number, nodes)) = loose else { break };
            let all = self.segments();
            let motorway = self.on_motorway();
            let mut best: Option<(f64, Point, Point)> = None;
            for node in nodes {
                let p = self.nodes[node];
                let reach = best.map_or(REACH_M, |(d, ..)| d);
                for i in all.near(p, p, reach) {
                    for q in <[Point; 2]>::from(all.get(i)) {
                        let other = self.by_place[&q.micro()];
                        let d = p.to(q);
                        if piece[other] != number
                            && !motorway[other]
                            && d < best.map_or(REACH_M, |(d, ..)| d)
                            && land.is_dry_along(p, q, 15.0)
                        {
                            best = Some((d, p, q));
                        }
                    }
                }
            }
            match best {
                Some((_, p, q)) => {
                    let mut lane = Street::new(Kind::Local, "unclassified", "", vec![p, q]);
                    lane.bridge = vec![self.cuts.crossed(p, q)];
                    self.add(&lane);
                }
                None => self.roads.retain(|road| road.kind == Kind::Path || piece[road.nodes[0]] != number),
            }
        }
        let mut drivable = vec![false; self.nodes.len()];
        for road in self.roads.iter().filter(|road| road.kind != Kind::Path) {
            road.nodes.iter().for_each(|node| drivable[*node] = true);
        }
        self.roads.retain(|road| road.kind != Kind::Path || drivable[road.nodes[0]]);
    }

    /// For every node whether a motorway or ramp passes there: no street may end on one.
    fn on_motorway(&self) -> Vec<bool> {
        let mut on = vec![false; self.nodes.len()];
        for road in self.roads.iter().filter(|road| road.kind == Kind::Motorway) {
            road.nodes.iter().for_each(|node| on[*node] = true);
        }
        on
    }

    /// Open one-way streets both ways until every street can be driven to and away from.
    fn free_one_ways(&mut self) {
        loop {
            let start = self.roads.iter().find(|road| road.kind == Kind::Arterial).map_or(0, |road| road.nodes[0]);
            let to = self.reached(start, false);
            let away = self.reached(start, true);
            let mut freed = false;
            for road in &mut self.roads {
                let stuck = road.nodes.iter().any(|node| to[*node] != away[*node]);
                if road.kind == Kind::Local && road.oneway && stuck {
                    road.oneway = false;
                    freed = true;
                }
            }
            if !freed {
                return;
            }
        }
    }

    fn reached(&self, start: usize, backward: bool) -> Vec<bool> {
        let mut next = vec![Vec::new(); self.nodes.len()];
        for road in self.roads.iter().filter(|road| road.kind != Kind::Path) {
            for pair in road.nodes.windows(2) {
                let (a, b) = if backward { (pair[1], pair[0]) } else { (pair[0], pair[1]) };
                next[a].push(b);
                if !road.oneway {
                    next[b].push(a);
                }
            }
        }
        let mut seen = vec![false; self.nodes.len()];
        let mut open = vec![start];
        while let Some(node) = open.pop() {
            if !seen[node] {
                seen[node] = true;
                open.extend(&next[node]);
            }
        }
        seen
    }

    /// Short service roads into yards, off streets in the towns.
    fn add_driveways(&mut self, land: &Land) {
        let mut rng = Rng::named("driveways");
        let mut all = self.segments();
        let mut yards = Vec::new();
        for road in self.roads.iter().filter(|road| road.class == "residential" && road.nodes.len() > 2) {
            let i = 1 + rng.below(road.nodes.len() - 2);
            let (p, along) = (self.nodes[road.nodes[i]], self.nodes[road.nodes[i + 1]] - self.nodes[road.nodes[i - 1]]);
            let side = if rng.chance(0.5) { 1.0 } else { -1.0 };
            let slant = along.unit().right() * side + along.unit() * rng.between(0.5, 0.9);
            let end = (p + slant.unit() * rng.between(55.0, 105.0)).rounded();
            let free = all.nearest(end, 24.0).is_none() && !all.crossed(p, end) && !self.cuts.crossed(p, end);
            if rng.chance(0.15) && free && land.is_dry_along(p, end, 15.0) {
                all.add(p, end);
                yards.push(Street::new(Kind::Local, "service", "", vec![p, end]));
            }
        }
        for yard in &yards {
            self.add(yard);
        }
    }

    /// The roads cut into features: where a bridge begins or ends, and where a piece grows long.
    pub fn pieces(&self) -> Vec<Piece<'_>> {
        let mut pieces = Vec::new();
        for road in &self.roads {
            let longest = match road.kind {
                Kind::Motorway => 3000.0,
                Kind::Arterial => 1300.0,
                Kind::Local | Kind::Path => 1150.0,
            };
            let mut line = vec![self.nodes[road.nodes[0]]];
            let mut long = 0.0;
            for (i, bridge) in road.bridge.iter().enumerate() {
                let p = self.nodes[road.nodes[i + 1]];
                long += line[line.len() - 1].to(p);
                line.push(p);
                let ends = road.bridge.get(i + 1) != Some(bridge);
                if ends || long > longest {
                    pieces.push(Piece { road, line, bridge: *bridge });
                    line = vec![p];
                    long = 0.0;
                }
            }
        }
        pieces
    }

    /// The segments an ambulance may stop on.
    pub fn roadside(&self) -> Segments {
        Segments::new(self.stops())
    }

    /// The same without the island.
    pub fn roadside_on_mainland(&self, land: &Land) -> Segments {
        Segments::new(self.stops().filter(|(p, _)| !in_ring(*p, &land.edge[1])))
    }

    fn stops(&self) -> impl Iterator<Item = (Point, Point)> {
        let roads = self.roads.iter().filter(|road| !matches!(road.kind, Kind::Motorway | Kind::Path));
        roads.flat_map(|road| road.nodes.windows(2).map(|pair| (self.nodes[pair[0]], self.nodes[pair[1]])))
    }
}

fn find(root: &mut [usize], i: usize) -> usize {
    let mut top = i;
    while root[top] != top {
        top = root[top];
    }
    root[i] = top;
    top
}

fn unite(root: &mut [usize], a: usize, b: usize) {
    let (a, b) = (find(root, a), find(root, b));
    root[a.max(b)] = a.min(b);
}
