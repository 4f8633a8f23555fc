//! What a rule measures and the limit it sets: one variant a kind, every parameter typed.
//!
//! In: a threshold table of a standard file, checked by `threshold.rs`. Out: [`Criterion`], from which the five
//! evaluators work; nothing in it needs to be parsed again.

use std::collections::BTreeSet;
use std::fmt;

use super::filter::Filter;
use super::words::{Clock, Combine, Metric, Pace, RuleKind};

/// The measurable content of a rule.
#[derive(Debug, Clone, PartialEq)]
pub enum Criterion {
    /// Share of people within a distance of the nearest facility.
    Radius(Radius),
    /// Travel time between facilities and people.
    TravelTime(TravelTime),
    /// A supply for so many people.
    PerPopulation(PerPopulation),
    /// Part of a whole.
    Share(Share),
    /// At least so many in every unit.
    PresencePerUnit(PresencePerUnit),
}

impl Criterion {
    /// Which of the five kinds this is.
    #[must_use]
    pub fn kind(&self) -> RuleKind {
        match self {
            Self::Radius(_) => RuleKind::Radius,
            Self::TravelTime(_) => RuleKind::TravelTime,
            Self::PerPopulation(_) => RuleKind::PerPopulation,
            Self::Share(_) => RuleKind::Share,
            Self::PresencePerUnit(_) => RuleKind::PresencePerUnit,
        }
    }

    /// The features that the rule looks at: the facilities, or the whole of a share.
    #[must_use]
    pub fn selection(&self) -> &Selection {
        match self {
            Self::Radius(rule) => &rule.facility,
            Self::TravelTime(rule) => &rule.facility,
            Self::PerPopulation(rule) => &rule.facility,
            Self::Share(rule) => &rule.of,
            Self::PresencePerUnit(rule) => &rule.facility,
        }
    }

    /// The same with the stations of neighbours counted as well, where it is about times or distances from stations. Counts
    /// never count them.
    #[must_use]
    pub fn with_mutual_aid(&self) -> Option<Self> {
        let mut aided = self.clone();
        let facility = match &mut aided {
            Self::Radius(rule) => &mut rule.facility,
            Self::TravelTime(rule) => &mut rule.facility,
            Self::PerPopulation(_) | Self::Share(_) | Self::PresencePerUnit(_) => return None,
        };
        if !facility.layers.contains(&LayerName::Stations) {
            return None;
        }
        facility.layers.push(LayerName::Neighbours);
        Some(aided)
    }

    /// The names of the layers and of the unit level that it needs.
    #[must_use]
    pub fn names(&self) -> BTreeSet<&str> {
        let mut names: BTreeSet<&str> = self.selection().layers.iter().map(LayerName::name).collect();
        if let Self::PresencePerUnit(rule) = self {
            names.insert(rule.unit.name());
        }
        names
    }

    /// The attributes that it asks of the selected features; without them it cannot be judged.
    #[must_use]
    pub fn attributes(&self) -> BTreeSet<&str> {
        let mut names: BTreeSet<&str> = self.selection().filter.iter().flat_map(Filter::attributes).collect();
        match self {
            Self::PerPopulation(PerPopulation { measure: Measure::Sum(name), .. })
            | Self::PresencePerUnit(PresencePerUnit { measure: Measure::Sum(name), .. }) => {
                names.insert(name.as_str());
            }
            Self::Share(Share { fraction: Fraction::Matching { filter, weight }, .. }) => {
                names.extend(filter.attributes());
                names.extend(weight.as_ref().map(AttributeName::as_str));
            }
            Self::Share(Share { fraction: Fraction::Sums { part, whole }, .. }) => {
                names.extend([part.as_str(), whole.as_str()]);
            }
            _ => {}
        }
        names
    }

    /// Which people count, for the kinds that count people; `None` means everybody.
    #[must_use]
    pub fn demand(&self) -> Option<&Filter> {
        match self {
            Self::Radius(rule) => rule.demand.as_ref(),
            Self::TravelTime(rule) => rule.demand.as_ref(),
            Self::PerPopulation(rule) => rule.demand.as_ref(),
            Self::Share(_) | Self::PresencePerUnit(_) => None,
        }
    }
}

