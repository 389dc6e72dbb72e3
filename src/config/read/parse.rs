//! The file as a whole.

use toml_edit::Document;

use super::config_file::ConfigFile;
use super::{credential, database, known, ledger, marker, rule, serve, target};
use crate::config::document::{File, Section, Source, table, tables};
use crate::config::error::{ConfigError, Problem};
use crate::config::keys;
use crate::config::settings::{KnownPasswords, LedgerNames, Serve, Settings};
use crate::config::warning::Warning;
use crate::scheme::Declared;

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
        Some(table) => database::read(
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
        Some(table) => known::read(
            config,
            &Section::open(&file, keys::KNOWN, table.value, table.span)?,
        )?,
        None => KnownPasswords::default(),
    };
    let ledger = match table(&file, "ledger", item("ledger"))? {
        Some(table) => ledger::read(Section::open(&file, keys::LEDGER, table.value, table.span)?)?,
        None => LedgerNames::default(),
    };
    let serve = match table(&file, "serve", item("serve"))? {
        Some(table) => serve::read(
            config,
            &Section::open(&file, keys::SERVE, table.value, table.span)?,
            &credentials,
        )?,
        None => Serve::in_folder(config.folder()),
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
