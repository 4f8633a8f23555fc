//! The filter language: it selects features, units or people by their attributes.
//!
//! In: text such as `kind = "sub_center" and level >= 2`, parsed once by `parse.rs`. Out: [`Filter`], which
//! answers [`Truth`] for anything with [`Attributes`]. An attribute that is absent, or of another type than the
//! filter compares with, makes the answer [`Truth::Unknown`], never false.
//!
//! ```text
//! filter     = all { "or" all }
//! all        = not { "and" not }
//! not        = "not" not | "(" filter ")" | test
//! test       = name                                     a yes-or-no attribute
//!            | name ( "=" | "!=" ) value
//!            | name ( "<" | "<=" | ">" | ">=" ) number
//!            | name "in" "(" value { "," value } ")"    values of one type
//! value      = "text in double quotes" | number | "true" | "false"
//! ```

mod parse;

use std::fmt;

use super::criterion::AttributeName;
use lifering_base::records::attributes::{Attributes, Scalar};

pub(super) use parse::is_attribute_name;

/// A parsed filter. Serialised as its text.
#[derive(Debug, Clone, PartialEq)]
pub struct Filter(Expression);

/// The answer of a filter in Kleene's three-valued logic.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Truth {
    /// The filter is satisfied.
    True,
    /// The filter is not satisfied.
    False,
    /// The attributes that are present do not decide it.
    Unknown,
}

impl Truth {
    /// From a known answer.
    #[must_use]
    pub fn known(value: bool) -> Self {
        if value { Self::True } else { Self::False }
    }

    /// Kleene's and: one false decides.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::False, _) | (_, Self::False) => Self::False,
            (Self::True, Self::True) => Self::True,
            _ => Self::Unknown,
        }
    }

    /// Kleene's or: one true decides.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        match (self, other) {
            (Self::True, _) | (_, Self::True) => Self::True,
            (Self::False, Self::False) => Self::False,
            _ => Self::Unknown,
        }
    }
}

impl std::ops::Not for Truth {
    type Output = Self;

    fn not(self) -> Self {
        match self {
            Self::True => Self::False,
            Self::False => Self::True,
            Self::Unknown => Self::Unknown,
        }
    }
}

/// Why a text is not a filter.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}, at byte {offset} of the filter")]
pub struct FilterError {
    /// Byte offset in the filter text.
    pub offset: usize,
    /// What was found and what was wanted.
    pub message: String,
}

impl Filter {
    /// Parses a filter.
    ///
    /// # Errors
    /// The byte at which the text stops being a filter, what is there and what was wanted.
    pub fn parse(text: &str) -> Result<Self, FilterError> {
        parse::parse(text).map(Self)
    }

    /// Whether a feature, unit or place satisfies the filter.
    #[must_use]
    pub fn evaluate(&self, attributes: &dyn Attributes) -> Truth {
        self.0.evaluate(attributes)
    }

    /// The attributes in the filter, each once, in the order of the text.
    pub fn attributes(&self) -> impl Iterator<Item = &str> {
        let mut names = Vec::new();
        self.0.visit(&mut |test| {
            if !names.contains(&test.attribute.as_str()) {
                names.push(test.attribute.as_str());
            }
        });
        names.into_iter()
    }

    /// The filter as a tree, for whoever puts it into words.
    #[must_use]
    pub fn tree(&self) -> FilterTree<'_> {
        self.0.tree()
    }

    /// The first attribute in the text; every filter has one.
    #[must_use]
    pub fn first_attribute(&self) -> &str {
        self.0.first_test().attribute.as_str()
    }

    /// The texts that an attribute is compared with for equality, for checks against a known list.
    pub fn texts_compared_with(&self, attribute: &str) -> Vec<&str> {
        let mut texts = Vec::new();
        self.0.visit(&mut |test| {
            if test.attribute.as_str() == attribute {
                match &test.relation {
                    Relation::Equal(Scalar::Text(text)) | Relation::Differs(Scalar::Text(text)) => {
                        texts.push(text.as_str());
                    }
                    Relation::In(values) => {
                        texts.extend(values.iter().filter_map(|value| match value {
                            Scalar::Text(text) => Some(text.as_str()),
                            Scalar::Bool(_) | Scalar::Number(_) => None,
                        }));
                    }
                    _ => {}
                }
            }
        });
        texts
    }
}

