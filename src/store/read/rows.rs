//! Reading the user table: a stream over all of it for `scan`, and pages in key order for a run. Writes nothing.

use crate::policy::LastLogin;
use crate::secret::{InnerSalt, StoredHash};
use crate::store::sql::{Arg, Conn, Kind, Quote, RowRef, StoreError, moment};
use crate::store::table::{Column, Compare, Key, KeyKind, LastLoginSql, UNREADABLE, ValueForm};

/// SQLite keeps a value's own type; the swap compares it too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Storage {
    /// Text (on the other databases: whatever the column is).
    Text,
    /// Bytes.
    Blob,
    /// A number, in a column whose type made one out of what was written.
    Number,
}

/// One row as it streams by.
pub struct ScanRow<'r> {
    row: RowRef<'r>,
    key_at: usize,
    beside_at: usize,
    kinds: &'r [KeyKind],
    /// The stored bytes, without a column's own padding; none for NULL.
    pub value: Option<&'r [u8]>,
    /// How SQLite stores it.
    pub storage: Storage,
    /// The last login.
    pub last_login: LastLogin,
    /// Whether `except` holds for it.
    pub excepted: bool,
    /// Whether the application's column says that the password must be changed.
    pub must_change: bool,
}

impl ScanRow<'_> {
    /// The row's key. Only where the scan was asked for it.
    ///
    /// # Errors
    /// A key of an unexpected type.
    pub fn key(&self) -> Result<Key, StoreError> {
        Key::read(&self.row, self.kinds, self.key_at)
    }

    /// The bytes of the neighbour that was asked for at this position; none for NULL.
    ///
    /// # Errors
    /// A position at which none was asked for.
    pub fn beside(&self, at: usize) -> Result<Option<&[u8]>, StoreError> {
        self.row.bytes(self.beside_at + at)
    }
}

/// One row of a page, kept.
#[derive(Debug, Clone)]
pub struct Row {
    /// The key.
    pub key: Key,
    /// The exact stored bytes; none for NULL.
    pub stored: Option<StoredHash>,
    /// The value as Unicode text, where it is not the stored bytes (a latin1 column).
    pub unicode: Option<StoredHash>,
    /// How SQLite stores it.
    pub storage: Storage,
    /// The last login.
    pub last_login: LastLogin,
    /// Whether `except` holds for it.
    pub excepted: bool,
    /// Whether the application's column says that the password must be changed.
    pub must_change: bool,
    /// How many bytes at the end of `stored` are the column's padding.
    padding: usize,
    /// The neighbours that were asked for.
    beside: Vec<Option<InnerSalt>>,
}

impl Row {
    /// The value without the column's own padding.
    pub fn value(&self) -> Option<&[u8]> {
        self.stored
            .as_ref()
            .map(|s| &s.as_bytes()[..s.as_bytes().len() - self.padding])
    }

    /// The bytes that a login would send for this plaintext: Unicode text where the column has another charset.
    pub fn plaintext(&self) -> Option<&[u8]> {
        self.unicode
            .as_ref()
            .map(StoredHash::as_bytes)
            .or_else(|| self.value())
    }

    /// The bytes of the neighbour that was asked for at this position; none for NULL, or where none was asked for.
    pub fn beside(&self, at: usize) -> Option<&[u8]> {
        self.beside.get(at)?.as_ref().map(InnerSalt::as_bytes)
    }
}

/// In which order a scan reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// As the database likes it.
    Any,
    /// As the database likes it, with the keys; [`ScanRow::key`] works.
    AnyWithKeys,
    /// By key; [`ScanRow::key`] works.
    Key,
}

/// A page's bounds and size.
#[derive(Clone, Copy, Debug)]
pub struct Bounds<'k> {
    /// Only keys behind this one.
    pub after: Option<&'k Key>,
    /// Only keys up to this one.
    pub up_to: Option<&'k Key>,
    /// The most rows to read.
    pub limit: usize,
}

/// On SQLite a reader holds up every writer of a database in DELETE mode, so a scan reads in pages there.
const SQLITE_SCAN_PAGE_ROWS: usize = 20_000;

/// Positions of a SELECT's columns.
pub(in crate::store) struct Layout {
    key: usize,
    value: usize,
    storage: Option<usize>,
    last_login: Option<usize>,
    except: Option<usize>,
    must_change: Option<usize>,
    unicode: Option<usize>,
    beside: usize,
}

