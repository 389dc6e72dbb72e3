//! Whether the ledger's tables are there as the migrations make them, and whether this user may
//! use them. Nothing is written: rights are tried with EXPLAIN.

use super::migrate;
use super::names::Names;
use crate::store::sql::{Conn, ErrorClass, Query, StoreError};
use crate::store::table::{TableInfo, describe_table};

/// A table as the migrations make it.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct ExpectedTable {
    name: String,
    /// Names and types.
    columns: Vec<(String, String)>,
}

/// What is wrong with the ledger's tables.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ShapeFault {
    /// A table, a column or a version is not there.
    Missing(String),
    /// A column is of another type.
    Altered(String),
    /// A right is lacking.
    Denied(String),
}

impl ShapeFault {
    /// What it is.
    pub fn what(&self) -> &str {
        match self {
            Self::Missing(what) | Self::Altered(what) | Self::Denied(what) => what,
        }
    }
}

/// Nothing reads or writes it (`docs/decisions/ledger.md`).
const UNUSED: &str = "event";

/// From these lines are taken out again.
const DELETED_FROM: [&str; 3] = ["quarantine", "reset_token", "waiting"];

/// Everything that is wrong with the tables of a ledger that has the newest version.
///
/// # Errors
/// Where the database can't be asked.
pub async fn check_shape(conn: &mut Conn, names: &Names) -> Result<Vec<ShapeFault>, StoreError> {
    let mut faults = check_versions(conn, names).await?;
    for table in expected(&migrate::texts(names)) {
        if table.name != UNUSED {
            faults.extend(check_table(conn, names, &table).await?);
        }
    }
    Ok(faults)
}

/// Every version up to the newest must have been made.
async fn check_versions(conn: &mut Conn, names: &Names) -> Result<Vec<ShapeFault>, StoreError> {
    let sql = format!(
        "SELECT version FROM {} WHERE success ORDER BY version",
        names.migrations()
    );
    let query = Query::of_ledger("reading the ledger's versions", &sql, vec![]);
    let made: Vec<i64> = conn.rows(query, |r| r.number(0)).await?;
    let last = made.last().copied().unwrap_or_default();
    let missing = (1..=last).filter(|version| !made.contains(version));
    Ok(missing
        .map(|version| {
            ShapeFault::Missing(format!(
                "version {version} of the ledger is not noted in {}, and version {last} is",
                names.shown("migrations")
            ))
        })
        .collect())
}

async fn check_table(
    conn: &mut Conn,
    names: &Names,
    table: &ExpectedTable,
) -> Result<Vec<ShapeFault>, StoreError> {
    let shown = names.shown(&table.name);
    let quoted = names.table(&table.name);
    let columns: Vec<&str> = table
        .columns
        .iter()
        .map(|(name, _)| name.as_str())
        .collect();
    let list = columns.join(", ");
    let select = format!("SELECT {list} FROM {quoted} WHERE 1 = 0");
    let read = attempt(conn, &select).await?.err();
    let (schema, table_name) = names.place(&table.name);
    let stands = match describe_table(conn, schema, &table_name).await {
        Ok(info) => Some(info),
        Err(StoreError::Refused { .. }) => None,
        Err(error) => return Err(error),
    };
    let denied = |verb: &str, error: &StoreError| {
        ShapeFault::Denied(format!("this user may not {verb} {shown} ({error})"))
    };
    if let Some(error) = read {
        if error.class() == ErrorClass::Denied {
            return Ok(vec![denied("read", &error)]);
        }
        let Some(info) = stands else {
            return Ok(vec![ShapeFault::Missing(format!(
                "there is no table {shown}"
            ))]);
        };
        let missing = columns.iter().filter(|name| info.column(name).is_none());
        let faults: Vec<ShapeFault> = missing
            .map(|name| ShapeFault::Missing(format!("table {shown} has no column {name}")))
            .collect();
        return match faults.is_empty() {
            true => Ok(vec![ShapeFault::Altered(format!(
                "table {shown} can't be read ({error})"
            ))]),
            false => Ok(faults),
        };
    }
    let mut faults: Vec<ShapeFault> = stands
        .iter()
        .flat_map(|info| altered(info, table, &shown))
        .collect();
    if !conn.words().has_rights {
        return Ok(faults);
    }
    let first = columns.first().copied().unwrap_or_default();
    let mut tries = vec![
        (
            "insert into",
            format!(
                "EXPLAIN INSERT INTO {quoted} ({list}) SELECT {list} FROM {quoted} WHERE 1 = 0"
            ),
        ),
        (
            "update",
            format!("EXPLAIN UPDATE {quoted} SET {first} = {first} WHERE 1 = 0"),
        ),
    ];
    if DELETED_FROM.contains(&table.name.as_str()) {
        tries.push((
            "delete from",
            format!("EXPLAIN DELETE FROM {quoted} WHERE 1 = 0"),
        ));
    }
    for (verb, sql) in tries {
        if let Err(error) = attempt(conn, &sql).await?
            && error.class() == ErrorClass::Denied
        {
            faults.push(denied(verb, &error));
        }
    }
    Ok(faults)
}

