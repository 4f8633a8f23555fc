//! `lifering standards list`: every embedded standard and its rules.
//!
//! In: the standards that ship. Out: a table, or JSON.

use anyhow::Result;
use lifering_base::t;
use lifering_export::terminal::Screen;
use lifering_export::terminal::table::{Column, Table, cell};
use lifering_report::text::{bracketed, force, pick, tr};
use lifering_standards::catalogue::{Standard, Word as _, embedded};
use serde_json::{Value, json};

/// A row a rule below the title of its standard.
pub fn table(screen: Screen) -> Result<String> {
    let lang = screen.lang;
    let columns = [("table.rule", Column::Word), ("table.title", Column::Text), ("standards.force", Column::Word)];
    let mut table = Table::new(columns.map(|(key, column)| (tr(key, lang), column)));
    for (id, _) in embedded() {
        let standard = Standard::embedded(id)?;
        let rules = t!("standards.own_rules", locale = lang.locale(), n = standard.own_rules().count());
        table.push_heading(format!("{id}  {}{}", pick(&standard.title, lang), bracketed(&rules, "", lang)));
        for rule in standard.own_rules() {
            table.push(vec![
                cell(format!("  {}", rule.id)),
                cell(pick(&rule.title, lang)),
                cell(force(rule.force, lang)),
            ]);
        }
    }
    Ok(table.text(screen) + "\n")
}

/// The same for programs, with both languages.
pub fn json() -> Result<String> {
    let mut all: Vec<Value> = Vec::new();
    for (id, _) in embedded() {
        let standard = Standard::embedded(id)?;
        let rules: Vec<Value> = standard
            .own_rules()
            .map(|rule| {
                json!({
                    "id": rule.id,
                    "kind": rule.kind().word(),
                    "force": rule.force.word(),
                    "year": rule.year,
                    "title": rule.title.zh,
                    "title_en": rule.title.en,
                })
            })
            .collect();
        let years: Vec<&u16> = standard.population.keys().collect();
        all.push(json!({
            "id": id,
            "title": standard.title.zh,
            "title_en": standard.title.en,
            "applies_to": standard.applies_to.zh,
            "applies_to_en": standard.applies_to.en,
            "years": years,
            "rules": rules,
        }));
    }
    Ok(serde_json::to_string_pretty(&json!({ "standards": all }))? + "\n")
}
