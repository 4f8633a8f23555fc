//! The command line: parse, run, say what happened.
//!
//! In: arguments. Out: exit status 0 every binding rule met, 1 at least one gap, 3 no gap but something that could not be
//! judged, 2 could not run (one message on stderr, nothing written).

use super::batch::{self, BatchArgs};
use super::check::{self, CheckArgs};
use super::diff::{self, DiffArgs};
use super::import::{self, ImportArgs};
use super::memory;
use super::propose::{self, ProposeArgs};
use super::shared::SharedArgs;
use super::standards::{StandardsCommand, standards};
use anyhow::{Context, Result};
use bytesize::ByteSize;
use clap::{Args, Parser, Subcommand, ValueEnum};
use indicatif::{ProgressBar, ProgressStyle};
use lifering_base::error::InputError;
use lifering_base::t;
use lifering_batch::BatchError;
use lifering_core::audit::{AuditError, AuditRequest};
use lifering_core::plan::{Parameter, ProposalError};
use lifering_core::run::Progress;
use lifering_export::files::WriteError;
use lifering_export::terminal::table;
use lifering_export::{OutputError, files, json, write};
use lifering_readers::source::Source;
use lifering_report::diff::DiffError;
use lifering_report::report::Report;
use lifering_report::text::Lang;
use lifering_report::text::lacking;
use lifering_report::text::refusal::refusal;
use lifering_standards::catalogue::{StandardError, embedded, nearest};
use std::io::{IsTerminal, Write};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{Duration, Instant};

/// Who cannot be reached in time, which written standard does that break, and where should the next station stand?
#[derive(Debug, Parser)]
#[command(name = "lifering", version, about, long_about = None, after_help = EXAMPLES)]
struct Cli {
    #[command(subcommand)]
    command: Command,
    /// Language of what is printed (otherwise the system's) and of the reports (otherwise zh)
    #[arg(long, global = true, value_enum)]
    lang: Option<LangArg>,
    /// Say nothing but errors
    #[arg(short, long, global = true)]
    quiet: bool,
    /// Say how long each stage took, and how much memory was held at most
    #[arg(short, long, global = true)]
    verbose: bool,
}

const EXAMPLES: &str = "\
Examples:
  lifering audit --demo --out out/demo            the embedded, illustrative city
  lifering audit jinjiang/ --lang zh              a folder with region.toml
  lifering audit jinjiang/ --standard xiamen-14fyp --json > audit.json
  lifering standards show JJ-EMS-02

Exit status: 0 every binding rule met; 1 at least one gap; 3 no gap, but something could not be judged;
2 could not run.";

#[derive(Clone, Copy, Debug, ValueEnum)]
enum LangArg {
    Zh,
    En,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Judge a region by a standard and draw what is not covered
    #[command(after_help = AUDIT_EXAMPLES)]
    Audit(AuditArgs),
    /// Audit many regions, unattended
    #[command(after_help = batch::EXAMPLES)]
    Batch(BatchArgs),
    /// Say how good a region's data is
    Check(CheckArgs),
    /// Say what changed between two audits of a region
    #[command(after_help = diff::EXAMPLES)]
    Diff(DiffArgs),
    /// Make a region folder from files of other formats
    Import(ImportArgs),
    /// Propose new sites, with proof
    #[command(after_help = propose::EXAMPLES)]
    Propose(Box<ProposeArgs>),
    /// The standards that ship with lifering, and your own
    #[command(subcommand)]
    Standards(StandardsCommand),
}

const AUDIT_EXAMPLES: &str = "\
Examples:
  lifering audit --demo
  lifering audit jinjiang/ --out results/jinjiang
  lifering audit jinjiang/ --year 2025
  lifering audit jinjiang/region.toml --standard my-city.toml --strict";

#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of the command line")]
struct AuditArgs {
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
    /// Scale the people to the standard's own population of this year, 2025 for example
    #[arg(long, value_name = "YEAR")]
    year: Option<u16>,
    /// Where points fit the roads better as GCJ-02 or BD-09, take them as such
    #[arg(long)]
    accept_datum: bool,
    #[command(flatten)]
    shared: SharedArgs,
    /// Neighbouring regions whose stations within the margin are told beside the verdicts as mutual aid
    #[arg(long, value_name = "REGION", num_args = 1..)]
    neighbours: Vec<PathBuf>,
    /// Print audit.json instead of the table
    #[arg(long)]
    json: bool,
    /// Objective for the area left undecided, as a share of the boundary's area
    #[arg(long, value_name = "SHARE", value_parser = share)]
    zone_error: Option<f64>,
}

