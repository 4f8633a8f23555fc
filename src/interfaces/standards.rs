//! `lifering standards list | show ID | lint FILE`.
//!
//! In: ids and files. Out: what is in the catalogue, printed; findings of the lint, each with its line.

use crate::inputs::said::said;
use crate::inputs::source::read_file;
use crate::outputs::sentences::Lang;
use crate::rules::catalogue::{Rule, Severity, Standard, Text, embedded, lint};
use anyhow::{Result, bail};
use clap::Subcommand;
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// What to do with standards.
#[derive(Debug, Subcommand)]
pub enum StandardsCommand {
    /// Every embedded standard and its rules, one line each
    List,
    /// One standard or one rule, readably
    Show {
        /// A standard's or a rule's id
        id: String,
    },
    /// Check a standard's file; findings point at the line
    Lint {
        /// The .toml file
        file: PathBuf,
    },
}

/// Runs the command. 0 nothing to say, 1 findings, 2 could not run.
pub fn standards(command: &StandardsCommand, lang: Lang) -> Result<ExitCode> {
    let (text, code) = match command {
        StandardsCommand::List => (list(lang)?, 0),
        StandardsCommand::Show { id } => (show(id, lang)?, 0),
        StandardsCommand::Lint { file } => lint_file(file)?,
    };
    // A closed pipe is no reason to complain.
    let _ = std::io::stdout().write_all(text.as_bytes());
    Ok(ExitCode::from(code))
}

fn word(text: &Text, lang: Lang) -> &str {
    match lang {
        Lang::Zh => &text.zh,
        Lang::En => &text.en,
    }
}

fn list(lang: Lang) -> Result<String> {
    let mut out = String::new();
    for (id, _) in embedded() {
        let standard = Standard::embedded(id)?;
        writeln!(out, "{id}  {}", word(&standard.title, lang))?;
        for rule in standard.own_rules() {
            writeln!(out, "  {:<10} {:<17} {:<10} {}", rule.id, rule.kind(), rule.force, word(&rule.title, lang))?;
        }
    }
    Ok(out)
}

fn show(id: &str, lang: Lang) -> Result<String> {
    for (standard_id, _) in embedded() {
        let standard = Standard::embedded(standard_id)?;
        if standard.id == id {
            let mut out = format!("{}  {}\n", standard.id, word(&standard.title, lang));
            for rule in &standard.rules {
                out.push('\n');
                out.push_str(&one_rule(rule, lang)?);
            }
            return Ok(out);
        }
        if let Some(rule) = standard.own_rules().find(|r| r.id.as_str() == id) {
            return one_rule(rule, lang);
        }
    }
    let known: Vec<&str> = embedded().iter().map(|(id, _)| *id).collect();
    bail!("no standard or rule `{id}`; `lifering standards list` shows all; standards: {}", known.join(", "))
}

fn one_rule(rule: &Rule, lang: Lang) -> Result<String> {
    let mut out = String::new();
    let year = rule.year.map(|y| format!(", {y}")).unwrap_or_default();
    writeln!(out, "{}  {}", rule.id, word(&rule.title, lang))?;
    writeln!(out, "  {}, {}{year}, {}", rule.kind(), rule.force, word(&rule.scope, lang))?;
    let quote = rule.cite.words.quote().map_or_else(|| rule.cite.words.text().to_owned(), |q| format!("“{q}”"));
    let section = rule.cite.section.as_deref().map(|s| format!(" {s}")).unwrap_or_default();
    writeln!(out, "  {}{section}: {quote} ({})", word(&rule.cite.title, lang), rule.cite.confidence)?;
    writeln!(out, "  {:?}", rule.criterion)?;
    for assumed in &rule.assumed {
        writeln!(out, "  ? {}: {}", assumed.what, word(&assumed.text, lang))?;
    }
    for reading in &rule.readings {
        writeln!(out, "  = {}: {}", reading.id, word(&reading.title, lang))?;
    }
    if let Some(note) = &rule.note {
        writeln!(out, "  ! {}", word(note, lang))?;
    }
    if let Some(from) = &rule.filled_from {
        writeln!(out, "  < {from}")?;
    }
    Ok(out)
}

fn lint_file(file: &Path) -> Result<(String, u8)> {
    let bytes = read_file(file, &said!("said.a_standard"))?;
    let Ok(text) = String::from_utf8(bytes) else { bail!("{}: not UTF-8; save it as UTF-8", file.display()) };
    let name = file.display().to_string();
    let findings = lint(&name, &text);
    let faulty = findings.iter().any(|f| f.severity == Severity::Error);
    let mut out = String::new();
    for finding in &findings {
        writeln!(out, "{finding}\n")?;
    }
    if findings.is_empty() {
        writeln!(out, "{name}: nothing to complain about")?;
    }
    Ok((out, u8::from(faulty)))
}
