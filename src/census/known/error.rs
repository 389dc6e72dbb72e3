//! Which list of known passwords can't be used, and why.

use std::path::{Path, PathBuf};

use super::pwned_lines::PwnedError;

/// Why a list of known passwords can't be used.
#[derive(Debug, thiserror::Error)]
pub enum ListError {
    /// A word list can't be read.
    #[error("cannot read the word list {}", path.display())]
    Words {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// A list of digests can't be used.
    #[error("cannot use the pwned list {}", path.display())]
    Pwned {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: PwnedError,
    },
}

impl ListError {
    /// The error of a word list.
    pub fn of_words(path: &Path, source: std::io::Error) -> Self {
        Self::Words {
            path: path.to_owned(),
            source,
        }
    }

    /// The error of a list of digests.
    pub fn of_pwned(path: &Path, source: PwnedError) -> Self {
        Self::Pwned {
            path: path.to_owned(),
            source,
        }
    }
}
