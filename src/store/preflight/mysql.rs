//! What MySQL's and MariaDB's catalogue and variables say about a run.

use super::ask::{ask, attempt};
use super::check::Check;
use super::report::{FindingWords, Report};
use super::server::ServerVersion;
use super::subject::{Subject, Variant};
use super::unique::{Unique, nullable};
use super::want::Want;
use super::width::Old;
use super::{check, key, page, server, width};
use crate::store::sql::{Arg, Conn, StoreError};
use crate::store::table::CredentialColumn;
use std::collections::HashMap;

const LEAST_MARIADB: ServerVersion = (10, 6, 0);
const LEAST_MYSQL: ServerVersion = (8, 0, 4);

pub(super) async fn look(
    conn: &mut Conn,
    column: &CredentialColumn,
    want: &Want,
    report: &mut Report,
) -> Result<(), StoreError> {
    let variables = variables(conn).await?;
    let variant = look_at_server(conn, &variables, report).await?;
    if !look_at_table(conn, column, report).await? {
        return Ok(());
    }
    page::look_at_reading(conn, column, report).await?;
    let subject = Subject {
        column,
        want,
        variant,
    };
    look_at_column(conn, subject, report).await?;
    key::look(
        column,
        &uniques(conn, column).await?,
        &nullable(column),
        report,
    );
    look_at_triggers(conn, column, report).await?;
    // A read-only server refuses every write, whatever the rights are: that has been said.
    if report.has("server-read-only") {
        return Ok(());
    }
    // Without a unique index a page scans, of course: that has been said.
    let has_key = !report.has("key-not-unique");
    if page::look_at_writing(conn, column, want, report).await? && has_key {
        page::look_at_page(conn, subject, report).await?;
    }
    Ok(())
}

/// The server's variables by lowercase name: what a server doesn't know is simply not among them.
async fn variables(conn: &mut Conn) -> Result<HashMap<String, String>, StoreError> {
    let sql = "SHOW VARIABLES WHERE Variable_name IN ('version', 'version_comment', 'read_only', 'super_read_only', 'innodb_read_only', \
         'log_bin', 'binlog_format', 'general_log', 'slow_query_log', 'long_query_time', 'log_queries_not_using_indexes', 'max_user_connections')";
    let rows = ask(conn, sql, Vec::new(), |row| {
        Ok((row.owned(0)?.to_ascii_lowercase(), row.owned(1)?))
    })
    .await?;
    Ok(rows.into_iter().collect())
}

async fn look_at_server(
    conn: &mut Conn,
    variables: &HashMap<String, String>,
    report: &mut Report,
) -> Result<Variant, StoreError> {
    let value = |name: &str| variables.get(name).map_or("", String::as_str);
    let is_on = |name: &str| {
        matches!(
            value(name).to_ascii_uppercase().as_str(),
            "ON" | "1" | "YES"
        )
    };
    let text = value("version");
    let version = server::parse_version(text);
    let variant = if text.to_ascii_lowercase().contains("mariadb") {
        Variant::MariaDb
    } else {
        Variant::Other
    };
    match variant {
        Variant::MariaDb if version < LEAST_MARIADB => {
            server::too_old("MariaDB", text, "10.6", report)
        }
        Variant::Other if version < LEAST_MYSQL => server::too_old("MySQL", text, "8.0.4", report),
        _ => {}
    }
    // MariaDB 12 has words where there were ON and OFF.
    let read_only = |name: &str| {
        !matches!(
            value(name).to_ascii_uppercase().as_str(),
            "" | "OFF" | "0" | "NO"
        )
    };
    if let Some(name) = ["super_read_only", "read_only", "innodb_read_only"]
        .into_iter()
        .find(|name| read_only(name))
    {
        server::read_only(
            format!("{name} is {}", value(name)),
            "name the primary in the database URL; a user who may write in spite of it (SUPER, READ ONLY ADMIN) would make a replica differ",
            report,
        );
    }
    // 0 is none. The session's value is the account's own limit, where it has one.
    let connections = value("max_user_connections").parse().unwrap_or(0);
    if connections > 0 {
        server::connections(
            connections,
            "this account (max_user_connections)",
            "ALTER USER … WITH MAX_USER_CONNECTIONS 8; or raise max_user_connections of the server",
            report,
        );
    }
    if is_on("log_bin") && value("binlog_format").eq_ignore_ascii_case("STATEMENT") {
        report.refuse(
            "binlog-statement",
            FindingWords {
                what: "the binary log records statements (binlog_format = STATEMENT)".to_owned(),
                why: "READ COMMITTED transactions can't be written to such a log: every page would be refused",
                todo: "run as an administrator: SET GLOBAL binlog_format = 'ROW'; (new connections have it)".to_owned(),
            },
        );
    }
    if is_on("general_log") {
        let todo = "run as an administrator for the time of the run: SET GLOBAL general_log = OFF;";
        server::logged("general_log = ON", todo.to_owned(), report);
    }
    if is_on("slow_query_log") {
        let setting = format!(
            "slow_query_log = ON, long_query_time = {}",
            value("long_query_time")
        );
        let todo = "run as an administrator for the time of the run: SET GLOBAL slow_query_log = OFF; or see to it that long_query_time is above 10";
        let seldom = value("long_query_time")
            .parse::<f64>()
            .is_ok_and(|seconds| seconds >= 10.0)
            && !is_on("log_queries_not_using_indexes");
        // A page's statement ends within its lock wait of a second and the time of its rows.
        if !seldom {
            server::logged(&setting, todo.to_owned(), report);
        }
    }
    look_at_tls(conn, report).await?;
    Ok(variant)
}

