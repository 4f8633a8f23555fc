//! The parts that all maps of a report share, drawn once: hatches, symbols, boundary, units, roads.
//!
//! In: an audit. Out: [`Base`] (canvas, path data, labels) and a hidden drawing of definitions to which the maps refer.

mod roads;

pub use roads::Band;

use super::canvas::Canvas;
use geo::{BoundingRect, InteriorPoint, MultiPolygon, Rect};
use lifering_core::audit::Audit;
use maud::{Markup, html};
use roads::{Roads, TIERS, roads};

/// An administrative unit, ready to be drawn.
#[derive(Debug)]
pub struct DrawnUnit {
    /// Id in the layer.
    pub id: String,
    /// Level, `unit` if the layer has none.
    pub level: String,
    /// Name in the layer.
    pub name: String,
    /// Path data of its area.
    pub path: String,
    /// Point of its name, drawing units; `None` if its area is empty.
    pub label: Option<(i64, i64)>,
}

/// The parts that all maps of a report share.
#[derive(Debug)]
pub struct Base {
    /// Canvas around the boundary.
    pub canvas: Canvas,
    /// Path data of the boundary.
    boundary: String,
    /// Units, in the order of the layer.
    pub units: Vec<DrawnUnit>,
    /// Path data of roads.
    roads: Roads,
    /// Limits of the bands, seconds, ascending; empty without travel times.
    pub limits_s: Vec<f64>,
}

impl Base {
    /// Prepares the shared drawing.
    pub fn new(audit: &Audit) -> Self {
        let bounds = audit.city.boundary().bounding_rect().unwrap_or_else(|| Rect::new((0.0, 0.0), (1.0, 1.0)));
        let canvas = Canvas::new(bounds);
        Self {
            canvas,
            boundary: canvas.area(audit.city.boundary()),
            units: units(audit, &canvas),
            roads: roads(audit, &canvas),
            limits_s: audit.findings.road_times.as_ref().map(|t| t.limits_s.clone()).unwrap_or_default(),
        }
    }

    /// Whether small roads were left out.
    pub fn roads_thinned(&self) -> bool {
        self.roads.tiers < TIERS
    }

    /// Bands with at least one road, ascending.
    pub fn bands(&self) -> Vec<Band> {
        let mut bands: Vec<Band> = self.roads.paths.keys().map(|(band, _)| *band).collect();
        bands.dedup();
        bands
    }

    /// The roads: id of the element, band, whether they are wide.
    pub fn road_ids(&self) -> impl Iterator<Item = (String, Band, bool)> + '_ {
        self.roads.paths.keys().map(|(band, wide)| (road_id(*band, *wide), *band, *wide))
    }

    /// The hidden drawing with the definitions that every map refers to.
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
                    @for ((band, wide), path) in &self.roads.paths {
                        path id=(road_id(*band, *wide)) d=(path) {}
                    }
                }
            }
        }
    }
}

/// Id of the element with the roads of a band.
fn road_id(band: Band, wide: bool) -> String {
    format!("r-{}{}", band.class(), if wide { "-w" } else { "" })
}

fn units(audit: &Audit, canvas: &Canvas) -> Vec<DrawnUnit> {
    let units = audit.city.records().units.as_deref().unwrap_or_default();
    units
        .iter()
        .filter_map(|unit| {
            let area: MultiPolygon<f64> = audit.city.frame().area_to_local(unit.area.as_ref()?);
            Some(DrawnUnit {
                id: unit.id.clone(),
                level: unit.level.clone().unwrap_or_else(|| "unit".to_owned()),
                name: unit.name.clone(),
                path: canvas.area(&area),
                label: area.interior_point().map(|p| canvas.place(p.into())),
            })
        })
        .collect()
}
