//! Roads of the shared drawing, as path data by band of time.
//!
//! In: the road times of an audit, or its roads if there are none. Out: path data; small roads are left out if there
//! are too many points.

use crate::html::canvas::{Canvas, PathData};
use geo::{Coord, LineString};
use lifering_base::records::road_class::RoadClass;
use lifering_core::audit::Audit;
use std::collections::BTreeMap;

/// Most points of roads on a map; road classes are left out, the smallest first, until the rest fits.
const ROAD_POINTS: usize = 150_000;

/// Tier of a road class: the higher, the sooner it is left out of a crowded map.
fn tier(class: RoadClass) -> usize {
    use RoadClass as C;
    match class {
        C::Motorway | C::MotorwayLink | C::Trunk | C::TrunkLink | C::Primary | C::PrimaryLink => 0,
        C::Secondary | C::SecondaryLink => 1,
        C::Tertiary | C::TertiaryLink => 2,
        C::Residential | C::Unclassified | C::LivingStreet => 3,
        _ => 4,
    }
}

/// Number of tiers.
pub const TIERS: usize = 5;

/// Band of time of a piece of road.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Band {
    /// Within the limit at this position of [`super::Base::limits_s`].
    Within(usize),
    /// Reached, beyond every limit.
    Later,
    /// Never reached.
    Never,
    /// Its time is not known.
    Unknown,
}

impl Band {
    /// The class in style.css.
    pub fn class(self) -> String {
        match self {
            Self::Within(i) => format!("b{}", i.min(3)),
            Self::Later => "late".to_owned(),
            Self::Never => "never".to_owned(),
            Self::Unknown => "plain".to_owned(),
        }
    }
}

/// A piece of road to draw.
struct Run {
    tier: usize,
    band: Band,
    line: LineString<f64>,
}

/// Path data of roads.
#[derive(Debug)]
pub struct Roads {
    /// By band and whether the road is wide.
    pub paths: BTreeMap<(Band, bool), String>,
    /// Number of tiers that are drawn, of [`TIERS`].
    pub tiers: usize,
}

/// The roads of a map.
pub fn roads(audit: &Audit, canvas: &Canvas) -> Roads {
    let runs = runs(audit);
    let mut points = [0; TIERS];
    for run in &runs {
        points[run.tier] += run.line.0.len();
    }
    let mut tiers = 1;
    let mut sum = points[0];
    while tiers < TIERS && sum + points[tiers] <= ROAD_POINTS {
        sum += points[tiers];
        tiers += 1;
    }
    let mut paths: BTreeMap<(Band, bool), PathData> = BTreeMap::new();
    for run in runs.iter().filter(|run| run.tier < tiers) {
        canvas.add_line(&run.line, paths.entry((run.band, run.tier < 2)).or_default());
    }
    let paths = paths.into_iter().map(|(key, path)| (key, path.text)).filter(|(_, text)| !text.is_empty()).collect();
    Roads { paths, tiers }
}

/// Pieces of road with their tier and band.
fn runs(audit: &Audit) -> Vec<Run> {
    let Some(times) = &audit.findings.road_times else {
        let drawn = audit.city.records().roads.iter().filter(|road| road.class.drivable());
        return drawn
            .flat_map(|road| {
                road.parts.iter().map(|part| Run {
                    tier: tier(road.class),
                    band: Band::Unknown,
                    line: LineString::new(
                        part.iter().map(|place| audit.city.frame().to_local(*place)).collect::<Vec<Coord<f64>>>(),
                    ),
                })
            })
            .collect();
    };
    times
        .pieces
        .iter()
        .map(|piece| Run {
            tier: tier(audit.city.records().roads[piece.road as usize].class),
            band: match piece.band.map(|class| times.limit_of(class)) {
                Some(Some(limit)) => Band::Within(limit),
                Some(None) | None if piece.reached => Band::Later,
                _ => Band::Never,
            },
            line: LineString::new(piece.line.clone()),
        })
        .collect()
}
