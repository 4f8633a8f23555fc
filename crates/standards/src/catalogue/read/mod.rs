//! A standard file -> [`Standard`], with every fault reported.
//!
//! In: the text of a file, and a way to look up the profiles it may extend. Out: the standard, and diagnostics; with an
//! error among the diagnostics there is no standard. Reading and linting are this same pass.

mod baseline;
mod extend;
mod head;
mod names;
mod parameter;
mod raw;
mod rule;
mod schema;
mod threshold;
mod traps;

use std::collections::BTreeSet;

use serde::de::DeserializeOwned;
use toml::Spanned;
use toml::de::{DeArray, DeTable, DeValue, ValueDeserializer};

use self::names::{Declarations, DeclaredReading, ReadingBody};
use self::raw::{RawAssumption, RawReading, RawSource};
use self::threshold::{ThresholdChange, Vocabulary};
use super::criterion::{Criterion, LayerName};
use super::lint::{Checked, Diagnostic, Diagnostics};
use super::standard::{Assumed, Baseline, BaselineSubject, Extension, Rule, Source, Standard, Text};
use lifering_base::hash::sha256_hex;

pub(in crate::catalogue) use head::is_id;
pub use schema::schema;

/// The profiles that a file may extend.
#[derive(Clone, Copy)]
pub(super) struct Library<'a> {
    /// Id and text of each.
    pub profiles: &'a [(&'static str, &'static str)],
}

/// A file after reading and linting.
pub(super) struct LintedFile {
    /// The standard; `None` if there is an error among the diagnostics.
    pub standard: Option<Standard>,
    /// All diagnostics, in the order of the text.
    pub diagnostics: Vec<Diagnostic>,
}

/// Reads a file.
pub(super) fn read(file: &str, text: &str, library: Library<'_>) -> LintedFile {
    let mut diagnostics = Diagnostics::new(file, text);
    let (document, faults) = DeTable::parse_recoverable(text);
    for fault in &faults {
        diagnostics.error(fault.span().unwrap_or(0..0), fault.message(), None);
    }
    if !faults.is_empty() {
        // One syntax error causes others on its line; the first is enough.
        let mut diagnostics = diagnostics.into_sorted();
        diagnostics.dedup_by_key(|diagnostic| diagnostic.line);
        return LintedFile { standard: None, diagnostics };
    }
    let mut document = document.into_inner();
    schema::prune_file(&mut document, &mut diagnostics);
    let standard = Reader::new(document, &mut diagnostics).standard(library, text);
    let standard = standard.ok().filter(|_| !diagnostics.any_error());
    LintedFile { standard, diagnostics: diagnostics.into_sorted() }
}

/// Hash of a file's text, with that of the profile it extends: what else the rules come from.
fn hash(text: &str, library: Library<'_>, extends: Option<&Extension>) -> String {
    let from = |extends: &Extension| library.profiles.iter().find(|(id, _)| *id == extends.from).map(|(_, text)| *text);
    sha256_hex([text, extends.and_then(from).unwrap_or_default()].concat().as_bytes())
}

/// Reads one value into a serde shape; a fault becomes one diagnostic.
fn typed<T: DeserializeOwned>(value: Spanned<DeValue<'_>>, diagnostics: &mut Diagnostics<'_>) -> Checked<T> {
    let span = value.span();
    T::deserialize(ValueDeserializer::from(value)).map_err(|fault| {
        // The second line of a message, if it has one, is its help.
        let (message, help) = match fault.message().split_once('\n') {
            Some((message, help)) => (message, Some(help.to_owned())),
            None => (fault.message(), None),
        };
        diagnostics.error(fault.span().unwrap_or(span), message, help)
    })
}

/// The parts of one file while they are put together.
struct Reader<'f, 't> {
    document: DeTable<'t>,
    diagnostics: &'f mut Diagnostics<'t>,
    vocabulary: Vocabulary,
    sources: Declarations<Source>,
    extra_layers: Declarations<Text>,
    unit_levels: Declarations<Text>,
    assumptions: Declarations<Assumed>,
    readings: Declarations<DeclaredReading<'t>>,
}

impl<'f, 't> Reader<'f, 't> {
    fn new(document: DeTable<'t>, diagnostics: &'f mut Diagnostics<'t>) -> Self {
        Self {
            document,
            diagnostics,
            vocabulary: Vocabulary::default(),
            sources: Declarations::new("source"),
            extra_layers: Declarations::new("layer"),
            unit_levels: Declarations::new("unit level"),
            assumptions: Declarations::new("assumption"),
            readings: Declarations::new("reading"),
        }
    }

