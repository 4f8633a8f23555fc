//! The tables of report.xlsx, one a sheet.
//!
//! In: an audit and its report. Out: [`Table`]s.

use super::table::{Table, TableCell, heads, text};
use lifering_base::ids::zone_id;
use lifering_base::t;
use lifering_core::audit::Audit;
use lifering_core::findings::StationFigures;
use lifering_report::report::{Report, RuleReport};
use lifering_report::text::list;
use lifering_report::text::{Lang, found_and_required, people, station_note};
use lifering_report::text::{
    counted_sentence, force, gap_and_closing, input_layer, issue, kind, level, pick, reason, tr, verdict_word, word,
};
use lifering_standards::outcome::{RuleOutcome, ValueUnit, Verdict};

/// Rules with verdict, figures, reason and source.
pub fn rules(audit: &Audit, report: &Report, lang: Lang) -> Table {
    let row = |(outcome, rule): (&RuleOutcome, &RuleReport)| {
        let (found, required) = found_and_required(&outcome.rule.criterion, &outcome.default, lang);
        let (gap, closing) = gap_and_closing(outcome, lang).unwrap_or_default();
        vec![
            text(&rule.id),
            text(pick(&outcome.rule.title, lang)),
            text(force(rule.force, lang)),
            TableCell::year(rule.year),
            text(verdict_word(word(&rule.verdict), lang)),
            text(required),
            text(found),
            TableCell::figure(rule.value, rule.unit),
            text(gap),
            text(closing),
            TableCell::whole(rule.population_covered),
            TableCell::whole(rule.population_uncovered),
            TableCell::number(rule.uncovered_km2),
            TableCell::number(rule.uncovered_km2_low),
            TableCell::number(rule.uncovered_km2_high),
            text(if lang == Lang::Zh { &rule.why_zh } else { &rule.why }),
            text(&rule.cite.source),
            text(&rule.cite.quote),
            rule.counted
                .as_ref()
                .map_or(TableCell::Empty, |counted| text(counted_sentence(&outcome.rule.criterion, counted, lang))),
        ]
    };
    let columns = [
        ("table.rule", 13.0),
        ("table.title", 26.0),
        ("field.force", 12.0),
        ("field.year", 8.0),
        ("table.verdict", 12.0),
        ("table.required", 13.0),
        ("table.found", 13.0),
        ("xlsx.value", 12.0),
        ("html.gap", 16.0),
        ("html.closes", 26.0),
        ("field.population_covered", 14.0),
        ("field.population_uncovered", 14.0),
        ("field.uncovered_km2", 13.0),
        ("field.uncovered_km2_low", 13.0),
        ("field.uncovered_km2_high", 13.0),
        ("table.why", 60.0),
        ("field.source", 30.0),
        ("field.quote", 40.0),
        ("field.counted", 40.0),
    ];
    Table {
        name: tr("xlsx.rules", lang),
        heads: heads(&columns, lang),
        rows: audit.findings.outcomes.iter().zip(&report.rules).map(row).collect(),
    }
}

/// Readings of every rule.
pub fn readings(audit: &Audit, report: &Report, lang: Lang) -> Table {
    let mut rows = Vec::new();
    for (outcome, rule) in audit.findings.outcomes.iter().zip(&report.rules) {
        for (reading, written) in outcome.rule.readings.iter().zip(&rule.readings) {
            rows.push(vec![
                text(&rule.id),
                text(pick(&outcome.rule.title, lang)),
                text(pick(&reading.title, lang)),
                text(verdict_word(word(&written.verdict), lang)),
                TableCell::figure(written.value, written.unit),
                TableCell::figure(Some(written.threshold), written.unit),
                text(if lang == Lang::Zh { &written.why_zh } else { &written.why }),
            ]);
        }
    }
    let columns = [
        ("table.rule", 13.0),
        ("table.title", 26.0),
        ("html.reading", 30.0),
        ("table.verdict", 12.0),
        ("xlsx.value", 12.0),
        ("xlsx.threshold", 12.0),
        ("table.why", 70.0),
    ];
    Table { name: tr("xlsx.readings", lang), heads: heads(&columns, lang), rows }
}

