//! How many pages of a run are written at the same time.
//!
//! A **lane** is a reader and a writer, on connections of their own, that take one chunk after
//! another. Between them stand at most [`PAGES_AHEAD`] pages, so that the pool always has the next
//! one while the last is being written.

use std::collections::HashSet;
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use tokio::sync::{Mutex, mpsc};

use super::context::Execution;
use super::pass::{Pass, PassRows, ReadEnd};
use crate::engine::error::{EngineError, HasherError};
use crate::engine::event::End;
use crate::engine::plan::job::JobPlan;
use crate::engine::session::Session;
use crate::store::{CredentialColumn, DatabaseWait, Link, OpenWait, Role, StoreError};

/// How many pages may be hashed or waiting to be written.
const PAGES_AHEAD: usize = 2;

/// Lanes where nothing is hashed: a database works on one page on one processor.
const LANES: usize = 2;

/// The connections that write pages; none on SQLite, where the control connection does.
///
/// # Errors
/// Whatever the database says to the first. One that it has no room for is done without.
pub(crate) async fn writers(
    session: &Session<'_>,
    job: &JobPlan,
) -> Result<Vec<Mutex<Link>>, StoreError> {
    if session.conn.kind().lets_in_one_writer() {
        return Ok(Vec::new());
    }
    let locks = session.columns.iter().map(CredentialColumn::lock_name);
    // Two credentials of one column may have rows in common.
    let are_distinct = locks.collect::<HashSet<_>>().len() == session.columns.len();
    let lanes = if !job.hashes && are_distinct {
        LANES
    } else {
        1
    };
    let writers = open(session, Role::Write, lanes).await?;
    Ok(writers.into_iter().map(Mutex::new).collect())
}

/// The connections that read pages, one for each of so many writers.
///
/// # Errors
/// As [`writers`].
pub(crate) async fn readers(
    session: &Session<'_>,
    writers: usize,
) -> Result<Vec<Link>, StoreError> {
    open(session, Role::Read, writers.max(1)).await
}

async fn open(session: &Session<'_>, role: Role, wanted: usize) -> Result<Vec<Link>, StoreError> {
    let mut links = vec![Link::open_again(session.url.clone(), role).await?];
    while links.len() < wanted {
        match Link::try_open(session.url.clone(), role).await {
            Ok(link) => links.push(link),
            Err(_) => break,
        }
    }
    Ok(links)
}

impl Execution<'_> {
    /// Works a pass off until every chunk of it is done. Returns why the run ends with it; none
    /// where the run goes on.
    pub(crate) async fn work_pass(
        &self,
        rows: &PassRows<'_>,
        readers: &mut [Link],
    ) -> Result<Option<End>, EngineError> {
        loop {
            let end = self.work_lanes(rows, readers).await?;
            if let Some(end) = self.end_of(end) {
                return Ok(Some(end));
            }
            if self.is_done(rows.number).await? {
                return Ok(None);
            }
            // Another worker holds a chunk. It ends, or its lease runs out and the chunk is ours.
            self.chunk_wait.borrow_mut().get_or_insert_with(|| {
                OpenWait::begin(DatabaseWait {
                    reason: "another worker holds a chunk".to_owned(),
                    since: Instant::now(),
                    until: None,
                })
            });
            tokio::time::sleep(Duration::from_millis(500)).await;
        }
    }

    /// Works off what can be claimed, in as many lanes as there are readers.
    pub(crate) async fn work_lanes(
        &self,
        rows: &PassRows<'_>,
        readers: &mut [Link],
    ) -> Result<ReadEnd, EngineError> {
        let writers = match &self.writers[..] {
            [] => vec![&self.control],
            writers => writers.iter().collect(),
        };
        let lanes = writers.into_iter().zip(readers);
        let lanes = lanes.map(async |(writer, reader)| {
            let pass = Pass {
                execution: self,
                rows: rows.clone(),
                writer,
            };
            // Where one fails the others end soon; none is dropped in the middle of a statement.
            pass.work(reader).await
        });
        let mut ends = Vec::new();
        for end in join_all(lanes).await {
            ends.push(end?);
        }
        if let Some(error) = self.health.take_fatal() {
            return Err(error.into());
        }
        let early = ends.into_iter().find(|end| *end != ReadEnd::Complete);
        Ok(early.unwrap_or(ReadEnd::Complete))
    }

    /// Why the run ends with this pass; none where it goes on.
    pub(crate) fn end_of(&self, end: ReadEnd) -> Option<End> {
        if self.health.has_lost_lock() {
            return Some(End::LeaseLost);
        }
        if let (None, Some(early)) = (self.stop.get(), self.health.early_end()) {
            return Some(early.end);
        }
        match (self.stop.get(), end) {
            (Some(signal), _) => Some(signal.into()),
            (None, ReadEnd::Complete | ReadEnd::Stopped | ReadEnd::Early) => None,
            (None, ReadEnd::MaxRows) => Some(End::MaxRows),
            (None, ReadEnd::MaxRuntime) => Some(End::MaxRuntime),
            (None, ReadEnd::Window) => Some(End::Window),
            (None, ReadEnd::Canary) => Some(End::Canary),
        }
    }
}

impl Pass<'_> {
    /// Works off what the lane can claim.
    async fn work(&self, reader: &mut Link) -> Result<ReadEnd, EngineError> {
        let health = &self.execution.health;
        let (send, receive) = mpsc::channel(PAGES_AHEAD - 1);
        // Neither is dropped in the middle of a statement: a reader that fails lets the writer end
        // with what it has, a writer that fails closes the channel.
        let read = async { self.read(reader, send).await.inspect_err(|_| health.fail()) };
        let write = async { self.write(receive).await.inspect_err(|_| health.fail()) };
        let (end, result) = tokio::join!(read, write);
        result?;
        let end = end?;
        if let Some(error) = self.execution.hasher.error() {
            return Err(EngineError::Hasher(HasherError::Kernel(*error)));
        }
        Ok(end)
    }
}
