//! The regions of a batch and their names.
//!
//! In: folders, patterns and lists, as named on the command line. Out: [`Job`]s in that order, each with a unique
//! folder name.

use lifering_base::error::{InputError, Place};
use lifering_base::message;
use lifering_export::batch::FILES;
use lifering_export::files::{folder_name, resolved};
use lifering_readers::manifest::{is_manifest, read_manifest};
use lifering_readers::source::Source;
use lifering_report::batch::shape::Asked;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// Characters that make a pattern of a path.
const WILDCARDS: [char; 3] = ['*', '?', '['];
/// Names in the batch's folder that no region may have, besides its [`FILES`].
const RESERVED: [&str; 2] = ["zones", "rules"];

/// One region to audit.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Job {
    /// Name of its folder among the results, unique even on a file system that ignores case.
    pub name: String,
    /// Path as named; audit.json repeats it.
    pub path: PathBuf,
    /// Options of its audit.
    pub asked: Asked,
}

impl Job {
    /// The source of its files.
    pub fn source(&self) -> Source {
        Source::at(&self.path)
    }
}

/// The regions to audit, and those named more than once.
#[derive(Clone, Debug, Default)]
pub struct Regions {
    /// In the order in which they were named.
    pub jobs: Vec<Job>,
    /// Paths that repeat an earlier one with the same options; they are audited once.
    pub repeated: Vec<PathBuf>,
    /// What a pattern or a folder has brought that is the batch's own folder, or lies in it.
    pub own: Vec<PathBuf>,
}

impl Regions {
    /// The regions whose own name is no name for a folder on every system.
    pub fn renamed(&self) -> impl Iterator<Item = &Job> {
        self.jobs.iter().filter(|job| folder_name(&job.source().name()) != job.source().name())
    }
}

/// Resolves the named folders, patterns and lists; `asked` are the options of every region that a list does not
/// override, `out` is the folder of the batch.
pub fn regions(named: &[PathBuf], asked: &Asked, out: &Path) -> Result<Regions, InputError> {
    let mut all: Vec<(PathBuf, Asked)> = Vec::new();
    let mut own = Vec::new();
    let place = resolved(out);
    for name in named {
        if is_manifest(name) {
            all.extend(read_manifest(name)?.into_iter().map(|row| {
                let of_row = Asked {
                    standard: row.standard.or_else(|| asked.standard.clone()),
                    year: row.year.or(asked.year),
                    zone_error: row.zone_error.or(asked.zone_error),
                    strict: row.strict.unwrap_or(asked.strict),
                    accept_datum: row.accept_datum.unwrap_or(asked.accept_datum),
                    scenario: asked.scenario.clone(),
                    rebase: asked.rebase,
                };
                (row.region, of_row)
            }));
        } else {
            // Regions named within the batch's folder are meant: the batch then refuses to write where it reads.
            let meant = resolved(fixed_part(name)).starts_with(&place);
            let is_own = |path: &PathBuf| !meant && resolved(path).starts_with(&place);
            let (ours, found): (Vec<_>, Vec<_>) = folders(name)?.into_iter().partition(is_own);
            own.extend(ours);
            all.extend(found.into_iter().map(|path| (path, asked.clone())));
        }
    }
    let mut regions = Regions { own, ..Regions::default() };
    let mut kept: Vec<(PathBuf, PathBuf, Asked)> = Vec::new();
    for (path, asked) in all {
        let same = canonical(&path);
        if kept.iter().any(|(_, place, other)| *place == same && *other == asked) {
            regions.repeated.push(path);
        } else {
            kept.push((path, same, asked));
        }
    }
    let names = names(&kept);
    regions.jobs = names.into_iter().zip(kept).map(|(name, (path, _, asked))| Job { name, path, asked }).collect();
    Ok(regions)
}

/// The settings of a region, as one path however the region is named: by its folder, or by the file in it.
fn canonical(path: &Path) -> PathBuf {
    let source = Source::at(path);
    resolved(&source.folder().unwrap_or(path).join(source.settings_file()))
}

/// The folder of a pattern before its first wildcard; a path without any as a whole.
fn fixed_part(pattern: &Path) -> &Path {
    let wild = |path: &Path| path.to_string_lossy().contains(WILDCARDS);
    pattern.ancestors().find(|ancestor| !wild(ancestor)).unwrap_or(pattern)
}

/// The regions of an argument: a region, all regions of a folder, all matches of a pattern.
fn folders(name: &Path) -> Result<Vec<PathBuf>, InputError> {
    let text = name.to_string_lossy();
    if !name.exists() && text.contains(WILDCARDS) {
        return matching(&text);
    }
    if name.is_file() || name.join("region.toml").is_file() {
        return Ok(vec![name.to_path_buf()]);
    }
    let entries = std::fs::read_dir(name).into_iter().flatten().flatten().map(|entry| entry.path());
    let mut inside: Vec<PathBuf> = entries.filter(|path| path.join("region.toml").is_file()).collect();
    inside.sort();
    // A folder without regions stays in the list, and its audit reports that it cannot be read.
    Ok(if inside.is_empty() { vec![name.to_path_buf()] } else { inside })
}

