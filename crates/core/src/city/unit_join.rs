//! Which unit a record without a place belongs to.
//!
//! In: units, and what a record says of its unit. Out: [`UnitJoin`]. Codes come as numbers, padded, with separators, with a
//! decimal `.0`, and with 6, 9 or 12 digits (GB/T 2260 and the statistical codes are prefixes of each other); a record is
//! joined where that leaves one unit of a level, else it is nobody's.

use lifering_base::records::Unit;
use lifering_base::records::attributes::{Attributes, Scalar};
use std::collections::BTreeMap;

/// How a record was joined to a unit, the surest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum JoinedBy {
    /// The word is the id or the name of the unit.
    Word,
    /// The codes are the same, written differently.
    Code,
    /// The code is that of a place within the unit.
    CodeWithin,
    /// The name of the record is the name of the unit.
    Name,
}

/// The unit of a record.
#[derive(Clone, Debug, PartialEq)]
pub enum UnitJoin {
    /// The record names none, or names the region as a whole: it may belong to any unit.
    Any,
    /// Units of different levels (positions in the layer), each the only one of its level that fits.
    Units(Vec<(u32, JoinedBy)>),
    /// It names a unit that there is not, or that several might be.
    Unknown,
    /// So does every record of its layer: the layer speaks of other units than the region has, and a record of it may
    /// belong to any.
    NoneFits,
}

/// Units by what records may call them.
#[derive(Debug)]
pub struct UnitNames<'a> {
    /// Level, words and code of each unit.
    units: Vec<(Option<&'a str>, [String; 2], Option<String>)>,
    /// What the region is called.
    region: String,
}

impl<'a> UnitNames<'a> {
    /// The units of a region of that name.
    pub fn new(units: &'a [Unit], region: &str) -> Self {
        let unit = |unit: &'a Unit| (unit.level.as_deref(), [plain(&unit.id), plain(&unit.name)], code(&unit.id));
        Self { units: units.iter().map(unit).collect(), region: plain(region) }
    }

    /// The unit of a record with a name and attributes.
    pub fn join(&self, name: &str, attributes: &BTreeMap<String, Scalar>) -> UnitJoin {
        let word = match attributes.attribute("unit") {
            Some(Scalar::Text(word)) => plain(word),
            Some(Scalar::Number(number)) => number.to_string(),
            Some(Scalar::Bool(_)) | None => String::new(),
        };
        if self.units.is_empty() {
            return UnitJoin::Any;
        }
        let wanted = code(&word);
        let name = plain(name);
        let mut levels: BTreeMap<Option<&str>, Vec<(JoinedBy, u32)>> = BTreeMap::new();
        for (position, (level, words, own)) in self.units.iter().enumerate() {
            let by_code = || code_fit(wanted.as_deref()?, own.as_deref()?);
            let by = if !word.is_empty() && words.contains(&word) {
                Some(JoinedBy::Word)
            } else if let Some(by) = by_code() {
                Some(by)
            } else {
                (!name.is_empty() && words[1] == name).then_some(JoinedBy::Name)
            };
            if let Some(by) = by {
                levels.entry(*level).or_default().push((by, position as u32));
            }
        }
        let surest = |mut found: Vec<(JoinedBy, u32)>| {
            found.sort_unstable();
            match found[..] {
                [(by, unit)] => Some((unit, by)),
                [(by, unit), (next, _), ..] if by < next => Some((unit, by)),
                _ => None,
            }
        };
        let joined: Vec<(u32, JoinedBy)> = levels.into_values().filter_map(surest).collect();
        match joined.is_empty() {
            false => UnitJoin::Units(joined),
            true if word.is_empty() || word == self.region => UnitJoin::Any,
            true => UnitJoin::Unknown,
        }
    }
}

/// A word without the space in and around it and without the width of its characters.
fn plain(word: &str) -> String {
    let narrow = |c: char| match c {
        '！'..='～' => char::from_u32(c as u32 - 0xFEE0).unwrap_or(c),
        other => other,
    };
    word.chars().filter(|c| !c.is_whitespace()).map(narrow).collect()
}

/// The digits of a code, however it is written; `None` if the word is no code.
fn code(word: &str) -> Option<String> {
    const SEPARATORS: [char; 6] = ['-', '_', '.', ',', '\'', '·'];
    let word = plain(word);
    let number = word.parse::<f64>().ok().filter(|n| n.fract() == 0.0 && (0.0..1e15).contains(n));
    if let Some(number) = number.filter(|_| word.bytes().any(|b| !b.is_ascii_digit())) {
        return Some(format!("{number:.0}"));
    }
    let digits: String = word.chars().filter(|c| !SEPARATORS.contains(c)).collect();
    let all = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
    all.then(|| digits.trim_start_matches('0').to_owned()).filter(|digits| !digits.is_empty())
}

