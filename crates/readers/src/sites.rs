//! Point layers (stations, facilities, AEDs, candidates) and extra layers.
//!
//! In: the features of a layer. Out: [`Site`]s or [`Record`]s, and issues.

use crate::checks::{self, SiteIds};
use crate::crs::Extent;
use crate::feature::RawFeature;
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
    ("综合性医院", "hospital"),
    ("中医医院", "hospital"),
    ("中医院", "hospital"),
    ("妇幼保健院", "hospital"),
    ("传染病医院", "hospital"),
    ("专科医院", "hospital"),
    ("社区卫生服务中心", "community_health"),
    ("卫生院", "town_hospital"),
    ("乡镇卫生院", "town_hospital"),
    ("中心卫生院", "town_hospital"),
    ("镇中心卫生院", "town_hospital"),
    ("镇卫生院", "town_hospital"),
    ("卫生所", "clinic"),
    ("村卫生所", "clinic"),
    ("诊所", "clinic"),
];

/// Words for types of hospitals, and lifering's own. Some of them are words for the kind as well.
const HOSPITAL_TYPES: &[(&str, &str)] = &[
    ("综合医院", "general"),
    ("综合性医院", "general"),
    ("综合", "general"),
    ("中医医院", "tcm"),
    ("中医院", "tcm"),
    ("中医", "tcm"),
    ("妇幼保健院", "maternal_child"),
    ("妇幼保健", "maternal_child"),
    ("妇幼", "maternal_child"),
    ("传染病医院", "infectious"),
    ("传染病", "infectious"),
    ("专科医院", "specialist"),
    ("专科", "specialist"),
];

const STATION_KINDS: &[&str] = &["center", "sub_center", "station", "air"];
const HOSPITAL_TYPE_WORDS: &[&str] = &["general", "tcm", "maternal_child", "infectious", "specialist"];
const FACILITY_KINDS: &[&str] = &["hospital", "community_health", "town_hospital", "clinic"];

