//! SQLite's words.

use super::words::{ListForm, SqlWords, Upsert};

/// SQLite's words.
pub(super) static WORDS: SqlWords = SqlWords {
    identifier_quote: '"',
    now_ms: "CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)",
    bound_integer: "?",
    integer: ["", ""],
    whole: ["", ""],
    real: ["CAST(", " AS REAL)"],
    backslash_escapes: false,
    numbers_parameters: false,
    parameter_signs: &['?', ':', '@', '$'],
    assigned_alias: "",
    ranges_by_row: true,
    has_schemas: false,
    one_writer: true,
    has_rights: false,
    types_values: true,
    // In DELETE mode a reader holds up every writer, so a scan reads in pages.
    scan_rows_max: Some(20_000),
    lists: ListForm::Json {
        texts: "json_each(?) AS j",
        text: "j.value",
    },
    upsert: Upsert::OnConflict,
    begin_alone: None,
    begin_reading: &["BEGIN"],
    begin_writing: &["BEGIN IMMEDIATE"],
    // A COMMIT that found the file busy leaves the transaction open; a full disk rolls it back.
    ends_transactions_itself: true,
};
