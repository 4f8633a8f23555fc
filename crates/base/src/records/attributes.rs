//! Attribute values of features.
//!
//! In: values as a reader finds them. Out: typed [`Scalar`]s, reached through [`Attributes`], so that a rule does not depend
//! on the type of the record.

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

/// A record with attributes by name.
pub trait Attributes {
    /// The value of an attribute; `None` if the feature does not have it.
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
