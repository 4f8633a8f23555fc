//! The quality of the data of a region.
//!
//! In: a region as read. Out: [`Quality`]: the grade of every layer, and a [`Survey`] of connectivity, of sites and
//! people off the roads, and of the fit of layers to the roads. Findings are also issues of their layers. `lifering
//! check` and every audit share the survey.

pub mod fit;
pub mod fix;
pub mod grade;
pub mod network;
pub mod issue_log;
pub mod people;
pub(crate) mod plausibility;
pub mod road_use;
pub mod entries;
pub mod sites;
pub mod survey;
mod plane;
mod unit_joins;
mod unit_overlaps;

use crate::city::boundary::boundary;
use crate::city::{City, CityError, Profile};
use crate::network::{BuildSettings, Usage, build};
use crate::travel::Reachability;
use crate::travel::demand::reach;
use entries::{StationReach, reach_of_stations};
use fit::{Fit, fits};
use geo::{Centroid, Coord};
use grade::{LayerGrade, grade};
use issue_log::{IssueLog, with_issues};
use lifering_base::datum::Datum;
use lifering_base::frame::{Frame, FrameError, LonLat};
use lifering_base::issue::Issue;
use lifering_base::parameters::Roads;
use lifering_base::readings::Readings;
use lifering_readers::columns::ColumnRecord;
use lifering_readers::{InputRecord, Region};
use road_use::RoadNotes;
use std::collections::BTreeMap;
use survey::{Survey, fits_of_layers, survey_with};

/// The quality of one layer.
#[derive(Clone, Debug)]
pub struct LayerQuality {
    /// Grade and its reason.
    pub grade: LayerGrade,
    /// File, as region.toml names it.
    pub file: String,
    /// File format.
    pub format: &'static str,
    /// Encoding of its text; `None` for formats without one.
    pub encoding: Option<&'static str>,
    /// Features in the file.
    pub features: usize,
    /// Features used.
    pub used: usize,
    /// Features not used.
    pub left_out: usize,
    /// Features used with a changed value or geometry.
    pub changed: usize,
    /// Fit to the roads; `None` for layers without points in China.
    pub fit: Option<Fit>,
    /// What was made of every column.
    pub columns: Vec<ColumnRecord>,
    /// The states of the values, by field.
    pub readings: Readings,
    /// All issues of the layer.
    pub issues: Vec<Issue>,
}

/// The findings of `lifering check`.
#[derive(Clone, Debug)]
pub struct Quality {
    /// Name of the region.
    pub region: String,
    /// Layers in the order of reading.
    pub layers: Vec<LayerQuality>,
    /// Roads, sites and people in relation to each other.
    pub survey: Survey,
    /// Every input file with all its issues.
    pub inputs: Vec<InputRecord>,
    /// Every road, point and turn that the survey counts.
    pub road_notes: RoadNotes,
    /// How far every station can drive, in the order of its layer.
    pub station_reach: Vec<StationReach>,
    /// The city that was looked at.
    pub city: City,
}

impl Quality {
    /// Datum to apply, by key of the layer, once the user allows that ([`Fit::accepted`]).
    pub fn accepted(&self) -> BTreeMap<String, Datum> {
        let accepted = |l: &LayerQuality| Some((l.grade.key.clone(), l.fit.as_ref()?.accepted(&l.grade.key)?));
        self.layers.iter().filter_map(accepted).collect()
    }
}

/// Assesses the data of a region.
///
/// # Errors
/// No local frame can be laid over the region.
pub fn assess(records: Region) -> Result<Quality, CityError> {
    Ok(assess_city(City::surveyed(records)?))
}

/// The same of a city, that of a scenario for example.
pub fn assess_city(city: City) -> Quality {
    // A search without starts leaves every place with a road in reach cut off, and the others without a road.
    let places: Vec<Coord<f64>> = city.people().samples.iter().map(|sample| sample.xy).collect();
    let reached =
        reach(&city.travel_field(&Profile::Network(city.records().settings.drive.obey), &[]), city.barriers(), &places);
    let samples = city.people().samples.iter().zip(reached);
    let beyond = samples.filter(|(_, r)| *r == Reachability::NoRoad).map(|(sample, _)| sample.people);
    // A sum of nothing is -0.
    let no_road = beyond.sum::<f64>() + 0.0;
    let mut log = IssueLog::default();
    let road_notes = RoadNotes::of(&city);
    let survey = survey_with(&city, no_road, &road_notes, &mut log);
    entries::note_uncertain(&city, &mut log);
    let fits = fits_of_layers(&city, &mut log);
    let inputs = with_issues(city.records(), &log);
    let layers = inputs.iter().map(|input| layer(input, fits.get(&input.key).cloned())).collect();
    let region = city.records().settings.name.clone();
    let station_reach = reach_of_stations(&city, &city.drive_network());
    Quality { region, layers, survey, inputs, road_notes, station_reach, city }
}

fn layer(input: &InputRecord, fit: Option<Fit>) -> LayerQuality {
    LayerQuality {
        grade: grade(input),
        file: input.file.clone(),
        format: input.format.name(),
        encoding: input.encoding,
        features: input.features,
        used: input.used,
        left_out: input.features.saturating_sub(input.used),
        changed: input.issues.changed(),
        fit,
        columns: input.columns.clone(),
        readings: input.issues.readings().clone(),
        issues: input.issues.list(),
    }
}

/// Datum to apply to point layers, by key of the layer, once the user allows that ([`Fit::accepted`]).
///
/// # Errors
/// No local frame can be laid over the region.
pub fn accepted_datum(region: &Region) -> Result<BTreeMap<String, Datum>, FrameError> {
    let (degrees, _) = boundary(region);
    let centre = degrees.centroid().map_or(LonLat::new(0.0, 0.0), |c| Coord::from(c).into());
    let frame = Frame::new(centre)?;
    let mut settings = region.settings.clone();
    settings.roads = Roads::default();
    let usage = Usage::Drive(settings.drive.obey);
    let network = build(&region.roads, &frame, &BuildSettings::plain(usage, &settings));
    let fits = fits(region, &network, &frame, &mut IssueLog::default());
    Ok(fits.into_iter().filter_map(|(key, fit)| Some((key.clone(), fit.accepted(&key)?))).collect())
}
