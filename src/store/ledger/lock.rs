//! The `column_lock` table: one writer a column.
//!
//! A live holder keeps its lock: the caller is told who it is. A lock whose process is gone is
//! taken over at once, where that process can be looked at from here. Of all others the lease has
//! to run out.

use super::chunk::{self, lease_ms};
use super::names::Names;
use super::protocol::Duty;
use crate::failpoint::hit;
use crate::store::sql::{Arg, Conn, ErrorClass, Query, RowRef, StoreError};

/// Who a worker is, so that another can tell whether it still lives.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WorkerIdentity {
    /// A new UUID a process.
    pub id: String,
    /// The host's name.
    pub host: String,
    /// The boot's id: after a reboot no process of before lives.
    pub boot: String,
    /// The process id.
    pub pid: i64,
    /// When the process started, in the kernel's own words: a pid is used again.
    pub pid_start: String,
    /// In which namespaces of the kernel pid and start are read. Empty where that isn't known.
    pub namespaces: String,
}

/// Who holds a lock.
#[derive(Clone, Debug)]
pub struct Holder {
    /// The column's lock name.
    pub name: String,
    /// The worker's UUID.
    pub owner: String,
    /// Its run.
    pub run: String,
    /// Its host.
    pub host: String,
    /// Its boot's id.
    pub boot: String,
    /// Its process id.
    pub pid: i64,
    /// When its process started.
    pub pid_start: String,
    /// In which namespaces of the kernel these two are read; empty where that isn't known.
    pub namespaces: String,
    /// Milliseconds until its lease runs out.
    pub left_ms: i64,
    epoch: i64,
}

impl Holder {
    /// How people call it.
    pub fn words(&self) -> String {
        match self.host.as_str() {
            "" => "a run that many hosts have joined".to_owned(),
            host => format!("process {} on {host}", self.pid),
        }
    }
}

/// What came of an attempt to take a lock.
#[derive(Debug)]
pub enum LockAttempt {
    /// It is ours.
    Taken,
    /// Somebody else holds it.
    Held(Holder),
}

/// Who wants the lock of which column, and for what.
#[derive(Clone, Copy, Debug)]
pub struct LockRequest<'a> {
    /// The column's lock name.
    pub name: &'a str,
    /// The run.
    pub run: &'a str,
    /// The worker.
    pub worker: &'a WorkerIdentity,
}

