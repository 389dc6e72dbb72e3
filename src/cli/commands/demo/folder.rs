//! The demo's folder: the empty database, and the configuration that names it.

use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use crate::cli::args::DemoArgs;
use crate::cli::failure::Failure;
use crate::cli::file_rights;
use crate::policy::Target;
use crate::secret::DatabaseUrl;

const DATABASE: &str = "demo.db";
pub(super) const CONFIG: &str = "saltern.toml";

/// Creates the folder. A folder that exists must be empty, or an earlier demo with `--replace`.
pub(super) fn prepare(args: &DemoArgs) -> Result<PathBuf, Failure> {
    let wrong = |error: std::io::Error| {
        Failure::usage(
            format!("cannot make the folder {}: {error}", args.dir.display()),
            "name another with --dir".to_owned(),
        )
    };
    std::fs::create_dir_all(&args.dir).map_err(wrong)?;
    let folder = args.dir.canonicalize().map_err(wrong)?;
    let mut entries = std::fs::read_dir(&folder).map_err(wrong)?;
    if entries.next().is_none() {
        return Ok(folder);
    }
    let is_demo = folder.join(DATABASE).is_file() && folder.join(CONFIG).is_file();
    if !is_demo {
        return Err(Failure::usage(
            format!(
                "the folder {} is not empty and no demo of saltern's",
                folder.display()
            ),
            "name another with --dir".to_owned(),
        ));
    }
    if !args.replace {
        return Err(Failure::usage(
            format!("there is a demo in {} already", folder.display()),
            "replace it with --replace, or name another folder with --dir".to_owned(),
        ));
    }
    Ok(folder)
}

/// Removes the database of an earlier demo, with the files that SQLite keeps beside it.
pub(super) fn remove_database(folder: &Path) -> Result<(), Failure> {
    for name in [DATABASE, "demo.db-wal", "demo.db-shm", "demo.db-journal"] {
        match std::fs::remove_file(folder.join(name)) {
            Err(error) if error.kind() != ErrorKind::NotFound => {
                return Err(cannot_write(folder, &error));
            }
            _ => {}
        }
    }
    Ok(())
}

/// Writes an empty database and the configuration.
pub(super) fn write(folder: &Path, target: &Target) -> Result<DatabaseUrl, Failure> {
    let database = folder.join(DATABASE);
    let wrong = |error| cannot_write(folder, &error);
    // An empty file is an empty database.
    std::fs::File::create_new(&database).map_err(wrong)?;
    let Some(path) = database.to_str() else {
        return Err(Failure::usage(
            format!("the path {} is no text", database.display()),
            "name another folder with --dir".to_owned(),
        ));
    };
    let escaped = path
        .replace('%', "%25")
        .replace('?', "%3F")
        .replace('#', "%23");
    let url = format!("sqlite:{escaped}");
    let mut file = file_rights::to_write_orders()
        .create(true)
        .truncate(false)
        .open(folder.join(CONFIG))
        .map_err(wrong)?;
    file_rights::empty_for_orders(&file).map_err(wrong)?;
    file.write_all(config(&url, target).as_bytes())
        .map_err(wrong)?;
    DatabaseUrl::parse(&url).map_err(Failure::bug)
}

fn cannot_write(folder: &Path, error: &std::io::Error) -> Failure {
    Failure::usage(
        format!("cannot write into {}: {error}", folder.display()),
        "name another folder with --dir".to_owned(),
    )
}

/// The configuration of the demo.
fn config(url: &str, target: &Target) -> String {
    let quoted = toml_edit::Value::from(url);
    let crate::scheme::Outer::Argon2id {
        memory_kib,
        iterations,
        parallelism,
    } = target.outer
    else {
        unreachable!("the default target is Argon2id");
    };
    format!(
        r#"# Made by `saltern demo`. All people in it are made up.
[database]
url = {quoted}

[[credential]]
name = "parents"
table = "parent"
key = "id"
column = "password"
scheme = "auto"              # proven by the digests of common passwords, or not written to
login = "email"
last_login = "last_login_at"
readers_ready = true         # the login code can read wrapped values

[[credential]]
name = "answers"
table = "parent"
key = "id"
column = "secret_answer"
scheme = "plaintext"
normalize = "answer1"        # case and spaces don't count
readers_ready = true         # the login code can read what is written

[[credential]]
name = "children"
table = "child"
key = "id"
column = "password"
scheme = "plaintext"
last_login = "last_login_at"
readers_ready = true

[[credential]]
name = "players"
table = "planet_user"
key = "id"
column = "password"
scheme = "auto"
last_login = "last_login_at"
readers_ready = true

[target]
algorithm = "argon2id"
memory_kib = {memory_kib}
iterations = {iterations}
parallelism = {parallelism}
"#
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{ConfigFile, parse};

    #[test]
    fn the_configuration_can_be_read() {
        let text = config("sqlite:/tmp/a \"b\".db", &Target::default());
        let loaded = parse(&ConfigFile {
            path: Path::new("saltern.toml"),
            text: &text,
            mode: Some(0o644),
        })
        .unwrap();
        assert_eq!(loaded.settings.credentials.len(), 4);
        assert!(loaded.warnings.is_empty());
        assert_eq!(loaded.settings.target, Target::default());
    }

    #[test]
    fn a_folder_with_other_things_in_it_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("thesis.txt"), "x").unwrap();
        let args = DemoArgs {
            dir: folder.path().to_owned(),
            rows: None,
            replace: true,
        };
        assert_eq!(prepare(&args).unwrap_err().exit.code(), 2);
    }
}
