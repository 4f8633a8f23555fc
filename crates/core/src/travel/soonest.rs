//! The least time to one place after another, without gathering all roads around it.
//!
//! In: a field, barriers, places. Out: an [`Answer`] a place. The boxes over the roads are given the first arrival at
//! any road in them; a way over a road in a box takes at least that and the leg from the box, so boxes that cannot beat
//! what is found already are left out. What is left is computed in closed form, as everywhere else: exact.

use super::barriers::visible;
use super::field::TravelField;
use super::piece::{Leg, Piece};
use super::view::{Answer, Bounds, within_box};
use crate::network::PointId;
use crate::network::boxes::{Boxes, FAN, PackedBoxes, PerBox, Search, Spot, Waiting, round_down, round_up};
use geo::{Coord, Line};
use lifering_base::units::{Arrival, SourceId};
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
        let max_m = self.field.settings.leg.max_m;
        let mut near = std::mem::take(&mut scratch.walls);
        near.clear();
        near.extend(walls.iter().filter(|wall| within_box(wall, place, max_m)));
        let answer = match self.quickest(place, max_m, &near, scratch) {
            Some(best) => Answer::In(best.ms, best.by),
            None if self.dead(place, max_m, &near, scratch) => Answer::CutOff,
            None => Answer::NoRoad,
        };
        scratch.walls = near;
        answer
    }

    /// When and by whom a place is reached first where `without` does not come; `second` are the field's second arrivals.
    pub fn answer_without(
        &self,
        place: Coord<f64>,
        walls: &[Line<f64>],
        without: SourceId,
        second: &[Option<Arrival>],
        scratch: &mut Scratch,
    ) -> Option<(f64, SourceId)> {
        let max_m = self.field.settings.leg.max_m;
        let mut near = std::mem::take(&mut scratch.walls);
        near.clear();
        near.extend(walls.iter().filter(|wall| within_box(wall, place, max_m)));
        let best = self.search(place, max_m, &near, Some(Without { source: without, second }), scratch);
        scratch.walls = near;
        best.map(|best| (best.ms, best.by))
    }

    /// When and by whom a place is reached first with a leg of at most `reach_m`.
    fn quickest(&self, place: Coord<f64>, reach_m: f64, walls: &[Line<f64>], scratch: &mut Scratch) -> Option<Best> {
        self.search(place, reach_m, walls, None, scratch)
    }

    fn search(
        &self,
        place: Coord<f64>,
        reach_m: f64,
        walls: &[Line<f64>],
        without: Option<Without<'_>>,
        scratch: &mut Scratch,
    ) -> Option<Best> {
        let mut quickest = Quickest {
            field: self.field,
            without,
            least: &self.extra_ms,
            extra: true,
            place,
            walls,
            spot: Spot::new(place),
            leg: Leg { max_m: reach_m, ..self.field.settings.leg },
            reach_m: round_up(reach_m),
            ms_per_m: round_down(self.field.settings.leg.ms_per_m),
            best: None,
            limit: f32::INFINITY,
            road: None,
        };
        if !self.field.extra.is_empty() {
            self.extra.search(&mut scratch.waiting, &mut quickest);
        }
        (quickest.least, quickest.extra) = (&self.roads, false);
        if let Some(segment) = scratch.guess {
            quickest.road(segment);
        }
        self.field.network.index.boxes.search(&mut scratch.waiting, &mut quickest);
        scratch.guess = quickest.road.or(scratch.guess);
        quickest.best
    }

    /// Whether a road that nobody comes along lies within `reach_m` of a place.
    fn dead(&self, place: Coord<f64>, reach_m: f64, walls: &[Line<f64>], scratch: &mut Scratch) -> bool {
        let mut dead = Dead { field: self.field, place, reach_m, walls, spot: Spot::new(place), found: false };
        self.field.network.index.boxes.search(&mut scratch.waiting, &mut dead);
        dead.found
    }

    /// What a [`super::View`] of a square proves of it, where no walls are near: without gathering what it sees. With it the
    /// answer for the centre, where that is known already.
    ///
    /// The least time at the centre over any leg of at most `max_m + h`, and over one of at most `max_m - h`: where the
    /// best of the longer legs is short, it is the best of the shorter ones.
    pub fn bounds(&self, centre: Coord<f64>, half_m: f64, scratch: &mut Scratch) -> (Bounds, Option<Answer>) {
        let (leg, h) = (self.field.settings.leg, half_m * std::f64::consts::SQRT_2);
        let (reach_m, sure_m, slack) = (leg.max_m + h, leg.max_m - h, h * leg.ms_per_m);
        let Some(best) = self.quickest(centre, reach_m, &[], scratch) else {
            let bounds = Bounds {
                may_have_road: self.dead(centre, reach_m, &[], scratch),
                has_road: sure_m >= 0.0 && self.dead(centre, sure_m, &[], scratch),
                ..Bounds::NOTHING
            };
            return (bounds, None);
        };
        let sure_ms = if best.leg_m < sure_m - CLEAR_M {
            Some(best.ms)
        } else if sure_m >= 0.0 {
            self.quickest(centre, sure_m, &[], scratch).map(|best| best.ms)
        } else {
            None
        };
        let bounds = Bounds {
            earliest_ms: best.ms - slack,
            latest_ms: sure_ms.map_or(f64::INFINITY, |ms| ms + slack),
            may_have_road: true,
            // A road that nobody comes along is a road, too.
            has_road: sure_ms.is_some() || (sure_m >= 0.0 && self.dead(centre, sure_m, &[], scratch)),
        };
        (bounds, (best.leg_m < leg.max_m - CLEAR_M).then_some(Answer::In(best.ms, best.by)))
    }

    /// The pieces that a [`super::View`] of a square keeps, where no walls are near: those that may be quickest for some
    /// place of it, and where not everybody is surely reached those that nobody comes along. `bounds` are the square's;
    /// `found` says how far away from the centre further pieces still matter, metres.
    pub fn gather(
        &self,
        centre: Coord<f64>,
        half_m: f64,
        bounds: &Bounds,
        scratch: &mut Scratch,
        found: impl FnMut(&Piece) -> f64,
    ) {
        let (leg, h) = (self.field.settings.leg, half_m * std::f64::consts::SQRT_2);
        let slack = h * leg.ms_per_m;
        let mut gather = Gather {
            field: self.field,
            least: &self.extra_ms,
            extra: true,
            centre,
            spot: Spot::new(centre),
            leg: Leg { max_m: leg.max_m + h, ..leg },
            within_m: round_up(leg.max_m + h),
            ms_per_m: round_down(leg.ms_per_m),
            cut_ms: (bounds.latest_ms - slack) + 2.0 * slack,
            found,
        };
        self.extra.search(&mut scratch.waiting, &mut gather);
        (gather.least, gather.extra) = (&self.roads, false);
        self.field.network.index.boxes.search(&mut scratch.waiting, &mut gather);
    }

    /// The road segment nearest to a place within some metres, whether or not anybody comes along it.
    pub fn nearest_segment(&self, place: Coord<f64>, within_m: f64, scratch: &mut Scratch) -> Option<(f64, PointId)> {
        let half_m = (within_m - self.field.settings.leg.max_m) / std::f64::consts::SQRT_2;
        let mut best: Option<(f64, PointId)> = None;
        self.gather(place, half_m, &Bounds::NOTHING, scratch, |piece| {
            let distance_m = piece.distance_m(piece.beside(place));
            if let Some(segment) = piece.segment
                && best.is_none_or(|(m, s)| distance_m < m || (distance_m <= m && segment < s))
            {
                best = Some((distance_m, segment));
            }
            best.map_or(f64::INFINITY, |(m, _)| m)
        });
        best
    }
}