async fn look_at_tls(conn: &mut Conn, report: &mut Report) -> Result<(), StoreError> {
    let hosts = ask(
        conn,
        "SELECT CAST(SUBSTRING_INDEX(USER(), '@', -1) AS CHAR)",
        Vec::new(),
        |row| row.owned(0),
    )
    .await?;
    let cipher = ask(
        conn,
        "SHOW SESSION STATUS LIKE 'Ssl_cipher'",
        Vec::new(),
        |row| row.owned(1),
    )
    .await?;
    let encrypted = cipher.first().is_some_and(|cipher| !cipher.is_empty());
    if !encrypted && hosts.first().is_some_and(|host| server::is_remote(host)) {
        server::no_tls("ssl-mode=VERIFY_IDENTITY (or ssl-mode=REQUIRED)", report);
    }
    Ok(())
}

fn table_args(column: &CredentialColumn) -> Vec<Arg> {
    vec![
        column.table.schema.as_str().into(),
        column.table.table.as_str().into(),
    ]
}

/// False where there is no point in looking further.
async fn look_at_table(
    conn: &mut Conn,
    column: &CredentialColumn,
    report: &mut Report,
) -> Result<bool, StoreError> {
    let table = &column.table_ident;
    if column.table.what != "table" && column.table.what != "system versioned" {
        report.refuse(
            "not-a-table",
            FindingWords {
                what: format!("{table} is a {}", column.table.what),
                why: "an UPDATE of it goes elsewhere: nothing says that it hits the one row that was read, nor that it commits with the ledger",
                todo: "name the table behind it".to_owned(),
            },
        );
        return Ok(false);
    }
    let sql = "SELECT CAST(t.ENGINE AS CHAR), CASE WHEN e.TRANSACTIONS = 'YES' THEN 1 ELSE 0 END FROM information_schema.TABLES t \
         LEFT JOIN information_schema.ENGINES e ON e.ENGINE = t.ENGINE WHERE t.TABLE_SCHEMA = ? AND t.TABLE_NAME = ?";
    let engines = ask(conn, sql, table_args(column), |row| {
        Ok((
            row.text(0)?.unwrap_or("none").to_owned(),
            row.int(1)? == Some(1),
        ))
    })
    .await?;
    if let Some((engine, false)) = engines.first() {
        report.refuse(
            "engine",
            FindingWords {
                what: format!("the storage engine of {table} is {engine}, which has no transactions"),
                why: "it ignores rollback: rows would change without the ledger knowing, and a kill would leave the counts wrong",
                todo: format!("run: ALTER TABLE {table} ENGINE=InnoDB; (it copies the table under a lock: gh-ost or pt-online-schema-change do it beside the application)"),
            },
        );
    }
    Ok(true)
}

