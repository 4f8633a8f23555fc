//! QGIS symbols as XML: fills, hatches, lines, markers.
//!
//! In: colours and sizes. Out: `<symbol>` elements as QGIS 3.22 and later read them.

use super::palette::Colour;
use maud::{Markup, html};

/// A layer of a symbol: QGIS class and options; a pattern fill has the symbol it repeats.
#[derive(Debug)]
struct SymbolLayer {
    class: &'static str,
    options: Vec<(&'static str, String)>,
    inner: Option<Box<Symbol>>,
}

/// A symbol: its QGIS type and its layers, drawn in order.
#[derive(Debug)]
pub struct Symbol {
    kind: &'static str,
    parts: Vec<SymbolLayer>,
}

/// A colour as QGIS writes it.
fn colour(c: Colour) -> String {
    format!("{},{},{},{}", c[0], c[1], c[2], c[3])
}

fn part(class: &'static str, options: &[(&'static str, &str)]) -> SymbolLayer {
    SymbolLayer { class, options: options.iter().map(|(k, v)| (*k, (*v).to_owned())).collect(), inner: None }
}

/// A polygon: fill, outline and its width in millimetres.
pub fn fill(inside: Colour, outline: Colour, width_mm: &str) -> Symbol {
    let (inside, outline) = (colour(inside), colour(outline));
    let options = [
        ("color", inside.as_str()),
        ("style", "solid"),
        ("outline_color", outline.as_str()),
        ("outline_style", "solid"),
        ("outline_width", width_mm),
        ("outline_width_unit", "MM"),
        ("joinstyle", "bevel"),
    ];
    Symbol { kind: "fill", parts: vec![part("SimpleFill", &options)] }
}

/// An outline without a fill.
pub fn outline(of: Colour, width_mm: &str) -> Symbol {
    let of = colour(of);
    let options = [
        ("color", "0,0,0,0"),
        ("style", "no"),
        ("outline_color", of.as_str()),
        ("outline_style", "solid"),
        ("outline_width", width_mm),
        ("outline_width_unit", "MM"),
        ("joinstyle", "round"),
    ];
    Symbol { kind: "fill", parts: vec![part("SimpleFill", &options)] }
}

impl Symbol {
    /// Lines across a polygon, at an angle and a distance in millimetres.
    #[must_use]
    pub fn hatched(mut self, of: Colour, angle: &str, distance_mm: &str) -> Self {
        let mut hatch =
            part("LinePatternFill", &[("angle", angle), ("distance", distance_mm), ("distance_unit", "MM")]);
        hatch.inner = Some(Box::new(line(of, "0.25", false)));
        self.parts.push(hatch);
        self
    }

    /// Dots across a polygon.
    #[must_use]
    pub fn dotted(mut self, of: Colour, distance_mm: &str) -> Self {
        let options = [
            ("distance_x", distance_mm),
            ("distance_y", distance_mm),
            ("distance_x_unit", "MM"),
            ("distance_y_unit", "MM"),
        ];
        let mut dots = part("PointPatternFill", &options);
        dots.inner = Some(Box::new(marker("circle", of, "0.7")));
        self.parts.push(dots);
        self
    }

    /// The `<symbol>` element with this name.
    pub fn xml(&self, name: &str) -> Markup {
        html! {
            symbol type=(self.kind) name=(name) alpha="1" clip_to_extent="1" force_rhr="0" {
                @for part in &self.parts {
                    layer class=(part.class) enabled="1" locked="0" pass="0" {
                        Option type="Map" { @for (key, value) in &part.options { Option type="QString" name=(key) value=(value) {} } }
                        @if let Some(inner) = &part.inner { (inner.xml("@0@1")) }
                    }
                }
            }
        }
    }
}

/// A line.
pub fn line(of: Colour, width_mm: &str, dashes: bool) -> Symbol {
    let of = colour(of);
    let options = [
        ("line_color", of.as_str()),
        ("line_style", if dashes { "dash" } else { "solid" }),
        ("line_width", width_mm),
        ("line_width_unit", "MM"),
        ("capstyle", "round"),
        ("joinstyle", "round"),
    ];
    Symbol { kind: "line", parts: vec![part("SimpleLine", &options)] }
}

/// A marker of one of QGIS's simple shapes with a white rim.
pub fn marker(shape: &str, of: Colour, size_mm: &str) -> Symbol {
    let rim = if size_mm.starts_with('0') { "no" } else { "solid" };
    simple_marker(shape, &colour(of), size_mm, [WHITE, rim, "0.3"])
}

/// A marker of one of QGIS's simple shapes: white with a coloured rim.
pub fn hollow_marker(shape: &str, of: Colour, size_mm: &str) -> Symbol {
    simple_marker(shape, WHITE, size_mm, [&colour(of), "solid", "0.6"])
}

/// White as QGIS writes it.
const WHITE: &str = "255,255,255,255";

/// A marker with its rim: colour, style, width in millimetres.
fn simple_marker(shape: &str, inside: &str, size_mm: &str, [rim, style, width_mm]: [&str; 3]) -> Symbol {
    let options = [
        ("name", shape),
        ("color", inside),
        ("outline_color", rim),
        ("outline_style", style),
        ("outline_width", width_mm),
        ("outline_width_unit", "MM"),
        ("size", size_mm),
        ("size_unit", "MM"),
    ];
    Symbol { kind: "marker", parts: vec![part("SimpleMarker", &options)] }
}
