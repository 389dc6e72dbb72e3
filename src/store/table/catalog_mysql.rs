//! The catalogue and column types of MySQL and MariaDB.

use super::divider_sql::{DividerSql, cut, moment_sql};
use super::info::width;
use super::info::{ColumnInfo, TableInfo, TypeFamily};
use super::key::{KeyKind, hex};
use super::key_column::{BatchType, KeyColumn};
use super::last_login::{LastLoginSql, UNREADABLE};
use super::padding::ColumnPadding;
use super::type_sql::{FlagSql, LabelledSql, NATIVE, TypeSql, number_flag};
use super::typed_login::{LoginClass, LoginSql, TypedLogin, TypedText};
use super::value::ValueSql;
use crate::store::sql::{Arg, Conn, Ident, Query, StoreError};

/// The column types of MySQL and MariaDB.
pub(super) struct MySqlTypes;

impl TypeSql for MySqlTypes {
    fn value(&self, info: &ColumnInfo, at: &str, _: &str) -> Option<ValueSql> {
        let bytes = format!("CAST({at} AS BINARY)");
        Some(match info.family {
            TypeFamily::Text => {
                let same = matches!(
                    info.charset.as_deref(),
                    Some("utf8mb4" | "utf8mb3" | "utf8" | "ascii")
                );
                ValueSql {
                    unicode: (!same).then(|| format!("CONVERT({at} USING utf8mb4)")),
                    ..ValueSql::plain(bytes)
                }
            }
            TypeFamily::Bytes => ValueSql::plain(bytes),
            TypeFamily::FixedBytes => ValueSql::padded(bytes),
            _ => return None,
        })
    }

    fn key(&self, info: &ColumnInfo, ident: &Ident) -> Option<KeyColumn> {
        let at = format!("t.{ident}");
        let own = |kind: KeyKind, select: String, param: &str, batch: BatchType| KeyColumn {
            ident: ident.clone(),
            kind,
            select,
            param: param.to_owned(),
            batch,
        };
        Some(match info.family {
            TypeFamily::Int => own(
                KeyKind::Int,
                format!("CAST({at} AS SIGNED)"),
                "?",
                BatchType::Cast("BIGINT".to_owned()),
            ),
            TypeFamily::Uint => own(
                KeyKind::Uint,
                format!("CAST({at} AS UNSIGNED)"),
                "?",
                BatchType::Cast("BIGINT UNSIGNED".to_owned()),
            ),
            TypeFamily::Uuid => own(
                KeyKind::Text,
                format!("CAST({at} AS CHAR)"),
                "CAST(? AS UUID)",
                BatchType::Uuid,
            ),
            TypeFamily::Text => {
                let (charset, collation) =
                    info.charset.as_deref().zip(info.collation.as_deref())?;
                let len = info.max_len.unwrap_or(255).clamp(1, 3072);
                own(
                    KeyKind::Text,
                    format!("CONVERT({at} USING utf8mb4)"),
                    &format!("CONVERT(? USING {charset}) COLLATE {collation}"),
                    BatchType::Cast(format!(
                        "VARCHAR({len}) CHARACTER SET {charset} COLLATE {collation}"
                    )),
                )
            }
            TypeFamily::FixedBytes | TypeFamily::Bytes => {
                own(KeyKind::Bytes, at, "?", BatchType::Hex)
            }
            _ => return None,
        })
    }

    fn last_login(&self, info: &ColumnInfo, at: &str) -> Option<LastLoginSql> {
        Some(match info.family {
            // A zero date ('0000-00-00') has no number.
            TypeFamily::Time => LastLoginSql::Millis(format!(
                "CASE WHEN {at} IS NULL THEN NULL ELSE COALESCE(CAST(TIMESTAMPDIFF(MICROSECOND, '1970-01-01', {at}) DIV 1000 AS SIGNED), {UNREADABLE}) END"
            )),
            // Its zero date has the number 0, which no other has.
            TypeFamily::TimeWithZone => LastLoginSql::Millis(format!(
                "CASE WHEN UNIX_TIMESTAMP({at}) = 0 THEN {UNREADABLE} ELSE CAST(UNIX_TIMESTAMP({at}) * 1000 AS SIGNED) END"
            )),
            TypeFamily::Int | TypeFamily::Uint => {
                LastLoginSql::Epoch(format!("CAST({at} AS SIGNED)"))
            }
            TypeFamily::Text => LastLoginSql::Text(format!("CONVERT({at} USING utf8mb4)")),
            _ => return None,
        })
    }

