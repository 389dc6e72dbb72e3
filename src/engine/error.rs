//! Why a command can't go on. A bad row is no error: it is quarantined.

use super::hasher::HasherError;
use super::limits::TooLittleMemory;
use super::lists::LIST_HINT;
use crate::census::ListError;
use crate::store::StoreError;
use crate::store::ledger::Holder;

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
    #[error("held by process {} on {} (run {}); its lease has {} s left", holder.pid, holder.host, holder.run, holder.left_ms.max(0) / 1000)]
    Held {
        /// Who.
        holder: Box<Holder>,
    },
    /// The accounts of a pass do not close: a bug, or somebody wrote to the ledger.
    #[error(
        "the accounts of credential {credential} do not close: {candidates} candidates, {accounted} accounted for"
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
