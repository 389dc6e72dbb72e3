//! One user's row: swapped once its password was found right, or a token was used up.
//!
//! Each call is a transaction of its own; what stands in the row is decided elsewhere.

use super::item::{KeptVerdict, Swap};
use super::swap::{Now, read_back, swap};
use super::verdicts::keep_verdicts;
use crate::failpoint::hit;
use crate::store::ledger::Names;
use crate::store::ledger::token::{self, UsedToken};
use crate::store::sql::{Conn, ErrorClass, StoreError};
use crate::store::table::{CredentialColumn, RowChange};

/// Writes one row's new value if the old one still stands there, and reads it back.
///
/// The old value is compared byte for byte; false where it does not stand there. With the new one
/// goes what the ledger keeps on the password, where there is a ledger that this user may write.
///
/// # Errors
/// Whatever the database says. `WrongReadBack`, and nothing is written, where other bytes than ours
/// would stand there.
pub async fn swap_row(
    conn: &mut Conn,
    names: &Names,
    column: &CredentialColumn,
    row: &Swap,
) -> Result<bool, StoreError> {
    match swap_and_keep(conn, names, column, row).await {
        // On PostgreSQL the whole transaction is undone by then. Without the table no verdict was
        // ever kept.
        Err(Unwritten::Verdict(error))
            if matches!(error.class(), ErrorClass::Missing | ErrorClass::Denied) =>
        {
            let unjudged = Swap {
                verdict: KeptVerdict::None,
                ..row.clone()
            };
            let unkept = swap_and_keep(conn, names, column, &unjudged).await;
            unkept.map_err(Unwritten::into_error)
        }
        answer => answer.map_err(Unwritten::into_error),
    }
}

/// A new password that a user has chosen with a token.
#[derive(Clone, Copy)]
pub struct ChosenPassword<'a> {
    /// The row, and what shall stand there.
    pub row: &'a Swap,
    /// The hash of the token that allows it.
    pub token_hash: &'a str,
}

/// Blind to the token's hash.
impl std::fmt::Debug for ChosenPassword<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ChosenPassword")
            .field("row", &self.row)
            .finish_non_exhaustive()
    }
}

/// Writes a new password's value, with what `on_reset.done` sets, and uses its token up.
///
/// False, and nothing is written, where the row was changed meanwhile or the token is no longer
/// good. To be called again with the same value where a COMMIT was not answered: what it wrote is
/// known by its salt.
///
/// # Errors
/// As for [`swap_row`].
pub async fn choose_password(
    conn: &mut Conn,
    names: &Names,
    column: &CredentialColumn,
    chosen: ChosenPassword<'_>,
) -> Result<bool, StoreError> {
    conn.begin().await?;
    match apply_choice(conn, names, column, chosen).await {
        Ok(ChoiceOutcome::Written) => {
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
            Ok(outcome == ChoiceOutcome::WrittenBefore)
        }
        Err(error) => {
            // The first error is the one that tells what happened.
            conn.rollback().await.ok();
            Err(error)
        }
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

/// What a transaction made of a password that was chosen.
#[derive(PartialEq, Eq)]
enum ChoiceOutcome {
    /// It is written and has to be committed.
    Written,
    /// An earlier transaction wrote it.
    WrittenBefore,
    /// It is not to be written.
    Refused,
}

/// Swaps a row and keeps the verdict on it, in a transaction of its own.
async fn swap_and_keep(
    conn: &mut Conn,
    names: &Names,
    column: &CredentialColumn,
    row: &Swap,
) -> Result<bool, Unwritten> {
    conn.begin().await.map_err(Unwritten::Value)?;
    match apply_swap(conn, names, column, row).await {
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

async fn apply_swap(
    conn: &mut Conn,
    names: &Names,
    column: &CredentialColumn,
    row: &Swap,
) -> Result<bool, Unwritten> {
    let is_ours = write_and_verify(conn, column, row.login_change(), row).await;
    let is_ours = is_ours.map_err(Unwritten::Value)?;
    if is_ours && row.verdict != KeptVerdict::None {
        let kept = keep_verdicts(conn, names, column, &[row]).await;
        kept.map_err(Unwritten::Verdict)?;
    }
    Ok(is_ours)
}

async fn apply_choice(
    conn: &mut Conn,
    names: &Names,
    column: &CredentialColumn,
    chosen: ChosenPassword<'_>,
) -> Result<ChoiceOutcome, StoreError> {
    let ChosenPassword { row, token_hash } = chosen;
    // The row comes first: two tokens of one user meet at its lock, and neither waits for the
    // other's token.
    let change = RowChange::Done(row.new_form());
    if !write_and_verify(conn, column, change, row).await? {
        let batch = std::slice::from_ref(row);
        let now = read_back(conn, column, change, batch).await?;
        return Ok(match now.first() {
            Some(Now::Ours) => ChoiceOutcome::WrittenBefore,
            _ => ChoiceOutcome::Refused,
        });
    }
    hit("choose-after-swap");
    let used = UsedToken {
        hash: token_hash,
        credential: &column.credential,
        row_key: &row.key.to_ledger_line(),
    };
    let is_good = token::use_up(conn, names, used).await?;
    Ok(if is_good {
        ChoiceOutcome::Written
    } else {
        ChoiceOutcome::Refused
    })
}

/// Swaps a row and reads it again; false where the old value does not stand there.
async fn write_and_verify(
    conn: &mut Conn,
    column: &CredentialColumn,
    change: RowChange,
    row: &Swap,
) -> Result<bool, StoreError> {
    let batch = std::slice::from_ref(row);
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
