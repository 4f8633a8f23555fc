//! `lifering audit REGION`: one region against one standard.
//!
//! In: a region and a standard. Out: the folder of results, a table or audit.json on stdout. Exit status `exit::MET`,
//! `exit::FINDING` (a binding gap) or `exit::NOT_JUDGED`.

use super::args::{CorrectionArgs, Session, SharedArgs, share};
use super::progress::StageProgress;
use anyhow::{Context, Result};
use clap::Args;
use lifering_base::t;
use lifering_core::audit::AuditRequest;
use lifering_core::run::Progress as _;
use lifering_export::terminal::{check, verdicts};
use lifering_export::{files, json, write};
use lifering_readers::source::Source;
use lifering_report::report::Report;
use lifering_report::text::layer;
use std::io::{IsTerminal as _, Write as _};
use std::path::PathBuf;

/// Examples for `--help`.
pub const EXAMPLES: &str = "\
Examples:
  lifering audit --demo
  lifering audit jinjiang/ --out results/jinjiang
  lifering audit jinjiang/ --year 2025
  lifering audit jinjiang/region.toml --standard my-city.toml --strict";

/// Arguments of `lifering audit`.
#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of the command line")]
pub struct AuditArgs {
    /// A folder with region.toml, or the file itself
    #[arg(required_unless_present = "demo", conflicts_with = "demo")]
    region: Option<PathBuf>,
    /// The embedded, illustrative region
    #[arg(long)]
    demo: bool,
    /// An embedded standard's id or a path to a .toml; otherwise region.toml's
    #[arg(long, value_name = "ID")]
    standard: Option<String>,
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
    shared: SharedArgs,
    /// Neighbouring regions whose stations within the margin are told beside the verdicts as mutual aid
    #[arg(long, value_name = "REGION", num_args = 1..)]
    neighbours: Vec<PathBuf>,
    /// Print audit.json instead of the table
    #[arg(long)]
    json: bool,
    /// Aim for the area left undecided, as a share of the boundary's area
    #[arg(long, value_name = "SHARE", value_parser = share)]
    zone_error: Option<f64>,
}

/// Audits the region and returns the exit status.
pub fn run(args: &AuditArgs, session: Session) -> Result<u8> {
    let Session { lang, file_lang, quiet, verbose } = session;
    let source = match &args.region {
        Some(path) => Source::at(path),
        None => Source::Demo,
    };
    let out = args.out.clone().unwrap_or_else(|| PathBuf::from("out").join(source.name()));
    files::check_folder(&out)?;
    let request = AuditRequest {
        standard: args.standard.clone(),
        year: args.year,
        zone_error: args.zone_error,
        strict: args.strict,
        accept_datum: args.accept_datum,
        corrections: args.corrections.corrections(),
        shared: args.shared.read(&args.neighbours)?,
    };
    let progress = StageProgress::new(session);
    let audit = request.run(source, &progress)?;
    progress.stage("write");
    let report = Report::new(&audit);
    write(&audit, &report, file_lang, &out).with_context(|| format!("writing {}", out.display()))?;
    progress.finish();
    if session.verbose {
        for input in audit.city.records().inputs.iter().filter(|input| !input.columns.is_empty()) {
            let locale = lang.locale();
            let title =
                t!("check.columns", locale = locale, layer = layer(&input.key, lang), file = input.file.as_str());
            let columns = check::columns(&input.columns, input.issues.readings(), lang, false);
            eprintln!("{title}\n{columns}\n");
        }
    }
    if !quiet || args.json {
        let text = if args.json {
            String::from_utf8(json(&report)?)?
        } else {
            let table = verdicts::verdicts(&audit, &report, lang, std::io::stdout().is_terminal(), verbose);
            format!("{table}\n{}\n", t!("summary.written", locale = lang.locale(), folder = out.display().to_string()))
        };
        // A closed pipe is no failure: the files are written.
        let _ = std::io::stdout().write_all(text.as_bytes());
    }
    Ok(audit.findings.exit_status().code())
}
