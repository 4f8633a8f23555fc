//! Rows of a result as a table of Arrow.
//!
//! In: a [`MapLayer`]. Out: [`ArrowTable`], which every library of data frames takes by `__arrow_c_stream__`; geometries are
//! well-known binary by the name of `GeoArrow`, in degrees of WGS 84.

use arrow_array::builder::{BinaryBuilder, BooleanBuilder, Float64Builder, Int64Builder, StringBuilder};
use arrow_array::{ArrayRef, RecordBatch, RecordBatchOptions};
use arrow_schema::{ArrowError, DataType, Field, Schema};
use lifering_export::wkb;
use lifering_report::layers::{Cell, MapLayer, Shape, Type};
use pyo3::prelude::*;
use pyo3::types::PyCapsule;
use pyo3_arrow::PyTable;
use std::collections::HashMap;
use std::sync::Arc;

/// Name of the geometry column.
const GEOMETRY: &str = "geometry";

/// A table of Arrow: anything that takes `__arrow_c_stream__` takes it, such as `pyarrow.table`, `polars.DataFrame`,
/// `geopandas.GeoDataFrame.from_arrow`, or `DuckDB` by its name.
#[derive(Clone, Debug)]
#[pyclass(frozen, module = "lifering._lifering", name = "Table")]
pub struct ArrowTable {
    rows: RecordBatch,
}

impl ArrowTable {
    /// The rows of a layer.
    pub fn of(layer: &MapLayer<'_>) -> Result<Self, ArrowError> {
        let mut fields = Vec::new();
        let mut arrays: Vec<ArrayRef> = Vec::new();
        for (at, column) in layer.columns.iter().enumerate() {
            let cells = layer.rows.iter().map(|row| &row.cells[at]);
            let (kind, array) = values(column.kind, cells);
            fields.push(Field::new(column.key(), kind, true));
            arrays.push(array);
        }
        if layer.shape != Shape::Table {
            let (field, array) = geometries(layer);
            fields.push(field);
            arrays.push(array);
        }
        let options = RecordBatchOptions::new().with_row_count(Some(layer.rows.len()));
        let rows = RecordBatch::try_new_with_options(Arc::new(Schema::new(fields)), arrays, &options)?;
        Ok(Self { rows })
    }
}

/// The cells of a column. One that is of another type than its column is empty; a layer has none.
fn values<'a>(kind: Type, cells: impl Iterator<Item = &'a Cell<'a>>) -> (DataType, ArrayRef) {
    match kind {
        Type::Text => {
            let mut all = StringBuilder::new();
            cells.for_each(|cell| all.append_option(if let Cell::Text(text) = cell { Some(text) } else { None }));
            (DataType::Utf8, Arc::new(all.finish()))
        }
        Type::Real => {
            let mut all = Float64Builder::new();
            cells.for_each(|cell| {
                all.append_option(match cell {
                    Cell::Real(value) => Some(*value),
                    Cell::Integer(value) => Some(*value as f64),
                    _ => None,
                });
            });
            (DataType::Float64, Arc::new(all.finish()))
        }
        Type::Integer => {
            let mut all = Int64Builder::new();
            cells.for_each(|cell| all.append_option(if let Cell::Integer(value) = cell { Some(*value) } else { None }));
            (DataType::Int64, Arc::new(all.finish()))
        }
        Type::Flag => {
            let mut all = BooleanBuilder::new();
            cells.for_each(|cell| all.append_option(if let Cell::Flag(value) = cell { Some(*value) } else { None }));
            (DataType::Boolean, Arc::new(all.finish()))
        }
    }
}

fn geometries(layer: &MapLayer<'_>) -> (Field, ArrayRef) {
    let mut all = BinaryBuilder::new();
    let mut bytes = Vec::new();
    for row in &layer.rows {
        bytes.clear();
        // An empty geometry, or one of another shape than its layer, is none.
        match row.geometry.as_ref().filter(|geometry| wkb::envelope(geometry, layer.shape).is_some()) {
            Some(geometry) => {
                wkb::write(&mut bytes, geometry, layer.shape);
                all.append_value(&bytes);
            }
            None => all.append_null(),
        }
    }
    let extension = HashMap::from([
        ("ARROW:extension:name".to_owned(), "geoarrow.wkb".to_owned()),
        ("ARROW:extension:metadata".to_owned(), r#"{"crs":"EPSG:4326","crs_type":"authority_code"}"#.to_owned()),
    ]);
    (Field::new(GEOMETRY, DataType::Binary, true).with_metadata(extension), Arc::new(all.finish()))
}

#[pymethods]
impl ArrowTable {
    /// Names of the columns.
    #[getter]
    fn column_names(&self) -> Vec<String> {
        self.rows.schema().fields().iter().map(|field| field.name().clone()).collect()
    }

    /// Number of rows.
    #[getter]
    fn num_rows(&self) -> usize {
        self.rows.num_rows()
    }

    fn __len__(&self) -> usize {
        self.rows.num_rows()
    }

    fn __repr__(&self) -> String {
        format!("<lifering.Table: {} rows of {}>", self.rows.num_rows(), self.column_names().join(", "))
    }

    /// The table by the interface of Arrow for Python.
    #[pyo3(signature = (requested_schema=None))]
    fn __arrow_c_stream__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<Bound<'py, PyCapsule>>,
    ) -> PyResult<Bound<'py, PyCapsule>> {
        let table = PyTable::try_new(vec![self.rows.clone()], self.rows.schema())?;
        let table = Bound::new(py, table)?;
        let capsule = table.call_method1("__arrow_c_stream__", (requested_schema,))?;
        Ok(capsule.cast_into()?)
    }
}
