//! Adaptive subdivision: only squares that a bound cannot decide are split.
//!
//! In: a field, the boundary, limits. Out: for every limit the proved areas, and the outline of what is not covered as
//! directed [`Edge`]s between ground of different [`Label`]s. All limits of one field share one subdivision. Squares are
//! walked depth first, in parallel over large ones, and joined in order: the same bytes with any number of threads.

use super::part::{Part, Square};
use crate::travel::{Answer, Barriers, Bounds, TravelField, View};
use crate::units::TIME_RESOLUTION_MS;
use geo::{BoundingRect, Coord, MultiPolygon};
use rayon::prelude::*;

/// Largest squares that get a view of their own, metres.
const START_SIDE_M: f64 = 1300.0;
/// Side of the squares of the trial run that chooses the resolution, metres.
const TRIAL_SIDE_M: f64 = 80.0;
/// Steps of bisection along a side of the finest square where no times can be interpolated.
const BISECTIONS: u32 = 5;
/// Crossings stay this far from the corners, as a share of the side, so that no two vertices coincide.
const KEEP_OFF: f64 = 0.005;
/// The lattice is shifted by this share of the finest side, so that straight boundaries do not run along it.
const SHIFT: f64 = 0.381_966;

/// What holds at a place under one limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Label {
    /// Reached in time.
    Covered,
    /// Reached, but late.
    TooFar,
    /// Roads there that nobody can reach.
    CutOff,
    /// No road within reach.
    NoRoad,
    /// Beyond the boundary.
    Outside,
}

impl Label {
    /// The labels of ground that is not covered.
    pub const UNCOVERED: [Self; 3] = [Self::TooFar, Self::CutOff, Self::NoRoad];

    fn of(answer: Answer, limit_ms: f64) -> Self {
        match answer {
            Answer::In(ms, _) if ms <= limit_ms + TIME_RESOLUTION_MS => Self::Covered,
            Answer::In(..) => Self::TooFar,
            Answer::CutOff => Self::CutOff,
            Answer::NoRoad => Self::NoRoad,
        }
    }

    /// The label that holds all over a square, if the bounds prove one.
    fn proved(bounds: &Bounds, limit_ms: f64) -> Option<Self> {
        let limit = limit_ms + TIME_RESOLUTION_MS;
        if bounds.latest_ms <= limit {
            Some(Self::Covered)
        } else if bounds.earliest_ms <= limit {
            None
        } else if bounds.latest_ms.is_finite() {
            Some(Self::TooFar)
        } else if bounds.earliest_ms.is_finite() {
            None
        } else if bounds.has_road {
            Some(Self::CutOff)
        } else {
            (!bounds.may_have_road).then_some(Self::NoRoad)
        }
    }
}

/// A square of the subdivision: level and position counted in squares of that level from the origin.
pub type Cell = (u8, i32, i32);
/// A corner of the finest lattice.
pub type Corner = (i32, i32);

/// A vertex of the outline.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Vertex {
    /// A corner of the lattice.
    At(Corner),
    /// On the side from a corner to its neighbour in the east (`false`) or north (`true`).
    Between(Corner, bool),
    /// The middle of a finest square, where more than two labels meet.
    Middle(Corner),
}

/// A piece of outline with one label on its left and another on its right.
#[derive(Clone, Copy, Debug)]
pub struct Edge {
    /// Where it starts.
    pub from: (Vertex, Coord<f64>),
    /// Where it ends.
    pub to: (Vertex, Coord<f64>),
    /// What lies on its left.
    pub left: Label,
    /// What lies on its right.
    pub right: Label,
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

/// One limit, answered.
#[derive(Clone, Debug, Default)]
pub struct Answered {
    /// Area proved not to be reached in time, m².
    pub no_m2: f64,
    /// Area proved to be reached in time, m².
    pub yes_m2: f64,
    /// The outline of what is not covered.
    pub edges: Vec<Edge>,
    /// Squares that are not covered, with what holds at their middle.
    pub probes: Vec<Probe>,
    /// Squares beyond the boundary.
    outside: Vec<Cell>,
    /// Squares that the boundary crosses, with what holds at their corners and where it changes along their sides.
    crossed: Vec<(Cell, Corners)>,
}

/// What holds at the corners of a square, counter-clockwise from the south-west, and where it changes along its sides.
pub type Corners = ([Label; 4], [Coord<f64>; 4]);

/// A finished subdivision.
#[derive(Debug)]
pub struct Subdivision {
    /// Side of the finest squares, metres.
    pub finest_m: f64,
    /// Area inside the boundary, m².
    pub area_m2: f64,
    /// In the order asked.
    pub answered: Vec<Answered>,
}

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
    barriers: Option<&'a Barriers>,
    limits_ms: &'a [f64],
    origin: Coord<f64>,
    side_m: f64,
    finest: u8,
}

