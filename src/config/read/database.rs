//! `[database]`

use super::config_file::ConfigFile;
use super::name::is_identifier;
use crate::config::document::{Section, Spanned};
use crate::config::error::{ConfigError, Problem};
use crate::config::keys;
use crate::config::settings::DatabaseSource;
use crate::secret::DatabaseUrl;

/// Reads the section.
pub(super) fn read(
    config: &ConfigFile<'_>,
    section: Section<'_>,
) -> Result<DatabaseSource, ConfigError> {
    let given: Vec<&'static str> = keys::DATABASE
        .keys
        .iter()
        .copied()
        .filter(|key| section.has(key))
        .collect();
    if let [first, second, ..] = given[..] {
        return Err(section.refuse(
            section.key_span(second),
            Problem::TwoDatabases(first, second),
        ));
    }
    if let Some(variable) = section.text("url_env")? {
        if !is_identifier(&variable.value) {
            let expected = "the name of an environment variable, not the URL itself";
            return Err(section.refuse(
                variable.span,
                Problem::Name {
                    key: "url_env",
                    expected,
                },
            ));
        }
        return Ok(DatabaseSource::Env(variable.value));
    }
    if let Some(path) = section.text("url_file")? {
        if path.value.contains("://") {
            let expected = "the path of a file, not the URL itself";
            return Err(section.refuse(
                path.span,
                Problem::Name {
                    key: "url_file",
                    expected,
                },
            ));
        }
        return Ok(DatabaseSource::File(config.beside(&path.value)));
    }
    match section.string("url")? {
        Some(url) => database_url(config, &section, url),
        None => Err(section.refuse(section.span(), Problem::NoDatabase)),
    }
}

fn database_url(
    config: &ConfigFile<'_>,
    section: &Section<'_>,
    text: Spanned<&str>,
) -> Result<DatabaseSource, ConfigError> {
    let url = DatabaseUrl::parse(text.value)
        .map_err(|error| section.refuse(text.span.clone(), Problem::Url(error)))?;
    if url.has_password() {
        match config.mode.map(|mode| mode & 0o7777) {
            Some(mode) if mode & !0o600 == 0 => {}
            Some(mode) => return Err(section.refuse(text.span, Problem::OpenFile { mode })),
            None => return Err(section.refuse(text.span, Problem::NoMode)),
        }
    }
    Ok(DatabaseSource::Url(url))
}
