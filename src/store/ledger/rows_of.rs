//! Which rows a statement on the ledger is about.

/// The page of which rows were written.
pub(crate) struct PageOf<'a> {
    pub(crate) run: &'a str,
    pub(crate) chunk: i64,
    /// How many pages of the chunk were committed before it.
    pub(crate) page: i64,
    pub(crate) credential: &'a str,
}

/// A run's rows of one credential.
#[derive(Clone, Copy, Debug)]
pub struct RowsOf<'a> {
    /// The run.
    pub run: &'a str,
    /// The credential's name.
    pub credential: &'a str,
}
