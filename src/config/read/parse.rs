//! The file as a whole: its sections in their order, and what holds between them.

use toml_edit::Document;

use super::config_file::ConfigFile;
use super::format::{Format, divide};
use super::rule::RuleReader;
use super::{credential, database, known, ledger, marker, serve, target};
use crate::config::document::{Section, SourceFile, SourceText, Spanned};
use crate::config::error::{ConfigError, ConfigProblem};
use crate::config::keys::{CredentialKey, DatabaseKey, SectionKey, TargetKey, TopKey};
use crate::config::settings::{Credential, KnownPasswords, LedgerNames, Serve, Settings};
use crate::config::warning::{Caution, Warning};
use crate::policy::{Rules, Target};
use crate::scheme::{Declared, outer_work};

/// What a file says, and what is unwise in it.
#[derive(Clone, Debug)]
pub struct Loaded {
    /// What it says.
    pub settings: Settings,
    /// What is unwise in it, in the order of the file.
    pub warnings: Vec<Warning>,
}

/// Reads a configuration.
///
/// # Errors
/// The first thing that is wrong with it, in the order in which the sections are read.
pub fn parse(config: &ConfigFile<'_>) -> Result<Loaded, ConfigError> {
    let name = config.path.display().to_string();
    let file = SourceFile {
        name: &name,
        source: SourceText::new(config.text),
    };
    let document = Document::parse(config.text).map_err(|error| {
        // The error's own display would show the line, even if a secret stands in it.
        let end = config.text.len();
        file.refuse(
            error.span().unwrap_or(end..end),
            ConfigProblem::Syntax(error.message().to_owned()),
        )
    })?;
    let whole = Spanned {
        value: document.as_table() as &dyn toml_edit::TableLike,
        span: 0..0,
    };
    let top = Section::<TopKey>::open(&file, whole)?;
    let mut warnings = Vec::new();

    let database = match top.section(TopKey::Database)? {
        Some(section) => database::read(config, &section)?,
        None => {
            let problem = ConfigProblem::NoSection(DatabaseKey::SECTION);
            return Err(file.refuse_whole(problem));
        }
    };
    let (mut credentials, formats) = credentials((config, &file), &top, &mut warnings)?;
    let target = match top.section(TopKey::Target)? {
        Some(section) => {
            marker::apply_to_all(&section, &mut credentials)?;
            target::read(&section, &mut warnings)?
        }
        None => Target::default(),
    };
    let credentials = divide(&file, credentials, &formats, &target)?;
    marker::check(&file, &credentials, target.dialect)?;
    refuse_hidden(&file, &credentials, &target)?;
    let rules = rules(&file, &top, &credentials)?;
    let known = match top.section(TopKey::Known)? {
        Some(section) => known::read(config, &section)?,
        None => KnownPasswords::default(),
    };
    let ledger = match top.section(TopKey::Ledger)? {
        Some(section) => ledger::read(&section)?,
        None => LedgerNames::default(),
    };
    let serve = match top.section(TopKey::Serve)? {
        Some(section) => serve::read(config, &section, &credentials)?,
        None => Serve::in_folder(config.folder()),
    };
    let work = outer_work(&target.outer);
    if serve.login_work_max.is_exceeded_by(&work) {
        let section = top.section::<TargetKey>(TopKey::Target)?;
        warnings.push(Warning {
            line: section.map_or(1, |section| section.line()),
            caution: Caution::AboveLoginWork {
                units: work.units,
                max: serve.login_work_max.units(),
            },
        });
    }
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

fn credentials(
    (config, file): (&ConfigFile<'_>, &SourceFile<'_>),
    top: &Section<'_, TopKey>,
    warnings: &mut Vec<Warning>,
) -> Result<(Vec<Credential>, Vec<Option<Format>>), ConfigError> {
    let (mut credentials, mut formats) = (Vec::new(), Vec::new());
    for section in top.sections(TopKey::Credential)? {
        let (credential, format) = credential::read(config, &section?, &credentials, warnings)?;
        credentials.push(credential);
        formats.push(format);
    }
    if credentials.is_empty() {
        let problem = ConfigProblem::NoSection(CredentialKey::SECTION);
        return Err(file.refuse_whole(problem));
    }
    Ok((credentials, formats))
}

fn rules(
    file: &SourceFile<'_>,
    top: &Section<'_, TopKey>,
    credentials: &[Credential],
) -> Result<Rules, ConfigError> {
    let mut reader = RuleReader::new(file, credentials);
    for section in top.sections(TopKey::Rule)? {
        reader.read(&section?)?;
    }
    Ok(reader.finish())
}

/// Refuses a declared scheme whose strings look like those of the target.
fn refuse_hidden(
    file: &SourceFile<'_>,
    credentials: &[Credential],
    target: &Target,
) -> Result<(), ConfigError> {
    for credential in credentials {
        if let Declared::Scheme(scheme) = credential.scheme
            && scheme.hides_behind(target.outer.scheme())
        {
            let problem = ConfigProblem::HidesBehindTarget {
                credential: credential.name.clone(),
                scheme: scheme.name(),
            };
            return Err(file.refuse_line(credential.line, problem));
        }
    }
    Ok(())
}
