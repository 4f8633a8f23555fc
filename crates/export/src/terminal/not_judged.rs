//! Rules that cannot be judged, grouped by the missing data: in a few lines, or with every name.
//!
//! In: an audit. Out: lines in one language.

use super::screen::{Screen, columns_of, shortened};
use lifering_base::t;
use lifering_core::audit::Audit;
use lifering_report::text::{Lang, colon, lacking, layer_words, list, plain_title, tr};
use lifering_standards::evidence::Missing;
use lifering_standards::outcome::Verdict;

/// Most lines of the short form.
const LINES: usize = 3;

/// Rules by what is missing.
struct Group<'a> {
    missing: Missing,
    rules: Vec<(&'a str, String)>,
}

/// What is missing, whatever it is called.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Layer,
    Attribute,
    Other,
}

/// Whether two rules lack the same: the same layer, whatever the attributes, or equal data.
fn same_data(one: &Missing, other: &Missing) -> bool {
    match (one, other) {
        (Missing::Layer { layer: a, .. }, Missing::Layer { layer: b, .. }) => a == b,
        _ => one == other,
    }
}

fn groups(audit: &Audit, lang: Lang) -> Vec<Group<'_>> {
    let mut groups: Vec<Group<'_>> = Vec::new();
    for outcome in audit.findings.outcomes.iter().filter(|o| o.verdict == Verdict::CannotJudge) {
        let Some(missing) = &outcome.default.missing else { continue };
        let rule = (outcome.rule.id.as_str(), plain_title(&outcome.rule, lang));
        match groups.iter_mut().find(|group| same_data(&group.missing, missing)) {
            Some(group) => {
                group.rules.push(rule);
                let known = (&mut group.missing, missing);
                if let (Missing::Layer { attributes, .. }, Missing::Layer { attributes: more, .. }) = known {
                    let new: Vec<_> = more.iter().filter(|name| !attributes.contains(name)).cloned().collect();
                    attributes.extend(new);
                }
            }
            None => groups.push(Group { missing: missing.clone(), rules: vec![rule] }),
        }
    }
    groups
}

/// Every group with all its data and the titles of its rules.
pub fn all(audit: &Audit, lang: Lang) -> Vec<String> {
    let between = if lang == Lang::Zh { "；" } else { "; " };
    let mut lines: Vec<String> = groups(audit, lang)
        .into_iter()
        .map(|group| {
            let rules: Vec<String> = group.rules.iter().map(|(id, title)| format!("{id} {title}")).collect();
            let data = lacking(&group.missing, &audit.findings.standard, lang);
            format!("  {data}{}{}", colon(lang), rules.join(between))
        })
        .collect();
    if !lines.is_empty() {
        lines.insert(0, tr("html.not_judged", lang));
    }
    lines
}

/// The groups in three lines at most, none wider than the screen; with a title above.
pub fn short(audit: &Audit, screen: Screen) -> Vec<String> {
    let lang = screen.lang;
    let groups = groups(audit, lang);
    let names = Names { audit, lang };
    let mut lines: Vec<(Vec<&str>, String)> = Vec::new();
    if groups.len() <= LINES {
        lines.extend(groups.iter().map(|group| (ids(group), names.one(&group.missing))));
    } else {
        for kind in [Kind::Layer, Kind::Attribute, Kind::Other] {
            let of: Vec<&Group<'_>> = groups.iter().filter(|group| kind_of(&group.missing) == kind).collect();
            if !of.is_empty() {
                let rules = of.iter().flat_map(|group| ids(group)).collect();
                lines.push((rules, names.several(kind, &of)));
            }
        }
    }
    let mut text: Vec<String> = lines
        .into_iter()
        .map(|(rules, data)| {
            let left = screen.columns.saturating_sub(columns_of(&data) + 4).max(screen.columns / 3);
            let line = format!("  {}{}{data}", fitting(&numbered(&rules), left, lang), colon(lang));
            shortened(&line, screen.columns)
        })
        .collect();
    if !text.is_empty() {
        let n = groups.iter().map(|group| group.rules.len()).sum::<usize>();
        text.insert(0, t!("terminal.not_judged", locale = lang.locale(), n = n).into_owned());
    }
    text
}

