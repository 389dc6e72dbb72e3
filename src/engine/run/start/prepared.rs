//! A run that stands in the ledger, and what a new one is made of.

use std::collections::HashMap;
use std::sync::Arc;

use crate::census::ListVerdicts;
use crate::engine::event::Finished;
use crate::engine::hash::calibrate::MeasuredRate;
use crate::engine::judge::parts::Proven;
use crate::engine::judge::selection::ResetSelection;
use crate::engine::plan::reset_limit::ResetLimits;
use crate::store::Key;
use crate::store::ledger::{ChunkBounds, ClockKey, RunRow, WaitingColumn};

/// A run that stands in the ledger.
pub(crate) struct Prepared {
    pub(crate) run: RunRow,
    pub(crate) resumed: bool,
    pub(crate) basis: Basis,
    /// The moment by which ages and deadlines are judged, in milliseconds of UTC.
    pub(crate) as_of_ms: i64,
    /// How many rows each rule may still reset.
    pub(crate) reset_limits: ResetLimits,
    pub(crate) measured: MeasuredRate,
}

/// What an invocation begins with.
pub(crate) enum Beginning {
    /// A run.
    Run(Box<Prepared>),
    /// The run that it has joined was closed before.
    Recorded(Box<Finished>),
    /// Another worker has taken over the locks meanwhile.
    LeaseLost,
    /// There is nothing to do.
    Nothing {
        /// Rows that are kept because the proof of their column does not hold for them.
        uncovered: i64,
    },
}

/// What the rows of a run are judged by.
#[derive(Default)]
pub(crate) struct Basis {
    /// The schemes that were proven, by credential.
    pub(crate) proven: HashMap<String, Proven>,
    /// What the lists of known passwords said, by credential.
    pub(crate) known: HashMap<String, Arc<ListVerdicts>>,
    /// The rows that may be touched; none for all.
    pub(crate) selection: Option<Arc<ResetSelection>>,
    /// The only rows of the run, by credential, where it is a cohort's.
    pub(crate) cohort: Option<HashMap<String, Vec<Key>>>,
}

/// A new run before it is in the ledger.
#[derive(Default)]
pub(crate) struct RunDraft {
    pub(crate) candidates: u64,
    /// Rows that are kept because the proof of their column does not hold for them.
    pub(crate) uncovered: i64,
    pub(crate) chunks: Vec<ChunkBounds>,
    pub(crate) basis: Basis,
    /// The credentials whose readers must be ready.
    pub(crate) rewritten: Vec<String>,
    /// The clocks that the rules' deadlines need.
    pub(crate) clocks: Vec<ClockKey>,
    pub(crate) waits: Vec<WaitingColumn>,
}
