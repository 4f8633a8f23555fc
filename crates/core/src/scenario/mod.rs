//! City + scenario -> city.
//!
//! In: a [`City`] and a [`Scenario`]. Out: the city that the scenario describes, or the first edit that does not fit, with
//! its number, field, what was found and what was wanted. The base stays as it is; what the edits leave alone is shared with
//! it: networks, costs and people under edits of sites, networks and people under another speed, networks, costs and sites
//! under other people. The records of the new city are those of the region's folder edited by hand.
//!
//! | module | edits |
//! | --- | --- |
//! | `sites` | stations, facilities, AEDs |
//! | `roads` | closed roads, other speeds |
//! | `settings` | period, response times, access leg, speeds by class |
//! | `people` | people scaled, housing areas |
//! | `draft` | records under edit, and what earlier edits say |
//! | `history` | edits one after another, and undone |

mod draft;
mod history;
mod people;
mod roads;
mod settings;
mod sites;

pub use history::EditedCity;

use crate::city::City;
use draft::Draft;
use lifering_base::Message;
use lifering_base::error::InputError;
use lifering_readers::scenario::{Edit, Scenario, StateChange};

/// A scenario as it was applied.
#[derive(Clone, Debug)]
pub struct Applied {
    /// The scenario.
    pub scenario: Scenario,
    /// Files of the region that are not those the scenario was made on; empty unless it was applied all the same.
    pub rebased: Vec<StateChange>,
}

/// The people of a year: `None` if the standard has limits of that year alone; an error if it says nothing of it.
pub type PeopleOfYear<'a> = dyn Fn(u16) -> Result<Option<f64>, Message> + 'a;

/// How a scenario is applied.
#[derive(Clone, Copy)]
pub struct Application<'a> {
    /// Whether it is applied to other data than it was made on.
    pub rebase: bool,
    /// The standard's own population figures.
    pub people_of_year: &'a PeopleOfYear<'a>,
}

/// The city of a scenario. A scenario without edits is the base.
///
/// # Errors
/// The data is not what the scenario was made on, or an edit does not fit the region or an earlier edit.
pub fn apply(city: &City, scenario: &Scenario, how: Application<'_>) -> Result<City, InputError> {
    let rebased = scenario.changes_since(city.records());
    if !how.rebase {
        scenario.check_state(city.records())?;
    }
    if scenario.edits.is_empty() {
        return Ok(city.clone());
    }
    let mut draft = Draft::new(city, scenario, how.people_of_year);
    for (number, edit) in scenario.edits.iter().enumerate() {
        draft.begin(number);
        make(&mut draft, edit)?;
    }
    Ok(city.edited(draft.records, draft.changed, Applied { scenario: scenario.clone(), rebased }))
}

/// Makes one edit.
fn make(draft: &mut Draft<'_>, edit: &Edit) -> Result<(), InputError> {
    match edit {
        Edit::AddStation(new) => sites::add(draft, sites::STATIONS, new.site(&draft.place())?),
        Edit::MoveStation(moved) => sites::move_station(draft, moved),
        Edit::CloseStation(closed) => sites::close(draft, sites::STATIONS, &closed.station),
        Edit::SetStation(values) => sites::set_station(draft, values),
        Edit::AddFacility(new) => sites::add(draft, sites::FACILITIES, new.site(&draft.place())?),
        Edit::CloseFacility(closed) => sites::close(draft, sites::FACILITIES, &closed.facility),
        Edit::AddAed(new) => sites::add(draft, sites::AEDS, new.site(&draft.place())?),
        Edit::CloseAed(closed) => sites::close(draft, sites::AEDS, &closed.aed),
        Edit::CloseRoad(choice) => roads::close(draft, choice),
        Edit::SetRoadSpeed(speed) => roads::set_speed(draft, speed),
        Edit::SetPeriod(period) => settings::set_period(draft, period),
        Edit::SetResponse(times) => settings::set_response(draft, times),
        Edit::SetAccess(values) => settings::set_access(draft, values),
        Edit::SetSpeeds(speeds) => settings::set_speeds(draft, speeds),
        Edit::ScalePeople(scale) => people::scale(draft, scale),
        Edit::AddHousing(housing) => people::add_housing(draft, housing),
    }
}
