//! The words in which one database's SQL differs from another's.
//!
//! Each database has one `static WORDS` beside this file. What depends on a column's type is in
//! `table/`.

/// One database's words.
pub(crate) struct SqlWords {
    /// The sign round an identifier.
    pub(crate) identifier_quote: char,
    /// The database's clock: milliseconds since 1970, UTC.
    pub(crate) now_ms: &'static str,
    /// A bound integer in a place from which the server can't tell its type.
    pub(crate) bound_integer: &'static str,
    /// What stands before and behind an integer expression, so that it has 64 bits.
    pub(crate) integer: [&'static str; 2],
    /// The same for a sum, which some databases give as a decimal number.
    pub(crate) whole: [&'static str; 2],
    /// What stands before and behind an expression, so that it is a floating-point number.
    pub(crate) real: [&'static str; 2],
    /// Whether a backslash escapes the next sign inside quotes.
    pub(crate) backslash_escapes: bool,
    /// Whether parameters are numbered (`$1`), so that a `?` of the operator's is an operator.
    pub(crate) numbers_parameters: bool,
    /// The signs that the driver would take for a parameter in the operator's own SQL.
    pub(crate) parameter_signs: &'static [char],
    /// The alias before a column that an UPDATE assigns.
    pub(crate) assigned_alias: &'static str,
    /// Whether a row constructor, `(a, b) > (?, ?)`, reads a range of the index.
    pub(crate) ranges_by_row: bool,
    /// Whether a table's name has a schema before it.
    pub(crate) has_schemas: bool,
    /// Whether the database lets in one writer at a time.
    pub(crate) one_writer: bool,
    /// Whether it knows users and their rights.
    pub(crate) has_rights: bool,
    /// Whether a value keeps a type of its own, whatever its column's is.
    pub(crate) types_values: bool,
    /// The most rows that a scan reads at once; none where it reads the whole table.
    pub(crate) scan_rows_max: Option<usize>,
    /// How a list becomes one parameter.
    pub(crate) lists: ListForm,
    /// How an INSERT meets a row that is there already.
    pub(crate) upsert: Upsert,
    /// What a transaction of a single statement begins with; none where a statement needs none.
    pub(crate) begin_alone: Option<&'static str>,
    /// What a reading transaction begins with, statement by statement.
    pub(crate) begin_reading: &'static [&'static str],
    /// What a writing transaction begins with.
    pub(crate) begin_writing: &'static [&'static str],
    /// Whether the database itself decides if a failure ends the transaction. A failed COMMIT
    /// leaves it open then, and a failed statement may close it.
    pub(crate) ends_transactions_itself: bool,
}

/// How a list becomes one parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ListForm {
    /// An array.
    Array {
        /// A table of texts, `j(k)`, of one bound array.
        texts: &'static str,
    },
    /// A JSON text.
    Json {
        /// A table of texts of one bound JSON array.
        texts: &'static str,
        /// Its column.
        text: &'static str,
    },
}

/// How an INSERT meets a row that is there already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Upsert {
    /// `ON CONFLICT`.
    OnConflict,
    /// `ON DUPLICATE KEY UPDATE`.
    OnDuplicateKey,
}

impl SqlWords {
    /// An integer expression, of 64 bits.
    pub(crate) fn integer(&self, expression: &str) -> String {
        format!("{}{expression}{}", self.integer[0], self.integer[1])
    }

    /// 1 where a condition holds, else 0.
    pub(crate) fn truth(&self, condition: &str) -> String {
        self.integer(&format!("CASE WHEN {condition} THEN 1 ELSE 0 END"))
    }

    /// A table of texts of one parameter, and the text's column in it.
    pub(crate) fn text_table(&self) -> (&'static str, &'static str) {
        match self.lists {
            ListForm::Array { texts } => (texts, "j.k"),
            ListForm::Json { texts, text } => (texts, text),
        }
    }
}

impl Upsert {
    /// Leaves the row that is there; `column` is any of its columns.
    pub(crate) fn keep(self, column: &str) -> String {
        match self {
            Self::OnConflict => "ON CONFLICT DO NOTHING".to_owned(),
            Self::OnDuplicateKey => format!("ON DUPLICATE KEY UPDATE {column} = {column}"),
        }
    }

    /// Puts the new values of some columns in the place of the old ones.
    pub(crate) fn replace(self, key: &str, columns: &[&str]) -> String {
        let each = |set: fn(&str) -> String| {
            let sets: Vec<String> = columns.iter().map(|column| set(column)).collect();
            sets.join(", ")
        };
        match self {
            Self::OnConflict => format!(
                "ON CONFLICT ({key}) DO UPDATE SET {}",
                each(|column| format!("{column} = excluded.{column}"))
            ),
            Self::OnDuplicateKey => format!(
                "ON DUPLICATE KEY UPDATE {}",
                each(|column| format!("{column} = VALUES({column})"))
            ),
        }
    }
}
