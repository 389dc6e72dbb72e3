//! Who holds the lock that a connection waits for, where the server tells.
//!
//! It is asked over a second connection while the first one waits. Never the text of a statement
//! is told: its first word is, where it is a word of SQL.

#[cfg(any(feature = "postgres", feature = "mysql"))]
use sqlx::{ConnectOptions as _, Connection as _};

use super::session_name::SessionName;
use crate::secret::DatabaseUrl;

/// A holder as the server tells of it: process, user, state, first word, seconds.
#[cfg(any(feature = "postgres", feature = "mysql"))]
type HolderRow = (
    Option<i64>,
    Option<String>,
    Option<String>,
    Option<String>,
    Option<i64>,
);

/// First words that are told. Whatever else a statement begins with may be anything.
const WORDS: [&str; 36] = [
    "ALTER",
    "ANALYZE",
    "BEGIN",
    "CALL",
    "CLUSTER",
    "COMMENT",
    "COMMIT",
    "COPY",
    "CREATE",
    "DELETE",
    "DO",
    "DROP",
    "EXECUTE",
    "EXPLAIN",
    "FETCH",
    "FLUSH",
    "GRANT",
    "INSERT",
    "LOAD",
    "LOCK",
    "MERGE",
    "OPTIMIZE",
    "REFRESH",
    "REINDEX",
    "RENAME",
    "REPAIR",
    "REPLACE",
    "REVOKE",
    "ROLLBACK",
    "SAVEPOINT",
    "SELECT",
    "SET",
    "TRUNCATE",
    "UPDATE",
    "VACUUM",
    "WITH",
];

/// The backends that block one, by the name that a connection has while a transaction is open.
#[cfg(feature = "postgres")]
const POSTGRES: &str = "SELECT p.pid::int8, b.usename::text, b.state::text, \
     upper(substring(b.query from '^\\s*([A-Za-z]+)')), \
     extract(epoch from clock_timestamp() - b.xact_start)::int8 \
     FROM pg_stat_activity w CROSS JOIN LATERAL unnest(pg_blocking_pids(w.pid)) AS p(pid) \
     LEFT JOIN pg_stat_activity b ON b.pid = p.pid WHERE w.application_name = $1 LIMIT 1";

/// MySQL's locks of rows, its locks of tables (MariaDB's too, where performance_schema is on), and
/// MariaDB's own two tables of them. A server lacks some of these, and a user may not read others.
#[cfg(feature = "mysql")]
const MYSQL: [&str; 4] = [
    "SELECT CAST(t.processlist_id AS SIGNED), CAST(t.processlist_user AS CHAR(80)), \
     CAST(t.processlist_command AS CHAR(40)), \
     CAST(UPPER(SUBSTRING_INDEX(TRIM(LEFT(t.processlist_info, 40)), ' ', 1)) AS CHAR(40)), \
     CAST(TIMESTAMPDIFF(SECOND, x.trx_started, NOW()) AS SIGNED) \
     FROM performance_schema.data_lock_waits w \
     JOIN performance_schema.threads r ON r.thread_id = w.requesting_thread_id \
     JOIN performance_schema.threads t ON t.thread_id = w.blocking_thread_id \
     LEFT JOIN information_schema.innodb_trx x ON x.trx_mysql_thread_id = t.processlist_id \
     WHERE r.processlist_id = ? LIMIT 1",
    "SELECT CAST(t.processlist_id AS SIGNED), CAST(t.processlist_user AS CHAR(80)), \
     CAST(t.processlist_command AS CHAR(40)), \
     CAST(UPPER(SUBSTRING_INDEX(TRIM(LEFT(t.processlist_info, 40)), ' ', 1)) AS CHAR(40)), \
     CAST(t.processlist_time AS SIGNED) \
     FROM performance_schema.metadata_locks w \
     JOIN performance_schema.threads r ON r.thread_id = w.owner_thread_id \
     JOIN performance_schema.metadata_locks h ON h.object_type = w.object_type \
     AND h.object_schema <=> w.object_schema AND h.object_name <=> w.object_name \
     AND h.owner_thread_id <> w.owner_thread_id \
     JOIN performance_schema.threads t ON t.thread_id = h.owner_thread_id \
     WHERE r.processlist_id = ? AND w.lock_status = 'PENDING' AND h.lock_status = 'GRANTED' \
     AND (h.lock_type IN ('SHARED_UPGRADABLE', 'SHARED_READ_ONLY', 'SHARED_NO_WRITE', \
     'SHARED_NO_READ_WRITE', 'EXCLUSIVE') OR h.lock_type LIKE 'BACKUP%' \
     OR (h.object_type IN ('GLOBAL', 'COMMIT') AND h.lock_type = 'SHARED')) LIMIT 1",
    "SELECT CAST(p.id AS SIGNED), CAST(p.user AS CHAR(80)), CAST(p.command AS CHAR(40)), \
     CAST(UPPER(SUBSTRING_INDEX(TRIM(LEFT(p.info, 40)), ' ', 1)) AS CHAR(40)), \
     CAST(TIMESTAMPDIFF(SECOND, b.trx_started, NOW()) AS SIGNED) \
     FROM information_schema.innodb_lock_waits w \
     JOIN information_schema.innodb_trx r ON r.trx_id = w.requesting_trx_id \
     JOIN information_schema.innodb_trx b ON b.trx_id = w.blocking_trx_id \
     JOIN information_schema.processlist p ON p.id = b.trx_mysql_thread_id \
     WHERE r.trx_mysql_thread_id = ? LIMIT 1",
    "SELECT CAST(p.id AS SIGNED), CAST(p.user AS CHAR(80)), CAST(p.command AS CHAR(40)), \
     CAST(UPPER(SUBSTRING_INDEX(TRIM(LEFT(p.info, 40)), ' ', 1)) AS CHAR(40)), \
     CAST(p.time AS SIGNED) \
     FROM information_schema.metadata_lock_info h \
     JOIN information_schema.processlist p ON p.id = h.thread_id \
     WHERE p.id <> ? AND h.lock_type <> 'User lock' AND (h.lock_mode LIKE 'MDL_BACKUP_FTWRL%' \
     OR (h.table_schema = DATABASE() AND h.lock_mode IN ('MDL_SHARED_UPGRADABLE', \
     'MDL_SHARED_READ_ONLY', 'MDL_SHARED_NO_WRITE', 'MDL_SHARED_NO_READ_WRITE', \
     'MDL_EXCLUSIVE'))) LIMIT 1",
];

