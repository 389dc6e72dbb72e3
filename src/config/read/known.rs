//! `[known]`

use super::config_file::ConfigFile;
use crate::config::document::Section;
use crate::config::error::ConfigError;
use crate::config::settings::KnownPasswords;

/// Reads the section.
pub(super) fn read(
    config: &ConfigFile<'_>,
    section: &Section<'_>,
) -> Result<KnownPasswords, ConfigError> {
    let wordlists = section.texts("wordlist")?;
    let pwned = section.text("pwned")?;
    Ok(KnownPasswords {
        wordlists: wordlists
            .iter()
            .map(|path| config.beside(&path.value))
            .collect(),
        pwned: pwned.map(|path| config.beside(&path.value)),
    })
}
