//! The page's two statements over the user table: the swap of every row whose value is still the old one, byte for byte,
//! and the locking re-read that says what became of each. One statement a batch on every database (SPEC 8).
//!
//! Runs inside a transaction that the caller holds; commits nothing.

use super::item::Swap;
use crate::secret::StoredHash;
use crate::store::read::{Row, Storage, keep, padding, select_list};
use crate::store::sql::{Arg, Conn, Kind, Quote, StoreError};
use crate::store::table::{Change, Column, KeyColumn, KeyKind, KeyPart, ValueForm, hex};

/// What stands in a row after the swap.
pub(crate) enum Now {
    /// The row is gone.
    Gone,
    /// NULL or other bytes than ours.
    Other,
    /// Our new value, byte for byte.
    Ours,
}

/// Swaps a batch; returns how many rows had their old value and now have the new one.
pub(crate) async fn swap(
    conn: &mut Conn,
    column: &Column,
    change: Change,
    batch: &[Swap],
) -> Result<u64, StoreError> {
    if batch.is_empty() {
        return Ok(0);
    }
    // MariaDB cuts what is longer than its JSON_TABLE column, and would then match the value that was cut.
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
    if column.kind == Kind::Sqlite && batch.iter().any(has_nul_key) {
        return swap_single_rows(conn, column, change, batch).await;
    }
    let (sql, args) = swap_statement(column, change, batch)?;
    conn.run("writing a page", Quote::CodeOnly, &sql, args)
        .await
}

/// The statement that swaps a batch, and what to bind.
pub(crate) fn swap_statement(
    column: &Column,
    change: Change,
    batch: &[Swap],
) -> Result<(String, Vec<Arg>), StoreError> {
    let args = match column.kind {
        Kind::Postgres => postgres_swap_args(column, change, batch)?,
        Kind::MySql | Kind::Sqlite => vec![Arg::Text(json_batch(column, batch, Part::of(change))?)],
    };
    Ok((page_statement(column, change), args))
}

/// Reads a batch's rows again, with a lock, and says of each what stands there now.
pub(crate) async fn read_back(
    conn: &mut Conn,
    column: &Column,
    change: Change,
    batch: &[Swap],
) -> Result<Vec<Now>, StoreError> {
    // A value that stays is ours where the application's column says so too.
    let bytes = match &column.on_reset.must_change {
        Some(flag) if change.keeps_value() => {
            format!("CASE WHEN {} THEN {} END", flag.is_set, column.bytes)
        }
        _ => column.bytes.clone(),
    };
    let mut found: Vec<Now> = batch.iter().map(|_| Now::Gone).collect();
    if batch.is_empty() {
        return Ok(found);
    }
    let judge = |i: usize, stored: Option<&[u8]>| {
        let Some(swap) = batch.get(i) else {
            return Err(StoreError::unexpected(
                "reading a page back",
                "a row that was not asked for",
            ));
        };
        let same = stored
            .is_some_and(|v| StoredHash::new(&v[..v.len() - padding(column.form, v)]) == swap.new);
        Ok(if same { Now::Ours } else { Now::Other })
    };
    if column.kind == Kind::Sqlite && batch.iter().any(has_nul_key) {
        let sql = format!(
            "SELECT {bytes} FROM {} t WHERE {}",
            column.table_ident,
            equal_keys(column)
        );
        for (i, swap) in batch.iter().enumerate() {
            conn.each_row(
                "reading a page back",
                Quote::CodeOnly,
                &sql,
                swap.key.args().collect(),
                &mut |row| {
                    found[i] = judge(i, row.bytes(0)?)?;
                    Ok(true)
                },
            )
            .await?;
        }
        return Ok(found);
    }
    let (sql, args) = match column.kind {
        Kind::Postgres => postgres_read_back(column, &bytes, batch),
        Kind::MySql => (
            format!(
                // MySQL locks JSON_TABLE twice, and says so, unless it stands in a derived table (3569); MariaDB knows no `FOR SHARE OF t`.
                "SELECT CAST(j.i AS SIGNED) - 1, {bytes} FROM (SELECT * FROM {} AS b) AS j STRAIGHT_JOIN {} t ON {} LOCK IN SHARE MODE",
                json_table(column, Part::ReadBack),
                column.table_ident,
                json_join(column)
            ),
            vec![Arg::Text(json_batch(column, batch, Part::ReadBack)?)],
        ),
        Kind::Sqlite => (
            format!(
                "SELECT CAST(j.key AS INTEGER), {bytes} FROM json_each(?) j CROSS JOIN {} t ON {}",
                column.table_ident,
                sqlite_join(column)
            ),
            vec![Arg::Text(json_batch(column, batch, Part::ReadBack)?)],
        ),
    };
    conn.each_row(
        "reading a page back",
        Quote::CodeOnly,
        &sql,
        args,
        &mut |row| {
            let i = usize::try_from(row.number(0)?).unwrap_or(usize::MAX);
            found[i.min(batch.len() - 1)] = judge(i, row.bytes(1)?)?;
            Ok(true)
        },
    )
    .await?;
    Ok(found)
}

