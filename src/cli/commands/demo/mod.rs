//! `saltern demo`: the whole job on a made-up database, by the very commands that do it on a real one.

mod people;

use std::path::{Path, PathBuf};

use clap::Parser as _;

use crate::auth::{Column, Outcome};
use crate::cli::args::{Args, DemoArgs};
use crate::cli::environment;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::output;
use crate::cli::setup;
use crate::engine::{self, EngineError};
use crate::kernel;
use crate::machine::Machine;
use crate::policy::{Normalize, Target};
use crate::report::{count, safe};
use crate::scheme::{Context, Declared, Scheme, digest};
use crate::secret::{DatabaseUrl, Password};
use crate::store::{self, Conn, DemoPlace, DemoSwap, Role};
use people::{HASHES_A_PARENT, Known, People, Wanted};

const DATABASE: &str = "demo.db";
const CONFIG: &str = "saltern.toml";

/// The run may take so long; the rest of the demo takes a few seconds.
const HASHING_SECONDS: f64 = 15.0;
const PARENTS_MIN: u64 = 100;
const PARENTS_MAX: u64 = 50_000;

/// Does what a command line says: the demo shows the commands, and none of them is known to it.
pub(super) type Perform = fn(&Args) -> Result<Exit, Failure>;

/// Builds the database and goes through the job.
pub(super) fn demo(args: &DemoArgs, perform: Perform) -> Result<Exit, Failure> {
    let folder = prepare(args)?;
    let target = Target::default();
    let single = kernel::SingleHashes {
        path: environment::kernel()?,
        ..Default::default()
    };
    let _single = single.on_this_thread();
    let login = Column {
        declared: Declared::Auto,
        outer: target.outer,
        dialect: target.dialect,
        normalize: None,
        dearest: None,
    };
    let parents = match args.rows {
        Some(rows) => rows,
        None => setup::block_on(affordable(&target))??,
    };
    let strong = login
        .hash(&Password::new("correct horse battery staple"), &salt()?)
        .map_err(bug)?;
    let people = people::make(Wanted {
        parents,
        now_ms: environment::now_ms(),
        strong: strong.as_str(),
    });
    let database = Demo {
        url: write(&folder, &target, args.replace)?,
        config: folder.join(CONFIG),
        perform,
    };
    setup::block_on(database.build(&people))??;

    step(
        1,
        &format!(
            "A made-up database like the one that was stolen from VTech in 2015: {} parents (unsalted MD5, answers in the clear), {} \
             children (passwords in the clear), {} players of another system.",
            count(people.rows.parents.len() as u64),
            count(people.rows.children.len() as u64),
            count(people.rows.players.len() as u64)
        ),
        &format!(
            "made by: saltern demo, in {}",
            safe(&folder.display().to_string())
        ),
    );
    database.command(2, "What is in there? Every column is counted; what its digests are is proven by those of common passwords.", &["scan"])?;
    database.command(
        3,
        "What would be done, how long does it take here? Nothing is written.",
        &["plan"],
    )?;
    let ran = database.command(
        4,
        "Now for real: every weak row becomes Argon2id, at once, without anybody's password.",
        &["run", "--execute"],
    )?;
    if !matches!(ran, Exit::Done | Exit::Quarantined) {
        return Ok(ran);
    }
    database.logins(&people, &login)?;
    database.command(
        9,
        "And now? Nothing weak is left but what the run set aside and says so.",
        &["scan"],
    )?;
    output::out(&format!(
        "\nThe folder {} stays to play with: saltern -c {} status\n",
        safe(&folder.display().to_string()),
        safe(&database.config.display().to_string())
    ));
    Ok(Exit::Done)
}

/// Says in two lines what happens and which command does it.
fn step(number: u32, what: &str, command: &str) {
    output::out(&format!("\n{number}. {what}\n   {command}\n"));
}

/// The demo's database and configuration.
struct Demo {
    url: DatabaseUrl,
    config: PathBuf,
    perform: Perform,
}

impl Demo {
    async fn build(&self, people: &People) -> Result<(), Failure> {
        let mut conn = Conn::open(&self.url, Role::Write).await?;
        store::create_demo(&mut conn, &people.rows).await?;
        conn.close().await;
        Ok(())
    }

    /// Runs a command exactly as it is shown.
    fn command(&self, number: u32, what: &str, words: &[&str]) -> Result<Exit, Failure> {
        let config = self.config.display().to_string();
        step(
            number,
            what,
            &format!("saltern -c {} {}", safe(&config), words.join(" ")),
        );
        output::out("\n");
        let typed = ["saltern", "-c", &config]
            .into_iter()
            .chain(words.iter().copied());
        let args = Args::try_parse_from(typed).map_err(|error| bug(anyhow::anyhow!("{error}")))?;
        (self.perform)(&args)
    }