    fn bytes(&self, info: &ColumnInfo, at: &str, _: &str) -> String {
        match info.family {
            TypeFamily::Bytes | TypeFamily::FixedBytes => format!("CAST({at} AS BINARY)"),
            TypeFamily::Text => format!("CAST(CONVERT({at} USING utf8mb4) AS BINARY)"),
            _ => format!("CAST(CAST({at} AS CHAR CHARACTER SET utf8mb4) AS BINARY)"),
        }
    }

    fn is_word(&self, info: &ColumnInfo, at: &str, word: &str) -> String {
        format!("{} = X'{}'", self.bytes(info, at, ""), hex(word.as_bytes()))
    }

    fn padding(&self, info: &ColumnInfo) -> Option<ColumnPadding> {
        match info.base.as_str() {
            "char" => Some(ColumnPadding::TakesBlanksOff { chars: width(info) }),
            "binary" => Some(ColumnPadding::AddsNuls { bytes: width(info) }),
            _ => None,
        }
    }

    fn holds_text(&self, info: &ColumnInfo) -> bool {
        info.family == TypeFamily::Text && !info.has_wide_charset()
    }

    fn labelled(&self, parts: &LabelledSql<'_>) -> String {
        let unlabelled = parts.unlabelled;
        let (v, l) = (
            format!("CAST({} AS BINARY)", parts.value),
            format!("CAST({} AS BINARY)", parts.label),
        );
        let (front, inner) = (
            format!("SUBSTRING_INDEX({v}, '$', 2)"),
            format!("SUBSTRING_INDEX({l}, '$', 1)"),
        );
        format!(
            "CASE WHEN {l} <> '' AND SUBSTRING_INDEX({v}, '$', 1) = '' AND SUBSTRING_INDEX({front}, '$', -1) IN {NATIVE} THEN \
             CONCAT({front}, '--', {inner}, SUBSTRING({v}, LENGTH({front}) + 1), SUBSTRING({l}, LENGTH({inner}) + 1)) ELSE {unlabelled} END"
        )
    }

    fn flag(&self, info: &ColumnInfo, at: &str) -> Option<FlagSql> {
        matches!(info.family, TypeFamily::Int | TypeFamily::Uint).then(|| number_flag(at))
    }

    fn divider(&self, info: &ColumnInfo, at: &str) -> Option<DividerSql> {
        match info.family {
            TypeFamily::Int => Some(DividerSql::Number(format!("CAST({at} AS SIGNED)"))),
            TypeFamily::Uint => Some(DividerSql::Number(format!(
                "CAST(LEAST({at}, 9223372036854775807) AS SIGNED)"
            ))),
            TypeFamily::Text | TypeFamily::Enum => Some(DividerSql::Word(cut(&format!(
                "CONVERT({at} USING utf8mb4)"
            )))),
            TypeFamily::TimeWithZone | TypeFamily::Time => moment_sql(self.last_login(info, at)?),
            _ => None,
        }
    }

