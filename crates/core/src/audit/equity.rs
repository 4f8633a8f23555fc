//! How evenly the reference drive reaches people.

use super::reference_drive::ReferenceDrive;
use crate::city::City;
use crate::measure::AccessMeasurements;
use crate::measure::equity::Equity;
use lifering_base::units::{Milliseconds, TIME_RESOLUTION_MS};
use lifering_standards::access_query;
use lifering_standards::catalogue::{Criterion, Standard};

/// The equity of the first rule that has field and clock of the reference drive. `first` are its first arrivals, indexed by
/// population sample. `None` without a reference drive, or if nobody is in the rule's scope.
pub fn equity(
    city: &City,
    standard: &Standard,
    drive: Option<&ReferenceDrive<'_>>,
    measured: &AccessMeasurements,
    first: &[Option<Milliseconds>],
) -> Option<Equity> {
    let drive = drive?;
    let (position, limit_s, criterion) = standard.rules.iter().enumerate().find_map(|(position, rule)| {
        let Criterion::TravelTime(time) = &rule.criterion else { return None };
        let query = access_query(&rule.criterion, city.evidence())?.ok()?;
        let same = *measured.field_of(&query)?.as_ref().ok()? == drive.field;
        same.then_some((position, time.limit_s, &rule.criterion))
    })?;
    let about = city.evidence().demand(criterion.demand()).ok()?;
    let limit = Milliseconds(limit_s * 1000 + TIME_RESOLUTION_MS as u32);
    let people = |point: usize| city.evidence().demand_points[point].people;
    let about = about.into_iter().map(|point| point as usize);
    let equity = Equity::of(position, limit, about, first, people, city.unit_of_sample());
    (equity.whole.people > 0.0).then_some(equity)
}
