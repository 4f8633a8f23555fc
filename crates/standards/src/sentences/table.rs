//! The table of sentences: every clause with a quantity, and what became of it.
//!
//! In: a standard with the text of its document, or with what ships of it. Out: [`SentenceTable`], and the faults that only
//! the text can show.

use std::collections::BTreeMap;

use super::account::{Account, Claim, Exception, Place};
use super::document::{Clause, Document};
use crate::catalogue::{Baseline, Citation, Standard};

/// What became of a clause.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SentenceRow {
    /// Where it stands.
    pub place: Place,
    /// The beginning of the SHA-256 of its words.
    pub hash: String,
    /// Its words; `None` if the text is not at hand.
    pub text: Option<String>,
    /// The rules that quote it.
    pub rules: Vec<String>,
    /// The baselines that quote it.
    pub baselines: Vec<String>,
    /// Why it is no rule; `None` if it is one, or if nobody has said.
    pub exception: Option<Exception>,
}

impl SentenceRow {
    /// Whether a rule or a baseline quotes it.
    #[must_use]
    pub fn claimed(&self) -> bool {
        !self.rules.is_empty() || !self.baselines.is_empty()
    }
}

/// Every clause with a quantity, and every clause that is quoted, in the order of the text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SentenceTable {
    /// The clauses.
    pub rows: Vec<SentenceRow>,
    /// What does not hold; always empty if the text is not at hand.
    pub faults: Vec<Fault>,
}

/// What does not hold between a document, its rules and its exceptions.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fault {
    /// A clause states a quantity, and there is neither a rule, nor a baseline, nor an exception.
    Unclaimed(Place),
    /// A rule or a baseline quotes what does not stand in the document word for word.
    NotInDocument {
        /// Identifier of the rule or baseline.
        id: String,
        /// The quotation.
        quote: String,
    },
    /// A rule or a baseline quotes what stands in the document, but not in the line that it names.
    OtherLine {
        /// Identifier of the rule or baseline.
        id: String,
        /// The line that it names.
        line: u32,
    },
    /// An exception is about words that do not stand there, or state no quantity.
    NoSuchClause(Place),
    /// An exception is about a clause that is quoted by a rule or a baseline: it is no exception.
    Claimed(Place),
    /// An exception repeats a rule or baseline that the standard does not have.
    RepeatsNothing {
        /// The exception.
        place: Place,
        /// The unknown id.
        of: String,
    },
}

/// What a rule or a baseline cites.
pub(super) struct Cited<'a> {
    pub id: &'a str,
    pub baseline: bool,
    /// The quotation; `None` if the number is only worded.
    pub quote: Option<&'a str>,
    /// The line that is said to hold it.
    line: Option<u32>,
}

/// What a standard's own rules and baselines cite, in its order.
pub(super) fn cited(standard: &Standard) -> Vec<Cited<'_>> {
    fn of<'a>(id: &'a str, baseline: bool, cite: &'a Citation) -> Cited<'a> {
        Cited { id, baseline, quote: cite.words.quote(), line: cite.line }
    }
    let mut all = Vec::new();
    for rule in standard.own_rules() {
        all.push(of(rule.id.as_str(), false, &rule.cite));
        let milestones = rule.milestones.as_ref().and_then(|milestones| milestones.words.quote());
        all.extend(milestones.map(|quote| Cited {
            id: rule.id.as_str(),
            baseline: false,
            quote: Some(quote),
            line: None,
        }));
    }
    all.extend(standard.baselines.iter().map(|Baseline { id, cite, .. }| of(id, true, cite)));
    all
}

