//! `lifering standards new`: a standard to begin with.
//!
//! In: the name of a file that is not there yet. Out: the file, with one rule of each kind and comments in the language of
//! the messages. The file's name without its ending becomes the id.

use std::path::{Path, PathBuf};

use anyhow::Result;
use clap::Args;
use lifering_base::error::{InputError, Place};
use lifering_base::{message, t};
use lifering_export::files;
use lifering_report::text::Lang;
use lifering_standards::catalogue::{Tongue, scaffold};

/// Arguments of `lifering standards new`.
#[derive(Debug, Args)]
pub struct NewArgs {
    /// The .toml file to write; its name without the ending becomes the standard's id
    file: PathBuf,
}

/// Writes the file; the text for stdout.
pub fn run(args: &NewArgs, lang: Lang) -> Result<String> {
    let file = &args.file;
    let name = file.display().to_string();
    let wrong = |found, wanted| InputError::wrong(Place::file(&name), found, wanted);
    if file.exists() {
        return Err(wrong(message!("sentences.new.exists"), message!("sentences.new.not_there")).into());
    }
    if file.extension().is_none_or(|ending| !ending.eq_ignore_ascii_case("toml")) {
        return Err(wrong(message!("sentences.new.other_ending"), message!("sentences.new.toml")).into());
    }
    let id = file.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
    let tongue = if lang == Lang::Zh { Tongue::Chinese } else { Tongue::English };
    let text =
        scaffold(id, tongue).ok_or_else(|| wrong(message!("sentences.new.no_id"), message!("sentences.new.id")))?;
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    files::put(file, text.as_bytes(), folder)?;
    Ok(t!("sentences.new.written", locale = lang.locale(), file = name).into_owned() + "\n")
}
