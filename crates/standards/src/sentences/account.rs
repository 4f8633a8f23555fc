//! What ships of a document instead of its text: where each quotation stands, and which clauses are no rule and why.
//!
//! In: the two TOML files of a profile, or a user's own exceptions. Out: [`Account`], checked as far as it can be without the
//! text.

use std::fmt::Write as _;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::catalogue::{Standard, WhyNoRule};

/// Where a clause stands in a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Place {
    /// Line of the text, from 1; of a table's row the line of its first cell.
    pub line: u32,
    /// Clause of the line, from 1; 1 for a table's row.
    pub part: u32,
}

/// A clause that rules or baselines quote.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claim {
    /// Where it stands.
    #[serde(flatten)]
    pub place: Place,
    /// The beginning of the SHA-256 of its words.
    pub hash: String,
    /// Identifiers of the rules, in the order of the standard.
    #[serde(default)]
    pub rules: Vec<String>,
    /// Identifiers of the baselines, in the order of the standard.
    #[serde(default)]
    pub baselines: Vec<String>,
}

/// A clause that states a quantity and is no rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exception {
    /// Where it stands.
    #[serde(flatten)]
    pub place: Place,
    /// The beginning of the SHA-256 of its words: whoever changes the text is asked again.
    pub hash: String,
    /// Why it is no rule.
    pub why: WhyNoRule,
    /// The rule or baseline that it repeats; only with [`WhyNoRule::Repeats`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub of: Option<String>,
}

/// What is known of a document without its text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Account {
    /// Where the quotations stand, in the order of the text.
    pub claims: Vec<Claim>,
    /// The clauses that are no rule, in the order of the text.
    pub exceptions: Vec<Exception>,
}

/// A faulty file of exceptions or claims.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{file}: {fault}")]
pub struct AccountError {
    /// The file, as the caller named it.
    pub file: String,
    /// What is wrong with it, with its line.
    pub fault: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ExceptionsFile {
    #[serde(default)]
    exceptions: Vec<Exception>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ClaimsFile {
    claims: Vec<Claim>,
}

/// Profiles whose documents were read to the end, with their exceptions and their claims.
const EMBEDDED: [(&str, &str, &str); 2] = [
    (
        "jinjiang-14fyp",
        include_str!("../../data/standards/sentences/jinjiang-14fyp.exceptions.toml"),
        include_str!("../../data/standards/sentences/jinjiang-14fyp.claims.toml"),
    ),
    (
        "xiamen-14fyp",
        include_str!("../../data/standards/sentences/xiamen-14fyp.exceptions.toml"),
        include_str!("../../data/standards/sentences/xiamen-14fyp.claims.toml"),
    ),
];

impl Account {
    /// The account of an embedded profile; `None` if its document was not read to the end.
    ///
    /// # Errors
    /// The file and its fault, if what is embedded cannot be read.
    pub fn embedded(id: &str) -> Result<Option<Self>, AccountError> {
        let Some((_, exceptions, claims)) = EMBEDDED.iter().find(|(known, _, _)| *known == id) else {
            return Ok(None);
        };
        Self::from_toml(id, exceptions, claims).map(Some)
    }

    /// An account from its two files.
    pub(super) fn from_toml(id: &str, exceptions: &str, claims: &str) -> Result<Self, AccountError> {
        Ok(Self {
            claims: claims_from_toml(&format!("{id}.claims.toml"), claims)?,
            exceptions: Self::exceptions_from_toml(&format!("{id}.exceptions.toml"), exceptions)?,
        })
    }

    /// Exceptions from TOML, in the order of the text.
    ///
    /// # Errors
    /// What is wrong with the file: TOML, an unknown reason, two exceptions for one clause, a repetition of nothing.
    pub fn exceptions_from_toml(file: &str, text: &str) -> Result<Vec<Exception>, AccountError> {
        let fault = |fault: String| AccountError { file: file.to_owned(), fault };
        let mut all: Vec<Exception> =
            toml::from_str::<ExceptionsFile>(text).map_err(|error| fault(error.to_string()))?.exceptions;
        all.sort_by_key(|exception| exception.place);
        for pair in all.windows(2) {
            if pair[0].place == pair[1].place {
                let Place { line, part } = pair[0].place;
                return Err(fault(format!("line {line}, clause {part} is here twice")));
            }
        }
        for Exception { place: Place { line, part }, why, of, .. } in &all {
            if (*why == WhyNoRule::Repeats) != of.is_some() {
                let wanted = "`of` names what a clause `repeats`, and only that";
                return Err(fault(format!("line {line}, clause {part}: {wanted}")));
            }
        }
        Ok(all)
    }

    /// The ids in the claims that the standard does not have, and those of its quotations that no claim has: empty for
    /// claims that were written for this standard.
    #[must_use]
    pub fn out_of_step(&self, standard: &Standard) -> Vec<String> {
        let cited = super::table::cited(standard);
        let mut ids: Vec<String> = Vec::new();
        for claim in &self.claims {
            let strange = claim.rules.iter().filter(|id| !cited.iter().any(|c| !c.baseline && c.id == id.as_str()));
            ids.extend(strange.cloned());
            let strange = claim.baselines.iter().filter(|id| !cited.iter().any(|c| c.baseline && c.id == id.as_str()));
            ids.extend(strange.cloned());
        }
        let claimed = |id: &str, baseline: bool| {
            self.claims.iter().any(|claim| {
                let list = if baseline { &claim.baselines } else { &claim.rules };
                list.iter().any(|known| known == id)
            })
        };
        let quoting = cited.iter().filter(|c| c.quote.is_some());
        ids.extend(quoting.filter(|c| !claimed(c.id, c.baseline)).map(|c| c.id.to_owned()));
        ids.sort();
        ids.dedup();
        ids
    }
}

fn claims_from_toml(file: &str, text: &str) -> Result<Vec<Claim>, AccountError> {
    let fault = |error: toml::de::Error| AccountError { file: file.to_owned(), fault: error.to_string() };
    Ok(toml::from_str::<ClaimsFile>(text).map_err(fault)?.claims)
}

/// A file of claims, one a line.
#[must_use]
pub fn claims_to_toml(claims: &[Claim]) -> String {
    let mut text = "# Where the quotations of the profile stand in its document, by line and clause. Written by `make update` where the\n\
                    # document is at hand; not edited by hand.\n\nclaims = [\n"
        .to_owned();
    for Claim { place, hash, rules, baselines } in claims {
        let names = |ids: &[String]| ids.iter().map(|id| format!("{id:?}")).collect::<Vec<_>>().join(", ");
        let mut by = String::new();
        for (key, ids) in [("rules", rules), ("baselines", baselines)] {
            if !ids.is_empty() {
                // A string takes text.
                let _ = write!(by, ", {key} = [{}]", names(ids));
            }
        }
        let Place { line, part } = place;
        let _ = writeln!(text, "  {{ line = {line}, part = {part}, hash = {hash:?}{by} }},");
    }
    text.push_str("]\n");
    text
}
