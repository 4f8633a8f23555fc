//! Roads: lines with class, direction, access and perhaps a speed of their own (roads.md sections 1 to 4 and 9).
//!
//! In: the features of a layer. Out: [`Road`]s and issues.

use crate::access_keys;
use crate::checks;
use crate::feature::RawFeature;
use crate::fields::FeatureFields;
use crate::layer_file::LayerFile;
use crate::numbers::parse_number;
use crate::turns::road_id;
use lifering_base::error::{InputError, Place};
use lifering_base::frame::LonLat;
use lifering_base::issue::{IssueCode, Issues};
use lifering_base::records::road_class::RoadClass;
use lifering_base::records::{Direction, Level, Road};
use lifering_base::{Message, message};
use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::{Mutex, PoisonError};

/// Types every road of the layer.
pub fn read(layer: &mut LayerFile) -> Result<Vec<Road>, InputError> {
    let letters = DirectionLetters::default();
    let (mut roads, mut issues) = layer.typed(|layer, feature, issues| road(layer, feature, issues, &letters))?;
    reverse_geofabrik_to(&mut roads, letters, layer, &mut issues);
    if roads.is_empty()
        && let Some(wrong) = issues.list().into_iter().find(|i| i.code == IssueCode::GeometryLeftOut)
        && let Some(first) = wrong.examples.into_iter().next()
    {
        let place = Place { feature: first.feature, id: first.id, ..Place::file(&layer.file) };
        return Err(InputError::wrong(place.field("geometry"), first.found, message!("message.line_types"))
            .with_help(message!("message.no_lines")));
    }
    layer.issues.append(issues);
    checks::note_empty(layer.count, &layer.file, message!("message.no_roads"), &mut layer.issues);
    layer.used = roads.len();
    Ok(roads)
}

fn road(
    layer: &LayerFile,
    mut feature: RawFeature,
    issues: &mut Issues,
    letters: &DirectionLetters,
) -> Result<Option<Road>, InputError> {
    let Some(geometry) = feature.geometry.take() else {
        let place = layer.place(&feature);
        issues.note(
            IssueCode::NoGeometry,
            &place,
            layer.fields.without_place(&feature),
            message!("message.line_left_out"),
        );
        return Ok(None);
    };
    let kind = geometry.type_name();
    let Some(mut parts) = geometry.into_lines() else {
        issues.note(IssueCode::GeometryLeftOut, &layer.place(&feature), kind, message!("message.line_types_left_out"));
        return Ok(None);
    };
    keep_usable(&mut parts, || layer.place(&feature), issues);
    if parts.is_empty() {
        return Ok(None);
    }
    let fields = FeatureFields { fields: &layer.fields, file: &layer.file, feature: &feature, issues };
    typed(fields, parts, letters).map(Some)
}

/// Keeps the lines of at least two different positions; the others are noted.
fn keep_usable(parts: &mut Vec<Vec<LonLat>>, place: impl Fn() -> Place, issues: &mut Issues) {
    if parts.is_empty() {
        // `MultiLineString` or `GeometryCollection` of nothing.
        let found = message!("message.positions", n = 0_usize);
        issues.note(IssueCode::EmptyGeometry, &place(), found, message!("message.two_different"));
    }
    parts.retain(|line| long_enough(line, &place, issues));
}

/// True for a line of at least two different positions; the others are noted.
fn long_enough(line: &[LonLat], place: impl Fn() -> Place, issues: &mut Issues) -> bool {
    let repeated = line.windows(2).filter(|w| w[0] == w[1]).count();
    if line.len() < repeated + 2 {
        let found = match line.len() {
            0 | 1 => message!("message.positions", n = line.len()),
            _ => message!("message.zero_length"),
        };
        issues.note(IssueCode::EmptyGeometry, &place(), found, message!("message.two_different"));
        return false;
    }
    if repeated > 0 {
        let found = message!("message.positions_repeated", n = repeated);
        issues.note(IssueCode::RepeatedVertex, &place(), found, message!("message.each_once"));
    }
    true
}

/// Checks a road that was not read from a file as [`read`] checks one that was; `None` if nothing is left of it.
pub(crate) fn check(mut road: Road, place: &Place, issues: &mut Issues) -> Result<Option<Road>, InputError> {
    keep_usable(&mut road.parts, || place.clone(), issues);
    if road.parts.is_empty() {
        return Ok(None);
    }
    let amount = |field: &str, kmh: Option<f64>| -> Result<Option<f64>, InputError> {
        let checked = kmh.map(|n| checks::amount(n, || place.clone().field(field))).transpose()?;
        Ok(checked.filter(|n| *n > 0.0))
    };
    road.speed_kmh = amount("speed_kmh", road.speed_kmh)?;
    road.maxspeed_kmh = amount("maxspeed", road.maxspeed_kmh)?;
    Ok(Some(road))
}

