//! Issues of an input file in audit.json and `check --json`, each text in both languages.

use crate::text::Lang;
use lifering_base::issue::{Issue, IssueCode, Issues};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// One kind of issue in one field of one layer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct IssueReport {
    /// Kind of issue.
    pub code: IssueCode,
    /// Field (property or key); absent if the issue is about the feature or the file as a whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// Number of features, or of people if `found` says so.
    pub count: usize,
    /// The first three features.
    pub examples: Vec<ExampleReport>,
}

/// One example of an issue.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ExampleReport {
    /// Position of the feature in its file, from 0; absent if the issue is about the file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub feature: Option<usize>,
    /// Row of the feature in its table, as a spreadsheet numbers them; absent if the file is no table.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub row: Option<u32>,
    /// Sheet of the workbook; absent if the file is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sheet: Option<String>,
    /// The feature's id or name; absent if it has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// What the file holds, in English.
    pub found: String,
    /// What the file holds, in Chinese. Audits of early versions lack it: read as "".
    #[serde(default)]
    pub found_zh: String,
    /// What was expected or done, in English.
    pub wanted: String,
    /// What was expected or done, in Chinese. Audits of early versions lack it: read as "".
    #[serde(default)]
    pub wanted_zh: String,
}

impl ExampleReport {
    /// What was found, in a language.
    pub fn found(&self, lang: Lang) -> &str {
        match lang {
            Lang::Zh => &self.found_zh,
            Lang::En => &self.found,
        }
    }

    /// What was wanted or done, in a language.
    pub fn wanted(&self, lang: Lang) -> &str {
        match lang {
            Lang::Zh => &self.wanted_zh,
            Lang::En => &self.wanted,
        }
    }
}

/// All issues of a layer, ordered by kind and field.
pub fn issues(issues: &Issues) -> Vec<IssueReport> {
    issues.list().iter().map(issue).collect()
}

/// One kind of issue.
pub fn issue(issue: &Issue) -> IssueReport {
    let examples = issue.examples.iter().map(|example| ExampleReport {
        feature: example.feature,
        row: example.row.as_ref().map(|row| row.number),
        sheet: example.row.as_ref().and_then(|row| row.sheet.clone()),
        id: example.id.clone(),
        found: example.found.text("en"),
        found_zh: example.found.text("zh"),
        wanted: example.wanted.text("en"),
        wanted_zh: example.wanted.text("zh"),
    });
    IssueReport { code: issue.code, field: issue.field.clone(), count: issue.count, examples: examples.collect() }
}
