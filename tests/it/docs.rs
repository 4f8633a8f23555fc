//! The pages that people read: every link of theirs leads somewhere, the site has them all, and the commands they show exist.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Component, Path, PathBuf};

use crate::support::lifering;

/// Pages beside those of docs/.
const PAGES: [&str; 6] =
    ["README.md", "README.zh.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md", "fixtures/README.md"];

#[test]
fn every_link_resolves() {
    let mut broken = Vec::new();
    for page in pages() {
        for target in links(&page.text) {
            if let Err(reason) = resolve(&page.path, &target) {
                broken.push(format!("{}: {target}: {reason}", page.path.display()));
            }
        }
    }
    assert!(broken.is_empty(), "links that lead nowhere:\n{}", broken.join("\n"));
}

/// The site is made of docs/ alone: a link that leaves it works in the source tree and is broken on the site.
#[test]
fn no_page_of_the_site_links_outside_it() {
    let mut outside = Vec::new();
    for page in pages().into_iter().filter(|page| page.path.starts_with("docs")) {
        for target in links(&page.text).into_iter().filter(|target| !is_elsewhere(target)) {
            let (file, _) = split(&target);
            if !normal(&page.path.with_file_name("").join(file)).starts_with("docs") {
                outside.push(format!("{}: {target}", page.path.display()));
            }
        }
    }
    assert!(outside.is_empty(), "write these as text, in backticks:\n{}", outside.join("\n"));
}

#[test]
fn the_site_has_every_page_once() {
    let summary = fs::read_to_string(root().join("docs/SUMMARY.md")).expect("docs/SUMMARY.md");
    let mut listed: BTreeMap<PathBuf, usize> = BTreeMap::new();
    for target in links(&summary) {
        *listed.entry(normal(&Path::new("docs").join(target))).or_default() += 1;
    }
    let there: BTreeMap<PathBuf, usize> = markdown_below(Path::new("docs"))
        .into_iter()
        .filter(|path| !path.ends_with("SUMMARY.md"))
        .map(|path| (path, 1))
        .collect();
    assert_eq!(listed, there, "docs/SUMMARY.md beside the files of docs/");
}

#[test]
fn the_commands_shown_exist() {
    let mut helps: BTreeMap<Vec<String>, String> = BTreeMap::new();
    let mut unknown = BTreeSet::new();
    for page in pages().into_iter().filter(|page| !page.path.ends_with("CHANGELOG.md")) {
        for command in commands(&page.text) {
            let words: Vec<&str> = command.split_whitespace().skip(1).collect();
            // `standards show` and the like: two words before the arguments.
            let depth = if words.first() == Some(&"standards") { 2 } else { 1 };
            let subcommand: Vec<String> = words
                .iter()
                .take(depth)
                .take_while(|word| !word.starts_with('-'))
                .map(|word| (*word).to_owned())
                .collect();
            let help = helps.entry(subcommand.clone()).or_insert_with(|| help_of(&subcommand));
            if help.is_empty() {
                unknown.insert(format!("{}: {command}: no such command", page.path.display()));
            }
            for flag in words.iter().filter(|word| word.starts_with('-') && word.len() > 1) {
                let flag = flag.split('=').next().unwrap_or(flag);
                if !help.split(|c: char| c.is_whitespace() || c == ',').any(|word| word == flag) {
                    unknown.insert(format!("{}: {command}: no {flag}", page.path.display()));
                }
            }
        }
    }
    assert!(unknown.is_empty(), "commands that do not exist:\n{}", unknown.into_iter().collect::<Vec<_>>().join("\n"));
}

/// Whoever adds a rule, a format or an output is sent to these files.
#[test]
fn the_files_named_for_contributors_are_there() {
    let text = fs::read_to_string(root().join("CONTRIBUTING.md")).expect("CONTRIBUTING.md");
    let spans = text.lines().flat_map(|line| line.split('`').skip(1).step_by(2));
    let gone: Vec<&str> =
        spans.filter(|span| span.contains('/') && !span.contains(' ') && !root().join(span).exists()).collect();
    assert!(gone.is_empty(), "CONTRIBUTING.md names what is not there: {gone:?}");
}

fn help_of(subcommand: &[String]) -> String {
    let run = lifering(subcommand.iter().map(String::as_str).chain(["--help"]));
    if run.code == Some(0) { run.stdout } else { String::new() }
}

