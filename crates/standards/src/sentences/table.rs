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

/// A quotation of a standard.
pub(super) struct Quotation<'a> {
    pub id: &'a str,
    pub baseline: bool,
    pub quote: &'a str,
}

/// The quotations of a standard's own rules and baselines, in its order.
pub(super) fn quotations(standard: &Standard) -> Vec<Quotation<'_>> {
    fn of<'a>(id: &'a str, baseline: bool, cite: &'a Citation) -> Option<Quotation<'a>> {
        cite.words.quote().map(|quote| Quotation { id, baseline, quote })
    }
    let rules = standard.own_rules().filter_map(|rule| of(rule.id.as_str(), false, &rule.cite));
    let baselines = standard.baselines.iter().filter_map(|Baseline { id, cite, .. }| of(id, true, cite));
    rules.chain(baselines).collect()
}

/// The clauses of a document that the standard quotes, and the faults of quotations.
fn claims(standard: &Standard, document: &Document) -> (BTreeMap<Place, Claim>, Vec<Fault>) {
    let mut claims: BTreeMap<Place, Claim> = BTreeMap::new();
    let mut faults = Vec::new();
    for Quotation { id, baseline, quote } in quotations(standard) {
        let mut found = false;
        for Clause { place, hash, .. } in document.quoted(quote) {
            found = true;
            let claim = claims.entry(*place).or_insert_with(|| Claim {
                place: *place,
                hash: hash.clone(),
                rules: Vec::new(),
                baselines: Vec::new(),
            });
            if baseline { &mut claim.baselines } else { &mut claim.rules }.push(id.to_owned());
        }
        if !found {
            faults.push(Fault::NotInDocument { id: id.to_owned(), quote: quote.to_owned() });
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
