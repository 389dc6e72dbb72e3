//! What a reset does beside the value: columns that change with it, and the operator's statements over the keys that were reset.
//!
//! Runs inside a transaction that the caller holds; the one exception is the trial before a run, which holds its own and rolls it back.
//! What a statement means is the operator's business; that it is one, and that it stays within the transaction, is looked at here.

use super::batch::swap_statement;
use super::change::Change;
use super::column::Column;
use super::conn::{Arg, Conn, Kind};
use super::describe::{ColumnInfo, Family, TableInfo};
use super::error::{Quote, StoreError};
use super::key::Key;
use super::sql::{Ident, Stretch, is_one_expression, operators, stretches};
use crate::config::{Assignment, Credential, NewValue};

/// `on_reset` of a credential, resolved against the catalogue.
#[derive(Clone, Debug, Default)]
pub(crate) struct OnResetSql {
    /// What changes with the value.
    pub(crate) set: Vec<(Ident, String)>,
    /// What changes when a row gets its new password by a token.
    pub(crate) done: Vec<(Ident, String)>,
    /// What says that the password must be changed.
    pub(crate) must_change: Option<MustChange>,
    statements: Vec<Statement>,
    /// Whether all rows get the same dead value.
    pub(crate) is_fixed: bool,
}

/// The application's column that says that a password must be changed.
#[derive(Clone, Debug)]
pub(crate) struct MustChange {
    pub(crate) ident: Ident,
    /// Its being set, as a condition over the alias `t`.
    pub(crate) is_set: String,
    /// What it is set to.
    pub(crate) set: &'static str,
    /// What it is set back to.
    pub(crate) unset: &'static str,
}

/// A statement of the operator's, cut where the keys go.
#[derive(Clone, Debug)]
struct Statement(Vec<String>);

impl OnResetSql {
    /// Looks the columns up, and the statements over.
    ///
    /// # Errors
    /// `Refused`, with what to do.
    pub(crate) fn resolve(
        kind: Kind,
        credential: &Credential,
        table: &TableInfo,
    ) -> Result<Self, StoreError> {
        let own = &credential.on_reset;
        let assignments = |key: &str, list: &[Assignment]| {
            let one = |assignment| assignment_sql(kind, key, assignment, table);
            list.iter().map(one).collect::<Result<Vec<_>, _>>()
        };
        let statements = (1..)
            .zip(&own.sql)
            .map(|(number, sql)| Statement::parse(kind, number, sql))
            .collect::<Result<_, _>>()?;
        let must_change = own.must_change.as_deref();
        Ok(Self {
            is_fixed: own.value.is_fixed(),
            must_change: must_change
                .map(|name| must_change_sql(kind, table.find(name)?))
                .transpose()?,
            set: assignments("set", &own.set)?,
            done: assignments("done", &own.done)?,
            statements,
        })
    }
}

fn must_change_sql(kind: Kind, info: &ColumnInfo) -> Result<MustChange, StoreError> {
    let ident = Ident::new(kind, &info.name)?;
    let (is_set, set, unset) = match (kind, info.family) {
        (Kind::Postgres, _) if info.base == "bool" => {
            (format!("t.{ident} IS TRUE"), "TRUE", "FALSE")
        }
        (_, Family::Int | Family::Uint) | (Kind::Sqlite, Family::Any) => {
            (format!("COALESCE(t.{ident}, 0) <> 0"), "1", "0")
        }
        _ => {
            return Err(StoreError::refused(
                format!(
                    "`must_change` names column {}, which is of type {}",
                    info.name, info.declared
                ),
                "name a column of true and false, or of whole numbers in which 0 is false",
            ));
        }
    };
    Ok(MustChange {
        ident,
        is_set,
        set,
        unset,
    })
}

