//! Issues that stages after reading find, until they are merged into what reading found.
//!
//! In: a layer and an issue. Out: [`Notes`], in the order they were made; [`merged`], the inputs with all of them.

use lifering_base::Message;
use lifering_base::error::Place;
use lifering_base::issue::{IssueCode, Severity};
use lifering_base::records::Layer;
use lifering_readers::{InputRecord, Region};

/// One issue of one input file.
#[derive(Clone, Debug, PartialEq)]
struct Note {
    /// Position in the region's inputs.
    input: usize,
    code: IssueCode,
    place: Place,
    found: Message,
    wanted: Message,
}

/// Issues in the order they were found.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Notes {
    all: Vec<Note>,
}

/// Where the issues of one layer go.
#[derive(Debug)]
pub struct LayerNotes<'a> {
    /// The layer's file.
    pub file: &'a str,
    input: usize,
    notes: &'a mut Notes,
}

impl LayerNotes<'_> {
    /// Adds an issue.
    pub fn note(&mut self, code: IssueCode, place: &Place, found: impl Into<Message>, wanted: impl Into<Message>) {
        let (found, wanted) = (found.into(), wanted.into());
        self.notes.all.push(Note { input: self.input, code, place: place.clone(), found, wanted });
    }
}

impl Notes {
    /// The notes of a layer's file; `None` if the region has none.
    pub fn of_layer<'a>(&'a mut self, records: &'a Region, layer: Layer) -> Option<LayerNotes<'a>> {
        let input = records.inputs.iter().position(|input| input.layer == layer)?;
        Some(LayerNotes { file: &records.inputs[input].file, input, notes: self })
    }

    /// The notes of one of `[layers.extra]`.
    pub fn of_extra<'a>(&'a mut self, records: &'a Region, name: &str) -> Option<LayerNotes<'a>> {
        let of = |input: &InputRecord| input.layer == Layer::Extra && input.key == name;
        let input = records.inputs.iter().position(of)?;
        Some(LayerNotes { file: &records.inputs[input].file, input, notes: self })
    }

    /// The notes of the input with a key, an extra layer's included.
    pub fn of_key<'a>(&'a mut self, records: &'a Region, key: &str) -> Option<LayerNotes<'a>> {
        let input = records.inputs.iter().position(|input| input.key == key)?;
        Some(LayerNotes { file: &records.inputs[input].file, input, notes: self })
    }

    /// Whether any of them is a warning.
    pub fn has_warnings(&self) -> bool {
        self.all.iter().any(|note| note.code.severity() == Severity::Warning)
    }
}

/// The inputs of a region with the issues that later stages found, in the order of the stages.
pub fn merged(records: &Region, stages: &[&Notes]) -> Vec<InputRecord> {
    let mut inputs = records.inputs.clone();
    for note in stages.iter().flat_map(|notes| &notes.all) {
        inputs[note.input].issues.note(note.code, &note.place, note.found.clone(), note.wanted.clone());
    }
    inputs
}
