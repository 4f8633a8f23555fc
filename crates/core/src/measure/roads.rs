//! Roads by travel time.
//!
//! In: a travel-time field and limits. Out: pieces of road, cut where the time crosses a limit, and the length covered.

use crate::travel::{TimedSegment, TravelField};
use geo::Coord;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

/// A piece of road within one limit.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RoadPiece {
    /// Position in the roads layer.
    pub road: u32,
    /// First limit that covers it: position in the ascending limits; `None`: beyond all limits or not reached.
    pub band: Option<usize>,
    /// Whether it is reached at all.
    pub reached: bool,
    /// Times at the first and the last position of `line`, milliseconds; `None`: not reached.
    pub ends_ms: Option<(f64, f64)>,
    /// Positions, local metres.
    pub line: Vec<Coord<f64>>,
}

/// The arrivals at a segment, from which the time at any fraction of it follows.
struct SegmentTimes {
    entries: Vec<SegmentEntry>,
    /// Milliseconds from end to end.
    duration_ms: f64,
}

/// An arrival at a segment.
struct SegmentEntry {
    /// Fraction of the segment where it is entered.
    fraction: f64,
    /// Arrival there, milliseconds.
    ms: f64,
    /// Whether travel continues to the end of the segment; else to its start.
    ahead: bool,
}

/// A segment that no limit cuts.
struct UncutSegment {
    /// First limit that covers it: position in the limits; `None`: beyond all limits or not reached.
    band: Option<usize>,
    /// Times at its start and end, milliseconds; `None`: not reached.
    ends_ms: Option<(f64, f64)>,
}

impl UncutSegment {
    /// The fast path for most segments: no search starts on it, and no limit is crossed from either end; `None` for
    /// others.
    fn of(piece: &TimedSegment, limits_ms: &[f64]) -> Option<Self> {
        let duration = piece.ms_per_m * piece.length_m;
        let band = |ms: f64| limits_ms.iter().position(|limit| ms <= *limit);
        let starts = [piece.start_ms, piece.end_ms];
        let mut reached = starts.into_iter().filter(|ms| ms.is_finite());
        let Some(first) = reached.next().map(band) else { return Some(Self { band: None, ends_ms: None }) };
        let all =
            starts.into_iter().filter(|ms| ms.is_finite()).all(|ms| band(ms) == first && band(ms + duration) == first);
        let ends = (piece.start_ms.min(piece.end_ms + duration), (piece.start_ms + duration).min(piece.end_ms));
        all.then_some(Self { band: first, ends_ms: Some(ends) })
    }
}

impl SegmentTimes {
    fn of(field: &TravelField, segment: u32, piece: &TimedSegment) -> Self {
        let duration_ms = piece.ms_per_m * piece.length_m;
        let mut entries = Vec::new();
        if piece.start_ms.is_finite() {
            entries.push(SegmentEntry { fraction: 0.0, ms: piece.start_ms, ahead: true });
        }
        if piece.end_ms.is_finite() {
            entries.push(SegmentEntry { fraction: 1.0, ms: piece.end_ms, ahead: false });
        }
        for extra in field.start_segments_on(segment) {
            let from_start = extra.start - piece.start;
            let fraction = (libm::hypot(from_start.x, from_start.y) / piece.length_m).clamp(0.0, 1.0);
            let ahead = extra.along.x * piece.along.x + extra.along.y * piece.along.y > 0.0;
            entries.push(SegmentEntry { fraction, ms: extra.start_ms, ahead });
        }
        Self { entries, duration_ms }
    }

    /// Milliseconds at a fraction; `None`: not reached.
    fn at(&self, fraction: f64) -> Option<f64> {
        self.beside(fraction, fraction)
    }

    /// Milliseconds at a fraction as the limit from `inside`, a fraction beside it: at a station on a one-way street
    /// the time jumps, for upstream of it the street is reached by a detour only.
    fn beside(&self, fraction: f64, inside: f64) -> Option<f64> {
        self.entries
            .iter()
            .filter(|entry| if entry.ahead { inside >= entry.fraction } else { inside <= entry.fraction })
            .map(|entry| entry.ms + self.duration_ms * (fraction - entry.fraction).abs())
            .min_by(f64::total_cmp)
    }

