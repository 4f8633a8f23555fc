//! How good the data is, before anything is judged by it.
//!
//! In: a region as read. Out: [`Quality`]: every layer with a grade and its reason, and a [`Survey`]: how the roads hang
//! together, sites and people that the roads do not reach, the fit of layers to the roads. What is found is also noted as
//! an issue of its layer. `lifering check` and every audit take the same survey. Nothing is changed.

pub mod fit;
pub mod fix;
pub mod grade;
pub mod network;
pub mod people;
pub mod sites;
pub mod survey;

use crate::measure::boundary::boundary;
use crate::measure::evidence::gather;
use crate::measure::{Profile, World};
use crate::network::{BuildSettings, Usage, build};
use crate::travel::demand::reach;
use crate::travel::{Demand, Reached};
use fit::{Fit, fits};
use geo::{Centroid, Coord, MapCoords};
use grade::{LayerGrade, grade};
use lifering_base::datum::Datum;
use lifering_base::frame::{Frame, FrameError, LonLat};
use lifering_base::issue::Issue;
use lifering_readers::{InputRecord, Region};
use std::collections::BTreeMap;
use survey::{Ground, Survey, survey};

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
}

impl Quality {
    /// Layers that fit the roads better in another datum: what `--accept-datum` accepts.
    pub fn accepted(&self) -> BTreeMap<String, Datum> {
        let accepted = |l: &LayerQuality| Some((l.grade.key.clone(), l.fit.as_ref()?.accepted()?));
        self.layers.iter().filter_map(accepted).collect()
    }
}

/// Measures a region; what is found is noted as issues of its layers.
pub fn assess(region: &mut Region) -> Result<Quality, FrameError> {
    let (degrees, origin) = boundary(region);
    let centre = degrees.centroid().map_or(LonLat::new(0.0, 0.0), |c| Coord::from(c).into());
    let frame = Frame::new(centre)?;
    let local = degrees.map_coords(|c| frame.to_local(c.into()));
    let scale_to = region.settings.population.scale_to;
    let demand = Demand::new(region.population.as_deref(), region.units.as_deref(), &local, &frame, scale_to);
    let gathered = gather(region, &demand, &frame, &local);
    // Nobody starts anywhere: what is left of the answers is whether there is a road within reach.
    let world = World::new(region, frame, local, &[Profile::Network]);
    let places: Vec<Coord<f64>> = demand.samples.iter().map(|s| s.xy).collect();
    let reached = world
        .field(region, &Profile::Network, &[])
        .map_or_else(Vec::new, |field| reach(&field, world.barriers.as_ref(), &places));
    let beyond = demand.samples.iter().zip(reached).filter(|(_, r)| *r == Reached::NoRoad).map(|(s, _)| s.people);
    // A sum of nothing is -0.
    let no_road = beyond.sum::<f64>() + 0.0;
    let ground = Ground { world: &world, origin, demand: &demand, gathered: &gathered, no_road };
    let survey = survey(region, &ground);
    let layers = region.inputs.iter().map(|input| layer(input, survey.fits.get(&input.key).cloned())).collect();
    Ok(Quality { region: region.settings.name.clone(), layers, survey })
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

/// Point layers that fit the roads better in another datum, by the layer's key: what `--accept-datum` accepts.
pub fn accepted(region: &mut Region) -> Result<BTreeMap<String, Datum>, FrameError> {
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
    let fits = fits(region, &network, &frame);
    Ok(fits.into_iter().filter_map(|(key, fit)| Some((key, fit.accepted()?))).collect())
}
