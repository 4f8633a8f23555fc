//! What a rule measures and the limit it sets: one variant a kind, every parameter typed.
//!
//! In: a threshold table of a standard file, checked by `read/threshold.rs`. Out: [`Criterion`], which the five evaluators
//! take as it is; nothing in it needs to be parsed again.

use std::collections::BTreeSet;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::filter::Filter;
use super::words::{Clock, Combine, Metric, Pace, RuleKind};
use crate::outcome::SHARE_TOLERANCE;

/// The measurable content of a rule.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Criterion {
    /// Share of people within a distance of the nearest facility.
    Radius(Radius),
    /// Travel time between facilities and people.
    TravelTime(TravelTime),
    /// A supply in proportion to the population.
    PerPopulation(PerPopulation),
    /// A part of a whole.
    Share(Share),
    /// A least count in every unit.
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

    /// The features it selects: the facilities, or the whole of a share.
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

    /// The same with the stations of neighbours selected as well; `None` for criteria other than on times or distances from
    /// stations. Counts never include them.
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

    /// The attributes that the selected features need; without them it cannot be judged.
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
            Self::Share(Share {
                fraction: Fraction::Sums { part, whole } | Fraction::OfNeed { part, whole, .. },
                ..
            }) => {
                names.extend([part.as_str(), whole.as_str()]);
            }
            _ => {}
        }
        names
    }

    /// Filter on demand points, for the kinds that count people; `None` selects all.
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
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Radius {
    /// The facilities.
    pub facility: Selection,
    /// Limit in metres; exactly this far is within.
    pub max_m: f64,
    /// Metres, less than `max_m`; people beyond this but within `max_m` are pointed out. `None` points out nobody.
    pub warn_m: Option<f64>,
    /// How the distance is measured.
    pub metric: Metric,
    /// Least share of people, above 0 and at most 1.
    pub min_share: f64,
    /// Filter on demand points: which people count; `None` selects all.
    pub demand: Option<Filter>,
}

/// `travel_time`: a statistic of the time over people keeps a limit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TravelTime {
    /// The start of the ambulance, or the destination of the walker.
    pub facility: Selection,
    /// Driving with a clock, or walking with a pace.
    pub journey: Journey,
    /// Limit in seconds; exactly this long is within.
    pub limit_s: u32,
    /// The statistic of the times that must keep the limit.
    pub statistic: Statistic,
    /// Filter on demand points: which people count; `None` selects all.
    pub demand: Option<Filter>,
}

/// Mode of travel, with its parameters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Journey {
    /// An ambulance, from the facility to the people.
    Drive {
        /// The part of the response that counts.
        clock: Clock,
        /// A period of `[drive] periods` in the region file; `None` for the region's own.
        period: Option<String>,
    },
    /// A person, from home to the facility.
    Walk {
        /// Walking speed.
        pace: Pace,
    },
}

/// Statistic of travel times over people. People who cannot be reached are late in every one of them.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Statistic {
    /// The share of people within the limit is at least `min_share` (above 0, at most 1).
    Share {
        /// Share of people, above 0 and at most 1.
        min_share: f64,
    },
    /// The mean over people keeps the limit.
    Mean,
    /// The 90th percentile over people keeps the limit.
    P90,
    /// The longest time of anybody keeps the limit.
    Max,
}

/// `per_population`: the supply is at least `ceil(population * base_factor / per * min)`. Source: definitions.md, 7.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PerPopulation {
    /// The features supplied.
    pub facility: Selection,
    /// How they are counted.
    pub measure: Measure,
    /// People for whom `min` is needed; at least 1.
    pub per: u64,
    /// The count needed for each `per` people; above 0.
    pub min: f64,
    /// Factor on the population before the division; 1 unless the text states another. Above 0.
    pub base_factor: f64,
    /// A year of the profile's own population table; `None` for the population of the region.
    pub population_year: Option<u16>,
    /// Filter on demand points: which people count; `None` selects all.
    pub demand: Option<Filter>,
}

impl PerPopulation {
    /// The count needed for `population` people: `ceil(population * base_factor / per * min)`.
    ///
    /// The ceiling forgives the rounding of the floating-point product (1e-9, relative), so that 700,000 people at
    /// 2.7 per 10,000 need 189 and not 190. A population that is negative or not a number needs 0.
    #[must_use]
    pub fn need(&self, population: f64) -> u64 {
        rounded_up(population * self.base_factor * self.min / to_f64(self.per))
    }
}