/// Units by rule.
pub fn units(audit: &Audit, report: &Report, lang: Lang) -> Table {
    let mut rows = Vec::new();
    for unit in &report.units {
        for (rule_id, figures) in &unit.rules {
            let rule = report.rules.iter().find(|r| r.id == *rule_id);
            let unit_of =
                rule.map_or(ValueUnit::Share, |r| if r.unit == ValueUnit::S { ValueUnit::Share } else { r.unit });
            rows.push(vec![
                text(&unit.name),
                text(level(&unit.level, &audit.findings.standard, lang)),
                TableCell::Whole(unit.population),
                text(rule_id),
                text(rule.map_or("", |r| if lang == Lang::Zh { &r.title } else { &r.title_en })),
                text(verdict_word(word(&figures.verdict), lang)),
                TableCell::figure(figures.value, unit_of),
                TableCell::whole(figures.need.map(|n| n as f64)),
                TableCell::number(figures.have),
                TableCell::whole(figures.population_uncovered),
            ]);
        }
    }
    let columns = [
        ("html.unit_name", 22.0),
        ("field.level", 18.0),
        ("html.population", 12.0),
        ("table.rule", 13.0),
        ("table.title", 28.0),
        ("table.verdict", 12.0),
        ("xlsx.value", 12.0),
        ("html.need", 10.0),
        ("html.have", 10.0),
        ("html.uncovered", 14.0),
    ];
    Table { name: tr("xlsx.units", lang), heads: heads(&columns, lang), rows }
}

/// Uncovered zones.
pub fn zones(audit: &Audit, lang: Lang) -> Table {
    let records = audit.city.records().units.as_deref().unwrap_or_default();
    let mut rows = Vec::new();
    for (position, set) in &audit.findings.zones {
        let rule = &audit.findings.outcomes[*position].rule;
        for (n, zone) in set.zones.iter().enumerate() {
            let names: Vec<&str> = zone.units.iter().map(|u| records[*u as usize].name.as_str()).collect();
            let minutes = |ms: Option<f64>| TableCell::number(ms.map(|ms| (ms + f64::from(set.shift.0)) / 60_000.0));
            let nearest = zone.nearest.and_then(|by| set.sites.get(by.index()));
            rows.push(vec![
                text(zone_id(rule.id.as_str(), n)),
                text(rule.id.as_str()),
                text(reason(&rule.criterion, zone.reason, lang)),
                TableCell::Whole(zone.people),
                TableCell::Number(zone.area_m2 / 1e6),
                text(list(&names, lang)),
                nearest.map_or(TableCell::Empty, |site| text(&audit.city.evidence().sites[*site].name)),
                minutes(zone.nearest_ms),
                minutes(zone.worst_ms),
                TableCell::number(zone.nearest_m.map(|m| m / 1000.0)),
                TableCell::number(zone.worst_m.map(|m| m / 1000.0)),
            ]);
        }
    }
    let columns = [
        ("html.zone", 18.0),
        ("table.rule", 13.0),
        ("html.reason", 18.0),
        ("html.people", 12.0),
        ("field.area_km2", 12.0),
        ("html.where", 40.0),
        ("html.nearest", 28.0),
        ("xlsx.nearest_min", 14.0),
        ("xlsx.worst_min", 14.0),
        ("xlsx.nearest_km", 14.0),
        ("xlsx.worst_km", 14.0),
    ];
    Table { name: tr("xlsx.zones", lang), heads: heads(&columns, lang), rows }
}