/// `radius`: the share of people with a facility within `max_m` is at least `min_share`.
#[derive(Debug, Clone, PartialEq)]
pub struct Radius {
    /// What must be near.
    pub facility: Selection,
    /// Metres; exactly this far is within.
    pub max_m: f64,
    /// Metres; people farther than this but within `max_m` are pointed out. Less than `max_m`.
    pub warn_m: Option<f64>,
    /// How the distance is measured.
    pub metric: Metric,
    /// Share of people, above 0 and at most 1.
    pub min_share: f64,
    /// Which people count; `None` means everybody.
    pub demand: Option<Filter>,
}

/// `travel_time`: a statistic of the time over people keeps a limit.
#[derive(Debug, Clone, PartialEq)]
pub struct TravelTime {
    /// Where the ambulance starts, or where the walker goes.
    pub facility: Selection,
    /// Driving with a clock, or walking with a pace.
    pub journey: Journey,
    /// Seconds; exactly this long is within.
    pub limit_s: u32,
    /// What of the times must keep the limit.
    pub statistic: Statistic,
    /// Which people count; `None` means everybody.
    pub demand: Option<Filter>,
}

/// Means of travel, with what only that means needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Journey {
    /// An ambulance, from the facility to the people.
    Drive {
        /// Which part of the response counts.
        clock: Clock,
        /// A period of `[drive] periods` in the region file; `None` takes the region's own.
        period: Option<String>,
    },
    /// A person, from home to the facility.
    Walk {
        /// How fast.
        pace: Pace,
    },
}

/// Statistic of travel times over people. People who cannot be reached are late in every one of them.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Statistic {
    /// The share of people within the limit is at least `min_share` (above 0, at most 1).
    Share {
        /// Share of people, above 0 and at most 1.
        min_share: f64,
    },
    /// The mean over people keeps the limit.
    Mean,
    /// The 90th centile over people keeps the limit.
    P90,
    /// The worst time keeps the limit.
    Max,
}

/// `per_population`: the supply is at least `ceil(population * base_factor / per * min)`.
#[derive(Debug, Clone, PartialEq)]
pub struct PerPopulation {
    /// What is supplied.
    pub facility: Selection,
    /// How it is counted.
    pub measure: Measure,
    /// People for whom `min` is needed; at least 1.
    pub per: u64,
    /// How many for each `per` people; above 0.
    pub min: f64,
    /// Factor on the population before the division; 1 unless the text says otherwise. Above 0.
    pub base_factor: f64,
    /// A year of the profile's own population table; `None` takes the region's population as it is.
    pub population_year: Option<u16>,
    /// Which people count; `None` means everybody.
    pub demand: Option<Filter>,
}

impl PerPopulation {
    /// How many are needed for `population` people: `ceil(population * base_factor / per * min)`.
    ///
    /// The ceiling forgives the rounding of the floating-point product (1e-9, relative), so that 700,000 people at
    /// 2.7 per 10,000 need 189 and not 190. A population that is negative or not a number needs none.
    #[must_use]
    pub fn need(&self, population: f64) -> u64 {
        let exact = population * self.base_factor * self.min / to_f64(self.per);
        if exact.is_nan() || exact <= 0.0 {
            return 0;
        }
        let whole = exact.round();
        let needed = if (exact - whole).abs() <= exact * 1e-9 { whole } else { exact.ceil() };
        // A float-to-integer cast saturates, and `needed` is positive here.
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let needed = needed as u64;
        needed
    }
}

/// People and counts stay far below 2^53, where the conversion is exact.
#[allow(clippy::cast_precision_loss)]
fn to_f64(count: u64) -> f64 {
    count as f64
}

/// `share`: a part of a selection is at least `min` of the whole.
#[derive(Debug, Clone, PartialEq)]
pub struct Share {
    /// The whole.
    pub of: Selection,
    /// Part and whole, by filter or by attribute sums.
    pub fraction: Fraction,
    /// Least share, above 0 and at most 1.
    pub min: f64,
}

impl Share {
    /// How much of a whole the part must be at least: `ceil(min * whole)`, forgiving the rounding of the product.
    #[must_use]
    pub fn part_of(&self, whole: f64) -> f64 {
        (self.min * whole * (1.0 - 1e-12)).ceil()
    }
}

