//! The `reset_token` table: each token's hash, whose it is, what it is bound to, when it ends.
//!
//! A token is good until it is used, a later one is asked for, or its time is over. Time is the
//! database's. The caller checks whether its row still has the value that it is bound to.

use super::names::Names;
use crate::failpoint::hit;
use crate::reset::KeptToken;
use crate::store::sql::{Arg, Conn, ErrorClass, Query, StoreError};

/// A token that somebody asked for.
#[derive(Clone, Debug)]
pub struct NewToken<'a> {
    /// What is kept of it.
    pub kept: &'a KeptToken,
    /// The credential's name.
    pub credential: &'a str,
    /// The key of its row, in the ledger's form; of no row, a text that is no key.
    pub row_key: &'a str,
    /// How long it is good.
    pub life_ms: i64,
}

/// A token that is good.
#[derive(Clone, PartialEq, Eq)]
pub struct TokenLine {
    /// The credential's name.
    pub credential: String,
    /// The key of its row, in the ledger's form.
    pub row_key: String,
    /// What it is bound to.
    pub value_mac: String,
}

/// Blind to what the token is bound to.
impl std::fmt::Debug for TokenLine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TokenLine")
            .field("credential", &self.credential)
            .field("row_key", &self.row_key)
            .finish_non_exhaustive()
    }
}

/// The batch of tokens that were asked for one by one.
const ON_DEMAND: &str = "";

/// Keeps a token in place of the one that was asked for before, in a transaction of its own.
///
/// # Errors
/// Whatever the database says; then nothing was kept.
pub async fn issue(conn: &mut Conn, names: &Names, new: &NewToken<'_>) -> Result<(), StoreError> {
    conn.begin().await?;
    match replace(conn, names, new).await {
        Ok(()) => {
            hit("token-before-commit");
            conn.commit().await?;
            hit("token-after-commit");
            Ok(())
        }
        Err(error) => {
            // The first error is the one that tells what happened.
            conn.rollback().await.ok();
            Err(error)
        }
    }
}

async fn replace(conn: &mut Conn, names: &Names, new: &NewToken<'_>) -> Result<(), StoreError> {
    const OP: &str = "keeping a token";
    let table = names.table("reset_token");
    let delete = format!("DELETE FROM {table} WHERE credential = ? AND row_key = ? AND batch = ?");
    let args = vec![new.credential.into(), new.row_key.into(), ON_DEMAND.into()];
    conn.run(Query::of_ledger(OP, &delete, args)).await?;
    let now = conn.words().now_ms;
    let insert = format!(
        "INSERT INTO {table} (token_hash, credential, row_key, value_mac, batch, made_ms, expires_ms) VALUES (?, ?, ?, ?, ?, {now}, {now} + ?)"
    );
    let args = vec![
        new.kept.hash.as_str().into(),
        new.credential.into(),
        new.row_key.into(),
        new.kept.value_mac.as_str().into(),
        ON_DEMAND.into(),
        Arg::Int(new.life_ms),
    ];
    conn.run(Query::of_ledger(OP, &insert, args))
        .await
        .map(|_| ())
}

/// The token of that hash, if it is good.
///
/// Of those that a user asked for, the last one is. Two that are asked for at once may both stand
/// in the table, because neither sees the other's line.
///
/// # Errors
/// Whatever the database says.
pub async fn find(
    conn: &mut Conn,
    names: &Names,
    token_hash: &str,
) -> Result<Option<TokenLine>, StoreError> {
    let table = names.table("reset_token");
    let sql = format!(
        "SELECT t.credential, t.row_key, t.value_mac FROM {table} t WHERE t.token_hash = ? AND t.expires_ms > {} \
         AND NOT EXISTS (SELECT 1 FROM {table} l WHERE t.batch = ? AND l.batch = ? AND l.credential = t.credential AND l.row_key = t.row_key \
         AND (l.made_ms > t.made_ms OR l.made_ms = t.made_ms AND l.token_hash > t.token_hash))",
        conn.words().now_ms
    );
    let args = vec![token_hash.into(), ON_DEMAND.into(), ON_DEMAND.into()];
    let found = conn
        .rows(Query::of_ledger("looking a token up", &sql, args), |row| {
            Ok(TokenLine {
                credential: row.owned(0)?,
                row_key: row.owned(1)?,
                value_mac: row.owned(2)?,
            })
        })
        .await?;
    Ok(found.into_iter().next())
}