/// A leg this much shorter than a limit does not feel it, metres.
const CLEAR_M: f64 = 1e-6;

/// The quickest way found so far.
#[derive(Clone, Copy, Debug)]
struct Best {
    ms: f64,
    by: SourceId,
    /// Length of its leg.
    leg_m: f64,
}

/// When the first end of a segment is reached from which help may come along it.
fn first_ms(field: &TravelField<'_>, segment: PointId) -> f64 {
    let link = &field.network.links[field.network.link_of[segment as usize] as usize];
    let at = |point: usize| field.arrivals[point].map_or(f64::INFINITY, |arrival| f64::from(arrival.at.0));
    let start = if link.forward { at(segment as usize) } else { f64::INFINITY };
    let end = if link.backward { at(segment as usize + 1) } else { f64::INFINITY };
    start.min(end)
}

/// A source that does not come, and who comes in its place.
#[derive(Clone, Copy)]
struct Without<'a> {
    source: SourceId,
    second: &'a [Option<Arrival>],
}

/// The quickest way over any road to one place.
struct Quickest<'a> {
    field: &'a TravelField<'a>,
    /// Boxes and roads are left out by first arrivals all the same: nobody comes before them.
    without: Option<Without<'a>>,
    least: &'a PerBox,
    /// Whether things are the field's extra pieces, or else segments.
    extra: bool,
    place: Coord<f64>,
    walls: &'a [Line<f64>],
    spot: Spot,
    /// With the longest leg asked for.
    leg: Leg,
    reach_m: f32,
    ms_per_m: f32,
    best: Option<Best>,
    /// The best, rounded up.
    limit: f32,
    /// The segment it comes over.
    road: Option<PointId>,
}

