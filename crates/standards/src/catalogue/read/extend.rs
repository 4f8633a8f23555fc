//! What one standard takes from another: the rules that fill its silent topics.
//!
//! In: the `[extends]` of a file and the other profile. Out: the silent topics, and the rules that stand in for
//! them, each marked with the profile it came from.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::raw::{RawExtends, RawTopic};
use super::threshold::Vocabulary;
use super::{Library, Reader, read, typed};
use crate::catalogue::criterion::Criterion;
use crate::catalogue::lint::Checked;
use crate::catalogue::nearest;
use crate::catalogue::standard::{Extension, Reading, Rule, SilentTopic, Standard};

impl<'t> Reader<'_, 't> {
    /// Adds to the rules what the file takes from another profile.
    pub(super) fn extend(
        &mut self,
        raw: Spanned<DeValue<'t>>,
        rules: &mut Vec<Rule>,
        library: Library<'_>,
    ) -> Checked<Extension> {
        let raw: RawExtends = typed(raw, self.diagnostics)?;
        let parent = self.parent(&raw.from, library)?;
        let mut silent = Vec::new();
        for topic in raw.topics {
            let mut filled_by = Vec::new();
            for name in &topic.rules {
                let Ok(rule) = self.filled(name, &topic, &parent) else {
                    continue;
                };
                if rules.iter().any(|own| own.id.as_str().to_lowercase() == rule.id.as_str().to_lowercase()) {
                    let message = format!("rule `{}` is here twice", rule.id);
                    self.diagnostics.error(name.span(), message, None);
                }
                filled_by.push(rule.id.clone());
                rules.push(rule);
            }
            silent.push(SilentTopic { topic: topic.topic, filled_by });
        }
        Ok(Extension { from: parent.standard.id, from_title: parent.standard.title, silent })
    }

    fn parent(&mut self, name: &Spanned<String>, library: Library<'_>) -> Checked<Parent> {
        let id = name.get_ref();
        let Some((_, text)) = library.profiles.iter().find(|(known, _)| known == id) else {
            let known: Vec<&str> = library.profiles.iter().map(|(id, _)| *id).collect();
            let help = nearest::help(id, &known);
            let message = format!("unknown standard `{id}`");
            return Err(self.diagnostics.error(name.span(), message, Some(help)));
        };
        let Some(standard) = read(id, text, library).standard else {
            let message = format!("`{id}` has faults of its own");
            return Err(self.diagnostics.error(name.span(), message, None));
        };
        Ok(Parent { standard, text })
    }

    /// A rule of the parent, as it stands in this file.
    fn filled(&mut self, name: &Spanned<String>, topic: &RawTopic, parent: &Parent) -> Checked<Rule> {
        let Some(rule) = parent.standard.rule(name.get_ref()) else {
            let known: Vec<&str> = parent.standard.rules.iter().map(|rule| rule.id.as_str()).collect();
            let help = nearest::help(name.get_ref(), &known);
            let message = format!("`{}` has no rule `{}`", parent.standard.id, name.get_ref());
            return Err(self.diagnostics.error(name.span(), message, Some(help)));
        };
        let mut rule = rule.clone();
        if has_population_year(&rule.criterion) {
            let message = format!("rule `{}` counts with the population of its own file", rule.id);
            return Err(self.diagnostics.error(name.span(), message, None));
        }
        // The population of the parent is not that of this file.
        rule.readings.retain(|reading| !has_population_year(&reading.criterion));
        rule.filled_from.get_or_insert_with(|| parent.standard.id.clone());
        for reading in &topic.readings {
            if let Ok(reading) = self.reading_on_filled(&rule, parent, reading) {
                rule.readings.push(reading);
            }
        }
        self.adopt(&rule, parent, name)?;
        Ok(rule)
    }

    /// A reading of this file on a rule of the parent.
    fn reading_on_filled(&mut self, rule: &Rule, parent: &Parent, name: &Spanned<String>) -> Checked<Reading> {
        let declared = self.readings.refer(name, self.diagnostics)?;
        let id = name.get_ref();
        if rule.readings.iter().any(|reading| reading.id == *id) {
            let message = format!("rule `{}` has a reading `{id}` already", rule.id);
            return Err(self.diagnostics.error(name.span(), message, None));
        }
        let Some(threshold) = parent.threshold(rule.id.as_str()) else {
            let message = format!("rule `{}` is itself filled and takes no more readings", rule.id);
            return Err(self.diagnostics.error(name.span(), message, None));
        };
        let vocabulary = Vocabulary {
            extra_layers: parent.standard.extra_layers.keys().cloned().collect(),
            unit_levels: parent.standard.unit_levels.keys().cloned().collect(),
            years: self.vocabulary.years.clone(),
        };
        let criterion = declared.body.criterion(rule.kind(), &threshold, &vocabulary, name, self.diagnostics)?;
        Ok(Reading { id: id.clone(), title: declared.title.clone(), criterion })
    }

    /// Takes over the source, layers and unit levels that a filled rule names.
    fn adopt(&mut self, rule: &Rule, parent: &Parent, name: &Spanned<String>) -> Checked<()> {
        let parent = &parent.standard;
        let id = &rule.cite.source;
        if let Some(source) = parent.sources.get(id) {
            if self.sources.find(id).is_some_and(|own| own != source) {
                let message = format!("source `{id}` of rule `{}` is another document here", rule.id);
                return Err(self.diagnostics.error(name.span(), message, None));
            }
            self.sources.adopt(id, source.clone());
        }
        for name in rule.criteria().flat_map(Criterion::names) {
            if let Some(title) = parent.extra_layers.get(name) {
                self.extra_layers.adopt(name, title.clone());
            }
            if let Some(title) = parent.unit_levels.get(name) {
                self.unit_levels.adopt(name, title.clone());
            }
        }
        Ok(())
    }
}

/// The profile that is extended, typed and as written.
struct Parent {
    standard: Standard,
    text: &'static str,
}

impl Parent {
    /// The threshold of one of its own rules as written.
    fn threshold(&self, id: &str) -> Option<Spanned<DeValue<'static>>> {
        let document = DeTable::parse(self.text).ok()?.into_inner();
        let rules = document.get("rules")?.get_ref().as_array()?;
        let has_id = |rule: &&Spanned<DeValue<'_>>| {
            rule.get_ref().get("id").and_then(|value| value.get_ref().as_str()) == Some(id)
        };
        rules.iter().find(has_id)?.get_ref().get("threshold").cloned()
    }
}

fn has_population_year(criterion: &Criterion) -> bool {
    matches!(criterion, Criterion::PerPopulation(rule) if rule.population_year.is_some())
}
