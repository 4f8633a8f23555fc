//! Headings of columns as tables write them.
//!
//! In: a name in a file ("其中：负压救护车（辆）", "2023年常住人口\n（万人）") and a name that is known. Out: how well they match,
//! and the unit that the heading states.

use crate::measures::{Measure, Scale, Unit, fold};

/// A heading taken apart.
#[derive(Clone, Debug, PartialEq)]
pub struct Heading {
    /// The name itself, folded: small letters, no space, no notes.
    pub base: String,
    /// The unit it states.
    pub unit: Option<Unit>,
    /// Whether it has notes beside the name and the unit.
    pub noted: bool,
}

/// How a heading came to be taken for a known name, best first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Match {
    /// Letter by letter.
    Exact,
    /// But for capitals, space and the width of signs.
    Alike,
    /// But for a unit.
    WithUnit,
    /// But for notes, a year, or a word like 数 at the end.
    WithNotes,
    /// As far as a shapefile keeps names.
    CutOff,
}

/// Brackets around units and notes.
const BRACKETS: &[(char, char)] = &[('(', ')'), ('（', '）'), ('[', ']'), ('［', '］'), ('【', '】'), ('〔', '〕')];
/// Words that stand before a part of another column.
const PART_OF: &[&str] = &["其中：", "其中:", "其中"];
/// Words that say no more than that a number follows.
const NUMBER_OF: &[&str] = &["数量", "总数", "数目", "总量", "数"];

impl Heading {
    /// Takes a heading apart.
    pub fn of(name: &str) -> Self {
        let mut rest = name.trim();
        let mut noted = false;
        for word in PART_OF {
            if let Some(after) = rest.strip_prefix(word).filter(|after| !after.is_empty()) {
                (rest, noted) = (after, true);
                break;
            }
        }
        let (outside, inside) = without_brackets(rest);
        let mut unit = None;
        for note in inside {
            let stated = note.trim().trim_start_matches("单位").trim_start_matches(['：', ':', ' ']);
            match Unit::parse(stated).filter(|_| unit.is_none()) {
                Some(stated) => unit = Some(stated),
                None => noted = true,
            }
        }
        let (base, after) = match (unit, unit_after(&outside)) {
            (None, Some((base, after))) => (base, Some(after)),
            _ => (outside.as_str(), unit),
        };
        let folded = fold(base);
        let plain = folded.trim_matches(['：', ':', '*', '、', '-', '_']);
        Self { base: plain.to_owned(), unit: after, noted: noted || plain.len() != folded.len() }
    }
}

/// A name in a file, prepared to be compared with many.
#[derive(Clone, Debug)]
pub struct NameInFile<'a> {
    /// The name.
    pub name: &'a str,
    folded: String,
    heading: Heading,
    bare: String,
    /// Whether it is of a length at which shapefiles cut names off.
    may_be_cut: bool,
}

impl<'a> NameInFile<'a> {
    /// Prepares a name.
    pub fn of(name: &'a str) -> Self {
        let heading = Heading::of(name);
        let may_be_cut = [utf8, gbk].into_iter().any(|bytes| {
            let length: usize = name.trim().chars().map(bytes).sum();
            // The next character would not fit: it has at most four bytes.
            (DBF_NAME - 3..=DBF_NAME).contains(&length)
        });
        Self { name, folded: fold(name), bare: bare(&heading.base).to_owned(), heading, may_be_cut }
    }

    /// How the column of a file matches a known name of a field that measures `measure`, and the scale that the heading
    /// states; `None` if it is another column.
    pub fn matches(&self, known: &KnownName<'_>, measure: Measure) -> Option<(Match, Option<Scale>)> {
        let stated = || self.heading.unit.and_then(|unit| unit.to(measure));
        if self.name == known.name {
            return Some((Match::Exact, stated()));
        }
        if self.folded == known.folded {
            return Some((Match::Alike, stated()));
        }
        let same = self.heading.base == known.folded;
        let nearly = !self.bare.is_empty() && self.bare == known.bare && !known.folded.is_ascii();
        if !same && !nearly {
            return (self.may_be_cut && is_cut_off(known.name, self.name)).then_some((Match::CutOff, None));
        }
        // A unit of something else makes it another column: 救护车（万元） is what they cost.
        let scale = match self.heading.unit {
            Some(unit) => Some(unit.to(measure)?),
            None => None,
        };
        let noted = self.heading.noted || !same || scale.is_none();
        Some((if noted { Match::WithNotes } else { Match::WithUnit }, scale))
    }
}

/// A known name, prepared to be compared with many.
#[derive(Clone, Debug)]
pub struct KnownName<'a> {
    /// The name.
    pub name: &'a str,
    folded: String,
    bare: String,
}

impl<'a> KnownName<'a> {
    /// Prepares a name.
    pub fn of(name: &'a str) -> Self {
        let folded = fold(name);
        Self { name, bare: bare(&folded).to_owned(), folded }
    }
}

/// A folded name without a year before it and a word like 数 after it.
fn bare(text: &str) -> &str {
    let year = text.find('年').filter(|at| is_year(&text[..*at]));
    let text = year.map_or(text, |at| text[at + '年'.len_utf8()..].trim_start_matches(['末', '底']));
    let end = NUMBER_OF.iter().find_map(|word| text.strip_suffix(word).filter(|start| !start.is_empty()));
    end.unwrap_or(text)
}

