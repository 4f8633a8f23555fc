//! What a report states beside rules, units and files: region, standard, people, network, neighbours.

use crate::report::{
    BaselineReport, NeighbourReport, NetworkReport, Parameters, PopulationReport, RegionReport, SharedRoadsReport,
    SilentReport, StandardReport, Summary, ZoneParameters, illustrative,
};
use crate::rounding::{km2, people, rounded};
use crate::words::word;
use lifering_base::records::{Neighbour, RoadsTaken};
use lifering_core::audit::Audit;
use lifering_standards::baselines::BaselineComparison;
use lifering_standards::catalogue::Standard;
use std::collections::BTreeMap;

pub fn region(audit: &Audit) -> RegionReport {
    let settings = &audit.city.records().settings;
    RegionReport {
        name: settings.name.clone(),
        path: audit.city.records().source.label(),
        settings_sha256: audit.city.records().settings_sha256.clone(),
        boundary_km2: km2(geo::Area::unsigned_area(audit.city.boundary())),
        boundary_from: audit.findings.region.boundary_from,
        illustrative: illustrative(&settings.name),
    }
}

pub fn standard(standard: &Standard) -> StandardReport {
    let silent = standard.extends.iter().flat_map(|extension| &extension.silent);
    StandardReport {
        id: standard.id.clone(),
        sha256: standard.sha256.clone(),
        title: standard.title.zh.clone(),
        title_en: standard.title.en.clone(),
        extends: standard.extends.as_ref().map(|extension| extension.from.clone()),
        silent_on: silent
            .map(|silence| SilentReport {
                topic: silence.topic.clone(),
                filled_by: silence.filled_by.iter().map(ToString::to_string).collect(),
            })
            .collect(),
    }
}

pub fn summary(audit: &Audit) -> Summary {
    let count = |binding: bool| {
        let mut counts = BTreeMap::new();
        for outcome in audit.findings.outcomes.iter().filter(|o| o.rule.force.binds() == binding) {
            *counts.entry(word(&outcome.verdict).to_owned()).or_insert(0) += 1;
        }
        counts
    };
    Summary { exit_status: audit.findings.exit_status().code(), binding: count(true), advisory: count(false) }
}

pub fn parameters(audit: &Audit) -> Parameters {
    let settings = &audit.city.records().settings;
    Parameters {
        response: settings.response.clone(),
        drive: settings.drive.clone(),
        access: settings.access.clone(),
        walk: settings.walk.clone(),
        roads: settings.roads.clone(),
        population: settings.population.clone(),
        zones: ZoneParameters {
            error_share: audit.findings.parameters.zones.error_share,
            floor_m: audit.findings.parameters.zones.floor_m,
            min_zone_m2: settings.zones.min_zone_m2,
        },
    }
}

pub fn population(audit: &Audit) -> PopulationReport {
    PopulationReport {
        total: people(audit.city.people().total),
        inside: people(audit.city.people().inside),
        outside: people(audit.city.people().outside),
        samples: audit.city.people().samples.len(),
        no_road: people(audit.findings.population.no_road),
        cut_off: people(audit.findings.population.cut_off),
        scale: audit.city.people().scale,
    }
}

pub fn network(audit: &Audit) -> NetworkReport {
    NetworkReport {
        nodes: audit.findings.network.nodes,
        edges: audit.findings.network.edges,
        length_km: rounded(audit.findings.network.connectivity.length_km, 3),
        components: audit.findings.network.connectivity.components,
        largest_share: rounded(audit.findings.network.connectivity.largest_share, 6),
    }
}

pub fn shared_roads(taken: &RoadsTaken) -> SharedRoadsReport {
    let exact = Some(taken.exact_within_s()).filter(|s| s.is_finite());
    SharedRoadsReport {
        file: taken.file.clone(),
        margin_m: taken.margin_m,
        roads: taken.roads,
        of: taken.of,
        fastest_kmh: rounded(taken.fastest_kmh, 3),
        // Rounded down: a bound must not be overstated.
        exact_within_s: exact.map(f64::floor),
    }
}

pub fn neighbour(neighbour: &Neighbour) -> NeighbourReport {
    let Neighbour { from, site } = neighbour;
    let place = site.place.normalized();
    let place = [place.lon, place.lat].map(|degrees| rounded(degrees, 7));
    NeighbourReport { id: site.id.clone(), name: site.name.clone(), from: from.clone(), lon: place[0], lat: place[1] }
}

pub fn baseline(counted: &BaselineComparison) -> BaselineReport {
    let baseline = &counted.baseline;
    BaselineReport {
        id: baseline.id.clone(),
        title: baseline.title.clone(),
        year: baseline.year,
        share: baseline.subject.is_share(),
        stated: baseline.value,
        counted: counted.counted,
        differs: counted.differs(),
        note: baseline.note.clone(),
    }
}