/// A share greater than 0 and at most 1.
pub fn share(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(share) if share > 0.0 && share <= 1.0 => Ok(share),
        _ => Err("wanted a share greater than 0 and at most 1, 0.002 for example".to_owned()),
    }
}

/// Parses the command line and runs it.
pub fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            let code = if error.use_stderr() { 2 } else { 0 };
            // A closed pipe is no reason to complain.
            let _ = error.print();
            return ExitCode::from(code);
        }
    };
    let level = if cli.verbose { tracing::Level::INFO } else { tracing::Level::WARN };
    tracing_subscriber::fmt()
        .with_max_level(level)
        .with_target(false)
        .without_time()
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr)
        .init();
    let lang = language(cli.lang);
    let outcome = match cli.command {
        Command::Audit(args) => run_audit(&args, lang, file_language(cli.lang), cli.quiet, cli.verbose),
        Command::Batch(args) => batch::run_batch(&args, lang, file_language(cli.lang), cli.quiet, cli.verbose),
        Command::Check(args) => check::run(&args, lang, file_language(cli.lang)),
        Command::Diff(args) => diff::run(&args, lang, file_language(cli.lang), cli.quiet),
        Command::Import(args) => import::run(&args, lang),
        Command::Propose(args) => propose::run(&args, lang, file_language(cli.lang), cli.quiet),
        Command::Standards(command) => standards(&command, lang),
    };
    if let Some(held) = memory::most_held().filter(|_| cli.verbose) {
        tracing::info!("memory: at most {}", ByteSize(held).display().iec());
    }
    match outcome {
        Ok(code) => code,
        Err(error) => {
            eprintln!("lifering: {}", message(&error, lang));
            ExitCode::from(2)
        }
    }
}

/// The flag of a parameter.
fn flag(parameter: Parameter) -> String {
    match parameter {
        Parameter::Busy => "--busy",
        Parameter::BusyAndPerSite => "--busy and --per-site",
        Parameter::Existing => "--existing",
        Parameter::Goal => "--goal",
        Parameter::Minutes => "--minutes",
        Parameter::MinutesAndRule => "--minutes, --rule",
        Parameter::Movable => "--movable",
        Parameter::Near => "--near",
        Parameter::NotIn => "--not-in",
        Parameter::Rule => "--rule",
        Parameter::Sites => "--sites",
        Parameter::Spacing => "--spacing",
    }
    .to_owned()
}

/// Why a run could not be done; what is wrong with the input in the language of the messages.
fn message(error: &anyhow::Error, lang: Lang) -> String {
    let of_audit = |error: &AuditError| match error {
        AuditError::Standard(StandardError::Unknown { id }) => Some(unknown_standard(id, lang)),
        AuditError::Year { year, .. } => Some(format!("--year {year}: {}", error.message().text(lang.locale()))),
        _ => Some(error.message().text(lang.locale())),
    };
    let said = error.chain().find_map(|cause| {
        if let Some(text) = not_written(cause, lang) {
            return Some(text);
        }
        if let Some(StandardError::Unknown { id }) = cause.downcast_ref::<StandardError>() {
            return Some(unknown_standard(id, lang));
        }
        if let Some(error) = cause.downcast_ref::<AuditError>() {
            return of_audit(error);
        }
        if let Some(DiffError::Input(input)) = cause.downcast_ref::<DiffError>() {
            return Some(input.text(lang.locale()));
        }
        if let Some(error) = cause.downcast_ref::<ProposalError>() {
            return match error {
                ProposalError::Input(input) => Some(input.text(lang.locale())),
                ProposalError::Audit(audit) => of_audit(audit),
                ProposalError::Siting(error) => Some(refusal(error, lang)),
                ProposalError::Asked { .. } => Some(error.message(&flag).text(lang.locale())),
                ProposalError::Unjudged { rule, missing, standard } => {
                    let what = lacking(missing, standard, lang);
                    Some(t!("refusal.unjudged", locale = lang.locale(), rule = rule, what = what).into_owned())
                }
            };
        }
        if let Some(error) = cause.downcast_ref::<BatchError>() {
            return match error {
                BatchError::Input(input) => Some(input.text(lang.locale())),
                BatchError::Busy(folder) => {
                    let folder = folder.display().to_string();
                    Some(t!("refusal.busy", locale = lang.locale(), folder = folder).into_owned())
                }
                BatchError::Output(error) => not_written(error, lang),
                BatchError::Write(error) => not_written(error, lang),
            };
        }
        Some(cause.downcast_ref::<InputError>()?.text(lang.locale()))
    });
    said.unwrap_or_else(|| format!("{error:#}"))
}