/// Takes a column's lock if it is free, ours, run out, or held by a process that is dead.
///
/// `is_gone` says whether the process of a holder is dead.
pub async fn acquire(
    conn: &mut Conn,
    names: &Names,
    request: LockRequest<'_>,
    is_gone: &(dyn Fn(&Holder) -> bool + Sync),
) -> Result<LockAttempt, StoreError> {
    let LockRequest {
        name,
        run,
        worker: me,
    } = request;
    let table = names.table("column_lock");
    let (now, lease_ms) = (conn.words().now_ms, lease_ms());
    let find = format!(
        "SELECT owner, run, host, boot, pid, pid_start, lease_ms - {now}, epoch, namespaces FROM {table} WHERE name = ?"
    );
    let insert = format!(
        "INSERT INTO {table} (owner, run, host, boot, pid, pid_start, namespaces, epoch, lease_ms, name) \
         VALUES (?, ?, ?, ?, ?, ?, ?, 1, {now} + {lease_ms}, ?)"
    );
    let take = format!(
        "UPDATE {table} SET owner = ?, run = ?, host = ?, boot = ?, pid = ?, pid_start = ?, namespaces = ?, epoch = epoch + 1, lease_ms = {now} + {lease_ms} \
         WHERE name = ? AND epoch = ?"
    );
    let mine = || -> Vec<Arg> {
        vec![
            me.id.as_str().into(),
            run.into(),
            me.host.as_str().into(),
            me.boot.as_str().into(),
            Arg::Int(me.pid),
            me.pid_start.as_str().into(),
            me.namespaces.as_str().into(),
        ]
    };
    loop {
        let found = conn
            .rows(
                Query::of_ledger("looking for the lock", &find, vec![name.into()]),
                |r| {
                    let text = |i: usize| r.text(i).map(|t| t.unwrap_or_default().to_owned());
                    Ok(Holder {
                        name: name.to_owned(),
                        owner: text(0)?,
                        run: text(1)?,
                        host: text(2)?,
                        boot: text(3)?,
                        pid: r.int(4)?.unwrap_or(0),
                        pid_start: text(5)?,
                        left_ms: r.int(6)?.unwrap_or(0),
                        epoch: r.number(7)?,
                        namespaces: text(8)?,
                    })
                },
            )
            .await?;
        let Some(holder) = found.into_iter().next() else {
            let mut args = mine();
            args.push(name.into());
            match conn
                .run(Query::of_ledger("taking the lock", &insert, args))
                .await
            {
                Ok(_) => return Ok(LockAttempt::Taken),
                // Another was faster; look again.
                Err(e) if matches!(e.class(), ErrorClass::Row | ErrorClass::Busy) => continue,
                Err(e) => return Err(e),
            }
        };
        let free = holder.owner.is_empty()
            || holder.owner == me.id
            || holder.left_ms <= 0
            || is_gone(&holder);
        if !free {
            return Ok(LockAttempt::Held(holder));
        }
        // The chunks come first: whoever is killed between the two leaves nothing that has to run
        // out. The holder is dead or late, and the fence keeps a late one from writing.
        if !holder.owner.is_empty() && holder.owner != me.id {
            chunk::release_owner(conn, names, &holder.owner).await?;
            chunk::release_joined(conn, names, &holder.owner).await?;
            hit("in-takeover");
        }
        let mut args = mine();
        args.extend([name.into(), Arg::Int(holder.epoch)]);
        if conn
            .run(Query::of_ledger("taking the lock", &take, args))
            .await?
            == 1
        {
            return Ok(LockAttempt::Taken);
        }
    }
}

/// Who holds a column now, by the columns' names.
pub async fn holders(conn: &mut Conn, names: &Names) -> Result<Vec<Holder>, StoreError> {
    let now = conn.words().now_ms;
    let table = names.table("column_lock");
    let sql = |namespaces: &str| {
        format!(
            "SELECT name, owner, run, host, boot, pid, pid_start, lease_ms - {now}, epoch, {namespaces} FROM {table} \
             WHERE owner IS NOT NULL AND lease_ms > {now} ORDER BY name"
        )
    };
    let read = |r: RowRef<'_>| {
        let text = |i: usize| r.text(i).map(|t| t.unwrap_or_default().to_owned());
        Ok(Holder {
            name: r.owned(0)?,
            owner: text(1)?,
            run: text(2)?,
            host: text(3)?,
            boot: text(4)?,
            pid: r.int(5)?.unwrap_or(0),
            pid_start: text(6)?,
            left_ms: r.int(7)?.unwrap_or(0),
            epoch: r.number(8)?,
            namespaces: text(9)?,
        })
    };
    let of = |sql| Query::of_ledger("reading the locks", sql, vec![]);
    match conn.rows(of(&sql("namespaces")), read).await {
        // A ledger of before version 9. Whoever only looks does not bring it up to date.
        Err(e) if e.class() == ErrorClass::Missing => conn.rows(of(&sql("NULL")), read).await,
        answer => answer,
    }
}

/// A lock as its holder knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeldLock {
    /// The column's lock name.
    pub name: String,
    /// How often the lock was taken until then.
    pub epoch: i64,
    /// Who held it.
    pub owner: String,
}

/// The locks that a worker holds.
pub async fn held_by(
    conn: &mut Conn,
    names: &Names,
    owner: &str,
) -> Result<Vec<HeldLock>, StoreError> {
    let sql = format!(
        "SELECT name, epoch, owner FROM {} WHERE owner = ?",
        names.table("column_lock")
    );
    let query = Query::of_ledger("reading the locks", &sql, vec![owner.into()]);
    conn.rows(query, read_lock).await
}

