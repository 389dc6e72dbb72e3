//! The `reset_token` table: of each token its hash, whose it is, what it is bound to and when it ends. Time is the database's.
//!
//! A token is good until it is used, a later one is asked for, or its time is over; whether its row still has the value that it is bound to
//! is for the caller to look at.

use super::names::Names;
use crate::failpoint::hit;
use crate::reset::KeptToken;
use crate::store::conn::{Arg, Conn};
use crate::store::error::{Quote, StoreError};
use crate::store::sql::now_ms;

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
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenLine {
    /// The credential's name.
    pub credential: String,
    /// The key of its row, in the ledger's form.
    pub row_key: String,
    /// What it is bound to.
    pub value_mac: String,
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
    conn.run(OP, Quote::Message, &delete, args).await?;
    let now = now_ms(conn.kind());
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
    conn.run(OP, Quote::Message, &insert, args)
        .await
        .map(|_| ())
}

/// The token of that hash, if it is good.
///
/// # Errors
/// Whatever the database says.
pub async fn find(
    conn: &mut Conn,
    names: &Names,
    token_hash: &str,
) -> Result<Option<TokenLine>, StoreError> {
    let sql = format!(
        "SELECT credential, row_key, value_mac FROM {} WHERE token_hash = ? AND expires_ms > {}",
        names.table("reset_token"),
        now_ms(conn.kind())
    );
    let args = vec![token_hash.into()];
    let found = conn
        .rows("looking a token up", Quote::Message, &sql, args, |row| {
            Ok(TokenLine {
                credential: row.owned(0)?,
                row_key: row.owned(1)?,
                value_mac: row.owned(2)?,
            })
        })
        .await?;
    Ok(found.into_iter().next())
}

/// Uses a token up, and with it every other one of its row, inside the caller's transaction; false where it is no longer good.
pub(crate) async fn use_up(
    conn: &mut Conn,
    names: &Names,
    token_hash: &str,
    credential: &str,
    row_key: &str,
) -> Result<bool, StoreError> {
    const OP: &str = "using a token up";
    let table = names.table("reset_token");
    let this = format!(
        "DELETE FROM {table} WHERE token_hash = ? AND credential = ? AND row_key = ? AND expires_ms > {}",
        now_ms(conn.kind())
    );
    let args = vec![token_hash.into(), credential.into(), row_key.into()];
    if conn.run(OP, Quote::Message, &this, args).await? != 1 {
        return Ok(false);
    }
    let others = format!("DELETE FROM {table} WHERE credential = ? AND row_key = ?");
    let args = vec![credential.into(), row_key.into()];
    conn.run(OP, Quote::Message, &others, args).await?;
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
        now_ms(conn.kind())
    );
    conn.run("forgetting expired tokens", Quote::Message, &sql, vec![])
        .await
}
