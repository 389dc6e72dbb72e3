//! Whether the lines of the ledger agree with one another: runs, their chunks, and what was noted
//! of their rows.
//!
//! What saltern writes agrees at every moment, because it commits together. What does not agree was
//! written by somebody else, or is of different moments.

use std::collections::HashMap;

use super::accounts::Accounts;
use super::chunk::ChunkState;
use super::names::Names;
use super::run::RunState;
use crate::store::sql::{Conn, Query, StoreError};

const OP: &str = "looking whether the ledger agrees with itself";

/// A chunk, with everything that must agree.
#[derive(Clone, Debug)]
struct ChunkFacts {
    no: i64,
    credential: String,
    pass: i64,
    lo: Option<String>,
    hi: Option<String>,
    state: String,
    owner: Option<String>,
    commits: i64,
    accounts: Accounts,
}

/// What was noted of a run's rows.
#[derive(Clone, Debug, Default)]
struct NotedRows {
    /// By chunk, the last page of which wrapped rows were noted.
    last_wrapped_page: HashMap<i64, i64>,
    /// By chunk, how many rows were noted as reset.
    reset: HashMap<i64, i64>,
    /// By credential, how many rows are listed in the quarantine.
    quarantined: HashMap<String, i64>,
    /// The same, read after the chunks.
    quarantined_later: HashMap<String, i64>,
}

/// What does not agree in the whole ledger, of the newest version.
///
/// # Errors
/// Where the database can't be asked.
pub async fn check_ledger(conn: &mut Conn, names: &Names) -> Result<Vec<String>, StoreError> {
    let mut faults = Vec::new();
    let run_table = names.table("run");
    for table in ["chunk", "worker", "quarantine", "reset", "wrapped"] {
        let sql = format!(
            "SELECT run, COUNT(*) FROM {} WHERE run NOT IN (SELECT id FROM {run_table}) GROUP BY run ORDER BY run",
            names.table(table)
        );
        let query = Query::of_ledger(OP, &sql, vec![]);
        let orphans = conn
            .rows(query, |r| Ok((r.owned(0)?, r.number(1)?)))
            .await?;
        faults.extend(orphans.into_iter().map(|(run, lines)| {
            format!(
                "{lines} lines of {} are of run {run}, and the ledger has no such run",
                names.shown(table)
            )
        }));
    }
    let sql = format!("SELECT id, state FROM {run_table} ORDER BY created_ms, id");
    let query = Query::of_ledger(OP, &sql, vec![]);
    let runs = conn.rows(query, |r| Ok((r.owned(0)?, r.owned(1)?))).await?;
    for (id, state) in runs {
        match RunState::ALL
            .into_iter()
            .find(|known| known.as_str() == state)
        {
            Some(state) => faults.extend(check_run(conn, names, &id, state).await?),
            None => faults.push(format!(
                "run {id} is in the state {state:?}, and there is none"
            )),
        }
    }
    Ok(faults)
}

/// What does not agree about one run.
///
/// # Errors
/// Where the database can't be asked.
pub async fn check_run(
    conn: &mut Conn,
    names: &Names,
    id: &str,
    state: RunState,
) -> Result<Vec<String>, StoreError> {
    // The run may be written meanwhile. What was noted is read before the chunks, which then count
    // as much at the least.
    let of_chunks = |number: &str, table: &str| {
        let table = names.table(table);
        format!("SELECT chunk, {number} FROM {table} WHERE run = ? GROUP BY chunk")
    };
    let wrapped = of_chunks("MAX(page)", "wrapped");
    let reset = of_chunks("COUNT(*)", "reset");
    let mut noted = NotedRows {
        last_wrapped_page: by_chunk(conn, &wrapped, id).await?,
        reset: by_chunk(conn, &reset, id).await?,
        quarantined: quarantined(conn, names, id).await?,
        quarantined_later: HashMap::new(),
    };
    let chunks = chunks(conn, names, id).await?;
    noted.quarantined_later = quarantined(conn, names, id).await?;
    let faults = disagreements(state, &chunks, &noted);
    Ok(faults
        .into_iter()
        .map(|fault| format!("run {id}: {fault}"))
        .collect())
}

/// By credential, how many rows of a run are listed in the quarantine.
async fn quarantined(
    conn: &mut Conn,
    names: &Names,
    id: &str,
) -> Result<HashMap<String, i64>, StoreError> {
    let sql = format!(
        "SELECT credential, COUNT(*) FROM {} WHERE run = ? GROUP BY credential",
        names.table("quarantine")
    );
    let query = Query::of_ledger(OP, &sql, vec![id.into()]);
    let rows = conn
        .rows(query, |r| Ok((r.owned(0)?, r.number(1)?)))
        .await?;
    Ok(rows.into_iter().collect())
}

