//! The rules by name, and what breaks one.

use std::fmt;

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
