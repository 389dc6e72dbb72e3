//! What the process gets from outside: variables, the clock, random bytes, and the database's URL.
//!
//! Variables, the wall clock and the URL are read here only; the rooms below get them passed in.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;
use std::time::UNIX_EPOCH;

use zeroize::Zeroizing;

use super::exit::Exit;
use super::failure::Failure;
use super::file_rights;
use super::output::{self, Notices};
use crate::config::DatabaseSource;
use crate::engine::host_name;
use crate::kernel::{Implementation, Kernel, KernelVariant};
use crate::secret::{DatabaseUrl, FileHolds};

/// A variable of the environment. Without a value where it is not set or is not UTF-8.
#[expect(
    clippy::disallowed_methods,
    reason = "the faces read the environment, and this is where they do"
)]
pub(super) fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// The hash kernel that `SALTERN_KERNEL` asks for.
pub(super) fn kernel() -> Result<Option<Kernel>, Failure> {
    let Some(name) = variable("SALTERN_KERNEL") else {
        return Ok(None);
    };
    Kernel::parse(&name).map(Some).ok_or_else(|| {
        let names = Implementation::ALL.map(Implementation::as_str).join(", ");
        Failure::usage(
            format!("SALTERN_KERNEL names no hash kernel: {name}"),
            format!(
                "unset it, or set it to one of {names}; a variant of our own Argon2id may stand behind a colon ({})",
                KernelVariant::of_this_processor()
            ),
        )
    })
}

/// The name of the run that is joined: as it was typed, else as the scheduler gives it.
pub(super) fn join_name(typed: String) -> Result<String, Failure> {
    if !typed.is_empty() {
        return Ok(typed);
    }
    let given = ["SALTERN_JOIN", "SLURM_ARRAY_JOB_ID"].map(variable);
    let given = given.into_iter().flatten().find(|name| !name.is_empty());
    let given = given.ok_or_else(|| {
        Failure::usage(
            "--join has no name, and neither SALTERN_JOIN nor SLURM_ARRAY_JOB_ID is set".to_owned(),
            "give the same name on every host: --join NAME; under Kubernetes set SALTERN_JOIN to the Job's UID by the downward API (docs/hosts.md)"
                .to_owned(),
        )
    })?;
    if !is_join_name(&given) {
        return Err(Failure::usage(
            "SALTERN_JOIN or SLURM_ARRAY_JOB_ID holds no name for --join".to_owned(),
            "it must be at most 100 characters without spaces".to_owned(),
        ));
    }
    Ok(given)
}

/// Whether a joined run may be called so.
pub(super) fn is_join_name(text: &str) -> bool {
    let is_odd = |c: char| c.is_control() || c.is_whitespace();
    text.chars().count() <= 100 && !text.chars().any(is_odd)
}

/// How people tell this process from the others of its run: by its number at the scheduler, else
/// by its host.
pub(super) fn worker_name() -> String {
    let set = |name: &str| variable(name).filter(|value| !value.is_empty());
    let name = match (set("JOB_COMPLETION_INDEX"), set("SLURM_ARRAY_TASK_ID")) {
        (Some(index), _) => index,
        (None, Some(task)) => match set("SLURMD_NODENAME") {
            Some(node) => format!("{task}@{node}"),
            None => task,
        },
        (None, None) => return host_name().to_owned(),
    };
    name.chars().filter(|c| !c.is_control()).take(100).collect()
}

/// The hash kernel that passes its self-test. A warning says where it is not the one that was asked
/// for.
pub(super) fn choose_kernel() -> Result<Kernel, Failure> {
    let chosen = Kernel::choose(kernel()?);
    if let Some(warning) = chosen.warning {
        output::err(&format!("warning: {warning}\n"));
    }
    Ok(chosen.kernel)
}

/// Milliseconds since 1970, for the time stamps of events. Times that are stored or compared are
/// the database's.
#[expect(
    clippy::disallowed_methods,
    reason = "the stamp of an event is this process's own"
)]
pub(super) fn now_ms() -> i64 {
    let since = std::time::SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

/// Who gives an order: the user of this process and this host.
pub(super) fn user_at_host() -> String {
    let id = rustix::process::getuid().as_raw().to_string();
    let passwd = std::fs::read_to_string("/etc/passwd").unwrap_or_default();
    let name = passwd.lines().find_map(|line| {
        let mut fields = line.split(':');
        let name = fields.next()?;
        (fields.nth(1) == Some(id.as_str())).then(|| name.to_owned())
    });
    let name = name.unwrap_or_else(|| format!("uid {id}"));
    // Who became root says so only here.
    let name = match variable("SUDO_USER") {
        Some(before) if before != name => format!("{name} (sudo by {before})"),
        _ => name,
    };
    format!("{name}@{}", host_name())
}

/// Random keys from the operating system, for hash tables and samples that nobody can predict.
pub(super) fn random_keys() -> Result<[u64; 2], Failure> {
    let key = || {
        getrandom::u64().map_err(|error| Failure {
            exit: Exit::Temporary,
            error: anyhow::anyhow!("the operating system gives no random bytes: {error}"),
            what_to_do: None,
        })
    };
    Ok([key()?, key()?])
}

/// A random salt of 16 bytes from the operating system.
pub(super) fn random_salt() -> Result<[u8; 16], Failure> {
    let mut salt = [0; 16];
    getrandom::fill(&mut salt).map_err(|error| {
        Failure::bug(anyhow::anyhow!("the system gave no random bytes: {error}"))
    })?;
    Ok(salt)
}

/// The database's URL, from the place that the configuration names.
pub(super) fn database_url(
    source: &DatabaseSource,
    notices: Notices,
) -> Result<DatabaseUrl, Failure> {
    match source {
        DatabaseSource::Url(url) => Ok(url.clone()),
        DatabaseSource::Env(name) => {
            let text = variable(name).map(Zeroizing::new).ok_or_else(|| {
                Failure::usage(
                    format!("the environment variable {name} is not set"),
                    format!("set {name} to the database's URL, or name another variable in [database] url_env"),
                )
            })?;
            parse(&text, &format!("the environment variable {name}"))
        }
        DatabaseSource::File(path) => {
            let text = read_secret(path, notices)?;
            parse(text.trim(), &format!("the file {}", path.display()))
        }
    }
}

/// A URL that was typed on the command line.
pub(super) fn parse_typed_url(text: &str) -> Result<DatabaseUrl, Failure> {
    parse(text, "the command line")
}

/// More than a URL has: then the text is not copied while it is read, and no copy stays behind.
const SECRET_BYTES: usize = 64 << 10;

/// A file that holds a secret.
fn read_secret(path: &Path, notices: Notices) -> Result<Zeroizing<String>, Failure> {
    let unreadable = |error: std::io::Error| {
        Failure::usage(
            format!("cannot read {}: {error}", path.display()),
            "the file that [database] url_file names must hold the database's URL and nothing else"
                .to_owned(),
        )
    };
    let mut file = File::open(path).map_err(unreadable)?;
    file_rights::check_open(path, &file, FileHolds::Secret, notices)?;
    let mut text = Zeroizing::new(String::with_capacity(SECRET_BYTES));
    file.read_to_string(&mut text).map_err(unreadable)?;
    Ok(text)
}

/// Parses a URL. The error contains no part of the text, because any part may be the password.
fn parse(text: &str, whence: &str) -> Result<DatabaseUrl, Failure> {
    DatabaseUrl::parse(text).map_err(|error| {
        Failure::usage(
            format!("{whence} holds no database URL: {error}"),
            "give it as postgres://, mysql://, mariadb:// or sqlite:".to_owned(),
        )
    })
}
