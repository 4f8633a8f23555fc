//! `lifering diff`: what changed between two audits, or two batches.
//!
//! In: two result folders. Out: a short table or diff.json, and with `--out` the files. Exit status `exit::MET` if no
//! binding rule got worse, `exit::FINDING` if one did, `exit::NOT_JUDGED` if that cannot be decided for one.

use super::args::Session;
use super::print::{print, screen};
use super::run_inputs::purpose;
use anyhow::{Context, Result};
use clap::Args;
use lifering_base::t;
use lifering_export::difference::{json, render, render_batches};
use lifering_export::files::{Command, OutFolder};
use lifering_export::terminal::diff as terminal;
use lifering_report::diff::batch::{batches, is_batch};
use lifering_report::diff::diff;
use lifering_report::diff::report::{BatchDiffReport, DiffReport};
use lifering_report::diff::results::AuditResults;
use std::path::PathBuf;

/// Arguments of `lifering diff`.
#[derive(Debug, Args)]
pub struct DiffArgs {
    /// The earlier audit (a folder that `audit` wrote, or the audit.json in it), or batch
    old: PathBuf,
    /// The later audit or batch
    new: PathBuf,
    /// Where to write diff.json, opened.geojson and closed.geojson
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Print diff.json instead of the table
    #[arg(long)]
    json: bool,
    /// The region has another name now
    #[arg(long)]
    renamed: bool,
}

/// A comparison in every form that may be asked for.
struct Rendered {
    files: Vec<(String, Vec<u8>)>,
    json: Vec<u8>,
    table: String,
    exit_status: u8,
}

/// Compares the two and returns the exit status.
pub fn run(args: &DiffArgs, session: Session) -> Result<u8> {
    let Session { lang, file_lang, quiet, .. } = session;
    let purpose = purpose(Command::Difference, [args.old.clone(), args.new.clone()]);
    let out = args.out.as_ref().map(|folder| OutFolder::open(folder, &purpose)).transpose()?;
    let screen = screen(lang);
    let rendered = if is_batch(&args.old) || is_batch(&args.new) {
        let diff = batches(&args.old, &args.new, args.renamed)?;
        let report = BatchDiffReport::new(&diff);
        Rendered {
            files: render_batches(&diff, file_lang)?,
            json: json(&report)?,
            table: terminal::batches(&report, screen),
            exit_status: diff.exit_status().code(),
        }
    } else {
        let (old, new) = rayon::join(|| AuditResults::read(&args.old), || AuditResults::read(&args.new));
        let diff = diff(&old?, &new?, args.renamed)?;
        let report = DiffReport::new(&diff);
        Rendered {
            files: render(&diff, file_lang)?,
            json: json(&report)?,
            table: terminal::table(&report, screen),
            exit_status: diff.exit_status().code(),
        }
    };
    if let Some(out) = &out {
        out.write(&rendered.files).with_context(|| format!("writing {}", out.path().display()))?;
    }
    let mut text = String::new();
    if args.json {
        text = String::from_utf8(rendered.json)?;
    } else if !quiet {
        text = rendered.table + "\n";
        if let Some(out) = &args.out {
            text += &t!("compare.written", locale = lang.locale(), folder = out.display().to_string());
            text.push('\n');
        }
    }
    print(&text)?;
    Ok(rendered.exit_status)
}
