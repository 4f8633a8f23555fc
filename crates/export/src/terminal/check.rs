//! The output of `lifering check`: layers with their grades, issues with examples, findings between layers.
//!
//! In: [`Quality`]. Out: text in one language.

use super::screen::{Screen, wrapped};
use super::table::{Cell, Colour, Column, Table, cell};
use lifering_base::datum::Datum;
use lifering_base::issue::{Issue, IssueCode, Severity};
use lifering_base::readings::Readings;
use lifering_base::t;
use lifering_core::quality::fit::Hypothesis;
use lifering_core::quality::grade::Grade;
use lifering_core::quality::{LayerQuality, Quality};
use lifering_readers::columns::ColumnRecord;
use lifering_readers::formats::Format;
use lifering_report::check::station_reach;
use lifering_report::columns::ColumnReport;
use lifering_report::text::field;
use lifering_report::text::layer as layer_name;
use lifering_report::text::list;
use lifering_report::text::survey;
use lifering_report::text::{Lang, grouped};
use std::borrow::Cow;
use std::fmt::Write as _;

/// The text.
pub fn text(quality: &Quality, screen: Screen) -> String {
    let lang = screen.lang;
    let locale = lang.locale();
    let mut out = t!("check.title", locale = locale, region = quality.region).into_owned();
    let _ = writeln!(out, "\n{}\n", summary(quality, lang));
    let _ = writeln!(out, "{}\n\n{}", layers(quality, screen), files(quality, lang));
    for layer in quality.layers.iter().filter(|l| !l.issues.is_empty()) {
        out.push('\n');
        let title = t!("check.layer", locale = locale, layer = layer_name(&layer.grade.key, lang), file = layer.file);
        out.push_str(&issues(&title, &layer.issues, lang));
    }
    let mut table = ColumnTable::new(lang);
    for layer in quality.layers.iter().filter(|l| !l.columns.is_empty()) {
        let name = layer_name(&layer.grade.key, lang);
        let title = t!("check.columns", locale = locale, layer = name, file = layer.file);
        table.push(&title, &layer.columns, &layer.readings);
    }
    if !table.is_empty() {
        let _ = writeln!(out, "\n{}", table.text(screen));
    }
    let _ = writeln!(out, "\n{}", t!("check.roads", locale = locale));
    out.push_str(&indented(&survey::roads(&quality.survey.network, lang)));
    let used = survey::road_use(&quality.survey.road_use, lang);
    if !used.is_empty() {
        let _ = writeln!(out, "\n{}", t!("check.road_use.title", locale = locale));
        out.push_str(&indented(&used));
    }
    let _ = writeln!(out, "\n{}", t!("check.sites_and_people", locale = locale));
    out.push_str(&indented(&survey::sites(&quality.survey.sites, lang)));
    out.push_str(&indented(&survey::people(&quality.survey.people, lang)));
    if let Some(table) = reach(quality, lang) {
        let _ = writeln!(out, "\n{}\n{}", t!("check.reach_title", locale = locale), table.text(screen));
    }
    let fits = fits(quality, lang);
    if !fits.is_empty() {
        let _ = writeln!(out, "\n{}", t!("check.fit_title", locale = locale));
        out.push_str(&fits);
    }
    wrapped(&out, screen.columns)
}

/// How far every station can drive, those that drive least first; `None` without stations.
fn reach(quality: &Quality, lang: Lang) -> Option<Table> {
    let all = station_reach(quality);
    if all.is_empty() {
        return None;
    }
    let heads = [
        ("station", Column::Text),
        ("nearest_m", Column::Number),
        ("drivable_km", Column::Number),
        ("leads_on_m", Column::Number),
    ];
    let mut table = Table::new(heads.map(|(head, column)| (self::head(head, lang), column)));
    let metres = |metres: Option<f64>| cell(metres.map_or_else(|| "—".to_owned(), |m| format!("{m:.1}")));
    for station in all {
        let drivable = cell(format!("{:.2}", station.drivable_km));
        table.push(vec![cell(station.name), metres(station.nearest_m), drivable, metres(station.leads_on_m)]);
    }
    Some(table)
}

