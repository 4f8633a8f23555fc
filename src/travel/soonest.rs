//! The least time to one place after another, without gathering all roads around it.
//!
//! In: a field, barriers, places. Out: an [`Answer`] a place. The boxes over the roads are given the first arrival at
//! any road in them; a way over a road in a box takes at least that and the leg from the box, so boxes that cannot beat
//! what is found already are left out. What is left is computed in closed form, as everywhere else: exact.

use super::barriers::visible;
use super::field::TravelField;
use super::piece::Piece;
use super::view::{Answer, within_box};
use crate::network::PointId;
use crate::network::boxes::{Boxes, FAN, PackedBoxes, PerBox, Search, Spot, Waiting, round_down, round_up};
use crate::units::SourceId;
use geo::{Coord, Line};
use std::ops::Range;

/// A field with the first arrival in every box of its roads.
#[derive(Debug)]
pub struct Soonest<'f, 'n> {
    field: &'f TravelField<'n>,
    roads: PerBox,
    /// Boxes over the field's extra pieces.
    extra: PackedBoxes,
    extra_ms: PerBox,
}

/// What is used again from place to place.
#[derive(Debug, Default)]
pub struct Scratch {
    waiting: Waiting,
    walls: Vec<Line<f64>>,
    /// The road that was best for the place before: a good one to begin with.
    guess: Option<PointId>,
}

impl<'f, 'n> Soonest<'f, 'n> {
    /// Looks the field's arrivals over once.
    pub fn new(field: &'f TravelField<'n>) -> Self {
        let index = &field.network.index;
        let roads = index.boxes.least(|at| first_ms(field, index.segments[at]));
        let extra = PackedBoxes::new(field.extra.len(), |at| {
            let (a, b) = (field.extra[at].start, field.extra[at].at(field.extra[at].length_m));
            [a.x.min(b.x), a.y.min(b.y), a.x.max(b.x), a.y.max(b.y)]
        });
        let extra_ms = extra.least(|at| field.extra[at].start_ms.min(field.extra[at].end_ms));
        Self { field, roads, extra, extra_ms }
    }

    /// When and by whom a place is reached that lies in no barrier area. `walls` are those near it, perhaps others, too.
    pub fn answer(&self, place: Coord<f64>, walls: &[Line<f64>], scratch: &mut Scratch) -> Answer {
        if place.x.is_nan() || place.y.is_nan() {
            return Answer::NoRoad;
        }
        let Scratch { waiting, walls: near, guess } = scratch;
        let leg = self.field.settings.leg;
        near.clear();
        near.extend(walls.iter().filter(|wall| within_box(wall, place, leg.max_m)));
        let mut quickest = Quickest {
            field: self.field,
            least: &self.extra_ms,
            extra: true,
            place,
            walls: near,
            spot: Spot::new(place),
            reach_m: round_up(leg.max_m),
            ms_per_m: round_down(leg.ms_per_m),
            best: None,
            limit: f32::INFINITY,
            road: None,
        };
        if !self.field.extra.is_empty() {
            self.extra.search(waiting, &mut quickest);
        }
        (quickest.least, quickest.extra) = (&self.roads, false);
        if let Some(segment) = *guess {
            quickest.road(segment);
        }
        self.field.network.index.boxes.search(waiting, &mut quickest);
        let (best, road) = (quickest.best, quickest.road);
        *guess = road.or(*guess);
        if let Some((ms, by)) = best {
            return Answer::In(ms, by);
        }
        let mut dead = Dead { field: self.field, place, walls: near, spot: Spot::new(place), found: false };
        self.field.network.index.boxes.search(waiting, &mut dead);
        if dead.found { Answer::CutOff } else { Answer::NoRoad }
    }
}

/// When the first end of a segment is reached from which help may come along it.
fn first_ms(field: &TravelField<'_>, segment: PointId) -> f64 {
    let link = &field.network.links[field.network.link_of[segment as usize] as usize];
    let at = |point: usize| field.arrivals[point].map_or(f64::INFINITY, |arrival| f64::from(arrival.at.0));
    let start = if link.forward { at(segment as usize) } else { f64::INFINITY };
    let end = if link.backward { at(segment as usize + 1) } else { f64::INFINITY };
    start.min(end)
}