/// How a lock stands now; none where the ledger has none of that name.
pub async fn standing(
    conn: &mut Conn,
    names: &Names,
    name: &str,
) -> Result<Option<HeldLock>, StoreError> {
    let sql = format!(
        "SELECT name, epoch, owner FROM {} WHERE name = ?",
        names.table("column_lock")
    );
    let query = Query::of_ledger("reading the locks", &sql, vec![name.into()]);
    Ok(conn.rows(query, read_lock).await?.into_iter().next())
}

fn read_lock(r: RowRef<'_>) -> Result<HeldLock, StoreError> {
    Ok(HeldLock {
        name: r.owned(0)?,
        epoch: r.number(1)?,
        owner: r.text(2)?.unwrap_or_default().to_owned(),
    })
}

/// Notes for whoever looks for which run a worker holds its locks.
pub async fn note_run(
    conn: &mut Conn,
    names: &Names,
    owner: &str,
    run: &str,
) -> Result<(), StoreError> {
    let sql = format!(
        "UPDATE {} SET run = ? WHERE owner = ?",
        names.table("column_lock")
    );
    let args = vec![run.into(), owner.into()];
    conn.run(Query::of_ledger("noting the run", &sql, args))
        .await
        .map(|_| ())
}

/// A worker that has taken locks.
#[derive(Clone, Copy, Debug)]
pub struct LockOwner<'a> {
    /// The worker.
    pub id: &'a str,
    /// How many locks it has taken: two credentials may share a column.
    pub locks: u64,
    /// Where it is a member of a joined run and changes it: the duty by which it does.
    pub duty: Option<Duty<'a>>,
}

/// Lengthens this worker's locks; says whether it still holds all of them.
pub(super) async fn keeps(
    conn: &mut Conn,
    names: &Names,
    owner: LockOwner<'_>,
) -> Result<bool, StoreError> {
    Ok(keep(conn, names, owner.id).await? >= owner.locks)
}

/// Lengthens this worker's locks; says how many it still holds.
async fn keep(conn: &mut Conn, names: &Names, owner: &str) -> Result<u64, StoreError> {
    let sql = format!(
        "UPDATE {} SET lease_ms = {} + {} WHERE owner = ?",
        names.table("column_lock"),
        conn.words().now_ms,
        lease_ms()
    );
    conn.run(Query::of_ledger(
        "keeping the lock",
        &sql,
        vec![owner.into()],
    ))
    .await
}

/// Lengthens this worker's lock and chunk leases; says how many locks it still holds.
pub async fn heartbeat(conn: &mut Conn, names: &Names, owner: &str) -> Result<u64, StoreError> {
    heartbeat_for(conn, names, owner, owner).await
}

/// Lengthens the locks of `owner`, a joined run, and the chunk leases of a worker that is a member
/// of it; says how many locks the run still holds.
pub async fn heartbeat_for(
    conn: &mut Conn,
    names: &Names,
    owner: &str,
    worker: &str,
) -> Result<u64, StoreError> {
    let (now, lease_ms) = (conn.words().now_ms, lease_ms());
    let chunks = format!(
        "UPDATE {} SET lease_ms = {now} + {lease_ms} WHERE owner = ? AND state = 'leased'",
        names.table("chunk")
    );
    let held = keep(conn, names, owner).await?;
    hit("in-heartbeat");
    conn.run(Query::of_ledger(
        "keeping the leases",
        &chunks,
        vec![worker.into()],
    ))
    .await?;
    Ok(held)
}

/// Gives everything back: the locks, and the leases of chunks that are not done.
pub async fn release(conn: &mut Conn, names: &Names, owner: &str) -> Result<(), StoreError> {
    chunk::release_owner(conn, names, owner).await?;
    hit("between-releases");
    release_locks(conn, names, owner).await
}

/// Gives the locks back.
pub(super) async fn release_locks(
    conn: &mut Conn,
    names: &Names,
    owner: &str,
) -> Result<(), StoreError> {
    let sql = format!(
        "UPDATE {} SET owner = NULL, lease_ms = NULL, namespaces = NULL WHERE owner = ?",
        names.table("column_lock")
    );
    conn.run(Query::of_ledger(
        "giving the lock back",
        &sql,
        vec![owner.into()],
    ))
    .await
    .map(|_| ())
}
