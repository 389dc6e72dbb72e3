//! `[database]`: the way to the URL, or the URL itself in a file that only its owner can read.

use super::config_file::ConfigFile;
use super::name::is_identifier;
use crate::config::document::{Section, Spanned};
use crate::config::error::{ConfigError, ConfigProblem};
use crate::config::keys::{DatabaseKey, SectionKey};
use crate::config::settings::DatabaseSource;
use crate::secret::{DatabaseUrl, FileHolds, FileRights};

/// Where the URL of the database is to be had: exactly one of the three keys.
pub(super) fn read(
    config: &ConfigFile<'_>,
    section: &Section<'_, DatabaseKey>,
) -> Result<DatabaseSource, ConfigError> {
    let given: Vec<DatabaseKey> = DatabaseKey::ALL
        .iter()
        .copied()
        .filter(|key| section.has(*key))
        .collect();
    if let [first, second, ..] = given[..] {
        return Err(section.refuse(
            section.key_span(second),
            ConfigProblem::TwoDatabases(first.as_str(), second.as_str()),
        ));
    }
    if let Some(variable) = section.text(DatabaseKey::UrlEnv)? {
        if !is_identifier(&variable.value) {
            let expected = "the name of an environment variable, not the URL itself";
            return Err(section.refuse(
                variable.span,
                ConfigProblem::Name {
                    key: DatabaseKey::UrlEnv.as_str(),
                    expected,
                },
            ));
        }
        return Ok(DatabaseSource::Env(variable.value));
    }
    if let Some(path) = section.text(DatabaseKey::UrlFile)? {
        if path.value.contains("://") {
            let expected = "the path of a file, not the URL itself";
            return Err(section.refuse(
                path.span,
                ConfigProblem::Name {
                    key: DatabaseKey::UrlFile.as_str(),
                    expected,
                },
            ));
        }
        return Ok(DatabaseSource::File(config.beside(&path.value)));
    }
    match section.string(DatabaseKey::Url)? {
        Some(url) => database_url(config, section, url),
        None => Err(section.refuse(section.span(), ConfigProblem::NoDatabase)),
    }
}

fn database_url(
    config: &ConfigFile<'_>,
    section: &Section<'_, DatabaseKey>,
    text: Spanned<&str>,
) -> Result<DatabaseSource, ConfigError> {
    let url = DatabaseUrl::parse(text.value)
        .map_err(|error| section.refuse(text.span.clone(), ConfigProblem::Url(error)))?;
    if url.has_password() {
        let Some(mode) = config.mode else {
            return Err(section.refuse(text.span, ConfigProblem::NoMode));
        };
        if let Some(fault) = FileRights::of_mode(mode).fault(FileHolds::Secret) {
            return Err(section.refuse(text.span, ConfigProblem::OpenFile(fault)));
        }
    }
    Ok(DatabaseSource::Url(url))
}
