//! The file as the caller has read it.

use std::path::{Path, PathBuf};

/// A configuration file as the caller has read it.
#[derive(Clone, Copy)]
pub struct ConfigFile<'a> {
    /// Its path as it was named. Relative paths in the file count from the file's folder.
    pub path: &'a Path,
    /// Its text.
    pub text: &'a str,
    /// Its permission bits, where the system has such. A password may stand in it only if they are
    /// 0600 or less.
    pub mode: Option<u32>,
}

impl ConfigFile<'_> {
    /// A path that stands in the file. A relative one counts from the file's folder.
    pub(super) fn beside(&self, path: &str) -> PathBuf {
        self.folder().join(path)
    }

    /// The folder of the file.
    pub(super) fn folder(&self) -> &Path {
        self.path.parent().unwrap_or(Path::new(""))
    }
}
