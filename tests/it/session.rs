//! One connection to any of the databases, with plain SQL in and text out, for tests that look in from outside.
//!
//! It shares nothing with saltern's own store: what that reads or writes wrongly must show here.

use std::time::Duration;

use sqlx::mysql::MySqlConnectOptions;
use sqlx::postgres::PgConnectOptions;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AssertSqlSafe, Column, ConnectOptions, Connection, Executor, Row, TypeInfo, ValueRef};
use tokio::runtime::{Builder, Runtime};

/// A row as text; `None` is NULL.
pub(crate) type TextRow = Vec<Option<String>>;

/// A connection that blocks the calling thread.
pub(crate) struct Session {
    runtime: Runtime,
    connection: Option<AnyConnection>,
}

enum AnyConnection {
    Postgres(sqlx::PgConnection),
    MySql(sqlx::MySqlConnection),
    Sqlite(sqlx::SqliteConnection),
}

impl Session {
    /// Opens a connection.
    ///
    /// # Panics
    ///
    /// When the server does not answer or refuses.
    pub(crate) fn open(url: &str) -> Self {
        Self::try_open(url).unwrap_or_else(|error| panic!("no connection to {url}: {error}"))
    }

    pub(crate) fn try_open(url: &str) -> Result<Self, sqlx::Error> {
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        let connection = runtime.block_on(AnyConnection::open(url))?;
        Ok(Self {
            runtime,
            connection: Some(connection),
        })
    }

    /// Runs one or more statements; the number of rows they touched.
    ///
    /// # Panics
    ///
    /// When the database refuses one of them.
    pub(crate) fn exec(&mut self, sql: &str) -> u64 {
        self.try_exec(sql)
            .unwrap_or_else(|error| panic!("{error}\n  in: {}", head(sql)))
    }

    pub(crate) fn try_exec(&mut self, sql: &str) -> Result<u64, sqlx::Error> {
        let query = sqlx::raw_sql(AssertSqlSafe(sql.to_owned()));
        let connection = self.connection.as_mut().unwrap();
        self.runtime.block_on(async {
            Ok(match connection {
                AnyConnection::Postgres(c) => c.execute(query).await?.rows_affected(),
                AnyConnection::MySql(c) => c.execute(query).await?.rows_affected(),
                AnyConnection::Sqlite(c) => c.execute(query).await?.rows_affected(),
            })
        })
    }

    /// The rows of a SELECT as the database prints them. Bytes that are not UTF-8, and every SQLite BLOB, come as `x'…'`.
    ///
    /// # Panics
    ///
    /// When the database refuses it.
    pub(crate) fn query(&mut self, sql: &str) -> Vec<TextRow> {
        self.try_query(sql)
            .unwrap_or_else(|error| panic!("{error}\n  in: {}", head(sql)))
    }

    pub(crate) fn try_query(&mut self, sql: &str) -> Result<Vec<TextRow>, sqlx::Error> {
        // The text protocol: PostgreSQL and MySQL print every type themselves.
        let query = sqlx::raw_sql(AssertSqlSafe(sql.to_owned()));
        let connection = self.connection.as_mut().unwrap();
        self.runtime.block_on(async {
            match connection {
                AnyConnection::Postgres(c) => {
                    c.fetch_all(query).await?.iter().map(postgres_row).collect()
                }
                AnyConnection::MySql(c) => {
                    c.fetch_all(query).await?.iter().map(mysql_row).collect()
                }
                AnyConnection::Sqlite(c) => {
                    c.fetch_all(query).await?.iter().map(sqlite_row).collect()
                }
            }
        })
    }

    /// The one value of a SELECT of one row and one column.
    pub(crate) fn value(&mut self, sql: &str) -> Option<String> {
        let rows = self.query(sql);
        let [row] = rows.as_slice() else {
            panic!("{} rows, not 1, from: {}", rows.len(), head(sql))
        };
        let [value] = row.as_slice() else {
            panic!("{} columns, not 1, from: {}", row.len(), head(sql))
        };
        value.clone()
    }

    /// The one number of a SELECT.
    pub(crate) fn count(&mut self, sql: &str) -> u64 {
        self.value(sql)
            .expect("a count is never NULL")
            .parse()
            .unwrap()
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        let Some(connection) = self.connection.take() else {
            return;
        };
        // Said goodbye, so that the server drops its locks before the next statement of the test, not some time after.
        let _ = self.runtime.block_on(async {
            match connection {
                AnyConnection::Postgres(c) => c.close().await,
                AnyConnection::MySql(c) => c.close().await,
                AnyConnection::Sqlite(c) => c.close().await,
            }
        });
    }
}

impl AnyConnection {
    async fn open(url: &str) -> Result<Self, sqlx::Error> {
        Ok(match url.split_once(':').map(|(scheme, _)| scheme) {
            Some("postgres" | "postgresql") => {
                Self::Postgres(url.parse::<PgConnectOptions>()?.connect().await?)
            }
            Some("mysql" | "mariadb") => {
                Self::MySql(url.parse::<MySqlConnectOptions>()?.connect().await?)
            }
            Some("sqlite") => {
                let options = url
                    .parse::<SqliteConnectOptions>()?
                    .busy_timeout(Duration::from_secs(10));
                Self::Sqlite(options.connect().await?)
            }
            _ => panic!("no database has such a URL: {url}"),
        })
    }
}

fn postgres_row(row: &sqlx::postgres::PgRow) -> Result<TextRow, sqlx::Error> {
    (0..row.len())
        .map(|i| row.try_get_unchecked::<Option<String>, _>(i))
        .collect()
}

fn mysql_row(row: &sqlx::mysql::MySqlRow) -> Result<TextRow, sqlx::Error> {
    (0..row.len())
        .map(|i| Ok(row.try_get_unchecked::<Option<Vec<u8>>, _>(i)?.map(text)))
        .collect()
}

fn sqlite_row(row: &sqlx::sqlite::SqliteRow) -> Result<TextRow, sqlx::Error> {
    let value = |i| {
        let raw = row.try_get_raw(i)?;
        let (null, kind) = (raw.is_null(), raw.type_info().name().to_owned());
        Ok(match kind.as_str() {
            _ if null => None,
            "INTEGER" => Some(row.try_get_unchecked::<i64, _>(i)?.to_string()),
            "REAL" => Some(row.try_get_unchecked::<f64, _>(i)?.to_string()),
            "BLOB" => Some(hex(&row.try_get_unchecked::<Vec<u8>, _>(i)?)),
            "TEXT" => Some(text(row.try_get_unchecked::<Vec<u8>, _>(i)?)),
            kind => panic!("column {} is a {kind}", row.column(i).name()),
        })
    };
    (0..row.len()).map(value).collect()
}

fn text(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).unwrap_or_else(|error| hex(error.as_bytes()))
}

fn hex(bytes: &[u8]) -> String {
    let digits: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("x'{digits}'")
}

/// The start of a statement, for a message.
fn head(sql: &str) -> String {
    const SHOWN_MAX: usize = 400;
    sql.chars().take(SHOWN_MAX).collect()
}
