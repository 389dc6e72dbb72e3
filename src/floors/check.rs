//! What is made of faults: an exception is passed over, anything else fails the test.

use super::exceptions::EXCEPTIONS;
use super::rule::{Fault, Rule};

/// Fails on every fault that no exception allows, and lists them all.
pub(super) fn check(rule: Rule, faults: Vec<Fault>) {
    let faults: Vec<String> = faults
        .iter()
        .filter(|fault| !is_excepted(fault))
        .map(ToString::to_string)
        .collect();
    assert!(faults.is_empty(), "[{rule:?}]\n{}", faults.join("\n"));
}

/// Whether an exception allows it.
fn is_excepted(fault: &Fault) -> bool {
    EXCEPTIONS
        .iter()
        .any(|exception| exception.rule == fault.rule && exception.key == fault.key)
}
