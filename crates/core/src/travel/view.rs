//! What a square of ground can see of a field: the pieces of road that may matter to any place in it, and no others.
//!
//! In: a field, barriers, a square. Out: a [`View`], which answers for places inside the square, proves [`Bounds`] for all
//! of them, and narrows to its quarters. With half-diagonal h no place is farther than h from the centre, so no way over a
//! piece is more than h/v quicker or slower than at the centre: a piece is dropped once another one proves quicker for
//! every place of the square. Buffers are reused, so that narrowing allocates nothing once they have grown.

use super::barriers::{Barriers, all_legs_blocked, all_legs_free, visible};
use super::cover::Cover;
use super::field::TravelField;
use super::piece::{Leg, Piece, Way};
use super::soonest::{Scratch, Soonest};
use geo::{Coord, Intersects, Line, Rect};
use lifering_base::units::SourceId;

/// How many pieces are tried for a way that no wall bars from any place of a square, the quickest first.
const SURE_TRIES: usize = 24;

/// Why a place is reached or not.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Answer {
    /// In this many milliseconds (not rounded), by this source.
    In(f64, SourceId),
    /// There is a road within reach, but no source can reach it.
    CutOff,
    /// There is no road within reach.
    NoRoad,
}

/// What can be proved of a whole square: bounds on the time of every place in it, milliseconds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bounds {
    /// No place is reached before this; infinite where none is reached at all.
    pub earliest_ms: f64,
    /// Every place is reached by this; infinite where that cannot be proved.
    pub latest_ms: f64,
    /// Whether some place may have a road within reach, reached or not.
    pub may_have_road: bool,
    /// Whether every place has a road within reach, reached or not.
    pub has_road: bool,
}

impl Bounds {
    /// Nobody is known to be reached, no road known to be there.
    pub(super) const NOTHING: Self =
        Self { earliest_ms: f64::INFINITY, latest_ms: f64::INFINITY, may_have_road: false, has_road: false };
}

/// Whether the places of a square lie inside a barrier area.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Drowned {
    /// All of them.
    All,
    /// None of them.
    None,
    /// Some of them, perhaps: each is asked.
    Some,
}

/// The pieces that matter to a square.
#[derive(Clone, Debug)]
pub struct View {
    /// Middle of the square, local metres.
    pub centre: Coord<f64>,
    /// Half its side.
    pub half_m: f64,
    /// What can be proved of every place of the square.
    pub bounds: Bounds,
    pieces: Vec<Piece>,
    /// Roads that nobody reaches.
    dead: Vec<Piece>,
    walls: Vec<Line<f64>>,
    drowned: Drowned,
    /// Scratch: quickest time over each candidate, and its position.
    scored: Vec<(f64, u32)>,
}

impl Default for View {
    fn default() -> Self {
        Self {
            centre: Coord { x: 0.0, y: 0.0 },
            half_m: 0.0,
            bounds: Bounds::NOTHING,
            pieces: Vec::new(),
            dead: Vec::new(),
            walls: Vec::new(),
            drowned: Drowned::Some,
            scored: Vec::new(),
        }
    }
}

impl View {
    /// Gathers what a square sees.
    pub fn new(field: &TravelField<'_>, barriers: Option<&Barriers>, centre: Coord<f64>, half_m: f64) -> Self {
        let mut view = Self { centre, half_m, ..Self::default() };
        let reach = half_m * std::f64::consts::SQRT_2 + field.settings.leg.max_m;
        let mut candidates = Vec::new();
        field.network.index.near(centre, reach, |segment| candidates.push(field.piece(segment)));
        candidates.extend(field.extra.iter().filter(|p| p.distance_m(p.beside(centre)) <= reach));
        if let Some(barriers) = barriers {
            view.walls = barriers.near(centre, reach);
        }
        view.keep(field, barriers, &candidates, &[]);
        view
    }

    /// The same where no walls are near and the square lies in no barrier area, in the buffers of `view`. `bounds` are
    /// those that `soonest` has for the square.
    pub fn gather_into(
        soonest: &Soonest<'_, '_>,
        centre: Coord<f64>,
        half_m: f64,
        bounds: Bounds,
        scratch: &mut Scratch,
        view: &mut Self,
    ) {
        (view.centre, view.half_m, view.bounds, view.drowned) = (centre, half_m, bounds, Drowned::None);
        view.pieces.clear();
        view.dead.clear();
        view.walls.clear();
        let Self { pieces, dead, .. } = view;
        soonest.gather(centre, half_m, &bounds, scratch, |piece| {
            if piece.reached() {
                pieces.push(*piece);
            } else {
                dead.push(*piece);
            }
            f64::INFINITY
        });
    }

    /// The same for one quarter, west or east, south or north, in the buffers of `view`.
    pub fn quarter_into(
        &self,
        field: &TravelField<'_>,
        barriers: Option<&Barriers>,
        east: bool,
        north: bool,
        view: &mut Self,
    ) {
        view.half_m = self.half_m / 2.0;
        let shift = |up: bool| if up { view.half_m } else { -view.half_m };
        view.centre = self.centre + Coord { x: shift(east), y: shift(north) };
        let reach = view.half_m * std::f64::consts::SQRT_2 + field.settings.leg.max_m;
        let centre = view.centre;
        view.drowned = self.drowned;
        view.walls.clear();
        view.walls.extend(self.walls.iter().filter(|wall| within_box(wall, centre, reach)));
        view.keep(field, barriers, &self.pieces, &self.dead);
    }

