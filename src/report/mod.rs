//! What people and machines get to see: tables, lines and JSON objects made from plain values.
//!
//! Pure: it prints nothing, reads no clock and asks no database. The text is ASCII but for the names that it is given.

// The ground: pieces of text, tables, the version, exit codes in words.

mod exit_words;
mod table;
mod text;
mod version;

// Single lines, then what reports share, then the reports.

mod lines;

mod parts;

mod pages;

pub use exit_words::ExitWords;
pub use lines::{
    Outcome, Share, Stamp, bar_message, event_line, last_line, place, plain_line, started_line,
};
pub use pages::{
    BenchReport, Identified, IdentifyTable, LockLine, Measured, PassLine, PlanReport,
    QuarantineCount, RESET_CSV_HEAD, ResetRun, ResetSums, RuleClockLine, RunStatusLine, ScanReport,
    StatusReport, Summary, WorkerStatus, column_json, column_text, quoted, reset_csv, reset_json,
    reset_line, reset_text, residue,
};
pub use parts::WaitLine;
pub use table::{Align, Table};
pub use text::{age, bytes, count, duration, percent, rate, safe, stamp};
pub use version::REPORT_VERSION;

#[cfg(test)]
mod golden;
