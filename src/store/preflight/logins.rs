//! Whether logins find their rows by an index.

use super::ask::{ask, attempt};
use super::finding::{Finding, Severity};
use crate::config::LoginMatch;
use crate::store::sql::{Arg, Conn, Ident, Kind, StoreError};
use crate::store::table::{ColumnInfo, CredentialColumn};

/// What stands first in an index: a column, or the text of an expression.
struct Leading(String);

/// Findings for a credential's columns of logins.
///
/// # Errors
/// Only where the database could not be asked.
pub async fn login_findings(
    conn: &mut Conn,
    column: &CredentialColumn,
) -> Result<Vec<Finding>, StoreError> {
    let logins = column.logins();
    if !logins.is_named() {
        return Ok(vec![Finding {
            severity: Severity::Info,
            code: "no-login",
            what: format!("credential {} names no `login`", column.credential),
            why: "the sidecar can't find a user's row by what is typed: /v1/login and /v1/reset/start answer 422 for it".to_owned(),
            todo: "name the column that is typed at login, or leave it out where no login asks for this column".to_owned(),
        }]);
    }
    let leading = leading(conn, column).await?;
    let mut findings = Vec::new();
    for name in &logins.columns {
        let info = column.table.find(name)?;
        if !leading.iter().any(|first| first.0 == *name) && !is_key(column, name) {
            let by = Ident::new(column.kind, name)?.to_string();
            findings.push(no_index(column, (name, create(column, (name, &by)))));
        }
        let lowercase = match logins.matching {
            LoginMatch::Lower => column.lowercase_of_login(info)?,
            LoginMatch::Exact | LoginMatch::Nfc => None,
        };
        if let Some(lowercase) = lowercase
            && !is_lowercase_led(column, info, &leading)
        {
            let shown = format!("lower({name})");
            findings.push(no_index(
                column,
                (&shown, create_lower(column, info, &lowercase)?),
            ));
        }
    }
    Ok(findings)
}

fn no_index(column: &CredentialColumn, (of, create): (&str, String)) -> Finding {
    Finding {
        severity: Severity::Info,
        code: "login-index",
        what: format!("no index of {} begins with {of}", column.table.table),
        why: "every login over the sidecar would read the whole table".to_owned(),
        todo: create,
    }
}

fn is_key(column: &CredentialColumn, name: &str) -> bool {
    column.table.column(name).is_some_and(|info| {
        matches!(&column.keys[..], [key] if Ident::new(column.kind, &info.name)
            .is_ok_and(|ident| ident.to_string() == key.ident.to_string()))
    })
}

/// What stands first in each index of the table that holds all of its rows.
async fn leading(conn: &mut Conn, column: &CredentialColumn) -> Result<Vec<Leading>, StoreError> {
    let table = &column.table;
    match conn.kind() {
        Kind::Postgres => {
            let sql = "SELECT coalesce(a.attname::text, pg_get_indexdef(i.indexrelid, 1, true)) \
                 FROM pg_index i LEFT JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0] AND i.indkey[0] > 0 \
                 WHERE i.indrelid = to_regclass(?) AND i.indisvalid AND i.indpred IS NULL";
            let args = vec![column.table_ident.to_string().into()];
            ask(conn, sql, args, |row| Ok(Leading(row.owned(0)?))).await
        }
        Kind::MySql => {
            let of_table = |what: &str| {
                format!(
                    "SELECT CAST({what} AS CHAR) FROM information_schema.STATISTICS \
                     WHERE TABLE_SCHEMA = ? AND TABLE_NAME = ? AND SEQ_IN_INDEX = 1 AND {what} IS NOT NULL"
                )
            };
            let args =
                || -> Vec<Arg> { vec![table.schema.as_str().into(), table.table.as_str().into()] };
            let columns = of_table("COLUMN_NAME");
            let mut found = ask(conn, &columns, args(), |row| Ok(Leading(row.owned(0)?))).await?;
            // MariaDB has no index of an expression, and no column for it.
            let expressions = of_table("EXPRESSION");
            let expressions =
                attempt(conn, &expressions, args(), |row| Ok(Leading(row.owned(0)?))).await?;
            found.extend(expressions.unwrap_or_default());
            Ok(found)
        }
        Kind::Sqlite => {
            let sql = "SELECT i.name FROM pragma_index_list(?) l JOIN pragma_index_xinfo(l.name) i \
                 WHERE l.partial = 0 AND i.seqno = 0 AND i.name IS NOT NULL";
            let args = || -> Vec<Arg> { vec![table.table.as_str().into()] };
            let mut found = ask(conn, sql, args(), |row| Ok(Leading(row.owned(0)?))).await?;
            let sql = "SELECT m.sql FROM pragma_index_list(?) l JOIN pragma_index_xinfo(l.name) i \
                 JOIN sqlite_master m ON m.type = 'index' AND m.name = l.name \
                 WHERE l.partial = 0 AND i.seqno = 0 AND i.cid = -2";
            let created = ask(conn, sql, args(), |row| row.owned(0)).await?;
            found.extend(created.iter().filter_map(|sql| {
                let (_, list) = sql.split_once('(')?;
                let first = list.split(',').next()?;
                Some(Leading(first.to_owned()))
            }));
            Ok(found)
        }
    }
}

