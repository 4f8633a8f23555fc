//! What a layer or a project says of itself: title, abstract, source, rights.
//!
//! In: texts in the language of the files. Out: the elements of QGIS; nothing is said that is not known.

use super::crs::wgs_84;
use lifering_base::t;
use lifering_report::layers::MapLayer;
use lifering_report::text::{Lang, known, tr};
use maud::{Markup, html};

/// What all layers of a result have in common.
#[derive(Clone, Debug)]
pub struct Origin {
    /// Standard, files and program, a sentence.
    pub source: String,
    /// Language of the texts.
    pub lang: Lang,
}

/// The abstract of a layer; empty for one without.
pub fn abstract_of(layer: &MapLayer<'_>, lang: Lang) -> String {
    let text = known("abstract", layer.name, lang);
    if text == layer.name { String::new() } else { text }
}

/// Title, abstract, source and rights of a layer. `id` is that in the project; `title` what its tree calls it.
pub fn of_layer(layer: &MapLayer<'_>, id: &str, title: &str, origin: &Origin) -> Markup {
    let about = abstract_of(layer, origin.lang);
    html! {
        title { (title) }
        abstract { (about) }
        attribution href="" { (origin.source) }
        resourceMetadata { (record(id, "dataset", title, &about, origin)) crs { (wgs_84()) } }
    }
}

/// The same of a project.
pub fn of_project(title: &str, origin: &Origin) -> Markup {
    let about = t!("abstract.project", locale = origin.lang.locale(), region = title).into_owned();
    html! { projectMetadata { (record("", "dataset", title, &about, origin)) } }
}

fn record(id: &str, kind: &str, title: &str, about: &str, origin: &Origin) -> Markup {
    let language = match origin.lang {
        Lang::Zh => "ZHO",
        Lang::En => "ENG",
    };
    html! {
        identifier { (id) }
        parentidentifier {}
        language { (language) }
        type { (kind) }
        title { (title) }
        abstract { (about) }
        fees {}
        rights { (tr("abstract.rights", origin.lang)) }
        license { (tr("abstract.licence", origin.lang)) }
        history { (origin.source) }
        encoding { "UTF-8" }
    }
}
