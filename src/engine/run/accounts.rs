//! What a run reads from the ledger and adds to it: its counts, its passes, its quarantine.

use std::collections::HashSet;

use super::context::Execution;
use super::pass_no::PassNo;
use super::progress::RunCounts;
use crate::config::Credential;
use crate::engine::error::EngineError;
use crate::engine::event::End;
use crate::engine::retry::retry;
use crate::engine::scan::column::WaitCounts;
use crate::engine::scan::waiting::{for_ledger, record, waits};
use crate::store::ledger::{
    ChunkBounds, ChunkRow, ChunkState, Names, NewPass, WaitingColumn, add_pass, chunk, quarantine,
};
use crate::store::{Link, StoreError, now_ms_of};

/// Sums the counts of a run's chunks.
///
/// # Errors
/// Whatever the database says.
pub(crate) async fn count_run(
    control: &mut Link,
    names: &Names,
    run: &str,
) -> Result<RunCounts, StoreError> {
    let mut counts = RunCounts::default();
    for chunk in chunks(control, names, run).await? {
        if PassNo::from_ledger(chunk.pass).is_sweep() {
            counts.sweeps += chunk.accounts;
        } else {
            counts.first += chunk.accounts;
        }
    }
    Ok(counts)
}

/// How many rows of a run were quarantined, by reason.
///
/// # Errors
/// Whatever the database says.
pub(crate) async fn sum_quarantined(
    control: &mut Link,
    names: &Names,
    run: &str,
) -> Result<Vec<(String, i64)>, EngineError> {
    let counts = retry(control, async |conn| {
        quarantine::counts(conn, names, run).await
    })
    .await?;
    let mut by_reason: Vec<(String, i64)> = Vec::new();
    for (_, reason, n) in counts {
        match by_reason.iter_mut().find(|(r, _)| *r == reason) {
            Some((_, sum)) => *sum += n,
            None => by_reason.push((reason, n)),
        }
    }
    Ok(by_reason)
}

async fn chunks(control: &mut Link, names: &Names, run: &str) -> Result<Vec<ChunkRow>, StoreError> {
    retry(control, async |conn| chunk::list(conn, names, run).await).await
}

impl Execution<'_> {
    /// Adds the chunks of a pass; false where another worker has the run.
    pub(crate) async fn add_chunks(&self, chunks: &[ChunkBounds]) -> Result<bool, EngineError> {
        let mut control = self.control.lock().await;
        // Where the answer to its COMMIT is lost the pass is added again.
        // What is read a second time finds nothing.
        let new = NewPass {
            run: self.run,
            owner: self.lock_owner(),
            chunks,
        };
        Ok(retry(&mut control, async |conn| {
            add_pass(conn, &self.session.names, new).await
        })
        .await?)
    }

    async fn chunks(&self) -> Result<Vec<ChunkRow>, EngineError> {
        let mut control = self.control.lock().await;
        Ok(chunks(&mut control, &self.session.names, self.run).await?)
    }

    pub(crate) async fn last_pass(&self) -> Result<PassNo, EngineError> {
        let chunks = self.chunks().await?;
        let passes = chunks.iter().map(|c| PassNo::from_ledger(c.pass));
        Ok(passes.max().unwrap_or_default())
    }

    /// Whether every chunk of a pass is done. What this worker claimed without hearing so is given
    /// back first.
    pub(crate) async fn is_done(&self, pass: PassNo) -> Result<bool, EngineError> {
        let names = &self.session.names;
        let mut control = self.control.lock().await;
        let chunks = retry(&mut control, async |conn| {
            chunk::release_owner(conn, names, &self.me.id).await?;
            chunk::list(conn, names, self.run).await
        })
        .await?;
        Ok(chunks
            .iter()
            .all(|c| c.pass != pass.number() || c.state == ChunkState::Done))
    }

    /// The credentials of which a pass has chunks that are not done.
    pub(crate) async fn open_chunks(&self, pass: PassNo) -> Result<HashSet<String>, EngineError> {
        let chunks = self.chunks().await?;
        Ok(chunks
            .into_iter()
            .filter(|c| c.pass == pass.number() && c.state != ChunkState::Done)
            .map(|c| c.credential)
            .collect())
    }

    pub(crate) async fn counts(&self) -> Result<RunCounts, EngineError> {
        let mut control = self.control.lock().await;
        Ok(count_run(&mut control, &self.session.names, self.run).await?)
    }

    /// Checks that the counts of every chunk add up.
    ///
    /// # Errors
    /// The first chunk whose counts don't.
    pub(crate) async fn check_counts(&self, end: End) -> Result<(), EngineError> {
        let is_finished = matches!(end, End::Done | End::Arriving);
        for chunk in self.chunks().await? {
            let counts = chunk.accounts;
            let is_first = PassNo::from_ledger(chunk.pass) == PassNo::First;
            let is_undone = is_finished && is_first && chunk.state != ChunkState::Done;
            if !counts.add_up() || is_undone {
                return Err(EngineError::Open {
                    credential: chunk.credential,
                    candidates: counts.candidates,
                    accounted: counts.done
                        + counts.superseded
                        + counts.deleted
                        + counts.quarantined,
                });
            }
        }
        Ok(())
    }

    /// How many rows were quarantined, by reason.
    pub(crate) async fn count_quarantined(&self) -> Result<Vec<(String, i64)>, EngineError> {
        let mut control = self.control.lock().await;
        sum_quarantined(&mut control, &self.session.names, self.run).await
    }

    /// The rows that this run has given up on, as credential and key.
    pub(crate) async fn given_up(&self) -> Result<HashSet<(String, String)>, EngineError> {
        let mut control = self.control.lock().await;
        let lines = retry(&mut control, async |conn| {
            quarantine::list(conn, &self.session.names, self.run, usize::MAX >> 1).await
        })
        .await?;
        Ok(lines
            .into_iter()
            .map(|l| (l.credential, l.row_key))
            .collect())
    }

    /// Keeps what a sweep counted that saw every row and found nothing more to change.
    pub(crate) async fn record_waits(&self) -> Result<(), EngineError> {
        let settings = self.session.settings;
        let columns: Vec<WaitingColumn> = {
            let progress = self.progress.borrow();
            let none = WaitCounts::new();
            let of_column = |credential: &Credential| {
                let counts = progress.waits.get(&credential.name).unwrap_or(&none);
                let waits = waits(settings, &self.session.deadlines, &credential.name, counts);
                for_ledger(settings, &credential.name, &waits)
            };
            settings.credentials.iter().map(of_column).collect()
        };
        let mut control = self.control.lock().await;
        let now_ms = retry(&mut control, async |conn| now_ms_of(conn).await).await?;
        record(&mut control, &self.session.names, now_ms, &columns).await
    }
}
