//! Whether a clause of a plan states a quantity of the health system.
//!
//! In: a clause of Chinese text. Out: yes or no. A quantity is a number, in digits or in characters, right before a unit in
//! which institutions, beds, staff, vehicles, minutes, kilometres and shares are counted; or a word for all of them
//! (全部, 全覆盖), which is a share of 100 %. Money, floor space, ages, years and dates are none.

/// Units behind a number in digits.
const UNITS: [&str; 24] = [
    "张", "床", "家", "所", "个", "处", "间", "台", "辆", "座", "支", "名", "人", "位", "管", "分钟", "公里", "千米",
    "%", "％", "‰", "/10万", "1/10万", "/万",
];

/// Units behind a number in characters: 一人 and 百人 are not counted, they are parts of other words.
const UNITS_OF_CHARACTERS: [&str; 13] =
    ["张", "家", "所", "个", "处", "间", "台", "辆", "座", "支", "名", "分钟", "公里"];

/// What a unit of [`UNITS`] is the beginning of, and then is no unit of the health system.
const OTHER_WORDS: [&str; 5] = ["个月", "个百分点", "个工作日", "位数", "人次"];

/// Words for a share: a fraction, or all of them.
const SHARES: [&str; 15] = [
    "之一",
    "一半",
    "半数",
    "全覆盖",
    "全部",
    "均有",
    "村村有",
    "每个区",
    "每个县",
    "每个镇",
    "每个街道",
    "每个乡镇",
    "每个行政村",
    "每个村",
    "每个社区",
];

/// Cells of a table that hold nothing but the unit of the row.
const UNIT_CELLS: [&str; 9] = ["张", "人", "名", "个", "家", "%", "％", "‰", "1/10万"];

/// Whether a clause states a quantity of the health system.
#[must_use]
pub fn states_a_quantity(clause: &str) -> bool {
    if SHARES.iter().any(|word| clause.contains(word)) {
        return true;
    }
    let mut before = ' ';
    let mut rest = clause;
    while let Some(first) = rest.chars().next() {
        if let Some((number, behind)) = number_at_start(rest) {
            if before != '第' && unit_at_start(behind, number) {
                return true;
            }
            before = ' ';
            rest = behind;
        } else {
            before = first;
            rest = &rest[first.len_utf8()..];
        }
    }
    false
}

/// Whether the row of a table states a quantity: as prose does, or by a number in one cell and its unit in another.
#[must_use]
pub fn row_states_a_quantity(cells: &[&str]) -> bool {
    let has_unit = cells.iter().any(|cell| UNIT_CELLS.contains(cell));
    let has_number = cells.iter().any(|cell| cell.starts_with(|c: char| c.is_ascii_digit()));
    has_unit && has_number || cells.iter().any(|cell| states_a_quantity(cell))
}

/// How a number is written.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Written {
    InDigits,
    InCharacters,
    AsItem,
}

/// The number that a text begins with, and what stands behind it.
fn number_at_start(text: &str) -> Option<(Written, &str)> {
    let digits = text.trim_start_matches(|c: char| c.is_ascii_digit() || matches!(c, '.' | '０'..='９'));
    if digits.len() < text.len() {
        // The number of an item, `1.`, counts nothing.
        let item = text[..text.len() - digits.len()].ends_with('.');
        return Some((if item { Written::AsItem } else { Written::InDigits }, digits));
    }
    let characters = text.trim_start_matches(is_numeral);
    (characters.len() < text.len()).then_some((Written::InCharacters, characters))
}

fn is_numeral(c: char) -> bool {
    matches!(c, '一' | '二' | '两' | '三' | '四' | '五' | '六' | '七' | '八' | '九' | '十' | '百' | '千')
}

/// Whether a unit stands here, behind 万, 余 and the like.
fn unit_at_start(text: &str, number: Written) -> bool {
    let text = text.trim_start_matches(['万', '亿', '余', '多', '几', ' ']);
    let units: &[&str] = match number {
        Written::InDigits => &UNITS,
        Written::InCharacters => &UNITS_OF_CHARACTERS,
        Written::AsItem => return false,
    };
    units.iter().any(|unit| text.starts_with(unit)) && !OTHER_WORDS.iter().any(|word| text.starts_with(word))
}
