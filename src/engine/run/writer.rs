//! The writing half of a pass: commits pages in order, works off what was put off, checks canaries.

use std::collections::HashMap;
use std::rc::Rc;
use std::time::{Duration, Instant};

use tokio::sync::{mpsc, oneshot};

use super::join::tally::ChunkTally;
use super::page::{Assembled, Canary, Extent, Filling, Pending, Texts, assemble};
use super::pass::Pass;
use super::throttle::signal::ThrottleNews;
use crate::engine::error::{EngineError, HasherError};
use crate::engine::hash::recheck::is_hash_of;
use crate::engine::judge::work::Disposition;
use crate::engine::retry::retry;
use crate::store::ledger::QuarantineReason;
use crate::store::{
    Committed, CredentialColumn, Fence, Key, Page, PageItem, PageTarget, Row, RowCheck,
    commit_page, read_keys,
};

/// Pages are not made smaller than this.
const PAGE_ROWS_LEAST: usize = 50;

/// A row that the application changed so often while it was hashed is left alone.
const TRIES_MAX: u32 = 3;

/// Slower commits make the pages smaller. A page holds its locks for all of it, and now and then
/// one takes three times as long as most. None should hold up a user for 250 ms.
const COMMIT_TARGET: Duration = Duration::from_millis(50);

/// A row that is put off to the end of its chunk.
enum Deferred {
    /// It was changed meanwhile, and the rule would change it still.
    Again(Row),
    /// It was locked for too long.
    Locked(PageItem),
}

