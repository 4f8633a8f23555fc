//! Suggestions for a name that is not known.
//!
//! In: the name and all known ones. Out: the known name most like it, or a sentence of help.

/// The known name most like `found` by Jaro-Winkler similarity; `None` if none is like it.
#[must_use]
pub fn nearest<'a>(found: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    // Below this likeness (0 to 1) a suggestion confuses more than it helps.
    const LIKE_ENOUGH: f64 = 0.8;
    let lower = found.to_lowercase();
    let mut best: Option<(f64, &str)> = None;
    for name in known {
        let likeness = strsim::jaro_winkler(&lower, &name.to_lowercase());
        if likeness >= LIKE_ENOUGH && best.is_none_or(|(top, _)| likeness > top) {
            best = Some((likeness, name));
        }
    }
    best.map(|(_, name)| name)
}

/// A sentence of help: the nearest known name, if there is one, and all known names.
#[must_use]
pub fn help(found: &str, known: &[&str]) -> String {
    let all = known.join(", ");
    match nearest(found, known.iter().copied()) {
        Some(name) => format!("did you mean `{name}`? Known here: {all}"),
        None if known.is_empty() => "nothing is known here".to_owned(),
        None => format!("known here: {all}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_of_the_pen_finds_the_word_that_was_meant() {
        let known = ["stations", "facilities", "aeds"];
        assert_eq!(nearest("statoins", known), Some("stations"));
        assert_eq!(nearest("Facility", known), Some("facilities"));
        assert_eq!(nearest("zzz", known), None);
        assert_eq!(help("zzz", &known), "known here: stations, facilities, aeds");
    }
}
