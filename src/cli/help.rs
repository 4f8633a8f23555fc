//! The command line in the language of the reader: help texts from the catalogue, and what is wrong with arguments in its words.
//!
//! In: the command as it is declared. Out: the same command with its texts translated; errors of clap as text. The English
//! texts are the comments of the declarations, which a test compares with the catalogue.

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Arg, ArgAction, Command};
use lifering_base::t;
use lifering_export::terminal::{COLUMNS, wrapped};
use lifering_report::text::{Lang, known, list, tr};
use std::ffi::OsString;

/// Columns of a Chinese text beside the arguments: clap breaks lines at blanks alone, which it does not have.
const BESIDE: usize = 46;

/// The language of the help: `--lang` if it stands anywhere among the arguments, else the system's.
pub fn language(arguments: &[OsString], system: Lang) -> Lang {
    let words: Vec<&str> = arguments.iter().filter_map(|argument| argument.to_str()).collect();
    let asked = words.iter().enumerate().find_map(|(at, word)| match word.strip_prefix("--lang") {
        Some("") => words.get(at + 1).copied(),
        Some(rest) => rest.strip_prefix('='),
        None => None,
    });
    match asked {
        Some("zh") => Lang::Zh,
        Some("en") => Lang::En,
        _ => system,
    }
}

/// A command with its examples, in Chinese with every text translated; so are its subcommands. `path`: the names down to it.
pub fn spoken(command: Command, path: &str, lang: Lang) -> Command {
    let name = command.get_name().to_owned();
    let key = path.rsplit(' ').next().unwrap_or(&name).replace('-', "_");
    let mut command = command.disable_help_subcommand(true).term_width(COLUMNS);
    // The internal process of a batch has none.
    let examples = known("help.examples", &key, lang);
    if examples != key {
        command = command.after_help(examples);
    }
    let below: Vec<String> = command.get_subcommands().map(|of| of.get_name().to_owned()).collect();
    for of in below {
        let path = format!("{path} {of}");
        command = command.mut_subcommand(of, |command| spoken(command, &path, lang));
    }
    if lang == Lang::En { command } else { translated(command, path, &key, lang) }
}

fn translated(command: Command, path: &str, key: &str, lang: Lang) -> Command {
    let text = |key: &str| tr(key, lang);
    let ids: Vec<String> = command.get_arguments().map(|argument| argument.get_id().to_string()).collect();
    let mut command = command.about(wrapped(&text(&format!("help.about.{key}")), COLUMNS));
    for id in ids {
        command = command.mut_arg(&id, |argument| translated_argument(argument, key, &id, lang));
    }
    if command.get_version().is_some() {
        let version = Arg::new("version").short('V').long("version").action(ArgAction::Version);
        let version = version.help(text("help.version")).help_heading(text("help.options"));
        command = command.disable_version_flag(true).arg(version);
    }
    let help = Arg::new("help").short('h').long("help").action(ArgAction::Help);
    let help = help.help(text("help.help")).help_heading(text("help.options"));
    command = command.disable_help_flag(true).arg(help);
    command = command.subcommand_help_heading(text("help.commands")).subcommand_value_name(text("help.command"));
    let usage = command.clone().bin_name(path).render_usage().to_string();
    let usage = usage.trim_start_matches("Usage:").trim().replace("[OPTIONS]", &text("help.options_in_usage"));
    let template = format!("{{about-with-newline}}\n{}{{usage}}\n\n{{all-args}}{{after-help}}", text("help.usage"));
    command.override_usage(usage).help_template(template)
}

fn translated_argument(argument: Arg, command: &str, id: &str, lang: Lang) -> Arg {
    let locale = lang.locale();
    let mut help = known(&format!("help.{command}"), id, lang);
    if help == id {
        help = known("help.any", id, lang);
    }
    let defaults: Vec<String> =
        argument.get_default_values().iter().map(|value| value.to_string_lossy().into_owned()).collect();
    let takes_value = argument.get_action().takes_values();
    if takes_value && !defaults.is_empty() {
        help += &t!("help.default", locale = locale, value = list(&defaults, lang));
    }
    let values: Vec<String> = if takes_value {
        argument
            .get_possible_values()
            .iter()
            .filter(|value| !value.is_hide_set())
            .map(|v| v.get_name().to_owned())
            .collect()
    } else {
        Vec::new()
    };
    if !values.is_empty() {
        let explained: Vec<String> = values
            .into_iter()
            .map(|value| {
                let text = known(&format!("help.value.{id}"), &value.replace('-', "_"), lang);
                if text == value.replace('-', "_") { value } else { format!("{value}（{text}）") }
            })
            .collect();
        help += &t!("help.values", locale = locale, values = list(&explained, lang));
    }
    let heading = if argument.is_positional() { "help.arguments" } else { "help.options" };
    let lines: Vec<String> = wrapped(&help, BESIDE).lines().map(|line| line.trim_start().to_owned()).collect();
    let argument = argument.help(lines.join("\n")).help_heading(tr(heading, lang));
    if takes_value { argument.hide_default_value(true).hide_possible_values(true) } else { argument }
}