/// Runs a statement that gives no row of the ledger; only what passes is an error.
async fn attempt(conn: &mut Conn, sql: &str) -> Result<Result<(), StoreError>, StoreError> {
    let query = Query::of_ledger("looking at the ledger's tables", sql, vec![]);
    match conn.each_row(query, &mut |_| Ok(true)).await {
        Err(error) if error.is_transient() => Err(error),
        answer => Ok(answer),
    }
}

/// Columns that can't hold what saltern writes.
fn altered(info: &TableInfo, table: &ExpectedTable, shown: &str) -> Vec<ShapeFault> {
    let pairs = table.columns.iter().filter_map(|(name, wanted)| {
        let stands = info.column(name)?;
        (!holds(&stands.declared, wanted)).then(|| {
            ShapeFault::Altered(format!(
                "column {name} of {shown} is {}, and must be {wanted}",
                stands.declared
            ))
        })
    });
    pairs.collect()
}

/// Whether a column of a declared type holds what one of the wanted type holds.
fn holds(declared: &str, wanted: &str) -> bool {
    let (declared, wanted) = (parts(declared), parts(wanted));
    // MySQL's width of an integer is for display.
    let has_width = wanted.0.contains("char");
    declared.0 == wanted.0 && (!has_width || declared.1 >= wanted.1)
}

/// A type's name in lowercase, and the number in parentheses behind it.
fn parts(text: &str) -> (String, u64) {
    let text = text.to_ascii_lowercase();
    let (name, rest) = text.split_once('(').unwrap_or((&text, ""));
    let width = rest.trim_end_matches(')').parse().unwrap_or(0);
    (name.trim().to_owned(), width)
}

/// The tables that migrations make, by their text. Each has a column a line.
fn expected(texts: &[&str]) -> Vec<ExpectedTable> {
    let mut tables: Vec<ExpectedTable> = Vec::new();
    let mut open = false;
    for line in texts.iter().flat_map(|text| text.lines()) {
        if line.starts_with("--") {
            continue;
        }
        let word = |text: &str| {
            let end = text.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_'));
            text[..end.unwrap_or(text.len())].to_owned()
        };
        let column = |text: &str| {
            let mut words = text.split_ascii_whitespace();
            let name = words.next()?.to_owned();
            let kind = words.next()?.trim_matches(['\'', ',', ';']).to_owned();
            Some((name, kind))
        };
        if let Some((_, name)) = line
            .split_once("{prefix}")
            .filter(|_| line.starts_with("CREATE TABLE"))
        {
            tables.push(ExpectedTable {
                name: word(name),
                columns: Vec::new(),
            });
            open = true;
        } else if let Some((before, added)) = line.split_once(" ADD COLUMN ") {
            let of = before.split_once("{prefix}").map(|(_, name)| word(name));
            let table = tables
                .iter_mut()
                .find(|table| Some(&table.name) == of.as_ref());
            if let (Some(table), Some(column)) = (table, column(added)) {
                table.columns.push(column);
            }
        } else if line.starts_with(')') {
            open = false;
        } else if let Some(table) = tables.last_mut().filter(|_| open) {
            let is_key = ["PRIMARY ", "KEY ", "INDEX ", "UNIQUE "]
                .iter()
                .any(|start| line.trim_start().starts_with(start));
            table.columns.extend(column(line).filter(|_| !is_key));
        }
    }
    tables
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::sql::Kind;

    #[test]
    fn the_migrations_say_which_tables_and_columns_there_are() {
        let of = |kind| {
            let names = Names::new(kind, "saltern", "saltern_").unwrap();
            expected(&migrate::texts(&names))
        };
        let shapes = [Kind::Postgres, Kind::MySql, Kind::Sqlite].map(of);
        for tables in &shapes {
            let names = |tables: &[ExpectedTable]| -> Vec<(String, Vec<String>)> {
                let columns = |table: &ExpectedTable| {
                    table.columns.iter().map(|(name, _)| name.clone()).collect()
                };
                tables
                    .iter()
                    .map(|table| (table.name.clone(), columns(table)))
                    .collect()
            };
            assert_eq!(names(tables), names(&shapes[0]));
            let find = |name: &str| tables.iter().find(|table| table.name == name).unwrap();
            assert_eq!(find("chunk").columns.len(), 20);
            assert_eq!(find("reset").columns.last().unwrap().0, "how");
            assert_eq!(find("worker").columns.last().unwrap().0, "outcome");
            assert!(tables.iter().all(|table| table.columns.len() > 2));
        }
        assert_eq!(
            shapes[1][0].columns[0],
            ("id".to_owned(), "VARCHAR(100)".to_owned())
        );
    }

    #[test]
    fn a_wider_column_is_as_good_and_another_type_is_not() {
        assert!(holds("bigint(20)", "BIGINT"));
        assert!(holds("varchar(255)", "VARCHAR(100)"));
        assert!(holds("text", "text"));
        assert!(!holds("varchar(20)", "VARCHAR(100)"));
        assert!(!holds("text", "BIGINT"));
        assert!(!holds("character varying(20)", "text"));
    }
}
