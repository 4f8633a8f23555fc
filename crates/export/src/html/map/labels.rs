//! Names on a map, placed so that they overlap neither each other nor a symbol nor a pin.

use super::sites::{pin_boxes, symbol};
use super::theme::Theme;
use crate::html::page::Page;
use maud::{Markup, html};
use std::collections::BTreeSet;

/// Height of a label, drawing units.
const LABEL: i64 = 76;
/// Margin of the plate below a label, drawing units.
const PLATE: i64 = 10;

/// Candidate offsets of a unit's name from its middle, right and down, drawing units.
const BESIDE: [(i64, i64); 7] = [(0, 0), (0, -100), (0, 100), (-190, 0), (190, 0), (0, -200), (0, 200)];

/// Labels that overlap neither each other nor a station: the centre and sub-centres first, then units.
pub fn labels(page: &Page<'_>, theme: &Theme<'_>) -> Markup {
    let base = &page.base;
    let stations = theme.sites.iter().filter(|site| symbol(page, **site) != "dot");
    let mut taken: Vec<[i64; 4]> = stations
        .map(|site| base.canvas.place(page.audit.city.sites()[*site].xy))
        .map(|(x, y)| [x - 26, y - 26, x + 26, y + 26])
        .chain(pin_boxes(page, theme))
        .collect();
    let mut free = |x: i64, y: i64, width: i64, height: i64| {
        let here = [x, y - height, x + width, y];
        let clear = taken.iter().all(|t| here[2] < t[0] || here[0] > t[2] || here[3] < t[1] || here[1] > t[3]);
        let inside =
            here[0] > 0 && here[2] < base.canvas.width as i64 && here[1] > 0 && here[3] < base.canvas.height as i64;
        if clear && inside {
            taken.push(here);
        }
        clear && inside
    };
    let mut placed: Vec<Label> = Vec::new();
    for wanted in ["center", "sub_center"] {
        for site in theme.sites.iter().filter(|s| symbol(page, **s) == wanted) {
            let (x, y) = base.canvas.place(page.audit.city.sites()[*site].xy);
            let text = short_name(&page.audit.city.evidence().sites[*site].name);
            let width = label_width(&text, LABEL);
            let spots = [(x + 46, y + 24), (x - 46 - width, y + 24), (x - width / 2, y - 46), (x - width / 2, y + 104)];
            if let Some((x, y)) = spots.into_iter().find(|(x, y)| free(*x, *y, width, LABEL)) {
                placed.push(Label { class: "name", x, y, width, text });
            }
        }
    }
    let mut named = BTreeSet::new();
    for unit in &base.units {
        let Some((x, y)) = unit.label else { continue };
        let width = label_width(&unit.name, LABEL - 8);
        if !named.insert(unit.name.as_str()) {
            continue;
        }
        let spots = BESIDE.map(|(right, down)| (x + right - width / 2, y + down));
        if let Some((x, y)) = spots.into_iter().find(|(x, y)| free(*x, *y, width, LABEL)) {
            placed.push(Label { class: "place", x, y, width, text: unit.name.clone() });
        }
    }
    html! {
        @for Label { x, y, width, .. } in &placed {
            rect.plate x=(x - PLATE) y=(y - LABEL) width=(width + 2 * PLATE) height=(LABEL + 2 * PLATE) {}
        }
        @for Label { class, x, y, text, .. } in &placed { text class=(class) x=(x) y=(y) { (text) } }
    }
}

/// A name at its place. On paper it stands on a plate, as a PDF holds every glyph with a halo as a drawing of its own.
struct Label {
    class: &'static str,
    x: i64,
    y: i64,
    width: i64,
    text: String,
}

/// Estimated width of a label, drawing units: a Chinese character is as wide as high, others about half.
fn label_width(text: &str, size: i64) -> i64 {
    text.chars().map(|c| if c.is_ascii() { size * 55 / 100 } else { size }).sum()
}

/// A name without the part in brackets.
fn short_name(name: &str) -> String {
    name.split(['（', '(']).next().unwrap_or(name).trim().to_owned()
}
