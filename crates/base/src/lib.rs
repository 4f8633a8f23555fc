//! The vocabulary that every part of lifering shares: units, the local plane, messages, errors, issues, records.
//!
//! Nothing here reads files or knows rules and road graphs.

pub mod catalogue;
pub mod datum;
pub mod error;
pub mod escape;
pub mod frame;
pub mod hash;
pub mod ids;
pub mod issue;
pub mod message;
pub mod parameters;
pub mod readings;
pub mod records;
pub mod units;

pub use error::InputError;
pub use message::Message;
