//! Points on roads: gates, bollards, blocks, traffic signals (roads.md sections 5 and 6).
//!
//! In: the features of a layer. Out: [`RoadBarrier`]s and issues. That each lies on a vertex of a road is checked where the
//! roads are joined.

use crate::access_keys;
use crate::checks;
use crate::fields::FeatureFields;
use crate::layer_file::LayerFile;
use crate::numbers::parse_number;
use lifering_base::error::InputError;
use lifering_base::issue::IssueCode;
use lifering_base::message;
use lifering_base::records::{BarrierKind, Permission, RoadBarrier};

/// Least clear height under which an ambulance passes, metres (roads.md section 5).
const CLEAR_HEIGHT_M: f64 = 2.8;

/// Types every point of the layer.
pub fn read(layer: &mut LayerFile) -> Result<Vec<RoadBarrier>, InputError> {
    let (all, mut issues) = layer.typed(|layer, feature, issues| {
        let place = layer.place(&feature);
        let Some(geometry) = &feature.geometry else {
            issues.note(
                IssueCode::NoGeometry,
                &place,
                message!("message.null_geometry"),
                message!("message.point_left_out"),
            );
            return Ok(None);
        };
        let Some(at) = geometry.point() else {
            return Err(InputError::wrong(place.field("geometry"), geometry.type_name(), "Point")
                .with_help(message!("message.right_file", layer = &layer.key)));
        };
        let mut fields = FeatureFields { fields: &layer.fields, file: &layer.file, feature: &feature, issues };
        let signals =
            fields.words("highway").iter().any(|word| matches!(&**word, "traffic_signals" | "红绿灯" | "信号灯"));
        let access = access_keys::of_point(&mut fields);
        let kind = kind(&mut fields, signals, access);
        let id = fields.text("id").or_else(|| feature.id.clone());
        Ok(Some(RoadBarrier { feature: feature.index, id, place: at, kind, access, signals }))
    })?;
    checks::note_empty(layer.count, &layer.file, message!("message.no_road_barriers"), &mut issues);
    layer.issues.append(issues);
    layer.used = all.len();
    Ok(all)
}

/// What stands at the point. A point of which nothing is said blocks: it was drawn for some reason.
fn kind(fields: &mut FeatureFields<'_>, signals: bool, access: Permission) -> BarrierKind {
    let Some(word) = fields.word("barrier") else {
        if signals || access != Permission::Unstated {
            return BarrierKind::Nothing;
        }
        let at = fields.place("barrier");
        fields.issues.note(
            IssueCode::ValueMissing,
            &at,
            message!("message.no_kind"),
            message!("message.barrier_blocks"),
        );
        return BarrierKind::Blocking;
    };
    let locked = fields.flag("locked") == Some(true);
    match &*word {
        "gate" | "lift_gate" | "swing_gate" | "sliding_gate" | "bump_gate" | "toll_booth" | "border_control"
        | "大门" | "门" | "道闸" | "闸机" | "升降杆" | "栏杆机" | "收费站"
            if locked =>
        {
            BarrierKind::LockedGate
        }
        "gate" | "lift_gate" | "swing_gate" | "sliding_gate" | "bump_gate" | "toll_booth" | "border_control"
        | "大门" | "门" | "道闸" | "闸机" | "升降杆" | "栏杆机" | "收费站" => BarrierKind::Gate,
        "entrance" | "cattle_grid" | "kerb" | "no" | "出入口" | "路缘石" => BarrierKind::Passable,
        "height_restrictor" | "限高架" | "限高杆" => match clear_height_m(fields) {
            Some(height_m) if height_m < CLEAR_HEIGHT_M => BarrierKind::Blocking,
            _ => BarrierKind::Passable,
        },
        _ => BarrierKind::Blocking,
    }
}

/// The clear height, metres; `None` if the point states none. One that is not understood refuses the point's passage by
/// counting as 0.
fn clear_height_m(fields: &mut FeatureFields<'_>) -> Option<f64> {
    let word = fields.word("maxheight")?;
    let metres = height_m(&word);
    if metres.is_none() && !matches!(&*word, "default" | "none" | "no_sign" | "unsigned" | "below_default") {
        let at = fields.place("maxheight");
        fields.issues.note(IssueCode::NotUnderstood, &at, format!("\"{word}\""), message!("message.height_blocks"));
        return Some(0.0);
    }
    metres
}

/// Metres of a `maxheight` value: "2.8", "2.8 m", "9'6\"" (feet and inches).
fn height_m(text: &str) -> Option<f64> {
    /// Metres in an international foot and inch.
    const FOOT_M: f64 = 0.3048;
    const INCH_M: f64 = 0.0254;
    let text = text.trim();
    if let Some((feet, inches)) = text.split_once('\'') {
        let inches = inches.trim().trim_end_matches('"').trim();
        let inches = if inches.is_empty() { 0.0 } else { parse_number(inches)? };
        return Some(parse_number(feet)? * FOOT_M + inches * INCH_M);
    }
    parse_number(text.trim_end_matches(['m', 'M', '米']).trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heights() {
        assert_eq!(height_m("2.8"), Some(2.8));
        assert_eq!(height_m("3.5 m"), Some(3.5));
        assert_eq!(height_m("2.2米"), Some(2.2));
        assert!(height_m("9'6\"").is_some_and(|m| (m - 2.8956).abs() < 1e-12));
        assert!(height_m("10'").is_some_and(|m| (m - 3.048).abs() < 1e-12));
        assert_eq!(height_m("low"), None);
    }
}
