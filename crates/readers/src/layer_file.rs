//! One file -> its features in WGS 84, each with its position in the file.
//!
//! In: bytes and the [`LayerSpec`] of region.toml. Out: [`LayerFile`]. Only the form and the coordinates are checked here;
//! the modules of the records read the meaning of a feature.

use crate::budget::Budget;
use crate::columns::ColumnRecord;
use crate::corrections::{self, Corrections};
use crate::crs::{self, Extent};
use crate::crs_area;
use crate::feature::RawFeature;
use crate::fields::Fields;
use crate::formats::{self, Format, ParsedFile, Purpose};
use crate::memory_table::{MemoryTable, TableContent};
use crate::positions::{check_degrees, in_degrees, is_degrees};
use crate::settings::LayerSpec;
use crate::source::Source;
use lifering_base::datum::Datum;
use lifering_base::error::{InputError, Place};
use lifering_base::frame::LonLat;
use lifering_base::hash::sha256_while;
use lifering_base::issue::{IssueCode, Issues};
use lifering_base::message;
use lifering_base::parameters::RasterMeaning;
use lifering_base::records::Layer;
use rayon::prelude::*;

/// Least number of features that one task types: fewer are not worth a thread.
const FEATURES_AT_ONCE: usize = 1 << 10;

/// A layer's file, parsed.
#[derive(Debug)]
pub struct LayerFile {
    /// The layer.
    pub layer: Layer,
    /// Key in region.toml.
    pub key: String,
    /// Name relative to the region folder.
    pub file: String,
    /// SHA-256 of the bytes.
    pub sha256: String,
    /// Format.
    pub format: Format,
    /// Encoding of the text; `None` for a format that is not text.
    pub encoding: Option<&'static str>,
    /// In file order, in WGS 84 degrees; empty once [`LayerFile::typed`] has taken them.
    pub features: Vec<RawFeature>,
    /// Number of features in the file.
    pub count: usize,
    /// Extent of all features; `None` without positions.
    pub extent: Option<Extent>,
    /// Names of the layer's fields.
    pub fields: Fields,
    /// What was made of every column.
    pub columns: Vec<ColumnRecord>,
    /// Issues so far.
    pub issues: Issues,
    /// Number of features used, set by the readers of records.
    pub used: usize,
}

/// What reading a layer depends on beside its file; nothing by default.
#[derive(Debug, Default)]
pub struct LayerContext<'a> {
    /// A position in the region, from layers read before.
    pub near: Option<LonLat>,
    /// Extent of the boundary or the units; `None` if neither was read before.
    pub within: Option<Extent>,
    /// Datum of the degrees if region.toml states none; `None` for WGS 84.
    pub datum: Option<Datum>,
    /// What the numbers of a population raster are; `None` if region.toml does not say.
    pub raster: Option<RasterMeaning>,
    /// Whether every occurrence of an issue is kept.
    pub logged: bool,
    /// Corrections that were asked for.
    pub corrections: Corrections,
    /// The time that reading may take.
    pub budget: Budget<'a>,
}

impl LayerFile {
    /// Reads and parses one layer.
    pub fn read(
        source: &Source,
        layer: Layer,
        key: &str,
        spec: &LayerSpec,
        fields: Fields,
        context: &LayerContext<'_>,
    ) -> Result<Self, InputError> {
        let file = &spec.file;
        if let Some(table) = source.table(file) {
            return Self::of_table(table, layer, key, spec, fields, context);
        }
        if source.size(file).is_some() {
            formats::foreign::by_name(file)?;
        }
        let bytes = source.read(file, &message!("message.named_as", key = key))?;
        Self::from_bytes(&bytes, source, layer, key, spec, fields, context)
    }

