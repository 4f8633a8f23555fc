//! The sentences of a document beside its rules, for programs and in words.
//!
//! In: a [`SentenceTable`]. Out: [`CoverageReport`], which becomes JSON, and texts in the reader's language.

use lifering_base::t;
use lifering_standards::catalogue::{Standard, WhyNoRule, Word as _};
use lifering_standards::sentences::{Exception, Fault, Place, SentenceRow, SentenceTable};
use serde::Serialize;

use crate::text::Lang;

/// Why a clause is no rule, in words.
pub fn why(exception: &Exception, lang: Lang) -> String {
    reason_text(exception.why, exception.of.as_deref().unwrap_or_default(), lang)
}

/// A reason in words; `of` names what is repeated, if it is that.
pub fn reason_text(why: WhyNoRule, of: &str, lang: Lang) -> String {
    t!(format!("whynorule.{}", why.word()), locale = lang.locale(), of = of).into_owned()
}

fn place_text(place: Place, lang: Lang) -> String {
    t!("sentences.place", locale = lang.locale(), line = place.line, part = place.part).into_owned()
}

/// What does not hold between a document, its rules and its exceptions, in words.
pub fn fault_text(fault: &Fault, table: &SentenceTable, lang: Lang) -> String {
    let locale = lang.locale();
    let text = match fault {
        Fault::Unclaimed(place) => {
            let row = table.rows.iter().find(|row| row.place == *place);
            let hash = row.map(|row| row.hash.as_str()).unwrap_or_default();
            let Place { line, part } = place;
            let as_exception = format!("{{ line = {line}, part = {part}, hash = \"{hash}\", why = \"\" }},");
            let words = row.and_then(|row| row.text.as_deref()).unwrap_or_default();
            let place = place_text(*place, lang);
            t!("sentences.fault.unclaimed", locale = locale, place = place, text = words, line = as_exception)
        }
        Fault::NotInDocument { id, quote } => {
            t!("sentences.fault.not_in_document", locale = locale, id = id, quote = quote)
        }
        Fault::OtherLine { id, line } => t!("sentences.fault.other_line", locale = locale, id = id, line = line),
        Fault::NoSuchClause(place) => {
            t!("sentences.fault.no_such_clause", locale = locale, place = place_text(*place, lang))
        }
        Fault::Claimed(place) => t!("sentences.fault.claimed", locale = locale, place = place_text(*place, lang)),
        Fault::RepeatsNothing { place, of } => {
            t!("sentences.fault.repeats_nothing", locale = locale, place = place_text(*place, lang), of = of)
        }
    };
    text.into_owned()
}

/// How many clauses became what.
#[derive(Debug, Clone, Copy, Default, Serialize)]
pub struct Counts {
    /// All of them.
    pub all: usize,
    /// Quoted by a rule.
    pub rules: usize,
    /// Quoted by a baseline alone.
    pub baselines: usize,
    /// No rule, with a reason.
    pub exceptions: usize,
    /// Neither.
    pub open: usize,
}

impl Counts {
    /// Counts the clauses of a table.
    #[must_use]
    pub fn of(table: &SentenceTable) -> Self {
        let mut counts = Self { all: table.rows.len(), ..Self::default() };
        for row in &table.rows {
            let fate = if !row.rules.is_empty() {
                &mut counts.rules
            } else if !row.baselines.is_empty() {
                &mut counts.baselines
            } else if row.exception.is_some() {
                &mut counts.exceptions
            } else {
                &mut counts.open
            };
            *fate += 1;
        }
        counts
    }
}

/// The table for programs.
#[derive(Debug, Serialize)]
pub struct CoverageReport<'a> {
    standard: &'a str,
    title: &'a str,
    title_zh: &'a str,
    /// Clauses by what became of them.
    counts: Counts,
    sentences: Vec<SentenceShape<'a>>,
    /// What does not hold, in English.
    faults: Vec<String>,
    /// The same in Chinese.
    faults_zh: Vec<String>,
}

/// A clause for programs.
#[derive(Debug, Serialize)]
pub struct SentenceShape<'a> {
    line: u32,
    part: u32,
    hash: &'a str,
    /// Its words, if the document's text was given.
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<&'a str>,
    rules: &'a [String],
    baselines: &'a [String],
    /// The code of the reason why it is no rule.
    reason: Option<WhyNoRule>,
    /// The reason in English.
    why: Option<String>,
    /// The reason in Chinese.
    why_zh: Option<String>,
}

impl<'a> CoverageReport<'a> {
    /// The table of a standard for programs.
    #[must_use]
    pub fn new(standard: &'a Standard, table: &'a SentenceTable) -> Self {
        let row = |row: &'a SentenceRow| SentenceShape {
            line: row.place.line,
            part: row.place.part,
            hash: &row.hash,
            text: row.text.as_deref(),
            rules: &row.rules,
            baselines: &row.baselines,
            reason: row.exception.as_ref().map(|exception| exception.why),
            why: row.exception.as_ref().map(|exception| why(exception, Lang::En)),
            why_zh: row.exception.as_ref().map(|exception| why(exception, Lang::Zh)),
        };
        let faults = |lang| table.faults.iter().map(|fault| fault_text(fault, table, lang)).collect();
        Self {
            standard: &standard.id,
            title: &standard.title.en,
            title_zh: &standard.title.zh,
            counts: Counts::of(table),
            sentences: table.rows.iter().map(row).collect(),
            faults: faults(Lang::En),
            faults_zh: faults(Lang::Zh),
        }
    }
    /// As JSON, with a line feed at the end.
    ///
    /// # Errors
    /// None that is known: every field is text or a number.
    pub fn json(&self) -> serde_json::Result<String> {
        Ok(serde_json::to_string_pretty(self)? + "\n")
    }
}
