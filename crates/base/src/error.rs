//! Errors of the input: every message names file, feature, field, what was found and what was wanted.

use crate::message::short;
use crate::{Message, message};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::path::PathBuf;

/// A row of a table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TableRow {
    /// Sheet of the workbook; `None` for a table of text.
    pub sheet: Option<String>,
    /// Number of the row as a spreadsheet shows it, or of the line of a text, counted from 1.
    pub number: u32,
}

impl TableRow {
    /// The row in words: "row 5 of the sheet 120".
    pub fn message(&self) -> Message {
        match &self.sheet {
            Some(sheet) => message!("message.row_of_sheet", n = self.number, sheet = sheet),
            None => message!("message.row", n = self.number),
        }
    }
}

/// A place in the input.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// Name of the file, relative to the region folder.
    pub file: String,
    /// Line of the file, counted from 1; `None` if it is not read by lines.
    pub line: Option<u32>,
    /// Position of the feature in the file, counted from 0; `None` for the file as a whole.
    pub feature: Option<usize>,
    /// Row of the feature in its table; `None` if the file is no table.
    #[serde(default)]
    pub row: Option<TableRow>,
    /// Id or name of the feature; `None` if it has none.
    pub id: Option<String>,
    /// Number of the edit in a scenario, counted from 1; `None` if the file is no scenario.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub edit: Option<usize>,
    /// Field (property or key); `None` for the feature as a whole.
    pub field: Option<String>,
}

impl Place {
    /// The file as a whole.
    pub fn file(file: &str) -> Self {
        Self { file: file.to_owned(), ..Self::default() }
    }

    /// The line of the file; `None` beyond `u32`.
    #[must_use]
    pub fn line(mut self, line: usize) -> Self {
        self.line = u32::try_from(line).ok();
        self
    }

    /// An edit of a scenario, counted from 1.
    #[must_use]
    pub fn edit(mut self, number: usize) -> Self {
        self.edit = Some(number);
        self
    }

    /// A field at this place.
    #[must_use]
    pub fn field(mut self, field: &str) -> Self {
        self.field = Some(field.to_owned());
        self
    }
}

impl Place {
    /// The place in words of a language (`zh` or `en`).
    pub fn text(&self, locale: &str) -> String {
        self.message().text(locale)
    }

    /// The place as a message of the catalogue.
    pub fn message(&self) -> Message {
        let mut place = Message::from(&self.file);
        if let Some(line) = self.line {
            place = message!("message.place_line", place = place, n = line);
        }
        if let Some(number) = self.edit {
            place = message!("message.place_edit", place = place, n = number);
        }
        if let Some(row) = &self.row {
            place = message!("message.place_row", place = place, row = row.message());
        } else if let Some(index) = self.feature {
            place = message!("message.place_feature", place = place, n = index);
        }
        if let Some(id) = &self.id {
            place = message!("message.place_id", place = place, id = &*short(id));
        }
        if let Some(field) = self.field.as_deref().map(short) {
            let field = &*field;
            place = match self.row {
                Some(_) => message!("message.place_column", place = place, field = field),
                None => message!("message.place_field", place = place, field = field),
            };
        }
        place
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text("en"))
    }
}

/// An input that stops the run (exit status 2).
#[derive(Debug)]
pub enum InputError {
    /// A file could not be opened or read.
    Unreadable {
        /// The path as it was looked for.
        path: PathBuf,
        /// Reason that the system gave.
        why: Message,
        /// Advice.
        help: Message,
    },
    /// A value in a file is not what it must be.
    Wrong {
        /// Place of the value.
        place: Place,
        /// What was found.
        found: Message,
        /// What was wanted.
        wanted: Message,
        /// Advice.
        help: Option<Message>,
    },
    /// A warning in a run that refuses warnings.
    Strict {
        /// Number of warnings.
        count: usize,
        /// Place of the first.
        place: Place,
        /// What was found.
        found: Message,
        /// What was wanted.
        wanted: Message,
    },
    /// The run was told to stop while it read.
    Stopped,
}

impl InputError {
    /// A value in a file that is not what it must be.
    pub fn wrong(place: Place, found: impl Into<Message>, wanted: impl Into<Message>) -> Self {
        Self::Wrong { place, found: found.into().shortened(), wanted: wanted.into(), help: None }
    }

    /// Adds advice to a wrong value.
    #[must_use]
    pub fn with_help(mut self, advice: impl Into<Message>) -> Self {
        if let Self::Wrong { help, .. } = &mut self {
            *help = Some(advice.into());
        }
        self
    }

    /// The message in a language (`zh` or `en`): where, what was found, what was wanted, what to do.
    pub fn text(&self, locale: &str) -> String {
        self.message().text(locale)
    }

    /// The same as a message of the catalogue.
    pub fn message(&self) -> Message {
        let wrong = |place: &Place, found: &Message, wanted: &Message| {
            message!("message.wrong", place = place.message(), found = found.clone(), wanted = wanted.clone())
        };
        let with_help =
            |message: Message, help: &Message| message!("message.help", message = message, help = help.clone());
        match self {
            Self::Unreadable { path, why, help } => {
                let message = message!("message.unreadable", path = path.display().to_string(), why = why.clone());
                with_help(message, help)
            }
            Self::Wrong { place, found, wanted, help: None } => wrong(place, found, wanted),
            Self::Wrong { place, found, wanted, help: Some(help) } => with_help(wrong(place, found, wanted), help),
            Self::Strict { count, place, found, wanted } => {
                message!("message.strict", count = *count, first = wrong(place, found, wanted))
            }
            Self::Stopped => message!("message.stopped"),
        }
    }
}

impl fmt::Display for InputError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text("en"))
    }
}

impl std::error::Error for InputError {}

/// The known word most like `word` (Damerau-Levenshtein); `None` if none is close.
pub fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    known
        .into_iter()
        .map(|k| (strsim::damerau_levenshtein(word, k), k))
        .filter(|(distance, k)| *distance <= 1 + k.chars().count().max(word.chars().count()) / 3)
        .min()
        .map(|(_, k)| k)
}
