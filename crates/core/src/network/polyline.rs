//! Road lines in units of 1e-7 degrees, by which vertices are shared.

use lifering_base::frame::LonLat;

/// A polyline of one road, in 1e-7 degrees.
pub(super) struct Polyline {
    pub(super) road: u32,
    pub(super) positions: Vec<[i32; 2]>,
    /// Whether the first and the last position join no other line: ends that a closure has cut (roads.md section 10).
    pub(super) cut: [bool; 2],
}

/// Longitude and latitude in 1e-7 degrees, the precision at which roads join (definitions.md section 2).
pub(super) fn rounded(place: LonLat) -> [i32; 2] {
    [(place.lon * 1e7).round() as i32, (place.lat * 1e7).round() as i32]
}

/// Place of a vertex.
pub(super) fn place(e7: [i32; 2]) -> LonLat {
    LonLat::new(f64::from(e7[0]) / 1e7, f64::from(e7[1]) / 1e7)
}
