//! Do the points of a layer fit the roads better as GCJ-02 or BD-09 than as given, and the roads the boundary?
//!
//! In: points and the drivable network; roads and boundary. Out: [`Fit`]: how far the points are from the nearest road
//! under each hypothesis, which one wins and how clearly; [`RoadsFit`]: the same for roads by the share of them that lies
//! inside. Sites stand beside roads; shifted by half a kilometre they stand anywhere.

use super::notes::Notes;
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

/// Distances count up to this: a site far from any road says nothing about the datum. Metres.
const CAP_M: f64 = 200.0;
/// Fewer points than this prove nothing.
const FEW: usize = 6;
/// The winner's mean distance must be below this share of the given one.
const CLEAR_SHARE: f64 = 0.7;
/// The mean gain must be this many of its standard errors.
const CLEAR_ERRORS: f64 = 3.0;
/// Whoever says that a datum may be accepted accepts a winner that is ahead by this share.
const ACCEPTED_MARGIN: f64 = 0.2;

/// So many vertices of roads tell where the roads lie, and so many points where people live.
const VERTICES: usize = 20_000;
/// What is tried.
const DATUMS: [Datum; 3] = [Datum::Wgs84, Datum::Gcj02, Datum::Bd09];

/// How one hypothesis fits.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Hypothesis {
    /// What the coordinates would be.
    pub datum: Datum,
    /// Mean distance of the points from the nearest road, each counted up to 200 m.
    pub mean_m: f64,
    /// Half of the points are nearer than this.
    pub median_m: f64,
}

/// How a layer's points fit the roads.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
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

impl Fit {
    /// The datum that the points of the layer with this key fit so well that it may be accepted; `None` if that is the
    /// datum they are given in. Sites stand beside roads, people need not: for them only a suspicion will do.
    pub fn accepted(&self, key: &str) -> Option<Datum> {
        let people = key == Layer::Population.key();
        let ahead = self.points >= FEW && (self.suspected || !people && self.margin >= ACCEPTED_MARGIN);
        Some(self.winner).filter(|winner| ahead && *winner != Datum::Wgs84)
    }

    /// Mean distance from the nearest road under the winning hypothesis, metres.
    pub fn best_m(&self) -> f64 {
        self.hypotheses.iter().find(|h| h.datum == self.winner).map_or(0.0, |h| h.mean_m)
    }
}

/// How every point layer in China fits the roads, by the layer's key; one that looks shifted is noted as an issue.
pub fn fits(region: &Region, network: &RoadNetwork, frame: &Frame, notes: &mut Notes) -> BTreeMap<String, Fit> {
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
        if fit.suspected
            && let Some(mut issues) = notes.of_key(region, &key)
        {
            let found = message!(
                "message.fit",
                given = format!("{:.0}", fit.hypotheses[0].mean_m),
                better = format!("{:.0}", fit.best_m()),
                datum = fit.winner.to_string()
            );
            let wanted = message!("message.set_datum", datum = fit.winner.word());
            let place = Place::file(issues.file);
            issues.note(IssueCode::DatumSuspected, &place, found, wanted);
        }
        fits.insert(key, fit);
    }
    fits
}

/// Where people live, as far as the layer has points; some of them, evenly taken, where there are many. A raster's cells
/// are no places that somebody looked up on a map.
fn people_points(region: &Region) -> Vec<LonLat> {
    let raster = region.inputs.iter().any(|i| i.layer == Layer::Population && i.format == Format::GeoTiff);
    let points = || {
        let all = region.population.iter().flatten().filter(|_| !raster);
        all.filter_map(|people| match people.residence {
            Residence::Point(at) => Some(at),
            Residence::Area(_) => None,
        })
    };
    points().step_by(points().count().div_ceil(VERTICES).max(1)).collect()
}

