//! The one door to the terminal: every command prints through it.
//!
//! In: text. Out: the text on stdout or stderr, without characters that would steer the terminal. What cannot be printed
//! on stdout is an error, because a verdict that nobody has seen is none.

use lifering_base::{Message, message, t};
use lifering_export::terminal::{COLUMNS, Screen, for_terminal};
use lifering_readers::library_errors;
use lifering_report::text::Lang;
use std::fmt;
use std::io::{IsTerminal as _, Write as _};
use std::path::Path;

/// Stdout is closed, or what it leads to is full.
#[derive(Debug)]
pub struct PrintError {
    /// Message of the operating system.
    why: Message,
}

impl PrintError {
    /// The error as a message of the catalogue.
    pub fn message(&self) -> Message {
        message!("refusal.not_printed", why = self.why.clone())
    }
}

impl fmt::Display for PrintError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.message().fmt(f)
    }
}

impl std::error::Error for PrintError {}

/// Widest screen that is filled: longer lines are hard to read.
const WIDEST: usize = 100;
/// Narrowest screen that is kept to.
const NARROWEST: usize = 40;

/// What is printed on: as wide as the terminal, within what can be read; eighty columns where stdout is none.
pub fn screen(lang: Lang) -> Screen {
    let terminal = std::io::stdout().is_terminal();
    let size = || terminal_size::terminal_size_of(std::io::stdout());
    let columns = terminal.then(size).flatten().map_or(COLUMNS, |(width, _)| usize::from(width.0));
    Screen { lang, colour: in_colour(), columns: columns.clamp(NARROWEST, WIDEST) }
}

/// Whether what is printed may have colours.
fn in_colour() -> bool {
    std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|no| no.is_empty())
}

/// Prints text on stdout, to the last byte.
pub fn print(text: &str) -> Result<(), PrintError> {
    let text = for_terminal(text, in_colour());
    let mut stdout = std::io::stdout().lock();
    let printed = stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush());
    printed.map_err(|e| PrintError { why: library_errors::system(&e) })
}

/// Shows a file with the program that the system has for it.
pub fn show(file: &Path, lang: Lang) -> Result<(), anyhow::Error> {
    let refused = |why: std::io::Error| {
        let (file, why) = (file.display(), library_errors::system(&why).text(lang.locale()));
        anyhow::anyhow!("{}", t!("refusal.not_shown", locale = lang.locale(), file = file, why = why))
    };
    open::that_detached(file).map_err(refused)
}

/// Prints a line on stderr. If that is closed there is nobody to tell.
pub fn tell(line: &str) {
    let text = for_terminal(line, std::io::stderr().is_terminal());
    let _ = writeln!(std::io::stderr().lock(), "{text}");
}
