//! The `[[rules]]` of a file, with their citations, assumptions and readings.
//!
//! In: the tables, and the names declared elsewhere in the file. Out: [`Rule`]s, or diagnostics.

use std::collections::{BTreeMap, BTreeSet};

use lifering_base::t;
use toml::Spanned;
use toml::de::{DeArray, DeValue};

use super::head::check_id;
use super::raw::{RawCite, RawMilestones, RawRule};
use super::{Reader, schema, threshold, traps, typed};
use crate::catalogue::criterion::Criterion;
use crate::catalogue::lint::Checked;
use crate::catalogue::nearest;
use crate::catalogue::standard::{Assumed, Citation, MAX_QUOTE_CHARS, Milestones, Reading, Rule, RuleId, Text, Words};
use crate::catalogue::words::{Confidence, RuleKind};

/// The title of a rule whose number nobody has confirmed: it says so wherever it is shown.
fn not_confirmed(title: &Text) -> Text {
    let marked = |locale: &str, title: &str| t!("rule.not_confirmed", locale = locale, title = title).into_owned();
    Text { zh: marked("zh", &title.zh), en: marked("en", &title.en) }
}

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
        // Columns of a database are named after rules, and a database does not tell capital letters from small ones.
        if !ids.insert(raw.id.get_ref().to_lowercase()) {
            let message = format!("rule `{}` is here twice", raw.id.get_ref());
            self.diagnostics.error(raw.id.span(), message, None);
        }
        let criterion = threshold::criterion(raw.kind, &threshold, &self.vocabulary, self.diagnostics);
        let cite = self.citation(&raw.cite);
        let assumed = self.assumed(raw.kind, &raw.assumed);
        if let (Ok(criterion), Some(quote)) = (&criterion, &raw.cite.quote) {
            traps::warn(quote.get_ref(), &quote.span(), criterion, &assumed, self.diagnostics);
        }
        let milestones = raw.milestones.as_ref().map(|of| self.milestones(raw.kind, of)).transpose();
        if raw.force.get_ref().binds()
            && let Ok(cite) = &cite
            && cite.confidence == Confidence::Low
        {
            let help = "force = \"advisory\", until the document itself or an official page has been read".to_owned();
            let message = "a number that nobody has confirmed (confidence = \"low\") cannot bind";
            self.diagnostics.error(raw.force.span(), message, Some(help));
        }
        let title = match &cite {
            Ok(cite) if cite.confidence == Confidence::Low => not_confirmed(&raw.title),
            _ => raw.title,
        };
        let readings = self.readings(raw.kind, &threshold, criterion.as_ref().ok(), &raw.readings);
        Ok(Rule {
            id: RuleId(raw.id.into_inner()),
            title,
            scope: raw.scope,
            year: raw.year,
            force: raw.force.into_inner(),
            criterion: criterion?,
            assumed,
            note: raw.note,
            readings,
            cite: cite?,
            milestones: milestones?,
            filled_from: None,
        })
    }

    fn assumed(&mut self, kind: RuleKind, names: &[Spanned<String>]) -> Vec<Assumed> {
        let mut parameters = schema::parameters(kind);
        // A sentence may also leave open by when.
        parameters.push("year");
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
        let Some(default) = default else {
            return Ok(None);
        };
        let criterion = declared.body.criterion(kind, threshold, &self.vocabulary, name, self.diagnostics)?;
        if criterion == *default {
            let message = format!("reading `{id}` is the same as the rule itself");
            self.diagnostics.warning(name.span(), message, None);
        }
        Ok(Some(Reading { id: id.clone(), title: declared.title.clone(), criterion }))
    }

    fn milestones(&mut self, kind: RuleKind, raw: &RawMilestones) -> Checked<Milestones> {
        if kind != RuleKind::PerPopulation {
            let message = format!("a {kind} rule has no milestones");
            return Err(self.diagnostics.error(raw.quote.span(), message, None));
        }
        let mut min = BTreeMap::new();
        for (year, limit) in &raw.min {
            let value = *limit.get_ref();
            if !(value.is_finite() && value > 0.0) {
                self.diagnostics.error(limit.span(), format!("min = {value} must be above 0 and finite"), None);
            }
            if let Ok(year) = year.get_ref().parse::<u16>() {
                min.insert(year, value);
            } else {
                let message = format!("`{}` is not a year", year.get_ref());
                self.diagnostics.error(year.span(), message, None);
            }
        }
        self.must_be_short(&raw.quote)?;
        Ok(Milestones { min, words: Words::Quote(raw.quote.get_ref().clone()) })
    }

    /// Refuses a quote that is longer than the place of its sentence needs.
    fn must_be_short(&mut self, quote: &Spanned<String>) -> Checked<()> {
        let length = quote.get_ref().chars().count();
        if length <= MAX_QUOTE_CHARS {
            return Ok(());
        }
        let help = "keep as much as finds the sentence, or word the number in `text`";
        let message = format!("a quote of {length} characters; at most {MAX_QUOTE_CHARS} are wanted");
        Err(self.diagnostics.error(quote.span(), message, Some(help.to_owned())))
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
            line: raw.line,
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
        if raw.quote.is_some() {
            self.must_be_short(words)?;
        }
        let make = if raw.quote.is_some() { Words::Quote } else { Words::Wording };
        Ok(make(words.get_ref().clone()))
    }
}
