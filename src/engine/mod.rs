//! The pipeline of a run: plan, calibrate, read, hash, write, sweep. Emits events, prints nothing, knows no SQL.

mod beat;
mod books;
mod brake;
mod calibrate;
mod check;
mod choose;
mod dry;
mod error;
mod event;
mod fit;
mod hasher;
mod identity;
mod judge;
mod keys;
mod known;
mod limits;
mod lines;
mod lists;
mod look;
mod marks;
mod options;
mod pace;
mod page;
mod pass;
mod patience;
mod plan;
mod prepare;
mod proof;
mod reader;
mod recount;
mod relabel;
mod run;
mod session;
mod skew;
mod spec;
mod stop;
mod tally;
mod ties;
mod tokens;
mod waits;
mod writer;

pub use calibrate::{Calibration, calibrate, tuned};
pub use choose::{By, Choice, ResetCount, ResetKind, ResetPlan, plan_reset};
pub use error::EngineError;
pub use event::{
    AccountsJson, EVENT_VERSION, End, Event, Finished, Observer, Progress, RunStatus, Started,
};
pub use hasher::{Hasher, HasherError, plan_for};
pub use identity::worker_id;
pub use judge::Work;
pub use limits::{Budget, TooLittleMemory, budget};
pub use lists::check_lists;
pub use look::{ColumnLook, Group, Purpose, look};
pub use options::{Job, Mode, RunOptions, Selection};
pub use pace::{MaxLag, Pace};
pub use plan::{Plan, PlanOptions, Refusal, plan};
pub use proof::{CanaryLogin, ProofOptions};
pub use recount::ColumnKnown;
pub use relabel::{Relabel, RelabelError};
pub use run::run;
pub use session::{Session, names};
pub use stop::{Signal, Stop};
pub use ties::{Tie, TieKind, ties};
pub use tokens::{
    TokenCounts, TokenFile, TokenFor, TokenOptions, TokensMade, count_tokens, make_tokens,
};
pub use waits::{Wait, record_waits};
