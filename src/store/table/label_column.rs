//! A second column for the label of a wrapped value, so that the first holds a native string.
//!
//! Everything above the store sees one value, as it stands without such a column
//! (`$argon2id--md5$…`). It is put together where a row is read or compared, and taken apart
//! where it is written.

use super::catalog::types_of;
use super::info::{ColumnInfo, TableInfo};
use super::type_sql::LabelledSql;
use crate::config::Credential;
use crate::scheme::unlabel;
use crate::store::sql::{Ident, Kind, StoreError};

/// The label's column.
#[derive(Clone, Debug)]
pub(crate) struct LabelColumn {
    pub(crate) ident: Ident,
    /// As the catalogue has it.
    pub(crate) info: ColumnInfo,
}

/// A value without its label, as SQL for bytes.
pub(super) struct UnlabelledSql<'a> {
    pub(super) bytes: &'a str,
    /// PostgreSQL's name for the encoding.
    pub(super) encoding: &'a str,
}

/// A new value taken apart.
pub(crate) struct SplitValue {
    /// The native string; whatever carries no label is one.
    pub(crate) native: String,
    /// The inner id, and behind it `$is=…` where the wrapped value has that; empty for none.
    pub(crate) label: String,
}

impl LabelColumn {
    /// Looks the credential's `marker_column` up.
    ///
    /// # Errors
    /// `Refused` where it is missing, or where it or the column of the values holds no text.
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
            if !types_of(kind).holds_text(info) {
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

    /// The value and its label as one, as SQL for bytes.
    ///
    /// `value` is the value's column over the alias `t`; `sql` is what it is without a label.
    pub(super) fn joined(&self, kind: Kind, value: &str, sql: &UnlabelledSql<'_>) -> String {
        types_of(kind).labelled(&LabelledSql {
            value,
            label: &format!("t.{}", self.ident),
            encoding: sql.encoding,
            unlabelled: sql.bytes,
        })
    }

    /// What the column is set to; an empty label is none.
    pub(crate) fn assigned(&self, label: &str) -> String {
        if self.info.nullable {
            format!("NULLIF({label}, '')")
        } else {
            label.to_owned()
        }
    }
}

impl SplitValue {
    /// A value without a label, or whose label stands in it.
    pub(crate) fn whole(value: &str) -> Self {
        Self {
            native: value.to_owned(),
            label: String::new(),
        }
    }
}

/// Takes a new value apart.
pub(crate) fn split_label(value: &str) -> SplitValue {
    let Some(unmarked) = unlabel(value) else {
        return SplitValue::whole(value);
    };
    let mut label = unmarked.inner.to_string();
    if unmarked.is.is_some()
        && let Some(setting) = value.rfind("$is=").and_then(|at| value.get(at..))
    {
        label.push_str(setting);
    }
    SplitValue {
        native: unmarked.native,
        label,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrapped_value_is_a_native_string_and_its_mark() {
        for (value, native, label) in [
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
            let split = split_label(value);
            assert_eq!(
                (split.native.as_str(), split.label.as_str()),
                (native, label)
            );
        }
    }
}
