//! Well-known text and well-known binary: geometries inside tables and databases.
//!
//! In: text (OGC 06-103r4, also with SRID as in `EWKT`), or bytes (ISO and extended binary). Out: geometries; heights and
//! measures are dropped. Counts are checked against what is there, so that damaged data cannot ask for memory.

use crate::geometry::Geometry;
use lifering_base::frame::LonLat;

/// Deepest nesting of collections.
const MAX_DEPTH: usize = 32;

/// A geometry in well-known text.
pub fn parse(text: &str) -> Result<Geometry, String> {
    let text = match text.trim() {
        t if t.to_uppercase().starts_with("SRID=") => t.split_once(';').map_or(t, |(_, rest)| rest),
        t => t,
    };
    let mut reader = TextReader { rest: text.trim() };
    let geometry = reader.geometry(0)?;
    if reader.rest.trim().is_empty() {
        Ok(geometry)
    } else {
        Err(format!("text after the geometry: {:.20}", reader.rest))
    }
}

struct TextReader<'a> {
    rest: &'a str,
}

impl TextReader<'_> {
    fn word(&mut self) -> String {
        self.rest = self.rest.trim_start();
        let end = self.rest.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at(end);
        self.rest = rest;
        word.to_uppercase()
    }

    fn take(&mut self, wanted: char) -> Result<(), String> {
        if self.found(wanted) { Ok(()) } else { Err(format!("`{wanted}` expected before \"{:.20}\"", self.rest)) }
    }

    fn found(&mut self, wanted: char) -> bool {
        self.rest = self.rest.trim_start();
        match self.rest.strip_prefix(wanted) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    fn list<T>(&mut self, mut item: impl FnMut(&mut Self) -> Result<T, String>) -> Result<Vec<T>, String> {
        let before = self.rest;
        if self.word() == "EMPTY" {
            return Ok(Vec::new());
        }
        self.rest = before;
        self.take('(')?;
        let mut all = vec![item(self)?];
        while self.found(',') {
            all.push(item(self)?);
        }
        self.take(')')?;
        Ok(all)
    }

    fn position(&mut self) -> Result<LonLat, String> {
        self.rest = self.rest.trim_start();
        let end = self.rest.find([',', ')', '(']).unwrap_or(self.rest.len());
        let (numbers, rest) = self.rest.split_at(end);
        self.rest = rest;
        let mut numbers = numbers.split_whitespace().map(|n| n.parse::<f64>().ok().filter(|n| n.is_finite()));
        match (numbers.next().flatten(), numbers.next().flatten()) {
            (Some(lon), Some(lat)) => Ok(LonLat::new(lon, lat)),
            _ => Err("a position needs two numbers".to_owned()),
        }
    }

    fn positions(&mut self) -> Result<Vec<LonLat>, String> {
        self.list(Self::position)
    }

    fn geometry(&mut self, depth: usize) -> Result<Geometry, String> {
        if depth > MAX_DEPTH {
            return Err("nested too deeply".to_owned());
        }
        let kind = self.word();
        let before = self.rest;
        if !matches!(self.word().as_str(), "Z" | "M" | "ZM") {
            self.rest = before;
        }
        Ok(match kind.trim_end_matches(['Z', 'M']) {
            "POINT" => match self.positions()?.as_slice() {
                [one] => Geometry::Point(*one),
                _ => return Err("a point needs one position".to_owned()),
            },
            "MULTIPOINT" => Geometry::MultiPoint(self.list(|r| {
                if r.found('(') {
                    let position = r.position()?;
                    r.take(')')?;
                    Ok(position)
                } else {
                    r.position()
                }
            })?),
            "LINESTRING" => Geometry::LineString(self.positions()?),
            "MULTILINESTRING" => Geometry::MultiLineString(self.list(Self::positions)?),
            "POLYGON" => Geometry::Polygon(self.list(Self::positions)?),
            "MULTIPOLYGON" => Geometry::MultiPolygon(self.list(|r| r.list(Self::positions))?),
            "GEOMETRYCOLLECTION" => Geometry::Collection(self.list(|r| r.geometry(depth + 1))?),
            other => return Err(format!("`{other:.20}` is no geometry type")),
        })
    }
}

