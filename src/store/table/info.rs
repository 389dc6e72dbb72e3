//! A table and its columns, as the catalogue has them.

use crate::store::sql::StoreError;

/// What kind of values a column holds, as far as saltern cares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TypeFamily {
    /// A signed integer of at most 64 bits.
    Int,
    /// An unsigned integer of at most 64 bits (MySQL).
    Uint,
    /// Text.
    Text,
    /// Bytes of varying length.
    Bytes,
    /// Bytes of a fixed length, padded with NUL (MySQL's BINARY(n)).
    FixedBytes,
    /// A native uuid.
    Uuid,
    /// A point in time that knows its zone.
    TimeWithZone,
    /// A date and time without a zone, or a date.
    Time,
    /// SQLite's column without a declared type, or of numeric affinity: a value's own type decides.
    Any,
    /// True or false (PostgreSQL).
    Bool,
    /// One of the words of its type.
    Enum,
    /// Nothing that saltern reads.
    Other,
}

/// One column as the catalogue has it.
#[derive(Clone, Debug)]
pub struct ColumnInfo {
    /// The exact name.
    pub name: String,
    /// The type as declared, for people and for DDL.
    pub declared: String,
    /// The type's name without its length: what a cast takes.
    pub base: String,
    /// What it holds.
    pub family: TypeFamily,
    /// The most characters (bytes for binary columns) that fit; none where there is no limit.
    pub max_len: Option<u64>,
    /// Whether NULL is allowed.
    pub nullable: bool,
    /// MySQL's character set.
    pub charset: Option<String>,
    /// The collation.
    pub collation: Option<String>,
    /// PostgreSQL's collation, as SQL, where it takes texts of different bytes for equal.
    pub nondeterministic: Option<String>,
    /// Generated from other columns.
    pub generated: bool,
    /// The column whose lowercase it is generated from (MySQL).
    pub lowercase_of: Option<String>,
    /// PostgreSQL's collation, as SQL, where it is not the database's own.
    pub own_collation: Option<String>,
    /// MySQL's `ON UPDATE CURRENT_TIMESTAMP`.
    pub on_update: bool,
    /// PostgreSQL's type is a domain of this name.
    pub domain: Option<String>,
    /// Whether this user may read it.
    pub readable: bool,
}

/// A table as the catalogue has it.
#[derive(Clone, Debug)]
pub struct TableInfo {
    /// The schema that it was found in (empty on SQLite).
    pub schema: String,
    /// The exact name.
    pub table: String,
    /// What it is: "table", "partitioned table", "view", "foreign table", …
    pub what: String,
    /// Its columns in order.
    pub columns: Vec<ColumnInfo>,
}

impl ColumnInfo {
    /// Whether ASCII text is other bytes in the column's character set.
    pub(super) fn has_wide_charset(&self) -> bool {
        matches!(
            self.charset.as_deref(),
            Some("ucs2" | "utf16" | "utf16le" | "utf32")
        )
    }
}

impl TableInfo {
    /// The column of that exact name.
    pub fn column(&self, name: &str) -> Option<&ColumnInfo> {
        self.columns.iter().find(|c| c.name == name)
    }

    /// The column of that exact name.
    ///
    /// # Errors
    /// `Refused`, with the names that there are, where it is not there.
    pub fn find(&self, name: &str) -> Result<&ColumnInfo, StoreError> {
        self.column(name).ok_or_else(|| {
            let names: Vec<&str> = self.columns.iter().map(|c| c.name.as_str()).collect();
            StoreError::refused(
                format!("table {} has no column {name}", self.table),
                format!("names are exact; its columns are {}", names.join(", ")),
            )
        })
    }
}

/// How wide a column is; zero where there is no limit.
pub(super) fn width(info: &ColumnInfo) -> usize {
    info.max_len
        .and_then(|len| usize::try_from(len).ok())
        .unwrap_or(0)
}
