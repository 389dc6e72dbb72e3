//! The ledger: saltern's own tables in the users' own database.
//!
//! What commits together survives together. `names` says where the tables stand, and `migrate`
//! makes them. Most other files are about one table, which the file's first line names.
//!
//! No user table is touched here. Nothing of a stored value is ever written, with two exceptions:
//! half a hash of a value on which `known` keeps a verdict, and in `reset_token` what only the
//! holder of a token can compare with a value.

// Where the tables stand, and their making.
mod names;

pub mod migrate;

// A run, its chunks and its clocks.
mod rows_of;

mod accounts;

pub mod run;

pub mod chunk;

pub(in crate::store) mod fence;

pub mod clock;

mod create;

// Who works on it.
pub mod lock;

pub mod worker;

// What operators have ordered.
pub mod control;
pub mod protocol;

pub mod joined;

// What became of rows.
pub mod quarantine;

pub mod census;

pub mod known;

pub mod reset;

pub mod wrapped;

pub mod waiting;

// What a run is begun with.
pub mod site_check;

// Whether all of it is there, and agrees.
mod shape;

mod agreement;

// Tokens of resets.
pub mod token;

#[cfg(test)]
mod tests;

pub use accounts::Accounts;
pub use agreement::{check_ledger, check_run};
pub use census::CensusLine;
pub use chunk::{ChunkBounds, ChunkRow, ChunkState, Claim, ClaimedChunk};
pub use clock::{ClockKey, RuleClock};
pub use control::{CONTROL_VERSION, ControlLine, ControlVerb, NewControl};
pub use create::{Closing, NewPass, RunParts, abandon_run, add_pass, create_run, finish_run};
pub use fence::Fence;
pub(crate) use fence::standing as chunk_standing;
pub use joined::{DutyClaim, JoinedEnd, JoinedRow, MemberKey, NewJoined, Step};
pub use lock::{HeldLock, Holder, LockAttempt, LockOwner, LockRequest, WorkerIdentity};
pub use migrate::{LEDGER_VERSION, TABLES, UnfinishedRun, UsedTables, ddl};
pub use names::Names;
pub use protocol::{Duty, DutySeen, JoinedState, NextStep, StepGround, may_take, next_step};
pub use quarantine::{QuarantineLine, QuarantineReason};
pub use reset::{ResetLine, ResetLines, ResetReason};
pub(in crate::store) use rows_of::PageOf;
pub use rows_of::RowsOf;
pub use run::{NewRun, RunRow, RunState, RunStep};
pub use shape::{ShapeFault, check_shape};
pub use site_check::SiteCheck;
pub use token::{BatchState, NewBatch, NewToken, StaleBatches, TokenLine, WholeBatch};
pub use waiting::{WaitingColumn, WaitingCount, WaitingLine};
pub use worker::WorkerLine;
pub use wrapped::WrappedSince;
