//! A scheme, by its name or by an expression.

use crate::config::document::{Section, Spanned};
use crate::config::error::{ConfigError, Problem};
use crate::scheme::Scheme;

/// A scheme by its name, or what an expression says.
pub(super) fn read_scheme(
    section: &Section<'_>,
    key: &'static str,
    text: Spanned<String>,
) -> Result<Spanned<Scheme>, ConfigError> {
    match Scheme::parse(&text.value) {
        Ok(value) => Ok(Spanned {
            value,
            span: text.span,
        }),
        Err(error) if text.value.contains('(') => {
            Err(section.refuse(text.span, Problem::Expression { key, error }))
        }
        Err(_) => {
            let known = Scheme::all().map(Scheme::name).chain(["auto"]);
            Err(section.unknown_value(key, &text.value, text.span, known))
        }
    }
}
