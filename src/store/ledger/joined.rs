//! The `joined` table: runs that many hosts work on, by the name under which they joined.
//!
//! The row's `id` holds the columns' locks, so no member is taken for their holder. Which member
//! prepares, adds a pass or closes is a duty with a lease and an epoch (`protocol`).

use super::chunk::lease_ms;
use super::lock::LockOwner;
use super::names::Names;
use super::protocol::{Duty, DutySeen, JoinedState, StepGround};
use super::run::RunState;
use super::worker;
use super::{chunk, lock};
use crate::store::sql::{Arg, Conn, ErrorClass, Query, RowRef, StoreError};

/// A joined run as its first member enters it.
#[derive(Clone, Copy, Debug)]
pub struct NewJoined<'a> {
    /// The name that all members give.
    pub name: &'a str,
    /// A new UUID.
    pub id: &'a str,
    /// The plan's digest.
    pub digest: &'a str,
    /// What the digest covers.
    pub plan: &'a str,
}

/// A joined run as the ledger has it.
#[derive(Clone, Debug)]
pub struct JoinedRow {
    /// The name that all members give.
    pub name: String,
    /// The UUID that holds the columns' locks.
    pub id: String,
    /// The plan's digest.
    pub digest: String,
    /// What the digest covers.
    pub plan: String,
    /// The state.
    pub state: JoinedState,
    /// The run, once it is prepared.
    pub run: Option<String>,
    /// The state of that run.
    pub run_state: Option<RunState>,
    /// The pass that is worked on.
    pub pass: i64,
    /// Who has the duty; empty for nobody.
    pub duty_owner: String,
    /// How people call that member.
    pub duty_name: String,
    /// How often the duty was taken.
    pub duty_epoch: i64,
    /// Milliseconds until its lease runs out.
    pub duty_left_ms: i64,
    /// How it was closed.
    pub outcome: Option<String>,
    /// Rows that wait for a login, as the last pass counted them.
    pub waiting: i64,
    /// Rows that are kept for want of a proof, as the last pass counted them.
    pub uncovered: i64,
}

/// The outcome of a joined run in which there was nothing to do.
pub const NOTHING: &str = "nothing";

/// The outcome of one whose work is done.
pub const DONE: &str = "done";

impl JoinedRow {
    /// The duty as the rules of the protocol see it.
    pub fn duty(&self) -> DutySeen<'_> {
        DutySeen {
            state: self.state,
            pass: self.pass,
            owner: &self.duty_owner,
            epoch: self.duty_epoch,
            left_ms: self.duty_left_ms,
        }
    }

    /// The ground on which a member decides a step, should it have the duty.
    pub fn ground(&self) -> StepGround<'_> {
        StepGround {
            state: self.state,
            pass: self.pass,
            owner: &self.duty_owner,
            epoch: self.duty_epoch,
        }
    }
}

const OP: &str = "reading the joined run";

fn read(r: RowRef<'_>) -> Result<JoinedRow, StoreError> {
    let state = r.owned(4)?;
    let text = |i: usize| r.text(i).map(|t| t.unwrap_or_default().to_owned());
    let state = JoinedState::parse(&state)
        .ok_or_else(|| StoreError::ledger(OP, format!("the state {state:?}")))?;
    let run_state = match r.text(6)? {
        None => None,
        Some(word) => Some(
            RunState::parse(word)
                .ok_or_else(|| StoreError::ledger(OP, format!("the state {word:?}")))?,
        ),
    };
    // A run may be closed by a process that has not joined it.
    let is_over = run_state.is_some_and(|state| state != RunState::Active);
    Ok(JoinedRow {
        name: r.owned(0)?,
        id: r.owned(1)?,
        digest: r.owned(2)?,
        plan: r.owned(3)?,
        state: if is_over { JoinedState::Closed } else { state },
        run: r.text(5)?.map(str::to_owned),
        run_state,
        pass: r.number(7)?,
        duty_owner: text(8)?,
        duty_name: text(9)?,
        duty_epoch: r.number(10)?,
        duty_left_ms: r.int(11)?.unwrap_or(-1),
        outcome: r.text(12)?.map(str::to_owned),
        waiting: r.number(13)?,
        uncovered: r.number(14)?,
    })
}

