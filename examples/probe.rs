use geo::{Centroid, MapCoords};
use lifering::frame::Frame;
use lifering::inputs::{Region, source::Source};
use lifering::network::*;
use lifering::travel::*;
use lifering::units::*;
use std::time::Instant;
fn main() {
    let t = Instant::now();
    let path = std::env::args().nth(1).unwrap();
    let walk = std::env::args().nth(2).is_some_and(|a| a == "walk");
    let region = Region::read(Source::at(std::path::Path::new(&path))).unwrap();
    println!("read {:?}", t.elapsed());
    let t = Instant::now();
    let b = region.boundary.as_ref().unwrap();
    let c = b.centroid().unwrap();
    let frame = Frame::new(geo::Coord::from(c).into()).unwrap();
    let local = b.map_coords(|c| frame.to_local(c.into()));
    let s = &region.settings;
    let usage = if walk { Usage::Walk } else { Usage::Drive };
    let net = build(
        &region.roads,
        &frame,
        &BuildSettings { usage, no_roadside: &s.access.no_roadside, snap_m: 0.0, split_crossings: false, closed: None },
    );
    println!("build {:?} nodes {} links {} {:?}", t.elapsed(), net.node_count, net.links.len(), net.connectivity);
    let t = Instant::now();
    let costs = Costs::new(
        &net,
        &region.roads,
        &if walk { Speeds::Uniform(s.walk.speed_m_s) } else { Speeds::Drive(&s.drive) },
    );
    println!("costs {:?}", t.elapsed());
    let t = Instant::now();
    let v = if walk { s.walk.access_m_s } else { s.access.speed_kmh / 3.6 };
    let vd = if walk { v } else { s.drive.driveway_kmh / 3.6 };
    let delay = if walk { 0 } else { 240_000 };
    let sites = if walk { region.facilities.as_ref().unwrap() } else { &region.stations };
    let starts: Vec<Start> =
        sites.iter().map(|x| Start { xy: frame.to_local(x.place), delay: Milliseconds(delay) }).collect();
    let field = TravelField::new(
        &net,
        &costs,
        &starts,
        FieldSettings {
            leg: Leg { ms_per_m: 1000.0 / v, max_m: s.access.max_m },
            driveway_ms_per_m: 1000.0 / vd,
            straight: walk,
        },
    );
    println!("field {:?}", t.elapsed());
    let t = Instant::now();
    let demand = Demand::new(region.population.as_deref(), None, &local, &frame, None);
    println!("demand {:?} {} {}", t.elapsed(), demand.total, demand.inside);
    let t = Instant::now();
    let places: Vec<_> = demand.samples.iter().map(|s| s.xy).collect();
    let reached = demand::reach(&field, None, &places);
    println!("reach {:?}", t.elapsed());
    let limit = if walk { 900_000 } else { 840_000 };
    let cov: f64 = demand
        .samples
        .iter()
        .zip(&reached)
        .filter(|(_, r)| r.at().is_some_and(|a| a.0 <= limit))
        .map(|(s, _)| s.people)
        .sum();
    let none: f64 = demand.samples.iter().zip(&reached).filter(|(_, r)| r.at().is_none()).map(|(s, _)| s.people).sum();
    let mean: f64 = demand
        .samples
        .iter()
        .zip(&reached)
        .filter_map(|(s, r)| Some((s.people, r.at()?.seconds())))
        .map(|(p, t)| p * t)
        .sum::<f64>()
        / (demand.inside - none);
    println!("covered {cov} no_road {none} mean {mean}");

    use lifering::zones::*;
    let t = Instant::now();
    let sub = subdivide(
        &field,
        None,
        &local,
        &[Aspect::Within(f64::from(limit)), Aspect::Reached, Aspect::Road],
        Fineness { error_share: 0.002, floor_m: 10.0 },
    );
    println!("subdivide {:?}", t.elapsed());
    for a in &sub.answered {
        println!(
            "  {:?} level {} side {} open {} cells {} low {} high {}",
            a.aspect,
            a.level,
            sub.side_of(a.level),
            a.open.len(),
            a.cells.len(),
            a.no_m2 / 1e6,
            (sub.area_m2 - a.yes_m2) / 1e6
        );
    }
    let t = Instant::now();
    let shapes =
        of_field(&field, None, &local, &[f64::from(limit)], Fineness { error_share: 0.002, floor_m: 10.0 }, 2500.0);
    println!("of_field {:?}", t.elapsed());
    for s in &shapes {
        println!(
            "  area {} [{} {}] parts {} dropped {} filled {}",
            s.area_m2 / 1e6,
            s.low_m2 / 1e6,
            s.high_m2 / 1e6,
            s.parts.len(),
            s.dropped_m2,
            s.filled_m2
        );
        use geo::Validation;
        println!("  valid {}", s.parts.iter().filter(|(_, p)| !p.is_valid()).count());
    }
}
