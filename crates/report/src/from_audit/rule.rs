//! Rules: figures, zones, readings and sentences.

use super::figure;
use crate::report::{
    Cite, CoreCheckReport, CountedReport, MutualAidReport, NeedReport, ReadingReport, RuleReport, ZoneSummary,
};
use crate::rounding::{km2, people, rounded};
use crate::text::{Lang, aid_sentence, part_words, selected_words, sentence, why};
use lifering_core::audit::Audit;
use lifering_core::findings::RuleZones;
use lifering_standards::catalogue::{Reading, Rule, Standard};
use lifering_standards::evidence::Evidence;
use lifering_standards::outcome::{Outcome, RuleOutcome, Verdict};
use std::collections::BTreeMap;

/// Every rule, in the order of the standard.
pub fn rules(audit: &Audit) -> Vec<RuleReport> {
    let near = audit.city.records().neighbours.as_ref().is_some_and(|all| !all.is_empty());
    let one = |(i, outcome): (usize, &RuleOutcome)| {
        rule(
            outcome,
            audit.findings.zones.get(&i),
            audit.findings.covered_twice.get(&i).copied(),
            &audit.findings.standard,
            near,
            audit.city.evidence(),
        )
    };
    audit.findings.outcomes.iter().enumerate().map(one).collect()
}

/// The first questions and the rules that answer them.
pub fn core(audit: &Audit) -> Vec<CoreCheckReport> {
    let answers = audit.findings.standard.core_answers();
    answers
        .into_iter()
        .map(|(check, rule)| CoreCheckReport { check: check.to_string(), rule: rule.id.to_string() })
        .collect()
}

/// One rule. `neighbours`: whether stations of neighbouring regions are near.
fn rule(
    outcome: &RuleOutcome,
    zones: Option<&RuleZones>,
    covered_twice: Option<f64>,
    standard: &Standard,
    neighbours: bool,
    evidence: &Evidence,
) -> RuleReport {
    let rule = &outcome.rule;
    let default = &outcome.default;
    let explained = |lang| why(rule, &rule.criterion, default, Some(outcome), standard, lang);
    let with_mutual_aid = mutual_aid(outcome);
    // Without neighbours, or without a judgement, a sentence would add nothing.
    let aid = with_mutual_aid.as_ref().filter(|aided| neighbours && aided.verdict != Verdict::CannotJudge);
    let [mut why, mut why_zh] = [Lang::En, Lang::Zh].map(explained);
    if let Some(aided) = aid {
        why = format!("{why} {}", aided.why);
        why_zh += &aided.why_zh;
    }
    let area = zones.filter(|_| default.covered.is_some()).map(|zones| zones.area_m2);
    RuleReport {
        id: rule.id.to_string(),
        kind: rule.kind(),
        title: rule.title.zh.clone(),
        title_en: rule.title.en.clone(),
        force: rule.force,
        binding: rule.force.binds(),
        year: rule.year,
        verdict: outcome.verdict,
        value: default.value.map(|v| figure(v, default.unit)),
        threshold: default.threshold,
        unit: default.unit,
        population_covered: default.covered.map(people),
        population_uncovered: default.uncovered.map(people),
        population_covered_twice: covered_twice.filter(|_| default.covered.is_some()).map(people),
        population_warned: default.warned.map(people),
        uncovered_km2: area.map(|area| km2(area.best)),
        uncovered_km2_low: area.map(|area| km2(area.low)),
        uncovered_km2_high: area.map(|area| km2(area.high)),
        zones: zones.map(zone_summary),
        mean_radius_m: default.mean_radius_m.map(|radius| rounded(radius, 1)),
        counted: counted(rule, standard, evidence),
        need: default.need,
        have: default.have,
        part: default.part_and_whole.map(|of| rounded(of.part, 3)),
        whole: default.part_and_whole.map(|of| rounded(of.whole, 3)),
        needs: outcome
            .needs
            .iter()
            .map(|n| NeedReport { year: n.year, population: people(n.population), need: n.need })
            .collect(),
        readings: rule.readings.iter().zip(&outcome.readings).map(|(r, o)| reading(rule, r, o, standard)).collect(),
        with_mutual_aid,
        assumed: rule.assumed.clone(),
        cite: Cite {
            source: rule.cite.title.zh.clone(),
            section: rule.cite.section.clone(),
            quote: rule.cite.words.text().to_owned(),
            verbatim: rule.cite.words.quote().is_some(),
            line: rule.cite.line,
            confidence: rule.cite.confidence.to_string(),
        },
        filled_from: rule.filled_from.clone(),
        note: rule.note.clone(),
        derived_areas: default.derived_areas,
        sentence: sentence(rule, &why, Lang::En),
        sentence_zh: sentence(rule, &why_zh, Lang::Zh),
        why,
        why_zh,
    }
}