    fn standard(mut self, library: Library<'_>, text: &str) -> Checked<Standard> {
        self.declarations();
        let baselines = self.section("baselines");
        let rules = self.section("rules");
        let extends = self.document.remove("extends");
        let head = self.head();
        self.vocabulary.extra_layers = self.extra_layers.names().map(str::to_owned).collect();
        self.vocabulary.unit_levels = self.unit_levels.names().map(str::to_owned).collect();
        if let Ok(head) = &head {
            self.vocabulary.years = head.population.keys().copied().collect();
        }

        let baselines = self.baselines(baselines);
        let mut rules = self.rules(rules, extends.is_some());
        let in_use = names_in_use(&rules, &baselines);
        self.extra_layers.mark_used(in_use.iter().copied());
        self.unit_levels.mark_used(in_use);
        let extends = extends.map(|raw| self.extend(raw, &mut rules, library)).transpose();
        if !self.diagnostics.any_error() {
            // Under a fault, what refers to a declaration may not have been read.
            self.sources.warn_of_unused(self.diagnostics);
            self.extra_layers.warn_of_unused(self.diagnostics);
            self.unit_levels.warn_of_unused(self.diagnostics);
            self.assumptions.warn_of_unused(self.diagnostics);
            self.readings.warn_of_unused(self.diagnostics);
        }

        let head = head?;
        let extends = extends?;
        Ok(Standard {
            sha256: hash(text, library, extends.as_ref()),
            id: head.id,
            title: head.title,
            applies_to: head.applies_to,
            population: head.population,
            base_year: head.base_year,
            target_year: head.target_year,
            core: head.core,
            baselines,
            extends,
            sources: self.sources.into_entries(),
            extra_layers: self.extra_layers.into_entries(),
            unit_levels: self.unit_levels.into_entries(),
            rules,
        })
    }

    /// Everything that rules and baselines refer to by name.
    fn declarations(&mut self) {
        for (name, value) in self.table("sources") {
            let source = typed(value, self.diagnostics).map(|raw: RawSource| Source {
                title: raw.title,
                via: raw.via,
                confidence: raw.confidence,
            });
            self.sources.declare(&name, source);
        }
        for (name, value) in self.table("extra_layers") {
            self.extra_layers.declare(&name, typed(value, self.diagnostics));
        }
        for (name, value) in self.table("unit_levels") {
            self.unit_levels.declare(&name, typed(value, self.diagnostics));
        }
        for (name, value) in self.table("assumptions") {
            let assumed = typed(value, self.diagnostics).map(|raw: RawAssumption| Assumed {
                what: raw.what.unwrap_or_else(|| name.get_ref().clone().into_owned()),
                text: Text { zh: raw.zh, en: raw.en },
            });
            self.assumptions.declare(&name, assumed);
        }
        for (name, value) in self.table("readings") {
            let set = value.get_ref().get("set").cloned();
            let threshold = value.get_ref().get("threshold").cloned();
            let reading = typed(value, self.diagnostics)
                .and_then(|raw: RawReading| self.declared_reading(raw, set, threshold, name.span()));
            self.readings.declare(&name, reading);
        }
    }

    fn declared_reading(
        &mut self,
        raw: RawReading,
        set: Option<Spanned<DeValue<'t>>>,
        threshold: Option<Spanned<DeValue<'t>>>,
        span: std::ops::Range<usize>,
    ) -> Checked<DeclaredReading<'t>> {
        let body = match (raw.kind, threshold) {
            (None, None) => ReadingBody::Change(self.threshold_change(set, raw.unset, span)?),
            (Some(kind), Some(threshold)) if set.is_none() && raw.unset.is_empty() => {
                ReadingBody::Instead(kind, threshold)
            }
            _ => {
                let message =
                    "a reading either changes parameters (`set`, `unset`) or has a `kind` and `threshold` of its own";
                return Err(self.diagnostics.error(span, message, None));
            }
        };
        Ok(DeclaredReading { title: raw.title, body })
    }

    fn threshold_change(
        &mut self,
        set: Option<Spanned<DeValue<'t>>>,
        unset: Vec<Spanned<String>>,
        span: std::ops::Range<usize>,
    ) -> Checked<ThresholdChange<'t>> {
        let set = match set.map(|set| (set.span(), set.into_inner())) {
            None => DeTable::new(),
            Some((_, DeValue::Table(set))) => set,
            Some((span, _)) => {
                let message = "`set` must be a table of threshold parameters";
                return Err(self.diagnostics.error(span, message, None));
            }
        };
        if set.is_empty() && unset.is_empty() {
            let message = "this reading changes nothing: `set` or `unset` is wanted";
            return Err(self.diagnostics.error(span, message, None));
        }
        Ok(ThresholdChange { set, unset })
    }

    /// Takes a table out of the document; empty if it is absent.
    fn table(&mut self, key: &str) -> DeTable<'t> {
        let Some(value) = self.document.remove(key) else {
            return DeTable::new();
        };
        let span = value.span();
        let DeValue::Table(table) = value.into_inner() else {
            self.diagnostics.error(span, format!("`{key}` must be a table"), None);
            return DeTable::new();
        };
        table
    }

    /// Takes an array of tables out of the document; empty if it is absent.
    fn section(&mut self, key: &str) -> DeArray<'t> {
        let Some(value) = self.document.remove(key) else {
            return DeArray::new();
        };
        let span = value.span();
        let DeValue::Array(array) = value.into_inner() else {
            let message = format!("`{key}` must be an array of tables, written [[{key}]]");
            self.diagnostics.error(span, message, None);
            return DeArray::new();
        };
        array
    }
}

/// The layers and unit levels that a file's own rules and baselines use.
fn names_in_use<'a>(rules: &'a [Rule], baselines: &'a [Baseline]) -> BTreeSet<&'a str> {
    let of_rules = rules.iter().flat_map(Rule::criteria).flat_map(Criterion::names);
    let of_baselines = baselines.iter().flat_map(|baseline| match &baseline.subject {
        BaselineSubject::Features { selection, .. } | BaselineSubject::Share { selection, .. } => {
            selection.layers.iter().map(LayerName::name).collect()
        }
        BaselineSubject::People(_) => Vec::new(),
        BaselineSubject::Units(unit) => vec![unit.name()],
    });
    of_rules.chain(of_baselines).collect()
}

#[cfg(test)]
mod tests;
