//! Messages about the input, independent of the language until they are shown.
//!
//! In: a key of `locales/` and values for its placeholders. Out: the text in a language; in English for programs, on any
//! machine.

use crate::catalogue;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::fmt;

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

    /// The text in a language (`zh` or `en`).
    pub fn text(&self, locale: &str) -> String {
        match self {
            Self::Verbatim(words) => words.clone(),
            Self::Both { en, zh } => if locale == "zh" { zh } else { en }.clone(),
            Self::Text { key, values } => {
                let (names, texts): (Vec<&str>, Vec<String>) =
                    values.iter().map(|(name, value)| (name.as_ref(), value.text(locale))).unzip();
                catalogue::fill(key, locale, &names, &texts)
            }
        }
    }
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
    Cow::Owned(catalogue::fill(key.as_ref(), locale, names, values))
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

    #[test]
    fn a_text_waits_for_its_language() {
        let text = message!("message.is_used", what = message!("message.hull"));
        assert_eq!(text.text("en"), "a boundary; the hull of population and roads is used");
        assert_eq!(text.text("zh"), "边界；改用人口与道路的外包");
        assert_eq!(text.to_string(), text.text("en"));
        let json = serde_json::to_string(&text).unwrap();
        assert_eq!(serde_json::from_str::<super::Message>(&json).unwrap(), text);
        // Text of a file is never taken for a placeholder.
        assert_eq!(message!("message.longitude", n = "%{n}").text("en"), "longitude %{n}");
    }
}
