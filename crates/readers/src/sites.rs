//! Point layers: stations, facilities, AEDs, candidates.

use crate::crs::Extent;
use crate::fields::FeatureFields;
use crate::geometry::Geometry;
use crate::layer_file::LayerFile;
use lifering_base::error::{InputError, Place};
use lifering_base::frame::LonLat;
use lifering_base::issue::IssueCode;
use lifering_base::message;
use lifering_base::records::Layer;
use lifering_base::records::attributes::Scalar;
use lifering_base::records::{Record, Site};
use std::collections::BTreeSet;

/// Words for kinds of stations and facilities, and ours.
const KINDS: &[(&str, &str)] = &[
    ("急救中心", "center"),
    ("centre", "center"),
    ("急救分中心", "sub_center"),
    ("分中心", "sub_center"),
    ("subcenter", "sub_center"),
    ("sub_centre", "sub_center"),
    ("急救站", "station"),
    ("急救点", "station"),
    ("急救站点", "station"),
    ("航空救援基地", "air"),
    ("医院", "hospital"),
    ("综合医院", "hospital"),
    ("社区卫生服务中心", "community_health"),
    ("卫生院", "town_hospital"),
    ("乡镇卫生院", "town_hospital"),
    ("中心卫生院", "town_hospital"),
    ("卫生所", "clinic"),
    ("村卫生所", "clinic"),
    ("诊所", "clinic"),
];

const STATION_KINDS: &[&str] = &["center", "sub_center", "station", "air"];
const FACILITY_KINDS: &[&str] = &["hospital", "community_health", "town_hospital", "clinic"];

/// How a known field is typed.
enum Typed {
    Amount,
    /// Of things that are whole.
    Count,
    Flag,
    Kind(&'static [&'static str]),
    /// The level of a hospital: 1 to 3, also 一级 to 三级 with their grades (三级甲等).
    Level,
    Word,
}

/// Fields of extra layers that are yes or no.
const EXTRA_FLAGS: &[&str] = &["demonstration", "medical_care", "integrated", "served"];

fn typed_fields(layer: Layer) -> &'static [(&'static str, Typed)] {
    match layer {
        Layer::Stations | Layer::Neighbours => &[
            ("kind", Typed::Kind(STATION_KINDS)),
            ("ambulances", Typed::Count),
            ("negative_pressure", Typed::Count),
            ("decontamination", Typed::Flag),
            ("turnout_s", Typed::Amount),
            ("sub_center", Typed::Word),
        ],
        Layer::Facilities => &[
            ("kind", Typed::Kind(FACILITY_KINDS)),
            ("level", Typed::Level),
            ("beds", Typed::Amount),
            ("nursing_beds", Typed::Amount),
            ("decontamination", Typed::Flag),
            ("integrated", Typed::Flag),
            ("fever_room", Typed::Flag),
            ("fever_clinic", Typed::Flag),
            ("chest_stroke_trauma", Typed::Flag),
            ("medical_sub_center", Typed::Flag),
            ("tcm", Typed::Flag),
        ],
        Layer::Aeds => &[("count", Typed::Count), ("indoor", Typed::Flag)],
        Layer::Candidates => &[("cost", Typed::Amount), ("capacity", Typed::Amount)],
        _ => &[],
    }
}

/// Types every point of the layer.
pub fn read(layer: &mut LayerFile) -> Result<Vec<Site>, InputError> {
    let mut issues = std::mem::take(&mut layer.issues);
    let mut sites = Vec::with_capacity(layer.features.len());
    let mut ids = BTreeSet::new();
    for feature in &layer.features {
        let place = layer.place(feature);
        let Some(geometry) = &feature.geometry else {
            issues.note(
                IssueCode::NoGeometry,
                &place,
                message!("message.null_geometry"),
                message!("message.point_left_out"),
            );
            continue;
        };
        let Some(at) = geometry.point() else {
            return Err(InputError::wrong(place.field("geometry"), geometry.type_name(), "Point")
                .with_help(message!("message.right_file", layer = &layer.key)));
        };
        let mut fields = FeatureFields { fields: &layer.fields, file: &layer.file, feature, issues: &mut issues };
        let mut attributes = fields.attributes();
        for (field, typed) in typed_fields(layer.layer) {
            let value = match typed {
                Typed::Amount => fields.amount(field)?.map(Scalar::Number),
                Typed::Count => fields.count(field)?.map(Scalar::Number),
                Typed::Flag => fields.flag(field).map(Scalar::Bool),
                Typed::Word => fields.text(field).map(Scalar::Text),
                Typed::Level => level(&mut fields).map(Scalar::Number),
                Typed::Kind(known) => kind(&mut fields, known).map(Scalar::Text),
            };
            match value {
                Some(value) => attributes.insert((*field).to_owned(), value),
                None => attributes.remove(*field),
            };
        }
        if layer.layer == Layer::Aeds && !attributes.contains_key("count") {
            // A point of the layer is at least one device.
            attributes.insert("count".to_owned(), Scalar::Number(1.0));
        }
        let id = fields.text("id").or_else(|| feature.id.clone());
        let name = fields.text("name");
        if let Some(id) = &id
            && !ids.insert(id.clone())
        {
            issues.note(IssueCode::DuplicateId, &place.clone().field("id"), id.clone(), message!("message.own_id"));
        }
        let id = id.unwrap_or_else(|| feature.index.to_string());
        sites.push(Site {
            feature: feature.index,
            name: name.unwrap_or_else(|| id.clone()),
            id,
            place: at,
            attributes,
        });
    }
    if layer.features.is_empty() {
        issues.note(
            IssueCode::EmptyLayer,
            &Place::file(&layer.file),
            message!("message.no_features"),
            message!("message.counted_none"),
        );
    }
    layer.used = sites.len();
    layer.issues = issues;
    Ok(sites)
}

