//! The page's statements over the user table: one statement a batch on every database.
//!
//! The swap of every row whose value is still the old one, byte for byte, and the locking re-read
//! that says what became of each. What each database needs is in a file of its own beside this
//! one. Runs inside a transaction that the caller holds; commits nothing.

use super::item::{OLD_BYTES_MAX, Swap};
use super::swap_json::JsonFields;
use super::{swap_mysql, swap_postgres, swap_sqlite};
use crate::failpoint::is_armed;
use crate::secret::StoredHash;
use crate::store::read::{Row, RowSelect, SelectedColumns};
use crate::store::sql::{Arg, Conn, Kind, Query, StoreError};
use crate::store::table::{CredentialColumn, RowChange};

/// What stands in a row after the swap.
pub(super) enum Now {
    /// The row is gone.
    Gone,
    /// NULL or other bytes than ours.
    Other,
    /// Our new value, byte for byte.
    Ours,
}

/// The longest value that is written, in bytes: far beyond what any target makes.
const NEW_BYTES_MAX: usize = 2048;

const _: () = assert!(
    OLD_BYTES_MAX * 2 <= 8192 && NEW_BYTES_MAX <= 2048,
    "the values must fit their JSON_TABLE columns"
);

/// Swaps a batch; returns how many rows had their old value and now have the new one.
pub(super) async fn swap(
    conn: &mut Conn,
    column: &CredentialColumn,
    change: RowChange,
    batch: &[Swap],
) -> Result<u64, StoreError> {
    if batch.is_empty() {
        return Ok(0);
    }
    // MariaDB cuts what is longer than its JSON_TABLE column, and would then match the cut value.
    let too_long = |s: &Swap| {
        s.old.as_bytes().len() > OLD_BYTES_MAX
            || !change.keeps_value() && s.new.as_bytes().len() > NEW_BYTES_MAX
    };
    if batch.iter().any(too_long) {
        return Err(StoreError::unexpected(
            "writing a page",
            "a value is longer than any that is swapped",
        ));
    }
    if column.kind == Kind::Sqlite && swap_sqlite::needs_single_rows(batch) {
        return swap_sqlite::swap_single_rows(conn, column, change, batch).await;
    }
    let (mut sql, args) = swap_statement(column, change, batch)?;
    if is_armed("no-swap-condition") {
        // A test switches the comparison off, to see that the loss is noticed.
        sql = sql.replace(&format!("{} = ", column.bytes), "'' <> ");
    }
    conn.run(Query::of_values("writing a page", &sql, args))
        .await
}

/// The statement that swaps a batch, and what to bind.
pub(super) fn swap_statement(
    column: &CredentialColumn,
    change: RowChange,
    batch: &[Swap],
) -> Result<(String, Vec<Arg>), StoreError> {
    let args = match column.kind {
        Kind::Postgres => swap_postgres::swap_args(column, change, batch)?,
        Kind::MySql | Kind::Sqlite => {
            vec![Arg::Text(JsonFields::of(change).json(column, batch)?)]
        }
    };
    Ok((page_statement(column, change), args))
}

/// The statement that the preflight explains: it must reach the user table by its key.
pub(in crate::store) fn page_statement(column: &CredentialColumn, change: RowChange) -> String {
    match column.kind {
        Kind::Postgres => swap_postgres::swap_sql(column, change),
        Kind::MySql => swap_mysql::swap_sql(column, change),
        Kind::Sqlite => swap_sqlite::swap_sql(column, change),
    }
}

/// Reads a batch's rows again, with a lock, and says of each what stands there now.
pub(super) async fn read_back(
    conn: &mut Conn,
    column: &CredentialColumn,
    change: RowChange,
    batch: &[Swap],
) -> Result<Vec<Now>, StoreError> {
    const OP: &str = "reading a page back";
    // A value that stays is ours where the application's column says so too.
    let bytes = match &column.on_reset.must_change {
        Some(flag) if change.keeps_value() => {
            format!("CASE WHEN {} THEN {} END", flag.is_set, column.bytes)
        }
        // So is a new one whose format is not the old scheme's any more.
        _ => match change.new_format(column) {
            Some(word) => format!("CASE WHEN {} THEN {} END", word.is_set, column.bytes),
            None => column.bytes.clone(),
        },
    };
    let mut found: Vec<Now> = batch.iter().map(|_| Now::Gone).collect();
    if batch.is_empty() {
        return Ok(found);
    }
    let judge = |i: usize, stored: Option<&[u8]>| {
        let Some(swap) = batch.get(i) else {
            return Err(StoreError::unexpected(OP, "a row that was not asked for"));
        };
        let same = stored
            .is_some_and(|v| StoredHash::new(&v[..v.len() - column.form.padding(v)]) == swap.new);
        Ok(if same { Now::Ours } else { Now::Other })
    };
    if column.kind == Kind::Sqlite && swap_sqlite::needs_single_rows(batch) {
        let sql = swap_sqlite::read_single_row(column, &bytes);
        for (i, swap) in batch.iter().enumerate() {
            let query = Query::of_values(OP, &sql, swap.key.args().collect());
            conn.each_row(query, &mut |row| {
                found[i] = judge(i, row.bytes(0)?)?;
                Ok(true)
            })
            .await?;
        }
        return Ok(found);
    }
    let (sql, args) = match column.kind {
        Kind::Postgres => swap_postgres::read_back(column, &bytes, batch),
        Kind::MySql => swap_mysql::read_back(column, &bytes, batch)?,
        Kind::Sqlite => swap_sqlite::read_back(column, &bytes, batch)?,
    };
    conn.each_row(Query::of_values(OP, &sql, args), &mut |row| {
        let i = usize::try_from(row.number(0)?).unwrap_or(usize::MAX);
        found[i.min(batch.len() - 1)] = judge(i, row.bytes(1)?)?;
        Ok(true)
    })
    .await?;
    Ok(found)
}

/// A batch's rows as they stand now, locked.
///
/// One that is gone, or that `where` leaves out, is not among them.
pub(super) async fn read_locked(
    conn: &mut Conn,
    column: &CredentialColumn,
    batch: &[Swap],
) -> Result<Vec<Row>, StoreError> {
    if batch.is_empty() {
        return Ok(Vec::new());
    }
    // The operator's conditions stand in the list of what is selected: no name but the table's own
    // may be in their reach.
    let (among, args) = match column.kind {
        Kind::Postgres => swap_postgres::among(column, batch),
        Kind::MySql | Kind::Sqlite => among(column, batch),
    };
    let lock = match column.kind {
        Kind::Postgres => " FOR UPDATE OF t",
        Kind::MySql => " FOR UPDATE",
        // The whole file is locked.
        Kind::Sqlite => "",
    };
    let select = RowSelect::of(column, SelectedColumns::Whole);
    let sql = select.sql(vec![among], lock);
    conn.rows(
        Query::of_values("reading a page's rows again", &sql, args),
        |row| select.keep(row),
    )
    .await
}

/// A condition that a row is one of a batch, and what to bind.
fn among(column: &CredentialColumn, batch: &[Swap]) -> (String, Vec<Arg>) {
    let sql = match column.keys.as_slice() {
        [key] => {
            let all = vec![key.param.as_str(); batch.len()];
            format!("t.{} IN ({})", key.ident, all.join(", "))
        }
        _ => {
            let all = vec![format!("({})", column.equal_key()); batch.len()];
            format!("({})", all.join(" OR "))
        }
    };
    let args = batch.iter().flat_map(|swap| swap.key.args()).collect();
    (sql, args)
}
