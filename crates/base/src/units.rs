//! Quantities shared by all stages.
//!
//! In: plain numbers from settings and layers. Out: types that cannot be mixed up. Everything else carries its unit in
//! its name (`_m`, `_km2`, `_s`, `_kmh`).

use serde::{Deserialize, Serialize};
use std::num::NonZeroU32;

/// A time in the network.
///
/// # Units
/// Whole milliseconds, at least one for an edge of any length (definitions.md section 1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
pub struct Milliseconds(pub u32);

impl Milliseconds {
    /// The nearest whole millisecond; saturates at 0 and at about 49 days.
    pub fn from_seconds(seconds: f64) -> Self {
        Self((seconds * 1000.0).round() as u32)
    }

    /// # Units
    /// Milliseconds to seconds.
    pub fn seconds(self) -> f64 {
        f64::from(self.0) / 1000.0
    }

    /// The sum, or the largest value if it would overflow.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

/// A source of arrivals (station, facility), by its position in the list of starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct SourceId(NonZeroU32);

impl SourceId {
    /// The source at `index` of the list.
    ///
    /// # Panics
    /// If `index` is not below `u32::MAX`.
    pub fn new(index: usize) -> Self {
        let number = u32::try_from(index).ok().and_then(|index| NonZeroU32::MIN.checked_add(index));
        Self(number.expect("fewer sources than u32::MAX"))
    }

    /// Position in the list of starts.
    pub fn index(self) -> usize {
        self.0.get() as usize - 1
    }
}

/// The first arrival at a place. `Option<Arrival>` is as small as `Arrival` (8 bytes); `None` is unreachable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Arrival {
    /// Least time over all sources. The first field, so that ties order by the smaller source.
    pub at: Milliseconds,
    /// The source of the first arrival.
    pub by: SourceId,
}

/// Resolution of a time, milliseconds: network times are rounded to it, so a limit is exceeded only beyond it.
pub const TIME_RESOLUTION_MS: f64 = 1.0;

/// Resolution of a coordinate, metres: 1e-7 degrees of latitude. A radius is exceeded only beyond it.
pub const COORDINATE_RESOLUTION_M: f64 = 0.011_12;
