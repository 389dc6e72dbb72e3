//! `[known]`: the lists of known passwords.

use super::config_file::ConfigFile;
use crate::config::document::Section;
use crate::config::error::ConfigError;
use crate::config::keys::KnownKey;
use crate::config::settings::KnownPasswords;

/// Reads the section.
pub(super) fn read(
    config: &ConfigFile<'_>,
    section: &Section<'_, KnownKey>,
) -> Result<KnownPasswords, ConfigError> {
    let wordlists = section.texts(KnownKey::Wordlist)?;
    let pwned = section.text(KnownKey::Pwned)?;
    Ok(KnownPasswords {
        wordlists: wordlists
            .iter()
            .map(|path| config.beside(&path.value))
            .collect(),
        pwned: pwned.map(|path| config.beside(&path.value)),
    })
}
