//! The shape of batch.json and the rows of the tables over many regions.

pub mod failure;
pub mod layers;
pub mod ranking;
pub mod shape;