/// The next whole number, forgiving the rounding of a floating-point product (1e-9, relative); 0 for what is negative or
/// not a number.
fn rounded_up(exact: f64) -> u64 {
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

/// People and counts stay far below 2^53, where the conversion is exact.
#[allow(clippy::cast_precision_loss)]
fn to_f64(count: u64) -> f64 {
    count as f64
}

/// `share`: a part of a selection is at least `min` of the whole, or more than it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Share {
    /// The whole.
    pub of: Selection,
    /// Part and whole, by filter or by attribute sums.
    pub fraction: Fraction,
    /// Least share, above 0 and at most 1.
    pub min: f64,
    /// The share must be more than `min` (超过), not `min` itself.
    pub more_than: bool,
}

impl Share {
    /// The least part that is enough of a whole: `ceil(min * whole)`, forgiving the rounding of the product (1e-12); the next
    /// whole number above the product if the share must be more than `min`.
    #[must_use]
    pub fn part_of(&self, whole: f64) -> f64 {
        let product = self.min * whole;
        if self.more_than { (product * (1.0 + 1e-12)).floor() + 1.0 } else { (product * (1.0 - 1e-12)).ceil() }
    }

    /// Whether a share is enough.
    #[must_use]
    pub fn is_enough(&self, share: f64) -> bool {
        if self.more_than { share > self.min + SHARE_TOLERANCE } else { share >= self.min - SHARE_TOLERANCE }
    }
}

/// Part and whole of a `share` rule.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fraction {
    /// Features that satisfy the filter ÷ all features, each with the weight of its attribute `weight`, or 1.
    Matching {
        /// Filter on the features: the part.
        filter: Filter,
        /// Attribute that is the weight of a feature; `None` for weight 1.
        weight: Option<AttributeName>,
    },
    /// Sum of one attribute ÷ sum of another, over all features.
    Sums {
        /// Attribute whose sum is the part.
        part: AttributeName,
        /// Attribute whose sum is the whole.
        whole: AttributeName,
    },
    /// Sum of one attribute ÷ sum of another, or what the people of the region need of that where it is more: one for each
    /// `per` of them, rounded up.
    OfNeed {
        /// Attribute whose sum is the part.
        part: AttributeName,
        /// Attribute whose sum is the whole, unless more is needed.
        whole: AttributeName,
        /// People for whom one is needed; at least 1.
        per: u64,
    },
}

impl Fraction {
    /// What `people` need: one for each `per` of them, rounded up as [`PerPopulation::need`].
    #[must_use]
    pub fn needed_by(people: f64, per: u64) -> u64 {
        rounded_up(people / to_f64(per))
    }
}

/// `presence_per_unit`: every unit, or all together, has at least `min`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PresencePerUnit {
    /// The kind of unit.
    pub unit: UnitKind,
    /// Filter on units; `None` selects all of that kind.
    pub unit_filter: Option<Filter>,
    /// Names of units that count as one: the districts of an island. Empty where none do.
    #[serde(default)]
    pub merge: Vec<String>,
    /// The features that must be present.
    pub facility: Selection,
    /// How they are counted.
    pub measure: Measure,
    /// Least count; above 0.
    pub min: f64,
    /// Every unit by itself, or all together.
    pub combine: Combine,
}

/// Kinds of area that a rule can be about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
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
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LayerName {
    /// Emergency stations of all kinds.
    Stations,
    /// Hospitals, health centres and clinics.
    Facilities,
    /// Public defibrillators. A feature stands for `count` devices; the readers set `count` = 1 if it is absent.
    Aeds,
    /// Virtual: every station or facility with `decontamination` = true.
    Decontamination,
    /// Stations of neighbouring regions. No standard names them: they are added to [`Self::Stations`] for the outcome with
    /// mutual aid.
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
/// can only be judged if that makes no difference.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Selection {
    /// The layers, at least one, none twice.
    #[serde(deserialize_with = "at_least_one")]
    pub layers: Vec<LayerName>,
    /// Filter on their features; `None` selects all.
    pub filter: Option<Filter>,
}

fn at_least_one<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Vec<LayerName>, D::Error> {
    let layers = Vec::deserialize(deserializer)?;
    if layers.is_empty() { Err(serde::de::Error::custom("at least one layer is wanted")) } else { Ok(layers) }
}

impl Selection {
    /// The first layer; the reader of standards refuses a selection without one.
    #[must_use]
    pub fn first_layer(&self) -> &LayerName {
        &self.layers[0]
    }

    /// The names of all layers, for messages.
    #[must_use]
    pub fn layer_names(&self) -> String {
        self.layers.iter().map(LayerName::name).collect::<Vec<_>>().join(" / ")
    }
}

/// How a supply is counted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Measure {
    /// Features.
    Count,
    /// The sum of an attribute over the features.
    Sum(AttributeName),
}

/// The name of a feature attribute, as the filter language spells it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct AttributeName(pub(super) String);

impl AttributeName {
    /// The name, as [`Attributes`](lifering_base::records::attributes::Attributes) takes it.
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
