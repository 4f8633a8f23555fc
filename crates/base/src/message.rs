//! Messages about the input, independent of the language until they are shown.
//!
//! In: a key of `locales/` and values for its placeholders. Out: the text in a language; in English for programs, on any
//! machine.

use crate::catalogue;
use crate::escape::one_line;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::fmt;

/// Characters of something that could not be read which a message quotes, at most.
pub const QUOTED: usize = 40;
/// Characters of a list which a message quotes, at most.
const LISTED: usize = 200;

/// Locale of texts for programs.
const FOR_PROGRAMS: &str = "en";

/// A text of the catalogue with its values, or text that is the same in every language.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Message {
    /// Text as it stands in a file or comes from a library.
    Verbatim(String),
    /// A text from elsewhere in both languages, for example a standard's title.
    Both {
        /// In English.
        en: String,
        /// In Chinese.
        zh: String,
    },
    /// A text of the catalogue.
    Text {
        /// The key.
        key: Cow<'static, str>,
        /// Values of the placeholders by name.
        values: Vec<(Cow<'static, str>, Message)>,
    },
}

impl Message {
    /// A text in both languages.
    pub fn both(en: &str, zh: &str) -> Self {
        Self::Both { en: en.to_owned(), zh: zh.to_owned() }
    }

    /// The message with what stands as it was found cut short: at most [`QUOTED`] characters in one piece.
    #[must_use]
    pub fn shortened(self) -> Self {
        match self {
            Self::Verbatim(words) => Self::Verbatim(short_words(words)),
            Self::Both { en, zh } => Self::Both { en: short_quotes(en), zh: short_quotes(zh) },
            Self::Text { key, values } => {
                Self::Text { key, values: values.into_iter().map(|(name, value)| (name, value.shortened())).collect() }
            }
        }
    }

    /// The text in a language (`zh` or `en`).
    pub fn text(&self, locale: &str) -> String {
        match self {
            Self::Verbatim(words) => one_line(words).into_owned(),
            Self::Both { en, zh } => if locale == "zh" { zh } else { en }.clone(),
            Self::Text { key, values } => {
                let (names, texts): (Vec<&str>, Vec<String>) =
                    values.iter().map(|(name, value)| (name.as_ref(), value.text(locale))).unzip();
                catalogue::fill(key, locale, &names, &texts)
            }
        }
    }
}

/// A text cut to what a message quotes.
pub fn short(text: &str) -> Cow<'_, str> {
    cut(text, QUOTED)
}

fn cut(text: &str, most: usize) -> Cow<'_, str> {
    match text.char_indices().nth(most) {
        Some((end, _)) => Cow::Owned(format!("{}…", &text[..end])),
        None => Cow::Borrowed(text),
    }
}

/// What stands as it was found: a quotation with its marks, a list of short names, or the words alone.
fn short_words(words: String) -> String {
    // Two marks, and the sign that something was cut before.
    if words.chars().count() <= QUOTED + 3 {
        return words;
    }
    if let Some(inside) = words.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) {
        return format!("\"{}\"", short(inside));
    }
    let names = |part: &str| part.chars().count() <= QUOTED && !part.contains(['"', '`', '{', '[', '<']);
    if words.contains(", ") && words.split(", ").all(names) {
        return cut(&words, LISTED).into_owned();
    }
    short(&words).into_owned()
}

/// A sentence of a library with every quotation in it cut.
fn short_quotes(text: String) -> String {
    if text.chars().count() <= QUOTED {
        return text;
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text.as_str();
    while let Some((before, mark, after)) = next_mark(rest) {
        let end = closing(after, mark).unwrap_or(after.len());
        out.push_str(before);
        out.push(mark);
        out.push_str(&short(&after[..end]));
        rest = &after[end..];
        if let Some(closed) = rest.strip_prefix(mark) {
            out.push(mark);
            rest = closed;
        }
    }
    out.push_str(rest);
    cut(&out, LISTED).into_owned()
}

/// Where a quotation ends: at the first mark of its kind that no backslash stands before.
fn closing(text: &str, mark: char) -> Option<usize> {
    let mut escaped = false;
    text.char_indices().find_map(|(at, c)| {
        let ends = c == mark && !escaped;
        escaped = c == '\\' && !escaped;
        ends.then_some(at)
    })
}

/// The text before the first quotation mark, the mark, and what follows it.
fn next_mark(text: &str) -> Option<(&str, char, &str)> {
    let at = text.find(['"', '`'])?;
    let mark = text[at..].chars().next()?;
    Some((&text[..at], mark, &text[at + mark.len_utf8()..]))
}

impl fmt::Display for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text(FOR_PROGRAMS))
    }
}

