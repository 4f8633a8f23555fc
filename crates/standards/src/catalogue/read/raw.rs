//! A standard file as it is written: the serde shapes, from which the JSON Schema for editors is derived.
//!
//! In: TOML. Out: these records, every value that can be wrong wrapped in its span, for `read.rs` to check.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;
use serde::de::IgnoredAny;
use toml::Spanned;

use crate::catalogue::standard::{MAX_QUOTE_CHARS, Text};
use crate::catalogue::words::{Clock, Combine, Confidence, Force, Metric, Mode, Pace, RuleKind, StatisticWord};

/// A profile of health-plan standards that lifering audits a region against.
#[derive(JsonSchema)]
#[schemars(title = "lifering standard", deny_unknown_fields)]
#[expect(dead_code, reason = "the whole shape is written down for the JSON Schema; the parts are read one by one")]
pub(super) struct RawStandard {
    #[schemars(flatten)]
    head: RawHead,
    /// The profile that fills the topics on which this document is silent.
    #[schemars(default)]
    extends: Option<RawExtends>,
    /// The documents that the rules cite, by a short name.
    sources: BTreeMap<String, RawSource>,
    /// Layers beyond stations, facilities, aeds and decontamination that the rules ask for. A region gives them
    /// under `[layers.extra]`.
    #[schemars(default)]
    extra_layers: BTreeMap<String, Text>,
    /// Unit levels beyond city, district, town, village and `sub_center_area` that the rules ask for.
    #[schemars(default)]
    unit_levels: BTreeMap<String, Text>,
    /// What texts leave open, by a short name that the rules' `assumed` lists.
    #[schemars(default)]
    assumptions: BTreeMap<String, RawAssumption>,
    /// Other ways to read the texts, by a short name that the rules' `readings` lists.
    #[schemars(default)]
    readings: BTreeMap<String, RawReading>,
    /// What the document itself counted.
    #[schemars(default)]
    baselines: Vec<RawBaseline>,
    /// The rules; at least one, unless the file only takes rules from elsewhere.
    #[schemars(default)]
    rules: Vec<RawRule>,
}

/// The keys at the top of the file.
#[derive(Deserialize, JsonSchema)]
pub(super) struct RawHead {
    /// Short name of the profile, such as jinjiang-14fyp.
    #[schemars(with = "String")]
    pub id: Spanned<String>,
    /// Title in both languages.
    pub title: Text,
    /// The kind of area the document is written for, such as a county-level city.
    pub applies_to: Text,
    /// Year of the baselines; a key of population.
    #[serde(default)]
    #[schemars(with = "Option<u16>")]
    pub base_year: Option<Spanned<u16>>,
    /// Year of the targets; a key of population.
    #[serde(default)]
    #[schemars(with = "Option<u16>")]
    pub target_year: Option<Spanned<u16>>,
    /// Whether an audit also answers the five first questions, as it does unless this is false.
    #[serde(default = "yes")]
    pub core: bool,
    /// Population by year that the document counts with.
    #[serde(default)]
    #[schemars(with = "BTreeMap<String, u64>")]
    pub population: BTreeMap<Spanned<String>, u64>,
}

fn yes() -> bool {
    true
}

/// What is taken from another profile, topic by topic.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Extends")]
pub(super) struct RawExtends {
    /// The embedded profile to take from.
    #[schemars(with = "String")]
    pub from: Spanned<String>,
    /// The topics on which the document is silent.
    pub topics: Vec<RawTopic>,
}

/// A topic on which the document is silent.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Topic")]
pub(super) struct RawTopic {
    /// The topic in both languages.
    pub topic: Text,
    /// Rules of the other profile that stand in; empty if it is silent too.
    #[schemars(with = "Vec<String>")]
    pub rules: Vec<Spanned<String>>,
    /// Readings of this file that these rules get beside their own.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub readings: Vec<Spanned<String>>,
}

