//! The records of a city under edit, and what earlier edits of the scenario say.
//!
//! In: a city, a scenario. Out: edited records, what changed of them, and the errors of edits that contradict each other or
//! name places where nothing can stand.

use super::PeopleOfYear;
use crate::city::City;
use crate::city::edited::Changed;
use geo::{Contains, Point};
use lifering_base::error::{InputError, Place};
use lifering_base::frame::LonLat;
use lifering_base::message;
use lifering_base::records::Layer;
use lifering_base::records::road_class::RoadClass;
use lifering_readers::Region;
use lifering_readers::scenario::Scenario;
use std::collections::BTreeMap;

/// Something of which a scenario may say one thing only.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Topic {
    /// A value of a site, by layer, id and field.
    Site(Layer, String, &'static str),
    /// A road chosen by id, feature or name, by its position.
    Road(usize),
    /// A road that a drawing gives a speed, by its position.
    DrawnRoad(usize),
    /// A key of region.toml.
    Setting(&'static str),
    /// The factor of a period.
    Factor(String),
    /// The speed of a class.
    Class(RoadClass),
    /// How many people there are.
    People,
    /// How many people live in a unit, by its position.
    PeopleOf(usize),
}

/// Records under edit.
pub(super) struct Draft<'a> {
    /// The city as it was.
    pub base: &'a City,
    /// Records with the edits made so far.
    pub records: Region,
    /// What the edits made so far change.
    pub changed: Changed,
    /// The standard's own population figures.
    pub people_of_year: &'a PeopleOfYear<'a>,
    /// Sites that an edit has closed, by layer and by id or name: the number of the edit.
    pub closed: BTreeMap<(Layer, String), usize>,
    /// Number of sites added, by layer.
    pub added: BTreeMap<Layer, usize>,
    scenario: &'a Scenario,
    /// Position of the edit that is made.
    edit: usize,
    /// What is said: the number of the edit and the value.
    said: BTreeMap<Topic, (usize, String)>,
}

impl<'a> Draft<'a> {
    pub(super) fn new(base: &'a City, scenario: &'a Scenario, people_of_year: &'a PeopleOfYear<'a>) -> Self {
        Self {
            base,
            records: base.records().clone(),
            changed: Changed::default(),
            people_of_year,
            closed: BTreeMap::new(),
            added: BTreeMap::new(),
            scenario,
            edit: 0,
            said: BTreeMap::new(),
        }
    }

    /// Goes on to the edit at this position.
    pub(super) fn begin(&mut self, edit: usize) {
        self.edit = edit;
    }

    /// Number of the edit that is made, from 1.
    pub(super) fn number(&self) -> usize {
        self.edit + 1
    }

    /// The place of the edit that is made.
    pub(super) fn place(&self) -> Place {
        self.scenario.place(self.edit)
    }

    /// A field of the edit that is made.
    pub(super) fn field(&self, field: &str) -> Place {
        self.place().field(field)
    }

    /// What was said of a topic: the value.
    pub(super) fn said(&self, topic: &Topic) -> Option<&str> {
        self.said.get(topic).map(|(_, value)| value.as_str())
    }

    /// Notes what the edit says of a topic.
    ///
    /// # Errors
    /// An earlier edit says something else.
    pub(super) fn say(&mut self, topic: Topic, value: &str, field: &str) -> Result<(), InputError> {
        self.agree(&topic, value, field)?;
        let number = self.number();
        self.said.entry(topic).or_insert_with(|| (number, value.to_owned()));
        Ok(())
    }

    /// Checks that no earlier edit says something else of a topic.
    ///
    /// # Errors
    /// One does.
    pub(super) fn agree(&self, topic: &Topic, value: &str, field: &str) -> Result<(), InputError> {
        match self.said.get(topic) {
            Some((number, said)) if said != value => Err(self.contradicts(*number, field)),
            _ => Ok(()),
        }
    }

    /// Checks that no earlier edit says anything of a site.
    ///
    /// # Errors
    /// One does.
    pub(super) fn nothing_said_of(&self, layer: Layer, id: &str, field: &str) -> Result<(), InputError> {
        let of_site = |topic: &Topic| matches!(topic, Topic::Site(l, site, _) if *l == layer && site == id);
        match self.said.iter().find(|(topic, _)| of_site(topic)) {
            Some((_, (number, _))) => Err(self.contradicts(*number, field)),
            None => Ok(()),
        }
    }

    fn contradicts(&self, number: usize, field: &str) -> InputError {
        let found = message!("scenario.said_before", n = number);
        InputError::wrong(self.field(field), found, message!("scenario.said_once"))
    }

    /// Checks that something can stand at a place.
    ///
    /// # Errors
    /// It lies outside the boundary, or in an area of the barriers.
    pub(super) fn on_ground(&self, at: LonLat, field: &str) -> Result<(), InputError> {
        if !self.base.holds(at) {
            let found = message!("scenario.outside", lon = at.lon, lat = at.lat);
            return Err(InputError::wrong(self.field(field), found, message!("scenario.inside_wanted")));
        }
        let point = Point::new(at.lon, at.lat);
        let areas = self.records.barriers.iter().flat_map(|barriers| &barriers.areas);
        if areas.into_iter().any(|area| area.contains(&point)) {
            let found = message!("scenario.in_barrier", lon = at.lon, lat = at.lat);
            return Err(InputError::wrong(self.field(field), found, message!("scenario.on_ground")));
        }
        Ok(())
    }
}

/// The error of a word that names nothing, with the nearest one that does.
pub(super) fn unknown<'a>(
    place: Place,
    word: &str,
    wanted: lifering_base::Message,
    known: impl IntoIterator<Item = &'a str>,
) -> InputError {
    let error = InputError::wrong(place, format!("\"{word}\""), wanted);
    match lifering_base::error::nearest(word, known) {
        Some(near) => error.with_help(message!("message.did_you_mean", near = near)),
        None => error,
    }
}
