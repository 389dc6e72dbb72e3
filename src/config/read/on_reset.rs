//! `[credential.on_reset]`: what a reset does beside the value.
//!
//! The SQL in it is the operator's, and only the database reads it. Whether it is one expression or
//! one statement depends on how that database quotes. `store` checks it where it resolves the
//! column.

use toml_edit::{Item, TableLike};

use crate::config::document::{Section, Spanned};
use crate::config::error::{ConfigError, ConfigProblem};
use crate::config::keys::{CredentialKey, OnResetKey, SectionKey};
use crate::config::settings::{Assignment, Credential, NewValue, OnReset};
use crate::reset::DeadForm;

/// Reads the section under a credential of which everything else has been read.
pub(super) fn read(
    section: &Section<'_, CredentialKey>,
    credential: &Credential,
) -> Result<OnReset, ConfigError> {
    let Some(own) = section.section::<OnResetKey>(CredentialKey::OnReset)? else {
        return Ok(OnReset::default());
    };
    let statements = own.texts(OnResetKey::Sql)?;
    if !statements.is_empty() && credential.key.len() > 1 {
        return Err(own.refuse(
            own.key_span(OnResetKey::Sql),
            ConfigProblem::KeysOfSeveralColumns,
        ));
    }
    let must_change = own.text(OnResetKey::MustChange)?;
    if let Some(column) = &must_change
        && let Some(used) = use_of(credential, &column.value)
    {
        return Err(own.refuse(
            column.span.clone(),
            ConfigProblem::SetsOwn {
                key: OnResetKey::MustChange.as_str(),
                column: column.value.clone(),
                what: used.as_str(),
            },
        ));
    }
    let value = own.text(OnResetKey::Value)?.map(|text| {
        DeadForm::parse(&text.value, credential.scheme)
            .map_err(|why| own.refuse(text.span, ConfigProblem::DeadValue(why)))
    });
    Ok(OnReset {
        value: value.transpose()?.unwrap_or_default(),
        must_change: must_change.map(|column| column.value),
        set: assignments(&own, OnResetKey::Set, credential)?,
        sql: statements.into_iter().map(|text| text.value).collect(),
        done: assignments(&own, OnResetKey::Done, credential)?,
    })
}

/// A table of columns and of what they are set to.
fn assignments(
    section: &Section<'_, OnResetKey>,
    key: OnResetKey,
    credential: &Credential,
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
            if let Some(used) = use_of(credential, column) {
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

/// What else the credential uses a column for, so that a reset must leave it alone: to find rows,
/// or to log in.
fn use_of(credential: &Credential, column: &str) -> Option<CredentialKey> {
    let is = |other: &Option<String>| other.as_deref() == Some(column);
    if credential.column == column {
        Some(CredentialKey::Column)
    } else if credential.key.iter().any(|key| key == column) {
        Some(CredentialKey::Key)
    } else if is(&credential.salt) {
        Some(CredentialKey::Salt)
    } else if is(&credential.salt2) {
        Some(CredentialKey::Salt2)
    } else if is(&credential.login) {
        Some(CredentialKey::Login)
    } else if is(&credential.username) {
        Some(CredentialKey::Username)
    } else if credential.preserve.iter().any(|kept| kept == column) {
        Some(CredentialKey::Preserve)
    } else {
        None
    }
}