fn assignment_sql(
    kind: Kind,
    key: &str,
    assignment: &Assignment,
    table: &TableInfo,
) -> Result<(Ident, String), StoreError> {
    let ident = Ident::new(kind, &table.find(&assignment.column)?.name)?;
    let sql = match &assignment.value {
        NewValue::Flag(true) => "TRUE".to_owned(),
        NewValue::Flag(false) => "FALSE".to_owned(),
        NewValue::Number(number) => number.to_string(),
        NewValue::Sql(sql) => {
            if !is_one_expression(kind, sql) || has_parameters(kind, sql) {
                return Err(StoreError::refused(
                    format!(
                        "`on_reset.{key}` of {} is not one SQL expression",
                        assignment.column
                    ),
                    "write one expression, its parentheses, quotes and comments closed, without a semicolon or a parameter; a text stands in single quotes within the string: \"'text'\"",
                ));
            }
            operators(kind, sql)
        }
    };
    Ok((ident, sql))
}

/// The words with which a statement may begin: each can be explained, and none ends the transaction that it stands in.
const VERBS: [&str; 7] = [
    "DELETE", "UPDATE", "INSERT", "REPLACE", "MERGE", "SELECT", "WITH",
];

const PLACE: &str = ":keys";

impl Statement {
    fn parse(kind: Kind, number: usize, sql: &str) -> Result<Self, StoreError> {
        let refuse = |what: &str, hint: &str| {
            StoreError::refused(
                format!("statement {number} of `on_reset.sql` {what}"),
                hint.to_owned(),
            )
        };
        let sql = sql.trim_end();
        let sql = sql.strip_suffix(';').unwrap_or(sql);
        let cut = stretches(kind, sql).filter(|_| is_one_expression(kind, sql));
        let Some(cut) = cut else {
            return Err(refuse(
                "is not one statement",
                "write each statement as a string of its own, its parentheses, quotes and comments closed",
            ));
        };
        let verb: String = sql
            .trim_start()
            .chars()
            .take_while(char::is_ascii_alphabetic)
            .collect();
        if !VERBS.contains(&verb.to_ascii_uppercase().as_str()) {
            return Err(refuse(
                "begins with none of DELETE, UPDATE, INSERT, REPLACE, MERGE, SELECT and WITH",
                "other statements may end the transaction that the reset stands in",
            ));
        }
        let mut pieces = Vec::new();
        let mut from = 0;
        for (range, stretch) in cut {
            if stretch != Stretch::Code {
                continue;
            }
            for (at, _) in sql[range.clone()].match_indices(PLACE) {
                let at = range.start + at;
                let (before, after) = (&sql[..at], &sql[at + PLACE.len()..]);
                let continues = |c: char| c.is_alphanumeric() || c == '_';
                if before.ends_with(':') || after.starts_with(continues) {
                    continue;
                }
                if !before.trim_end().ends_with('(') || !after.trim_start().starts_with(')') {
                    return Err(refuse(
                        "has :keys outside parentheses of their own",
                        "write IN (:keys)",
                    ));
                }
                pieces.push(&sql[from..at]);
                from = at + PLACE.len();
            }
        }
        if pieces.is_empty() {
            return Err(refuse(
                "names no :keys",
                "it runs once a page, for the keys of the rows that were reset: say which rows are theirs, as in WHERE user_id IN (:keys)",
            ));
        }
        pieces.push(&sql[from..]);
        if pieces.iter().any(|piece| has_parameters(kind, piece)) {
            return Err(refuse(
                "has a parameter other than :keys",
                "write values as literals",
            ));
        }
        let piece = |piece: &str| operators_text(kind, piece);
        Ok(Self(pieces.into_iter().map(piece).collect()))
    }

    /// The statement with a text in the place of the keys.
    fn with(&self, keys: &str) -> String {
        self.0.join(keys)
    }