/// Reverses the roads with `T` if the letters are Geofabrik's, and notes it.
fn reverse_geofabrik_to(roads: &mut [Road], letters: DirectionLetters, layer: &LayerFile, issues: &mut Issues) {
    let to: BTreeSet<usize> = letters.to.into_inner().unwrap_or_else(PoisonError::into_inner).into_iter().collect();
    if to.is_empty() || !letters.both.into_inner() {
        return;
    }
    for road in roads.iter_mut().filter(|road| to.contains(&road.feature)) {
        road.direction = Direction::Backward;
        let at = Place { feature: Some(road.feature), ..Place::file(&layer.file) }.field("oneway");
        issues.note(IssueCode::CodeRead, &at, "\"T\"", message!("message.oneway_letters"));
    }
}

/// Letters for directions whose meaning depends on the rest of the column.
#[derive(Debug, Default)]
struct DirectionLetters {
    /// Whether any road has `B`, both ways: then the letters are Geofabrik's, with F from the first vertex to the last and
    /// T the other way.
    both: AtomicBool,
    /// Positions of the features with `T`.
    to: Mutex<Vec<usize>>,
}

fn typed(
    mut fields: FeatureFields<'_>,
    parts: Vec<Vec<LonLat>>,
    letters: &DirectionLetters,
) -> Result<Road, InputError> {
    let class = class(&mut fields);
    note_conditional(&mut fields);
    let speed_kmh = fields.amount("speed_kmh")?.filter(|v| *v > 0.0);
    let slower = |a: f64, b: f64| Some(a.min(b));
    let wanted = || message!("message.speed_absent");
    let maxspeed_kmh = fields.meaning("maxspeed", maxspeed_kmh, slower, |kmh| (*kmh).into(), wanted);
    let direction = direction(&mut fields, class, letters);
    let (bridge, motorroad) = (flag(&mut fields, "bridge", |_| true), flag(&mut fields, "motorroad", |_| true));
    let tunnel = flag(&mut fields, "tunnel", |word| !matches!(word, "building_passage" | "culvert"));
    let level = Level { bridge, tunnel, layer: fields.number("layer").map_or(0, |n| n as i8) };
    let access = access_keys::of_road(&mut fields);
    let no_walkers = access_keys::closes_to_walkers(&mut fields).unwrap_or(access.closed_to_all);
    let ferry_s = if class == RoadClass::Ferry { ferry_s(&mut fields) } else { None };
    Ok(Road {
        feature: fields.feature.index,
        id: fields.text("id").or_else(|| fields.feature.id.clone()).map(|id| road_id(&id).to_owned()),
        name: fields.text("name"),
        class,
        direction,
        speed_kmh,
        maxspeed_kmh,
        access: access.vehicles,
        no_walkers,
        motorroad,
        ferry_s,
        level,
        parts,
    })
}

/// The class: a ferry by its route, else by its `highway`, of several the slowest; other words and none are noted.
fn class(fields: &mut FeatureFields<'_>) -> RoadClass {
    if fields.words("route").iter().any(|word| word.eq_ignore_ascii_case("ferry")) {
        return RoadClass::Ferry;
    }
    if fields.fields.find(&fields.feature.properties, "highway").is_none() {
        let at = fields.place("highway");
        let found = message!("message.no_class");
        fields.issues.note(IssueCode::ValueMissing, &at, found, message!("message.class_default"));
        return RoadClass::Other;
    }
    // Roads that are not driven come first, then those without a speed of their class, then the slowest.
    let slower = |a: RoadClass, b: RoadClass| {
        let rank = |class: RoadClass| (class.drivable(), class.default_kmh());
        Some(if rank(b) < rank(a) { b } else { a })
    };
    let shown = |class: &RoadClass| class.word().into();
    let wanted = || message!("message.class_known");
    fields.meaning("highway", RoadClass::from_word, slower, shown, wanted).unwrap_or(RoadClass::Other)
}

/// Whether a word of a field says yes in a way that `counts`. Of several that differ, yes: nobody steps down there.
fn flag(fields: &mut FeatureFields<'_>, field: &'static str, counts: impl Fn(&str) -> bool) -> bool {
    let understand = |word: &str| Some(!is_no(word) && counts(word));
    let shown = |yes: &bool| if *yes { message!("message.yes") } else { message!("message.no") };
    fields.meaning(field, understand, |a, b| Some(a || b), shown, || message!("message.flag_absent")).unwrap_or(false)
}

