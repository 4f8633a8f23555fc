//! Output that fails says so: stdout that is full or closed is exit status 2 with a message, never a verdict or a panic.

use std::process::Stdio;

use crate::support::{Run, command, fixtures};

/// Runs with what is printed going to `stdout`.
fn printed_to(stdout: impl Into<Stdio>, args: &[&str]) -> Run {
    let mut command = command();
    let output = command
        .args(args)
        .stdout(stdout)
        .stderr(Stdio::piped())
        .spawn()
        .and_then(std::process::Child::wait_with_output);
    let output = output.expect("the binary starts");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Run { code: output.status.code(), stdout: String::new(), stderr: text(&output.stderr) }
}

#[test]
fn what_cannot_be_printed_is_told() {
    if !cfg!(unix) {
        return;
    }
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = |name: &str| folder.path().join(name).display().to_string();
    let town = fixtures().join("straight_road").display().to_string();
    let roads = fixtures().join("straight_road/roads.geojson").display().to_string();
    let (old, new, all, imported) = (path("old"), path("new"), path("all"), path("imported"));
    for out in [&old, &new] {
        assert_eq!(printed_to(Stdio::null(), &["audit", &town, "--out", out]).code, Some(1));
    }
    let commands: [&[&str]; 11] = [
        &["audit", &town, "--out", &old],
        &["audit", &town, "--out", &old, "--json"],
        &["batch", &town, "--out", &all],
        &["check", &town],
        &["check", &town, "--json"],
        &["diff", &old, &new],
        &["import", &roads, "--to", &imported],
        &["standards", "list"],
        &["standards", "coverage", "jinjiang-14fyp"],
        &["--help"],
        &["audit", "--help"],
    ];
    for args in commands {
        let full = std::fs::File::options().write(true).open("/dev/full").expect("a device that is full");
        let (reader, closed) = std::io::pipe().expect("a pipe");
        drop(reader);
        for (stdout, why) in [(Stdio::from(full), "No space left"), (Stdio::from(closed), "Broken pipe")] {
            let run = printed_to(stdout, args);
            assert_eq!(run.code, Some(2), "{args:?}, {why}: {}", run.story());
            assert!(run.stderr.contains(why) && !run.stderr.contains("panicked"), "{args:?}: {}", run.story());
        }
    }
    // The files are there all the same.
    assert!(folder.path().join("old/audit.json").is_file());
}

#[test]
fn a_closed_stderr_is_nobody_to_tell_and_no_panic() {
    if !cfg!(unix) {
        return;
    }
    let full = || std::fs::File::options().write(true).open("/dev/full").expect("a device that is full");
    for (args, wanted) in [(&["audit", "no-such-town"][..], 2), (&["-v", "standards", "list"], 0)] {
        let status = command().args(args).stdout(Stdio::null()).stderr(full()).status().expect("the binary starts");
        assert_eq!(status.code(), Some(wanted), "{args:?}");
    }
}

#[test]
fn the_memory_told_is_its_own() {
    if !cfg!(target_os = "linux") {
        return;
    }
    // What starts the program holds far more than the program ever will.
    let ballast = vec![1_u8; 800 << 20];
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut command = command();
    command.arg("audit").arg(fixtures().join("straight_road")).arg("-v").arg("--out").arg(folder.path().join("out"));
    let run = crate::support::run(&mut command);
    assert!(ballast.iter().all(|byte| *byte == 1));
    let told = run.stderr.lines().find_map(|line| line.split("memory: at most ").nth(1)).unwrap_or_default().to_owned();
    let mebibytes: f64 = told.strip_suffix(" MiB").and_then(|n| n.parse().ok()).unwrap_or(f64::NAN);
    assert!(mebibytes > 1.0 && mebibytes < 500.0, "{told}: {}", run.story());
}
