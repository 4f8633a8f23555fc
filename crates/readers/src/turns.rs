//! Turn restrictions (roads.md section 6).
//!
//! In: the features of a layer. Out: [`Turn`]s and issues. Whether the roads that a turn names exist and meet is checked
//! where they are joined.

use crate::fields::FeatureFields;
use crate::layer_file::LayerFile;
use lifering_base::error::InputError;
use lifering_base::issue::IssueCode;
use lifering_base::message;
use lifering_base::records::{Turn, TurnRule};

/// Types every turn of the layer.
pub fn read(layer: &mut LayerFile) -> Result<Vec<Turn>, InputError> {
    let (all, issues) = layer.typed(|layer, feature, issues| {
        let place = match &feature.geometry {
            None => None,
            Some(geometry) => Some(geometry.point().ok_or_else(|| {
                InputError::wrong(layer.place(&feature).field("geometry"), geometry.type_name(), "Point")
                    .with_help(message!("message.right_file", layer = &layer.key))
            })?),
        };
        let mut fields = FeatureFields { fields: &layer.fields, file: &layer.file, feature: &feature, issues };
        let Some(rule) = rule(&mut fields) else { return Ok(None) };
        if let Some(word) = fields.word("conditional") {
            let at = fields.place("conditional");
            fields.issues.note(IssueCode::Conditional, &at, format!("\"{word}\""), message!("message.at_all_times"));
        }
        let mut ids = |field| fields.several(field).iter().flat_map(|word| ids(word)).collect();
        let (from, via, to) = (ids("from"), ids("via"), ids("to"));
        let excepted = fields.several("except").iter().any(|word| {
            word.split([';', '；', ',', '，'])
                .any(|one| matches!(one.trim(), "emergency" | "ambulance" | "急救车" | "救护车"))
        });
        let id = fields.text("id").or_else(|| feature.id.clone());
        Ok(Some(Turn { feature: feature.index, id, place, rule, from, via, to, excepted }))
    })?;
    layer.issues.append(issues);
    layer.used = all.len();
    Ok(all)
}

/// What the restriction says; a kind that is not understood is noted and the restriction left out.
fn rule(fields: &mut FeatureFields<'_>) -> Option<TurnRule> {
    let at = fields.place("kind");
    let Some(word) = fields.word("kind") else {
        fields.issues.note(IssueCode::ValueMissing, &at, message!("message.no_kind"), message!("message.turn_kind"));
        return None;
    };
    let rule = match &*word {
        "禁止左转" | "禁止右转" | "禁止直行" | "禁止掉头" | "禁止驶入" | "禁止驶出" => {
            Some(TurnRule::Never)
        }
        "只准左转" | "只准右转" | "只准直行" | "只准掉头" => Some(TurnRule::Only),
        word if word.starts_with("no_") => Some(TurnRule::Never),
        word if word.starts_with("only_") => Some(TurnRule::Only),
        _ => None,
    };
    if rule.is_none() {
        fields.issues.note(IssueCode::NotUnderstood, &at, format!("\"{word}\""), message!("message.turn_kind"));
    }
    rule
}

/// The ids in a list.
fn ids(word: &str) -> Vec<String> {
    word.split([';', '；', ',', '，', '、']).map(road_id).filter(|id| !id.is_empty()).map(str::to_owned).collect()
}

/// An id without the space around it and the decimals that tools add to whole numbers: 101.0 is 101.
pub(crate) fn road_id(text: &str) -> &str {
    let text = text.trim();
    match text.split_once('.') {
        Some((whole, decimals))
            if !whole.is_empty()
                && whole.bytes().all(|b| b.is_ascii_digit())
                && decimals.bytes().all(|b| b == b'0') =>
        {
            whole
        }
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_however_numbers_are_written() {
        assert_eq!(ids("101.0; 7,r1"), ["101", "7", "r1"]);
        for (text, id) in
            [(" 5 ", "5"), ("5.00", "5"), ("5.5", "5.5"), ("a.0", "a.0"), (".0", ".0"), ("1.2.0", "1.2.0")]
        {
            assert_eq!(road_id(text), id);
        }
    }
}
