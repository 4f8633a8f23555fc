//! The parts of a map whose sizes decide how its page is printed: paths of zones, legend, note.

use super::legend::legend;
use super::theme::Theme;
use crate::html::page::Page;
use lifering_base::t;
use lifering_core::zones::Zone;
use lifering_report::layers::as_written;
use lifering_report::text::plain;
use lifering_report::text::tr;
use maud::Markup;
use rayon::prelude::*;

/// The drawn zones of a map, its legend and its note.
pub struct Drawing {
    /// Path data by zone; empty for one that is too small to see.
    pub zones: Vec<String>,
    /// Symbols and their texts.
    pub legend: Vec<(Markup, String)>,
    /// Note on the accuracy of the drawing.
    pub note: String,
}

impl Drawing {
    /// Draws the zones and composes the legend.
    pub fn new(page: &Page<'_>, theme: &Theme<'_>) -> Self {
        let (canvas, frame) = (&page.base.canvas, page.audit.city.frame());
        let drawn = |zone: &Zone| canvas.polygon(&as_written(frame, &zone.polygon));
        let zones: Vec<String> =
            theme.zones.map(|(_, zones)| zones.zones.par_iter().map(drawn).collect()).unwrap_or_default();
        let lang = page.lang;
        let mut note =
            t!("html.tolerance", locale = lang.locale(), m = plain(canvas.tolerance_m().ceil(), 0)).into_owned();
        if page.base.roads_thinned() {
            note.extend([" ", &tr("html.roads_thinned", lang)]);
        }
        let missing = zones.iter().filter(|path| path.is_empty()).count();
        if missing > 0 {
            note.extend([" ", &t!("html.zones_too_small", locale = lang.locale(), n = missing)]);
        }
        Self { legend: legend(page, theme), zones, note }
    }

    /// The texts of the legend.
    pub fn legend_texts(&self) -> impl Iterator<Item = &str> {
        self.legend.iter().map(|(_, text)| text.as_str())
    }
}
