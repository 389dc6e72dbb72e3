//! One user's row: found by the login that was typed, and swapped once its password was found right, or a token was used up.
//!
//! Each call is a transaction of its own; what stands in the row is decided elsewhere.

use super::item::{Swap, Verdict};
use super::page::{PageTarget, keep_verdicts};
use super::swap::{Now, read_back, swap};
use crate::failpoint::hit;
use crate::store::ledger::{Names, token};
use crate::store::sql::{Conn, StoreError, Trouble};
use crate::store::table::{Change, Column};

/// Writes one row's new value if the old one still stands there, byte for byte, and reads it back; false where it does not. With it goes
/// what the ledger keeps on the password behind it, where there is a ledger that this user may write.
///
/// # Errors
/// Whatever the database says; `WrongReadBack`, and nothing is written, where other bytes than ours would have stood there.
pub async fn swap_row(
    conn: &mut Conn,
    names: &Names,
    column: &Column,
    row: &Swap,
) -> Result<bool, StoreError> {
    let target = &PageTarget { names, column };
    match swap_with(conn, target, row, row.verdict).await {
        // On PostgreSQL the whole transaction is undone by then. Without the table no verdict was ever kept.
        Err(Unwritten::Verdict(error))
            if matches!(error.trouble(), Trouble::Missing | Trouble::Denied) =>
        {
            let unkept = swap_with(conn, target, row, Verdict::None).await;
            unkept.map_err(Unwritten::into_error)
        }
        answer => answer.map_err(Unwritten::into_error),
    }
}

/// What a swap failed at.
enum Unwritten {
    Value(StoreError),
    Verdict(StoreError),
}

impl Unwritten {
    fn into_error(self) -> StoreError {
        match self {
            Self::Value(error) | Self::Verdict(error) => error,
        }
    }
}

async fn swap_with(
    conn: &mut Conn,
    target: &PageTarget<'_>,
    row: &Swap,
    verdict: Verdict,
) -> Result<bool, Unwritten> {
    conn.begin().await.map_err(Unwritten::Value)?;
    match swapped(conn, target, row, verdict).await {
        Ok(true) => {
            hit("login-before-commit");
            conn.commit().await.map_err(Unwritten::Value)?;
            hit("login-after-commit");
            Ok(true)
        }
        Ok(false) => {
            conn.rollback().await.map_err(Unwritten::Value)?;
            Ok(false)
        }
        Err(error) => {
            // The first error is the one that tells what happened.
            conn.rollback().await.ok();
            Err(error)
        }
    }
}

async fn swapped(
    conn: &mut Conn,
    target: &PageTarget<'_>,
    row: &Swap,
    verdict: Verdict,
) -> Result<bool, Unwritten> {
    let batch = std::slice::from_ref(row);
    let is_ours = written(conn, target.column, Change::Value, batch).await;
    let is_ours = is_ours.map_err(Unwritten::Value)?;
    if is_ours && verdict != Verdict::None {
        let kept = keep_verdicts(conn, target, &[row]).await;
        kept.map_err(Unwritten::Verdict)?;
    }
    Ok(is_ours)
}

/// Writes a new password's value if the old one still stands there, with what `on_reset.done` sets, and uses the token up that allowed it;
/// false, and nothing is written, where the row was changed meanwhile or the token is no longer good.
///
/// To be called again with the same value where a COMMIT was not answered: what it wrote is known by its salt.
///
/// # Errors
/// As for [`swap_row`].
pub async fn choose_password(
    conn: &mut Conn,
    names: &Names,
    column: &Column,
    row: &Swap,
    token_hash: &str,
) -> Result<bool, StoreError> {
    conn.begin().await?;
    match chosen(conn, names, column, row, token_hash).await {
        Ok(Chosen::Now) => {
            hit("choose-before-commit");
            conn.commit().await?;
            hit("choose-after-commit");
            if hit("choose-answer") {
                return Err(StoreError::answer_lost());
            }
            Ok(true)
        }
        Ok(outcome) => {
            conn.rollback().await?;
            Ok(outcome == Chosen::Before)
        }
        Err(error) => {
            // The first error is the one that tells what happened.
            conn.rollback().await.ok();
            Err(error)
        }
    }
}

/// What a transaction made of a password that was chosen.
#[derive(PartialEq, Eq)]
enum Chosen {
    /// It is written and has to be committed.
    Now,
    /// An earlier transaction wrote it.
    Before,
    /// It is not to be written.
    No,
}

async fn chosen(
    conn: &mut Conn,
    names: &Names,
    column: &Column,
    row: &Swap,
    token_hash: &str,
) -> Result<Chosen, StoreError> {
    let batch = std::slice::from_ref(row);
    // The row comes first: two tokens of one user meet at its lock, and neither waits for the other's token.
    if !written(conn, column, Change::Done, batch).await? {
        let now = read_back(conn, column, Change::Done, batch).await?;
        return Ok(match now.first() {
            Some(Now::Ours) => Chosen::Before,
            _ => Chosen::No,
        });
    }
    hit("choose-after-swap");
    let row_key = row.key.to_ledger_line();
    let credential = &column.credential;
    let is_good = token::use_up(conn, names, token_hash, credential, &row_key).await?;
    Ok(if is_good { Chosen::Now } else { Chosen::No })
}

async fn written(
    conn: &mut Conn,
    column: &Column,
    change: Change,
    batch: &[Swap],
) -> Result<bool, StoreError> {
    if swap(conn, column, change, batch).await? == 0 {
        return Ok(false);
    }
    // A trigger, a lossy conversion or a cut would lock the user out.
    match read_back(conn, column, change, batch).await?.first() {
        Some(Now::Ours) => Ok(true),
        _ => Err(StoreError::WrongReadBack {
            credential: column.credential.clone(),
            rows: 1,
        }),
    }
}
