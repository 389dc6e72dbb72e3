//! The tables of `saltern demo`: a made-up database, and the two statements of a login.
//!
//! What is in them is decided elsewhere.

use crate::secret::StoredHash;
use crate::store::sql::{Arg, Conn, Query, Quote, StoreError};

/// What stands in the database before a run.
#[derive(Default)]
pub struct DemoRows {
    /// The shop's accounts.
    pub parents: Vec<DemoParent>,
    /// Their children's accounts.
    pub children: Vec<DemoUser>,
    /// The accounts of another system beside it.
    pub players: Vec<DemoUser>,
}

/// An account with a secret answer.
pub struct DemoParent {
    /// The account.
    pub user: DemoUser,
    /// The answer to the secret question.
    pub answer: Option<String>,
}

/// An account.
pub struct DemoUser {
    /// What is typed at login.
    pub login: String,
    /// What is stored.
    pub password: Option<String>,
    /// When the user last logged in.
    pub last_login: Option<String>,
}

/// One value in the demo's tables.
#[derive(Clone, Copy, Debug)]
pub struct DemoPlace {
    /// The table.
    pub table: &'static str,
    /// The column.
    pub column: &'static str,
    /// The key.
    pub id: i64,
}

/// What a login's write came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DemoSwap {
    /// The new value stands.
    Done,
    /// Somebody was faster; what they wrote stands.
    Superseded,
}

const TABLES: &str = "\
CREATE TABLE parent (
    id INTEGER PRIMARY KEY,
    email TEXT NOT NULL,
    password TEXT,
    secret_question TEXT,
    secret_answer TEXT,
    last_login_at TEXT
);
CREATE TABLE child (
    id INTEGER PRIMARY KEY,
    nickname TEXT NOT NULL,
    password TEXT,
    last_login_at TEXT
);
CREATE TABLE planet_user (
    id INTEGER PRIMARY KEY,
    username TEXT NOT NULL,
    password TEXT,
    last_login_at TEXT
);";

/// SQLite takes 32,766 parameters a statement; this stays well below.
const ROWS_A_STATEMENT: usize = 1_000;

/// Makes the tables and fills them; the keys count from 1 in the order of the rows.
///
/// # Errors
/// Whatever the database says.
pub async fn create(conn: &mut Conn, rows: &DemoRows) -> Result<(), StoreError> {
    conn.script("creating the demo's tables", Quote::Message, TABLES)
        .await?;
    conn.begin().await?;
    let parents = rows.parents.iter().map(|parent| {
        let user = &parent.user;
        let question = parent
            .answer
            .as_ref()
            .map(|_| "What is your favourite colour?");
        vec![
            text(&user.login),
            optional(&user.password),
            question.into(),
            optional(&parent.answer),
            optional(&user.last_login),
        ]
    });
    insert(
        conn,
        "parent (email, password, secret_question, secret_answer, last_login_at)",
        parents,
    )
    .await?;
    insert(
        conn,
        "child (nickname, password, last_login_at)",
        rows.children.iter().map(user),
    )
    .await?;
    insert(
        conn,
        "planet_user (username, password, last_login_at)",
        rows.players.iter().map(user),
    )
    .await?;
    conn.commit().await
}

/// What stands in a row.
///
/// # Errors
/// Whatever the database says.
pub async fn read(conn: &mut Conn, place: DemoPlace) -> Result<Option<StoredHash>, StoreError> {
    let sql = format!(
        "SELECT CAST({} AS BLOB) FROM {} WHERE id = ?",
        place.column, place.table
    );
    let values = conn
        .rows(
            Query::of_values("reading the demo", &sql, vec![Arg::Int(place.id)]),
            |row| Ok(row.bytes(0)?.map(|bytes| StoredHash::new(bytes.to_vec()))),
        )
        .await?;
    Ok(values.into_iter().next().flatten())
}

/// Writes what a login made, if what it checked still stands there.
///
/// # Errors
/// Whatever the database says.
pub async fn swap(
    conn: &mut Conn,
    place: DemoPlace,
    old: &StoredHash,
    new: &str,
) -> Result<DemoSwap, StoreError> {
    let sql = format!(
        "UPDATE {0} SET {1} = ? WHERE id = ? AND CAST({1} AS BLOB) = ?",
        place.table, place.column
    );
    let args = vec![
        new.into(),
        Arg::Int(place.id),
        Arg::Bytes(old.as_bytes().to_vec()),
    ];
    let changed = conn
        .run(Query::of_values("writing the demo", &sql, args))
        .await?;
    Ok(if changed == 1 {
        DemoSwap::Done
    } else {
        DemoSwap::Superseded
    })
}

async fn insert(
    conn: &mut Conn,
    into: &str,
    rows: impl Iterator<Item = Vec<Arg>>,
) -> Result<(), StoreError> {
    let rows: Vec<Vec<Arg>> = rows.collect();
    for some in rows.chunks(ROWS_A_STATEMENT) {
        let one = format!("({})", vec!["?"; some[0].len()].join(", "));
        let sql = format!(
            "INSERT INTO {into} VALUES {}",
            vec![one.as_str(); some.len()].join(", ")
        );
        conn.run(Query::of_values("filling the demo", &sql, some.concat()))
            .await?;
    }
    Ok(())
}

fn user(user: &DemoUser) -> Vec<Arg> {
    vec![
        text(&user.login),
        optional(&user.password),
        optional(&user.last_login),
    ]
}

fn text(value: &str) -> Arg {
    value.into()
}

fn optional(value: &Option<String>) -> Arg {
    value.as_deref().into()
}
