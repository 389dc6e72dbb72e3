//! Whether the key names one row.
//!
//! A unique index must cover exactly its columns, and none of them may be NULL.
//!
//! Which indexes there are is asked by each database's own module.

use super::report::{FindingWords, Report};
use super::unique::{Nullable, NullsFound, Unique, key_names};
use crate::store::sql::{Ident, Kind};
use crate::store::table::CredentialColumn;

const WHY_UNIQUE: &str = "a run swaps one row by its key; a key that names two rows, or none, would change what nobody looked at";

pub(super) fn look(
    column: &CredentialColumn,
    uniques: &[Unique],
    nullable: &[Nullable],
    report: &mut Report,
) {
    let key = key_names(column);
    let shown = key.join(", ");
    let same_set = |unique: &&Unique| {
        unique.columns.len() == key.len() && unique.columns.iter().all(|name| key.contains(name))
    };
    match uniques.iter().find(same_set) {
        None => report.refuse(
            "key-not-unique",
            FindingWords {
                what: format!(
                    "no unique index covers exactly the key ({shown}) of {}",
                    column.table_ident
                ),
                why: WHY_UNIQUE,
                todo: what_instead(column, uniques),
            },
        ),
        Some(_)
            if uniques
                .iter()
                .filter(same_set)
                .all(|unique| unique.columns != key) =>
        {
            let order = uniques
                .iter()
                .find(same_set)
                .map(|unique| unique.columns.join("\", \""));
            report.warn(
                "key-order",
                FindingWords {
                    what: format!("the key ({shown}) is in another order than its unique index"),
                    why: "pages are read in the order of the key; against the index's order the server sorts the whole table for each page",
                    todo: format!("write: key = [\"{}\"]", order.unwrap_or_default()),
                },
            );
        }
        Some(_) => {}
    }
    for Nullable {
        column: name,
        found,
    } in nullable
    {
        let words = FindingWords {
            what: match found {
                NullsFound::Yes => format!("rows of {} have NULL in the key column {name}", column.table_ident),
                _ => format!("the key column {name} of {} may be NULL", column.table_ident),
            },
            why: "no key finds a row whose key is NULL: it would be left weak without a word",
            todo: match (column.kind, found) {
                (Kind::Sqlite, NullsFound::No) => "nothing now: no row has NULL there; declare the column NOT NULL when the table is next rebuilt".to_owned(),
                (Kind::Sqlite, _) => "give those rows a key, or name a key that is never NULL".to_owned(),
                (Kind::Postgres, _) => format!(
                    "name a key that is never NULL, or run: SET lock_timeout = '5s'; ALTER TABLE {} ALTER COLUMN {} SET NOT NULL;",
                    column.table_ident,
                    quoted(column.kind, name)
                ),
                (Kind::MySql, _) => "name a key that is never NULL, such as the primary key, or declare the column NOT NULL".to_owned(),
            },
        };
        if column.kind == Kind::Sqlite && *found == NullsFound::No {
            report.warn("key-nullable", words);
        } else {
            report.refuse("key-nullable", words);
        }
    }
}

/// Which keys could be named instead.
fn what_instead(column: &CredentialColumn, uniques: &[Unique]) -> String {
    if uniques.is_empty() {
        let columns: Vec<String> = column
            .keys
            .iter()
            .map(|key| key.ident.to_string())
            .collect();
        let concurrently = if column.kind == Kind::Postgres {
            "CONCURRENTLY "
        } else {
            ""
        };
        return format!(
            "the table has no unique index that could serve; make one: CREATE UNIQUE INDEX {concurrently}saltern_key ON {} ({});",
            column.table_ident,
            columns.join(", ")
        );
    }
    let lists: Vec<String> = uniques
        .iter()
        .map(|unique| match unique.columns.as_slice() {
            [one] => format!("key = \"{one}\""),
            many => format!("key = [\"{}\"]", many.join("\", \"")),
        })
        .collect();
    format!(
        "name one of the table's unique keys: {}",
        lists.join(", or ")
    )
}

fn quoted(kind: Kind, name: &str) -> String {
    Ident::new(kind, name).map_or_else(|_| name.to_owned(), |ident| ident.to_string())
}
