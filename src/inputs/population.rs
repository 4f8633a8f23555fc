//! Where people live: points and polygons with a number of people.

use super::areas::{area, spreadable};
use super::error::{InputError, Place};
use super::fields::FeatureFields;
use super::issue::IssueCode;
use super::layer_file::LayerFile;
use super::said::said;
use crate::frame::LonLat;
use geo::MultiPolygon;

/// Where the people of one feature live.
#[derive(Clone, Debug)]
pub enum Residence {
    /// At one place.
    Point(LonLat),
    /// Somewhere in an area (degrees).
    Area(MultiPolygon<f64>),
}

/// One population feature.
#[derive(Clone, Debug)]
pub struct People {
    /// How many.
    pub people: f64,
    /// Where.
    pub residence: Residence,
    /// Whether they live in a town, where the file says so.
    pub urban: Option<bool>,
}

/// Types every feature; one without a number of people is counted and left out, a layer without any is refused.
pub fn read(layer: &mut LayerFile) -> Result<Vec<People>, InputError> {
    let mut issues = std::mem::take(&mut layer.issues);
    let mut all = Vec::with_capacity(layer.features.len());
    for feature in &layer.features {
        let place = layer.place(feature);
        let Some(geometry) = &feature.geometry else {
            issues.note(IssueCode::NoGeometry, &place, said!("said.null_geometry"), said!("said.point_or_polygon"));
            continue;
        };
        let mut fields = FeatureFields {
            fields: &layer.fields,
            properties: &feature.properties,
            place: place.clone(),
            issues: &mut issues,
        };
        let people = fields.amount("population", &layer.file)?;
        let urban = fields.flag("urban");
        let Some(people) = people else {
            issues.note(
                IssueCode::ValueMissing,
                &place.clone().field("population"),
                said!("said.no_people_number"),
                said!("said.number_left_out"),
            );
            continue;
        };
        let residence = if let Some(at) = geometry.point() {
            Residence::Point(at)
        } else {
            let area = area(geometry, &place, &mut issues).map_err(|e| match e {
                InputError::Wrong { place, found, help, .. } => {
                    InputError::Wrong { place, found, wanted: said!("said.point_polygon_types"), help }
                }
                other => other,
            })?;
            let Some(area) = area else { continue };
            spreadable(&area, &place)?;
            Residence::Area(area)
        };
        all.push(People { people, residence, urban });
    }
    if all.is_empty() && !layer.features.is_empty() {
        return Err(layer.fields.missing(&layer.file, "population", layer.features.first().map(|f| &f.properties)));
    }
    if layer.features.is_empty() {
        issues.note(
            IssueCode::EmptyLayer,
            &Place::file(&layer.file),
            said!("said.no_features"),
            said!("said.no_people_to_judge"),
        );
    }
    layer.used = all.len();
    layer.issues = issues;
    Ok(all)
}
