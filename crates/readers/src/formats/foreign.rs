//! Formats that are not read, and files that their names do not show: told by name or by the first bytes, with what to do.
//!
//! In: the name of a file, and its bytes. Out: a refusal that names the format and the command that converts it.

use super::{Format, wkt};
use lifering_base::error::{InputError, Place};
use lifering_base::{Message, message};

/// Start of every `SQLite` file.
const SQLITE: &[u8] = b"SQLite format 3\0";
/// Bytes in which the root element of an XML text is looked for.
const HEAD_BYTES: usize = 1024;

/// A format that is not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Foreign {
    FileGeodatabase,
    Access,
    Dwg,
    Dxf,
    Gpx,
    OsmXml,
    MapInfo,
    Gml,
    SpatiaLite,
    PlainSqlite,
    WellKnownBinary,
    /// A part of a shapefile that is not the one to name.
    ShapefilePart,
    Archive,
}

/// Extensions of these formats.
const EXTENSIONS: [(&str, Foreign); 21] = [
    ("gdb", Foreign::FileGeodatabase),
    ("mdb", Foreign::Access),
    ("accdb", Foreign::Access),
    ("dwg", Foreign::Dwg),
    ("dxf", Foreign::Dxf),
    ("gpx", Foreign::Gpx),
    ("osm", Foreign::OsmXml),
    ("osc", Foreign::OsmXml),
    ("tab", Foreign::MapInfo),
    ("mif", Foreign::MapInfo),
    ("gml", Foreign::Gml),
    ("wkb", Foreign::WellKnownBinary),
    ("dbf", Foreign::ShapefilePart),
    ("shx", Foreign::ShapefilePart),
    ("prj", Foreign::ShapefilePart),
    ("cpg", Foreign::ShapefilePart),
    ("zip", Foreign::Archive),
    ("rar", Foreign::Archive),
    ("7z", Foreign::Archive),
    ("gz", Foreign::Archive),
    ("tgz", Foreign::Archive),
];

impl Foreign {
    /// The format as it is called.
    fn name(self) -> Message {
        match self {
            Self::FileGeodatabase => message!("message.format_gdb"),
            Self::Access => message!("message.format_access"),
            Self::Dwg => message!("message.format_dwg"),
            Self::Dxf => message!("message.format_dxf"),
            Self::Gpx => message!("message.format_gpx"),
            Self::OsmXml => message!("message.format_osm_xml"),
            Self::MapInfo => message!("message.format_mapinfo"),
            Self::Gml => message!("message.format_gml"),
            Self::SpatiaLite => message!("message.format_spatialite"),
            Self::PlainSqlite => message!("message.plain_sqlite"),
            Self::WellKnownBinary => message!("message.format_wkb"),
            Self::ShapefilePart => message!("message.format_shapefile_part"),
            Self::Archive => message!("message.format_archive"),
        }
    }

    /// What to do about a file.
    fn help(self, file: &str) -> Message {
        let by = |command: String| message!("message.convert_by", command = command);
        let ogr = |more: &str| by(format!("ogr2ogr layer.gpkg {file}{more}"));
        match self {
            Self::Dwg => message!("message.convert_dwg", file = file),
            Self::Dxf => {
                message!("message.convert_dxf", command = format!("ogr2ogr -a_srs EPSG:4548 layer.gpkg {file}"))
            }
            Self::Gpx => ogr(" tracks waypoints"),
            Self::OsmXml => by(format!("osmium cat {file} -o layer.osm.pbf")),
            Self::ShapefilePart => message!("message.name_the_shp"),
            Self::Archive => message!("message.unpack"),
            Self::WellKnownBinary => message!("message.wkb_in_table"),
            Self::FileGeodatabase | Self::Access | Self::MapInfo | Self::Gml | Self::SpatiaLite | Self::PlainSqlite => {
                ogr("")
            }
        }
    }

    fn refusal(self, file: &str) -> InputError {
        InputError::wrong(Place::file(file), self.name(), message!("message.format_wanted")).with_help(self.help(file))
    }
}

/// Refuses a file whose name says that its format is not read. Some are folders.
pub(crate) fn by_name(file: &str) -> Result<(), InputError> {
    let extension = file.trim_end_matches(['/', '\\']).rsplit_once('.').map(|(_, e)| e.to_lowercase());
    let found = EXTENSIONS.iter().find(|(known, _)| extension.as_deref() == Some(known));
    found.map_or(Ok(()), |(_, foreign)| Err(foreign.refusal(file)))
}