    /// Fractions at which a limit may be crossed or the fastest entry changes, ascending.
    fn cuts(&self, limits_ms: &[f64]) -> Vec<f64> {
        let mut cuts = vec![0.0, 1.0];
        for entry in &self.entries {
            cuts.push(entry.fraction);
            for limit in limits_ms {
                let reach = (limit - entry.ms) / self.duration_ms;
                cuts.push(if entry.ahead { entry.fraction + reach } else { entry.fraction - reach });
            }
        }
        cuts.retain(|m| (0.0..=1.0).contains(m));
        cuts.sort_by(f64::total_cmp);
        cuts.dedup_by(|a, b| *a - *b < 1e-9);
        cuts
    }
}

/// The roads of the field's network, cut at the limits (ascending milliseconds).
pub fn by_time(field: &TravelField, limits_ms: &[f64]) -> Vec<RoadPiece> {
    let network = &field.network;
    network
        .links
        .par_iter()
        .flat_map_iter(|link| {
            let mut pieces: Vec<RoadPiece> = Vec::new();
            let mut add =
                |road: u32, band: Option<usize>, reached: bool, ends: Option<(f64, f64)>, from, to| match pieces
                    .last_mut()
                {
                    Some(last)
                        if last.road == road
                            && last.band == band
                            && last.reached == reached
                            && last.line.last() == Some(&from) =>
                    {
                        last.line.push(to);
                        last.ends_ms = last.ends_ms.zip(ends).map(|(l, e)| (l.0, e.1));
                    }
                    _ => pieces.push(RoadPiece { road, band, reached, ends_ms: ends, line: vec![from, to] }),
                };
            for segment in link.first..link.last {
                let (a, b) = (network.xy[segment as usize], network.xy[segment as usize + 1]);
                let road = network.road[segment as usize];
                let piece = field.timed_segment(segment);
                let undisturbed = field.start_segments_on(segment).is_empty();
                if let Some(uncut) = undisturbed.then(|| UncutSegment::of(&piece, limits_ms)).flatten() {
                    add(road, uncut.band, uncut.ends_ms.is_some(), uncut.ends_ms, a, b);
                    continue;
                }
                let times = SegmentTimes::of(field, segment, &piece);
                for pair in times.cuts(limits_ms).windows(2) {
                    let inside = f64::midpoint(pair[0], pair[1]);
                    let middle = times.at(inside);
                    let band = middle.and_then(|ms| limits_ms.iter().position(|limit| ms <= *limit));
                    let (from, to) = (between(a, b, pair[0]), between(a, b, pair[1]));
                    let ends = times.beside(pair[0], inside).zip(times.beside(pair[1], inside));
                    add(road, band, middle.is_some(), ends, from, to);
                }
            }
            pieces
        })
        .collect()
}

/// The position at a fraction of a segment, exact at its ends.
fn between(a: Coord<f64>, b: Coord<f64>, fraction: f64) -> Coord<f64> {
    if fraction <= 0.0 {
        a
    } else if fraction >= 1.0 {
        b
    } else {
        a + (b - a) * fraction
    }
}

/// Length of road within a limit, and of all roads of the network, kilometres.
pub fn covered_km(field: &TravelField, limit_ms: f64) -> (f64, f64) {
    let network = &field.network;
    let sums: Vec<(f64, f64)> = network
        .links
        .par_iter()
        .with_min_len(256)
        .map(|link| {
            (link.first..link.last).fold((0.0, 0.0), |(covered, all), segment| {
                let length = f64::from(network.length_m[segment as usize]);
                let piece = field.timed_segment(segment);
                let undisturbed = field.start_segments_on(segment).is_empty();
                if let Some(uncut) = undisturbed.then(|| UncutSegment::of(&piece, &[limit_ms])).flatten() {
                    let share = if uncut.band.is_some() { 1.0 } else { 0.0 };
                    return (covered + share * length, all + length);
                }
                let times = SegmentTimes::of(field, segment, &piece);
                let share: f64 = times
                    .cuts(&[limit_ms])
                    .windows(2)
                    .filter(|w| times.at(f64::midpoint(w[0], w[1])).is_some_and(|ms| ms <= limit_ms))
                    .map(|w| w[1] - w[0])
                    .sum();
                (covered + share * length, all + length)
            })
        })
        .collect();
    let (covered, all) = sums.iter().fold((0.0, 0.0), |sum, s| (sum.0 + s.0, sum.1 + s.1));
    (covered / 1000.0, all / 1000.0)
}
