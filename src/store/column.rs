//! A credential's column, resolved against the catalogue: the SQL fragments in which pages are read and written.
//!
//! Built once for a command; holds no connection. Whether the column is *fit* for a run is the preflight's question.

use super::conn::{Conn, Kind};
use super::describe::{ColumnInfo, Family, TableInfo, describe_table};
use super::error::{Quote, StoreError};
use super::key::KeyKind;
use super::marker::MarkerSql;
use super::neighbour::Known;
use super::on_reset::OnResetSql;
use super::sql::{Ident, is_one_expression, operators};
use crate::config::Credential;

/// One key column.
#[derive(Clone, Debug)]
pub(crate) struct KeyColumn {
    pub(crate) ident: Ident,
    pub(crate) kind: KeyKind,
    /// How it is selected.
    pub(crate) select: String,
    /// How a bound parameter is compared with it.
    pub(crate) param: String,
    /// Its type inside a page's batch: an array element's cast on PostgreSQL, a column of JSON_TABLE on MySQL.
    pub(crate) batch: String,
}

/// How the last login is read.
#[derive(Clone, Debug)]
pub(crate) enum LastLoginSql {
    /// An integer expression in milliseconds.
    Millis(String),
    /// An integer column: seconds or milliseconds.
    Epoch(String),
    /// Text to be parsed.
    Text(String),
}

/// How a stored value goes in and out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ValueForm {
    /// Text, or bytes that hold text.
    Plain,
    /// MySQL's BINARY(n): padded with NUL, which belongs to the column and not to the value.
    NulPadded,
}

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

async fn postgres_encoding(conn: &mut Conn) -> Result<&'static str, StoreError> {
    let ascii = conn
        .rows(
            "reading the encoding",
            Quote::Message,
            "SELECT (current_setting('server_encoding') = 'SQL_ASCII')::int::int8",
            vec![],
            |r| r.number(0),
        )
        .await?;
    Ok(if ascii.first() == Some(&1) {
        "SQL_ASCII"
    } else {
        "UTF8"
    })
}

fn value_sql(
    kind: Kind,
    info: &ColumnInfo,
    at: &str,
    encoding: &str,
) -> Result<(String, Option<String>, ValueForm), StoreError> {
    let unfit = || {
        StoreError::refused(
            format!(
                "column {} is of type {}, which can't hold a password hash",
                info.name, info.declared
            ),
            "name a column of a text or binary type",
        )
    };
    if matches!(
        info.charset.as_deref(),
        Some("ucs2" | "utf16" | "utf16le" | "utf32")
    ) {
        return Err(StoreError::refused(
            format!(
                "column {} has the character set {}, in which ASCII text is other bytes",
                info.name,
                info.charset.as_deref().unwrap_or_default()
            ),
            "change the column to utf8mb4 or ascii",
        ));
    }
    Ok(match (kind, info.family) {
        (Kind::Postgres, Family::Text) => (
            format!("convert_to({at}::text, '{encoding}')"),
            None,
            ValueForm::Plain,
        ),
        (Kind::Postgres, Family::Bytes) => (at.to_owned(), None, ValueForm::Plain),
        (Kind::MySql, Family::Text) => {
            let same = matches!(
                info.charset.as_deref(),
                Some("utf8mb4" | "utf8mb3" | "utf8" | "ascii")
            );
            (
                format!("CAST({at} AS BINARY)"),
                (!same).then(|| format!("CONVERT({at} USING utf8mb4)")),
                ValueForm::Plain,
            )
        }
        (Kind::MySql, Family::Bytes) => (format!("CAST({at} AS BINARY)"), None, ValueForm::Plain),
        (Kind::MySql, Family::FixedBytes) => {
            (format!("CAST({at} AS BINARY)"), None, ValueForm::NulPadded)
        }
        (Kind::Sqlite, Family::Text | Family::Bytes | Family::Any | Family::Int) => {
            (format!("CAST({at} AS BLOB)"), None, ValueForm::Plain)
        }
        _ => return Err(unfit()),
    })
}

