//! Single lines while a job runs: progress for people, events for machines.

mod events;
mod progress;

pub use events::{RunOutcome, Stamp, event_line, last_line};
pub use progress::{Share, bar_message, place, plain_line, started_line};
