//! `saltern init`: writes a `saltern.toml` from a survey of the database.
//!
//! The survey is the store's. Which columns become credentials is decided here. No question is
//! asked, no file is overwritten without `--force`, and no value is kept.

mod words;

mod advice;

mod draft;

use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};

pub use draft::{ConfigDraft, draft};

use crate::cli::args::InitArgs;
use crate::cli::environment;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::file_rights;
use crate::cli::output::{self, Notices};
use crate::cli::setup;
use crate::config::DatabaseSource;
use crate::engine::retry;
use crate::secret::DatabaseUrl;
use crate::store::survey::survey;
use crate::store::{Link, Role, StoreError};

/// What was asked for.
#[derive(Debug)]
pub struct InitOptions {
    /// The place of the URL, as the file will name it.
    pub source: DatabaseSource,
    /// The URL of the database to survey.
    pub url: DatabaseUrl,
    /// The file to write.
    pub output: PathBuf,
    /// What happens to a file that exists.
    pub existing: Existing,
}

/// What happens to a file that exists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Existing {
    /// The file stays, and nothing is written.
    Keep,
    /// The file is replaced.
    Replace,
}

/// Why no configuration was written.
#[derive(Debug, thiserror::Error)]
pub enum InitError {
    /// The URL on the command line has a password, and everybody on the host can read it.
    #[error("the URL on the command line holds a password")]
    PasswordInUrl,
    /// The file exists.
    #[error("{} is there already", .0.display())]
    Exists(PathBuf),
    /// No column looks like one that holds passwords.
    #[error("no column of {tables} tables that were looked at could be made a credential{}", if left_out.is_empty() { String::new() } else { format!(":\n  {}", left_out.join("\n  ")) })]
    Nothing {
        /// How many tables had columns with names of that kind.
        tables: usize,
        /// The columns that were examined and left out, with the reason.
        left_out: Vec<String>,
    },
    /// The file can't be written.
    #[error("cannot write {}", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl InitError {
    /// What the operator can do. None for errors of the store.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::PasswordInUrl => Some(
                "take the password out of the process list and of the shell's history: put the URL into an environment variable and give \
                 --database-env VAR, or into a file of mode 0600 and give --database-file PATH; PGPASSWORD and ~/.pgpass work beside a PostgreSQL URL"
                    .to_owned(),
            ),
            Self::Exists(_) => Some("name another file with -c FILE, or give --force to replace it".to_owned()),
            Self::Nothing { .. } => {
                Some("write saltern.toml by hand: name the table, its key and the column in a [[credential]] (docs/configuration.md)".to_owned())
            }
            Self::Write { .. } => Some("name a file in a folder that can be written with -c FILE".to_owned()),
            Self::Store(_) => None,
        }
    }
}

impl From<InitError> for Failure {
    fn from(error: InitError) -> Self {
        let what_to_do = error.hint();
        match error {
            InitError::Store(error) => error.into(),
            InitError::Nothing { .. } => Self {
                exit: Exit::Refused,
                error: error.into(),
                what_to_do,
            },
            _ => Self {
                exit: Exit::Usage,
                error: error.into(),
                what_to_do,
            },
        }
    }
}

/// The variable that is read where no place of the URL is given.
const VARIABLE: &str = "DATABASE_URL";

/// The command.
pub(super) fn command(args: &InitArgs, config: &Path) -> Result<Exit, Failure> {
    let source = match (&args.database_env, &args.database_file, &args.url) {
        (Some(variable), ..) => DatabaseSource::Env(variable.clone()),
        (None, Some(path), _) => DatabaseSource::File(path.clone()),
        (None, None, Some(url)) => DatabaseSource::Url(environment::parse_typed_url(url)?),
        (None, None, None) => DatabaseSource::Env(VARIABLE.to_owned()),
    };
    let existing = if args.force {
        Existing::Replace
    } else {
        Existing::Keep
    };
    // This comes before the URL is read: where the file exists, no secret is touched.
    check(&source, config, existing)?;
    let options = InitOptions {
        url: environment::database_url(&source, Notices::Show)?,
        source,
        output: config.to_owned(),
        existing,
    };
    let draft = setup::block_on(init(&options))??;
    let mut said = format!(
        "{} is written, with {} {}:\n",
        config.display(),
        draft.chosen.len(),
        if draft.chosen.len() == 1 {
            "credential"
        } else {
            "credentials"
        }
    );
    for line in &draft.chosen {
        said.push_str(&format!("  {line}\n"));
    }
    if !draft.left_out.is_empty() {
        said.push_str(&format!(
            "left out ({}); the reasons are at the end of the file\n",
            draft.left_out.len()
        ));
    }
    said.push_str(
        "next: read it, then `saltern doctor` and `saltern scan`; neither writes anything\n",
    );
    output::out(&said);
    Ok(Exit::Done)
}

/// Refuses what can be refused without the database.
fn check(source: &DatabaseSource, output: &Path, existing: Existing) -> Result<(), InitError> {
    if matches!(source, DatabaseSource::Url(url) if url.has_password()) {
        return Err(InitError::PasswordInUrl);
    }
    if existing == Existing::Keep && output.exists() {
        return Err(InitError::Exists(output.to_owned()));
    }
    Ok(())
}

/// Surveys the database and writes the file.
///
/// # Errors
/// Where no configuration was written. Then no new file is left.
pub async fn init(options: &InitOptions) -> Result<ConfigDraft, InitError> {
    check(&options.source, &options.output, options.existing)?;
    let mut link = Link::open(options.url.clone(), Role::Read).await?;
    let tables = retry(&mut link, async |conn| survey(conn).await).await;
    link.close().await;
    let tables = tables?;
    let draft = draft(
        &tables,
        &from_the_folder_of(&options.output, &options.source),
    );
    if draft.chosen.is_empty() {
        return Err(InitError::Nothing {
            tables: tables.len(),
            left_out: draft.left_out,
        });
    }
    write(&options.output, &draft.text, options.existing)?;
    Ok(draft)
}

/// Makes the path of a URL file absolute where needed. A relative path in a configuration counts
/// from the configuration's folder.
fn from_the_folder_of(output: &Path, source: &DatabaseSource) -> DatabaseSource {
    let in_another_folder = output
        .parent()
        .is_some_and(|folder| !folder.as_os_str().is_empty());
    match source {
        DatabaseSource::File(path) if in_another_folder => {
            DatabaseSource::File(std::path::absolute(path).unwrap_or_else(|_| path.clone()))
        }
        other => other.clone(),
    }
}

fn write(path: &Path, text: &str, existing: Existing) -> Result<(), InitError> {
    let failed = |source| InitError::Write {
        path: path.to_owned(),
        source,
    };
    let mut options = file_rights::to_write_orders();
    match existing {
        // The system refuses if somebody created the file meanwhile.
        Existing::Keep => options.create_new(true),
        Existing::Replace => options.create(true).truncate(false),
    };
    let mut file = match options.open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            return Err(InitError::Exists(path.to_owned()));
        }
        Err(error) => return Err(failed(error)),
    };
    file_rights::empty_for_orders(&file).map_err(failed)?;
    file.write_all(text.as_bytes()).map_err(failed)
}
