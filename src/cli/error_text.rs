//! Errors as text, in the language of the messages: the one place where errors of the library become words of the
//! program.

use super::deadline::TimeIsUp;
use super::print::PrintError;
use lifering_base::error::InputError;
use lifering_base::t;
use lifering_batch::BatchError;
use lifering_core::audit::AuditError;
use lifering_core::city::CityError;
use lifering_core::plan::{Parameter, ProposalError};
use lifering_export::OutputError;
use lifering_export::files::WriteError;
use lifering_export::scenario::ScenarioError;
use lifering_report::diff::DiffError;
use lifering_report::text::Lang;
use lifering_report::text::lacking;
use lifering_report::text::refusal::refusal;
use lifering_standards::catalogue::{StandardError, embedded, nearest};
use std::error::Error;

/// Why the command could not run: the first cause that has a text of its own, else the whole chain in English.
pub fn error_text(error: &anyhow::Error, lang: Lang) -> String {
    error.chain().find_map(|cause| cause_text(cause, lang)).unwrap_or_else(|| format!("{error:#}"))
}

/// The text of one cause; `None` if there is none in the catalogue.
fn cause_text(cause: &(dyn Error + 'static), lang: Lang) -> Option<String> {
    if let Some(error) = write_error(cause) {
        return Some(error.message().text(lang.locale()));
    }
    if let Some(error) = cause.downcast_ref::<PrintError>() {
        return Some(error.message().text(lang.locale()));
    }
    if let Some(error) = cause.downcast_ref::<TimeIsUp>() {
        return Some(error.message().text(lang.locale()));
    }
    if let Some(error) = cause.downcast_ref::<StandardError>() {
        return standard_text(error, lang);
    }
    if let Some(error) = cause.downcast_ref::<AuditError>() {
        return audit_text(error, lang);
    }
    if let Some(error) = cause.downcast_ref::<CityError>() {
        return Some(error.message().text(lang.locale()));
    }
    if let Some(DiffError::Input(input)) = cause.downcast_ref::<DiffError>() {
        return Some(input.text(lang.locale()));
    }
    if let Some(ScenarioError::Diff(DiffError::Input(input))) = cause.downcast_ref::<ScenarioError>() {
        return Some(input.text(lang.locale()));
    }
    if let Some(error) = cause.downcast_ref::<ProposalError>() {
        return proposal_text(error, lang);
    }
    if let Some(error) = cause.downcast_ref::<BatchError>() {
        return Some(error.message().text(lang.locale()));
    }
    Some(cause.downcast_ref::<InputError>()?.text(lang.locale()))
}

fn standard_text(error: &StandardError, lang: Lang) -> Option<String> {
    let StandardError::Unknown { id } = error else { return None };
    let known: Vec<&str> = embedded().iter().map(|(id, _)| *id).collect();
    let all = known.join(", ");
    let text = if let Some(near) = nearest::nearest(id, known.iter().copied()) {
        t!("refusal.like_standard", locale = lang.locale(), id = id, near = near, all = all)
    } else {
        t!("refusal.no_standard", locale = lang.locale(), id = id, all = all)
    };
    Some(text.into_owned())
}

fn audit_text(error: &AuditError, lang: Lang) -> Option<String> {
    match error {
        AuditError::Standard(error) => standard_text(error, lang),
        AuditError::Year { year, .. } => Some(format!("--year {year}: {}", error.message().text(lang.locale()))),
        AuditError::City(_) | AuditError::Judge(_) => Some(error.message().text(lang.locale())),
    }
}

fn proposal_text(error: &ProposalError, lang: Lang) -> Option<String> {
    let locale = lang.locale();
    match error {
        ProposalError::Input(input) => Some(input.text(locale)),
        ProposalError::Audit(error) => audit_text(error, lang),
        ProposalError::Siting(error) => Some(refusal(error, lang)),
        ProposalError::Asked { .. } => Some(error.message(&flag).text(locale)),
        ProposalError::Unjudged { rule, missing, standard } => {
            let what = lacking(missing, standard, lang);
            Some(t!("refusal.unjudged", locale = locale, rule = rule, what = what).into_owned())
        }
    }
}

/// The flag of a parameter.
fn flag(parameter: Parameter) -> String {
    match parameter {
        Parameter::Ambulances => "--ambulances",
        Parameter::Budget => "--budget",
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
        Parameter::TimeLimit => "--time-limit",
    }
    .to_owned()
}

/// The failure to write a file or folder, if the cause is one.
fn write_error<'a>(cause: &'a (dyn Error + 'static)) -> Option<&'a WriteError> {
    if let Some(ScenarioError::Output(OutputError::Write(error))) = cause.downcast_ref::<ScenarioError>() {
        return Some(error);
    }
    match cause.downcast_ref::<OutputError>() {
        Some(OutputError::Write(error)) => Some(error),
        _ => cause.downcast_ref::<WriteError>(),
    }
}
