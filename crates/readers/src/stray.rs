//! Positions nowhere near the rest of their layer: a digit lost, a zero for nothing known.
//!
//! In: a parsed layer. Out: a refusal where the layer says what is audited (the answer would be about half a continent),
//! else an issue for every such feature.

use crate::crs::Extent;
use crate::formats::RawFeature;
use crate::layer_file::LayerFile;
use lifering_base::error::{InputError, Place};
use lifering_base::frame::LonLat;
use lifering_base::issue::IssueCode;
use lifering_base::{Message, message};

/// No region is larger, kilometres from corner to corner.
const REGION_KM: f64 = 3000.0;

/// Looks a layer over; `outline` is true for what the boundary is made of.
pub fn check(layer: &mut LayerFile, outline: bool) -> Result<(), InputError> {
    if layer.extent.is_none_or(|extent| span_km(extent) <= REGION_KM) {
        return Ok(());
    }
    let extents: Vec<(usize, Extent)> =
        layer.features.iter().enumerate().filter_map(|(i, f)| Some((i, extent(f)?))).collect();
    let middle = median(&extents);
    let near = message!("message.around", lon = format!("{:.3}", middle.lon), lat = format!("{:.3}", middle.lat));
    let refused = |place: Place, extent: Extent| {
        let wanted = message!("message.region_size", n = REGION_KM, place = near.clone());
        Err(InputError::wrong(place, corners(extent), wanted).with_help(message!("message.correct_feature")))
    };
    let stray = |e: &Extent| span_km(*e) > REGION_KM || e.middle().geodesic_m(middle) / 1000.0 > REGION_KM / 2.0;
    for (index, extent) in extents.iter().filter(|(_, e)| stray(e)) {
        let at = layer.place(&layer.features[*index]).field("coordinates");
        if outline {
            return refused(at, *extent);
        }
        let wanted = message!("message.near_rest", place = near.clone());
        layer.issues.note(IssueCode::FarAway, &at, corners(*extent), wanted);
    }
    match layer.extent {
        // Every feature is near the middle, and yet they lie all over the earth.
        Some(extent) if outline => refused(Place::file(&layer.file).field("coordinates"), extent),
        _ => Ok(()),
    }
}

/// From corner to corner, kilometres.
pub fn span_km(extent: Extent) -> f64 {
    extent.low.geodesic_m(extent.high) / 1000.0
}

fn extent(feature: &RawFeature) -> Option<Extent> {
    let mut all: Option<Extent> = None;
    feature
        .geometry
        .as_ref()?
        .each_position(&mut |p| all = Some(all.map_or(Extent::of(*p), |e| e.with(Extent::of(*p)))));
    all
}

/// Where most of the features are.
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
