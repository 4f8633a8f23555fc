//! A table of Arrow as a layer of a region.
//!
//! In: record batches. Out: [`ArrowLayer`], which makes features of its rows whenever the readers ask for them, on all threads.

use super::columns::PropertyColumn;
use super::geometries::{Geometries, GeometryColumn};
use arrow_array::RecordBatch;
use arrow_schema::{ArrowError, SchemaRef};
use arrow_select::concat::concat_batches;
use lifering_base::error::{InputError, Place};
use lifering_base::frame::LonLat;
use lifering_base::issue::{IssueCode, Issues};
use lifering_base::message;
use lifering_readers::budget::Budget;
use lifering_readers::feature::RawFeature;
use lifering_readers::geometry::Geometry;
use lifering_readers::memory_table::{MemoryTable, TableContent};
use lifering_readers::properties::Property;
use rayon::prelude::*;
use sha2::{Digest, Sha256};
use std::fmt::Write as _;

/// Rows that one task reads.
const ROWS: usize = 4096;

/// A layer that a table of Arrow holds.
#[derive(Debug)]
pub struct ArrowLayer {
    rows: RecordBatch,
    geometry: GeometryColumn,
}

/// The rows of one task.
struct Part {
    features: Vec<RawFeature>,
    /// Rows whose geometry cannot be read, and why.
    left_out: Vec<(usize, String)>,
    hash: Sha256,
}

impl ArrowLayer {
    /// The layer; `None` if no column holds geometries. `geometry` is the name of the column, if it is stated.
    pub fn new(
        batches: &[RecordBatch],
        schema: &SchemaRef,
        geometry: Option<&str>,
    ) -> Result<Option<Self>, ArrowError> {
        let Some(geometry) = GeometryColumn::find(schema, geometry) else { return Ok(None) };
        Ok(Some(Self { rows: concat_batches(schema, batches)?, geometry }))
    }

    /// The columns that become properties, and the names of those that cannot.
    fn columns(&self) -> Result<(Vec<PropertyColumn>, Vec<String>), ArrowError> {
        let (mut columns, mut unread) = (Vec::new(), Vec::new());
        let schema = self.rows.schema();
        for (at, (field, array)) in schema.fields().iter().zip(self.rows.columns()).enumerate() {
            if at == self.geometry.at {
                continue;
            }
            match PropertyColumn::of(field.name(), array)? {
                Some(column) => columns.push(column),
                None => unread.push(field.name().clone()),
            }
        }
        Ok((columns, unread))
    }
}

impl MemoryTable for ArrowLayer {
    fn size(&self) -> u64 {
        self.rows.get_array_memory_size() as u64
    }

    fn read(&self, file: &str, budget: Budget<'_>, issues: &mut Issues) -> Result<TableContent, InputError> {
        let refused = |error: ArrowError| {
            InputError::wrong(Place::file(file), error.to_string(), message!("message.arrow_geometry"))
        };
        let geometries = self.geometry.open(self.rows.column(self.geometry.at)).map_err(refused)?;
        let (columns, unread) = self.columns().map_err(refused)?;
        if !unread.is_empty() {
            let found = message!("message.nested_columns", names = unread.join(", "));
            issues.note(IssueCode::PartNotUsed, &Place::file(file), found, message!("message.left_out"));
        }
        let count = self.rows.num_rows();
        let starts: Vec<usize> = (0..count).step_by(ROWS).collect();
        let parts: Vec<Part> = starts
            .into_par_iter()
            .map(|start| {
                budget.go_on()?;
                Ok(part(start, count.min(start + ROWS), &geometries, &columns))
            })
            .collect::<Result<_, InputError>>()?;
        let mut features = Vec::with_capacity(count);
        let mut hash = Sha256::new();
        for part in parts {
            hash.update(part.hash.finalize());
            for (row, why) in part.left_out {
                let place = Place { feature: Some(row), ..Place::file(file) };
                issues.note(IssueCode::GeometryLeftOut, &place, why, message!("message.geometry_left_out"));
            }
            features.extend(part.features);
        }
        let crs = self.geometry.crs.clone().map_err(|found| {
            let wanted = message!("message.raster_crs_wanted");
            InputError::wrong(Place::file(file).field("crs"), found, wanted).with_help(message!("message.state_crs"))
        });
        let sha256 = hash.finalize().iter().fold(String::new(), |mut text, byte| {
            // Writing to a text does not fail.
            let _ = write!(text, "{byte:02x}");
            text
        });
        Ok(TableContent { features, crs, sha256 })
    }
}

/// The features of some rows.
fn part(start: usize, end: usize, geometries: &Geometries, columns: &[PropertyColumn]) -> Part {
    let mut part = Part { features: Vec::with_capacity(end - start), left_out: Vec::new(), hash: Sha256::new() };
    let mut bytes = Vec::new();
    for row in start..end {
        let geometry = geometries.geometry(row).unwrap_or_else(|why| {
            part.left_out.push((row, why));
            None
        });
        let values = columns.iter().filter_map(|column| Some((column.name.clone(), column.property(row)?)));
        let feature = RawFeature { index: row, id: None, geometry, properties: values.collect() };
        add_content(&mut bytes, &feature);
        part.hash.update(&bytes);
        bytes.clear();
        part.features.push(feature);
    }
    part
}

/// Appends all that a feature says, so that no two different ones give the same bytes.
fn add_content(bytes: &mut Vec<u8>, feature: &RawFeature) {
    match &feature.geometry {
        None => bytes.push(0),
        Some(geometry) => {
            bytes.extend(geometry.type_name().as_bytes());
            add_runs(bytes, geometry);
        }
    }
    for (name, value) in feature.properties.iter() {
        add_text(bytes, name);
        match value {
            Property::Null => bytes.push(0),
            Property::Bool(flag) => bytes.extend([1, u8::from(*flag)]),
            Property::Number(number) => {
                bytes.push(2);
                match (number.as_i64(), number.as_u64(), number.as_f64()) {
                    (Some(n), ..) => bytes.extend(n.to_le_bytes()),
                    (_, Some(n), _) => bytes.extend(n.to_le_bytes()),
                    (.., n) => bytes.extend(n.unwrap_or_default().to_le_bytes()),
                }
            }
            Property::Text(text) => {
                bytes.push(3);
                add_text(bytes, text);
            }
            Property::Nested(value) => {
                bytes.push(4);
                add_text(bytes, &value.to_string());
            }
        }
    }
    bytes.push(0xff);
}

fn add_text(bytes: &mut Vec<u8>, text: &str) {
    bytes.extend((text.len() as u64).to_le_bytes());
    bytes.extend(text.as_bytes());
}

fn add_runs(bytes: &mut Vec<u8>, geometry: &Geometry) {
    geometry.each_run(&mut |run: &[LonLat]| {
        bytes.extend((run.len() as u64).to_le_bytes());
        for place in run {
            bytes.extend(place.lon.to_le_bytes());
            bytes.extend(place.lat.to_le_bytes());
        }
    });
}
