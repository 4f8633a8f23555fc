//! A city that is loaded once and asked many times.

pub mod audit;
pub mod measure;
pub mod network;
pub mod plan;
pub mod quality;
pub mod travel;
pub mod zones;
