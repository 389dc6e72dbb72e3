//! A credential's column, resolved against the catalogue: the SQL fragments in which pages are read and written.
//!
//! Built once for a command; holds no connection. Whether the column is *fit* for a run is the preflight's question.

use super::catalog::describe_table;
use super::companion::{Known, Neighbour, NeighbourName, bytes_of};
use super::info::{ColumnInfo, TableInfo};
use super::key::KeyKind;
use super::key_column::{KeyColumn, key_column};
use super::label_column::MarkerSql;
use super::last_login::{LastLoginSql, last_login_sql};
use super::names;
use super::on_reset::OnResetSql;
use super::value::{ValueForm, postgres_encoding, value_sql};
use crate::config::Credential;
use crate::store::sql::{Conn, Ident, Kind, StoreError, is_one_expression, operators};

/// A credential's column and all that is needed to read and write it.
#[derive(Clone, Debug)]
pub struct Column {
    pub(crate) kind: Kind,
    /// The credential's name.
    pub credential: String,
    /// The table as the catalogue has it.
    pub table: TableInfo,
    pub(crate) table_ident: Ident,
    pub(crate) keys: Vec<KeyColumn>,
    /// The column as the catalogue has it.
    pub info: ColumnInfo,
    pub(crate) value: Ident,
    /// The stored bytes, as SQL over the alias `t`.
    pub(crate) bytes: String,
    /// The value as Unicode text, where that differs from its bytes.
    pub(crate) unicode: Option<String>,
    pub(crate) form: ValueForm,
    pub(crate) last_login: Option<LastLoginSql>,
    pub(crate) filter: Option<String>,
    pub(crate) except: Option<String>,
    pub(crate) preserve: Vec<Ident>,
    /// What a reset does beside the value.
    pub(crate) on_reset: OnResetSql,
    /// Where the marks of wrapped values stand in a column of their own.
    pub(crate) marker: Option<MarkerSql>,
    /// The credential's own neighbours, by name.
    pub(crate) known: Known,
    /// The neighbours that rows carry, as SQL for their bytes.
    pub(crate) beside: Vec<String>,
    /// PostgreSQL's name for the encoding in which text becomes bytes.
    pub(crate) encoding: &'static str,
}

impl Column {
    /// The same column, whose values are read as Unicode text where that differs from their bytes: passwords in the clear are compared
    /// with what a login sends.
    pub fn in_unicode(&self) -> Self {
        let mut column = self.clone();
        if let Some(unicode) = column.unicode.take() {
            column.bytes = unicode;
        }
        column
    }

    /// Looks the credential's table and columns up.
    ///
    /// # Errors
    /// `Refused`, with what to do, where the table or a column is missing or of a type that saltern can't read.
    pub async fn resolve(conn: &mut Conn, credential: &Credential) -> Result<Self, StoreError> {
        let kind = conn.kind();
        let table = describe_table(conn, credential.schema.as_deref(), &credential.table).await?;
        let find = |name: &str| table.find(name);
        let info = find(&credential.column)?.clone();
        let value = Ident::new(kind, &info.name)?;
        let at = format!("t.{value}");
        let encoding = if kind == Kind::Postgres {
            postgres_encoding(conn).await?
        } else {
            ""
        };
        let (mut bytes, mut unicode, form) = value_sql(kind, &info, &at, encoding)?;
        let marker = MarkerSql::resolve(kind, credential, &info, &table)?;
        if let Some(marker) = &marker {
            bytes = marker.together(kind, &at, encoding, &bytes);
            unicode = unicode.map(|sql| marker.together(kind, &at, encoding, &sql));
        }
        let keys = credential
            .key
            .iter()
            .map(|name| key_column(kind, find(name)?))
            .collect::<Result<Vec<_>, _>>()?;
        let last_login = credential
            .last_login
            .as_deref()
            .map(|name| last_login_sql(kind, find(name)?))
            .transpose()?;
        for name in [
            &credential.login,
            &credential.username,
            &credential.salt,
            &credential.salt2,
        ]
        .into_iter()
        .flatten()
        {
            find(name)?;
        }
        let preserve = credential
            .preserve
            .iter()
            .map(|name| Ident::new(kind, &find(name)?.name))
            .collect::<Result<Vec<_>, _>>()?;
        // The schema as configured: an unqualified name keeps its meaning for the server's own search path.
        let table_ident = Ident::table(
            kind,
            if kind == Kind::Sqlite {
                None
            } else {
                Some(&table.schema)
            },
            &table.table,
        )?;
        Ok(Self {
            kind,
            credential: credential.name.clone(),
            table_ident,
            keys,
            value,
            bytes,
            unicode,
            form,
            last_login,
            filter: condition(kind, "where", credential.where_sql.as_deref())?,
            except: condition(kind, "except", credential.except_sql.as_deref())?,
            preserve,
            on_reset: OnResetSql::resolve(kind, credential, &table)?,
            marker,
            known: Known::of(credential),
            beside: Vec::new(),
            encoding,
            info,
            table,
        })
    }