struct Page {
    /// From the top of the source tree.
    path: PathBuf,
    text: String,
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn pages() -> Vec<Page> {
    let mut paths: Vec<PathBuf> = PAGES.iter().map(PathBuf::from).collect();
    paths.extend(markdown_below(Path::new("docs")));
    paths
        .into_iter()
        .map(|path| {
            let text =
                fs::read_to_string(root().join(&path)).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            Page { path, text }
        })
        .collect()
}

fn markdown_below(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(root().join(folder)).expect("a folder of pages") {
        let path = folder.join(entry.expect("an entry").file_name());
        if root().join(&path).is_dir() {
            found.extend(markdown_below(&path));
        } else if path.extension().is_some_and(|extension| extension == "md") {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// Lines of a page with whether they stand in a block of code.
fn lines(text: &str) -> impl Iterator<Item = (bool, &str)> {
    let mut inside = false;
    text.lines().filter_map(move |line| {
        if line.trim_start().starts_with("```") {
            inside = !inside;
            return None;
        }
        Some((inside, line))
    })
}

/// Targets of `[text](target)` and of pictures, outside code.
fn links(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (_, line) in lines(text).filter(|(code, _)| !code) {
        // What stands between backticks is code: every other piece.
        let prose: Vec<&str> = line.split('`').step_by(2).collect();
        for piece in prose.join("`code`").split("](").skip(1) {
            if let Some((target, _)) = piece.split_once(')') {
                found.push(target.to_owned());
            }
        }
    }
    found
}

fn is_elsewhere(target: &str) -> bool {
    target.contains("://") || target.starts_with("mailto:")
}

/// The file and the heading that a link names; either may be empty.
fn split(target: &str) -> (&str, &str) {
    target.split_once('#').unwrap_or((target, ""))
}

fn resolve(page: &Path, target: &str) -> Result<(), String> {
    if is_elsewhere(target) {
        return Ok(());
    }
    let (file, anchor) = split(target);
    let path = if file.is_empty() { page.to_owned() } else { normal(&page.with_file_name("").join(file)) };
    let there = root().join(&path);
    if !there.exists() {
        return Err(format!("there is no {}", path.display()));
    }
    if anchor.is_empty() {
        return Ok(());
    }
    let text = fs::read_to_string(&there).map_err(|error| error.to_string())?;
    if anchors(&text).contains(anchor) { Ok(()) } else { Err(format!("{} has no such heading", path.display())) }
}

/// The path without `.` and `..`.
fn normal(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for part in path.components() {
        match part {
            Component::ParentDir if plain.file_name().is_some() => {
                plain.pop();
            }
            Component::CurDir => {}
            other => plain.push(other),
        }
    }
    plain
}

/// Anchors of the headings, as the site and the forges make them: letters, digits, `-` and `_`, spaces as `-`; repeated ones numbered.
fn anchors(text: &str) -> BTreeSet<String> {
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    let mut all = BTreeSet::new();
    for (_, line) in lines(text).filter(|(code, line)| !code && line.starts_with('#')) {
        let heading = line.trim_start_matches('#').trim().to_lowercase();
        let slug: String = heading
            .chars()
            .filter_map(|c| match c {
                c if c.is_whitespace() => Some('-'),
                c if c.is_alphanumeric() || c == '-' || c == '_' => Some(c),
                _ => None,
            })
            .collect();
        let count = seen.entry(slug.clone()).or_default();
        all.insert(if *count == 0 { slug } else { format!("{slug}-{count}") });
        *count += 1;
    }
    all
}

/// Commands of the program in blocks of code, each on one line, without comments.
fn commands(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut begun = String::new();
    for (_, line) in lines(text).filter(|(code, _)| *code) {
        let line = line.split(" #").next().unwrap_or(line).trim();
        if let Some(start) = line.strip_suffix('\\') {
            begun.push_str(start);
            continue;
        }
        let whole = std::mem::take(&mut begun) + line;
        let parts = whole.split(';').flat_map(|part| part.split("&&")).map(str::trim);
        // Outputs begin with `lifering:`; an assignment before the command is a variable of the shell.
        found.extend(
            parts
                .map(|part| part.trim_start_matches("RAYON_NUM_THREADS=1 "))
                .filter(|part| part.starts_with("lifering "))
                .map(str::to_owned),
        );
    }
    found
}

#[test]
fn anchors_are_those_of_the_site() {
    let text = "# What an audit writes\n## audit.json\n## audit.json\n```\n# a comment\n```\n## 一、取得文本\n## `lifering batch` -- many\n";
    let wanted = ["what-an-audit-writes", "auditjson", "auditjson-1", "一取得文本", "lifering-batch----many"];
    assert_eq!(anchors(text), wanted.into_iter().map(str::to_owned).collect());
    assert_eq!(links("[a](b.md#c) `[d](e)` ![f](g.svg)\n```\n[h](i)\n```\n"), ["b.md#c", "g.svg"]);
}
