//! The objects for machines: their version, and how a struct becomes one.

use serde::Serialize;
use serde_json::Value;

/// The version of the objects that reports print. Fields are only ever added to them.
pub const REPORT_VERSION: u32 = 1;

/// The object of a report's struct.
///
/// # Panics
/// Never: a report's struct has text, numbers, lists and named fields alone.
pub(super) fn object(report: &impl Serialize) -> Value {
    serde_json::to_value(report).expect("plain fields can always be written as JSON")
}
