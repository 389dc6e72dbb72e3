//! Whether a database, a table and a column are fit for what is asked of them, before anything is written.
//!
//! Every finding says what it is, why it matters and what to do, with the exact statement where there is one. Nothing here
//! writes or alters anything: privileges are tried with EXPLAIN, which reads no row and fires no trigger. Memory and
//! processors are not its question.

mod check;
mod key;
mod marker;
mod mysql;
mod neighbour;
mod page;
mod postgres;
mod server;
mod sqlite;
mod width;

#[cfg(test)]
mod tests;

pub use neighbour::is_password_of_old;

use super::change::Change;
use super::column::Column;
use super::conn::{Arg, Conn, Kind, RowRef};
use super::error::{Quote, StoreError, Trouble};
use crate::config::{Credential, Settings};
use crate::policy::{How, Target};
use crate::reset::{DeadForm, RANDOM_BYTES};
use crate::scheme::{self, Declared, Dialect, InnerId, Mark, Outer, Scheme};

/// What is asked of a column.
#[derive(Clone, Debug)]
pub struct Want {
    /// The hash that a run would make.
    pub outer: Outer,
    /// How it would spell its values.
    pub dialect: Dialect,
    /// The characters of the longest mark that a run would give a value; 0 is none.
    pub longest_mark: usize,
    /// Whether marks stand in a column of their own.
    pub marks_apart: bool,
    /// Whether rows would be written.
    pub access: Access,
    /// Columns of the same table that other credentials cover.
    pub covered: Vec<String>,
    /// What is written.
    values: Values,
    /// What a value is reset to.
    dead: DeadForm,
    /// How rows are reset besides.
    resets: Vec<How>,
}

/// What a command writes into the column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Values {
    Hashes,
    Dead,
    /// Nothing: it stays.
    Kept,
}

/// What a command does with the user table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// It reads.
    Read,
    /// It swaps values.
    Write,
}

/// How grave a finding is. The order is the one in which they are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// A run would harm the data or can't work: it is refused.
    Refuse,
    /// A run works, and something about it should be known first.
    Warn,
    /// Worth knowing.
    Info,
}

/// One thing that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// How grave it is.
    pub severity: Severity,
    /// Its name, for machines: one of [`CODES`].
    pub code: &'static str,
    /// What was found.
    pub what: String,
    /// Why it matters.
    pub why: String,
    /// What to do about it.
    pub todo: String,
}

/// A kind of finding.
#[derive(Clone, Copy, Debug)]
pub struct About {
    /// The name, never changed.
    pub code: &'static str,
    /// What it says.
    pub meaning: &'static str,
    /// Whether it matters to a command that only reads.
    concerns_reading: bool,
}

const fn about(code: &'static str, meaning: &'static str) -> About {
    About {
        code,
        meaning,
        concerns_reading: false,
    }
}

const fn about_reading(code: &'static str, meaning: &'static str) -> About {
    About {
        code,
        meaning,
        concerns_reading: true,
    }
}

