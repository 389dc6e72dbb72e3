//! A scheme, by its name or by an expression.

use crate::config::document::{Section, Spanned};
use crate::config::error::{ConfigError, ConfigProblem};
use crate::config::keys::SectionKey;
use crate::scheme::{Declared, Scheme};

/// A scheme, given by its name or by an expression.
pub(super) fn read_scheme<K: SectionKey>(
    section: &Section<'_, K>,
    key: K,
    text: Spanned<String>,
) -> Result<Spanned<Scheme>, ConfigError> {
    match Scheme::parse(&text.value) {
        Ok(value) => Ok(Spanned {
            value,
            span: text.span,
        }),
        Err(error) if text.value.contains('(') => {
            let key = key.as_str();
            Err(section.refuse(text.span, ConfigProblem::Expression { key, error }))
        }
        Err(_) => {
            let known = Scheme::all().map(Scheme::name).chain(["auto"]);
            Err(section.unknown_value(key, &text.value, text.span, known))
        }
    }
}

/// The same, or `auto`.
pub(super) fn read_declared<K: SectionKey>(
    section: &Section<'_, K>,
    key: K,
    text: Spanned<String>,
) -> Result<Declared, ConfigError> {
    if text.value == "auto" {
        return Ok(Declared::Auto);
    }
    read_scheme(section, key, text).map(|scheme| Declared::Scheme(scheme.value))
}
