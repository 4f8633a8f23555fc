//! Adaptive subdivision: only squares that a bound cannot decide are split.
//!
//! In: a field, the boundary, limits. Out: for every limit the proved areas, the squares decided either way, and the
//! undecided ones at the finest level, from which [`super::contour`] draws. All limits of one field, and the questions
//! whether a road is in reach at all and whether anybody comes along it, share one subdivision.

use super::part::{Part, Square};
use crate::travel::{Answer, Barriers, TravelField, View};
use crate::units::TIME_RESOLUTION_MS;
use geo::{BoundingRect, Coord, MultiPolygon};
use rayon::prelude::*;
use std::collections::HashMap;

/// Largest squares that get a view of their own, metres.
const START_SIDE_M: f64 = 1300.0;

/// What is asked of every place.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Aspect {
    /// Is it reached within this many milliseconds?
    Within(f64),
    /// Is it reached at all?
    Reached,
    /// Is there a road within reach?
    Road,
}

/// A square of the subdivision: level and position counted in squares of that level from the origin.
pub type Cell = (u8, i32, i32);

/// What is known of a square for one aspect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// Yes for every place in it.
    Yes,
    /// No for every place in it.
    No,
    /// Undecided at the finest level.
    Open,
    /// Outside the boundary: not asked.
    Outside,
}

/// A square that is not covered, for describing zones.
#[derive(Clone, Copy, Debug)]
pub struct Probe {
    /// Its middle, local metres.
    pub at: Coord<f64>,
    /// Its area inside the boundary, m².
    pub area_m2: f64,
    /// What holds there.
    pub answer: Answer,
    /// The nearest road segment.
    pub segment: Option<u32>,
}

/// An undecided square with its view, to be drawn by interpolation.
#[derive(Debug)]
pub struct OpenCell {
    /// Which.
    pub cell: Cell,
    /// What it sees.
    pub view: View,
}

/// One aspect, answered.
#[derive(Debug)]
pub struct Answered {
    /// Which.
    pub aspect: Aspect,
    /// Area proved to be no, m².
    pub no_m2: f64,
    /// Area proved to be yes, m².
    pub yes_m2: f64,
    /// Every leaf of this aspect's tree.
    pub cells: HashMap<Cell, Status>,
    /// Undecided leaves, all of level `level`.
    pub open: Vec<OpenCell>,
    /// The finest level.
    pub level: u8,
    /// Squares that are not covered, with what holds at their middle.
    pub probes: Vec<Probe>,
}

/// A finished subdivision.
#[derive(Debug)]
pub struct Subdivision {
    /// South-west corner of everything.
    pub origin: Coord<f64>,
    /// Side of the one square of level 0, metres.
    pub side_m: f64,
    /// Area inside the boundary, m².
    pub area_m2: f64,
    /// In the order asked.
    pub answered: Vec<Answered>,
}

impl Subdivision {
    /// Side of a square of a level, metres.
    pub fn side_of(&self, level: u8) -> f64 {
        self.side_m / f64::from(1_u32 << level)
    }
}

/// How fine to go.
#[derive(Clone, Copy, Debug)]
pub struct Fineness {
    /// Stop once the undecided area is at most this share of the boundary's area.
    pub error_share: f64,
    /// Stop at squares of this side, metres.
    pub floor_m: f64,
}

struct Node {
    cell: Cell,
    part: Part,
    view: Option<View>,
    /// Which aspects are still open, a bit each.
    open: u32,
}

/// Splits until every aspect is decided, or fine enough.
pub fn subdivide(
    field: &TravelField<'_>,
    barriers: Option<&Barriers>,
    boundary: &MultiPolygon<f64>,
    aspects: &[Aspect],
    fineness: Fineness,
) -> Subdivision {
    let (origin, levels) = frame_of(boundary, fineness.floor_m);
    let side_m = fineness.floor_m * f64::from(1_u32 << levels);
    let root = Square { low: origin, side_m };
    let part = Part::whole(boundary, root);
    let area_m2 = part.area_m2(root);
    let mut answered: Vec<Answered> = aspects
        .iter()
        .map(|aspect| Answered {
            aspect: *aspect,
            no_m2: 0.0,
            yes_m2: 0.0,
            cells: HashMap::new(),
            open: Vec::new(),
            level: levels,
            probes: Vec::new(),
        })
        .collect();
    let square_of = |cell: Cell| {
        let side = side_m / f64::from(1_u32 << cell.0);
        Square { low: origin + Coord { x: f64::from(cell.1) * side, y: f64::from(cell.2) * side }, side_m: side }
    };
    let target_m2 = fineness.error_share * area_m2;
    let mut level = vec![Node { cell: (0, 0, 0), part, view: None, open: (1 << aspects.len()) - 1 }];
    for depth in 0..=levels {
        let decide = side_m / f64::from(1_u32 << depth) <= START_SIDE_M || depth == levels;
        if decide {
            let decided: Vec<(u32, u32, Option<Probe>)> = level
                .par_iter_mut()
                .map(|node| {
                    let square = square_of(node.cell);
                    let view = node
                        .view
                        .get_or_insert_with(|| View::new(field, barriers, square.centre(), square.side_m / 2.0));
                    decide_node(field, barriers, view, aspects, node.open, || node.part.area_m2(square))
                })
                .collect();
            for (node, (yes, no, probe)) in level.iter_mut().zip(decided) {
                let area = node.part.area_m2(square_of(node.cell));
                for (bit, answer) in answered.iter_mut().enumerate() {
                    let mask = 1 << bit;
                    if yes & mask != 0 {
                        answer.yes_m2 += area;
                        answer.cells.insert(node.cell, Status::Yes);
                    } else if no & mask != 0 {
                        answer.no_m2 += area;
                        answer.cells.insert(node.cell, Status::No);
                        answer.probes.extend(probe);
                    }
                }
                node.open &= !(yes | no);
            }
            level.retain(|node| node.open != 0);
            finish_aspects(&mut level, &mut answered, depth, depth == levels, target_m2, &square_of);
            level.retain(|node| node.open != 0);
        }
        if level.is_empty() || depth == levels {
            break;
        }
        let children: Vec<Node> =
            level.par_iter().flat_map_iter(|node| split(field, node, square_of(node.cell))).collect();
        level = Vec::with_capacity(children.len());
        for child in children {
            if matches!(child.part, Part::Outside) {
                for (bit, answer) in answered.iter_mut().enumerate() {
                    if child.open & (1 << bit) != 0 {
                        answer.cells.insert(child.cell, Status::Outside);
                    }
                }
            } else {
                level.push(child);
            }
        }
    }
    Subdivision { origin, side_m, area_m2, answered }
}

