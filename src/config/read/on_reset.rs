//! `[credential.on_reset]`: what a reset does beside the value.
//!
//! The SQL in it is the operator's, and only the database reads it. Whether it is one expression or
//! one statement depends on how that database quotes. `store` checks it where it resolves the
//! column.

use super::assignments::{Forbidden, assignments, use_of};
use crate::config::document::Section;
use crate::config::error::{ConfigError, ConfigProblem};
use crate::config::keys::{CredentialKey, OnResetKey, SectionKey};
use crate::config::settings::{Credential, OnReset};
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
    let forbidden = Forbidden {
        credential,
        may_empty_salts: false,
    };
    let must_change = own.text(OnResetKey::MustChange)?;
    if let Some(column) = &must_change
        && let Some(used) = use_of(forbidden, &column.value)
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
        set: assignments(&own, OnResetKey::Set, forbidden)?,
        sql: statements.into_iter().map(|text| text.value).collect(),
        done: assignments(&own, OnResetKey::Done, forbidden)?,
    })
}
