//! Arcs of circles in well-known binary: how near lines come to them, and what is said of it.
//!
//! In: the reference system of a file and what its geometries were drawn with. Out: a distance, and issues.

use super::wkt::Curves;
use crate::crs;
use lifering_base::error::Place;
use lifering_base::issue::{IssueCode, Issues};
use lifering_base::message;

/// Greatest distance of an arc from the lines that stand for it, metres.
const ARC_DEVIATION_M: f64 = 0.1;
/// Metres in a degree of the equator: degrees elsewhere are shorter, so that arcs come out finer.
const DEGREE_M: f64 = 111_320.0;

/// Greatest distance of an arc from the lines that stand for it, in the unit of the coordinates of a system. `None` for WGS 84.
pub(super) fn tolerance(crs: Option<&str>) -> f64 {
    ARC_DEVIATION_M / if crs.is_none_or(is_geographic) { DEGREE_M } else { 1.0 }
}

/// Whether the coordinates of a system are degrees; a system that is not known is taken to be in metres.
fn is_geographic(name: &str) -> bool {
    crs::parse(name).is_ok_and(|found| found.is_none_or(|reprojection| reprojection.is_geographic()))
}

/// Notes the curves of a feature, if there are any.
pub(super) fn note(curves: Curves, place: &Place, issues: &mut Issues) {
    let (arcs, wanted) = match curves {
        Curves::None => return,
        Curves::Straight => (0, message!("message.curve_straight")),
        Curves::Arcs(arcs) => (arcs, message!("message.curve_lines", m = ARC_DEVIATION_M)),
    };
    issues.note(IssueCode::CurvesRead, place, message!("message.curve_of_arcs", n = arcs), wanted);
}
