//! A standard file -> [`Standard`], with every fault reported.
//!
//! In: the text of a file, and a way to look up the profiles it may extend. Out: the standard, and findings; with an
//! error among the findings there is no standard. Reading and linting are this same pass.

mod baseline;
mod extend;
mod head;
mod names;
mod parameter;
mod raw;
mod rule;
mod schema;
mod threshold;

use std::collections::BTreeSet;

use serde::de::DeserializeOwned;
use toml::Spanned;
use toml::de::{DeArray, DeTable, DeValue, ValueDeserializer};

use self::names::{Declared, Names};
use self::raw::{RawAssumption, RawReading, RawSource};
use self::threshold::{Change, Vocabulary};
use super::criterion::{Criterion, LayerName};
use super::lint::{Checked, Finding, Findings};
use super::standard::{Assumed, Baseline, BaselineSubject, Extension, Rule, Source, Standard, Text};
use lifering_base::hash::sha256_hex;

pub use schema::schema;

/// The profiles that a file may extend.
#[derive(Clone, Copy)]
pub(super) struct Library<'a> {
    /// Id and text of each.
    pub profiles: &'a [(&'static str, &'static str)],
}

/// What came of a file.
pub(super) struct Outcome {
    /// The standard, if nothing is wrong with it.
    pub standard: Option<Standard>,
    /// Everything there is to say, in the order of the text.
    pub findings: Vec<Finding>,
}

/// Reads a file.
pub(super) fn read(file: &str, text: &str, library: Library<'_>) -> Outcome {
    let mut findings = Findings::new(file, text);
    let (document, faults) = DeTable::parse_recoverable(text);
    for fault in &faults {
        findings.error(fault.span().unwrap_or(0..0), fault.message(), None);
    }
    if !faults.is_empty() {
        // One slip of syntax makes a train of others on its line; the first tells enough.
        let mut findings = findings.into_sorted();
        findings.dedup_by_key(|finding| finding.line);
        return Outcome { standard: None, findings };
    }
    let mut document = document.into_inner();
    schema::prune_file(&mut document, &mut findings);
    let standard = Reader::new(document, &mut findings).standard(library, text);
    let standard = standard.ok().filter(|_| !findings.any_error());
    Outcome { standard, findings: findings.into_sorted() }
}

/// Hash of a file's text, with that of the profile it extends: what else the rules come from.
fn hash(text: &str, library: Library<'_>, extends: Option<&Extension>) -> String {
    let from = |extends: &Extension| library.profiles.iter().find(|(id, _)| *id == extends.from).map(|(_, text)| *text);
    sha256_hex([text, extends.and_then(from).unwrap_or_default()].concat().as_bytes())
}

/// Reads one value into a serde shape; a fault becomes one finding.
fn typed<T: DeserializeOwned>(value: Spanned<DeValue<'_>>, findings: &mut Findings<'_>) -> Checked<T> {
    let span = value.span();
    T::deserialize(ValueDeserializer::from(value)).map_err(|fault| {
        // The second line of a message, where there is one, is its help.
        let (message, help) = match fault.message().split_once('\n') {
            Some((message, help)) => (message, Some(help.to_owned())),
            None => (fault.message(), None),
        };
        findings.error(fault.span().unwrap_or(span), message, help)
    })
}

/// The parts of one file while they are put together.
struct Reader<'f, 't> {
    document: DeTable<'t>,
    findings: &'f mut Findings<'t>,
    vocabulary: Vocabulary,
    sources: Names<Source>,
    extra_layers: Names<Text>,
    unit_levels: Names<Text>,
    assumptions: Names<Assumed>,
    readings: Names<Declared<'t>>,
}

