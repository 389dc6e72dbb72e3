//! What the demo says before each step.

use crate::cli::output;

/// Says in two lines what happens and which command does it.
pub(super) fn step(number: u32, what: &str, command: &str) {
    output::out(&format!("\n{number}. {what}\n   {command}\n"));
}
