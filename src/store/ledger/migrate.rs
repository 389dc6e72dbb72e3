//! Makes the ledger's tables, and prints how a DBA makes them by hand.

use std::time::Duration;

use super::names::Names;
use super::{lock, run};
use crate::store::sql::{Backoff, Conn, ErrorClass, Kind, Query, Quote, StoreError};
use crate::store::table::hex;
use sqlx::migrate::{MigrateError, Migration, MigrationType, Migrator};
use sqlx::{AssertSqlSafe, SqlSafeStr as _};

/// The ledger's version: the number of the newest migration.
pub const LEDGER_VERSION: i64 = 11;

const MIGRATIONS: [(i64, &str, [&str; 3]); 11] = [
    (
        1,
        "ledger",
        [
            include_str!("../../../migrations/postgres/0001_ledger.sql"),
            include_str!("../../../migrations/mysql/0001_ledger.sql"),
            include_str!("../../../migrations/sqlite/0001_ledger.sql"),
        ],
    ),
    (
        2,
        "known",
        [
            include_str!("../../../migrations/postgres/0002_known.sql"),
            include_str!("../../../migrations/mysql/0002_known.sql"),
            include_str!("../../../migrations/sqlite/0002_known.sql"),
        ],
    ),
    (
        3,
        "reset",
        [
            include_str!("../../../migrations/postgres/0003_reset.sql"),
            include_str!("../../../migrations/mysql/0003_reset.sql"),
            include_str!("../../../migrations/sqlite/0003_reset.sql"),
        ],
    ),
    (
        4,
        "reset_token",
        [
            include_str!("../../../migrations/postgres/0004_reset_token.sql"),
            include_str!("../../../migrations/mysql/0004_reset_token.sql"),
            include_str!("../../../migrations/sqlite/0004_reset_token.sql"),
        ],
    ),
    (
        5,
        "waiting",
        [
            include_str!("../../../migrations/postgres/0005_waiting.sql"),
            include_str!("../../../migrations/mysql/0005_waiting.sql"),
            include_str!("../../../migrations/sqlite/0005_waiting.sql"),
        ],
    ),
    (
        6,
        "soft",
        [
            include_str!("../../../migrations/postgres/0006_soft.sql"),
            include_str!("../../../migrations/mysql/0006_soft.sql"),
            include_str!("../../../migrations/sqlite/0006_soft.sql"),
        ],
    ),
    (
        7,
        "wrapped",
        [
            include_str!("../../../migrations/postgres/0007_wrapped.sql"),
            include_str!("../../../migrations/mysql/0007_wrapped.sql"),
            include_str!("../../../migrations/sqlite/0007_wrapped.sql"),
        ],
    ),
    (
        8,
        "site_check",
        [
            include_str!("../../../migrations/postgres/0008_site_check.sql"),
            include_str!("../../../migrations/mysql/0008_site_check.sql"),
            include_str!("../../../migrations/sqlite/0008_site_check.sql"),
        ],
    ),
    (
        9,
        "namespaces",
        [
            include_str!("../../../migrations/postgres/0009_namespaces.sql"),
            include_str!("../../../migrations/mysql/0009_namespaces.sql"),
            include_str!("../../../migrations/sqlite/0009_namespaces.sql"),
        ],
    ),
    (
        10,
        "control",
        [
            include_str!("../../../migrations/postgres/0010_control.sql"),
            include_str!("../../../migrations/mysql/0010_control.sql"),
            include_str!("../../../migrations/sqlite/0010_control.sql"),
        ],
    ),
    (
        11,
        "joined",
        [
            include_str!("../../../migrations/postgres/0011_joined.sql"),
            include_str!("../../../migrations/mysql/0011_joined.sql"),
            include_str!("../../../migrations/sqlite/0011_joined.sql"),
        ],
    ),
];

