//! Whether the figures of a city can be true.
//!
//! In: a city, and what the survey of its roads, sites and people counted. Out: issues of the layers whose figures lie
//! outside what is usual. No figure is changed, and no verdict turns: but the grade of the layer falls, so that nobody takes
//! 28,000 people for 2 million. Where two layers contradict each other, nobody knows which is wrong, and both are noted.
//!
//! Every range is a [`Usual`] with its source. They are wide: what lies outside is a mistake of unit, scale, column or
//! completeness far more often than a city unlike all others.

mod ground;
mod people;
mod roads;
mod sites;
#[cfg(test)]
mod tests;
mod values;

use super::issue_log::IssueLog;
use super::network::Cohesion;
use super::people::PeopleQuality;
use super::sites::SitesQuality;
use crate::city::City;
use lifering_base::error::Place;
use lifering_base::issue::IssueCode;
use lifering_base::records::{Layer, Site};
use lifering_base::{Message, message};
use lifering_standards::catalogue::Standard;

/// The range in which a figure usually lies, both ends included.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Usual {
    /// Its lower end.
    pub low: f64,
    /// Its upper end.
    pub high: f64,
}

impl Usual {
    const fn between(low: f64, high: f64) -> Self {
        Self { low, high }
    }

    fn holds(&self, figure: f64) -> bool {
        figure >= self.low && figure <= self.high
    }

    /// The range as a message gives it.
    fn message(&self) -> Message {
        message!("message.usual_range", low = shown(self.low), high = shown(self.high))
    }
}

/// A figure as a message gives it: whole from 10 on, else with two digits.
fn shown(figure: f64) -> String {
    match figure.abs() {
        n if n >= 10.0 || n.fract() == 0.0 => format!("{figure:.0}"),
        n if n >= 1.0 => format!("{figure:.1}"),
        n if n >= 0.01 => format!("{figure:.2}"),
        _ => format!("{figure:.5}"),
    }
}

/// What the survey counted before, to be weighed here.
pub(crate) struct Counted<'a> {
    /// The drivable network as region.toml sets it.
    pub network: &'a Cohesion,
    /// The point layers.
    pub sites: &'a [SitesQuality],
    /// The people.
    pub people: &'a PeopleQuality,
}

/// Logs what cannot be true of a city by itself.
pub(crate) fn note(city: &City, counted: &Counted<'_>, log: &mut IssueLog) {
    let mut notes = Notes { city, log };
    people::note(counted, &mut notes);
    sites::note(counted, &mut notes);
    roads::note(counted, &mut notes);
    ground::note(&mut notes);
    values::note(&mut notes);
}

/// Logs a population that is not that of the city that a standard was written for.
pub(crate) fn note_standard(city: &City, standard: &Standard, log: &mut IssueLog) {
    people::note_standard(standard, &mut Notes { city, log });
}

/// A city and where its issues go.
struct Notes<'a> {
    city: &'a City,
    log: &'a mut IssueLog,
}

impl Notes<'_> {
    /// The layer that states the people.
    fn people_layer(&self) -> Layer {
        if self.city.records().population.is_some() { Layer::Population } else { Layer::Units }
    }

    /// Notes a figure of layers as a whole.
    fn layers(&mut self, layers: &[Layer], found: impl Into<Message>, wanted: impl Into<Message>) {
        let (found, wanted) = (found.into(), wanted.into());
        for layer in layers {
            if let Some(mut issues) = self.log.of_layer(self.city.records(), *layer) {
                let place = Place::file(issues.file);
                issues.note(IssueCode::LayerImplausible, &place, found.clone(), wanted.clone());
            }
        }
    }

    /// Notes a point that lies far away.
    fn far(&mut self, layer: Layer, site: Option<&Site>, found: Message, wanted: Message) {
        if let Some(mut issues) = self.log.of_layer(self.city.records(), layer) {
            let (feature, id) = (site.map(|site| site.feature), site.map(|site| site.name.clone()));
            let place = Place { feature, id, ..Place::file(issues.file).field("coordinates") };
            issues.note(IssueCode::FarAway, &place, found, wanted);
        }
    }

    /// Notes a value of one record.
    fn record(&mut self, layer: Layer, record: Record<'_>, found: impl Into<Message>, wanted: impl Into<Message>) {
        if let Some(mut issues) = self.log.of_layer(self.city.records(), layer) {
            let id = record.id.map(str::to_owned);
            let place = Place { feature: record.feature, id, ..Place::file(issues.file).field(record.field) };
            issues.note(IssueCode::ValueImplausible, &place, found, wanted);
        }
    }
}

/// Where a value stands.
#[derive(Clone, Copy)]
struct Record<'a> {
    /// Position in the file; `None` for people, who carry none.
    feature: Option<usize>,
    id: Option<&'a str>,
    field: &'a str,
}
