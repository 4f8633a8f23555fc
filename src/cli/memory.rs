//! Peak memory of the program, for `--verbose`.
//!
//! In: the operating system's count. Out: bytes.

/// Largest resident set of the program so far, in bytes; `None` if the system does not report it.
#[cfg(unix)]
pub fn peak_bytes() -> Option<u64> {
    use nix::sys::resource::{UsageWho, getrusage};
    let peak = u64::try_from(getrusage(UsageWho::RUSAGE_SELF).ok()?.max_rss()).ok()?;
    // getrusage(2): kilobytes, but bytes on Apple's systems.
    Some(if cfg!(target_vendor = "apple") { peak } else { peak * 1024 })
}

/// Largest resident set of the program so far, in bytes; `None` if the system does not report it.
#[cfg(not(unix))]
pub fn peak_bytes() -> Option<u64> {
    None
}