/// A number for each chunk of a run.
async fn by_chunk(conn: &mut Conn, sql: &str, id: &str) -> Result<HashMap<i64, i64>, StoreError> {
    let query = Query::of_ledger(OP, sql, vec![id.into()]);
    let rows = conn
        .rows(query, |r| Ok((r.number(0)?, r.number(1)?)))
        .await?;
    Ok(rows.into_iter().collect())
}

async fn chunks(conn: &mut Conn, names: &Names, id: &str) -> Result<Vec<ChunkFacts>, StoreError> {
    let sql = format!(
        "SELECT no, credential, pass, lo, hi, state, owner, commits, seen, candidates, done, superseded, deleted, quarantined \
         FROM {} WHERE run = ? ORDER BY no",
        names.table("chunk")
    );
    let query = Query::of_ledger(OP, &sql, vec![id.into()]);
    conn.rows(query, |r| {
        let text = |i: usize| r.text(i).map(|text| text.map(str::to_owned));
        Ok(ChunkFacts {
            no: r.number(0)?,
            credential: r.owned(1)?,
            pass: r.number(2)?,
            lo: text(3)?,
            hi: text(4)?,
            state: r.owned(5)?,
            owner: text(6)?,
            commits: r.number(7)?,
            accounts: Accounts {
                seen: r.number(8)?,
                candidates: r.number(9)?,
                done: r.number(10)?,
                superseded: r.number(11)?,
                deleted: r.number(12)?,
                quarantined: r.number(13)?,
            },
        })
    })
    .await
}

fn disagreements(state: RunState, chunks: &[ChunkFacts], noted: &NotedRows) -> Vec<String> {
    let mut faults = Vec::new();
    let expected = (0..).zip(chunks);
    if let Some((no, _)) = expected.clone().find(|(no, chunk)| chunk.no != *no) {
        faults.push(format!("it has no chunk {no}, and later ones"));
    }
    for chunk in chunks {
        faults.extend(chunk_faults(state, chunk));
    }
    faults.extend(gaps(chunks));
    let of = |no: &i64| chunks.iter().find(|chunk| chunk.no == *no);
    for (no, page) in &noted.last_wrapped_page {
        match of(no) {
            None => faults.push(format!("rows were wrapped in chunk {no}, and it has no such chunk")),
            Some(chunk) if *page >= chunk.commits => faults.push(format!(
                "rows were wrapped in the commit number {} of chunk {no}, which says that it had {}",
                page + 1,
                chunk.commits
            )),
            Some(_) => {}
        }
    }
    for (no, rows) in &noted.reset {
        match of(no) {
            None => faults.push(format!(
                "rows were reset in chunk {no}, and it has no such chunk"
            )),
            Some(chunk) if *rows > chunk.accounts.done => faults.push(format!(
                "{rows} rows were reset in chunk {no}, which says that {} were changed",
                chunk.accounts.done
            )),
            Some(_) => {}
        }
    }
    let mut quarantined: HashMap<&str, i64> = HashMap::new();
    for chunk in chunks {
        *quarantined.entry(&chunk.credential).or_default() += chunk.accounts.quarantined;
    }
    for (credential, listed) in &noted.quarantined {
        // A row may be left alone once more by a later pass, and stands in the list once.
        let counted = quarantined.get(credential.as_str()).copied().unwrap_or(0);
        if *listed > counted {
            faults.push(format!(
                "{listed} rows of {credential} are listed in the quarantine, and its chunks count {counted}"
            ));
        }
    }
    for (credential, counted) in quarantined {
        if counted > 0 && !noted.quarantined_later.contains_key(credential) {
            faults.push(format!(
                "its chunks count {counted} rows of {credential} in the quarantine, and none is listed"
            ));
        }
    }
    faults.sort();
    faults
}

fn chunk_faults(run: RunState, chunk: &ChunkFacts) -> Vec<String> {
    let ChunkFacts { no, accounts, .. } = chunk;
    let mut faults = Vec::new();
    let counts = [
        accounts.seen,
        accounts.candidates,
        accounts.done,
        accounts.superseded,
        accounts.deleted,
        accounts.quarantined,
        chunk.commits,
    ];
    if !accounts.add_up() || counts.iter().any(|count| *count < 0) {
        faults.push(format!(
            "the counts of chunk {no} do not add up: {} candidates, of which {} done, {} superseded, {} deleted, {} quarantined",
            accounts.candidates, accounts.done, accounts.superseded, accounts.deleted, accounts.quarantined
        ));
    }
    match ChunkState::parse(&chunk.state) {
        None => faults.push(format!(
            "chunk {no} is in the state {:?}, and there is none",
            chunk.state
        )),
        Some(ChunkState::Leased) if chunk.owner.is_none() => {
            faults.push(format!("chunk {no} is leased to nobody"));
        }
        // What an interrupted sweep left is closed with the run, since version 9.
        Some(state) if run == RunState::Done && state != ChunkState::Done && chunk.pass == 0 => {
            faults.push(format!(
                "the run is done, and its chunk {no} is {}",
                chunk.state
            ));
        }
        Some(_) => {}
    }
    faults
}

