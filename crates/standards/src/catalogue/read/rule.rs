//! The `[[rules]]` of a file, with their citations, assumptions and readings.
//!
//! In: the tables, and the names declared elsewhere in the file. Out: [`Rule`]s, or diagnostics.

use std::collections::BTreeSet;

use toml::Spanned;
use toml::de::{DeArray, DeValue};

use super::head::check_id;
use super::raw::{RawCite, RawRule};
use super::threshold::fitting;
use super::{Reader, schema, threshold, traps, typed};
use crate::catalogue::criterion::Criterion;
use crate::catalogue::lint::Checked;
use crate::catalogue::nearest;
use crate::catalogue::standard::{Assumed, Citation, MAX_QUOTE_CHARS, Reading, Rule, RuleId, Words};
use crate::catalogue::words::RuleKind;

impl<'t> Reader<'_, 't> {
    /// The file's own rules that are not faulty; there must be one, unless rules are taken from elsewhere.
    pub(super) fn rules(&mut self, section: DeArray<'t>, extends: bool) -> Vec<Rule> {
        if section.is_empty() && !extends {
            self.diagnostics.error(0..0, "a standard needs at least one [[rules]]", None);
        }
        let mut ids = BTreeSet::new();
        section.into_iter().filter_map(|value| self.rule(value, &mut ids).ok()).collect()
    }

    fn rule(&mut self, value: Spanned<DeValue<'t>>, ids: &mut BTreeSet<String>) -> Checked<Rule> {
        let span = value.span();
        let kind = value.get_ref().get("kind").cloned();
        let threshold = value.get_ref().get("threshold").cloned();
        let threshold = threshold.unwrap_or_else(|| Spanned::new(span, DeValue::Boolean(false)));
        let raw: RawRule = match typed(value, self.diagnostics) {
            Ok(raw) => raw,
            Err(reported) => {
                // The threshold may have faults of its own; they are shown with the others.
                let kind = kind.and_then(|kind| typed(kind, &mut self.diagnostics.fresh()).ok());
                if let Some(kind) = kind.filter(|_| threshold.get_ref().as_table().is_some()) {
                    threshold::criterion(kind, &threshold, &self.vocabulary, self.diagnostics).ok();
                }
                return Err(reported);
            }
        };
        check_id(&raw.id, self.diagnostics);
        if !ids.insert(raw.id.get_ref().clone()) {
            let message = format!("rule `{}` is here twice", raw.id.get_ref());
            self.diagnostics.error(raw.id.span(), message, None);
        }
        let criterion = threshold::criterion(raw.kind, &threshold, &self.vocabulary, self.diagnostics);
        let cite = self.citation(&raw.cite);
        if let (Ok(criterion), Some(quote)) = (&criterion, &raw.cite.quote) {
            traps::warn(quote.get_ref(), &quote.span(), criterion, self.diagnostics);
        }
        let assumed = self.assumed(raw.kind, &raw.assumed);
        let readings = self.readings(raw.kind, &threshold, criterion.as_ref().ok(), &raw.readings);
        Ok(Rule {
            id: RuleId(raw.id.into_inner()),
            title: raw.title,
            scope: raw.scope,
            year: raw.year,
            force: raw.force,
            criterion: criterion?,
            assumed,
            note: raw.note,
            readings,
            cite: cite?,
            filled_from: None,
        })
    }

    fn assumed(&mut self, kind: RuleKind, names: &[Spanned<String>]) -> Vec<Assumed> {
        let parameters = schema::parameters(kind);
        let mut list = Vec::new();
        for name in names {
            let Ok(assumed) = self.assumptions.refer(name, self.diagnostics) else {
                continue;
            };
            let what = assumed.what.as_str();
            if !parameters.contains(&what) {
                let message =
                    format!("assumption `{}` is about `{what}`, which a {kind} rule does not have", name.get_ref());
                self.diagnostics.error(name.span(), message, Some(nearest::help(what, &parameters)));
            }
            list.push(assumed.clone());
        }
        list
    }

    fn readings(
        &mut self,
        kind: RuleKind,
        threshold: &Spanned<DeValue<'t>>,
        default: Option<&Criterion>,
        names: &[Spanned<String>],
    ) -> Vec<Reading> {
        let mut readings: Vec<Reading> = Vec::new();
        for name in names {
            if readings.iter().any(|reading| reading.id == *name.get_ref()) {
                let message = format!("reading `{}` is here twice", name.get_ref());
                self.diagnostics.error(name.span(), message, None);
            } else if let Ok(Some(reading)) = self.reading(kind, threshold, default, name) {
                readings.push(reading);
            }
        }
        readings
    }

    /// A reading of a rule; none if the default is faulty, for it would only repeat the faults.
    fn reading(
        &mut self,
        kind: RuleKind,
        threshold: &Spanned<DeValue<'t>>,
        default: Option<&Criterion>,
        name: &Spanned<String>,
    ) -> Checked<Option<Reading>> {
        let declared = self.readings.refer(name, self.diagnostics)?;
        let id = name.get_ref();
        declared.change.must_fit(id, kind, self.diagnostics)?;
        let Some(default) = default else {
            return Ok(None);
        };
        let changed = declared.change.apply(threshold);
        let criterion = fitting(kind, &changed, &self.vocabulary, name, self.diagnostics)?;
        if criterion == *default {
            let message = format!("reading `{id}` is the same as the rule itself");
            self.diagnostics.warning(name.span(), message, None);
        }
        Ok(Some(Reading { id: id.clone(), title: declared.title.clone(), criterion }))
    }

    /// Where a number comes from.
    pub(super) fn citation(&mut self, raw: &RawCite) -> Checked<Citation> {
        let source = self.sources.refer(&raw.source, self.diagnostics).cloned();
        let words = self.words(raw);
        let source = source?;
        Ok(Citation {
            source: raw.source.get_ref().clone(),
            confidence: raw.confidence.unwrap_or(source.confidence),
            title: source.title,
            section: raw.section.clone(),
            item: raw.item.clone(),
            words: words?,
        })
    }

    fn words(&mut self, raw: &RawCite) -> Checked<Words> {
        let words = match (&raw.quote, &raw.text) {
            (Some(quote), None) => quote,
            (None, Some(text)) => text,
            (Some(_), Some(text)) => {
                let message = "a citation has either `quote` or `text`, not both";
                return Err(self.diagnostics.error(text.span(), message, None));
            }
            (None, None) => {
                let message = "a citation needs `quote` (verbatim) or `text` (a short wording)";
                return Err(self.diagnostics.error(raw.source.span(), message, None));
            }
        };
        if words.get_ref().trim().is_empty() {
            return Err(self.diagnostics.error(words.span(), "this text is empty", None));
        }
        let length = words.get_ref().chars().count();
        if raw.quote.is_some() && length > MAX_QUOTE_CHARS {
            let help = "keep as much as finds the sentence, or word the number in `text`";
            let message = format!("a quote of {length} characters; at most {MAX_QUOTE_CHARS} are wanted");
            return Err(self.diagnostics.error(words.span(), message, Some(help.to_owned())));
        }
        let make = if raw.quote.is_some() { Words::Quote } else { Words::Wording };
        Ok(make(words.get_ref().clone()))
    }
}
