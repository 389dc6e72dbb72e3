//! The page's statements on PostgreSQL: over arrays and `unnest`.

use super::item::Swap;
use crate::store::sql::{Arg, StoreError};
use crate::store::table::{BatchType, CredentialColumn, KeyKind, KeyPart, RowChange};

/// The statement that swaps a batch.
pub(super) fn swap_sql(column: &CredentialColumn, change: RowChange) -> String {
    let Unnested {
        arrays,
        names,
        join,
    } = Unnested::of(column);
    // Assigned, not cast: a cast to varchar(n) would cut silently, an assignment that is too long
    // is an error.
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
        "UPDATE {} AS t SET {} FROM unnest({arrays}, ?::bytea[]{texts}) AS u({names}, o{n}) WHERE {join} AND {} = u.o{}",
        column.table_ident,
        change.assignments(column, new, "u.m"),
        column.bytes,
        column.still_ours()
    )
}

/// What the statement that swaps a batch binds.
#[cfg(feature = "postgres")]
pub(super) fn swap_args(
    column: &CredentialColumn,
    change: RowChange,
    batch: &[Swap],
) -> Result<Vec<Arg>, StoreError> {
    let mut args = key_args(column, batch);
    args.push(Arg::Blobs(
        batch.iter().map(|s| s.old.as_bytes().to_vec()).collect(),
    ));
    if !change.keeps_value() {
        let new = batch.iter().map(|s| s.new_text(column));
        let (natives, labels) = new
            .map(|new| new.map(|new| (new.native, new.label)))
            .collect::<Result<(Vec<String>, Vec<String>), _>>()?;
        args.extend([Arg::Texts(natives), Arg::Texts(labels)]);
    }
    Ok(args)
}

#[cfg(not(feature = "postgres"))]
pub(super) fn swap_args(
    _: &CredentialColumn,
    _: RowChange,
    _: &[Swap],
) -> Result<Vec<Arg>, StoreError> {
    Ok(Vec::new())
}

/// The statement that reads a batch again, with a lock, and what to bind.
pub(super) fn read_back(
    column: &CredentialColumn,
    bytes: &str,
    batch: &[Swap],
) -> (String, Vec<Arg>) {
    let Unnested {
        arrays,
        names,
        join,
    } = Unnested::of(column);
    let sql = format!(
        "SELECT u.i - 1, {bytes} FROM unnest({arrays}) WITH ORDINALITY AS u({names}, i) JOIN {} AS t ON {join} FOR UPDATE OF t",
        column.table_ident
    );
    (sql, key_args(column, batch))
}

/// A condition that a row is one of a batch, and what to bind.
pub(super) fn among(column: &CredentialColumn, batch: &[Swap]) -> (String, Vec<Arg>) {
    let Unnested {
        arrays,
        names,
        join,
    } = Unnested::of(column);
    let sql = format!("EXISTS (SELECT 1 FROM unnest({arrays}) AS u({names}) WHERE {join})");
    (sql, key_args(column, batch))
}

/// The keys of a batch as a table.
struct Unnested {
    /// The arrays, as parameters.
    arrays: String,
    /// Its columns.
    names: String,
    /// How it is joined with the user table.
    join: String,
}

impl Unnested {
    fn of(column: &CredentialColumn) -> Self {
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
            .map(|(i, k)| match &k.batch {
                BatchType::Cast(cast) => format!("t.{} = u.k{i}::{cast}", k.ident),
                _ => format!("t.{} = u.k{i}", k.ident),
            })
            .collect();
        Self {
            arrays: arrays.join(", "),
            names: names.join(", "),
            join: join.join(" AND "),
        }
    }
}

/// The arrays of a batch's keys, one a part.
fn key_args(column: &CredentialColumn, batch: &[Swap]) -> Vec<Arg> {
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