fn sql_of(names: &Names, texts: &[&str; 3]) -> String {
    let text = match names.kind {
        Kind::Postgres => texts[0],
        Kind::MySql => texts[1],
        Kind::Sqlite => texts[2],
    };
    text.replace("{prefix}", &names.prefix_sql())
}

/// The migrations of a database in their order, as they are written.
pub(super) fn texts(names: &Names) -> Vec<&'static str> {
    let of = |texts: &[&'static str; 3]| match names.kind {
        Kind::Postgres => texts[0],
        Kind::MySql => texts[1],
        Kind::Sqlite => texts[2],
    };
    MIGRATIONS.iter().map(|(_, _, texts)| of(texts)).collect()
}

/// The version of the ledger that stands in the database; none where there is none.
///
/// # Errors
/// Whatever the database says other than that the table is not there.
pub async fn version(conn: &mut Conn, names: &Names) -> Result<Option<i64>, StoreError> {
    let sql = format!(
        "SELECT version FROM {} WHERE success ORDER BY version DESC LIMIT 1",
        names.migrations()
    );
    match conn
        .rows(
            Query::of_ledger("reading the ledger's version", &sql, vec![]),
            |r| r.number(0),
        )
        .await
    {
        Ok(rows) => Ok(rows.first().copied()),
        Err(e) if matches!(e.class(), ErrorClass::Missing) => Ok(None),
        Err(e) => Err(e),
    }
}

/// What becomes of a run that an older program has begun and not finished. Its members would
/// meet tables that they do not know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnfinishedRun {
    /// It refuses the migration.
    Refuses,
    /// It does so as long as somebody works on it: the operator closes it or goes on with it.
    RefusesWhileHeld,
    /// The ledger is used as it is, where it has everything that tokens and counts need.
    LeavesLedger,
}

/// Since this version the ledger has everything that the sidecar, tokens and counts need.
const SIDECAR_VERSION: i64 = 9;

/// Makes the tables that are missing. An unfinished run refuses it.
///
/// # Errors
/// `Refused` where the user may not create them, naming the command that prints the DDL; and where
/// the ledger is newer than this program.
pub async fn ensure(conn: &mut Conn, names: &Names) -> Result<(), StoreError> {
    ensure_beside(conn, names, UnfinishedRun::Refuses).await
}

/// Makes the tables that are missing, where an unfinished run allows it.
///
/// # Errors
/// As [`ensure`].
pub async fn ensure_beside(
    conn: &mut Conn,
    names: &Names,
    unfinished: UnfinishedRun,
) -> Result<(), StoreError> {
    let migrator = migrator(names);
    for attempt in 0..ATTEMPTS {
        let standing = version(conn, names).await;
        let have = match &standing {
            Ok(Some(version)) => *version,
            _ => 0,
        };
        match standing {
            Ok(Some(v)) if v == LEDGER_VERSION => return Ok(()),
            Ok(Some(v)) if v > LEDGER_VERSION => {
                return Err(StoreError::refused(
                    format!(
                        "the ledger in this database has version {v}, this program knows {LEDGER_VERSION}"
                    ),
                    "use the newer saltern that wrote it",
                ));
            }
            Ok(Some(v)) => {
                if !may_migrate(conn, names, v, unfinished).await? {
                    return Ok(());
                }
            }
            Ok(None) => {}
            // PostgreSQL hides a schema that the user may not look into. MySQL denies a table that
            // is not there to a user who was granted nothing on it.
            Err(e) if e.class() == ErrorClass::Denied => return Err(by_hand(&e)),
            Err(e) => return Err(e),
        }
        if names.kind == Kind::Postgres {
            match apply(conn, names, have).await {
                Ok(()) => return Ok(()),
                Err(e) if e.class() == ErrorClass::Denied => return Err(by_hand(&e)),
                Err(e) if e.is_transient() => return Err(e),
                Err(e) if attempt + 1 == ATTEMPTS => return Err(by_hand(&e)),
                // Another process may have been at it: then the tables are there.
                Err(_) => Backoff::steady(BETWEEN_ATTEMPTS).wait().await,
            }
            continue;
        }
        match conn.migrate(&migrator).await {
            Ok(()) => return Ok(()),
            Err(e) if attempt + 1 == ATTEMPTS => return Err(refused(&e)),
            Err(e) => {
                let error = refused(&e);
                // What the migrator left open is closed. Where nothing is open that is an error,
                // and it does no harm.
                conn.script("rolling back", Quote::CodeOnly, "ROLLBACK")
                    .await
                    .ok();
                // What passes is waited for by the caller.
                if is_denied(&e) || error.is_transient() {
                    return Err(error);
                }
                // Another process may be at it: give it time. MySQL commits every CREATE TABLE by
                // itself, so what a killed process left half done is done again.
                Backoff::steady(BETWEEN_ATTEMPTS).wait().await;
                if attempt >= ATTEMPTS / 2 && matches!(e, MigrateError::Dirty(_)) {
                    let sql = format!("DELETE FROM {} WHERE NOT success", names.migrations());
                    conn.run(Query::of_ledger(
                        "taking up an interrupted migration",
                        &sql,
                        vec![],
                    ))
                    .await?;
                }
            }
        }
    }
    Err(StoreError::unexpected(
        "creating the ledger's tables",
        "they are not there after all attempts",
    ))
}

