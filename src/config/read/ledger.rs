//! `[ledger]`: where the ledger's tables are.

use super::name::is_identifier;
use crate::config::document::Section;
use crate::config::error::{ConfigError, ConfigProblem};
use crate::config::keys::{LedgerKey, SectionKey};
use crate::config::settings::LedgerNames;

/// The longest name of a schema: PostgreSQL cuts names at 63 bytes.
const SCHEMA_BYTES_MAX: usize = 63;

/// The longest prefix: the longest name of our tables must still fit behind it.
const PREFIX_BYTES_MAX: usize = 32;

/// Reads the section.
pub(super) fn read(section: &Section<'_, LedgerKey>) -> Result<LedgerNames, ConfigError> {
    let default = LedgerNames::default();
    let read = |key: LedgerKey, bytes_max, expected| match section.text(key)? {
        Some(name) if name.value.len() > bytes_max || !is_identifier(&name.value) => {
            let key = key.as_str();
            Err(section.refuse(name.span, ConfigProblem::Name { key, expected }))
        }
        name => Ok(name.map(|name| name.value)),
    };
    let schema = read(
        LedgerKey::Schema,
        SCHEMA_BYTES_MAX,
        "at most 63 letters, digits and `_`, not a digit first",
    )?;
    let prefix = read(
        LedgerKey::Prefix,
        PREFIX_BYTES_MAX,
        "at most 32 letters, digits and `_`, not a digit first",
    )?;
    Ok(LedgerNames {
        schema: schema.unwrap_or(default.schema),
        prefix: prefix.unwrap_or(default.prefix),
    })
}
