//! Results as files, and as tables on the terminal.
//!
//! In: an [`Audit`](lifering_core::audit::Audit), a proposal, a comparison or the report of a batch. Out: bytes by file
//! name, the same bytes for the same input: no clock, no order of hashes or threads. [`files`] alone writes to the
//! disk.
//!
//! The files of a command:
//!
//! | module | command | files |
//! | --- | --- | --- |
//! | [`audit`] | `audit` | audit.json, coverage.gpkg, region.qgz, report.html, report.xlsx, GeoJSON, `GeoParquet`, styles |
//! | [`proposal`] | `propose` | proposal.json, proposal.html, coverage.gpkg, region.qgz, GeoJSON, styles |
//! | [`scenario`] | `audit --scenario` | those of `audit` and of `diff` in one folder |
//! | [`difference`] | `diff` | diff.json, opened.geojson, closed.geojson, styles |
//! | [`trials`] | `what-if`, `failures`, `sensitivity` | their JSON files, what-if.csv, GeoJSON, styles |
//! | [`batch`] | `batch` | batch.json, batch.gpkg, batch.qgz, index.html, league.csv, league.xlsx |
//!
//! A folder a format. Each takes a report or the rows of its layers and returns bytes, or the error of its library,
//! which [`RenderError`] gives the name of the file:
//!
//! | module | format |
//! | --- | --- |
//! | `json` | JSON documents of serialisable reports |
//! | `geojson` | feature collections by RFC 7946 |
//! | `geopackage` | GeoPackage 1.3 with spatial indexes and QGIS styles |
//! | `geoparquet` | `GeoParquet` 1.1 |
//! | `qgis` | QGIS projects and styles |
//! | [`html`] | self-contained HTML reports |
//! | `xlsx` | workbooks |
//! | [`terminal`] | tables and texts on stdout |
//!
//! Shared by formats: [`wkb`] (well-known binary for GeoPackage and `GeoParquet`), `scale` (lengths of scale bars).

pub mod audit;
pub mod batch;
pub mod difference;
mod error;
pub mod files;
pub mod geojson;
mod geopackage;
mod geoparquet;
pub mod html;
mod json;
pub mod proposal;
mod qgis;
mod scale;
pub mod scenario;
pub mod terminal;
pub mod trials;
pub mod wkb;
mod xlsx;

pub use audit::{json, render, write, write_into, write_to};
pub use error::{OutputError, RenderError};