/// Measures the fit of some points, or `None` where none lies in China or there are no roads.
pub fn fit(points: &[LonLat], network: &RoadNetwork, frame: &Frame) -> Option<Fit> {
    let points: Vec<LonLat> = points.iter().copied().filter(|p| in_china(*p)).collect();
    if points.is_empty() {
        return None;
    }
    let distances: Vec<Vec<f64>> = DATUMS
        .iter()
        .map(|datum| {
            points
                .par_iter()
                .map(|p| network.index.nearest(network, frame.to_local(datum.to_wgs84(*p))).map(|r| r.distance_m))
                .collect::<Option<Vec<f64>>>()
        })
        .collect::<Option<_>>()?;
    let hypotheses: Vec<Hypothesis> = DATUMS
        .iter()
        .zip(&distances)
        .map(|(datum, all)| Hypothesis {
            datum: *datum,
            mean_m: mean(all.iter().map(|d| d.min(CAP_M))),
            median_m: median(all),
        })
        .collect();
    let mut order: Vec<usize> = (0..DATUMS.len()).collect();
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
    Some(Fit { points: points.len(), winner: DATUMS[best], margin, suspected, hypotheses })
}

/// How one hypothesis fits the roads.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct RoadsHypothesis {
    /// What the coordinates would be.
    pub datum: Datum,
    /// Share of the roads' vertices inside the boundary.
    pub inside: f64,
}

/// How the roads fit the boundary or the units.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct RoadsFit {
    /// Vertices looked at, evenly taken from all.
    pub vertices: usize,
    /// As given, GCJ-02, BD-09.
    pub hypotheses: Vec<RoadsHypothesis>,
    /// The one with the largest share inside; as given where none is better.
    pub winner: Datum,
    /// By how much the winner's share is above the next one's.
    pub margin: f64,
}

/// Measures how the roads fit the boundary; `None` outside China, and where no layer says where the boundary is.
pub fn roads_fit(region: &Region, frame: &Frame, boundary: &MultiPolygon<f64>) -> Option<RoadsFit> {
    if !in_china(frame.centre()) || (region.boundary.is_none() && region.units.is_none()) {
        return None;
    }
    let moves = |line: &[LonLat], at: usize| at == 0 || line[at - 1] != line[at];
    let vertices = || {
        let lines = region.roads.iter().flat_map(|r| &r.parts);
        lines.flat_map(|line| line.iter().enumerate().filter(|(at, _)| moves(line, *at)).map(|(_, p)| *p))
    };
    let taken: Vec<LonLat> = vertices().step_by(vertices().count().div_ceil(VERTICES).max(1)).collect();
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

/// Whether the mean is more than [`CLEAR_ERRORS`] standard errors above zero.
fn clearly_positive(gains: &[f64]) -> bool {
    let n = gains.len() as f64;
    let average = mean(gains.iter().copied());
    let variance = gains.iter().map(|g| (g - average) * (g - average)).sum::<f64>() / (n - 1.0).max(1.0);
    average > CLEAR_ERRORS * (variance / n).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::{BuildSettings, Usage, build};
    use lifering_base::records::road_class::RoadClass;
    use lifering_base::records::{Direction, Level, Road};

    /// Streets every 0.01 degrees (about a kilometre) over a tenth of a degree.
    fn streets(west: f64, south: f64) -> Vec<Road> {
        let line = |a: (f64, f64), b: (f64, f64)| Road {
            feature: 0,
            name: None,
            class: RoadClass::Residential,
            direction: Direction::Both,
            speed_kmh: None,
            maxspeed_kmh: None,
            no_vehicles: false,
            level: Level::default(),
            parts: vec![vec![LonLat::new(west + a.0, south + a.1), LonLat::new(west + b.0, south + b.1)]],
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
        let settings =
            BuildSettings { usage: Usage::Drive, no_roadside: &[], snap_m: 0.0, split_crossings: false, closed: None };
        let network = build(&streets(west, south), &frame, &settings);
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
