//! Attribute values of features, typed at the door.
//!
//! In: whatever a reader finds in a file. Out: [`Scalar`] values that the rules can compare without guessing,
//! reached through the [`Attributes`] trait so that a rule never knows which record it looks at.

use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashMap};

/// One attribute value of one feature.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Scalar {
    /// Yes or no.
    Bool(bool),
    /// Any number; integers are numbers too.
    Number(f64),
    /// Text, already trimmed by the reader.
    Text(String),
}

/// Anything whose attributes can be asked for by name.
pub trait Attributes {
    /// The value of the attribute, or `None` when the feature does not carry it.
    ///
    /// `None` means "not known", never "no" and never zero.
    fn attribute(&self, name: &str) -> Option<&Scalar>;
}

impl Attributes for BTreeMap<String, Scalar> {
    fn attribute(&self, name: &str) -> Option<&Scalar> {
        self.get(name)
    }
}

impl<S: std::hash::BuildHasher> Attributes for HashMap<String, Scalar, S> {
    fn attribute(&self, name: &str) -> Option<&Scalar> {
        self.get(name)
    }
}
