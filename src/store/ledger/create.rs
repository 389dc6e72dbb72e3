//! Creates a run, or a further pass of one, with its chunks, and closes it: all or nothing.

use super::chunk::{ChunkBounds, NewChunks};
use super::clock::ClockKey;
use super::joined::{self, JoinedEnd, Step};
use super::lock::LockOwner;
use super::names::Names;
use super::run::{NewRun, RunState, RunStep};
use super::{chunk, clock, lock, run};
use crate::failpoint::hit;
use crate::store::sql::{Conn, StoreError};

/// What a run is created with.
#[derive(Clone, Copy, Debug)]
pub struct RunParts<'a> {
    /// Its chunks.
    pub chunks: &'a [ChunkBounds],
    /// The rules whose deadlines begin to run with it, where they don't run yet.
    pub clocks: &'a [ClockKey],
    /// The worker that begins it. None needs no lock.
    pub owner: Option<LockOwner<'a>>,
}

/// Creates a run with its chunks and starts the clocks of its deadlines, all or nothing; says
/// whether it did.
///
/// A worker that has lost one of its locks creates nothing: another one may have begun a run
/// meanwhile.
///
/// # Errors
/// Whatever the database says; then nothing was created.
pub async fn create_run(
    conn: &mut Conn,
    names: &Names,
    new: &NewRun,
    parts: RunParts<'_>,
) -> Result<bool, StoreError> {
    conn.begin().await?;
    let written = async {
        if let Some(owner) = parts.owner
            && !joined::acts(
                conn,
                names,
                owner,
                Step::Begin {
                    run: &new.id,
                    pass: 0,
                },
            )
            .await?
        {
            return Ok(false);
        }
        run::insert(conn, names, new).await?;
        hit("between-run-and-chunks");
        let chunks = NewChunks {
            run: &new.id,
            first_no: 0,
            bounds: parts.chunks,
        };
        chunk::insert(conn, names, chunks).await?;
        for rule in parts.clocks {
            clock::start(conn, names, rule).await?;
        }
        Ok(true)
    };
    match written.await {
        Ok(true) => {
            hit("before-create-commit");
            conn.commit().await?;
            if hit("create-answer") {
                return Err(StoreError::answer_lost());
            }
            Ok(true)
        }
        failed => conn.undone(failed).await,
    }
}

/// A further pass of a run.
#[derive(Clone, Copy, Debug)]
pub struct NewPass<'a> {
    /// The run.
    pub run: &'a str,
    /// The worker that adds it.
    pub owner: LockOwner<'a>,
    /// Its chunks.
    pub chunks: &'a [ChunkBounds],
}

/// Adds a pass to a run, all or nothing; says whether it did.
///
/// A worker that has lost one of its locks adds nothing: another one has the run, or has closed it.
/// The locks are kept until the end of the transaction, so nobody takes them over meanwhile.
///
/// # Errors
/// Whatever the database says; then nothing was added.
pub async fn add_pass(
    conn: &mut Conn,
    names: &Names,
    new: NewPass<'_>,
) -> Result<bool, StoreError> {
    conn.begin().await?;
    let added = async {
        let pass = new.chunks.first().map_or(0, |chunk| chunk.pass);
        if !joined::acts(conn, names, new.owner, Step::Pass(pass)).await? {
            return Ok(false);
        }
        let there = chunk::list(conn, names, new.run).await?;
        let chunks = NewChunks {
            run: new.run,
            first_no: there.iter().map(|c| c.no + 1).max().unwrap_or(0),
            bounds: new.chunks,
        };
        chunk::insert(conn, names, chunks).await?;
        Ok(true)
    };
    match added.await {
        Ok(true) => {
            conn.commit().await?;
            Ok(true)
        }
        failed => conn.undone(failed).await,
    }
}

/// Closes a run that is not to be finished, all or nothing; says whether it is closed.
///
/// A worker that has lost a lock closes nothing, as in [`add_pass`]: another one may be at the run.
///
/// # Errors
/// Whatever the database says, and a run that is not active any more; then nothing was changed.
pub async fn abandon_run(
    conn: &mut Conn,
    names: &Names,
    id: &str,
    owner: LockOwner<'_>,
) -> Result<bool, StoreError> {
    let step = RunStep {
        from: RunState::Active,
        to: RunState::Abandoned,
    };
    conn.begin().await?;
    let closed = async {
        if !lock::keeps(conn, names, owner).await? {
            return Ok(false);
        }
        run::set_state(conn, names, id, step).await?;
        Ok(true)
    };
    match closed.await {
        Ok(true) => {
            conn.commit().await?;
            Ok(true)
        }
        failed => conn.undone(failed).await,
    }
}

/// How a run is closed.
#[derive(Clone, Copy, Debug)]
pub struct Closing<'a> {
    /// The run.
    pub run: &'a str,
    /// The worker that closes it.
    pub owner: LockOwner<'a>,
    /// What the members of a joined run read of its end.
    pub end: JoinedEnd,
}

/// Closes a run of which everything is done, all or nothing; says whether it is closed.
///
/// Chunks that an interrupted sweep left, or a list of keys, are done with it: a later pass has
/// read every row. A worker that has lost a lock closes nothing, as in [`add_pass`].
///
/// # Errors
/// Whatever the database says, and a run that is not active any more; then nothing was changed.
pub async fn finish_run(
    conn: &mut Conn,
    names: &Names,
    closing: Closing<'_>,
) -> Result<bool, StoreError> {
    let Closing {
        run: id,
        owner,
        end,
    } = closing;
    let step = RunStep {
        from: RunState::Active,
        to: RunState::Done,
    };
    conn.begin().await?;
    let finished = async {
        if !joined::acts(conn, names, owner, Step::Close(end)).await? {
            return Ok(false);
        }
        if let Some(duty) = owner.duty {
            let sum = chunk::pass_sum(conn, names, id, duty.seen.pass).await?;
            if sum.open > 0 {
                let what = format!("{} chunks of its last pass are not done", sum.open);
                return Err(StoreError::ledger("closing the run", what));
            }
        }
        chunk::close_interrupted(conn, names, id).await?;
        run::set_state(conn, names, id, step).await?;
        match owner.duty {
            Some(_) => lock::release_locks(conn, names, owner.id).await?,
            None => joined::close_alone(conn, names, id, end).await?,
        }
        Ok(true)
    };
    match finished.await {
        Ok(true) => {
            conn.commit().await?;
            Ok(true)
        }
        failed => conn.undone(failed).await,
    }
}
