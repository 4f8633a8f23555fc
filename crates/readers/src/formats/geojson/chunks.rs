//! A `FeatureCollection` in one pass, in parallel.
//!
//! In: text. Out: the same as in two passes ([`super::whole`]), or `None` if the text is anything else or anything is
//! wrong with it. The text is cut at what looks like the beginning of a feature. Each chunk is read feature by feature and must end
//! exactly where the next one begins; so, by induction from the first one, every cut lies between two features.

use super::feature::{FeatureRead, strict};
use super::{FeatureNotes, TextRead, TopLevel, one};
use crate::feature::RawFeature;
use crate::properties::PropertiesReader;
use rayon::prelude::*;
use serde_json::value::RawValue;

/// Size of a chunk: enough chunks to share the work, few enough that their number costs nothing.
const CHUNK_BYTES: usize = 1 << 18;
/// Length of a feature in which its first name is looked for; beyond it, the text is not cut.
const FIRST_NAME_BYTES: usize = 80;

/// The `type` of a feature.
const TYPE: &[u8] = b"\"Feature\"";

/// Reads a `FeatureCollection` without any fault.
pub(super) fn read(text: &str) -> Option<TextRead> {
    read_in(text, CHUNK_BYTES)
}

fn read_in(text: &str, chunk_bytes: usize) -> Option<TextRead> {
    let open = features_at(text)?;
    let cuts = cuts(text, open, chunk_bytes);
    let chunks: Vec<Chunk> = cuts
        .par_iter()
        .enumerate()
        .map(|(i, from)| chunk(text, *from, cuts.get(i + 1).copied()))
        .collect::<Option<_>>()?;
    let end = chunks.last()?.end;
    let shell = format!("{}{}", &text[..open], &text[end..]);
    let top: TopLevel<'_> = serde_json::from_str(&shell).ok()?;
    let shell = one(top, &shell).ok().filter(|shell| shell.form.is_none())?;
    let mut notes = Vec::new();
    let mut features: Vec<RawFeature> = Vec::with_capacity(chunks.iter().map(|c| c.features.len()).sum());
    for mut chunk in chunks {
        let before = features.len();
        chunk.features.iter_mut().for_each(|f| f.index += before);
        notes.extend(chunk.notes.into_iter().map(|n| FeatureNotes { feature: n.feature + before, ..n }));
        features.append(&mut chunk.features);
    }
    Some(TextRead { format: shell.format, form: None, crs: shell.crs, features, notes })
}

/// Just behind the bracket that opens the array of features: the value of the first member of that name.
///
/// The text before it may be wrong in any way; but if it is the beginning of an object, then this is right.
fn features_at(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let (mut depth, mut at) = (0_usize, 0);
    while at < bytes.len() {
        match bytes[at] {
            b'"' => {
                let from = at + 1;
                at = from;
                while *bytes.get(at)? != b'"' {
                    at += if bytes[at] == b'\\' { 2 } else { 1 };
                }
                if depth == 1 && text.get(from..at) == Some("features") {
                    let value = space(text, at + 1);
                    if bytes.get(value) == Some(&b':') {
                        let value = space(text, value + 1);
                        return (bytes.get(value) == Some(&b'[')).then_some(value + 1);
                    }
                }
            }
            b'{' | b'[' => depth += 1,
            b'}' | b']' if depth > 1 => depth -= 1,
            b'}' | b']' => return None,
            _ => {}
        }
        at += 1;
    }
    None
}

/// The first byte from `at` on that is no space.
fn space(text: &str, at: usize) -> usize {
    let rest = text.as_bytes().get(at..).unwrap_or_default();
    at + rest.iter().take_while(|b| matches!(b, b' ' | b'\t' | b'\r' | b'\n')).count()
}

/// Offsets of the chunks: the first feature, then every `chunk_bytes` a text that begins as the first feature does.
fn cuts(text: &str, open: usize, chunk_bytes: usize) -> Vec<usize> {
    let first = space(text, open);
    let mut cuts = vec![first];
    let head = text.as_bytes().get(first..).unwrap_or_default();
    let colon = head.iter().take(FIRST_NAME_BYTES).position(|b| *b == b':');
    let Some(colon) = colon else { return cuts };
    let value = space(text, first + colon + 1);
    let is_type = text.as_bytes()[value..].starts_with(TYPE);
    let Some(beginning) = text.get(first..value + if is_type { TYPE.len() } else { 0 }) else { return cuts };
    let mut from = first + chunk_bytes;
    while from < text.len() {
        // Not within a character.
        let Some(rest) = text.get(from..) else {
            from += 1;
            continue;
        };
        let Some(found) = rest.match_indices(beginning).map(|(at, _)| from + at).find(|at| follows_feature(text, *at))
        else {
            break;
        };
        cuts.push(found);
        from = found + chunk_bytes;
    }
    cuts
}

