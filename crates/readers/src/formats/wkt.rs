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

/// A geometry in well-known binary.
pub fn parse_binary(bytes: &[u8]) -> Result<Option<Geometry>, String> {
    BinaryReader { bytes, little: true }.geometry(0)
}

struct BinaryReader<'a> {
    bytes: &'a [u8],
    little: bool,
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
            other => return Err(format!("geometry type {other}, which is not read (curves, surfaces)")),
        }))
    }
}

/// Parts of a multi-geometry as one; parts of another kind make a collection.
fn collect(code: u32, parts: Vec<Geometry>) -> Geometry {
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
}
