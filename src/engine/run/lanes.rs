//! How many pages of a run are written at the same time. A **line** is a reader and a writer, on connections of their own, that take a
//! chunk after another.

use std::cell::RefCell;
use std::collections::HashSet;
use std::time::Duration;

use futures_util::future::join_all;
use tokio::sync::{Mutex, mpsc};

use super::context::Execution;
use super::pass::{Pass, ReadEnd};
use super::progress::RunProgress;
use crate::engine::error::{EngineError, HasherError};
use crate::engine::event::{End, RunStatus};
use crate::engine::request::Job;
use crate::engine::session::Session;
use crate::store::{CredentialColumn, Link, Role, StoreError};

/// How many pages may be hashed or waiting to be written.
const PAGES_AHEAD: usize = 2;

/// Where nothing is hashed: a database works on one page on one processor.
const LANES: usize = 2;

/// The connections that write pages; none on SQLite, where the control connection does.
///
/// # Errors
/// Whatever the database says to the first. One that it has no room for is done without.
pub(crate) async fn writers(
    session: &Session<'_>,
    job: &Job,
) -> Result<Vec<Mutex<Link>>, StoreError> {
    let locks = session.columns.iter().map(CredentialColumn::lock_name);
    let are_distinct = locks.collect::<HashSet<_>>().len() == session.columns.len();
    let lines = match job {
        _ if session.conn.kind().lets_in_one_writer() => return Ok(Vec::new()),
        // Two credentials of one column may have rows in common.
        Job::Relabel(_) | Job::Reset(_) if are_distinct => LANES,
        Job::Rules | Job::Relabel(_) | Job::Reset(_) => 1,
    };
    let writers = open(session, Role::Write, lines).await?;
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
    let mut links = vec![Link::open(session.url.clone(), role).await?];
    while links.len() < wanted {
        match Link::open(session.url.clone(), role).await {
            Ok(link) => links.push(link),
            Err(_) => break,
        }
    }
    Ok(links)
}

impl Execution<'_> {
    /// Works a pass off until every chunk of it is done. Why the run ends with it; none where it goes on.
    pub(crate) async fn whole<'p>(
        &'p self,
        run: &str,
        number: i64,
        pass: impl Fn(&'p Mutex<Link>) -> Pass<'p>,
        readers: &mut [Link],
        progress: &RefCell<RunProgress>,
    ) -> Result<Option<End>, EngineError> {
        loop {
            let end = self.work(&pass, readers).await?;
            if let Some(end) = self.end_of(end, progress) {
                return Ok(Some(end));
            }
            if self.is_done(run, number).await? {
                return Ok(None);
            }
            // Another worker holds a chunk: it ends, or its lease runs out and the chunk is ours.
            progress.borrow_mut().set_status(
                RunStatus::Waiting,
                Some("another worker holds a chunk".to_owned()),
            );
            tokio::time::sleep(Duration::from_millis(500)).await;
        }
    }

    /// Works off what can be claimed, in as many lines as there are readers.
    async fn work<'p>(
        &'p self,
        pass: &impl Fn(&'p Mutex<Link>) -> Pass<'p>,
        readers: &mut [Link],
    ) -> Result<ReadEnd, EngineError> {
        let writers = match &self.writers[..] {
            [] => vec![&self.control],
            writers => writers.iter().collect(),
        };
        let lines = writers.into_iter().zip(readers);
        let lines = lines.map(async |(writer, reader)| {
            // Where one fails the others end soon; none is dropped in the middle of a statement.
            pass(writer).work(reader).await
        });
        let mut ends = Vec::new();
        for end in join_all(lines).await {
            ends.push(end?);
        }
        let early = ends.into_iter().find(|end| *end != ReadEnd::Complete);
        Ok(early.unwrap_or(ReadEnd::Complete))
    }
}

impl Execution<'_> {
    /// Why the run ends with this pass; none where it goes on.
    pub(crate) fn end_of(&self, end: ReadEnd, progress: &RefCell<RunProgress>) -> Option<End> {
        if progress.borrow().lock_lost {
            return Some(End::LeaseLost);
        }
        match (self.stop.get(), end) {
            (Some(signal), _) => Some(signal.into()),
            (None, ReadEnd::Complete | ReadEnd::Stopped) => None,
            (None, ReadEnd::MaxRows) => Some(End::MaxRows),
            (None, ReadEnd::MaxRuntime) => Some(End::MaxRuntime),
            (None, ReadEnd::Canary) => Some(End::Canary),
        }
    }
}

impl Pass<'_> {
    /// Works the pass off.
    pub(crate) async fn work(&self, reader: &mut Link) -> Result<ReadEnd, EngineError> {
        let (send, receive) = mpsc::channel(PAGES_AHEAD - 1);
        // Neither is dropped in the middle of a statement: a reader that fails lets the writer end with what it has, a writer that
        // fails closes the channel.
        let read = async {
            let end = self.read(reader, send).await;
            self.progress.borrow_mut().failed |= end.is_err();
            end
        };
        let write = async {
            let written = self.write(receive).await;
            self.progress.borrow_mut().failed |= written.is_err();
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
