//! Findings as shapes for people and programs, in words of a language.

pub mod batch;
pub mod criteria;
pub mod diff;
pub mod check;
pub mod difference;
pub mod issues;
pub mod layers;
pub mod proposal;
pub mod proposal_words;
pub mod refusal;
pub mod report;
pub mod sentences;
pub mod survey;
pub mod things;
pub mod why;
pub mod words;
