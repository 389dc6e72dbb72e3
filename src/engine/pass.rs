//! One pass over the chunks of a run: a reader that judges rows (`reader.rs`), the hashing pool, a writer that commits pages
//! (`writer.rs`).
//!
//! Reader and writer are futures on one thread; between them stand at most [`PAGES_AHEAD`] pages, so that the pool always has the next
//! one while the last is being written. Nothing is hashed inside a transaction.

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::rc::Rc;
use std::time::Instant;

use tokio::sync::{Mutex, mpsc};

use super::brake::Brake;
use super::error::EngineError;
use super::event::Observer;
use super::hasher::{Hasher, HasherError};
use super::judge::Judge;
use super::pace::Held;
use super::stop::Stop;
use super::tally::Tally;
use crate::store::ledger::Names;
use crate::store::{Column, Key, Link};

/// How many pages may be hashed or waiting to be written.
const PAGES_AHEAD: usize = 2;
/// The most rows that are read, or written, at once (SPEC 6).
pub(crate) const PAGE_ROWS_MAX: usize = 2_000;
/// The first page has at most so many rows: how long this database takes to commit one is not known yet.
pub(crate) const PAGE_ROWS_FIRST: usize = 500;
/// A page is at most this much hashing.
pub(crate) const PAGE_SECONDS: f64 = 2.0;

/// What a pass works with.
pub(crate) struct Pass<'a> {
    pub(crate) names: &'a Names,
    pub(crate) columns: &'a [Column],
    pub(crate) judges: &'a HashMap<String, Judge<'a>>,
    pub(crate) hasher: &'a Hasher,
    pub(crate) observer: &'a dyn Observer,
    pub(crate) stop: &'a Stop,
    pub(crate) tally: &'a RefCell<Tally>,
    pub(crate) limits: &'a RefCell<Limits>,
    /// For claims and heartbeats; on SQLite the same connection as the writer's.
    pub(crate) control: &'a Mutex<Link>,
    pub(crate) writer: &'a Mutex<Link>,
    /// Held by the page that is being written, once pages have stood in each other's way.
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

/// What bounds an invocation.
#[derive(Debug)]
pub(crate) struct Limits {
    /// Candidates that may still be taken.
    pub(crate) rows_left: Option<u64>,
    /// Candidates that may still be taken of each credential (`--canary`).
    pub(crate) canary_left: Option<HashMap<String, u64>>,
    /// When to stop.
    pub(crate) until: Option<Instant>,
    /// What holds it back.
    pub(crate) held: Held,
    /// The page's size: from the measured rate, made smaller by slow commits.
    pub(crate) page_rows: usize,
    /// Whether pages are written one at a time.
    pub(crate) in_turn: bool,
    /// How many rows each rule may still reset.
    pub(crate) brake: Brake,
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

impl Pass<'_> {
    /// Works the pass off.
    pub(crate) async fn work(&self, reader: &mut Link) -> Result<ReadEnd, EngineError> {
        let (send, receive) = mpsc::channel(PAGES_AHEAD - 1);
        // Neither is dropped in the middle of a statement: a reader that fails lets the writer end with what it has, a writer that
        // fails closes the channel.
        let read = async {
            let end = self.read(reader, send).await;
            self.tally.borrow_mut().failed |= end.is_err();
            end
        };
        let write = async {
            let written = self.write(receive).await;
            self.tally.borrow_mut().failed |= written.is_err();
            written
        };
        let (end, written) = tokio::join!(read, write);
        written?;
        let end = end?;
        if let Some(error) = self.hasher.error() {
            return Err(EngineError::Hasher(HasherError::Kernel(*error)));
        }
        Ok(end)
    }
}
