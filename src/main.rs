//! The program. All of it is in the library: what is generic would else be compiled here once more.

use std::process::ExitCode;

fn main() -> ExitCode {
    cramp_diary::service::command_line::main()
}
