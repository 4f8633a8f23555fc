//! Named entries of a file that other parts refer to: sources, assumptions, readings, layers, levels.
//!
//! In: declarations and references. Out: the entry behind a name, or diagnostics about names that are unknown or unused.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use toml::Spanned;
use toml::de::{DeString, DeValue};

use super::threshold::{ThresholdChange, Vocabulary, criterion, fitting};
use crate::catalogue::criterion::Criterion;
use crate::catalogue::lint::{Checked, Diagnostics};
use crate::catalogue::nearest;
use crate::catalogue::standard::Text;
use crate::catalogue::words::RuleKind;

/// A reading as declared: its title, and what it does to a threshold.
pub(super) struct DeclaredReading<'t> {
    pub title: Text,
    pub body: ReadingBody<'t>,
}

/// What a reading does to the threshold of a rule.
pub(super) enum ReadingBody<'t> {
    /// It changes some parameters.
    Change(ThresholdChange<'t>),
    /// It has another threshold, perhaps of another kind.
    Instead(RuleKind, Spanned<DeValue<'t>>),
}

impl<'t> ReadingBody<'t> {
    /// The criterion of a rule of that kind and threshold under this reading, which the file calls `name`.
    pub(super) fn criterion(
        &self,
        kind: RuleKind,
        threshold: &Spanned<DeValue<'t>>,
        vocabulary: &Vocabulary,
        name: &Spanned<String>,
        diagnostics: &mut Diagnostics<'t>,
    ) -> Checked<Criterion> {
        match self {
            Self::Change(change) => {
                change.must_fit(name.get_ref(), kind, diagnostics)?;
                fitting(kind, &change.apply(threshold), vocabulary, name, diagnostics)
            }
            Self::Instead(kind, threshold) => criterion(*kind, threshold, vocabulary, diagnostics),
        }
    }
}

/// Declared entries by name, with their places in the file, and which of them are referred to.
/// A faulty declaration is still known by name, so that a reference to it is not a second fault.
pub(super) struct Declarations<T> {
    what: &'static str,
    entries: BTreeMap<String, (Range<usize>, Checked<T>)>,
    used: BTreeSet<String>,
}

impl<T> Declarations<T> {
    pub(super) fn new(what: &'static str) -> Self {
        Self { what, entries: BTreeMap::new(), used: BTreeSet::new() }
    }

    /// Notes a declaration of the file.
    pub(super) fn declare(&mut self, name: &Spanned<DeString<'_>>, entry: Checked<T>) {
        self.entries.insert(name.get_ref().to_string(), (name.span(), entry));
    }

    /// Takes over an entry that another file declares and a rule uses, unless this file has one of that name.
    pub(super) fn adopt(&mut self, name: &str, entry: T) {
        self.entries.entry(name.to_owned()).or_insert((0..0, Ok(entry)));
        self.used.insert(name.to_owned());
    }

    /// Notes that something refers to these names.
    pub(super) fn mark_used<'a>(&mut self, names: impl IntoIterator<Item = &'a str>) {
        self.used.extend(names.into_iter().map(str::to_owned));
    }

    /// The names that are declared.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.entries.keys().map(String::as_str)
    }

    /// The entry of that name, if it is declared and not faulty.
    pub(super) fn find(&self, name: &str) -> Option<&T> {
        self.entries.get(name)?.1.as_ref().ok()
    }

    /// The entry that the file refers to; a name that is not declared is an error.
    pub(super) fn refer(&mut self, name: &Spanned<String>, diagnostics: &mut Diagnostics<'_>) -> Checked<&T> {
        if let Some((_, entry)) = self.entries.get(name.get_ref()) {
            self.used.insert(name.get_ref().clone());
            return entry.as_ref().map_err(|reported| *reported);
        }
        let known: Vec<&str> = self.names().collect();
        let help = nearest::help(name.get_ref(), &known);
        let message = format!("unknown {} `{}`", self.what, name.get_ref());
        Err(diagnostics.error(name.span(), message, Some(help)))
    }

    /// A declaration that nothing refers to is probably a slip.
    pub(super) fn warn_of_unused(&self, diagnostics: &mut Diagnostics<'_>) {
        for (name, (span, _)) in &self.entries {
            if !self.used.contains(name) {
                diagnostics.warning(span.clone(), format!("{} `{name}` is used nowhere", self.what), None);
            }
        }
    }

    /// The entries that are not faulty.
    pub(super) fn into_entries(self) -> BTreeMap<String, T> {
        self.entries.into_iter().filter_map(|(name, (_, entry))| Some((name, entry.ok()?))).collect()
    }
}