/// Who holds the lock that a session waits for, in words; none where nobody does, or where the
/// server can't be asked.
pub(super) async fn holder(url: &DatabaseUrl, session: &SessionName) -> Option<String> {
    match session {
        #[cfg(feature = "postgres")]
        SessionName::Application(name) => of_postgres(url, name).await.ok().flatten(),
        #[cfg(feature = "mysql")]
        SessionName::Connection { id, .. } => of_mysql(url, *id).await.ok(),
        _ => None,
    }
}

#[cfg(feature = "postgres")]
async fn of_postgres(url: &DatabaseUrl, name: &str) -> Result<Option<String>, sqlx::Error> {
    let options: sqlx::postgres::PgConnectOptions = url.expose().parse()?;
    let options = options.extra_float_digits(None).disable_statement_logging();
    let mut conn = options.connect().await?;
    // A pooler keeps both messages of a statement together inside a transaction.
    sqlx::raw_sql("BEGIN READ ONLY").execute(&mut conn).await?;
    let found: Option<HolderRow> = sqlx::query_as(POSTGRES)
        .bind(name)
        .persistent(false)
        .fetch_optional(&mut conn)
        .await?;
    conn.close().await.ok();
    Ok(found.map(|(pid, user, state, word, seconds)| {
        let Some(pid) = pid.filter(|pid| *pid != 0) else {
            return "held by a prepared transaction (pg_prepared_xacts)".to_owned();
        };
        let doing = match state.as_deref() {
            None => "which this user may not look at (the role pg_read_all_stats may)".to_owned(),
            Some("active") => doing("runs", word.as_deref(), seconds),
            Some(_) => doing("is idle in a transaction, after", word.as_deref(), seconds),
        };
        held(pid, user.as_deref(), &doing)
    }))
}

#[cfg(feature = "mysql")]
async fn of_mysql(url: &DatabaseUrl, id: u64) -> Result<String, sqlx::Error> {
    let options: sqlx::mysql::MySqlConnectOptions = url.expose().parse()?;
    let mut conn = options.disable_statement_logging().connect().await?;
    let mut is_denied = false;
    let mut found = None;
    for sql in MYSQL {
        let row: Result<Option<HolderRow>, sqlx::Error> =
            sqlx::query_as(sql).bind(id).fetch_optional(&mut conn).await;
        match row {
            Ok(None) => {}
            Ok(row) => {
                found = row;
                break;
            }
            // 1044, 1142, 1143 and 1227 are rights that are lacking; the rest is tables that are.
            Err(sqlx::Error::Database(error)) => {
                let error = error.try_downcast_ref::<sqlx::mysql::MySqlDatabaseError>();
                is_denied |= error.is_some_and(|e| matches!(e.number(), 1044 | 1142 | 1143 | 1227));
            }
            Err(error) => return Err(error),
        }
    }
    conn.close().await.ok();
    Ok(match found {
        Some((Some(pid), user, command, word, seconds)) => {
            let doing = match command.as_deref() {
                Some("Sleep") => doing("is idle in a transaction or holds LOCK TABLES", None, seconds),
                _ => doing("runs", word.as_deref(), seconds),
            };
            held(pid, user.as_deref(), &doing)
        }
        _ if is_denied => {
            "this user may not see who holds it (it needs PROCESS, and SELECT on performance_schema)"
                .to_owned()
        }
        _ => "the server does not tell who holds it".to_owned(),
    })
}

fn held(pid: i64, user: Option<&str>, doing: &str) -> String {
    let user: String = user
        .unwrap_or_default()
        .chars()
        .filter(|c| !c.is_control())
        .collect();
    let of = if user.is_empty() {
        String::new()
    } else {
        format!(" of {user}")
    };
    format!("held by process {pid}{of}, {doing}")
}

fn doing(does: &str, word: Option<&str>, seconds: Option<i64>) -> String {
    let word = match word {
        Some(word) if WORDS.contains(&word) => format!(" {word}"),
        _ if does.contains("LOCK") => String::new(),
        _ => " another statement".to_owned(),
    };
    let since = match seconds {
        None => String::new(),
        Some(seconds @ ..120) => format!(", for {} s", seconds.max(0)),
        Some(seconds) => format!(", for {} min", seconds / 60),
    };
    format!("which {does}{word}{since}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_statement_the_first_word_alone_is_told_and_no_other() {
        assert_eq!(
            doing("runs", Some("UPDATE"), Some(7)),
            "which runs UPDATE, for 7 s"
        );
        assert_eq!(
            doing("runs", Some("HUNTER2"), Some(600)),
            "which runs another statement, for 10 min"
        );
        assert_eq!(doing("runs", None, None), "which runs another statement");
    }

    #[test]
    fn the_holder_has_no_sign_that_a_terminal_obeys() {
        assert_eq!(
            held(7, Some("ap\u{1b}p"), "which runs LOCK"),
            "held by process 7 of app, which runs LOCK"
        );
    }
}