    /// Keeps of the candidates the pieces that may be quickest for some place of the square, and the walls that may bar
    /// one of them; proves the bounds.
    ///
    /// A way known at the centre serves every place at most h/v later, if its leg is at most `max_m - h` there; a way to
    /// any place is at most h/v earlier than one at the centre with a leg of at most `max_m + h`. Where walls are about, a
    /// way proves lateness only if no wall touches any leg from the square to its road point, and earliness counts every
    /// piece that one wall alone does not hide from the whole square.
    fn keep(&mut self, field: &TravelField<'_>, barriers: Option<&Barriers>, candidates: &[Piece], dead: &[Piece]) {
        self.pieces.clear();
        self.dead.clear();
        self.scored.clear();
        self.bounds = Bounds::NOTHING;
        let leg = field.settings.leg;
        let h = self.half_m * std::f64::consts::SQRT_2;
        let square = self.square();
        // A square that no wall touches lies inside or outside as a whole, and so do its quarters.
        if self.drowned == Drowned::Some
            && let Some(barriers) = barriers
            && !self.walls.iter().any(|w| square.intersects(w))
        {
            self.drowned = if barriers.inside(self.centre) { Drowned::All } else { Drowned::None };
        }
        if self.drowned == Drowned::All {
            return;
        }
        let (reach_m, sure_m) = (leg.max_m + h, leg.max_m - h);
        let slack = h * leg.ms_per_m;
        let mut sure_ms = f64::INFINITY;
        for (index, piece) in candidates.iter().chain(dead).enumerate() {
            let beside = piece.beside(self.centre);
            if piece.reached() {
                // Slower everywhere than a way that is sure already.
                if sure_ms.is_finite() && piece.surely_after(beside, leg.ms_per_m, sure_ms + 2.0 * slack) {
                    continue;
                }
                let Some(way) = piece.quickest(beside, leg.ms_per_m, reach_m, 0.0, f64::INFINITY) else { continue };
                self.scored.push((way.ms, index as u32));
                if way.ms >= sure_ms || !self.walls.is_empty() {
                    continue;
                }
                if piece.leg_m(beside, way.s) <= sure_m {
                    sure_ms = way.ms;
                } else if sure_m > 0.0
                    && let Some(way) = piece.quickest(beside, leg.ms_per_m, sure_m, 0.0, f64::INFINITY)
                {
                    sure_ms = sure_ms.min(way.ms);
                }
            } else {
                let distance = piece.distance_m(beside);
                if distance <= reach_m {
                    self.dead.push(*piece);
                    self.bounds.may_have_road = true;
                    self.bounds.has_road |= self.walls.is_empty() && distance <= sure_m;
                }
            }
        }
        if !self.walls.is_empty() {
            self.scored.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
            sure_ms = self.sure_among_walls(leg, square, candidates);
        }
        self.bounds.earliest_ms = self.earliest_at_centre(square, candidates) - slack;
        self.bounds.latest_ms = sure_ms + slack;
        self.bounds.may_have_road |= self.bounds.earliest_ms.is_finite();
        if sure_ms.is_finite() {
            self.bounds.has_road = true;
            self.dead.clear(); // Everybody here is reached.
        }
        let cut = sure_ms + 2.0 * slack;
        let mut first_ms = f64::INFINITY;
        for (ms, index) in self.scored.iter().filter(|(ms, _)| *ms <= cut) {
            self.pieces.push(candidates[*index as usize]);
            // The quickest comes first: the quarters then know early what need not be looked at.
            if *ms < first_ms {
                first_ms = *ms;
                let last = self.pieces.len() - 1;
                self.pieces.swap(0, last);
            }
        }
        if !self.walls.is_empty() && sure_ms.is_finite() {
            // No leg that matters is longer than what is left of the time once its road point is reached.
            let latest_ms = self.bounds.latest_ms;
            let left_ms = self.pieces.iter().map(|p| latest_ms - p.earliest(p.beside(self.centre), leg.max_m + h));
            let longest_m = (left_ms.fold(0.0, f64::max) / leg.ms_per_m).min(leg.max_m);
            let (centre, reach) = (self.centre, longest_m + h);
            self.walls.retain(|wall| within_box(wall, centre, reach));
        }
    }

    /// Where there are walls: a time at which the centre is reached over a road point that serves every place of the
    /// square; infinite where none is found.
    fn sure_among_walls(&self, leg: Leg, square: Rect<f64>, candidates: &[Piece]) -> f64 {
        let sure_m = leg.max_m - self.half_m * std::f64::consts::SQRT_2;
        let mut best = f64::INFINITY;
        if sure_m <= 0.0 {
            return best;
        }
        for (ms, index) in self.scored.iter().take(SURE_TRIES) {
            if *ms >= best {
                break;
            }
            let piece = &candidates[*index as usize];
            for (low, high) in visible(self.centre, piece, &self.walls) {
                if let Some(way) = piece.quickest(piece.beside(self.centre), leg.ms_per_m, sure_m, low, high)
                    && way.ms < best
                    && all_legs_free(square, piece.at(way.s), &self.walls)
                {
                    best = way.ms;
                }
            }
        }
        best
    }