/// A batch's rows as they stand now, locked; one that is gone, or that `where` leaves out, is not among them.
pub(crate) async fn read_locked(
    conn: &mut Conn,
    column: &Column,
    batch: &[Swap],
) -> Result<Vec<Row>, StoreError> {
    if batch.is_empty() {
        return Ok(Vec::new());
    }
    // The operator's conditions stand in the list of what is selected: no name but the table's own may be in their reach.
    let (among, args, lock) = match column.kind {
        Kind::Postgres => {
            let (arrays, names, join) = postgres_unnest(column);
            let among =
                format!("EXISTS (SELECT 1 FROM unnest({arrays}) AS u({names}) WHERE {join})");
            (among, postgres_keys(column, batch), " FOR UPDATE OF t")
        }
        Kind::MySql | Kind::Sqlite => {
            let one = match column.keys.as_slice() {
                [key] => key.param.clone(),
                _ => format!("({})", equal_keys(column)),
            };
            let all = vec![one; batch.len()];
            let among = match column.keys.as_slice() {
                [key] => format!("t.{} IN ({})", key.ident, all.join(", ")),
                _ => format!("({})", all.join(" OR ")),
            };
            let args = batch.iter().flat_map(|swap| swap.key.args()).collect();
            let lock = match column.kind {
                Kind::MySql => " FOR UPDATE",
                // The whole file is.
                _ => "",
            };
            (among, args, lock)
        }
    };
    let (select, layout) = select_list(column, true, column.unicode.is_some());
    let kinds = column.key_kinds();
    let filter = column.filter.as_ref();
    let filter = filter.map_or(String::new(), |f| format!(" AND {f}"));
    let sql = format!(
        "SELECT {select} FROM {} t WHERE {among}{filter}{lock}",
        column.table_ident
    );
    conn.rows(
        "reading a page's rows again",
        Quote::CodeOnly,
        &sql,
        args,
        |row| keep(column, &kinds, &layout, row),
    )
    .await
}

/// The statement that the preflight explains: it must reach the user table by its key.
pub(crate) fn page_statement(column: &Column, change: Change) -> String {
    match column.kind {
        Kind::Postgres => postgres_swap_sql(column, change),
        Kind::MySql => mysql_swap_sql(column, change),
        Kind::Sqlite => sqlite_swap_sql(column, change),
    }
}

/// `json_each` cuts a text at NUL.
fn has_nul_key(swap: &Swap) -> bool {
    swap.key
        .0
        .iter()
        .any(|p| matches!(p, KeyPart::Text(s) if s.contains('\0')))
}

fn equal_keys(column: &Column) -> String {
    column
        .keys
        .iter()
        .map(|k| format!("t.{} = {}", k.ident, k.param))
        .collect::<Vec<_>>()
        .join(" AND ")
}

async fn swap_single_rows(
    conn: &mut Conn,
    column: &Column,
    change: Change,
    batch: &[Swap],
) -> Result<u64, StoreError> {
    let sql = format!(
        "UPDATE {} AS t SET {} WHERE {} AND typeof(t.{}) = ? AND {} = ?",
        column.table_ident,
        change.assignments(column, &sqlite_new(column, "?"), "?"),
        equal_keys(column),
        column.value,
        column.bytes
    );
    let mut swapped = 0;
    for swap in batch {
        let mut args = Vec::new();
        if !change.keeps_value() {
            // The new value stands twice in the statement.
            let new = swap.new_text(column)?;
            args.extend([Arg::from(new.native.as_str()), Arg::from(new.native)]);
            args.extend(column.marker.as_ref().map(|_| Arg::from(new.mark)));
        }
        args.extend(swap.key.args());
        args.push(storage_name(swap.storage).into());
        args.push(Arg::Bytes(swap.old.as_bytes().to_vec()));
        swapped += conn
            .run("writing a row", Quote::CodeOnly, &sql, args)
            .await?;
    }
    Ok(swapped)
}

