//! Roads: lines with a class, a direction and perhaps a measured speed.

use super::road_class::RoadClass;
use crate::frame::LonLat;
use crate::parameters::Drive;
use serde::{Deserialize, Serialize};

/// Direction of traffic along a line as drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// Both ways.
    Both,
    /// From the first vertex to the last.
    Forward,
    /// From the last vertex to the first.
    Backward,
}

/// One road feature.
#[derive(Clone, Debug, PartialEq)]
pub struct Road {
    /// Position of the feature in the file, counted from 0.
    pub feature: usize,
    /// Name; `None` if the file has none.
    pub name: Option<String>,
    /// Class; [`RoadClass::Other`] if the word is not known.
    pub class: RoadClass,
    /// Direction of vehicles; people on foot go both ways (definitions.md section 2).
    pub direction: Direction,
    /// Measured speed of the feature in km/h; `None` if the file has none.
    pub speed_kmh: Option<f64>,
    /// Posted limit in km/h; `None` if the file has none.
    pub maxspeed_kmh: Option<f64>,
    /// `access=no`: closed to vehicles.
    pub no_vehicles: bool,
    /// Bridge, tunnel and layer, which decide whether crossing lines may join.
    pub level: Level,
    /// Lines of at least two different positions.
    pub parts: Vec<Vec<LonLat>>,
}

impl Road {
    /// Driving speed before the factor of the period: the measured speed, the posted limit if `use_maxspeed` is on, the
    /// speed of the class, `default_kmh` (definitions.md section 2).
    ///
    /// # Units
    /// Kilometres an hour.
    pub fn drive_kmh(&self, drive: &Drive) -> f64 {
        let posted = self.maxspeed_kmh.filter(|_| drive.use_maxspeed).map(|v| v * drive.maxspeed_factor);
        let class = || drive.speeds_kmh.get(&self.class).copied().or_else(|| self.class.default_kmh());
        self.speed_kmh.or(posted).or_else(class).unwrap_or(drive.default_kmh)
    }
}

/// Which of several stacked roads a line is: roads cross at grade only if all three are equal.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Level {
    /// The `bridge` tag.
    pub bridge: bool,
    /// The `tunnel` tag.
    pub tunnel: bool,
    /// The `layer` tag; 0 is the ground.
    pub layer: i8,
}

/// Which roads of a file for several regions a region uses.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RoadsTaken {
    /// Name of the file.
    pub file: String,
    /// Distance beyond the boundary up to which roads are taken, metres.
    pub margin_m: f64,
    /// Number of roads taken.
    pub roads: usize,
    /// Number of roads in the file.
    pub of: usize,
    /// Fastest speed of any road of the file with the period's factor applied, km/h.
    pub fastest_kmh: f64,
}

impl RoadsTaken {
    /// Driving time up to which an arrival from one of the region's own stations is the same as over all roads of the
    /// file: a route that leaves the margin and comes back takes at least this long.
    ///
    /// # Units
    /// Seconds.
    pub fn exact_within_s(&self) -> f64 {
        2.0 * self.margin_m / (self.fastest_kmh / 3.6)
    }
}