/// The heading of a column.
fn head(name: &str, lang: Lang) -> String {
    t!(format!("check.head.{name}"), locale = lang.locale()).into_owned()
}

/// What was made of every column of some files: what it is taken as, an example, and the states of its values. One table, so
/// that the columns of all files stand below each other.
pub struct ColumnTable {
    table: Table,
    lang: Lang,
}

impl ColumnTable {
    /// A table without files.
    pub fn new(lang: Lang) -> Self {
        let heads = [
            ("column", Column::Text),
            ("taken_as", Column::Text),
            ("example", Column::Text),
            ("as_written", Column::Number),
            ("interpreted", Column::Number),
            ("values_left_out", Column::Number),
            ("refused", Column::Number),
        ];
        Self { table: Table::new(heads.map(|(head, column)| (self::head(head, lang), column))), lang }
    }

    /// The columns of a file below a title.
    pub fn push(&mut self, title: &str, all: &[ColumnRecord], readings: &Readings) {
        let lang = self.lang;
        self.table.push_heading(title);
        for column in all {
            let report = ColumnReport::new(column, readings);
            let taken_as = match (&report.taken_as, &report.may_be) {
                (Some(name), _) => field(name, lang),
                (None, Some(near)) => {
                    t!("check.may_be", locale = lang.locale(), field = field(near, lang)).into_owned()
                }
                (None, None) => t!("check.not_taken", locale = lang.locale()).into_owned(),
            };
            let words = [format!("  {}", report.name), taken_as, report.example.unwrap_or_default()];
            let mut row: Vec<Cell> = words.into_iter().map(cell).collect();
            let counts = report.values.map(|v| [v.as_written, v.interpreted, v.left_out, v.refused]);
            let shown = |n: usize| cell(grouped(n as f64));
            row.extend(counts.map_or_else(|| vec![cell(String::new()); 4], |all| all.map(shown).to_vec()));
            self.table.push(row);
        }
    }

    /// Whether no file has been added.
    pub fn is_empty(&self) -> bool {
        self.table.is_empty()
    }

    /// The text, without a line feed at its end.
    pub fn text(&self, screen: Screen) -> String {
        self.table.text(screen)
    }
}

/// A title and the issues below it; empty without issues.
pub fn issues(title: &str, issues: &[Issue], lang: Lang) -> String {
    if issues.is_empty() {
        return String::new();
    }
    issues.iter().fold(format!("{title}\n"), |text, issue| text + &one_issue(issue, lang))
}

/// An issue in words.
fn headline(code: IssueCode, lang: Lang) -> String {
    t!(format!("check.issue.{}", code.word()), locale = lang.locale()).into_owned()
}

/// Number of warnings, and the meaning of the marks below.
fn summary(quality: &Quality, lang: Lang) -> String {
    let warnings = |l: &LayerQuality| l.issues.iter().filter(|i| i.code.severity() == Severity::Warning).count();
    let (all, layers) =
        quality.layers.iter().map(warnings).fold((0, 0), |(all, n), w| (all + w, n + usize::from(w > 0)));
    let key = if all == 0 { "check.sound" } else { "check.warned" };
    t!(key, locale = lang.locale(), warnings = all, layers = layers).into_owned()
}

fn indented(lines: &[String]) -> String {
    lines.iter().fold(String::new(), |text, line| text + "  " + line + "\n")
}

