//! The sentences of a document beside the rules made of them: which sentence became which rule, and which became none.
//!
//! In: the text of a plan, the quotations of a [`Standard`](crate::catalogue::Standard) and the stated exceptions. Out: a
//! [`SentenceTable`]: for every clause that states a quantity, the rules and baselines that quote it, or the reason why
//! there is none. A document's text does not ship with the program: what ships is where each quotation stands, and the
//! exceptions by line, clause and hash, so that the table can be shown without the text and checked with it.

mod account;
mod document;
mod quantity;
mod table;

pub use account::{Account, AccountError, Claim, Exception, Place, claims_to_toml};
pub use document::{Clause, Document, Statement};
pub use quantity::{row_states_a_quantity, states_a_quantity};
pub use table::{Fault, SentenceRow, SentenceTable};

#[cfg(test)]
mod tests;