fn is_year(text: &str) -> bool {
    text.len() == 4 && text.bytes().all(|b| b.is_ascii_digit())
}

/// The text outside of brackets, and what stands inside.
fn without_brackets(text: &str) -> (String, Vec<String>) {
    let (mut outside, mut inside) = (String::new(), Vec::new());
    let mut open: Option<(char, String)> = None;
    for c in text.chars() {
        match &mut open {
            Some((close, note)) => {
                if c == *close {
                    inside.push(std::mem::take(note));
                    open = None;
                } else {
                    note.push(c);
                }
            }
            None => match BRACKETS.iter().find(|(start, _)| *start == c) {
                Some((_, close)) => open = Some((*close, String::new())),
                None => outside.push(c),
            },
        }
    }
    if let Some((_, note)) = open {
        inside.push(note);
    }
    (outside, inside)
}

/// A unit behind the name, after a slash, a comma or space: 人口/万人, "population, thousands".
fn unit_after(text: &str) -> Option<(&str, Unit)> {
    let text = text.trim();
    text.char_indices().filter(|(_, c)| matches!(c, '/' | '／' | ',' | '，' | ':' | '：' | ' ' | '\n' | '_')).find_map(
        |(at, c)| {
            let base = text[..at].trim();
            let unit = Unit::parse(&text[at + c.len_utf8()..])?;
            (!base.is_empty()).then_some((base, unit))
        },
    )
}

/// Bytes of a field's name in a shapefile (dBASE III).
const DBF_NAME: usize = 10;

fn utf8(c: char) -> usize {
    c.len_utf8()
}

fn gbk(c: char) -> usize {
    if c.is_ascii() { 1 } else { 2 }
}

/// Whether a name in a file is a known one cut off by a shapefile: whole characters beyond its ten bytes, in UTF-8 or in
/// GBK.
fn is_cut_off(known: &str, in_file: &str) -> bool {
    let (known, in_file) = (known.trim(), in_file.trim());
    if known.contains(':') && !in_file.contains(':') {
        // `motor_vehi` is `motor_vehicle`, not `motor_vehicle:forward`.
        return false;
    }
    let Some((start, rest)) = known.split_at_checked(in_file.len()) else { return false };
    if !start.eq_ignore_ascii_case(in_file) {
        return false;
    }
    let Some(next) = rest.chars().next() else { return false };
    let cut_off = |bytes: fn(char) -> usize| {
        let length: usize = in_file.chars().map(bytes).sum();
        length <= DBF_NAME && length + bytes(next) > DBF_NAME
    };
    cut_off(utf8) || cut_off(gbk)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_as_tables_write_them() {
        use Match::{Alike, Exact, WithNotes, WithUnit};
        use Measure::{People, Seconds, Things};
        for (name, known, measure, wanted) in [
            ("人口", "人口", People, Some((Exact, None))),
            (" POPULATION ", "population", People, Some((Alike, None))),
            ("人口\n（万人）", "人口", People, Some((WithUnit, Some(Scale::Times(1e4))))),
            ("人口（单位：万人）", "人口", People, Some((WithUnit, Some(Scale::Times(1e4))))),
            ("人口/万人", "人口", People, Some((WithUnit, Some(Scale::Times(1e4))))),
            ("2023年末常住人口(人)", "常住人口", People, Some((WithNotes, Some(Scale::Times(1.0))))),
            ("常住\n人口", "常住人口", People, Some((Alike, None))),
            ("人口（人/km²）", "人口", People, Some((WithUnit, Some(Scale::PerKm2(1.0))))),
            ("人口（户）", "人口", People, None),
            ("人口（户籍）", "人口", People, Some((WithNotes, None))),
            ("救护车（辆）", "救护车", Things, Some((WithUnit, Some(Scale::Times(1.0))))),
            ("救护车数", "救护车数量", Things, Some((WithNotes, None))),
            ("其中：负压救护车（辆）", "负压救护车", Things, Some((WithNotes, Some(Scale::Times(1.0))))),
            ("救护车（万元）", "救护车", Things, None),
            ("出车时间（分钟）", "出车时间", Seconds, Some((WithUnit, Some(Scale::Times(60.0))))),
            ("population (thousands)", "population", People, Some((WithUnit, Some(Scale::Times(1e3))))),
            ("负压救护车", "救护车", Things, None),
            ("车", "车数", Things, Some((WithNotes, None))),
        ] {
            assert_eq!(NameInFile::of(name).matches(&KnownName::of(known), measure), wanted, "{name}");
        }
    }

    #[test]
    fn names_as_shapefiles_cut_them() {
        for (known, in_file, cut) in [
            ("negative_pressure", "negative_p", true),
            ("decontamination", "DECONTAMIN", true),
            // Ten bytes hold three Chinese characters.
            ("负压救护车", "负压救", true),
            ("救护车数量", "救护车", true),
            // And five in GBK.
            ("标准化洗消中心", "标准化洗消", true),
            // A shapefile has room for more than this.
            ("negative_pressure", "negative", false),
            ("负压救护车", "负压", false),
            ("ambulances", "ambulance", false),
            ("negative_pressure", "negative_pressures", false),
            ("level", "", false),
        ] {
            assert_eq!(is_cut_off(known, in_file), cut, "{known} {in_file}");
        }
    }
}