/// What is wrong with the arguments, in words; `None` for help and version, which are no errors, and in English, which is
/// clap's own language.
pub fn usage_error(error: &clap::Error, lang: Lang) -> Option<String> {
    if lang == Lang::En || !error.use_stderr() || error.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand {
        return None;
    }
    let locale = lang.locale();
    let context = |kind: ContextKind| match error.get(kind) {
        Some(ContextValue::String(text)) => text.clone(),
        Some(ContextValue::Strings(all)) => list(all, lang),
        Some(ContextValue::Number(n)) => n.to_string(),
        _ => String::new(),
    };
    let (argument, value) = (context(ContextKind::InvalidArg), context(ContextKind::InvalidValue));
    let mut text = match error.kind() {
        ErrorKind::MissingRequiredArgument => t!("help.wrong.missing", locale = locale, argument = argument),
        ErrorKind::UnknownArgument => t!("help.wrong.unknown", locale = locale, argument = argument),
        ErrorKind::InvalidSubcommand => {
            t!("help.wrong.command", locale = locale, command = context(ContextKind::InvalidSubcommand))
        }
        ErrorKind::ArgumentConflict => {
            t!("help.wrong.conflict", locale = locale, argument = argument, other = context(ContextKind::PriorArg))
        }
        ErrorKind::InvalidValue if value.is_empty() => t!("help.wrong.no_value", locale = locale, argument = argument),
        ErrorKind::InvalidValue | ErrorKind::ValueValidation => {
            t!("help.wrong.value", locale = locale, argument = argument, value = value)
        }
        _ => t!("help.wrong.other", locale = locale, argument = argument),
    }
    .into_owned();
    if let Some(why) = std::error::Error::source(error) {
        text += &t!("help.wrong.because", locale = locale, why = why);
    }
    let valid = context(ContextKind::ValidValue);
    if !valid.is_empty() {
        text += &t!("help.values", locale = locale, values = valid);
    }
    let near = [ContextKind::SuggestedArg, ContextKind::SuggestedSubcommand, ContextKind::SuggestedValue];
    if let Some(near) = near.into_iter().map(context).find(|near| !near.is_empty()) {
        text += &t!("help.wrong.near", locale = locale, near = near);
    }
    Some(text + &tr("help.wrong.more", lang))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::Cli;
    use clap::CommandFactory as _;

    /// Every command with the names down to it.
    fn all(command: &Command, path: &str, found: &mut Vec<(String, Command)>) {
        found.push((path.to_owned(), command.clone()));
        for of in command.get_subcommands().filter(|of| !of.is_hide_set()) {
            all(of, &format!("{path} {}", of.get_name()), found);
        }
    }

    fn commands(lang: Lang) -> Vec<(String, Command)> {
        let mut found = Vec::new();
        all(&spoken(Cli::command(), "lifering", lang), "lifering", &mut found);
        found
    }

    #[test]
    fn the_catalogue_has_the_english_of_every_declaration() {
        let mut faults = Vec::new();
        for (path, command) in commands(Lang::En) {
            let key = path.rsplit(' ').next().unwrap_or_default().replace('-', "_");
            let about = command.get_about().map(ToString::to_string).unwrap_or_default();
            let told = tr(&format!("help.about.{key}"), Lang::En);
            if told != about {
                faults.push(format!("{path}: {about:?}, in the catalogue {told:?}"));
            }
            for argument in command.get_arguments() {
                let id = argument.get_id().as_str();
                let help = argument.get_help().map(ToString::to_string).unwrap_or_default();
                let mut told = known(&format!("help.{key}"), id, Lang::En);
                if told == id {
                    told = known("help.any", id, Lang::En);
                }
                if told != help {
                    faults.push(format!("{path} {id}: {help:?}, in the catalogue {told:?}"));
                }
            }
        }
        assert!(faults.is_empty(), "{}", faults.join("\n"));
    }

    #[test]
    fn no_english_sentence_is_left_in_chinese_help() {
        for (path, mut command) in commands(Lang::Zh) {
            let text = command.render_long_help().to_string();
            for english in
                ["Usage", "Options", "Arguments", "Commands", "default:", "possible values", "Examples", " the "]
            {
                assert!(!text.contains(english), "{path}: {english} in\n{text}");
            }
        }
    }

    #[test]
    fn every_command_ends_with_examples() {
        for (path, mut command) in commands(Lang::En) {
            let text = command.render_long_help().to_string();
            assert!(text.contains(&format!("  {path}")), "{path} has no example:\n{text}");
        }
    }

    #[test]
    fn the_language_is_known_before_the_arguments_are_read() {
        let of = |words: &[&str]| language(&words.iter().map(OsString::from).collect::<Vec<_>>(), Lang::En);
        assert_eq!(of(&["lifering", "audit", "--lang", "zh", "--nonsense"]), Lang::Zh);
        assert_eq!(of(&["lifering", "--lang=zh"]), Lang::Zh);
        assert_eq!(of(&["lifering", "--lang"]), Lang::En);
    }

    #[test]
    fn errors_are_told_in_chinese() {
        let wrong = |words: &[&str]| {
            let command = spoken(Cli::command(), "lifering", Lang::Zh);
            let error = command.try_get_matches_from(words).expect_err("wrong arguments");
            usage_error(&error, Lang::Zh).expect("a text")
        };
        assert!(wrong(&["lifering", "audit"]).contains("缺少参数"));
        assert!(wrong(&["lifering", "audit", "--demo", "--standrd", "x"]).contains("--standard"));
        assert!(wrong(&["lifering", "adit"]).contains("audit"));
        assert!(wrong(&["lifering", "propose", "--demo", "--goal", "x"]).contains("reach-all"));
        assert!(wrong(&["lifering", "audit", "--demo", "--zone-error", "9"]).contains("0.002"));
    }
}
