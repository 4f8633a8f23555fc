//! `lifering audit REGION`: one region against one standard.
//!
//! In: a region and a standard. Out: the folder of results, a table or audit.json on stdout. Exit status `exit::MET`,
//! `exit::FINDING` (a binding gap) or `exit::NOT_JUDGED`.

use super::args::{CorrectionArgs, RegionArgs, Session, SharedArgs, share};
use super::deadline::{Deadline, TimeArgs};
use super::dry_run;
use super::exit;
use super::print::{print, screen, show, tell};
use super::progress::StageProgress;
use super::scenario::{ScenarioArgs, ScenarioRun};
use super::trial::TriedInAudit;
use anyhow::{Context, Result};
use clap::Args;
use lifering_base::issue::IssueCode;
use lifering_base::t;
use lifering_core::audit::AuditRequest;
use lifering_core::run::Progress as _;
use lifering_export::files::{Command, OutFolder, folder_name};
use lifering_export::terminal::{Screen, check, verdicts};
use lifering_export::{json, write_to};
use lifering_readers::InputRecord;
use lifering_report::report::Report;
use lifering_report::text::layer;
use std::path::PathBuf;

/// Files that an audit writes.
const FILES: [&str; 15] = [
    "audit.json",
    "coverage.geojson",
    "coverage.gpkg",
    "coverage.parquet",
    "coverage.qml",
    "region.qgz",
    "report.html",
    "report.xlsx",
    "roads_time.geojson",
    "roads_time.qml",
    "stations.geojson",
    "stations.qml",
    "uncovered.geojson",
    "uncovered.parquet",
    "uncovered.qml",
];

/// Arguments of `lifering audit`.
#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of the command line")]
pub struct AuditArgs {
    #[command(flatten)]
    region: RegionArgs,
    /// Where to write; otherwise out/<region>
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Refuse input with warnings
    #[arg(long)]
    strict: bool,
    /// Scale the people to the standard's own population of this year, and take its limits of that year, 2025 for example
    #[arg(long, value_name = "YEAR")]
    year: Option<u16>,
    /// Where points fit the roads better as GCJ-02 or BD-09, take them as such
    #[arg(long)]
    accept_datum: bool,
    #[command(flatten)]
    corrections: CorrectionArgs,
    #[command(flatten)]
    time: TimeArgs,
    #[command(flatten)]
    shared: SharedArgs,
    /// Neighbouring regions whose stations within the margin are told beside the verdicts as mutual aid
    #[arg(long, value_name = "REGION", num_args = 1..)]
    neighbours: Vec<PathBuf>,
    #[command(flatten)]
    scenarios: ScenarioArgs,
    /// Say in the report what is lost under this rule when a station, two of them, or a road fails
    #[arg(long, value_name = "RULE")]
    failures: Option<String>,
    /// Say in the report how firm the verdicts are
    #[arg(long)]
    sensitivity: bool,
    /// Print audit.json instead of the table
    #[arg(long)]
    json: bool,
    /// Show the report once it is written
    #[arg(long)]
    open: bool,
    /// Say what would be read and written, and write nothing
    #[arg(long)]
    dry_run: bool,
    /// Aim for the area left undecided, as a share of the boundary's area
    #[arg(long, value_name = "SHARE", value_parser = share)]
    zone_error: Option<f64>,
}

impl AuditArgs {
    fn tried(&self) -> TriedInAudit {
        TriedInAudit { failures: self.failures.clone(), sensitivity: self.sensitivity }
    }
}

/// Audits the region and returns the exit status.
pub fn run(args: &AuditArgs, session: Session) -> Result<u8> {
    let Session { lang, file_lang, quiet, verbose } = session;
    let deadline = Deadline::start(args.time, session);
    let source = args.region.source();
    let name = source.name();
    let folder = args.out.clone().unwrap_or_else(|| PathBuf::from("out").join(folder_name(&name)));
    let purpose = args.region.purpose(Command::Audit).reading(args.shared.roads_from.iter().chain(&args.neighbours));
    if args.dry_run {
        OutFolder::allowed(&folder, &purpose)?;
        let mut reads = dry_run::region_files(source)?;
        let files = args.shared.roads_from.iter().chain(&args.neighbours).chain(&args.scenarios.scenario);
        reads.extend(files.map(|path| path.display().to_string()));
        let mut files = FILES.map(str::to_owned).to_vec();
        files.extend(args.tried().file_names());
        files.sort_unstable();
        dry_run::tell(session, &reads, &folder, &files)?;
        return Ok(exit::MET);
    }
    // Before anything is read: what stands there may be an input.
    let out = args.scenarios.scenario.is_empty().then(|| OutFolder::open(&folder, &purpose)).transpose()?;
    let request = AuditRequest {
        standard: args.region.standard.clone(),
        year: args.year,
        zone_error: args.zone_error,
        strict: args.strict,
        accept_datum: args.accept_datum,
        corrections: args.corrections.corrections(),
        shared: args.shared.read(&args.neighbours)?,
        ..AuditRequest::default()
    };
    let Some(out) = out else {
        let run = ScenarioRun {
            request,
            args: &args.scenarios,
            tried: args.tried(),
            folder,
            purpose,
            json: args.json,
            deadline,
        };
        return run.run(source, session);
    };
    let progress = StageProgress::new(session, deadline);
    let audit = deadline.outcome(request.run(source, &progress))?;
    let tried = args.tried().of(&audit, &progress)?;
    progress.stage("write");
    let report = Report::new(&audit);
    write_to(&audit, &report, &tried, file_lang, &out).with_context(|| format!("writing {}", folder.display()))?;
    progress.finish();
    if !quiet {
        let locale = lang.locale();
        if args.out.is_none() && folder_name(&name) != name {
            tell(&t!("folder.renamed", locale = locale, name = name, folder = folder.display()));
        }
        let elsewhere = |input: &&InputRecord| input.issues.list().iter().any(|i| i.code == IssueCode::FileElsewhere);
        for input in audit.city.records().inputs.iter().filter(elsewhere) {
            tell(&t!("folder.file_elsewhere", locale = locale, layer = layer(&input.key, lang), file = input.file));
        }
    }
    if session.verbose {
        let mut table = check::ColumnTable::new(lang);
        for input in audit.city.records().inputs.iter().filter(|input| !input.columns.is_empty()) {
            let (layer, file) = (layer(&input.key, lang), input.file.as_str());
            let title = t!("check.columns", locale = lang.locale(), layer = layer, file = file);
            table.push(&title, &input.columns, input.issues.readings());
        }
        tell(&format!("\n{}\n", table.text(Screen { colour: false, ..screen(lang) })));
    }
    if !quiet || args.json {
        let text = if args.json {
            String::from_utf8(json(&report)?)?
        } else {
            let table = verdicts::verdicts(&audit, &report, screen(lang), verbose);
            format!(
                "{table}\n{}\n",
                t!("summary.written", locale = lang.locale(), folder = folder.display().to_string())
            )
        };
        print(&text)?;
    }
    if args.open {
        show(&folder.join("report.html"), lang)?;
    }
    Ok(audit.findings.exit_status().code())
}
