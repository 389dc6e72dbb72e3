//! Whether this user may read the columns and swap them.
//!
//! Reading is tried with a SELECT that no row fits, writing with EXPLAIN. Both touch no row and
//! fire no trigger.

use super::ask::attempt;
use super::report::{FindingWords, Report};
use super::subject::{Subject, Variant};
use super::want::Want;
use crate::store::sql::{Arg, Conn, ErrorClass, Kind, RowRef, StoreError};
use crate::store::table::{CredentialColumn, LastLoginSql, NewForm, RowChange};
use crate::store::write::{page_statement, statements_for_nobody};

/// What EXPLAIN says of the page statement on MySQL and MariaDB.
pub(super) struct Reach {
    /// How the user table is reached: `eq_ref`, `ALL`, …
    pub(super) how: String,
    /// Whether the key could be used, and the optimiser takes the table for too small to use it.
    pub(super) could_use_key: bool,
}

pub(super) async fn look_at_reading(
    conn: &mut Conn,
    column: &CredentialColumn,
    report: &mut Report,
) -> Result<(), StoreError> {
    let mut list = vec![column.key_select(), column.bytes.clone()];
    if let Some(LastLoginSql::Millis(sql) | LastLoginSql::Epoch(sql) | LastLoginSql::Text(sql)) =
        &column.last_login
    {
        list.push(sql.clone());
    }
    if let Some(except) = &column.except {
        list.push(format!("CASE WHEN {except} THEN 1 ELSE 0 END"));
    }
    list.extend(column.other_reads().map(str::to_owned));
    let filter = column
        .filter
        .as_ref()
        .map(|sql| format!(" AND {sql}"))
        .unwrap_or_default();
    // MySQL explains no statement over a view without the right SHOW VIEW.
    let sql = format!(
        "SELECT {} FROM {} t WHERE 1 = 0{filter}",
        list.join(", "),
        column.table_ident
    );
    let Err(error) = attempt(conn, &sql, Vec::new(), |_| Ok(())).await? else {
        return Ok(());
    };
    let denied = error.class() == ErrorClass::Denied;
    report.refuse(
        "select-fails",
        FindingWords {
            what: format!("reading {} fails: {}", column.table_ident, words_of(conn.kind(), &error)),
            why: "saltern reads the key, the column, whatever `last_login`, `where` and `except` name, and salts in other tables",
            todo: if denied {
                let others = column.other_table_idents();
                let each = std::iter::once(column.table_ident.to_string()).chain(others);
                let tables: Vec<String> = each.collect();
                format!("run as the table's owner: GRANT SELECT ON {} TO …", tables.join(", "))
            } else {
                "correct `where` or `except` in the configuration: each is one condition of this database's SQL".to_owned()
            },
        },
    );
    Ok(())
}

/// Tries an UPDATE of the columns that are written; false where it was refused.
pub(super) async fn look_at_writing(
    conn: &mut Conn,
    column: &CredentialColumn,
    want: &Want,
    report: &mut Report,
) -> Result<bool, StoreError> {
    let mut written: Vec<String> = Vec::new();
    for change in changes(column, want) {
        for name in change.columns(column) {
            let name = name.to_string();
            if !written.contains(&name) {
                written.push(name);
            }
        }
    }
    let same: Vec<String> = written.iter().map(|c| format!("{c} = {c}")).collect();
    let sql = format!(
        "EXPLAIN UPDATE {} SET {} WHERE 1 = 0",
        column.table_ident,
        same.join(", ")
    );
    let Err(error) = attempt(conn, &sql, Vec::new(), |_| Ok(())).await? else {
        return Ok(true);
    };
    let denied = error.class() == ErrorClass::Denied;
    report.refuse(
        "update-fails",
        FindingWords {
            what: format!(
                "updating {} of {} fails: {}",
                written.join(", "),
                column.table_ident,
                words_of(conn.kind(), &error)
            ),
            why: "a run swaps this column, with its label and its format where those have columns of their own and what `on_wrap.set` and `on_login.set` name, a reset changes what `on_reset.set` names besides, and no other; nothing was written to find this out",
            todo: if denied {
                format!(
                    "run as the table's owner: GRANT UPDATE ({}) ON {} TO …",
                    written.join(", "),
                    column.table_ident
                )
            } else {
                "do what the server says".to_owned()
            },
        },
    );
    Ok(false)
}

/// What is written with the values: by the command, and by the logins that follow a run.
fn changes(column: &CredentialColumn, want: &Want) -> Vec<RowChange> {
    let mut changes = vec![want.change()];
    if want.change() == RowChange::Wrap && !column.on_login.is_empty() {
        changes.push(RowChange::Login(NewForm::Native));
    }
    changes
}

