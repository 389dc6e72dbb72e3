//! The ledger: saltern's own tables in the users' own database, so that what commits together survives together.
//!
//! `names` and `migrate` make the tables; each other file keeps one of them. No user
//! table is touched here, and nothing of a stored value is ever written, but for half a hash of those that `known` keeps a verdict on, and for what
//! only the holder of a token can compare with one.

pub mod census;
pub mod chunk;
pub mod clock;
mod create;
pub mod known;
pub mod lock;
pub mod migrate;
mod names;
pub mod quarantine;
pub mod reset;
pub mod run;
pub mod token;
pub mod waiting;
pub mod worker;
pub mod wrapped;

#[cfg(test)]
mod tests;

pub use census::CensusLine;
pub use chunk::{Accounts, ChunkBounds, ChunkRow, ChunkState, ClaimedChunk};
pub use clock::RuleClock;
pub use create::{add_pass, create_run};
pub(in crate::store) use known::KnownRow;
pub use lock::{Holder, LockAttempt, WorkerIdentity};
pub use migrate::{LEDGER_VERSION, ddl};
pub use names::Names;
pub use quarantine::{QuarantineLine, QuarantineReason};
pub use reset::{ResetLine, ResetReason};
pub use run::{NewRun, RunRow, RunState};
pub use token::{NewToken, TokenLine};
pub use waiting::{WaitingColumn, WaitingCount, WaitingLine};
pub use worker::WorkerLine;

/// What the ledger keeps for people: quarantined rows, workers, censuses.
pub mod log {
    pub use super::census::census;
    pub use super::quarantine::{quarantine_counts, quarantined};
    pub use super::worker::{worker, workers};
}
