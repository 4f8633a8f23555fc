//! The two languages of the outputs, and texts of the catalogue in `crates/base/locales/`.

use lifering_base::t;
use lifering_standards::catalogue::Text;

/// A language of the outputs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lang {
    /// Chinese.
    Zh,
    /// English.
    En,
}

impl Lang {
    /// The locale's name in the catalogue.
    pub fn locale(self) -> &'static str {
        match self {
            Self::Zh => "zh",
            Self::En => "en",
        }
    }
}

/// The text of a key.
pub fn tr(key: &str, lang: Lang) -> String {
    t!(key, locale = lang.locale()).into_owned()
}

/// The text of `prefix.word`, or the word itself where the catalogue has none.
pub fn known(prefix: &str, word: &str, lang: Lang) -> String {
    let key = format!("{prefix}.{word}");
    let text = tr(&key, lang);
    if text.ends_with(&key) { word.to_owned() } else { text }
}

/// One of the two languages of a text.
pub fn pick(text: &Text, lang: Lang) -> &str {
    match lang {
        Lang::Zh => &text.zh,
        Lang::En => &text.en,
    }
}
