//! Bytes -> text, whatever the encoding.
//!
//! In: the bytes of a text file and perhaps the encoding that region.toml states. Out: the text and the name of the
//! encoding it was in. Bytes of uncertain encoding are refused.

use encoding_rs::{Encoding, GB18030, UTF_8, UTF_16BE, UTF_16LE};
use lifering_base::error::{InputError, Place};
use lifering_base::{Message, message};
use serde::de::Error;
use serde::{Deserialize, Deserializer};
use std::borrow::Cow;

/// The text of a file.
#[derive(Debug)]
pub struct DecodedText<'a> {
    /// Without byte-order mark.
    pub text: Cow<'a, str>,
    /// Name of the encoding, `UTF-8` or another.
    pub encoding: &'static str,
    /// True if neither the file nor region.toml states the encoding: GBK is recognised by its bytes alone.
    pub guessed: bool,
}

/// Name of an encoding, as [`decode`] gives it.
pub type EncodingName = &'static str;

/// Name of the encoding of a text that is recognised as GBK by its bytes alone.
const GUESSED_GBK: &str = "GB18030 (GBK)";

/// Reads the name of an encoding that [`decode`] gave.
pub(crate) fn deserialize_name<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<EncodingName>, D::Error> {
    let Some(name) = Option::<String>::deserialize(deserializer)? else { return Ok(None) };
    let known = || Encoding::for_label(name.as_bytes()).map(Encoding::name);
    let known = if name == GUESSED_GBK { Some(GUESSED_GBK) } else { known() };
    known.map(Some).ok_or_else(|| D::Error::custom(format!("`{name}` is no encoding")))
}

/// Decodes `bytes` of `file`; `declared` is the encoding that region.toml states.
pub fn decode<'a>(file: &str, bytes: &'a [u8], declared: Option<&str>) -> Result<DecodedText<'a>, InputError> {
    if let Some((encoding, length)) = Encoding::for_bom(bytes) {
        return decode_as(file, &bytes[length..], encoding);
    }
    if let Some(label) = declared {
        let encoding = Encoding::for_label(label.trim().as_bytes()).ok_or_else(|| {
            InputError::wrong(
                Place::file(file).field("encoding"),
                format!("\"{label}\""),
                message!("message.encoding_name"),
            )
        })?;
        return decode_as(file, bytes, encoding);
    }
    match bytes {
        [first, 0, ..] if *first != 0 => return decode_as(file, bytes, UTF_16LE),
        [0, second, ..] if *second != 0 => return decode_as(file, bytes, UTF_16BE),
        _ => {}
    }
    let error = match std::str::from_utf8(bytes) {
        Ok(text) => return Ok(DecodedText { text: Cow::Borrowed(text), encoding: UTF_8.name(), guessed: false }),
        Err(error) => error,
    };
    if !damaged_utf8(bytes)
        && let Some(text) = GB18030.decode_without_bom_handling_and_without_replacement(bytes)
    {
        return Ok(DecodedText { text, encoding: GUESSED_GBK, guessed: true });
    }
    Err(not_text(file, UTF_8, Some(error.valid_up_to())))
}

/// True for more good multi-byte characters than bad places: damaged UTF-8, not another encoding.
fn damaged_utf8(bytes: &[u8]) -> bool {
    let (mut good, mut bad) = (0_usize, 0_usize);
    for chunk in bytes.utf8_chunks() {
        good += chunk.valid().chars().filter(|c| c.len_utf8() > 2).count();
        bad += usize::from(!chunk.invalid().is_empty());
    }
    good > bad
}

fn decode_as<'a>(file: &str, bytes: &'a [u8], encoding: &'static Encoding) -> Result<DecodedText<'a>, InputError> {
    match encoding.decode_without_bom_handling_and_without_replacement(bytes) {
        Some(text) => Ok(DecodedText { text, encoding: encoding.name(), guessed: false }),
        None => Err(not_text(file, encoding, std::str::from_utf8(bytes).err().map(|e| e.valid_up_to()))),
    }
}

fn not_text(file: &str, encoding: &'static Encoding, at: Option<usize>) -> InputError {
    let at = match at {
        Some(at) if encoding == UTF_8 => message!("message.at_byte", n = at),
        _ => Message::from(""),
    };
    InputError::wrong(
        Place::file(file),
        message!("message.not_encoding", encoding = encoding.name(), at = at),
        message!("message.utf8_text"),
    )
    .with_help(message!("message.save_utf8", file = file))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8], declared: Option<&str>) -> Option<(String, &'static str)> {
        decode("f", bytes, declared).ok().map(|t| (t.text.into_owned(), t.encoding))
    }

    #[test]
    fn the_usual_encodings() {
        let text = "{\"名称\":\"急救站\"}";
        let (gbk, ..) = encoding_rs::GBK.encode(text);
        let utf16 = |little: bool, mark: bool| -> Vec<u8> {
            let units = mark.then_some(0xfeff).into_iter().chain(text.encode_utf16());
            units.flat_map(|u| if little { u.to_le_bytes() } else { u.to_be_bytes() }).collect()
        };
        assert_eq!(read(text.as_bytes(), None), Some((text.into(), "UTF-8")));
        assert_eq!(read(format!("\u{feff}{text}").as_bytes(), None), Some((text.into(), "UTF-8")));
        assert_eq!(read(&gbk, None), Some((text.into(), "GB18030 (GBK)")));
        assert_eq!(read(&gbk, Some("gbk")), Some((text.into(), "GBK")));
        for mark in [true, false] {
            assert_eq!(read(&utf16(true, mark), None), Some((text.into(), "UTF-16LE")));
            assert_eq!(read(&utf16(false, mark), None), Some((text.into(), "UTF-16BE")));
        }
    }

    #[test]
    fn damaged_text_is_refused_not_guessed() {
        let text = "{\"名称\":\"晋江市青阳街道急救站\"}";
        let mut cut = text.as_bytes()[..21].to_vec();
        assert_eq!(read(&cut, None), None);
        cut.extend_from_slice("称\"}".as_bytes());
        assert_eq!(read(&cut, None), None);
        assert_eq!(read(&[0xff, 0xff, 0x20, 0x80], None), None);
        assert_eq!(read(text.as_bytes(), Some("klingon")), None);
    }
}