/// Stations with the number of people nearest to each in time.
pub fn stations(audit: &Audit, lang: Lang) -> Table {
    let row = |figures: &StationFigures| {
        let site = &audit.city.records().stations[figures.site];
        let share = (figures.people_first > 0.0).then(|| figures.people_in_time / figures.people_first);
        vec![
            text(&site.name),
            text(site.text("kind").map_or_else(String::new, |k| kind(k, lang))),
            TableCell::number(site.number("ambulances")),
            TableCell::number(site.number("negative_pressure")),
            TableCell::Whole(figures.people_first),
            TableCell::Whole(figures.people_in_time),
            TableCell::Whole(figures.people_only),
            share.map_or(TableCell::Empty, TableCell::Share),
            TableCell::number(figures.driveway_m),
            TableCell::Number(site.place.normalized().lon),
            TableCell::Number(site.place.lat),
            text(station_note(audit, figures, lang)),
        ]
    };
    let columns = [
        ("html.station", 34.0),
        ("html.kind_of", 14.0),
        ("field.ambulances", 10.0),
        ("field.negative_pressure", 12.0),
        ("field.population_first", 14.0),
        ("field.population_in_time", 14.0),
        ("field.population_only", 16.0),
        ("html.people_in_time", 10.0),
        ("field.driveway_m", 12.0),
        ("xlsx.lon", 12.0),
        ("xlsx.lat", 12.0),
        ("field.note", 50.0),
    ];
    Table {
        name: tr("xlsx.stations", lang),
        heads: heads(&columns, lang),
        rows: audit.findings.stations.iter().map(row).collect(),
    }
}

/// The need of each rule for the people of the region and for the standard's populations by year.
pub fn needs(audit: &Audit, lang: Lang) -> Table {
    let mut rows = Vec::new();
    for outcome in &audit.findings.outcomes {
        let default = &outcome.default;
        // The count of a share is its part.
        let have = default.have.or(default.part_and_whole.map(|of| of.part));
        let have = have.filter(|_| default.verdict != Verdict::CannotJudge);
        for need in &outcome.needs {
            let people = people(need.population, lang);
            let people = if let Some(year) = need.year {
                t!("needs.year", locale = lang.locale(), year = year, people = people)
            } else {
                t!("needs.now", locale = lang.locale(), people = people)
            };
            rows.push(vec![
                text(outcome.rule.id.as_str()),
                text(pick(&outcome.rule.title, lang)),
                text(people),
                TableCell::year(need.year),
                TableCell::Whole(need.population),
                TableCell::Whole(need.need as f64),
                TableCell::number(have),
                TableCell::number(have.map(|have| (need.need as f64 - have).max(0.0))),
            ]);
        }
    }
    let columns = [
        ("table.rule", 13.0),
        ("table.title", 28.0),
        ("xlsx.whose", 28.0),
        ("field.year", 8.0),
        ("html.population", 14.0),
        ("html.need", 10.0),
        ("html.have", 10.0),
        ("xlsx.short", 10.0),
    ];
    Table { name: tr("xlsx.needs", lang), heads: heads(&columns, lang), rows }
}

/// Issues of the input with their examples.
pub fn issues(audit: &Audit, report: &Report, lang: Lang) -> Table {
    let mut rows = Vec::new();
    for input in &report.inputs {
        for noticed in &input.issues {
            for example in &noticed.examples {
                rows.push(vec![
                    text(input_layer(input, &audit.findings.standard, lang)),
                    text(&input.file),
                    text(issue(noticed.code, lang)),
                    text(noticed.field.clone().unwrap_or_default()),
                    TableCell::Whole(noticed.count as f64),
                    TableCell::whole(example.feature.map(|f| f as f64)),
                    text(example.id.clone().unwrap_or_default()),
                    text(example.found(lang)),
                    text(example.wanted(lang)),
                ]);
            }
        }
    }
    let columns = [
        ("html.layer", 16.0),
        ("html.file", 24.0),
        ("html.noticed", 30.0),
        ("xlsx.field", 16.0),
        ("xlsx.count", 10.0),
        ("xlsx.feature", 10.0),
        ("field.id", 16.0),
        ("xlsx.found", 50.0),
        ("xlsx.wanted", 50.0),
    ];
    Table { name: tr("xlsx.issues", lang), heads: heads(&columns, lang), rows }
}
