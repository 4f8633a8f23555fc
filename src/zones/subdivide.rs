//! Adaptive subdivision: only squares that a bound cannot decide are split.
//!
//! In: a field, the boundary, limits. Out: for every limit the proved areas, and the outline of what is not covered as
//! directed edges between ground of different [`Label`]s. All limits of one field share one subdivision. Squares are
//! walked depth first, in parallel, and joined in order: the same bytes with any number of threads. A trial run down to
//! squares of 80 m tells how fine the rest must be; the run goes on from the squares that it left undecided.

use super::label::{Answered, Cell, Corner, Label, Probe, Subdivision};
use super::outline::{Memo, corners_of, crossing, outline};
use super::part::{Part, Square};
use crate::travel::{Answer, Barriers, Bounds, Scratch, Soonest, TravelField, View};
use crate::units::TIME_RESOLUTION_MS;
use geo::{BoundingRect, Coord, MultiPolygon};
use rayon::prelude::*;

/// Largest squares that get a view of their own, metres.
const START_SIDE_M: f64 = 1300.0;
/// Side of the squares of the trial run that chooses the resolution, metres.
const TRIAL_SIDE_M: f64 = 80.0;
/// Squares up to this side are looked at through a view; the larger ones are judged by bounds alone where no walls are
/// near, metres.
const VIEW_SIDE_M: f64 = 200.0;
/// Undecided squares of the trial run that are gone on with together.
const TOGETHER: usize = 8;
/// The lattice is shifted by this share of the finest side, so that straight boundaries do not run along it.
const SHIFT: f64 = 0.381_966;

/// Whether somebody still waits for the answer; asked before each piece of the work.
pub type Wanted<'a> = &'a (dyn Fn() -> bool + Sync);

/// How fine to go.
#[derive(Clone, Copy, Debug)]
pub struct Fineness {
    /// Go as fine as it takes to leave at most this share of the boundary's area undecided ...
    pub error_share: f64,
    /// ... but not below squares of this side, metres.
    pub floor_m: f64,
}

/// Everything a walk down the squares needs to know.
struct Walk<'a> {
    field: &'a TravelField<'a>,
    soonest: Soonest<'a, 'a>,
    barriers: Option<&'a Barriers>,
    limits_ms: &'a [f64],
    origin: Coord<f64>,
    side_m: f64,
    /// Level at which the walk stops.
    stop: u8,
    wanted: Wanted<'a>,
}

/// A square that the trial run could not decide.
struct Undecided {
    cell: Cell,
    part: Part,
    open: Open,
    bounds: Bounds,
    /// What it sees, where walls are about.
    view: Option<Box<View>>,
}

/// Buffers of one thread.
#[derive(Default)]
struct Buffers {
    views: Vec<View>,
    scratch: Scratch,
    memo: Memo,
}

/// What a walk has found so far.
struct Found {
    answered: Vec<Answered>,
    undecided: Vec<Undecided>,
}

/// Splits until every limit is decided, or fine enough; or until it is not `wanted` any more, and then the answer is not whole.
pub fn subdivide(
    field: &TravelField<'_>,
    barriers: Option<&Barriers>,
    boundary: &MultiPolygon<f64>,
    limits_ms: &[f64],
    fineness: Fineness,
    wanted: Wanted<'_>,
) -> Subdivision {
    let (origin, levels) = lattice_of(boundary, fineness.floor_m);
    let side_m = fineness.floor_m * f64::from(1_u32 << levels);
    let root = Square { low: origin, side_m };
    let part = Part::whole(boundary, root);
    let area_m2 = part.area_m2(root);
    let soonest = Soonest::new(field);
    let mut walk = Walk { field, soonest, barriers, limits_ms, origin, side_m, stop: levels, wanted };
    let (starts, outside) = walk.starts(part);
    // What stays undecided is a band along the outline, about as wide as the finest square: halving it halves the band.
    walk.stop = (0..levels).rev().take_while(|l| walk.side_of(*l) <= TRIAL_SIDE_M).last().unwrap_or(levels);
    let trial = walk.trial(starts);
    let mut finest = walk.stop;
    if finest < levels {
        let most = trial.answered.iter().map(|a| area_m2 - a.yes_m2 - a.no_m2).fold(0.0, f64::max);
        let target = fineness.error_share * area_m2;
        let more = if most > target { (most / target).log2().ceil() as u8 } else { 0 };
        finest = (finest + more).min(levels);
    }
    let trial_level = walk.stop;
    walk.stop = finest;
    let mut answered = walk.finish(trial, trial_level);
    answered.par_iter_mut().for_each(|answer| {
        answer.probes.par_sort_unstable_by_key(|probe| probe.order);
        answer.outside.extend(&outside);
        let rim = super::rim::rim(answer.outside.as_slice(), &answer.crossed, walk.stop, |c| walk.place(c));
        answer.edges.extend(rim);
        answer.outside = Vec::new();
        answer.crossed = Vec::new();
    });
    Subdivision { finest_m: walk.side_of(walk.stop), area_m2, answered }
}

