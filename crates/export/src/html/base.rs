//! What every map of a report shares, drawn once: hatches, symbols, boundary, units, roads.
//!
//! In: an audit. Out: [`Base`] (sheet, path data, labels) and one hidden drawing of definitions that the maps refer to.

use super::sheet::{Path, Sheet};
use geo::{BoundingRect, Coord, InteriorPoint, LineString, MapCoords, MultiPolygon, Rect};
use lifering_base::records::road_class::RoadClass;
use lifering_core::audit::Audit;
use maud::{Markup, html};
use std::collections::BTreeMap;

/// At most so many points of road are drawn; smaller classes are left out until they fit.
const ROAD_POINTS: usize = 150_000;

/// Classes by how soon they are left out of a crowded drawing.
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
const TIERS: usize = 5;

/// How a run of road is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Band {
    /// Within the limit at this position.
    Within(usize),
    /// Reached, beyond every limit.
    Later,
    /// Never reached.
    Never,
    /// Nothing is known of its time.
    Unknown,
}

impl Band {
    /// Its class in the style sheet.
    pub fn class(self) -> String {
        match self {
            Self::Within(i) => format!("b{}", i.min(3)),
            Self::Later => "late".to_owned(),
            Self::Never => "never".to_owned(),
            Self::Unknown => "plain".to_owned(),
        }
    }
}

/// A unit ready to be drawn.
#[derive(Debug)]
pub struct DrawnUnit {
    /// Its id.
    pub id: String,
    /// Its level.
    pub level: String,
    /// Its name.
    pub name: String,
    /// Path data.
    pub path: String,
    /// Where its name stands.
    pub label: Option<(i64, i64)>,
}

/// What all maps share.
#[derive(Debug)]
pub struct Base {
    /// The sheet.
    pub sheet: Sheet,
    /// Path data of the boundary.
    boundary: String,
    /// Units of the finest level first.
    pub units: Vec<DrawnUnit>,
    /// Path data of roads by band, and whether they are wide.
    roads: BTreeMap<(Band, bool), String>,
    /// How many tiers of road classes are drawn.
    tiers: usize,
    /// Seconds of the limits of the bands.
    pub limits_s: Vec<f64>,
}

impl Base {
    /// Prepares the shared drawing.
    pub fn new(audit: &Audit) -> Self {
        let bounds = audit.city.boundary().bounding_rect().unwrap_or_else(|| Rect::new((0.0, 0.0), (1.0, 1.0)));
        let sheet = Sheet::new(bounds);
        let (roads, tiers) = roads(audit, &sheet);
        Self {
            sheet,
            boundary: sheet.area(audit.city.boundary()),
            units: units(audit, &sheet),
            roads,
            tiers,
            limits_s: audit.findings.road_times.as_ref().map(|t| t.limits_s.clone()).unwrap_or_default(),
        }
    }

    /// Whether small roads were left out.
    pub fn roads_thinned(&self) -> bool {
        self.tiers < TIERS
    }

    /// Bands that occur.
    pub fn bands(&self) -> Vec<Band> {
        let mut bands: Vec<Band> = self.roads.keys().map(|(band, _)| *band).collect();
        bands.dedup();
        bands
    }

    /// References to the roads of a band: identifier and whether they are wide.
    pub fn road_ids(&self) -> impl Iterator<Item = (String, Band, bool)> + '_ {
        self.roads.keys().map(|(band, wide)| (road_id(*band, *wide), *band, *wide))
    }

    /// The hidden drawing of definitions.
    pub fn definitions(&self) -> Markup {
        html! {
            svg.defs width="0" height="0" aria-hidden="true" focusable="false" {
                defs {
                    pattern id="h-far" width="28" height="28" patternUnits="userSpaceOnUse" patternTransform="rotate(45)" {
                        rect width="28" height="28" class="g-far" {}
                        path d="M0 14h28" class="k-far" {}
                    }
                    pattern id="h-road" width="32" height="32" patternUnits="userSpaceOnUse" {
                        rect width="32" height="32" class="g-road" {}
                        circle cx="8" cy="8" r="4.5" class="k-road" {}
                        circle cx="24" cy="24" r="4.5" class="k-road" {}
                    }
                    pattern id="h-cut" width="34" height="34" patternUnits="userSpaceOnUse" patternTransform="rotate(45)" {
                        rect width="34" height="34" class="g-cut" {}
                        path d="M0 17h34M17 0v34" class="k-cut" {}
                    }
                    g id="s-center" {
                        rect x="-38" y="-38" width="76" height="76" rx="12" {}
                        path.in d="M-8-26h16v18h18v16h-18v18h-16v-18h-18v-16h18z" {}
                    }
                    g id="s-sub_center" { rect x="-28" y="-28" width="56" height="56" rx="6" {} path.in d="M-5-17h10v12h12v10h-12v12h-10v-12h-12v-10h12z" {} }
                    circle id="s-station" r="23" {}
                    path id="s-air" d="M0-34 32 24h-64z" {}
                    circle id="s-dot" r="11" {}
                    path id="edge" d=(self.boundary) {}
                    g id="units" { @for unit in &self.units { path d=(unit.path) {} } }
                    @for ((band, wide), path) in &self.roads {
                        path id=(road_id(*band, *wide)) d=(path) {}
                    }
                }
            }
        }
    }
}

fn road_id(band: Band, wide: bool) -> String {
    format!("r-{}{}", band.class(), if wide { "-w" } else { "" })
}

fn units(audit: &Audit, sheet: &Sheet) -> Vec<DrawnUnit> {
    let units = audit.city.records().units.as_deref().unwrap_or_default();
    units
        .iter()
        .map(|unit| {
            let area: MultiPolygon<f64> = unit.area.map_coords(|c| audit.city.frame().to_local(c.into()));
            DrawnUnit {
                id: unit.id.clone(),
                level: unit.level.clone().unwrap_or_else(|| "unit".to_owned()),
                name: unit.name.clone(),
                path: sheet.area(&area),
                label: area.interior_point().map(|p| sheet.place(p.into())),
            }
        })
        .collect()
}

/// One line to draw.
struct Run {
    tier: usize,
    band: Band,
    line: LineString<f64>,
}

fn roads(audit: &Audit, sheet: &Sheet) -> (BTreeMap<(Band, bool), String>, usize) {
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
    let mut paths: BTreeMap<(Band, bool), Path> = BTreeMap::new();
    for run in runs.iter().filter(|run| run.tier < tiers) {
        sheet.add_line(&run.line, paths.entry((run.band, run.tier < 2)).or_default());
    }
    (paths.into_iter().map(|(key, path)| (key, path.text)).filter(|(_, text)| !text.is_empty()).collect(), tiers)
}

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
