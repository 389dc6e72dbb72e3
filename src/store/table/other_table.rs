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
    /// Its name.
    pub(super) table: &'a Ident,
    /// Its schema, where another table is looked for too.
    pub(super) schema: Option<&'a str>,
    /// Its key's columns.
    pub(super) key: &'a [Ident],
    /// PostgreSQL's name for the encoding.
    pub(super) encoding: &'a str,
}

/// What the server says of a statement that reads no row.
///
/// It is the statement itself: MySQL explains none over a view without a right of its own.
async fn probe(conn: &mut Conn, sql: &str) -> Result<Result<(), StoreError>, StoreError> {
    let query = Query::of_values("looking at a table of salts", sql, Vec::new());
    match conn.rows(query, |_| Ok(())).await {
        Err(error) if error.is_transient() => Err(error),
        answer => Ok(answer.map(drop)),
    }
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
        let mut joins = Vec::new();
        let mut read = vec![at.clone()];
        for (name, own) in other.key.iter().zip(to.key) {
            let part = Ident::new(kind, &table.find(name)?.name)?;
            joins.push(format!("s.{part} = t.{own}"));
            read.push(format!("s.{part}"));
        }
        let place = format!("`where` of the table {}", other.table);
        let filter = other.where_sql.as_deref();
        let filter = filter.map(|sql| condition(kind, &place, sql)).transpose()?;
        let schema = Some(table.schema.as_str()).filter(|_| kind.words().has_schemas);
        let name = Ident::table(kind, schema, &table.table)?;
        let both = format!("FROM {name} s, {} t WHERE 1 = 0", to.table);
        let may_not_read = |what: String| StoreError::refused(what, grant_on(&name));
        let values = format!("SELECT {} FROM {name} s WHERE 1 = 0", read.join(", "));
        match probe(conn, &values).await? {
            Err(error) if error.class() == ErrorClass::Denied => {
                let what = format!("this user may not read {}", other.label());
                return Err(may_not_read(what));
            }
            Err(error) => return Err(error),
            Ok(()) => {}
        }
        let join = format!("SELECT 1 {both} AND {}", joins.join(" AND "));
        match probe(conn, &join).await? {
            Err(error) if error.class() == ErrorClass::Denied => {
                return Err(StoreError::refused(
                    format!("this user may not read the key of {}", to.table),
                    grant_on(to.table),
                ));
            }
            Err(error) => {
                return Err(StoreError::refused(
                    format!(
                        "`key` of the table {} can't be compared with the key of {}: {error}",
                        other.table, to.table
                    ),
                    "both need the same type and collation: name a view of that table, with the column cast to the type of the user table's key",
                ));
            }
            Ok(()) => {}
        }
        // What else may be wrong with it is told where the rows are read.
        if let Some(filter) = &filter
            && let Err(error) = probe(conn, &format!("SELECT 1 {both} AND ({filter})")).await?
            && error.class() == ErrorClass::Denied
        {
            return Err(may_not_read(format!(
                "this user may not read what {place} names"
            )));
        }
        let conditions: Vec<String> = joins.into_iter().chain(filter).collect();
        let from = format!("FROM {name} s WHERE {}", conditions.join(" AND "));
        let matches = format!("(SELECT COUNT(*) {from})");
        let bytes = format!("CASE WHEN {matches} = 1 THEN (SELECT {bytes} {from}) END");
        Ok(Self {
            bytes,
            matches: kind.words().integer(&matches),
            padding: types.padding(info),
            table: name,
        })
    }
}