fn ids<'a>(group: &Group<'a>) -> Vec<&'a str> {
    group.rules.iter().map(|(id, _)| *id).collect()
}

fn kind_of(missing: &Missing) -> Kind {
    match missing {
        Missing::Layer { .. } => Kind::Layer,
        Missing::Attribute { .. } => Kind::Attribute,
        Missing::Several(all) => all.iter().map(kind_of).min().unwrap_or(Kind::Other),
        _ => Kind::Other,
    }
}

/// Missing data in few words.
struct Names<'a> {
    audit: &'a Audit,
    lang: Lang,
}

impl Names<'_> {
    /// What a reader has to add: a layer's file is named as its key, in Chinese by its title.
    fn layer(&self, layer: &str) -> String {
        match self.lang {
            Lang::Zh => layer_words(layer, &self.audit.findings.standard, self.lang),
            Lang::En => layer.to_owned(),
        }
    }

    fn one(&self, missing: &Missing) -> String {
        let locale = self.lang.locale();
        match missing {
            Missing::Layer { layer, .. } => t!("terminal.lacks.layer", locale = locale, layer = self.layer(layer)),
            Missing::Attribute { layer, attribute, .. } => {
                t!("terminal.lacks.attribute", locale = locale, layer = self.layer(layer), attribute = attribute)
            }
            other => return lacking(other, &self.audit.findings.standard, self.lang).replace('`', ""),
        }
        .into_owned()
    }

    fn several(&self, kind: Kind, groups: &[&Group<'_>]) -> String {
        let locale = self.lang.locale();
        let mut names: Vec<String> = Vec::new();
        for group in groups {
            self.add(&group.missing, kind, &mut names);
        }
        let few = fitting(&names, 30, self.lang);
        match kind {
            Kind::Layer => t!("terminal.lacks.layers", locale = locale, layers = few),
            Kind::Attribute => t!("terminal.lacks.attributes", locale = locale, attributes = few),
            Kind::Other => t!("terminal.lacks.other", locale = locale),
        }
        .into_owned()
    }

    /// Adds the names of a kind.
    fn add(&self, missing: &Missing, kind: Kind, names: &mut Vec<String>) {
        match (missing, kind) {
            (Missing::Layer { layer, .. }, Kind::Layer) => names.push(self.layer(layer)),
            (Missing::Attribute { attribute, .. }, Kind::Attribute) => names.push(attribute.clone()),
            (Missing::Several(all), _) => all.iter().for_each(|missing| self.add(missing, kind, names)),
            _ => {}
        }
    }
}

/// Ids in a row that differ in the last number only are written together: `JJ-CAP-02/03`.
fn numbered(ids: &[&str]) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    let mut stem = None;
    for id in ids {
        match (id.rsplit_once('-'), all.last_mut()) {
            (Some((this, number)), Some(last)) if stem == Some(this) => {
                last.push('/');
                last.push_str(number);
            }
            (parts, _) => {
                all.push((*id).to_owned());
                stem = parts.map(|(this, _)| this);
            }
        }
    }
    all
}

/// As many of the items as the columns hold, and how many more there are.
fn fitting(items: &[impl AsRef<str>], columns: usize, lang: Lang) -> String {
    for shown in (1..=items.len()).rev() {
        let all = list(&items[..shown], lang);
        let more = items.len() - shown;
        let text = if more == 0 { all } else { format!("{all} … +{more}") };
        if columns_of(&text) <= columns || shown == 1 {
            return shortened(&text, columns);
        }
    }
    String::new()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_of_one_chapter_are_written_together() {
        assert_eq!(numbered(&["A-C-01", "A-C-02", "A-D-01", "X"]), ["A-C-01/02", "A-D-01", "X"]);
    }

    #[test]
    fn a_list_says_how_many_more_there_are() {
        let items = ["workforce", "nurseries", "aeds"];
        assert_eq!(fitting(&items, 40, Lang::En), "workforce, nurseries, aeds");
        assert_eq!(fitting(&items, 25, Lang::En), "workforce, nurseries … +1");
        assert_eq!(fitting(&items, 5, Lang::En), "work…");
    }
}
