//! Peak memory of the program, for `--verbose`.
//!
//! In: the operating system's count. Out: bytes.

/// Largest resident set of the program itself so far, in bytes; `None` if the system does not report it.
#[cfg(target_os = "linux")]
pub fn peak_bytes() -> Option<u64> {
    // proc(5): VmHWM belongs to the program that runs now. ru_maxrss of getrusage(2) does not: it outlives exec, and so
    // counts the memory of the program that started this one.
    high_water_mark(&own_status()?)
}

#[cfg(target_os = "linux")]
#[expect(clippy::disallowed_methods, reason = "the system's account of this process, no input")]
fn own_status() -> Option<String> {
    std::fs::read_to_string("/proc/self/status").ok()
}

/// The high-water mark in the text of `/proc/self/status`, in bytes.
#[cfg(target_os = "linux")]
fn high_water_mark(status: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kibibytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    kibibytes.checked_mul(1024)
}

/// Largest resident set of the program so far, in bytes; `None` if the system does not report it.
#[cfg(all(unix, not(target_os = "linux")))]
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

#[cfg(all(test, target_os = "linux"))]
mod tests {
    #[test]
    fn the_mark_is_read_in_bytes() {
        assert_eq!(super::high_water_mark("Name:\tx\nVmHWM:\t  2048 kB\nVmRSS:\t 1 kB\n"), Some(2048 * 1024));
        assert_eq!(super::high_water_mark("VmRSS:\t 1 kB\n"), None);
    }
}
