//! Adaptive subdivision: only squares that a bound cannot decide are split.
//!
//! In: a field, the boundary, limits. Out: for every limit the proved areas, and the outline of what is not covered as
//! directed edges between ground of different [`Label`]s. All limits of one field share one subdivision. Squares are
//! walked depth first, in parallel, and joined in order: the same bytes with any number of threads. A trial run down to
//! squares of some 160 m leaves some undecided, and a sample of these tells how fine the rest must be. Where no walls are, what is
//! left is answered [`Block`] by block from the shapes that cover it; elsewhere, and at the boundary, by splitting on.

use super::block::{self, Asked, Block};
use super::grid::{Grid, MOST_LEVELS};
use super::label::{Answered, Cell, Corner, Label, Probe, Subdivision};
use super::outline::{Memo, corners_of, crossing, outline};
use super::part::{Part, Square};
use crate::travel::{Answer, Barriers, Bounds, Scratch, Soonest, TravelField, View};
use geo::{BoundingRect, Coord, MultiPolygon};
use lifering_base::units::TIME_RESOLUTION_MS;
use rayon::prelude::*;

/// Largest squares that get a view of their own, metres.
const START_SIDE_M: f64 = 1300.0;
/// Side of the squares of the trial run that chooses the resolution, metres.
const TRIAL_SIDE_M: f64 = 170.0;
/// The outline is drawn through squares of at most this side, however rough the areas may be, metres ...
const DRAWN_SIDE_M: f64 = 10.0;
/// ... or this, where the trial run leaves more than [`MANY`] squares undecided.
const DRAWN_SIDE_OF_MANY_M: f64 = 20.0;
/// So many squares of the trial run are a metropolis.
const MANY: usize = 10_000;
/// Undecided squares of the trial run that tell how fine the rest must be.
const SAMPLE: usize = 256;
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

impl Undecided {
    /// Whether it can be answered as a block.
    fn is_open(&self) -> bool {
        self.view.is_none() && matches!(self.part, Part::Inside)
    }
}

/// What finest squares are drawn with.
type Drawing<'a> = (&'a mut Memo, &'a mut block::Buffers);

/// Buffers of one thread.
#[derive(Default)]
struct Buffers {
    views: Vec<View>,
    scratch: Scratch,
    memo: Memo,
    block: block::Buffers,
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
    let trial_level = walk.coarsest(levels, TRIAL_SIDE_M);
    walk.stop = trial_level;
    let trial = walk.trial(starts);
    let many = trial.undecided.len() > MANY;
    let drawn_level = walk.coarsest(levels, if many { DRAWN_SIDE_OF_MANY_M } else { DRAWN_SIDE_M });
    let target_m2 = fineness.error_share * area_m2;
    walk.stop = (drawn_level..levels).find(|l| walk.undecided_m2(&trial, area_m2, *l) <= target_m2).unwrap_or(levels);
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

