//! Binds parameters to a driver's statement.

use super::arg::Arg;

#[cfg(feature = "postgres")]
pub(super) type PgQuery = sqlx::query::Query<'static, sqlx::Postgres, sqlx::postgres::PgArguments>;

#[cfg(feature = "postgres")]
pub(super) fn bind_postgres(q: PgQuery, arg: Arg) -> PgQuery {
    match arg {
        Arg::Int(n) => q.bind(n),
        Arg::Uint(n) => q.bind(n.cast_signed()),
        Arg::Text(s) => q.bind(s),
        Arg::Bytes(b) => q.bind(b),
        Arg::Null => q.bind(None::<String>),
        Arg::Ints(v) => q.bind(v),
        Arg::Texts(v) => q.bind(v),
        Arg::Blobs(v) => q.bind(v),
    }
}

#[cfg(feature = "mysql")]
pub(super) type MyQuery = sqlx::query::Query<'static, sqlx::MySql, sqlx::mysql::MySqlArguments>;

#[cfg(feature = "mysql")]
pub(super) fn bind_mysql(q: MyQuery, arg: Arg) -> MyQuery {
    match arg {
        Arg::Int(n) => q.bind(n),
        Arg::Uint(n) => q.bind(n),
        Arg::Text(s) => q.bind(s),
        Arg::Bytes(b) => q.bind(b),
        Arg::Null => q.bind(None::<String>),
        #[cfg(feature = "postgres")]
        Arg::Ints(_) | Arg::Texts(_) | Arg::Blobs(_) => {
            unreachable!("arrays are bound on PostgreSQL alone")
        }
    }
}

#[cfg(feature = "sqlite")]
pub(super) type LiteQuery =
    sqlx::query::Query<'static, sqlx::Sqlite, sqlx::sqlite::SqliteArguments>;

#[cfg(feature = "sqlite")]
pub(super) fn bind_sqlite(q: LiteQuery, arg: Arg) -> LiteQuery {
    match arg {
        Arg::Int(n) => q.bind(n),
        Arg::Uint(n) => q.bind(n.cast_signed()),
        Arg::Text(s) => q.bind(s),
        Arg::Bytes(b) => q.bind(b),
        Arg::Null => q.bind(None::<String>),
        #[cfg(feature = "postgres")]
        Arg::Ints(_) | Arg::Texts(_) | Arg::Blobs(_) => {
            unreachable!("arrays are bound on PostgreSQL alone")
        }
    }
}
