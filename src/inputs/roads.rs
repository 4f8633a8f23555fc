//! Roads: lines with class, direction and perhaps a speed of their own.

use super::error::{InputError, Place};
use super::fields::FeatureFields;
use super::formats::RawFeature;
use super::issue::{IssueCode, Issues};
use super::layer_file::LayerFile;
use super::road_class::RoadClass;
use super::said::said;
use super::settings::Drive;
use crate::frame::LonLat;

/// Which way vehicles may go along a line as drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// Both ways.
    Both,
    /// As drawn.
    Forward,
    /// Against the drawing.
    Backward,
}

/// One road feature.
#[derive(Clone, Debug)]
pub struct Road {
    /// Position of the feature in the file.
    pub feature: usize,
    /// Its name, where it has one.
    pub name: Option<String>,
    /// Class; [`RoadClass::Other`] where the word is not known.
    pub class: RoadClass,
    /// One-way for vehicles only.
    pub direction: Direction,
    /// The feature's own measured speed in km/h.
    pub speed_kmh: Option<f64>,
    /// The posted limit in km/h.
    pub maxspeed_kmh: Option<f64>,
    /// `access=no`: closed to vehicles.
    pub no_vehicles: bool,
    /// On a bridge, in a tunnel, or above or below ground level: crossings in the plane are not junctions.
    pub level: Level,
    /// Lines of at least two positions.
    pub parts: Vec<Vec<LonLat>>,
}

impl Road {
    /// The speed driven on it outside all periods, km/h: its own, the posted limit where that is asked for, its class's, the
    /// default.
    pub fn drive_kmh(&self, drive: &Drive) -> f64 {
        let posted = self.maxspeed_kmh.filter(|_| drive.use_maxspeed).map(|v| v * drive.maxspeed_factor);
        let class = || drive.speeds_kmh.get(&self.class).copied().or_else(|| self.class.default_kmh());
        self.speed_kmh.or(posted).or_else(class).unwrap_or(drive.default_kmh)
    }
}

/// Which of several stacked roads a line is: roads cross at grade only where all three are equal.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Level {
    /// `bridge`.
    pub bridge: bool,
    /// `tunnel`.
    pub tunnel: bool,
    /// `layer`.
    pub layer: i8,
}

/// Types every road of the layer.
pub fn read(layer: &mut LayerFile) -> Result<Vec<Road>, InputError> {
    let (roads, issues) = layer.typed(road)?;
    if roads.is_empty()
        && let Some(wrong) = issues.list().into_iter().find(|i| i.code == IssueCode::GeometryLeftOut)
        && let Some(first) = wrong.examples.into_iter().next()
    {
        let place = Place { feature: first.feature, id: first.id, ..Place::file(&layer.file) };
        return Err(InputError::wrong(place.field("geometry"), first.found, said!("said.line_types"))
            .with_help(said!("said.no_lines")));
    }
    layer.issues.append(issues);
    if layer.count == 0 {
        layer.issues.note(
            IssueCode::EmptyLayer,
            &Place::file(&layer.file),
            said!("said.no_features"),
            said!("said.no_roads"),
        );
    }
    layer.used = roads.len();
    Ok(roads)
}

fn road(layer: &LayerFile, mut feature: RawFeature, issues: &mut Issues) -> Result<Option<Road>, InputError> {
    let Some(geometry) = feature.geometry.take() else {
        let place = layer.place(&feature);
        issues.note(IssueCode::NoGeometry, &place, said!("said.null_geometry"), said!("said.line_left_out"));
        return Ok(None);
    };
    let kind = geometry.type_name();
    let Some(mut parts) = geometry.into_lines() else {
        issues.note(IssueCode::GeometryLeftOut, &layer.place(&feature), kind, said!("said.line_types_left_out"));
        return Ok(None);
    };
    parts.retain(|line| long_enough(line, layer, &feature, issues));
    if parts.is_empty() {
        return Ok(None);
    }
    let fields = FeatureFields { fields: &layer.fields, file: &layer.file, feature: &feature, issues };
    typed(fields, parts).map(Some)
}

/// True for a line of at least two different positions; the others are counted.
fn long_enough(line: &[LonLat], layer: &LayerFile, feature: &RawFeature, issues: &mut Issues) -> bool {
    let repeated = line.windows(2).filter(|w| w[0] == w[1]).count();
    if line.len() < repeated + 2 {
        let found = match line.len() {
            0 | 1 => said!("said.positions", n = line.len()),
            _ => said!("said.zero_length"),
        };
        issues.note(IssueCode::EmptyGeometry, &layer.place(feature), found, said!("said.two_different"));
        return false;
    }
    if repeated > 0 {
        let found = said!("said.positions_repeated", n = repeated);
        issues.note(IssueCode::RepeatedVertex, &layer.place(feature), found, said!("said.each_once"));
    }
    true
}

