//! How salts and names beside the values are read, and where they stand.

use crate::config::document::Section;
use crate::config::error::{ConfigError, ConfigProblem};
use crate::config::keys::{CredentialKey, OtherTableKey, SectionKey};
use crate::config::settings::{CharPadding, CompanionSettings, EmptySalt, OtherTable};

/// Reads the keys of a credential whose key has so many columns.
pub(super) fn read(
    section: &Section<'_, CredentialKey>,
    key_columns: usize,
) -> Result<CompanionSettings, ConfigError> {
    let other = |key| other_table(section, key, key_columns);
    let char_padding = section.word(
        CredentialKey::CharPadding,
        CharPadding::parse,
        &CharPadding::WORDS,
    )?;
    let empty_salt = section.word(
        CredentialKey::EmptySalt,
        EmptySalt::parse,
        &[EmptySalt::Empty.as_str()],
    )?;
    Ok(CompanionSettings {
        char_padding: char_padding.map(|word| word.value),
        empty_salt: empty_salt.map(|word| word.value),
        salt: other(CredentialKey::Salt)?,
        salt2: other(CredentialKey::Salt2)?,
        username: other(CredentialKey::Username)?,
    })
}

/// Whether a table is written in place of a column's name.
pub(super) fn is_table(section: &Section<'_, CredentialKey>, key: CredentialKey) -> bool {
    section
        .item(key)
        .is_some_and(|item| item.value.as_table_like().is_some())
}

/// `salt = { table = "user_meta", key = "user_id", column = "value" }`
fn other_table(
    section: &Section<'_, CredentialKey>,
    key: CredentialKey,
    key_columns: usize,
) -> Result<Option<OtherTable>, ConfigError> {
    if !is_table(section, key) {
        return Ok(None);
    }
    let Some(own) = section.section::<OtherTableKey>(key)? else {
        return Ok(None);
    };
    let table = own.required(OtherTableKey::Table)?.value;
    let column = own.required(OtherTableKey::Column)?.value;
    let keys = own.texts(OtherTableKey::Key)?;
    if keys.is_empty() {
        return Err(own.missing(OtherTableKey::Key));
    }
    if keys.len() != key_columns {
        return Err(own.refuse(
            own.key_span(OtherTableKey::Key),
            ConfigProblem::OtherKey {
                key: key.as_str(),
                expected: key_columns,
                found: keys.len(),
            },
        ));
    }
    Ok(Some(OtherTable {
        schema: own.text(OtherTableKey::Schema)?.map(|text| text.value),
        table,
        key: keys.into_iter().map(|text| text.value).collect(),
        column,
        where_sql: own.text(OtherTableKey::Where)?.map(|text| text.value),
    }))
}
