//! `lifering standards list | show ID | lint FILE | coverage ID | new FILE`.
//!
//! In: ids and files. Out: the catalogue on stdout, or findings of the lint, each with its line. Exit status
//! `exit::MET`, or `exit::FINDING` if the lint found an error.

mod coverage;
mod list;
mod scaffold;

use super::args::Session;
use super::exit;
use super::print::{print, screen};
use anyhow::{Result, bail};
use clap::Subcommand;
use lifering_base::message;
use lifering_base::t;
use lifering_export::terminal::table::explained;
use lifering_export::terminal::{Screen, wrapped};
use lifering_readers::source::read_file;
use lifering_report::text::criteria::{data, describe};
use lifering_report::text::{Lang, amount, people};
use lifering_report::text::{bracketed, list as list_of};
use lifering_report::text::{force, known, pick, tr};
use lifering_standards::catalogue::{Rule, Severity, Standard, Word as _, Words, embedded, lint};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

/// Columns of the labels of a rule.
const LABELS: usize = 17;

/// Subcommands of `lifering standards`.
#[derive(Debug, Subcommand)]
pub enum StandardsCommand {
    /// Every embedded standard and its rules, one line each
    List {
        /// Print JSON instead of the table
        #[arg(long)]
        json: bool,
    },
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
    /// Which sentence of a document became which rule, and why the others became none
    Coverage(coverage::CoverageArgs),
    /// Begin a standard of your own: one rule of each kind, with comments
    New(scaffold::NewArgs),
}

/// Runs the subcommand and returns the exit status.
pub fn run(command: &StandardsCommand, session: Session) -> Result<u8> {
    let lang = session.lang;
    let (text, status) = match command {
        StandardsCommand::List { json: true } => (list::json()?, exit::MET),
        StandardsCommand::List { json: false } => (list::table(screen(lang))?, exit::MET),
        StandardsCommand::Show { id } => (show(id, screen(lang))?, exit::MET),
        StandardsCommand::Lint { file } => lint_file(file, lang)?,
        StandardsCommand::Coverage(args) => coverage::run(args, lang)?,
        StandardsCommand::New(args) => (scaffold::run(args, lang)?, exit::MET),
    };
    print(&text)?;
    Ok(status)
}

fn show(id: &str, screen: Screen) -> Result<String> {
    for (standard_id, _) in embedded() {
        let standard = Standard::embedded(standard_id)?;
        if standard.id == id {
            return standard_text(&standard, screen);
        }
        if let Some(rule) = standard.own_rules().find(|r| r.id.as_str() == id) {
            return rule_text(rule, &standard, screen);
        }
    }
    let known: Vec<&str> = embedded().iter().map(|(id, _)| *id).collect();
    let all = list_of(&known, screen.lang);
    bail!("{}", t!("standards.none", locale = screen.lang.locale(), id = id, all = all))
}

/// A standard: its counts, the topics it is silent on, every rule.
fn standard_text(standard: &Standard, screen: Screen) -> Result<String> {
    let lang = screen.lang;
    let locale = lang.locale();
    let mut out = wrapped(&format!("{}  {}\n", standard.id, pick(&standard.title, lang)), screen.columns);
    let between = t!("list.between", locale = locale).into_owned();
    line(&mut out, "standards.applies_to", pick(&standard.applies_to, lang), screen)?;
    let years: Vec<String> = standard
        .population
        .iter()
        .map(|(year, n)| {
            t!("standards.year", locale = locale, year = year, people = people(*n as f64, lang)).into_owned()
        })
        .collect();
    if !years.is_empty() {
        line(&mut out, "standards.population", &years.join(&between), screen)?;
    }
    let counted: Vec<String> =
        standard.baselines.iter().map(|b| format!("{} {}", pick(&b.title, lang), amount(b.value))).collect();
    if !counted.is_empty() {
        line(&mut out, "standards.baselines", &counted.join(&between), screen)?;
    }
    for silent in standard.extends.iter().flat_map(|extension| &extension.silent) {
        let by: Vec<String> = silent.filled_by.iter().map(ToString::to_string).collect();
        let by = if by.is_empty() { String::new() } else { format!(" <- {}", by.join(", ")) };
        line(&mut out, "standards.silent", &format!("{}{by}", pick(&silent.topic, lang)), screen)?;
    }
    for reason in coverage::reasons(&standard.id, lang)? {
        line(&mut out, "sentences.without_rule", &reason, screen)?;
    }
    for rule in &standard.rules {
        out.push('\n');
        out.push_str(&rule_text(rule, standard, screen)?);
    }
    Ok(out)
}

