//! Invents the demo region that lifering carries: `cargo run --example make_jinjiang_demo -- DIR`
//! writes the folder, the same bytes every time.
//!
//! True are the names of Jinjiang's nineteen towns and subdistricts and roughly where they lie, the
//! figures of its 2021-2025 health plan (2,061,600 people; 1 centre, 4 sub-centres, 11 stations; 60
//! AED sites; the named hospitals) and the courses of a few well-known roads. Everything else is
//! invented and says so in every file.
//!
//! Read the parts in this order: `land` draws towns and water, `arterials` the through roads,
//! `streets` the grids and lanes, `network` ties them together, `people` and `services`
//! fill the map, `write` puts it down.

mod arterials;
mod land;
mod network;
mod people;
mod plane;
mod rng;
mod services;
mod streets;
mod write;

use land::{Barrier, Land};
use network::Network;
use services::Services;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::{env, fs, io};
use write::{Layer, Value};

const REGION: &str = include_str!("region.toml");
const README: &str = include_str!("README.region.md");

fn main() -> ExitCode {
    let Some(folder) = env::args_os().nth(1).map(PathBuf::from) else {
        eprintln!("usage: cargo run --example make_jinjiang_demo -- DIR");
        return ExitCode::from(2);
    };
    match make(&folder) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{}: {error}", folder.display());
            ExitCode::from(2)
        }
    }
}

/// Invent the region and write it.
///
/// # Panics
/// Where the people do not add up to the plan's figure: a mistake in this program.
#[expect(clippy::disallowed_methods, reason = "a generator writes its own files")]
pub fn make(folder: &Path) -> io::Result<()> {
    let land = Land::draw();
    let arterials = arterials::draw(&land);
    let invented = streets::invent(&land, &arterials);
    let network = network::assemble(&land, arterials, invented.streets);
    let people = people::settle(&land, &network, &invented.cores, &invented.villages);
    let services = Services::new(&land, &network, &invented.cores, &invented.villages);
    let total: u32 = people.iter().map(|place| place.people).sum();
    assert_eq!(total, land::PEOPLE);

    fs::create_dir_all(folder)?;
    fs::write(folder.join("region.toml"), REGION)?;
    fs::write(folder.join("README.md"), README)?;
    let mut layers = land_layers(&land);
    layers.push(road_layer(&network));
    let mut population = Layer::new("population");
    for place in &people {
        population.point(place.at, &[("population", place.people.into()), ("urban", place.urban.into())]);
    }
    layers.push(population);
    layers.extend(service_layers(&services));
    for layer in &layers {
        layer.save(folder)?;
        println!("{:>6} {}", layer.len(), layer.name);
    }
    Ok(())
}

fn land_layers(land: &Land) -> Vec<Layer> {
    let mut boundary = Layer::new("boundary");
    boundary.shape(&land.edge, &[("name", "晋江市".into())]);
    let mut units = Layer::new("units");
    for town in &land.towns {
        let properties = [
            ("id", town.id.into()),
            ("name", town.name.into()),
            ("level", "town".into()),
            ("population", town.people.into()),
        ];
        units.shape(&town.rings, &properties);
    }
    let mut barriers = Layer::new("barriers");
    for barrier in &land.barriers {
        match barrier {
            Barrier::Water { name, rings } => {
                barriers.polygon(rings, &[("name", (*name).into()), ("kind", "water".into())]);
            }
            Barrier::Line { name, kind, line } => {
                barriers.line(line, &[("name", (*name).into()), ("kind", (*kind).into())]);
            }
        }
    }
    vec![boundary, units, barriers]
}

fn road_layer(network: &Network) -> Layer {
    let mut roads = Layer::new("roads");
    for piece in network.pieces() {
        let road = piece.road;
        let mut properties: Vec<(&str, Value)> = vec![("highway", road.class.into())];
        if !road.name.is_empty() {
            properties.push(("name", road.name.as_str().into()));
        }
        if road.oneway {
            properties.push(("oneway", "yes".into()));
        }
        if let Some(kmh) = signed_limit(road.class) {
            properties.push(("maxspeed", kmh.into()));
        }
        if piece.bridge {
            properties.push(("bridge", "yes".into()));
            properties.push(("layer", 1.into()));
        }
        roads.line(&piece.line, &properties);
    }
    roads
}

/// The speed limit on the signs of through roads, in km/h; streets and lanes carry none.
fn signed_limit(class: &str) -> Option<u32> {
    match class {
        "motorway" => Some(100),
        "trunk" => Some(70),
        "primary" => Some(60),
        "motorway_link" | "secondary" => Some(50),
        _ => None,
    }
}

fn service_layers(services: &Services) -> Vec<Layer> {
    let mut stations = Layer::new("stations");
    for (station, at) in services.stations() {
        let mut properties: Vec<(&str, Value)> = vec![
            ("id", station.id.into()),
            ("name", station.name.into()),
            ("kind", station.kind.into()),
            ("ambulances", station.ambulances.into()),
            ("negative_pressure", station.negative_pressure.into()),
            ("decontamination", station.decontamination.into()),
        ];
        if let Some(year) = station.opened {
            properties.push(("opened", year.into()));
        }
        if let Some(seconds) = station.turnout_s {
            properties.push(("turnout_s", seconds.into()));
        }
        if let Some(sub_center) = station.sub_center {
            properties.push(("sub_center", sub_center.into()));
        }
        stations.point(at, &properties);
    }
    let all = services.facilities();
    let mut facilities = Layer::new("facilities");
    for facility in &all {
        let mut properties: Vec<(&str, Value)> = vec![
            ("id", facility.id.as_str().into()),
            ("name", facility.name.as_str().into()),
            ("kind", facility.kind.into()),
        ];
        if facility.level > 0 {
            properties.push(("level", facility.level.into()));
        }
        if let Some(beds) = facility.beds {
            properties.push(("beds", beds.into()));
        }
        properties.extend(facility.departments().into_iter().map(|(name, there)| (name, there.into())));
        facilities.point(facility.at, &properties);
    }
    let mut aeds = Layer::new("aeds");
    for aed in services.aeds() {
        let properties = [
            ("id", aed.id.into()),
            ("name", aed.name.into()),
            ("count", 1.into()),
            ("hours", aed.hours.into()),
            ("indoor", aed.indoor.into()),
        ];
        aeds.point(aed.at, &properties);
    }
    let mut candidates = Layer::new("candidates");
    for site in services.candidates(&all) {
        candidates.point(site.at, &[("id", site.id.into()), ("name", site.name.into()), ("cost", site.cost.into())]);
    }
    let mut closures = Layer::new("closures");
    for (what, ring) in services.closures() {
        closures.polygon(&[ring], &[("name", what.into())]);
    }
    vec![stations, facilities, aeds, candidates, closures]
}
