//! The content of a rule's page, gathered before it is laid out.

use crate::html::page::Page;
use lifering_core::findings::RuleZones;
use lifering_core::measure::curve::Curve;
use lifering_core::zones::Zone;
use lifering_report::report::RuleReport;
use lifering_standards::outcome::{AreaOutcome, RuleOutcome, Verdict};
use std::collections::BTreeMap;

/// Rows of the table of worst zones.
const WORST: usize = 6;

/// A rule with the parts of the audit that its page shows.
pub struct Content<'a> {
    /// The report that the page belongs to.
    pub page: &'a Page<'a>,
    /// Outcome of the rule.
    pub outcome: &'a RuleOutcome,
    /// The same in the shape of audit.json.
    pub rule: &'a RuleReport,
    /// Uncovered zones; `None` if the rule has no area.
    pub zones: Option<&'a RuleZones>,
    /// The zones with most people and their positions, at most [`WORST`].
    pub worst: Vec<(usize, &'a Zone)>,
    /// Level and outcome of the units of the finest level with figures, the worst first.
    pub units: Vec<(&'a str, &'a AreaOutcome)>,
    /// Distribution of times or distances; `None` if the rule has none.
    pub curve: Option<&'a Curve>,
}

impl<'a> Content<'a> {
    /// The content for the rule at a position of the audit's outcomes.
    pub fn new(page: &'a Page<'a>, position: usize, outcome: &'a RuleOutcome, rule: &'a RuleReport) -> Self {
        let zones = page.audit.findings.zones.get(&position);
        Self {
            page,
            outcome,
            rule,
            zones,
            worst: zones.map(worst).unwrap_or_default(),
            units: finest(outcome),
            curve: page.audit.findings.curves.get(&position),
        }
    }
}

/// The zones with most people and their positions.
fn worst(zones: &RuleZones) -> Vec<(usize, &Zone)> {
    let mut ranked: Vec<(usize, &Zone)> = zones.zones.iter().enumerate().collect();
    ranked.sort_by(|a, b| {
        b.1.people.total_cmp(&a.1.people).then(b.1.area_m2.total_cmp(&a.1.area_m2)).then(a.0.cmp(&b.0))
    });
    ranked.truncate(WORST);
    ranked
}

/// Level and outcome of the units of the finest level with figures, the worst first.
fn finest(outcome: &RuleOutcome) -> Vec<(&str, &AreaOutcome)> {
    let mut by_level: BTreeMap<&str, Vec<(&str, &AreaOutcome)>> = BTreeMap::new();
    for area in &outcome.default.areas {
        if area.verdict != Verdict::CannotJudge && area.level != "city" {
            by_level.entry(&area.level).or_default().push((&area.level, area));
        }
    }
    let mut areas = by_level.into_values().max_by_key(Vec::len).unwrap_or_default();
    areas.sort_by(|(_, a), (_, b)| {
        let share = |area: &AreaOutcome| area.value.unwrap_or(0.0);
        b.uncovered
            .unwrap_or(0.0)
            .total_cmp(&a.uncovered.unwrap_or(0.0))
            .then(share(a).total_cmp(&share(b)))
            .then(a.id.cmp(&b.id))
    });
    areas
}
