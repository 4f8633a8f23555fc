//! The `lifering` program.

use std::process::ExitCode;

fn main() -> ExitCode {
    ExitCode::from(lifering::cli::run(std::env::args_os().collect(), None))
}
