//! An exit code and its meaning, as a face hands them to a report.

/// An exit code and what it means.
#[derive(Clone, Copy, Debug)]
pub struct ExitWords<'a> {
    /// The number.
    pub code: u8,
    /// What happened.
    pub meaning: &'a str,
}
