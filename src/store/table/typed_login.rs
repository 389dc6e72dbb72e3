//! A login as somebody typed it: what is equal to it in its column, and its class of equal texts.
//!
//! What is equal is for the database to say, by the column's type and collation. Two texts that it
//! takes for the same login are one class, whether any row has it or not.

use unicode_normalization::UnicodeNormalization as _;

use crate::store::sql::Arg;

/// What a login is in its column.
pub(crate) struct TypedLogin {
    /// A condition that a row has the login; none where no row can have it.
    pub(crate) equal: Option<LoginSql>,
    pub(crate) class: LoginClass,
}

/// One way in which a row can have what was typed.
pub(crate) struct LoginWay {
    /// How a row comes to be the one that is meant. The least one decides.
    pub(crate) rank: usize,
    /// The place of the column. The same class in another column is another name.
    pub(crate) column: u8,
    /// The text that is asked for.
    pub(crate) text: String,
    /// What it is in its column.
    pub(crate) typed: TypedLogin,
}

/// What was typed, for a comparison of small letters.
#[derive(Clone, Copy)]
pub(crate) struct TypedText<'a> {
    pub(crate) login: &'a str,
    /// A column that has the lowercase of the column, as SQL.
    pub(crate) lowered: Option<&'a str>,
}

/// SQL with what is bound in it.
#[derive(Clone)]
pub(crate) struct LoginSql {
    pub(crate) sql: String,
    pub(crate) args: Vec<Arg>,
}

/// The class of a login: the same bytes for all texts that a database takes for equal.
///
/// Texts that are not equal may share a class too. Then they share a limit and nothing else.
#[derive(Clone)]
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

    /// The same of another class.
    pub(crate) fn of_class(self, class: LoginClass) -> Self {
        Self { class, ..self }
    }
}

/// The other forms in which Unicode writes the same text, each once: composed and decomposed.
pub(crate) fn other_forms(login: &str) -> Vec<String> {
    if login.is_ascii() {
        return Vec::new();
    }
    let composed: String = login.nfc().collect();
    let decomposed: String = login.nfd().collect();
    let mut forms = vec![composed, decomposed];
    forms.dedup();
    forms.retain(|form| form != login);
    forms
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_looked_for_in_the_forms_that_it_was_not_typed_in() {
        let (composed, decomposed) = ("jos\u{e9}", "jose\u{301}");
        assert_eq!(other_forms(composed), [decomposed]);
        assert_eq!(other_forms(decomposed), [composed]);
        assert!(other_forms("jose").is_empty());
        assert!(other_forms("\u{df}").is_empty());
        // Typed in neither of them.
        let mixed = "\u{e9}e\u{301}";
        assert_eq!(other_forms(mixed), ["\u{e9}\u{e9}", "e\u{301}e\u{301}"]);
    }
}
