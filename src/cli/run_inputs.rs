//! What a run reads besides its region, as far as the folder of the results must not hold it.
//!
//! In: arguments. Out: paths.

use lifering_export::files::{Command, Purpose, Subject};
use lifering_readers::source::names_a_file;
use std::path::{Path, PathBuf};

/// The file of a standard, if `--standard` names one and not an id.
pub fn standard_file(standard: Option<&str>) -> Option<PathBuf> {
    standard.filter(|standard| names_a_file(standard)).map(PathBuf::from)
}

/// The purpose of a run on files that are no region: a comparison, an import, a matrix.
pub fn purpose(command: Command, of: impl IntoIterator<Item = PathBuf>) -> Purpose {
    let inputs: Vec<PathBuf> = of.into_iter().collect();
    Purpose { of: inputs.iter().cloned().map(Subject::Path).collect(), inputs, ..Purpose::new(command) }
}

/// The file of a source of `import`, which may be named `layer=FILE`.
pub fn source_file(named: &str) -> PathBuf {
    let whole = Path::new(named);
    match named.split_once('=') {
        Some((_, file)) if !whole.exists() => PathBuf::from(file),
        _ => whole.to_path_buf(),
    }
}
