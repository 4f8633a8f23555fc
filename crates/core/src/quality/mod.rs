//! How good the data is, before anything is judged by it.
//!
//! In: a region as read. Out: [`Quality`]: every layer with a grade and its reason, and a [`Survey`]: how the roads hang
//! together, sites and people that the roads do not reach, the fit of layers to the roads. What is found is also noted as
//! an issue of its layer. `lifering check` and every audit take the same survey. Nothing is changed.

pub mod fit;
pub mod fix;
pub mod grade;
pub mod network;
pub mod notes;
pub mod people;
pub mod sites;
pub mod survey;

use crate::city::boundary::boundary;
use crate::city::{City, CityError, Profile};
use crate::network::{BuildSettings, Usage, build};
use crate::travel::Reachability;
use crate::travel::demand::reach;
use fit::{Fit, fits};
use geo::{Centroid, Coord};
use grade::{LayerGrade, grade};
use lifering_base::datum::Datum;
use lifering_base::frame::{Frame, FrameError, LonLat};
use lifering_base::issue::Issue;
use lifering_readers::{InputRecord, Region};
use notes::{Notes, merged};
use std::collections::BTreeMap;
use survey::{Survey, survey};

/// One layer.
#[derive(Clone, Debug)]
pub struct LayerQuality {
    /// Its letter and the reason.
    pub grade: LayerGrade,
    /// Its file.
    pub file: String,
    /// In which format it was.
    pub format: &'static str,
    /// Its text's encoding, where it is text.
    pub encoding: Option<&'static str>,
    /// Features in the file.
    pub features: usize,
    /// Features used.
    pub used: usize,
    /// Features left out.
    pub left_out: usize,
    /// Features of which something is used otherwise than it stands in the file.
    pub changed: usize,
    /// Point layers in China: how they fit the roads.
    pub fit: Option<Fit>,
    /// Everything noticed.
    pub issues: Vec<Issue>,
}

/// What `lifering check` finds.
#[derive(Clone, Debug)]
pub struct Quality {
    /// Name of the region.
    pub region: String,
    /// Layers in the order they are read.
    pub layers: Vec<LayerQuality>,
    /// Roads, sites and people as they lie to each other.
    pub survey: Survey,
    /// Every file with all its issues.
    pub inputs: Vec<InputRecord>,
}

impl Quality {
    /// Layers that fit the roads better in another datum: the datum may be accepted.
    pub fn accepted(&self) -> BTreeMap<String, Datum> {
        let accepted = |l: &LayerQuality| Some((l.grade.key.clone(), l.fit.as_ref()?.accepted(&l.grade.key)?));
        self.layers.iter().filter_map(accepted).collect()
    }
}

/// Assesses the data of a region.
///
/// # Errors
/// The region lies where no plane can be laid.
pub fn assess(records: Region) -> Result<Quality, CityError> {
    let city = City::surveyed(records)?;
    // Without a start every place with a road in reach is cut off: what is left are those without a road.
    let places: Vec<Coord<f64>> = city.people().samples.iter().map(|sample| sample.xy).collect();
    let reached = reach(&city.travel_field(&Profile::Network, &[]), city.barriers(), &places);
    let samples = city.people().samples.iter().zip(reached);
    let beyond = samples.filter(|(_, r)| *r == Reachability::NoRoad).map(|(sample, _)| sample.people);
    // A sum of nothing is -0.
    let no_road = beyond.sum::<f64>() + 0.0;
    let mut notes = Notes::default();
    let survey = survey(&city, no_road, &mut notes);
    let inputs = merged(city.records(), &notes);
    let layers = inputs.iter().map(|input| layer(input, survey.fits.get(&input.key).cloned())).collect();
    Ok(Quality { region: city.records().settings.name.clone(), layers, survey, inputs })
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
        issues: input.issues.list(),
    }
}

/// Point layers that fit the roads better in another datum, by the layer's key: the datum may be accepted.
pub fn accepted_datum(region: &Region) -> Result<BTreeMap<String, Datum>, FrameError> {
    let (degrees, _) = boundary(region);
    let centre = degrees.centroid().map_or(LonLat::new(0.0, 0.0), |c| Coord::from(c).into());
    let frame = Frame::new(centre)?;
    let settings = BuildSettings {
        usage: Usage::Drive,
        no_roadside: &region.settings.access.no_roadside,
        snap_m: 0.0,
        split_crossings: false,
        closed: None,
    };
    let network = build(&region.roads, &frame, &settings);
    let fits = fits(region, &network, &frame, &mut Notes::default());
    Ok(fits.into_iter().filter_map(|(key, fit)| Some((key.clone(), fit.accepted(&key)?))).collect())
}
