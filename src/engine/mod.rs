//! The pipeline of a run: plan, calibrate, read, hash, write, sweep. Emits events, prints nothing, knows no SQL.

mod error;
mod event;
mod key_list;
mod page_limits;
mod process;
mod refusal;
mod relabel;
mod request;
mod retry;
mod session;
mod stop;

mod judge;

mod hash;

mod scan;

mod plan;

mod run;

mod tokens;

pub use error::{EngineError, HasherError, TooLittleMemory};
pub use event::{
    AccountsJson, EVENT_VERSION, End, Event, Finished, Observer, Progress, RunStatus, Started,
};
pub use hash::budget::{Budget, budget};
pub use hash::calibrate::{Calibration, calibrate, tune};
pub use hash::kernel::plan_for;
pub use hash::pool::Hasher;
pub use judge::work::Work;
pub use plan::plan::{RunPlan, plan};
pub use plan::reset::{ResetPlan, plan_reset};
pub use plan::reset_count::{ResetCount, ResetKind};
pub use process::worker_id;
pub use refusal::Refusal;
pub use relabel::{Relabel, RelabelError};
pub use request::{
    By, CanaryLogin, Job, MaxLag, Mode, PlanOptions, ProofOptions, ResetRequest, RunOptions,
    Selection, ThrottleOptions, TokenOptions,
};
pub use run::run::run;
pub use scan::column::{ColumnKnown, ColumnScan, Group, Purpose, Wait};
pub use scan::dependencies::{Dependency, DependencyKind, dependencies};
pub use scan::scan::scan_columns;
pub use scan::waiting::record_waits;
pub use scan::wordlists::check_lists;
pub use session::{Session, names};
pub use stop::{Signal, Stop};
pub use tokens::rows::TokenCounts;
pub use tokens::token_file::{TokenFile, TokenFor};
pub use tokens::tokens::{TokensMade, count_tokens, make_tokens};