/// The digits of an administrative code that say something: a county has 6, a town 9, a village 12, and shorter ones are
/// filled up with zeros. Others are taken whole.
fn significant(code: &str) -> &str {
    let town = if code.len() == 12 { code.strip_suffix("000").unwrap_or(code) } else { code };
    if town.len() == 9 { town.strip_suffix("000").unwrap_or(town) } else { town }
}

fn code_fit(record: &str, unit: &str) -> Option<JoinedBy> {
    let (record, unit) = (significant(record), significant(unit));
    let administrative = |code: &str| matches!(code.len(), 6 | 9 | 12);
    if record == unit {
        return Some(JoinedBy::Code);
    }
    let within = administrative(record) && administrative(unit) && record.starts_with(unit);
    within.then_some(JoinedBy::CodeWithin)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unit(id: &str, name: &str, level: &str) -> Unit {
        Unit {
            feature: 0,
            id: id.to_owned(),
            name: name.to_owned(),
            level: Some(level.to_owned()),
            population: None,
            area: None,
            attributes: BTreeMap::new(),
        }
    }

    fn joined(units: &[Unit], stated: impl Into<Scalar>, name: &str) -> UnitJoin {
        let attributes = BTreeMap::from([("unit".to_owned(), stated.into())]);
        UnitNames::new(units, "晋江市").join(name, &attributes)
    }

    #[test]
    fn codes_as_files_write_them() {
        let units = [unit("350582001", "青阳街道", "town"), unit("350582002", "梅岭街道", "town")];
        for (stated, by) in [
            ("350582001", JoinedBy::Word),
            (" 350582001 ", JoinedBy::Word),
            ("３５０５８２００１", JoinedBy::Word),
            ("青阳街道", JoinedBy::Word),
            ("350582001.0", JoinedBy::Code),
            ("3.50582001E8", JoinedBy::Code),
            ("350-582-001", JoinedBy::Code),
            ("350582.001", JoinedBy::Code),
            ("000350582001", JoinedBy::Code),
            ("350582001000", JoinedBy::Code),
            ("350582001003", JoinedBy::CodeWithin),
        ] {
            assert_eq!(joined(&units, Scalar::Text(stated.to_owned()), ""), UnitJoin::Units(vec![(0, by)]), "{stated}");
        }
        let number = |n: f64| joined(&units, Scalar::Number(n), "");
        assert_eq!(number(350_582_002.0), UnitJoin::Units(vec![(1, JoinedBy::Word)]));
        assert_eq!(number(350_582_002_000.0), UnitJoin::Units(vec![(1, JoinedBy::Code)]));
        for stranger in ["350582003", "35058200", "T9", "350582"] {
            assert_eq!(joined(&units, Scalar::Text(stranger.to_owned()), ""), UnitJoin::Unknown, "{stranger}");
        }
    }

    #[test]
    fn twelve_digits_of_the_units_and_six_of_the_district() {
        let units = [unit("350582001000", "青阳街道", "town"), unit("350582000000", "晋江", "district")];
        let text = |word: &str| joined(&units, Scalar::Text(word.to_owned()), "");
        // Levels by name: the district comes first.
        assert_eq!(text("350582001"), UnitJoin::Units(vec![(1, JoinedBy::CodeWithin), (0, JoinedBy::Code)]));
        assert_eq!(text("350582"), UnitJoin::Units(vec![(1, JoinedBy::Code)]));
    }

    #[test]
    fn a_name_is_the_last_resort_and_what_is_unclear_is_nobodys() {
        let units = [unit("1", "东村", "village"), unit("2", "西村", "village"), unit("3", "西村", "village")];
        let text = |word: &str, name: &str| joined(&units, Scalar::Text(word.to_owned()), name);
        assert_eq!(text("0099", "东村"), UnitJoin::Units(vec![(0, JoinedBy::Name)]));
        assert_eq!(text("", "东村"), UnitJoin::Units(vec![(0, JoinedBy::Name)]));
        assert_eq!(text("西村", ""), UnitJoin::Unknown, "two of one name");
        assert_eq!(text("晋江市", ""), UnitJoin::Any, "the region itself");
        assert_eq!(text("", "急救知识"), UnitJoin::Any);
        assert_eq!(joined(&[], Scalar::Text("T1".to_owned()), ""), UnitJoin::Any);
    }
}
