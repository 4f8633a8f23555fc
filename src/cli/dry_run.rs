//! What a run would read and write, for `--dry-run`.
//!
//! In: the run's purpose and the names of its files. Out: text on stdout; nothing is written.

use super::args::Session;
use super::print::{print, screen};
use anyhow::Result;
use lifering_base::t;
use lifering_export::terminal::wrapped;
use lifering_readers::Region;
use lifering_readers::source::Source;
use lifering_report::text::tr;
use std::path::Path;

/// Files that a region would be read from, each with the layer it holds. Reads the region, so that what is wrong with it is
/// told now.
pub fn region_files(source: Source) -> Result<Vec<String>> {
    let name = source.name();
    let region = Region::read(source)?;
    let mut files = vec![name];
    files.extend(region.inputs.iter().map(|input| input.file.clone()));
    Ok(files)
}

/// Says what would be read and written.
pub fn tell(session: Session, reads: &[String], folder: &Path, writes: &[String]) -> Result<()> {
    let screen = screen(session.lang);
    let mut lines = vec![tr("dry.reads", session.lang)];
    lines.extend(reads.iter().map(|file| format!("  {file}")));
    lines.push(t!("dry.writes", locale = session.lang.locale(), folder = folder.display()).into_owned());
    lines.extend(writes.iter().map(|file| format!("  {file}")));
    lines.push(tr("dry.nothing", session.lang));
    print(&(wrapped(&lines.join("\n"), screen.columns) + "\n"))?;
    Ok(())
}