    /// The coarsest of so many levels with squares of at most a side; the finest where none has.
    fn coarsest(&self, levels: u8, side_m: f64) -> u8 {
        (0..levels).rev().take_while(|level| self.side_of(*level) <= side_m).last().unwrap_or(levels)
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
                if walled {
                    buffers.views[0] = View::new(self.field, self.barriers, centre, half_m);
                    let Buffers { views, memo, block, .. } = buffers;
                    self.descend(cell, part, views, open, (memo, block), &mut found);
                } else {
                    self.descend_open(cell, part, open, buffers, &mut found);
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

    /// The area that will stay undecided at a level, of the limit of which it is most: as a sample of the trial's blocks tells
    /// where no walls are; elsewhere a band along the outline that is about as wide as the finest square.
    fn undecided_m2(&self, trial: &Found, area_m2: f64, level: u8) -> f64 {
        let trial_level = self.stop;
        let levels = (level - trial_level).min(MOST_LEVELS);
        let blocks: Vec<&Undecided> = trial.undecided.iter().filter(|u| u.is_open()).collect();
        let every = blocks.len().div_ceil(SAMPLE).max(1);
        let sampled: Vec<&Undecided> = blocks.iter().copied().step_by(every).collect();
        let found: Vec<Vec<f64>> = sampled
            .par_iter()
            .map_init(Buffers::default, |buffers, undecided| {
                let mut answered = vec![Answered::default(); self.limits_ms.len()];
                buffers.views.resize_with(1, View::default);
                let Buffers { views, scratch, block, .. } = buffers;
                let square = self.square_of(undecided.cell);
                let (centre, half_m) = (square.centre(), square.side_m / 2.0);
                View::gather_into(&self.soonest, centre, half_m, undecided.bounds, scratch, &mut views[0]);
                let of = self.block(undecided.cell, levels, &views[0]);
                let block_m2 = square.side_m * square.side_m;
                (0..self.limits_ms.len())
                    .map(|index| {
                        if undecided.open.area & (1 << index) == 0 {
                            return 0.0;
                        }
                        let asked = Asked { area: true, outline: false };
                        let answer = &mut answered[index];
                        of.answer(self.limits_ms[index], asked, block, answer);
                        block_m2 - answer.yes_m2 - answer.no_m2
                    })
                    .collect()
            })
            .collect();
        let side_m = self.side_of(trial_level);
        // Deeper than a block goes: what lies between arcs and chords shrinks with the square of the side.
        let deeper = 0.25_f64.powi(i32::from(level - trial_level - levels));
        let narrower = 0.5_f64.powi(i32::from(level - trial_level));
        let of_limit = |index: usize, answered: &Answered| {
            let open = blocks.iter().filter(|u| u.open.area & (1 << index) != 0).count() as f64 * side_m * side_m;
            let in_sample: f64 = found.iter().map(|of| of[index]).sum();
            let others = area_m2 - answered.yes_m2 - answered.no_m2 - open;
            in_sample * blocks.len() as f64 / sampled.len().max(1) as f64 * deeper + others * narrower
        };
        trial.answered.iter().enumerate().map(|(index, answered)| of_limit(index, answered)).fold(0.0, f64::max)
    }

    /// A square of some level as a block of finest squares `levels` further down.
    fn block<'a>(&'a self, cell: Cell, levels: u8, view: &'a View) -> Block<'a> {
        let grid = Grid {
            origin: self.origin,
            side_m: self.side_of(cell.0 + levels),
            low: (cell.0 + levels, cell.1 << levels, cell.2 << levels),
            cells: 1 << levels,
        };
        Block { field: self.field, view, grid }
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
                let Buffers { views, scratch, memo, block } = buffers;
                for Undecided { cell, part, open, bounds, view } in together.iter_mut().filter_map(Option::take) {
                    let square = self.square_of(cell);
                    if let Some(view) = view {
                        views[0] = *view;
                    } else {
                        let (centre, half_m) = (square.centre(), square.side_m / 2.0);
                        View::gather_into(&self.soonest, centre, half_m, bounds, scratch, &mut views[0]);
                    }
                    memo.begin(cell, below);
                    self.split(cell, &part, views, open, (memo, block), &mut found);
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
        middle: impl FnOnce(Coord<f64>) -> Answer,
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
                        let answer = middle(square.centre());
                        probe = Some(Probe { at: square.centre(), area_m2, answer, order: order_of(cell) });
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
    fn descend_open(&self, cell: Cell, part: Part, open: Open, buffers: &mut Buffers, found: &mut Found) {
        let square = self.square_of(cell);
        let scratch = &mut buffers.scratch;
        let (centre, half_m) = (square.centre(), square.side_m / 2.0);
        let (bounds, known) = self.soonest.bounds(centre, half_m, scratch);
        let open = self.judge(cell, &part, &bounds, open, &mut found.answered, |centre| {
            known.unwrap_or_else(|| self.soonest.answer(centre, &[], scratch))
        });
        if open.label == 0 {
            return;
        }
        if cell.0 == self.stop {
            found.undecided.push(Undecided { cell, part, open, bounds, view: None });
        } else {
            for (child, part) in children(cell, &part, square) {
                if matches!(part, Part::Outside) {
                    open.asked(&mut found.answered).for_each(|answer| answer.outside.push(child));
                } else {
                    self.descend_open(child, part, open, buffers, found);
                }
            }
        }
    }

    /// Walks down the square of the first view.
    fn descend(&self, cell: Cell, part: Part, views: &mut [View], open: Open, drawing: Drawing<'_>, found: &mut Found) {
        let view = &views[0];
        let open = self.judge(cell, &part, &view.bounds, open, &mut found.answered, |centre| {
            view.answer(self.field, self.barriers, centre)
        });
        if open.label == 0 {
            return;
        }
        if cell.0 == self.stop && !drawing.0.drawing() {
            let view = view.sees_walls().then(|| Box::new(view.kept()));
            found.undecided.push(Undecided { cell, part, open, bounds: views[0].bounds, view });
        } else {
            self.split(cell, &part, views, open, drawing, found);
        }
    }

    /// Walks down the quarters of the square of the first view.
    fn split(&self, cell: Cell, part: &Part, views: &mut [View], open: Open, drawing: Drawing<'_>, found: &mut Found) {
        let Some((view, below)) = views.split_first_mut() else { return };
        let (memo, block) = drawing;
        let levels = self.stop - cell.0;
        if memo.drawing() && levels <= MOST_LEVELS && matches!(part, Part::Inside) && !view.sees_walls() {
            let of = self.block(cell, levels, view);
            for (index, (limit, answer)) in self.limits_ms.iter().zip(&mut found.answered).enumerate() {
                let asked = Asked { area: open.area & (1 << index) != 0, outline: open.label & (1 << index) != 0 };
                if asked.area || asked.outline {
                    of.answer(*limit, asked, block, answer);
                }
            }
            return;
        }
        if cell.0 == self.stop {
            self.draw(cell, part, view, open, memo, &mut found.answered);
            return;
        }
        for (q, (child, part)) in children(cell, part, self.square_of(cell)).enumerate() {
            if matches!(part, Part::Outside) {
                open.asked(&mut found.answered).for_each(|answer| answer.outside.push(child));
            } else if let Some(quarter) = below.first_mut() {
                view.quarter_into(self.field, self.barriers, q % 2 == 1, q / 2 == 1, quarter);
                self.descend(child, part, below, open, (&mut *memo, &mut *block), found);
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
pub(super) fn order_of((level, x, y): Cell) -> u64 {
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
