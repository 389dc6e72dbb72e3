//! SQLite's catalogue and column types.

use super::divider_sql::{DividerSql, cut};
use super::info::{ColumnInfo, TableInfo, TypeFamily};
use super::key::{KeyKind, hex};
use super::key_column::{BatchType, KeyColumn};
use super::last_login::{LastLoginSql, UNREADABLE};
use super::padding::ColumnPadding;
use super::type_sql::{FlagSql, LabelledSql, NATIVE, TypeSql, number_flag};
use super::typed_login::{LoginClass, LoginSql, TypedLogin, TypedText};
use super::value::ValueSql;
use crate::store::sql::{Arg, Conn, Ident, Query, StoreError};

/// SQLite's column types.
///
/// Any column may hold a value of any type.
pub(super) struct SqliteTypes;

impl TypeSql for SqliteTypes {
    fn value(&self, info: &ColumnInfo, at: &str, _: &str) -> Option<ValueSql> {
        matches!(
            info.family,
            TypeFamily::Text | TypeFamily::Bytes | TypeFamily::Any | TypeFamily::Int
        )
        .then(|| ValueSql::plain(format!("CAST({at} AS BLOB)")))
    }

    fn key(&self, info: &ColumnInfo, ident: &Ident) -> Option<KeyColumn> {
        let (kind, storage, batch) = match info.family {
            TypeFamily::Int => (KeyKind::Int, "integer", BatchType::Integer),
            TypeFamily::Text => (KeyKind::Text, "text", BatchType::Text),
            TypeFamily::Bytes => (KeyKind::Bytes, "blob", BatchType::Hex),
            _ => return None,
        };
        Some(KeyColumn {
            ident: ident.clone(),
            kind,
            // A key of another type is read as NULL, which is refused, and never as 0 or "".
            select: format!("CASE typeof(t.{ident}) WHEN '{storage}' THEN t.{ident} END"),
            param: "?".to_owned(),
            batch,
        })
    }

    fn last_login(&self, _: &ColumnInfo, at: &str) -> Option<LastLoginSql> {
        Some(LastLoginSql::Text(format!("CAST({at} AS TEXT)")))
    }

    fn bytes(&self, _: &ColumnInfo, at: &str, _: &str) -> String {
        format!("CAST({at} AS BLOB)")
    }

    fn is_word(&self, _: &ColumnInfo, at: &str, word: &str) -> String {
        let word = hex(word.as_bytes());
        format!("CAST(CAST({at} AS TEXT) AS BLOB) = X'{word}'")
    }

    /// A column of no type keeps what it is given: a number stays one where the others are.
    fn word(&self, word: &str) -> String {
        match word.parse::<i64>() {
            Ok(number) if number.to_string() == word => word.to_owned(),
            _ => format!("'{word}'"),
        }
    }

    fn padding(&self, _: &ColumnInfo) -> Option<ColumnPadding> {
        None
    }

    fn holds_text(&self, info: &ColumnInfo) -> bool {
        matches!(info.family, TypeFamily::Text | TypeFamily::Any)
    }

    fn labelled(&self, parts: &LabelledSql<'_>) -> String {
        let LabelledSql {
            value,
            label,
            unlabelled,
            ..
        } = parts;
        let id = format!("substr({value}, 2, instr(substr({value}, 2), '$') - 1)");
        let inner = format!("substr({label}, 1, instr({label} || '$', '$') - 1)");
        format!(
            "CASE WHEN {label} <> '' AND typeof({value}) = 'text' AND substr({value}, 1, 1) = '$' AND {id} IN {NATIVE} THEN \
             CAST('$' || {id} || '--' || {inner} || substr({value}, length({id}) + 2) || substr({label}, length({inner}) + 1) AS BLOB) ELSE {unlabelled} END"
        )
    }

    fn flag(&self, info: &ColumnInfo, at: &str) -> Option<FlagSql> {
        matches!(
            info.family,
            TypeFamily::Int | TypeFamily::Uint | TypeFamily::Any
        )
        .then(|| number_flag(at))
    }

