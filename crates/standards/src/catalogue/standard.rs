//! A standard as the audit uses it: titled in two languages, cited, with its extension resolved.
//!
//! In: a standard file, read by `read/`. Out: [`Standard`] and its [`Rule`]s, ready to be evaluated and printed.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::criterion::{Criterion, LayerName, Measure, Selection, UnitKind};
use super::filter::Filter;
use super::words::{Confidence, Force, RuleKind};

/// The same text in Chinese and English.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Text {
    /// Chinese.
    #[serde(deserialize_with = "not_blank")]
    pub zh: String,
    /// English.
    #[serde(deserialize_with = "not_blank")]
    pub en: String,
}

fn not_blank<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let text = String::deserialize(deserializer)?;
    if text.trim().is_empty() { Err(serde::de::Error::custom("this text is empty")) } else { Ok(text) }
}

/// The identifier of a rule, such as `JJ-EMS-01`: letters, digits, `-`, `_` and `.`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RuleId(pub(super) String);

impl RuleId {
    /// The identifier as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RuleId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// One profile of rules, with what it takes from another profile already in place.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Standard {
    /// Identifier, such as `jinjiang-14fyp`.
    pub id: String,
    /// SHA-256 of its text and of the text of the profile it extends, hexadecimal.
    pub sha256: String,
    /// Title in both languages.
    pub title: Text,
    /// The kind of area it is written for, such as a county-level city.
    pub applies_to: Text,
    /// Population by year that the document itself counts with; empty if it has none.
    pub population: BTreeMap<u16, u64>,
    /// The year its baselines describe; a key of `population`.
    pub base_year: Option<u16>,
    /// The year its targets are set for; a key of `population`.
    pub target_year: Option<u16>,
    /// Whether an audit also answers the first questions that it does not ask ([`Standard::with_core`]).
    pub core: bool,
    /// The document's own counts; a layer that differs from them is pointed out.
    pub baselines: Vec<Baseline>,
    /// What it takes from another profile; `None` if it takes nothing.
    pub extends: Option<Extension>,
    /// The documents it cites, by source id. Sources of filled rules are included.
    pub sources: BTreeMap<String, Source>,
    /// Layers beyond the usual ones that its rules ask for, with their names in both languages.
    pub extra_layers: BTreeMap<String, Text>,
    /// Unit levels beyond the usual ones that its rules ask for, with their names in both languages.
    pub unit_levels: BTreeMap<String, Text>,
    /// Its own rules in the order of the file, then the filled ones.
    pub rules: Vec<Rule>,
}

impl Standard {
    /// The rule with that identifier.
    #[must_use]
    pub fn rule(&self, id: &str) -> Option<&Rule> {
        self.rules.iter().find(|rule| rule.id.as_str() == id)
    }

    /// Whether a region of so many people can be the city of the document: its population is within a quarter of a figure
    /// of the document. The document's figures do not hold for another city, nor for a part of its own.
    #[must_use]
    pub fn counts_these(&self, people: f64) -> bool {
        /// Population grids and registers differ from the census by less.
        const TOLERANCE: f64 = 0.25;
        self.population.values().any(|stated| {
            // People stay far below 2^53, where the conversion is exact.
            #[allow(clippy::cast_precision_loss)]
            let stated = *stated as f64;
            (people - stated).abs() <= TOLERANCE * stated
        })
    }

    /// The standard as it is for another year: rules with a limit of their own for it have that limit, and its words.
    #[must_use]
    pub fn in_year(mut self, year: u16) -> Self {
        for rule in &mut self.rules {
            let Some(milestones) = &rule.milestones else { continue };
            let Some(min) = milestones.min.get(&year).copied() else { continue };
            rule.year = Some(year);
            rule.cite.words = milestones.words.clone();
            let readings = rule.readings.iter_mut().map(|reading| &mut reading.criterion);
            for criterion in std::iter::once(&mut rule.criterion).chain(readings) {
                if let Criterion::PerPopulation(count) = criterion {
                    count.min = min;
                }
            }
        }
        self
    }

    /// The years of which it says something: those of its population, and those for which a rule has a limit of its own.
    #[must_use]
    pub fn years(&self) -> BTreeSet<u16> {
        let milestones = self.rules.iter().filter_map(|rule| rule.milestones.as_ref());
        self.population.keys().copied().chain(milestones.flat_map(|of| of.min.keys().copied())).collect()
    }

    /// The rules of the document itself, without those filled from another profile.
    pub fn own_rules(&self) -> impl Iterator<Item = &Rule> {
        self.rules.iter().filter(|rule| rule.filled_from.is_none())
    }
}

/// What a standard takes from another one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Extension {
    /// Identifier of the profile that fills the silent topics.
    pub from: String,
    /// Title of that profile.
    pub from_title: Text,
    /// The topics on which the document is silent.
    pub silent: Vec<SilentTopic>,
}

/// A topic that a document does not regulate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SilentTopic {
    /// The topic.
    pub topic: Text,
    /// The rules of the other profile that fill it; empty if that is silent too.
    pub filled_by: Vec<RuleId>,
}

