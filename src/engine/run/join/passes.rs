//! The passes of a joined run: every member takes chunks; when a pass is done, one of them adds the
//! next or closes the run.

use std::collections::HashMap;
use std::rc::Rc;
use std::time::{Duration, Instant};

use super::begin::jitter;
use super::member::RunMember;
use super::tally::ChunkTally;
use crate::engine::error::EngineError;
use crate::engine::event::End;
use crate::engine::retry::retry;
use crate::engine::run::context::Execution;
use crate::engine::run::heartbeat::LATE_MAX;
use crate::engine::run::pass::PassRows;
use crate::engine::run::pass_no::PassNo;
use crate::failpoint::hit;
use crate::store::ledger::joined::DONE;
use crate::store::ledger::{
    ChunkBounds, Closing, Duty, DutyClaim, JoinedEnd, JoinedRow, JoinedState, LockOwner, NewPass,
    NextStep, RunState, StepGround, add_pass, chunk, finish_run, joined, next_step,
};
use crate::store::{DatabaseWait, Link, OpenWait, StoreError};

/// How often a member asks how many members there are, where they share a rate.
const SHARE_EVERY: Duration = Duration::from_secs(2);

impl Execution<'_> {
    /// Works with the other members until the run is closed, or until this one has to end.
    ///
    /// # Errors
    /// What stops a run.
    pub(crate) async fn work_joined(
        &self,
        member: &RunMember<'_>,
        readers: &mut [Link],
    ) -> Result<End, EngineError> {
        let mut pass: Option<PassRows<'_>> = None;
        // The sweeps of this invocation are counted from the pass that it came to.
        let mut last_sweep = None;
        self.let_others_share().await;
        loop {
            let row = self.joined_row(member).await?;
            match row.state {
                JoinedState::Open => {}
                JoinedState::Closed => return self.take_outcome(&row),
                JoinedState::Preparing => {
                    let what = "it says that the run is being prepared, and it was open before";
                    return Err(StoreError::ledger("reading the joined run", what).into());
                }
            }
            let last_sweep = *last_sweep.get_or_insert(row.pass + i64::from(self.options.sweeps));
            let number = PassNo::from_ledger(row.pass);
            let rows = match pass.take() {
                Some(rows) if rows.number == number => rows,
                _ => self.begin_shared(number).await?,
            };
            let end = self.work_lanes(&rows, readers).await?;
            pass = Some(rows);
            if let Some(end) = self.end_of(end) {
                return Ok(end);
            }
            if self.health.is_closed() {
                continue;
            }
            if let Some(fence) = self.health.take_lost_chunk() {
                self.require_later(&fence).await?;
            }
            // What was claimed and is not worked on any more is free again.
            let sum = {
                let names = &self.session.names;
                let mut control = self.control.lock().await;
                retry(&mut control, async |conn| {
                    chunk::release_owner(conn, names, &self.me.id).await?;
                    chunk::pass_sum(conn, names, self.run, row.pass).await
                })
                .await?
            };
            if sum.open > 0 {
                // Other members hold these. They end, or their leases run out.
                self.wait_for_peers(sum.open).await;
                continue;
            }
            let step = next_step(row.pass, sum.candidates, last_sweep);
            if let Some(end) = self.lead(member, &row, step).await? {
                return Ok(end);
            }
        }
    }

    async fn begin_shared(&self, number: PassNo) -> Result<PassRows<'static>, EngineError> {
        self.begin_pass(number);
        let given_up = match number.is_sweep() {
            true => Rc::new(self.given_up().await?),
            false => Rc::default(),
        };
        Ok(PassRows {
            number,
            keys: None,
            given_up,
        })
    }

    async fn joined_row(&self, member: &RunMember<'_>) -> Result<JoinedRow, EngineError> {
        let names = &self.session.names;
        let mut control = self.control.lock().await;
        let row = retry(&mut control, async |conn| {
            joined::find(conn, names, member.joined).await
        })
        .await?;
        row.ok_or_else(|| {
            let what = format!("the ledger has no run joined as {:?}", member.joined);
            StoreError::ledger("reading the joined run", what).into()
        })
    }

    /// How the run was closed, for this member too.
    fn take_outcome(&self, row: &JoinedRow) -> Result<End, EngineError> {
        if row.run_state == Some(RunState::Abandoned) {
            return Err(EngineError::refused(
                format!("the run {} was closed with --new-run", self.run),
                "take another name with --join",
            ));
        }
        let mut progress = self.progress.borrow_mut();
        progress.waiting = row.waiting;
        progress.uncovered = row.uncovered;
        Ok(End::Done)
    }

    async fn wait_for_peers(&self, open: i64) {
        self.chunk_wait.borrow_mut().get_or_insert_with(|| {
            OpenWait::begin(DatabaseWait {
                reason: format!("other members hold {open} chunks of the pass"),
                since: Instant::now(),
                until: None,
            })
        });
        tokio::time::sleep(jitter()).await;
    }

    /// Takes the duty where it is free, and makes the next step of a run whose pass is done. None
    /// where the members go on: the run's row says how.
    async fn lead(
        &self,
        member: &RunMember<'_>,
        row: &JoinedRow,
        step: NextStep,
    ) -> Result<Option<End>, EngineError> {
        let names = &self.session.names;
        let words = member.words();
        let claim = DutyClaim {
            joined: member.joined,
            owner: &self.me.id,
            name: &words,
            seen: row.ground(),
        };
        let is_taken = {
            let mut control = self.control.lock().await;
            retry(&mut control, async |conn| {
                joined::take_duty(conn, names, claim).await
            })
            .await?
        };
        if !is_taken {
            tokio::time::sleep(jitter()).await;
            return Ok(None);
        }
        hit("join-duty");
        let seen = StepGround {
            state: row.state,
            pass: row.pass,
            owner: &self.me.id,
            epoch: row.duty_epoch + 1,
        };
        let duty = Duty {
            joined: member.joined,
            seen,
        };
        let owner = LockOwner {
            duty: Some(duty),
            ..self.lock_owner()
        };
        let (is_made, end) = match step {
            NextStep::Sweep(number) => (self.add_sweep(owner, number).await?, None),
            NextStep::Close => (self.close_joined(owner, row.pass).await?, None),
            NextStep::Arriving => (false, Some(End::Arriving)),
        };
        if is_made {
            return Ok(None);
        }
        let given_back = {
            let mut control = self.control.lock().await;
            retry(&mut control, async |conn| {
                joined::give_duty_back(conn, names, member.joined, &self.me.id).await
            })
            .await
        };
        given_back?;
        if end.is_none() {
            tokio::time::sleep(jitter()).await;
        }
        Ok(end)
    }

    /// A sweep has the chunks of the first pass. False where another member has the duty by now:
    /// the row says what it did.
    async fn add_sweep(&self, owner: LockOwner<'_>, number: i64) -> Result<bool, EngineError> {
        let names = &self.session.names;
        let mut control = self.control.lock().await;
        let first = retry(&mut control, async |conn| {
            chunk::first_bounds(conn, names, self.run).await
        })
        .await?;
        let of_sweep = |bounds: ChunkBounds| ChunkBounds {
            pass: number,
            ..bounds
        };
        let chunks: Vec<ChunkBounds> = first.into_iter().map(of_sweep).collect();
        hit("before-sweep");
        let new = NewPass {
            run: self.run,
            owner,
            chunks: &chunks,
        };
        let is_added = retry(&mut control, async |conn| add_pass(conn, names, new).await).await?;
        hit("after-sweep");
        Ok(is_added)
    }

    /// Closes the run: its last pass found nothing. False where another member has the duty by now,
    /// or the answer to the COMMIT was lost.
    async fn close_joined(&self, owner: LockOwner<'_>, pass: i64) -> Result<bool, EngineError> {
        let names = &self.session.names;
        self.check_counts(End::Done).await?;
        let tallies = {
            let mut control = self.control.lock().await;
            retry(&mut control, async |conn| {
                chunk::tallies(conn, names, self.run, pass).await
            })
            .await?
        };
        let mut sum = ChunkTally::default();
        let mut waits: HashMap<String, HashMap<usize, u64>> = HashMap::new();
        for (credential, text) in &tallies {
            let tally = ChunkTally::read(Some(text))?;
            sum.add(&tally);
            let of_credential = waits.entry(credential.clone()).or_default();
            for (rule, rows) in &tally.rules {
                *of_credential.entry(*rule).or_default() += rows;
            }
        }
        self.progress.borrow_mut().waits = waits;
        if self.job.asks_every_rule && PassNo::from_ledger(pass).is_sweep() {
            self.record_waits().await?;
        }
        let closing = Closing {
            run: self.run,
            owner,
            end: JoinedEnd {
                outcome: DONE,
                waiting: sum.waiting,
                uncovered: sum.uncovered,
            },
        };
        hit("before-done");
        let mut control = self.control.lock().await;
        let is_closed = retry(&mut control, async |conn| {
            finish_run(conn, names, closing).await
        });
        Ok(is_closed.await?)
    }

    /// Where members share a rate, waits until the others know of this one.
    async fn let_others_share(&self) {
        if self.limits.borrow().asked_rate().is_none() {
            return;
        }
        let since = Instant::now();
        while since.elapsed() < SHARE_EVERY + Duration::from_millis(500)
            && self.stop.get().is_none()
        {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Shares a rate with the members that are there, until the run is over.
    pub(crate) async fn share_rate(&self) {
        let Some(member) = self.member else { return };
        while !self.over.get() {
            let names = &self.session.names;
            let asked = async {
                let mut control = self.control.lock().await;
                retry(&mut control, async |conn| {
                    joined::live_members(conn, names, member.joined).await
                })
                .await
            };
            let live = tokio::select! {
                live = asked => live,
                () = self.over_since(LATE_MAX) => return,
            };
            // What passes is asked again; pages find out what does not.
            if let Ok(live) = live {
                self.limits.borrow_mut().share(to_u32(live));
            }
            let since = Instant::now();
            while since.elapsed() < SHARE_EVERY && !self.over.get() {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        }
    }
}

fn to_u32(live: i64) -> u32 {
    u32::try_from(live.max(1)).unwrap_or(u32::MAX)
}