/// One line: the label of a key of the catalogue, and a text.
fn line(out: &mut String, key: &str, text: &str, screen: Screen) -> Result<()> {
    writeln!(out, "{}", explained(&format!("  {}", tr(key, screen.lang)), text, LABELS, screen))?;
    Ok(())
}

/// A rule: force, source with its quotation, limit, data, readings.
fn rule_text(rule: &Rule, standard: &Standard, screen: Screen) -> Result<String> {
    let lang = screen.lang;
    let mut out = wrapped(&format!("{}  {}\n", rule.id, pick(&rule.title, lang)), screen.columns);
    let comma = if lang == Lang::Zh { "，" } else { ", " };
    line(&mut out, "standards.kind", &known("rulekind", rule.kind().word(), lang), screen)?;
    let year = rule.year.map(|year| format!("{comma}{year}")).unwrap_or_default();
    let binds = format!("{}{comma}{}{year}", force(rule.force, lang), pick(&rule.scope, lang));
    line(&mut out, "standards.force", &binds, screen)?;
    let cite = &rule.cite;
    let between = t!("list.between", locale = lang.locale());
    let section = cite.section.as_deref().map(|section| format!(" {section}")).unwrap_or_default();
    let item = cite.item.as_deref().map(|item| format!(" [{item}]")).unwrap_or_default();
    let at = cite.line.map(|n| t!("standards.line", locale = lang.locale(), n = n).into_owned()).unwrap_or_default();
    let confidence = known("confidence", cite.confidence.word(), lang);
    let via = standard.sources.get(&cite.source).and_then(|source| source.via.as_deref());
    let attested = via.map_or_else(|| confidence.clone(), |via| format!("{confidence}{between}{via}"));
    let attested = bracketed(&attested, "", lang);
    let source = format!("{}{section}{item}{at}{attested}", pick(&cite.title, lang));
    line(&mut out, "standards.cite", &source, screen)?;
    match &cite.words {
        Words::Quote(quote) => line(&mut out, "standards.quote", &format!("“{quote}”"), screen)?,
        Words::Wording(text) => line(&mut out, "standards.wording", text, screen)?,
    }
    line(&mut out, "standards.limit", &describe(&rule.criterion, standard, lang), screen)?;
    line(&mut out, "standards.data", &data(&rule.criterion, standard, lang), screen)?;
    for assumed in &rule.assumed {
        line(&mut out, "standards.assumed", pick(&assumed.text, lang), screen)?;
    }
    let colon = if lang == Lang::Zh { "：" } else { ": " };
    for reading in &rule.readings {
        let asks = describe(&reading.criterion, standard, lang);
        let text = format!("{} [{}]{colon}{asks}", pick(&reading.title, lang), reading.id);
        line(&mut out, "standards.readings", &text, screen)?;
    }
    if let Some(note) = &rule.note {
        line(&mut out, "standards.note", pick(note, lang), screen)?;
    }
    if let Some(from) = &rule.filled_from {
        let text = t!("standards.filled_from", locale = lang.locale(), from = from);
        line(&mut out, "standards.filled", &text, screen)?;
    }
    Ok(out)
}

fn lint_file(file: &Path, lang: Lang) -> Result<(String, u8)> {
    let bytes = read_file(file, &message!("message.a_standard"))?;
    let Ok(text) = String::from_utf8(bytes) else {
        bail!("{}", t!("standards.not_utf8", locale = lang.locale(), file = file.display()))
    };
    let name = file.display().to_string();
    let findings = lint(&name, &text);
    let faulty = findings.iter().any(|f| f.severity == Severity::Error);
    let mut out = String::new();
    for finding in &findings {
        writeln!(out, "{finding}\n")?;
    }
    if findings.is_empty() {
        writeln!(out, "{}", t!("standards.clean", locale = lang.locale(), file = name))?;
    }
    Ok((out, if faulty { exit::FINDING } else { exit::MET }))
}
