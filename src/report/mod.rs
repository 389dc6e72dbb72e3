//! What people and machines get to see: tables, lines and JSON objects made from plain values.
//!
//! Pure: it prints nothing, reads no clock and asks no database. The text is ASCII but for the names that it is given.

mod bench;
mod column;
mod evidence;
mod identify;
mod json;
mod known;
mod plan;
mod progress;
mod reset;
mod resets;
mod rules;
mod scan;
mod status;
mod summary;
mod table;
mod text;
mod waits;

pub use bench::{BenchReport, Measured};
pub use column::{column_json, column_text};
pub use identify::{Identified, IdentifyTable};
pub use json::{ExitWords, Outcome, REPORT_VERSION, Stamp, event_line, last_line};
pub use plan::PlanReport;
pub use progress::{Share, bar_message, place, plain_line, started_line};
pub use reset::{reset_json, reset_text};
pub use resets::{RESET_CSV_HEAD, ResetRun, ResetSums, quoted, reset_csv, reset_line};
pub use scan::ScanReport;
pub use status::{
    LockLine, PassLine, QuarantineCount, RuleClockLine, RunStatusLine, StatusReport, WorkerStatus,
};
pub use summary::{Summary, residue};
pub use table::{Align, Table};
pub use text::{age, bytes, count, duration, percent, rate, safe, stamp};
pub use waits::WaitLine;

#[cfg(test)]
mod golden;
