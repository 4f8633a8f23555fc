//! Roads: lines with a class, a direction and perhaps a measured speed.

use super::road_class::RoadClass;
use crate::frame::LonLat;
use crate::parameters::{Drive, Obey};
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
    /// One way that changes with the time (`reversible`, `alternating`), or two that contradict: not driven.
    Changing,
}

impl Direction {
    /// The value of `oneway` that says it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Both => "no",
            Self::Forward => "yes",
            Self::Backward => "-1",
            Self::Changing => "reversible",
        }
    }
}

/// What the access keys of a road or point say to an ambulance, by the most specific key (roads.md section 2).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Permission {
    /// Nothing: the class of the road, or the kind of the point, decides.
    #[default]
    Unstated,
    /// Open to some, which an ambulance on a run may use as well (`destination`, `customers`, `delivery` ...).
    Open,
    /// `private`: open unless `[drive] private` is off.
    Private,
    /// `no`.
    Closed,
    /// `emergency=yes` and its like: open, also if the class is not drivable.
    ForEmergencies,
    /// `emergency=no`.
    NotForEmergencies,
}

/// The permission in each direction along a line as drawn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct VehicleAccess {
    /// From the first vertex to the last.
    pub forward: Permission,
    /// From the last vertex to the first.
    pub backward: Permission,
}

impl VehicleAccess {
    /// The same permission both ways.
    pub fn both(permission: Permission) -> Self {
        Self { forward: permission, backward: permission }
    }
}

/// One road feature.
#[derive(Clone, Debug, PartialEq)]
pub struct Road {
    /// Position of the feature in the file, counted from 0.
    pub feature: usize,
    /// Id, by which turn restrictions name the road; `None` if the file has none.
    pub id: Option<String>,
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
    /// What the access keys say.
    pub access: VehicleAccess,
    /// Whether people on foot are kept out (`foot=no`, or `access=no` without `foot`).
    pub no_walkers: bool,
    /// `motorroad=yes`: nobody stops beside it, as on a motorway.
    pub motorroad: bool,
    /// Crossing time of a ferry, seconds; `None` for other roads and if the file has none.
    pub ferry_s: Option<f64>,
    /// Bridge, tunnel and layer, which decide whether crossing lines may join.
    pub level: Level,
    /// Lines of at least two different positions.
    pub parts: Vec<Vec<LonLat>>,
}

/// Speed of a ferry without a duration, km/h (roads.md section 9).
const FERRY_KMH: f64 = 10.0;

/// Speed of a road that is open for emergencies alone and whose class has no speed, km/h (roads.md section 2).
const OPENED_KMH: f64 = 10.0;

impl Road {
    /// A road both ways of a class, with nothing else known of it.
    pub fn plain(class: RoadClass, parts: Vec<Vec<LonLat>>) -> Self {
        Self {
            feature: 0,
            id: None,
            name: None,
            class,
            direction: Direction::Both,
            speed_kmh: None,
            maxspeed_kmh: None,
            access: VehicleAccess::default(),
            no_walkers: false,
            motorroad: false,
            ferry_s: None,
            level: Level::default(),
            parts,
        }
    }

    /// Driving speed before the factor of the period: the measured speed, the posted limit if `use_maxspeed` is on, the
    /// speed of the class, `default_kmh` (definitions.md section 2); 10 km/h for a class without a speed that is opened
    /// for emergencies, and for ferries without a duration (roads.md sections 2 and 9).
    ///
    /// # Units
    /// Kilometres an hour.
    pub fn drive_kmh(&self, drive: &Drive) -> f64 {
        if self.class == RoadClass::Ferry {
            return self.ferry_s.map_or(FERRY_KMH, |seconds| self.length_m() / seconds * 3.6);
        }
        let posted = self.maxspeed_kmh.filter(|_| drive.use_maxspeed).map(|v| v * drive.maxspeed_factor);
        let class = || drive.speeds_kmh.get(&self.class).copied().or_else(|| self.class.default_kmh());
        let without = if self.class.drivable() { drive.default_kmh } else { OPENED_KMH };
        self.speed_kmh.or(posted).or_else(class).unwrap_or(without)
    }

    /// Whether an ambulance may drive along the line as drawn, and against it (roads.md sections 1, 2, 4, 8 and 9). With
    /// [`Obey::Nothing`] one-way streets are open both ways.
    pub fn driven(&self, drive: &Drive, obey: Obey) -> [bool; 2] {
        let [along, against] = match self.direction {
            Direction::Changing => [false, false],
            _ if obey == Obey::Nothing => [true, true],
            Direction::Both => [true, true],
            Direction::Forward => [true, false],
            Direction::Backward => [false, true],
        };
        [along && self.permits(self.access.forward, drive), against && self.permits(self.access.backward, drive)]
    }

    fn permits(&self, permission: Permission, drive: &Drive) -> bool {
        let by_class = if self.class == RoadClass::Ferry { drive.ferries } else { self.class.drivable() };
        match permission {
            Permission::Closed | Permission::NotForEmergencies => false,
            Permission::ForEmergencies if self.class == RoadClass::Ferry => drive.ferries,
            Permission::ForEmergencies => !self.class.never_drivable(),
            Permission::Private => by_class && drive.private,
            Permission::Open | Permission::Unstated => by_class,
        }
    }

    /// Whether people may walk along it.
    pub fn walked(&self) -> bool {
        self.class.walkable() && !self.no_walkers
    }

    /// Whether nobody can step down from it at its side, whatever its class: a bridge, a tunnel, a motorroad
    /// (roads.md section 3).
    pub fn raised(&self) -> bool {
        self.level.bridge || self.level.tunnel || self.motorroad
    }

    /// Length on the ellipsoid, metres.
    pub fn length_m(&self) -> f64 {
        self.parts.iter().flat_map(|part| part.windows(2)).map(|pair| pair[0].length_m(pair[1])).sum()
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
