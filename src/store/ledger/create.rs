//! Creates a run, or a further pass of one, with its chunks: all or nothing.

use super::chunk::ChunkBounds;
use super::clock::RuleClock;
use super::names::Names;
use super::run::NewRun;
use super::{chunk, clock, run};
use crate::failpoint::hit;
use crate::store::sql::{Conn, StoreError};

/// Creates a run with its chunks and starts the clocks of its deadlines, all or nothing.
///
/// # Errors
/// Whatever the database says; then nothing was created.
pub async fn create_run(
    conn: &mut Conn,
    names: &Names,
    new: &NewRun,
    chunks: &[ChunkBounds],
    clocks: &[(RuleClock, bool)],
) -> Result<(), StoreError> {
    conn.begin().await?;
    let written = async {
        run::insert(conn, names, new).await?;
        hit("between-run-and-chunks");
        chunk::insert(conn, names, &new.id, 0, chunks).await?;
        for (clock, is_set_by_hand) in clocks {
            clock::start(
                conn,
                names,
                &clock.credential,
                &clock.rule,
                is_set_by_hand.then_some(clock.since_ms),
            )
            .await?;
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
        Err(e) => {
            conn.rollback().await?;
            Err(e)
        }
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
    conn.begin().await?;
    match chunk::insert(conn, names, run_id, first, chunks).await {
        Ok(()) => conn.commit().await,
        Err(e) => {
            conn.rollback().await?;
            Err(e)
        }
    }
}
