//! The list of exceptions is no longer than it must be.

use super::exceptions::EXCEPTIONS;
use super::house::House;
use super::rule::Fault;
use super::source::Sources;
use super::{circles, commands, comments, folders, functions, kinds, supers, types};

/// Every fault of the source.
fn all_faults() -> Vec<Fault> {
    let sources = Sources::of_this_crate();
    let house = House::of(&sources);
    let mut faults = circles::faults(&house);
    faults.extend(folders::order_faults(&house));
    faults.extend(folders::ground_faults(&house));
    faults.extend(commands::faults(&house));
    faults.extend(kinds::faults(&house));
    faults.extend(supers::faults(&house));
    faults.extend(comments::faults(&sources));
    faults.extend(functions::faults(&house));
    faults.extend(types::faults(&house));
    faults
}

#[test]
fn an_exception_is_still_needed() {
    let faults = all_faults();
    for exception in EXCEPTIONS {
        assert!(
            faults
                .iter()
                .any(|fault| fault.rule == exception.rule && fault.key == exception.key),
            "{exception:?} breaks nothing: take it out of src/floors/exceptions.rs"
        );
    }
}

#[test]
fn a_rule_has_three_exceptions_at_the_most() {
    for exception in EXCEPTIONS {
        let of_rule = EXCEPTIONS
            .iter()
            .filter(|other| other.rule == exception.rule);
        assert!(of_rule.count() <= 3, "{:?}", exception.rule);
        assert!(!exception.reason.is_empty());
    }
}
