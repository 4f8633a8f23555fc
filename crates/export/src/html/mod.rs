//! Self-contained HTML documents: report.html, proposal.html, index.html of a batch.
//!
//! In: an audit, a proposal or a batch, with its report. Out: one document in one language that needs no network, is complete
//! without its script, and prints on A4.
//!
//! | module | what it holds |
//! | --- | --- |
//! | `report` | report.html: first page, a page a rule (`rule`), data and parameters |
//! | `proposal` | proposal.html |
//! | `batch` | index.html |
//! | `trials` | failures.html, sensitivity.html |
//! | `rule` | the page of a rule that is not met, laid out for print |
//! | `map`, `base` | maps, and the drawing that all maps of a document share |
//! | [`canvas`] | local metres to SVG path data |
//! | `chart`, `readings` | the distribution curve, the table of readings |
//! | `page` | input and small pieces of markup of the parts of a report |
//! | `document` | the frame of a document |

mod base;
mod batch;
pub mod canvas;
mod chart;
mod document;
mod map;
mod page;
mod proposal;
mod readings;
mod report;
mod rule;
mod trials;

pub(crate) use batch::batch;
pub(crate) use proposal::proposal;
pub(crate) use report::report;
pub(crate) use trials::{TrialPage, trial};
