//! The pipeline of a run: plan, calibrate, read, hash, write, sweep. Emits events, prints nothing, knows no SQL.

mod event;
mod options;

pub use event::{AccountsJson, End, EVENT_VERSION, Event, Finished, Observer, Progress, RunStatus, Started};
pub use options::{Mode, RunOptions, Selection};
