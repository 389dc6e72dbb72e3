//! PostgreSQL's catalogue and column types.

use super::divider_sql::{DividerSql, cut, moment_sql};
use super::info::width;
use super::info::{ColumnInfo, TableInfo, TypeFamily};
use super::key::KeyKind;
use super::key_column::{BatchType, KeyColumn};
use super::last_login::{LastLoginSql, UNREADABLE};
use super::padding::ColumnPadding;
use super::type_sql::{FlagSql, LabelledSql, NATIVE, TypeSql, number_flag};
use super::typed_login::{LoginClass, LoginSql, TypedLogin, TypedText};
use super::value::ValueSql;
use crate::store::sql::{Arg, Conn, Ident, Query, StoreError};

/// PostgreSQL's column types.
pub(super) struct PostgresTypes;

impl TypeSql for PostgresTypes {
    fn value(&self, info: &ColumnInfo, at: &str, encoding: &str) -> Option<ValueSql> {
        match info.family {
            TypeFamily::Text => Some(ValueSql::plain(format!(
                "convert_to({at}::text, '{encoding}')"
            ))),
            TypeFamily::Bytes => Some(ValueSql::plain(at.to_owned())),
            _ => None,
        }
    }

    fn key(&self, info: &ColumnInfo, ident: &Ident) -> Option<KeyColumn> {
        let (kind, cast) = match info.family {
            TypeFamily::Int => (KeyKind::Int, "int8"),
            TypeFamily::Uuid => (KeyKind::Text, "uuid"),
            TypeFamily::Text if info.base == "varchar" => (KeyKind::Text, "text"),
            TypeFamily::Text => (KeyKind::Text, info.base.as_str()),
            _ => return None,
        };
        let (read_as, param) = match kind {
            KeyKind::Int => ("int8", "?::int8".to_owned()),
            _ => ("text", format!("?::text::{cast}")),
        };
        Some(KeyColumn {
            select: format!("t.{ident}::{read_as}"),
            param,
            batch: match kind {
                KeyKind::Int => BatchType::Integer,
                _ if cast == "text" => BatchType::Text,
                _ => BatchType::Cast(cast.to_owned()),
            },
            ident: ident.clone(),
            kind,
        })
    }

    fn last_login(&self, info: &ColumnInfo, at: &str) -> Option<LastLoginSql> {
        // 'infinity' has no number; it is a time that can't be read. `extract` would compute in
        // decimal digits, which costs more than all the rest of a row.
        let millis = |moment: String| {
            LastLoginSql::Millis(format!(
                "CASE WHEN isfinite({at}) THEN (date_part('epoch', {moment}) * 1000)::int8 \
                 WHEN {at} IS NOT NULL THEN {UNREADABLE}::int8 END"
            ))
        };
        Some(match info.family {
            TypeFamily::TimeWithZone => millis(at.to_owned()),
            TypeFamily::Time => millis(format!("({at})::timestamp")),
            TypeFamily::Int => LastLoginSql::Epoch(format!("{at}::int8")),
            TypeFamily::Text => LastLoginSql::Text(format!("{at}::text")),
            _ => return None,
        })
    }

    fn bytes(&self, info: &ColumnInfo, at: &str, encoding: &str) -> String {
        match info.family {
            TypeFamily::Bytes => at.to_owned(),
            // A cast to text drops the blanks behind a char(n), with which every program reads it.
            TypeFamily::Text if info.base == "bpchar" => format!("bpcharsend({at})"),
            _ => format!("convert_to({at}::text, '{encoding}')"),
        }
    }

    fn is_word(&self, _: &ColumnInfo, at: &str, word: &str) -> String {
        // A cast to text drops the blanks behind a char(n), which nobody writes into a list.
        format!("({at}::text COLLATE \"C\") = '{word}'")
    }

    fn padding(&self, info: &ColumnInfo) -> Option<ColumnPadding> {
        (info.base == "bpchar").then(|| ColumnPadding::AddsBlanks { chars: width(info) })
    }

    fn holds_text(&self, info: &ColumnInfo) -> bool {
        info.family == TypeFamily::Text
    }

