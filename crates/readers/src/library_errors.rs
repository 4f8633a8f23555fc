//! Errors of libraries on damaged files, in both languages.
//!
//! In: an error of a library. Out: in English its own words; in Chinese their meaning, or if that is not known, that the
//! content is damaged. So no message is half in another language.

use lifering_base::{Message, message};
use std::io::ErrorKind;

/// What is wrong with a JSON text, and where.
pub fn json(error: &serde_json::Error) -> Message {
    message!("message.at_line", what = json_part(error), line = error.line(), column = error.column())
}

/// What is wrong with a JSON text that is a part of a file: the position within the part is left out.
pub fn json_part(error: &serde_json::Error) -> Message {
    let words = error.to_string();
    let place = format!(" at line {} column {}", error.line(), error.column());
    let words = words.strip_suffix(&place).unwrap_or(&words);
    in_both(words, &meaning(words).unwrap_or_else(|| message!("message.json_wrong")))
}

/// What is wrong with a TOML text.
pub fn toml(words: &str) -> Message {
    in_both(words, &meaning(words).unwrap_or_else(|| message!("message.toml_wrong")))
}

/// The library's own words in English, their meaning in Chinese.
fn in_both(words: &str, meaning: &Message) -> Message {
    Message::both(words, meaning.text("zh").trim_end())
}

/// The meaning of an error of serde itself; `None` for one of the format's own grammar.
fn meaning(words: &str) -> Option<Message> {
    if words.starts_with("EOF") {
        return Some(message!("message.text_ends"));
    }
    if words == "number out of range" {
        return Some(message!("message.number_out_of_range"));
    }
    if words == "recursion limit exceeded" {
        return Some(message!("message.too_deep"));
    }
    let name = |start: &str| words.strip_prefix(start).map(|rest| rest.trim_matches('`'));
    if let Some(name) = name("duplicate field ") {
        return Some(message!("message.member_twice", name = name));
    }
    if let Some(name) = name("missing field ") {
        return Some(message!("message.member_missing", name = name));
    }
    let (found, wanted) = words.strip_prefix("invalid ")?.split_once(", expected ")?;
    let (_, found) = found.split_once(": ").unwrap_or(("", found));
    Some(message!("message.another_type", found = kind(found), wanted = expectation(wanted)))
}

/// A value as serde names it: its kind, then perhaps itself.
fn kind(found: &str) -> Message {
    let value = |start: &str| found.strip_prefix(start).map(str::trim);
    if let Some(text) = value("string") {
        return message!("message.kind_text", value = text);
    }
    for start in ["integer", "floating point"] {
        if let Some(number) = value(start) {
            return message!("message.kind_number", value = number.trim_matches('`'));
        }
    }
    if let Some(truth) = value("boolean") {
        return message!("message.kind_truth", value = truth.trim_matches('`'));
    }
    match found {
        "null" | "unit value" | "Option value" => message!("message.kind_null"),
        "sequence" => message!("message.kind_list"),
        "map" => message!("message.kind_object"),
        _ => message!("message.kind_other"),
    }
}

/// The expectation that serde names: words of the readers in this crate, or a kind of value.
fn expectation(wanted: &str) -> Message {
    match wanted {
        "f64" => message!("message.kind_number", value = ""),
        "a string" => message!("message.kind_text", value = ""),
        "a boolean" => message!("message.kind_truth", value = ""),
        "a sequence" => message!("message.kind_list"),
        w if w.starts_with("a position (") => message!("message.wants_position"),
        w if w.starts_with("an array of positions") => message!("message.wants_positions"),
        w if w.starts_with("a geometry") => message!("message.wants_geometry"),
        w if w.starts_with("a feature") => message!("message.wants_feature"),
        w if w.starts_with("one of Point") => message!("message.wants_type"),
        w if w.starts_with("the name of a file") => message!("message.wants_file"),
        w if w.starts_with("struct") || w == "a map" => message!("message.kind_object"),
        w if w.starts_with(['u', 'i', 'f']) && w[1..].parse::<u8>().is_ok() => {
            message!("message.kind_number", value = "")
        }
        _ => message!("message.kind_other"),
    }
}

/// What is wrong with a file of another format.
pub fn damaged(words: &impl ToString) -> Message {
    in_both(&words.to_string(), &message!("message.damaged"))
}

/// Why the system refuses to read or write a file.
pub fn system(error: &std::io::Error) -> Message {
    let meaning = match error.kind() {
        ErrorKind::NotFound => message!("message.not_found"),
        ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => message!("message.not_allowed"),
        ErrorKind::NotADirectory => message!("message.no_folder"),
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => message!("message.no_space"),
        _ => message!("message.system_error", code = error.raw_os_error().map_or(0, i32::unsigned_abs)),
    };
    in_both(&error.to_string(), &meaning)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The words of a part that must be read as `T`.
    fn texts_of<T: serde::de::DeserializeOwned + std::fmt::Debug>(text: &str) -> (String, String) {
        let text = json_part(&serde_json::from_str::<T>(text).unwrap_err());
        (text.text("en"), text.text("zh"))
    }

    #[test]
    fn what_serde_says_has_a_chinese_side() {
        #[derive(Debug, serde::Deserialize)]
        struct Member {
            #[expect(dead_code, reason = "only the errors are looked at")]
            a: f64,
        }
        let deep = "[".repeat(500);
        for (text, zh) in [
            ("{\"a\":", "文本在一个值的中间结束"),
            ("{\"a\":1e999}", "数字过大"),
            ("{\"a\":1,\"a\":2}", "成员 `a` 出现两次"),
            ("{}", "缺少成员 `a`"),
            ("{\"a\":\"x\"}", "文本 \"x\"，而此处应为数字"),
            ("{\"a\":null}", "空值（null），而此处应为数字"),
            ("{\"a\":[]}", "数组，而此处应为数字"),
            ("{\"a\":true}", "布尔值 true，而此处应为数字"),
            ("3", "数字 3，而此处应为对象"),
            ("{\"a\" 1}", "JSON语法有误"),
        ] {
            assert_eq!(texts_of::<Member>(text).1, zh, "{text}");
        }
        assert_eq!(texts_of::<serde_json::Value>(&deep), ("recursion limit exceeded".into(), "嵌套过深".into()));
        assert_eq!(texts_of::<Member>("{}").0, "missing field `a`");
        let whole = json(&serde_json::from_str::<Member>("{\n\"a\":}").unwrap_err());
        assert_eq!(whole.text("en"), "expected value at line 2 column 5");
        assert_eq!(whole.text("zh"), "JSON语法有误（第2行第5列）");
    }

    #[test]
    fn the_system_is_understood() {
        let missing = std::io::Error::from(ErrorKind::NotFound);
        assert_eq!(system(&missing).text("zh"), "没有这个文件或文件夹");
        assert_eq!(damaged(&"short read").text("en"), "short read");
    }
}