/// Folders and settings files that match a pattern; other files are no regions.
fn matching(pattern: &str) -> Result<Vec<PathBuf>, InputError> {
    let wrong = |found: String| InputError::wrong(Place::file(pattern), found, message!("message.a_pattern"));
    let found = glob::glob(pattern).map_err(|e| wrong(e.to_string()))?;
    let is_region = |path: &PathBuf| path.is_dir() || path.extension().is_some_and(|e| e.eq_ignore_ascii_case("toml"));
    let paths: Vec<PathBuf> = found.filter_map(Result::ok).filter(is_region).collect();
    if paths.is_empty() {
        return Err(InputError::wrong(
            Place::file(pattern),
            message!("message.nothing_fits"),
            message!("message.a_pattern"),
        ));
    }
    Ok(paths)
}

/// A folder name for each region: the last part of its path if that is unique, else with the settings file, the parent
/// folder, the standard and the year, in the end a number.
fn names(regions: &[(PathBuf, PathBuf, Asked)]) -> Vec<String> {
    // By region; `None` as long as no candidate was unique.
    let mut names: Vec<Option<String>> = vec![None; regions.len()];
    let mut taken: BTreeSet<String> = RESERVED.iter().chain(&FILES).map(|name| (*name).to_owned()).collect();
    for candidate in [plain, with_settings, with_parent, with_standard] {
        let tried: Vec<String> = regions.iter().map(|(path, _, asked)| folder_name(&candidate(path, asked))).collect();
        let mut count: BTreeMap<String, usize> = BTreeMap::new();
        for (name, _) in tried.iter().zip(&names).filter(|(_, known)| known.is_none()) {
            *count.entry(name.to_lowercase()).or_default() += 1;
        }
        for (name, slot) in tried.into_iter().zip(&mut names) {
            let folded = name.to_lowercase();
            if slot.is_none() && count.get(&folded) == Some(&1) && taken.insert(folded) {
                *slot = Some(name);
            }
        }
    }
    for (slot, (path, _, asked)) in names.iter_mut().zip(regions) {
        if slot.is_none() {
            let base = folder_name(&with_standard(path, asked));
            let free =
                (2..=taken.len() + 2).map(|n| format!("{base}-{n}")).find(|name| !taken.contains(&name.to_lowercase()));
            taken.extend(free.as_ref().map(|name| name.to_lowercase()));
            *slot = free;
        }
    }
    names.into_iter().flatten().collect()
}

fn plain(path: &Path, _: &Asked) -> String {
    Source::at(path).name()
}

fn with_settings(path: &Path, asked: &Asked) -> String {
    let source = Source::at(path);
    let stem = Path::new(source.settings_file()).file_stem().map(|stem| stem.to_string_lossy().into_owned());
    match stem {
        Some(stem) if stem != "region" => format!("{}-{stem}", plain(path, asked)),
        _ => plain(path, asked),
    }
}

fn with_parent(path: &Path, asked: &Asked) -> String {
    let source = Source::at(path);
    let folder = source.folder().and_then(|folder| std::path::absolute(folder).ok());
    let parent = folder.as_deref().and_then(Path::parent).and_then(Path::file_name);
    let parent = parent.map_or_else(String::new, |parent| format!("{}-", parent.to_string_lossy()));
    format!("{parent}{}", with_settings(path, asked))
}

fn with_standard(path: &Path, asked: &Asked) -> String {
    let standard = asked.standard.as_deref().map(Path::new).and_then(Path::file_stem);
    let standard = standard.map_or_else(String::new, |standard| format!("-{}", standard.to_string_lossy()));
    let year = asked.year.map_or_else(String::new, |year| format!("-{year}"));
    format!("{}{standard}{year}", with_parent(path, asked))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(paths: &[(&str, Option<&str>)]) -> Vec<String> {
        let asked = |standard: Option<&str>| Asked { standard: standard.map(str::to_owned), ..Asked::default() };
        let regions: Vec<_> =
            paths.iter().map(|(path, s)| (PathBuf::from(path), PathBuf::from(path), asked(*s))).collect();
        names(&regions)
    }

    #[test]
    fn no_two_regions_share_a_folder() {
        assert_eq!(named(&[("a/north", None), ("a/south", None)]), ["north", "south"]);
        assert_eq!(named(&[("a/town", None), ("b/Town", None), ("c/city", None)]), ["a-town", "b-Town", "city"]);
        assert_eq!(named(&[("x/a/town", Some("s")), ("x/a/town", Some("t"))]), ["a-town-s", "a-town-t"]);
        assert_eq!(named(&[("x/a/town", None), ("y/a/town", None)]), ["a-town-2", "a-town-3"]);
        assert_eq!(named(&[("t/region.toml", None), ("t/later.toml", None)]), ["t", "t-later"]);
    }

    #[test]
    fn no_region_takes_a_name_of_the_batch() {
        assert_eq!(named(&[("p/zones", None), ("p/batch.json", None)]), ["p-zones", "p-batch.json"]);
        assert_eq!(named(&[("p/a=b 100%", None), ("p/.hidden", None)]), ["a_b 100_", "_.hidden"]);
    }
}