/// What a `share` rule divides by what.
#[derive(Debug, Clone, PartialEq)]
pub enum Fraction {
    /// Features that satisfy the filter ÷ all features, each weighing 1 or as much as its attribute `weight` says.
    Matching {
        /// Which features are the part.
        filter: Filter,
        /// Attribute that weighs a feature; `None` counts each once.
        weight: Option<AttributeName>,
    },
    /// Sum of one attribute ÷ sum of another, over all features.
    Sums {
        /// Attribute whose sum is the part.
        part: AttributeName,
        /// Attribute whose sum is the whole.
        whole: AttributeName,
    },
}

/// `presence_per_unit`: every unit, or all together, has at least `min`.
#[derive(Debug, Clone, PartialEq)]
pub struct PresencePerUnit {
    /// The kind of unit.
    pub unit: UnitKind,
    /// Which units count; `None` means all of that kind.
    pub unit_filter: Option<Filter>,
    /// What must be present.
    pub facility: Selection,
    /// How it is counted.
    pub measure: Measure,
    /// At least so many; above 0.
    pub min: f64,
    /// Each unit by itself, or all together.
    pub combine: Combine,
}

/// Kinds of area that a rule can ask about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum UnitKind {
    /// The whole region.
    City,
    /// `units` of level `district`.
    District,
    /// `units` of level `town` (towns and subdistricts).
    Town,
    /// `units` of level `village` (villages and communities).
    Village,
    /// `units` of level `sub_center_area`, or derived from travel times to the sub-centres.
    SubCenterArea,
    /// `units` of a level that the standard declares under `[unit_levels]`.
    Other(String),
}

impl UnitKind {
    /// The kinds that need no declaration.
    pub const KNOWN: [Self; 5] = [Self::City, Self::District, Self::Town, Self::Village, Self::SubCenterArea];

    /// The name in standard files, and the `level` in the units layer.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::City => "city",
            Self::District => "district",
            Self::Town => "town",
            Self::Village => "village",
            Self::SubCenterArea => "sub_center_area",
            Self::Other(name) => name,
        }
    }
}

impl fmt::Display for UnitKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// A layer of the region, by the name that region.md gives it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LayerName {
    /// Emergency stations of all kinds.
    Stations,
    /// Hospitals, health centres and clinics.
    Facilities,
    /// Public defibrillators. A feature stands for `count` devices; the readers give `count` = 1 where it is absent.
    Aeds,
    /// Virtual: every station or facility with `decontamination` = true.
    Decontamination,
    /// Stations of neighbouring regions. No standard names them: they stand beside [`Self::Stations`] where what neighbours
    /// could do is told.
    Neighbours,
    /// A layer under `[layers.extra]` of the region, which the standard declares under `[extra_layers]`.
    Extra(String),
}

impl LayerName {
    /// The layers that need no declaration.
    pub const KNOWN: [Self; 4] = [Self::Stations, Self::Facilities, Self::Aeds, Self::Decontamination];

    /// The name in standard files and in the region file.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Stations => "stations",
            Self::Facilities => "facilities",
            Self::Aeds => "aeds",
            Self::Decontamination => "decontamination",
            Self::Neighbours => "neighbours",
            Self::Extra(name) => name,
        }
    }
}

impl fmt::Display for LayerName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// Features of one or more layers.
///
/// A feature for which the filter answers [`Truth::Unknown`](super::Truth::Unknown) is neither in nor out: the rule
/// can only be judged where it makes no difference.
#[derive(Debug, Clone, PartialEq)]
pub struct Selection {
    /// The layers, at least one, none twice.
    pub layers: Vec<LayerName>,
    /// Which of their features; `None` means all.
    pub filter: Option<Filter>,
}

/// How a supply is counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Measure {
    /// Features.
    Count,
    /// The sum of an attribute over the features.
    Sum(AttributeName),
}

/// The name of a feature attribute, as the filter language spells it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AttributeName(pub(super) String);

impl AttributeName {
    /// The name as it is asked of [`Attributes`](lifering_base::records::attributes::Attributes).
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for AttributeName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}
