//! How a member begins: whoever has the duty prepares the run, the others say whom they wait for.
//! A member of a closed run learns how it ended.

use std::time::{Duration, Instant};

use super::member::RunMember;
use crate::config::differences;
use crate::engine::error::EngineError;
use crate::engine::event::{End, Event, Finished};
use crate::engine::request::{Job, RunOptions, Selection};
use crate::engine::retry::retry;
use crate::engine::run::accounts::{count_run, sum_quarantined};
use crate::engine::run::context::RunRequest;
use crate::engine::run::locks::{LockTaker, LockWait, heartbeat, take_locks};
use crate::engine::run::start::prepare::{go_on, prepare};
use crate::engine::run::start::prepared::Beginning;
use crate::engine::scan::known;
use crate::engine::session::Session;
use crate::failpoint::hit;
use crate::store::ledger::{
    Duty, DutyClaim, JoinedRow, JoinedState, Names, NewJoined, RunRow, RunState, StepGround,
    joined, may_take, run as runs, worker,
};
use crate::store::{DatabaseWait, Link, OpenWait, StoreError};

/// Refuses what can't be shared between members.
///
/// # Errors
/// The first of these.
pub(crate) fn require_joinable(
    session: &Session<'_>,
    options: &RunOptions,
) -> Result<(), EngineError> {
    let refuse = |what: &str, hint: &str| Err(EngineError::refused(what, hint));
    if session.conn.kind().lets_in_one_writer() {
        return refuse(
            "--join needs a database that many hosts reach: SQLite lets in one writer, of its own host",
            "run it without --join: one process uses every processor of the host",
        );
    }
    if !matches!(options.job, Job::Rules) || options.selection != Selection::All {
        return refuse(
            "--join shares a whole run of the rules, and this is a part of one",
            "leave out --join, or --canary and --keys",
        );
    }
    if known::is_asked(session.settings) {
        return refuse(
            "--join is refused with [known]: each member would judge by lists of its own, and nothing compares them",
            "run it without --join, or take [known] and the conditions on `known` out of the configuration",
        );
    }
    let rules = &session.settings.rules;
    if rules.iter().any(|(_, rule)| rule.max_rows.is_some()) {
        return refuse(
            "--join is refused with a rule that has `max_rows`: each member would count for itself",
            "run it without --join; the rules without `max_rows` may go first, in a configuration of their own",
        );
    }
    Ok(())
}

/// Enters the joined run and comes back when there is work, when it is closed, or when this member
/// has found nothing to do.
///
/// # Errors
/// Another plan under the same name; a column that somebody else holds; whatever stops a run.
pub(crate) async fn begin(
    control: &mut Link,
    session: &mut Session<'_>,
    request: &RunRequest<'_>,
) -> Result<Beginning, EngineError> {
    let Some(member) = request.member else {
        return prepare(control, session, request).await;
    };
    let names = session.names.clone();
    let mut wait = PeerWait::default();
    loop {
        let new = NewJoined {
            name: member.joined,
            id: request.new_id,
            digest: &request.job.digest,
            plan: &request.job.text,
        };
        let row = retry(control, async |conn| joined::enter(conn, &names, new).await).await?;
        let holder = member.enter(&row.id).clone();
        require_same_plan(&row, request)?;
        let request = &RunRequest {
            new_id: &row.id,
            holder: &holder,
            ..*request
        };
        match row.state {
            JoinedState::Closed => return recorded(control, &names, &row).await,
            JoinedState::Open => {
                hold_locks(control, session, request).await?;
                let run = open_run(control, &names, &row).await?;
                if run.state == RunState::Active {
                    note(control, &names, member, &run.id).await?;
                    return go_on(control, session, request, run).await;
                }
                // It was closed a moment ago: the row says so now.
                wait.pause().await;
            }
            JoinedState::Preparing => {
                note(control, &names, member, &row.id).await?;
                let words = member.words();
                let claim = DutyClaim {
                    joined: member.joined,
                    owner: &member.me.id,
                    name: &words,
                    seen: row.ground(),
                };
                let is_taken = may_take(row.duty(), claim.owner, claim.seen)
                    && retry(control, async |conn| {
                        joined::take_duty(conn, &names, claim).await
                    })
                    .await?;
                if !is_taken {
                    wait.tell(&row, request);
                    wait.pause().await;
                    continue;
                }
                hit("join-prepare");
                let seen = StepGround {
                    state: row.state,
                    pass: row.pass,
                    owner: &member.me.id,
                    epoch: row.duty_epoch + 1,
                };
                let duty = Duty {
                    joined: member.joined,
                    seen,
                };
                let request = &RunRequest {
                    duty: Some(duty),
                    ..*request
                };
                hold_locks(control, session, request).await?;
                hit("after-locks");
                match prepare(control, session, request).await? {
                    // Another member has taken the duty over, and prepares or has prepared; or the
                    // locks are lost.
                    Beginning::LeaseLost => {
                        retry(control, async |conn| {
                            joined::give_duty_back(conn, &names, member.joined, claim.owner).await
                        })
                        .await?;
                        wait.pause().await;
                    }
                    begun => return Ok(begun),
                }
            }
        }
    }
}