/// Splits until every limit is decided, or fine enough.
pub fn subdivide(
    field: &TravelField<'_>,
    barriers: Option<&Barriers>,
    boundary: &MultiPolygon<f64>,
    limits_ms: &[f64],
    fineness: Fineness,
) -> Subdivision {
    let (origin, levels) = lattice_of(boundary, fineness.floor_m);
    let side_m = fineness.floor_m * f64::from(1_u32 << levels);
    let root = Square { low: origin, side_m };
    let part = Part::whole(boundary, root);
    let area_m2 = part.area_m2(root);
    let mut walk = Walk { field, barriers, limits_ms, origin, side_m, finest: levels };
    let (starts, outside) = walk.starts(part);
    // What stays undecided is a band along the outline, about as wide as the finest square: halving it halves the band.
    walk.finest = (0..levels).rev().take_while(|l| walk.side_of(*l) <= TRIAL_SIDE_M).last().unwrap_or(levels);
    if walk.finest < levels {
        let trial = walk.run(&starts);
        let most = trial.iter().map(|a| area_m2 - a.yes_m2 - a.no_m2).fold(0.0, f64::max);
        let target = fineness.error_share * area_m2;
        let more = if most > target { (most / target).log2().ceil() as u8 } else { 0 };
        walk.finest = (walk.finest + more).min(levels);
    }
    let mut answered = walk.run(&starts);
    for answer in &mut answered {
        answer.outside.extend(&outside);
        let rim = super::rim::rim(answer.outside.as_slice(), &answer.crossed, walk.finest, |c| walk.place(c));
        answer.edges.extend(rim);
        answer.outside = Vec::new();
        answer.crossed = Vec::new();
    }
    Subdivision { finest_m: walk.side_of(walk.finest), area_m2, answered }
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
        self.origin + Coord { x: f64::from(corner.0), y: f64::from(corner.1) } * self.side_of(self.finest)
    }

    /// The squares to start from, and those beyond the boundary that are found on the way.
    fn starts(&self, part: Part) -> (Vec<(Cell, Part)>, Vec<Cell>) {
        let mut level: Vec<(Cell, Part)> = vec![((0, 0, 0), part)];
        let mut outside = Vec::new();
        while level.first().is_some_and(|(cell, _)| self.side_of(cell.0) > START_SIDE_M && cell.0 < self.finest) {
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

    /// Walks down every start, and joins what was found in their order.
    fn run(&self, starts: &[(Cell, Part)]) -> Vec<Answered> {
        let found: Vec<Vec<Answered>> = starts
            .par_iter()
            .map(|(cell, part)| {
                let square = self.square_of(*cell);
                let mut views = vec![View::default(); usize::from(self.finest - cell.0) + 1];
                views[0] = View::new(self.field, self.barriers, square.centre(), square.side_m / 2.0);
                let mut answered = vec![Answered::default(); self.limits_ms.len()];
                let all = (1_u32 << self.limits_ms.len()) - 1;
                self.descend(*cell, part, &mut views, Open { area: all, label: all }, &mut answered);
                answered
            })
            .collect();
        let mut joined = vec![Answered::default(); self.limits_ms.len()];
        for answered in found {
            for (whole, part) in joined.iter_mut().zip(answered) {
                whole.no_m2 += part.no_m2;
                whole.yes_m2 += part.yes_m2;
                whole.edges.extend(part.edges);
                whole.probes.extend(part.probes);
                whole.outside.extend(part.outside);
                whole.crossed.extend(part.crossed);
            }
        }
        joined
    }

    fn descend(&self, cell: Cell, part: &Part, views: &mut [View], mut open: Open, answered: &mut [Answered]) {
        let Some((view, below)) = views.split_first_mut() else { return };
        let view: &View = view;
        let square = self.square_of(cell);
        let mut probe = None;
        for (index, (limit, answer)) in self.limits_ms.iter().zip(answered.iter_mut()).enumerate() {
            let bit = 1 << index;
            let label = Label::proved(&view.bounds, *limit);
            if open.area & bit != 0 {
                let late = view.bounds.earliest_ms > limit + TIME_RESOLUTION_MS;
                if label == Some(Label::Covered) {
                    answer.yes_m2 += part.area_m2(square);
                    open.area &= !bit;
                } else if late {
                    let area_m2 = part.area_m2(square);
                    answer.no_m2 += area_m2;
                    open.area &= !bit;
                    answer.probes.push(*probe.get_or_insert_with(|| Probe {
                        at: view.centre,
                        area_m2,
                        answer: view.answer(self.field, self.barriers, view.centre),
                        segment: view.nearest_segment(view.centre).map(|(_, segment)| segment),
                    }));
                }
            }
            if let Some(label) = label.filter(|_| open.label & bit != 0) {
                open.label &= !bit;
                if matches!(part, Part::Crossing(_)) {
                    answer.crossed.push((cell, ([label; 4], [square.low; 4])));
                }
            }
        }
        if open.label == 0 {
            return;
        }
        if cell.0 == self.finest {
            self.draw(cell, part, view, open, answered);
            return;
        }
        for (q, (child, part)) in children(cell, part, square).enumerate() {
            if matches!(part, Part::Outside) {
                let asked = answered.iter_mut().enumerate().filter(|(index, _)| open.label & (1 << index) != 0);
                asked.for_each(|(_, answer)| answer.outside.push(child));
            } else {
                let (east, north) = (q % 2 == 1, q / 2 == 1);
                view.quarter_into(self.field, self.barriers, east, north, &mut below[0]);
                self.descend(child, &part, below, open, answered);
            }
        }
    }

    /// Draws the outline through an undecided finest square.
    fn draw(&self, cell: Cell, part: &Part, view: &View, open: Open, answered: &mut [Answered]) {
        let corners = corners_of((cell.1, cell.2));
        let at = |place| view.answer(self.field, self.barriers, place);
        let places = corners.map(|c| self.place(c));
        let answers = places.map(at);
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

/// Which limits still wait for something, a bit each.
#[derive(Clone, Copy)]
struct Open {
    /// Covered or not.
    area: u32,
    /// Covered, or why not.
    label: u32,
}

fn children(cell: Cell, part: &Part, square: Square) -> impl Iterator<Item = (Cell, Part)> {
    let (level, x, y) = cell;
    let quarters = [(0, 0), (1, 0), (0, 1), (1, 1)];
    quarters
        .into_iter()
        .zip(part.quarters(square))
        .map(move |((east, north), part)| ((level + 1, 2 * x + east, 2 * y + north), part))
}

/// The corners of a finest square, counter-clockwise from the south-west.
pub fn corners_of((x, y): Corner) -> [Corner; 4] {
    [(x, y), (x + 1, y), (x + 1, y + 1), (x, y + 1)]
}

/// The vertex on the side between two neighbouring corners.
pub fn between(a: Corner, b: Corner) -> Vertex {
    let (low, high) = if a < b { (a, b) } else { (b, a) };
    Vertex::Between(low, low.0 == high.0)
}

/// Where the label changes along a side: by the times at its ends where both are reached, else by bisection. It depends on
/// the answers alone, which are exact, so every square that shares the side finds the same place.
fn crossing(
    [a, b]: [Coord<f64>; 2],
    [at_a, at_b]: [Answer; 2],
    limit_ms: f64,
    at: &impl Fn(Coord<f64>) -> Answer,
) -> Coord<f64> {
    let share = if let (Answer::In(ms_a, _), Answer::In(ms_b, _)) = (at_a, at_b) {
        (limit_ms + TIME_RESOLUTION_MS - ms_a) / (ms_b - ms_a)
    } else {
        let label = Label::of(at_a, limit_ms);
        let (mut low, mut high) = (0.0, 1.0);
        for _ in 0..BISECTIONS {
            let middle = f64::midpoint(low, high);
            if Label::of(at(a + (b - a) * middle), limit_ms) == label {
                low = middle;
            } else {
                high = middle;
            }
        }
        f64::midpoint(low, high)
    };
    a + (b - a) * share.clamp(KEEP_OFF, 1.0 - KEEP_OFF)
}

/// The outline inside a finest square.
fn outline(
    corners: [Corner; 4],
    labels: [Label; 4],
    crossings: [Coord<f64>; 4],
    centre: Coord<f64>,
    edges: &mut Vec<Edge>,
) {
    // Walking counter-clockwise around the square, side i leaves labels[i] and enters labels[i + 1].
    let changes: Vec<usize> = (0..4).filter(|i| labels[*i] != labels[(*i + 1) % 4]).collect();
    let vertex = |i: usize| (between(corners[i], corners[(i + 1) % 4]), crossings[i]);
    match changes.as_slice() {
        [] => {}
        // One line through the square: leaving the first label on its left, returning to it at the second change.
        [i, j] => edges.push(Edge { from: vertex(*i), to: vertex(*j), left: labels[*i], right: labels[(*i + 1) % 4] }),
        // Two labels in opposite corners, or more than two: all lines meet in the middle, unless joining the uncovered
        // corners says it better. When in doubt, not covered.
        [0, 1, 2, 3] if labels[0] == labels[2] && labels[1] == labels[3] => {
            let first = usize::from(labels[0] == Label::Covered);
            for i in [first, first + 2] {
                let j = (i + 1) % 4;
                edges.push(Edge { from: vertex(i), to: vertex(j), left: labels[i], right: labels[j] });
            }
        }
        many => {
            let middle = (Vertex::Middle(corners[0]), centre);
            for i in many {
                edges.push(Edge { from: vertex(*i), to: middle, left: labels[*i], right: labels[(*i + 1) % 4] });
            }
        }
    }
}
