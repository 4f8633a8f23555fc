//! One value of a file: what it is, and how it came about.
//!
//! In: the steps by which a reader makes sense of a value. Out: a [`Reading`]. A reader cannot drop a value without a
//! reason, nor change one in silence: the only ways to make a reading say what was done.

use lifering_base::Message;
use lifering_base::issue::IssueCode;

/// What is said of a value that is not used as it is written.
#[derive(Clone, Debug, PartialEq)]
pub struct Remark {
    /// The kind of issue.
    pub code: IssueCode,
    /// What was found.
    pub found: Message,
    /// What was wanted, or what was done with it.
    pub done: Message,
}

/// A value that stands in a file, or its absence. (A refusal is an error.)
#[derive(Clone, Debug, PartialEq)]
#[must_use]
pub enum Reading<T> {
    /// Nothing is written.
    Absent,
    /// The value as it is written.
    AsWritten(T),
    /// The value after one reading or several.
    Interpreted(T, Vec<Remark>),
    /// A value that is not used, and why.
    LeftOut(Vec<Remark>),
}

impl<T> Reading<T> {
    /// A value that was read otherwise than it is written.
    pub fn interpreted(value: T, code: IssueCode, found: impl Into<Message>, done: impl Into<Message>) -> Self {
        Self::Interpreted(value, vec![Remark { code, found: found.into(), done: done.into() }])
    }

    /// A value that is not used.
    pub fn left_out(code: IssueCode, found: impl Into<Message>, done: impl Into<Message>) -> Self {
        Self::LeftOut(vec![Remark { code, found: found.into(), done: done.into() }])
    }

    /// The next step of a reading: what was said of the value is kept.
    pub fn then<U>(self, next: impl FnOnce(T) -> Reading<U>) -> Reading<U> {
        match self {
            Self::Absent => Reading::Absent,
            Self::AsWritten(value) => next(value),
            Self::LeftOut(why) => Reading::LeftOut(why),
            Self::Interpreted(value, mut remarks) => match next(value) {
                Reading::Absent => Reading::Absent,
                Reading::AsWritten(value) => Reading::Interpreted(value, remarks),
                Reading::Interpreted(value, more) => {
                    remarks.extend(more);
                    Reading::Interpreted(value, remarks)
                }
                Reading::LeftOut(why) => Reading::LeftOut(why),
            },
        }
    }

    /// The value; `None` if there is none or it is left out.
    pub fn value(&self) -> Option<&T> {
        match self {
            Self::AsWritten(value) | Self::Interpreted(value, _) => Some(value),
            Self::Absent | Self::LeftOut(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::float_cmp, reason = "whole numbers")]

    use super::*;

    #[test]
    fn what_was_said_of_a_value_stays_with_it() {
        let read = Reading::interpreted("1,200", IssueCode::NumberSpelled, "1,200", "1200");
        let number = read.then(|_| Reading::AsWritten(1200.0));
        assert!(matches!(&number, Reading::Interpreted(n, remarks) if *n == 1200.0 && remarks.len() == 1));
        let twice = number.then(|n| Reading::interpreted(n * 1e4, IssueCode::NumberSpelled, "万人", "people"));
        assert!(matches!(&twice, Reading::Interpreted(n, remarks) if *n == 1.2e7 && remarks.len() == 2));
        let lost = twice.then(|_| Reading::<f64>::left_out(IssueCode::NotUnderstood, "x", "y"));
        assert!(matches!(&lost, Reading::LeftOut(why) if why.len() == 1));
        assert_eq!(lost.value(), None);
        assert_eq!(Reading::<f64>::Absent.then(Reading::AsWritten), Reading::Absent);
    }
}
