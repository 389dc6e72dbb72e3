//! What a reset changes beside the value.

use crate::reset::DeadForm;

/// What a reset changes beside the value, as the operator configured it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OnReset {
    /// The form of the dead value.
    pub value: DeadForm,
    /// Columns of the user table that the statement of the reset sets too.
    pub set: Vec<Assignment>,
    /// Statements that run in the same transaction, with the keys of the rows that were reset.
    pub sql: Vec<String>,
    /// Columns of the user table that are set when a row gets its new password by a token.
    pub done: Vec<Assignment>,
    /// The column that says who must change the password at the next login. A soft reset needs it.
    pub must_change: Option<String>,
}

/// A column of the user table and what it is set to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assignment {
    /// The column's exact name.
    pub column: String,
    /// What it is set to.
    pub value: NewValue,
}

/// What a column is set to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NewValue {
    /// True or false.
    Flag(bool),
    /// A whole number.
    Number(i64),
    /// An SQL expression that the operator wrote.
    Sql(String),
}

impl OnReset {
    /// Every column of the user table that is set by any of it, each once.
    pub fn columns(&self) -> Vec<&str> {
        let mut columns: Vec<&str> = Vec::new();
        let assigned = self.set.iter().chain(&self.done);
        let assigned = assigned.map(|assignment| assignment.column.as_str());
        for column in assigned.chain(self.must_change.as_deref()) {
            if !columns.contains(&column) {
                columns.push(column);
            }
        }
        columns
    }
}

impl std::fmt::Display for NewValue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Flag(flag) => write!(f, "{flag}"),
            Self::Number(number) => write!(f, "{number}"),
            Self::Sql(sql) => write!(f, "{sql:?}"),
        }
    }
}
