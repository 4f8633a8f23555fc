//! The `[[baselines]]` of a file: what the document itself counted.
//!
//! In: the tables. Out: [`Baseline`]s, or diagnostics.

use std::collections::BTreeSet;
use std::ops::Range;

use toml::Spanned;
use toml::de::{DeArray, DeValue};

use super::parameter::ParameterCheck;
use super::raw::RawBaseline;
use super::{Reader, typed};
use crate::catalogue::criterion::Measure;
use crate::catalogue::lint::Checked;
use crate::catalogue::standard::{Baseline, BaselineSubject};

impl<'t> Reader<'_, 't> {
    /// The baselines that are not faulty.
    pub(super) fn baselines(&mut self, section: DeArray<'t>) -> Vec<Baseline> {
        let mut ids = BTreeSet::new();
        section.into_iter().filter_map(|value| self.baseline(value, &mut ids).ok()).collect()
    }

    fn baseline(&mut self, value: Spanned<DeValue<'t>>, ids: &mut BTreeSet<String>) -> Checked<Baseline> {
        let span = value.span();
        let raw: RawBaseline = typed(value, self.diagnostics)?;
        if !ids.insert(raw.id.get_ref().clone()) {
            let message = format!("baseline `{}` is here twice", raw.id.get_ref());
            self.diagnostics.error(raw.id.span(), message, None);
        }
        if !raw.value.get_ref().is_finite() || *raw.value.get_ref() < 0.0 {
            self.diagnostics.error(raw.value.span(), "`value` must be 0 or more", None);
        }
        let subject = self.subject(&raw, span);
        let cite = self.citation(&raw.cite);
        Ok(Baseline {
            id: raw.id.into_inner(),
            title: raw.title,
            subject: subject?,
            value: raw.value.into_inner(),
            year: raw.year,
            note: raw.note,
            cite: cite?,
        })
    }

    fn subject(&mut self, raw: &RawBaseline, span: Range<usize>) -> Checked<BaselineSubject> {
        let mut check = ParameterCheck { vocabulary: &self.vocabulary, diagnostics: self.diagnostics };
        match (&raw.of, &raw.unit, &raw.people) {
            (Some(of), None, None) => {
                if let Some(num) = &raw.num {
                    if let Some(count) = &raw.count {
                        check.diagnostics.error(count.span(), "either `count` or `num`", None);
                    }
                    let selection = check.selection(of, raw.filter.as_ref());
                    let part = check.filter(num);
                    return Ok(BaselineSubject::Share { selection: selection?, part: part? });
                }
                let selection = check.selection(of, raw.filter.as_ref());
                let measure = check.optional(raw.count.as_ref(), ParameterCheck::measure);
                Ok(BaselineSubject::Features { selection: selection?, measure: measure?.unwrap_or(Measure::Count) })
            }
            (None, None, Some(people)) => check.filter(people).map(BaselineSubject::People),
            (None, Some(unit), None) => {
                for misplaced in [&raw.filter, &raw.count, &raw.num].into_iter().flatten() {
                    let message = "`where`, `count` and `num` belong to `of`";
                    check.diagnostics.error(misplaced.span(), message, None);
                }
                check.unit(unit).map(BaselineSubject::Units)
            }
            _ => Err(check.diagnostics.error(span, "a baseline needs one of `of`, `unit` and `people`", None)),
        }
    }
}
