//! People: points and polygons with a number of people.
//!
//! In: the features of a layer. Out: [`People`] and issues.

use crate::areas::{self, area, spreadable};
use crate::checks;
use crate::feature::RawFeature;
use crate::fields::FeatureFields;
use crate::layer_file::LayerFile;
use crate::properties::Properties;
use lifering_base::error::{InputError, Place};
use lifering_base::issue::{IssueCode, Issues};
use lifering_base::message;
use lifering_base::records::{People, Residence};

/// More people than any country has (India, 1.45 billion in 2024, United Nations World Population Prospects).
const LARGEST_COUNTRY: f64 = 1.5e9;

/// Types every feature; one without a number of people is noted and left out, a layer without any is refused.
pub fn read(layer: &mut LayerFile) -> Result<Vec<People>, InputError> {
    /// Number of features by which a suggestion is tried.
    const SAMPLE: usize = 1000;
    let sample: Vec<Properties> = layer.features.iter().take(SAMPLE).map(|f| f.properties.clone()).collect();
    // Where no feature has a place, the column is not what is wrong.
    let placed = layer.features.iter().any(|feature| feature.geometry.is_some());
    let (all, issues) = layer.typed(people)?;
    let unread = issues.readings().of("population").used() == 0;
    layer.issues.append(issues);
    if all.is_empty() && placed && unread {
        return Err(layer.fields.missing(&layer.file, "population", &sample));
    }
    let total: f64 = all.iter().map(|people| people.people).sum();
    if total > LARGEST_COUNTRY {
        let place = Place::file(&layer.file).field("population");
        let found = message!("message.total_of_no_place", n = format!("{total:.0}"));
        return Err(InputError::wrong(place, found, message!("message.largest_country")));
    }
    checks::note_empty(layer.count, &layer.file, message!("message.no_people_to_judge"), &mut layer.issues);
    layer.used = all.len();
    Ok(all)
}

fn people(layer: &LayerFile, mut feature: RawFeature, issues: &mut Issues) -> Result<Option<People>, InputError> {
    let Some(geometry) = feature.geometry.take() else {
        let place = layer.place(&feature);
        issues.note(
            IssueCode::NoGeometry,
            &place,
            layer.fields.without_place(&feature),
            message!("message.point_or_polygon"),
        );
        return Ok(None);
    };
    let point = geometry.point();
    let polygon = if point.is_some() {
        None
    } else {
        let area = area(&geometry, &layer.place(&feature), issues).map_err(|e| match e {
            InputError::Wrong { place, found, help, .. } => {
                InputError::Wrong { place, found, wanted: message!("message.point_polygon_types"), help }
            }
            other => other,
        })?;
        let Some(area) = area else { return Ok(None) };
        Some(area)
    };
    let mut fields = FeatureFields { fields: &layer.fields, file: &layer.file, feature: &feature, issues };
    let people = fields.people(|| polygon.as_ref().map(areas::area_km2))?;
    let urban = fields.flag("urban");
    let Some(people) = people else {
        let place = fields.place("population");
        issues.note(
            IssueCode::ValueMissing,
            &place,
            message!("message.no_people_number"),
            message!("message.number_left_out"),
        );
        return Ok(None);
    };
    let residence = match (point, polygon) {
        (Some(at), _) => Residence::Point(at),
        (None, Some(area)) => {
            spreadable(&area, &layer.place(&feature))?;
            Residence::Area(area)
        }
        (None, None) => return Ok(None),
    };
    Ok(Some(People { people, residence, urban }))
}

/// Checks people that were not read from a file as [`read`] checks those that were; `None` if nothing is left.
pub(crate) fn check(mut people: People, place: &Place, issues: &mut Issues) -> Result<Option<People>, InputError> {
    people.people = checks::amount(people.people, || place.clone().field("population"))?;
    if let Residence::Area(drawn) = &people.residence {
        let Some(area) = areas::check(drawn, place, issues)? else { return Ok(None) };
        spreadable(&area, place)?;
        people.residence = Residence::Area(area);
    }
    Ok(Some(people))
}