    fn typed_login(&self, info: &ColumnInfo, at: &str, login: &str) -> TypedLogin {
        let text = || Arg::Text(login.to_owned());
        match (info.family, &info.charset, &info.collation) {
            // MySQL would take "1x" for 1.
            (TypeFamily::Int | TypeFamily::Uint, ..) => TypedLogin::number(at, login),
            (TypeFamily::Text | TypeFamily::Enum, Some(charset), Some(collation)) => {
                collated_login(at, (login, AS_TYPED), (charset, collation))
            }
            // It is compared as bytes.
            (TypeFamily::Bytes | TypeFamily::FixedBytes, ..) => {
                TypedLogin::exact(format!("{at} = ?"), vec![text()], login)
            }
            // MariaDB reads hex digits of either case, with hyphens or without.
            (TypeFamily::Uuid, ..) => {
                let digits = login.bytes().filter(u8::is_ascii_hexdigit);
                let class = digits.map(|byte| byte.to_ascii_lowercase()).collect();
                TypedLogin::exact(format!("{at} = ?"), vec![text()], login)
                    .of_class(LoginClass::Bytes(class))
            }
            // Many texts are one number or one day. The one in which it is written out counts.
            _ => TypedLogin::exact(
                format!(
                    "{at} = ? AND CAST(CAST({at} AS CHAR CHARACTER SET utf8mb4) AS BINARY) = CAST(CONVERT(? USING utf8mb4) AS BINARY)"
                ),
                vec![text(), text()],
                login,
            ),
        }
    }

    fn lowered_login(
        &self,
        info: &ColumnInfo,
        at: &str,
        TypedText { login, lowered }: TypedText<'_>,
    ) -> Option<TypedLogin> {
        let lowercase = self.lowercase(info, at)?;
        let lowercase = lowered.unwrap_or(&lowercase);
        let collated = (info.charset.as_deref()?, info.collation.as_deref()?);
        Some(collated_login(lowercase, (login, LOWERED), collated))
    }

    fn lowercase(&self, info: &ColumnInfo, at: &str) -> Option<String> {
        // Most collations take big and small letters for the same already.
        let collation = info.collation.as_ref()?;
        let tells = ["_bin", "_cs"].iter().any(|end| collation.ends_with(end));
        (info.family == TypeFamily::Text && tells).then(|| format!("LOWER({at})"))
    }
}

/// What is made of a typed text before it is compared.
type Folded = fn(String) -> String;

const AS_TYPED: Folded = |text| text;
const LOWERED: Folded = |text| format!("LOWER({text})");

/// The column of which a generated one is the lowercase, as the catalogue writes it.
fn lowercase_of(expression: &str) -> Option<String> {
    let expression = expression.trim().trim_start_matches('(');
    let name = ["lower(`", "lcase(`"].iter().find_map(|function| {
        let head = expression.get(..function.len())?;
        head.eq_ignore_ascii_case(function)
            .then(|| &expression[function.len()..])
    })?;
    let name = name.trim_end_matches(')').strip_suffix('`')?;
    (!name.contains('`')).then(|| name.to_owned())
}

/// Blanks behind a login, and the bytes of its weights that are kept.
///
/// Most collations take a text for equal to the same with blanks behind it. So many blanks are put
/// behind it that the bytes that are kept are full in any case; a blank has one byte or more.
const WEIGHT_BYTES: usize = 1024;

/// A login in a column of a charset and a collation.
///
/// A character that the charset doesn't have becomes a question mark. So the text's other
/// characters are counted. Without the conversion the server refuses the comparison as a mix of
/// collations, and MySQL refuses to convert what is bound before it is cast.
fn collated_login(
    at: &str,
    (login, folded): (&str, Folded),
    (charset, collation): (&str, &str),
) -> TypedLogin {
    let text = || Arg::Text(login.to_owned());
    let converted = format!("CONVERT(CAST(? AS CHAR CHARACTER SET utf8mb4) USING {charset})");
    let typed = folded(format!("{converted} COLLATE {collation}"));
    let others = login.chars().filter(|c| *c != '?').count();
    let others = Arg::Int(i64::try_from(others).unwrap_or(i64::MAX));
    TypedLogin {
        equal: Some(LoginSql {
            sql: format!(
                "{at} = {typed} AND CHAR_LENGTH(REPLACE(CONVERT({converted} USING utf8mb4), '?', '')) = ?"
            ),
            args: vec![text(), text(), others],
        }),
        class: LoginClass::Sql(LoginSql {
            sql: format!(
                "CAST(LEFT(WEIGHT_STRING(CONCAT({typed}, REPEAT(' ', {WEIGHT_BYTES}))), {WEIGHT_BYTES}) AS BINARY)"
            ),
            args: vec![text()],
        }),
    }
}