    /// The kinds of the key's parts.
    pub fn key_kinds(&self) -> Vec<KeyKind> {
        self.keys.iter().map(|k| k.kind).collect()
    }

    /// The name under which the column is locked in the ledger: schema, table and column, each exact.
    pub fn lock_name(&self) -> String {
        serde_json::to_string(&[&self.table.schema, &self.table.table, &self.info.name])
            .expect("strings can always be written as JSON")
    }

    /// The columns of a page's SELECT: key parts, value bytes, then what else was asked for.
    pub(crate) fn key_select(&self) -> String {
        self.keys
            .iter()
            .map(|k| k.select.as_str())
            .collect::<Vec<_>>()
            .join(", ")
    }

    /// `ORDER BY` the key, in its own order.
    pub(crate) fn order(&self) -> String {
        self.keys
            .iter()
            .map(|k| format!("t.{}", k.ident))
            .collect::<Vec<_>>()
            .join(", ")
    }

    /// A condition that compares the key with bound parts, and how many times each part is bound, by position.
    pub(crate) fn compare(&self, op: Compare) -> (String, Vec<usize>) {
        let single = |i: usize, sign: &str| {
            format!("t.{} {sign} {}", self.keys[i].ident, self.keys[i].param)
        };
        let last = self.keys.len() - 1;
        if last == 0 {
            return (single(0, op.sign()), vec![0]);
        }
        if self.kind != Kind::MySql {
            let names: Vec<String> = self.keys.iter().map(|k| format!("t.{}", k.ident)).collect();
            let params: Vec<&str> = self.keys.iter().map(|k| k.param.as_str()).collect();
            return (
                format!(
                    "({}) {} ({})",
                    names.join(", "),
                    op.sign(),
                    params.join(", ")
                ),
                (0..=last).collect(),
            );
        }
        // MySQL and MariaDB read the whole index for a row constructor. In this form every part is a range of the index; without
        // the `=` they would read all rows that have the bound's first part.
        let mut sql = single(last, op.sign());
        let mut bound = vec![last];
        for i in (0..last).rev() {
            sql = format!(
                "{} AND ({} OR ({} AND {sql}))",
                single(i, op.or_equal()),
                single(i, op.strict()),
                single(i, "=")
            );
            bound.splice(0..0, [i, i, i]);
        }
        (format!("({sql})"), bound)
    }
}

fn condition(kind: Kind, key: &str, sql: Option<&str>) -> Result<Option<String>, StoreError> {
    let Some(sql) = sql else { return Ok(None) };
    if !is_one_expression(kind, sql) {
        return Err(StoreError::refused(
            format!("`{key}` is not one SQL expression"),
            "write one condition, its parentheses, quotes and comments closed, without a semicolon",
        ));
    }
    Ok(Some(operators(kind, sql)))
}

/// How a key is compared with a bound.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Compare {
    /// Behind the bound.
    After,
    /// At the bound or before it.
    UpTo,
}

impl Compare {
    fn sign(self) -> &'static str {
        match self {
            Self::After => ">",
            Self::UpTo => "<=",
        }
    }

    fn strict(self) -> &'static str {
        match self {
            Self::After => ">",
            Self::UpTo => "<",
        }
    }

    fn or_equal(self) -> &'static str {
        match self {
            Self::After => ">=",
            Self::UpTo => "<=",
        }
    }
}

impl Column {
    /// The same column, whose rows carry these neighbours too, by their positions in `wanted`. One that the credential doesn't name is
    /// none in every row.
    ///
    /// # Errors
    /// `Refused` where the table has no column of that name.
    pub fn beside(&self, wanted: &[Neighbour]) -> Result<Self, StoreError> {
        let beside = wanted
            .iter()
            .map(|neighbour| match neighbour.name(&self.known) {
                Some(name) => self.neighbour_sql(name),
                None => Ok("NULL".to_owned()),
            })
            .collect::<Result<_, _>>()?;
        Ok(Self {
            beside,
            ..self.clone()
        })
    }

    /// The columns that may have gone into a digest, by what they are called.
    pub fn neighbour_names(&self, credential: &Credential) -> Vec<NeighbourName> {
        let others = self
            .table
            .columns
            .iter()
            .filter(|c| c.name != self.info.name);
        others
            .map(|c| NeighbourName {
                name: c.name.clone(),
                is_salt: names::is_salt(&c.name),
                is_name: names::is_user_name(&c.name),
                is_id: names::is_id(&c.name) || credential.key.contains(&c.name),
            })
            .filter(|c| c.is_salt || c.is_name || c.is_id || self.known.names(&c.name))
            .collect()
    }

    fn neighbour_sql(&self, name: &str) -> Result<String, StoreError> {
        let info = self.table.find(name)?;
        let at = format!("t.{}", Ident::new(self.kind, &info.name)?);
        Ok(bytes_of(self.kind, info, &at, self.encoding))
    }
}
