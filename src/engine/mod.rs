//! The pipeline of a run: plan, calibrate, read, hash, write, sweep. Emits events, prints nothing, knows no SQL.

mod event;
mod options;

pub use event::{
    AccountsJson, EVENT_VERSION, End, Event, Finished, Observer, Progress, RunStatus, Started,
};
pub use options::{Mode, RunOptions, Selection};