/// The clauses of a document that the standard cites, and the faults of its citations.
fn claims(standard: &Standard, document: &Document) -> (BTreeMap<Place, Claim>, Vec<Fault>) {
    let mut claims: BTreeMap<Place, Claim> = BTreeMap::new();
    let mut faults = Vec::new();
    for Cited { id, baseline, quote, line } in cited(standard) {
        let found: Vec<&Clause> = match (quote, line) {
            (Some(quote), _) => document.quoted(quote).collect(),
            // A worded number is found by its line alone, where that is a row: a line of prose says more than one thing.
            (None, Some(line)) => document.row_at(line).into_iter().collect(),
            (None, None) => Vec::new(),
        };
        if let Some(quote) = quote {
            if found.is_empty() {
                faults.push(Fault::NotInDocument { id: id.to_owned(), quote: quote.to_owned() });
            } else if let Some(line) = line.filter(|line| !document.line(*line).contains(quote)) {
                faults.push(Fault::OtherLine { id: id.to_owned(), line });
            }
        }
        for Clause { place, hash, .. } in found {
            let claim = claims.entry(*place).or_insert_with(|| Claim {
                place: *place,
                hash: hash.clone(),
                rules: Vec::new(),
                baselines: Vec::new(),
            });
            let ids = if baseline { &mut claim.baselines } else { &mut claim.rules };
            if ids.last().is_none_or(|last| last != id) {
                ids.push(id.to_owned());
            }
        }
    }
    (claims, faults)
}

impl SentenceTable {
    /// The table from what ships of a document.
    #[must_use]
    pub fn from_account(account: &Account) -> Self {
        let mut rows: BTreeMap<Place, SentenceRow> = BTreeMap::new();
        for Claim { place, hash, rules, baselines } in &account.claims {
            rows.insert(
                *place,
                SentenceRow {
                    place: *place,
                    hash: hash.clone(),
                    text: None,
                    rules: rules.clone(),
                    baselines: baselines.clone(),
                    exception: None,
                },
            );
        }
        for exception in &account.exceptions {
            let row = rows.entry(exception.place).or_insert_with(|| SentenceRow {
                place: exception.place,
                hash: exception.hash.clone(),
                text: None,
                rules: Vec::new(),
                baselines: Vec::new(),
                exception: None,
            });
            row.exception = Some(exception.clone());
        }
        Self { rows: rows.into_values().collect(), faults: Vec::new() }
    }

    /// The table from the document itself, with everything that does not hold.
    #[must_use]
    pub fn from_document(standard: &Standard, document: &Document, exceptions: &[Exception]) -> Self {
        let (claims, mut faults) = claims(standard, document);
        let mut stated: BTreeMap<Place, &Exception> =
            exceptions.iter().map(|exception| (exception.place, exception)).collect();
        let mut rows = Vec::new();
        for clause in document.clauses() {
            let claim = claims.get(&clause.place);
            if !clause.quantified && claim.is_none() {
                continue;
            }
            let exception = stated.get(&clause.place).filter(|exception| exception.hash == clause.hash).copied();
            if exception.is_some() {
                stated.remove(&clause.place);
            }
            match (claim, exception) {
                (None, None) => faults.push(Fault::Unclaimed(clause.place)),
                (Some(_), Some(_)) => faults.push(Fault::Claimed(clause.place)),
                _ => {}
            }
            rows.push(SentenceRow {
                place: clause.place,
                hash: clause.hash.clone(),
                text: Some(clause.text.clone()),
                rules: claim.map(|claim| claim.rules.clone()).unwrap_or_default(),
                baselines: claim.map(|claim| claim.baselines.clone()).unwrap_or_default(),
                exception: exception.cloned(),
            });
        }
        faults.extend(stated.into_keys().map(Fault::NoSuchClause));
        for exception in exceptions {
            if let Some(of) = exception.of.as_ref().filter(|of| !has(standard, of)) {
                faults.push(Fault::RepeatsNothing { place: exception.place, of: of.clone() });
            }
        }
        faults.sort();
        Self { rows, faults }
    }

    /// The claims of the table, as they ship.
    #[must_use]
    pub fn claims(&self) -> Vec<Claim> {
        let claimed = self.rows.iter().filter(|row| row.claimed());
        claimed
            .map(|row| Claim {
                place: row.place,
                hash: row.hash.clone(),
                rules: row.rules.clone(),
                baselines: row.baselines.clone(),
            })
            .collect()
    }
}

/// Whether a standard has a rule or a baseline of that id.
fn has(standard: &Standard, id: &str) -> bool {
    standard.rule(id).is_some() || standard.baselines.iter().any(|baseline| baseline.id == id)
}