/// A table's schema, its name, and what it is.
const TABLE: &str = "SELECT CAST(TABLE_SCHEMA AS CHAR), CAST(TABLE_NAME AS CHAR), LOWER(CAST(TABLE_TYPE AS CHAR)) FROM information_schema.TABLES \
    WHERE TABLE_SCHEMA = COALESCE(?, DATABASE()) AND BINARY TABLE_NAME = ?";

/// A table's columns in their order.
const COLUMNS: &str = "SELECT CAST(COLUMN_NAME AS CHAR), CAST(COLUMN_TYPE AS CHAR), LOWER(CAST(DATA_TYPE AS CHAR)), CAST(CHARACTER_MAXIMUM_LENGTH AS SIGNED), \
      CASE WHEN IS_NULLABLE = 'YES' THEN 1 ELSE 0 END, CAST(CHARACTER_SET_NAME AS CHAR), CAST(COLLATION_NAME AS CHAR), LOWER(CAST(EXTRA AS CHAR)), \
      CASE WHEN FIND_IN_SET('select', CAST(PRIVILEGES AS CHAR)) > 0 THEN 1 ELSE 0 END, CAST(GENERATION_EXPRESSION AS CHAR) \
    FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = ? AND TABLE_NAME = ? AND BINARY TABLE_NAME = ? ORDER BY ORDINAL_POSITION";

/// Looks a table up.
pub(super) async fn describe(
    conn: &mut Conn,
    schema: Option<&str>,
    table: &str,
) -> Result<Option<TableInfo>, StoreError> {
    let args = vec![schema.into(), table.into()];
    let found = conn
        .rows(Query::ours("looking the table up", TABLE, args), |r| {
            Ok((r.owned(0)?, r.owned(1)?, r.owned(2)?))
        })
        .await?;
    let Some((schema, table, what)) = found.into_iter().next() else {
        return Ok(None);
    };
    let what = if what == "base table" {
        "table".to_owned()
    } else {
        what
    };
    let args = vec![
        schema.clone().into(),
        table.clone().into(),
        table.clone().into(),
    ];
    let columns = conn
        .rows(
            Query::ours("reading the table's columns", COLUMNS, args),
            |r| {
                let declared = r.owned(1)?;
                let base = r.owned(2)?;
                let extra = r.text(7)?.unwrap_or_default().to_owned();
                let family = match base.as_str() {
                    "tinyint" | "smallint" | "mediumint" | "int" | "bigint"
                        if declared.contains("unsigned") =>
                    {
                        TypeFamily::Uint
                    }
                    "tinyint" | "smallint" | "mediumint" | "int" | "bigint" => TypeFamily::Int,
                    "char" | "varchar" | "tinytext" | "text" | "mediumtext" | "longtext" => {
                        TypeFamily::Text
                    }
                    "varbinary" | "tinyblob" | "blob" | "mediumblob" | "longblob" => {
                        TypeFamily::Bytes
                    }
                    "binary" => TypeFamily::FixedBytes,
                    "uuid" => TypeFamily::Uuid,
                    "timestamp" => TypeFamily::TimeWithZone,
                    "datetime" | "date" => TypeFamily::Time,
                    "enum" => TypeFamily::Enum,
                    _ => TypeFamily::Other,
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
                    nondeterministic: None,
                    generated: extra.contains("generated") && !extra.contains("default_generated"),
                    lowercase_of: r.text(9)?.and_then(lowercase_of),
                    own_collation: None,
                    on_update: extra.contains("on update"),
                    domain: None,
                    readable: r.number(8)? != 0,
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
