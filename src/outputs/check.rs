//! What `lifering check` prints.
//!
//! In: [`Quality`]. Out: text in one of the two languages: a table of layers with their grades, what was noticed in each
//! with the first examples, and how roads, sites and people fit together.

use super::sentences::{Lang, people};
use crate::inputs::issue::{Issue, IssueCode, Severity};
use crate::quality::{Cohesion, Found, Quality};
use comfy_table::presets::UTF8_HORIZONTAL_ONLY;
use comfy_table::{CellAlignment, ContentArrangement, Table};
use rust_i18n::t;
use std::fmt::Write as _;

/// The whole report.
pub fn text(quality: &Quality, lang: Lang) -> String {
    let locale = lang.locale();
    let mut out = t!("check.title", locale = locale, region = quality.region).into_owned();
    out.push('\n');
    let _ = writeln!(out, "{}", layers(quality, lang));
    for layer in quality.layers.iter().filter(|l| !l.issues.is_empty()) {
        out.push('\n');
        out.push_str(&issues(&format!("{} ({})", layer.grade.key, layer.file), &layer.issues, lang));
    }
    let _ = writeln!(out, "\n{}", t!("check.roads", locale = locale));
    out.push_str(&network(quality, lang));
    let _ = writeln!(out, "\n{}", t!("check.sites_and_people", locale = locale));
    out.push_str(&sites_and_people(quality, lang));
    let fits = fits(quality, lang);
    if !fits.is_empty() {
        let _ = writeln!(out, "\n{}", t!("check.fit_title", locale = locale));
        out.push_str(&fits);
    }
    out
}

/// A title and what was noticed below it; nothing where nothing was.
pub fn issues(title: &str, issues: &[Issue], lang: Lang) -> String {
    if issues.is_empty() {
        return String::new();
    }
    issues.iter().fold(format!("{title}\n"), |text, issue| text + &one_issue(issue, lang))
}

/// What an issue is about, in words.
pub fn headline(code: IssueCode, lang: Lang) -> String {
    t!(format!("check.issue.{}", code.word()), locale = lang.locale()).into_owned()
}

