//! Detection of coordinates in GCJ-02 or BD-09 instead of WGS 84.
//!
//! In: points and the drivable network; roads and boundary. Out: [`Fit`]: distance of the points from the nearest road
//! under each datum, the best datum and its lead; [`RoadsFit`]: likewise the share of the roads inside the boundary.
//! Sites stand beside roads; the shift of half a kilometre between the datums places them anywhere.

use super::issue_log::IssueLog;
use super::sites::{POINT_LAYERS, points};
use crate::network::RoadNetwork;
use geo::algorithm::indexed::IntervalTreeMultiPolygon;
use geo::{Contains, MultiPolygon, Point};
use lifering_base::datum::{Datum, in_china};
use lifering_base::error::Place;
use lifering_base::frame::{Frame, LonLat};
use lifering_base::issue::IssueCode;
use lifering_base::message;
use lifering_base::records::{Layer, Residence};
use lifering_readers::Region;
use lifering_readers::formats::Format;
use rayon::prelude::*;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Cap of each distance, metres: a point far from any road is no evidence for a datum. Chosen between the distance of a
/// site from its road (tens of metres) and the shift (some 500 m).
const DISTANCE_CAP_M: f64 = 200.0;
/// Fewest points for a suspicion; fewer may fit another datum by chance.
const LEAST_POINTS: usize = 6;
/// Most mean distance of a suspected datum as a share of that of the given one; a choice of lifering.
const SUSPECTED_MEAN_SHARE: f64 = 0.7;
/// Least mean reduction of distance in standard errors of that mean: the three-sigma rule.
const SUSPECTED_STANDARD_ERRORS: f64 = 3.0;
/// Least lead ([`Fit::margin`]) at which the best datum is applied once the user allows that; a choice of lifering.
const ACCEPTED_MARGIN: f64 = 0.2;

/// Most road vertices, and most population points, that are sampled.
const MOST_SAMPLED: usize = 20_000;
/// Hypotheses, as given (WGS 84) first.
const DATUMS: [Datum; 3] = [Datum::Wgs84, Datum::Gcj02, Datum::Bd09];

/// The fit of points to the roads under one datum.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Hypothesis {
    /// Datum of the coordinates under the hypothesis.
    pub datum: Datum,
    /// Mean distance of the points from the nearest road, metres, each capped at 200 m.
    pub mean_m: f64,
    /// Median distance from the nearest road, metres, uncapped.
    pub median_m: f64,
}

/// The fit of the points of a layer to the roads.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Fit {
    /// Number of points measured: those in China.
    pub points: usize,
    /// As given (WGS 84), GCJ-02, BD-09.
    pub hypotheses: Vec<Hypothesis>,
    /// Datum with the least mean distance.
    pub winner: Datum,
    /// Lead of the winner: 1 less its mean over the second least mean, 0 to 1.
    pub margin: f64,
    /// Whether another datum than the given one wins, significantly: at least 6 points, a mean below 0.7 of the given
    /// one, and a mean reduction of more than 3 standard errors.
    pub suspected: bool,
}

impl Fit {
    /// The datum to apply to the layer with this key once the user allows that; `None`: the coordinates stay as given.
    /// Sites stand beside roads, people need not: the population layer needs [`Fit::suspected`].
    pub fn accepted(&self, key: &str) -> Option<Datum> {
        let people = key == Layer::Population.key();
        let ahead = self.points >= LEAST_POINTS && (self.suspected || !people && self.margin >= ACCEPTED_MARGIN);
        Some(self.winner).filter(|winner| ahead && *winner != Datum::Wgs84)
    }

    /// Least mean distance from the nearest road, metres: that of the winner.
    pub fn best_m(&self) -> f64 {
        self.hypotheses.iter().map(|h| h.mean_m).fold(f64::INFINITY, f64::min)
    }
}

/// The fit of every point layer in China, by key of the layer; a suspected datum is logged as an issue.
pub fn fits(region: &Region, network: &RoadNetwork, frame: &Frame, log: &mut IssueLog) -> BTreeMap<String, Fit> {
    let mut layers: Vec<(String, Vec<LonLat>)> = POINT_LAYERS
        .iter()
        .map(|layer| (layer.key().to_owned(), points(region, *layer).into_iter().map(|p| p.2).collect()))
        .collect();
    layers.extend(region.extra.iter().map(|(key, r)| (key.clone(), r.iter().filter_map(|r| r.place).collect())));
    let people = Layer::Population.key();
    layers.push((people.to_owned(), people_points(region)));
    let mut fits = BTreeMap::new();
    for (key, places) in layers {
        let Some(fit) = fit(&places, network, frame) else { continue };
        if fit.accepted(&key).is_some()
            && let Some(mut issues) = log.of_key(region, &key)
        {
            let found = message!(
                "message.fit",
                given = format!("{:.0}", fit.hypotheses[0].mean_m),
                better = format!("{:.0}", fit.best_m()),
                datum = fit.winner.to_string()
            );
            let wanted = message!("message.set_datum", datum = fit.winner.word());
            let place = Place::file(issues.file);
            // A clear lead that may still be chance says so, and weighs less.
            let code = if fit.suspected { IssueCode::DatumSuspected } else { IssueCode::DatumDoubtful };
            issues.note(code, &place, found, wanted);
        }
        fits.insert(key, fit);
    }
    fits
}

