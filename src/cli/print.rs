//! The one door to the terminal: every command prints through it.
//!
//! In: text. Out: the text on stdout or stderr, without characters that would steer the terminal. What cannot be printed
//! on stdout is an error, because a verdict that nobody has seen is none.

use lifering_base::{Message, message};
use lifering_export::terminal::for_terminal;
use lifering_readers::library_errors;
use std::fmt;
use std::io::{IsTerminal as _, Write as _};

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

/// Whether what is printed may have colours.
pub fn in_colour() -> bool {
    std::io::stdout().is_terminal()
}

/// Prints text on stdout, to the last byte.
pub fn print(text: &str) -> Result<(), PrintError> {
    let text = for_terminal(text, in_colour());
    let mut stdout = std::io::stdout().lock();
    let printed = stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush());
    printed.map_err(|e| PrintError { why: library_errors::system(&e) })
}

/// Prints a line on stderr. If that is closed there is nobody to tell.
pub fn tell(line: &str) {
    let text = for_terminal(line, std::io::stderr().is_terminal());
    let _ = writeln!(std::io::stderr().lock(), "{text}");
}