/// Origin and number of levels of a square of 2^levels floor squares that holds the boundary with room to spare.
fn frame_of(boundary: &MultiPolygon<f64>, floor_m: f64) -> (Coord<f64>, u8) {
    let rect = boundary.bounding_rect().unwrap_or_else(|| geo::Rect::new((0.0, 0.0), (0.0, 0.0)));
    let need = rect.width().max(rect.height()) + 4.0 * floor_m;
    let mut levels = 2_u8;
    while floor_m * f64::from(1_u32 << levels) < need {
        levels += 1;
    }
    let half = floor_m * f64::from(1_u32 << levels) / 2.0;
    (rect.center() - Coord { x: half, y: half }, levels)
}

/// Which of the open aspects are decided yes and no for a square, and what holds at its middle if some are no.
fn decide_node(
    field: &TravelField<'_>,
    barriers: Option<&Barriers>,
    view: &View,
    aspects: &[Aspect],
    open: u32,
    area_m2: impl Fn() -> f64,
) -> (u32, u32, Option<Probe>) {
    let bounds = view.bounds(field, barriers);
    let (mut yes, mut no, mut late) = (0, 0, false);
    for (bit, aspect) in aspects.iter().enumerate() {
        let mask = 1 << bit;
        if open & mask == 0 {
            continue;
        }
        let (is, is_not) = match aspect {
            Aspect::Within(limit) => {
                let limit = limit + TIME_RESOLUTION_MS;
                (bounds.latest_ms <= limit, bounds.earliest_ms > limit)
            }
            Aspect::Reached => (bounds.latest_ms.is_finite(), bounds.earliest_ms.is_infinite()),
            Aspect::Road => (bounds.has_road, !bounds.may_have_road),
        };
        yes |= if is { mask } else { 0 };
        no |= if is_not { mask } else { 0 };
        late |= is_not && matches!(aspect, Aspect::Within(_));
    }
    let probe = late.then(|| probe(field, barriers, view, area_m2()));
    (yes, no, probe)
}

fn probe(field: &TravelField<'_>, barriers: Option<&Barriers>, view: &View, area_m2: f64) -> Probe {
    Probe {
        at: view.centre,
        area_m2,
        answer: view.answer(field, barriers, view.centre),
        segment: view.nearest_segment(view.centre).map(|(_, segment)| segment),
    }
}

/// Hands the undecided squares of an aspect over once they are few enough or small enough.
fn finish_aspects(
    level: &mut [Node],
    answered: &mut [Answered],
    depth: u8,
    last: bool,
    target_m2: f64,
    square_of: &impl Fn(Cell) -> Square,
) {
    for (bit, answer) in answered.iter_mut().enumerate() {
        let mask = 1 << bit;
        let undecided: f64 =
            level.iter().filter(|n| n.open & mask != 0).map(|n| n.part.area_m2(square_of(n.cell))).sum();
        if !last && undecided > target_m2 {
            continue;
        }
        let mut any = false;
        for node in level.iter_mut().filter(|n| n.open & mask != 0) {
            node.open &= !mask;
            answer.cells.insert(node.cell, Status::Open);
            if let Some(view) = &node.view {
                answer.open.push(OpenCell { cell: node.cell, view: view.clone() });
            }
            any = true;
        }
        if any {
            answer.level = depth;
        }
    }
}

fn split(field: &TravelField<'_>, node: &Node, square: Square) -> impl Iterator<Item = Node> {
    let (depth, x, y) = node.cell;
    node.part.quarters(square).into_iter().enumerate().map(move |(q, part)| {
        let (east, north) = (q % 2 == 1, q / 2 == 1);
        let view = match (&part, &node.view) {
            (Part::Outside, _) | (_, None) => None,
            (_, Some(view)) => Some(view.quarter(field, east, north)),
        };
        Node { cell: (depth + 1, 2 * x + i32::from(east), 2 * y + i32::from(north)), part, view, open: node.open }
    })
}
