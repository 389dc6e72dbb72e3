//! A companion that stands in another table: one row for each user.
//!
//! It is read by a subquery beside each row. Nothing is ever written there.

use super::catalog::{describe_table, types_of};
use super::padding::ColumnPadding;
use super::statement::condition;
use crate::config::OtherTable;
use crate::store::sql::{Conn, ErrorClass, Ident, Query, StoreError};

/// A column of another table, as SQL over the alias `t` of the credential's own.
#[derive(Clone, Debug)]
pub(super) struct OtherColumn {
    /// The bytes of the one row that matches; NULL where there is none, or more than one.
    pub(super) bytes: String,
    /// How many rows match.
    pub(super) matches: String,
    pub(super) padding: Option<ColumnPadding>,
    /// The table.
    pub(super) table: Ident,
}

/// The statement without which nothing is read.
fn grant_on(table: &Ident) -> String {
    format!("run as the owner of that table: GRANT SELECT ON {table} TO …")
}

/// The user table that another one is joined to.
pub(super) struct JoinedTo<'a> {
    /// Its schema, where another table is looked for too.
    pub(super) schema: Option<&'a str>,
    /// Its key's columns.
    pub(super) key: &'a [Ident],
    /// PostgreSQL's name for the encoding.
    pub(super) encoding: &'a str,
}

impl OtherColumn {
    /// Looks the table and its columns up.
    ///
    /// # Errors
    /// `Refused`, with what to do, where the table or a column is missing, or may not be read.
    pub(super) async fn resolve(
        conn: &mut Conn,
        other: &OtherTable,
        to: JoinedTo<'_>,
    ) -> Result<Self, StoreError> {
        let kind = conn.kind();
        let schema = other.schema.as_deref().or(to.schema);
        let named = Ident::table(kind, schema, &other.table)?;
        let table = match describe_table(conn, schema, &other.table).await {
            // MySQL hides a table from a user without a right on it.
            Err(StoreError::Refused { what, hint }) => {
                let grant = if kind.has_rights() {
                    format!("; if it is there, {}", grant_on(&named))
                } else {
                    String::new()
                };
                return Err(StoreError::refused(what, format!("{hint}{grant}")));
            }
            described => described?,
        };
        let info = table.find(&other.column)?;
        let at = format!("s.{}", Ident::new(kind, &info.name)?);
        let types = types_of(kind);
        let bytes = types.bytes(info, &at, to.encoding);
        let mut conditions = Vec::new();
        let mut read = vec![at.clone()];
        for (name, own) in other.key.iter().zip(to.key) {
            let part = Ident::new(kind, &table.find(name)?.name)?;
            conditions.push(format!("s.{part} = t.{own}"));
            read.push(format!("s.{part}"));
        }
        if let Some(sql) = &other.where_sql {
            let place = format!("`where` of the table {}", other.table);
            conditions.push(condition(kind, &place, sql)?);
        }
        let schema = Some(table.schema.as_str()).filter(|_| kind.words().has_schemas);
        let name = Ident::table(kind, schema, &table.table)?;
        let from = format!("FROM {name} s WHERE {}", conditions.join(" AND "));
        let matches = format!("(SELECT COUNT(*) {from})");
        let bytes = format!("CASE WHEN {matches} = 1 THEN (SELECT {bytes} {from}) END");
        let explain = format!(
            "EXPLAIN SELECT {} FROM {name} s WHERE 1 = 0",
            read.join(", ")
        );
        let explain = Query::ours("looking at a table of salts", &explain, Vec::new());
        if let Err(error) = conn.rows(explain, |_| Ok(())).await {
            return Err(match error.class() {
                ErrorClass::Denied => StoreError::refused(
                    format!("this user may not read {}", other.label()),
                    grant_on(&name),
                ),
                _ => error,
            });
        }
        Ok(Self {
            bytes,
            matches: kind.words().integer(&matches),
            padding: types.padding(info),
            table: name,
        })
    }
}