/// What the default reading counted; `None` if its layer is missing.
fn counted(rule: &Rule, standard: &Standard, evidence: &Evidence) -> Option<CountedReport> {
    let selected = evidence.counted_by(&rule.criterion).ok()?;
    let [what, what_zh] = [Lang::En, Lang::Zh].map(|lang| selected_words(&rule.criterion, standard, lang));
    let [part, part_zh] = [Lang::En, Lang::Zh].map(|lang| part_words(&rule.criterion, lang));
    let (number, unknown) = (selected.certain.len(), selected.uncertain.len());
    Some(CountedReport { what, what_zh, part, part_zh, number, unknown })
}

fn mutual_aid(outcome: &RuleOutcome) -> Option<MutualAidReport> {
    let aided = outcome.with_mutual_aid.as_ref()?;
    let [why, why_zh] = [Lang::En, Lang::Zh].map(|lang| aid_sentence(outcome, aided, lang));
    Some(MutualAidReport {
        verdict: aided.verdict,
        value: aided.value.map(|v| figure(v, aided.unit)),
        population_covered: aided.covered.map(people),
        population_uncovered: aided.uncovered.map(people),
        why,
        why_zh,
    })
}

fn reading(rule: &Rule, reading: &Reading, outcome: &Outcome, standard: &Standard) -> ReadingReport {
    ReadingReport {
        id: reading.id.clone(),
        title: reading.title.clone(),
        verdict: outcome.verdict,
        value: outcome.value.map(|v| figure(v, outcome.unit)),
        threshold: outcome.threshold,
        unit: outcome.unit,
        population_uncovered: outcome.uncovered.map(people),
        need: outcome.need,
        have: outcome.have,
        why: why(rule, &reading.criterion, outcome, None, standard, Lang::En),
        why_zh: why(rule, &reading.criterion, outcome, None, standard, Lang::Zh),
    }
}

fn zone_summary(zones: &RuleZones) -> ZoneSummary {
    let mut area_by_reason = BTreeMap::new();
    let mut people_by_reason = BTreeMap::new();
    for zone in &zones.zones {
        *area_by_reason.entry(zone.reason).or_insert(0.0) += zone.area_m2;
        *people_by_reason.entry(zone.reason).or_insert(0.0) += zone.people;
    }
    ZoneSummary {
        count: zones.zones.len(),
        resolution_m: zones.resolution_m,
        dropped_km2: km2(zones.not_drawn.dropped_m2),
        filled_km2: km2(zones.not_drawn.filled_m2),
        road_covered_km: zones.road.map(|r| rounded(r.within_km, 3)),
        road_km: zones.road.map(|r| rounded(r.all_km, 3)),
        km2_by_reason: area_by_reason.into_iter().map(|(reason, m2)| (reason, km2(m2))).collect(),
        people_by_reason: people_by_reason.into_iter().map(|(reason, p)| (reason, people(p))).collect(),
    }
}
