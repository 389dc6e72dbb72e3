//! What the catalogue says of a table's columns: the one place that asks it.

use super::info::{ColumnInfo, Family, TableInfo};
use crate::store::sql::{Conn, Ident, Kind, Quote, StoreError};

/// Looks a table up.
///
/// # Errors
/// `Refused` where it is not there.
pub async fn describe_table(
    conn: &mut Conn,
    schema: Option<&str>,
    table: &str,
) -> Result<TableInfo, StoreError> {
    let found = match conn.kind() {
        Kind::Postgres => postgres(conn, schema, table).await?,
        Kind::MySql => mysql(conn, schema, table).await?,
        Kind::Sqlite => sqlite(conn, table).await?,
    };
    found.ok_or_else(|| {
        let name = schema.map_or_else(|| table.to_owned(), |s| format!("{s}.{table}"));
        StoreError::refused(
            format!("there is no table {name} that this user can see"),
            "names are exact and case-sensitive; check `schema` and `table`, and that the URL names the right database",
        )
    })
}

async fn postgres(
    conn: &mut Conn,
    schema: Option<&str>,
    table: &str,
) -> Result<Option<TableInfo>, StoreError> {
    let name = Ident::table(Kind::Postgres, schema, table)?.to_string();
    let found = conn
        .rows(
            "looking the table up",
            Quote::Message,
            "SELECT n.nspname::text, c.relname::text, CASE c.relkind WHEN 'r' THEN 'table' WHEN 'p' THEN 'partitioned table' WHEN 'v' THEN 'view' \
             WHEN 'm' THEN 'materialized view' WHEN 'f' THEN 'foreign table' ELSE 'relation of kind ' || c.relkind::text END \
             FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = to_regclass(?)",
            vec![name.clone().into()],
            |r| Ok((r.owned(0)?, r.owned(1)?, r.owned(2)?)),
        )
        .await?;
    let Some((schema, table, what)) = found.into_iter().next() else {
        return Ok(None);
    };
    let columns = conn
        .rows(
            "reading the table's columns",
            Quote::Message,
            // A domain is followed to the type that it is made of.
            "WITH RECURSIVE base(num, oid, typmod, domain) AS ( \
               SELECT a.attnum, a.atttypid, a.atttypmod, NULL::text COLLATE \"C\" FROM pg_attribute a WHERE a.attrelid = to_regclass(?) AND a.attnum > 0 AND NOT a.attisdropped \
               UNION ALL \
               SELECT b.num, t.typbasetype, t.typtypmod, coalesce(b.domain, t.typname::text COLLATE \"C\") FROM base b JOIN pg_type t ON t.oid = b.oid WHERE t.typtype = 'd') \
             SELECT a.attname::text, format_type(a.atttypid, a.atttypmod), t.typname::text, \
               CASE WHEN t.typname IN ('varchar', 'bpchar') AND b.typmod > 4 THEN (b.typmod - 4)::int8 END, \
               (NOT a.attnotnull)::int::int8, co.collname::text, (coalesce(NOT co.collisdeterministic, false))::int::int8, (a.attgenerated <> '')::int::int8, b.domain \
             FROM pg_attribute a JOIN base b ON b.num = a.attnum JOIN pg_type t ON t.oid = b.oid AND t.typtype <> 'd' \
             LEFT JOIN pg_collation co ON co.oid = a.attcollation \
             WHERE a.attrelid = to_regclass(?) ORDER BY a.attnum",
            vec![name.clone().into(), name.into()],
            |r| {
                let base = r.owned(2)?;
                let family = match base.as_str() {
                    "int2" | "int4" | "int8" => Family::Int,
                    "text" | "varchar" | "bpchar" | "citext" | "name" => Family::Text,
                    "bytea" => Family::Bytes,
                    "uuid" => Family::Uuid,
                    "timestamptz" => Family::TimeWithZone,
                    "timestamp" | "date" => Family::Time,
                    _ => Family::Other,
                };
                Ok(ColumnInfo {
                    name: r.owned(0)?,
                    declared: r.owned(1)?,
                    base,
                    family,
                    max_len: r.int(3)?.map(i64::cast_unsigned),
                    nullable: r.number(4)? != 0,
                    charset: None,
                    collation: r.text(5)?.map(str::to_owned),
                    nondeterministic: r.number(6)? != 0,
                    generated: r.number(7)? != 0,
                    on_update: false,
                    domain: r.text(8)?.map(str::to_owned),
                })
            },
        )
        .await?;
    Ok(Some(TableInfo {
        schema,
        table,
        what,
        columns,
    }))
}