/// Types every record of an extra layer.
pub fn read_records(layer: &mut LayerFile) -> Result<Vec<Record>, InputError> {
    let mut issues = std::mem::take(&mut layer.issues);
    let mut records = Vec::with_capacity(layer.features.len());
    for feature in &layer.features {
        let mut fields = FeatureFields { fields: &layer.fields, file: &layer.file, feature, issues: &mut issues };
        let mut attributes = fields.attributes();
        let amounts = super::fields::amounts(Layer::Extra)
            .iter()
            .map(|field| (*field, fields.logged_amount(field).map(Scalar::Number)));
        let mut typed: Vec<(&str, Option<Scalar>)> = amounts.collect();
        typed.extend(EXTRA_FLAGS.iter().map(|field| (*field, fields.flag(field).map(Scalar::Bool))));
        for (field, value) in typed {
            match value {
                Some(value) => attributes.insert(field.to_owned(), value),
                None => attributes.remove(field),
            };
        }
        for value in attributes.values_mut() {
            let flag = match value {
                Scalar::Text(word) => match word.to_lowercase().as_str() {
                    "true" | "yes" | "是" => Some(true),
                    "false" | "no" | "否" => Some(false),
                    _ => None,
                },
                _ => None,
            };
            if let Some(flag) = flag {
                *value = Scalar::Bool(flag);
            }
        }
        let id = fields.text("id").or_else(|| feature.id.clone()).unwrap_or_else(|| feature.index.to_string());
        let name = fields.text("name").unwrap_or_else(|| id.clone());
        let place = feature.geometry.as_ref().and_then(middle);
        records.push(Record { feature: feature.index, id, name, place, attributes });
    }
    if layer.features.is_empty() {
        issues.note(
            IssueCode::EmptyLayer,
            &Place::file(&layer.file),
            message!("message.no_features"),
            message!("message.counted_none"),
        );
    }
    layer.used = records.len();
    layer.issues = issues;
    Ok(records)
}

/// The point itself, else the middle of the extent of a line or an area.
fn middle(geometry: &Geometry) -> Option<LonLat> {
    if let Some(point) = geometry.point() {
        return Some(point);
    }
    let mut all = Vec::new();
    geometry.each_position(&mut |p| all.push(*p));
    let extent = all.into_iter().map(Extent::of).reduce(Extent::with)?;
    Some(extent.middle())
}

/// The level of a hospital: a number, or a Chinese one with or without its grade.
fn level(fields: &mut FeatureFields<'_>) -> Option<f64> {
    let word = fields.text("level")?;
    let chinese = [("一级", 1.0), ("二级", 2.0), ("三级", 3.0), ("一", 1.0), ("二", 2.0), ("三", 3.0)];
    let found = chinese.iter().find(|(name, _)| word == *name || (name.ends_with('级') && word.starts_with(name)));
    if let Some(level) = found.map(|(_, level)| *level).or_else(|| super::fields::parse_number(&word)) {
        return Some(level);
    }
    let at = fields.place("level");
    let wanted = message!("message.level_absent");
    fields.issues.note(IssueCode::NotUnderstood, &at, format!("\"{word}\""), wanted);
    None
}

fn kind(fields: &mut FeatureFields<'_>, known: &[&str]) -> Option<String> {
    let word = fields.text("kind")?;
    let ours = KINDS.iter().find(|(name, _)| *name == word).map_or(word.as_str(), |(_, kind)| kind);
    if known.contains(&ours) {
        return Some(ours.to_owned());
    }
    let at = fields.place("kind");
    fields.issues.note(
        IssueCode::NotUnderstood,
        &at,
        format!("\"{word}\""),
        message!("message.one_of_absent", all = known.join(", ")),
    );
    None
}
