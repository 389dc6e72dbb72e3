//! The page's statements on MySQL and MariaDB: over a JSON_TABLE.

use super::item::Swap;
use super::swap_json::{JsonField, JsonFields};
use crate::store::sql::{Arg, StoreError};
use crate::store::table::{BatchType, CredentialColumn, KeyColumn, RowChange};

/// Reaches the user table by an index, whatever its statistics say.
///
/// MySQL reads a table that it takes for empty as a whole, and waits for every row that another
/// has locked. Statistics are so old after a restore, or where nothing renews them. MySQL before
/// 8.0.20 and MariaDB read over the comment.
const BY_INDEX: &str = "/*+ JOIN_INDEX(t) */";

/// The statement that swaps a batch.
pub(super) fn swap_sql(column: &CredentialColumn, change: RowChange) -> String {
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
        "UPDATE {BY_INDEX} {} AS j STRAIGHT_JOIN {} t ON {} SET {}{preserve} WHERE {} = UNHEX(j.o){whole}{}",
        json_table(column, JsonFields::of(change)),
        column.table_ident,
        join(column),
        change.assignments(column, "j.n", "j.m"),
        column.bytes,
        column.still_ours()
    )
}

/// The statement that reads a batch again, with a lock, and what to bind.
///
/// MySQL locks JSON_TABLE twice, and says so, unless it stands in a derived table (3569). MariaDB
/// knows no `FOR SHARE OF t`.
pub(super) fn read_back(
    column: &CredentialColumn,
    bytes: &str,
    batch: &[Swap],
) -> Result<(String, Vec<Arg>), StoreError> {
    let sql = format!(
        "SELECT {BY_INDEX} CAST(j.i AS SIGNED) - 1, {bytes} FROM (SELECT * FROM {} AS b) AS j STRAIGHT_JOIN {} t ON {} LOCK IN SHARE MODE",
        json_table(column, JsonFields::ReadBack),
        column.table_ident,
        join(column)
    );
    Ok((
        sql,
        vec![Arg::Text(JsonFields::ReadBack.json(column, batch)?)],
    ))
}

/// `JSON_TABLE`, the key declared with the key column's own type, charset and collation.
///
/// Another type would make the join a scan.
fn json_table(column: &CredentialColumn, fields: JsonFields) -> String {
    let keys = column.keys.iter().enumerate().map(|(i, k)| {
        let sql_type = match &k.batch {
            // The longest key of InnoDB is 3072 bytes; one that is cut would be taken for deleted.
            BatchType::Hex => "VARCHAR(6144) CHARACTER SET ascii",
            BatchType::Uuid => "VARCHAR(36) CHARACTER SET ascii",
            BatchType::Cast(own) => own,
            BatchType::Integer => "BIGINT",
            BatchType::Text => "TEXT",
        };
        format!("k{i} {sql_type}")
    });
    // Wider than anything that is read (4 KiB in hex) or made, so that nothing is cut.
    let more = fields.list(column).into_iter().map(|field| match field {
        JsonField::Length => "l BIGINT".to_owned(),
        JsonField::New => "n VARCHAR(2048) CHARACTER SET ascii".to_owned(),
        JsonField::Old => "o VARCHAR(8192) CHARACTER SET ascii".to_owned(),
        JsonField::Label => "m VARCHAR(2048) CHARACTER SET ascii".to_owned(),
        JsonField::Storage => "s VARCHAR(16) CHARACTER SET ascii".to_owned(),
    });
    let mut columns: Vec<String> = keys
        .chain(more)
        .enumerate()
        .map(|(at, declared)| format!("{declared} PATH '$[{at}]'"))
        .collect();
    if fields == JsonFields::ReadBack {
        columns.push("i FOR ORDINALITY".to_owned());
    }
    format!("JSON_TABLE(?, '$[*]' COLUMNS ({}))", columns.join(", "))
}

fn join(column: &CredentialColumn) -> String {
    let one = |(i, k): (usize, &KeyColumn)| match k.batch {
        BatchType::Hex => format!("t.{} = UNHEX(j.k{i})", k.ident),
        BatchType::Uuid => format!("t.{} = CAST(j.k{i} AS UUID)", k.ident),
        _ => format!("t.{} = j.k{i}", k.ident),
    };
    let parts: Vec<String> = column.keys.iter().enumerate().map(one).collect();
    parts.join(" AND ")
}