/// Whether a ledger of that version is brought up to date; false where it is used as it is.
///
/// # Errors
/// `Refused` where an unfinished run stands in the way; whatever the database says.
async fn may_migrate(
    conn: &mut Conn,
    names: &Names,
    version: i64,
    unfinished: UnfinishedRun,
) -> Result<bool, StoreError> {
    // What an interrupted migration has left is no ledger yet.
    let active = match run::active(conn, names).await {
        Err(e) if e.class() == ErrorClass::Missing => return Ok(true),
        answer => answer?,
    };
    let Some(run) = active else { return Ok(true) };
    match unfinished {
        UnfinishedRun::LeavesLedger if version >= SIDECAR_VERSION => return Ok(false),
        UnfinishedRun::RefusesWhileHeld if lock::holders(conn, names).await?.is_empty() => {
            return Ok(true);
        }
        _ => {}
    }
    Err(StoreError::refused(
        format!(
            "the ledger has version {version}, this program makes it {LEDGER_VERSION}, and run {} is unfinished: saltern {} began it",
            run.id, run.version
        ),
        "finish that run with the program that began it; or close it with saltern run --execute --new-run when nobody works on it any more: then this program makes the ledger its own",
    ))
}

/// Makes what a ledger of version `have` lacks, in one transaction.
///
/// For PostgreSQL alone. sqlx's migrator gives its statements names, and behind a pooler a name
/// reaches sessions of others.
async fn apply(conn: &mut Conn, names: &Names, have: i64) -> Result<(), StoreError> {
    let mut sql = String::new();
    // Who was given a schema may have no right to make one. IF NOT EXISTS asks for that right too.
    if !has_schema(conn, names).await? {
        sql = format!("CREATE SCHEMA IF NOT EXISTS \"{}\";\n", names.schema);
    }
    let table = migrations_table(names);
    sql.push_str(&table.replacen("CREATE TABLE", "CREATE TABLE IF NOT EXISTS", 1));
    for (version, name, texts) in MIGRATIONS.iter().filter(|(version, ..)| *version > have) {
        let text = sql_of(names, texts);
        sql.push_str(&text);
        sql.push('\n');
        sql.push_str(&record(names, *version, name, &text));
    }
    conn.begin().await?;
    let made = conn
        .script("creating the ledger's tables", Quote::Message, &sql)
        .await;
    match made {
        Ok(()) => conn.commit().await,
        failed => conn.undone(failed).await,
    }
}

