//! audit.json: the rules, their figures and sentences.

use lifering_core::zones::Reason;
use lifering_standards::catalogue::{Assumed, Force, RuleKind, Text};
use lifering_standards::outcome::{ValueUnit, Verdict};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// One rule: verdict over all readings, figures under the default reading (definitions.md section 7).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct RuleReport {
    /// Id within the standard, such as `JJ-EMS-02`.
    pub id: String,
    /// Which of the five kinds of rule.
    pub kind: RuleKind,
    /// Title in Chinese.
    pub title: String,
    /// Title in English.
    pub title_en: String,
    /// How hard the document makes it: standard, target and aspiration bind; advisory and historical do not.
    pub force: Force,
    /// Whether the verdict counts for the exit status.
    pub binding: bool,
    /// Year by which the rule is to be met; absent if the document sets none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub year: Option<u16>,
    /// Verdict over all readings; `depends` if those that could be judged differ.
    pub verdict: Verdict,
    /// Figure compared, in `unit`; `null` if it cannot be stated.
    pub value: Option<f64>,
    /// Requirement the value is compared with, in `unit`; for counts it follows the data as `need` does.
    pub threshold: f64,
    /// Unit of `value` and `threshold`.
    pub unit: ValueUnit,
    /// People covered; absent for rules without coverage.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub population_covered: Option<f64>,
    /// People not covered; absent for rules without coverage.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub population_uncovered: Option<f64>,
    /// People whom at least two stations reach within the limit; absent unless the rule is on driving from every station.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub population_covered_twice: Option<f64>,
    /// People within the limit but beyond the rule's warning distance; absent if the rule sets none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub population_warned: Option<f64>,
    /// Area not covered, km², slivers included: best estimate (definitions.md section 6). Absent if no zones were drawn.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub uncovered_km2: Option<f64>,
    /// Proved lower bound of that area, km².
    #[serde(skip_serializing_if = "Option::is_none")]
    pub uncovered_km2_low: Option<f64>,
    /// Proved upper bound of that area, km².
    #[serde(skip_serializing_if = "Option::is_none")]
    pub uncovered_km2_high: Option<f64>,
    /// Figures of the uncovered zones; absent if none were drawn: no coverage, or not judged.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub zones: Option<ZoneSummary>,
    /// Mean radius of the stations, metres: the root of area / (number * pi). It turns no verdict. Absent for other kinds
    /// than radius, and without stations.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mean_radius_m: Option<f64>,
    /// What the rule counted; absent if its layer is missing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub counted: Option<CountedReport>,
    /// Number required; absent for rules that do not count, and if it is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub need: Option<u64>,
    /// Number present; absent as `need`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub have: Option<f64>,
    /// Numerator of a share; absent for other kinds, and if it is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub part: Option<f64>,
    /// Denominator of a share; absent as `part`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub whole: Option<f64>,
    /// Number required for the people of the region and for each population the standard states; absent for rules that do not
    /// count by people.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(!default)]
    pub needs: Vec<NeedReport>,
    /// The other readings of the text, in the order of the standard.
    #[serde(default)]
    #[schemars(!default)]
    pub readings: Vec<ReadingReport>,
    /// Outcome with the stations of neighbouring regions counted as well; absent if mutual aid was not asked for or does not
    /// bear on the rule. `verdict` is without them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub with_mutual_aid: Option<MutualAidReport>,
    /// What the text leaves open and the default reading assumes.
    pub assumed: Vec<Assumed>,
    /// Source of the requirement.
    pub cite: Cite,
    /// Id of the extended standard the rule is taken from; absent for the standard's own rules.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub filled_from: Option<String>,
    /// A remark of the standard's editors, in both languages; absent if there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<Text>,
    /// Whether the areas judged were derived from travel times instead of read from the units layer; absent if not.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    #[schemars(!default)]
    pub derived_areas: bool,
    /// The finding with its arithmetic, one sentence, in English.
    pub why: String,
    /// The same in Chinese.
    pub why_zh: String,
    /// A sentence that can stand alone, in English: document, clause, its words, and `why`. Audits of early versions lack it:
    /// read as "".
    #[serde(default)]
    #[schemars(!default)]
    pub sentence: String,
    /// The same in Chinese.
    #[serde(default)]
    #[schemars(!default)]
    pub sentence_zh: String,
}

