//! The edits of a scenario in sentences.
//!
//! In: an [`Edit`], or a scenario. Out: what it changes, as a person would say it, without names of keys.

use super::language::{Lang, known, tr};
use super::numbers::{grouped, people, plain};
use super::punctuation::{clauses, colon};
use super::vocabulary::kind;
use crate::report::ScenarioReport;
use lifering_base::t;
use lifering_readers::scenario::edit::{AttributeValue, PeopleScale};
use lifering_readers::scenario::{Edit, Position, RoadChoice};
use std::collections::BTreeMap;

/// Decimals of a coordinate, 0.1 m.
const PLACE_DECIMALS: usize = 6;

/// Which scenario of which region something is about.
pub fn scenario(of: &ScenarioReport, lang: Lang) -> String {
    t!("scenario.in_region", locale = lang.locale(), name = of.name, file = of.file, base = of.base).into_owned()
}

/// An edit in a sentence.
pub fn edit(edit: &Edit, lang: Lang) -> String {
    let locale = lang.locale();
    match edit {
        Edit::AddStation(new) => {
            let mut with = Details::new(lang);
            with.kind(new.kind.as_deref());
            with.numbers(&[
                ("ambulances", new.ambulances),
                ("negative_pressure", new.negative_pressure),
                ("turnout_s", new.turnout_s),
            ]);
            with.attributes(&new.attributes);
            let (name, at) = (called(&new.id, new.name.as_deref()), place(new.at));
            with.behind(&t!("edit.add_station", locale = locale, name = name, at = at))
        }
        Edit::MoveStation(moved) => {
            t!("edit.move_station", locale = locale, name = moved.station, at = place(moved.to)).into_owned()
        }
        Edit::CloseStation(closed) => t!("edit.close_station", locale = locale, name = closed.station).into_owned(),
        Edit::SetStation(values) => {
            let mut with = Details::new(lang);
            with.numbers(&[
                ("ambulances", values.ambulances),
                ("negative_pressure", values.negative_pressure),
                ("turnout_s", values.turnout_s),
            ]);
            with.behind(&t!("edit.set_station", locale = locale, name = values.station))
        }
        Edit::AddFacility(new) => {
            let mut with = Details::new(lang);
            with.kind(new.kind.as_deref());
            with.attributes(&new.attributes);
            let (name, at) = (called(&new.id, new.name.as_deref()), place(new.at));
            with.behind(&t!("edit.add_facility", locale = locale, name = name, at = at))
        }
        Edit::CloseFacility(closed) => t!("edit.close_facility", locale = locale, name = closed.facility).into_owned(),
        Edit::AddAed(new) => {
            let mut with = Details::new(lang);
            with.numbers(&[("count", new.count)]);
            with.attributes(&new.attributes);
            let (name, at) = (called(&new.id, new.name.as_deref()), place(new.at));
            with.behind(&t!("edit.add_aed", locale = locale, name = name, at = at))
        }
        Edit::CloseAed(closed) => t!("edit.close_aed", locale = locale, name = closed.aed).into_owned(),
        Edit::CloseRoad(choice) => t!("edit.close_road", locale = locale, roads = roads(choice, lang)).into_owned(),
        Edit::SetRoadSpeed(speed) => {
            let (roads, kmh) = (roads(&speed.road, lang), plain(speed.kmh, 1));
            t!("edit.set_road_speed", locale = locale, roads = roads, kmh = kmh).into_owned()
        }
        Edit::SetPeriod(set) => match set.factor {
            Some(factor) => {
                let factor = plain(factor, 3);
                t!("edit.new_period", locale = locale, period = set.period, factor = factor).into_owned()
            }
            None => t!("edit.set_period", locale = locale, period = set.period).into_owned(),
        },
        Edit::SetResponse(times) => {
            let mut with = Details::new(lang);
            with.parameters(&[
                ("response.answer_s", times.answer_s),
                ("response.process_s", times.process_s),
                ("response.turnout_s", times.turnout_s),
            ]);
            with.behind(&tr("edit.set_response", lang))
        }
        Edit::SetAccess(values) => {
            let mut with = Details::new(lang);
            with.parameters(&[("access.speed_kmh", values.speed_kmh), ("access.max_m", values.max_m)]);
            with.behind(&tr("edit.set_access", lang))
        }
        Edit::SetSpeeds(speeds) => {
            let mut with = Details::new(lang);
            for (class, kmh) in speeds {
                with.push(&known("parameter_value", class.word(), lang), &plain(*kmh, 1));
            }
            with.behind(&tr("edit.set_speeds", lang))
        }
        Edit::ScalePeople(scale) => scaled(scale, lang),
        Edit::AddHousing(housing) => {
            let at = housing.at.map_or_else(|| tr("edit.drawn", lang), place);
            let name = housing.name.clone().unwrap_or_default();
            let number = people(housing.people, lang);
            let text = t!("edit.add_housing", locale = locale, name = name, people = number, at = at);
            let urban = housing.urban.map(|urban| if urban { "edit.urban" } else { "edit.rural" });
            clauses(&std::iter::once(text.into_owned()).chain(urban.map(|key| tr(key, lang))).collect::<Vec<_>>(), lang)
        }
    }
}

