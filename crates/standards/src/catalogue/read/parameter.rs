//! Single threshold parameters: each is checked by itself and reports its own fault.
//!
//! In: raw values with their spans. Out: typed values, or diagnostics at those spans.

use std::ops::Range;

use toml::Spanned;

use super::raw::RawNames;
use super::threshold::Vocabulary;
use crate::catalogue::criterion::{AttributeName, LayerName, Measure, Selection, UnitKind};
use crate::catalogue::filter::{Filter, is_attribute_name};
use crate::catalogue::lint::{Checked, Diagnostics};
use crate::catalogue::nearest;

/// Checks single parameters. A check that fails does not stop the next one, so that all faults are seen.
pub(super) struct ParameterCheck<'a, 'f, 't> {
    pub vocabulary: &'a Vocabulary,
    pub diagnostics: &'f mut Diagnostics<'t>,
}

impl ParameterCheck<'_, '_, '_> {
    /// A parameter that may be left out.
    pub(super) fn optional<R, T>(
        &mut self,
        raw: Option<&R>,
        check: impl FnOnce(&mut Self, &R) -> Checked<T>,
    ) -> Checked<Option<T>> {
        raw.map(|raw| check(self, raw)).transpose()
    }

    /// Layers and the filter on them.
    pub(super) fn selection(
        &mut self,
        names: &Spanned<RawNames>,
        filter: Option<&Spanned<String>>,
    ) -> Checked<Selection> {
        let layers = self.layers(names);
        let parsed = self.optional(filter, Self::filter);
        if let (Ok(Some(parsed)), Some(raw)) = (&parsed, filter) {
            self.check_kinds(names, parsed, raw);
        }
        Ok(Selection { layers: layers?, filter: parsed? })
    }

    fn layers(&mut self, names: &Spanned<RawNames>) -> Checked<Vec<LayerName>> {
        let mut layers: Vec<LayerName> = Vec::new();
        for name in list(names.get_ref()) {
            let layer = self.layer(name, names.span())?;
            if layers.contains(&layer) {
                let message = format!("layer `{name}` is named twice");
                return Err(self.diagnostics.error(names.span(), message, None));
            }
            layers.push(layer);
        }
        if layers.is_empty() {
            return Err(self.diagnostics.error(names.span(), "at least one layer is wanted", None));
        }
        Ok(layers)
    }

    fn layer(&mut self, name: &str, span: Range<usize>) -> Checked<LayerName> {
        let declared = &self.vocabulary.extra_layers;
        if let Some(layer) = LayerName::KNOWN.into_iter().find(|layer| layer.name() == name) {
            return Ok(layer);
        }
        if declared.contains(name) {
            return Ok(LayerName::Extra(name.to_owned()));
        }
        let mut known: Vec<&str> = LayerName::KNOWN.iter().map(LayerName::name).collect();
        known.extend(declared.iter().map(String::as_str));
        let help = format!("{}; others are declared under [extra_layers]", nearest::help(name, &known));
        Err(self.diagnostics.error(span, format!("unknown layer `{name}`"), Some(help)))
    }

    /// A kind of unit.
    pub(super) fn unit(&mut self, raw: &Spanned<String>) -> Checked<UnitKind> {
        let name = raw.get_ref().as_str();
        let declared = &self.vocabulary.unit_levels;
        if let Some(unit) = UnitKind::KNOWN.into_iter().find(|unit| unit.name() == name) {
            return Ok(unit);
        }
        if declared.contains(name) {
            return Ok(UnitKind::Other(name.to_owned()));
        }
        let mut known: Vec<&str> = UnitKind::KNOWN.iter().map(UnitKind::name).collect();
        known.extend(declared.iter().map(String::as_str));
        let help = format!("{}; others are declared under [unit_levels]", nearest::help(name, &known));
        Err(self.diagnostics.error(raw.span(), format!("unknown unit `{name}`"), Some(help)))
    }

    /// A filter; a fault in it is shown at its own place in the line.
    pub(super) fn filter(&mut self, raw: &Spanned<String>) -> Checked<Filter> {
        Filter::parse(raw.get_ref()).map_err(|error| {
            let at = self.place_inside(raw, error.offset);
            let help = "a filter reads like: kind = \"sub_center\" and level >= 2, or: not urban";
            self.diagnostics.error(at, format!("bad filter: {}", error.message), Some(help.to_owned()))
        })
    }

    /// The place in the file of a byte of a string value; the whole value if escapes hide it.
    fn place_inside(&self, raw: &Spanned<String>, offset: usize) -> Range<usize> {
        let span = raw.span();
        let written = self.diagnostics.text().get(span.clone()).unwrap_or_default();
        match written.find(raw.get_ref().as_str()) {
            Some(inner) if !raw.get_ref().is_empty() => {
                let at = span.start + inner + offset;
                at..at + 1
            }
            _ => span,
        }
    }

    /// Refuses a kind that no layer has: it would make the filter false everywhere, in silence.
    pub(super) fn check_kinds(&mut self, names: &Spanned<RawNames>, filter: &Filter, raw: &Spanned<String>) {
        // Source: the layers of a region folder.
        const STATIONS: [&str; 4] = ["center", "sub_center", "station", "air"];
        const FACILITIES: [&str; 4] = ["hospital", "community_health", "town_hospital", "clinic"];
        let mut known: Vec<&str> = Vec::new();
        for name in list(names.get_ref()) {
            match name {
                "stations" => known.extend(STATIONS),
                "facilities" => known.extend(FACILITIES),
                "decontamination" => known.extend(STATIONS.iter().chain(&FACILITIES)),
                _ => return,
            }
        }
        for kind in filter.texts_compared_with("kind") {
            if !known.contains(&kind) {
                let inner = raw.get_ref().find(&format!("\"{kind}\"")).unwrap_or_default();
                let at = self.place_inside(raw, inner);
                let message = format!("no feature of this layer has kind \"{kind}\"");
                self.diagnostics.error(at, message, Some(nearest::help(kind, &known)));
            }
        }
    }

    /// How a supply is counted.
    pub(super) fn measure(&mut self, raw: &Spanned<String>) -> Checked<Measure> {
        self.sum(raw).map(Measure::Sum)
    }

    /// `sum(attribute)`.
    pub(super) fn sum(&mut self, raw: &Spanned<String>) -> Checked<AttributeName> {
        let text = raw.get_ref().trim();
        let name = text.strip_prefix("sum(").and_then(|rest| rest.strip_suffix(')')).map(str::trim);
        match name {
            Some(name) if is_attribute_name(name) => Ok(AttributeName(name.to_owned())),
            _ => {
                let help = "leave it out to count features".to_owned();
                let message = format!("found `{text}`, wanted `sum(attribute)`");
                Err(self.diagnostics.error(raw.span(), message, Some(help)))
            }
        }
    }

    /// The name of an attribute.
    pub(super) fn attribute(&mut self, raw: &Spanned<String>) -> Checked<AttributeName> {
        if is_attribute_name(raw.get_ref()) {
            return Ok(AttributeName(raw.get_ref().clone()));
        }
        let message = format!("`{}` cannot be an attribute name", raw.get_ref());
        Err(self.diagnostics.error(raw.span(), message, None))
    }

    /// A year for which the file gives a population.
    pub(super) fn known_year(&mut self, raw: &Spanned<u16>) -> Checked<u16> {
        let year = *raw.get_ref();
        if self.vocabulary.years.contains(&year) {
            return Ok(year);
        }
        let years: Vec<String> = self.vocabulary.years.iter().map(u16::to_string).collect();
        let help = if years.is_empty() {
            "this file has no [population]".to_owned()
        } else {
            format!("known here: {}", years.join(", "))
        };
        let message = format!("[population] has no figure for {year}");
        Err(self.diagnostics.error(raw.span(), message, Some(help)))
    }

    /// A number above 0.
    pub(super) fn positive(&mut self, name: &str, raw: &Spanned<f64>) -> Checked<f64> {
        let value = *raw.get_ref();
        if value.is_finite() && value > 0.0 {
            return Ok(value);
        }
        let message = format!("{name} = {value} must be above 0 and finite");
        Err(self.diagnostics.error(raw.span(), message, None))
    }

    /// A whole number, at least 1.
    pub(super) fn at_least_one(&mut self, name: &str, raw: &Spanned<u64>) -> Checked<u64> {
        match *raw.get_ref() {
            0 => Err(self.diagnostics.error(raw.span(), format!("{name} must be at least 1"), None)),
            value => Ok(value),
        }
    }

    /// A share above 0 and at most 1.
    pub(super) fn share_of_one(&mut self, name: &str, raw: &Spanned<f64>) -> Checked<f64> {
        let value = *raw.get_ref();
        if value > 0.0 && value <= 1.0 {
            return Ok(value);
        }
        let percent = value > 1.0 && value <= 100.0;
        let help = percent.then(|| format!("{value} % is {}", value / 100.0));
        let message = format!("{name} = {value} must be above 0 and at most 1");
        Err(self.diagnostics.error(raw.span(), message, help))
    }

    /// Minutes that are a whole number of seconds.
    pub(super) fn whole_seconds(&mut self, raw: &Spanned<f64>) -> Checked<u32> {
        let minutes = *raw.get_ref();
        let seconds = minutes * 60.0;
        let whole = seconds.round();
        if whole >= 1.0 && whole <= f64::from(u32::MAX) && (seconds - whole).abs() < 1e-6 {
            // Just checked to fit.
            #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
            return Ok(whole as u32);
        }
        let message = format!("max_min = {minutes} must be above 0 and a whole number of seconds");
        Err(self.diagnostics.error(raw.span(), message, None))
    }
}

fn list(names: &RawNames) -> impl Iterator<Item = &str> {
    let names = match names {
        RawNames::One(name) => std::slice::from_ref(name),
        RawNames::Many(names) => names,
    };
    names.iter().map(String::as_str)
}
