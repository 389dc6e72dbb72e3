//! A second column that holds the mark of a wrapped value, so that the first holds a native string.
//!
//! Everything above the store sees one value, as it stands without such a column (`$argon2id--md5$…`): it is put together where a row is read
//! or compared, and taken apart where it is written.

use super::info::{ColumnInfo, Family, TableInfo};
use crate::config::Credential;
use crate::scheme::unlabel;
use crate::store::sql::{Ident, Kind, StoreError};

/// What the native strings begin with that saltern writes. A mark beside anything else is left over from what stood there before.
const NATIVE: &str = "('argon2id', '2a', '2b', '2y', 'pbkdf2-sha256')";

/// The mark's column, as SQL.
#[derive(Clone, Debug)]
pub(crate) struct MarkerSql {
    pub(crate) ident: Ident,
    /// As the catalogue has it.
    pub(crate) info: ColumnInfo,
}

/// A new value taken apart.
pub(crate) struct Apart {
    /// The native string; whatever carries no mark is one.
    pub(crate) native: String,
    /// The inner id, and behind it `$is=…` where the wrapped value has that; empty for none.
    pub(crate) mark: String,
}

impl MarkerSql {
    /// Looks the credential's marker column up.
    ///
    /// # Errors
    /// `Refused` where it is missing, or where it or the column of the values is not of a text type.
    pub(crate) fn resolve(
        kind: Kind,
        credential: &Credential,
        value: &ColumnInfo,
        table: &TableInfo,
    ) -> Result<Option<Self>, StoreError> {
        let Some(name) = &credential.marker_column else {
            return Ok(None);
        };
        let info = table.find(name)?.clone();
        for info in [value, &info] {
            let is_text = matches!(info.family, Family::Text)
                || (kind == Kind::Sqlite && info.family == Family::Any);
            let is_ascii = !matches!(
                info.charset.as_deref(),
                Some("ucs2" | "utf16" | "utf16le" | "utf32")
            );
            if !is_text || !is_ascii {
                return Err(StoreError::refused(
                    format!(
                        "column {} is of type {}: with a `marker_column` it and the column of the values hold text",
                        info.name, info.declared
                    ),
                    "name columns of a text type, in utf8mb4 or ascii on MySQL",
                ));
            }
        }
        Ok(Some(Self {
            ident: Ident::new(kind, &info.name)?,
            info,
        }))
    }

    /// The value and its mark as one, as SQL for bytes: `at` is the value's column over the alias `t`, `otherwise` what it is without a mark.
    pub(crate) fn together(&self, kind: Kind, at: &str, encoding: &str, otherwise: &str) -> String {
        let mark = format!("t.{}", self.ident);
        match kind {
            Kind::Postgres => {
                let (v, m) = (format!("{at}::text"), format!("{mark}::text"));
                let (id, inner) = (
                    format!("split_part({v}, '$', 2)"),
                    format!("split_part({m}, '$', 1)"),
                );
                format!(
                    "CASE WHEN {m} <> '' AND split_part({v}, '$', 1) = '' AND {id} IN {NATIVE} THEN convert_to('$' || {id} || '--' || {inner} \
                     || substr({v}, length({id}) + 2) || substr({m}, length({inner}) + 1), '{encoding}') ELSE {otherwise} END"
                )
            }
            Kind::MySql => {
                let (v, m) = (
                    format!("CAST({at} AS BINARY)"),
                    format!("CAST({mark} AS BINARY)"),
                );
                let (front, inner) = (
                    format!("SUBSTRING_INDEX({v}, '$', 2)"),
                    format!("SUBSTRING_INDEX({m}, '$', 1)"),
                );
                format!(
                    "CASE WHEN {m} <> '' AND SUBSTRING_INDEX({v}, '$', 1) = '' AND SUBSTRING_INDEX({front}, '$', -1) IN {NATIVE} THEN \
                     CONCAT({front}, '--', {inner}, SUBSTRING({v}, LENGTH({front}) + 1), SUBSTRING({m}, LENGTH({inner}) + 1)) ELSE {otherwise} END"
                )
            }
            Kind::Sqlite => {
                let id = format!("substr({at}, 2, instr(substr({at}, 2), '$') - 1)");
                let inner = format!("substr({mark}, 1, instr({mark} || '$', '$') - 1)");
                format!(
                    "CASE WHEN {mark} <> '' AND typeof({at}) = 'text' AND substr({at}, 1, 1) = '$' AND {id} IN {NATIVE} THEN \
                     CAST('$' || {id} || '--' || {inner} || substr({at}, length({id}) + 2) || substr({mark}, length({inner}) + 1) AS BLOB) ELSE {otherwise} END"
                )
            }
        }
    }

    /// What the column is set to; an empty mark is none.
    pub(crate) fn written(&self, mark: &str) -> String {
        if self.info.nullable {
            format!("NULLIF({mark}, '')")
        } else {
            mark.to_owned()
        }
    }
}

impl Apart {
    /// A value without a mark, or whose mark stands in it.
    pub(crate) fn whole(value: &str) -> Self {
        Self {
            native: value.to_owned(),
            mark: String::new(),
        }
    }
}

/// Takes a new value apart.
pub(crate) fn apart(value: &str) -> Apart {
    let Some(unmarked) = unlabel(value) else {
        return Apart::whole(value);
    };
    let mut mark = unmarked.inner.to_string();
    if unmarked.is.is_some()
        && let Some(setting) = value.rfind("$is=").and_then(|at| value.get(at..))
    {
        mark.push_str(setting);
    }
    Apart {
        native: unmarked.native,
        mark,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrapped_value_is_a_native_string_and_its_mark() {
        for (value, native, mark) in [
            (
                "$argon2id--md5$v=19$m=8,t=1,p=1$c2FsdA$aGFzaA",
                "$argon2id$v=19$m=8,t=1,p=1$c2FsdA$aGFzaA",
                "md5",
            ),
            (
                "$2b--sha512crypt$12$abc$is=JDY",
                "$2b$12$abc",
                "sha512crypt$is=JDY",
            ),
            (
                "$argon2id$v=19$m=8,t=1,p=1$c2FsdA$aGFzaA",
                "$argon2id$v=19$m=8,t=1,p=1$c2FsdA$aGFzaA",
                "",
            ),
            ("!saltern:reset:AAAA", "!saltern:reset:AAAA", ""),
        ] {
            let apart = apart(value);
            assert_eq!((apart.native.as_str(), apart.mark.as_str()), (native, mark));
        }
    }
}
