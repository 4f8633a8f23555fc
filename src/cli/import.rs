//! `lifering import SOURCE... --to REGION`: files of any known format become a region folder.
//!
//! In: paths. Out: a folder with GeoJSON layers and region.toml. Exit status `exit::MET` if the region can be audited,
//! `exit::NOT_JUDGED` if a layer that an audit needs is missing.

use super::args::{CorrectionArgs, Session};
use super::deadline::{Deadline, TimeArgs};
use super::dry_run;
use super::exit;
use super::print::{print, screen, tell};
use super::run_inputs::{purpose, source_file};
use anyhow::{Context, Result};
use clap::Args;
use lifering_base::records::Layer;
use lifering_base::t;
use lifering_export::files::{Command, OutFolder};
use lifering_export::terminal::{check, wrapped};
use lifering_readers::import::{FileRead, ImportRequest, ToFillIn, import};
use lifering_report::text::kind;
use lifering_report::text::layer;
use lifering_report::text::list;
use std::path::PathBuf;

/// Make a region folder from OSM PBF, GeoTIFF, CSV, Excel, Shapefile, `GeoPackage`, `GeoParquet`, `FlatGeobuf`, KML, Esri JSON
/// or GeoJSON files
#[derive(Debug, Args)]
pub struct ImportArgs {
    /// Files; `stations=FILE` says which layer a file holds where its name does not
    #[arg(required = true)]
    sources: Vec<String>,
    /// The new folder
    #[arg(long, value_name = "REGION")]
    to: PathBuf,
    /// Name of the region; otherwise the boundary's or the folder's
    #[arg(long)]
    name: Option<String>,
    /// An administrative boundary of the OSM extract, by its name or its relation's id: what is audited, with the units one and
    /// two levels below it
    #[arg(long, value_name = "NAME|ID")]
    boundary: Option<String>,
    /// Let facilities of these kinds stand for ambulance stations, where no source has any
    #[arg(long, value_name = "KIND", value_delimiter = ',', value_parser = ["hospital", "clinic", "community_health", "town_hospital"])]
    stations_from: Vec<String>,
    /// Say what would be read and written, and write nothing
    #[arg(long)]
    dry_run: bool,
    /// Let each file unpack to so many megabytes, where it is refused for unpacking to more than files of its size do
    #[arg(long, value_name = "MB")]
    unpacked_mb: Option<u64>,
    #[command(flatten)]
    time: TimeArgs,
    #[command(flatten)]
    corrections: CorrectionArgs,
}

/// Imports the files and returns the exit status.
pub fn run(args: &ImportArgs, session: Session) -> Result<u8> {
    let deadline = Deadline::start(args.time, session);
    let lang = session.lang;
    let locale = lang.locale();
    let purpose = purpose(Command::Import, args.sources.iter().map(|s| source_file(s)));
    OutFolder::allowed(&args.to, &purpose)?;
    let out = if args.dry_run { None } else { Some(OutFolder::open(&args.to, &purpose)?) };
    let folder = || std::path::absolute(&args.to).ok()?.file_name().map(|n| n.to_string_lossy().into_owned());
    let request = ImportRequest {
        sources: args.sources.clone(),
        name: args.name.clone(),
        folder: folder().unwrap_or_else(|| "region".to_owned()),
        boundary: args.boundary.clone(),
        stations_from: args.stations_from.clone(),
        corrections: args.corrections.corrections(),
        unpacked_mb: args.unpacked_mb,
    };
    let imported = import(&request, &|| deadline.is_over());
    let imported = deadline.outcome(imported)?;
    let Some(out) = out else {
        let reads: Vec<String> = args.sources.iter().map(|source| source_file(source).display().to_string()).collect();
        let writes: Vec<String> = imported.files.iter().map(|(name, _)| name.clone()).collect();
        dry_run::tell(session, &reads, &args.to, &writes)?;
        return Ok(exit::MET);
    };
    out.write(&imported.files).with_context(|| format!("writing {}", args.to.display()))?;
    let screen = screen(lang);
    let mut said = Vec::new();
    let mut table = check::ColumnTable::new(lang);
    for (layer, file, features) in &imported.layers {
        said.push(t!("import.layer", locale = locale, layer = layer.key(), file = file, n = features).into_owned());
    }
    for FileRead { file, columns, issues } in &imported.read {
        said.extend(check::issues(file, &issues.list(), lang).lines().map(str::to_owned));
        if !columns.is_empty() {
            table.push(file, columns, issues.readings());
        }
    }
    if !table.is_empty() {
        said.push(format!("\n{}\n", table.text(screen)));
    }
    said.push(t!("summary.written", locale = locale, folder = args.to.display()).into_owned());
    let words = |layers: &[Layer]| {
        let all: Vec<String> = layers.iter().map(|l| layer(l.key(), lang)).collect();
        list(&all, lang)
    };
    if imported.stand_ins > 0 {
        let kinds: Vec<String> = args.stations_from.iter().map(|name| kind(name, lang)).collect();
        said.push(
            t!("import.stand_ins", locale = locale, n = imported.stand_ins, kinds = list(&kinds, lang)).into_owned(),
        );
    }
    if !imported.without.is_empty() {
        said.push(t!("import.without", locale = locale, layers = words(&imported.without)).into_owned());
    }
    for ToFillIn { layer: of, from, file, rows, .. } in &imported.to_fill_in {
        let file = args.to.join(file).display().to_string();
        let text = t!("import.to_fill_in", locale = locale, n = rows, from = from, file = file, layer = of.key());
        said.push(text.into_owned());
    }
    let ready = imported.missing.is_empty();
    if ready {
        said.push(t!("import.next", locale = locale, folder = args.to.display()).into_owned());
    }
    print(&(wrapped(&said.join("\n"), screen.columns) + "\n"))?;
    if ready {
        return Ok(if imported.to_fill_in.is_empty() { exit::MET } else { exit::NOT_JUDGED });
    }
    tell(&format!("lifering: {}", t!("import.missing", locale = locale, layers = words(&imported.missing))));
    Ok(exit::NOT_JUDGED)
}
