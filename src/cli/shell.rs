//! `lifering completions SHELL` and `lifering man DIR`: what a shell and a manual know of the command line.
//!
//! In: the command line as it is declared. Out: a script on stdout; a folder of manual pages. Exit status `exit::MET`.

use super::args::Session;
use super::print::print;
use super::{Cli, exit, help};
use anyhow::{Context as _, Result};
use clap::{Args, CommandFactory as _};
use clap_complete::Shell;
use lifering_base::t;
use lifering_export::files;
use std::path::{Path, PathBuf};

/// Arguments of `lifering completions`.
#[derive(Debug, Args)]
pub struct CompletionsArgs {
    /// The shell
    #[arg(value_enum)]
    shell: Shell,
}

/// Arguments of `lifering man`.
#[derive(Debug, Args)]
pub struct ManArgs {
    /// The folder, which is made if it is not there
    #[arg(value_name = "DIR")]
    folder: PathBuf,
}

/// Prints the completions of a shell.
pub fn completions(args: &CompletionsArgs, session: Session) -> Result<u8> {
    let mut command = help::spoken(Cli::command(), "lifering", session.lang);
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut command, "lifering", &mut script);
    print(&String::from_utf8(script)?)?;
    Ok(exit::MET)
}

/// Writes a manual page for each command.
pub fn manual(args: &ManArgs, session: Session) -> Result<u8> {
    let mut command = help::spoken(Cli::command(), "lifering", session.lang);
    command.build();
    pages(&command, "lifering", &args.folder)?;
    if !session.quiet {
        let folder = args.folder.display().to_string();
        print(&format!("{}\n", t!("summary.written", locale = session.lang.locale(), folder = folder)))?;
    }
    Ok(exit::MET)
}

fn pages(command: &clap::Command, name: &str, folder: &Path) -> Result<()> {
    let mut page = Vec::new();
    clap_mangen::Man::new(command.clone().name(name.to_owned())).render(&mut page)?;
    let file = folder.join(format!("{name}.1"));
    files::put(&file, &page, folder).with_context(|| format!("writing {}", file.display()))?;
    for of in command.get_subcommands().filter(|of| !of.is_hide_set()) {
        pages(of, &format!("{name}-{}", of.get_name()), folder)?;
    }
    Ok(())
}
