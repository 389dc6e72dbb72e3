//! What a failed statement means for the caller.

/// What a failure means for the caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorClass {
    /// A lock wait, a deadlock or a serialisation failure: roll back and try again.
    Busy,
    /// The connection is lost or the server is going down: reconnect.
    Gone,
    /// The server has no room left, or a limit is reached: roll back and try again.
    Full,
    /// This row can't be written as asked (a check, a trigger, a length): leave it out.
    Row,
    /// The user lacks a privilege.
    Denied,
    /// A table or column is not there.
    Missing,
    /// The statement is not understood.
    Statement,
    /// The server, or what stands before it, is not set up for this. No waiting mends it.
    SetUp,
    /// Not listed: tried once more, then told.
    Unknown,
}

/// A class of errors, for people.
#[derive(Clone, Copy, Debug)]
pub struct ClassFacts {
    /// Its name.
    pub name: &'static str,
    /// What saltern does about such an error.
    pub action: &'static str,
    /// The exit codes of a command that can't go on.
    pub exit: &'static str,
}

impl ErrorClass {
    /// Every class.
    pub const ALL: [Self; 9] = [
        Self::Busy,
        Self::Gone,
        Self::Full,
        Self::Row,
        Self::Denied,
        Self::Missing,
        Self::Statement,
        Self::SetUp,
        Self::Unknown,
    ];

    /// What the class is called, and what is done about it.
    pub fn facts(self) -> ClassFacts {
        let (name, action, exit) = match self {
            Self::Busy => (
                "busy",
                "rolls back and tries again for a minute; a page is cut until only the locked rows wait",
                "5",
            ),
            Self::Gone => ("gone", "connects again and tries again for a minute", "5"),
            Self::Full => ("full", "rolls back and tries again for a minute", "5"),
            Self::Row => (
                "row",
                "sets the row aside (quarantine) and goes on; in a condition of the operator's it ends the command",
                "3, or 2",
            ),
            Self::Denied => ("denied", "ends: a right is lacking", "4; 2 for a login"),
            Self::Missing => (
                "missing",
                "ends: a name in the configuration is wrong, or the ledger is not whole",
                "2; 4 for the ledger",
            ),
            Self::Statement => (
                "statement",
                "ends: a condition of the operator's is not understood",
                "2",
            ),
            Self::SetUp => ("set-up", "ends: waiting doesn't mend it", "4"),
            Self::Unknown => (
                "unknown",
                "tries once more, then ends and names the code",
                "1",
            ),
        };
        ClassFacts { name, action, exit }
    }
}
