//! A hundred regions of 10,000 junctions: in one batch, and by `audit` a hundred times. `make bench` runs it on the
//! release build. Seconds and, where the system tells it, the most memory the program ever held.

#[path = "synthetic_city/mod.rs"]
mod synthetic_city;

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use synthetic_city::City;

/// Regions.
const REGIONS: usize = 100;
/// Streets a side: 10,000 junctions.
const SIDE: usize = 100;
/// Stations of each.
const STATIONS: usize = 12;
/// What the batch may take.
const MEMORY: &str = "2GiB";

/// Seconds that a command took and the most memory it held, in MiB.
fn timed(command: &mut Command) -> Result<(f64, u64), Box<dyn std::error::Error>> {
    let began = Instant::now();
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn()?;
    let status = format!("/proc/{}/status", child.id());
    let mut most = 0;
    let code = loop {
        most = most.max(high_water(&status));
        match child.try_wait()? {
            Some(code) => break code,
            None => std::thread::sleep(Duration::from_millis(5)),
        }
    };
    let took = began.elapsed().as_secs_f64();
    // A gap is a finding, not a failure.
    if code.code().is_none_or(|code| code == 2) {
        return Err(format!("{command:?} ended with {code}").into());
    }
    Ok((took, most))
}

/// The most memory a process ever held, in MiB; 0 where the system does not tell.
#[expect(clippy::disallowed_methods, reason = "a bench asks the system")]
fn high_water(status: &str) -> u64 {
    let text = std::fs::read_to_string(status).unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.trim().trim_end_matches(" kB").trim().parse::<u64>().ok()).unwrap_or(0) / 1024
}

fn lifering() -> Command {
    Command::new(env!("CARGO_BIN_EXE_lifering"))
}

fn audit(region: &Path, out: &Path) -> Command {
    let mut command = lifering();
    command.arg("audit").arg(region).arg("--out").arg(out).arg("-q");
    command
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    if !std::env::args().any(|argument| argument == "--bench") {
        return Ok(()); // Built by the tests, run by `cargo bench` alone.
    }
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("batch");
    let counties = folder.join("counties");
    let region = |n: usize| counties.join(format!("county-{n:03}"));
    for n in 0..REGIONS {
        let corner = [110.0 + (n % 10) as f64 * 0.15, 24.0 + (n / 10) as f64 * 0.13];
        let name = format!("County {n}");
        City { side: SIDE, stations: STATIONS, seed: n as u64, corner, name }.write(&region(n))?;
    }
    let out = folder.join("out");
    let (batch, most) =
        timed(lifering().arg("batch").arg(&counties).arg("--out").arg(&out).args(["-q", "--memory", MEMORY]))?;
    println!("batch: {REGIONS} regions in {batch:.1} s, {most} MiB at most of {MEMORY}");
    let mut alone = 0.0;
    for n in 0..REGIONS {
        alone += timed(&mut audit(&region(n), &folder.join("alone").join(n.to_string())))?.0;
    }
    println!("audit {REGIONS} times: {alone:.1} s, {:.2} times as long", alone / batch);
    std::fs::remove_dir_all(&folder)?;
    Ok(())
}