/// True if the text before `at` may be the end of a feature, and the text after it the beginning of another.
fn follows_feature(text: &str, at: usize) -> bool {
    let Some(before) = text[..at].trim_end().strip_suffix(',') else { return false };
    before.trim_end().ends_with('}') && !text[at..].starts_with(|c: char| c.is_whitespace())
}

/// Some features, their positions counted from the first of them.
struct Chunk {
    features: Vec<RawFeature>,
    notes: Vec<FeatureNotes>,
    /// Offset of the next chunk, or of the bracket that ends the array.
    end: usize,
}

/// Reads features from `from` to exactly `to`, or to the end of the array.
fn chunk(text: &str, from: usize, to: Option<usize>) -> Option<Chunk> {
    let mut names = PropertiesReader::default();
    let mut chunk = Chunk { features: Vec::new(), notes: Vec::new(), end: from };
    let bytes = text.as_bytes();
    if to.is_none() && bytes.get(from) == Some(&b']') {
        return Some(chunk);
    }
    loop {
        let (found, end) = feature(chunk.features.len(), &text[chunk.end..], &mut names)?;
        let (feature, notes) = FeatureNotes::part(found);
        chunk.features.push(feature);
        chunk.notes.extend(notes);
        let after = space(text, chunk.end + end);
        match (bytes.get(after)?, to) {
            (b',', _) => chunk.end = space(text, after + 1),
            (b']', None) => {
                chunk.end = after;
                return Some(chunk);
            }
            _ => return None,
        }
        match to {
            Some(to) if chunk.end == to => return Some(chunk),
            Some(to) if chunk.end > to => return None,
            _ => {}
        }
    }
}

/// The feature that `text` begins with and where it ends.
fn feature(index: usize, text: &str, names: &mut PropertiesReader) -> Option<(FeatureRead, usize)> {
    if let Ok(found) = strict(index, text, names) {
        return Some(found);
    }
    let mut values = serde_json::Deserializer::from_str(text).into_iter::<&RawValue>();
    let raw = values.next()?.ok()?.get();
    Some((super::feature::read(index, raw, names).ok()?, values.byte_offset()))
}

#[cfg(test)]
mod tests {
    use super::super::whole;
    use super::*;
    use proptest::prelude::*;
    use proptest::sample::Index;

