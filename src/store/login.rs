//! One user's row: found by the login that was typed, and swapped once its password was found right, or a token was used up.
//!
//! Each call is a transaction of its own; what stands in the row is decided elsewhere.

use super::batch::{Now, Swap, Verdict, read_back, swap};
use super::change::Change;
use super::column::Column;
use super::conn::{Arg, Conn, Kind};
use super::describe::{ColumnInfo, Family};
use super::error::{Quote, StoreError, Trouble};
use super::ledger::{Names, token};
use super::page::{PageTarget, keep_verdicts};
use super::rows::{Row, keep, select_list};
use super::sql::Ident;
use crate::failpoint::hit;

/// Reads the rows that have this login, at most two: more than one is one too many already. None where the credential names no login.
///
/// What is equal is for the column's own collation to say, as it is for the application.
///
/// # Errors
/// Whatever the database says.
pub async fn read_login(
    conn: &mut Conn,
    column: &Column,
    login: &str,
) -> Result<Vec<Row>, StoreError> {
    let Some(name) = &column.known.login else {
        return Ok(Vec::new());
    };
    let Some((equal, arg)) = equal(column, column.table.find(name)?, login)? else {
        return Ok(Vec::new());
    };
    let (select, layout) = select_list(column, true, column.unicode.is_some());
    let kinds = column.key_kinds();
    let filter = column
        .filter
        .as_ref()
        .map(|f| format!(" AND {f}"))
        .unwrap_or_default();
    let sql = format!(
        "SELECT {select} FROM {} t WHERE {equal}{filter} LIMIT 2",
        column.table_ident
    );
    conn.begin().await?;
    let rows = conn
        .rows(
            "reading a row of the user table by its login",
            Quote::CodeOnly,
            &sql,
            vec![arg],
            |row| keep(column, &kinds, &layout, row),
        )
        .await;
    conn.rollback().await?;
    rows
}

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

/// The condition on the login's column, so that an index on it serves, and the value to bind; none where no row can have such a login.
fn equal(
    column: &Column,
    info: &ColumnInfo,
    login: &str,
) -> Result<Option<(String, Arg)>, StoreError> {
    let at = format!("t.{}", Ident::new(column.kind, &info.name)?);
    // PostgreSQL refuses NUL in a text, and no other database's users type it.
    if login.contains('\0') {
        return Ok(None);
    }
    let text = Arg::Text(login.to_owned());
    Ok(Some(match (column.kind, info.family) {
        // MySQL would take "1x" for 1.
        (Kind::Postgres | Kind::MySql, Family::Int | Family::Uint) => match login.parse::<i64>() {
            Ok(number) => (format!("{at} = ?"), Arg::Int(number)),
            Err(_) => return Ok(None),
        },
        // In the column's own type: citext is compared by its own rules, and only then does its index serve.
        (Kind::Postgres, Family::Text) if info.domain.is_none() => {
            let own = if info.base == "varchar" {
                "text"
            } else {
                info.base.as_str()
            };
            (format!("{at} = ?::text::{own}"), text)
        }
        (Kind::Postgres, _) => (format!("{at}::text = ?"), text),
        (Kind::MySql | Kind::Sqlite, _) => (format!("{at} = ?"), text),
    }))
}
