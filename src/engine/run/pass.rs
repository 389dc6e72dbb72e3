//! One pass over the chunks of a run: a reader that judges rows (`reader.rs`), the hashing pool, a writer that commits pages
//! (`writer.rs`).
//!
//! Reader and writer are futures on one thread; between them stand at most [`PAGES_AHEAD`] pages, so that the pool always has the next
//! one while the last is being written. Nothing is hashed inside a transaction.

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use tokio::sync::Mutex;

use super::limits::Limits;
use super::progress::RunProgress;
use crate::engine::event::Observer;
use crate::engine::hash::pool::Hasher;
use crate::engine::judge::judge::Judge;
use crate::engine::stop::Stop;
use crate::store::ledger::Names;
use crate::store::{CredentialColumn, Key, Link};

/// What a pass works with.
pub(crate) struct Pass<'a> {
    pub(crate) names: &'a Names,
    pub(crate) columns: &'a [CredentialColumn],
    pub(crate) judges: &'a HashMap<String, Judge<'a>>,
    pub(crate) hasher: &'a Hasher,
    pub(crate) observer: &'a dyn Observer,
    pub(crate) stop: &'a Stop,
    pub(crate) progress: &'a RefCell<RunProgress>,
    pub(crate) limits: &'a RefCell<Limits>,
    /// For claims and heartbeats; on SQLite the same connection as the writer's.
    pub(crate) control: &'a Mutex<Link>,
    pub(crate) writer: &'a Mutex<Link>,
    /// Throttle by the page that is being written, once pages have stood in each other's way.
    pub(crate) turn: &'a Mutex<()>,
    pub(crate) run: &'a str,
    pub(crate) worker: &'a str,
    pub(crate) pass: i64,
    /// Rows that this run has given up on: a sweep passes them over.
    pub(crate) given_up: Rc<HashSet<(String, String)>>,
    /// The rows of `--keys`, by credential; none for a pass over chunks.
    pub(crate) keys: Option<&'a HashMap<String, Vec<Key>>>,
    pub(crate) print: bool,
}

/// Why the reader stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ReadEnd {
    /// Every row of the pass was read.
    Complete,
    /// A signal, or a lock that was lost.
    Stopped,
    /// `--max-rows`.
    MaxRows,
    /// `--max-runtime`.
    MaxRuntime,
    /// `--canary`: there are more candidates.
    Canary,
}