/// Notes access that depends on the time: it is not followed.
fn note_conditional(fields: &mut FeatureFields<'_>) {
    for key in access_keys::CONDITIONAL {
        if let Some(word) = fields.word(key) {
            let at = fields.place(key);
            fields.issues.note(IssueCode::Conditional, &at, format!("\"{word}\""), message!("message.not_followed"));
        }
    }
}

/// The direction of vehicles by `oneway`, else by the class; `oneway:emergency` and `oneway:motor_vehicle` open the other
/// way. Of several directions that differ, the one way of a one-way and a two-way road, and none of two opposite ones.
fn direction(fields: &mut FeatureFields<'_>, class: RoadClass, letters: &DirectionLetters) -> Direction {
    let feature = fields.feature.index;
    let understand = |word: &str| {
        if matches!(word, "B" | "b") {
            letters.both.store(true, Relaxed);
        } else if matches!(word, "T" | "t") {
            letters.to.lock().unwrap_or_else(PoisonError::into_inner).push(feature);
        }
        oneway(word)
    };
    let narrower = |a: Direction, b: Direction| {
        Some(match (a, b) {
            (Direction::Both, other) | (other, Direction::Both) => other,
            (a, b) if a == b => a,
            _ => Direction::Changing,
        })
    };
    let wanted = || message!("message.oneway_absent");
    let stated = fields.meaning("oneway", understand, narrower, |way| Message::from(way.word()), wanted);
    for key in ["oneway:emergency", "oneway:motor_vehicle"] {
        let opens = |word: &str| Some(is_no(word));
        let shown = |no: &bool| if *no { message!("message.no") } else { message!("message.yes") };
        let wanted = || message!("message.flag_absent");
        if fields.meaning(key, opens, |a, b| Some(a && b), shown, wanted) == Some(true) {
            if let Some(way) = stated.filter(|way| *way != Direction::Both) {
                let (at, found) = (fields.place(key), format!("oneway={}", way.word()));
                fields.issues.note(IssueCode::RoadAccess, &at, found, message!("message.other_way_open"));
            }
            return Direction::Both;
        }
    }
    stated.unwrap_or_else(|| {
        let roundabout = fields.words("junction").iter().any(|word| matches!(&**word, "roundabout" | "circular"));
        if roundabout || class == RoadClass::Motorway { Direction::Forward } else { Direction::Both }
    })
}

/// Whether a word says no.
fn is_no(word: &str) -> bool {
    matches!(word.to_lowercase().as_str(), "no" | "否" | "无" | "0" | "0.0" | "false" | "f" | "n")
}

/// Crossing time of a ferry, seconds; a duration that is not understood is noted.
fn ferry_s(fields: &mut FeatureFields<'_>) -> Option<f64> {
    let longer = |a: f64, b: f64| Some(a.max(b));
    fields.meaning("duration", duration_s, longer, |s| (*s).into(), || message!("message.duration_absent"))
}

/// Seconds of a `duration` value (OpenStreetMap's): `hh:mm`, `hh:mm:ss`, whole or decimal minutes, ISO 8601 (`PT1H30M`).
fn duration_s(text: &str) -> Option<f64> {
    let text = text.trim().to_uppercase();
    let positive = |seconds: f64| (seconds.is_finite() && seconds > 0.0).then_some(seconds);
    if let Some(clock) = text.strip_prefix("PT") {
        let mut seconds = 0.0;
        let mut digits = String::new();
        for c in clock.chars() {
            if c.is_ascii_digit() || c == '.' {
                digits.push(c);
                continue;
            }
            let unit_s = match c {
                'H' => 3600.0,
                'M' => 60.0,
                'S' => 1.0,
                _ => return None,
            };
            seconds += parse_number(&std::mem::take(&mut digits))? * unit_s;
        }
        return positive(seconds).filter(|_| digits.is_empty());
    }
    let parts = text.split(':').map(parse_number).collect::<Option<Vec<f64>>>()?;
    match parts[..] {
        [minutes] => positive(minutes * 60.0),
        [hours, minutes] => positive(hours * 3600.0 + minutes * 60.0),
        [hours, minutes, seconds] => positive(hours * 3600.0 + minutes * 60.0 + seconds),
        _ => None,
    }
}

/// The direction of a `oneway` value (OpenStreetMap's, Geofabrik's T/F/B and Chinese spellings).
///
/// As region.md lists them: yes, true, 1 and T or F(orward) run as drawn; -1, reverse and 反向 against it. A number may
/// come from a column that tools have made one of fractions.
fn oneway(word: &str) -> Option<Direction> {
    Some(match word.to_lowercase().as_str() {
        "yes" | "y" | "true" | "1" | "1.0" | "t" | "f" | "ft" | "forward" | "是" | "单行" | "单行线" | "单行道"
        | "单向" | "单向通行" | "正向" | "顺向" => Direction::Forward,
        "-1" | "-1.0" | "reverse" | "tf" | "backward" | "反向" | "逆向" => Direction::Backward,
        "no" | "n" | "false" | "0" | "0.0" | "b" | "both" | "否" | "双向" | "双行" | "双向通行" | "双行道" => {
            Direction::Both
        }
        "reversible" | "alternating" | "潮汐车道" | "可变车道" => Direction::Changing,
        _ => return None,
    })
}

