//! Quantities that the rest of the program passes around.
//!
//! In: plain numbers at the door. Out: types that cannot be mixed up. Everything else carries its unit in its name
//! (`_m`, `_km2`, `_s`, `_kmh`).

use serde::{Deserialize, Serialize};
use std::num::NonZeroU32;

/// A time inside the network.
///
/// # Units
/// Whole milliseconds. An edge of any length takes at least one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
pub struct Milliseconds(pub u32);

impl Milliseconds {
    /// The nearest whole millisecond; saturates at about 49 days.
    pub fn from_seconds(seconds: f64) -> Self {
        Self((seconds * 1000.0).round() as u32)
    }

    /// # Units
    /// Seconds.
    pub fn seconds(self) -> f64 {
        f64::from(self.0) / 1000.0
    }

    /// Sum that stops at the largest value instead of wrapping.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

/// Which starting point (station, facility) an arrival belongs to: its position in the list of sources.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SourceId(NonZeroU32);

impl SourceId {
    /// The source at `index` of the list.
    ///
    /// # Panics
    /// Never for lists shorter than `u32::MAX`, which no layer reaches.
    pub fn new(index: usize) -> Self {
        Self(NonZeroU32::MIN.saturating_add(u32::try_from(index).unwrap_or(u32::MAX - 1)))
    }

    /// Position in the list of sources.
    pub fn index(self) -> usize {
        self.0.get() as usize - 1
    }
}

/// When a place is reached, and from where. `Option<Arrival>` is as small as an `Arrival` (8 bytes).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Arrival {
    /// Least time over all sources. Ordered first, so that ties are broken by the smaller source.
    pub at: Milliseconds,
    /// The source that arrives first.
    pub by: SourceId,
}

/// How finely a time is known: network times are rounded to a millisecond, so a limit counts as exceeded only beyond this.
pub const TIME_RESOLUTION_MS: f64 = 1.0;

/// How finely a coordinate is known: 1e-7 degrees of latitude. A radius counts as exceeded only beyond this.
pub const COORDINATE_RESOLUTION_M: f64 = 0.011_12;
