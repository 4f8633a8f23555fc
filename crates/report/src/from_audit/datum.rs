//! Layers that another datum fits better, with the rules that this may change.

use crate::report::DatumDoubt;
use crate::rounding::tenth;
use lifering_base::records::Layer;
use lifering_core::audit::Audit;
use lifering_standards::catalogue::{Criterion, LayerName};
use lifering_standards::outcome::Verdict;

pub(super) fn doubts(audit: &Audit) -> Vec<DatumDoubt> {
    let doubted = audit.findings.fits.iter().filter_map(|(key, fit)| Some((key, fit, fit.accepted(key)?)));
    doubted
        .map(|(key, fit, datum)| DatumDoubt {
            layer: key.clone(),
            datum,
            given_m: tenth(fit.hypotheses[0].mean_m),
            best_m: tenth(fit.best_m()),
            rules: rules_on(audit, key),
        })
        .collect()
}

/// The rules that rest on where the points of a layer lie, but those that cannot be judged anyway.
fn rules_on(audit: &Audit, key: &str) -> Vec<String> {
    let people = key == Layer::Population.key();
    let rests = |criterion: &Criterion| match criterion {
        Criterion::Radius(_) | Criterion::TravelTime(_) => people || selects(criterion, key),
        Criterion::PresencePerUnit(_) => selects(criterion, key),
        // Of the whole region hardly anything moves across the boundary; between its units much may.
        Criterion::PerPopulation(_) | Criterion::Share(_) => false,
    };
    let outcomes = audit.findings.outcomes.iter().filter(|o| o.verdict != Verdict::CannotJudge);
    outcomes.filter(|o| rests(&o.rule.criterion)).map(|o| o.rule.id.to_string()).collect()
}

fn selects(criterion: &Criterion, key: &str) -> bool {
    criterion.selection().layers.iter().any(|layer| match layer {
        LayerName::Decontamination => key == Layer::Stations.key() || key == Layer::Facilities.key(),
        layer => layer.name() == key,
    })
}
