//! Do the points of a layer fit the roads better as GCJ-02 or BD-09 than as given?
//!
//! In: points and the drivable network. Out: [`Fit`]: how far the points are from the nearest road under each hypothesis,
//! which one wins and how clearly. Sites stand beside roads; shifted by half a kilometre they stand anywhere.

use crate::frame::{Frame, LonLat};
use crate::inputs::datum::{Datum, in_china};
use crate::network::RoadNetwork;
use rayon::prelude::*;
use schemars::JsonSchema;
use serde::Serialize;

/// Distances count up to this: a site far from any road says nothing about the datum. Metres.
const CAP_M: f64 = 200.0;
/// Fewer points than this prove nothing.
const FEW: usize = 6;
/// The winner's mean distance must be below this share of the given one.
const CLEAR_SHARE: f64 = 0.5;
/// The mean gain must be this many of its standard errors.
const CLEAR_ERRORS: f64 = 2.5;

/// How one hypothesis fits.
#[derive(Clone, Copy, Debug, Serialize, JsonSchema)]
pub struct Hypothesis {
    /// What the coordinates would be.
    pub datum: Datum,
    /// Mean distance of the points from the nearest road, each counted up to 200 m.
    pub mean_m: f64,
    /// Half of the points are nearer than this.
    pub median_m: f64,
}

/// How a layer's points fit the roads.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Fit {
    /// Points measured.
    pub points: usize,
    /// As given, GCJ-02, BD-09.
    pub hypotheses: Vec<Hypothesis>,
    /// The one with the smallest mean.
    pub winner: Datum,
    /// By how much the winner's mean is below the next one's, as a share of that.
    pub margin: f64,
    /// True where another datum than the given one wins so clearly that chance does not explain it.
    pub suspected: bool,
}

/// Measures the fit of some points, or `None` where none lies in China or there are no roads.
pub fn fit(points: &[LonLat], network: &RoadNetwork, frame: &Frame) -> Option<Fit> {
    let points: Vec<LonLat> = points.iter().copied().filter(|p| in_china(*p)).collect();
    if points.is_empty() {
        return None;
    }
    let datums = [Datum::Wgs84, Datum::Gcj02, Datum::Bd09];
    let distances: Vec<Vec<f64>> = datums
        .iter()
        .map(|datum| {
            points
                .par_iter()
                .map(|p| network.index.nearest(network, frame.to_local(datum.to_wgs84(*p))).map(|r| r.distance_m))
                .collect::<Option<Vec<f64>>>()
        })
        .collect::<Option<_>>()?;
    let hypotheses: Vec<Hypothesis> = datums
        .iter()
        .zip(&distances)
        .map(|(datum, all)| Hypothesis {
            datum: *datum,
            mean_m: mean(all.iter().map(|d| d.min(CAP_M))),
            median_m: median(all),
        })
        .collect();
    let mut order: Vec<usize> = (0..datums.len()).collect();
    order.sort_by(|a, b| hypotheses[*a].mean_m.total_cmp(&hypotheses[*b].mean_m));
    let (best, next) = (order[0], order[1]);
    let margin = match hypotheses[next].mean_m {
        m if m > 0.0 => 1.0 - hypotheses[best].mean_m / m,
        _ => 0.0,
    };
    let gains: Vec<f64> = distances[0].iter().zip(&distances[best]).map(|(a, b)| a.min(CAP_M) - b.min(CAP_M)).collect();
    let suspected = best != 0
        && points.len() >= FEW
        && hypotheses[best].mean_m < CLEAR_SHARE * hypotheses[0].mean_m
        && clearly_positive(&gains);
    Some(Fit { points: points.len(), winner: datums[best], margin, suspected, hypotheses })
}

fn mean(values: impl ExactSizeIterator<Item = f64>) -> f64 {
    let count = values.len();
    values.sum::<f64>() / count.max(1) as f64
}

fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.get(sorted.len() / 2).copied().unwrap_or(0.0)
}

/// Whether the mean is more than [`CLEAR_ERRORS`] standard errors above zero.
fn clearly_positive(gains: &[f64]) -> bool {
    let n = gains.len() as f64;
    let average = mean(gains.iter().copied());
    let variance = gains.iter().map(|g| (g - average) * (g - average)).sum::<f64>() / (n - 1.0).max(1.0);
    average > CLEAR_ERRORS * (variance / n).sqrt()
}