/// A geometry in well-known binary; curves are not read.
pub fn parse_binary(bytes: &[u8]) -> Result<Option<Geometry>, String> {
    BinaryReader { bytes, little: true, tolerance: None, curves: Curves::None }.geometry(0)
}

/// The curves that a geometry was drawn with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Curves {
    /// None.
    None,
    /// Only curves whose parts are all straight.
    Straight,
    /// So many arcs of circles.
    Arcs(usize),
}

/// A geometry in well-known binary, its arcs turned into lines that are nowhere farther from them than `tolerance`, in the
/// unit of the coordinates.
pub fn parse_curved(bytes: &[u8], tolerance: f64) -> Result<(Option<Geometry>, Curves), String> {
    let mut reader = BinaryReader { bytes, little: true, tolerance: Some(tolerance), curves: Curves::None };
    let geometry = reader.geometry(0)?;
    Ok((geometry, reader.curves))
}

struct BinaryReader<'a> {
    bytes: &'a [u8],
    little: bool,
    /// Greatest distance of lines from an arc; `None` if curves are not read.
    tolerance: Option<f64>,
    curves: Curves,
}

impl BinaryReader<'_> {
    fn take<const N: usize>(&mut self) -> Result<[u8; N], String> {
        let (head, rest) = self.bytes.split_first_chunk::<N>().ok_or("cut short")?;
        self.bytes = rest;
        Ok(*head)
    }

    fn number(&mut self) -> Result<u32, String> {
        let bytes = self.take::<4>()?;
        Ok(if self.little { u32::from_le_bytes(bytes) } else { u32::from_be_bytes(bytes) })
    }

    fn double(&mut self) -> Result<f64, String> {
        let bytes = self.take::<8>()?;
        Ok(if self.little { f64::from_le_bytes(bytes) } else { f64::from_be_bytes(bytes) })
    }

    fn position(&mut self, size: usize) -> Result<LonLat, String> {
        let place = LonLat::new(self.double()?, self.double()?);
        for _ in 2..size {
            self.double()?;
        }
        Ok(place)
    }

    fn list<T>(
        &mut self,
        least_bytes: usize,
        mut item: impl FnMut(&mut Self) -> Result<T, String>,
    ) -> Result<Vec<T>, String> {
        let count = self.number()? as usize;
        if count.saturating_mul(least_bytes) > self.bytes.len() {
            return Err("a count larger than the data".to_owned());
        }
        (0..count).map(|_| item(self)).collect()
    }

    fn positions(&mut self, size: usize) -> Result<Vec<LonLat>, String> {
        self.list(8 * size, |r| r.position(size))
    }

    fn geometry(&mut self, depth: usize) -> Result<Option<Geometry>, String> {
        if depth > MAX_DEPTH {
            return Err("nested too deeply".to_owned());
        }
        let [order] = self.take::<1>()?;
        self.little = order != 0;
        let code = self.number()?;
        let (high, code) = (code & 0xf000_0000, code & 0x0fff_ffff);
        if high & 0x2000_0000 != 0 {
            self.number()?;
        }
        let extended = usize::from(high & 0x8000_0000 != 0) + usize::from(high & 0x4000_0000 != 0);
        let size = 2 + extended + [0, 1, 1, 2].get(code as usize / 1000).copied().unwrap_or(0);
        let inner = |r: &mut Self| r.geometry(depth + 1);
        Ok(Some(match code % 1000 {
            1 => {
                let place = self.position(size)?;
                if place.lon.is_nan() && place.lat.is_nan() {
                    return Ok(None);
                }
                Geometry::Point(place)
            }
            2 => Geometry::LineString(self.positions(size)?),
            3 => Geometry::Polygon(self.list(4, |r| r.positions(size))?),
            4..=7 => {
                let parts: Vec<Geometry> = self.list(5, inner)?.into_iter().flatten().collect();
                collect(code % 1000, parts)
            }
            kind @ 8..=12 if self.tolerance.is_some() => self.curved(kind, size, depth)?,
            other => return Err(format!("geometry type {other}, which is not read (curves, surfaces)")),
        }))
    }

    /// A circular string, a compound curve, a curve polygon, a multi-curve or a multi-surface (ISO 19125-2, 8 to 12).
    fn curved(&mut self, kind: u32, size: usize, depth: usize) -> Result<Geometry, String> {
        if self.curves == Curves::None {
            self.curves = Curves::Straight;
        }
        if kind == 8 {
            let positions = self.positions(size)?;
            return self.arcs(&positions).map(Geometry::LineString);
        }
        let parts: Vec<Geometry> = self.list(5, |r| r.geometry(depth + 1))?.into_iter().flatten().collect();
        let lines = |parts: Vec<Geometry>| -> Result<Vec<Vec<LonLat>>, String> {
            let line = |part| {
                if let Geometry::LineString(line) = part { Ok(line) } else { Err("a curve of other parts".to_owned()) }
            };
            parts.into_iter().map(line).collect()
        };
        Ok(match kind {
            9 => {
                let mut joined: Vec<LonLat> = Vec::new();
                for line in lines(parts)? {
                    // Each part begins where the one before ends.
                    let again = usize::from(joined.last().is_some() && joined.last() == line.first());
                    joined.extend(&line[again..]);
                }
                Geometry::LineString(joined)
            }
            10 => Geometry::Polygon(lines(parts)?),
            11 => collect(5, parts),
            _ => collect(6, parts),
        })
    }

    /// Lines for a string of arcs, each through three positions of which the last is the first of the next.
    fn arcs(&mut self, positions: &[LonLat]) -> Result<Vec<LonLat>, String> {
        if positions.len() < 3 || positions.len().is_multiple_of(2) {
            return Err("an arc needs three positions".to_owned());
        }
        let tolerance = self.tolerance.unwrap_or(f64::INFINITY);
        let mut line = vec![positions[0]];
        for three in positions.windows(3).step_by(2) {
            line.extend(arc([three[0], three[1], three[2]], tolerance));
            let so_far = if let Curves::Arcs(so_far) = self.curves { so_far } else { 0 };
            self.curves = Curves::Arcs(so_far + 1);
        }
        Ok(line)
    }
}