impl Quickest<'_> {
    fn road(&mut self, segment: PointId) {
        let at = |point: usize| self.field.arrivals[point].map_or(u32::MAX, |arrival| arrival.at.0);
        let first = at(segment as usize).min(at(segment as usize + 1));
        if first == u32::MAX {
            return;
        }
        let best_ms = self.best.map_or(f64::INFINITY, |best| best.ms);
        let within_m = ((best_ms - f64::from(first)) / self.leg.ms_per_m).min(self.leg.max_m);
        if beyond(self.field, segment, self.place, within_m) {
            return;
        }
        let piece = match self.without {
            None => self.field.piece(segment),
            Some(without) => self.field.piece_with(segment, |point| {
                let first = self.field.arrivals[point].filter(|arrival| arrival.by != without.source);
                first.or(without.second[point])
            }),
        };
        self.piece(&piece);
    }

    fn piece(&mut self, piece: &Piece) {
        let leg = self.leg;
        let beside = piece.beside(self.place);
        let Some(open) = piece.quickest(beside, leg.ms_per_m, leg.max_m, 0.0, piece.length_m) else { return };
        if self.best.is_some_and(|best| open.ms > best.ms) {
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
        if self.best.is_none_or(|best| way.ms < best.ms || (way.ms <= best.ms && by < best.by)) {
            self.best = Some(Best { ms: way.ms, by, leg_m: piece.leg_m(beside, way.s) });
            self.limit = round_up(way.ms);
            self.road = piece.segment.or(self.road);
        }
    }
}

/// Whether a segment surely lies farther from a place than `within_m`: by its bounds, or by the distance from its line.
/// What is not clear to a millimetre counts as near.
#[inline]
fn beyond(field: &TravelField<'_>, segment: PointId, place: Coord<f64>, within_m: f64) -> bool {
    if within_m < 0.0 {
        return true;
    }
    let within_m = within_m * (1.0 + 1e-9) + 1e-3;
    let (a, b) = (field.network.xy[segment as usize] - place, field.network.xy[segment as usize + 1] - place);
    let apart =
        a.x.min(b.x) > within_m || a.y.min(b.y) > within_m || a.x.max(b.x) < -within_m || a.y.max(b.y) < -within_m;
    let (d, cross) = (b - a, a.x * b.y - a.y * b.x);
    apart || cross * cross > within_m * within_m * (d.x * d.x + d.y * d.y)
}

/// For each box a time before which no way over what is in it ends; infinite where it lies out of reach.
#[inline]
fn times(least: &[f32; FAN], distances_m: [f32; FAN], reach_m: f32, ms_per_m: f32) -> [f32; FAN] {
    let mut bounds = distances_m;
    for (bound, least) in bounds.iter_mut().zip(least) {
        // Two more roundings; the sum is of positive terms.
        let ms = (least + *bound * ms_per_m) * (1.0 - 4.0 * f32::EPSILON);
        *bound = if *bound > reach_m { f32::INFINITY } else { ms };
    }
    bounds
}