    /// Parses bytes that are at hand; `source` has the files beside it.
    pub fn from_bytes(
        bytes: &[u8],
        source: &Source,
        layer: Layer,
        key: &str,
        spec: &LayerSpec,
        mut fields: Fields,
        context: &LayerContext<'_>,
    ) -> Result<Self, InputError> {
        fields.map(&context.corrections.columns);
        let mut issues = if context.logged { Issues::logged() } else { Issues::default() };
        let purpose = Purpose {
            layer,
            source,
            within: context.within,
            near: context.near,
            fields: Some(&fields),
            raster: context.raster,
            budget: context.budget,
        };
        let hash = || sha256_while(bytes, &|| !context.budget.is_over());
        let (sha256, parsed) = rayon::join(hash, || formats::read(spec, bytes, purpose, &mut issues));
        let parsed = parsed?;
        let sha256 = sha256.ok_or(InputError::Stopped)?;
        Self::of_features(parsed, sha256, layer, key, spec, fields, issues, context)
    }

    /// The features of a table in memory.
    fn of_table(
        table: &dyn MemoryTable,
        layer: Layer,
        key: &str,
        spec: &LayerSpec,
        mut fields: Fields,
        context: &LayerContext<'_>,
    ) -> Result<Self, InputError> {
        fields.map(&context.corrections.columns);
        let mut issues = if context.logged { Issues::logged() } else { Issues::default() };
        let TableContent { features, crs, sha256 } = table.read(&spec.file, context.budget, &mut issues)?;
        // A reference system that the caller states goes first; that of the table need not be understood then.
        let crs = if spec.crs.is_some() { None } else { crs? };
        let parsed = ParsedFile { format: Format::Arrow, encoding: None, crs, features, table: None };
        Self::of_features(parsed, sha256, layer, key, spec, fields, issues, context)
    }

    /// Recognises the columns, and takes the positions to WGS 84.
    #[expect(clippy::too_many_arguments, reason = "the parts of a layer, named by their types")]
    fn of_features(
        parsed: ParsedFile,
        sha256: String,
        layer: Layer,
        key: &str,
        spec: &LayerSpec,
        mut fields: Fields,
        mut issues: Issues,
        context: &LayerContext<'_>,
    ) -> Result<Self, InputError> {
        let file = &spec.file;
        let columns = fields.settle(&parsed.features, parsed.table, file, &mut issues);
        let mut layer_file = Self {
            layer,
            key: key.to_owned(),
            file: file.clone(),
            sha256,
            format: parsed.format,
            encoding: parsed.encoding,
            count: parsed.features.len(),
            features: parsed.features,
            extent: None,
            fields,
            columns,
            issues,
            used: 0,
        };
        context.budget.go_on()?;
        layer_file.reproject(spec.crs.as_deref().or(parsed.crs.as_deref()), context.near)?;
        context.budget.go_on()?;
        layer_file.correct_records(context);
        context.budget.go_on()?;
        let mut summary = layer_file.summarise();
        if !summary.degrees {
            layer_file.wrap();
            let place = |i: usize| layer_file.place(&layer_file.features[i]);
            check_degrees(&layer_file.features, place, context.near)?;
            summary = layer_file.summarise();
        }
        let datum = spec.datum.or(context.datum).unwrap_or(Datum::Wgs84);
        if datum != Datum::Wgs84 {
            layer_file.correct(datum);
            summary = layer_file.summarise();
        }
        if layer_file.join_across_180(summary.extent, context.near) {
            summary = layer_file.summarise();
        }
        layer_file.extent = summary.extent;
        Ok(layer_file)
    }

    /// The place of a feature, for messages.
    pub fn place(&self, feature: &RawFeature) -> Place {
        self.fields.place(&self.file, feature)
    }

    /// Types every feature, in parallel, and takes the features. Records and issues are in the order of the file.
    pub fn typed<T: Send>(
        &mut self,
        one: impl Fn(&Self, RawFeature, &mut Issues) -> Result<Option<T>, InputError> + Sync,
    ) -> Result<(Vec<T>, Issues), InputError> {
        let features = std::mem::take(&mut self.features);
        let nothing = || Ok((Vec::new(), self.issues.empty_like()));
        let runs: Vec<Result<(Vec<T>, Issues), InputError>> = features
            .into_par_iter()
            .with_min_len(FEATURES_AT_ONCE)
            .fold(nothing, |run, feature| {
                let (mut all, mut issues) = run?;
                all.extend(one(self, feature, &mut issues)?);
                Ok((all, issues))
            })
            .collect();
        let (mut all, mut issues) = (Vec::with_capacity(self.count), self.issues.empty_like());
        for run in runs {
            let (mut more, later) = run?;
            all.append(&mut more);
            issues.append(later);
        }
        Ok((all, issues))
    }