/// Most lines for one arc: a circle of 1,000 km within 0.1 m takes half as many.
const MOST_LINES: f64 = 16_384.0;

/// The positions after the first of lines along the arc from the first of three positions through the second to the third;
/// of three in a row the straight line. An arc that ends where it begins is a circle with its middle halfway to the second.
fn arc([from, by, to]: [LonLat; 3], tolerance: f64) -> Vec<LonLat> {
    let (bx, by_y) = (by.lon - from.lon, by.lat - from.lat);
    let (cx, cy) = (to.lon - from.lon, to.lat - from.lat);
    let turn = bx * cy - by_y * cx;
    let circle = from == to;
    if !circle && turn.abs() <= 1e-12 * (libm::hypot(bx, by_y) * libm::hypot(cx, cy)) {
        return vec![by, to];
    }
    let (dx, dy) = if circle {
        (bx / 2.0, by_y / 2.0)
    } else {
        let (b2, c2) = (bx * bx + by_y * by_y, cx * cx + cy * cy);
        ((cy * b2 - by_y * c2) / (2.0 * turn), (bx * c2 - cx * b2) / (2.0 * turn))
    };
    let radius = libm::hypot(dx, dy);
    let (middle_x, middle_y) = (from.lon + dx, from.lat + dy);
    let angle = |p: LonLat| libm::atan2(p.lat - middle_y, p.lon - middle_x);
    let whole = std::f64::consts::TAU;
    let anticlockwise = circle || turn > 0.0;
    let sweep = match (circle, anticlockwise) {
        (true, _) => whole,
        (false, true) => (angle(to) - angle(from)).rem_euclid(whole),
        (false, false) => -(angle(from) - angle(to)).rem_euclid(whole),
    };
    // A chord of the angle a is r (1 - cos(a / 2)) from its arc.
    let step = 2.0 * libm::acos((1.0 - tolerance / radius).clamp(-1.0, 1.0));
    let lines = (sweep.abs() / step).ceil().clamp(2.0, MOST_LINES);
    let at = |k: f64| {
        let (sin, cos) = libm::sincos(angle(from) + sweep * k / lines);
        LonLat::new(middle_x + radius * cos, middle_y + radius * sin)
    };
    (1..lines as usize).map(|k| at(k as f64)).chain([to]).collect()
}

