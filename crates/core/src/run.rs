//! A run: its progress, and how it is told to stop.

use crate::city::CityError;

/// Hears of each stage as it begins, and may stop the run.
pub trait Progress: Sync {
    /// A stage begins; the names are keys of the catalogue (`stage.<name>`).
    fn stage(&self, name: &'static str);

    /// Whether the run is to stop. Asked between the stages and in their long loops.
    fn stopped(&self) -> bool {
        false
    }
}

/// Ignores progress.
#[derive(Clone, Copy, Debug, Default)]
pub struct Silent;

impl Progress for Silent {
    fn stage(&self, _: &'static str) {}
}

/// Begins a stage, unless the run is to stop.
pub(crate) fn enter(progress: &dyn Progress, stage: &'static str) -> Result<(), CityError> {
    if progress.stopped() {
        return Err(CityError::Stopped);
    }
    progress.stage(stage);
    Ok(())
}
