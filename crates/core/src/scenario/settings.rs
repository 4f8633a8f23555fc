//! Parameters of region.toml: period, response times, access leg, speeds by class.
//!
//! In: an edit. Out: the settings as region.toml edited by hand gives them.

use super::draft::{Draft, Topic};
use lifering_base::error::InputError;
use lifering_base::message;
use lifering_base::records::road_class::RoadClass;
use lifering_readers::scenario::edit::{AccessLegValues, PeriodInForce, ResponseTimes};
use lifering_readers::settings::Settings;
use std::collections::BTreeMap;

/// Puts another period in force.
pub(super) fn set_period(draft: &mut Draft<'_>, edit: &PeriodInForce) -> Result<(), InputError> {
    let drive = &draft.records.settings.drive;
    if edit.factor.is_none() && !drive.periods.contains_key(&edit.period) {
        let known: Vec<&str> = drive.periods.keys().map(String::as_str).collect();
        let found = message!("scenario.unknown_period", period = &edit.period);
        let wanted = message!("scenario.period_wanted", all = known.join(", "));
        return Err(InputError::wrong(draft.field("period"), found, wanted));
    }
    draft.say(Topic::Setting("drive.period"), &edit.period, "period")?;
    let before = draft.records.settings.drive.period_factor();
    if let Some(factor) = edit.factor {
        draft.say(Topic::Factor(edit.period.clone()), &factor.to_string(), "factor")?;
        draft.records.settings.drive.periods.insert(edit.period.clone(), factor);
        // Costs are kept by the name of the period.
        draft.changed.driving = true;
    }
    draft.records.settings.drive.period.clone_from(&edit.period);
    let after = draft.records.settings.drive.period_factor();
    if let Some(taken) = &mut draft.records.roads_taken {
        taken.fastest_kmh *= before / after;
    }
    Ok(())
}

/// Changes times before departure.
pub(super) fn set_response(draft: &mut Draft<'_>, edit: &ResponseTimes) -> Result<(), InputError> {
    let ResponseTimes { answer_s, process_s, turnout_s } = edit;
    set(draft, ("answer_s", "response.answer_s", *answer_s), |settings| &mut settings.response.answer_s)?;
    set(draft, ("process_s", "response.process_s", *process_s), |settings| &mut settings.response.process_s)?;
    set(draft, ("turnout_s", "response.turnout_s", *turnout_s), |settings| &mut settings.response.turnout_s)
}

/// Changes the leg between road and person.
pub(super) fn set_access(draft: &mut Draft<'_>, edit: &AccessLegValues) -> Result<(), InputError> {
    let AccessLegValues { speed_kmh, max_m } = edit;
    set(draft, ("speed_kmh", "access.speed_kmh", *speed_kmh), |settings| &mut settings.access.speed_kmh)?;
    set(draft, ("max_m", "access.max_m", *max_m), |settings| &mut settings.access.max_m)
}

/// Changes driving speeds by class.
pub(super) fn set_speeds(draft: &mut Draft<'_>, speeds: &BTreeMap<RoadClass, f64>) -> Result<(), InputError> {
    draft.changed.driving = true;
    for (class, kmh) in speeds {
        draft.say(Topic::Class(*class), &kmh.to_string(), class.word())?;
        draft.records.settings.drive.speeds_kmh.insert(*class, *kmh);
        let factor = draft.records.settings.drive.period_factor();
        if let Some(taken) = &mut draft.records.roads_taken {
            taken.fastest_kmh = taken.fastest_kmh.max(kmh / factor);
        }
    }
    Ok(())
}

/// Sets one value, if it is given.
fn set(
    draft: &mut Draft<'_>,
    (field, key, value): (&'static str, &'static str, Option<f64>),
    slot: impl FnOnce(&mut Settings) -> &mut f64,
) -> Result<(), InputError> {
    let Some(value) = value else { return Ok(()) };
    draft.say(Topic::Setting(key), &value.to_string(), field)?;
    *slot(&mut draft.records.settings) = value;
    Ok(())
}