async fn select(
    conn: &mut Conn,
    names: &Names,
    condition: &str,
    of: &str,
) -> Result<Option<JoinedRow>, StoreError> {
    let sql = format!(
        "SELECT j.name, j.id, j.digest, j.plan, j.state, j.run, r.state, j.pass, j.duty_owner, j.duty_name, j.duty_epoch, \
         j.duty_lease_ms - {}, j.outcome, j.waiting, j.uncovered FROM {} j LEFT JOIN {} r ON r.id = j.run \
         WHERE {condition} ORDER BY j.created_ms DESC LIMIT 1",
        conn.words().now_ms,
        names.table("joined"),
        names.table("run"),
    );
    let query = Query::of_ledger(OP, &sql, vec![of.into()]);
    Ok(conn.rows(query, read).await?.into_iter().next())
}

/// The joined run of that name.
pub async fn find(
    conn: &mut Conn,
    names: &Names,
    name: &str,
) -> Result<Option<JoinedRow>, StoreError> {
    select(conn, names, "j.name = ?", name).await
}

/// The name under which a run was joined last. None also where the ledger is of before version 11.
/// MySQL denies a table that is not there to a user who was granted nothing on it.
pub async fn name_of(
    conn: &mut Conn,
    names: &Names,
    run: &str,
) -> Result<Option<JoinedRow>, StoreError> {
    match select(conn, names, "j.run = ?", run).await {
        Err(e) if matches!(e.class(), ErrorClass::Missing | ErrorClass::Denied) => Ok(None),
        answer => answer,
    }
}

/// Enters a joined run: whoever comes first makes its row.
pub async fn enter(
    conn: &mut Conn,
    names: &Names,
    new: NewJoined<'_>,
) -> Result<JoinedRow, StoreError> {
    let insert = format!(
        "INSERT INTO {} (name, id, digest, plan, state, pass, duty_epoch, waiting, uncovered, created_ms) \
         VALUES (?, ?, ?, ?, 'preparing', 0, 0, 0, 0, {})",
        names.table("joined"),
        conn.words().now_ms
    );
    loop {
        if let Some(row) = find(conn, names, new.name).await? {
            return Ok(row);
        }
        let args = [new.name, new.id, new.digest, new.plan].map(Arg::from);
        match conn
            .run(Query::of_ledger("joining the run", &insert, args.into()))
            .await
        {
            Ok(_) => {}
            Err(e) if e.class() == ErrorClass::Busy => {}
            // Another was faster, or else the ledger can't hold such a row.
            Err(e) if e.class() == ErrorClass::Row => {
                return find(conn, names, new.name).await?.ok_or(e);
            }
            Err(e) => return Err(e),
        }
    }
}

/// A member that wants the duty, and the run as it saw it last.
#[derive(Clone, Copy, Debug)]
pub struct DutyClaim<'a> {
    /// The name of the joined run.
    pub joined: &'a str,
    /// The worker's UUID.
    pub owner: &'a str,
    /// How people call it.
    pub name: &'a str,
    /// The state, the pass and the epoch that were seen.
    pub seen: StepGround<'a>,
}

/// Takes the duty of a joined run; false where another has it or was faster. The condition is
/// [`super::protocol::may_take`].
pub async fn take_duty(
    conn: &mut Conn,
    names: &Names,
    claim: DutyClaim<'_>,
) -> Result<bool, StoreError> {
    let (now, lease_ms) = (conn.words().now_ms, lease_ms());
    let sql = format!(
        "UPDATE {} SET duty_owner = ?, duty_name = ?, duty_epoch = duty_epoch + 1, duty_lease_ms = {now} + {lease_ms} \
         WHERE name = ? AND state <> 'closed' AND state = ? AND pass = ? AND duty_epoch = ? \
         AND (duty_owner IS NULL OR duty_owner = ? OR duty_lease_ms < {now})",
        names.table("joined")
    );
    let args = vec![
        claim.owner.into(),
        claim.name.into(),
        claim.joined.into(),
        claim.seen.state.as_str().into(),
        Arg::Int(claim.seen.pass),
        Arg::Int(claim.seen.epoch),
        claim.owner.into(),
    ];
    let taken = conn
        .run(Query::of_ledger("taking the duty", &sql, args))
        .await?;
    Ok(taken == 1)
}

/// Lengthens the lease of a member's duty, where it has one.
pub async fn keep_duty(
    conn: &mut Conn,
    names: &Names,
    name: &str,
    owner: &str,
) -> Result<(), StoreError> {
    let sql = format!(
        "UPDATE {} SET duty_lease_ms = {} + {} WHERE name = ? AND duty_owner = ?",
        names.table("joined"),
        conn.words().now_ms,
        lease_ms()
    );
    let args = vec![name.into(), owner.into()];
    conn.run(Query::of_ledger("keeping the duty", &sql, args))
        .await
        .map(|_| ())
}

