//! Positions far from the rest of their layer: a lost digit, a zero that stands for "not known".
//!
//! In: the features or records of a layer. Out: a refusal if the layer makes up the outline of the region (half a continent
//! would be audited), else an issue for every outlier.

use crate::crs::Extent;
use crate::positions::{self, Located};
use lifering_base::error::{InputError, Place};
use lifering_base::frame::LonLat;
use lifering_base::issue::{IssueCode, Issues};
use lifering_base::{Message, message};

/// Largest region, kilometres from corner to corner: no prefecture or province of China is larger.
const REGION_KM: f64 = 3000.0;

/// A layer that is checked.
#[derive(Clone, Copy, Debug)]
pub struct LayerExtent<'a> {
    /// Name of the layer's file.
    pub file: &'a str,
    /// Extent of the whole layer; `None` without positions.
    pub extent: Option<Extent>,
    /// Whether the outline of the region is made of the layer.
    pub outline: bool,
}

/// Checks the items of a layer. `place` names an item by its index in `all`.
pub fn check<T: Located>(
    layer: LayerExtent<'_>,
    all: &[T],
    place: impl Fn(usize) -> Place,
    issues: &mut Issues,
) -> Result<(), InputError> {
    if layer.extent.is_none_or(|extent| span_km(extent) <= REGION_KM) {
        return Ok(());
    }
    let extents: Vec<(usize, Extent)> =
        all.iter().enumerate().filter_map(|(i, one)| Some((i, positions::extent(one)?))).collect();
    let middle = median(&extents);
    let near = message!("message.around", lon = format!("{:.3}", middle.lon), lat = format!("{:.3}", middle.lat));
    let refused = |place: Place, extent: Extent| {
        let wanted = message!("message.region_size", n = REGION_KM, place = near.clone());
        Err(InputError::wrong(place, corners(extent), wanted).with_help(message!("message.correct_feature")))
    };
    let outlier = |e: &Extent| span_km(*e) > REGION_KM || e.middle().geodesic_m(middle) / 1000.0 > REGION_KM / 2.0;
    for (index, extent) in extents.iter().filter(|(_, e)| outlier(e)) {
        let at = place(*index).field("coordinates");
        if layer.outline {
            return refused(at, *extent);
        }
        let wanted = message!("message.near_rest", place = near.clone());
        issues.note(IssueCode::FarAway, &at, corners(*extent), wanted);
    }
    match layer.extent {
        // Every feature is near the middle, and yet they lie all over the earth.
        Some(extent) if layer.outline => refused(Place::file(layer.file).field("coordinates"), extent),
        _ => Ok(()),
    }
}

/// Distance from corner to corner.
///
/// # Units
/// Kilometres.
pub fn span_km(extent: Extent) -> f64 {
    extent.low.geodesic_m(extent.high) / 1000.0
}

/// The median of the middles, where most of the features are; only called with at least one.
fn median(extents: &[(usize, Extent)]) -> LonLat {
    let of = |pick: fn(LonLat) -> f64| {
        let mut all: Vec<f64> = extents.iter().map(|(_, e)| pick(e.middle())).collect();
        all.sort_by(f64::total_cmp);
        all.get(all.len() / 2).copied().unwrap_or_default()
    };
    LonLat::new(of(|p| p.lon), of(|p| p.lat))
}

fn corners(extent: Extent) -> Message {
    let show = |v: f64| format!("{v:.3}");
    message!(
        "message.from_to",
        west = show(extent.low.lon),
        south = show(extent.low.lat),
        east = show(extent.high.lon),
        north = show(extent.high.lat)
    )
}
