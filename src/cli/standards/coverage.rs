//! `lifering standards coverage`: every sentence of a document that states a quantity, and what became of it.
//!
//! In: a profile, and the text of its document if it is at hand. Out: a table or JSON on stdout, and with the text what does
//! not hold. Exit status `exit::MET`, or `exit::FINDING` if something does not hold.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use anyhow::Result;
use clap::Args;
use lifering_base::error::{InputError, Place as FilePlace};
use lifering_base::{Message, message, t};
use lifering_export::terminal::padded;
use lifering_readers::source::{names_a_file, read_file};
use lifering_report::sentences::{Counts, CoverageReport, fault_text, reason_text, why};
use lifering_report::text::{Lang, pick, tr};
use lifering_standards::catalogue::{Standard, WhyNoRule};
use lifering_standards::sentences::{Account, Document, Exception, SentenceRow, SentenceTable};

use crate::cli::exit;

/// Arguments of `lifering standards coverage`.
#[derive(Debug, Args)]
pub struct CoverageArgs {
    /// A standard's id, or the .toml file of your own
    standard: String,
    /// The text of its document (plain text, a paragraph a line): the table is made from it, and what does not hold is said
    #[arg(long, value_name = "FILE")]
    plan: Option<PathBuf>,
    /// The sentences that are no rule, with reasons (otherwise those that ship)
    #[arg(long, value_name = "FILE", requires = "plan")]
    exceptions: Option<PathBuf>,
    /// Print JSON instead of the table
    #[arg(long)]
    json: bool,
}

/// The text for stdout, and the exit status.
pub fn run(args: &CoverageArgs, lang: Lang) -> Result<(String, u8)> {
    let standard = standard(&args.standard)?;
    let table = table(args, &standard)?;
    let text =
        if args.json { CoverageReport::new(&standard, &table).json()? } else { table_text(&standard, &table, lang)? };
    Ok((text, if table.faults.is_empty() { exit::MET } else { exit::FINDING }))
}

fn standard(named: &str) -> Result<Standard> {
    if !names_a_file(named) {
        return Ok(Standard::embedded(named)?);
    }
    let text = text_of(Path::new(named), &message!("message.standard_file"), message!("message.utf8_toml"))?;
    Ok(Standard::from_toml(named, &text)?)
}

fn text_of(path: &Path, help: &Message, wanted: Message) -> Result<String, InputError> {
    let bytes = read_file(path, help)?;
    let wrong =
        |_| InputError::wrong(FilePlace::file(&path.display().to_string()), message!("message.not_utf8"), wanted);
    String::from_utf8(bytes).map_err(wrong)
}

fn table(args: &CoverageArgs, standard: &Standard) -> Result<SentenceTable> {
    let account = if names_a_file(&args.standard) { None } else { Account::embedded(&standard.id)? };
    let Some(plan) = &args.plan else {
        let unread = || {
            let found = message!("sentences.unread", id = &standard.id);
            InputError::wrong(FilePlace::file(&args.standard), found, message!("sentences.wanted_plan"))
        };
        return Ok(SentenceTable::from_account(&account.ok_or_else(unread)?));
    };
    let exceptions = match &args.exceptions {
        Some(file) => exceptions(file)?,
        None => account.map(|account| account.exceptions).unwrap_or_default(),
    };
    let text = text_of(plan, &message!("sentences.plan_file"), message!("sentences.utf8_text"))?;
    Ok(SentenceTable::from_document(standard, &Document::read(&text), &exceptions))
}

fn exceptions(file: &Path) -> Result<Vec<Exception>, InputError> {
    let text = text_of(file, &message!("sentences.exceptions_file"), message!("message.utf8_toml"))?;
    let name = file.display().to_string();
    Account::exceptions_from_toml(&name, &text).map_err(|error| {
        InputError::wrong(FilePlace::file(&name), Message::from(error.fault), message!("sentences.exceptions_wanted"))
    })
}