    /// Notes swapped places and duplicates, and corrects them if that was asked for.
    fn correct_records(&mut self, context: &LayerContext<'_>) {
        let mut features = std::mem::take(&mut self.features);
        let mut issues = std::mem::take(&mut self.issues);
        let place = |feature: &RawFeature| self.place(feature);
        let asked = &context.corrections;
        corrections::swapped(&mut features, context.within, asked.accept_swapped, place, &mut issues);
        let drop = asked.drop_duplicates;
        corrections::duplicates(&mut features, &self.fields, self.format, drop, place, &mut issues);
        (self.features, self.issues) = (features, issues);
    }

    /// Brings coordinates of the named system to WGS 84 and notes it.
    fn reproject(&mut self, name: Option<&str>, near: Option<LonLat>) -> Result<(), InputError> {
        let Some(name) = name else { return Ok(()) };
        let at = Place::file(&self.file);
        let reprojection = crs::parse(name).map_err(|why| {
            InputError::wrong(at.clone().field("crs"), why, message!("message.crs_wanted"))
                .with_help(message!("message.reproject_help"))
        })?;
        let Some(reprojection) = reprojection else { return Ok(()) };
        let in_file = self.summarise().extent.map(Extent::middle);
        self.features.par_iter_mut().filter_map(|f| f.geometry.as_mut()).for_each(|geometry| {
            geometry.each_position_mut(&mut |p| *p = reprojection.to_wgs84(*p));
        });
        if let Some(lost) = self.features.iter().find(|f| !in_degrees(*f)) {
            return Err(InputError::wrong(
                self.place(lost).field("coordinates"),
                message!("message.no_place_in", crs = reprojection.name()),
                message!("message.coordinates_in_crs"),
            ));
        }
        self.issues.all_changed(self.features.len());
        self.issues.note(IssueCode::Reprojected, &at, reprojection.name(), message!("message.reprojected"));
        if let (Some(code), Some(in_file)) = (reprojection.code(), in_file) {
            self.note_area_of_use(code, in_file, reprojection.to_wgs84(in_file), near);
        }
        Ok(())
    }

    /// Notes a layer whose middle, `in_file` in its own coordinates, lies far from where its system is used.
    fn note_area_of_use(&mut self, code: u16, in_file: LonLat, middle: LonLat, near: Option<LonLat>) {
        let Some(area) = crs_area::area_of_use(code).filter(|_| !crs_area::fits(code, middle)) else { return };
        let degrees = |d: f64| format!("{d:.3}");
        let found = message!(
            "message.outside_area_of_use",
            crs = format!("EPSG:{code}"),
            lon = degrees(middle.lon),
            lat = degrees(middle.lat),
            west = area.low.lon,
            east = area.high.lon,
            south = area.low.lat,
            north = area.high.lat
        );
        let wanted = match crs_area::neighbouring_zone(code, in_file, near) {
            Some((other, place)) => {
                message!("message.other_zone", code = other, lon = degrees(place.lon), lat = degrees(place.lat))
            }
            None => message!("message.right_system"),
        };
        self.issues.note(IssueCode::OutsideAreaOfUse, &Place::file(&self.file).field("crs"), found, wanted);
    }