/// Parts of a multi-geometry as one, by its code in well-known binary (4 points, 5 lines, 6 polygons, 7 a collection); parts
/// of another kind make a collection.
pub(super) fn collect(code: u32, parts: Vec<Geometry>) -> Geometry {
    let points: Option<Vec<LonLat>> =
        parts.iter().map(|p| if let Geometry::Point(p) = p { Some(*p) } else { None }).collect();
    let lines = || parts.iter().map(|p| if let Geometry::LineString(l) = p { Some(l.clone()) } else { None }).collect();
    let areas = || parts.iter().map(|p| if let Geometry::Polygon(a) = p { Some(a.clone()) } else { None }).collect();
    let whole = match code {
        4 => points.map(Geometry::MultiPoint),
        5 => Option::<Vec<Vec<LonLat>>>::map(lines(), Geometry::MultiLineString),
        6 => Option::<Vec<Vec<Vec<LonLat>>>>::map(areas(), Geometry::MultiPolygon),
        _ => None,
    };
    whole.unwrap_or(Geometry::Collection(parts))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_of_every_type() {
        for (text, kind, positions) in [
            ("POINT (118.5 24.7)", "Point", 1),
            ("SRID=4326;POINT Z(1 2 3)", "Point", 1),
            ("pointzm(1 2 3 4)", "Point", 1),
            ("MULTIPOINT ((1 2), (3 4))", "MultiPoint", 2),
            ("MULTIPOINT (1 2, 3 4)", "MultiPoint", 2),
            ("LINESTRING(1 2,3 4 , 5 6)", "LineString", 3),
            ("MULTILINESTRING((1 2,3 4),(5 6,7 8))", "MultiLineString", 4),
            ("POLYGON((0 0,1 0,1 1,0 0),(0 0,1 0,1 1,0 0))", "Polygon", 8),
            ("MULTIPOLYGON(((0 0,1 0,1 1,0 0)))", "MultiPolygon", 4),
            ("GEOMETRYCOLLECTION(POINT(1 2),LINESTRING EMPTY)", "GeometryCollection", 1),
        ] {
            let geometry = parse(text).expect(text);
            let mut count = 0;
            geometry.each_position(&mut |_| count += 1);
            assert_eq!((geometry.type_name(), count), (kind, positions), "{text}");
        }
        for wrong in [
            "",
            "POINT",
            "POINT()",
            "POINT(1)",
            "POINT(a b)",
            "POINT(1 2) x",
            "CIRCLE(1 2)",
            "LINESTRING(1 2",
            "POINT(NaN 1)",
        ] {
            assert!(parse(wrong).is_err(), "{wrong}");
        }
        assert!(parse(&"GEOMETRYCOLLECTION(".repeat(100_000)).is_err());
    }

    #[test]
    fn binary_in_both_byte_orders_and_damaged() {
        let mut little = vec![1, 2, 0, 0, 0, 2, 0, 0, 0];
        let mut big = vec![0, 0, 0, 0, 2, 0, 0, 0, 2];
        for v in [1.0_f64, 2.0, 3.0, 4.0] {
            little.extend(v.to_le_bytes());
            big.extend(v.to_be_bytes());
        }
        let line = Geometry::LineString(vec![LonLat::new(1.0, 2.0), LonLat::new(3.0, 4.0)]);
        assert_eq!(parse_binary(&little), Ok(Some(line.clone())));
        assert_eq!(parse_binary(&big), Ok(Some(line)));
        for end in 0..little.len() {
            assert!(parse_binary(&little[..end]).is_err());
        }
        assert!(parse_binary(&[1, 2, 0, 0, 0, 255, 255, 255, 255]).is_err());
        let mut empty = vec![1, 1, 0, 0, 0];
        empty.extend(f64::NAN.to_le_bytes().repeat(2));
        assert_eq!(parse_binary(&empty), Ok(None));
    }

    fn binary(kind: u8, parts: &[Vec<u8>]) -> Vec<u8> {
        let mut bytes = vec![1, kind, 0, 0, 0];
        bytes.extend((parts.len() as u32).to_le_bytes());
        bytes.extend(parts.concat());
        bytes
    }

    fn string(kind: u8, positions: &[(f64, f64)]) -> Vec<u8> {
        let position = |(x, y): &(f64, f64)| [x.to_le_bytes(), y.to_le_bytes()].concat();
        binary(kind, &positions.iter().map(position).collect::<Vec<_>>())
    }

    #[test]
    fn curves_of_straight_parts_are_lines() {
        let parts = [string(2, &[(0.0, 0.0), (1.0, 0.0)]), string(2, &[(1.0, 0.0), (1.0, 2.0)])];
        let (read, curves) = parse_curved(&binary(9, &parts), 0.1).unwrap();
        let line = [(0.0, 0.0), (1.0, 0.0), (1.0, 2.0)].map(|(x, y)| LonLat::new(x, y));
        assert_eq!((read, curves), (Some(Geometry::LineString(line.to_vec())), Curves::Straight));
        assert!(parse_binary(&binary(9, &parts)).is_err(), "not without a tolerance");
        let ring = binary(9, &[string(2, &[(0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 0.0)])]);
        let (read, _) = parse_curved(&binary(12, &[binary(10, &[ring])]), 0.1).unwrap();
        assert!(matches!(read, Some(Geometry::MultiPolygon(all)) if all[0][0].len() == 4));
    }

    /// A quarter of a circle of 100 m round (0, 0), both ways, and a whole one.
    #[test]
    fn arcs_are_lines_within_the_tolerance() {
        let diagonal = 100.0 * std::f64::consts::FRAC_1_SQRT_2;
        for (positions, metres) in [
            ([(100.0, 0.0), (diagonal, diagonal), (0.0, 100.0)], 157.08),
            ([(0.0, 100.0), (diagonal, diagonal), (100.0, 0.0)], 157.08),
            ([(0.0, 100.0), (-100.0, 0.0), (100.0, 0.0)], 471.24),
            ([(100.0, 0.0), (-100.0, 0.0), (100.0, 0.0)], 628.32),
        ] {
            let (read, curves) = parse_curved(&string(8, &positions), 0.1).unwrap();
            let Some(Geometry::LineString(line)) = read else { panic!("a line") };
            assert_eq!(curves, Curves::Arcs(1));
            let ends = (line[0], line[line.len() - 1]);
            assert_eq!(
                ends,
                (LonLat::new(positions[0].0, positions[0].1), LonLat::new(positions[2].0, positions[2].1))
            );
            let mut length = 0.0;
            for pair in line.windows(2) {
                let (a, b) = (pair[0], pair[1]);
                length += libm::hypot(b.lon - a.lon, b.lat - a.lat);
                let middle = libm::hypot(f64::midpoint(a.lon, b.lon), f64::midpoint(a.lat, b.lat));
                assert!((99.9..=100.0).contains(&middle), "{middle}");
            }
            assert!((length - metres).abs() < 0.4, "{length} of {metres}");
        }
        let (straight, _) = parse_curved(&string(8, &[(0.0, 0.0), (1.0, 1.0), (2.0, 2.0)]), 0.1).unwrap();
        assert!(matches!(straight, Some(Geometry::LineString(line)) if line.len() == 3));
        assert!(parse_curved(&string(8, &[(0.0, 0.0), (1.0, 1.0)]), 0.1).is_err());
    }
}