/// What a rule counted under its default reading, in words made of its filter.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CountedReport {
    /// The features counted, in English: `hospitals, town hospitals (level 2 and above)`.
    pub what: String,
    /// The same in Chinese.
    pub what_zh: String,
    /// What those that are part of a share must have, in English; absent for other rules.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub part: Option<String>,
    /// The same in Chinese.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub part_zh: Option<String>,
    /// Number of features counted.
    pub number: usize,
    /// Number of features that may count: an attribute that decides is missing.
    pub unknown: usize,
}

/// The default reading with the stations of neighbouring regions counted as well.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct MutualAidReport {
    /// Verdict with them. The rule's verdict is without.
    pub verdict: Verdict,
    /// Figure with them, in the rule's unit; `null` if it cannot be stated.
    pub value: Option<f64>,
    /// People covered; absent for rules without coverage.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub population_covered: Option<f64>,
    /// People not covered; absent for rules without coverage.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub population_uncovered: Option<f64>,
    /// One sentence, in English.
    pub why: String,
    /// The same in Chinese.
    pub why_zh: String,
}

/// Number required for one population.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct NeedReport {
    /// Year of the population that the standard states; `null` for the people of the region's data.
    pub year: Option<u16>,
    /// People.
    pub population: f64,
    /// Number required for them.
    pub need: u64,
}

/// The uncovered zones of a rule (definitions.md section 6).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ZoneSummary {
    /// Number of zones drawn.
    pub count: usize,
    /// Side of the finest squares of the outline, metres; absent if the outline is exact.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resolution_m: Option<f64>,
    /// Area of slivers that are counted but not drawn, km².
    pub dropped_km2: f64,
    /// Area of covered holes that are drawn as uncovered, km².
    pub filled_km2: f64,
    /// Length of road reached within the limit, km; absent for straight distances.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub road_covered_km: Option<f64>,
    /// Length of all road of the network, km; absent for straight distances.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub road_km: Option<f64>,
    /// Area drawn by reason, km².
    pub km2_by_reason: BTreeMap<Reason, f64>,
    /// People in the zones drawn by reason.
    pub people_by_reason: BTreeMap<Reason, f64>,
}

/// Another reading of a rule's text.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ReadingReport {
    /// Id within the rule, such as `network`.
    pub id: String,
    /// What is read differently, in both languages.
    pub title: Text,
    /// Verdict under this reading.
    pub verdict: Verdict,
    /// Figure compared, in `unit`; `null` if it cannot be stated.
    pub value: Option<f64>,
    /// Requirement the value is compared with, in `unit`.
    pub threshold: f64,
    /// Unit of `value` and `threshold`.
    pub unit: ValueUnit,
    /// People not covered; absent for rules without coverage.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub population_uncovered: Option<f64>,
    /// Number required; absent for rules that do not count, and if it is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub need: Option<u64>,
    /// Number present; absent as `need`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub have: Option<f64>,
    /// The finding with its arithmetic, one sentence, in English.
    pub why: String,
    /// The same in Chinese.
    pub why_zh: String,
}

/// Source of a requirement.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Cite {
    /// Title of the document, in Chinese.
    pub source: String,
    /// Section or clause; absent if the document has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub section: Option<String>,
    /// Words of the document if `verbatim`, else a short wording of the requirement.
    pub quote: String,
    /// Whether `quote` is a quotation.
    pub verbatim: bool,
    /// Line of the document's text that holds the words; absent if the document itself was not read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<u32>,
    /// How well the number is attested, a word of the standard's vocabulary; a rule whose number is `low`, not confirmed,
    /// never binds.
    pub confidence: String,
}
