//! Layers whose count is not the plan's own.

use crate::city::City;
use crate::quality::issue_log::IssueLog;
use lifering_base::error::Place;
use lifering_base::issue::IssueCode;
use lifering_base::records::Layer;
use lifering_base::{Message, message};
use lifering_standards::baselines::BaselineComparison;
use lifering_standards::catalogue::{BaselineSubject, LayerName};

/// Notes every layer whose count differs from the plan's own.
pub fn note(city: &City, baselines: &[BaselineComparison], notes: &mut IssueLog) {
    let records = city.records();
    for BaselineComparison { baseline, counted } in baselines.iter().filter(|baseline| baseline.differs()) {
        let Some(counted) = counted else { continue };
        let layer = match &baseline.subject {
            BaselineSubject::Features { selection, .. } | BaselineSubject::Share { selection, .. } => {
                selection.layers.first()
            }
            BaselineSubject::Units(_) | BaselineSubject::People(_) => None,
        };
        let issues = match layer {
            None if matches!(baseline.subject, BaselineSubject::People(_)) => {
                notes.of_layer(records, Layer::Population)
            }
            None => notes.of_layer(records, Layer::Units),
            Some(LayerName::Stations | LayerName::Decontamination) => notes.of_layer(records, Layer::Stations),
            Some(LayerName::Neighbours) => notes.of_layer(records, Layer::Neighbours),
            Some(LayerName::Facilities) => notes.of_layer(records, Layer::Facilities),
            Some(LayerName::Aeds) => notes.of_layer(records, Layer::Aeds),
            Some(LayerName::Extra(name)) => notes.of_extra(records, name),
        };
        let Some(mut issues) = issues else { continue };
        let year = baseline.year.map_or(String::new(), |year| year.to_string());
        let title = Message::both(&baseline.title.en, &baseline.title.zh);
        let found = message!("message.baseline", title = title, n = *counted);
        let wanted = match &baseline.note {
            Some(note) => {
                let note = Message::both(&note.en, &note.zh);
                message!("message.plan_counted_note", n = baseline.value, year = year, note = note)
            }
            None => message!("message.plan_counted", n = baseline.value, year = year),
        };
        let place = Place::file(issues.file).field(&baseline.id);
        issues.note(IssueCode::BaselineDiffers, &place, found, wanted);
    }
}
