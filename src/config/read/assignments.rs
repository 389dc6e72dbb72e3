//! Tables of columns and of what they are set to, in the statement that swaps a value.
//!
//! The SQL in them is the operator's. `store` checks it where it resolves the column.

use toml_edit::{Item, TableLike};

use crate::config::document::{Section, Spanned};
use crate::config::error::{ConfigError, ConfigProblem};
use crate::config::keys::{CredentialKey, SectionKey};
use crate::config::settings::{Assignment, Credential, NewValue};

/// Which columns may not be set.
#[derive(Clone, Copy)]
pub(super) struct Forbidden<'a> {
    /// The credential, of which everything but what it sets has been read.
    pub(super) credential: &'a Credential,
    /// Whether a salt may be emptied. A wrapped row needs it.
    pub(super) may_empty_salts: bool,
}

/// A table of columns and of what they are set to.
pub(super) fn assignments<K: SectionKey>(
    section: &Section<'_, K>,
    key: K,
    forbidden: Forbidden<'_>,
) -> Result<Vec<Assignment>, ConfigError> {
    let Some(Spanned { value: columns, .. }) = section.table(key)? else {
        return Ok(Vec::new());
    };
    let span = section.key_span(key);
    columns
        .iter()
        .map(|(column, item)| {
            let place = place_of(columns, column, item, span.clone());
            if column.is_empty() || column.contains('\0') {
                return Err(section.refuse(place, ConfigProblem::EmptyValue(key.as_str())));
            }
            if let Some(used) = use_of(forbidden, column) {
                return Err(section.refuse(
                    place,
                    ConfigProblem::SetsOwn {
                        key: key.as_str(),
                        column: column.to_owned(),
                        what: used.as_str(),
                    },
                ));
            }
            let value = match (item.as_bool(), item.as_integer(), item.as_str()) {
                (Some(flag), ..) => NewValue::Flag(flag),
                (_, Some(number), _) => NewValue::Number(number),
                (.., Some("")) => {
                    return Err(section.refuse(place, ConfigProblem::EmptyValue(key.as_str())));
                }
                (.., Some(sql)) => NewValue::Sql(sql.to_owned()),
                _ => {
                    let found = Spanned {
                        value: item,
                        span: place,
                    };
                    let expected = "true, false, a whole number or an SQL expression";
                    return Err(section.wrong_type(column, expected, &found));
                }
            };
            Ok(Assignment {
                column: column.to_owned(),
                value,
            })
        })
        .collect()
}

/// The place of a column's name, or else of its value, or else `or`.
fn place_of(
    columns: &dyn TableLike,
    column: &str,
    item: &Item,
    or: std::ops::Range<usize>,
) -> std::ops::Range<usize> {
    let key = columns.key(column).and_then(|key| key.span());
    key.or(item.span()).unwrap_or(or)
}

/// What else the credential uses a column for, so that it must be left alone: to find rows, or to
/// log in.
pub(super) fn use_of(forbidden: Forbidden<'_>, column: &str) -> Option<CredentialKey> {
    let Forbidden {
        credential,
        may_empty_salts,
    } = forbidden;
    let is = |other: &Option<String>| other.as_deref() == Some(column);
    let format = credential.format.as_ref();
    if credential.column == column {
        Some(CredentialKey::Column)
    } else if credential.key.iter().any(|key| key == column) {
        Some(CredentialKey::Key)
    } else if is(&credential.salt) && !may_empty_salts {
        Some(CredentialKey::Salt)
    } else if is(&credential.salt2) && !may_empty_salts {
        Some(CredentialKey::Salt2)
    } else if credential.login.has(column) {
        Some(CredentialKey::Login)
    } else if is(&credential.username) {
        Some(CredentialKey::Username)
    } else if credential.preserve.iter().any(|kept| kept == column) {
        Some(CredentialKey::Preserve)
    } else if format.is_some_and(|part| part.column == column) {
        Some(CredentialKey::Format)
    } else {
        None
    }
}