    fn divider(&self, info: &ColumnInfo, at: &str) -> Option<DividerSql> {
        match info.family {
            // A value of another type is a kind of its own.
            TypeFamily::Int => Some(DividerSql::Number(format!(
                "CASE WHEN typeof({at}) IN ('integer', 'null') THEN {at} ELSE {UNREADABLE} END"
            ))),
            TypeFamily::Text | TypeFamily::Any => Some(DividerSql::Word(format!(
                "CAST({} AS BLOB)",
                cut(&format!("CAST({at} AS TEXT)"))
            ))),
            _ => None,
        }
    }

    fn typed_login(&self, _: &ColumnInfo, at: &str, login: &str) -> TypedLogin {
        // A column of a numeric affinity takes `01` and ` 1.0` for 1. NOCASE knows ASCII's letters,
        // and RTRIM leaves blanks out. There are no other collations.
        let class = match login.trim().parse::<f64>() {
            Ok(number) => (number + 0.0).to_bits().to_be_bytes().to_vec(),
            Err(_) => login
                .trim_end_matches(' ')
                .to_ascii_lowercase()
                .into_bytes(),
        };
        TypedLogin {
            equal: Some(LoginSql {
                sql: format!("{at} = ?"),
                args: vec![Arg::Text(login.to_owned())],
            }),
            class: LoginClass::Bytes(class),
        }
    }

    fn lowered_login(
        &self,
        info: &ColumnInfo,
        at: &str,
        TypedText { login, .. }: TypedText<'_>,
    ) -> Option<TypedLogin> {
        let lowercase = self.lowercase(info, at)?;
        let equal = LoginSql {
            sql: format!("{lowercase} = lower(?)"),
            args: vec![Arg::Text(login.to_owned())],
        };
        // The class of any login here is that of its small letters.
        let exact = self.typed_login(info, at, login);
        Some(TypedLogin {
            equal: Some(equal),
            ..exact
        })
    }

    fn lowercase(&self, info: &ColumnInfo, at: &str) -> Option<String> {
        matches!(info.family, TypeFamily::Text | TypeFamily::Any).then(|| format!("lower({at})"))
    }
}

/// Looks a table up.
pub(super) async fn describe(
    conn: &mut Conn,
    table: &str,
) -> Result<Option<TableInfo>, StoreError> {
    let found = conn
        .rows(
            Query::ours(
                "looking the table up",
                "SELECT name, type FROM sqlite_master WHERE name = ? AND type IN ('table', 'view')",
                vec![table.into()],
            ),
            |r| Ok((r.owned(0)?, r.owned(1)?)),
        )
        .await?;
    let Some((table, what)) = found.into_iter().next() else {
        return Ok(None);
    };
    let columns = conn
        .rows(
            Query::ours(
                "reading the table's columns",
                "SELECT name, type, \"notnull\", pk, hidden FROM pragma_table_xinfo(?)",
                vec![table.clone().into()],
            ),
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
                    nondeterministic: None,
                    generated: r.number(4)? >= 2,
                    lowercase_of: None,
                    own_collation: None,
                    on_update: false,
                    domain: None,
                    readable: true,
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
fn sqlite_family(declared: &str) -> TypeFamily {
    if declared.contains("INT") {
        TypeFamily::Int
    } else if ["CHAR", "CLOB", "TEXT"]
        .iter()
        .any(|t| declared.contains(t))
    {
        TypeFamily::Text
    } else if declared.contains("BLOB") {
        TypeFamily::Bytes
    } else {
        TypeFamily::Any
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sqlite_column_declared_string_takes_any_type() {
        assert_eq!(sqlite_family("STRING"), TypeFamily::Any);
        assert_eq!(sqlite_family("VARCHAR(255)"), TypeFamily::Text);
        assert_eq!(sqlite_family("BIGINT UNSIGNED"), TypeFamily::Int);
        assert_eq!(sqlite_family(""), TypeFamily::Any);
    }
}