/// A document.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Source")]
pub(super) struct RawSource {
    /// Its title in both languages.
    pub title: Text,
    /// The secondary source it was read in, if it was not read itself.
    pub via: Option<String>,
    /// How well its numbers are attested.
    pub confidence: Confidence,
}

/// Something a text leaves open.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Assumption")]
pub(super) struct RawAssumption {
    /// The threshold parameter that rests on it, if that is not the short name itself.
    pub what: Option<String>,
    /// What is assumed, in Chinese.
    pub zh: String,
    /// What is assumed, in English.
    pub en: String,
}

/// Another way to read a text.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Reading")]
pub(super) struct RawReading {
    /// What is read differently, in both languages.
    pub title: Text,
    /// The threshold parameters that this reading sets; the others stay as the rule has them.
    #[schemars(with = "Option<super::schema::AnyParameters>")]
    #[expect(dead_code, reason = "read from the table itself, which keeps the places of its parameters")]
    set: Option<Spanned<IgnoredAny>>,
    /// The threshold parameters that this reading leaves out, such as `demand` for everybody.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub unset: Vec<Spanned<String>>,
    /// The kind of the whole other threshold that this reading takes instead; with `threshold`.
    pub kind: Option<RuleKind>,
    /// A whole other threshold instead of the rule's own, for a text that can be read as another kind of rule.
    #[schemars(with = "Option<super::schema::AnyThreshold>")]
    #[expect(dead_code, reason = "read from the table itself, which keeps the places of its parameters")]
    threshold: Option<Spanned<IgnoredAny>>,
}

/// A count of the document itself.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Baseline")]
pub(super) struct RawBaseline {
    /// Short name, unique in the file.
    #[schemars(with = "String")]
    pub id: Spanned<String>,
    /// What was counted, in both languages.
    pub title: Text,
    /// The layer or layers to count in; this, `unit` or `people`.
    #[schemars(with = "Option<RawNames>")]
    pub of: Option<Spanned<RawNames>>,
    /// Which of their features.
    #[serde(rename = "where")]
    #[schemars(with = "Option<String>")]
    pub filter: Option<Spanned<String>>,
    /// How they are counted: left out for features, or `sum(attribute)`.
    #[schemars(with = "Option<String>")]
    pub count: Option<Spanned<String>>,
    /// Filter: the part of those features whose share the figure is, 0 to 1.
    #[schemars(with = "Option<String>")]
    pub num: Option<Spanned<String>>,
    /// The kind of unit to count; this, `of` or `people`.
    #[schemars(with = "Option<String>")]
    pub unit: Option<Spanned<String>>,
    /// Filter: the people whose share of all the figure is, 0 to 1; this, `of` or `unit`.
    #[schemars(with = "Option<String>")]
    pub people: Option<Spanned<String>>,
    /// The document's figure.
    #[schemars(with = "f64")]
    pub value: Spanned<f64>,
    /// Its year.
    pub year: Option<u16>,
    /// A remark in both languages.
    pub note: Option<Text>,
    /// Where it comes from.
    pub cite: RawCite,
}

/// A rule.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(transform = super::schema::threshold_by_kind)]
#[schemars(rename = "Rule")]
pub(super) struct RawRule {
    /// Identifier, unique in the file, such as JJ-EMS-01.
    #[schemars(with = "String")]
    pub id: Spanned<String>,
    /// Which of the five kinds; it decides what `threshold` holds.
    pub kind: RuleKind,
    /// Title in both languages.
    pub title: Text,
    /// The area or the people it is set for, in both languages.
    pub scope: Text,
    /// The year it is to be reached.
    pub year: Option<u16>,
    /// Its legal weight; advisory and historical rules are shown, never failed.
    #[schemars(with = "Force")]
    pub force: Spanned<Force>,
    /// What is measured, and the limit.
    #[schemars(with = "super::schema::AnyThreshold")]
    #[expect(dead_code, reason = "read from the table itself, which keeps the places of its parameters")]
    threshold: Spanned<IgnoredAny>,
    /// Where the number comes from.
    pub cite: RawCite,
    /// Short names from [assumptions]: what the text leaves open.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub assumed: Vec<Spanned<String>>,
    /// Short names from [readings]: the other ways to read the text.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub readings: Vec<Spanned<String>>,
    /// A remark in both languages.
    pub note: Option<Text>,
    /// Limits of other years, for rules of kind `per_population`.
    pub milestones: Option<RawMilestones>,
}