fn layers(quality: &Quality, lang: Lang) -> Table {
    let locale = lang.locale();
    let mut table = Table::new();
    table.load_style(UTF8_HORIZONTAL_ONLY).set_content_arrangement(ContentArrangement::Dynamic).force_no_tty();
    let heads = ["layer", "file", "format", "features", "used", "left_out", "changed", "grade", "reason"];
    table.set_header(heads.map(|h| t!(format!("check.head.{h}"), locale = locale).into_owned()));
    for layer in &quality.layers {
        let format = match layer.encoding {
            Some(encoding) if encoding != "UTF-8" => format!("{}, {encoding}", layer.format),
            _ => layer.format.to_owned(),
        };
        let reason = layer.grade.reason.as_ref().map_or_else(
            || t!("check.no_reason", locale = locale).into_owned(),
            |r| format!("{} × {}", headline(r.code, lang), r.count),
        );
        table.add_row([
            layer.grade.key.clone(),
            layer.file.clone(),
            format,
            layer.features.to_string(),
            layer.used.to_string(),
            layer.left_out.to_string(),
            layer.changed.to_string(),
            format!("{:?}", layer.grade.grade),
            reason,
        ]);
    }
    for column in 3..=6 {
        if let Some(column) = table.column_mut(column) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    table
}

fn one_issue(issue: &Issue, lang: Lang) -> String {
    let locale = lang.locale();
    let mark = match issue.code.severity() {
        Severity::Warning => "!",
        Severity::Note => "-",
    };
    let field = issue.field.as_deref().map(|f| format!(" `{f}`")).unwrap_or_default();
    let mut out = format!("  {mark} {}{field}: {}\n", headline(issue.code, lang), issue.count);
    for example in &issue.examples {
        let feature = example.feature.map(|f| t!("check.feature", locale = locale, n = f).into_owned());
        let id = example.id.as_ref().map(|id| format!("{id}"));
        let at: Vec<String> = feature.into_iter().chain(id).collect();
        let at = if at.is_empty() { String::new() } else { format!("{}: ", at.join(", ")) };
        let found = t!("check.example", locale = locale, found = example.found, wanted = example.wanted);
        let _ = writeln!(out, "      {at}{found}");
    }
    out
}

fn cohesion(c: &Cohesion, lang: Lang) -> String {
    t!(
        "check.cohesion",
        locale = lang.locale(),
        junctions = c.junctions,
        km = format!("{:.1}", c.length_km),
        components = c.components,
        share = format!("{:.2} %", c.largest_share * 100.0)
    )
    .into_owned()
}

fn places(found: &Found) -> String {
    if found.examples.is_empty() {
        return String::new();
    }
    let all: Vec<String> = found.examples.iter().map(|[lon, lat]| format!("{lon:.6}, {lat:.6}")).collect();
    format!(" ({})", all.join("; "))
}

fn network(quality: &Quality, lang: Lang) -> String {
    let locale = lang.locale();
    let n = &quality.network;
    let mut out = String::new();
    for (key, c) in [("as_set", &n.as_set), ("snapped", &n.snapped), ("split", &n.split)] {
        let _ = writeln!(out, "  {}: {}", t!(format!("check.network.{key}"), locale = locale), cohesion(c, lang));
    }
    for (key, found) in
        [("one_way_traps", &n.one_way_traps), ("near_misses", &n.near_misses), ("crossings", &n.crossings)]
    {
        let _ = writeln!(
            out,
            "  {}: {}{}",
            t!(format!("check.network.{key}"), locale = locale),
            found.count,
            places(found)
        );
    }
    out
}

fn sites_and_people(quality: &Quality, lang: Lang) -> String {
    let locale = lang.locale();
    let mut out = String::new();
    for s in &quality.sites {
        let line = t!(
            "check.sites",
            locale = locale,
            layer = s.key,
            sites = s.sites,
            off = s.off_network,
            outside = s.outside
        );
        let _ = writeln!(out, "  {line}");
    }
    let p = &quality.people;
    let line = t!(
        "check.people",
        locale = locale,
        total = people(p.total, lang),
        inside = people(p.inside, lang),
        beyond = people(p.beyond_roads, lang)
    );
    let _ = writeln!(out, "  {line}");
    if let Some(total) = p.units_total {
        let line = t!(
            "check.units",
            locale = locale,
            total = people(total, lang),
            inside = people(p.inside, lang),
            differ = p.units_differ
        );
        let _ = writeln!(out, "  {line}");
        for d in &p.examples {
            let line = t!(
                "check.unit",
                locale = locale,
                unit = d.unit,
                stated = people(d.stated, lang),
                counted = people(d.counted, lang)
            );
            let _ = writeln!(out, "      {line}");
        }
    }
    out
}

fn fits(quality: &Quality, lang: Lang) -> String {
    let locale = lang.locale();
    let mut out = String::new();
    for layer in &quality.layers {
        let Some(fit) = &layer.fit else { continue };
        let all: Vec<String> = fit.hypotheses.iter().map(|h| format!("{} {:.0} m", h.datum, h.mean_m)).collect();
        let verdict = if fit.suspected { "check.fit_suspected" } else { "check.fit_ok" };
        let line = t!(
            "check.fit",
            locale = locale,
            layer = layer.grade.key,
            points = fit.points,
            all = all.join(", "),
            winner = fit.winner.to_string(),
            margin = format!("{:.0} %", fit.margin * 100.0)
        );
        let _ = writeln!(out, "  {line} {}", t!(verdict, locale = locale, datum = fit.winner.word()));
    }
    if !quality.roads_inside.is_empty() {
        let all: Vec<String> = quality.roads_inside.iter().map(|(d, s)| format!("{d} {:.2} %", s * 100.0)).collect();
        let _ = writeln!(out, "  {}", t!("check.roads_inside", locale = locale, all = all.join(", ")));
    }
    out
}
