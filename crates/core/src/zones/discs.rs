//! Radius rules: the boundary minus geodesic discs.
//!
//! In: sites and a radius. Out: the area not covered, with bounds from inscribed and circumscribed polygons. Every
//! vertex lies on the geodesic circle (or a known distance beyond it), so that no edge leaves it by more than
//! `SAGITTA_M`.

use geo::{Area, BooleanOps, LineString, MultiPolygon, Polygon, unary_union};
use lifering_base::frame::{Frame, LonLat};

/// Largest distance between a side of the inscribed polygon and the circle, metres.
const SAGITTA_M: f64 = 0.1;

/// The area farther than a radius from every site, with proved bounds.
#[derive(Debug)]
pub struct BeyondDiscs {
    /// The area, local metres.
    pub area: MultiPolygon<f64>,
    /// Proved lower bound of its size, m².
    pub low_m2: f64,
    /// Proved upper bound of its size, m².
    pub high_m2: f64,
}

/// The part of the boundary farther than `radius_m` from every site; all of it if there are no sites.
pub fn beyond_discs(sites: &[LonLat], radius_m: f64, boundary: &MultiPolygon<f64>, frame: &Frame) -> BeyondDiscs {
    // A chord of an n-gon leaves the circle by r (1 - cos(pi / n)).
    let sides =
        (std::f64::consts::PI / libm::acos(1.0 - SAGITTA_M / radius_m.max(1.0))).ceil().clamp(24.0, 4096.0) as u32;
    let apothem = libm::cos(std::f64::consts::PI / f64::from(sides));
    let ring = |site: &LonLat, radius_m: f64| {
        let ring = (0..sides)
            .map(|k| frame.to_local(site.destination(-360.0 * f64::from(k) / f64::from(sides), radius_m)))
            .collect();
        Polygon::new(LineString::new(ring), Vec::new())
    };
    let minus = |radius_m: f64| {
        let discs: Vec<Polygon<f64>> = sites.iter().map(|site| ring(site, radius_m)).collect();
        if discs.is_empty() { boundary.clone() } else { boundary.difference(&unary_union(&discs)) }
    };
    // Circumscribed a little beyond the circle: the plane's scale error (1e-5) stays within the bound.
    let area = minus(radius_m * f64::midpoint(1.0, 1.0 / apothem));
    let low_m2 = minus(radius_m / apothem * (1.0 + 1e-6)).unsigned_area();
    let high_m2 = minus(radius_m * (1.0 - 1e-6)).unsigned_area();
    BeyondDiscs { area, low_m2, high_m2 }
}
