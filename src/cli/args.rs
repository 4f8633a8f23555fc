//! Arguments and value parsers that several commands use.
//!
//! In: arguments. Out: [`Session`], [`SharedArgs`] with its layers read, numbers within their range.

use super::run_inputs::standard_file;
use clap::{Args, ValueEnum};
use lifering_base::error::InputError;
use lifering_base::records::Neighbour;
use lifering_export::files::{Command, Purpose};
use lifering_readers::corrections::{ColumnMapping, Corrections};
use lifering_readers::read_stations;
use lifering_readers::shared::{MARGIN_M, Shared, SharedRoads};
use lifering_readers::source::Source;
use lifering_report::text::{Lang, tr};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

/// Value of `--lang`.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum LangArg {
    Zh,
    En,
}

/// The language of the system: Chinese or else English.
pub fn system_language() -> Lang {
    match sys_locale::get_locale() {
        Some(locale) if locale.to_lowercase().starts_with("zh") => Lang::Zh,
        _ => Lang::En,
    }
}

/// The language in which values of arguments are refused, set before they are read.
static SPOKEN: OnceLock<Lang> = OnceLock::new();

/// Sets the language in which values of arguments are refused, once.
pub fn speak(lang: Lang) {
    // A second call has no effect: there is one command line.
    let _ = SPOKEN.set(lang);
}

/// What was wanted, for a value that is refused.
fn wanted(what: &str) -> String {
    tr(&format!("help.wanted.{what}"), SPOKEN.get().copied().unwrap_or(Lang::En))
}

/// The global arguments, resolved.
#[derive(Clone, Copy, Debug)]
pub struct Session {
    /// Language of what is printed: `--lang`, else the system's, else English.
    pub lang: Lang,
    /// Language of what is written: `--lang`, else Chinese, so that the bytes do not depend on the machine's locale.
    pub file_lang: Lang,
    /// `--quiet`: print errors only.
    pub quiet: bool,
    /// `--verbose`: print how long each stage took, and what each rule counted by name.
    pub verbose: bool,
}

impl Session {
    /// Resolves the global arguments.
    pub fn new(lang: Option<LangArg>, quiet: bool, verbose: bool) -> Self {
        let asked = lang.map(|lang| match lang {
            LangArg::Zh => Lang::Zh,
            LangArg::En => Lang::En,
        });
        Self { lang: asked.unwrap_or_else(system_language), file_lang: asked.unwrap_or(Lang::Zh), quiet, verbose }
    }
}

/// The region that a command is about, and the standard.
#[derive(Clone, Debug, Args)]
pub struct RegionArgs {
    /// A folder with region.toml, or the file itself
    #[arg(required_unless_present = "demo", conflicts_with = "demo")]
    pub region: Option<PathBuf>,
    /// The embedded, illustrative region
    #[arg(long)]
    pub demo: bool,
    /// An embedded standard's id or a path to a .toml; otherwise region.toml's
    #[arg(long, value_name = "ID")]
    pub standard: Option<String>,
}

impl RegionArgs {
    /// Where the region is read from.
    pub fn source(&self) -> Source {
        self.region.as_ref().map_or(Source::Demo, |path| Source::at(path))
    }

    /// The purpose of a run on the region that reads the standard's file, if it has one.
    pub fn purpose(&self, command: Command) -> Purpose {
        Purpose::of_region(command, &self.source()).reading(standard_file(self.standard.as_deref()).as_ref())
    }
}

/// Corrections of the records that are made only if they are asked for.
#[derive(Clone, Debug, Default, Args)]
pub struct CorrectionArgs {
    /// Use records that stand twice once, and points of one name within 5 m of each other
    #[arg(long)]
    pub drop_duplicates: bool,
    /// Turn points that lie in the region only with longitude and latitude the other way round
    #[arg(long)]
    pub accept_swapped: bool,
    /// Take a column for a field, `救护车数=ambulances` for example; may be given several times
    #[arg(long, value_name = "COLUMN=FIELD", value_parser = ColumnMapping::parse)]
    pub map: Vec<ColumnMapping>,
}

impl CorrectionArgs {
    /// The corrections for the readers.
    pub fn corrections(&self) -> Corrections {
        Corrections {
            drop_duplicates: self.drop_duplicates,
            accept_swapped: self.accept_swapped,
            columns: self.map.clone(),
        }
    }
}

/// Layers that the regions of a province share: roads and the stations of neighbours.
#[derive(Clone, Debug, Args)]
pub struct SharedArgs {
    /// Roads for regions that have none of their own (GeoJSON, GeoPackage, Shapefile, OSM PBF), read once; those within
    /// the boundary and the margin are used, each as a whole
    #[arg(long, value_name = "FILE")]
    pub roads_from: Option<PathBuf>,
    /// How far beyond the boundary roads and neighbours' stations are taken, metres
    #[arg(long, value_name = "M", default_value_t = MARGIN_M, value_parser = margin)]
    pub margin: f64,
}

impl SharedArgs {
    /// Reads the roads and the stations of the neighbouring regions; `None` if nothing is shared.
    pub fn read(&self, neighbours: &[PathBuf]) -> Result<Option<Shared>, InputError> {
        let roads = self.roads()?;
        let mut all = Vec::new();
        for path in neighbours {
            let source = Source::at(path);
            let from = source.name();
            let stations = read_stations(&source, &BTreeMap::new())?;
            all.extend(stations.into_iter().map(|site| Neighbour { from: from.clone(), site }));
        }
        let neighbours = (!neighbours.is_empty()).then(|| Arc::new(all));
        let shared = Shared { roads, neighbours, margin_m: self.margin };
        Ok((shared.roads.is_some() || shared.neighbours.is_some()).then_some(shared))
    }

    /// Reads the roads of `--roads-from`.
    pub fn roads(&self) -> Result<Option<Arc<SharedRoads>>, InputError> {
        Ok(self.roads_from.as_deref().map(SharedRoads::read).transpose()?.map(Arc::new))
    }
}

/// A margin around the boundary: 0 to 1000 km, in metres.
fn margin(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(metres) if (0.0..=1e6).contains(&metres) => Ok(metres),
        _ => Err(wanted("metres")),
    }
}

/// A share greater than 0 and at most 1.
pub fn share(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(share) if share > 0.0 && share <= 1.0 => Ok(share),
        _ => Err(wanted("share")),
    }
}

/// A finite number of at least 0.
pub fn amount(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(number) if number >= 0.0 && number.is_finite() => Ok(number),
        _ => Err(wanted("amount")),
    }
}
