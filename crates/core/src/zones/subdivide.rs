//! Adaptive subdivision (branch and bound on a quadtree): only cells that interval bounds do not decide are split.
//!
//! In: a field, the boundary, limits. Out: for every limit the proved areas, and the outline of uncovered ground as
//! directed edges between ground of different [`CoverageClass`]es. All limits of a field share one subdivision. Cells
//! are walked depth first in parallel and joined in order: the result does not depend on the number of threads. A
//! trial run ends at cells of some 160 m, and a sample of its undecided cells tells how fine the rest must be. Without
//! walls near, the rest is answered [`CellBlock`] by block from capsules; elsewhere, and at the boundary, by further
//! splitting.

use super::boundary_clip::{ClippedBoundary, Square};
use super::cell_block::{BlockBuffers, BlockQuery, CellBlock};
use super::lattice::{BlockLattice, MAX_BLOCK_LEVELS};
use super::marching_squares::{CornerCache, cell_corners, march, side_crossing};
use super::quadtree::{Cell, Corner, CoverageClass, LimitResult, Probe, Subdivision};
use crate::travel::{
    ActiveSet, ArrivalBounds, Barriers, EarliestArrival, ExactReachability, SearchBuffers, TravelField,
};
use geo::{BoundingRect, Coord, MultiPolygon};
use lifering_base::units::TIME_RESOLUTION_MS;
use rayon::prelude::*;

/// Largest root cells of the parallel walk, metres.
const ROOT_SIDE_M: f64 = 1300.0;
/// Largest cells at which the trial run stops, metres.
const TRIAL_SIDE_M: f64 = 170.0;
/// The outline is drawn through cells of at most this side, whatever the error share, metres ...
const OUTLINE_SIDE_M: f64 = 10.0;
/// ... or this, if the trial run leaves more than [`LARGE_REGION_CELLS`] undecided.
const LARGE_OUTLINE_SIDE_M: f64 = 20.0;
/// Undecided cells of the trial run above which a region is a metropolis.
const LARGE_REGION_CELLS: usize = 10_000;
/// Undecided cells of the trial run that are sampled to choose the finest level.
const SAMPLED_BLOCKS: usize = 256;
/// Undecided cells of the trial run in one task.
const CELLS_PER_TASK: usize = 8;
/// Shift of the lattice as a share of the finest side, off straight boundaries (one minus the golden ratio's inverse).
const LATTICE_SHIFT: f64 = 0.381_966;

/// Called before each task; false cancels the rest.
pub type KeepGoing<'a> = &'a (dyn Fn() -> bool + Sync);

/// When to stop refining.
#[derive(Clone, Copy, Debug)]
pub struct RefinementCriteria {
    /// Refine until at most this share of the boundary's area is undecided ...
    pub error_share: f64,
    /// ... but not to cells below this side, metres.
    pub floor_m: f64,
}

/// The inputs of a walk down the quadtree.
struct QuadtreeWalk<'a> {
    field: &'a TravelField,
    earliest: EarliestArrival<'a>,
    barriers: Option<&'a Barriers>,
    limits_ms: &'a [f64],
    origin: Coord<f64>,
    side_m: f64,
    /// Level at which the walk stops.
    stop: u8,
    keep_going: KeepGoing<'a>,
}

/// A cell that the trial run did not decide.
struct UndecidedCell {
    cell: Cell,
    part: ClippedBoundary,
    pending: PendingLimits,
    bounds: ArrivalBounds,
    /// Its active set, if walls are near; `None` otherwise.
    active: Option<Box<ActiveSet>>,
}

impl UndecidedCell {
    /// Whether it can be answered as a [`CellBlock`].
    fn is_block(&self) -> bool {
        self.active.is_none() && matches!(self.part, ClippedBoundary::Inside)
    }
}

/// Buffers for drawing finest cells.
type Drawing<'a> = (&'a mut CornerCache, &'a mut BlockBuffers);

/// Buffers, one for each thread.
#[derive(Default)]
struct WalkBuffers {
    active_sets: Vec<ActiveSet>,
    search: SearchBuffers,
    corner_cache: CornerCache,
    block: BlockBuffers,
}

