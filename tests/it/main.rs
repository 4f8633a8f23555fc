//! The real binary, from outside; and what must hold of the repository itself.

mod architecture;
mod defects;
mod delivery;
mod demo;
mod exit_codes;
mod fixtures;
mod formats;
mod import;
mod laws;
mod locales;
mod malformed;
mod manifest;
mod mutations;
mod real_cities;
mod propose_core;
mod schema;
mod support;
mod zones;
