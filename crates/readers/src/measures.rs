//! Units of measure as tables write them: after a number, or in the heading of a column.
//!
//! In: the text of a unit ("万人", "km/h") and what a field measures. Out: the factor to the field's own unit; `None` if the
//! unit measures something else, so that minutes never become vehicles.

/// What a field measures, in lifering's own unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Measure {
    /// A number of people.
    People,
    /// A number of things: vehicles, beds, rooms, members of staff.
    Things,
    /// Seconds.
    Seconds,
    /// Kilometres an hour.
    KilometresAnHour,
    /// Yuan.
    Yuan,
    /// A bare number.
    Bare,
}

impl Measure {
    /// What a field of any layer measures, by lifering's name of it.
    pub fn of(field: &str) -> Self {
        match field {
            "population" => Self::People,
            "turnout_s" | "answer_s" | "arrival_s" => Self::Seconds,
            "speed_kmh" | "maxspeed" => Self::KilometresAnHour,
            "cost" => Self::Yuan,
            "layer" | "level" | "id" | "name" => Self::Bare,
            _ => Self::Things,
        }
    }
}

/// A unit that a number is given in.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Unit {
    /// What it measures; `None` for a bare multiple ("万").
    kind: Option<UnitKind>,
    /// Its size in the unit of the measure.
    factor: f64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum UnitKind {
    People,
    Things,
    Seconds,
    KilometresAnHour,
    Yuan,
    PeoplePerKm2,
    /// Something that no field measures. Its column is another one: 人口（户） are households.
    Other,
}

/// How a number is brought to a field's own unit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Scale {
    /// Times a factor.
    Times(f64),
    /// People on a square kilometre once multiplied: the area is needed too.
    PerKm2(f64),
}

/// Multiples before a unit, or alone.
const MULTIPLES: &[(&str, f64)] = &[
    ("百万", 1e6),
    ("千万", 1e7),
    ("十万", 1e5),
    ("亿", 1e8),
    ("万", 1e4),
    ("千", 1e3),
    ("百", 1e2),
    ("thousands", 1e3),
    ("thousand", 1e3),
    ("millions", 1e6),
    ("million", 1e6),
];

/// Units, folded as [`fold`] does.
const UNITS: &[(&[&str], UnitKind, f64)] = &[
    (
        &["人", "名", "位", "口", "人次", "persons", "person", "people", "inhabitants", "residents", "pop"],
        UnitKind::People,
        1.0,
    ),
    (
        &[
            "辆",
            "台",
            "张",
            "个",
            "座",
            "所",
            "处",
            "间",
            "套",
            "部",
            "家",
            "床",
            "只",
            "枚",
            "条",
            "件",
            "站",
            "次",
            "台次",
            "辆次",
            "台辆",
            "vehicles",
            "vehicle",
            "ambulances",
            "ambulance",
            "cars",
            "car",
            "beds",
            "bed",
            "devices",
            "device",
            "units",
            "pcs",
            "rooms",
            "places",
        ],
        UnitKind::Things,
        1.0,
    ),
    (&["秒", "秒钟", "s", "sec", "secs", "second", "seconds"], UnitKind::Seconds, 1.0),
    (&["分", "分钟", "min", "mins", "minute", "minutes"], UnitKind::Seconds, 60.0),
    (&["小时", "时", "个小时", "h", "hr", "hrs", "hour", "hours"], UnitKind::Seconds, 3600.0),
    (
        &[
            "km/h",
            "kmh",
            "kph",
            "km/hr",
            "公里/小时",
            "公里/时",
            "公里每小时",
            "千米/小时",
            "千米/时",
            "千米每小时",
            "公里",
            "千米",
        ],
        UnitKind::KilometresAnHour,
        1.0,
    ),
    (&["m/s", "米/秒", "米每秒"], UnitKind::KilometresAnHour, 3.6),
    (&["mph"], UnitKind::KilometresAnHour, 1.609_344),
    (&["元", "人民币元", "yuan", "cny", "rmb"], UnitKind::Yuan, 1.0),
    (
        &[
            "人/km2",
            "人/平方公里",
            "人/平方千米",
            "人每平方公里",
            "人每平方千米",
            "persons/km2",
            "people/km2",
            "inhabitants/km2",
            "pop/km2",
            "per_km2",
            "/km2",
        ],
        UnitKind::PeoplePerKm2,
        1.0,
    ),
    (&["人/公顷", "人/ha", "persons/ha", "people/ha", "人每公顷"], UnitKind::PeoplePerKm2, 100.0),
    (
        &[
            "户",
            "家庭",
            "households",
            "%",
            "‰",
            "百分比",
            "占比",
            "m2",
            "km2",
            "ha",
            "平方米",
            "平方公里",
            "平方千米",
            "公顷",
            "亩",
            "m",
            "米",
            "岁",
            "天",
            "日",
            "年",
            "月",
            "元/人",
            "张/千人",
            "人/户",
            "度",
        ],
        UnitKind::Other,
        1.0,
    ),
];