fn layers(quality: &Quality, screen: Screen) -> String {
    let lang = screen.lang;
    let heads = [
        ("grade", Column::Word),
        ("layer", Column::Text),
        ("features", Column::Number),
        ("used", Column::Number),
        ("left_out", Column::Number),
        ("changed", Column::Number),
        ("reason", Column::Text),
    ];
    let mut table = Table::new(heads.map(|(head, column)| (self::head(head, lang), column)));
    for layer in &quality.layers {
        let reason = layer.grade.reason.as_ref().map_or_else(
            || t!("check.no_reason", locale = lang.locale()).into_owned(),
            |r| format!("{} × {}", headline(r.code, lang), r.count),
        );
        let (letter, colour) = match layer.grade.grade {
            Grade::A => ("A", Colour::Green),
            Grade::B => ("B", Colour::Green),
            Grade::C => ("C", Colour::Yellow),
            Grade::D => ("D", Colour::Red),
        };
        let counts = [layer.features, layer.used, layer.left_out, layer.changed];
        let mut row = vec![cell(letter).in_colour(colour), cell(layer_name(&layer.grade.key, lang))];
        row.extend(counts.map(|n| cell(grouped(n as f64))));
        row.push(cell(reason));
        table.push(row);
    }
    table.text(screen)
}

/// The file of each layer with its format and encoding.
fn files(quality: &Quality, lang: Lang) -> String {
    let locale = lang.locale();
    let file = |layer: &LayerQuality| {
        // Other formats have names that need no translation.
        let format = if layer.format == Format::Workbook.name() {
            t!("check.workbook", locale = locale)
        } else {
            Cow::Borrowed(layer.format)
        };
        let format = match layer.encoding {
            Some(encoding) if encoding != "UTF-8" => format!("{format}, {encoding}"),
            _ => format.into_owned(),
        };
        t!("check.file", locale = locale, file = layer.file, format = format).into_owned()
    };
    let all: Vec<String> = quality.layers.iter().map(file).collect();
    t!("check.files", locale = locale, files = list(&all, lang)).into_owned()
}

fn one_issue(issue: &Issue, lang: Lang) -> String {
    let locale = lang.locale();
    let mark = match issue.code.severity() {
        Severity::Warning => "!",
        Severity::Note => "-",
    };
    let field = issue.field.as_deref().map(|f| format!(" `{f}`")).unwrap_or_default();
    let mut out = format!("  {mark} {}{field} × {}\n", headline(issue.code, lang), grouped(issue.count as f64));
    for example in &issue.examples {
        let feature = match &example.row {
            Some(row) => Some(row.message().text(locale)),
            None => example.feature.map(|f| t!("check.feature", locale = locale, n = f).into_owned()),
        };
        let id = example.id.clone();
        let at: Vec<String> = feature.into_iter().chain(id).collect();
        let at = if at.is_empty() { String::new() } else { format!("{}: ", at.join(", ")) };
        let found = t!(
            "check.example",
            locale = locale,
            found = example.found.text(locale),
            wanted = example.wanted.text(locale)
        );
        let _ = writeln!(out, "      {at}{found}");
    }
    out
}

fn fits(quality: &Quality, lang: Lang) -> String {
    let locale = lang.locale();
    let mut out = String::new();
    for layer in &quality.layers {
        let Some(fit) = &layer.fit else { continue };
        let one = |h: &Hypothesis| {
            t!("check.fit_one", locale = locale, datum = h.datum.to_string(), m = format!("{:.0}", h.mean_m))
                .into_owned()
        };
        let all: Vec<String> = fit.hypotheses.iter().map(one).collect();
        let verdict = match fit.winner {
            _ if fit.suspected => "check.fit_suspected",
            Datum::Wgs84 => "check.fit_ok",
            _ => "check.fit_unclear",
        };
        let line = t!(
            "check.fit",
            locale = locale,
            layer = layer_name(&layer.grade.key, lang),
            points = fit.points,
            all = list(&all, lang),
            winner = fit.winner.to_string(),
            margin = format!("{:.0} %", fit.margin * 100.0)
        );
        let _ = writeln!(out, "  {line}\n      {}", t!(verdict, locale = locale, datum = fit.winner.word()));
    }
    if let Some(fit) = &quality.survey.roads_fit {
        out.push_str(&indented(&[survey::roads_fit(fit, lang)]));
    }
    out
}
