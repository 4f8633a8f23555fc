//! GeoJSON as the region folder wants it: one feature a line, six decimals, RFC 7946 rings, a note
//! on top.

use super::plane::{Micro, Point, doubled_area};
use std::fmt::Write as _;
use std::fs;
use std::io;
use std::path::Path;

/// The foreign member every layer carries.
pub const NOTE: &str = "示意数据 / illustrative data, not for planning";

/// One value of a feature's properties.
pub enum Value {
    Text(String),
    Whole(u32),
    Truth(bool),
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<u32> for Value {
    fn from(n: u32) -> Self {
        Self::Whole(n)
    }
}

impl From<bool> for Value {
    fn from(yes: bool) -> Self {
        Self::Truth(yes)
    }
}

/// A layer being written.
pub struct Layer {
    pub name: &'static str,
    lines: Vec<String>,
}

impl Layer {
    pub fn new(name: &'static str) -> Self {
        Self { name, lines: Vec::new() }
    }

    pub fn len(&self) -> usize {
        self.lines.len()
    }

    /// Add a point.
    pub fn point(&mut self, at: Point, properties: &[(&str, Value)]) {
        self.push("Point", &position(at.micro()), properties);
    }

    /// Add a line.
    pub fn line(&mut self, line: &[Point], properties: &[(&str, Value)]) {
        let list = positions(line.iter().copied());
        self.push("LineString", &list, properties);
    }

    /// Add one polygon: the outer ring, then its holes.
    pub fn polygon(&mut self, rings: &[Vec<Point>], properties: &[(&str, Value)]) {
        self.push("Polygon", &polygon(rings), properties);
    }

    /// Add a shape of one or more outer rings without holes.
    pub fn shape(&mut self, outer: &[Vec<Point>], properties: &[(&str, Value)]) {
        if outer.len() == 1 {
            return self.polygon(outer, properties);
        }
        let parts: Vec<String> = outer.iter().map(|ring| polygon(std::slice::from_ref(ring))).collect();
        self.push("MultiPolygon", &format!("[{}]", parts.join(",")), properties);
    }

    fn push(&mut self, kind: &str, coordinates: &str, properties: &[(&str, Value)]) {
        let mut line = String::from("{\"type\":\"Feature\",\"properties\":{");
        for (i, (key, value)) in properties.iter().enumerate() {
            let comma = if i == 0 { "" } else { "," };
            let text = match value {
                Value::Text(text) => quoted(text),
                Value::Whole(n) => n.to_string(),
                Value::Truth(yes) => yes.to_string(),
            };
            let _ = write!(line, "{comma}{}:{text}", quoted(key));
        }
        let _ = write!(line, "}},\"geometry\":{{\"type\":\"{kind}\",\"coordinates\":{coordinates}}}}}");
        self.lines.push(line);
    }

    /// Write `<name>.geojson` into a folder.
    #[expect(clippy::disallowed_methods, reason = "a generator writes its own files")]
    pub fn save(&self, folder: &Path) -> io::Result<()> {
        let text = format!(
            "{{\"type\":\"FeatureCollection\",\"name\":{},\"note\":{},\"features\":[\n{}\n]}}\n",
            quoted(self.name),
            quoted(NOTE),
            self.lines.join(",\n")
        );
        fs::write(folder.join(format!("{}.geojson", self.name)), text)
    }
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

fn position(m: Micro) -> String {
    let degrees = |n: i32| format!("{}.{:06}", n / 1_000_000, n % 1_000_000);
    format!("[{},{}]", degrees(m.lon), degrees(m.lat))
}

/// A coordinate list; neighbours that round to the same place are written once.
fn positions(line: impl Iterator<Item = Point>) -> String {
    let mut all: Vec<Micro> = line.map(Point::micro).collect();
    all.dedup();
    let texts: Vec<String> = all.into_iter().map(position).collect();
    format!("[{}]", texts.join(","))
}

/// Rings of one polygon, closed; the first counter-clockwise, the others clockwise.
fn polygon(rings: &[Vec<Point>]) -> String {
    let mut texts = Vec::new();
    for (i, ring) in rings.iter().enumerate() {
        let mut closed = ring.clone();
        if (doubled_area(ring) > 0.0) != (i == 0) {
            closed.reverse();
        }
        closed.push(closed[0]);
        texts.push(positions(closed.into_iter()));
    }
    format!("[{}]", texts.join(","))
}