impl Unit {
    /// The unit that a text names; `None` if it names none.
    pub fn parse(text: &str) -> Option<Self> {
        let text = fold(text);
        let known = |name: &str| UNITS.iter().find(|(names, ..)| names.contains(&name));
        if let Some((_, kind, factor)) = known(&text) {
            return Some(Self { kind: Some(*kind), factor: *factor });
        }
        let (multiple, rest) = MULTIPLES.iter().find_map(|(word, by)| Some((*by, text.strip_prefix(word)?)))?;
        if rest.is_empty() {
            return Some(Self { kind: None, factor: multiple });
        }
        let (_, kind, factor) = known(rest.trim_start_matches('/'))?;
        Some(Self { kind: Some(*kind), factor: multiple * factor })
    }

    /// How a number in this unit becomes one of the measure; `None` if the unit measures something else.
    pub fn to(self, measure: Measure) -> Option<Scale> {
        let fits = match (measure, self.kind) {
            (Measure::Bare, _) => false,
            (_, None) => true,
            (Measure::People, Some(UnitKind::PeoplePerKm2)) => return Some(Scale::PerKm2(self.factor)),
            (Measure::People, Some(kind)) => kind == UnitKind::People,
            (Measure::Things, Some(kind)) => matches!(kind, UnitKind::Things | UnitKind::People),
            (Measure::Seconds, Some(kind)) => kind == UnitKind::Seconds,
            (Measure::KilometresAnHour, Some(kind)) => kind == UnitKind::KilometresAnHour,
            (Measure::Yuan, Some(kind)) => kind == UnitKind::Yuan,
        };
        fits.then_some(Scale::Times(self.factor))
    }
}

/// A number times a factor, to 15 significant digits: 1.1 times 10,000 is 11,000, not 11,000.000000000002.
pub fn scaled(number: f64, factor: f64) -> f64 {
    let product = number * factor;
    format!("{product:.14e}").parse().unwrap_or(product)
}

/// A text as it is compared: full-width signs made narrow, superscripts and single-character units spelled out, small
/// letters, no space.
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '㎡' => folded.push_str("m2"),
            '㎢' => folded.push_str("km2"),
            '㎞' => folded.push_str("km"),
            '²' => folded.push('2'),
            '／' => folded.push('/'),
            c if c.is_whitespace() || is_invisible(c) => {}
            c => folded.extend(narrow(c).to_lowercase()),
        }
    }
    folded
}

/// The narrow form of a full-width sign of ASCII; any other character itself.
pub fn narrow(c: char) -> char {
    match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        '\u{3000}' => ' ',
        c => c,
    }
}

/// Marks without a shape of their own, which spreadsheets and web pages leave in texts.
pub fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' | '\u{ad}' | '\u{202a}'..='\u{202e}')
}

#[cfg(test)]
mod tests {
    #![expect(clippy::float_cmp, reason = "what is scaled is exact")]

    use super::*;

    #[test]
    fn a_unit_fits_what_its_field_measures() {
        use Measure::{Bare, KilometresAnHour, People, Seconds, Things, Yuan};
        for (text, measure, scale) in [
            ("万人", People, Some(Scale::Times(1e4))),
            ("千 人", People, Some(Scale::Times(1e3))),
            ("人", People, Some(Scale::Times(1.0))),
            ("人", Things, Some(Scale::Times(1.0))),
            ("万", People, Some(Scale::Times(1e4))),
            ("人/km²", People, Some(Scale::PerKm2(1.0))),
            ("人／ＫＭ２", People, Some(Scale::PerKm2(1.0))),
            ("万人/平方公里", People, Some(Scale::PerKm2(1e4))),
            ("人/公顷", People, Some(Scale::PerKm2(100.0))),
            ("户", People, None),
            ("万户", People, None),
            ("%", People, None),
            ("辆", People, None),
            ("辆", Things, Some(Scale::Times(1.0))),
            ("分钟", Things, None),
            ("分钟", Seconds, Some(Scale::Times(60.0))),
            ("s", Seconds, Some(Scale::Times(1.0))),
            ("辆", Seconds, None),
            ("km/h", KilometresAnHour, Some(Scale::Times(1.0))),
            ("万元", Yuan, Some(Scale::Times(1e4))),
            ("元", People, None),
            ("万", Bare, None),
        ] {
            assert_eq!(Unit::parse(text).and_then(|unit| unit.to(measure)), scale, "{text} {measure:?}");
        }
        assert_eq!(Unit::parse("镇街"), None);
    }

    #[test]
    fn scaling_leaves_no_noise() {
        assert_eq!(scaled(1.1, 1e4), 11_000.0);
        assert_eq!(scaled(0.07, 1e4), 700.0);
        assert_eq!(scaled(123.4567, 1e4), 1_234_567.0);
    }
}
