//! Whether a CHECK takes the new values.
//!
//! The database evaluates each over one value that no row holds.
//!
//! Where the constraints come from is asked by each database's own module.

use super::ask::attempt;
use super::report::{FindingWords, Report};
use super::subject::Subject;
use super::want::Want;
use crate::store::sql::{Arg, Conn, Ident, Kind, StoreError, operators};
use crate::store::table::{ColumnInfo, CredentialColumn};

/// A CHECK of the table.
pub(super) struct Check {
    pub(super) name: String,
    pub(super) expression: String,
}

/// What a CHECK says of a new value.
enum CheckVerdict {
    Takes,
    Breaks,
    /// It names other columns or does what can't be done here.
    Unknown,
}

const WHY: &str = "every row whose new value the constraint refuses would be quarantined and stay as weak as it is";

pub(super) async fn look(
    conn: &mut Conn,
    subject: Subject<'_>,
    checks: &[Check],
    report: &mut Report,
) -> Result<(), StoreError> {
    let Subject { column, want, .. } = subject;
    for check in checks.iter().filter(|_| want.writes_values()) {
        let shown = format!("CHECK {} ({})", check.name, check.expression);
        match judge(conn, column, want, check).await? {
            CheckVerdict::Takes => {}
            CheckVerdict::Breaks => report.refuse(
                "check-breaks",
                FindingWords {
                    what: format!("{shown} refuses the new values"),
                    why: WHY,
                    todo: drop_it(column, &check.name),
                },
            ),
            CheckVerdict::Unknown => report.warn(
                "check-unknown",
                FindingWords {
                    what: format!("{shown} could not be tried with a new value"),
                    why: WHY,
                    todo: format!("look whether it takes a value like {}; a canary of a few rows tells (--canary 3)", want.sample()),
                },
            ),
        }
    }
    Ok(())
}

/// The finding for a domain that refuses the new values.
pub(super) fn domain_breaks(domain: &str, constraint: &str, report: &mut Report) {
    report.refuse(
        "check-breaks",
        FindingWords {
            what: format!("the domain {domain} refuses the new values{constraint}"),
            why: WHY,
            todo: format!("widen what the domain takes: ALTER DOMAIN {domain} DROP CONSTRAINT …; and add one that takes both, or give the column another type"),
        },
    );
}

async fn judge(
    conn: &mut Conn,
    column: &CredentialColumn,
    want: &Want,
    check: &Check,
) -> Result<CheckVerdict, StoreError> {
    let expression = operators(column.kind, &check.expression);
    let (cast, end) = if column.kind == Kind::Postgres {
        ("(", ")::int8")
    } else {
        ("", "")
    };
    let over = |columns: &str| -> Result<String, StoreError> {
        let table = Ident::new(column.kind, &column.table.table)?;
        Ok(format!(
            "SELECT {cast}CASE WHEN NOT {expression} THEN 0 ELSE 1 END{end} FROM (SELECT {columns}) AS {table}"
        ))
    };
    let alone = over(&format!("{} AS {}", sample_sql(column), column.value))?;
    if let Ok(answer) = attempt(conn, &alone, vec![want.sample().into()], |row| {
        row.number(0)
    })
    .await?
    {
        return Ok(if answer == [0] {
            CheckVerdict::Breaks
        } else {
            CheckVerdict::Takes
        });
    }
    // Where it can do without our column, it is none of our business.
    let others: Vec<String> = column
        .table
        .columns
        .iter()
        .filter(|info| info.name != column.info.name)
        .map(|info| null_sql(column.kind, info))
        .collect::<Result<_, _>>()?;
    if others.is_empty() {
        return Ok(CheckVerdict::Unknown);
    }
    let without = attempt(conn, &over(&others.join(", "))?, Vec::<Arg>::new(), |row| {
        row.int(0)
    })
    .await?;
    Ok(if without.is_ok() {
        CheckVerdict::Takes
    } else {
        CheckVerdict::Unknown
    })
}