// PostgreSQL: arrays and unnest.

fn postgres_keys(column: &Column, batch: &[Swap]) -> Vec<Arg> {
    let part = |i: usize| {
        batch.iter().map(move |s| match &s.key.0[i] {
            KeyPart::Int(n) => (*n, String::new()),
            other => (0, other.text()),
        })
    };
    (0..column.keys.len())
        .map(|i| match column.keys[i].kind {
            KeyKind::Int => ints(part(i).map(|(n, _)| n).collect()),
            _ => texts(part(i).map(|(_, s)| s).collect()),
        })
        .collect()
}

#[cfg(feature = "postgres")]
fn ints(v: Vec<i64>) -> Arg {
    Arg::Ints(v)
}

#[cfg(feature = "postgres")]
fn texts(v: Vec<String>) -> Arg {
    Arg::Texts(v)
}

#[cfg(not(feature = "postgres"))]
fn ints(_: Vec<i64>) -> Arg {
    Arg::Null
}

#[cfg(not(feature = "postgres"))]
fn texts(_: Vec<String>) -> Arg {
    Arg::Null
}

fn postgres_unnest(column: &Column) -> (String, String, String) {
    let arrays: Vec<&str> = column
        .keys
        .iter()
        .map(|k| {
            if k.kind == KeyKind::Int {
                "?::int8[]"
            } else {
                "?::text[]"
            }
        })
        .collect();
    let names: Vec<String> = (0..column.keys.len()).map(|i| format!("k{i}")).collect();
    let join: Vec<String> = column
        .keys
        .iter()
        .enumerate()
        .map(|(i, k)| format!("t.{} = u.k{i}{}", k.ident, postgres_cast(&k.batch)))
        .collect();
    (arrays.join(", "), names.join(", "), join.join(" AND "))
}

fn postgres_cast(batch: &str) -> String {
    if matches!(batch, "int8" | "text") {
        String::new()
    } else {
        format!("::{batch}")
    }
}

fn postgres_swap_sql(column: &Column, change: Change) -> String {
    let (arrays, names, join) = postgres_unnest(column);
    // Assigned, not cast: a cast to varchar(n) would cut silently, an assignment that is too long is an error.
    let new = if column.info.base == "bytea" {
        "convert_to(u.n, 'UTF8')"
    } else {
        "u.n"
    };
    let (texts, n) = if change.keeps_value() {
        ("", "")
    } else {
        (", ?::text[], ?::text[]", ", n, m")
    };
    format!(
        "UPDATE {} AS t SET {} FROM unnest({arrays}, ?::bytea[]{texts}) AS u({names}, o{n}) WHERE {join} AND {} = u.o",
        column.table_ident,
        change.assignments(column, new, "u.m"),
        column.bytes
    )
}

#[cfg(feature = "postgres")]
fn postgres_swap_args(
    column: &Column,
    change: Change,
    batch: &[Swap],
) -> Result<Vec<Arg>, StoreError> {
    let mut args = postgres_keys(column, batch);
    args.push(Arg::Blobs(
        batch.iter().map(|s| s.old.as_bytes().to_vec()).collect(),
    ));
    if !change.keeps_value() {
        let new = batch.iter().map(|s| s.new_text(column));
        let (natives, marks) = new
            .map(|new| new.map(|new| (new.native, new.mark)))
            .collect::<Result<(Vec<String>, Vec<String>), _>>()?;
        args.extend([Arg::Texts(natives), Arg::Texts(marks)]);
    }
    Ok(args)
}

#[cfg(not(feature = "postgres"))]
fn postgres_swap_args(_: &Column, _: Change, _: &[Swap]) -> Result<Vec<Arg>, StoreError> {
    Ok(Vec::new())
}

fn postgres_read_back(column: &Column, bytes: &str, batch: &[Swap]) -> (String, Vec<Arg>) {
    let (arrays, names, join) = postgres_unnest(column);
    let sql = format!(
        "SELECT u.i - 1, {bytes} FROM unnest({arrays}) WITH ORDINALITY AS u({names}, i) JOIN {} AS t ON {join} FOR UPDATE OF t",
        column.table_ident
    );
    (sql, postgres_keys(column, batch))
}

