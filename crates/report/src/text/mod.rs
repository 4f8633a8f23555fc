//! Findings in Chinese and English: numbers, vocabulary, phrases, sentences.
//!
//! In: typed findings. Out: text of one language; every text comes from `crates/base/locales/`.

mod arithmetic;
mod counted;
pub mod criteria;
mod explanation;
mod gap;
mod language;
mod measure_words;
mod missing;
mod numbers;
mod phrases;
pub mod proposal;
mod punctuation;
pub mod refusal;
pub mod survey;
mod vocabulary;

pub use crate::words::word;
pub use counted::{counted_sentence, part_words, selected_words};
pub use explanation::{sentence, why};
pub use gap::gap_and_closing;
pub use language::{Lang, known, pick, tr};
pub use missing::lacking;
pub use numbers::{amount, figure, grouped, kilometres, km2, minutes, people, percent, plain};
pub use phrases::{
    aid_sentence, baseline, found_and_required, hundredths_of_percent, input_layer, region_name, station_note,
    whole_verdict,
};
pub use punctuation::{bracketed, colon, list, names};
pub use vocabulary::{field, force, issue, kind, layer, level, reason, reason_word, verdict, verdict_word};