/// Whether PostgreSQL has the ledger's schema.
pub(in crate::store) async fn has_schema(
    conn: &mut Conn,
    names: &Names,
) -> Result<bool, StoreError> {
    let sql = "SELECT count(*) FROM pg_namespace WHERE nspname = $1";
    let schema = vec![names.schema.as_str().into()];
    let query = Query::of_ledger("looking for the ledger's schema", sql, schema);
    let found = conn.rows(query, |row| row.number(0)).await?;
    Ok(found.first().is_some_and(|count| *count > 0))
}

/// Two processes that migrate at once: how often, and after how long, the later one looks again.
const ATTEMPTS: u32 = 12;
const BETWEEN_ATTEMPTS: Duration = Duration::from_millis(500);

fn migrator(names: &Names) -> Migrator {
    let migrations = MIGRATIONS
        .iter()
        .map(|(version, name, texts)| {
            Migration::new(
                *version,
                (*name).into(),
                MigrationType::Simple,
                AssertSqlSafe(sql_of(names, texts)).into_sql_str(),
                false,
            )
        })
        .collect();
    let mut migrator = Migrator::with_migrations(migrations);
    // No advisory lock: a pooler may hand every statement to another session.
    migrator.set_locking(false);
    migrator.dangerous_set_table_name(names.migrations());
    migrator
}

fn is_denied(error: &MigrateError) -> bool {
    match error {
        MigrateError::Execute(e) | MigrateError::ExecuteMigration(e, _) => {
            StoreError::from_sqlx("", e, Quote::CodeOnly).class() == ErrorClass::Denied
        }
        _ => false,
    }
}

fn refused(error: &MigrateError) -> StoreError {
    let inner = match error {
        MigrateError::Execute(e) | MigrateError::ExecuteMigration(e, _) => {
            StoreError::from_sqlx("creating the ledger's tables", e, Quote::Message)
        }
        other => StoreError::unexpected("creating the ledger's tables", other.to_string()),
    };
    if inner.is_transient() {
        return inner;
    }
    by_hand(&inner)
}

fn by_hand(error: &StoreError) -> StoreError {
    StoreError::refused(
        error.to_string(),
        "have someone who may create tables run what `saltern ledger sql` prints; after that SELECT, INSERT, UPDATE and DELETE on them suffice",
    )
}

/// What is used of the application's own tables.
#[derive(Clone, Debug, Default)]
pub struct UsedTables {
    /// The (table, column) to be written.
    pub columns: Vec<(String, String)>,
    /// The tables that are read alone.
    pub read: Vec<String>,
}

/// The tables of the newest version, but for the migrations' own.
pub const TABLES: [&str; 16] = [
    "run",
    "chunk",
    "column_lock",
    "worker",
    "quarantine",
    "event",
    "census",
    "rule_clock",
    "known",
    "reset",
    "reset_token",
    "waiting",
    "wrapped",
    "site_check",
    "control",
    "joined",
];

/// Whether a table of this name in the ledger's schema is the ledger's.
pub(in crate::store) fn is_ledgers(table: &str) -> bool {
    TABLES.contains(&table) || table == "migrations"
}

