//! What every database has to say about its column types: how each is read, bound and written.

use super::divider_sql::DividerSql;
use super::info::ColumnInfo;
use super::key_column::KeyColumn;
use super::last_login::LastLoginSql;
use super::padding::ColumnPadding;
use super::typed_login::{TypedLogin, TypedText};
use super::value::ValueSql;
use crate::store::sql::Ident;

/// One database's column types, as SQL over the alias `t`.
///
/// `at` is a column with its alias, `t."name"`. Where a type can't be used, the answer is none.
pub(super) trait TypeSql: Sync {
    /// How a password's stored value goes in and out.
    fn value(&self, info: &ColumnInfo, at: &str, encoding: &str) -> Option<ValueSql>;

    /// How a part of the key is selected and compared.
    fn key(&self, info: &ColumnInfo, ident: &Ident) -> Option<KeyColumn>;

    /// How the time of the last login is read.
    fn last_login(&self, info: &ColumnInfo, at: &str) -> Option<LastLoginSql>;

    /// The bytes that a program which reads this column has in its hands.
    ///
    /// Text in UTF-8, numbers and dates as they are written out, bytes as they are.
    fn bytes(&self, info: &ColumnInfo, at: &str, encoding: &str) -> String;

    /// A condition that a column is this word, as a program that reads it writes it out.
    ///
    /// The word needs no escape between quotes.
    fn is_word(&self, info: &ColumnInfo, at: &str, word: &str) -> String;

    /// The word as a column is set to it.
    fn word(&self, word: &str) -> String {
        format!("'{word}'")
    }

    /// What a column of fixed width adds to what it holds, or takes off.
    fn padding(&self, info: &ColumnInfo) -> Option<ColumnPadding>;

    /// Whether a column holds text in which ASCII stays ASCII.
    fn holds_text(&self, info: &ColumnInfo) -> bool;

    /// The value and its label as one, as SQL for bytes.
    fn labelled(&self, parts: &LabelledSql<'_>) -> String;

    /// How a flag is asked and set.
    fn flag(&self, info: &ColumnInfo, at: &str) -> Option<FlagSql>;

    /// How a column that divides the rows is read.
    fn divider(&self, info: &ColumnInfo, at: &str) -> Option<DividerSql>;

    /// What was typed as a login, for its column.
    ///
    /// The condition is of the column's own type, so that an index on it serves. No text makes it
    /// fail.
    fn typed_login(&self, info: &ColumnInfo, at: &str, login: &str) -> TypedLogin;

    /// What a typed login is to its column where big and small letters are the same; none where the
    /// column itself says so, or holds no text.
    fn lowered_login(
        &self,
        info: &ColumnInfo,
        at: &str,
        login: TypedText<'_>,
    ) -> Option<TypedLogin>;

    /// The column as an index of its lowercase has it; none where it needs none.
    fn lowercase(&self, info: &ColumnInfo, at: &str) -> Option<String>;
}

/// A value and the column of its label.
pub(super) struct LabelledSql<'a> {
    /// The value's column.
    pub(super) value: &'a str,
    /// The label's column.
    pub(super) label: &'a str,
    /// PostgreSQL's name for the encoding.
    pub(super) encoding: &'a str,
    /// The value's bytes, where it has no label.
    pub(super) unlabelled: &'a str,
}

/// How a flag is asked and set.
pub(super) struct FlagSql {
    /// Its being set, as a condition.
    pub(super) is_set: String,
    /// What it is set to.
    pub(super) set: &'static str,
    /// What it is set back to.
    pub(super) unset: &'static str,
}

/// What the native strings begin with that saltern writes.
///
/// A label beside anything else is left over from what stood there before.
pub(super) const NATIVE: &str = "('argon2id', '2a', '2b', '2y', 'pbkdf2-sha256')";

/// The flag of a column of whole numbers, in which 0 is false.
pub(super) fn number_flag(at: &str) -> FlagSql {
    FlagSql {
        is_set: format!("COALESCE({at}, 0) <> 0"),
        set: "1",
        unset: "0",
    }
}
