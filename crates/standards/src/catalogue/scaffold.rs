//! A standard to begin with: one rule of each kind, with comments.
//!
//! In: an id. Out: TOML that the lint has nothing to say about.

use super::read::is_id;

/// The language of the comments.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tongue {
    /// Chinese.
    Chinese,
    /// English.
    English,
}

const CHINESE: &str = include_str!("../../data/standards/template/zh.toml");
const ENGLISH: &str = include_str!("../../data/standards/template/en.toml");

/// The text of a new standard with that id; `None` if it is no identifier.
#[must_use]
pub fn scaffold(id: &str, tongue: Tongue) -> Option<String> {
    let template = match tongue {
        Tongue::Chinese => CHINESE,
        Tongue::English => ENGLISH,
    };
    is_id(id).then(|| template.replace("%{id}", id))
}
