//! Values of edits, as far as they are right or wrong whatever the region is.
//!
//! In: a scenario. Out: nothing, or the first value that is not what it must be, with its edit and field.

use super::edit::{AccessLegValues, Edit, Housing, PeopleScale, PeriodInForce, Position, ResponseTimes, RoadChoice};
use super::{Scenario, drawn};
use crate::checks;
use lifering_base::error::{InputError, Place};
use lifering_base::{Message, message};

/// Driving speed beyond which a number is no speed of a road, km/h.
const FASTEST_KMH: f64 = 500.0;

impl Scenario {
    pub(super) fn check(&self) -> Result<(), InputError> {
        if self.name.trim().is_empty() {
            let place = Place::file(&self.file).field("name");
            return Err(InputError::wrong(place, message!("message.nothing"), message!("scenario.a_name")));
        }
        self.edits.iter().enumerate().try_for_each(|(n, edit)| edit.check(&self.place(n)))
    }
}

impl Edit {
    fn check(&self, place: &Place) -> Result<(), InputError> {
        let at = |field: &str| place.clone().field(field);
        match self {
            Self::AddStation(new) => {
                filled(&new.id, &at("id"))?;
                position(new.at, &at("at"))?;
                new.site(place).map(drop)
            }
            Self::AddFacility(new) => {
                filled(&new.id, &at("id"))?;
                position(new.at, &at("at"))?;
                new.site(place).map(drop)
            }
            Self::AddAed(new) => {
                filled(&new.id, &at("id"))?;
                position(new.at, &at("at"))?;
                new.site(place).map(drop)
            }
            Self::MoveStation(moved) => position(moved.to, &at("to")),
            Self::SetStation(values) => {
                let counts = [("ambulances", values.ambulances), ("negative_pressure", values.negative_pressure)];
                for (field, value) in counts {
                    whole(value, &at(field))?;
                }
                at_least_zero(values.turnout_s, &at("turnout_s"))?;
                let all = [values.ambulances, values.negative_pressure, values.turnout_s];
                one_given(&all, "ambulances, negative_pressure, turnout_s", place)
            }
            Self::CloseRoad(choice) => choice.check(place),
            Self::SetRoadSpeed(speed) => {
                speed.road.check(place)?;
                speed_kmh(speed.kmh, &at("kmh"))
            }
            Self::SetPeriod(PeriodInForce { period, factor }) => {
                filled(period, &at("period"))?;
                factor.map_or(Ok(()), |factor| above_zero(factor, &at("factor")))
            }
            Self::SetResponse(ResponseTimes { answer_s, process_s, turnout_s }) => {
                for (field, value) in [("answer_s", answer_s), ("process_s", process_s), ("turnout_s", turnout_s)] {
                    at_least_zero(*value, &at(field))?;
                }
                one_given(&[*answer_s, *process_s, *turnout_s], "answer_s, process_s, turnout_s", place)
            }
            Self::SetAccess(AccessLegValues { speed_kmh: speed, max_m }) => {
                speed.map_or(Ok(()), |speed| speed_kmh(speed, &at("speed_kmh")))?;
                max_m.map_or(Ok(()), |metres| above_zero(metres, &at("max_m")))?;
                one_given(&[*speed, *max_m], "speed_kmh, max_m", place)
            }
            Self::SetSpeeds(speeds) => {
                if speeds.is_empty() {
                    return Err(InputError::wrong(
                        at("set_speeds"),
                        message!("message.nothing"),
                        message!("scenario.class_and_speed"),
                    ));
                }
                speeds.iter().try_for_each(|(class, kmh)| speed_kmh(*kmh, &at(class.word())))
            }
            Self::ScalePeople(scale) => scale.check(place),
            Self::AddHousing(housing) => housing.check(place),
            Self::CloseStation(_) | Self::CloseFacility(_) | Self::CloseAed(_) => Ok(()),
        }
    }
}

