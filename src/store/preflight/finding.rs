//! What is found: every kind of finding, and the page of the documentation that lists them.

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
pub struct FindingKind {
    /// The name, never changed.
    pub code: &'static str,
    /// What it says.
    pub meaning: &'static str,
    /// Whether it matters to a command that only reads.
    pub(super) concerns_reading: bool,
}

const fn about(code: &'static str, meaning: &'static str) -> FindingKind {
    FindingKind {
        code,
        meaning,
        concerns_reading: false,
    }
}

const fn about_reading(code: &'static str, meaning: &'static str) -> FindingKind {
    FindingKind {
        code,
        meaning,
        concerns_reading: true,
    }
}

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

/// Whether a finding is about the server or the file as a whole.
///
/// Such a finding is the same for every credential.
pub fn is_about_the_server(code: &str) -> bool {
    const SERVER: [&str; 11] = [
        "server-too-old",
        "server-read-only",
        "connection-limit",
        "time-limit",
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

/// The page `docs/findings.md`.
pub fn page() -> String {
    let mut page = String::from(
        "# What `doctor` finds\n\n\
         This page is generated from `src/store/preflight/finding.rs`; `SALTERN_ACCEPT=1 cargo test findings` writes it anew.\n\
         Each finding says what it is, why it matters and what to do. Its code, in `--json`, never changes its meaning.\n\n\
         | code | what it says |\n| --- | --- |\n",
    );
    for about in CODES {
        page.push_str(&format!("| `{}` | {} |\n", about.code, about.meaning));
    }
    page.push_str(
        "\n## What nothing in a database shows\n\n\
         - **Sessions and reset links may hang on the column.** Django, Laravel, Devise and WordPress derive a check of the\n\
         \x20 session or the reset link from the stored hash. When the hash changes, by a wrap or by a login, these users are\n\
         \x20 logged out and their open reset links end.\n\
         - **Other readers of the column**: Digest authentication, MS-CHAP, RADIUS, IMAP, an API that takes the hash for a\n\
         \x20 token, an export to an identity provider. None of them can read a wrapped value; `except` leaves such rows alone.\n\
         - **An application that hashes what it saves** would hash a new value once more if it writes the row back whole.\n\
         - **What was there stays elsewhere**: in undo, redo, write-ahead and binary logs, in dead rows and freed pages,\n\
         \x20 in replicas, dumps and backups, and in the logs of a pooler or proxy. A wrap protects what leaks from now on.\n\
         - **Triggers** are shown to those who may see them: on MySQL and MariaDB that needs the TRIGGER privilege.\n",
    );
    page
}

/// Every kind of finding, in the order of the documentation.
pub const CODES: [FindingKind; 58] = [
    about_reading(
        "server-too-old",
        "the server is older than what saltern is tested on",
    ),
    about(
        "server-read-only",
        "the server is a replica or refuses writes",
    ),
    about(
        "connection-limit",
        "this user or database allows fewer connections than a run needs",
    ),
    about(
        "time-limit",
        "a limit on the time of a transaction would end a run's",
    ),
    about(
        "ledger-missing",
        "a table or a column of the ledger is not there",
    ),
    about(
        "ledger-altered",
        "a column of the ledger is of another type",
    ),
    about(
        "ledger-create",
        "there is no ledger yet, or an older one, and this user may not make its tables",
    ),
    about(
        "ledger-rights",
        "this user lacks a right on the ledger's tables",
    ),
    about(
        "ledger-version",
        "the ledger is of another version than this program",
    ),
    about(
        "ledger-disagrees",
        "runs, chunks and noted rows of the ledger do not agree",
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
        "the column of the labels is too narrow for the longest one",
    ),
    about(
        "marker-generated",
        "the column of the labels is computed from others",
    ),
    about(
        "marker-column",
        "labels stand in a column of their own, which every reader must ask",
    ),
    about(
        "marker-foreign",
        "the column of the labels holds words that saltern did not write",
    ),
    about(
        "format-narrow",
        "the format column does not take what `write` sets it to",
    ),
    about(
        "format-generated",
        "the format column is computed from others",
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
    about(
        "last-login-unreadable",
        "nothing in the column of last logins can be read as a time",
    ),
    about(
        "last-login-null",
        "nothing stands in the column of last logins",
    ),
    about("no-login", "the credential names no column of logins"),
    about(
        "login-index",
        "a login would read the whole table: no index serves its column",
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
