//! Point layers (stations, facilities, AEDs, candidates) and extra layers.
//!
//! In: the features of a layer. Out: [`Site`]s or [`Record`]s, and issues.

use crate::checks::{self, SiteIds};
use crate::crs::Extent;
use crate::fields::{FeatureFields, amounts};
use crate::formats::table::is_sums_label;
use crate::geometry::Geometry;
use crate::layer_file::LayerFile;
use crate::numbers::parse_number;
use crate::properties::Property;
use lifering_base::error::{InputError, Place};
use lifering_base::frame::LonLat;
use lifering_base::issue::{IssueCode, Issues};
use lifering_base::records::attributes::Scalar;
use lifering_base::records::{Layer, Record, Site};
use lifering_base::{Message, message};
use std::collections::BTreeMap;

/// Words for kinds of stations and facilities, and lifering's own.
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

/// The type of a known field.
enum FieldType {
    /// A number of at least 0.
    Amount,
    /// A whole number of at least 0.
    Count,
    Flag,
    Kind(&'static [&'static str]),
    /// The level of a hospital: 1 to 3, also 一级 to 三级 with their grades (三级甲等).
    Level,
    Word,
}

impl FieldType {
    /// What is wanted of a value of another type.
    fn wanted(&self) -> Message {
        match self {
            Self::Amount | Self::Count => message!("message.number_absent"),
            Self::Flag => message!("message.flag_absent"),
            Self::Kind(known) => message!("message.one_of_absent", all = known.join(", ")),
            Self::Level => message!("message.level_absent"),
            Self::Word => message!("message.word_absent"),
        }
    }
}

/// Fields of extra layers that are yes or no.
const EXTRA_FLAGS: &[&str] = &["demonstration", "medical_care", "integrated", "served"];

fn typed_fields(layer: Layer) -> &'static [(&'static str, FieldType)] {
    match layer {
        Layer::Stations | Layer::Neighbours => &[
            ("kind", FieldType::Kind(STATION_KINDS)),
            ("ambulances", FieldType::Count),
            ("negative_pressure", FieldType::Count),
            ("decontamination", FieldType::Flag),
            ("turnout_s", FieldType::Amount),
            ("sub_center", FieldType::Word),
        ],
        Layer::Facilities => &[
            ("kind", FieldType::Kind(FACILITY_KINDS)),
            ("level", FieldType::Level),
            ("beds", FieldType::Amount),
            ("nursing_beds", FieldType::Amount),
            ("decontamination", FieldType::Flag),
            ("integrated", FieldType::Flag),
            ("fever_room", FieldType::Flag),
            ("fever_clinic", FieldType::Flag),
            ("chest_stroke_trauma", FieldType::Flag),
            ("medical_sub_center", FieldType::Flag),
            ("tcm", FieldType::Flag),
        ],
        Layer::Aeds => &[("count", FieldType::Count), ("indoor", FieldType::Flag)],
        Layer::Candidates => &[("cost", FieldType::Amount), ("capacity", FieldType::Amount)],
        _ => &[],
    }
}

