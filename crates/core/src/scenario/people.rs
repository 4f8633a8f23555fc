//! People scaled, and housing areas.
//!
//! In: an edit. Out: the records of the population layer, or of the units that state people, and `[population]`. Where
//! region.toml scales the people to a total, the total changes as the people do: the factor between file and total stays.

use super::draft::{Draft, Topic, unknown};
use crate::city::area_index::AreaIndex;
use crate::travel::Demand;
use geo::{Centroid, Contains, Coord, InteriorPoint, MultiPolygon, Point};
use lifering_base::error::InputError;
use lifering_base::frame::LonLat;
use lifering_base::message;
use lifering_base::records::{People, Residence, Unit};
use lifering_readers::scenario::area;
use lifering_readers::scenario::edit::{Housing, PeopleScale};

/// Scales people, in all or in a unit.
pub(super) fn scale(draft: &mut Draft<'_>, edit: &PeopleScale) -> Result<(), InputError> {
    draft.changed.people = true;
    if let Some(word) = &edit.unit {
        return scale_unit(draft, word, edit);
    }
    let shown = format!("{:?} {:?} {:?}", edit.factor, edit.total, edit.year);
    let field = match (edit.year, edit.total) {
        (Some(_), _) => "year",
        (None, Some(_)) => "total",
        (None, None) => "factor",
    };
    draft.say(Topic::People, &shown, field)?;
    if let Some(year) = edit.year {
        let people = (draft.people_of_year)(year)
            .map_err(|why| InputError::wrong(draft.field("year"), why, message!("scenario.year_wanted")))?;
        let population = &mut draft.records.settings.population;
        population.scale_to = people.or(population.scale_to);
        population.year = Some(year);
        return Ok(());
    }
    if let Some(total) = edit.total {
        inhabited(draft, "total")?;
        let population = &mut draft.records.settings.population;
        population.scale_to = Some(total);
        population.year = None;
        return Ok(());
    }
    let factor = edit.factor.unwrap_or(1.0);
    keeping_scale(draft, |draft| {
        let all = draft.records.population.iter_mut().flatten().map(|home| &mut home.people);
        let of_layer = draft.base.records().population.is_some();
        all.for_each(|people| *people *= factor);
        if !of_layer {
            let units = draft.records.units.iter_mut().flatten();
            units.filter_map(|unit| unit.population.as_mut()).for_each(|people| *people *= factor);
        }
        Ok(())
    })
}

/// Adds a housing area.
pub(super) fn add_housing(draft: &mut Draft<'_>, housing: &Housing) -> Result<(), InputError> {
    draft.changed.people = true;
    let residence = match (&housing.area, housing.at) {
        (Some(corners), _) => {
            let drawn = area(corners, &draft.field("area"))?;
            for corner in corners {
                draft.on_ground(corner.place(), "area")?;
            }
            Residence::Area(drawn)
        }
        (None, Some(at)) => {
            draft.on_ground(at.place(), "at")?;
            Residence::Point(at.place())
        }
        (None, None) => return Ok(()),
    };
    if draft.records.population.is_none() {
        let found = message!("scenario.no_population_layer");
        return Err(InputError::wrong(draft.field("people"), found, message!("scenario.population_layer")));
    }
    keeping_scale(draft, |draft| {
        let home = People { people: housing.people, residence, urban: housing.urban };
        draft.records.population.get_or_insert_default().push(home);
        Ok(())
    })
}

fn scale_unit(draft: &mut Draft<'_>, word: &str, edit: &PeopleScale) -> Result<(), InputError> {
    let at = find_unit(draft, word)?;
    let field = if edit.total.is_some() { "total" } else { "factor" };
    draft.say(Topic::PeopleOf(at), &format!("{:?} {:?}", edit.factor, edit.total), field)?;
    let members = members(draft, at, word)?;
    let factor = match (edit.total, edit.factor) {
        (Some(total), _) => {
            let now: f64 = members.iter().map(|member| *people_of(draft, *member)).sum::<f64>() * scale_of(draft);
            if now <= 0.0 {
                let found = message!("scenario.nobody");
                return Err(InputError::wrong(draft.field("total"), found, message!("scenario.somebody")));
            }
            total / now
        }
        (None, factor) => factor.unwrap_or(1.0),
    };
    keeping_scale(draft, |draft| {
        for member in members {
            *people_of(draft, member) *= factor;
        }
        Ok(())
    })
}

