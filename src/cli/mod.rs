//! The command line: what was typed, what it means, and how it ends.

pub mod exit;
