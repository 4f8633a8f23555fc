//! Issues that stages after reading find, until they are merged into what reading found.
//!
//! In: a layer and an issue. Out: [`IssueLog`], by layer, in the order found; [`with_issues`], the inputs with all of them.

use lifering_base::Message;
use lifering_base::error::Place;
use lifering_base::issue::{IssueCode, Issues, LayerIssues};
use lifering_base::records::Layer;
use lifering_readers::{InputRecord, Region};

/// Issues by the layer they are about.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct IssueLog {
    later: LayerIssues,
}

/// Where the issues of one layer go.
#[derive(Debug)]
pub struct LayerLog<'a> {
    /// The layer's file.
    pub file: &'a str,
    issues: &'a mut Issues,
}

impl LayerLog<'_> {
    /// Adds an issue.
    pub fn note(&mut self, code: IssueCode, place: &Place, found: impl Into<Message>, wanted: impl Into<Message>) {
        self.issues.note(code, place, found, wanted);
    }
}

impl IssueLog {
    /// The log of a layer; `None` if the region does not have it.
    pub fn of_layer<'a>(&'a mut self, records: &'a Region, layer: Layer) -> Option<LayerLog<'a>> {
        self.of_key(records, layer.key())
    }

    /// The log of one of `[layers.extra]`; `None` if the region does not have it.
    pub fn of_extra<'a>(&'a mut self, records: &'a Region, name: &str) -> Option<LayerLog<'a>> {
        self.of_key(records, name)
    }

    /// The log of the layer with a key.
    pub fn of_key<'a>(&'a mut self, records: &'a Region, key: &str) -> Option<LayerLog<'a>> {
        let input = records.input(key)?;
        Some(LayerLog { file: &input.file, issues: self.later.layer(key) })
    }
}

/// The inputs of a region with the issues that later stages found.
pub fn with_issues(records: &Region, log: &IssueLog) -> Vec<InputRecord> {
    lifering_readers::with_issues(&records.inputs, &log.later)
}
