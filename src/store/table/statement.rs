//! A statement of the operator's over the keys of rows that were reset.
//!
//! What it means is the operator's business. That it is one statement, and that it stays within the
//! transaction, is checked here.

use super::key::Key;
#[cfg(feature = "postgres")]
use super::key::{KeyKind, KeyPart};
use super::key_column::{BatchType, KeyColumn};
use crate::store::sql::{
    Arg, Kind, ListForm, StoreError, Stretch, is_one_expression, operators, stretches,
};

/// A statement of the operator's, cut where the keys go.
#[derive(Clone, Debug)]
pub(crate) struct Statement(Vec<String>);

impl Statement {
    pub(super) fn parse(kind: Kind, number: usize, sql: &str) -> Result<Self, StoreError> {
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
    pub(crate) fn bound(&self, key: &KeyColumn, kind: Kind, keys: &[&Key]) -> (String, Vec<Arg>) {
        let places = self.0.len() - 1;
        let (text, one) = match kind.words().lists {
            ListForm::Array { .. } => (array_of_keys(key), vec![array_arg(key, keys)]),
            ListForm::Json { .. } if keys.is_empty() => ("NULL".to_owned(), Vec::new()),
            // A list of constants is looked up in an index one by one. By a subquery MariaDB reads
            // the whole table once for every key.
            ListForm::Json { .. } => (
                vec!["?"; keys.len()].join(", "),
                keys.iter().flat_map(|key| key.args()).collect(),
            ),
        };
        let args = std::iter::repeat_n(one, places).flatten().collect();
        (self.with(&text), args)
    }

    /// The statement for no keys, with nothing to bind.
    pub(crate) fn for_nobody(&self, key: &KeyColumn, kind: Kind) -> String {
        match kind.words().lists {
            ListForm::Array { .. } => self.with(&array_of_keys(key).replace("?::", "NULL::")),
            ListForm::Json { .. } => self.with("NULL"),
        }
    }
}

/// What the operator wrote, its operators of a question mark kept from being parameters.
fn operators_text(kind: Kind, sql: &str) -> String {
    let wrapped = operators(kind, sql);
    wrapped["(\n".len()..wrapped.len() - "\n)".len()].to_owned()
}

/// Whether the operator's SQL has what this database's driver would take for a parameter of ours.
pub(super) fn has_parameters(kind: Kind, sql: &str) -> bool {
    let words = kind.words();
    stretches(kind, sql)
        .unwrap_or_default()
        .into_iter()
        .filter(|(_, stretch)| *stretch == Stretch::Code)
        .any(|(range, _)| {
            let code = &sql[range];
            code.contains(words.parameter_signs)
                || words.numbers_parameters && has_numbered_parameter(code)
        })
}

/// Whether a `$1` stands there that is no part of a name.
fn has_numbered_parameter(code: &str) -> bool {
    let mut before = ' ';
    let mut rest = code.chars().peekable();
    while let Some(sign) = rest.next() {
        let is_in_name = before.is_alphanumeric() || matches!(before, '_' | '$');
        if sign == '$' && !is_in_name && rest.peek().is_some_and(char::is_ascii_digit) {
            return true;
        }
        before = sign;
    }
    false
}

/// A condition that the operator wrote, made safe to embed.
///
/// # Errors
/// Where it is not one expression, or has what the driver would take for a parameter of ours.
pub(super) fn condition(kind: Kind, place: &str, sql: &str) -> Result<String, StoreError> {
    let what_is_wrong = if !is_one_expression(kind, sql) {
        "is not one SQL expression"
    } else if has_parameters(kind, sql) {
        "has a sign that stands for a parameter"
    } else {
        return Ok(operators(kind, sql));
    };
    Err(StoreError::refused(
        format!("{place} {what_is_wrong}"),
        "write one condition, its parentheses, quotes and comments closed, without a semicolon and without parameters",
    ))
}

fn array_of_keys(key: &KeyColumn) -> String {
    match &key.batch {
        BatchType::Integer => "SELECT k FROM unnest(?::int8[]) AS keys(k)".to_owned(),
        BatchType::Cast(cast) => format!("SELECT k::{cast} FROM unnest(?::text[]) AS keys(k)"),
        BatchType::Text | BatchType::Hex | BatchType::Uuid => {
            "SELECT k FROM unnest(?::text[]) AS keys(k)".to_owned()
        }
    }
}

/// The words with which a statement may begin.
///
/// Each can be explained, and none ends the transaction that it stands in.
const VERBS: [&str; 7] = [
    "DELETE", "UPDATE", "INSERT", "REPLACE", "MERGE", "SELECT", "WITH",
];

const PLACE: &str = ":keys";

#[cfg(feature = "postgres")]
fn array_arg(key: &KeyColumn, keys: &[&Key]) -> Arg {
    let parts = keys.iter().map(|row| &row.0[0]);
    if key.kind == KeyKind::Int {
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
fn array_arg(_: &KeyColumn, _: &[&Key]) -> Arg {
    Arg::Null
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
