//! What a command does to a database: scan, judge, hash, write, sweep. Emits events, prints
//! nothing, knows no SQL.
//!
//! The files beside this one are the ground: words, errors and requests, which import no folder.
//! Each folder imports the ground and the folders above it in this list, never one below.
//!
//! To change what becomes of a row, go to `judge`. To change how fast it is hashed, to `hash`. What
//! is read before a decision is `scan`'s; what is said, or refused, before anything is written is
//! `plan`'s. What writes stands in `run`, but for two things. `tokens` keeps the tokens of those
//! who were reset. `scan/waiting` keeps the counts of waiting rows in the ledger.

mod adopt; // Wraps that somebody else has made.
mod error; // Why a command can't go on.
mod event; // What faces are told.
mod refusal; // Why a run would be refused, and what to do about it.
mod relabel; // One label in the place of another, or of none.
mod relabel_error; // Why a label can't stand there.
mod request; // What a command is asked for, as validated.
mod reset_rule; // The rule that a reset request stands for.
mod session; // The database, its columns and its clock, open to read.

mod patient; // Asks over it until an answer comes.

mod key_list; // Lines of a file into keys of rows.
mod page_limits; // Rows and seconds of a page.
mod process; // Who this process is, and whether another is alive.
mod retry; // Waiting for a database that is gone or busy.
mod steering; // What orders of operators come to.
mod stop; // The flag that a signal sets.

mod judge; // What one row means. No database, no thread.

mod hash; // Threads and memory. No rule, no row.

mod scan; // Whole columns, read. Writes nothing to users' tables.

mod plan; // What would be done, and why not. Writes nothing.

mod run; // The run itself: locks, passes, pages, the ledger.

mod tokens; // Tokens for those who were reset.

pub use adopt::Adopt;
pub use error::{EngineError, HasherError, TooLittleMemory};
pub use event::{
    AccountsJson, EVENT_VERSION, End, Event, Finished, HeldBy, HeldTime, Observer, Ordered,
    Progress, RunStatus, Started, WaitOver, Waiting,
};
pub use hash::budget::{Budget, budget};
pub use hash::calibrate::{Calibration, calibrate, tune};
pub use hash::kernel::plan_for;
pub use hash::pool::Hasher;
pub use judge::parts::{KeptPart, PartCondition, Proven};
pub use judge::work::Work;
pub use plan::plan::{RunPlan, plan};
pub use plan::reset::{ResetPlan, plan_reset};
pub use plan::reset_count::{ResetCount, ResetKind};
pub use process::{host_name, is_known_to_have_ended, worker_id};
pub use refusal::Refusal;
pub use relabel::Relabel;
pub use relabel_error::RelabelError;
pub use request::{
    By, CanaryLogin, HttpCheck, Job, LoadBound, MaxLag, Mode, PlanOptions, ProofOptions,
    ResetRequest, RunOptions, Selection, ThrottleOptions, TokenOptions, Until,
};
pub(crate) use retry::{retry, retry_further};
pub use run::run::run;
pub use scan::column::{ColumnKnown, ColumnScan, Group, Purpose, Wait};
pub use scan::coverage::{PartFacts, PartFate, PartStandsFor, part_facts};
pub use scan::dependencies::{Dependency, DependencyKind, dependencies};
pub use scan::labels::{labels_of, reader_labels};
pub use scan::readers::{ReaderNeed, ReaderRows, reader_need, reader_rows};
pub use scan::scan::scan_columns;
pub use scan::waiting::record_waits;
pub use scan::wordlists::check_lists;
pub use session::{Session, names};
pub use steering::Steering;
pub use stop::{Signal, Stop};
pub use tokens::rows::TokenCounts;
pub use tokens::token_file::{TokenFile, TokenFor, UnnamedFile};
pub use tokens::tokens::{TokensMade, count_tokens, make_tokens};