    fn labelled(&self, parts: &LabelledSql<'_>) -> String {
        let LabelledSql {
            encoding,
            unlabelled,
            ..
        } = parts;
        let (v, l) = (
            format!("{}::text", parts.value),
            format!("{}::text", parts.label),
        );
        let (id, inner) = (
            format!("split_part({v}, '$', 2)"),
            format!("split_part({l}, '$', 1)"),
        );
        format!(
            "CASE WHEN {l} <> '' AND split_part({v}, '$', 1) = '' AND {id} IN {NATIVE} THEN convert_to('$' || {id} || '--' || {inner} \
             || substr({v}, length({id}) + 2) || substr({l}, length({inner}) + 1), '{encoding}') ELSE {unlabelled} END"
        )
    }

    fn flag(&self, info: &ColumnInfo, at: &str) -> Option<FlagSql> {
        match info.family {
            _ if info.base == "bool" => Some(FlagSql {
                is_set: format!("{at} IS TRUE"),
                set: "TRUE",
                unset: "FALSE",
            }),
            TypeFamily::Int | TypeFamily::Uint => Some(number_flag(at)),
            _ => None,
        }
    }

    fn divider(&self, info: &ColumnInfo, at: &str) -> Option<DividerSql> {
        match info.family {
            TypeFamily::Int => Some(DividerSql::Number(format!("{at}::int8"))),
            TypeFamily::Bool | TypeFamily::Enum => Some(DividerSql::Word(format!("{at}::text"))),
            TypeFamily::Text => Some(DividerSql::Word(cut(&format!("{at}::text")))),
            TypeFamily::TimeWithZone | TypeFamily::Time => moment_sql(self.last_login(info, at)?),
            _ => None,
        }
    }

    fn typed_login(&self, info: &ColumnInfo, at: &str, login: &str) -> TypedLogin {
        let is_own = info.family == TypeFamily::Text && info.domain.is_none();
        let condition = match info.family {
            TypeFamily::Int | TypeFamily::Uint => return TypedLogin::number(at, login),
            // citext is compared by its own rules, and only in its own type does its index serve.
            _ if is_own && info.base != "varchar" => format!("{at} = ?::text::{}", info.base),
            _ if is_own => format!("{at} = ?::text"),
            _ => format!("{at}::text = ?"),
        };
        let exact = TypedLogin::exact(condition, vec![Arg::Text(login.to_owned())], login);
        // Any other collation takes texts of the same bytes for equal, and no others.
        let collate = info.nondeterministic.as_ref();
        let collate = collate.map(|name| format!(" COLLATE {name}"));
        let of = match (info.base.as_str(), &collate) {
            // It compares small letters of the database's own collation.
            ("citext", _) if is_own => "lower(?::text)".to_owned(),
            ("bpchar", Some(collate)) => {
                format!("rtrim(?::text, ' '){collate}")
            }
            (_, Some(collate)) => format!("?::text{collate}"),
            ("bpchar", None) => "rtrim(?::text, ' ')".to_owned(),
            ("name", None) if is_own => "?::text::name::text".to_owned(),
            (_, None) => return exact,
        };
        exact.of_class(LoginClass::Sql(LoginSql {
            sql: format!("int8send(hashtextextended({of}, 0))"),
            args: vec![Arg::Text(login.to_owned())],
        }))
    }

    fn lowered_login(
        &self,
        info: &ColumnInfo,
        at: &str,
        TypedText { login, .. }: TypedText<'_>,
    ) -> Option<TypedLogin> {
        let lowercase = self.lowercase(info, at)?;
        // Which letters are small ones is for the column's collation to say.
        let collate = info.own_collation.as_ref();
        let collate = collate.map(|name| format!(" COLLATE {name}"));
        let typed = match info.base.as_str() {
            "bpchar" => "rtrim(?::text, ' ')",
            _ => "?::text",
        };
        let typed = format!("lower({typed}{})", collate.unwrap_or_default());
        let args = || vec![Arg::Text(login.to_owned())];
        let equal = LoginSql {
            sql: format!("{lowercase} = {typed}"),
            args: args(),
        };
        Some(TypedLogin {
            equal: Some(equal),
            class: LoginClass::Sql(LoginSql {
                sql: format!("int8send(hashtextextended({typed}, 0))"),
                args: args(),
            }),
        })
    }

    fn lowercase(&self, info: &ColumnInfo, at: &str) -> Option<String> {
        // citext is compared in small letters already.
        (info.family == TypeFamily::Text && info.base != "citext")
            .then(|| format!("lower({at}::text)"))
    }
}

