//! The reports, a file each: a serde struct for machines, and the text for people.

// What values are, without a database.

mod column;
mod identify;

mod bench;
mod doctor;

// What would be done to a database.

mod plan;
mod reset;
mod scan;
mod scan_text;

// What was done.

mod resets;
mod residue;
mod status;
mod status_text;
mod summary;
mod tokens;

pub use bench::{BenchLine, BenchReport};
pub use column::{column_json, column_text};
pub(crate) use doctor::NOTHING;
pub use doctor::{DoctorReport, ExaminedCredential, FindingLine};
pub use identify::{Identified, IdentifyTable};
pub use plan::PlanReport;
pub use reset::{reset_json, reset_text};
pub use resets::{RESET_CSV_HEAD, ResetRun, ResetSums, csv_cell, reset_csv, reset_line};
#[cfg(test)]
pub(super) use residue::RESIDUE;
pub use residue::residue;
pub use scan::ScanReport;
pub use status::{
    ControlStatus, LockLine, PassLine, QuarantineCount, RuleClockLine, RunStatusLine, StatusReport,
    WORKER_SILENT_MS, WorkerStatus,
};
pub use summary::Summary;
pub use tokens::TokensReport;
