//! The lines before each step of the demo.

use crate::cli::output;

/// Prints what happens, and which command does it.
pub(super) fn step(number: u32, what: &str, command: &str) {
    output::out(&format!("\n{number}. {what}\n   {command}\n"));
}
