//! What a name must be.

/// The longest name that a table of a report still has room for.
const NAME_CHARS_MAX: usize = 64;

/// What a name of ours must be, for messages.
pub(super) const LABEL: &str = "at most 64 characters, none of them a control character";

/// Whether a name of ours can stand in every output and in the ledger.
pub(super) fn is_label(name: &str) -> bool {
    name.chars().count() <= NAME_CHARS_MAX && !name.chars().any(char::is_control)
}

/// A name that needs no quotes anywhere.
pub(super) fn is_identifier(name: &str) -> bool {
    !name.starts_with(|c: char| c.is_ascii_digit())
        && !name.is_empty()
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}
