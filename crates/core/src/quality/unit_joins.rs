//! Records without a place and the units they name.
//!
//! In: a city. Out: issues of the extra layers: records whose unit is nobody's, and codes that were read otherwise than they
//! stand in the file.

use super::issue_log::IssueLog;
use crate::city::City;
use crate::city::unit_join::{JoinedBy, UnitJoin};
use lifering_base::error::Place;
use lifering_base::issue::IssueCode;
use lifering_base::message;

/// Logs how records were joined to units.
pub fn note(city: &City, log: &mut IssueLog) {
    let units = city.records().units.as_deref().unwrap_or_default();
    for record in city.unplaced() {
        let Some(mut issues) = log.of_extra(city.records(), &record.layer) else { continue };
        let place = Place { feature: Some(record.feature), ..Place::file(issues.file).field("unit") };
        let stated = record.stated.clone().unwrap_or_default();
        match &record.unit {
            UnitJoin::Unknown => {
                issues.note(IssueCode::UnitUnknown, &place, stated, message!("message.unit_unknown"));
            }
            UnitJoin::NoneFits => {
                issues.note(IssueCode::UnitUnknown, &place, stated, message!("message.no_unit_fits"));
            }
            UnitJoin::Units(joined) => {
                let read = joined.iter().filter(|(_, by)| *by != JoinedBy::Word).min_by_key(|(_, by)| *by);
                // One that is the word of a unit, and within a unit of another level, is read as it stands.
                let as_written = joined.iter().any(|(_, by)| *by == JoinedBy::Word);
                let Some((unit, by)) = read.filter(|_| !as_written) else { continue };
                let unit = &units[*unit as usize];
                let wanted = match by {
                    JoinedBy::Word | JoinedBy::Code => message!("message.unit_code", name = &unit.name, id = &unit.id),
                    JoinedBy::CodeWithin => message!("message.unit_code_within", name = &unit.name, id = &unit.id),
                    JoinedBy::Name => message!("message.unit_by_name", name = &unit.name, id = &unit.id),
                };
                issues.note(IssueCode::UnitCodeRead, &place, stated, wanted);
            }
            UnitJoin::Any => {}
        }
    }
}
