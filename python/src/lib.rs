//! The Python module `lifering._lifering`: what the package `lifering` is made on.
//!
//! In: layers and questions from Python. Out: tables of Arrow, JSON of the reports, `lifering.Error`. Every computation runs
//! without the lock of the interpreter and hears of Ctrl-C. What people call is the package beside (`python/lifering`).
//!
//! | module | what it holds |
//! | --- | --- |
//! | `arrow` | tables in and out |
//! | `failure` | what went wrong, as `lifering.Error` in a language |
//! | `work` | a computation beside the interpreter |
//! | `region` | a city in memory, and the questions it is asked |
//! | `audit` | verdicts, layers, files, comparison |
//! | `trial` | sites tried and taken away |
//! | `plan` | proposed sites and their proof |

mod arrow;
mod audit;
mod failure;
mod plan;
mod region;
mod trial;
mod work;

use pyo3::prelude::*;
use std::ffi::OsString;

/// Runs the command line and returns its exit status. `again` is the program and the arguments that start it once more.
#[pyfunction]
fn command(py: Python<'_>, arguments: Vec<OsString>, again: Vec<OsString>) -> u8 {
    py.detach(|| lifering::command_line(arguments, Some(again)))
}

/// What the package `lifering` is made on.
#[pymodule]
fn _lifering(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add("__version__", env!("CARGO_PKG_VERSION"))?;
    module.add_class::<arrow::ArrowTable>()?;
    module.add_class::<region::Region>()?;
    module.add_class::<audit::Audit>()?;
    module.add_class::<trial::Trial>()?;
    module.add_class::<trial::Failures>()?;
    module.add_class::<plan::Plan>()?;
    module.add_function(wrap_pyfunction!(command, module)?)
}