/// The DDL and the least GRANTs, for a DBA.
///
/// `user` is who saltern will log in as.
pub fn ddl(names: &Names, user: &str, used: &UsedTables) -> String {
    let UsedTables { columns, read } = used;
    let mut out = String::new();
    let prefix = names.prefix_sql();
    if names.kind == Kind::Postgres {
        out.push_str(&format!(
            "CREATE SCHEMA IF NOT EXISTS \"{}\";\n\n",
            names.schema
        ));
    }
    for (_, _, texts) in &MIGRATIONS {
        out.push_str(&sql_of(names, texts));
        out.push('\n');
    }
    out.push_str(&migrations_table(names));
    for (version, name, texts) in &MIGRATIONS {
        out.push_str(&record(names, *version, name, &sql_of(names, texts)));
    }
    match names.kind {
        Kind::Postgres => {
            out.push_str(&format!(
                "\nGRANT USAGE ON SCHEMA \"{}\" TO {user};\n",
                names.schema
            ));
            out.push_str(&format!(
                "GRANT SELECT ON {} TO {user};\n",
                names.migrations()
            ));
            for t in TABLES {
                out.push_str(&format!(
                    "GRANT SELECT, INSERT, UPDATE, DELETE ON {prefix}{t} TO {user};\n"
                ));
            }
            for (table, column) in columns {
                out.push_str(&format!(
                    "GRANT SELECT, UPDATE ({column}) ON {table} TO {user};\n"
                ));
            }
            for table in read {
                out.push_str(&format!("GRANT SELECT ON {table} TO {user};\n"));
            }
        }
        Kind::MySql => {
            out.push_str(&format!(
                "\nGRANT SELECT ON {} TO {user};\n",
                names.migrations()
            ));
            for t in TABLES {
                out.push_str(&format!(
                    "GRANT SELECT, INSERT, UPDATE, DELETE ON {} TO {user};\n",
                    names.table(t)
                ));
            }
            for (table, column) in columns {
                out.push_str(&format!(
                    "GRANT SELECT, UPDATE ({column}) ON {table} TO {user};\n"
                ));
            }
            for table in read {
                out.push_str(&format!("GRANT SELECT ON {table} TO {user};\n"));
            }
        }
        Kind::Sqlite => {}
    }
    out
}

/// The shape in which sqlx's migrator keeps its table on each database.
///
/// It is taken from `migrate.rs` of each driver of sqlx 0.9.
fn migrations_table(names: &Names) -> String {
    let columns = match names.kind {
        Kind::Postgres => {
            "version BIGINT PRIMARY KEY, description TEXT NOT NULL, installed_on TIMESTAMPTZ NOT NULL DEFAULT now(), success BOOLEAN NOT NULL, \
             checksum BYTEA NOT NULL, execution_time BIGINT NOT NULL"
        }
        Kind::MySql => {
            "version BIGINT PRIMARY KEY, description TEXT NOT NULL, installed_on TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP, \
             success BOOLEAN NOT NULL, checksum BLOB NOT NULL, execution_time BIGINT NOT NULL"
        }
        Kind::Sqlite => {
            "version BIGINT PRIMARY KEY, description TEXT NOT NULL, installed_on TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP, \
             success BOOLEAN NOT NULL, checksum BLOB NOT NULL, execution_time BIGINT NOT NULL"
        }
    };
    format!("CREATE TABLE {} ({columns});\n", names.migrations())
}

fn record(names: &Names, version: i64, name: &str, sql: &str) -> String {
    let migration = Migration::new(
        version,
        name.to_owned().into(),
        MigrationType::Simple,
        AssertSqlSafe(sql.to_owned()).into_sql_str(),
        false,
    );
    let checksum = hex(&migration.checksum);
    let literal = match names.kind {
        Kind::Postgres => format!("'\\x{checksum}'"),
        Kind::MySql | Kind::Sqlite => format!("X'{checksum}'"),
    };
    format!(
        "INSERT INTO {} (version, description, success, checksum, execution_time) VALUES ({version}, '{name}', TRUE, {literal}, 0);\n",
        names.migrations()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_table_that_a_migration_makes_is_the_ledgers_and_no_other() {
        let mut made = Vec::new();
        for text in MIGRATIONS.iter().flat_map(|(_, _, texts)| texts) {
            let tables = text.split("CREATE TABLE {prefix}").skip(1);
            made.extend(tables.filter_map(|rest| rest.split_whitespace().next()));
        }
        made.sort_unstable();
        made.dedup();
        let mut listed = TABLES;
        listed.sort_unstable();
        assert_eq!(made, listed);
        assert!(is_ledgers("migrations"));
        assert!(!is_ledgers("users"));
    }
}
