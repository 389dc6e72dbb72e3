//! What a run reads from the ledger and adds to it: its accounts, its sweeps, its quarantine.

use std::cell::RefCell;
use std::collections::HashSet;

use super::context::Execution;
use super::progress::RunProgress;
use crate::config::Credential;
use crate::engine::error::EngineError;
use crate::engine::event::End;
use crate::engine::retry::retry;
use crate::engine::scan::column::WaitCounts;
use crate::engine::scan::waiting::{for_ledger, record, waits};
use crate::store::ledger::{
    Accounts, ChunkBounds, ChunkState, WaitingColumn, add_pass, chunk, quarantine,
};
use crate::store::now_ms_of;

impl Execution<'_> {
    pub(crate) async fn add(&self, run: &str, chunks: &[ChunkBounds]) -> Result<(), EngineError> {
        let mut control = self.control.lock().await;
        // Where the answer to its COMMIT is lost it is added again; what is read a second time finds nothing.
        retry(&mut control, async |conn| {
            add_pass(conn, &self.session.names, run, chunks).await
        })
        .await?;
        Ok(())
    }

    pub(crate) async fn last_pass(&self, run: &str) -> Result<i64, EngineError> {
        let mut control = self.control.lock().await;
        let chunks = retry(&mut control, async |conn| {
            chunk::list(conn, &self.session.names, run).await
        })
        .await?;
        Ok(chunks.iter().map(|c| c.pass).max().unwrap_or(0))
    }

    /// Whether every chunk of a pass is done. What this worker claimed without hearing so is given back.
    pub(crate) async fn is_done(&self, run: &str, pass: i64) -> Result<bool, EngineError> {
        let names = &self.session.names;
        let mut control = self.control.lock().await;
        let chunks = retry(&mut control, async |conn| {
            chunk::release_owner(conn, names, &self.me.id).await?;
            chunk::list(conn, names, run).await
        })
        .await?;
        Ok(chunks
            .iter()
            .all(|c| c.pass != pass || c.state == ChunkState::Done))
    }

    /// The credentials of which a pass has chunks that are not done.
    pub(crate) async fn open_chunks(
        &self,
        run: &str,
        pass: i64,
    ) -> Result<HashSet<String>, EngineError> {
        let mut control = self.control.lock().await;
        let chunks = retry(&mut control, async |conn| {
            chunk::list(conn, &self.session.names, run).await
        })
        .await?;
        Ok(chunks
            .into_iter()
            .filter(|c| c.pass == pass && c.state != ChunkState::Done)
            .map(|c| c.credential)
            .collect())
    }

    pub(crate) async fn accounts(&self, run: &str) -> Result<(Accounts, Accounts), EngineError> {
        let mut control = self.control.lock().await;
        let chunks = retry(&mut control, async |conn| {
            chunk::list(conn, &self.session.names, run).await
        })
        .await?;
        let mut sums = (Accounts::default(), Accounts::default());
        for chunk in chunks {
            if chunk.pass <= 0 {
                sums.0 += chunk.accounts;
            } else {
                sums.1 += chunk.accounts;
            }
        }
        Ok(sums)
    }

    /// Every pass must close, for every credential.
    pub(crate) async fn check_closed(&self, run: &str, end: End) -> Result<(), EngineError> {
        let mut control = self.control.lock().await;
        let chunks = retry(&mut control, async |conn| {
            chunk::list(conn, &self.session.names, run).await
        })
        .await?;
        let finished = matches!(end, End::Done | End::Arriving);
        for chunk in chunks {
            let a = chunk.accounts;
            let undone = finished && chunk.pass == 0 && chunk.state != ChunkState::Done;
            if !a.add_up() || undone {
                return Err(EngineError::Open {
                    credential: chunk.credential,
                    candidates: a.candidates,
                    accounted: a.done + a.superseded + a.deleted + a.quarantined,
                });
            }
        }
        Ok(())
    }

    pub(crate) async fn quarantined(&self, run: &str) -> Result<Vec<(String, i64)>, EngineError> {
        let mut control = self.control.lock().await;
        let counts = retry(&mut control, async |conn| {
            quarantine::counts(conn, &self.session.names, run).await
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

    /// The rows that this run has given up on.
    pub(crate) async fn given_up(
        &self,
        run: &str,
    ) -> Result<HashSet<(String, String)>, EngineError> {
        let mut control = self.control.lock().await;
        let lines = retry(&mut control, async |conn| {
            quarantine::list(conn, &self.session.names, run, usize::MAX >> 1).await
        })
        .await?;
        Ok(lines
            .into_iter()
            .map(|l| (l.credential, l.row_key))
            .collect())
    }
}

impl Execution<'_> {
    /// Keeps what a sweep counted that saw every row and found nothing more to change.
    pub(crate) async fn record_waits(
        &self,
        progress: &RefCell<RunProgress>,
    ) -> Result<(), EngineError> {
        let settings = self.session.settings;
        let columns: Vec<WaitingColumn> = {
            let progress = progress.borrow();
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