/// Limits of other years than the rule's own.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Milestones")]
pub(super) struct RawMilestones {
    /// `min` by year.
    #[schemars(with = "BTreeMap<String, f64>")]
    pub min: BTreeMap<Spanned<String>, Spanned<f64>>,
    /// The words that name them, at most 40 characters.
    #[schemars(with = "String", length(max = MAX_QUOTE_CHARS))]
    pub quote: Spanned<String>,
}

/// Where a number comes from. Exactly one of `quote` and `text`.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Citation")]
pub(super) struct RawCite {
    /// Short name from [sources].
    #[schemars(with = "String")]
    pub source: Spanned<String>,
    /// Section of the document.
    pub section: Option<String>,
    /// Item in a table of findings.
    pub item: Option<String>,
    /// Line of the document's text that holds the words, from 1.
    pub line: Option<u32>,
    /// The words themselves, at most 40 characters.
    #[schemars(with = "Option<String>", length(max = MAX_QUOTE_CHARS))]
    pub quote: Option<Spanned<String>>,
    /// A short wording of the number that is not a quotation.
    #[schemars(with = "Option<String>")]
    pub text: Option<Spanned<String>>,
    /// How well this number is attested, if not as well as its source.
    pub confidence: Option<Confidence>,
}

/// One name or several.
#[derive(Deserialize, JsonSchema)]
#[serde(untagged, expecting = "wanted a layer name or a list of layer names")]
#[schemars(rename = "LayerNames")]
pub(super) enum RawNames {
    /// One.
    One(String),
    /// Several.
    Many(Vec<String>),
}

/// Share of people with a facility within `max_m`.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "RadiusThreshold")]
pub(super) struct RawRadius {
    /// Layer or layers of the facilities.
    #[schemars(with = "RawNames")]
    pub facility: Spanned<RawNames>,
    /// Filter: which of their features.
    #[serde(rename = "where")]
    #[schemars(with = "Option<String>")]
    pub filter: Option<Spanned<String>>,
    /// The radius in metres.
    #[schemars(with = "f64")]
    pub max_m: Spanned<f64>,
    /// Metres from which people inside the radius are pointed out.
    #[schemars(with = "Option<f64>")]
    pub warn_m: Option<Spanned<f64>>,
    /// Straight or along the roads.
    pub metric: Metric,
    /// Least share of people, above 0 and at most 1.
    #[schemars(with = "f64")]
    pub min_share: Spanned<f64>,
    /// Filter on population points: which people count.
    #[schemars(with = "Option<String>")]
    pub demand: Option<Spanned<String>>,
}

/// A statistic of travel times keeps `max_min`.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "TravelTimeThreshold")]
pub(super) struct RawTravelTime {
    /// Layer or layers of the facilities.
    #[schemars(with = "RawNames")]
    pub facility: Spanned<RawNames>,
    /// Filter: which of their features.
    #[serde(rename = "where")]
    #[schemars(with = "Option<String>")]
    pub filter: Option<Spanned<String>>,
    /// Driving to the people or people walking.
    pub mode: Mode,
    /// Driving: which part of the response counts.
    #[schemars(with = "Option<Clock>")]
    pub clock: Option<Spanned<Clock>>,
    /// Driving: a period that the region names, such as peak; left out for the region's own.
    #[schemars(with = "Option<String>")]
    pub period: Option<Spanned<String>>,
    /// Walking: how fast; usual if left out.
    #[schemars(with = "Option<Pace>")]
    pub pace: Option<Spanned<Pace>>,
    /// The limit in minutes; whole seconds.
    #[schemars(with = "f64")]
    pub max_min: Spanned<f64>,
    /// The statistic over people.
    pub stat: StatisticWord,
    /// With stat = share: least share of people, above 0 and at most 1.
    #[schemars(with = "Option<f64>")]
    pub min_share: Option<Spanned<f64>>,
    /// Filter on population points: which people count.
    #[schemars(with = "Option<String>")]
    pub demand: Option<Spanned<String>>,
}