    /// The statement for some keys, and what to bind.
    fn bound(&self, column: &Column, keys: &[&Key]) -> (String, Vec<Arg>) {
        let places = self.0.len() - 1;
        let (text, one) = match column.kind {
            Kind::Postgres => (postgres_keys(column), vec![postgres_array(column, keys)]),
            // A list of constants is looked up in an index one by one; by a subquery MariaDB reads the whole table once for every key.
            Kind::MySql | Kind::Sqlite if keys.is_empty() => ("NULL".to_owned(), Vec::new()),
            Kind::MySql | Kind::Sqlite => (
                vec!["?"; keys.len()].join(", "),
                keys.iter().flat_map(|key| key.args()).collect(),
            ),
        };
        let args = std::iter::repeat_n(one, places).flatten().collect();
        (self.with(&text), args)
    }

    /// The statement for no keys, with nothing to bind.
    fn for_nobody(&self, column: &Column) -> String {
        match column.kind {
            Kind::Postgres => self.with(&postgres_keys(column).replace("?::", "NULL::")),
            Kind::MySql | Kind::Sqlite => self.with("NULL"),
        }
    }
}

/// What the operator wrote, with PostgreSQL's operators of a question mark kept from being parameters.
fn operators_text(kind: Kind, sql: &str) -> String {
    let wrapped = operators(kind, sql);
    wrapped["(\n".len()..wrapped.len() - "\n)".len()].to_owned()
}

/// Whether the operator's SQL has what this database's driver would take for a parameter of ours.
fn has_parameters(kind: Kind, sql: &str) -> bool {
    let signs: &[char] = match kind {
        Kind::Postgres => &[],
        Kind::MySql => &['?'],
        Kind::Sqlite => &['?', ':', '@', '$'],
    };
    stretches(kind, sql)
        .unwrap_or_default()
        .into_iter()
        .any(|(range, stretch)| stretch == Stretch::Code && sql[range].contains(signs))
}

fn postgres_keys(column: &Column) -> String {
    let key = &column.keys[0];
    match key.batch.as_str() {
        "int8" => "SELECT k FROM unnest(?::int8[]) AS keys(k)".to_owned(),
        "text" => "SELECT k FROM unnest(?::text[]) AS keys(k)".to_owned(),
        cast => format!("SELECT k::{cast} FROM unnest(?::text[]) AS keys(k)"),
    }
}

#[cfg(feature = "postgres")]
fn postgres_array(column: &Column, keys: &[&Key]) -> Arg {
    use super::key::{KeyKind, KeyPart};
    let parts = keys.iter().map(|key| &key.0[0]);
    if column.keys[0].kind == KeyKind::Int {
        let number = |part: &KeyPart| match part {
            KeyPart::Int(number) => Some(*number),
            _ => None,
        };
        Arg::Ints(parts.filter_map(number).collect())
    } else {
        Arg::Texts(parts.map(KeyPart::text).collect())
    }
}

#[cfg(not(feature = "postgres"))]
fn postgres_array(_: &Column, _: &[&Key]) -> Arg {
    Arg::Null
}

/// Runs the operator's statements for the rows that were reset, inside the caller's transaction.
///
/// # Errors
/// `OnReset` where a statement fails; what passes by itself stays what it is, so that the page is tried again.
pub(crate) async fn revoke(
    conn: &mut Conn,
    column: &Column,
    keys: &[&Key],
) -> Result<(), StoreError> {
    if keys.is_empty() {
        return Ok(());
    }
    run_all(conn, column, keys).await
}

async fn run_all(conn: &mut Conn, column: &Column, keys: &[&Key]) -> Result<(), StoreError> {
    for (number, statement) in (1..).zip(&column.on_reset.statements) {
        let (sql, args) = statement.bound(column, keys);
        let ran = conn.run("the statement", Quote::CodeOnly, &sql, args).await;
        if let Err(error) = ran {
            if error.is_transient() {
                return Err(error);
            }
            return Err(StoreError::OnReset {
                credential: column.credential.clone(),
                number,
                error: Box::new(error),
            });
        }
    }
    Ok(())
}