/// Points of the population layer, evenly sampled. Cells of a raster are left out: they are no places taken from a map.
pub(super) fn people_points(region: &Region) -> Vec<LonLat> {
    let raster = region.inputs.iter().any(|i| i.layer == Layer::Population && i.format == Format::GeoTiff);
    let points = || {
        let all = region.population.iter().flatten().filter(|_| !raster);
        all.filter_map(|people| match people.residence {
            Residence::Point(at) => Some(at),
            Residence::Area(_) => None,
        })
    };
    points().step_by(points().count().div_ceil(MOST_SAMPLED).max(1)).collect()
}

/// The fit of some points; `None` if none lies in China or there are no roads.
pub fn fit(points: &[LonLat], network: &RoadNetwork, frame: &Frame) -> Option<Fit> {
    let points: Vec<LonLat> = points.iter().copied().filter(|p| in_china(*p)).collect();
    if points.is_empty() {
        return None;
    }
    let distances: Vec<Vec<f64>> = DATUMS
        .iter()
        .map(|datum| road_distances(&points, network, frame, |p| datum.to_wgs84(p)))
        .collect::<Option<_>>()?;
    let hypotheses: Vec<Hypothesis> = DATUMS
        .iter()
        .zip(&distances)
        .map(|(datum, all)| Hypothesis { datum: *datum, mean_m: mean_capped(all), median_m: median(all) })
        .collect();
    let mut order: Vec<usize> = (0..DATUMS.len()).collect();
    order.sort_by(|a, b| hypotheses[*a].mean_m.total_cmp(&hypotheses[*b].mean_m));
    let (best, next) = (order[0], order[1]);
    let margin = match hypotheses[next].mean_m {
        m if m > 0.0 => 1.0 - hypotheses[best].mean_m / m,
        _ => 0.0,
    };
    let suspected = best != 0 && clearly_better(&distances[best], &distances[0]);
    Some(Fit { points: points.len(), winner: DATUMS[best], margin, suspected, hypotheses })
}

/// Distance of each place from the nearest road once it was moved, metres; `None` if there are no roads.
pub(super) fn road_distances(
    places: &[LonLat],
    network: &RoadNetwork,
    frame: &Frame,
    moved: impl Fn(LonLat) -> LonLat + Sync,
) -> Option<Vec<f64>> {
    let nearest = |place: &LonLat| network.index.nearest(network, frame.to_local(moved(*place))).map(|r| r.distance_m);
    places.par_iter().map(nearest).collect()
}

/// Whether places fit the roads clearly better at these distances than at those given: at least 6 of them, a mean below 0.7
/// of the given one, and a mean reduction of more than 3 standard errors.
pub(super) fn clearly_better(other: &[f64], given: &[f64]) -> bool {
    let gain = |(given, other): (&f64, &f64)| given.min(DISTANCE_CAP_M) - other.min(DISTANCE_CAP_M);
    let gains: Vec<f64> = given.iter().zip(other).map(gain).collect();
    given.len() >= LEAST_POINTS
        && mean_capped(other) < SUSPECTED_MEAN_SHARE * mean_capped(given)
        && clearly_positive(&gains)
}

/// Mean of distances, metres, each capped at 200 m.
pub(super) fn mean_capped(distances: &[f64]) -> f64 {
    mean(distances.iter().map(|d| d.min(DISTANCE_CAP_M)))
}

/// The fit of the roads to the boundary under one datum.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct RoadsHypothesis {
    /// Datum of the coordinates under the hypothesis.
    pub datum: Datum,
    /// Share of the sampled road vertices inside the boundary, 0 to 1.
    pub inside: f64,
}

/// The fit of the roads to the boundary or the units.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct RoadsFit {
    /// Number of road vertices, evenly sampled.
    pub vertices: usize,
    /// As given (WGS 84), GCJ-02, BD-09.
    pub hypotheses: Vec<RoadsHypothesis>,
    /// Datum with the largest share inside; WGS 84 unless another is better.
    pub winner: Datum,
    /// Lead of the winner: its share less the second largest.
    pub margin: f64,
}