/// The type of a known field.
enum FieldType {
    /// A number of at least 0.
    Amount,
    /// A whole number of at least 0.
    Count,
    Flag,
    /// A word for a kind, with lifering's own words, and the list of these.
    Kind(&'static [(&'static str, &'static str)], &'static [&'static str]),
    /// The level of a hospital: 1 to 3, also 一级 to 三级 with their grades (三级甲等).
    Level,
    Word,
    /// A year, or a date that begins with one.
    Year,
}

impl FieldType {
    /// What is wanted of a value of another type.
    fn wanted(&self) -> Message {
        match self {
            Self::Amount | Self::Count => message!("message.number_absent"),
            Self::Flag => message!("message.flag_absent"),
            Self::Kind(_, known) => message!("message.one_of_absent", all = known.join(", ")),
            Self::Level => message!("message.level_absent"),
            Self::Word => message!("message.word_absent"),
            Self::Year => message!("message.year_absent"),
        }
    }
}

/// Fields of extra layers that are yes or no.
const EXTRA_FLAGS: &[&str] =
    &["demonstration", "medical_care", "integrated", "served", "permanent", "signed", "in_house"];

fn typed_fields(layer: Layer) -> &'static [(&'static str, FieldType)] {
    match layer {
        Layer::Stations | Layer::Neighbours => &[
            ("kind", FieldType::Kind(KINDS, STATION_KINDS)),
            ("ambulances", FieldType::Count),
            ("negative_pressure", FieldType::Count),
            ("decontamination", FieldType::Flag),
            ("decontamination_opened", FieldType::Year),
            ("opened", FieldType::Year),
            ("turnout_s", FieldType::Amount),
            ("sub_center", FieldType::Word),
        ],
        Layer::Facilities => &[
            ("kind", FieldType::Kind(KINDS, FACILITY_KINDS)),
            ("hospital_type", FieldType::Kind(HOSPITAL_TYPES, HOSPITAL_TYPE_WORDS)),
            ("level", FieldType::Level),
            ("beds", FieldType::Amount),
            ("nursing_beds", FieldType::Amount),
            ("tcm_beds", FieldType::Amount),
            ("infectious_beds", FieldType::Amount),
            ("negative_pressure_beds", FieldType::Amount),
            ("opened", FieldType::Year),
            ("private", FieldType::Flag),
            ("decontamination", FieldType::Flag),
            ("decontamination_opened", FieldType::Year),
            ("ems_network", FieldType::Flag),
            ("ems_capable", FieldType::Flag),
            ("integrated", FieldType::Flag),
            ("fever_room", FieldType::Flag),
            ("fever_clinic", FieldType::Flag),
            ("respiratory_clinic", FieldType::Flag),
            ("enteric_clinic", FieldType::Flag),
            ("independent_ct", FieldType::Flag),
            ("observation_room", FieldType::Flag),
            ("chest_pain_center", FieldType::Flag),
            ("stroke_center", FieldType::Flag),
            ("trauma_center", FieldType::Flag),
            ("maternal_rescue_center", FieldType::Flag),
            ("newborn_rescue_center", FieldType::Flag),
            ("neurology_center", FieldType::Flag),
            ("digestive_center", FieldType::Flag),
            ("respiratory_department", FieldType::Flag),
            ("geriatrics", FieldType::Flag),
            ("rehabilitation", FieldType::Flag),
            ("icu_opened", FieldType::Year),
            ("early_development", FieldType::Flag),
            ("recommended_grade", FieldType::Flag),
            ("special_department", FieldType::Flag),
            ("vaccination", FieldType::Flag),
            ("digital_vaccination", FieldType::Flag),
            ("epidemic_base", FieldType::Flag),
            ("medical_sub_center", FieldType::Flag),
            ("tcm", FieldType::Flag),
            ("tcm_doctor", FieldType::Flag),
            ("tcm_techniques", FieldType::Flag),
            ("hospital_link", FieldType::Flag),
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
                FieldType::Kind(words, known) => {
                    let wanted = || message!("message.one_of_absent", all = known.join(", "));
                    let understand = |word: &str| kind(word, words, known).map(str::to_owned);
                    // Of two kinds neither is the more cautious.
                    fields.meaning(field, understand, |_, _| None, |kind| kind.into(), wanted).map(Scalar::Text)
                }
                FieldType::Year => opened(&mut fields, field),
            };
            match value {
                Some(value) => attributes.insert((*field).to_owned(), value),
                None => attributes.remove(*field),
            };
        }
        note_missing(layer, feature, &attributes, &place, fields.issues);
        add_default_count(layer.layer, &mut attributes);
        if let Some(word) = layer.fields.find(&feature.properties, "kind").and_then(Property::as_str) {
            add_hospital_type(layer.layer, word.trim(), &mut attributes);
        }
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
        match opened(&mut fields, "opened") {
            Some(opened) => attributes.insert("opened".to_owned(), opened),
            None => attributes.remove("opened"),
        };
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

/// Notes a site that leaves a number empty for which its file has a column. A clinic may have no beds.
fn note_missing(
    layer: &LayerFile,
    feature: &RawFeature,
    attributes: &BTreeMap<String, Scalar>,
    place: &Place,
    issues: &mut Issues,
) {
    let clinic = matches!(attributes.get("kind"), Some(Scalar::Text(kind)) if kind == "clinic");
    let (field, wanted) = match layer.layer {
        Layer::Facilities if !clinic => ("beds", message!("message.beds_unknown")),
        Layer::Aeds => ("count", message!("message.counts_as_one_device")),
        _ => return,
    };
    let written = |value: &Property| value.as_str().is_none_or(|text| !text.trim().is_empty());
    let written = layer.fields.find(&feature.properties, field).is_some_and(written);
    if !written && !attributes.contains_key(field) && !layer.fields.columns(field).is_empty() {
        let place = place.clone().field(layer.fields.name_in_file(field));
        issues.note(IssueCode::ValueMissing, &place, message!("message.nothing"), wanted);
    }
}

/// The type of a hospital whose kind says it (中医医院), where no field of its own does.
fn add_hospital_type(layer: Layer, kind: &str, attributes: &mut BTreeMap<String, Scalar>) {
    let of_kind = HOSPITAL_TYPES.iter().find(|(name, _)| *name == kind && KINDS.iter().any(|(known, _)| known == name));
    if let (Layer::Facilities, Some((_, hospital_type)), false) =
        (layer, of_kind, attributes.contains_key("hospital_type"))
    {
        attributes.insert("hospital_type".to_owned(), Scalar::Text((*hospital_type).to_owned()));
    }
}

/// The year of a field; of several the last, for what counts from then on.
fn opened(fields: &mut FeatureFields<'_>, field: &'static str) -> Option<Scalar> {
    let later = |a: f64, b: f64| Some(f64::max(a, b));
    fields.meaning(field, year, later, |year| (*year).into(), || message!("message.year_absent")).map(Scalar::Number)
}

/// A year, or the year that a date begins with (2022年10月, 2022-10-08).
fn year(word: &str) -> Option<f64> {
    /// No site of today is older, none is planned for later.
    const PLAUSIBLE: std::ops::RangeInclusive<u16> = 1800..=2200;
    let digits: String = word.chars().take_while(char::is_ascii_digit).collect();
    digits.parse::<u16>().ok().filter(|year| PLAUSIBLE.contains(year)).map(f64::from)
}

/// The level of a hospital: a number, or a Chinese one with or without its grade.
fn level(word: &str) -> Option<f64> {
    let chinese = [("一级", 1.0), ("二级", 2.0), ("三级", 3.0), ("一", 1.0), ("二", 2.0), ("三", 3.0)];
    let found = chinese.iter().find(|(name, _)| word == *name || (name.ends_with('级') && word.starts_with(name)));
    found.map(|(_, level)| *level).or_else(|| parse_number(word).filter(|level| [1.0, 2.0, 3.0].contains(level)))
}

/// The kind of a station or facility in lifering's words.
fn kind<'a>(word: &'a str, words: &[(&str, &'a str)], known: &[&str]) -> Option<&'a str> {
    let ours = words.iter().find(|(name, _)| *name == word).map_or(word, |(_, kind)| kind);
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
            (FieldType::Kind(words, known), Scalar::Text(word)) if kind(&word, words, known).is_some() => {
                if *field == "kind" {
                    add_hospital_type(layer, &word, &mut site.attributes);
                }
                kind(&word, words, known).map(|kind| Scalar::Text(kind.to_owned()))
            }
            (FieldType::Year, Scalar::Number(n)) if year(&n.to_string()).is_some() => {
                year(&n.to_string()).map(Scalar::Number)
            }
            (FieldType::Year, Scalar::Text(word)) if year(&word).is_some() => year(&word).map(Scalar::Number),
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
