//! Administrative units.

use super::attributes::{Attributes, Scalar};
use geo::MultiPolygon;
use std::cmp::Ordering;
use std::collections::BTreeMap;

/// An administrative unit.
#[derive(Clone, Debug, PartialEq)]
pub struct Unit {
    /// Position of the feature in the file, counted from 0.
    pub feature: usize,
    /// Id, unique within its level; the name if it has none, the position in the file without either.
    pub id: String,
    /// Name; the id if it has none.
    pub name: String,
    /// `district`, `town`, `village`, `sub_center_area`, or the file's own word; `None` if not known.
    pub level: Option<String>,
    /// Number of people; `None` if not known.
    pub population: Option<f64>,
    /// Area in degrees; `None` if the unit is named but its ground could not be read. Such a unit is still asked by the
    /// rules, and they cannot judge it.
    pub area: Option<MultiPolygon<f64>>,
    /// Attributes by name.
    pub attributes: BTreeMap<String, Scalar>,
}

impl Attributes for Unit {
    fn attribute(&self, name: &str) -> Option<&Scalar> {
        self.attributes.get(name)
    }
}

/// The order of ids, by which a place that several units hold goes to one of them (definitions.md section 1): whole numbers
/// by their value and before all others, others by their characters. It does not depend on the order of features.
pub fn compare_ids(a: &str, b: &str) -> Ordering {
    let number = |id: &str| id.parse::<u64>().ok().filter(|_| id.bytes().all(|byte| byte.is_ascii_digit()));
    match (number(a), number(b)) {
        (Some(x), Some(y)) => x.cmp(&y).then_with(|| a.cmp(b)),
        (Some(_), None) => Ordering::Less,
        (None, Some(_)) => Ordering::Greater,
        (None, None) => a.cmp(b),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_come_by_value_and_before_words() {
        let mut ids = ["U10", "10", "9", "U9", "350582001", "", "09"];
        ids.sort_by(|a, b| compare_ids(a, b));
        assert_eq!(ids, ["09", "9", "10", "350582001", "", "U10", "U9"]);
    }
}
