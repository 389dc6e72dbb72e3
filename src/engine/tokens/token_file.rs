//! The file of tokens, as its maker sees it. What it looks like, and where it is, is the face's.

use std::io;

use crate::secret::Token;
use crate::store::Key;

/// A line of the file. Its `Debug` is blind to the token.
#[derive(Debug)]
pub struct TokenFor<'a> {
    /// The credential's name.
    pub credential: &'a str,
    /// The row's key.
    pub key: &'a Key,
    /// What is typed at login, where the credential names it and it is text.
    pub login: Option<&'a str>,
    /// The token.
    pub token: &'a Token,
}

/// The file.
pub trait TokenFile {
    /// The files of earlier calls that have not got their names, by batch.
    fn unnamed(&self) -> io::Result<Vec<String>>;
    /// Throws such a file away.
    fn discard(&mut self, batch: &str) -> io::Result<()>;
    /// Begins a new one.
    fn begin(&mut self, batch: &str) -> io::Result<()>;
    /// Writes a line.
    fn write(&mut self, line: &TokenFor<'_>) -> io::Result<()>;
    /// Has all of it on the disk.
    fn finish(&mut self) -> io::Result<()>;
    /// Gives the file its name, which nothing else may have.
    fn publish(&mut self, batch: &str) -> io::Result<()>;
}
