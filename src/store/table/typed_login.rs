//! A login as somebody typed it: what is equal to it in its column, and its class of equal texts.
//!
//! What is equal is for the database to say, by the column's type and collation. Two texts that it
//! takes for the same login are one class, whether any row has it or not.

use crate::store::sql::Arg;

/// What a login is in its column.
pub(crate) struct TypedLogin {
    /// A condition that a row has the login; none where no row can have it.
    pub(crate) equal: Option<LoginSql>,
    pub(crate) class: LoginClass,
}

/// SQL with what is bound in it.
pub(crate) struct LoginSql {
    pub(crate) sql: String,
    pub(crate) args: Vec<Arg>,
}

/// The class of a login: the same bytes for all texts that a database takes for equal.
///
/// Texts that are not equal may share a class too. Then they share a limit and nothing else.
pub(crate) enum LoginClass {
    /// The database computes it: an expression of bytes over no table.
    Sql(LoginSql),
    /// It is known without the database.
    Bytes(Vec<u8>),
}

impl TypedLogin {
    /// A login that no row can have.
    pub(crate) fn of_nobody(login: &str) -> Self {
        Self {
            equal: None,
            class: LoginClass::Bytes(login.as_bytes().to_vec()),
        }
    }

    /// A number; of nobody where the text is none.
    ///
    /// `01` is the number 1, so the class is the number's.
    pub(crate) fn number(at: &str, login: &str) -> Self {
        let Ok(number) = login.parse::<i64>() else {
            return Self::of_nobody(login);
        };
        Self {
            equal: Some(LoginSql {
                sql: format!("{at} = ?"),
                args: vec![Arg::Int(number)],
            }),
            class: LoginClass::Bytes(number.to_string().into_bytes()),
        }
    }

    /// A text that is equal to its own bytes alone.
    pub(crate) fn exact(sql: String, args: Vec<Arg>, login: &str) -> Self {
        Self {
            equal: Some(LoginSql { sql, args }),
            class: LoginClass::Bytes(login.as_bytes().to_vec()),
        }
    }
}
