//! Where the people live: points about 250 m apart that add up, in every town, to the town's
//! figure.
//!
//! Dense in the middle of towns, less so on their rims and in villages, thin elsewhere and nearly
//! none far from a road; nobody in water. A handful of hamlets have no road within 300 m, as in any
//! hilly county. The densest places that hold 68.69 % of the people, the plan's rate of
//! urbanisation, are flagged urban.

use super::land::{ISLAND, Land, hilliness};
use super::network::Network;
use super::plane::Point;
use super::rng::Rng;
use super::streets::{Core, Village};

const STEP_M: f64 = 250.0;
/// Estimates below this many people are left empty.
const FEWEST: f64 = 17.0;
const URBAN_SHARE: f64 = 0.6869;
const HAMLETS: usize = 16;

/// One populated place.
pub struct Place {
    pub at: Point,
    pub people: u32,
    pub urban: bool,
}

struct Cell {
    at: Point,
    town: usize,
    /// Density as planned, before chance.
    planned: f64,
    weight: f64,
    people: u32,
}

/// Settle everyone.
pub fn settle(land: &Land, network: &Network, cores: &[Core], villages: &[Village]) -> Vec<Place> {
    let (mut cells, wild) = sow(land, network, cores, villages);
    let mut homes = hamlets(wild);
    let mut settled = Vec::new();
    for (number, town) in land.towns.iter().enumerate() {
        let (own, others): (Vec<Cell>, Vec<Cell>) = cells.into_iter().partition(|cell| cell.town == number);
        cells = others;
        let away: u32 = homes.iter().filter(|home| home.town == number).map(|home| home.people).sum();
        settled.extend(share_out(own, town.people - away));
    }
    settled.append(&mut homes);
    settled.sort_by(|a, b| b.at.y.total_cmp(&a.at.y).then(a.at.x.total_cmp(&b.at.x)));
    flag_urban(&settled)
}

/// A cell every 250 m with its weight; and the cells too far from any road for anyone but a hamlet.
fn sow(land: &Land, network: &Network, cores: &[Core], villages: &[Village]) -> (Vec<Cell>, Vec<Cell>) {
    let roads = network.roadside();
    let mut rng = Rng::named("people");
    let (mut cells, mut wild) = (Vec::new(), Vec::new());
    for row in 0..190 {
        for column in 0..130 {
            let jitter = Point { x: rng.signed(), y: rng.signed() } * 45.0;
            let at = Point { x: -17_500.0, y: 23_000.0 }
                + Point { x: f64::from(column), y: -f64::from(row) } * STEP_M
                + jitter;
            let luck = rng.between(0.65, 1.35);
            let at = at.rounded();
            let Some(town) = land.town_at(at).filter(|_| land.is_dry(at, 35.0)) else {
                continue;
            };
            let planned = density(cores, villages, at);
            let to_road = roads.nearest(at, 1200.0).map_or(1200.0, |(d, _)| d);
            let access = match to_road {
                d if d < 190.0 => 1.0,
                d if d < 290.0 => 0.45,
                _ => 0.0,
            };
            let cell = Cell { at, town, planned, weight: planned * luck * access, people: 0 };
            if access > 0.0 {
                cells.push(cell);
            } else if to_road > 340.0 && to_road < 1200.0 {
                wild.push(cell);
            }
        }
    }
    (cells, wild)
}

/// People per cell, in units of an ordinary village.
fn density(cores: &[Core], villages: &[Village], p: Point) -> f64 {
    let fall = |share: f64| (1.0 - share * share).max(0.0);
    let town = cores
        .iter()
        .map(|core| {
            let f = fall(core.depth(p) / 1.25);
            core.peak * f * f.sqrt()
        })
        .fold(0.0, f64::max);
    let village: f64 = villages
        .iter()
        .map(|village| {
            let f = fall(village.middle.to(p) / 560.0);
            1.5 * village.size * f * f
        })
        .sum();
    (town + village + 0.10) * (1.0 - 0.55 * hilliness(p))
}

/// A few homes where no road comes near, none of them on the island.
fn hamlets(wild: Vec<Cell>) -> Vec<Cell> {
    let mut rng = Rng::named("hamlets");
    let every = wild.len() as f64 / HAMLETS as f64;
    let mut next = every * rng.unit();
    let mut homes = Vec::new();
    for (i, mut cell) in wild.into_iter().filter(|cell| cell.at.to(Point::at(ISLAND)) > 2000.0).enumerate() {
        if i as f64 >= next {
            next += every;
            cell.people = 18 + rng.below(60) as u32;
            homes.push(cell);
        }
    }
    homes
}

/// Give `people` to the cells by weight, in whole people, the last ones by largest remainder.
fn share_out(mut cells: Vec<Cell>, people: u32) -> Vec<Cell> {
    for _ in 0..2 {
        let all: f64 = cells.iter().map(|cell| cell.weight).sum();
        cells.retain(|cell| cell.weight / all * f64::from(people) >= FEWEST);
    }
    let all: f64 = cells.iter().map(|cell| cell.weight).sum();
    let mut left = people;
    let mut remainders = Vec::new();
    for (i, cell) in cells.iter_mut().enumerate() {
        let exact = cell.weight / all * f64::from(people);
        cell.people = exact as u32;
        left -= cell.people;
        remainders.push((exact.fract(), i));
    }
    remainders.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    for (_, i) in remainders.into_iter().take(left as usize) {
        cells[i].people += 1;
    }
    cells
}

/// Flag the densest cells until they hold the urban share.
fn flag_urban(cells: &[Cell]) -> Vec<Place> {
    let total: u32 = cells.iter().map(|cell| cell.people).sum();
    let mut order: Vec<usize> = (0..cells.len()).collect();
    order.sort_by(|a, b| cells[*b].planned.total_cmp(&cells[*a].planned).then(a.cmp(b)));
    let mut urban = vec![false; cells.len()];
    let mut sum = 0;
    for i in order {
        if f64::from(sum) < URBAN_SHARE * f64::from(total) {
            urban[i] = true;
            sum += cells[i].people;
        }
    }
    cells.iter().zip(urban).map(|(cell, urban)| Place { at: cell.at, people: cell.people, urban }).collect()
}