/// Origin and number of levels of a square of 2^levels floor squares that holds the boundary with room to spare.
fn lattice_of(boundary: &MultiPolygon<f64>, floor_m: f64) -> (Coord<f64>, u8) {
    let rect = boundary.bounding_rect().unwrap_or_else(|| geo::Rect::new((0.0, 0.0), (0.0, 0.0)));
    let need = rect.width().max(rect.height()) + 4.0 * floor_m;
    let mut levels = 2_u8;
    while floor_m * f64::from(1_u32 << levels) < need {
        levels += 1;
    }
    let half = floor_m * (f64::from(1_u32 << levels) / 2.0 + SHIFT);
    (rect.center() - Coord { x: half, y: half }, levels)
}

impl Walk<'_> {
    fn side_of(&self, level: u8) -> f64 {
        self.side_m / f64::from(1_u32 << level)
    }

    fn square_of(&self, cell: Cell) -> Square {
        let side_m = self.side_of(cell.0);
        Square { low: self.origin + Coord { x: f64::from(cell.1), y: f64::from(cell.2) } * side_m, side_m }
    }

    fn place(&self, corner: Corner) -> Coord<f64> {
        self.origin + Coord { x: f64::from(corner.0), y: f64::from(corner.1) } * self.side_of(self.stop)
    }

    /// The squares to start from, and those beyond the boundary that are found on the way.
    fn starts(&self, part: Part) -> (Vec<(Cell, Part)>, Vec<Cell>) {
        let mut level: Vec<(Cell, Part)> = vec![((0, 0, 0), part)];
        let mut outside = Vec::new();
        while level.first().is_some_and(|(cell, _)| self.side_of(cell.0) > START_SIDE_M && cell.0 < self.stop) {
            let children: Vec<(Cell, Part)> =
                level.par_iter().flat_map_iter(|(cell, part)| children(*cell, part, self.square_of(*cell))).collect();
            level.clear();
            for (cell, part) in children {
                if matches!(part, Part::Outside) {
                    outside.push(cell);
                } else {
                    level.push((cell, part));
                }
            }
        }
        (level, outside)
    }

    /// Walks down every start as far as the trial goes, and joins what was found in their order.
    fn trial(&self, starts: Vec<(Cell, Part)>) -> Found {
        let found: Vec<Found> = starts
            .into_par_iter()
            .filter(|_| (self.wanted)())
            .map_init(Buffers::default, |buffers, (cell, part)| {
                let mut found = Found::new(self.limits_ms.len());
                let all = (1_u32 << self.limits_ms.len()) - 1;
                let open = Open { area: all, label: all };
                let square = self.square_of(cell);
                let (centre, half_m) = (square.centre(), square.side_m / 2.0);
                let reach_m = half_m * std::f64::consts::SQRT_2 + self.field.settings.leg.max_m;
                let walled = self.barriers.is_some_and(|b| b.inside(centre) || b.any_near(centre, reach_m));
                buffers.views.resize_with(usize::from(self.stop - cell.0) + 1, View::default);
                let Buffers { views, scratch, memo } = buffers;
                if walled {
                    views[0] = View::new(self.field, self.barriers, centre, half_m);
                    self.descend(cell, part, views, open, memo, &mut found);
                } else {
                    self.descend_open(cell, part, open, views, scratch, memo, &mut found);
                }
                found
            })
            .collect();
        let mut joined = Found::new(self.limits_ms.len());
        for part in found {
            joined.add(part);
        }
        joined
    }

    /// Goes on from what the trial left undecided.
    fn finish(&self, trial: Found, trial_level: u8) -> Vec<Answered> {
        let Found { answered, undecided } = trial;
        let below = self.stop - trial_level;
        let mut undecided: Vec<Option<Undecided>> = undecided.into_iter().map(Some).collect();
        let found: Vec<Found> = undecided
            .par_chunks_mut(TOGETHER)
            .filter(|_| (self.wanted)())
            .map_init(Buffers::default, |buffers, together| {
                let mut found = Found::new(self.limits_ms.len());
                buffers.views.resize_with(usize::from(below) + 1, View::default);
                let Buffers { views, scratch, memo } = buffers;
                for Undecided { cell, part, open, bounds, view } in together.iter_mut().filter_map(Option::take) {
                    let square = self.square_of(cell);
                    if let Some(view) = view {
                        views[0] = *view;
                    } else {
                        let (centre, half_m) = (square.centre(), square.side_m / 2.0);
                        View::gather_into(&self.soonest, centre, half_m, bounds, scratch, &mut views[0]);
                    }
                    memo.begin(cell, below);
                    self.split(cell, &part, views, open, memo, &mut found);
                }
                found
            })
            .collect();
        let mut joined = Found { answered, undecided: Vec::new() };
        for part in found {
            joined.add(part);
        }
        joined.answered
    }

    /// Judges a square by its bounds. Late squares are asked for what holds at their middle.
    fn judge(
        &self,
        cell: Cell,
        part: &Part,
        bounds: &Bounds,
        mut open: Open,
        answered: &mut [Answered],
        middle: impl FnOnce(Coord<f64>) -> (Answer, Option<u32>),
    ) -> Open {
        let square = self.square_of(cell);
        let mut middle = Some(middle);
        let mut probe = None;
        for (index, (limit, answer)) in self.limits_ms.iter().zip(answered.iter_mut()).enumerate() {
            let bit = 1 << index;
            let label = Label::proved(bounds, *limit);
            if open.area & bit != 0 {
                let late = bounds.earliest_ms > limit + TIME_RESOLUTION_MS;
                if label == Some(Label::Covered) {
                    answer.yes_m2 += part.area_m2(square);
                    open.area &= !bit;
                } else if late {
                    let area_m2 = part.area_m2(square);
                    answer.no_m2 += area_m2;
                    open.area &= !bit;
                    if let Some(middle) = middle.take() {
                        let (answer, segment) = middle(square.centre());
                        probe = Some(Probe { at: square.centre(), area_m2, answer, segment, order: order_of(cell) });
                    }
                    answer.probes.extend(probe);
                }
            }
            if let Some(label) = label.filter(|_| open.label & bit != 0) {
                open.label &= !bit;
                if matches!(part, Part::Crossing(_)) {
                    answer.crossed.push((cell, ([label; 4], [square.low; 4])));
                }
            }
        }
        open
    }

    /// Walks down a square near which no walls are. Large squares are judged by bounds alone.
    #[expect(clippy::too_many_arguments, reason = "buffers are handed down")]
    fn descend_open(
        &self,
        cell: Cell,
        part: Part,
        open: Open,
        views: &mut [View],
        scratch: &mut Scratch,
        memo: &mut Memo,
        found: &mut Found,
    ) {
        let square = self.square_of(cell);
        let (centre, half_m) = (square.centre(), square.side_m / 2.0);
        let (bounds, known) = self.soonest.bounds(centre, half_m, scratch);
        let open = self.judge(cell, &part, &bounds, open, &mut found.answered, |centre| {
            let segment = self.soonest.nearest_segment(centre, half_m, &bounds, scratch);
            let answer = known.unwrap_or_else(|| self.soonest.answer(centre, &[], scratch));
            (answer, segment.map(|(_, segment)| segment))
        });
        if open.label == 0 {
            return;
        }
        if cell.0 == self.stop {
            found.undecided.push(Undecided { cell, part, open, bounds, view: None });
        } else if square.side_m <= VIEW_SIDE_M {
            View::gather_into(&self.soonest, centre, half_m, bounds, scratch, &mut views[0]);
            self.split(cell, &part, views, open, memo, found);
        } else {
            for (child, part) in children(cell, &part, square) {
                if matches!(part, Part::Outside) {
                    open.asked(&mut found.answered).for_each(|answer| answer.outside.push(child));
                } else {
                    self.descend_open(child, part, open, views, scratch, memo, found);
                }
            }
        }
    }

    /// Walks down the square of the first view.
    fn descend(&self, cell: Cell, part: Part, views: &mut [View], open: Open, memo: &mut Memo, found: &mut Found) {
        let view = &views[0];
        let open = self.judge(cell, &part, &view.bounds, open, &mut found.answered, |centre| {
            let segment = view.nearest_segment(centre).map(|(_, segment)| segment);
            (view.answer(self.field, self.barriers, centre), segment)
        });
        if open.label == 0 {
            return;
        }
        if cell.0 == self.stop && memo.drawing() {
            self.draw(cell, &part, view, open, memo, &mut found.answered);
        } else if cell.0 == self.stop {
            let view = view.sees_walls().then(|| Box::new(view.kept()));
            found.undecided.push(Undecided { cell, part, open, bounds: views[0].bounds, view });
        } else {
            self.split(cell, &part, views, open, memo, found);
        }
    }

    /// Walks down the quarters of the square of the first view.
    fn split(&self, cell: Cell, part: &Part, views: &mut [View], open: Open, memo: &mut Memo, found: &mut Found) {
        let Some((view, below)) = views.split_first_mut() else { return };
        if cell.0 == self.stop {
            self.draw(cell, part, view, open, memo, &mut found.answered);
            return;
        }
        for (q, (child, part)) in children(cell, part, self.square_of(cell)).enumerate() {
            if matches!(part, Part::Outside) {
                open.asked(&mut found.answered).for_each(|answer| answer.outside.push(child));
            } else if let Some(quarter) = below.first_mut() {
                view.quarter_into(self.field, self.barriers, q % 2 == 1, q / 2 == 1, quarter);
                self.descend(child, part, below, open, memo, found);
            }
        }
    }

    /// Draws the outline through an undecided finest square.
    fn draw(&self, cell: Cell, part: &Part, view: &View, open: Open, memo: &mut Memo, answered: &mut [Answered]) {
        let corners = corners_of((cell.1, cell.2));
        let at = |place| view.answer(self.field, self.barriers, place);
        let places = corners.map(|c| self.place(c));
        let answers: [Answer; 4] = std::array::from_fn(|i| memo.at(corners[i], || at(places[i])));
        for (index, (limit, answer)) in self.limits_ms.iter().zip(answered.iter_mut()).enumerate() {
            if open.label & (1 << index) == 0 {
                continue;
            }
            let labels = answers.map(|a| Label::of(a, *limit));
            let mut crossings = places;
            for i in 0..4 {
                let j = (i + 1) % 4;
                if labels[i] != labels[j] {
                    // From the lower corner to the upper one, so that both squares beside a side agree.
                    let (a, b) = if corners[i] < corners[j] { (i, j) } else { (j, i) };
                    crossings[i] = crossing([places[a], places[b]], [answers[a], answers[b]], *limit, &at);
                }
            }
            outline(corners, labels, crossings, view.centre, &mut answer.edges);
            if matches!(part, Part::Crossing(_)) {
                answer.crossed.push((cell, (labels, crossings)));
            }
        }
    }
}