fn typed(mut fields: FeatureFields<'_>, parts: Vec<Vec<LonLat>>) -> Result<Road, InputError> {
    let class = match fields.word("highway") {
        None => {
            let at = fields.place("highway");
            fields.issues.note(IssueCode::ValueMissing, &at, said!("said.no_class"), said!("said.class_default"));
            RoadClass::Other
        }
        Some(word) => RoadClass::from_word(&word).unwrap_or_else(|| {
            let at = fields.place("highway");
            fields.issues.note(IssueCode::NotUnderstood, &at, format!("\"{word}\""), said!("said.class_known"));
            RoadClass::Other
        }),
    };
    let speed_kmh = fields.amount("speed_kmh")?.filter(|v| *v > 0.0);
    let maxspeed_kmh = fields.word("maxspeed").and_then(|text| {
        let speed = maxspeed_kmh(&text);
        if speed.is_none() {
            let at = fields.place("maxspeed");
            fields.issues.note(IssueCode::NotUnderstood, &at, format!("\"{text}\""), said!("said.speed_absent"));
        }
        speed
    });
    let roundabout = matches!(fields.word("junction").as_deref(), Some("roundabout" | "circular"));
    let implied = if roundabout || class == RoadClass::Motorway { Direction::Forward } else { Direction::Both };
    let direction = match fields.word("oneway") {
        None => implied,
        Some(word) => oneway(&word).unwrap_or_else(|| {
            let at = fields.place("oneway");
            fields.issues.note(IssueCode::NotUnderstood, &at, format!("\"{word}\""), said!("said.oneway_absent"));
            implied
        }),
    };
    let is = |field| fields.word(field).is_some_and(|b| !matches!(&*b, "no" | "否" | "0" | "false" | "F"));
    let (bridge, tunnel) = (is("bridge"), is("tunnel"));
    let level = Level { bridge, tunnel, layer: fields.number("layer").map_or(0, |n| n as i8) };
    Ok(Road {
        feature: fields.feature.index,
        name: fields.text("name"),
        class,
        direction,
        speed_kmh,
        maxspeed_kmh,
        no_vehicles: fields.word("access").as_deref() == Some("no"),
        level,
        parts,
    })
}

/// The direction a `oneway` value means (OpenStreetMap's, Geofabrik's T/F/B and Chinese spellings).
///
/// As region.md lists them: yes, true, 1 and T or F(orward) run as drawn; -1, reverse and 反向 against it.
fn oneway(word: &str) -> Option<Direction> {
    Some(match word.to_lowercase().as_str() {
        "yes" | "true" | "1" | "t" | "f" | "ft" | "forward" | "是" | "单行" | "正向" => Direction::Forward,
        "-1" | "reverse" | "tf" | "backward" | "反向" | "逆向" => Direction::Backward,
        "no" | "false" | "0" | "b" | "both" | "否" | "双向" | "reversible" | "alternating" => Direction::Both,
        _ => return None,
    })
}

/// Kilometres an hour of a `maxspeed` value: "60", "60 km/h", "30 mph", the least of "50;60".
fn maxspeed_kmh(text: &str) -> Option<f64> {
    /// Kilometres in an international mile.
    const KM_PER_MILE: f64 = 1.609_344;
    text.split(';').try_fold(f64::INFINITY, |least, part| {
        let part = part.trim();
        let (digits, factor) = match part.strip_suffix("mph") {
            Some(miles) => (miles, KM_PER_MILE),
            None => (part.trim_end_matches("km/h").trim_end_matches("公里/小时"), 1.0),
        };
        super::fields::parse_number(digits).map(|v| v * factor).filter(|v| *v > 0.0).map(|v| v.min(least))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_oneway_and_maxspeed() {
        assert_eq!(oneway("是"), Some(Direction::Forward));
        assert_eq!(oneway("反向"), Some(Direction::Backward));
        assert_eq!(oneway("B"), Some(Direction::Both));
        assert_eq!(oneway("perhaps"), None);
        assert_eq!(maxspeed_kmh("50;60"), Some(50.0));
        assert_eq!(maxspeed_kmh("30 mph").map(f64::round), Some(48.0));
        assert_eq!(maxspeed_kmh("CN:urban"), None);
    }
}
