//! PostgreSQL's words.

use super::words::{ListForm, SqlWords, Upsert};

/// PostgreSQL's words.
pub(super) static WORDS: SqlWords = SqlWords {
    identifier_quote: '"',
    now_ms: "(extract(epoch from clock_timestamp()) * 1000)::bigint",
    bound_integer: "?::int8",
    integer: ["(", ")::int8"],
    whole: ["(", ")::int8"],
    real: ["CAST(", " AS DOUBLE PRECISION)"],
    backslash_escapes: false,
    numbers_parameters: true,
    parameter_signs: &[],
    assigned_alias: "",
    ranges_by_row: true,
    has_schemas: true,
    one_writer: false,
    has_rights: true,
    types_values: false,
    scan_rows_max: None,
    lists: ListForm::Array {
        texts: "unnest(?::text[]) AS j(k)",
    },
    upsert: Upsert::OnConflict,
    begin_alone: Some(
        "BEGIN ISOLATION LEVEL READ COMMITTED; SET LOCAL lock_timeout = '1s'; \
         SET LOCAL statement_timeout = 0; SET LOCAL extra_float_digits = 3",
    ),
    begin_reading: &[
        "BEGIN ISOLATION LEVEL READ COMMITTED READ ONLY; SET LOCAL lock_timeout = '1s'; \
         SET LOCAL row_security = off; SET LOCAL statement_timeout = 0; \
         SET LOCAL idle_in_transaction_session_timeout = 0; SET LOCAL extra_float_digits = 3",
    ],
    // A session that is lost on this side holds its locks for a minute at the most. A transaction
    // that writes is never idle for so long.
    // With SET CONSTRAINTS a deferred check fails at its row's statement, where the row can be
    // found, not at COMMIT.
    begin_writing: &[
        "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE; SET LOCAL lock_timeout = '1s'; \
         SET LOCAL row_security = off; SET LOCAL statement_timeout = 0; \
         SET LOCAL idle_in_transaction_session_timeout = '60s'; SET LOCAL extra_float_digits = 3; \
         SET LOCAL synchronous_commit = on; SET CONSTRAINTS ALL IMMEDIATE",
    ],
    ends_transactions_itself: false,
};