/// Explains the statement that a run writes its pages with, and the operator's of a reset.
pub(super) async fn look_at_page(
    conn: &mut Conn,
    subject: Subject<'_>,
    report: &mut Report,
) -> Result<(), StoreError> {
    let Subject {
        column,
        want,
        variant,
    } = subject;
    if want.change() != RowChange::Wrap {
        look_at_statements(conn, column, report).await?;
    }
    for change in changes(column, want) {
        let statement = page_statement(column, change);
        let answer = match conn.kind() {
            // Every parameter has a cast, so NULL stands for each.
            Kind::Postgres => {
                attempt(
                    conn,
                    &format!("EXPLAIN {}", statement.replace("?::", "NULL::")),
                    Vec::new(),
                    |_| Ok(None),
                )
                .await?
            }
            Kind::Sqlite => {
                attempt(
                    conn,
                    &format!("EXPLAIN {statement}"),
                    vec![Arg::Text("[]".to_owned())],
                    |_| Ok(None),
                )
                .await?
            }
            Kind::MySql => {
                let (sql, at) = match variant {
                    Variant::MariaDb => (format!("EXPLAIN {statement}"), 3),
                    Variant::Other => (format!("EXPLAIN FORMAT=TRADITIONAL {statement}"), 4),
                };
                let batch = vec![Arg::Text("[[1]]".to_owned())];
                attempt(conn, &sql, batch, |row| {
                    Ok(Some(Reach {
                        how: row.text(at)?.unwrap_or("none").to_owned(),
                        could_use_key: row.text(at + 1)?.is_some()
                            && rows_of(&row, at + 5) < SMALL_ROWS,
                    })
                    .filter(|_| matches!(row.text(2), Ok(Some("t")))))
                })
                .await?
            }
        };
        match answer {
        Ok(rows) => {
            if let Some(reach) = rows.into_iter().flatten().next()
                && !reach.is_by_key()
            {
                report.refuse("page-scans", scans(column, &reach));
            }
        }
        Err(error) => report.refuse(
            "page-fails",
            FindingWords {
                what: format!("the statement that writes a page is refused: {}", words_of(conn.kind(), &error)),
                why: "nothing could be written with it; no row was touched to find this out",
                todo: "do what the server says, in `on_wrap.set`, `on_login.set` and `on_reset.set` too; where that makes no sense, it is a fault of saltern: please report it with the column's type".to_owned(),
            },
        ),
    }
    }
    Ok(())
}

async fn look_at_statements(
    conn: &mut Conn,
    column: &CredentialColumn,
    report: &mut Report,
) -> Result<(), StoreError> {
    for (number, statement) in (1..).zip(statements_for_nobody(column)) {
        let sql = format!("EXPLAIN {statement}");
        let Err(error) = attempt(conn, &sql, Vec::new(), |_| Ok(())).await? else {
            continue;
        };
        report.refuse(
            "on-reset-fails",
            FindingWords {
                what: format!(
                    "statement {number} of `on_reset.sql` is refused: {}",
                    words_of(conn.kind(), &error)
                ),
                why: "every page with a row that is reset would be rolled back; nothing was written to find this out",
                todo: if error.class() == ErrorClass::Denied {
                    "grant the user that saltern logs in as what the statement needs".to_owned()
                } else {
                    "put the statement right in the configuration".to_owned()
                },
            },
        );
    }
    Ok(())
}

/// Below that many rows an optimiser may read the whole table although it could use the key.
const SMALL_ROWS: i64 = 1_000;

/// EXPLAIN's estimate, which comes as a number or as text.
fn rows_of(row: &RowRef<'_>, at: usize) -> i64 {
    let as_text = || row.text(at).ok().flatten()?.parse().ok();
    row.int(at)
        .ok()
        .flatten()
        .or_else(as_text)
        .unwrap_or(i64::MAX)
}

impl Reach {
    fn is_by_key(&self) -> bool {
        // A table of a few rows is read whole rather than by an index: its size decides that, not
        // the key's type.
        matches!(self.how.as_str(), "eq_ref" | "const" | "system" | "none") || self.could_use_key
    }
}

fn scans(column: &CredentialColumn, reach: &Reach) -> FindingWords {
    FindingWords {
        what: format!("a page's statement would read all of {} (access type {}), not reach its rows by the key", column.table_ident, reach.how),
        why: "an UPDATE that scans the table locks every row of it: logins and sign-ups would wait for each page",
        todo: "name the primary key or another unique index in `key` whose columns are integers, uuid or text of one character set".to_owned(),
    }
}

/// The server's words, where they can only be about the statement.
///
/// Whatever else it says may quote a value.
fn words_of(kind: Kind, error: &StoreError) -> String {
    let StoreError::Db { code, detail, .. } = error else {
        return error.to_string();
    };
    let code = code.as_deref().unwrap_or_default();
    // MySQL may evaluate a part of a statement while it explains it. Only what its parser and its
    // privileges say is shown.
    let about_the_statement = kind != Kind::MySql
        || matches!(
            code,
            "1044"
                | "1045"
                | "1054"
                | "1064"
                | "1109"
                | "1142"
                | "1143"
                | "1146"
                | "1227"
                | "1267"
                | "1288"
                | "1305"
                | "1348"
                | "1442"
        );
    match detail {
        Some(words) if about_the_statement => words.clone(),
        _ => format!("the server's code is {code}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_that_would_scan_a_large_table_is_not_by_key() {
        let reach = |how: &str, could_use_key| Reach {
            how: how.to_owned(),
            could_use_key,
        };
        assert!(reach("eq_ref", false).is_by_key() && reach("ALL", true).is_by_key());
        assert!(
            !reach("ALL", false).is_by_key()
                && !reach("index", false).is_by_key()
                && !reach("ref", false).is_by_key()
        );
    }
}
