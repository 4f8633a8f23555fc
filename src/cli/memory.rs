//! Peak memory of the program, for `--verbose`.
//!
//! In: the operating system's count. Out: bytes.

use std::sync::atomic::{AtomicU64, Ordering};

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

/// The most memory of another process of this run, bytes.
static OF_OTHERS: AtomicU64 = AtomicU64::new(0);

/// Notes the most memory that another process of this run held.
pub fn note(bytes: Option<u64>) {
    OF_OTHERS.fetch_max(bytes.unwrap_or(0), Ordering::Relaxed);
}

/// The most memory that one process of this run held, in bytes; `None` if the system does not report it.
pub fn peak_of_all() -> Option<u64> {
    peak_bytes().map(|own| own.max(OF_OTHERS.load(Ordering::Relaxed)))
}

/// What a process may hold beyond the memory of its batch, bytes: the program itself and what is shared.
#[cfg(target_os = "linux")]
const BESIDE: u64 = 512 << 20;

/// Limits the memory of this process, so that what needs far more ends itself and not the machine. The batch stops a region
/// that holds too much before this limit, if it grows slowly enough to be seen.
#[cfg(target_os = "linux")]
pub fn limit(bytes: u64) {
    use nix::sys::resource::{Resource, setrlimit};
    let Some(bytes) = bytes.checked_add(bytes / 4).and_then(|bytes| bytes.checked_add(BESIDE)) else { return };
    // RLIMIT_DATA counts what is written to, not address space. A lower limit that is set already stays.
    let _ = setrlimit(Resource::RLIMIT_DATA, bytes, bytes);
}

/// Limits the memory of this process; other systems have no limit that an allocator obeys.
#[cfg(not(target_os = "linux"))]
pub fn limit(_: u64) {}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    #[test]
    fn the_mark_is_read_in_bytes() {
        assert_eq!(super::high_water_mark("Name:\tx\nVmHWM:\t  2048 kB\nVmRSS:\t 1 kB\n"), Some(2048 * 1024));
        assert_eq!(super::high_water_mark("VmRSS:\t 1 kB\n"), None);
    }
}