/// The quickest way over any road to one place.
struct Quickest<'a> {
    field: &'a TravelField<'a>,
    least: &'a PerBox,
    /// Whether things are the field's extra pieces, or else segments.
    extra: bool,
    place: Coord<f64>,
    walls: &'a [Line<f64>],
    spot: Spot,
    reach_m: f32,
    ms_per_m: f32,
    best: Option<(f64, SourceId)>,
    /// The best, rounded up.
    limit: f32,
    /// The segment it comes over.
    road: Option<PointId>,
}

impl Quickest<'_> {
    fn road(&mut self, segment: PointId) {
        let at = |point: usize| self.field.arrivals[point].map_or(u32::MAX, |arrival| arrival.at.0);
        let first = at(segment as usize).min(at(segment as usize + 1));
        if first == u32::MAX || self.best.is_some_and(|(ms, _)| f64::from(first) > ms) {
            return;
        }
        let piece = self.field.piece(segment);
        self.piece(&piece);
    }

    fn piece(&mut self, piece: &Piece) {
        let leg = self.field.settings.leg;
        let beside = piece.beside(self.place);
        let Some(open) = piece.quickest(beside, leg.ms_per_m, leg.max_m, 0.0, piece.length_m) else { return };
        if self.best.is_some_and(|(ms, _)| open.ms > ms) {
            return;
        }
        let way = if self.walls.is_empty() {
            Some(open)
        } else {
            visible(self.place, piece, self.walls)
                .into_iter()
                .filter_map(|(low, high)| piece.quickest(beside, leg.ms_per_m, leg.max_m, low, high))
                .min_by(|a, b| a.ms.total_cmp(&b.ms))
        };
        let Some((way, by)) = way.and_then(|way| Some((way, piece.by(way)?))) else { return };
        if self.best.is_none_or(|(ms, source)| way.ms < ms || (way.ms <= ms && by < source)) {
            self.best = Some((way.ms, by));
            self.limit = round_up(way.ms);
            self.road = piece.segment.or(self.road);
        }
    }
}

impl Search for Quickest<'_> {
    fn bounds(&self, level: usize, group: usize, boxes: &Boxes) -> [f32; FAN] {
        let least = &self.least[level][group];
        let mut bounds = boxes.distances_m(self.spot);
        for (bound, least) in bounds.iter_mut().zip(least) {
            // Two more roundings; the sum is of positive terms.
            let ms = (least + *bound * self.ms_per_m) * (1.0 - 4.0 * f32::EPSILON);
            *bound = if *bound > self.reach_m { f32::INFINITY } else { ms };
        }
        bounds
    }

    fn limit(&self) -> f32 {
        self.limit
    }

    fn take(&mut self, things: Range<usize>) {
        let field = self.field;
        if self.extra {
            field.extra[things].iter().for_each(|piece| self.piece(piece));
        } else {
            field.network.index.segments[things].iter().for_each(|segment| self.road(*segment));
        }
    }
}

/// Whether any road that nobody comes along is within reach of a place.
struct Dead<'a> {
    field: &'a TravelField<'a>,
    place: Coord<f64>,
    walls: &'a [Line<f64>],
    spot: Spot,
    found: bool,
}

impl Search for Dead<'_> {
    fn bounds(&self, _: usize, _: usize, boxes: &Boxes) -> [f32; FAN] {
        boxes.distances_m(self.spot)
    }

    fn limit(&self) -> f32 {
        if self.found { -1.0 } else { round_up(self.field.settings.leg.max_m) }
    }

    fn take(&mut self, things: Range<usize>) {
        for segment in &self.field.network.index.segments[things] {
            let piece = self.field.piece(*segment);
            self.found |= !piece.reached() && piece.within_reach(self.place, self.field.settings.leg.max_m, self.walls);
        }
    }
}