/// A token that is used, and the row that it is used for.
pub(crate) struct UsedToken<'a> {
    pub(crate) hash: &'a str,
    /// The credential's name.
    pub(crate) credential: &'a str,
    /// The key of the row, in the ledger's form.
    pub(crate) row_key: &'a str,
}

/// Uses a token up, and with it every other one of its row, inside the caller's transaction.
///
/// False where it is no longer good.
pub(crate) async fn use_up(
    conn: &mut Conn,
    names: &Names,
    used: UsedToken<'_>,
) -> Result<bool, StoreError> {
    let UsedToken {
        hash,
        credential,
        row_key,
    } = used;
    const OP: &str = "using a token up";
    let table = names.table("reset_token");
    let this = format!(
        "DELETE FROM {table} WHERE token_hash = ? AND credential = ? AND row_key = ? AND expires_ms > {}",
        conn.words().now_ms
    );
    let args = vec![hash.into(), credential.into(), row_key.into()];
    if conn.run(Query::of_ledger(OP, &this, args)).await? != 1 {
        return Ok(false);
    }
    let others = format!("DELETE FROM {table} WHERE credential = ? AND row_key = ?");
    let args = vec![credential.into(), row_key.into()];
    conn.run(Query::of_ledger(OP, &others, args)).await?;
    Ok(true)
}

/// Forgets the tokens whose time is over.
///
/// # Errors
/// Whatever the database says.
pub async fn forget_expired(conn: &mut Conn, names: &Names) -> Result<u64, StoreError> {
    let sql = format!(
        "DELETE FROM {} WHERE expires_ms > 0 AND expires_ms <= {}",
        names.table("reset_token"),
        conn.words().now_ms
    );
    conn.run(Query::of_ledger("forgetting expired tokens", &sql, vec![]))
        .await
}

/// What is known of a batch: the tokens of one file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BatchState {
    /// There is none.
    Gone,
    /// Its file is not whole, and none of its tokens is good.
    Unfinished,
    /// Its tokens are good.
    Good,
}

/// So many tokens go into one statement: four parameters each, and SQLite takes 32,766.
const BATCH_ROWS: usize = 500;

/// Tokens of one file.
#[derive(Clone, Copy, Debug)]
pub struct NewBatch<'a> {
    /// The batch: the file's id.
    pub batch: &'a str,
    /// The credential's name.
    pub credential: &'a str,
    /// The tokens, each with the key of its row in the ledger's form.
    pub tokens: &'a [(String, KeptToken)],
}

/// Keeps tokens of a file that is still being written: none of them is good yet.
///
/// To be called again where there was no answer.
///
/// # Errors
/// Whatever the database says.
pub async fn keep_batch(
    conn: &mut Conn,
    names: &Names,
    new: NewBatch<'_>,
) -> Result<(), StoreError> {
    let NewBatch {
        batch,
        credential,
        tokens,
    } = new;
    let unless_it_is_there = conn.words().upsert.keep("expires_ms");
    let one = format!("(?, ?, ?, ?, ?, {}, 0)", conn.words().now_ms);
    for part in tokens.chunks(BATCH_ROWS) {
        let sql = format!(
            "INSERT INTO {} (token_hash, credential, row_key, value_mac, batch, made_ms, expires_ms) VALUES {} {unless_it_is_there}",
            names.table("reset_token"),
            vec![one.as_str(); part.len()].join(", ")
        );
        let args = part
            .iter()
            .flat_map(|(row_key, kept)| -> [Arg; 5] {
                [
                    kept.hash.as_str().into(),
                    credential.into(),
                    row_key.as_str().into(),
                    kept.value_mac.as_str().into(),
                    batch.into(),
                ]
            })
            .collect();
        conn.run(Query::of_ledger("keeping tokens", &sql, args))
            .await?;
    }
    Ok(())
}

