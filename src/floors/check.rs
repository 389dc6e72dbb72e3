//! What is made of faults: an exception is passed over, an open entry is printed, anything else
//! fails the test.

use super::exceptions::EXCEPTIONS;
use super::not_yet::NOT_YET;
use super::rule::{Fault, Rule};

/// Fails on faults in rooms that are whole, and prints those of the rooms that are not yet.
#[expect(clippy::print_stdout, reason = "the list of work, with --nocapture")]
pub(super) fn check(rule: Rule, faults: Vec<Fault>) {
    let (open, new): (Vec<_>, Vec<_>) = faults
        .into_iter()
        .filter(|fault| !is_excepted(fault))
        .partition(is_open);
    let mut rooms: Vec<&str> = open.iter().map(|fault| fault.room.as_str()).collect();
    rooms.sort_unstable();
    rooms.dedup();
    for room in rooms {
        let here: Vec<&Fault> = open.iter().filter(|fault| fault.room == room).collect();
        println!("\n[{rule:?}] {room}: {} open", here.len());
        for fault in here {
            println!("  {fault}");
        }
    }
    let new: Vec<String> = new.iter().map(ToString::to_string).collect();
    assert!(new.is_empty(), "[{rule:?}]\n{}", new.join("\n"));
}

/// Whether an exception allows it.
pub(super) fn is_excepted(fault: &Fault) -> bool {
    EXCEPTIONS
        .iter()
        .any(|exception| exception.rule == fault.rule && exception.key == fault.key)
}

fn is_open(fault: &Fault) -> bool {
    NOT_YET.contains(&(fault.rule, fault.room.as_str()))
}
