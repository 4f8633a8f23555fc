//! How evenly help arrives.

use crate::report::{EquityReport, SpreadReport, UnitSpreadReport};
use crate::rounding::rounded;
use lifering_base::units::Milliseconds;
use lifering_core::audit::Audit;
use lifering_core::measure::equity::{ArrivalSpread, Equity};

pub(super) fn equity(audit: &Audit) -> Option<EquityReport> {
    let Equity { rule, whole, units } = audit.findings.equity.as_ref()?;
    let records = audit.city.records().units.as_deref().unwrap_or_default();
    let unit = |(position, of): &(u32, ArrivalSpread)| {
        let record = &records[*position as usize];
        UnitSpreadReport { id: record.id.clone(), name: record.name.clone(), spread: spread(of) }
    };
    Some(EquityReport {
        rule: audit.findings.outcomes[*rule].rule.id.to_string(),
        whole: spread(whole),
        units: units.iter().map(unit).collect(),
    })
}

fn spread(of: &ArrivalSpread) -> SpreadReport {
    let seconds = |at: Milliseconds| rounded(f64::from(at.0) / 1000.0, 3);
    SpreadReport {
        people: rounded(of.people, 3),
        over_limit: rounded(of.over_limit, 3),
        never: rounded(of.never, 3),
        median_s: of.median.map(seconds),
        p90_s: of.p90.map(seconds),
        gini: of.gini.map(|gini| rounded(gini, 6)),
        worst_tenth: rounded(of.worst_tenth, 3),
    }
}