/// Gives a member's duty back, where it has one.
pub async fn give_duty_back(
    conn: &mut Conn,
    names: &Names,
    name: &str,
    owner: &str,
) -> Result<(), StoreError> {
    let sql = format!(
        "UPDATE {} SET duty_owner = NULL, duty_name = NULL, duty_lease_ms = NULL WHERE name = ? AND duty_owner = ?",
        names.table("joined")
    );
    let args = vec![name.into(), owner.into()];
    conn.run(Query::of_ledger("giving the duty back", &sql, args))
        .await
        .map(|_| ())
}

/// What a step makes of a joined run.
#[derive(Clone, Copy, Debug)]
pub enum Step<'a> {
    /// It is prepared: this is its run, and so many passes it had.
    Begin {
        /// The run.
        run: &'a str,
        /// The pass that is worked on.
        pass: i64,
    },
    /// The next pass.
    Pass(i64),
    /// It is closed.
    Close(JoinedEnd),
}

/// How a joined run is closed.
#[derive(Clone, Copy, Debug)]
pub struct JoinedEnd {
    /// [`DONE`] or [`NOTHING`].
    pub outcome: &'static str,
    /// Rows that wait for a login.
    pub waiting: i64,
    /// Rows that are kept for want of a proof.
    pub uncovered: i64,
}

/// Makes a step inside the caller's transaction, as its first statement; false where the run is
/// not as the member saw it. The condition is [`super::protocol::may_step`].
///
/// The duty is given back with it, in the same statement.
pub(super) async fn step(
    conn: &mut Conn,
    names: &Names,
    duty: &Duty<'_>,
    step: Step<'_>,
) -> Result<bool, StoreError> {
    let seen = duty.seen;
    let (set, mut args): (&str, Vec<Arg>) = match step {
        Step::Begin { run, pass } => {
            debug_assert!(seen.state.may_become(JoinedState::Open), "{seen:?}");
            (
                "state = 'open', run = ?, pass = ?",
                vec![run.into(), Arg::Int(pass)],
            )
        }
        Step::Pass(pass) => ("pass = ?", vec![Arg::Int(pass)]),
        Step::Close(end) => {
            debug_assert!(seen.state.may_become(JoinedState::Closed), "{seen:?}");
            (
                "state = 'closed', outcome = ?, waiting = ?, uncovered = ?",
                vec![
                    end.outcome.into(),
                    Arg::Int(end.waiting),
                    Arg::Int(end.uncovered),
                ],
            )
        }
    };
    let sql = format!(
        "UPDATE {} SET {set}, duty_owner = NULL, duty_name = NULL, duty_lease_ms = NULL \
         WHERE name = ? AND state = ? AND pass = ? AND duty_owner = ? AND duty_epoch = ?",
        names.table("joined")
    );
    args.extend([
        duty.joined.into(),
        seen.state.as_str().into(),
        Arg::Int(seen.pass),
        seen.owner.into(),
        Arg::Int(seen.epoch),
    ]);
    let made = conn
        .run(Query::of_ledger("changing the joined run", &sql, args))
        .await?;
    Ok(made == 1)
}

/// Has the members go on with a run that stands in the ledger, all or nothing; says whether they
/// do.
///
/// # Errors
/// Whatever the database says; then nothing was changed.
pub async fn adopt(
    conn: &mut Conn,
    names: &Names,
    owner: LockOwner<'_>,
    begin: Step<'_>,
) -> Result<bool, StoreError> {
    conn.begin().await?;
    let adopted = acts(conn, names, owner, begin).await;
    match adopted {
        Ok(true) => {
            conn.commit().await?;
            Ok(true)
        }
        failed => conn.undone(failed).await,
    }
}

