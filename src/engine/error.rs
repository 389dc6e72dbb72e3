//! Why a command can't go on. A bad row is no error: it is quarantined.

use crate::census::ListError;
use crate::kernel::KernelError;
use crate::store::ledger::Holder;
use crate::store::{ErrorClass, StoreError};

/// Why hashing failed.
#[derive(Debug, thiserror::Error)]
pub enum HasherError {
    /// The kernel said no.
    #[error("hashing failed")]
    Kernel(#[from] KernelError),
    /// The threads could not be started.
    #[error("cannot start {threads} hashing threads")]
    Threads {
        /// How many.
        threads: usize,
        /// Why.
        #[source]
        source: rayon::ThreadPoolBuildError,
    },
    /// A hashing thread is gone.
    #[error("a hashing thread ended before its work was done")]
    Gone,
    /// The system gave no random bytes for the salts.
    #[error("the system gave no random bytes: {0}")]
    Random(getrandom::Error),
}

/// Why no budget can be made.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error(
    "one hash needs {needed_mib} MiB and this machine offers {offered_mib} MiB beside the 512 MiB that are kept free"
)]
pub struct TooLittleMemory {
    /// For one hash.
    pub needed_mib: u64,
    /// What there is.
    pub offered_mib: u64,
}

/// What the operator can do about it.
pub(crate) const LIST_HINT: &str = "put the paths in [known] right (a relative one counts from the folder of saltern.toml): `wordlist` takes one password a line, \
                                    `pwned` what Have I Been Pwned gives out, HEX:count a line, ordered by hash";

/// Why a command ended before its time.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The hashing.
    #[error(transparent)]
    Hasher(#[from] HasherError),
    /// The target's parameters.
    #[error("the target's parameters are not possible")]
    Kernel(#[from] crate::kernel::KernelError),
    /// The memory.
    #[error(transparent)]
    Memory(#[from] TooLittleMemory),
    /// The configuration asks for what can't be had.
    #[error("{what}")]
    Configuration {
        /// What.
        what: String,
        /// What the operator can do.
        hint: String,
    },
    /// A list of known passwords.
    #[error(transparent)]
    List(#[from] ListError),
    /// Refused before anything was written.
    #[error("{what}")]
    Refused {
        /// What is wrong.
        what: String,
        /// What the operator can do.
        hint: String,
    },
    /// The file of tokens.
    #[error("cannot write the file of tokens")]
    Output(#[source] std::io::Error),
    /// Another run holds a column.
    #[error("held by {} (run {}); its lease has {} s left", holder.words(), holder.run, holder.left_ms.max(0) / 1000)]
    Held {
        /// Who.
        holder: Box<Holder>,
    },
    /// The counts of a pass do not add up: a bug, or somebody wrote to the ledger.
    #[error(
        "the counts of credential {credential} do not add up: {candidates} candidates, {accounted} accounted for"
    )]
    Open {
        /// The credential's name.
        credential: String,
        /// Rows counted as candidates.
        candidates: i64,
        /// Rows accounted for.
        accounted: i64,
    },
    /// A canary's row does not verify.
    #[error(
        "the canary's row {key} of credential {credential} does not verify: what stands there is not the hash of what was read"
    )]
    Canary {
        /// The credential's name.
        credential: String,
        /// The row's key.
        key: String,
    },
}

impl EngineError {
    /// A refusal.
    pub(crate) fn refused(what: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::Refused {
            what: what.into(),
            hint: hint.into(),
        }
    }

    /// Whether the database is gone: it was waited for, and is not waited for again.
    pub(crate) fn is_gone(&self) -> bool {
        matches!(self, Self::Store(error) if error.class() == ErrorClass::Gone)
    }

    /// What the operator can do, where there is more to say than the error itself.
    pub fn hint(&self) -> Option<&str> {
        match self {
            Self::Refused { hint, .. }
            | Self::Configuration { hint, .. }
            | Self::Store(StoreError::Refused { hint, .. }) => Some(hint),
            Self::List(_) => Some(LIST_HINT),
            _ => None,
        }
    }
}
