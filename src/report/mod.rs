//! What people and machines get to see: texts, tables, lines and JSON objects, made from plain
//! values.
//!
//! It prints nothing, reads no clock and asks no database. The text is ASCII, except for names that
//! it is given.

// The ground: pieces of text, tables, objects, exit codes in words.

mod exit_words;
mod object;
mod table;
mod text;

// Single lines; then what several reports share; then the reports.

mod lines;

mod parts;

mod pages;

pub use exit_words::ExitWords;
pub use lines::{
    RunOutcome, Share, Stamp, VerifiedLine, bar_message, control_line, event_line, last_line,
    place, plain_line, started_line, wait_over_line, waiting_line,
};
pub use object::REPORT_VERSION;
pub(crate) use pages::NOTHING;
pub use pages::{
    BenchLine, BenchReport, ControlStatus, DoctorReport, ExaminedCredential, FindingLine,
    Identified, IdentifyTable, LockLine, PassLine, PlanReport, QuarantineCount, RESET_CSV_HEAD,
    ResetRun, ResetSums, RuleClockLine, RunStatusLine, ScanReport, StatusReport, Summary,
    TokensReport, WORKER_SILENT_MS, WorkerStatus, column_json, column_text, csv_cell, reset_csv,
    reset_json, reset_line, reset_text, residue,
};
pub use parts::WaitLine;
pub use table::{Align, TextTable};
pub use text::{age, bytes, count, duration, percent, rate, safe, stamp, without_controls};

#[cfg(test)]
mod golden;
