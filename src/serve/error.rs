//! Why the sidecar can't begin.

use crate::auth::SiteMismatch;
use crate::census::ListError;
use crate::store::StoreError;

/// Why the sidecar can't begin.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The database refused.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Not even one hash fits into memory.
    #[error(
        "one hash at the target needs {needed_mib} MiB, and this machine does not offer so much beside the 512 MiB that are kept free"
    )]
    TooLittleMemory {
        /// The memory of one hash, in MiB.
        needed_mib: u64,
    },
    /// A list of known passwords can't be used.
    #[error(transparent)]
    List(#[from] ListError),
    /// A file of site-wide salts is not the one with which rows were wrapped.
    #[error("credential {credential}: site_salt_file is not the file that was used before")]
    Site {
        /// The credential.
        credential: String,
        /// What differs.
        #[source]
        mismatch: SiteMismatch,
    },
    /// The threads could not be started.
    #[error("cannot start the hashing threads")]
    Threads(#[source] std::io::Error),
}
