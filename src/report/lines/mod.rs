//! One line at a time while a run goes on: progress for people, events for machines.

mod events;
mod progress;

pub use events::{Outcome, Stamp, event_line, last_line};
pub use progress::{Share, bar_message, place, plain_line, started_line};