/// Refuses a file whose bytes are of another format than its name says.
pub(super) fn by_bytes(file: &str, bytes: &[u8]) -> Result<(), InputError> {
    if let Some(foreign) = by_content(bytes) {
        return Err(foreign.refusal(file));
    }
    let named = Format::of(file);
    let binary = !matches!(named, Format::GeoJson | Format::Csv);
    // The reader of a binary format says itself what is wrong with the file.
    match misnamed(bytes).filter(|_| !binary) {
        Some((found, help)) => Err(InputError::wrong(Place::file(file), found, named.name()).with_help(help)),
        None => Ok(()),
    }
}

/// A format that is not read, by its first bytes.
fn by_content(bytes: &[u8]) -> Option<Foreign> {
    let mentions = |word: &[u8]| bytes.windows(word.len()).any(|window| window == word);
    let head = String::from_utf8_lossy(bytes.get(..HEAD_BYTES).unwrap_or(bytes)).to_lowercase();
    let xml = |root: &str| head.trim_start_matches('\u{feff}').trim_start().starts_with('<') && head.contains(root);
    let jet = bytes.get(4..).is_some_and(|rest| rest.starts_with(b"Standard Jet") || rest.starts_with(b"Standard ACE"));
    if bytes.starts_with(SQLITE) {
        if mentions(b"gpkg_contents") {
            return None;
        }
        let spatial = mentions(b"geometry_columns") || mentions(b"spatial_ref_sys");
        return Some(if spatial { Foreign::SpatiaLite } else { Foreign::PlainSqlite });
    }
    if jet {
        return Some(Foreign::Access);
    }
    if bytes.starts_with(b"AC10") {
        return Some(Foreign::Dwg);
    }
    let mut lines = head.lines().map(str::trim);
    if lines.next() == Some("0") && lines.next() == Some("section") {
        return Some(Foreign::Dxf);
    }
    if xml("<kml") {
        return None;
    }
    if xml("<gpx") {
        return Some(Foreign::Gpx);
    }
    if xml("<osm") {
        return Some(Foreign::OsmXml);
    }
    if xml("<gml:") || xml("opengis.net/gml") {
        return Some(Foreign::Gml);
    }
    // The byte order, then a code below 20 in four bytes.
    let binary = matches!(bytes, [0, 0 | 0x20, 0, _, 1..20, ..] | [1, 1..20, _, 0, 0 | 0x20, ..]);
    (binary && wkt::parse_binary(bytes).is_ok()).then_some(Foreign::WellKnownBinary)
}

/// A format that is read, under a name that does not show it, by its first bytes, and the advice.
fn misnamed(bytes: &[u8]) -> Option<(Message, Message)> {
    let magic: [(&[u8], Message, Message); 9] = [
        (b"PK\x03\x04", message!("message.magic_zip"), message!("message.name_xlsx")),
        (SQLITE, message!("message.magic_sqlite"), message!("message.name_gpkg")),
        (b"\x00\x00\x27\x0a", message!("message.magic_shapefile"), message!("message.name_shp")),
        (b"II*\x00", message!("message.magic_tiff"), message!("message.name_tif")),
        (b"MM\x00*", message!("message.magic_tiff"), message!("message.name_tif")),
        (b"\xd0\xcf\x11\xe0", message!("message.magic_xls"), message!("message.name_xls")),
        (b"\x1f\x8b", message!("message.magic_gzip"), message!("message.unpack")),
        (b"PAR1", message!("message.magic_parquet"), message!("message.name_parquet")),
        (b"fgb", message!("message.magic_flatgeobuf"), message!("message.name_fgb")),
    ];
    let head = String::from_utf8_lossy(bytes.get(..HEAD_BYTES).unwrap_or(bytes)).into_owned();
    if head.trim_start_matches('\u{feff}').trim_start().starts_with('<') && head.contains("<kml") {
        return Some((message!("message.magic_kml"), message!("message.name_kml")));
    }
    magic.into_iter().find(|(start, ..)| bytes.starts_with(start)).map(|(_, found, help)| (found, help))
}
