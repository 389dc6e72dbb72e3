//! The ledger: saltern's own tables in the users' own database, so that what commits together survives together.
//!
//! `names` and `migrate` make the tables; `run`, `chunk`, `lock`, `clock`, `known`, `reset`, `token`, `waiting` and `log` each keep one of them. No user
//! table is touched here, and nothing of a stored value is ever written, but for half a hash of those that `known` keeps a verdict on, and for what
//! only the holder of a token can compare with one.

pub mod chunk;
pub mod clock;
pub mod known;
pub mod lock;
pub mod log;
pub mod migrate;
mod names;
pub mod reset;
pub mod run;
pub mod token;
pub mod waiting;
pub mod wrapped;

use super::conn::Conn;
use super::error::StoreError;
use crate::failpoint::hit;

pub use chunk::{Accounts, ChunkBounds, ChunkRow, ChunkState, ClaimedChunk};
pub use clock::RuleClock;
pub use lock::{Holder, LockAttempt, WorkerIdentity};
pub use log::{CensusLine, QuarantineLine, QuarantineReason, WorkerLine};
pub use migrate::{LEDGER_VERSION, ddl};
pub use names::Names;
pub use reset::{ResetLine, ResetReason};
pub use run::{NewRun, RunRow, RunState};
pub use token::{NewToken, TokenLine};
pub use waiting::{WaitingColumn, WaitingCount, WaitingLine};

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

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use super::*;

    /// The page `docs/states.md`, from the transition tables.
    fn page() -> String {
        let mut page = String::from(
            "# States of a run and of a chunk\n\nThis page is generated from `src/store/ledger`; `SALTERN_ACCEPT=1 cargo test states` writes it anew.\n",
        );
        let runs = RunState::ALL.map(|from| {
            (
                from.as_str(),
                RunState::ALL.map(|to| from.may_become(to).then_some(to.as_str())),
            )
        });
        let chunks = ChunkState::ALL.map(|from| {
            (
                from.as_str(),
                ChunkState::ALL.map(|to| from.may_become(to).then_some(to.as_str())),
            )
        });
        for (title, rows) in [("A run", runs), ("A chunk", chunks)] {
            let _ = write!(
                page,
                "\n## {title}\n\n| state | may become |\n| --- | --- |\n"
            );
            for (from, next) in rows {
                let next: Vec<&str> = next.into_iter().flatten().collect();
                let next = if next.is_empty() {
                    "nothing: it is final".to_owned()
                } else {
                    next.join(", ")
                };
                let _ = writeln!(page, "| {from} | {next} |");
            }
        }
        page.push_str("\nA leased chunk that becomes leased again was taken over: its lease had run out, and its epoch is higher.\n");
        page
    }

    #[test]
    #[expect(
        clippy::disallowed_methods,
        reason = "a page is accepted by a variable of the environment"
    )]
    fn the_page_on_states_is_what_the_transition_tables_say() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/states.md");
        if std::env::var("SALTERN_ACCEPT").is_ok_and(|accept| accept == "1") {
            std::fs::write(path, page()).unwrap();
        }
        assert_eq!(
            std::fs::read_to_string(path).unwrap_or_default(),
            page(),
            "docs/states.md is out of date: SALTERN_ACCEPT=1 cargo test states"
        );
    }
}
