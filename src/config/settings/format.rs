//! A column that says which scheme a row has.
//!
//! A credential of the file that names such a column is as many credentials of the settings as the
//! column has values. Each has one scheme, and is scanned and proven by itself.

use crate::policy::SchemeGroup;

/// The rows of a credential that a column of their table sets apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FormatPart {
    /// The name of the credential in the file.
    pub of: String,
    /// The column that says which scheme a row has.
    pub column: String,
    /// What it says in these rows.
    pub rows: FormatRows,
    /// The schemes that the file calls by one word; none where it names one scheme.
    pub group: Option<SchemeGroup>,
    /// What saltern sets it to; none where it stays as it is.
    pub write: Option<FormatWrite>,
    /// Every value that the file names. A row with another one is in no part.
    pub named: Vec<FormatValue>,
}

/// A value of such a column, in its text form. None is NULL.
pub type FormatValue = Option<String>;

/// Which rows a part has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FormatRows {
    /// Those with this value, which the file lists with a scheme.
    Listed(FormatValue),
    /// Those with a value that saltern writes.
    Written(Vec<FormatValue>),
}

/// What saltern sets the column to, in the statement that swaps the value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FormatWrite {
    /// Beside a value with a label.
    pub wrapped: String,
    /// Beside a native string of the target.
    pub native: String,
    /// Beside a dead value.
    pub dead: String,
}

impl FormatPart {
    /// The values that its rows have.
    pub fn values(&self) -> &[FormatValue] {
        match &self.rows {
            FormatRows::Listed(value) => std::slice::from_ref(value),
            FormatRows::Written(values) => values,
        }
    }

    /// Its name: that of the credential, and behind it the value.
    pub fn name(&self) -> String {
        let rows = match &self.rows {
            FormatRows::Listed(value) => word_of(value),
            FormatRows::Written(_) => WRITTEN,
        };
        format!("{}[{rows}]", self.of)
    }
}

/// In the name of the part with the rows that saltern wrote.
const WRITTEN: &str = "*";

/// A value in the name of its part.
pub(in crate::config) fn word_of(value: &FormatValue) -> &str {
    value.as_deref().unwrap_or("NULL")
}
