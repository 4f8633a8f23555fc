//! The exit status of the program.
//!
//! In: outcomes, or the exit statuses of several runs. Out: [`ExitStatus`].

use super::outcome::{RuleOutcome, Verdict};

/// The exit status of the program, ordered from the least severe. Source: outputs.md.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ExitStatus {
    /// 0: every binding rule is met.
    #[default]
    Met,
    /// 3: no binding rule is a gap, but one cannot be judged or depends on the reading.
    Unsettled,
    /// 1: a binding rule is a gap.
    Gap,
    /// 2: the run could not be done.
    Failed,
}

impl ExitStatus {
    /// The exit status of an audit. Rules that do not bind never change it.
    pub fn of(outcomes: &[RuleOutcome]) -> Self {
        let binding = outcomes.iter().filter(|outcome| outcome.rule.force.binds());
        Self::worst(binding.map(|outcome| Self::from(outcome.verdict)))
    }

    /// The most severe; [`Met`](Self::Met) of none.
    pub fn worst(statuses: impl IntoIterator<Item = Self>) -> Self {
        statuses.into_iter().max().unwrap_or_default()
    }

    /// The number that the process ends with.
    pub const fn code(self) -> u8 {
        match self {
            Self::Met => 0,
            Self::Gap => 1,
            Self::Failed => 2,
            Self::Unsettled => 3,
        }
    }

    /// The status with that number, as it is read back from audit.json or batch.json.
    pub const fn from_code(code: u8) -> Option<Self> {
        match code {
            0 => Some(Self::Met),
            1 => Some(Self::Gap),
            2 => Some(Self::Failed),
            3 => Some(Self::Unsettled),
            _ => None,
        }
    }
}

/// The exit status of a single binding rule.
impl From<Verdict> for ExitStatus {
    fn from(verdict: Verdict) -> Self {
        match verdict {
            Verdict::Met => Self::Met,
            Verdict::Gap => Self::Gap,
            Verdict::Depends | Verdict::CannotJudge => Self::Unsettled,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gap_outweighs_what_is_not_settled_and_a_failure_outweighs_both() {
        let worst = |codes: &[u8]| {
            ExitStatus::worst(codes.iter().map(|code| ExitStatus::from_code(*code).expect("a code"))).code()
        };
        for (codes, expected) in
            [(&[][..], 0), (&[0, 0], 0), (&[0, 3, 0], 3), (&[3, 1], 1), (&[1, 3, 0], 1), (&[1, 2, 3], 2)]
        {
            assert_eq!(worst(codes), expected, "{codes:?}");
        }
        assert_eq!(ExitStatus::from_code(4), None);
    }

    #[test]
    fn every_verdict_has_a_status() {
        let codes = [Verdict::Met, Verdict::Gap, Verdict::Depends, Verdict::CannotJudge]
            .map(|verdict| ExitStatus::from(verdict).code());
        assert_eq!(codes, [0, 1, 3, 3]);
    }
}