// MySQL, MariaDB and SQLite: one JSON text.

/// Which of a batch's fields a statement needs.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Swap,
    /// The old value alone.
    Keep,
    ReadBack,
}

impl Part {
    fn of(change: Change) -> Self {
        if change.keeps_value() {
            Self::Keep
        } else {
            Self::Swap
        }
    }
}

/// One field of a row behind its key.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Field {
    /// The length of the new text.
    Length,
    /// The new text.
    New,
    /// The old bytes in hex.
    Old,
    /// The new text's mark.
    Mark,
    /// How SQLite stores the old value.
    Storage,
}

/// What stands in the array of a row behind its key, in this order: MariaDB reads an array from its beginning for every field that is asked for, so
/// the short ones come first and what no statement needs is left out.
fn fields(column: &Column, part: Part) -> Vec<Field> {
    let mut fields = match part {
        Part::ReadBack => return Vec::new(),
        Part::Keep => vec![Field::Old],
        Part::Swap => vec![Field::Length, Field::New, Field::Old],
    };
    if part == Part::Swap && column.marker.is_some() {
        fields.push(Field::Mark);
    }
    if column.kind == Kind::Sqlite {
        fields.push(Field::Storage);
    }
    fields
}

/// The batch as JSON: an array of arrays, the key's parts and then the [`fields`].
fn json_batch(column: &Column, batch: &[Swap], part: Part) -> Result<String, StoreError> {
    use serde_json::Value;
    let fields = fields(column, part);
    let mut rows = Vec::with_capacity(batch.len());
    for swap in batch {
        let mut row = Vec::with_capacity(swap.key.0.len() + fields.len());
        row.extend(swap.key.0.iter().map(|key| match key {
            KeyPart::Int(v) => Value::from(*v),
            KeyPart::Uint(v) => Value::from(*v),
            other => Value::from(other.text()),
        }));
        let new = match part {
            Part::Swap => Some(swap.new_text(column)?),
            Part::Keep | Part::ReadBack => None,
        };
        row.extend(fields.iter().map(|field| match (field, &new) {
            (Field::Length, Some(new)) => Value::from(new.native.len()),
            (Field::New, Some(new)) => Value::from(new.native.as_str()),
            (Field::Mark, Some(new)) => Value::from(new.mark.as_str()),
            (Field::Old, _) => Value::from(hex(swap.old.as_bytes())),
            (Field::Storage, _) => Value::from(storage_name(swap.storage)),
            (Field::Length | Field::New | Field::Mark, None) => Value::Null,
        }));
        rows.push(Value::Array(row));
    }
    Ok(Value::Array(rows).to_string())
}

/// `JSON_TABLE`, the key declared with the key column's own type, charset and collation: another one would make the join a scan.
fn json_table(column: &Column, part: Part) -> String {
    let keys = column.keys.iter().enumerate().map(|(i, k)| {
        let sql_type = match k.batch.as_str() {
            // The longest key of InnoDB is 3072 bytes; one that is cut would be taken for deleted.
            "HEX" => "VARCHAR(6144) CHARACTER SET ascii",
            "UUID" => "VARCHAR(36) CHARACTER SET ascii",
            other => other,
        };
        format!("k{i} {sql_type}")
    });
    // Wider than anything that is read (4 KiB in hex) or made, so that nothing is cut.
    let more = fields(column, part).into_iter().map(|field| match field {
        Field::Length => "l BIGINT".to_owned(),
        Field::New => "n VARCHAR(2048) CHARACTER SET ascii".to_owned(),
        Field::Old => "o VARCHAR(8192) CHARACTER SET ascii".to_owned(),
        Field::Mark => "m VARCHAR(2048) CHARACTER SET ascii".to_owned(),
        Field::Storage => "s VARCHAR(16) CHARACTER SET ascii".to_owned(),
    });
    let mut columns: Vec<String> = keys
        .chain(more)
        .enumerate()
        .map(|(at, declared)| format!("{declared} PATH '$[{at}]'"))
        .collect();
    if part == Part::ReadBack {
        columns.push("i FOR ORDINALITY".to_owned());
    }
    format!("JSON_TABLE(?, '$[*]' COLUMNS ({}))", columns.join(", "))
}

