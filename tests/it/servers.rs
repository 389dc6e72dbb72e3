//! Which databases there are and where: the servers that `tests/run` exported, or one of this process's own.
//!
//! Not its job: databases and tables within a server (`db`).

use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::OnceLock;

/// Makes one test a backend of one body, so that each is reported, filtered and left out by name:
/// `on_each_backend!(a_fact, |backend| { … })` is `a_fact::on_postgres` to `a_fact::on_sqlite`.
macro_rules! on_each_backend {
    ($(#[$attribute:meta])* $fact:ident, |$backend:ident| $body:block) => {
        mod $fact {
            use super::*;

            fn check($backend: crate::servers::Backend) $body

            #[test]
            $(#[$attribute])*
            fn on_postgres() {
                crate::servers::on(crate::servers::Backend::Postgres, check);
            }

            #[test]
            $(#[$attribute])*
            fn on_mariadb() {
                crate::servers::on(crate::servers::Backend::MariaDb, check);
            }

            #[test]
            $(#[$attribute])*
            fn on_mysql() {
                crate::servers::on(crate::servers::Backend::MySql, check);
            }

            #[test]
            $(#[$attribute])*
            fn on_sqlite() {
                crate::servers::on(crate::servers::Backend::Sqlite, check);
            }
        }
    };
}

/// The databases that the contract suite runs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Backend {
    Postgres,
    MariaDb,
    MySql,
    Sqlite,
}

/// Why something that a test needs is not here.
#[derive(Debug)]
pub(crate) struct Missing(pub(crate) String);

/// A server that one test has for itself, to kill and to start again.
pub(crate) struct PrivateServer {
    child: Child,
    answers: BufReader<ChildStdout>,
    url: String,
}

impl Backend {
    /// The name that `tests/server` and the environment know.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Postgres => "postgres",
            Self::MariaDb => "mariadb",
            Self::MySql => "mysql",
            Self::Sqlite => "sqlite",
        }
    }

    /// MySQL's protocol and, mostly, its SQL.
    pub(crate) fn is_mysql_like(self) -> bool {
        matches!(self, Self::MariaDb | Self::MySql)
    }
}

/// Runs a check on a backend, or says why it is left out.
pub(crate) fn on(backend: Backend, check: fn(Backend)) {
    if backend != Backend::Sqlite
        && let Err(missing) = url(backend)
    {
        leave_out(missing);
        return;
    }
    check(backend);
}

/// Says that a test did not run. Where `tests/run` promised that all is there, that is a failure.
pub(crate) fn leave_out(missing: &Missing) {
    assert!(
        std::env::var_os("SALTERN_TEST_ALL").is_none(),
        "{}",
        missing.0
    );
    println!("left out: {}", missing.0);
}

/// The URL of a server's administrator.
pub(crate) fn url(backend: Backend) -> Result<&'static str, &'static Missing> {
    static SERVERS: [OnceLock<Result<Shared, Missing>>; 3] = [const { OnceLock::new() }; 3];
    assert_ne!(backend, Backend::Sqlite, "SQLite has files, not a server");
    SERVERS[backend as usize]
        .get_or_init(|| Shared::find(backend))
        .as_ref()
        .map(Shared::url)
}

/// A server that the tests of this process share.
enum Shared {
    Exported(String),
    Own(PrivateServer),
}

impl Shared {
    fn find(backend: Backend) -> Result<Self, Missing> {
        match std::env::var(format!(
            "SALTERN_TEST_{}_URL",
            backend.name().to_uppercase()
        )) {
            Ok(url) => Ok(Self::Exported(url)),
            Err(_) => PrivateServer::start(backend).map(Self::Own),
        }
    }

    fn url(&self) -> &str {
        match self {
            Self::Exported(url) => url,
            Self::Own(server) => &server.url,
        }
    }
}

impl PrivateServer {
    /// Starts a server through `tests/server`, which ends it when this process ends, however that comes about.
    ///
    /// # Panics
    ///
    /// When the server is installed and does not start.
    pub(crate) fn start(backend: Backend) -> Result<Self, Missing> {
        const UNAVAILABLE: i32 = 69;
        let script: PathBuf = [env!("CARGO_MANIFEST_DIR"), "tests", "server"]
            .iter()
            .collect();
        let folder = tempfile::tempdir().unwrap();
        let errors = folder.path().join("errors");
        let mut child = Command::new(script)
            .arg(backend.name())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(File::create(&errors).unwrap())
            // A runner that kills a test kills its process group; the script must live long enough to clean up.
            .process_group(0)
            .spawn()
            .unwrap();
        let mut answers = BufReader::new(child.stdout.take().unwrap());
        if let Some(url) = ready(&mut answers) {
            return Ok(Self {
                child,
                answers,
                url,
            });
        }
        let status = child.wait().unwrap();
        let said = std::fs::read_to_string(&errors).unwrap();
        assert_eq!(status.code(), Some(UNAVAILABLE), "{said}");
        Err(Missing(said.trim().to_owned()))
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// Ends the server with SIGKILL, as a power cut would; returns when it is gone.
    pub(crate) fn kill(&mut self) {
        assert_eq!(self.ask("kill").as_deref(), Some("killed"));
    }

    /// Starts a killed server again on the same data and the same URL; returns when it answers.
    pub(crate) fn start_again(&mut self) {
        let answer = self.ask("start").expect("the server starts again");
        assert_eq!(answer, format!("ready {}", self.url));
    }

    fn ask(&mut self, command: &str) -> Option<String> {
        writeln!(self.child.stdin.as_ref()?, "{command}").unwrap();
        answer(&mut self.answers)
    }
}

impl Drop for PrivateServer {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        let _ = self.child.wait();
    }
}

fn ready(answers: &mut BufReader<ChildStdout>) -> Option<String> {
    answer(answers)?.strip_prefix("ready ").map(str::to_owned)
}

/// The next line, or nothing at the end.
fn answer(answers: &mut BufReader<ChildStdout>) -> Option<String> {
    let mut line = String::new();
    answers.read_line(&mut line).unwrap();
    line.strip_suffix('\n').map(str::to_owned)
}
