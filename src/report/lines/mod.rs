//! Single lines: progress for people, events for machines, answers of `verify`.

mod events;
mod progress;

mod verified;
mod waits;

pub use events::{RunOutcome, Stamp, event_line, last_line};
pub(crate) use progress::held_words;
pub use progress::{Share, bar_message, control_line, place, plain_line, started_line};
pub use verified::VerifiedLine;
pub use waits::{wait_over_line, waiting_line};
