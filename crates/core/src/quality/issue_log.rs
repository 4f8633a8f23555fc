//! Issues found after reading, by the survey and the audit.
//!
//! In: a layer and an issue. Out: [`IssueLog`], in the order found, and [`with_issues`], the inputs with all of them
//! added.

use lifering_base::Message;
use lifering_base::error::Place;
use lifering_base::issue::{IssueCode, Severity};
use lifering_readers::settings::Layer;
use lifering_readers::{InputRecord, Region};

/// One issue of one input file.
#[derive(Clone, Debug, PartialEq)]
struct LoggedIssue {
    /// Position in the inputs of the region.
    input: usize,
    code: IssueCode,
    place: Place,
    found: Message,
    wanted: Message,
}

/// Issues in the order they were found.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct IssueLog {
    all: Vec<LoggedIssue>,
}

/// The log for issues of one layer.
#[derive(Debug)]
pub struct LayerLog<'a> {
    /// File of the layer, for the places of issues.
    pub file: &'a str,
    input: usize,
    log: &'a mut IssueLog,
}

impl LayerLog<'_> {
    /// Adds an issue.
    pub fn note(&mut self, code: IssueCode, place: &Place, found: impl Into<Message>, wanted: impl Into<Message>) {
        let (found, wanted) = (found.into(), wanted.into());
        self.log.all.push(LoggedIssue { input: self.input, code, place: place.clone(), found, wanted });
    }
}

impl IssueLog {
    /// The log of a layer; `None` if the region has no file of it.
    pub fn of_layer<'a>(&'a mut self, records: &'a Region, layer: Layer) -> Option<LayerLog<'a>> {
        let input = records.inputs.iter().position(|input| input.layer == layer)?;
        Some(LayerLog { file: &records.inputs[input].file, input, log: self })
    }

    /// The log of a layer of `[layers.extra]`, by its name; `None` if there is none.
    pub fn of_extra<'a>(&'a mut self, records: &'a Region, name: &str) -> Option<LayerLog<'a>> {
        let of = |input: &InputRecord| input.layer == Layer::Extra && input.key == name;
        let input = records.inputs.iter().position(of)?;
        Some(LayerLog { file: &records.inputs[input].file, input, log: self })
    }

    /// The log of the layer with a key in region.toml, extra layers included; `None` if there is none.
    pub fn of_key<'a>(&'a mut self, records: &'a Region, key: &str) -> Option<LayerLog<'a>> {
        let input = records.inputs.iter().position(|input| input.key == key)?;
        Some(LayerLog { file: &records.inputs[input].file, input, log: self })
    }

    /// Whether any issue is a warning.
    pub fn has_warnings(&self) -> bool {
        self.all.iter().any(|issue| issue.code.severity() == Severity::Warning)
    }
}

/// The inputs of a region with the issues of later stages added, in the order of the stages.
pub fn with_issues(records: &Region, stages: &[&IssueLog]) -> Vec<InputRecord> {
    let mut inputs = records.inputs.clone();
    for issue in stages.iter().flat_map(|log| &log.all) {
        inputs[issue.input].issues.note(issue.code, &issue.place, issue.found.clone(), issue.wanted.clone());
    }
    inputs
}