/// Whether an index begins with the lowercase of a column.
fn is_lowercase_led(column: &CredentialColumn, info: &ColumnInfo, leading: &[Leading]) -> bool {
    let generated = (column.table.columns.iter())
        .filter(|other| other.lowercase_of.as_ref() == Some(&info.name))
        .any(|other| leading.iter().any(|first| first.0 == other.name));
    let is_expression = |first: &Leading| {
        let plain: String = (first.0.replace("::text", "").chars())
            .filter(|c| !matches!(c, '(' | ')' | '"' | '`' | '[' | ']') && !c.is_whitespace())
            .collect();
        let rest = ["lower", "lcase"].iter().find_map(|function| {
            let head = plain.get(..function.len())?;
            head.eq_ignore_ascii_case(function)
                .then(|| &plain[function.len()..])
        });
        rest.is_some_and(|rest| rest == info.name)
    };
    generated || leading.iter().any(is_expression)
}

fn create(column: &CredentialColumn, (name, by): (&str, &str)) -> String {
    let table = &column.table_ident;
    let index = index_name(column, name);
    match column.kind {
        Kind::Postgres => format!("CREATE INDEX CONCURRENTLY ON {table} ({by});"),
        Kind::MySql => {
            // An index of TEXT takes a length.
            let info = column.table.column(name);
            let is_long = info.is_some_and(|info| info.base.ends_with("text"));
            let length = if is_long { "(191)" } else { "" };
            format!("CREATE INDEX {index} ON {table} ({by}{length}) ALGORITHM=INPLACE LOCK=NONE;")
        }
        Kind::Sqlite => format!("CREATE INDEX {index} ON {table} ({by});"),
    }
}

fn create_lower(
    column: &CredentialColumn,
    info: &ColumnInfo,
    lowercase: &str,
) -> Result<String, StoreError> {
    let table = &column.table_ident;
    let lowercase = lowercase.replace("(t.", "(");
    let name = format!("{}_lower", info.name);
    let index = index_name(column, &name);
    Ok(match column.kind {
        Kind::Postgres => format!("CREATE INDEX CONCURRENTLY ON {table} ({lowercase});"),
        Kind::Sqlite => format!("CREATE INDEX {index} ON {table} ({lowercase});"),
        Kind::MySql => {
            let own = Ident::new(column.kind, &name)?;
            let charset = match (&info.charset, &info.collation) {
                (Some(charset), Some(collation)) => {
                    format!(" CHARACTER SET {charset} COLLATE {collation}")
                }
                _ => String::new(),
            };
            let declared = &info.declared;
            format!(
                "ALTER TABLE {table} ADD COLUMN {own} {declared}{charset} GENERATED ALWAYS AS ({lowercase}) VIRTUAL, ADD INDEX {index} ({own});"
            )
        }
    })
}

fn index_name(column: &CredentialColumn, of: &str) -> String {
    let name = format!("{}_{of}", column.table.table);
    Ident::new(column.kind, &name).map_or(name, |ident| ident.to_string())
}