/// Every kind of finding, in the order of the documentation.
pub const CODES: [About; 43] = [
    about_reading(
        "server-too-old",
        "the server is older than what saltern is tested on",
    ),
    about(
        "server-read-only",
        "the server is a replica or refuses writes",
    ),
    about(
        "not-a-table",
        "a view, a foreign table or a table with rules or inheriting tables",
    ),
    about_reading(
        "row-security",
        "row-level security hides rows from this user",
    ),
    about_reading(
        "select-fails",
        "the columns can't be read, or `where` or `except` is not valid",
    ),
    about("update-fails", "the column can't be updated by this user"),
    about(
        "page-fails",
        "the statement that writes a page is refused by the server",
    ),
    about(
        "page-scans",
        "the statement that writes a page would not reach the rows by their key",
    ),
    about(
        "on-reset-fails",
        "a statement of `on_reset.sql` is refused by the server",
    ),
    about(
        "column-narrow",
        "the column is too narrow for the longest new value",
    ),
    about("column-generated", "the column is computed from others"),
    about(
        "marker-narrow",
        "the column of the marks is too narrow for the longest one",
    ),
    about(
        "marker-generated",
        "the column of the marks is computed from others",
    ),
    about(
        "marker-column",
        "marks stand in a column of their own, which every reader must ask",
    ),
    about("column-strict", "the column's type takes no text"),
    about(
        "column-numeric",
        "the column turns what looks like a number into one",
    ),
    about("check-breaks", "a CHECK or domain refuses the new values"),
    about(
        "check-unknown",
        "a CHECK could not be tried with a new value",
    ),
    about("key-not-unique", "no unique index stands behind the key"),
    about("key-nullable", "a key column may be NULL"),
    about(
        "key-order",
        "the key's columns are in another order than those of its index",
    ),
    about("trigger", "triggers fire when a row is updated"),
    about(
        "updated-at",
        "a column moves by itself when a row is updated",
    ),
    about(
        "published",
        "changes of the table are published to other systems",
    ),
    about(
        "replica-identity",
        "a published table has no replica identity, so that updates fail",
    ),
    about("engine", "the storage engine ignores rollback"),
    about("binlog-statement", "the binary log records statements"),
    about_reading(
        "no-tls",
        "the connection to a remote server is not encrypted",
    ),
    about(
        "statements-logged",
        "the server logs statements or their parameters",
    ),
    about_reading(
        "network-file",
        "the SQLite file lies on a network file system",
    ),
    about("file-read-only", "the SQLite file can't be written"),
    about(
        "folder-read-only",
        "the SQLite file's folder can't be written",
    ),
    about(
        "journal-mode",
        "how SQLite's journal affects the application during a run",
    ),
    about(
        "uncovered-column",
        "a column beside the credential's looks like a password too",
    ),
    about(
        "uncovered-table",
        "a table that no credential names looks like it holds passwords",
    ),
    about(
        "not-found",
        "a table or column is not there, or of a type that can't be read",
    ),
    about(
        "readers-not-ready",
        "a run that rewrites rows waits for `readers_ready = true`",
    ),
    about(
        "name-salt",
        "the scheme is salted with the user's name or id, which must stay as it was",
    ),
    about("target-low", "the target is below OWASP's minimum"),
    about(
        "memory",
        "what hashing takes of the memory that this process may use",
    ),
    about("kernel", "why not the fastest hash kernel is used"),
    about(
        "huge-pages",
        "whether the kernel gives huge pages, which make hashing faster",
    ),
    about(
        "known-list",
        "a list in `[known]` can't be read, or is not of its form",
    ),
];

impl Severity {
    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Refuse => "refuse",
            Self::Warn => "warn",
            Self::Info => "info",
        }
    }
}

impl Want {
    /// What a command needs of a credential's column: it must hold the longest value that the target can make of it.
    pub fn new(target: Target, credential: &Credential, access: Access) -> Self {
        Self {
            outer: target.outer,
            dialect: target.dialect,
            longest_mark: longest_mark(&target.outer, credential),
            marks_apart: credential.marker_column.is_some(),
            access,
            covered: Vec::new(),
            values: Values::Hashes,
            dead: credential.on_reset.value.clone(),
            resets: Vec::new(),
        }
    }

    /// What a run needs of a credential's column, knowing what the other credentials cover.
    pub fn of_run(settings: &Settings, credential: &Credential) -> Self {
        let same_table = |other: &&Credential| {
            other.table == credential.table && other.schema == credential.schema
        };
        Self {
            covered: settings
                .credentials
                .iter()
                .filter(same_table)
                .map(|other| other.column.clone())
                .collect(),
            resets: [How::Hard, How::Soft]
                .into_iter()
                .filter(|how| settings.rules.resets_how(&credential.name, *how))
                .collect(),
            ..Self::new(settings.target, credential, Access::Write)
        }
    }

    /// Asks for what a command needs that writes no hash, and resets rows.
    pub fn resets_alone(&mut self) {
        self.values = Values::Kept;
    }

    /// Asks for what a reset needs besides.
    pub fn resets_too(&mut self, how: How) {
        if !self.resets.contains(&how) {
            self.resets.push(how);
        }
    }

    /// What is written with the values.
    fn change(&self) -> Change {
        match self.values {
            Values::Hashes => Change::Value,
            Values::Dead => Change::Reset,
            Values::Kept => Change::Soft,
        }
    }

    /// How many characters the longest new value has.
    pub fn longest_new_value(&self) -> usize {
        match self.values {
            Values::Hashes => scheme::longest(&self.outer, self.dialect, self.mark_in_value()),
            Values::Dead => self.dead.chars(),
            Values::Kept => 0,
        }
    }