/// Types every point of the layer.
pub fn read(layer: &mut LayerFile) -> Result<Vec<Site>, InputError> {
    let mut issues = std::mem::take(&mut layer.issues);
    let mut sites = Vec::with_capacity(layer.features.len());
    let mut ids = SiteIds::default();
    for feature in &layer.features {
        let place = layer.place(feature);
        // Other formats are often made of tables.
        if let Some(name) = layer.fields.find(&feature.properties, "name").and_then(Property::as_str)
            && is_sums_label(name)
        {
            let wanted = message!("message.sums_left_out");
            issues.note(IssueCode::SumsLeftOut, &place, format!("\"{name}\""), wanted);
            continue;
        }
        let Some(geometry) = &feature.geometry else {
            issues.note(
                IssueCode::NoGeometry,
                &place,
                layer.fields.without_place(feature),
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
                FieldType::Amount => fields.amount(field)?.map(Scalar::Number),
                FieldType::Count => fields.count(field)?.map(Scalar::Number),
                FieldType::Flag => fields.flag(field).map(Scalar::Bool),
                FieldType::Word => fields.text(field).map(Scalar::Text),
                FieldType::Level => {
                    let wanted = || message!("message.level_absent");
                    let level = fields.meaning(field, level, |a, b| Some(f64::min(a, b)), |n| (*n).into(), wanted);
                    level.map(Scalar::Number)
                }
                FieldType::Kind(known) => {
                    let wanted = || message!("message.one_of_absent", all = known.join(", "));
                    let understand = |word: &str| kind(word, known).map(str::to_owned);
                    // Of two kinds neither is the more cautious.
                    fields.meaning(field, understand, |_, _| None, |kind| kind.into(), wanted).map(Scalar::Text)
                }
            };
            match value {
                Some(value) => attributes.insert((*field).to_owned(), value),
                None => attributes.remove(*field),
            };
        }
        add_default_count(layer.layer, &mut attributes);
        let id = fields.text("id").or_else(|| feature.id.clone());
        let name = fields.text("name");
        if let Some(id) = &id {
            ids.check(id, &place, &mut issues);
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
    checks::note_empty(layer.features.len(), &layer.file, message!("message.counted_none"), &mut issues);
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
        let mut typed: Vec<(&str, Option<Scalar>)> = Vec::new();
        for field in amounts(Layer::Extra) {
            typed.push((field, fields.logged_amount(field).map(Scalar::Number)));
        }
        for field in EXTRA_FLAGS {
            typed.push((field, fields.flag(field).map(Scalar::Bool)));
        }
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
    checks::note_empty(layer.features.len(), &layer.file, message!("message.counted_none"), &mut issues);
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

/// A point of the layer of defibrillators without a count is one device.
fn add_default_count(layer: Layer, attributes: &mut BTreeMap<String, Scalar>) {
    if layer == Layer::Aeds && !attributes.contains_key("count") {
        attributes.insert("count".to_owned(), Scalar::Number(1.0));
    }
}

/// The level of a hospital: a number, or a Chinese one with or without its grade.
fn level(word: &str) -> Option<f64> {
    let chinese = [("一级", 1.0), ("二级", 2.0), ("三级", 3.0), ("一", 1.0), ("二", 2.0), ("三", 3.0)];
    let found = chinese.iter().find(|(name, _)| word == *name || (name.ends_with('级') && word.starts_with(name)));
    found.map(|(_, level)| *level).or_else(|| parse_number(word))
}

/// The kind of a station or facility in lifering's words.
fn kind<'a>(word: &'a str, known: &[&str]) -> Option<&'a str> {
    let ours = KINDS.iter().find(|(name, _)| *name == word).map_or(word, |(_, kind)| kind);
    known.contains(&ours).then_some(ours)
}

/// Checks a site that was not read from a file as [`read`] checks one that was.
pub(crate) fn check(
    layer: Layer,
    mut site: Site,
    ids: &mut SiteIds,
    place: &Place,
    issues: &mut Issues,
) -> Result<Site, InputError> {
    for (field, of_type) in typed_fields(layer) {
        let Some(value) = site.attributes.remove(*field) else { continue };
        let at = || place.clone().field(field);
        let checked = match (of_type, value) {
            (FieldType::Amount, Scalar::Number(n)) => Some(Scalar::Number(checks::amount(n, at)?)),
            (FieldType::Count, Scalar::Number(n)) => {
                checks::whole(checks::amount(n, at)?, at, issues).map(Scalar::Number)
            }
            (FieldType::Flag, Scalar::Bool(b)) => Some(Scalar::Bool(b)),
            (FieldType::Word, Scalar::Text(word)) => Some(Scalar::Text(word)),
            (FieldType::Level, Scalar::Number(n)) => Some(Scalar::Number(n)),
            (FieldType::Level, Scalar::Text(word)) if level(&word).is_some() => level(&word).map(Scalar::Number),
            (FieldType::Kind(known), Scalar::Text(word)) if kind(&word, known).is_some() => {
                kind(&word, known).map(|kind| Scalar::Text(kind.to_owned()))
            }
            (of_type, value) => {
                issues.note(IssueCode::NotUnderstood, &at(), shown(&value), of_type.wanted());
                None
            }
        };
        site.attributes.extend(checked.map(|value| ((*field).to_owned(), value)));
    }
    add_default_count(layer, &mut site.attributes);
    ids.check(&site.id, place, issues);
    Ok(site)
}

/// Checks a record that was not read from a file as [`read_records`] checks one that was.
pub(crate) fn check_record(mut record: Record, place: &Place, issues: &mut Issues) -> Record {
    for field in amounts(Layer::Extra) {
        if let Some(Scalar::Number(number)) = record.attributes.get(*field)
            && checks::logged_amount(*number, || place.clone().field(field), issues).is_none()
        {
            record.attributes.remove(*field);
        }
    }
    record
}

fn shown(value: &Scalar) -> String {
    match value {
        Scalar::Bool(b) => b.to_string(),
        Scalar::Number(n) => n.to_string(),
        Scalar::Text(text) => format!("\"{text}\""),
    }
}