/// The results of a walk.
struct WalkResult {
    answered: Vec<LimitResult>,
    undecided: Vec<UndecidedCell>,
}

/// Splits until every limit is decided or the criteria are met. Incomplete if `keep_going` turns false.
///
/// # Panics
/// With more than 31 limits.
pub fn subdivide(
    field: &TravelField,
    barriers: Option<&Barriers>,
    boundary: &MultiPolygon<f64>,
    limits_ms: &[f64],
    criteria: RefinementCriteria,
    keep_going: KeepGoing<'_>,
) -> Subdivision {
    assert!(limits_ms.len() < 32, "a subdivision takes at most 31 limits, one bit each");
    let (origin, levels) = lattice_of(boundary, criteria.floor_m);
    let side_m = criteria.floor_m * f64::from(1_u32 << levels);
    let root = Square { low: origin, side_m };
    let part = ClippedBoundary::whole(boundary, root);
    let area_m2 = part.area_m2(root);
    let earliest = EarliestArrival::new(field);
    let mut walk = QuadtreeWalk { field, earliest, barriers, limits_ms, origin, side_m, stop: levels, keep_going };
    let (roots, outside) = walk.roots(part);
    let trial_level = walk.coarsest(levels, TRIAL_SIDE_M);
    walk.stop = trial_level;
    let trial = walk.trial(roots);
    let many = trial.undecided.len() > LARGE_REGION_CELLS;
    let drawn_level = walk.coarsest(levels, if many { LARGE_OUTLINE_SIDE_M } else { OUTLINE_SIDE_M });
    let target_m2 = criteria.error_share * area_m2;
    walk.stop = (drawn_level..levels).find(|l| walk.undecided_m2(&trial, area_m2, *l) <= target_m2).unwrap_or(levels);
    let mut answered = walk.finish(trial, trial_level);
    answered.par_iter_mut().for_each(|answer| {
        answer.probes.par_sort_unstable_by_key(|probe| probe.order);
        answer.outside.extend(&outside);
        let edges = super::boundary_edges::boundary_edges(answer.outside.as_slice(), &answer.crossed, walk.stop, |c| {
            walk.place(c)
        });
        answer.edges.extend(edges);
        answer.outside = Vec::new();
        answer.crossed = Vec::new();
    });
    Subdivision { finest_m: walk.side_at(walk.stop), area_m2, answered }
}

/// Origin and number of levels of a square of 2^levels floor cells that contains the boundary with a margin.
fn lattice_of(boundary: &MultiPolygon<f64>, floor_m: f64) -> (Coord<f64>, u8) {
    let rect = boundary.bounding_rect().unwrap_or_else(|| geo::Rect::new((0.0, 0.0), (0.0, 0.0)));
    let need = rect.width().max(rect.height()) + 4.0 * floor_m;
    let mut levels = 2_u8;
    while floor_m * f64::from(1_u32 << levels) < need {
        levels += 1;
    }
    let half = floor_m * (f64::from(1_u32 << levels) / 2.0 + LATTICE_SHIFT);
    (rect.center() - Coord { x: half, y: half }, levels)
}