fn key_column(kind: Kind, info: &ColumnInfo) -> Result<KeyColumn, StoreError> {
    let ident = Ident::new(kind, &info.name)?;
    let at = format!("t.{ident}");
    let unfit = || {
        StoreError::refused(
            format!("key column {} is of type {}", info.name, info.declared),
            "a key is made of 64-bit integers, uuid or text; name such a unique key in `key`",
        )
    };
    let own = |k: KeyKind, select: String, param: &str, batch: &str| KeyColumn {
        ident: ident.clone(),
        kind: k,
        select,
        param: param.to_owned(),
        batch: batch.to_owned(),
    };
    Ok(match (kind, info.family) {
        (Kind::Postgres, Family::Int) => {
            own(KeyKind::Int, format!("{at}::int8"), "?::int8", "int8")
        }
        (Kind::Postgres, Family::Uuid) => own(
            KeyKind::Text,
            format!("{at}::text"),
            "?::text::uuid",
            "uuid",
        ),
        (Kind::Postgres, Family::Text) => {
            let cast = if info.base == "varchar" {
                "text"
            } else {
                info.base.as_str()
            };
            own(
                KeyKind::Text,
                format!("{at}::text"),
                &format!("?::text::{cast}"),
                cast,
            )
        }
        (Kind::MySql, Family::Int) => {
            own(KeyKind::Int, format!("CAST({at} AS SIGNED)"), "?", "BIGINT")
        }
        (Kind::MySql, Family::Uint) => own(
            KeyKind::Uint,
            format!("CAST({at} AS UNSIGNED)"),
            "?",
            "BIGINT UNSIGNED",
        ),
        (Kind::MySql, Family::Uuid) => own(
            KeyKind::Text,
            format!("CAST({at} AS CHAR)"),
            "CAST(? AS UUID)",
            "UUID",
        ),
        (Kind::MySql, Family::Text) => {
            let (charset, collation) = info
                .charset
                .as_deref()
                .zip(info.collation.as_deref())
                .ok_or_else(unfit)?;
            let len = info.max_len.unwrap_or(255).clamp(1, 3072);
            own(
                KeyKind::Text,
                format!("CONVERT({at} USING utf8mb4)"),
                &format!("CONVERT(? USING {charset}) COLLATE {collation}"),
                &format!("VARCHAR({len}) CHARACTER SET {charset} COLLATE {collation}"),
            )
        }
        (Kind::MySql, Family::FixedBytes | Family::Bytes) => own(KeyKind::Bytes, at, "?", "HEX"),
        // SQLite lets any column hold any type: a key of another one is read as NULL, which is refused, and never as 0 or "".
        (Kind::Sqlite, Family::Int) => own(KeyKind::Int, typed(&at, "integer"), "?", ""),
        (Kind::Sqlite, Family::Text) => own(KeyKind::Text, typed(&at, "text"), "?", ""),
        (Kind::Sqlite, Family::Bytes) => own(KeyKind::Bytes, typed(&at, "blob"), "?", "HEX"),
        _ => return Err(unfit()),
    })
}

fn typed(at: &str, storage: &str) -> String {
    format!("CASE typeof({at}) WHEN '{storage}' THEN {at} END")
}

fn last_login_sql(kind: Kind, info: &ColumnInfo) -> Result<LastLoginSql, StoreError> {
    let at = format!("t.{}", Ident::new(kind, &info.name)?);
    Ok(match (kind, info.family) {
        // 'infinity' has no number; it is a time that can't be read.
        (Kind::Postgres, Family::TimeWithZone) => LastLoginSql::Millis(format!(
            "CASE WHEN isfinite({at}) THEN (extract(epoch FROM {at}) * 1000)::int8 WHEN {at} IS NOT NULL THEN {UNREADABLE}::int8 END"
        )),
        (Kind::Postgres, Family::Time) => LastLoginSql::Millis(format!(
            "CASE WHEN isfinite({at}) THEN (extract(epoch FROM ({at})::timestamp AT TIME ZONE 'UTC') * 1000)::int8 WHEN {at} IS NOT NULL THEN {UNREADABLE}::int8 END"
        )),
        (Kind::Postgres, Family::Int) => LastLoginSql::Epoch(format!("{at}::int8")),
        (Kind::Postgres, Family::Text) => LastLoginSql::Text(format!("{at}::text")),
        // A zero date ('0000-00-00') has no number either.
        (Kind::MySql, Family::Time) => LastLoginSql::Millis(format!(
            "CASE WHEN {at} IS NULL THEN NULL ELSE COALESCE(CAST(TIMESTAMPDIFF(MICROSECOND, '1970-01-01', {at}) DIV 1000 AS SIGNED), {UNREADABLE}) END"
        )),
        (Kind::MySql, Family::TimeWithZone) => {
            // Its zero date has the number 0, which no other has.
            LastLoginSql::Millis(format!(
                "CASE WHEN UNIX_TIMESTAMP({at}) = 0 THEN {UNREADABLE} ELSE CAST(UNIX_TIMESTAMP({at}) * 1000 AS SIGNED) END"
            ))
        }
        (Kind::MySql, Family::Int | Family::Uint) => {
            LastLoginSql::Epoch(format!("CAST({at} AS SIGNED)"))
        }
        (Kind::MySql, Family::Text) => LastLoginSql::Text(format!("CONVERT({at} USING utf8mb4)")),
        (Kind::Sqlite, _) => LastLoginSql::Text(format!("CAST({at} AS TEXT)")),
        _ => {
            return Err(StoreError::refused(
                format!(
                    "last_login column {} is of type {}",
                    info.name, info.declared
                ),
                "name a timestamp, an ISO text or an epoch column, or leave `last_login` out",
            ));
        }
    })
}

/// What an expression answers for a time that is there and can't be read.
pub(crate) const UNREADABLE: i64 = i64::MIN + 1;
