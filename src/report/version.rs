//! The version that the objects of reports carry. Fields are only ever added to them.

/// The version of the objects that `scan`, `plan` and `status` print.
pub const REPORT_VERSION: u32 = 1;
