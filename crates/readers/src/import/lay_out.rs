//! The files of a new region: its layers as GeoJSON, and region.toml.
//!
//! In: the layers that were found. Out: bytes by name, and what is missing.

use super::{Imported, Sources};
use crate::corrections::ColumnMapping;
use crate::feature::RawFeature;
use crate::fields::Fields;
use crate::formats::{Format, write};
use lifering_base::records::Layer;
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

/// The standard that a new region names: the default of an audit.
const STANDARD: &str = "core";

/// Layers that may be missing, with the comment of region.toml on each.
const WITHOUT: [(Layer, &str); 2] = [
    (
        Layer::Stations,
        "ambulance stations (急救站点): no source has any. Rules about them cannot be judged until they are given",
    ),
    (Layer::Population, "people (人口): no source has any. Shares of people cannot be judged until they are given"),
];

/// Lays out a region of this name. `stand_ins` facilities of these kinds stand for its stations.
pub(super) fn lay_out(sources: Sources, name: &str, stand_ins: usize, kinds: &[String]) -> Imported {
    let found = &sources.found;
    let as_geojson = |(layer, (_, features)): (&Layer, &(String, Vec<RawFeature>))| {
        let geometries = features.iter().map(|f| (f, f.geometry.as_ref().map(write::geometry)));
        (file_of(*layer), write::collection(geometries))
    };
    let mut files: Vec<(String, Vec<u8>)> = found.par_iter().map(as_geojson).collect();
    let layers = found.iter().map(|(layer, (from, features))| (*layer, from.clone(), features.len())).collect();
    let given = |layer: Layer| match layer {
        Layer::Population => found.contains_key(&layer) || units_state_people(found),
        layer => found.contains_key(&layer),
    };
    let without: Vec<Layer> = WITHOUT.iter().map(|(layer, _)| *layer).filter(|l| !given(*l)).collect();
    let missing = if given(Layer::Roads) { Vec::new() } else { vec![Layer::Roads] };
    let mut toml = heading(&sources, name, &without);
    toml.push_str("\n[layers]\n");
    for (layer, (from, _)) in found {
        let from = comment(from);
        if *layer == Layer::Stations && stand_ins > 0 {
            let kinds = comment(&kinds.join(", "));
            let _ = writeln!(
                toml,
                "# No survey of stations: every {kinds} of {from} stands for one (以医疗机构代替急救站点)"
            );
        }
        let _ = writeln!(toml, "{} = \"{}\" # {from}", layer.key(), file_of(*layer));
    }
    for (layer, what) in WITHOUT.iter().filter(|(layer, _)| without.contains(layer)) {
        let _ = writeln!(toml, "# {} = \"...\" # {what}", layer.key());
    }
    if !given(Layer::Boundary) && !given(Layer::Units) {
        let _ =
            writeln!(toml, "# boundary = \"...\" # what is audited (边界). Without it: the hull of roads and people");
    }
    if !missing.is_empty() {
        let _ = writeln!(toml, "# roads = \"...\" # roads (道路): needed, and no source has any");
    }
    for (layer, mappings) in sources.mapped.iter().filter(|(_, mappings)| !mappings.is_empty()) {
        let _ = writeln!(toml, "\n[fields.{}]", layer.key());
        for ColumnMapping { column, field } in mappings {
            let _ = writeln!(toml, "{field} = {}", toml::Value::String(column.clone()));
        }
    }
    files.push(("region.toml".to_owned(), toml.into_bytes()));
    let to_fill_in = sources.to_fill_in;
    files.extend(to_fill_in.iter().map(|table| (table.file.clone(), table.bytes.clone())));
    Imported { files, layers, read: sources.read, stand_ins, without, missing, to_fill_in }
}

/// What stands above `[layers]`.
fn heading(sources: &Sources, name: &str, without: &[Layer]) -> String {
    let mut toml = String::from("# Written by `lifering import`; every key is described in docs/region.md.\n");
    let files = sources.found.values().map(|(file, _)| file).chain(&sources.extract);
    let extracts: BTreeSet<&String> = files.filter(|file| Format::of(file) == Format::OsmPbf).collect();
    for extract in extracts {
        let _ = writeln!(
            toml,
            "# {}: © OpenStreetMap contributors, Open Database License 1.0 (openstreetmap.org/copyright). Say so beside \
             whatever is shown of it (请注明数据来源).",
            comment(extract)
        );
    }
    let text = |text: &str| toml::Value::String(text.to_owned());
    let _ = writeln!(toml, "name = {}\nstandard = {}", text(name), text(STANDARD));
    if !without.is_empty() {
        let keys: Vec<String> = without.iter().map(|l| format!("\"{}\"", l.key())).collect();
        let _ = writeln!(toml, "without = [{}] # take a name out once its layer is below", keys.join(", "));
    }
    toml
}

fn file_of(layer: Layer) -> String {
    format!("{}.geojson", layer.key())
}

/// A text from outside in a comment: on one line.
fn comment(text: &str) -> String {
    text.replace(|c: char| c.is_control(), " ")
}

/// Whether the units state their population.
fn units_state_people(found: &BTreeMap<Layer, (String, Vec<RawFeature>)>) -> bool {
    found.get(&Layer::Units).is_some_and(|(_, units)| {
        Fields::new("region.toml", Layer::Units, "units", None)
            .is_ok_and(|fields| units.iter().any(|u| fields.find(&u.properties, "population").is_some()))
    })
}
