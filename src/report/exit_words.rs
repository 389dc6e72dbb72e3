//! An exit code in words, as the faces hand it to a report.

/// An exit code and what it means.
#[derive(Clone, Copy, Debug)]
pub struct ExitWords<'a> {
    /// The number.
    pub code: u8,
    /// What happened.
    pub meaning: &'a str,
}
