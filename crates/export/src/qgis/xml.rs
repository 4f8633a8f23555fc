//! The frame of QGIS documents.

use lifering_base::escape::qgis_document;
use maud::Markup;

/// Version of QGIS that the documents claim: the oldest one they are tested with.
pub const VERSION: &str = "3.22.0-Białowieża";

/// A QGIS document with its document type.
pub fn document(root: Markup) -> String {
    let text = format!("<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n{}\n", root.into_string());
    qgis_document(text)
}