/// Values whose text is the same in every language.
macro_rules! verbatim {
    ($($kind:ty),*) => {
        $(impl From<$kind> for Message {
            fn from(value: $kind) -> Self {
                Self::Verbatim(value.to_string())
            }
        })*
    };
}

verbatim!(&str, String, &String, &&str, usize, u16, u32);

impl From<f64> for Message {
    /// Scientific notation from 10^15 on: a longer number is not readable.
    fn from(value: f64) -> Self {
        Self::Verbatim(if value.abs() < 1e15 { value.to_string() } else { format!("{value:e}") })
    }
}

/// A text of the catalogue: `message!("message.read_as", n = 12)`.
#[macro_export]
macro_rules! message {
    ($key:literal $(, $name:ident = $value:expr)* $(,)?) => {
        $crate::message::Message::Text {
            key: ::std::borrow::Cow::Borrowed($key),
            values: vec![$((::std::borrow::Cow::Borrowed(stringify!($name)), $crate::message::Message::from($value))),*],
        }
    };
}

/// A text of the catalogue with its placeholders filled in, in the language `locale` (`zh` or `en`).
pub fn fill(key: impl AsRef<str>, locale: &str, names: &[&str], values: &[String]) -> Cow<'static, str> {
    // A value that brought line breaks could pretend to be a line of its own.
    let values: Vec<String> = values.iter().map(|value| one_line(value).into_owned()).collect();
    Cow::Owned(catalogue::fill(key.as_ref(), locale, names, &values))
}

/// The text of a key in a language: `t!("unit.people", locale = "en", n = 12)`.
#[macro_export]
macro_rules! t {
    ($key:expr, locale = $locale:expr $(, $name:ident = $value:expr)* $(,)?) => {
        $crate::message::fill($key, $locale, &[$(stringify!($name)),*], &[$($value.to_string()),*])
    };
}

#[cfg(test)]
mod tests {
    use super::{Message, QUOTED};
    use proptest::prelude::*;

    proptest! {
        /// However long and whatever it is: no 41 characters of it in a row.
        #[test]
        fn what_could_not_be_read_is_quoted_in_part(garbage in "[a-z\"`\\\\{},: 字]{41,400}") {
            let library = format!("invalid type: string {garbage:?}, expected f64");
            let found = [
                Message::from(&garbage),
                Message::from(format!("\"{garbage}\"")),
                Message::both(&library, &library),
                message!("message.unknown_key", key = &garbage),
            ];
            let listed = |window: &str| window.contains(", ");
            for text in found.map(|found| found.shortened().text("en")) {
                let letters: Vec<char> = garbage.chars().collect();
                for window in letters.windows(QUOTED + 1).map(|w| w.iter().collect::<String>()).filter(|w| !listed(w)) {
                    prop_assert!(!text.contains(&window), "{text}");
                }
            }
        }
    }

    #[test]
    fn what_is_short_stays() {
        for text in ["a", "\"x\"", "invalid type: string \"a\", expected one of `b`, `c` and nothing else"] {
            assert_eq!(Message::both(text, text).shortened().text("en"), text);
            if text.len() < QUOTED {
                assert_eq!(Message::from(text).shortened().text("en"), text);
            }
        }
        assert_eq!(
            Message::from(&*format!("\"{}\"", "x".repeat(50))).shortened().text("en"),
            format!("\"{}…\"", "x".repeat(40))
        );
        assert_eq!(Message::from("a\nb").text("zh"), "a b");
    }

    #[test]
    fn a_text_waits_for_its_language() {
        let text = message!("message.is_used", what = message!("message.hull"));
        assert_eq!(text.text("en"), "a boundary; the hull of population and roads is used");
        assert_eq!(text.text("zh"), "边界；改用人口与道路的外包");
        assert_eq!(text.to_string(), text.text("en"));
        let json = serde_json::to_string(&text).unwrap();
        assert_eq!(serde_json::from_str::<Message>(&json).unwrap(), text);
        // Text of a file is never taken for a placeholder.
        assert_eq!(message!("message.longitude", n = "%{n}").text("en"), "longitude %{n}");
    }
}