/// The position of a unit by its id, or by a name that it alone has.
fn find_unit(draft: &Draft<'_>, word: &str) -> Result<usize, InputError> {
    let units: &[Unit] = draft.records.units.as_deref().unwrap_or_default();
    let by = |of: &dyn Fn(&Unit) -> bool| -> Vec<usize> {
        units.iter().enumerate().filter(|(_, unit)| of(unit)).map(|(at, _)| at).collect()
    };
    let mut found = by(&|unit| unit.id == word);
    if found.is_empty() {
        found = by(&|unit| unit.name == word);
    }
    match found.as_slice() {
        [one] => Ok(*one),
        [] => {
            let known = units.iter().flat_map(|unit| [unit.id.as_str(), unit.name.as_str()]);
            Err(unknown(draft.field("unit"), word, message!("scenario.unit_of"), known))
        }
        several => {
            let found = message!("scenario.several_units", unit = word, n = several.len());
            Err(InputError::wrong(draft.field("unit"), found, message!("scenario.unit_of")))
        }
    }
}

/// Records of people in a unit, by their positions: of the population layer, or of units if there is none. A record belongs
/// to the unit that holds its place; an area has its place at its centroid, or at a point inside where that is not.
fn members(draft: &Draft<'_>, at: usize, word: &str) -> Result<Vec<usize>, InputError> {
    let units: &[Unit] = draft.records.units.as_deref().unwrap_or_default();
    let whole = &units[at];
    let Some(ground) = &whole.area else {
        if draft.records.population.is_none() && whole.population.is_some() {
            return Ok(vec![at]);
        }
        let found = message!("scenario.unit_without_ground", unit = word);
        return Err(InputError::wrong(draft.field("unit"), found, message!("scenario.unit_with_ground")));
    };
    let index = AreaIndex::new(ground);
    let holds = |place: Option<LonLat>| place.is_some_and(|place| index.holds(place));
    let place_of = |residence: &Residence| match residence {
        Residence::Point(place) => Some(*place),
        Residence::Area(area) => place_in(area),
    };
    if let Some(population) = &draft.records.population {
        let homes = population.iter().enumerate();
        return Ok(homes.filter(|(_, home)| holds(place_of(&home.residence))).map(|(at, _)| at).collect());
    }
    let stated = units.iter().enumerate().filter(|(_, unit)| unit.population.is_some());
    let inside = |unit: &Unit| holds(unit.area.as_ref().and_then(place_in));
    Ok(stated.filter(|(i, unit)| *i == at || inside(unit)).map(|(i, _)| i).collect())
}

fn place_in(area: &MultiPolygon<f64>) -> Option<LonLat> {
    let centroid = area.centroid().filter(|centroid| area.contains(centroid));
    centroid.or_else(|| area.interior_point()).map(|point: Point<f64>| LonLat::from(Coord::from(point)))
}

/// The number of people of a record.
fn people_of<'d>(draft: &'d mut Draft<'_>, member: usize) -> &'d mut f64 {
    let records = &mut draft.records;
    match &mut records.population {
        Some(population) => &mut population[member].people,
        None => records.units.get_or_insert_default()[member].population.get_or_insert(0.0),
    }
}

/// People inside the boundary, before `scale_to`.
fn inside(draft: &Draft<'_>) -> f64 {
    let records = &draft.records;
    Demand::new(records.population.as_deref(), records.units.as_deref(), draft.base.ground(), None).inside
}

/// The factor between the people of the records and those that count.
fn scale_of(draft: &Draft<'_>) -> f64 {
    draft.records.settings.population.scale_to.map_or(1.0, |total| {
        let inside = inside(draft);
        if inside > 0.0 { total / inside } else { 1.0 }
    })
}

fn inhabited(draft: &Draft<'_>, field: &str) -> Result<(), InputError> {
    if inside(draft) > 0.0 {
        return Ok(());
    }
    Err(InputError::wrong(draft.field(field), message!("scenario.nobody"), message!("scenario.somebody")))
}

/// Edits people; a total that the region scales to changes as they do.
fn keeping_scale(
    draft: &mut Draft<'_>,
    edit: impl FnOnce(&mut Draft<'_>) -> Result<(), InputError>,
) -> Result<(), InputError> {
    let scale = draft.records.settings.population.scale_to.map(|_| scale_of(draft));
    edit(draft)?;
    if let Some(scale) = scale {
        let after = inside(draft) * scale;
        draft.records.settings.population.scale_to = (after > 0.0).then_some(after);
    }
    Ok(())
}