/// Resets nobody: runs the page's statement without a row and the operator's without a key, and rolls back.
///
/// # Errors
/// `Refused` where a statement fails.
pub async fn try_on_reset(conn: &mut Conn, column: &Column) -> Result<(), StoreError> {
    conn.begin().await?;
    let tried = async {
        for change in [Change::Reset, Change::Soft] {
            if change == Change::Soft && column.on_reset.must_change.is_none() {
                continue;
            }
            let (sql, args) = swap_statement(column, change, &[])?;
            conn.run("resetting nobody", Quote::CodeOnly, &sql, args)
                .await?;
        }
        run_all(conn, column, &[]).await
    }
    .await;
    conn.rollback().await?;
    tried.map_err(|error| match error {
        error if error.is_transient() => error,
        StoreError::OnReset { error, number, .. } => StoreError::refused(
            format!(
                "credential {}: statement {number} of `on_reset.sql` was tried for nobody and rolled back: {error}",
                column.credential
            ),
            "put the statement right; nothing has been written",
        ),
        error => StoreError::refused(
            format!(
                "credential {}: a reset was tried for nobody and rolled back: {error}",
                column.credential
            ),
            "put `on_reset.set` right; nothing has been written",
        ),
    })
}

/// The operator's statements for nobody, with nothing to bind, for the preflight to explain.
pub(crate) fn statements_for_nobody(column: &Column) -> Vec<String> {
    let statements = column.on_reset.statements.iter();
    statements.map(|one| one.for_nobody(column)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pieces(kind: Kind, sql: &str) -> Vec<String> {
        Statement::parse(kind, 1, sql)
            .unwrap_or_else(|error| panic!("{sql}: {error}"))
            .0
    }

    fn check_refused(kind: Kind, sql: &str, word: &str) {
        let error = Statement::parse(kind, 1, sql).expect_err(sql);
        assert!(error.to_string().contains(word), "{sql}: {error}");
    }

    #[test]
    fn a_statement_is_cut_where_the_keys_go() {
        for kind in [Kind::Postgres, Kind::MySql, Kind::Sqlite] {
            assert_eq!(
                pieces(kind, "DELETE FROM s WHERE id IN (:keys);\n"),
                ["DELETE FROM s WHERE id IN (", ")"]
            );
            assert_eq!(
                pieces(
                    kind,
                    "WITH x AS (SELECT ':keys (' /* :keys */) DELETE FROM s WHERE a IN ( :keys ) OR b IN (:keys)"
                ),
                [
                    "WITH x AS (SELECT ':keys (' /* :keys */) DELETE FROM s WHERE a IN ( ",
                    " ) OR b IN (",
                    ")"
                ]
            );
        }
        assert_eq!(
            pieces(
                Kind::Postgres,
                "DELETE FROM s WHERE data ? 'k' AND id::text IN (:keys)"
            )[0],
            "DELETE FROM s WHERE data \u{1} 'k' AND id::text IN ("
        );
    }

    #[test]
    fn what_is_no_statement_over_the_keys_is_refused() {
        for kind in [Kind::Postgres, Kind::MySql, Kind::Sqlite] {
            for (sql, word) in [
                ("DELETE FROM s", "no :keys"),
                ("DELETE FROM s WHERE a = ':keys'", "no :keys"),
                ("DELETE FROM s WHERE a IN (:keysets)", ""),
                ("DELETE FROM s WHERE a IN :keys", "outside parentheses"),
                ("DELETE FROM s WHERE a IN (0, :keys)", "outside parentheses"),
                ("DELETE FROM s WHERE a IN (:keys); COMMIT", "not one"),
                ("DELETE FROM s WHERE a IN (:keys) AND b = '", "not one"),
                ("TRUNCATE s", "begins with none"),
                ("CALL revoke((:keys))", "begins with none"),
            ] {
                check_refused(kind, sql, word);
            }
        }
        let more = "DELETE FROM s WHERE a IN (:keys) AND b = ?";
        check_refused(Kind::MySql, more, "a parameter");
        check_refused(Kind::Sqlite, &more.replace('?', "@b"), "a parameter");
    }
}
