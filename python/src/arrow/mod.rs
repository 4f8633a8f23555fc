//! Arrow, in and out.
//!
//! In: whatever has `__arrow_c_stream__`. Out: [`ArrowLayer`], a layer that the readers take as they take a file, and
//! [`ArrowTable`], the rows of a result.

mod columns;
mod geometries;
mod layer;
mod output;

pub use layer::ArrowLayer;
pub use output::ArrowTable;
