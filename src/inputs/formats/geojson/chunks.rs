//! A `FeatureCollection` in one pass, in parallel.
//!
//! In: text. Out: the same as in two passes ([`super::whole`]), or `None` where the text is anything else or anything is
//! wrong with it. The text is cut where features seem to begin. Each chunk is read feature by feature and must end
//! exactly where the next one begins; so, by induction from the first one, every cut lies between two features.

use super::feature::{Found, strict};
use super::{Noticed, Read, Top, one};
use crate::inputs::formats::RawFeature;
use crate::inputs::properties::PropertiesReader;
use rayon::prelude::*;
use serde_json::value::RawValue;

/// About this much text is read at once: enough chunks to share the work, few enough to need no care.
const CHUNK_BYTES: usize = 1 << 18;
/// A name this far into a feature or farther does not tell where features begin.
const FIRST_NAME_BYTES: usize = 80;

/// What a feature says it is.
const TYPE: &[u8] = b"\"Feature\"";

/// Reads a `FeatureCollection` that is nothing but correct.
pub(super) fn read(text: &str) -> Option<Read> {
    read_in(text, CHUNK_BYTES)
}

fn read_in(text: &str, chunk_bytes: usize) -> Option<Read> {
    let open = features_at(text)?;
    let cuts = cuts(text, open, chunk_bytes);
    let chunks: Vec<Chunk> = cuts
        .par_iter()
        .enumerate()
        .map(|(i, from)| chunk(text, *from, cuts.get(i + 1).copied()))
        .collect::<Option<_>>()?;
    let end = chunks.last()?.end;
    let shell = format!("{}{}", &text[..open], &text[end..]);
    let top: Top<'_> = serde_json::from_str(&shell).ok()?;
    let shell = one(top, &shell).ok().filter(|shell| shell.form.is_none())?;
    let mut noticed = Vec::new();
    let mut features: Vec<RawFeature> = Vec::with_capacity(chunks.iter().map(|c| c.features.len()).sum());
    for mut chunk in chunks {
        let before = features.len();
        chunk.features.iter_mut().for_each(|f| f.index += before);
        noticed.extend(chunk.noticed.into_iter().map(|n| Noticed { feature: n.feature + before, ..n }));
        features.append(&mut chunk.features);
    }
    Some(Read { format: shell.format, form: None, crs: shell.crs, features, noticed })
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

/// Where to begin reading: the first feature, and every `chunk_bytes` what begins as the first one does.
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

/// True where the text before `at` may be the end of a feature, and the one behind it the beginning of another.
fn follows_feature(text: &str, at: usize) -> bool {
    let Some(before) = text[..at].trim_end().strip_suffix(',') else { return false };
    before.trim_end().ends_with('}') && !text[at..].starts_with(|c: char| c.is_whitespace())
}

/// Some features, their positions counted from the first of them.
struct Chunk {
    features: Vec<RawFeature>,
    noticed: Vec<Noticed>,
    /// Where the next chunk begins, or the bracket that ends the array.
    end: usize,
}

/// Reads features from `from` to exactly `to`, or to the end of the array.
fn chunk(text: &str, from: usize, to: Option<usize>) -> Option<Chunk> {
    let mut names = PropertiesReader::default();
    let mut chunk = Chunk { features: Vec::new(), noticed: Vec::new(), end: from };
    let bytes = text.as_bytes();
    if to.is_none() && bytes.get(from) == Some(&b']') {
        return Some(chunk);
    }
    loop {
        let (found, end) = feature(chunk.features.len(), &text[chunk.end..], &mut names)?;
        let (feature, noticed) = Noticed::part(found);
        chunk.features.push(feature);
        chunk.noticed.extend(noticed);
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
fn feature(index: usize, text: &str, names: &mut PropertiesReader) -> Option<(Found, usize)> {
    if let Ok(found) = strict(index, text, names) {
        return Some(found);
    }
    let mut values = serde_json::Deserializer::from_str(text).into_iter::<&RawValue>();
    let raw = values.next()?.ok()?.get();
    Some((super::feature::read(index, raw, names).ok()?, values.byte_offset()))
}