impl Found {
    fn new(limits: usize) -> Self {
        Self { answered: vec![Answered::default(); limits], undecided: Vec::new() }
    }

    fn add(&mut self, other: Self) {
        for (whole, part) in self.answered.iter_mut().zip(other.answered) {
            whole.no_m2 += part.no_m2;
            whole.yes_m2 += part.yes_m2;
            whole.edges.extend(part.edges);
            whole.probes.extend(part.probes);
            whole.outside.extend(part.outside);
            whole.crossed.extend(part.crossed);
        }
        self.undecided.extend(other.undecided);
    }
}

/// The place of a square in a walk depth first: its south-western corner along a Morton curve.
fn order_of((level, x, y): Cell) -> u64 {
    let spread =
        |v: i32| (0..31_u32).fold(0_u64, |bits, bit| bits | (u64::from(v.unsigned_abs() >> bit & 1) << (2 * bit)));
    (spread(x) | (spread(y) << 1)) << (2 * (31 - u32::from(level)))
}

/// Which limits still wait for something, a bit each.
#[derive(Clone, Copy)]
struct Open {
    /// Covered or not.
    area: u32,
    /// Covered, or why not.
    label: u32,
}

impl Open {
    /// The answers that wait for a label.
    fn asked(self, answered: &mut [Answered]) -> impl Iterator<Item = &mut Answered> {
        answered
            .iter_mut()
            .enumerate()
            .filter(move |(index, _)| self.label & (1 << index) != 0)
            .map(|(_, answer)| answer)
    }
}

fn children(cell: Cell, part: &Part, square: Square) -> impl Iterator<Item = (Cell, Part)> {
    let (level, x, y) = cell;
    let quarters = [(0, 0), (1, 0), (0, 1), (1, 1)];
    quarters
        .into_iter()
        .zip(part.quarters(square))
        .map(move |((east, north), part)| ((level + 1, 2 * x + east, 2 * y + north), part))
}