/// One rule.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Rule {
    /// Identifier, unique in the standard.
    pub id: RuleId,
    /// Title in both languages.
    pub title: Text,
    /// The area or the people it is set for, in the words of the document.
    pub scope: Text,
    /// The year by which it is to be met; `None` if the document names none.
    pub year: Option<u16>,
    /// Its legal weight.
    pub force: Force,
    /// What is measured, and the limit, in the profile's default reading.
    pub criterion: Criterion,
    /// What the text leaves open and the default reading assumes.
    pub assumed: Vec<Assumed>,
    /// A remark for the reader.
    pub note: Option<Text>,
    /// The other ways to read the text; each is computed and shown beside the default.
    pub readings: Vec<Reading>,
    /// The source of the number.
    pub cite: Citation,
    /// Limits of other years; `None` if the document sets none.
    pub milestones: Option<Milestones>,
    /// Identifier of the profile the rule is taken from; `None` for the document's own rules.
    pub filled_from: Option<String>,
}

impl Rule {
    /// Which of the five kinds the rule is.
    #[must_use]
    pub fn kind(&self) -> RuleKind {
        self.criterion.kind()
    }

    /// The default criterion and those of the readings.
    pub fn criteria(&self) -> impl Iterator<Item = &Criterion> {
        std::iter::once(&self.criterion).chain(self.readings.iter().map(|reading| &reading.criterion))
    }
}

/// Limits that the document sets for other years than that of the rule.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Milestones {
    /// The least of a count per population, by year.
    pub min: BTreeMap<u16, f64>,
    /// The words that name them.
    pub words: Words,
}

/// An assumption on what the text of a rule leaves open.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Assumed {
    /// The threshold parameter that rests on the assumption, such as `metric`.
    pub what: String,
    /// What is assumed, in both languages.
    pub text: Text,
}

/// Another way to read the text of a rule.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reading {
    /// Identifier within the standard, such as `network`.
    pub id: String,
    /// What is read differently, in both languages.
    pub title: Text,
    /// The complete criterion under this reading.
    pub criterion: Criterion,
}

/// A document that rules are taken from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    /// Title of the document.
    pub title: Text,
    /// The secondary source it was read in; `None` if it was read itself.
    pub via: Option<String>,
    /// How well its numbers are attested.
    pub confidence: Confidence,
}

/// The place a number comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Citation {
    /// Source id, a key of [`Standard::sources`].
    pub source: String,
    /// Title of that source.
    pub title: Text,
    /// Section of the document, such as `三(一)3(2) 加快急救网络基础建设`.
    pub section: Option<String>,
    /// Item in the catalogue's table of findings, such as `J01`.
    pub item: Option<String>,
    /// Line of the document's text that holds the words, from 1; `None` where the document itself was not read.
    pub line: Option<u32>,
    /// The words themselves.
    pub words: Words,
    /// How well this number is attested: as the source, unless the rule states its own.
    pub confidence: Confidence,
}

/// The words that a citation carries.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Words {
    /// Verbatim, at most [`MAX_QUOTE_CHARS`] characters.
    Quote(String),
    /// A short wording of the number, not a guaranteed quotation.
    Wording(String),
}

impl Words {
    /// The text, whichever it is.
    #[must_use]
    pub fn text(&self) -> &str {
        match self {
            Self::Quote(text) | Self::Wording(text) => text,
        }
    }

    /// The verbatim quote, if it is one.
    #[must_use]
    pub fn quote(&self) -> Option<&str> {
        match self {
            Self::Quote(text) => Some(text),
            Self::Wording(_) => None,
        }
    }
}

/// A quote is only as long as needed to find the sentence. Source: the catalogue's own longest is below this.
pub const MAX_QUOTE_CHARS: usize = 40;

/// A count that the document itself states for its base year.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Baseline {
    /// Identifier, unique in the standard.
    pub id: String,
    /// What was counted, in both languages.
    pub title: Text,
    /// What to count in the region to compare.
    pub subject: BaselineSubject,
    /// The document's figure.
    pub value: f64,
    /// The year of the figure; `None` if the document names none.
    pub year: Option<u16>,
    /// A remark for the reader.
    pub note: Option<Text>,
    /// The source of the figure.
    pub cite: Citation,
}

/// What a baseline counts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BaselineSubject {
    /// Features of layers, or the sum of an attribute over them.
    Features {
        /// Which features.
        selection: Selection,
        /// How they are counted.
        measure: Measure,
    },
    /// The share of the features of layers that a filter holds for, 0 to 1.
    Share {
        /// The whole.
        selection: Selection,
        /// The part.
        part: Filter,
    },
    /// The share of the people that a filter holds for, 0 to 1.
    People(Filter),
    /// Administrative units of one kind.
    Units(UnitKind),
}

impl BaselineSubject {
    /// Whether the figure is a share, 0 to 1, and not a count.
    #[must_use]
    pub fn is_share(&self) -> bool {
        matches!(self, Self::Share { .. } | Self::People(_))
    }
}

impl Standard {
    /// The title of an extra layer; `None` if the standard declares none of that name.
    #[must_use]
    pub fn layer_title(&self, layer: &LayerName) -> Option<&Text> {
        self.extra_layers.get(layer.name())
    }
}
