//! The map of a rule.

use super::content::Content;
use crate::html::map::{SAME_LIMIT_S, Theme};
use crate::html::page::Page;
use lifering_base::t;
use lifering_report::text::{amount, people, percent};
use lifering_standards::access_query;
use lifering_standards::catalogue::{Criterion, Journey};
use lifering_standards::outcome::{AreaOutcome, Verdict};
use std::collections::BTreeMap;

/// The zones of a rule, or the verdicts of its units if it has none, and the sites that it counts or measures to.
pub fn theme<'a>(content: &Content<'a>) -> Theme<'a> {
    let Content { page, outcome, zones, .. } = *content;
    let evidence = page.audit.city.evidence();
    let criterion = &outcome.rule.criterion;
    let sites = if let Some(Ok(question)) = access_query(criterion, evidence) {
        question.sites
    } else {
        let all = evidence.select(criterion.selection()).map(|s| s.certain).unwrap_or_default();
        all.into_iter().filter(|site| evidence.sites[*site].placed).collect()
    };
    let drives = matches!(criterion, Criterion::TravelTime(t) if matches!(t.journey, Journey::Drive { .. }));
    let limit = if let Criterion::TravelTime(t) = criterion { f64::from(t.limit_s) } else { 0.0 };
    let by_time = (drives && page.base.limits_s.iter().any(|l| (l - limit).abs() < SAME_LIMIT_S)).then_some(limit);
    let mut units = BTreeMap::new();
    if zones.is_none() {
        for area in &outcome.default.areas {
            if area.verdict != Verdict::CannotJudge {
                units.insert((area.level.clone(), area.id.clone()), (area.verdict, area_text(page, area)));
            }
        }
    }
    Theme { zones: zones.map(|zones| (outcome, zones)), by_time, units, sites, ..Theme::default() }
}

/// Text of a unit on hovering.
fn area_text(page: &Page<'_>, area: &AreaOutcome) -> String {
    let mut parts = vec![area.name.clone(), people(area.people, page.lang)];
    if let (Some(need), Some(have)) = (area.need, area.have) {
        let text = t!("why.needed_and_there", locale = page.lang.locale(), need = need, have = amount(have));
        parts.push(text.into_owned());
    } else if let Some(value) = area.value {
        parts.push(percent(value));
    }
    parts.join(" · ")
}