    /// People log in, as an application would let them.
    fn logins(&self, people: &People, login: &Column) -> Result<(), Failure> {
        let parent = &people.parent;
        let place = DemoPlace {
            table: "parent",
            column: "password",
            id: parent.id,
        };
        let leaked = digest(Scheme::MD5, parent.secret.as_bytes())
            .map(|hex| hex.to_string())
            .unwrap_or_default();

        let done = self.log_in(login, place, &parent.secret)?;
        expect(
            done == Login::Upgraded,
            "the old password must open the new hash",
        )?;
        step(
            5,
            &format!(
                "{} logs in with the old password: it opens, and what is stored becomes a plain Argon2id string.",
                safe(&parent.login)
            ),
            "done by: saltern::auth::Column::verify_and_upgrade, and a swap of the one row",
        );
        let again = self.log_in(login, place, &parent.secret)?;
        expect(
            again == Login::Opened,
            "the old password must open the plain string",
        )?;
        let wrong = self.log_in(login, place, "not the password")?;
        expect(wrong == Login::Refused, "a wrong password must be refused")?;
        step(
            6,
            "Once more: it opens and nothing is left to change. A wrong password: refused.",
            "done by: saltern::auth::Column::verify_and_upgrade",
        );
        let other = DemoPlace {
            id: another(people, parent),
            ..place
        };
        let stolen = self.log_in(login, place, &leaked)? == Login::Refused
            && self.log_in(login, other, &leaked)? == Login::Refused;
        expect(stolen, "a leaked digest must open nothing")?;
        step(
            7,
            "A thief types the MD5 from the stolen copy as the password: refused, before and after the owner's login.",
            "done by: saltern::auth::Column::verify_and_upgrade",
        );
        let answers = Column {
            normalize: Some(Normalize::Answer1),
            dearest: None,
            ..*login
        };
        let place = DemoPlace {
            table: "parent",
            column: "secret_answer",
            id: people.answerer.id,
        };
        let sloppy = format!(
            "  {} ",
            people.answerer.secret.to_uppercase().replace(' ', "   ")
        );
        let answered = self.log_in(&answers, place, &sloppy)?;
        expect(
            answered == Login::Opened,
            "an answer must open whatever its case and spaces",
        )?;
        step(
            8,
            &format!(
                "{} answers the secret question in capitals and with too many spaces: it opens.",
                safe(&people.answerer.login)
            ),
            "done by: saltern::auth::Column::verify_and_upgrade, with normalize = \"answer1\"",
        );
        Ok(())
    }

    fn log_in(&self, column: &Column, place: DemoPlace, typed: &str) -> Result<Login, Failure> {
        let salt = salt()?;
        setup::block_on(async {
            let mut conn = Conn::open(&self.url, Role::Write).await?;
            let stored = store::read_demo(&mut conn, place).await?;
            let outcome = match &stored {
                Some(stored) => column
                    .verify_and_upgrade(stored, &Password::new(typed), &Context::default(), &salt)
                    .map_err(bug)?,
                None => Outcome::Mismatch,
            };
            let login = match (&outcome, &stored) {
                (Outcome::MatchNeedsRehash(better), Some(stored)) => {
                    match store::swap_demo(&mut conn, place, stored, better.as_str()).await? {
                        DemoSwap::Done => Login::Upgraded,
                        DemoSwap::Superseded => Login::Opened,
                    }
                }
                (Outcome::Mismatch, _) => Login::Refused,
                _ => Login::Opened,
            };
            conn.close().await;
            Ok(login)
        })?
    }
}

/// What came of a login.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Login {
    Refused,
    Opened,
    Upgraded,
}

/// A parent with the same password whose row is still wrapped; otherwise the same parent.
fn another(people: &People, known: &Known) -> i64 {
    let stored = |id: i64| {
        usize::try_from(id - 1)
            .ok()
            .and_then(|at| people.rows.parents.get(at)?.user.password.as_ref())
    };
    let same = (1..)
        .zip(&people.rows.parents)
        .find(|(id, p)| *id != known.id && p.user.password.as_ref() == stored(known.id));
    same.map_or(known.id, |(id, _)| id)
}

/// How many parents this machine can hash in the time.
async fn affordable(target: &Target) -> Result<u64, Failure> {
    let plan = engine::plan_for(
        &target.outer,
        kernel::Path::choose(environment::kernel()?).path,
    )
    .map_err(EngineError::from)?;
    let budget = engine::budget(&Machine::look(), &plan, None).map_err(EngineError::from)?;
    let budget = engine::tuned(&budget).map_err(EngineError::from)?;
    let rate = engine::calibrate(target.outer, &budget, std::time::Duration::from_secs(1))
        .await
        .map_err(EngineError::from)?
        .hashes_per_second;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "the cast saturates, and the result is clamped"
    )]
    let parents = (rate * HASHING_SECONDS / HASHES_A_PARENT) as u64;
    Ok((parents / 10 * 10).clamp(PARENTS_MIN, PARENTS_MAX))
}

/// Makes the folder, or takes one that may be taken.
fn prepare(args: &DemoArgs) -> Result<PathBuf, Failure> {
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

/// Writes an empty database and the configuration.
fn write(folder: &Path, target: &Target, replace: bool) -> Result<DatabaseUrl, Failure> {
    let database = folder.join(DATABASE);
    let wrong = |error: std::io::Error| {
        Failure::usage(
            format!("cannot write into {}: {error}", folder.display()),
            "name another folder with --dir".to_owned(),
        )
    };
    if replace {
        for name in [DATABASE, "demo.db-wal", "demo.db-shm", "demo.db-journal"] {
            match std::fs::remove_file(folder.join(name)) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                    return Err(wrong(error));
                }
                _ => {}
            }
        }
    }
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
    std::fs::write(folder.join(CONFIG), config(&url, target)).map_err(wrong)?;
    DatabaseUrl::parse(&url).map_err(bug)
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

fn salt() -> Result<[u8; 16], Failure> {
    let mut salt = [0; 16];
    getrandom::fill(&mut salt)
        .map_err(|error| bug(anyhow::anyhow!("the system gave no random bytes: {error}")))?;
    Ok(salt)
}

/// The demo shows what is promised; if it does not hold, that is a bug.
fn expect(holds: bool, what: &str) -> Result<(), Failure> {
    if holds {
        Ok(())
    } else {
        Err(bug(anyhow::anyhow!("{what}")))
    }
}

fn bug(error: impl Into<anyhow::Error>) -> Failure {
    Failure {
        exit: Exit::Bug,
        error: error.into(),
        what_to_do: None,
    }
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
