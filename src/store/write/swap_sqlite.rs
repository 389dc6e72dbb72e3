//! The page's statements on SQLite: over `json_each`.

use super::item::{Swap, storage_name};
use super::swap_json::{JsonField, JsonFields};
use crate::store::sql::{Arg, Conn, Query, StoreError};
use crate::store::table::{BatchType, CredentialColumn, KeyColumn, KeyPart, RowChange};

/// The statement that swaps a batch.
pub(super) fn swap_sql(column: &CredentialColumn, change: RowChange) -> String {
    let fields = JsonFields::of(change);
    let at = |field| field_sql(column, fields, field);
    let (new, old) = (at(JsonField::New), at(JsonField::Old));
    let whole = if change.keeps_value() {
        String::new()
    } else {
        format!(" AND length({new}) = {}", at(JsonField::Length))
    };
    format!(
        "UPDATE {} AS t SET {} FROM json_each(?) j WHERE {} AND typeof(t.{}) = {} AND {} = unhex({old}){whole}{}",
        column.table_ident,
        change.assignments(column, &new_sql(column, &new), &at(JsonField::Label)),
        join(column),
        column.value,
        at(JsonField::Storage),
        column.bytes,
        column.still_ours()
    )
}

/// The statement that reads a batch again, and what to bind.
pub(super) fn read_back(
    column: &CredentialColumn,
    bytes: &str,
    batch: &[Swap],
) -> Result<(String, Vec<Arg>), StoreError> {
    let sql = format!(
        "SELECT CAST(j.key AS INTEGER), {bytes} FROM json_each(?) j CROSS JOIN {} t ON {}",
        column.table_ident,
        join(column)
    );
    Ok((
        sql,
        vec![Arg::Text(JsonFields::ReadBack.json(column, batch)?)],
    ))
}

/// Whether a batch must be written row by row: `json_each` cuts a text at NUL.
pub(super) fn needs_single_rows(batch: &[Swap]) -> bool {
    let has_nul = |part: &KeyPart| matches!(part, KeyPart::Text(text) if text.contains('\0'));
    batch.iter().any(|swap| swap.key.0.iter().any(has_nul))
}

/// Swaps a batch row by row; returns how many rows had their old value and now have the new one.
pub(super) async fn swap_single_rows(
    conn: &mut Conn,
    column: &CredentialColumn,
    change: RowChange,
    batch: &[Swap],
) -> Result<u64, StoreError> {
    let sql = format!(
        "UPDATE {} AS t SET {} WHERE {} AND typeof(t.{}) = ? AND {} = ?{}",
        column.table_ident,
        change.assignments(column, &new_sql(column, "?"), "?"),
        column.equal_key(),
        column.value,
        column.bytes,
        column.still_ours()
    );
    let mut swapped = 0;
    for swap in batch {
        let mut args = Vec::new();
        if !change.keeps_value() {
            // The new value stands twice in the statement.
            let new = swap.new_text(column)?;
            args.extend([Arg::from(new.native.as_str()), Arg::from(new.native)]);
            args.extend(column.label.as_ref().map(|_| Arg::from(new.label)));
        }
        args.extend(swap.key.args());
        args.push(storage_name(swap.storage).into());
        args.push(Arg::Bytes(swap.old.as_bytes().to_vec()));
        swapped += conn
            .run(Query::of_values("writing a row", &sql, args))
            .await?;
    }
    Ok(swapped)
}

/// The statement that reads one row again; its key is bound.
pub(super) fn read_single_row(column: &CredentialColumn, bytes: &str) -> String {
    format!(
        "SELECT {bytes} FROM {} t WHERE {}",
        column.table_ident,
        column.equal_key()
    )
}

fn join(column: &CredentialColumn) -> String {
    let one = |(i, k): (usize, &KeyColumn)| {
        let part = format!("(j.value ->> '$[{i}]')");
        if k.batch == BatchType::Hex {
            format!("t.{} = unhex({part})", k.ident)
        } else {
            format!("t.{} = {part}", k.ident)
        }
    };
    let parts: Vec<String> = column.keys.iter().enumerate().map(one).collect();
    parts.join(" AND ")
}

/// A value that was stored as bytes stays bytes: the application reads it as such.
fn new_sql(column: &CredentialColumn, new: &str) -> String {
    format!(
        "CASE typeof(t.{}) WHEN 'blob' THEN CAST({new} AS BLOB) ELSE {new} END",
        column.value
    )
}

/// A field of the batch's JSON; NULL where it is not among those of the statement.
fn field_sql(column: &CredentialColumn, fields: JsonFields, field: JsonField) -> String {
    let at = fields.list(column).iter().position(|one| *one == field);
    at.map_or("NULL".to_owned(), |at| {
        format!("(j.value ->> '$[{}]')", column.keys.len() + at)
    })
}
