//! The file as a whole, and its two smallest sections: the database and the ledger.

use std::path::{Path, PathBuf};

use toml_edit::Document;

use super::error::{ConfigError, Problem};
use super::section::{File, Section, Spanned, table, tables};
use super::serve::Serve;
use super::settings::{DatabaseSource, KnownPasswords, LedgerNames, Settings};
use super::source::Source;
use super::warning::Warning;
use super::{credential, keys, marker, rule, serve, target};
use crate::scheme::Declared;
use crate::secret::DatabaseUrl;

/// A configuration file as the caller read it.
#[derive(Clone, Copy)]
pub struct ConfigFile<'a> {
    /// Its path as it was named; relative paths in it count from its folder.
    pub path: &'a Path,
    /// What is in it.
    pub text: &'a str,
    /// Its permission bits, where there are such: a password may stand in it only if they are 0600 or less.
    pub mode: Option<u32>,
}

impl ConfigFile<'_> {
    /// A path that stands in the file: a relative one counts from the file's folder.
    pub(super) fn beside(&self, path: &str) -> PathBuf {
        self.path.parent().unwrap_or(Path::new("")).join(path)
    }
}

/// What a file says, and what is unwise in it.
#[derive(Clone, Debug)]
pub struct Loaded {
    /// What it says.
    pub settings: Settings,
    /// What is unwise in it, in the order of the file.
    pub warnings: Vec<Warning>,
}

/// Reads a configuration; the first thing that is wrong with it is the error.
pub fn parse(config: &ConfigFile<'_>) -> Result<Loaded, ConfigError> {
    let name = config.path.display().to_string();
    let file = File {
        name: &name,
        source: Source::new(config.text),
    };
    let document = Document::parse(config.text).map_err(|error| {
        // The error's own display would show the line, whatever is in it.
        let end = config.text.len();
        file.refuse(
            error.span().unwrap_or(end..end),
            Problem::Syntax(error.message().to_owned()),
        )
    })?;
    let top = Section::open(&file, keys::TOP, document.as_table(), 0..0)?;
    let item = |key| top.item(key).map(|item| item.value);
    let mut warnings = Vec::new();

    let database = match table(&file, "database", item("database"))? {
        Some(table) => database(
            config,
            Section::open(&file, keys::DATABASE, table.value, table.span)?,
        )?,
        None => return Err(file.refuse_whole(Problem::NoSection("[database]"))),
    };
    let mut credentials = Vec::new();
    for table in tables(&file, "credential", "[[credential]]", item("credential"))? {
        let section = Section::open(&file, keys::CREDENTIAL, table.value, table.span)?;
        credentials.push(credential::read(
            &file,
            &section,
            &credentials,
            &mut warnings,
        )?);
    }
    if credentials.is_empty() {
        return Err(file.refuse_whole(Problem::NoSection("[[credential]]")));
    }
    let target = match table(&file, "target", item("target"))? {
        Some(table) => {
            let section = Section::open(&file, keys::TARGET, table.value, table.span)?;
            marker::everywhere(&section, &mut credentials)?;
            target::read(&section, &mut warnings)?
        }
        None => Default::default(),
    };
    marker::check(&file, &credentials, target.dialect)?;
    for credential in &credentials {
        if let Declared::Scheme(scheme) = credential.scheme
            && scheme.hides_behind(target.outer.scheme())
        {
            return Err(file.refuse_line(
                credential.line,
                Problem::HidesBehindTarget {
                    credential: credential.name.clone(),
                    scheme: scheme.name(),
                },
            ));
        }
    }
    let mut rules = rule::Reader::new(&file, &credentials);
    for table in tables(&file, "rule", "[[rule]]", item("rule"))? {
        rules.read(Section::open(&file, keys::RULE, table.value, table.span)?)?;
    }
    let rules = rules.finish();
    let known = match table(&file, "known", item("known"))? {
        Some(table) => known(
            config,
            &Section::open(&file, keys::KNOWN, table.value, table.span)?,
        )?,
        None => KnownPasswords::default(),
    };
    let ledger = match table(&file, "ledger", item("ledger"))? {
        Some(table) => ledger(Section::open(&file, keys::LEDGER, table.value, table.span)?)?,
        None => LedgerNames::default(),
    };
    let serve = match table(&file, "serve", item("serve"))? {
        Some(table) => serve::read(
            config,
            &Section::open(&file, keys::SERVE, table.value, table.span)?,
            &credentials,
        )?,
        None => Serve::beside(config),
    };
    warnings.sort_by_key(|warning: &Warning| warning.line);
    Ok(Loaded {
        settings: Settings {
            database,
            credentials,
            target,
            rules,
            known,
            ledger,
            serve,
        },
        warnings,
    })
}

fn database(config: &ConfigFile<'_>, section: Section<'_>) -> Result<DatabaseSource, ConfigError> {
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

fn known(config: &ConfigFile<'_>, section: &Section<'_>) -> Result<KnownPasswords, ConfigError> {
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

fn ledger(section: Section<'_>) -> Result<LedgerNames, ConfigError> {
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

/// A name that needs no quotes anywhere.
fn is_identifier(name: &str) -> bool {
    !name.starts_with(|c: char| c.is_ascii_digit())
        && !name.is_empty()
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}
