//! The frame of every HTML document: head, style sheet, language, script.
//!
//! In: a body. Out: a document that needs no other file and no network.

use lifering_base::escape;
use lifering_report::text::Lang;
use maud::{DOCTYPE, Markup, PreEscaped, html};

/// The style sheet, which every document contains.
const STYLE: &str = include_str!("style.css");

/// What tables and maps do where scripts run; every document contains it and is complete without.
const SCRIPT: &str = include_str!("interactive.js");

/// The head of a document.
pub struct Head<'a> {
    /// Language of the document.
    pub lang: Lang,
    /// Title.
    pub title: &'a str,
    /// Version of lifering, for the `generator` element.
    pub version: &'a str,
    /// CSS rules that follow the style sheet.
    pub more_style: &'a str,
}

/// A document as bytes. `body` is the whole `<body>` element.
pub fn document(head: &Head<'_>, body: &Markup) -> Vec<u8> {
    let language = match head.lang {
        Lang::Zh => "zh-CN",
        Lang::En => "en",
    };
    let markup = html! {
        (DOCTYPE)
        html lang=(language) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="generator" content=(format!("lifering {}", head.version));
                link rel="icon" href="data:,";
                title { (head.title) }
                style { (PreEscaped(STYLE)) (PreEscaped(head.more_style)) }
            }
            (body)
            script { (PreEscaped(SCRIPT)) }
        }
    };
    escape::markup(markup.into_string()).into_bytes()
}
