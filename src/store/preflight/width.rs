//! Whether the column holds the longest new value, and the exact statement that widens it.
//!
//! saltern alters no user table itself. Each database's own file finds the old definition.

use super::report::{FindingWords, Report};
use crate::store::sql::Kind;
use crate::store::table::CredentialColumn;

/// What a column that is too narrow is widened to, unless the new values are longer still.
///
/// It is the widest whose length MySQL keeps in one byte.
const WIDTH: usize = 255;

/// Where the narrow column stands: what the statement for it must keep.
pub(super) enum Old<'a> {
    Postgres,
    MySql {
        /// The column's line of SHOW CREATE TABLE, if it could be read.
        line: Option<&'a str>,
        /// The most bytes of one character in the column's character set.
        bytes_a_char: u64,
    },
}

/// True where the longest new value fits.
pub(super) fn fits(column: &CredentialColumn, longest: usize) -> bool {
    // BINARY(n) takes no longer value either; what is shorter it pads.
    column.info.max_len.is_none_or(|max| max >= longest as u64)
}

pub(super) fn look(column: &CredentialColumn, longest: usize, old: &Old<'_>, report: &mut Report) {
    let Some(max) = column.info.max_len.filter(|_| !fits(column, longest)) else {
        return;
    };
    let table = &column.table_ident;
    let todo = match old {
        Old::Postgres => format!(
            "run: SET lock_timeout = '5s'; {} ({})",
            postgres_alter(column, longest),
            if column.info.base == "bpchar" {
                "char(n) is rewritten under an exclusive lock: on a large table copy into a new column in steps instead"
            } else {
                "no rewrite; where it gives up waiting for its lock, run it again when no long transaction is open; a view on the column must be \
                 dropped first and made again"
            }
        ),
        Old::MySql { line, bytes_a_char } => {
            let width = new_width(longest);
            let one_byte_before = max * bytes_a_char <= 255;
            let in_place = matches!(column.info.base.as_str(), "varchar" | "varbinary")
                && (one_byte_before == (width as u64 * bytes_a_char <= 255));
            format!(
                "run: {} ({})",
                mysql_alter(column, width, *line),
                if in_place {
                    "in place, without a lock; where the server refuses, use gh-ost or pt-online-schema-change"
                } else {
                    "the server will refuse this with code 1845 or 1846 rather than copy the table under a lock, because the type or the size of \
                     its length changes: then use gh-ost or pt-online-schema-change, or leave out ALGORITHM and LOCK in a maintenance window"
                }
            )
        }
    };
    report.refuse(
        "column-narrow",
        FindingWords {
            what: format!("column {} of {table} is {} and holds {max}; the longest new value has {longest} characters", column.info.name, column.info.declared),
            why: "a value that doesn't fit is refused by the server or, on a MySQL that isn't strict, cut: a hash that is cut locks its user out",
            todo,
        },
    );
}

fn new_width(longest: usize) -> usize {
    longest.max(WIDTH)
}

fn postgres_alter(column: &CredentialColumn, longest: usize) -> String {
    let collate = match column.info.collation.as_deref() {
        None | Some("default") => String::new(),
        Some(name) => format!(" COLLATE \"{}\"", name.replace('"', "\"\"")),
    };
    format!(
        "ALTER TABLE {} ALTER COLUMN {} TYPE varchar({}){collate};",
        column.table_ident,
        column.value,
        new_width(longest)
    )
}

/// `MODIFY` replaces the whole definition, so everything that the old one says is said again.
fn mysql_alter(column: &CredentialColumn, width: usize, line: Option<&str>) -> String {
    let info = &column.info;
    let new_type = if info.charset.is_some() {
        "VARCHAR"
    } else {
        "VARBINARY"
    };
    let charset = match (&info.charset, &info.collation) {
        (Some(charset), Some(collation)) => format!(" CHARACTER SET {charset} COLLATE {collation}"),
        _ => String::new(),
    };
    let rest = line.and_then(|line| after_type(line, column)).map_or_else(
        || {
            if info.nullable {
                " NULL".to_owned()
            } else {
                " NOT NULL".to_owned()
            }
        },
        str::to_owned,
    );
    format!(
        "ALTER TABLE {} MODIFY {} {new_type}({width}){charset}{rest}, ALGORITHM=INPLACE, LOCK=NONE;",
        column.table_ident, column.value
    )
}

/// What stands behind the type and the character set in a column's line of SHOW CREATE TABLE.
fn after_type<'a>(line: &'a str, column: &CredentialColumn) -> Option<&'a str> {
    let mut rest = line
        .trim()
        .strip_prefix(&column.value.to_string())?
        .trim_start();
    rest = rest.strip_prefix(column.info.declared.as_str())?;
    for word in ["CHARACTER SET", "COLLATE"] {
        if let Some(name) = rest.trim_start().strip_prefix(word) {
            let name = name.trim_start();
            rest = &name[name
                .find(|c: char| !(c.is_ascii_alphanumeric() || c == '_'))
                .unwrap_or(name.len())..];
        }
    }
    Some(rest.strip_suffix(',').unwrap_or(rest))
}

/// The line of SHOW CREATE TABLE that defines the column.
pub(super) fn line_of<'a>(create_table: &'a str, column: &CredentialColumn) -> Option<&'a str> {
    let start = format!("{} ", column.value);
    debug_assert!(
        column.kind == Kind::MySql,
        "no other database has SHOW CREATE TABLE"
    );
    create_table
        .lines()
        .find(|line| line.trim_start().starts_with(&start))
}