async fn mysql(
    conn: &mut Conn,
    schema: Option<&str>,
    table: &str,
) -> Result<Option<TableInfo>, StoreError> {
    let found = conn
        .rows(
            "looking the table up",
            Quote::Message,
            "SELECT CAST(TABLE_SCHEMA AS CHAR), CAST(TABLE_NAME AS CHAR), LOWER(CAST(TABLE_TYPE AS CHAR)) FROM information_schema.TABLES \
             WHERE TABLE_SCHEMA = COALESCE(?, DATABASE()) AND BINARY TABLE_NAME = ?",
            vec![schema.into(), table.into()],
            |r| Ok((r.owned(0)?, r.owned(1)?, r.owned(2)?)),
        )
        .await?;
    let Some((schema, table, what)) = found.into_iter().next() else {
        return Ok(None);
    };
    let what = if what == "base table" {
        "table".to_owned()
    } else {
        what
    };
    let columns = conn
        .rows(
            "reading the table's columns",
            Quote::Message,
            "SELECT CAST(COLUMN_NAME AS CHAR), CAST(COLUMN_TYPE AS CHAR), LOWER(CAST(DATA_TYPE AS CHAR)), CAST(CHARACTER_MAXIMUM_LENGTH AS SIGNED), \
               CASE WHEN IS_NULLABLE = 'YES' THEN 1 ELSE 0 END, CAST(CHARACTER_SET_NAME AS CHAR), CAST(COLLATION_NAME AS CHAR), LOWER(CAST(EXTRA AS CHAR)) \
             FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = ? AND TABLE_NAME = ? AND BINARY TABLE_NAME = ? ORDER BY ORDINAL_POSITION",
            vec![
                schema.clone().into(),
                table.clone().into(),
                table.clone().into(),
            ],
            |r| {
                let declared = r.owned(1)?;
                let base = r.owned(2)?;
                let extra = r.text(7)?.unwrap_or_default().to_owned();
                let family = match base.as_str() {
                    "tinyint" | "smallint" | "mediumint" | "int" | "bigint" if declared.contains("unsigned") => Family::Uint,
                    "tinyint" | "smallint" | "mediumint" | "int" | "bigint" => Family::Int,
                    "char" | "varchar" | "tinytext" | "text" | "mediumtext" | "longtext" => Family::Text,
                    "varbinary" | "tinyblob" | "blob" | "mediumblob" | "longblob" => Family::Bytes,
                    "binary" => Family::FixedBytes,
                    "uuid" => Family::Uuid,
                    "timestamp" => Family::TimeWithZone,
                    "datetime" | "date" => Family::Time,
                    _ => Family::Other,
                };
                Ok(ColumnInfo {
                    name: r.owned(0)?,
                    declared,
                    base,
                    family,
                    max_len: r.int(3)?.map(i64::cast_unsigned),
                    nullable: r.number(4)? != 0,
                    charset: r.text(5)?.map(str::to_owned),
                    collation: r.text(6)?.map(str::to_owned),
                    nondeterministic: false,
                    generated: extra.contains("generated") && !extra.contains("default_generated"),
                    on_update: extra.contains("on update"),
                    domain: None,
                })
            },
        )
        .await?;
    Ok(Some(TableInfo {
        schema,
        table,
        what,
        columns,
    }))
}

async fn sqlite(conn: &mut Conn, table: &str) -> Result<Option<TableInfo>, StoreError> {
    let found = conn
        .rows(
            "looking the table up",
            Quote::Message,
            "SELECT name, type FROM sqlite_master WHERE name = ? AND type IN ('table', 'view')",
            vec![table.into()],
            |r| Ok((r.owned(0)?, r.owned(1)?)),
        )
        .await?;
    let Some((table, what)) = found.into_iter().next() else {
        return Ok(None);
    };
    let columns = conn
        .rows(
            "reading the table's columns",
            Quote::Message,
            "SELECT name, type, \"notnull\", pk, hidden FROM pragma_table_xinfo(?)",
            vec![table.clone().into()],
            |r| {
                let declared = r.owned(1)?;
                let base = declared.to_ascii_uppercase();
                Ok(ColumnInfo {
                    name: r.owned(0)?,
                    family: sqlite_family(&base),
                    declared,
                    base,
                    max_len: None,
                    // An INTEGER PRIMARY KEY is the row's id and never NULL.
                    nullable: r.number(2)? == 0 && r.number(3)? == 0,
                    charset: None,
                    collation: None,
                    nondeterministic: false,
                    generated: r.number(4)? >= 2,
                    on_update: false,
                    domain: None,
                })
            },
        )
        .await?;
    Ok(Some(TableInfo {
        schema: String::new(),
        table,
        what,
        columns,
    }))
}

/// The rules of SQLite's "Datatypes In SQLite", section 3.1, in their order.
fn sqlite_family(declared: &str) -> Family {
    if declared.contains("INT") {
        Family::Int
    } else if ["CHAR", "CLOB", "TEXT"]
        .iter()
        .any(|t| declared.contains(t))
    {
        Family::Text
    } else if declared.contains("BLOB") {
        Family::Bytes
    } else {
        Family::Any
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sqlite_column_declared_string_takes_any_type() {
        assert_eq!(sqlite_family("STRING"), Family::Any);
        assert_eq!(sqlite_family("VARCHAR(255)"), Family::Text);
        assert_eq!(sqlite_family("BIGINT UNSIGNED"), Family::Int);
        assert_eq!(sqlite_family(""), Family::Any);
    }
}