/// The run of an open joined run.
async fn open_run(
    control: &mut Link,
    names: &Names,
    row: &JoinedRow,
) -> Result<RunRow, EngineError> {
    let found = match row.run.as_deref() {
        Some(run) => retry(control, async |conn| runs::by_id(conn, names, run).await).await?,
        None => None,
    };
    found.ok_or_else(|| {
        let run = row.run.as_deref().unwrap_or_default();
        let what = format!("it has no run {run:?}, and {:?} is joined to it", row.name);
        StoreError::ledger("reading the joined run", what).into()
    })
}

/// The columns' locks are the run's: each member takes them where they are free, and keeps them.
async fn hold_locks(
    control: &mut Link,
    session: &Session<'_>,
    request: &RunRequest<'_>,
) -> Result<(), EngineError> {
    let taker = LockTaker {
        me: request.holder,
        run: request.new_id,
        wait: Some(LockWait {
            at_most: request.options.wait,
            observer: request.observer,
        }),
    };
    take_locks(control, session, taker).await
}

/// Notes that the member is there.
async fn note(
    control: &mut Link,
    names: &Names,
    member: &RunMember<'_>,
    run: &str,
) -> Result<(), EngineError> {
    let line = member.line(Some(run), "preparing");
    retry(control, async |conn| {
        worker::note(conn, names, &line.run, &line.line).await
    })
    .await?;
    Ok(())
}

fn require_same_plan(row: &JoinedRow, request: &RunRequest<'_>) -> Result<(), EngineError> {
    if row.digest == request.job.digest {
        return Ok(());
    }
    let named = differences(&row.plan, &request.job.text).join("; ");
    Err(EngineError::refused(
        format!(
            "the run that was joined as {:?} has another plan: {named}",
            row.name
        ),
        "give every member the same configuration; for another plan take another name",
    ))
}

/// How a closed run ended, as its ledger says. Nothing is written.
async fn recorded(
    control: &mut Link,
    names: &Names,
    row: &JoinedRow,
) -> Result<Beginning, EngineError> {
    let Some(run) = row.run.as_deref() else {
        return Ok(Beginning::Nothing {
            uncovered: row.uncovered,
        });
    };
    if row.run_state == Some(RunState::Abandoned) {
        return Err(EngineError::refused(
            format!(
                "the run that was joined as {:?} ({run}) was closed with --new-run before it was done",
                row.name
            ),
            "take another name",
        ));
    }
    let counts = count_run(control, names, run).await?;
    let quarantined_by_reason = sum_quarantined(control, names, run).await?;
    Ok(Beginning::Recorded(Box::new(Finished {
        end: End::Done,
        accounts: counts.first.into(),
        arrived: counts.sweeps.candidates,
        waiting: row.waiting,
        uncovered: row.uncovered,
        quarantined_by_reason,
        ..Finished::default()
    })))
}

/// A wait for other members. It is told once for each of them.
#[derive(Default)]
struct PeerWait {
    told: String,
    on_board: Option<OpenWait>,
}

impl PeerWait {
    fn tell(&mut self, row: &JoinedRow, request: &RunRequest<'_>) {
        let who = match row.duty_name.as_str() {
            "" => "another member",
            name => name,
        };
        if self.told == who {
            return;
        }
        self.told = who.to_owned();
        let text = format!("waiting for {who}, which prepares the run");
        self.on_board = Some(OpenWait::begin(DatabaseWait {
            reason: format!("{who} prepares the run"),
            since: Instant::now(),
            until: None,
        }));
        request.observer.on(None, &Event::Warning { text });
    }

    async fn pause(&self) {
        tokio::time::sleep(jitter()).await;
    }
}

/// Between a third of a second and a whole one, so that members don't ask all at once.
pub(crate) fn jitter() -> Duration {
    let random = getrandom::u32().unwrap_or(0);
    Duration::from_millis(u64::from(333 + random % 667)).min(heartbeat())
}