impl QuadtreeWalk<'_> {
    fn side_at(&self, level: u8) -> f64 {
        self.side_m / f64::from(1_u32 << level)
    }

    /// The coarsest level below `levels` with cells of at most `side_m`; `levels` if there is none.
    fn coarsest(&self, levels: u8, side_m: f64) -> u8 {
        (0..levels).rev().take_while(|level| self.side_at(*level) <= side_m).last().unwrap_or(levels)
    }

    fn square(&self, cell: Cell) -> Square {
        let side_m = self.side_at(cell.0);
        Square { low: self.origin + Coord { x: f64::from(cell.1), y: f64::from(cell.2) } * side_m, side_m }
    }

    fn place(&self, corner: Corner) -> Coord<f64> {
        self.origin + Coord { x: f64::from(corner.0), y: f64::from(corner.1) } * self.side_at(self.stop)
    }

    /// The root cells of the parallel walk, and the cells outside the boundary that are passed on the way.
    fn roots(&self, part: ClippedBoundary) -> (Vec<(Cell, ClippedBoundary)>, Vec<Cell>) {
        let mut level: Vec<(Cell, ClippedBoundary)> = vec![((0, 0, 0), part)];
        let mut outside = Vec::new();
        while level.first().is_some_and(|(cell, _)| self.side_at(cell.0) > ROOT_SIDE_M && cell.0 < self.stop) {
            let children: Vec<(Cell, ClippedBoundary)> =
                level.par_iter().flat_map_iter(|(cell, part)| children(*cell, part, self.square(*cell))).collect();
            level.clear();
            for (cell, part) in children {
                if matches!(part, ClippedBoundary::Outside) {
                    outside.push(cell);
                } else {
                    level.push((cell, part));
                }
            }
        }
        (level, outside)
    }

    /// Walks down every root to the trial level, and joins the results in order.
    fn trial(&self, roots: Vec<(Cell, ClippedBoundary)>) -> WalkResult {
        let found: Vec<WalkResult> = roots
            .into_par_iter()
            .filter(|_| (self.keep_going)())
            .map_init(WalkBuffers::default, |buffers, (cell, part)| {
                let mut found = WalkResult::new(self.limits_ms.len());
                let all = (1_u32 << self.limits_ms.len()) - 1;
                let pending = PendingLimits { area: all, class: all };
                let square = self.square(cell);
                let (centre, half_m) = (square.centre(), square.side_m / 2.0);
                let reach_m = half_m * std::f64::consts::SQRT_2 + self.field.settings.leg.max_m;
                let walled = self.barriers.is_some_and(|b| b.inside(centre) || b.any_near(centre, reach_m));
                buffers.active_sets.resize_with(usize::from(self.stop - cell.0) + 1, ActiveSet::default);
                if walled {
                    buffers.active_sets[0] = ActiveSet::new(self.field, self.barriers, centre, half_m);
                    let WalkBuffers { active_sets, corner_cache, block, .. } = buffers;
                    self.descend(cell, part, active_sets, pending, (corner_cache, block), &mut found);
                } else {
                    self.descend_open(cell, part, pending, buffers, &mut found);
                }
                found
            })
            .collect();
        let mut joined = WalkResult::new(self.limits_ms.len());
        for part in found {
            joined.add(part);
        }
        joined
    }

    /// Estimate of the area left undecided at a level, m², for the limit with most of it: for blocks from a sample;
    /// elsewhere as a band along the outline about as wide as the finest cell.
    fn undecided_m2(&self, trial: &WalkResult, area_m2: f64, level: u8) -> f64 {
        let trial_level = self.stop;
        let levels = (level - trial_level).min(MAX_BLOCK_LEVELS);
        let blocks: Vec<&UndecidedCell> = trial.undecided.iter().filter(|u| u.is_block()).collect();
        let every = blocks.len().div_ceil(SAMPLED_BLOCKS).max(1);
        let sampled: Vec<&UndecidedCell> = blocks.iter().copied().step_by(every).collect();
        let found: Vec<Vec<f64>> = sampled
            .par_iter()
            .map_init(WalkBuffers::default, |buffers, undecided| {
                let mut answered = vec![LimitResult::default(); self.limits_ms.len()];
                buffers.active_sets.resize_with(1, ActiveSet::default);
                let WalkBuffers { active_sets, search, block, .. } = buffers;
                let square = self.square(undecided.cell);
                let (centre, half_m) = (square.centre(), square.side_m / 2.0);
                ActiveSet::gather_into(&self.earliest, centre, half_m, undecided.bounds, search, &mut active_sets[0]);
                let of = self.block(undecided.cell, levels, &active_sets[0]);
                let block_m2 = square.side_m * square.side_m;
                (0..self.limits_ms.len())
                    .map(|index| {
                        if undecided.pending.area & (1 << index) == 0 {
                            return 0.0;
                        }
                        let query = BlockQuery { area: true, outline: false };
                        let answer = &mut answered[index];
                        of.answer(self.limits_ms[index], query, block, answer);
                        block_m2 - answer.covered_m2 - answer.uncovered_m2
                    })
                    .collect()
            })
            .collect();
        let side_m = self.side_at(trial_level);
        // Deeper than a block goes: slivers between arcs and chords shrink with the square of the side.
        let deeper = 0.25_f64.powi(i32::from(level - trial_level - levels));
        let narrower = 0.5_f64.powi(i32::from(level - trial_level));
        let of_limit = |index: usize, answered: &LimitResult| {
            let pending = blocks.iter().filter(|u| u.pending.area & (1 << index) != 0).count() as f64 * side_m * side_m;
            let in_sample: f64 = found.iter().map(|of| of[index]).sum();
            let others = area_m2 - answered.covered_m2 - answered.uncovered_m2 - pending;
            in_sample * blocks.len() as f64 / sampled.len().max(1) as f64 * deeper + others * narrower
        };
        trial.answered.iter().enumerate().map(|(index, answered)| of_limit(index, answered)).fold(0.0, f64::max)
    }

    /// A cell as a block of finest cells `levels` further down.
    fn block<'a>(&'a self, cell: Cell, levels: u8, active: &'a ActiveSet) -> CellBlock<'a> {
        let lattice = BlockLattice {
            origin: self.origin,
            side_m: self.side_at(cell.0 + levels),
            low: (cell.0 + levels, cell.1 << levels, cell.2 << levels),
            cells: 1 << levels,
        };
        CellBlock { field: self.field, active, lattice }
    }

    /// Continues from the undecided cells of the trial run.
    fn finish(&self, trial: WalkResult, trial_level: u8) -> Vec<LimitResult> {
        let WalkResult { answered, undecided } = trial;
        let below = self.stop - trial_level;
        let mut undecided: Vec<Option<UndecidedCell>> = undecided.into_iter().map(Some).collect();
        let found: Vec<WalkResult> = undecided
            .par_chunks_mut(CELLS_PER_TASK)
            .filter(|_| (self.keep_going)())
            .map_init(WalkBuffers::default, |buffers, together| {
                let mut found = WalkResult::new(self.limits_ms.len());
                buffers.active_sets.resize_with(usize::from(below) + 1, ActiveSet::default);
                let WalkBuffers { active_sets, search, corner_cache, block } = buffers;
                for UndecidedCell { cell, part, pending, bounds, active } in
                    together.iter_mut().filter_map(Option::take)
                {
                    let square = self.square(cell);
                    if let Some(active) = active {
                        active_sets[0] = *active;
                    } else {
                        let (centre, half_m) = (square.centre(), square.side_m / 2.0);
                        ActiveSet::gather_into(&self.earliest, centre, half_m, bounds, search, &mut active_sets[0]);
                    }
                    corner_cache.begin(cell, below);
                    self.split(cell, &part, active_sets, pending, (corner_cache, block), &mut found);
                }
                found
            })
            .collect();
        let mut joined = WalkResult { answered, undecided: Vec::new() };
        for part in found {
            joined.add(part);
        }
        joined.answered
    }

    /// Classifies a cell by its bounds. Late cells get a probe of their centre.
    fn classify(
        &self,
        cell: Cell,
        part: &ClippedBoundary,
        bounds: &ArrivalBounds,
        mut pending: PendingLimits,
        answered: &mut [LimitResult],
        middle: impl FnOnce(Coord<f64>) -> ExactReachability,
    ) -> PendingLimits {
        let square = self.square(cell);
        let mut middle = Some(middle);
        let mut probe = None;
        for (index, (limit, answer)) in self.limits_ms.iter().zip(answered.iter_mut()).enumerate() {
            let bit = 1 << index;
            let class = CoverageClass::proved(bounds, *limit);
            if pending.area & bit != 0 {
                let late = bounds.earliest_ms > limit + TIME_RESOLUTION_MS;
                if class == Some(CoverageClass::Covered) {
                    answer.covered_m2 += part.area_m2(square);
                    pending.area &= !bit;
                } else if late {
                    let area_m2 = part.area_m2(square);
                    answer.uncovered_m2 += area_m2;
                    pending.area &= !bit;
                    if let Some(middle) = middle.take() {
                        let answer = middle(square.centre());
                        probe = Some(Probe { at: square.centre(), area_m2, answer, order: morton_order(cell) });
                    }
                    answer.probes.extend(probe);
                }
            }
            if let Some(class) = class.filter(|_| pending.class & bit != 0) {
                pending.class &= !bit;
                if matches!(part, ClippedBoundary::Crossing(_)) {
                    answer.crossed.push((cell, ([class; 4], [square.low; 4])));
                }
            }
        }
        pending
    }

    /// Walks down a cell without walls near. Large cells are classified by bounds alone.
    fn descend_open(
        &self,
        cell: Cell,
        part: ClippedBoundary,
        pending: PendingLimits,
        buffers: &mut WalkBuffers,
        found: &mut WalkResult,
    ) {
        let square = self.square(cell);
        let search = &mut buffers.search;
        let (centre, half_m) = (square.centre(), square.side_m / 2.0);
        let (bounds, known) = self.earliest.bounds(centre, half_m, search);
        let pending = self.classify(cell, &part, &bounds, pending, &mut found.answered, |centre| {
            known.unwrap_or_else(|| self.earliest.answer(centre, &[], search))
        });
        if pending.class == 0 {
            return;
        }
        if cell.0 == self.stop {
            found.undecided.push(UndecidedCell { cell, part, pending, bounds, active: None });
        } else {
            for (child, part) in children(cell, &part, square) {
                if matches!(part, ClippedBoundary::Outside) {
                    pending.awaiting_class(&mut found.answered).for_each(|answer| answer.outside.push(child));
                } else {
                    self.descend_open(child, part, pending, buffers, found);
                }
            }
        }
    }

    /// Walks down the cell of the first active set.
    fn descend(
        &self,
        cell: Cell,
        part: ClippedBoundary,
        active_sets: &mut [ActiveSet],
        pending: PendingLimits,
        drawing: Drawing<'_>,
        found: &mut WalkResult,
    ) {
        let active = &active_sets[0];
        let pending = self.classify(cell, &part, &active.bounds, pending, &mut found.answered, |centre| {
            active.answer(self.field, self.barriers, centre)
        });
        if pending.class == 0 {
            return;
        }
        if cell.0 == self.stop && !drawing.0.drawing() {
            let active = active.near_barriers().then(|| Box::new(active.compact_clone()));
            found.undecided.push(UndecidedCell { cell, part, pending, bounds: active_sets[0].bounds, active });
        } else {
            self.split(cell, &part, active_sets, pending, drawing, found);
        }
    }

    /// Walks down the quadrants of the cell of the first active set.
    fn split(
        &self,
        cell: Cell,
        part: &ClippedBoundary,
        active_sets: &mut [ActiveSet],
        pending: PendingLimits,
        drawing: Drawing<'_>,
        found: &mut WalkResult,
    ) {
        let Some((active, below)) = active_sets.split_first_mut() else { return };
        let (corner_cache, block) = drawing;
        let levels = self.stop - cell.0;
        if corner_cache.drawing()
            && levels <= MAX_BLOCK_LEVELS
            && matches!(part, ClippedBoundary::Inside)
            && !active.near_barriers()
        {
            let of = self.block(cell, levels, active);
            for (index, (limit, answer)) in self.limits_ms.iter().zip(&mut found.answered).enumerate() {
                let query =
                    BlockQuery { area: pending.area & (1 << index) != 0, outline: pending.class & (1 << index) != 0 };
                if query.area || query.outline {
                    of.answer(*limit, query, block, answer);
                }
            }
            return;
        }
        if cell.0 == self.stop {
            self.draw(cell, part, active, pending, corner_cache, &mut found.answered);
            return;
        }
        for (q, (child, part)) in children(cell, part, self.square(cell)).enumerate() {
            if matches!(part, ClippedBoundary::Outside) {
                pending.awaiting_class(&mut found.answered).for_each(|answer| answer.outside.push(child));
            } else if let Some(quadrant) = below.first_mut() {
                active.quadrant_into(self.field, self.barriers, q % 2 == 1, q / 2 == 1, quadrant);
                self.descend(child, part, below, pending, (&mut *corner_cache, &mut *block), found);
            }
        }
    }

    /// Draws the outline through an undecided finest cell.
    fn draw(
        &self,
        cell: Cell,
        part: &ClippedBoundary,
        active: &ActiveSet,
        pending: PendingLimits,
        corner_cache: &mut CornerCache,
        answered: &mut [LimitResult],
    ) {
        let corners = cell_corners((cell.1, cell.2));
        let at = |place| active.answer(self.field, self.barriers, place);
        let places = corners.map(|c| self.place(c));
        let answers: [ExactReachability; 4] = std::array::from_fn(|i| corner_cache.at(corners[i], || at(places[i])));
        for (index, (limit, answer)) in self.limits_ms.iter().zip(answered.iter_mut()).enumerate() {
            if pending.class & (1 << index) == 0 {
                continue;
            }
            let classes = answers.map(|a| CoverageClass::of(a, *limit));
            let mut crossings = places;
            for i in 0..4 {
                let j = (i + 1) % 4;
                if classes[i] != classes[j] {
                    // From the lower corner to the upper one, so that both cells beside a side agree.
                    let (a, b) = if corners[i] < corners[j] { (i, j) } else { (j, i) };
                    crossings[i] = side_crossing([places[a], places[b]], [answers[a], answers[b]], *limit, &at);
                }
            }
            march(corners, classes, crossings, active.centre, &mut answer.edges);
            if matches!(part, ClippedBoundary::Crossing(_)) {
                answer.crossed.push((cell, (classes, crossings)));
            }
        }
    }
}

