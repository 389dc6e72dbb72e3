//! Pieces of the file: forms in words, and names quoted for TOML and for comments.

use crate::store::survey::{FormCount, words_of};

/// The forms of sampled values in words.
pub(super) fn shares_of(forms: &[FormCount]) -> String {
    words_of(forms)
}

pub(super) fn toml_list(names: &[String]) -> String {
    match names {
        [one] => toml_string(one),
        many => format!(
            "[{}]",
            many.iter()
                .map(|name| toml_string(name))
                .collect::<Vec<_>>()
                .join(", ")
        ),
    }
}

/// A TOML string.
pub(super) fn toml_string(text: &str) -> String {
    toml_edit::Value::from(text).to_string()
}

/// A name for a comment, without the line ends that would end the comment.
pub(super) fn one_line(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect()
}