fn json_join(column: &Column) -> String {
    let one = |(i, k): (usize, &KeyColumn)| match k.batch.as_str() {
        "HEX" => format!("t.{} = UNHEX(j.k{i})", k.ident),
        "UUID" => format!("t.{} = CAST(j.k{i} AS UUID)", k.ident),
        _ => format!("t.{} = j.k{i}", k.ident),
    };
    column
        .keys
        .iter()
        .enumerate()
        .map(one)
        .collect::<Vec<_>>()
        .join(" AND ")
}

fn mysql_swap_sql(column: &Column, change: Change) -> String {
    // A column set to itself is not moved by ON UPDATE CURRENT_TIMESTAMP.
    let preserve: String = column
        .preserve
        .iter()
        .map(|p| format!(", t.{p} = t.{p}"))
        .collect();
    let whole = if change.keeps_value() {
        ""
    } else {
        " AND j.n IS NOT NULL AND LENGTH(j.n) = j.l"
    };
    format!(
        "UPDATE {} AS j STRAIGHT_JOIN {} t ON {} SET {}{preserve} WHERE {} = UNHEX(j.o){whole}",
        json_table(column, Part::of(change)),
        column.table_ident,
        json_join(column),
        change.assignments(column, "j.n", "j.m"),
        column.bytes
    )
}

fn sqlite_join(column: &Column) -> String {
    let one = |(i, k): (usize, &KeyColumn)| {
        let part = format!("(j.value ->> '$[{i}]')");
        if k.batch == "HEX" {
            format!("t.{} = unhex({part})", k.ident)
        } else {
            format!("t.{} = {part}", k.ident)
        }
    };
    column
        .keys
        .iter()
        .enumerate()
        .map(one)
        .collect::<Vec<_>>()
        .join(" AND ")
}

/// A value that was stored as bytes stays bytes: the application reads it as such.
fn sqlite_new(column: &Column, new: &str) -> String {
    format!(
        "CASE typeof(t.{}) WHEN 'blob' THEN CAST({new} AS BLOB) ELSE {new} END",
        column.value
    )
}

/// A field of the batch's JSON; NULL where it is not among those of the statement.
fn sqlite_field(column: &Column, part: Part, field: Field) -> String {
    let at = fields(column, part).iter().position(|one| *one == field);
    at.map_or("NULL".to_owned(), |at| {
        format!("(j.value ->> '$[{}]')", column.keys.len() + at)
    })
}

fn sqlite_swap_sql(column: &Column, change: Change) -> String {
    let part = Part::of(change);
    let [length, new, old, mark, storage] = [
        Field::Length,
        Field::New,
        Field::Old,
        Field::Mark,
        Field::Storage,
    ]
    .map(|field| sqlite_field(column, part, field));
    let whole = if change.keeps_value() {
        String::new()
    } else {
        format!(" AND length({new}) = {length}")
    };
    format!(
        "UPDATE {} AS t SET {} FROM json_each(?) j WHERE {} AND typeof(t.{}) = {storage} AND {} = unhex({old}){whole}",
        column.table_ident,
        change.assignments(column, &sqlite_new(column, &new), &mark),
        sqlite_join(column),
        column.value,
        column.bytes
    )
}

fn storage_name(storage: Storage) -> &'static str {
    match storage {
        Storage::Text => "text",
        Storage::Blob => "blob",
        // Never swapped: a number is quarantined (its leading zeros are lost).
        Storage::Number => "integer",
    }
}

/// The longest value that is swapped, in bytes: longer ones are quarantined before they get here.
pub const OLD_BYTES_MAX: usize = 4096;

/// The longest value that is written, in bytes: far beyond what any target makes.
const NEW_BYTES_MAX: usize = 2048;

const _: () = assert!(
    OLD_BYTES_MAX * 2 <= 8192 && NEW_BYTES_MAX <= 2048,
    "the values must fit their JSON_TABLE columns"
);

impl Column {
    /// Whether rows are judged by more than their value.
    pub(crate) fn asks_beside_the_value(&self) -> bool {
        self.filter.is_some()
            || self.except.is_some()
            || self.last_login.is_some()
            || self.on_reset.must_change.is_some()
    }

    /// Whether a stored value is padded by the column itself.
    pub fn is_padded(&self) -> bool {
        self.form == ValueForm::NulPadded
    }
}