/// Streams every row of the credential through `each`.
///
/// # Errors
/// Whatever the database says; the row that `each` failed on.
pub async fn scan(
    conn: &mut Conn,
    column: &Column,
    order: Order,
    each: &mut (dyn FnMut(ScanRow<'_>) -> Result<(), StoreError> + Send),
) -> Result<(), StoreError> {
    let by_key = order == Order::Key || column.kind == Kind::Sqlite;
    let (select, layout) = select_list(column, by_key || order == Order::AnyWithKeys, false);
    let kinds = column.key_kinds();
    let mut after: Option<Key> = None;
    loop {
        let page = column.kind == Kind::Sqlite;
        let limit = page.then_some(SQLITE_SCAN_PAGE_ROWS);
        let (sql, args) = select_sql(column, &select, by_key, after.as_ref(), None, limit);
        let mut seen = 0_usize;
        let mut last: Option<Key> = None;
        conn.begin().await?;
        let read = conn
            .each_row(
                "reading the user table",
                Quote::CodeOnly,
                &sql,
                args,
                &mut |row| {
                    let scanned = view(column, &kinds, &layout, row)?;
                    seen += 1;
                    if limit == Some(seen) {
                        last = Some(scanned.key()?);
                    }
                    each(scanned)?;
                    Ok(true)
                },
            )
            .await;
        conn.rollback().await?;
        read?;
        after = last;
        if after.is_none() {
            return Ok(());
        }
    }
}

/// Reads a page in key order.
///
/// # Errors
/// Whatever the database says.
pub async fn read_page(
    conn: &mut Conn,
    column: &Column,
    bounds: Bounds<'_>,
) -> Result<Vec<Row>, StoreError> {
    let (select, layout) = select_list(column, true, column.unicode.is_some());
    let (sql, args) = select_sql(
        column,
        &select,
        true,
        bounds.after,
        bounds.up_to,
        Some(bounds.limit),
    );
    let kinds = column.key_kinds();
    conn.begin().await?;
    let rows = conn
        .rows(
            "reading a page of the user table",
            Quote::CodeOnly,
            &sql,
            args,
            |row| keep(column, &kinds, &layout, row),
        )
        .await;
    conn.rollback().await?;
    rows
}

/// Reads single rows by their keys, in the order of `keys`; one that is not there (or that `where` leaves out) is none.
///
/// # Errors
/// Whatever the database says.
pub async fn read_keys(
    conn: &mut Conn,
    column: &Column,
    keys: &[Key],
) -> Result<Vec<Option<Row>>, StoreError> {
    conn.begin().await?;
    let mut out = Vec::with_capacity(keys.len());
    for key in keys {
        match read_key(conn, column, key).await {
            Ok(row) => out.push(row),
            Err(e) => {
                conn.rollback().await?;
                return Err(e);
            }
        }
    }
    conn.rollback().await?;
    Ok(out)
}

/// Reads one row inside the caller's transaction.
pub(crate) async fn read_key(
    conn: &mut Conn,
    column: &Column,
    key: &Key,
) -> Result<Option<Row>, StoreError> {
    let (select, layout) = select_list(column, true, column.unicode.is_some());
    let kinds = column.key_kinds();
    let equal: Vec<String> = column
        .keys
        .iter()
        .map(|k| format!("t.{} = {}", k.ident, k.param))
        .collect();
    let filter = column
        .filter
        .as_ref()
        .map(|f| format!(" AND {f}"))
        .unwrap_or_default();
    let sql = format!(
        "SELECT {select} FROM {} t WHERE {}{filter}",
        column.table_ident,
        equal.join(" AND ")
    );
    let rows = conn
        .rows(
            "reading a row of the user table",
            Quote::CodeOnly,
            &sql,
            key.args().collect(),
            |row| keep(column, &kinds, &layout, row),
        )
        .await?;
    Ok(rows.into_iter().next())
}

/// The SELECT list shared by scans, pages and the re-read inside a page's transaction.
pub(in crate::store) fn select_list(
    column: &Column,
    with_key: bool,
    with_unicode: bool,
) -> (String, Layout) {
    let mut list: Vec<String> = Vec::new();
    if with_key {
        list.push(column.key_select());
    }
    let keys = if with_key { column.keys.len() } else { 0 };
    let mut next = keys;
    let mut add = |list: &mut Vec<String>, sql: String| {
        list.push(sql);
        next += 1;
        next - 1
    };
    let value = add(&mut list, column.bytes.clone());
    let storage = (column.kind == Kind::Sqlite)
        .then(|| add(&mut list, format!("unicode(typeof(t.{}))", column.value)));
    let last_login = column.last_login.as_ref().map(|l| {
        let (LastLoginSql::Millis(sql) | LastLoginSql::Epoch(sql) | LastLoginSql::Text(sql)) = l;
        add(&mut list, sql.clone())
    });
    let truth = |condition: &str| {
        let sql = format!("CASE WHEN {condition} THEN 1 ELSE 0 END");
        if column.kind == Kind::Postgres {
            format!("({sql})::int8")
        } else {
            sql
        }
    };
    let except = column.except.as_ref().map(|e| add(&mut list, truth(e)));
    let must_change = column.on_reset.must_change.as_ref();
    let must_change = must_change.map(|flag| add(&mut list, truth(&flag.is_set)));
    let unicode = column
        .unicode
        .as_ref()
        .filter(|_| with_unicode)
        .map(|u| add(&mut list, u.clone()));
    // Last, so that asking for none changes nothing of the rest.
    let beside = next;
    list.extend(column.beside.iter().cloned());
    (
        list.join(", "),
        Layout {
            key: 0,
            value,
            storage,
            last_login,
            except,
            must_change,
            unicode,
            beside,
        },
    )
}

fn select_sql(
    column: &Column,
    select: &str,
    ordered: bool,
    after: Option<&Key>,
    up_to: Option<&Key>,
    limit: Option<usize>,
) -> (String, Vec<Arg>) {
    let mut conditions = Vec::new();
    let mut args = Vec::new();
    for (bound, op) in [(after, Compare::After), (up_to, Compare::UpTo)] {
        if let Some(key) = bound {
            let (sql, parts) = column.compare(op);
            conditions.push(sql);
            args.extend(parts.into_iter().map(|i| key.0[i].arg()));
        }
    }
    conditions.extend(column.filter.clone());
    let mut sql = format!("SELECT {select} FROM {} t", column.table_ident);
    if !conditions.is_empty() {
        sql.push_str(" WHERE ");
        sql.push_str(&conditions.join(" AND "));
    }
    if ordered {
        sql.push_str(" ORDER BY ");
        sql.push_str(&column.order());
    }
    if let Some(limit) = limit {
        sql.push_str(&format!(" LIMIT {limit}"));
    }
    (sql, args)
}

fn view<'r>(
    column: &Column,
    kinds: &'r [KeyKind],
    layout: &Layout,
    row: RowRef<'r>,
) -> Result<ScanRow<'r>, StoreError> {
    let stored = row.bytes(layout.value)?;
    Ok(ScanRow {
        value: stored.map(|v| &v[..v.len() - padding(column.form, v)]),
        storage: storage(&row, layout)?,
        last_login: last_login(column, &row, layout)?,
        excepted: holds(&row, layout.except)?,
        must_change: holds(&row, layout.must_change)?,
        key_at: layout.key,
        beside_at: layout.beside,
        kinds,
        row,
    })
}

