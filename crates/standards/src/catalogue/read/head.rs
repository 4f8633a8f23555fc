//! The keys at the top of a file: identity, scope and populations.
//!
//! In: the document without its sections. Out: [`Head`], or diagnostics.

use std::collections::BTreeMap;

use toml::Spanned;
use toml::de::DeValue;

use super::raw::RawHead;
use super::{Reader, typed};
use crate::catalogue::lint::{Checked, Diagnostics};
use crate::catalogue::standard::Text;

/// The checked head of a file.
pub(super) struct Head {
    pub id: String,
    pub title: Text,
    pub applies_to: Text,
    pub population: BTreeMap<u16, u64>,
    pub base_year: Option<u16>,
    pub target_year: Option<u16>,
    pub core: bool,
}

impl Reader<'_, '_> {
    /// Takes the head out of the document.
    pub(super) fn head(&mut self) -> Checked<Head> {
        let first_line = 0..self.diagnostics.text().lines().next().map_or(0, str::len);
        let table = DeValue::Table(std::mem::take(&mut self.document));
        let raw: RawHead = typed(Spanned::new(first_line, table), self.diagnostics)?;
        check_id(&raw.id, self.diagnostics);
        let mut population = BTreeMap::new();
        for (year, people) in raw.population {
            if let Ok(number) = year.get_ref().parse::<u16>() {
                population.insert(number, people);
            } else {
                let message = format!("`{}` is not a year", year.get_ref());
                self.diagnostics.error(year.span(), message, None);
            }
        }
        for year in [&raw.base_year, &raw.target_year].into_iter().flatten() {
            if !population.contains_key(year.get_ref()) {
                let message = format!("[population] has no figure for {}", year.get_ref());
                self.diagnostics.error(year.span(), message, None);
            }
        }
        Ok(Head {
            id: raw.id.into_inner(),
            title: raw.title,
            applies_to: raw.applies_to,
            population,
            base_year: raw.base_year.map(Spanned::into_inner),
            target_year: raw.target_year.map(Spanned::into_inner),
            core: raw.core,
        })
    }
}

/// Identifiers end up in file names and command lines.
pub(super) fn check_id(id: &Spanned<String>, diagnostics: &mut Diagnostics<'_>) {
    let text = id.get_ref();
    if !is_id(text) {
        let help = "letters, digits, `-`, `_` and `.` are wanted".to_owned();
        diagnostics.error(id.span(), format!("`{text}` is no identifier"), Some(help));
    }
}

/// Whether a text is an identifier: letters, digits, `-`, `_` and `.`.
pub(in crate::catalogue) fn is_id(text: &str) -> bool {
    let allowed = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.');
    !text.is_empty() && text.chars().all(allowed)
}
