//! Files -> typed records and issues.
//!
//! In: a region folder (or the embedded one). Out: [`Region`]: settings, records of every layer, and what was noticed in
//! each. One file a kind of record, the same furniture in each. Nothing here knows what a road graph or a rule is.

pub mod areas;
pub mod attributes;
pub mod error;
pub mod fields;
pub mod issue;
pub mod layer_file;
pub mod population;
pub mod road_class;
pub mod roads;
pub mod settings;
pub mod sites;
pub mod source;

use areas::{Obstacles, Unit};
use error::InputError;
use fields::Fields;
use geo::MultiPolygon;
use issue::Issues;
use layer_file::LayerFile;
use population::People;
use roads::Road;
use settings::{Layer, Settings};
use sites::Site;
use source::Source;

/// What is known of one input file once it has been read.
#[derive(Clone, Debug)]
pub struct InputRecord {
    /// Which layer.
    pub layer: Layer,
    /// Name relative to the region folder.
    pub file: String,
    /// Hash of its bytes.
    pub sha256: String,
    /// Features in the file.
    pub features: usize,
    /// Features used.
    pub used: usize,
    /// What was noticed. Later stages add to it.
    pub issues: Issues,
}

/// Everything a region folder says, typed. A layer that is not given is `None`.
#[derive(Debug)]
pub struct Region {
    /// Where it was read from.
    pub source: Source,
    /// region.toml.
    pub settings: Settings,
    /// Hash of region.toml.
    pub settings_sha256: String,
    /// Files read, in the order of [`Layer::ALL`].
    pub inputs: Vec<InputRecord>,
    /// What is audited, in degrees.
    pub boundary: Option<MultiPolygon<f64>>,
    /// Administrative units.
    pub units: Option<Vec<Unit>>,
    /// People.
    pub population: Option<Vec<People>>,
    /// Roads.
    pub roads: Vec<Road>,
    /// Emergency sites.
    pub stations: Vec<Site>,
    /// Medical facilities.
    pub facilities: Option<Vec<Site>>,
    /// Defibrillators.
    pub aeds: Option<Vec<Site>>,
    /// Possible sites.
    pub candidates: Option<Vec<Site>>,
    /// What an access leg cannot cross.
    pub barriers: Option<Obstacles>,
    /// Where roads are closed.
    pub closures: Option<Obstacles>,
}

impl Region {
    /// Reads region.toml and every layer it names.
    pub fn read(source: Source) -> Result<Self, InputError> {
        let file = source.settings_file().to_owned();
        let help = "a region is a folder with region.toml and the layers it names; see README.md";
        let bytes = source.read(&file, help)?;
        let settings_sha256 = source::sha256_hex(&bytes);
        let text = String::from_utf8(bytes)
            .map_err(|_| InputError::wrong(error::Place::file(&file), "bytes that are not UTF-8", "UTF-8"))?;
        let settings = Settings::parse(&file, text.trim_start_matches('\u{feff}'))?;
        let mut reader = Reader { source: &source, settings: &settings, file: &file, inputs: Vec::new() };
        let boundary = reader.layer(Layer::Boundary, areas::read_boundary)?;
        let units = reader.layer(Layer::Units, areas::read_units)?;
        let population = reader.layer(Layer::Population, population::read)?;
        let roads = reader.layer(Layer::Roads, roads::read)?.unwrap_or_default();
        let stations = reader.layer(Layer::Stations, sites::read)?.unwrap_or_default();
        let facilities = reader.layer(Layer::Facilities, sites::read)?;
        let aeds = reader.layer(Layer::Aeds, sites::read)?;
        let candidates = reader.layer(Layer::Candidates, sites::read)?;
        let barriers = reader.layer(Layer::Barriers, areas::read_obstacles)?;
        let closures = reader.layer(Layer::Closures, areas::read_obstacles)?;
        let inputs = reader.inputs;
        let units_have_people = units.iter().flatten().any(|u| u.population.is_some());
        if population.is_none() && !units_have_people {
            let file = settings.layers.get(&Layer::Units).map_or(file.as_str(), String::as_str);
            return Err(InputError::wrong(
                error::Place::file(file).field("population"),
                "no population layer and no unit with a population",
                "one of them",
            ));
        }
        Ok(Self {
            source,
            settings,
            settings_sha256,
            inputs,
            boundary,
            units,
            population,
            roads,
            stations,
            facilities,
            aeds,
            candidates,
            barriers,
            closures,
        })
    }

    /// The issues of a layer, for stages that notice something about it later.
    pub fn issues(&mut self, layer: Layer) -> Option<(&str, &mut Issues)> {
        self.inputs.iter_mut().find(|i| i.layer == layer).map(|i| (i.file.as_str(), &mut i.issues))
    }
}

struct Reader<'a> {
    source: &'a Source,
    settings: &'a Settings,
    file: &'a str,
    inputs: Vec<InputRecord>,
}

impl Reader<'_> {
    fn layer<T>(
        &mut self,
        layer: Layer,
        read: impl FnOnce(&mut LayerFile) -> Result<T, InputError>,
    ) -> Result<Option<T>, InputError> {
        let Some(file) = self.settings.layers.get(&layer) else { return Ok(None) };
        let fields = Fields::new(self.file, layer, self.settings.fields.get(&layer))?;
        let mut parsed = LayerFile::read(self.source, layer, file, fields)?;
        let records = read(&mut parsed)?;
        self.inputs.push(InputRecord {
            layer,
            file: parsed.file,
            sha256: parsed.sha256,
            features: parsed.features.len(),
            used: parsed.used,
            issues: parsed.issues,
        });
        Ok(Some(records))
    }
}