impl WalkResult {
    fn new(limits: usize) -> Self {
        Self { answered: vec![LimitResult::default(); limits], undecided: Vec::new() }
    }

    fn add(&mut self, other: Self) {
        for (whole, part) in self.answered.iter_mut().zip(other.answered) {
            whole.uncovered_m2 += part.uncovered_m2;
            whole.covered_m2 += part.covered_m2;
            whole.edges.extend(part.edges);
            whole.probes.extend(part.probes);
            whole.outside.extend(part.outside);
            whole.crossed.extend(part.crossed);
        }
        self.undecided.extend(other.undecided);
    }
}

/// Rank of a cell in a depth-first walk: its south-western corner on a Morton curve.
pub(super) fn morton_order((level, x, y): Cell) -> u64 {
    let spread =
        |v: i32| (0..31_u32).fold(0_u64, |bits, bit| bits | (u64::from(v.unsigned_abs() >> bit & 1) << (2 * bit)));
    (spread(x) | (spread(y) << 1)) << (2 * (31 - u32::from(level)))
}

/// The limits that are still undecided, a bit each.
#[derive(Clone, Copy)]
struct PendingLimits {
    /// Covered or not is undecided.
    area: u32,
    /// The class is undecided.
    class: u32,
}

impl PendingLimits {
    /// The results whose class is undecided.
    fn awaiting_class(self, answered: &mut [LimitResult]) -> impl Iterator<Item = &mut LimitResult> {
        answered
            .iter_mut()
            .enumerate()
            .filter(move |(index, _)| self.class & (1 << index) != 0)
            .map(|(_, answer)| answer)
    }
}

fn children(cell: Cell, part: &ClippedBoundary, square: Square) -> impl Iterator<Item = (Cell, ClippedBoundary)> {
    let (level, x, y) = cell;
    let quarters = [(0, 0), (1, 0), (0, 1), (1, 1)];
    quarters
        .into_iter()
        .zip(part.quarters(square))
        .map(move |((east, north), part)| ((level + 1, 2 * x + east, 2 * y + north), part))
}
