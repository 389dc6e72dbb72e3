//! A companion that stands in another table: one row for each user.
//!
//! It is read by a subquery beside each row. Nothing is ever written there.

use super::catalog::{describe_table, types_of};
use super::padding::ColumnPadding;
use super::statement::condition;
use crate::config::OtherTable;
use crate::store::sql::{Conn, Ident, StoreError};

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
    /// `Refused`, with what to do, where the table or a column is missing.
    pub(super) async fn resolve(
        conn: &mut Conn,
        other: &OtherTable,
        to: JoinedTo<'_>,
    ) -> Result<Self, StoreError> {
        let kind = conn.kind();
        let schema = other.schema.as_deref().or(to.schema);
        let table = describe_table(conn, schema, &other.table).await?;
        let info = table.find(&other.column)?;
        let at = format!("s.{}", Ident::new(kind, &info.name)?);
        let types = types_of(kind);
        let bytes = types.bytes(info, &at, to.encoding);
        let mut conditions = Vec::new();
        for (name, own) in other.key.iter().zip(to.key) {
            let part = Ident::new(kind, &table.find(name)?.name)?;
            conditions.push(format!("s.{part} = t.{own}"));
        }
        if let Some(sql) = &other.where_sql {
            let place = format!("`where` of the table {}", other.table);
            conditions.push(condition(kind, &place, sql)?);
        }
        let schema = Some(table.schema.as_str()).filter(|_| kind.words().has_schemas);
        let name = Ident::table(kind, schema, &table.table)?;
        let from = format!("FROM {name} s WHERE {}", conditions.join(" AND "));
        let matches = format!("(SELECT COUNT(*) {from})");
        Ok(Self {
            bytes: format!("CASE WHEN {matches} = 1 THEN (SELECT {bytes} {from}) END"),
            matches: kind.words().integer(&matches),
            padding: types.padding(info),
            table: name,
        })
    }
}
