//! Parameters, versions and hashes: everything that a repetition of the audit needs.

use crate::html::page::Page;
use lifering_base::t;
use lifering_report::text::{Lang, known, list, tr};
use maud::{Markup, html};
use serde_json::Value;

/// The section.
pub fn parameters(page: &Page<'_>) -> serde_json::Result<Markup> {
    let mut rows = Vec::new();
    flatten("", &serde_json::to_value(&page.report.parameters)?, page.lang, &mut rows);
    let report = page.report;
    Ok(html! {
        section.page {
            (page.running_head())
            h2 { (page.tr("html.parameters")) }
            dl.parameters { @for row in rows { div { dt title=(row.key) { (row.name) } dd { (row.value) } } } }
            h2 { (page.tr("html.versions")) }
            p.small { (page.tr("html.repeatable")) }
            table.hashes { tbody {
                tr { td { (report.tool.name) } td { (report.tool.version) } }
                tr { td { (tr("html.standard", page.lang)) } td { code { (report.standard.id) } } }
                tr { td { (tr("html.shape", page.lang)) } td { code { (report.schema) } } }
                tr { td { "region.toml" } td { code.hash { (report.region.settings_sha256) } } }
                @for input in &report.inputs { tr { td { (input.file) } td { code.hash { (input.sha256) } } } }
            } }
        }
    })
}

/// A parameter: its key in region.toml, its name and its value in words.
struct Row {
    key: String,
    name: String,
    value: String,
}

/// Appends nested values as rows.
fn flatten(prefix: &str, value: &Value, lang: Lang, rows: &mut Vec<Row>) {
    let word = |text: &str| known("parameter_value", text, lang);
    let value = match value {
        Value::Object(map) => {
            for (key, inner) in map {
                let name = if prefix.is_empty() { key.clone() } else { format!("{prefix}.{key}") };
                flatten(&name, inner, lang, rows);
            }
            return;
        }
        Value::Array(all) => {
            let words: Vec<String> =
                all.iter().map(|each| each.as_str().map_or_else(|| each.to_string(), word)).collect();
            if words.is_empty() { "—".to_owned() } else { list(&words, lang) }
        }
        Value::Null => "—".to_owned(),
        Value::String(text) => word(text),
        Value::Bool(true) => word("yes"),
        Value::Bool(false) => word("no"),
        Value::Number(number) => number.as_f64().map_or_else(|| number.to_string(), |number| number.to_string()),
    };
    rows.push(Row { key: prefix.to_owned(), name: name(prefix, lang), value });
}

/// A parameter in words. Periods and classes of roads are keys of tables.
fn name(key: &str, lang: Lang) -> String {
    let locale = lang.locale();
    let word = |text: &str| known("parameter_value", text, lang);
    if let Some(period) = key.strip_prefix("drive.periods.") {
        t!("parameter.drive.periods", locale = locale, period = word(period)).into_owned()
    } else if let Some(class) = key.strip_prefix("drive.speeds_kmh.") {
        t!("parameter.drive.speed", locale = locale, class = word(class)).into_owned()
    } else {
        known("parameter", key, lang)
    }
}