impl Search for Quickest<'_> {
    fn bounds(&self, level: usize, group: usize, boxes: &Boxes) -> [f32; FAN] {
        times(&self.least[level][group], boxes.distances_m(self.spot), self.reach_m, self.ms_per_m)
    }

    fn limit(&self) -> f32 {
        self.limit
    }

    fn take(&mut self, things: Range<usize>) {
        let field = self.field;
        if self.extra {
            let absent = self.without.map(|without| without.source);
            let there = field.extra[things].iter().filter(|piece| absent.is_none() || piece.start_by != absent);
            there.for_each(|piece| self.piece(piece));
        } else {
            field.network.index.segments[things].iter().for_each(|segment| self.road(*segment));
        }
    }
}

/// Whether any road that nobody comes along is within reach of a place.
struct Dead<'a> {
    field: &'a TravelField<'a>,
    place: Coord<f64>,
    reach_m: f64,
    walls: &'a [Line<f64>],
    spot: Spot,
    found: bool,
}

impl Search for Dead<'_> {
    fn bounds(&self, _: usize, _: usize, boxes: &Boxes) -> [f32; FAN] {
        boxes.distances_m(self.spot)
    }

    fn limit(&self) -> f32 {
        if self.found { -1.0 } else { round_up(self.reach_m) }
    }

    fn take(&mut self, things: Range<usize>) {
        for segment in &self.field.network.index.segments[things] {
            let piece = self.field.piece(*segment);
            self.found |= !piece.reached() && piece.within_reach(self.place, self.reach_m, self.walls);
        }
    }
}

/// All pieces that may matter to some place of a square.
struct Gather<'a, F> {
    field: &'a TravelField<'a>,
    least: &'a PerBox,
    /// Whether things are the field's extra pieces, or else segments.
    extra: bool,
    centre: Coord<f64>,
    spot: Spot,
    /// With the longest leg asked for.
    leg: Leg,
    /// Nothing farther from the centre matters.
    within_m: f32,
    ms_per_m: f32,
    /// What is slower than this at the centre is slower than another way everywhere; infinite where none is sure.
    cut_ms: f64,
    found: F,
}

impl<F: FnMut(&Piece) -> f64> Gather<'_, F> {
    fn piece(&mut self, piece: &Piece) {
        let beside = piece.beside(self.centre);
        let kept = if piece.reached() {
            let way = piece.quickest(beside, self.leg.ms_per_m, self.leg.max_m, 0.0, f64::INFINITY);
            way.is_some_and(|way| way.ms <= self.cut_ms)
        } else {
            self.cut_ms.is_infinite() && piece.distance_m(beside) <= self.leg.max_m
        };
        if kept {
            self.within_m = self.within_m.min(round_up((self.found)(piece)));
        }
    }
}

impl<F: FnMut(&Piece) -> f64> Search for Gather<'_, F> {
    fn bounds(&self, level: usize, group: usize, boxes: &Boxes) -> [f32; FAN] {
        let distances_m = boxes.distances_m(self.spot);
        if self.cut_ms.is_infinite() {
            return distances_m;
        }
        times(&self.least[level][group], distances_m, self.within_m, self.ms_per_m)
    }

    fn limit(&self) -> f32 {
        if self.cut_ms.is_infinite() { self.within_m } else { round_up(self.cut_ms) }
    }

    fn take(&mut self, things: Range<usize>) {
        let field = self.field;
        if self.extra {
            field.extra[things].iter().for_each(|piece| self.piece(piece));
        } else {
            for &segment in &field.network.index.segments[things] {
                let within_m = if self.cut_ms.is_infinite() {
                    f64::from(self.within_m)
                } else {
                    let at = |point: usize| field.arrivals[point].map_or(f64::INFINITY, |a| f64::from(a.at.0));
                    let first_ms = at(segment as usize).min(at(segment as usize + 1));
                    ((self.cut_ms - first_ms) / self.leg.ms_per_m).min(f64::from(self.within_m))
                };
                if !beyond(field, segment, self.centre, within_m) {
                    self.piece(&field.piece(segment));
                }
            }
        }
    }
}
