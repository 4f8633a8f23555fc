//! lifering: parse, run, exit code.

use std::process::ExitCode;

fn main() -> ExitCode {
    lifering::interfaces::cli::main()
}