/// Closes a joined run in which there is nothing to do, and gives its locks back.
///
/// # Errors
/// Whatever the database says; then nothing was changed.
pub async fn close_empty(
    conn: &mut Conn,
    names: &Names,
    owner: LockOwner<'_>,
    uncovered: i64,
) -> Result<bool, StoreError> {
    let end = JoinedEnd {
        outcome: NOTHING,
        waiting: 0,
        uncovered,
    };
    conn.begin().await?;
    let closed = async {
        if !acts(conn, names, owner, Step::Close(end)).await? {
            return Ok(false);
        }
        lock::release_locks(conn, names, owner.id).await?;
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

/// Notes how a joined run ended that a process closes which has not joined it. Its members read
/// that when they come back.
pub(super) async fn close_alone(
    conn: &mut Conn,
    names: &Names,
    run: &str,
    end: JoinedEnd,
) -> Result<(), StoreError> {
    let sql = format!(
        "UPDATE {} SET state = 'closed', outcome = ?, waiting = ?, uncovered = ? WHERE run = ? AND state <> 'closed'",
        names.table("joined")
    );
    let args = vec![
        end.outcome.into(),
        Arg::Int(end.waiting),
        Arg::Int(end.uncovered),
        run.into(),
    ];
    conn.run(Query::of_ledger("closing the joined run", &sql, args))
        .await
        .map(|_| ())
}

/// The first statements of every transaction that changes a run: the step of a joined one, then the
/// locks. False where the worker may not go on; the caller then rolls back, for the step may be
/// made already.
pub(super) async fn acts(
    conn: &mut Conn,
    names: &Names,
    owner: LockOwner<'_>,
    becomes: Step<'_>,
) -> Result<bool, StoreError> {
    if let Some(duty) = owner.duty
        && !step(conn, names, &duty, becomes).await?
    {
        return Ok(false);
    }
    lock::keeps(conn, names, owner).await
}

/// A member of a joined run.
#[derive(Clone, Copy, Debug)]
pub struct MemberKey<'a> {
    /// The name of the joined run.
    pub joined: &'a str,
    /// The UUID that holds its locks.
    pub id: &'a str,
    /// The worker's UUID.
    pub worker: &'a str,
}

/// Takes a member's leave: its chunks and its duty are given back, and the locks where the run is
/// closed or nobody else works on it.
pub async fn leave(
    conn: &mut Conn,
    names: &Names,
    member: MemberKey<'_>,
) -> Result<(), StoreError> {
    chunk::release_owner(conn, names, member.worker).await?;
    give_duty_back(conn, names, member.joined, member.worker).await?;
    let sql = format!(
        "UPDATE {locks} SET owner = NULL, lease_ms = NULL, namespaces = NULL WHERE owner = ? AND (\
         NOT EXISTS (SELECT 1 FROM {joined} j LEFT JOIN {run} r ON r.id = j.run WHERE j.id = ? AND j.state <> 'closed' AND (j.run IS NULL OR r.state = 'active')) \
         OR NOT EXISTS (SELECT 1 FROM {worker} w WHERE w.joined = ? AND w.id <> ? AND w.state <> ? AND w.seen_ms > {now} - {lease}))",
        locks = names.table("column_lock"),
        joined = names.table("joined"),
        run = names.table("run"),
        worker = names.table("worker"),
        now = conn.words().now_ms,
        lease = lease_ms(),
    );
    let args = vec![
        member.id.into(),
        member.id.into(),
        member.joined.into(),
        member.worker.into(),
        worker::ENDED.into(),
    ];
    conn.run(Query::of_ledger("giving the lock back", &sql, args))
        .await
        .map(|_| ())
}

/// The rows a minute of all members that were heard of within a lease, but one.
pub async fn rate_of_others(
    conn: &mut Conn,
    names: &Names,
    member: MemberKey<'_>,
) -> Result<i64, StoreError> {
    let [before, behind] = conn.words().whole;
    let sql = format!(
        "SELECT {before}COALESCE(SUM(per_minute), 0){behind} FROM {} WHERE joined = ? AND id <> ? AND state <> ? AND seen_ms > {} - {}",
        names.table("worker"),
        conn.words().now_ms,
        lease_ms()
    );
    let args = vec![
        member.joined.into(),
        member.worker.into(),
        worker::ENDED.into(),
    ];
    let found = conn
        .rows(Query::of_ledger("adding up the rates", &sql, args), |r| {
            r.number(0)
        })
        .await?;
    Ok(found.into_iter().next().unwrap_or(0))
}

/// How many members of a joined run were heard of within a lease and have not ended.
pub async fn live_members(conn: &mut Conn, names: &Names, name: &str) -> Result<i64, StoreError> {
    let sql = format!(
        "SELECT COUNT(*) FROM {} WHERE joined = ? AND state <> ? AND seen_ms > {} - {}",
        names.table("worker"),
        conn.words().now_ms,
        lease_ms()
    );
    let args = vec![name.into(), worker::ENDED.into()];
    let found = conn
        .rows(Query::of_ledger("counting the members", &sql, args), |r| {
            r.number(0)
        })
        .await?;
    Ok(found.into_iter().next().unwrap_or(0))
}
