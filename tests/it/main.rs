//! The real binary, from outside; and what must hold of the repository itself.

#![allow(clippy::disallowed_methods, reason = "tests read and write files, and compute with any function")]

#[path = "../../benches/synthetic_city/mod.rs"]
mod generated;

/// Small `OpenStreetMap` extracts.
#[path = "../../crates/readers/tests/extract_writer/mod.rs"]
mod extract_writer;

mod access_table;
mod across_180;
mod batch;
mod batch_deaths;
mod batch_faults;
mod city;
mod core_block;
mod defects;
mod delivery;
mod delivery_qgis;
mod demo;
mod diff;
mod diff_units;
mod docs;
mod evidence;
mod exit_codes;
mod fixtures;
mod folders;
mod formats;
mod import;
mod laws;
mod limits;
mod locales;
mod malformed;
mod manifest;
mod mutations;
mod mutual_aid;
mod real_cities;
mod reopen;
mod printing;
mod propose;
mod nasty_names;
mod rules;
mod second_audit;
mod second_station;
mod sentences;
mod propose_core;
mod propose_region;
mod scenario;
mod scenario_laws;
mod scenario_refused;
mod schema;
mod standards;
mod strip;
mod support;
mod trial;
mod trial_commands;
mod web;
mod synthetic_city;
mod terminal;
mod zones;
