//! The file as the caller read it.

use std::path::{Path, PathBuf};

/// A configuration file as the caller read it.
#[derive(Clone, Copy)]
pub struct ConfigFile<'a> {
    /// Its path as it was named; relative paths in it count from its folder.
    pub path: &'a Path,
    /// What is in it.
    pub text: &'a str,
    /// Its permission bits, where there are such: a password may stand in it only if they are 0600 or less.
    pub mode: Option<u32>,
}

impl ConfigFile<'_> {
    /// A path that stands in the file: a relative one counts from the file's folder.
    pub(super) fn beside(&self, path: &str) -> PathBuf {
        self.folder().join(path)
    }

    /// The folder of the file.
    pub(super) fn folder(&self) -> &Path {
        self.path.parent().unwrap_or(Path::new(""))
    }
}
