//! The `lifering` program.

use std::process::ExitCode;

fn main() -> ExitCode {
    ExitCode::from(lifering::command_line(std::env::args_os().collect(), None))
}
