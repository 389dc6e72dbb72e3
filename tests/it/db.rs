//! A fresh database for one test, gone at its end.
//!
//! Not its job: which servers there are (`servers`), what SQL means (`session`).

use std::ops::{Deref, DerefMut};

use tempfile::TempDir;
use uuid::Uuid;

use crate::servers::{self, Backend};
use crate::session::Session;

/// A database of the test's own with an administrator's connection to it.
pub(crate) struct TestDb {
    backend: Backend,
    /// The URL of the server's administrator; for SQLite of the file.
    server: String,
    /// The database's name.
    name: String,
    session: Option<Session>,
    users: Vec<String>,
    /// The folder that holds a SQLite file.
    folder: Option<TempDir>,
}

impl TestDb {
    /// A fresh, empty database.
    pub(crate) fn new(backend: Backend) -> Self {
        match backend {
            Backend::Sqlite => Self::file(),
            _ => Self::at(
                backend,
                servers::url(backend).expect("`on_each_backend` has looked"),
            ),
        }
    }

    /// A fresh database whose texts are in latin1; in SQLite's own encoding on SQLite.
    pub(crate) fn in_latin1(backend: Backend) -> Self {
        let encoding = match backend {
            Backend::Sqlite => return Self::file(),
            Backend::Postgres => "ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0",
            Backend::MariaDb | Backend::MySql => "CHARACTER SET latin1",
        };
        let server = servers::url(backend).expect("`on_each_backend` has looked");
        Self::encoded(backend, server, encoding)
    }

    /// A fresh database on a given server.
    pub(crate) fn at(backend: Backend, server: &str) -> Self {
        let encoding = if backend.is_mysql_like() {
            "CHARACTER SET utf8mb4"
        } else {
            ""
        };
        Self::encoded(backend, server, encoding)
    }

    fn encoded(backend: Backend, server: &str, encoding: &str) -> Self {
        let name = format!("t_{}", Uuid::new_v4().simple());
        Session::open(server).exec(&format!("CREATE DATABASE {name} {encoding}"));
        let mut db = Self {
            backend,
            server: server.to_owned(),
            name,
            session: None,
            users: Vec::new(),
            folder: None,
        };
        db.session = Some(Session::open(&db.url()));
        db
    }

    fn file() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}", folder.path().join("users.db").display());
        Self {
            backend: Backend::Sqlite,
            session: Some(Session::open(&format!("{url}?mode=rwc"))),
            server: url,
            name: "main".to_owned(),
            users: Vec::new(),
            folder: Some(folder),
        }
    }

    pub(crate) fn backend(&self) -> Backend {
        self.backend
    }

    /// The database's name in its server.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// The URL that reaches this database as the administrator.
    pub(crate) fn url(&self) -> String {
        match self.backend {
            Backend::Sqlite => self.server.clone(),
            _ => with_database(&self.server, &self.name),
        }
    }

    /// A further connection of the administrator.
    pub(crate) fn connect(&self) -> Session {
        Session::open(&self.url())
    }

    /// Closes the administrator's connection and opens a new one, after the server was killed and started.
    pub(crate) fn reconnect(&mut self) {
        self.session = None;
        self.session = Some(self.connect());
    }

    /// A user who may log in and no more, and the URL for them; `None` on SQLite, which has no users. Grant to
    /// `TestUser::grantee`.
    pub(crate) fn create_user(&mut self) -> Option<TestUser> {
        // MySQL takes 32 characters at most.
        let name = format!("u{}", &Uuid::new_v4().simple().to_string()[..12]);
        let grantee = match self.backend {
            Backend::Postgres => name.clone(),
            Backend::MariaDb | Backend::MySql => format!("{name}@localhost"),
            Backend::Sqlite => return None,
        };
        let login = if self.backend == Backend::Postgres {
            "LOGIN"
        } else {
            ""
        };
        let role = if self.backend == Backend::Postgres {
            "ROLE"
        } else {
            "USER"
        };
        self.exec(&format!("CREATE {role} {grantee} {login}"));
        self.users.push(grantee.clone());
        Some(TestUser {
            url: with_user(&self.url(), &name),
            grantee,
        })
    }

    /// Inserts rows of text and NULL, many a statement.
    pub(crate) fn insert<R>(&mut self, table: &str, columns: &[&str], rows: R)
    where
        R: IntoIterator,
        R::Item: IntoIterator<Item = Option<String>>,
    {
        const ROWS_MAX: usize = 500;
        let quoted: Vec<_> = columns
            .iter()
            .map(|column| self.backend.quote_name(column))
            .collect();
        let start = format!(
            "INSERT INTO {} ({}) VALUES ",
            self.backend.quote_name(table),
            quoted.join(", ")
        );
        let backend = self.backend;
        let mut values = rows.into_iter().map(|row| {
            let row: Vec<_> = row
                .into_iter()
                .map(|value| backend.literal(value.as_deref()))
                .collect();
            format!("({})", row.join(", "))
        });
        self.exec("BEGIN");
        loop {
            let page: Vec<_> = values.by_ref().take(ROWS_MAX).collect();
            if page.is_empty() {
                break;
            }
            self.exec(&format!("{start}{}", page.join(", ")));
        }
        self.exec("COMMIT");
    }
}

/// A user of the database server.
pub(crate) struct TestUser {
    /// What reaches the test's database as this user.
    pub(crate) url: String,
    /// How GRANT names the user.
    pub(crate) grantee: String,
}

