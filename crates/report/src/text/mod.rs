//! Findings in Chinese and English: numbers, vocabulary, phrases, sentences.
//!
//! In: typed findings. Out: text of one language; every text comes from `crates/base/locales/`.

mod arithmetic;
mod counted;
pub mod criteria;
mod edits;
mod explanation;
mod gap;
mod language;
mod measure_words;
mod missing;
mod missing_in_words;
mod numbers;
mod phrases;
pub mod proposal;
mod punctuation;
pub mod refusal;
pub mod survey;
mod vocabulary;

pub use crate::words::word;
pub use counted::{counted_sentence, part_words, selected_words};
pub use edits::{edit, scenario};
pub use explanation::{reading_in_words, sentence, why, why_in_words};
pub use gap::gap_and_closing;
pub use language::{Lang, known, pick, tr};
pub use measure_words::layer_words;
pub use missing::lacking;
pub use numbers::{amount, figure, grouped, kilometres, km2, minutes, people, percent, plain, points, time_over};
pub use phrases::{
    aid_sentence, baseline, found_and_required, hundredths_of_percent, input_layer, plain_title, region_name,
    station_note, whole_verdict,
};
pub use punctuation::{bracketed, clauses, colon, list, names};
pub use vocabulary::{field, force, issue, kind, layer, level, reason, reason_word, verdict, verdict_word};