impl serde::Serialize for Filter {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> serde::Deserialize<'de> for Filter {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <String as serde::Deserialize>::deserialize(deserializer)?;
        Self::parse(&text).map_err(serde::de::Error::custom)
    }
}

impl fmt::Display for Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.write(f, Binding::Or)
    }
}

/// A filter as a tree. `All` and `Any` hold at least two parts.
#[derive(Debug, Clone, PartialEq)]
pub enum FilterTree<'a> {
    /// Every part holds.
    All(Vec<FilterTree<'a>>),
    /// At least one part holds.
    Any(Vec<FilterTree<'a>>),
    /// The part does not hold.
    Not(Box<FilterTree<'a>>),
    /// An attribute satisfies a relation.
    Test {
        /// The attribute.
        attribute: &'a str,
        /// The relation.
        relation: FilterRelation<'a>,
    },
}

/// A relation that the value of an attribute satisfies or not.
#[derive(Debug, Clone, PartialEq)]
pub enum FilterRelation<'a> {
    /// It is the boolean true.
    Holds,
    /// It is one of these; at least one.
    OneOf(&'a [Scalar]),
    /// It is not this.
    Differs(&'a Scalar),
    /// It is less than this.
    Less(f64),
    /// It is at most this.
    AtMost(f64),
    /// It is more than this.
    Greater(f64),
    /// It is at least this.
    AtLeast(f64),
}

/// The syntax tree. `All` and `Any` hold at least two parts; nesting is bounded by the parser.
#[derive(Debug, Clone, PartialEq)]
enum Expression {
    All(Vec<Expression>),
    Any(Vec<Expression>),
    Not(Box<Expression>),
    Test(Test),
}

/// One attribute and the relation it must satisfy.
#[derive(Debug, Clone, PartialEq)]
struct Test {
    attribute: AttributeName,
    relation: Relation,
}

/// A relation that the value of an attribute satisfies or not.
#[derive(Debug, Clone, PartialEq)]
enum Relation {
    /// It is the boolean true.
    Holds,
    Equal(Scalar),
    Differs(Scalar),
    Less(f64),
    AtMost(f64),
    Greater(f64),
    AtLeast(f64),
    /// It is one of these, all of one type, at least one.
    In(Vec<Scalar>),
}

/// How tightly the surroundings bind, weakest first; decides where `Display` needs parentheses.
#[derive(Clone, Copy, PartialEq, PartialOrd)]
enum Binding {
    Or,
    And,
    Not,
}

impl Expression {
    fn evaluate(&self, attributes: &dyn Attributes) -> Truth {
        match self {
            Self::All(parts) => parts.iter().fold(Truth::True, |truth, part| truth.and(part.evaluate(attributes))),
            Self::Any(parts) => parts.iter().fold(Truth::False, |truth, part| truth.or(part.evaluate(attributes))),
            Self::Not(part) => !part.evaluate(attributes),
            Self::Test(test) => match attributes.attribute(test.attribute.as_str()) {
                Some(value) => test.relation.holds_for(value),
                None => Truth::Unknown,
            },
        }
    }

    fn tree(&self) -> FilterTree<'_> {
        match self {
            Self::All(parts) => FilterTree::All(parts.iter().map(Self::tree).collect()),
            Self::Any(parts) => FilterTree::Any(parts.iter().map(Self::tree).collect()),
            Self::Not(part) => FilterTree::Not(Box::new(part.tree())),
            Self::Test(test) => {
                let relation = match &test.relation {
                    Relation::Holds => FilterRelation::Holds,
                    Relation::Equal(value) => FilterRelation::OneOf(std::slice::from_ref(value)),
                    Relation::In(values) => FilterRelation::OneOf(values),
                    Relation::Differs(value) => FilterRelation::Differs(value),
                    Relation::Less(limit) => FilterRelation::Less(*limit),
                    Relation::AtMost(limit) => FilterRelation::AtMost(*limit),
                    Relation::Greater(limit) => FilterRelation::Greater(*limit),
                    Relation::AtLeast(limit) => FilterRelation::AtLeast(*limit),
                };
                FilterTree::Test { attribute: test.attribute.as_str(), relation }
            }
        }
    }

    /// The parser makes no `All` or `Any` without parts.
    fn first_test(&self) -> &Test {
        match self {
            Self::All(parts) | Self::Any(parts) => parts[0].first_test(),
            Self::Not(part) => part.first_test(),
            Self::Test(test) => test,
        }
    }

    fn visit<'a>(&'a self, seen: &mut dyn FnMut(&'a Test)) {
        match self {
            Self::All(parts) | Self::Any(parts) => parts.iter().for_each(|part| part.visit(seen)),
            Self::Not(part) => part.visit(seen),
            Self::Test(test) => seen(test),
        }
    }

    fn write(&self, f: &mut fmt::Formatter<'_>, around: Binding) -> fmt::Result {
        // A part of the same level as its surroundings gets parentheses too, so that the tree itself comes back.
        let (parts, word, own) = match self {
            Self::All(parts) => (parts, " and ", Binding::And),
            Self::Any(parts) => (parts, " or ", Binding::Or),
            Self::Not(part) => {
                f.write_str("not ")?;
                return part.write(f, Binding::Not);
            }
            Self::Test(test) => return write!(f, "{test}"),
        };
        let enclose = around > own;
        if enclose {
            f.write_str("(")?;
        }
        let inside = || {
            if own == Binding::Or { Binding::And } else { Binding::Not }
        };
        for (index, part) in parts.iter().enumerate() {
            if index > 0 {
                f.write_str(word)?;
            }
            part.write(f, inside())?;
        }
        if enclose {
            f.write_str(")")?;
        }
        Ok(())
    }
}

impl Relation {
    fn holds_for(&self, value: &Scalar) -> Truth {
        let order = |holds: &dyn Fn(f64) -> bool| match value {
            Scalar::Number(number) if !number.is_nan() => Truth::known(holds(*number)),
            _ => Truth::Unknown,
        };
        match self {
            Self::Holds => match value {
                Scalar::Bool(value) => Truth::known(*value),
                Scalar::Number(_) | Scalar::Text(_) => Truth::Unknown,
            },
            Self::Equal(wanted) => equal(value, wanted),
            Self::Differs(wanted) => !equal(value, wanted),
            Self::Less(limit) => order(&|number| number < *limit),
            Self::AtMost(limit) => order(&|number| number <= *limit),
            Self::Greater(limit) => order(&|number| number > *limit),
            Self::AtLeast(limit) => order(&|number| number >= *limit),
            Self::In(values) => values.iter().fold(Truth::False, |truth, wanted| truth.or(equal(value, wanted))),
        }
    }
}

/// Whether two values are equal; values of different types cannot be compared. Numbers are compared exactly,
/// because a filter names codes and levels, not measurements.
#[allow(clippy::float_cmp)]
fn equal(value: &Scalar, wanted: &Scalar) -> Truth {
    match (value, wanted) {
        (Scalar::Bool(value), Scalar::Bool(wanted)) => Truth::known(value == wanted),
        (Scalar::Number(value), Scalar::Number(wanted)) if !value.is_nan() => Truth::known(value == wanted),
        (Scalar::Text(value), Scalar::Text(wanted)) => Truth::known(value == wanted),
        _ => Truth::Unknown,
    }
}

impl fmt::Display for Test {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = &self.attribute;
        match &self.relation {
            Relation::Holds => write!(f, "{name}"),
            Relation::Equal(value) => write!(f, "{name} = {}", Literal(value)),
            Relation::Differs(value) => write!(f, "{name} != {}", Literal(value)),
            Relation::Less(limit) => write!(f, "{name} < {limit}"),
            Relation::AtMost(limit) => write!(f, "{name} <= {limit}"),
            Relation::Greater(limit) => write!(f, "{name} > {limit}"),
            Relation::AtLeast(limit) => write!(f, "{name} >= {limit}"),
            Relation::In(values) => {
                write!(f, "{name} in (")?;
                for (index, value) in values.iter().enumerate() {
                    let comma = if index > 0 { ", " } else { "" };
                    write!(f, "{comma}{}", Literal(value))?;
                }
                f.write_str(")")
            }
        }
    }
}

/// A value in the spelling of the language.
struct Literal<'a>(&'a Scalar);

impl fmt::Display for Literal<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Scalar::Bool(value) => write!(f, "{value}"),
            Scalar::Number(value) => write!(f, "{value}"),
            Scalar::Text(text) => {
                write!(f, "\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
            }
        }
    }
}

#[cfg(test)]
mod tests;