    /// The least time at the centre over pieces that no single wall hides from the whole square.
    fn earliest_at_centre(&self, square: Rect<f64>, candidates: &[Piece]) -> f64 {
        if self.walls.is_empty() {
            return self.scored.iter().map(|(ms, _)| *ms).fold(f64::INFINITY, f64::min);
        }
        let open = self.scored.iter().find(|(_, index)| {
            let piece = &candidates[*index as usize];
            !all_legs_blocked(square, piece, (0.0, piece.length_m), &self.walls)
        });
        open.map_or(f64::INFINITY, |(ms, _)| *ms)
    }

    /// The quickest way over one piece to a place of the square, walls considered.
    fn way(&self, field: &TravelField<'_>, place: Coord<f64>, piece: &Piece, best_ms: f64) -> Option<Way> {
        let leg = field.settings.leg;
        let beside = piece.beside(place);
        if piece.surely_after(beside, leg.ms_per_m, best_ms) {
            return None;
        }
        let open = piece.quickest(beside, leg.ms_per_m, leg.max_m, 0.0, piece.length_m)?;
        if self.walls.is_empty() || open.ms > best_ms {
            return Some(open);
        }
        visible(place, piece, &self.walls)
            .into_iter()
            .filter_map(|(low, high)| piece.quickest(beside, leg.ms_per_m, leg.max_m, low, high))
            .min_by(|a, b| a.ms.total_cmp(&b.ms))
    }

    /// When and by whom a place of the square is reached. Exact.
    pub fn answer(&self, field: &TravelField<'_>, barriers: Option<&Barriers>, place: Coord<f64>) -> Answer {
        let inside = match self.drowned {
            Drowned::All => true,
            Drowned::None => false,
            Drowned::Some => barriers.is_some_and(|b| b.inside(place)),
        };
        if inside {
            return Answer::NoRoad;
        }
        let mut best: Option<(f64, SourceId)> = None;
        for piece in &self.pieces {
            let Some(way) = self.way(field, place, piece, best.map_or(f64::INFINITY, |b| b.0)) else { continue };
            let Some(by) = piece.by(way) else { continue };
            if best.is_none_or(|(ms, source)| way.ms < ms || (way.ms <= ms && by < source)) {
                best = Some((way.ms, by));
            }
        }
        match best {
            Some((ms, by)) => Answer::In(ms, by),
            None if self.dead_road_within_reach(field, place) => Answer::CutOff,
            None => Answer::NoRoad,
        }
    }

    fn dead_road_within_reach(&self, field: &TravelField<'_>, place: Coord<f64>) -> bool {
        let max_m = field.settings.leg.max_m;
        self.dead.iter().any(|piece| piece.within_reach(place, max_m, &self.walls))
    }

    /// The ground that is reached in time over each piece, where it may touch the square; where there are no walls.
    pub fn covers(&self, leg: Leg, limit_ms: f64) -> impl Iterator<Item = Cover> {
        // What is not reached in time at the middle, even by as much longer a leg as the square is wide, covers nothing of it.
        let by_ms = limit_ms + self.half_m * std::f64::consts::SQRT_2 * leg.ms_per_m;
        let late = move |piece: &&Piece| piece.surely_after(piece.beside(self.centre), leg.ms_per_m, by_ms);
        let pieces = self.pieces.iter().filter(move |piece| !late(piece));
        let ends = pieces.flat_map(|piece| piece.useful_ends().map(move |from_start| (piece, from_start)));
        ends.filter_map(move |(piece, from_start)| Cover::new(piece, from_start, leg, limit_ms))
    }

    /// A copy to go on from later, without room to spare.
    #[must_use]
    pub fn kept(&self) -> Self {
        Self {
            pieces: self.pieces.clone(),
            dead: self.dead.clone(),
            walls: self.walls.clone(),
            scored: Vec::new(),
            ..*self
        }
    }

    /// Whether walls are near, or the square lies in a barrier area: what it sees depends on the squares around it.
    pub fn sees_walls(&self) -> bool {
        !self.walls.is_empty() || self.drowned != Drowned::None
    }

    /// The square itself.
    pub fn square(&self) -> Rect<f64> {
        let half = Coord { x: self.half_m, y: self.half_m };
        Rect::new(self.centre - half, self.centre + half)
    }
}

/// True where a wall comes into the box of half-side `reach` around `centre`.
pub(super) fn within_box(wall: &Line<f64>, centre: Coord<f64>, reach: f64) -> bool {
    wall.start.x.min(wall.end.x) <= centre.x + reach
        && wall.start.x.max(wall.end.x) >= centre.x - reach
        && wall.start.y.min(wall.end.y) <= centre.y + reach
        && wall.start.y.max(wall.end.y) >= centre.y - reach
}