    /// Whether a value is written at all.
    fn writes_values(&self) -> bool {
        self.values != Values::Kept
    }

    /// How many characters of the value itself its mark takes.
    fn mark_in_value(&self) -> usize {
        if self.marks_apart {
            0
        } else {
            self.longest_mark
        }
    }

    /// A value of that length, made of nothing.
    fn sample(&self) -> String {
        if self.values != Values::Hashes {
            return String::from_utf8_lossy(self.dead.make(&[0; RANDOM_BYTES]).as_bytes())
                .into_owned();
        }
        // A mark that is longer than an id can be has a setting behind the hash.
        let in_id = match self.mark_in_value().saturating_sub("--".len()) {
            whole @ 0..=InnerId::LEN_MAX => whole,
            _ => SAMPLE_ID,
        };
        let digest = &[0; 32][..self.outer.digest_len()];
        let inner = InnerId::parse(&"x".repeat(in_id));
        let mark = inner.as_ref().map(|inner| Mark { inner, is: None });
        let mut sample = self.dialect.spell(&self.outer, &[0; 16], digest, mark);
        if sample.len() < self.longest_new_value() {
            sample.push_str("$is=");
            sample.push_str(&"A".repeat(self.longest_new_value().saturating_sub(sample.len())));
        }
        sample
    }
}

/// Looks at everything that SPEC 8 refuses or warns of. The gravest findings come first.
///
/// # Errors
/// Only where the database could not be asked; what is wrong with it is a finding.
pub async fn preflight(
    conn: &mut Conn,
    column: &Column,
    want: &Want,
) -> Result<Vec<Finding>, StoreError> {
    let mut findings = Vec::new();
    // A CHECK may take a hash and no dead value, and a user may change the value and nothing beside it.
    let resets = want.resets.iter().map(|how| match how {
        How::Hard => Values::Dead,
        How::Soft => Values::Kept,
    });
    let own = std::iter::once(want.values).filter(|values| *values != Values::Kept);
    for values in own.chain(resets) {
        let want = Want {
            values,
            ..want.clone()
        };
        for finding in look(conn, column, &want).await? {
            if !findings.contains(&finding) {
                findings.push(finding);
            }
        }
    }
    if want.access == Access::Read {
        findings.retain(|finding| {
            CODES
                .iter()
                .any(|about| about.code == finding.code && about.concerns_reading)
        });
    }
    findings.sort_by_key(|finding| finding.severity);
    Ok(findings)
}

async fn look(conn: &mut Conn, column: &Column, want: &Want) -> Result<Vec<Finding>, StoreError> {
    let mut report = Report::default();
    match conn.kind() {
        Kind::Postgres => postgres::look(conn, column, want, &mut report).await?,
        Kind::MySql => mysql::look(conn, column, want, &mut report).await?,
        Kind::Sqlite => sqlite::look(conn, column, want, &mut report).await?,
    }
    neighbour::look(column, want, &mut report);
    marker::look(column, want, &mut report);
    Ok(report.0)
}

/// Whether a finding is about the server or the file as a whole, and so the same for every credential.
pub fn is_about_the_server(code: &str) -> bool {
    const SERVER: [&str; 9] = [
        "server-too-old",
        "server-read-only",
        "binlog-statement",
        "no-tls",
        "statements-logged",
        "network-file",
        "file-read-only",
        "folder-read-only",
        "journal-mode",
    ];
    SERVER.contains(&code)
}

/// The keys that name one row each: columns of unique indexes that hold for every row and are never NULL, the primary key first.
pub(crate) async fn unique_keys(
    conn: &mut Conn,
    column: &Column,
) -> Result<Vec<Vec<String>>, StoreError> {
    let uniques = key::uniques(conn, column).await?;
    let never_null = |name: &String| column.table.column(name).is_some_and(|info| !info.nullable);
    Ok(uniques
        .into_iter()
        .map(|unique| unique.columns)
        .filter(|columns| columns.iter().all(never_null))
        .collect())
}

