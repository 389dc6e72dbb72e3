//! The rules by name, and what breaks one.

use std::fmt;

use super::exceptions::EXCEPTIONS;
use super::not_yet::NOT_YET;

/// One rule of the house.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Rule {
    /// Files of one room must not import one another in a circle.
    Circle,
    /// A folder imports earlier folders of its room only, in the order of `mod.rs`.
    FolderOrder,
    /// A flat file at a room's root imports no folder.
    Ground,
    /// A command of the command line imports no other command.
    Commands,
    /// The database's `Kind` is matched in a few files only.
    KindMatched,
    /// `super::` stays in its room.
    SuperLeaves,
    /// A comment line ends at column 100.
    CommentWidth,
    /// A function has four arguments beside `self` at the most, and none is a bool.
    Arguments,
    /// A type's name is defined once in the whole source.
    TypeTwice,
}

/// One place that breaks a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Fault {
    pub(super) rule: Rule,
    /// The room it stands in; `src` where it concerns more than one.
    pub(super) room: String,
    /// What an exception names: a function, a type, a file.
    pub(super) key: String,
    /// Where it stands, and what is wrong with it.
    pub(super) text: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.text)
    }
}

impl Fault {
    fn is_excepted(&self) -> bool {
        EXCEPTIONS
            .iter()
            .any(|exception| exception.rule == self.rule && exception.key == self.key)
    }

    fn is_open(&self) -> bool {
        NOT_YET.contains(&(self.rule, self.room.as_str()))
    }
}

/// Fails on faults in rooms that are whole, and prints those of the rooms that are not yet.
#[expect(clippy::print_stdout, reason = "the list of work, with --nocapture")]
pub(super) fn check(rule: Rule, faults: Vec<Fault>) {
    let (open, new): (Vec<_>, Vec<_>) = faults
        .into_iter()
        .filter(|fault| !fault.is_excepted())
        .partition(Fault::is_open);
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

/// Every fault of the source, for the tests of the lists.
pub(super) fn all_faults() -> Vec<Fault> {
    use super::{circles, commands, comments, folders, functions, kinds, supers, types};
    let sources = super::source::Sources::of_this_crate();
    let house = super::house::House::of(&sources);
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
fn an_open_entry_has_a_fault_left() {
    let faults = all_faults();
    let done: Vec<String> = NOT_YET
        .iter()
        .filter(|(rule, room)| {
            !faults
                .iter()
                .any(|fault| fault.rule == *rule && fault.room == *room && !fault.is_excepted())
        })
        .map(|(rule, room)| format!("    (Rule::{rule:?}, {room:?}),"))
        .collect();
    assert!(
        done.is_empty(),
        "nothing is left of these: take their lines out of src/floors/not_yet.rs\n{}",
        done.join("\n")
    );
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
