//! The command line: one file a command, and the parts the commands share.
//!
//! In: arguments. Out: files, text on stdout, one message on stderr if the run fails, an exit status ([`exit`]).
//!
//! | module | what it holds |
//! | --- | --- |
//! | `audit`, `batch`, `check`, `diff`, `failures`, `import`, `propose`, `sensitivity`, `serve`, `standards`, `what_if` | a command each: its arguments and how it runs |
//! | [`args`] | arguments and value parsers of several commands |
//! | [`deadline`] | the end of a run that takes too long |
//! | [`exit`] | exit statuses |
//! | [`error_text`](mod@error_text) | errors as text in the language of the messages |
//! | [`help`] | help texts and errors of arguments in the language of the reader |
//! | [`shell`] | completions and manual pages |
//! | [`dry_run`] | what a run would read and write |
//! | [`print`] | the one door to the terminal |
//! | [`scenario`] | `--scenario` of several commands |
//! | [`run_inputs`] | what a run reads, which its folder must not hold |
//! | [`progress`] | what a single run shows while it goes on |
//! | [`batch_progress`] | what a batch shows while it goes on |
//! | [`memory`] | peak memory, for `--verbose` |

mod args;
mod audit;
mod batch;
mod batch_progress;
mod check;
mod deadline;
mod diff;
mod dry_run;
mod error_text;
mod exit;
mod failures;
mod help;
mod import;
mod memory;
mod print;
mod progress;
mod propose;
mod run_inputs;
mod sensitivity;
mod scenario;
#[cfg(feature = "serve")]
mod serve;
mod shell;
mod standards;
mod trial;
mod what_if;

use args::{LangArg, Session};
use bytesize::ByteSize;
use clap::{CommandFactory as _, FromArgMatches as _, Parser, Subcommand};
use lifering_readers::formats::guard::is_guarded;
use lifering_report::text::Lang;
use std::ffi::OsString;
use std::io::IsTerminal as _;
use std::process;
use std::sync::OnceLock;

/// Who cannot be reached in time, which written standard does that break, and where should the next station stand?
#[derive(Debug, Parser)]
#[command(name = "lifering", version, about, long_about = None)]
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

#[derive(Debug, Subcommand)]
enum Command {
    /// Judge a region by a standard and draw what is not covered
    Audit(audit::AuditArgs),
    /// Audit many regions, unattended
    Batch(batch::BatchArgs),
    /// The process of a batch, which `batch` starts itself
    #[command(name = batch::PROCESS, hide = true)]
    BatchProcess,
    /// Say how good a region's data is
    Check(check::CheckArgs),
    /// Say what changed between two audits of a region
    Diff(diff::DiffArgs),
    /// Say what is lost when a station, two of them, or a road fails
    Failures(failures::FailuresArgs),
    /// Make a region folder from files of other formats
    Import(import::ImportArgs),
    /// Propose new sites, with proof
    Propose(Box<propose::ProposeArgs>),
    /// Say which verdicts are fragile, and where each turns
    Sensitivity(sensitivity::SensitivityArgs),
    /// Open the workbench: the city in the browser, and what happens where a station is dragged
    #[cfg(feature = "serve")]
    Serve(serve::ServeArgs),
    /// The standards that ship with lifering, and your own
    #[command(subcommand)]
    Standards(standards::StandardsCommand),
    /// Try sites, each by itself: who would be reached in time, and who sooner
    WhatIf(what_if::WhatIfArgs),
    /// Completions of commands and options for a shell
    Completions(shell::CompletionsArgs),
    /// Write a manual page for each command
    Man(shell::ManArgs),
}

/// How this program is started once more, where its own executable is another program.
static AGAIN: OnceLock<Vec<OsString>> = OnceLock::new();

/// Parses the command line and runs the command. `again`: program and arguments that start this program once more, if that is
/// not the executable of this process. Returns the exit status.
pub fn run(arguments: Vec<OsString>, again: Option<Vec<OsString>>) -> u8 {
    quiet_guarded();
    if let Some(again) = again {
        // Set once a process: a second call in one would bring the same.
        let _ = AGAIN.set(again);
    }
    let lang = help::language(&arguments, args::system_language());
    args::speak(lang);
    let parsed = help::spoken(Cli::command(), "lifering", lang).try_get_matches_from(arguments);
    let cli = match parsed.and_then(|matches| Cli::from_arg_matches(&matches)) {
        Ok(cli) => cli,
        Err(error) => return usage(&error, lang),
    };
    let level = if cli.verbose { tracing::Level::INFO } else { tracing::Level::WARN };
    tracing_subscriber::fmt()
        .with_max_level(level)
        .with_target(false)
        .without_time()
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr)
        .log_internal_errors(false)
        .init();
    let session = Session::new(cli.lang, cli.quiet, cli.verbose);
    if matches!(cli.command, Command::BatchProcess) {
        batch::run_process();
        return exit::MET;
    }
    let outcome = match cli.command {
        Command::Audit(args) => audit::run(&args, session),
        Command::Batch(args) => batch::run(&args, session),
        Command::BatchProcess => Ok(exit::MET),
        Command::Check(args) => check::run(&args, session),
        Command::Diff(args) => diff::run(&args, session),
        Command::Failures(args) => failures::run(&args, session),
        Command::Import(args) => import::run(&args, session),
        Command::Propose(args) => propose::run(&args, session),
        Command::Sensitivity(args) => sensitivity::run(&args, session),
        #[cfg(feature = "serve")]
        Command::Serve(args) => serve::run(&args, session),
        Command::Standards(command) => standards::run(&command, session),
        Command::WhatIf(args) => what_if::run(&args, session),
        Command::Completions(args) => shell::completions(&args, session),
        Command::Man(args) => shell::manual(&args, session),
    };
    if let Some(bytes) = memory::peak_of_all().filter(|_| cli.verbose) {
        tracing::info!("memory: at most {}", ByteSize(bytes).display().iec());
    }
    match outcome {
        Ok(status) => status,
        Err(error) => {
            print::tell(&format!("lifering: {}", error_text::error_text(&error, session.lang)));
            exit::FAILED
        }
    }
}

/// This program, to be started once more.
fn this_program() -> std::io::Result<process::Command> {
    let Some((program, arguments)) = AGAIN.get().and_then(|again| again.split_first()) else {
        return Ok(process::Command::new(std::env::current_exe()?));
    };
    let mut command = process::Command::new(program);
    command.args(arguments);
    Ok(command)
}

/// Prints nothing of panics that the readers catch: they are told as what is wrong with a file.
fn quiet_guarded() {
    let print = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        if !is_guarded() {
            print(panic);
        }
    }));
}

/// Prints a help text or what is wrong with the arguments, and returns the exit status.
fn usage(error: &clap::Error, lang: Lang) -> u8 {
    let failed = error.use_stderr();
    if let Some(text) = help::usage_error(error, lang) {
        print::tell(&format!("lifering: {text}"));
        return exit::FAILED;
    }
    match error.print() {
        Ok(()) if !failed => exit::MET,
        Err(why) if !failed => {
            print::tell(&format!("lifering: {why}"));
            exit::FAILED
        }
        _ => exit::FAILED,
    }
}
