//! `[ledger]`

use super::name::is_identifier;
use crate::config::document::Section;
use crate::config::error::{ConfigError, Problem};
use crate::config::settings::LedgerNames;

/// Reads the section.
pub(super) fn read(section: Section<'_>) -> Result<LedgerNames, ConfigError> {
    let mut names = LedgerNames::default();
    let read = |key, into: &mut String, chars_max, expected| match section.text(key)? {
        Some(name) if name.value.len() > chars_max || !is_identifier(&name.value) => {
            Err(section.refuse(name.span, Problem::Name { key, expected }))
        }
        Some(name) => {
            *into = name.value;
            Ok(())
        }
        None => Ok(()),
    };
    // PostgreSQL cuts names at 63 bytes; the longest of our tables' names must still fit behind the prefix.
    read(
        "schema",
        &mut names.schema,
        63,
        "at most 63 letters, digits and `_`, not a digit first",
    )?;
    read(
        "prefix",
        &mut names.prefix,
        32,
        "at most 32 letters, digits and `_`, not a digit first",
    )?;
    Ok(names)
}
