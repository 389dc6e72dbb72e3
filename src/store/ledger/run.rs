//! The `run` table: what was asked for, and how it ended.

use super::names::Names;
use crate::store::sql::{Arg, Conn, ErrorClass, Query, RowRef, StoreError};

/// A run's state.
///
/// The transitions are in [`RunState::may_become`], from which `docs/states.md` is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RunState {
    /// Begun and not finished: the same command goes on with it.
    Active,
    /// Every chunk and sweep is done and the counts add up.
    Done,
    /// Closed by `--new-run` before it was done.
    Abandoned,
}

impl RunState {
    /// All states, in order.
    pub const ALL: [Self; 3] = [Self::Active, Self::Done, Self::Abandoned];

    /// The word in the ledger.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Done => "done",
            Self::Abandoned => "abandoned",
        }
    }

    /// The transition table.
    pub fn may_become(self, next: Self) -> bool {
        matches!((self, next), (Self::Active, Self::Done | Self::Abandoned))
    }

    /// The state of that word.
    pub(super) fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|s| s.as_str() == word)
    }
}

/// A run as it is created.
#[derive(Clone, Debug)]
pub struct NewRun {
    /// A new UUID.
    pub id: String,
    /// The plan's digest.
    pub digest: String,
    /// The canonical rendering of what the digest covers.
    pub spec: String,
    /// The candidates that the plan counted.
    pub estimate: i64,
}

/// A run as the ledger has it.
#[derive(Clone, Debug)]
pub struct RunRow {
    /// The UUID.
    pub id: String,
    /// The plan's digest.
    pub digest: String,
    /// What the digest covers.
    pub spec: String,
    /// The state.
    pub state: RunState,
    /// The version of saltern that created it.
    pub version: String,
    /// When it was created.
    pub created_ms: i64,
    /// When it ended.
    pub finished_ms: Option<i64>,
    /// The candidates that the plan counted.
    pub estimate: i64,
    /// Why the last invocation stopped, where it did not finish.
    pub stopped: Option<String>,
}

const COLUMNS: &str =
    "id, digest, spec, state, version, created_ms, finished_ms, estimate, stopped";

fn read(r: RowRef<'_>) -> Result<RunRow, StoreError> {
    let state = r.owned(3)?;
    Ok(RunRow {
        id: r.owned(0)?,
        digest: r.owned(1)?,
        spec: r.owned(2)?,
        state: RunState::parse(&state)
            .ok_or_else(|| StoreError::ledger("reading a run", format!("the state {state:?}")))?,
        version: r.owned(4)?,
        created_ms: r.number(5)?,
        finished_ms: r.int(6)?,
        estimate: r.number(7)?,
        stopped: r.text(8)?.map(str::to_owned),
    })
}

/// The run that is active, if there is one.
pub async fn active(conn: &mut Conn, names: &Names) -> Result<Option<RunRow>, StoreError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM {} WHERE state = 'active' ORDER BY created_ms DESC LIMIT 1",
        names.table("run")
    );
    Ok(conn
        .rows(Query::of_ledger("reading the runs", &sql, vec![]), read)
        .await?
        .into_iter()
        .next())
}

/// The newest run.
pub async fn newest(conn: &mut Conn, names: &Names) -> Result<Option<RunRow>, StoreError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM {} ORDER BY created_ms DESC, id DESC LIMIT 1",
        names.table("run")
    );
    Ok(conn
        .rows(Query::of_ledger("reading the runs", &sql, vec![]), read)
        .await?
        .into_iter()
        .next())
}

/// The run of that id.
pub async fn by_id(conn: &mut Conn, names: &Names, id: &str) -> Result<Option<RunRow>, StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM {} WHERE id = ?", names.table("run"));
    Ok(conn
        .rows(
            Query::of_ledger("reading the runs", &sql, vec![id.into()]),
            read,
        )
        .await?
        .into_iter()
        .next())
}