impl<'f, 't> Reader<'f, 't> {
    fn new(document: DeTable<'t>, findings: &'f mut Findings<'t>) -> Self {
        Self {
            document,
            findings,
            vocabulary: Vocabulary::default(),
            sources: Names::new("source"),
            extra_layers: Names::new("layer"),
            unit_levels: Names::new("unit level"),
            assumptions: Names::new("assumption"),
            readings: Names::new("reading"),
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
        if !self.findings.any_error() {
            // Under a fault, what refers to a declaration may not have been read.
            self.sources.warn_of_unused(self.findings);
            self.extra_layers.warn_of_unused(self.findings);
            self.unit_levels.warn_of_unused(self.findings);
            self.assumptions.warn_of_unused(self.findings);
            self.readings.warn_of_unused(self.findings);
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
            let source = typed(value, self.findings).map(|raw: RawSource| Source {
                title: raw.title,
                via: raw.via,
                confidence: raw.confidence,
            });
            self.sources.declare(&name, source);
        }
        for (name, value) in self.table("extra_layers") {
            self.extra_layers.declare(&name, typed(value, self.findings));
        }
        for (name, value) in self.table("unit_levels") {
            self.unit_levels.declare(&name, typed(value, self.findings));
        }
        for (name, value) in self.table("assumptions") {
            let assumed = typed(value, self.findings).map(|raw: RawAssumption| Assumed {
                what: raw.what.unwrap_or_else(|| name.get_ref().clone().into_owned()),
                text: Text { zh: raw.zh, en: raw.en },
            });
            self.assumptions.declare(&name, assumed);
        }
        for (name, value) in self.table("readings") {
            let set = value.get_ref().get("set").cloned();
            let reading =
                typed(value, self.findings).and_then(|raw: RawReading| self.declared_reading(raw, set, name.span()));
            self.readings.declare(&name, reading);
        }
    }

    fn declared_reading(
        &mut self,
        raw: RawReading,
        set: Option<Spanned<DeValue<'t>>>,
        span: std::ops::Range<usize>,
    ) -> Checked<Declared<'t>> {
        let set = match set.map(|set| (set.span(), set.into_inner())) {
            None => DeTable::new(),
            Some((_, DeValue::Table(set))) => set,
            Some((span, _)) => {
                let message = "`set` must be a table of threshold parameters";
                return Err(self.findings.error(span, message, None));
            }
        };
        if set.is_empty() && raw.unset.is_empty() {
            let message = "this reading changes nothing: `set` or `unset` is wanted";
            return Err(self.findings.error(span, message, None));
        }
        Ok(Declared { title: raw.title, change: Change { set, unset: raw.unset } })
    }

    /// Takes a table out of the document; empty where it is absent.
    fn table(&mut self, key: &str) -> DeTable<'t> {
        let Some(value) = self.document.remove(key) else {
            return DeTable::new();
        };
        let span = value.span();
        let DeValue::Table(table) = value.into_inner() else {
            self.findings.error(span, format!("`{key}` must be a table"), None);
            return DeTable::new();
        };
        table
    }

    /// Takes an array of tables out of the document; empty where it is absent.
    fn section(&mut self, key: &str) -> DeArray<'t> {
        let Some(value) = self.document.remove(key) else {
            return DeArray::new();
        };
        let span = value.span();
        let DeValue::Array(array) = value.into_inner() else {
            let message = format!("`{key}` must be an array of tables, written [[{key}]]");
            self.findings.error(span, message, None);
            return DeArray::new();
        };
        array
    }
}

/// The layers and unit levels that a file's own rules and baselines use.
fn names_in_use<'a>(rules: &'a [Rule], baselines: &'a [Baseline]) -> BTreeSet<&'a str> {
    let of_rules = rules.iter().flat_map(Rule::criteria).flat_map(Criterion::names);
    let of_baselines = baselines.iter().flat_map(|baseline| match &baseline.subject {
        BaselineSubject::Features { selection, .. } => selection.layers.iter().map(LayerName::name).collect(),
        BaselineSubject::Units(unit) => vec![unit.name()],
    });
    of_rules.chain(of_baselines).collect()
}

#[cfg(test)]
mod tests;