fn scaled(scale: &PeopleScale, lang: Lang) -> String {
    let locale = lang.locale();
    let whose = match &scale.unit {
        Some(unit) => t!("edit.people_of", locale = locale, unit = unit).into_owned(),
        None => tr("edit.people_all", lang),
    };
    match (scale.factor, scale.total, scale.year) {
        (Some(factor), ..) => t!("edit.people_factor", locale = locale, whose = whose, factor = plain(factor, 4)),
        (None, Some(total), _) => t!("edit.people_total", locale = locale, whose = whose, total = people(total, lang)),
        // One of the three is there: the reader has seen to it.
        (None, None, year) => {
            let year = year.map(|year| year.to_string()).unwrap_or_default();
            t!("edit.people_year", locale = locale, whose = whose, year = year)
        }
    }
    .into_owned()
}

fn roads(choice: &RoadChoice, lang: Lang) -> String {
    let locale = lang.locale();
    match choice {
        RoadChoice::Id(id) => t!("edit.roads_id", locale = locale, id = id).into_owned(),
        // People count from 1.
        RoadChoice::Feature(at) => t!("edit.roads_feature", locale = locale, n = at + 1).into_owned(),
        RoadChoice::Name(name) => t!("edit.roads_name", locale = locale, name = name).into_owned(),
        RoadChoice::Area(_) => tr("edit.roads_area", lang),
        RoadChoice::Line(_) => tr("edit.roads_line", lang),
    }
}

fn place(at: Position) -> String {
    format!("{}, {}", plain(at.0, PLACE_DECIMALS), plain(at.1, PLACE_DECIMALS))
}

/// A name, and the id if it says more.
fn called(id: &str, name: Option<&str>) -> String {
    match name {
        Some(name) if name != id => format!("{name} ({id})"),
        _ => id.to_owned(),
    }
}

/// What is known of a new or changed thing, by titles.
struct Details {
    lang: Lang,
    parts: Vec<String>,
}

impl Details {
    fn new(lang: Lang) -> Self {
        Self { lang, parts: Vec::new() }
    }

    fn push(&mut self, title: &str, value: &str) {
        self.parts.push(format!("{title}{}{value}", colon(self.lang)));
    }

    fn kind(&mut self, word: Option<&str>) {
        if let Some(word) = word {
            self.push(&known("field", "kind", self.lang), &kind(word, self.lang));
        }
    }

    fn numbers(&mut self, fields: &[(&str, Option<f64>)]) {
        for (field, value) in fields {
            if let Some(value) = value {
                self.push(&known("field", field, self.lang), &plain(*value, 2));
            }
        }
    }

    fn parameters(&mut self, fields: &[(&str, Option<f64>)]) {
        for (key, value) in fields {
            if let Some(value) = value {
                self.push(&known("parameter", key, self.lang), &plain(*value, 2));
            }
        }
    }

    fn attributes(&mut self, attributes: &BTreeMap<String, AttributeValue>) {
        for (name, value) in attributes {
            let value = match value {
                AttributeValue::Flag(flag) => tr(if *flag { "edit.yes" } else { "edit.no" }, self.lang),
                AttributeValue::Number(number) => grouped(*number),
                AttributeValue::Text(text) => text.clone(),
            };
            self.push(&super::field(name, self.lang), &value);
        }
    }

    /// The details behind what they are of.
    fn behind(self, head: &str) -> String {
        if self.parts.is_empty() {
            return head.to_owned();
        }
        let parts = clauses(&self.parts, self.lang);
        t!("edit.with", locale = self.lang.locale(), head = head, parts = parts).into_owned()
    }
}
