//! The words of MySQL and MariaDB.

use super::words::{ListForm, SqlWords, Upsert};

/// The settings of every session and transaction.
///
/// The mode is without NO_ZERO_DATE, which would refuse a zero date that `preserve` writes back.
/// `lock_wait_timeout` is for LOCK TABLES, FLUSH TABLES WITH READ LOCK and ALTER TABLE of others. A
/// limit on the time of a statement would end scans that rightly take long: MariaDB has it under
/// one name (`/*M!`), MySQL under another (`/*!50708`, which MariaDB passes over).
const MODE: &str = "SET SESSION sql_mode = 'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION', \
    SESSION innodb_lock_wait_timeout = 1, SESSION lock_wait_timeout = 1 \
    /*M!100101 , SESSION max_statement_time = 0 */ \
    /*M!100300 , SESSION idle_write_transaction_timeout = 60 */ /*!50708 , SESSION max_execution_time = 0 */";

/// What a new session begins with.
pub(super) const SESSION: &[&str] = &[
    "SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED",
    MODE,
];

const ISOLATION: &str = "SET TRANSACTION ISOLATION LEVEL READ COMMITTED";

/// The words of MySQL and MariaDB.
pub(super) static WORDS: SqlWords = SqlWords {
    identifier_quote: '`',
    now_ms: "CAST(TIMESTAMPDIFF(MICROSECOND, '1970-01-01', UTC_TIMESTAMP(3)) DIV 1000 AS SIGNED)",
    bound_integer: "?",
    integer: ["", ""],
    whole: ["CAST(", " AS SIGNED)"],
    // CAST knows DOUBLE since MySQL 8.0.17 only.
    real: ["", " + 0e0"],
    backslash_escapes: true,
    numbers_parameters: false,
    parameter_signs: &['?'],
    // The statement of a page is over two tables.
    assigned_alias: "t.",
    // MySQL and MariaDB read the whole index for a row constructor.
    ranges_by_row: false,
    has_schemas: true,
    one_writer: false,
    has_rights: true,
    types_values: false,
    scan_rows_max: None,
    lists: ListForm::Json {
        texts: "JSON_TABLE(?, '$[*]' COLUMNS (k VARCHAR(512) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin PATH '$')) AS j",
        text: "j.k",
    },
    upsert: Upsert::OnDuplicateKey,
    begin_alone: None,
    begin_reading: &[MODE, ISOLATION, "START TRANSACTION READ ONLY"],
    begin_writing: &[MODE, ISOLATION, "START TRANSACTION READ WRITE"],
    ends_transactions_itself: false,
};
