//! The one way to end a run early from outside: a flag that a signal sets and the pipeline reads.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::Duration;

use super::event::End;

/// A flag shared with whoever catches the signals.
#[derive(Clone, Debug, Default)]
pub struct Stop(Arc<AtomicU8>);

/// How often the flag is looked at.
const LOOK: Duration = Duration::from_millis(50);

/// Which signal was caught.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signal {
    /// SIGINT.
    Interrupt,
    /// SIGTERM.
    Terminate,
}

impl Stop {
    /// A flag that is not set.
    pub fn new() -> Self {
        Self::default()
    }

    /// Asks the run to end: what is hashed is committed, the rest dropped.
    pub fn set(&self, signal: Signal) {
        let value = match signal {
            Signal::Interrupt => 1,
            Signal::Terminate => 2,
        };
        self.0.store(value, Ordering::SeqCst);
    }

    /// Waits for a signal.
    pub async fn signalled(&self) -> Signal {
        loop {
            if let Some(signal) = self.get() {
                return signal;
            }
            tokio::time::sleep(LOOK).await;
        }
    }

    /// The signal, if there was one.
    pub fn get(&self) -> Option<Signal> {
        match self.0.load(Ordering::SeqCst) {
            1 => Some(Signal::Interrupt),
            2 => Some(Signal::Terminate),
            _ => None,
        }
    }
}

impl From<Signal> for End {
    fn from(signal: Signal) -> Self {
        match signal {
            Signal::Interrupt => Self::Interrupted,
            Signal::Terminate => Self::Terminated,
        }
    }
}