async fn look_at_column(
    conn: &mut Conn,
    subject: Subject<'_>,
    report: &mut Report,
) -> Result<(), StoreError> {
    let Subject {
        column,
        want,
        variant,
    } = subject;
    let table = &column.table_ident;
    server::generated(column, report);
    if !width::fits(column, want.longest_new_value()) {
        let shown = attempt(
            conn,
            &format!("SHOW CREATE TABLE {table}"),
            Vec::new(),
            |row| row.owned(1),
        )
        .await?;
        let create = shown
            .ok()
            .and_then(|rows| rows.into_iter().next())
            .unwrap_or_default();
        let charset = column.info.charset.clone().unwrap_or_default();
        let widths = ask(
            conn,
            "SELECT CAST(MAXLEN AS SIGNED) FROM information_schema.CHARACTER_SETS WHERE CHARACTER_SET_NAME = ?",
            vec![charset.into()],
            |row| row.number(0),
        )
        .await?;
        let old = Old::MySql {
            line: width::line_of(&create, column),
            bytes_a_char: widths.first().copied().unwrap_or(1).cast_unsigned(),
        };
        width::look(column, want.longest_new_value(), &old, report);
    }
    for info in column.table.columns.iter().filter(|info| info.on_update) {
        let kept = column
            .preserve
            .iter()
            .any(|ident| ident.to_string() == format!("`{}`", info.name.replace('`', "``")));
        if !kept {
            report.warn(
                "updated-at",
                FindingWords {
                    what: format!("column {} of {table} is set to the present time by every update (ON UPDATE CURRENT_TIMESTAMP)", info.name),
                    why: "a run would make every user look changed just now; caches, syncs and reports may hang on that date",
                    todo: format!("keep it: add \"{}\" to the credential's `preserve`", info.name),
                },
            );
        }
    }
    let sql = match variant {
        Variant::MariaDb => {
            "SELECT CAST(CONSTRAINT_NAME AS CHAR), CAST(CHECK_CLAUSE AS CHAR) FROM information_schema.CHECK_CONSTRAINTS \
             WHERE CONSTRAINT_SCHEMA = ? AND TABLE_NAME = ? ORDER BY 1"
        }
        Variant::Other => {
            "SELECT CAST(c.CONSTRAINT_NAME AS CHAR), CAST(c.CHECK_CLAUSE AS CHAR) FROM information_schema.CHECK_CONSTRAINTS c \
             JOIN information_schema.TABLE_CONSTRAINTS t ON t.CONSTRAINT_SCHEMA = c.CONSTRAINT_SCHEMA AND t.CONSTRAINT_NAME = c.CONSTRAINT_NAME \
             WHERE t.TABLE_SCHEMA = ? AND t.TABLE_NAME = ? AND t.CONSTRAINT_TYPE = 'CHECK' AND t.ENFORCED = 'YES' ORDER BY 1"
        }
    };
    // A server before CHECK constraints has no such table.
    let checks = attempt(conn, sql, table_args(column), |row| {
        let expression = row.owned(1)?;
        // MySQL shows quotes with a backslash before them.
        let expression = if variant == Variant::Other {
            expression.replace("\\'", "'")
        } else {
            expression
        };
        Ok(Check {
            name: row.owned(0)?,
            expression,
        })
    })
    .await?
    .unwrap_or_default();
    check::look(conn, subject, &checks, report).await
}

pub(super) async fn uniques(
    conn: &mut Conn,
    column: &CredentialColumn,
) -> Result<Vec<Unique>, StoreError> {
    // A prefix (SUB_PART) or an expression (no column name) is not the whole column.
    let sql = "SELECT CAST(INDEX_NAME AS CHAR), CAST(COLUMN_NAME AS CHAR), CASE WHEN SUB_PART IS NULL THEN 1 ELSE 0 END \
         FROM information_schema.STATISTICS WHERE TABLE_SCHEMA = ? AND TABLE_NAME = ? AND NON_UNIQUE = 0 \
         ORDER BY (INDEX_NAME = 'PRIMARY') DESC, INDEX_NAME, SEQ_IN_INDEX";
    let parts = ask(conn, sql, table_args(column), |row| {
        Ok((
            row.owned(0)?,
            row.text(1)?
                .filter(|_| matches!(row.int(2), Ok(Some(1))))
                .map(str::to_owned),
        ))
    })
    .await?;
    let mut indexes: Vec<(String, Vec<Option<String>>)> = Vec::new();
    for (index, part) in parts {
        match indexes.last_mut() {
            Some((name, columns)) if *name == index => columns.push(part),
            _ => indexes.push((index, vec![part])),
        }
    }
    let uniques = indexes
        .into_iter()
        .filter_map(|(_, columns)| columns.into_iter().collect::<Option<Vec<String>>>())
        .map(|columns| Unique { columns })
        .collect();
    Ok(uniques)
}

async fn look_at_triggers(
    conn: &mut Conn,
    column: &CredentialColumn,
    report: &mut Report,
) -> Result<(), StoreError> {
    let sql = "SELECT CAST(TRIGGER_NAME AS CHAR) FROM information_schema.TRIGGERS \
         WHERE EVENT_OBJECT_SCHEMA = ? AND EVENT_OBJECT_TABLE = ? AND EVENT_MANIPULATION = 'UPDATE' ORDER BY 1";
    let names = ask(conn, sql, table_args(column), |row| row.owned(0)).await?;
    server::triggers(&names, &column.table_ident.to_string(), report);
    Ok(())
}
