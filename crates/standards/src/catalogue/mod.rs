//! The catalogue of standards: cited data, read from TOML into types.
//!
//! In: the profiles embedded from `data/standards/*.toml`, or a user's own file. Out: [`Standard`]s whose rules the
//! evaluators can work from without parsing anything again, or [`Diagnostic`]s that point at the line.
//!
//! ```
//! use lifering_standards::catalogue::Standard;
//!
//! let standard = Standard::embedded("jinjiang-14fyp")?;
//! let rule = standard.rule("JJ-EMS-01").expect("the 5 km radius");
//! assert!(rule.force.binds());
//! assert_eq!(rule.cite.words.quote(), Some("服务半径不超过5公里"));
//! # Ok::<(), lifering_standards::catalogue::StandardError>(())
//! ```

mod core;
mod criterion;
mod filter;
mod lint;
pub mod nearest;
mod read;
mod scaffold;
mod standard;
mod words;

use std::fmt;

pub use core::CORE;
pub use criterion::{
    AttributeName, Criterion, Fraction, Journey, LayerName, Measure, PerPopulation, PresencePerUnit, Radius, Selection,
    Share, Statistic, TravelTime, UnitKind,
};
pub use filter::{Filter, FilterError, FilterRelation, FilterTree, Truth};
pub use lint::{Diagnostic, Severity};
pub use read::schema;
pub use scaffold::{Tongue, scaffold};
pub use standard::{
    Assumed, Baseline, BaselineSubject, Citation, Extension, MAX_QUOTE_CHARS, Milestones, Reading, Rule, RuleId,
    SilentTopic, Source, Standard, Text, Words,
};
pub use words::{Clock, Combine, Confidence, Force, Metric, Pace, RuleKind, WhyNoRule, Word};

/// The embedded profiles: id and TOML text, in the order a list shows them.
#[must_use]
pub fn embedded() -> &'static [(&'static str, &'static str)] {
    macro_rules! profiles {
        ($($id:literal),+ $(,)?) => {
            &[$(($id, include_str!(concat!("../../data/standards/", $id, ".toml"))),)+]
        };
    }
    profiles!("core", "jinjiang-14fyp", "xiamen-14fyp", "hangzhou-2025", "national-2020", "nfpa-1710", "england-arp")
}

/// Every diagnostic about a standard file, in the order of its lines; empty if there is none.
#[must_use]
pub fn lint(name: &str, text: &str) -> Vec<Diagnostic> {
    read_with_embedded(name, text).diagnostics
}

/// The embedded standard that has a rule of its own by this id; `None` if none has.
#[must_use]
pub fn embedded_with_rule(rule: &str) -> Option<&'static str> {
    let has =
        |id: &str| Standard::embedded(id).is_ok_and(|standard| standard.own_rules().any(|r| r.id.as_str() == rule));
    embedded().iter().map(|(id, _)| *id).find(|id| has(id))
}

impl Standard {
    /// An embedded profile.
    ///
    /// # Errors
    /// [`StandardError::Unknown`] lists the known ids and the nearest.
    pub fn embedded(id: &str) -> Result<Self, StandardError> {
        match embedded_text(id) {
            Some(text) => Self::from_toml(&format!("{id}.toml"), text),
            None => Err(StandardError::Unknown { id: id.to_owned() }),
        }
    }

    /// A profile of the user's own. `name` is what messages call the file. It may extend an embedded profile.
    ///
    /// # Errors
    /// [`StandardError::Faulty`] carries every diagnostic; warnings alone are no error.
    pub fn from_toml(name: &str, text: &str) -> Result<Self, StandardError> {
        let outcome = read_with_embedded(name, text);
        outcome.standard.ok_or(StandardError::Faulty { diagnostics: outcome.diagnostics })
    }
}

/// Why there is no standard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StandardError {
    /// No profile with that id is embedded.
    Unknown {
        /// The unknown id.
        id: String,
    },
    /// The file has faults.
    Faulty {
        /// All of them, in the order of the lines.
        diagnostics: Vec<Diagnostic>,
    },
}

impl std::error::Error for StandardError {}

impl fmt::Display for StandardError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown { id } => {
                let known: Vec<&str> = embedded().iter().map(|(id, _)| *id).collect();
                write!(f, "unknown standard `{id}`; {}", nearest::help(id, &known))
            }
            Self::Faulty { diagnostics } => {
                for (index, diagnostic) in diagnostics.iter().enumerate() {
                    let between = if index > 0 { "\n\n" } else { "" };
                    write!(f, "{between}{diagnostic}")?;
                }
                Ok(())
            }
        }
    }
}

fn embedded_text(id: &str) -> Option<&'static str> {
    embedded().iter().find(|(known, _)| *known == id).map(|(_, text)| *text)
}

fn read_with_embedded(name: &str, text: &str) -> read::LintedFile {
    read::read(name, text, read::Library { profiles: embedded() })
}

#[cfg(test)]
mod tests;
