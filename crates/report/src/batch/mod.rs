//! The shape of batch.json and the rows of the tables over many regions.

pub mod faults;
pub mod layers;
pub mod league;
pub mod shape;