/// A batch whose file is on the disk.
#[derive(Clone, Copy, Debug)]
pub struct WholeBatch<'a> {
    /// What it was called while its file was written.
    pub made_as: &'a str,
    /// What it is called from now on: the digest of its file, by which the file is known again.
    pub digest: &'a str,
}

/// Makes all tokens of a file good, at once and for so long from now.
///
/// # Errors
/// Whatever the database says; to be called again where there was no answer.
pub async fn make_good(
    conn: &mut Conn,
    names: &Names,
    batch: WholeBatch<'_>,
    life_ms: i64,
) -> Result<(), StoreError> {
    let sql = format!(
        "UPDATE {} SET expires_ms = {} + ?, batch = ? WHERE batch = ?",
        names.table("reset_token"),
        conn.words().now_ms
    );
    let args = vec![Arg::Int(life_ms), batch.digest.into(), batch.made_as.into()];
    conn.run(Query::of_ledger("making tokens good", &sql, args))
        .await
        .map(|_| ())
}

/// What became of a file's tokens.
///
/// # Errors
/// Whatever the database says.
pub async fn batch(conn: &mut Conn, names: &Names, batch: &str) -> Result<BatchState, StoreError> {
    let sql = format!(
        "SELECT expires_ms FROM {} WHERE batch = ? ORDER BY expires_ms DESC LIMIT 1",
        names.table("reset_token")
    );
    let args = vec![batch.into()];
    let ends = conn
        .rows(Query::of_ledger("looking for tokens", &sql, args), |row| {
            row.number(0)
        })
        .await?;
    Ok(match ends.first() {
        None => BatchState::Gone,
        Some(0) => BatchState::Unfinished,
        Some(_) => BatchState::Good,
    })
}

/// Which files' tokens are forgotten.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StaleBatches {
    /// Those of files that were never whole.
    Unfinished,
    /// Those of every file.
    All,
}

/// Forgets the tokens of files. Whoever calls it holds the columns' locks.
///
/// # Errors
/// Whatever the database says.
pub async fn forget_batches(
    conn: &mut Conn,
    names: &Names,
    credentials: &[String],
    which: StaleBatches,
) -> Result<(), StoreError> {
    let which = match which {
        StaleBatches::Unfinished => " AND expires_ms = 0",
        StaleBatches::All => "",
    };
    let sql = format!(
        "DELETE FROM {} WHERE credential = ? AND batch <> ?{which}",
        names.table("reset_token")
    );
    for credential in credentials {
        let args = vec![credential.as_str().into(), ON_DEMAND.into()];
        conn.run(Query::of_ledger("forgetting tokens", &sql, args))
            .await?;
    }
    Ok(())
}

/// Hands to `each` the key of every row that has a good token from a file.
///
/// There are none where there is no such table.
///
/// # Errors
/// Whatever the database says other than that the table is not there.
pub async fn each_good(
    conn: &mut Conn,
    names: &Names,
    credential: &str,
    each: &mut (dyn FnMut(&str) + Send),
) -> Result<(), StoreError> {
    let sql = format!(
        "SELECT row_key FROM {} WHERE credential = ? AND batch <> ? AND expires_ms > {}",
        names.table("reset_token"),
        conn.words().now_ms
    );
    let args = vec![credential.into(), ON_DEMAND.into()];
    let read = conn
        .each_row(
            Query::of_ledger("reading who has a token", &sql, args),
            &mut |row| {
                each(&row.owned(0)?);
                Ok(true)
            },
        )
        .await;
    match read {
        // MySQL denies a table that is not there to a user who was granted nothing on it.
        Err(e) if matches!(e.class(), ErrorClass::Missing | ErrorClass::Denied) => Ok(()),
        other => other,
    }
}
