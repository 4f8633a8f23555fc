//! The `lifering` program. Its modules belong to the binary: the library knows no command line.

mod cli;

use std::process::ExitCode;

fn main() -> ExitCode {
    cli::main()
}