/// The page `docs/findings.md`.
pub fn page() -> String {
    let mut page = String::from(
        "# What `doctor` finds\n\n\
         This page is generated from `src/store/preflight/mod.rs`; `SALTERN_ACCEPT=1 cargo test findings` writes it anew. Each\n\
         finding says what it is, why it matters and what to do; its code, in `--json`, never changes its meaning.\n\n\
         | code | what it says |\n| --- | --- |\n",
    );
    for about in CODES {
        page.push_str(&format!("| `{}` | {} |\n", about.code, about.meaning));
    }
    page.push_str(
        "\n## What nothing in a database shows\n\n\
         - **Sessions and reset links may hang on the column.** Django, Laravel, Devise and WordPress derive the session's or the reset link's\n\
         \x20 check from the stored hash: when it changes, by a wrap as well as by a login, those users are logged out and open reset links die.\n\
         - **Other readers of the column**: Digest authentication, MS-CHAP, RADIUS, IMAP, an API that takes the hash for a token, an export to an\n\
         \x20 identity provider. None of them can read a wrapped value; `except` leaves such rows alone.\n\
         - **An application that hashes what it saves** would hash a new value once more if it writes the row back whole.\n\
         - **What was there stays elsewhere**: in the write-ahead log or binary log, in dead tuples, in replicas, dumps and backups, and in the logs\n\
         \x20 of a pooler or proxy. A wrap protects what leaks from now on.\n\
         - **Triggers** are shown to those who may see them: on MySQL and MariaDB that needs the TRIGGER privilege.\n",
    );
    page
}

/// The characters of an id in a sample that has a setting too.
const SAMPLE_ID: usize = 8;

/// The characters of the longest mark that a bare value of this column can get; what strings of their own form carry, rows alone tell.
fn longest_mark(outer: &Outer, credential: &Credential) -> usize {
    let ids: Vec<InnerId> = match credential.scheme {
        Declared::Scheme(Scheme::PLAINTEXT) => credential
            .normalize
            .map(|_| InnerId::ANSWER1)
            .into_iter()
            .collect(),
        Declared::Scheme(scheme) => scheme.inner_id().into_iter().collect(),
        Declared::Auto => Scheme::all()
            .filter(|scheme| scheme.shape().is_some())
            .filter_map(Scheme::inner_id)
            .collect(),
    };
    let bcrypt = matches!(outer, Outer::Bcrypt { .. });
    let long = ids
        .iter()
        .filter_map(InnerId::long)
        .chain([InnerId::SHA384_B64])
        .filter(|_| bcrypt);
    ids.iter()
        .copied()
        .chain(long)
        .map(|id| scheme::mark_len(&id, 0))
        .max()
        .unwrap_or(0)
}

/// The findings as they are made.
#[derive(Default)]
struct Report(Vec<Finding>);

/// The words of one finding.
struct Words {
    what: String,
    why: &'static str,
    todo: String,
}

impl Report {
    fn add(&mut self, severity: Severity, code: &'static str, words: Words) {
        debug_assert!(
            CODES.iter().any(|about| about.code == code),
            "{code} is not documented"
        );
        self.0.push(Finding {
            severity,
            code,
            what: words.what,
            why: words.why.to_owned(),
            todo: words.todo,
        });
    }

    fn refuse(&mut self, code: &'static str, words: Words) {
        self.add(Severity::Refuse, code, words);
    }

    fn warn(&mut self, code: &'static str, words: Words) {
        self.add(Severity::Warn, code, words);
    }

    fn info(&mut self, code: &'static str, words: Words) {
        self.add(Severity::Info, code, words);
    }
}

/// Asks the catalogue or the server; on PostgreSQL in a transaction of its own, with its lock wait of one second.
async fn ask<T: Send>(
    conn: &mut Conn,
    sql: &str,
    args: Vec<Arg>,
    make: impl FnMut(RowRef<'_>) -> Result<T, StoreError> + Send,
) -> Result<Vec<T>, StoreError> {
    let in_transaction = conn.kind() == Kind::Postgres;
    if in_transaction {
        conn.begin().await?;
    }
    let rows = conn
        .rows("looking before a run", Quote::Message, sql, args, make)
        .await;
    if in_transaction {
        conn.rollback().await?;
    }
    rows
}

/// The same, where a refusal of the server is the answer; only a lost connection is an error.
async fn attempt<T: Send>(
    conn: &mut Conn,
    sql: &str,
    args: Vec<Arg>,
    make: impl FnMut(RowRef<'_>) -> Result<T, StoreError> + Send,
) -> Result<Result<Vec<T>, StoreError>, StoreError> {
    match ask(conn, sql, args, make).await {
        Err(error) if error.trouble() == Trouble::Gone => Err(error),
        answer => Ok(answer),
    }
}