/// Kilometres an hour of a `maxspeed` value: "60", "60 km/h", "30 mph", the least of "50;60".
fn maxspeed_kmh(text: &str) -> Option<f64> {
    /// Kilometres in an international mile.
    const KM_PER_MILE: f64 = 1.609_344;
    /// Higher limits are taken for errors: no road has one.
    const MOST_KMH: f64 = 200.0;
    const KMH: [&str; 9] =
        ["km/h", "kmh", "kph", "km／h", "公里/小时", "公里/时", "千米/小时", "千米/时", "公里每小时"];
    text.split([';', '；']).try_fold(f64::INFINITY, |least, part| {
        let part = part.trim().to_lowercase();
        let (digits, factor) = match part.strip_suffix("mph") {
            Some(miles) => (miles, KM_PER_MILE),
            None => (KMH.iter().find_map(|unit| part.strip_suffix(unit)).unwrap_or(&part), 1.0),
        };
        let speed = parse_number(digits)? * factor;
        (speed > 0.0 && speed <= MOST_KMH).then(|| speed.min(least))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fields::Fields;
    use crate::layer_file::LayerContext;
    use crate::settings::LayerSpec;
    use crate::source::Source;
    use lifering_base::records::Layer;

    #[test]
    fn spellings_of_oneway_and_maxspeed() {
        assert_eq!(oneway("是"), Some(Direction::Forward));
        assert_eq!(oneway("反向"), Some(Direction::Backward));
        assert_eq!(oneway("B"), Some(Direction::Both));
        assert_eq!(oneway("perhaps"), None);
        assert_eq!(oneway("reversible"), Some(Direction::Changing));
        for (text, seconds) in [
            ("00:20", Some(1200.0)),
            ("1:00:30", Some(3630.0)),
            ("15", Some(900.0)),
            ("PT1H30M", Some(5400.0)),
            ("PT5", None),
            ("0", None),
            ("soon", None),
        ] {
            assert_eq!(duration_s(text), seconds, "{text}");
        }
        assert_eq!(maxspeed_kmh("50;60"), Some(50.0));
        assert_eq!(maxspeed_kmh("30 mph").map(f64::round), Some(48.0));
        for (text, kmh) in [
            ("60 KMH", Some(60.0)),
            ("60公里/小时", Some(60.0)),
            ("６０千米/时", Some(60.0)),
            ("60；50 km/h", Some(50.0)),
            ("30 MPH", Some(48.28032)),
            ("CN:urban", None),
            ("none", None),
            ("1e9", None),
            ("60;", None),
        ] {
            assert_eq!(maxspeed_kmh(text), kmh, "{text}");
        }
    }

    /// Directions of roads with these words for `oneway`, and how often a letter was read as its column asks.
    fn directions(words: &[&str]) -> (Vec<Direction>, usize) {
        let line = r#""geometry":{"type":"LineString","coordinates":[[118.5,24.7],[118.6,24.7]]}"#;
        let road = |word: &&str| {
            format!(r#"{{"type":"Feature","properties":{{"highway":"primary","oneway":"{word}"}},{line}}}"#)
        };
        let all: Vec<String> = words.iter().map(road).collect();
        let text = format!(r#"{{"type":"FeatureCollection","features":[{}]}}"#, all.join(","));
        let fields = Fields::new("region.toml", Layer::Roads, "roads", None).unwrap();
        let context = LayerContext::default();
        let spec = LayerSpec::of("roads.geojson");
        let mut layer =
            LayerFile::from_bytes(text.as_bytes(), &Source::Demo, Layer::Roads, "roads", &spec, fields, &context)
                .unwrap();
        let directions = read(&mut layer).unwrap().iter().map(|road| road.direction).collect();
        let read_as_letters =
            layer.issues.list().iter().filter(|i| i.code == IssueCode::CodeRead).map(|i| i.count).sum();
        (directions, read_as_letters)
    }

    #[test]
    fn a_letter_is_read_as_its_column_asks() {
        use Direction::{Backward, Both, Forward};
        assert_eq!(directions(&["T", "F", "B", "T"]), (vec![Backward, Forward, Both, Backward], 2));
        assert_eq!(directions(&["T", "no", "FT", "TF"]), (vec![Forward, Both, Forward, Backward], 0));
    }
}
