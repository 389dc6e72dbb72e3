//! What nearly every command begins with: the configuration, the database's URL, and a runtime for
//! the database.
//!
//! It opens no connection.

use std::future::Future;
use std::path::Path;

use super::environment;
use super::failure::Failure;
use super::file_rights;
use super::output::{self, Notices};
use super::site_salts;
use super::waits::{Told, print_wait, told};
use crate::config::{self, ConfigFile, Settings};
use crate::engine::{Event, Observer};
use crate::secret::{DatabaseUrl, FileHolds};

/// A configuration and the URL of its database.
#[derive(Debug)]
pub(super) struct Setup {
    /// The validated configuration.
    pub(super) settings: Settings,
    /// The database's URL.
    pub(super) url: DatabaseUrl,
}

/// Reads the configuration and the files of site-wide salts, and finds the database's URL.
pub(super) fn load(path: &Path, notices: Notices) -> Result<Setup, Failure> {
    let mut settings = read_settings(path, notices)?;
    site_salts::read_all(&mut settings, notices)?;
    file_rights::check_named(&settings, notices)?;
    let url = environment::database_url(&settings.database, notices)?;
    Ok(Setup { settings, url })
}

/// Reads the configuration and finds the database's URL, for a command that asks the ledger alone.
/// No file of a secret is needed.
pub(super) fn load_for_ledger(path: &Path) -> Result<Setup, Failure> {
    let settings = read_settings(path, Notices::Hide)?;
    let url = environment::database_url(&settings.database, Notices::Hide)?;
    Ok(Setup { settings, url })
}

/// Reads the configuration, without the database's URL.
pub(super) fn read_settings(path: &Path, notices: Notices) -> Result<Settings, Failure> {
    // It holds SQL that saltern runs. Whether it holds a secret is seen when it is read.
    file_rights::check(path, FileHolds::Orders, notices)?;
    let text = std::fs::read_to_string(path).map_err(|error| {
        Failure::usage(
            format!("cannot read the configuration {}: {error}", path.display()),
            "write one with `saltern init`, or name another with -c FILE".to_owned(),
        )
    })?;
    let loaded = config::parse(&ConfigFile {
        path,
        text: &text,
        mode: mode_of(path),
    })?;
    if notices == Notices::Show {
        for warning in &loaded.warnings {
            output::err(&format!("warning: {}: {warning}\n", path.display()));
        }
    }
    Ok(loaded.settings)
}

/// Removes all credentials from the configuration but the named one.
pub(super) fn narrow(settings: &mut Settings, name: &str) -> Result<(), Failure> {
    let mut names: Vec<String> = settings
        .credentials
        .iter()
        .map(|credential| credential.file_name().to_owned())
        .collect();
    names.dedup();
    settings
        .credentials
        .retain(|credential| credential.name == name || credential.file_name() == name);
    if settings.credentials.is_empty() {
        return Err(Failure::usage(
            format!("the configuration has no credential {name:?}"),
            format!("its credentials are {}", names.join(", ")),
        ));
    }
    Ok(())
}

/// Runs a future on a runtime of one thread, and prints a line for each of its waits. Hashing has
/// threads of its own.
pub(super) fn block_on<T>(future: impl Future<Output = T>) -> Result<T, Failure> {
    run_told(Told::Each, &print_wait, future)
}

/// Runs a future as [`block_on`] does, and lets an observer hear of its waits.
pub(super) fn block_on_watched<T>(
    watch: &dyn Observer,
    future: impl Future<Output = T>,
) -> Result<T, Failure> {
    run_told(Told::Each, &|event| watch.on(None, event), future)
}

/// Runs a future as [`block_on`] does, and tells of its waits what it is told to.
pub(super) fn run_told<T>(
    which: Told,
    tell: &dyn Fn(&Event),
    future: impl Future<Output = T>,
) -> Result<T, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    match runtime {
        Ok(runtime) => {
            let output = runtime.block_on(told(which, tell, future));
            // A name that is still being looked up in the network is not waited for.
            runtime.shutdown_background();
            Ok(output)
        }
        Err(error) => Err(Failure {
            exit: super::exit::Exit::Refused,
            error: anyhow::Error::new(error).context("cannot start the runtime for the database"),
            what_to_do: Some("raise the limits on open files and processes".to_owned()),
        }),
    }
}

/// The permission bits of a file (the lowest 12 bits of its mode).
#[cfg(unix)]
fn mode_of(path: &Path) -> Option<u32> {
    use std::os::unix::fs::PermissionsExt as _;
    Some(std::fs::metadata(path).ok()?.permissions().mode() & 0o7777)
}

/// Other systems have no such bits.
#[cfg(not(unix))]
fn mode_of(_: &Path) -> Option<u32> {
    None
}