/// Chunks of the first pass that leave keys out, or have them twice.
fn gaps(chunks: &[ChunkFacts]) -> Vec<String> {
    let mut by_credential: HashMap<&str, Vec<&ChunkFacts>> = HashMap::new();
    for chunk in chunks.iter().filter(|chunk| chunk.pass == 0) {
        by_credential
            .entry(&chunk.credential)
            .or_default()
            .push(chunk);
    }
    let mut faults = Vec::new();
    for (credential, chunks) in by_credential {
        let is_whole = chunks.first().is_some_and(|first| first.lo.is_none())
            && chunks.last().is_some_and(|last| last.hi.is_none())
            && chunks
                .windows(2)
                .all(|two| two[0].hi.is_some() && two[0].hi == two[1].lo);
        if !is_whole {
            faults.push(format!(
                "the chunks of its first pass do not cover every key of {credential} once"
            ));
        }
    }
    faults
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chunk(no: i64, lo: Option<&str>, hi: Option<&str>) -> ChunkFacts {
        ChunkFacts {
            no,
            credential: "users".to_owned(),
            pass: 0,
            lo: lo.map(str::to_owned),
            hi: hi.map(str::to_owned),
            state: "done".to_owned(),
            owner: None,
            commits: 2,
            accounts: Accounts {
                seen: 9,
                candidates: 5,
                done: 4,
                quarantined: 1,
                ..Accounts::default()
            },
        }
    }

    fn whole() -> (Vec<ChunkFacts>, NotedRows) {
        let chunks = vec![
            chunk(0, None, Some("5")),
            chunk(1, Some("5"), None),
            ChunkFacts {
                pass: 1,
                ..chunk(2, None, None)
            },
        ];
        let noted = NotedRows {
            last_wrapped_page: HashMap::from([(0, 1), (1, 0)]),
            reset: HashMap::from([(0, 4)]),
            quarantined: HashMap::from([("users".to_owned(), 2)]),
            quarantined_later: HashMap::from([("users".to_owned(), 2)]),
        };
        (chunks, noted)
    }

    /// Changes something in a ledger that agrees, and says what does not any more.
    fn check(change: impl FnOnce(&mut Vec<ChunkFacts>, &mut NotedRows), says: &str) {
        let (mut chunks, mut noted) = whole();
        change(&mut chunks, &mut noted);
        let faults = disagreements(RunState::Done, &chunks, &noted);
        assert!(
            faults.iter().any(|fault| fault.contains(says)),
            "{says}: {faults:?}"
        );
    }

    #[test]
    fn a_run_that_saltern_wrote_agrees() {
        let (chunks, noted) = whole();
        assert_eq!(
            disagreements(RunState::Done, &chunks, &noted),
            Vec::<String>::new()
        );
        // A reset with --limit has no chunk yet when it is created.
        let none = disagreements(RunState::Active, &[], &NotedRows::default());
        assert_eq!(none, Vec::<String>::new());
    }

    #[test]
    fn each_line_that_was_changed_by_hand_is_told() {
        check(|chunks, _| drop(chunks.remove(0)), "it has no chunk 0");
        check(|chunks, _| drop(chunks.remove(1)), "do not cover every key");
        check(|chunks, _| drop(chunks.remove(1)), "it has no such chunk");
        check(
            |chunks, _| chunks[0].hi = Some("4".to_owned()),
            "do not cover every key",
        );
        check(|chunks, _| chunks[0].accounts.done = 3, "do not add up");
        check(
            |chunks, _| chunks[0].accounts.superseded = -1,
            "do not add up",
        );
        check(
            |chunks, _| chunks[0].state = "gone".to_owned(),
            "there is none",
        );
        check(
            |chunks, _| chunks[0].state = "leased".to_owned(),
            "leased to nobody",
        );
        check(
            |chunks, _| chunks[0].state = "pending".to_owned(),
            "the run is done",
        );
        check(|chunks, _| chunks[0].commits = 1, "commit number 2");
        check(|_, noted| noted.quarantined_later.clear(), "none is listed");
        check(
            |_, noted| {
                noted.quarantined.insert("users".to_owned(), 9);
            },
            "9 rows",
        );
        check(
            |_, noted| {
                noted.reset.insert(1, 5);
            },
            "5 rows were reset in chunk 1",
        );
    }
}
