//! The real binary, from outside; and what must hold of the repository itself.

mod architecture;
mod demo;
mod exit_codes;
mod fixtures;
mod laws;
mod locales;
mod manifest;
mod real_cities;
mod propose;
mod propose_core;
mod schema;
mod support;
mod zones;