/// At least `ceil(population * base_factor / per * min)`.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "PerPopulationThreshold")]
pub(super) struct RawPerPopulation {
    /// Layer or layers of what is supplied.
    #[schemars(with = "RawNames")]
    pub facility: Spanned<RawNames>,
    /// Filter: which of their features.
    #[serde(rename = "where")]
    #[schemars(with = "Option<String>")]
    pub filter: Option<Spanned<String>>,
    /// How they are counted: left out for features, or `sum(attribute)`.
    #[schemars(with = "Option<String>")]
    pub count: Option<Spanned<String>>,
    /// People for whom `min` is needed.
    #[schemars(with = "u64")]
    pub per: Spanned<u64>,
    /// How many for each `per` people.
    #[schemars(with = "f64")]
    pub min: Spanned<f64>,
    /// Factor on the population; 1 if left out.
    #[schemars(with = "Option<f64>")]
    pub base_factor: Option<Spanned<f64>>,
    /// A year of [population]; left out for the region's population as it is.
    #[schemars(with = "Option<u16>")]
    pub population_year: Option<Spanned<u16>>,
    /// Filter on population points: which people count.
    #[schemars(with = "Option<String>")]
    pub demand: Option<Spanned<String>>,
}

/// A part is at least `min` of the whole.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "ShareThreshold")]
pub(super) struct RawShare {
    /// Layer or layers of the whole.
    #[schemars(with = "RawNames")]
    pub of: Spanned<RawNames>,
    /// Filter: which of their features.
    #[serde(rename = "where")]
    #[schemars(with = "Option<String>")]
    pub filter: Option<Spanned<String>>,
    /// The part: a filter, or `sum(attribute)` together with `weight`.
    #[schemars(with = "String")]
    pub num: Spanned<String>,
    /// The attribute that weighs a feature; with `sum(...)`, the attribute whose sum is the whole.
    #[schemars(with = "Option<String>")]
    pub weight: Option<Spanned<String>>,
    /// With `sum(...)`: the whole is at least one for each so many people, rounded up, where the sum of `weight` is less.
    #[schemars(with = "Option<u64>")]
    pub whole_per: Option<Spanned<u64>>,
    /// Least share, above 0 and at most 1.
    #[schemars(with = "f64")]
    pub min: Spanned<f64>,
    /// The share must be more than `min`, not `min` itself.
    #[serde(default)]
    pub more_than: bool,
}

/// Every unit has at least `min`.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "PresencePerUnitThreshold")]
pub(super) struct RawPresencePerUnit {
    /// The kind of unit.
    #[schemars(with = "String")]
    pub unit: Spanned<String>,
    /// Filter: which of the units.
    #[schemars(with = "Option<String>")]
    pub where_unit: Option<Spanned<String>>,
    /// Names of units that count as one, such as the districts of an island.
    #[schemars(with = "Option<Vec<String>>")]
    pub merge: Option<Spanned<Vec<String>>>,
    /// Layer or layers of what must be present.
    #[schemars(with = "RawNames")]
    pub facility: Spanned<RawNames>,
    /// Filter: which of their features.
    #[serde(rename = "where")]
    #[schemars(with = "Option<String>")]
    pub filter: Option<Spanned<String>>,
    /// How they are counted: left out for features, or `sum(attribute)`.
    #[schemars(with = "Option<String>")]
    pub count: Option<Spanned<String>>,
    /// At least so many.
    #[schemars(with = "f64")]
    pub min: Spanned<f64>,
    /// Each unit by itself (also if left out), or all together.
    pub combine: Option<Combine>,
}