    /// Features as files have them, the first ones nothing but correct.
    const FEATURES: [&str; 18] = [
        r#"{"type":"Feature","id":7,"geometry":{"type":"Point","coordinates":[118.5,24.7]},"properties":{"人口":3}}"#,
        r#"{"type":"Feature","properties":{"a":-0,"b":[1,{"c":null}],"a b":"x\"},{"},"geometry":null}"#,
        r#"{ "type" : "Feature", "geometry":{"coordinates":[[1,2.5e-3,9],[3,4]],"type":"LineString"},"bbox":[1,2]}"#,
        r#"{"id":"w1","type":"Feature","geometry":{"type":"MultiPolygon","coordinates":[[[[1,2],[3,4],[5,6],[1,2]]]]}}"#,
        r#"{"type":"Point","coordinates":[0.1,117.999900]}"#,
        r#"{"type":"Feature","properties":null,"geometry":{"type":"Point","coordinates":[]}}"#,
        // Names that stand twice.
        r#"{"type":"Feature","properties":{"a":1,"b":2,"a":3,"\u0061":4},"geometry":null}"#,
        // What only seems to be the beginning of features.
        r#"{"type":"Feature","properties":{"a":[{"b":1},{"type":"Feature","x":1},{"type":"Feature"}]},"geometry":null}"#,
        r#"{"type":"Feature","properties":{"a":"},{\"type\":\"Feature\"},{"},"geometry":null}"#,
        r#"{"type":"Feature","geometry":{"type":"GeometryCollection","geometries":[{"type":"Point","coordinates":[1,2]},{"type":"Point","coordinates":[3,4]}]}}"#,
        r#"{"type":"Feature","features":[{"type":"Feature"},{"type":"Feature"}],"geometry":null}"#,
        // What needs patience, or cannot be read at all.
        r#"{"type":"Feature","properties":{"a":1e999},"geometry":null}"#,
        r#"{"type":"Feature","geometry":{"type":"Point","coordinates":["118.5"," 24.7"]},"properties":{"a":1,"a":2}}"#,
        r#"{"type":"Feature","geometry":{"type":"Point","coordinates":["east",1]}}"#,
        r#"{"type":"Feature","properties":{"a":NaN},"geometry":null}"#,
        r#"{"type":"Feature","geometry":null,"geometry":null}"#,
        r#"{"type":"Fee"}"#,
        "null",
    ];
    /// How many of them are correct.
    const CORRECT: usize = 11;
    /// What stands before the features and behind them.
    const AROUND: [(&str, &str); 7] = [
        (r#"{"type":"FeatureCollection","features":["#, "]}"),
        ("{ \"name\" : \"\\\"features\\\":[\" ,\n\"features\" :\t[ ", " ] , \"type\":\"FeatureCollection\" }\n"),
        (
            r#"{"type":"FeatureCollection","crs":{"type":"name","properties":{"name":"CRS84"}},"features":["#,
            r#"],"x":{}}"#,
        ),
        (r#"{"meta":{"features":[1,{"type":"Feature"}]},"features":["#, r#"],"type":"FeatureCollection","crs":null}"#),
        (r#"{"type":"FeatureCollection","features":["#, r#"],"features":[]}"#),
        (r#"{"type":"Feature","geometry":null,"features":["#, "]}"),
        ("[", "]"),
    ];
    /// How many of them are collections and correct.
    const COLLECTIONS: usize = 4;
    const BETWEEN: [&str; 3] = [",", " ,\r\n\t", ",\n"];

    /// One pass must agree with two passes, or give up.
    fn agree(text: &str, chunk_bytes: usize) -> Result<bool, TestCaseError> {
        let Some(one) = read_in(text, chunk_bytes) else { return Ok(false) };
        let two = whole("f.geojson", text).map_err(|e| TestCaseError::fail(format!("{e}: {text}")))?;
        prop_assert_eq!(one.features, two.features, "{}", text);
        prop_assert_eq!(one.notes, two.notes, "{}", text);
        prop_assert_eq!(one.crs, two.crs, "{}", text);
        prop_assert!(two.form.is_none() && one.form.is_none() && one.format == two.format, "{}", text);
        Ok(true)
    }

    fn text(features: &[usize], around: usize, between: usize) -> String {
        let all: Vec<&str> = features.iter().map(|f| FEATURES[*f]).collect();
        format!("{}{}{}", AROUND[around].0, all.join(BETWEEN[between]), AROUND[around].1)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]

        #[test]
        fn correct_collections_are_read_in_one_pass(
            features in prop::collection::vec(0..CORRECT, 0..9), around in 0..COLLECTIONS, between in 0..BETWEEN.len(),
        ) {
            prop_assert!(agree(&text(&features, around, between), usize::MAX / 2)?);
        }

        #[test]
        fn chunks_of_any_size_give_the_same(
            features in prop::collection::vec(0..FEATURES.len(), 0..9), around in 0..AROUND.len(),
            between in 0..BETWEEN.len(), chunk_bytes in 1..400_usize,
        ) {
            agree(&text(&features, around, between), chunk_bytes)?;
        }

        #[test]
        fn damaged_text_gives_the_same(
            features in prop::collection::vec(0..FEATURES.len(), 1..5), around in 0..AROUND.len(),
            chunk_bytes in 1..400_usize,
            damage in prop::collection::vec((any::<Index>(), 0..3_usize, prop::sample::select(vec![
                "{", "}", "[", "]", ",", ":", "\"", "\\", " ", "0", "-", "e", "é", "\u{1e}", "\"features\":[", "},{",
            ])), 1..4),
        ) {
            let mut text = text(&features, around, 0);
            for (at, cut, more) in damage {
                let places: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
                let at = at.index(places.len());
                let end = places[(at + cut).min(places.len() - 1)];
                text.replace_range(places[at]..end, more);
            }
            agree(&text, chunk_bytes)?;
        }
    }

    #[test]
    fn cuts_are_found_and_kept_to() {
        let features: Vec<usize> = (0..40).map(|_| 0).collect();
        let text = text(&features, 0, 1);
        let open = features_at(&text).unwrap();
        let cuts = cuts(&text, open, 200);
        assert!((10..=20).contains(&cuts.len()), "{}", cuts.len());
        let ends: Option<Vec<usize>> = cuts
            .iter()
            .enumerate()
            .map(|(i, from)| chunk(&text, *from, cuts.get(i + 1).copied()).map(|c| c.end))
            .collect();
        let mut wanted = cuts[1..].to_vec();
        wanted.push(text.len() - 2);
        assert_eq!(ends, Some(wanted));
        // A chunk that does not end where the next one begins is no chunk.
        assert!(chunk(&text, cuts[0], Some(cuts[1] + 1)).is_none());
        assert!(chunk(&text, cuts[0], Some(cuts[1] - 1)).is_none());
    }
}