/// What the digests of all runs cover whose text has a word, the oldest first. There are none where
/// there is no ledger, or none that the user may read.
pub async fn specs_with(
    conn: &mut Conn,
    names: &Names,
    word: &str,
) -> Result<Vec<String>, StoreError> {
    let sql = format!(
        "SELECT spec FROM {} WHERE spec LIKE ? ORDER BY created_ms, id",
        names.table("run")
    );
    let args = vec![format!("%{word}%").into()];
    let read = conn
        .rows(Query::of_ledger("reading the runs", &sql, args), |r| {
            r.owned(0)
        })
        .await;
    match read {
        Err(e) if matches!(e.class(), ErrorClass::Missing | ErrorClass::Denied) => Ok(Vec::new()),
        other => other,
    }
}

/// Creates a run, inside the caller's transaction.
pub async fn insert(conn: &mut Conn, names: &Names, run: &NewRun) -> Result<(), StoreError> {
    let sql = format!(
        "INSERT INTO {} (id, digest, spec, state, version, created_ms, estimate) VALUES (?, ?, ?, 'active', ?, {}, ?)",
        names.table("run"),
        conn.words().now_ms
    );
    let args = vec![
        run.id.as_str().into(),
        run.digest.as_str().into(),
        run.spec.as_str().into(),
        env!("CARGO_PKG_VERSION").into(),
        Arg::Int(run.estimate),
    ];
    conn.run(Query::of_ledger("creating the run", &sql, args))
        .await
        .map(|_| ())
}

/// A step of a run from one state to the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RunStep {
    /// The state that it must still have.
    pub from: RunState,
    /// The state that it gets.
    pub to: RunState,
}

/// Moves a run to its next state.
///
/// One that has it already stays so: the answer to an earlier try was lost.
///
/// # Errors
/// Where it is neither in `from` nor in `to`.
pub async fn set_state(
    conn: &mut Conn,
    names: &Names,
    id: &str,
    step: RunStep,
) -> Result<(), StoreError> {
    let RunStep { from, to } = step;
    debug_assert!(from.may_become(to), "{from:?} does not become {to:?}");
    let sql = format!(
        "UPDATE {} SET state = ?, finished_ms = {} WHERE id = ? AND state = ?",
        names.table("run"),
        conn.words().now_ms
    );
    let changed = conn
        .run(Query::of_ledger(
            "closing the run",
            &sql,
            vec![to.as_str().into(), id.into(), from.as_str().into()],
        ))
        .await?;
    let is_there = format!("state = '{}'", to.as_str());
    if changed == 1 || holds(conn, names, id, &is_there).await? {
        Ok(())
    } else {
        Err(StoreError::ledger(
            "closing the run",
            format!("run {id} is no longer {}", from.as_str()),
        ))
    }
}

/// Whether a condition holds for a run.
async fn holds(
    conn: &mut Conn,
    names: &Names,
    id: &str,
    condition: &str,
) -> Result<bool, StoreError> {
    let sql = format!(
        "SELECT {} FROM {} WHERE id = ?",
        conn.words().truth(condition),
        names.table("run")
    );
    let query = Query::of_ledger("reading the run's state", &sql, vec![id.into()]);
    let found = conn.rows(query, |r| Ok(r.number(0)? == 1)).await?;
    Ok(found.contains(&true))
}

/// Notes why an invocation ended.
pub async fn set_stopped(
    conn: &mut Conn,
    names: &Names,
    id: &str,
    stopped: &str,
) -> Result<(), StoreError> {
    let sql = format!("UPDATE {} SET stopped = ? WHERE id = ?", names.table("run"));
    conn.run(Query::of_ledger(
        "noting the outcome",
        &sql,
        vec![stopped.into(), id.into()],
    ))
    .await
    .map(|_| ())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_finished_run_never_changes_again() {
        for from in [RunState::Done, RunState::Abandoned] {
            for to in RunState::ALL {
                assert!(!from.may_become(to));
            }
        }
    }
}
