//! How much memory the program took, for `--verbose`.
//!
//! In: what the system counted. Out: bytes.

/// The most bytes that the program held in memory at once; `None` where the system does not tell.
#[cfg(unix)]
pub fn most_held() -> Option<u64> {
    use nix::sys::resource::{UsageWho, getrusage};
    let held = u64::try_from(getrusage(UsageWho::RUSAGE_SELF).ok()?.max_rss()).ok()?;
    // getrusage(2): kilobytes, but bytes on Apple's systems.
    Some(if cfg!(target_vendor = "apple") { held } else { held * 1024 })
}

/// The most bytes that the program held in memory at once; `None` where the system does not tell.
#[cfg(not(unix))]
pub fn most_held() -> Option<u64> {
    None
}