/// The bound sample, of the column's own kind.
fn sample_sql(column: &CredentialColumn) -> String {
    match (column.kind, column.info.base.as_str()) {
        (Kind::Postgres, "bytea") => "convert_to(?::text, 'UTF8')".to_owned(),
        (Kind::Postgres, "citext") => "?::text::citext".to_owned(),
        (Kind::Postgres, _) => "?::text".to_owned(),
        (Kind::MySql, _) => match (&column.info.charset, &column.info.collation) {
            (Some(charset), Some(collation)) => {
                format!("CONVERT(CAST(? AS CHAR) USING {charset}) COLLATE {collation}")
            }
            _ => "CAST(? AS BINARY)".to_owned(),
        },
        (Kind::Sqlite, _) => "CAST(? AS TEXT)".to_owned(),
    }
}

fn null_sql(kind: Kind, info: &ColumnInfo) -> Result<String, StoreError> {
    let name = Ident::new(kind, &info.name)?;
    Ok(if kind == Kind::Postgres {
        format!("NULL::{} AS {name}", info.declared)
    } else {
        format!("NULL AS {name}")
    })
}

fn drop_it(column: &CredentialColumn, name: &str) -> String {
    let ident =
        Ident::new(column.kind, name).map_or_else(|_| name.to_owned(), |ident| ident.to_string());
    match column.kind {
        Kind::Postgres => format!(
            "drop it, or put one in its place that takes both: SET lock_timeout = '5s'; ALTER TABLE {} DROP CONSTRAINT {ident};",
            column.table_ident
        ),
        Kind::MySql => format!("drop it, or put one in its place that takes both: ALTER TABLE {} DROP CONSTRAINT {ident};", column.table_ident),
        Kind::Sqlite => "SQLite can't drop a CHECK: rebuild the table without it (https://sqlite.org/lang_altertable.html, section 7)".to_owned(),
    }
}

/// The CHECKs in a CREATE TABLE of SQLite, which keeps no other record of them.
pub(super) fn in_create_table(sql: &str) -> Vec<Check> {
    let mut checks = Vec::new();
    let mut name: Option<String> = None;
    let mut last = String::new();
    let mut tokens = Tokens { sql, at: 0 };
    while let Some(token) = tokens.take() {
        if last.eq_ignore_ascii_case("CONSTRAINT") {
            name = Some(token.trim_matches(['"', '`', '[', ']', '\'']).to_owned());
        } else if token == "(" && last.eq_ignore_ascii_case("CHECK") {
            let start = tokens.at;
            let mut depth = 1;
            let mut end = start;
            while depth > 0
                && let Some(inner) = tokens.take()
            {
                match inner {
                    "(" => depth += 1,
                    ")" => depth -= 1,
                    _ => {}
                }
                if depth > 0 {
                    end = tokens.at;
                }
            }
            let number = checks.len() + 1;
            checks.push(Check {
                name: name.take().unwrap_or_else(|| format!("number {number}")),
                expression: sql[start..end].trim().to_owned(),
            });
        } else if token == "," {
            name = None;
        }
        last = token.to_owned();
    }
    checks
}

/// SQL cut into words, quoted pieces and single signs; comments and white space are left out.
struct Tokens<'a> {
    sql: &'a str,
    at: usize,
}

impl<'a> Tokens<'a> {
    fn take(&mut self) -> Option<&'a str> {
        loop {
            let rest = &self.sql[self.at..];
            let first = rest.chars().next()?;
            let until = |pattern: &str| {
                rest[first.len_utf8()..]
                    .find(pattern)
                    .map_or(rest.len(), |i| first.len_utf8() + i + pattern.len())
            };
            let len = if first.is_whitespace() {
                self.at += first.len_utf8();
                continue;
            } else if rest.starts_with("--") {
                self.at += until("\n");
                continue;
            } else if rest.starts_with("/*") {
                self.at += until("*/");
                continue;
            } else if matches!(first, '\'' | '"' | '`') {
                // A doubled quote makes two quoted pieces side by side, which is all the same here.
                until(first.encode_utf8(&mut [0; 4]))
            } else if first == '[' {
                until("]")
            } else if first.is_alphanumeric() || first == '_' {
                rest.find(|c: char| !(c.is_alphanumeric() || c == '_'))
                    .unwrap_or(rest.len())
            } else {
                first.len_utf8()
            };
            self.at += len;
            return Some(&rest[..len]);
        }
    }
}
