//! Exit statuses. The help texts and README.md promise them; the library computes the ones of audits, batches and diffs
//! as the same numbers.

/// Every binding rule is met; the command did what it was asked.
pub const MET: u8 = 0;
/// At least one finding: a gap, a rule that got worse, an error in a standard.
pub const FINDING: u8 = 1;
/// The command could not run: one message on stderr, nothing written.
pub const FAILED: u8 = 2;
/// No finding, but something that cannot be judged.
pub const NOT_JUDGED: u8 = 3;