/// The fit of the roads to the boundary; `None` outside China, without roads, and if no layer gives the boundary.
pub fn roads_fit(region: &Region, frame: &Frame, boundary: &MultiPolygon<f64>) -> Option<RoadsFit> {
    if !in_china(frame.centre()) || (region.boundary.is_none() && region.units.is_none()) {
        return None;
    }
    let moves = |line: &[LonLat], at: usize| at == 0 || line[at - 1] != line[at];
    let vertices = || {
        let lines = region.roads.iter().flat_map(|r| &r.parts);
        lines.flat_map(|line| line.iter().enumerate().filter(|(at, _)| moves(line, *at)).map(|(_, p)| *p))
    };
    let taken: Vec<LonLat> = vertices().step_by(vertices().count().div_ceil(MOST_SAMPLED).max(1)).collect();
    if taken.is_empty() {
        return None;
    }
    let inside = IntervalTreeMultiPolygon::new(boundary);
    let share = |datum: Datum| {
        let within = |p: &&LonLat| inside.contains(&Point::from(frame.to_local(datum.to_wgs84(**p))));
        taken.par_iter().filter(within).count() as f64 / taken.len() as f64
    };
    let hypotheses = DATUMS.map(|datum| RoadsHypothesis { datum, inside: share(datum) });
    let mut order = hypotheses;
    order.sort_by(|a, b| b.inside.total_cmp(&a.inside));
    let (winner, margin) = (order[0].datum, order[0].inside - order[1].inside);
    Some(RoadsFit { vertices: taken.len(), hypotheses: hypotheses.to_vec(), winner, margin })
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

/// Whether the mean is more than [`SUSPECTED_STANDARD_ERRORS`] standard errors above zero.
fn clearly_positive(gains: &[f64]) -> bool {
    let n = gains.len() as f64;
    let average = mean(gains.iter().copied());
    let variance = gains.iter().map(|g| (g - average) * (g - average)).sum::<f64>() / (n - 1.0).max(1.0);
    average > SUSPECTED_STANDARD_ERRORS * (variance / n).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::{BuildSettings, Usage, build};
    use lifering_base::parameters::Obey;
    use lifering_base::records::Road;
    use lifering_base::records::road_class::RoadClass;
    use lifering_readers::settings::Settings;

    /// Streets every 0.01 degrees (about a kilometre) over a tenth of a degree.
    fn streets(west: f64, south: f64) -> Vec<Road> {
        let line = |a: (f64, f64), b: (f64, f64)| {
            let line = vec![LonLat::new(west + a.0, south + a.1), LonLat::new(west + b.0, south + b.1)];
            Road::plain(RoadClass::Residential, vec![line])
        };
        (0..=10)
            .flat_map(|i| [i; 2])
            .enumerate()
            .map(|(n, i)| {
                let at = f64::from(i) * 0.01;
                if n % 2 == 0 { line((at, 0.0), (at, 0.1)) } else { line((0.0, at), (0.1, at)) }
            })
            .collect()
    }

    fn found(west: f64, south: f64, datum: Datum, points: usize) -> Option<Fit> {
        let frame = Frame::new(LonLat::new(west + 0.05, south + 0.05)).unwrap();
        let settings = Settings::named("streets");
        let plain = BuildSettings::plain(Usage::Drive(Obey::All), &settings);
        let network = build(&streets(west, south), &frame, &plain);
        // Sites along the streets, 0.0001 degrees (10 m) beside them.
        let places: Vec<LonLat> = (0..points)
            .map(|i| LonLat::new(west + 0.0001 + 0.01 * (i % 9 + 1) as f64, south + 0.005 + 0.007 * (i % 13) as f64))
            .map(|p| datum.from_wgs84(p))
            .collect();
        fit(&places, &network, &frame)
    }

    #[test]
    fn people_are_taken_as_shifted_only_where_that_is_clear() {
        let certain = found(118.5, 24.7, Datum::Gcj02, 20).unwrap();
        let of_people = |suspected| Fit { suspected, margin: 0.9, ..certain.clone() };
        assert_eq!(of_people(true).accepted("population"), Some(Datum::Gcj02));
        assert_eq!(of_people(false).accepted("population"), None);
        assert_eq!(Fit { suspected: false, ..certain }.accepted("stations"), Some(Datum::Gcj02));
    }

    #[test]
    fn shifted_sites_are_recognised_and_sound_ones_are_left_alone() {
        for datum in [Datum::Wgs84, Datum::Gcj02, Datum::Bd09] {
            let fit = found(118.5, 24.7, datum, 20).unwrap();
            assert_eq!((fit.winner, fit.suspected), (datum, datum != Datum::Wgs84), "{fit:?}");
            assert_eq!(fit.accepted("stations"), Some(datum).filter(|d| *d != Datum::Wgs84));
            let best = fit.hypotheses.iter().find(|h| h.datum == datum).unwrap();
            assert!((5.0..15.0).contains(&best.mean_m), "{fit:?}");
        }
    }

    #[test]
    fn few_points_prove_nothing_and_abroad_nothing_is_shifted() {
        let few = found(118.5, 24.7, Datum::Gcj02, 3).unwrap();
        assert!(!few.suspected && few.accepted("stations").is_none());
        assert!(found(-113.5, 53.5, Datum::Wgs84, 20).is_none());
    }
}
