//! Typed records of the layers of a region, independent of the file they come from.

pub mod attributes;
pub mod road_class;
