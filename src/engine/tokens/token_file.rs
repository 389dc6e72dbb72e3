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

/// A file of an earlier call that has not got its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnnamedFile {
    /// The batch by its name.
    pub batch: String,
    /// The digest of what is in it. A batch whose tokens are good is called so in the ledger.
    pub digest: String,
}

/// The file.
pub trait TokenFile {
    /// The files of earlier calls that have not got their names. Anybody may have put another one
    /// there: what is no plain file of this user's own is none of them.
    fn unnamed(&self) -> io::Result<Vec<UnnamedFile>>;
    /// Throws such a file away.
    fn discard(&mut self, batch: &str) -> io::Result<()>;
    /// Begins a new one.
    fn begin(&mut self, batch: &str) -> io::Result<()>;
    /// Writes a line.
    fn write(&mut self, line: &TokenFor<'_>) -> io::Result<()>;
    /// Has all of it on the disk, and returns the digest of it.
    fn finish(&mut self) -> io::Result<String>;
    /// Gives the file its name, which nothing else may have, if it has this digest.
    fn publish(&mut self, file: &UnnamedFile) -> io::Result<()>;
}