impl RoadChoice {
    fn check(&self, place: &Place) -> Result<(), InputError> {
        match self {
            Self::Id(id) => filled(id, &place.clone().field("id")),
            Self::Name(name) => filled(name, &place.clone().field("name")),
            Self::Feature(_) => Ok(()),
            Self::Area(corners) => {
                let place = place.clone().field("area");
                positions(corners, &place)?;
                drawn::area(corners, &place).map(drop)
            }
            Self::Line(line) => {
                let place = place.clone().field("line");
                positions(line, &place)?;
                drawn::line(line, &place).map(drop)
            }
        }
    }
}

impl PeopleScale {
    fn check(&self, place: &Place) -> Result<(), InputError> {
        let at = |field: &str| place.clone().field(field);
        at_least_zero(self.factor, &at("factor"))?;
        at_least_zero(self.total, &at("total"))?;
        let given = [self.factor.map(drop), self.total.map(drop), self.year.map(drop)].iter().flatten().count();
        if given != 1 {
            let found = message!("scenario.given", n = given);
            return Err(InputError::wrong(at("scale_people"), found, message!("scenario.one_scale")));
        }
        if self.unit.is_none() && self.total == Some(0.0) {
            return Err(InputError::wrong(at("total"), "0", message!("message.above_zero")));
        }
        match (&self.unit, self.year) {
            (Some(_), Some(year)) => {
                let wanted = message!("scenario.year_of_all");
                Err(InputError::wrong(at("year"), year, wanted))
            }
            _ => Ok(()),
        }
    }
}

impl Housing {
    fn check(&self, place: &Place) -> Result<(), InputError> {
        let at = |field: &str| place.clone().field(field);
        at_least_zero(Some(self.people), &at("people"))?;
        match (&self.area, self.at) {
            (Some(corners), None) => {
                positions(corners, &at("area"))?;
                drawn::area(corners, &at("area")).map(drop)
            }
            (None, Some(place)) => position(place, &at("at")),
            (area, _) => {
                let found = message!("scenario.given", n = if area.is_some() { 2_usize } else { 0 });
                Err(InputError::wrong(at("add_housing"), found, message!("scenario.area_or_place")))
            }
        }
    }
}

fn wrong(place: &Place, found: impl Into<Message>, wanted: Message) -> Result<(), InputError> {
    Err(InputError::wrong(place.clone(), found, wanted))
}

fn filled(text: &str, place: &Place) -> Result<(), InputError> {
    if text.trim().is_empty() {
        return wrong(place, message!("message.nothing"), message!("scenario.a_word"));
    }
    Ok(())
}

fn position(at: Position, place: &Place) -> Result<(), InputError> {
    if (-180.0..=180.0).contains(&at.0) && (-90.0..=90.0).contains(&at.1) {
        return Ok(());
    }
    wrong(place, format!("[{}, {}]", at.0, at.1), message!("scenario.position"))
}

fn positions(all: &[Position], place: &Place) -> Result<(), InputError> {
    all.iter().try_for_each(|at| position(*at, place))
}

fn above_zero(number: f64, place: &Place) -> Result<(), InputError> {
    if number.is_finite() && number > 0.0 {
        return Ok(());
    }
    wrong(place, number.to_string(), message!("message.above_zero"))
}

fn speed_kmh(number: f64, place: &Place) -> Result<(), InputError> {
    above_zero(number, place)?;
    if number > FASTEST_KMH {
        return wrong(place, number.to_string(), message!("scenario.at_most_kmh", kmh = FASTEST_KMH));
    }
    Ok(())
}

fn at_least_zero(number: Option<f64>, place: &Place) -> Result<(), InputError> {
    number.map_or(Ok(()), |number| checks::amount(number, || place.clone()).map(drop))
}

fn whole(number: Option<f64>, place: &Place) -> Result<(), InputError> {
    at_least_zero(number, place)?;
    match number {
        Some(number) if number.fract() != 0.0 => wrong(place, number.to_string(), message!("scenario.whole")),
        _ => Ok(()),
    }
}

fn one_given(values: &[Option<f64>], names: &str, place: &Place) -> Result<(), InputError> {
    if values.iter().any(Option::is_some) {
        return Ok(());
    }
    wrong(place, message!("message.nothing"), message!("scenario.at_least_one", all = names))
}