impl TestUser {
    /// Runs statements as this user, on a connection of their own.
    pub(crate) fn exec(&self, sql: &str) -> Result<u64, sqlx::Error> {
        Session::try_open(&self.url)?.try_exec(sql)
    }
}

impl Backend {
    /// A name as this database quotes it.
    pub(crate) fn quote_name(self, name: &str) -> String {
        let mark = if self.is_mysql_like() { "`" } else { "\"" };
        format!("{mark}{}{mark}", name.replace(mark, &mark.repeat(2)))
    }

    /// A text or NULL as this database spells it.
    pub(crate) fn literal(self, value: Option<&str>) -> String {
        match value {
            None => "NULL".to_owned(),
            Some(value) if self.is_mysql_like() => {
                format!("'{}'", value.replace('\\', r"\\").replace('\'', "''"))
            }
            Some(value) => format!("'{}'", value.replace('\'', "''")),
        }
    }
}

impl Deref for TestDb {
    type Target = Session;

    fn deref(&self) -> &Session {
        self.session.as_ref().expect("held until the drop")
    }
}

impl DerefMut for TestDb {
    fn deref_mut(&mut self) -> &mut Session {
        self.session.as_mut().expect("held until the drop")
    }
}

impl Drop for TestDb {
    fn drop(&mut self) {
        self.session = None;
        if self.folder.is_some() {
            return;
        }
        // A server that the test has killed can't be asked, and goes as a whole.
        let Ok(mut server) = Session::try_open(&self.server) else {
            return;
        };
        let (force, kind) = match self.backend {
            Backend::Postgres => (" WITH (FORCE)", "ROLE"),
            _ => ("", "USER"),
        };
        if self.backend.is_mysql_like() {
            let _ = server.try_exec("SET SESSION lock_wait_timeout = 5");
        }
        let _ = server.try_exec(&format!("DROP DATABASE {}{force}", self.name));
        for user in &self.users {
            let _ = server.try_exec(&format!("DROP {kind} {user}"));
        }
    }
}

/// The same server, another database.
fn with_database(url: &str, name: &str) -> String {
    let (address, parameters) = url
        .split_once('?')
        .map_or((url, ""), |(address, rest)| (address, rest));
    let host_at = address.find("://").expect("a URL has a scheme") + 3;
    let end = address[host_at..]
        .find('/')
        .map_or(address.len(), |slash| host_at + slash);
    let mark = if parameters.is_empty() { "" } else { "?" };
    format!("{}/{name}{mark}{parameters}", &address[..end])
}

/// A version of the ledger: its number, the tables that it brought, and the columns of others.
type LedgerVersion = (
    i64,
    &'static [&'static str],
    &'static [(&'static str, &'static str)],
);

/// What each version of the ledger has brought.
const LEDGER_VERSIONS: [LedgerVersion; 10] = [
    (2, &["known"], &[]),
    (3, &["reset"], &[]),
    (4, &["reset_token"], &[]),
    (5, &["waiting"], &[]),
    (6, &[], &[("reset", "how")]),
    (7, &["wrapped"], &[]),
    (8, &["site_check"], &[]),
    (
        9,
        &[],
        &[
            ("column_lock", "namespaces"),
            ("worker", "boot"),
            ("worker", "pid_start"),
            ("worker", "namespaces"),
        ],
    ),
    (10, &["control"], &[]),
    (
        11,
        &["joined"],
        &[
            ("chunk", "tally"),
            ("worker", "joined"),
            ("worker", "name"),
            ("worker", "chunk"),
            ("worker", "commit_ms"),
            ("worker", "outcome"),
        ],
    ),
];

impl TestDb {
    /// A table of the ledger, as SQL names it.
    pub(crate) fn ledger_table(&self, table: &str) -> String {
        match self.backend {
            Backend::Postgres => format!("saltern.{table}"),
            _ => format!("saltern_{table}"),
        }
    }

    /// Takes out of the ledger what came after a version, as an older program has left it.
    pub(crate) fn make_ledger_older(&mut self, version: i64) {
        let newest = LEDGER_VERSIONS.last().map(|(newest, ..)| *newest);
        assert_eq!(
            newest,
            Some(saltern::store::ledger::LEDGER_VERSION),
            "say here what it brings"
        );
        for (_, tables, columns) in LEDGER_VERSIONS
            .iter()
            .filter(|(of, ..)| *of > version)
            .rev()
        {
            for (table, column) in *columns {
                let table = self.ledger_table(table);
                self.exec(&format!("ALTER TABLE {table} DROP COLUMN {column}"));
            }
            for table in *tables {
                let table = self.ledger_table(table);
                self.exec(&format!("DROP TABLE {table}"));
            }
        }
        let migrations = self.ledger_table("migrations");
        self.exec(&format!(
            "DELETE FROM {migrations} WHERE version > {version}"
        ));
    }

    /// Takes the whole ledger away.
    pub(crate) fn drop_ledger(&mut self) {
        if self.backend == Backend::Postgres {
            self.exec("DROP SCHEMA IF EXISTS saltern CASCADE");
            return;
        }
        for table in saltern::store::ledger::TABLES.iter().chain(&["migrations"]) {
            self.exec(&format!("DROP TABLE IF EXISTS saltern_{table}"));
        }
    }
}

/// The same database as another user.
fn with_user(url: &str, name: &str) -> String {
    let (scheme, rest) = url.split_once("://").expect("a URL has a scheme");
    let end = rest.find('/').unwrap_or(rest.len());
    let host = rest[..end]
        .rsplit_once('@')
        .map_or(&rest[..end], |(_, host)| host);
    format!("{scheme}://{name}@{host}{}", &rest[end..])
}
