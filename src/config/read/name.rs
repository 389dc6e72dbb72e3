//! What names must look like.

/// The longest name for which a table of a report has room.
const NAME_CHARS_MAX: usize = 64;

/// What the name of a credential or a rule must be, for messages.
pub(super) const LABEL: &str = "at most 64 characters, none of them a control character";

/// Whether the name of a credential or a rule can stand in every output and in the ledger.
pub(super) fn is_label(name: &str) -> bool {
    name.chars().count() <= NAME_CHARS_MAX && !name.chars().any(char::is_control)
}

/// What a value of a format column must be, for messages.
pub(super) const COLUMN_WORD: &str = "at most 64 characters, none of them a quote, a backslash, a question mark or a control character";

/// Whether a value of a format column can stand between quotes in every database's SQL.
pub(super) fn is_column_word(word: &str) -> bool {
    is_label(word) && !word.contains(['\'', '"', '`', '\\', '?'])
}

/// Whether a name needs no quotes in SQL or in the environment.
pub(super) fn is_identifier(name: &str) -> bool {
    !name.starts_with(|c: char| c.is_ascii_digit())
        && !name.is_empty()
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}