impl Pass<'_> {
    pub(crate) async fn write(
        &self,
        mut receive: mpsc::Receiver<Pending>,
    ) -> Result<(), EngineError> {
        let mut chunk = 0;
        let mut commits = 0;
        let mut tally = ChunkTally::default();
        let mut deferred: Vec<Deferred> = Vec::new();
        let mut tries: HashMap<String, u32> = HashMap::new();
        while let Some(mut pending) = receive.recv().await {
            if pending.chunk != chunk {
                chunk = pending.chunk;
                commits = pending.fence.commits;
                tally.clone_from(&pending.tally);
                deferred.clear();
                tries.clear();
            }
            pending.fence.commits = commits;
            let made = (&mut pending.made).await.map_err(|_| HasherError::Gone)?;
            if let Some(error) = self.execution.hasher.error() {
                return Err(EngineError::Hasher(HasherError::Kernel(*error)));
            }
            let column = &self.execution.columns[pending.column];
            let Assembled {
                page,
                canaries,
                extent,
            } = assemble(
                &mut pending,
                made,
                self.execution.judges[&column.credential].dead_form(),
            )?;
            let nothing = page.items.is_empty() && page.cursor.is_none() && !page.last;
            if nothing && extent == Extent::CutOff {
                return Ok(());
            }
            if nothing {
                continue;
            }
            // What has been put off keeps the chunk open.
            let last = page.last;
            let mut left = pending.left.iter().filter(|(at, _)| *at <= page.seen);
            let counted = left.next().map(|(_, first)| {
                tally.count(*first);
                left.for_each(|(_, row)| tally.count(*row));
                tally.text()
            });
            let page = Page {
                last: last && deferred.is_empty(),
                tally: counted,
                ..page
            };
            let Some(done) = self
                .commit(column, &mut pending.fence, &page, &mut deferred)
                .await?
            else {
                return Ok(());
            };
            self.check_canaries(column, canaries).await?;
            if extent == Extent::CutOff {
                // What comes next may need no hash, or have its own already. Its cursor would pass
                // over the rows that have none.
                return Ok(());
            }
            if last
                && !done
                && !self
                    .finish_chunk(column, &mut pending.fence, &mut deferred, &mut tries)
                    .await?
            {
                return Ok(());
            }
            commits = pending.fence.commits;
        }
        Ok(())
    }

    /// Commits a page; none where the lease is lost or the run ends, else whether the chunk is
    /// done.
    async fn commit(
        &self,
        column: &CredentialColumn,
        fence: &mut Fence,
        page: &Page,
        deferred: &mut Vec<Deferred>,
    ) -> Result<Option<bool>, EngineError> {
        let judge = &self.execution.judges[&column.credential];
        let changes = |row: &Row| {
            matches!(
                judge.judge(row).disposition,
                Disposition::Work(_) | Disposition::Swap(_) | Disposition::Reset(_)
            )
        };
        let resets = |row: &Row| matches!(judge.judge(row).disposition, Disposition::Reset(_));
        let check = RowCheck {
            changes: &changes,
            resets: &resets,
        };
        let target = PageTarget {
            names: &self.execution.session.names,
            column,
            check,
        };
        if !self.execution.wait_until_heard().await? {
            return Ok(None);
        }
        let committed = {
            let in_turn = self.execution.limits.borrow().in_turn;
            let _turn = if in_turn {
                Some(self.execution.turn.lock().await)
            } else {
                None
            };
            let mut writer = self.writer.lock().await;
            commit_page(&mut writer, &target, fence, page).await?
        };
        match committed {
            Committed::LeaseLost => {
                match self.execution.member {
                    Some(_) => self.execution.health.note_lost_chunk(fence),
                    None => self.execution.health.lose_chunk(fence),
                }
                Ok(None)
            }
            Committed::Yes(outcome) => {
                self.execution
                    .progress
                    .borrow_mut()
                    .count_commit(self.rows.number, &outcome);
                // Two pages may wait for each other's rows, where a statement of the operator's
                // reads a whole table. They would do so for ever.
                let mut limits = self.execution.limits.borrow_mut();
                limits.in_turn |= outcome.was_busy;
                limits.throttle.hear(ThrottleNews::Commit {
                    took: outcome.longest,
                    at: Instant::now(),
                });
                drop(limits);
                self.adapt(outcome.slowest, page.items.len());
                deferred.extend(outcome.again.into_iter().map(Deferred::Again));
                deferred.extend(outcome.locked.into_iter().map(Deferred::Locked));
                Ok(Some(outcome.chunk_done))
            }
        }
    }

    /// Slow commits make the pages smaller, fast ones let them grow back. Pages much smaller than
    /// they might be say nothing.
    fn adapt(&self, slowest: Duration, items: usize) {
        let mut limits = self.execution.limits.borrow_mut();
        if items < limits.page_rows / 2 {
            return;
        }
        let most = self.execution.progress.borrow().page_rows_max;
        if slowest > COMMIT_TARGET {
            limits.page_rows = (items / 2).max(PAGE_ROWS_LEAST).min(limits.page_rows);
        } else if slowest < COMMIT_TARGET / 2 {
            limits.page_rows = (limits.page_rows + limits.page_rows / 4 + 1).min(most);
        }
    }

    /// Works off what was put off in a chunk. False where the lease is lost or the run is ending.
    async fn finish_chunk(
        &self,
        column: &CredentialColumn,
        fence: &mut Fence,
        deferred: &mut Vec<Deferred>,
        tries: &mut HashMap<String, u32>,
    ) -> Result<bool, EngineError> {
        let judge = &self.execution.judges[&column.credential];
        loop {
            if self.execution.stop.get().is_some() || self.execution.health.has_failed() {
                return Ok(false);
            }
            let mut filling = Filling::default();
            let mut items = Vec::new();
            for one in std::mem::take(deferred) {
                match one {
                    Deferred::Locked(item) => items.push(item),
                    Deferred::Again(row) => {
                        let tried = tries.entry(row.key.to_ledger()).or_insert(1);
                        *tried += 1;
                        let mut judged = judge.judge(&row);
                        if *tried > TRIES_MAX {
                            judged.disposition = Disposition::Quarantine(QuarantineReason::Hot);
                        }
                        match judged.disposition {
                            Disposition::Keep | Disposition::Waits => {}
                            _ => filling.push(row, judged, Texts::Drop),
                        }
                    }
                }
            }
            let made = self
                .execution
                .hasher
                .submit(std::mem::take(&mut filling.works))?
                .await
                .map_err(|_| HasherError::Gone)?;
            let mut pending = Pending {
                chunk: 0,
                fence: fence.clone(),
                column: 0,
                drafts: filling.drafts,
                made: oneshot::channel().1,
                seen: 0,
                cursor: None,
                last: true,
                tally: Rc::default(),
                left: Vec::new(),
            };
            let assembled = assemble(&mut pending, made, judge.dead_form())?;
            if assembled.extent == Extent::CutOff {
                return Ok(false);
            }
            items.extend(assembled.page.items);
            let page = Page {
                items,
                seen: 0,
                cursor: None,
                last: true,
                tally: None,
            };
            match self.commit(column, fence, &page, deferred).await? {
                None => return Ok(false),
                Some(true) => return Ok(true),
                Some(false) => tokio::time::sleep(Duration::from_millis(200)).await,
            }
        }
    }

    /// Reads the canaries back and recomputes each with the plain implementations.
    async fn check_canaries(
        &self,
        column: &CredentialColumn,
        canaries: Vec<Canary>,
    ) -> Result<(), EngineError> {
        if canaries.is_empty() {
            return Ok(());
        }
        let keys: Vec<Key> = canaries.iter().map(|c| c.key.clone()).collect();
        let rows = {
            let mut writer = self.writer.lock().await;
            retry(&mut writer, async |conn| {
                read_keys(conn, column, &keys).await
            })
            .await?
        };
        for (canary, row) in canaries.into_iter().zip(rows) {
            // A row that the application changed meanwhile is not ours to check.
            if row.as_ref().and_then(Row::value) != Some(canary.new.as_bytes()) {
                continue;
            }
            if !is_hash_of(canary.new.as_bytes(), &canary.work) {
                return Err(EngineError::Canary {
                    credential: column.credential.clone(),
                    key: canary.key.to_string(),
                });
            }
            self.execution.progress.borrow_mut().checked += 1;
        }
        Ok(())
    }
}