    /// Brings longitudes of 180 to 360 degrees to -180 to 0; each feature is noted.
    fn wrap(&mut self) {
        let beyond = |p: &LonLat| p.lon > 180.0 && p.lon <= 360.0 && p.lat.abs() <= 90.0;
        for i in 0..self.features.len() {
            let Some(geometry) = &mut self.features[i].geometry else { continue };
            let mut first = None;
            geometry.each_position(&mut |p| {
                if beyond(p) {
                    first.get_or_insert(p.lon);
                }
            });
            if let Some(found) = first {
                geometry.each_position_mut(&mut |p| {
                    if beyond(p) {
                        p.lon -= 360.0;
                    }
                });
                let at = self.place(&self.features[i]).field("coordinates");
                let wanted = message!("message.wrapped");
                self.issues.note(IssueCode::LongitudeWrapped, &at, message!("message.longitude", n = found), wanted);
            }
        }
    }

    /// Brings what lies on the other side of 180 degrees to longitudes beyond it, so that the region is in one piece; true if
    /// anything was moved. A layer read before says which side is which; the first layer is in two parts if it is narrower
    /// in one piece.
    fn join_across_180(&mut self, extent: Option<Extent>, near: Option<LonLat>) -> bool {
        /// Farthest longitude that a region across 180 degrees has, degrees.
        const BEYOND: f64 = 200.0;
        let Some(extent) = extent else { return false };
        let side = match near {
            Some(near) => near,
            None if extent.high.lon - extent.low.lon > 180.0 => LonLat::new(180.0, 0.0),
            None => return false,
        };
        let moved = |p: LonLat| Some(p.beside(side)).filter(|q| *q != p && q.lon.abs() <= BEYOND);
        if near.is_none() {
            let mut narrow = true;
            for geometry in self.features.iter().filter_map(|f| f.geometry.as_ref()) {
                geometry.each_position(&mut |p| narrow &= p.lon >= 360.0 - BEYOND || p.lon <= BEYOND - 360.0);
            }
            if !narrow {
                return false;
            }
        }
        let mut count = 0_usize;
        for geometry in self.features.iter_mut().filter_map(|f| f.geometry.as_mut()) {
            let mut any = false;
            geometry.each_position_mut(&mut |p| {
                if let Some(joined) = moved(*p) {
                    (*p, any) = (joined, true);
                }
            });
            count += usize::from(any);
        }
        if count > 0 {
            let found = message!("message.beyond_180", n = count);
            let wanted = message!("message.joined_across_180");
            self.issues.note(
                IssueCode::AcrossAntimeridian,
                &Place::file(&self.file).field("coordinates"),
                found,
                wanted,
            );
        }
        count > 0
    }

    /// Shifts coordinates of a Chinese web map back.
    fn correct(&mut self, datum: Datum) {
        self.features.par_iter_mut().filter_map(|f| f.geometry.as_mut()).for_each(|geometry| {
            geometry.each_position_mut(&mut |p| *p = datum.to_wgs84(*p));
        });
        self.issues.all_changed(self.features.len());
        let at = Place::file(&self.file);
        self.issues.note(IssueCode::DatumCorrected, &at, datum.to_string(), message!("message.shifted_back"));
    }

    /// Extent of the positions, and whether they can all be degrees.
    fn summarise(&self) -> PositionSummary {
        let one = |f: &RawFeature| {
            let mut summary = PositionSummary { extent: None, degrees: true };
            f.geometry.iter().for_each(|g| {
                g.each_run(&mut |positions| {
                    for p in positions {
                        summary.degrees &= is_degrees(*p);
                        summary.extent = Some(summary.extent.map_or(Extent::of(*p), |e| e.with(Extent::of(*p))));
                    }
                });
            });
            summary
        };
        self.features
            .par_iter()
            .map(one)
            .reduce(|| PositionSummary { extent: None, degrees: true }, PositionSummary::with)
    }
}

/// The outcome of one pass over all positions.
#[derive(Clone, Copy)]
struct PositionSummary {
    extent: Option<Extent>,
    degrees: bool,
}

impl PositionSummary {
    fn with(self, other: Self) -> Self {
        let extent = match (self.extent, other.extent) {
            (Some(a), Some(b)) => Some(a.with(b)),
            (a, b) => a.or(b),
        };
        Self { extent, degrees: self.degrees && other.degrees }
    }
}
