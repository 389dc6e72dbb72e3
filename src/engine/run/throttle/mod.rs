//! What holds a run back although it could go on.

pub(crate) mod signal; // What a signal is.

mod bounds; // Numbers that must stay below a bound.
mod commits; // Commits that take too long.
mod pauses; // The pause file, and an order to pause.
mod speed; // The rate, and the share of time asleep.

mod http; // One question over HTTP.

pub(crate) mod throttle; // Why the next page has to wait.

pub(crate) mod watch; // What is asked again and again beside a run.
