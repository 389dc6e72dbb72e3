//! Creates a run, or a further pass of one, with its chunks, and closes it: all or nothing.

use super::chunk::{ChunkBounds, NewChunks};
use super::clock::ClockKey;
use super::names::Names;
use super::run::{NewRun, RunState, RunStep};
use super::{chunk, clock, run};
use crate::failpoint::hit;
use crate::store::sql::{Conn, StoreError};

/// What a run is created with.
#[derive(Clone, Copy, Debug)]
pub struct RunParts<'a> {
    /// Its chunks.
    pub chunks: &'a [ChunkBounds],
    /// The rules whose deadlines begin to run with it, where they don't run yet.
    pub clocks: &'a [ClockKey],
}

/// Creates a run with its chunks and starts the clocks of its deadlines, all or nothing.
///
/// # Errors
/// Whatever the database says; then nothing was created.
pub async fn create_run(
    conn: &mut Conn,
    names: &Names,
    new: &NewRun,
    parts: RunParts<'_>,
) -> Result<(), StoreError> {
    conn.begin().await?;
    let written = async {
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
        Ok(())
    };
    match written.await {
        Ok(()) => {
            hit("before-create-commit");
            conn.commit().await?;
            if hit("create-answer") {
                return Err(StoreError::answer_lost());
            }
            Ok(())
        }
        Err(e) => conn.undone(Err(e)).await,
    }
}

/// Adds the chunks of a sweep to a run, all or nothing.
///
/// # Errors
/// Whatever the database says; then nothing was added.
pub async fn add_pass(
    conn: &mut Conn,
    names: &Names,
    run_id: &str,
    chunks: &[ChunkBounds],
) -> Result<(), StoreError> {
    let first = chunk::list(conn, names, run_id)
        .await?
        .iter()
        .map(|c| c.no + 1)
        .max()
        .unwrap_or(0);
    let new = NewChunks {
        run: run_id,
        first_no: first,
        bounds: chunks,
    };
    conn.begin().await?;
    match chunk::insert(conn, names, new).await {
        Ok(()) => conn.commit().await,
        Err(e) => conn.undone(Err(e)).await,
    }
}

/// Closes a run of which everything is done, all or nothing.
///
/// Chunks that an interrupted sweep left, or a list of keys, are done with it: a later pass has
/// read every row.
///
/// # Errors
/// Whatever the database says, and a run that is not active any more; then nothing was changed.
pub async fn finish_run(conn: &mut Conn, names: &Names, id: &str) -> Result<(), StoreError> {
    let step = RunStep {
        from: RunState::Active,
        to: RunState::Done,
    };
    // The answer to an earlier COMMIT may have been lost.
    let stands = run::by_id(conn, names, id).await?;
    if stands.is_some_and(|run| run.state == RunState::Done) {
        return Ok(());
    }
    conn.begin().await?;
    let written = async {
        chunk::close_interrupted(conn, names, id).await?;
        run::set_state(conn, names, id, step).await
    };
    match written.await {
        Ok(()) => conn.commit().await,
        Err(e) => conn.undone(Err(e)).await,
    }
}