fn table_text(standard: &Standard, table: &SentenceTable, lang: Lang) -> Result<String> {
    let counts = Counts::of(table);
    let locale = lang.locale();
    let mut out = format!("{}  {}\n", standard.id, pick(&standard.title, lang));
    let line = t!(
        "sentences.counts",
        locale = locale,
        all = counts.all,
        rules = counts.rules,
        baselines = counts.baselines,
        exceptions = counts.exceptions,
        open = counts.open
    );
    writeln!(out, "  {line}\n\n  {}", tr("sentences.heading", lang))?;
    for row in &table.rows {
        let place = format!("{}.{}", row.place.line, row.place.part);
        for (index, (key, text)) in fates(row, standard, lang).into_iter().enumerate() {
            let place = if index == 0 { place.as_str() } else { "" };
            writeln!(out, "  {} {} {text}", padded(place, 8), padded(&tr(key, lang), 10))?;
        }
        if let Some(text) = &row.text {
            writeln!(out, "  {} {text}", padded("", 8))?;
        }
    }
    if !table.faults.is_empty() {
        out.push('\n');
    }
    for fault in &table.faults {
        writeln!(out, "{}", fault_text(fault, table, lang))?;
    }
    Ok(out)
}

/// What became of a clause: the key of a label, and the rest of the line.
fn fates(row: &SentenceRow, standard: &Standard, lang: Lang) -> Vec<(&'static str, String)> {
    let mut fates = Vec::new();
    for id in &row.rules {
        let rule = standard.rule(id);
        let title = rule.map(|rule| pick(&rule.title, lang)).unwrap_or_default();
        let quote = rule.and_then(|rule| rule.cite.words.quote());
        fates.push(("sentences.rule", claimed(&format!("{id}  {title}"), quote, row)));
    }
    for id in &row.baselines {
        let baseline = standard.baselines.iter().find(|baseline| baseline.id == *id);
        let title = baseline.map(|baseline| pick(&baseline.title, lang)).unwrap_or_default();
        let quote = baseline.and_then(|baseline| baseline.cite.words.quote());
        fates.push(("sentences.baseline", claimed(title, quote, row)));
    }
    if let Some(exception) = &row.exception {
        fates.push(("sentences.exception", why(exception, lang)));
    }
    if fates.is_empty() {
        fates.push(("sentences.open", tr("sentences.open_text", lang)));
    }
    fates
}

/// A rule or baseline in one line, with its quotation where the clause itself is not shown.
fn claimed(title: &str, quote: Option<&str>, row: &SentenceRow) -> String {
    match quote.filter(|_| row.text.is_none()) {
        Some(quote) => format!("{title}  “{quote}”"),
        None => title.to_owned(),
    }
}

/// The exceptions of a profile for `standards show`: one text a reason, with the lines.
pub fn reasons(id: &str, lang: Lang) -> Result<Vec<String>> {
    let Some(account) = Account::embedded(id)? else { return Ok(Vec::new()) };
    let mut by_reason: BTreeMap<WhyNoRule, Vec<&Exception>> = BTreeMap::new();
    for exception in &account.exceptions {
        by_reason.entry(exception.why).or_default().push(exception);
    }
    let between = if lang == Lang::Zh { "、" } else { ", " };
    let text = |(reason, exceptions): (WhyNoRule, Vec<&Exception>)| {
        let of: BTreeSet<&str> = exceptions.iter().filter_map(|exception| exception.of.as_deref()).collect();
        let of = of.into_iter().collect::<Vec<_>>().join(between);
        let lines: BTreeSet<u32> = exceptions.iter().map(|exception| exception.place.line).collect();
        let lines = lines.iter().map(ToString::to_string).collect::<Vec<_>>().join(between);
        let why = reason_text(reason, &of, lang);
        t!("sentences.lines", locale = lang.locale(), why = why, n = exceptions.len(), lines = lines).into_owned()
    };
    Ok(by_reason.into_iter().map(text).collect())
}
