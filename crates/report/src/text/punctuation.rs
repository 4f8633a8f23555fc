//! Lists, brackets and colons as each language writes them.

use super::language::Lang;
use lifering_base::t;

/// Items of a list, in Chinese with 、 between them.
pub fn list(items: &[impl AsRef<str>], lang: Lang) -> String {
    let between = match lang {
        Lang::Zh => "、",
        Lang::En => ", ",
    };
    items.iter().map(AsRef::as_ref).collect::<Vec<&str>>().join(between)
}

/// The first `most` of some names as a list, and how many more there are.
pub fn names(all: &[impl AsRef<str>], most: usize, lang: Lang) -> String {
    let first = list(&all[..all.len().min(most)], lang);
    if all.len() <= most {
        return first;
    }
    t!("list.and_more", locale = lang.locale(), names = first, n = all.len() - most).into_owned()
}

/// Clauses of a sentence, with semicolons between them.
pub fn clauses(parts: &[impl AsRef<str>], lang: Lang) -> String {
    parts.iter().map(AsRef::as_ref).collect::<Vec<&str>>().join(&t!("list.between", locale = lang.locale()))
}

/// The colon between a title and its text.
pub fn colon(lang: Lang) -> &'static str {
    match lang {
        Lang::Zh => "：",
        Lang::En => ": ",
    }
}

/// A title in brackets behind a name, unless it says the same.
pub fn bracketed(title: &str, name: &str, lang: Lang) -> String {
    match lang {
        _ if title == name => String::new(),
        Lang::Zh => format!("（{title}）"),
        Lang::En => format!(" ({title})"),
    }
}