/// A table's schema, its name, and what it is.
const TABLE: &str = "SELECT n.nspname::text, c.relname::text, CASE c.relkind WHEN 'r' THEN 'table' WHEN 'p' THEN 'partitioned table' WHEN 'v' THEN 'view' \
    WHEN 'm' THEN 'materialized view' WHEN 'f' THEN 'foreign table' ELSE 'relation of kind ' || c.relkind::text END \
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = to_regclass(?)";

/// A table's columns in their order. A domain is followed to the type that it is made of.
const COLUMNS: &str = "WITH RECURSIVE base(num, oid, typmod, domain) AS ( \
      SELECT a.attnum, a.atttypid, a.atttypmod, NULL::text COLLATE \"C\" FROM pg_attribute a WHERE a.attrelid = to_regclass(?) AND a.attnum > 0 AND NOT a.attisdropped \
      UNION ALL \
      SELECT b.num, t.typbasetype, t.typtypmod, coalesce(b.domain, t.typname::text COLLATE \"C\") FROM base b JOIN pg_type t ON t.oid = b.oid WHERE t.typtype = 'd') \
    SELECT a.attname::text, format_type(a.atttypid, a.atttypmod), t.typname::text, \
      CASE WHEN t.typname IN ('varchar', 'bpchar') AND b.typmod > 4 THEN (b.typmod - 4)::int8 END, \
      (NOT a.attnotnull)::int::int8, co.collname::text, CASE WHEN co.collname <> 'default' THEN quote_ident(cn.nspname) || '.' || quote_ident(co.collname) END, (a.attgenerated <> '')::int::int8, b.domain, \
      has_column_privilege(a.attrelid, a.attnum, 'SELECT')::int::int8, t.typtype::text, (NOT coalesce(co.collisdeterministic, true))::int::int8 \
    FROM pg_attribute a JOIN base b ON b.num = a.attnum JOIN pg_type t ON t.oid = b.oid AND t.typtype <> 'd' \
    LEFT JOIN pg_collation co ON co.oid = a.attcollation LEFT JOIN pg_namespace cn ON cn.oid = co.collnamespace \
    WHERE a.attrelid = to_regclass(?) ORDER BY a.attnum";

/// Looks a table up.
pub(super) async fn describe(
    conn: &mut Conn,
    schema: Option<&str>,
    table: &str,
) -> Result<Option<TableInfo>, StoreError> {
    let name = Ident::table(conn.kind(), schema, table)?.to_string();
    let args = vec![name.clone().into()];
    let found = conn
        .rows(Query::ours("looking the table up", TABLE, args), |r| {
            Ok((r.owned(0)?, r.owned(1)?, r.owned(2)?))
        })
        .await?;
    let Some((schema, table, what)) = found.into_iter().next() else {
        return Ok(None);
    };
    let args = vec![name.clone().into(), name.into()];
    let columns = conn
        .rows(
            Query::ours("reading the table's columns", COLUMNS, args),
            |r| {
                let base = r.owned(2)?;
                let family = match base.as_str() {
                    "int2" | "int4" | "int8" => TypeFamily::Int,
                    "text" | "varchar" | "bpchar" | "citext" | "name" => TypeFamily::Text,
                    "bytea" => TypeFamily::Bytes,
                    "uuid" => TypeFamily::Uuid,
                    "timestamptz" => TypeFamily::TimeWithZone,
                    "timestamp" | "date" => TypeFamily::Time,
                    "bool" => TypeFamily::Bool,
                    _ if r.text(10)? == Some("e") => TypeFamily::Enum,
                    _ => TypeFamily::Other,
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
                    nondeterministic: match r.number(11)? {
                        0 => None,
                        _ => r.text(6)?.map(str::to_owned),
                    },
                    own_collation: r.text(6)?.map(str::to_owned),
                    generated: r.number(7)? != 0,
                    lowercase_of: None,
                    on_update: false,
                    domain: r.text(8)?.map(str::to_owned),
                    readable: r.number(9)? != 0,
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

pub(super) async fn text_encoding(conn: &mut Conn) -> Result<&'static str, StoreError> {
    let ascii = conn
        .rows(
            Query::ours(
                "reading the encoding",
                "SELECT (current_setting('server_encoding') = 'SQL_ASCII')::int::int8",
                vec![],
            ),
            |r| r.number(0),
        )
        .await?;
    Ok(if ascii.first() == Some(&1) {
        "SQL_ASCII"
    } else {
        "UTF8"
    })
}
