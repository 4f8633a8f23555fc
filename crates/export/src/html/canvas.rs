//! The canvas of a map: local metres to drawing units, lines simplified to what is visible.
//!
//! In: shapes of the local plane. Out: SVG path data in whole drawing units. Shapes are simplified by Ramer, Douglas
//! and Peucker with [`Canvas::tolerance_m`], which the report states below every map.

use geo::{Coord, LineString, MultiPolygon, Polygon, Rect, Simplify};
use std::fmt::Write;

/// Largest width, drawing units: one is a quarter of a pixel if the map is 1000 pixels wide.
const MAX_WIDTH: f64 = 4000.0;
/// Largest height, drawing units.
const MAX_HEIGHT: f64 = 3600.0;
/// Margin around the boundary, drawing units.
const MARGIN: f64 = 110.0;
/// Additional margin left and right, for names beside a slender region, drawing units.
const SIDE: f64 = 200.0;
/// Smallest width, drawing units: scale bar and notes need it.
const MIN_WIDTH: f64 = 2000.0;
/// Simplification, in drawing units: half a pixel.
const TOLERANCE: f64 = 2.0;

/// The area that a map is drawn on.
#[derive(Clone, Copy, Debug)]
pub struct Canvas {
    /// Left edge, local metres.
    west: f64,
    /// Upper edge, local metres.
    north: f64,
    /// Drawing units a metre.
    pub scale: f64,
    /// Width in drawing units.
    pub width: f64,
    /// Height in drawing units.
    pub height: f64,
}

impl Canvas {
    /// A canvas around `bounds` (local metres) with a margin.
    pub fn new(bounds: Rect<f64>) -> Self {
        let (wide, high) = (bounds.width().max(1.0), bounds.height().max(1.0));
        let scale = ((MAX_WIDTH - 2.0 * MARGIN) / wide).min((MAX_HEIGHT - 2.0 * MARGIN) / high);
        let width = (wide * scale + 2.0 * (MARGIN + SIDE)).clamp(MIN_WIDTH, MAX_WIDTH).round();
        let spare = (width / scale - wide) / 2.0;
        Self {
            west: bounds.min().x - spare,
            north: bounds.max().y + MARGIN / scale,
            scale,
            width,
            height: (high * scale + 2.0 * MARGIN).round(),
        }
    }

    /// Largest distance between a simplified line and the original.
    ///
    /// # Units
    /// Metres.
    pub fn tolerance_m(&self) -> f64 {
        TOLERANCE / self.scale
    }

    /// A place in drawing units.
    pub fn place(&self, c: Coord<f64>) -> (i64, i64) {
        (((c.x - self.west) * self.scale).round() as i64, ((self.north - c.y) * self.scale).round() as i64)
    }

    /// Path data of an area, every ring simplified; rings too small to see are left out.
    pub fn area(&self, area: &MultiPolygon<f64>) -> String {
        let mut path = PathData::default();
        for polygon in area {
            self.add_polygon(polygon, &mut path);
        }
        path.text
    }

    /// Path data of one polygon; empty if it is too small to see.
    pub fn polygon(&self, polygon: &Polygon<f64>) -> String {
        let mut path = PathData::default();
        self.add_polygon(polygon, &mut path);
        path.text
    }

    fn add_polygon(&self, polygon: &Polygon<f64>, path: &mut PathData) {
        if !self.add_ring(polygon.exterior(), path) {
            return;
        }
        for hole in polygon.interiors() {
            self.add_ring(hole, path);
        }
    }

    fn add_ring(&self, ring: &LineString<f64>, path: &mut PathData) -> bool {
        let simple = ring.simplify(self.tolerance_m());
        let mut places: Vec<(i64, i64)> = simple.0.iter().map(|c| self.place(*c)).collect();
        places.dedup();
        if places.len() < 4 {
            return false;
        }
        places.pop();
        path.line(&places);
        path.close();
        true
    }

    /// Appends a line to path data, joined to the previous one if it continues it.
    pub fn add_line(&self, line: &LineString<f64>, path: &mut PathData) {
        let simple = line.simplify(self.tolerance_m());
        let mut places: Vec<(i64, i64)> = simple.0.iter().map(|c| self.place(*c)).collect();
        places.dedup();
        if places.len() > 1 {
            path.line(&places);
        }
    }
}

/// SVG path data under construction: whole numbers, relative moves.
#[derive(Clone, Debug, Default)]
pub struct PathData {
    /// The `d` attribute.
    pub text: String,
    /// Current point; `None` before the first line and after a closed one.
    at: Option<(i64, i64)>,
}

impl PathData {
    /// Appends a line through places, joined to the previous one if it starts at its end.
    pub fn line(&mut self, places: &[(i64, i64)]) {
        let Some(first) = places.first() else { return };
        match self.at {
            Some(at) if at == *first => {}
            Some(at) => {
                self.text.push('m');
                self.pair(first.0 - at.0, first.1 - at.1);
                self.text.push('l');
            }
            None => {
                self.text.push('M');
                self.pair(first.0, first.1);
                self.text.push('l');
            }
        }
        let mut at = *first;
        for place in &places[1..] {
            if !self.text.ends_with('l') && place.0 >= at.0 {
                self.text.push(' ');
            }
            self.pair(place.0 - at.0, place.1 - at.1);
            at = *place;
        }
        self.at = Some(at);
    }

    /// Closes the line.
    pub fn close(&mut self) {
        self.text.push('z');
        self.at = None;
    }

    fn pair(&mut self, x: i64, y: i64) {
        // Writing to a String cannot fail.
        let _ = if y < 0 { write!(self.text, "{x}{y}") } else { write!(self.text, "{x} {y}") };
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo::polygon;

    #[test]
    fn a_square_of_a_kilometre_fills_the_canvas() {
        let square = polygon![(x: 0.0, y: 0.0), (x: 1000.0, y: 0.0), (x: 1000.0, y: 1000.0), (x: 0.0, y: 1000.0)];
        let canvas = Canvas::new(Rect::new((0.0, 0.0), (1000.0, 1000.0)));
        // The height decides: 3600 - 2 * 110 = 3380 units for 1000 m, with (4000 - 3380) / 2 = 310 left at either side.
        assert!((canvas.scale - 3.38).abs() < 1e-9);
        assert!((canvas.height - 3600.0).abs() < 1e-9);
        assert_eq!(canvas.polygon(&square), "M310 3490l3380 0 0-3380-3380 0z");
        let dot = polygon![(x: 0.0, y: 0.0), (x: 0.1, y: 0.0), (x: 0.1, y: 0.1)];
        assert_eq!(canvas.polygon(&dot), "");
    }

    #[test]
    fn lines_that_continue_are_joined() {
        let canvas = Canvas::new(Rect::new((0.0, 0.0), (3380.0, 3380.0)));
        let line = |a, b| LineString::from(vec![a, b]);
        let mut path = PathData::default();
        canvas.add_line(&line((0.0, 0.0), (100.0, 0.0)), &mut path);
        canvas.add_line(&line((100.0, 0.0), (100.0, 50.0)), &mut path);
        canvas.add_line(&line((300.0, 50.0), (200.0, 50.0)), &mut path);
        assert_eq!(path.text, "M310 3490l100 0 0-50m200 0l-100 0");
    }
}
