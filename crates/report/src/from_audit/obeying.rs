//! People in time under every obedience to traffic rules.

use crate::report::{ObeyingReport, PeopleInTimeReport};
use crate::rounding::rounded;
use lifering_base::parameters::Obey;
use lifering_core::audit::Audit;
use lifering_core::findings::{Obeying, PeopleInTime};

pub(super) fn obeying(audit: &Audit) -> Vec<ObeyingReport> {
    audit.findings.obeying.iter().map(|of| one(audit, of)).collect()
}

fn one(audit: &Audit, of: &Obeying) -> ObeyingReport {
    let under = |obey| {
        let people: PeopleInTime = of.under.get(&obey).copied().unwrap_or_default();
        PeopleInTimeReport { people: rounded(people.in_time, 3), share: people.share().map(|share| rounded(share, 6)) }
    };
    ObeyingReport {
        rule: audit.findings.outcomes[of.rule].rule.id.to_string(),
        in_force: of.in_force,
        all: under(Obey::All),
        directions: under(Obey::Directions),
        nothing: under(Obey::Nothing),
    }
}
