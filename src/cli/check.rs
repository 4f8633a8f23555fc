//! `lifering check REGION`: is the data good enough?
//!
//! In: a region, perhaps under a scenario. Out: the findings on stdout; with `--fix` cleaned copies of the layers. Exit status `exit::MET`.

use super::args::{CorrectionArgs, Session};
use super::deadline::{Deadline, TimeArgs};
use super::exit;
use super::print::{print, screen};
use super::scenario::{ScenarioArg, edited};
use anyhow::{Context, Result};
use clap::Args;
use lifering_base::t;
use lifering_core::quality::{Quality, assess, assess_city, fix};
use lifering_export::files::{Command, OutFolder, Purpose};
use lifering_export::geojson;
use lifering_export::terminal::check;
use lifering_readers::scenario::Scenario;
use lifering_readers::source::Source;
use lifering_readers::{ReadOptions, Region, refuse_warnings};
use lifering_report::check::CheckReport;
use lifering_report::layers::{MapLayer, road_use, station_roads};
use std::path::PathBuf;

/// Is the data good enough? Says what was found in every layer; changes nothing.
#[derive(Debug, Args)]
pub struct CheckArgs {
    /// A folder with region.toml, or the file itself
    region: PathBuf,
    /// Print the findings as JSON
    #[arg(long)]
    json: bool,
    /// Refuse input with warnings
    #[arg(long)]
    strict: bool,
    /// Where points fit the roads better as GCJ-02 or BD-09, take them as such
    #[arg(long)]
    accept_datum: bool,
    /// Write roads, points and turns that are driven or not for a reason of their own, and the roads missing at stations that can
    /// go nowhere, as GeoJSON into a new folder
    #[arg(long, value_name = "DIR")]
    places: Option<PathBuf>,
    #[command(flatten)]
    scenario: ScenarioArg,
    #[command(flatten)]
    time: TimeArgs,
    #[command(flatten)]
    corrections: CorrectionArgs,
    /// Write cleaned copies of the layers and a list of changes into a new folder
    #[arg(long, value_name = "DIR", conflicts_with = "scenario")]
    fix: Option<PathBuf>,
}

/// Checks the region and returns the exit status.
pub fn run(args: &CheckArgs, session: Session) -> Result<u8> {
    let Session { lang, file_lang, .. } = session;
    let deadline = Deadline::start(args.time, session);
    let read = |options: &ReadOptions| {
        deadline.outcome(Region::read_until(Source::at(&args.region), options, &|| deadline.is_over()))
    };
    let source = Source::at(&args.region);
    let open = |folder: &PathBuf, command| OutFolder::open(folder, &Purpose::of_region(command, &source));
    let places = args.places.as_ref().map(|folder| open(folder, Command::Places)).transpose()?;
    let cleaned = args.fix.as_ref().map(|folder| open(folder, Command::Cleaned)).transpose()?;
    let mut options = ReadOptions { corrections: args.corrections.corrections(), ..ReadOptions::default() };
    let scenario = args.scenario.read()?;
    let assess = |records: Region| -> Result<Quality> {
        match &scenario {
            Some(scenario) => Ok(assess_city(edited(records, scenario, args.scenario.rebase, lang)?)),
            None => Ok(assess(records)?),
        }
    };
    let mut quality = assess(read(&options)?)?;
    if args.accept_datum && !quality.accepted().is_empty() {
        options.datum = quality.accepted();
        quality = assess(read(&options)?)?;
    }
    let mut text = if args.json {
        serde_json::to_string_pretty(&CheckReport::new(&quality))?
    } else {
        check::text(&quality, screen(lang))
    };
    text.push('\n');
    if let Some(scenario) = scenario.as_ref().filter(|scenario| scenario.made_on.is_empty() && !args.json) {
        text += &state_of(&quality, scenario, lang.locale())?;
    }
    print(&text)?;
    if args.strict {
        refuse_warnings(&quality.inputs)?;
    }
    let written = |out: &OutFolder| {
        let folder = out.path().display();
        if args.json {
            Ok(())
        } else {
            print(&format!("{}\n", t!("summary.written", locale = lang.locale(), folder = folder)))
        }
    };
    if let Some(out) = &places {
        let file = |layer: &MapLayer<'_>| -> Result<(String, Vec<u8>)> {
            Ok((format!("{}.geojson", layer.name), geojson::collection(None, &layer.columns, &[&layer.rows])?))
        };
        let files = [file(&road_use(&quality))?, file(&station_roads(&quality))?];
        out.write(&files).with_context(|| format!("writing {}", out.path().display()))?;
        written(out)?;
    }
    if let Some(out) = &cleaned {
        let files = fix::clean(&source, &options, file_lang.locale())?;
        out.write(&files).with_context(|| format!("writing {}", out.path().display()))?;
        written(out)?;
    }
    Ok(exit::MET)
}

/// The state of a region's files as a scenario without one may take it up.
fn state_of(quality: &Quality, scenario: &Scenario, locale: &str) -> Result<String> {
    let state = Scenario { made_on: quality.city.records().state(), edits: Vec::new(), note: None, ..scenario.clone() };
    let text = state.to_toml()?;
    let table = text.find("[made_on]").map_or("", |at| &text[at..]);
    Ok(format!("\n{}\n\n{table}", t!("scenario.state", locale = locale)))
}
