//! Parameters, versions and hashes: everything that a repetition of the audit needs.

use crate::html::page::Page;
use lifering_report::text::tr;
use maud::{Markup, html};
use serde_json::Value;

/// The section.
pub fn parameters(page: &Page<'_>) -> serde_json::Result<Markup> {
    let mut rows = Vec::new();
    flatten("", &serde_json::to_value(&page.report.parameters)?, &mut rows);
    let report = page.report;
    Ok(html! {
        section.page {
            (page.running_head())
            h2 { (page.tr("html.parameters")) }
            dl.parameters { @for (name, value) in rows { div { dt { code { (name) } } dd { (value) } } } }
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

/// Appends nested values as rows of `section.key` and text.
fn flatten(prefix: &str, value: &Value, rows: &mut Vec<(String, String)>) {
    match value {
        Value::Object(map) => {
            for (key, inner) in map {
                let name = if prefix.is_empty() { key.clone() } else { format!("{prefix}.{key}") };
                flatten(&name, inner, rows);
            }
        }
        Value::Array(list) => {
            let words: Vec<String> =
                list.iter().map(|v| v.as_str().map_or_else(|| v.to_string(), str::to_owned)).collect();
            rows.push((prefix.to_owned(), words.join(", ")));
        }
        Value::Null => rows.push((prefix.to_owned(), "—".to_owned())),
        Value::String(text) => rows.push((prefix.to_owned(), text.clone())),
        other => rows.push((prefix.to_owned(), other.to_string())),
    }
}
