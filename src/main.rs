//! The `saltern` command: parses, dispatches, exits.

use std::process::ExitCode;

/// Freed memory holds no password.
#[global_allocator]
static ALLOCATOR: saltern::kernel::WipingAllocator = saltern::kernel::WipingAllocator;

fn main() -> ExitCode {
    saltern::cli::start(std::env::args_os())
}