/// Why a folder could not be written, where that is what happened.
fn not_written(cause: &(dyn std::error::Error + 'static), lang: Lang) -> Option<String> {
    let locale = lang.locale();
    let error = match cause.downcast_ref::<OutputError>() {
        Some(OutputError::Write(error)) => error,
        _ => cause.downcast_ref::<WriteError>()?,
    };
    Some(match error {
        WriteError::Foreign(folder) => {
            t!("refusal.foreign_folder", locale = locale, folder = folder.display().to_string()).into_owned()
        }
        WriteError::System { path, why } => {
            let (path, why) = (path.display().to_string(), why.text(locale));
            t!("refusal.not_written", locale = locale, path = path, why = why).into_owned()
        }
    })
}

/// No standard has this id.
fn unknown_standard(id: &str, lang: Lang) -> String {
    let known: Vec<&str> = embedded().iter().map(|(id, _)| *id).collect();
    let all = known.join(", ");
    let text = if let Some(near) = nearest::nearest(id, known.iter().copied()) {
        t!("refusal.like_standard", locale = lang.locale(), id = id, near = near, all = all)
    } else {
        t!("refusal.no_standard", locale = lang.locale(), id = id, all = all)
    };
    text.into_owned()
}

/// The language asked for, else the system's, else English.
fn language(asked: Option<LangArg>) -> Lang {
    match asked {
        Some(LangArg::Zh) => Lang::Zh,
        Some(LangArg::En) => Lang::En,
        None => match sys_locale::get_locale() {
            Some(locale) if locale.to_lowercase().starts_with("zh") => Lang::Zh,
            _ => Lang::En,
        },
    }
}

/// The language of what is written: Chinese unless asked, so that the bytes do not depend on the machine's locale.
fn file_language(asked: Option<LangArg>) -> Lang {
    match asked {
        Some(LangArg::En) => Lang::En,
        Some(LangArg::Zh) | None => Lang::Zh,
    }
}

fn run_audit(args: &AuditArgs, lang: Lang, file_lang: Lang, quiet: bool, verbose: bool) -> Result<ExitCode> {
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
        shared: args.shared.read(&args.neighbours)?,
    };
    let progress = Stages::new(lang, quiet, verbose);
    let audit = request.run(source, &progress)?;
    progress.stage("write");
    let report = Report::new(&audit);
    write(&audit, &report, file_lang, &out).with_context(|| format!("writing {}", out.display()))?;
    progress.finish();
    if !quiet || args.json {
        let text = if args.json {
            String::from_utf8(json(&report))?
        } else {
            let table = table::verdicts(&audit, &report, lang, std::io::stdout().is_terminal());
            format!("{table}\n{}\n", t!("summary.written", locale = lang.locale(), folder = out.display().to_string()))
        };
        // A closed pipe is no reason to fail: the files are written.
        let _ = std::io::stdout().write_all(text.as_bytes());
    }
    Ok(ExitCode::from(audit.findings.exit_status().code()))
}

/// Shows the stage that runs; with `-v`, how long each took.
struct Stages {
    bar: ProgressBar,
    lang: Lang,
    verbose: bool,
    since: std::sync::Mutex<Option<(&'static str, Instant)>>,
}

impl Stages {
    fn new(lang: Lang, quiet: bool, verbose: bool) -> Self {
        let show = !quiet && std::io::stderr().is_terminal();
        let bar = if show { ProgressBar::new_spinner() } else { ProgressBar::hidden() };
        if let Ok(style) = ProgressStyle::with_template("{spinner} {msg} {elapsed}") {
            bar.set_style(style);
        }
        bar.enable_steady_tick(Duration::from_millis(100));
        Self { bar, lang, verbose, since: std::sync::Mutex::new(None) }
    }

    fn finish(&self) {
        self.note(None);
        self.bar.finish_and_clear();
    }

    fn note(&self, next: Option<&'static str>) {
        let Ok(mut since) = self.since.lock() else { return };
        let before = std::mem::replace(&mut *since, next.map(|name| (name, Instant::now())));
        if let Some((name, started)) = before.filter(|_| self.verbose) {
            tracing::info!("{name}: {:.3} s", started.elapsed().as_secs_f64());
        }
    }
}

impl Progress for Stages {
    fn stage(&self, name: &'static str) {
        self.note(Some(name));
        self.bar.set_message(t!(format!("stage.{name}"), locale = self.lang.locale()).into_owned());
    }
}
