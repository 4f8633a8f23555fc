//! One map of a report: boundary, units, roads by time, zones by reason, sites, labels, scale bar, north arrow, legend.
//!
//! In: the shared drawing ([`Base`](super::base::Base)) and a [`Theme`]. Out: inline SVG; hovering shows
//! names and numbers.

mod drawing;
mod furniture;
mod labels;
mod legend;
mod roads;
mod sites;
mod theme;
mod zones;

pub use drawing::Drawing;
pub use roads::SAME_LIMIT_S;
pub use theme::Theme;

use super::page::{Page, verdict_class};
use furniture::{north, scale_bar};
use labels::labels;
use lifering_report::text::tr;
use maud::{Markup, html};
use roads::roads;
use sites::{proposed, sites};
use zones::zone_paths;

/// The figure: map, legend, note.
pub fn figure(page: &Page<'_>, theme: &Theme<'_>, drawing: &Drawing) -> Markup {
    let base = &page.base;
    let (width, height) = (base.canvas.width, base.canvas.height);
    let title = page.report.region.name.as_str();
    html! {
        figure.map {
            div.sheet {
                svg viewBox=(format!("0 0 {width} {height}")) role="img" aria-label=(title) {
                    rect.sea width=(width) height=(height) {}
                    use.land href="#edge" {}
                    (unit_fills(page, theme))
                    @if let Some((rule, zones)) = theme.zones { (zone_paths(page, rule, zones, &drawing.zones)) }
                    (roads(base, theme.by_time))
                    use.unit-lines href="#units" {}
                    use.edge href="#edge" {}
                    (sites(page, theme))
                    (labels(page, theme))
                    (proposed(page, theme))
                    (scale_bar(page))
                    (north(base))
                    @if page.report.region.illustrative {
                        text.stamp x=(width - 60.0) y=(height - 50.0) { (tr("summary.illustrative", page.lang)) }
                    }
                }
            }
            figcaption {
                ul.legend { @for (symbol, text) in &drawing.legend { li { (symbol) (text) } } }
                p.small { (drawing.note) }
            }
        }
    }
}

/// Units filled by verdict.
fn unit_fills(page: &Page<'_>, theme: &Theme<'_>) -> Markup {
    html! {
        @for unit in &page.base.units {
            @let shown = theme.units.get(&(unit.level.clone(), unit.id.clone()));
            @if let Some((verdict, text)) = shown {
                path class=(format!("unit {}", verdict_class(*verdict))) d=(unit.path) { title { (text) } }
            }
        }
    }
}