pub(in crate::store) fn keep(
    column: &Column,
    kinds: &[KeyKind],
    layout: &Layout,
    row: RowRef<'_>,
) -> Result<Row, StoreError> {
    let unicode = match layout.unicode {
        Some(i) => row.bytes(i)?.map(StoredHash::new),
        None => None,
    };
    let key = Key::read(&row, kinds, layout.key)?;
    let stored = row.bytes(layout.value)?;
    let beside = (0..column.beside.len())
        .map(|i| Ok(row.bytes(layout.beside + i)?.map(InnerSalt::new)))
        .collect::<Result<_, StoreError>>()?;
    Ok(Row {
        key,
        beside,
        padding: stored.map_or(0, |v| padding(column.form, v)),
        stored: stored.map(StoredHash::new),
        unicode,
        storage: storage(&row, layout)?,
        last_login: last_login(column, &row, layout)?,
        excepted: holds(&row, layout.except)?,
        must_change: holds(&row, layout.must_change)?,
    })
}

/// A condition that was asked for; false where it was not.
fn holds(row: &RowRef<'_>, at: Option<usize>) -> Result<bool, StoreError> {
    Ok(match at {
        Some(i) => row.int(i)? == Some(1),
        None => false,
    })
}

pub(crate) fn padding(form: ValueForm, value: &[u8]) -> usize {
    match form {
        ValueForm::Plain => 0,
        ValueForm::NulPadded => value.iter().rev().take_while(|b| **b == 0).count(),
    }
}

/// `typeof` answers text, blob, integer, real or null; its first letter tells them apart.
fn storage(row: &RowRef<'_>, layout: &Layout) -> Result<Storage, StoreError> {
    let Some(i) = layout.storage else {
        return Ok(Storage::Text);
    };
    Ok(match row.int(i)?.and_then(|n| u8::try_from(n).ok()) {
        Some(b'i' | b'r') => Storage::Number,
        Some(b'b') => Storage::Blob,
        _ => Storage::Text,
    })
}

fn last_login(column: &Column, row: &RowRef<'_>, layout: &Layout) -> Result<LastLogin, StoreError> {
    let (Some(i), Some(sql)) = (layout.last_login, &column.last_login) else {
        return Ok(LastLogin::Unknown);
    };
    Ok(match sql {
        LastLoginSql::Millis(_) => row.int(i)?.map_or(LastLogin::Never, |ms| {
            if ms == UNREADABLE {
                LastLogin::Unknown
            } else {
                LastLogin::At(ms)
            }
        }),
        LastLoginSql::Epoch(_) => row
            .int(i)?
            .map_or(LastLogin::Never, |n| LastLogin::At(moment::from_epoch(n))),
        LastLoginSql::Text(_) => match row.bytes(i)? {
            None => LastLogin::Never,
            Some(b) => std::str::from_utf8(b)
                .ok()
                .and_then(moment::parse)
                .map_or(LastLogin::Unknown, LastLogin::At),
        },
    })
}
