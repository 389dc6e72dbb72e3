//! `marker_column`: `[target]` names one for all credentials, and a credential one for itself.

use crate::config::document::{Section, SourceFile};
use crate::config::error::{ConfigError, ConfigProblem};
use crate::config::keys::{SectionKey, TargetKey};
use crate::config::settings::Credential;
use crate::scheme::Dialect;

/// Gives the column that `[target]` names to each credential that names none.
pub(super) fn apply_to_all(
    target: &Section<'_, TargetKey>,
    credentials: &mut [Credential],
) -> Result<(), ConfigError> {
    let Some(marker) = target.text(TargetKey::MarkerColumn)? else {
        return Ok(());
    };
    for credential in credentials {
        if credential.marker_column.is_some() {
            continue;
        }
        if credential.column == marker.value {
            return Err(target.refuse(
                marker.span,
                ConfigProblem::OwnColumn {
                    column: marker.value,
                    key: TargetKey::MarkerColumn.as_str(),
                },
            ));
        }
        credential.marker_column = Some(marker.value.clone());
    }
    Ok(())
}

/// Refuses marker columns in which a label could not be read back.
pub(super) fn check(
    file: &SourceFile<'_>,
    credentials: &[Credential],
    dialect: Dialect,
) -> Result<(), ConfigError> {
    for (i, credential) in credentials.iter().enumerate() {
        let Some(marker) = &credential.marker_column else {
            continue;
        };
        if dialect != Dialect::Phc {
            return Err(file.refuse_line(credential.line, ConfigProblem::MarkerInDialect(dialect)));
        }
        let others = [
            credential.username.as_ref(),
            credential.salt.as_ref(),
            credential.salt2.as_ref(),
            credential.last_login.as_ref(),
        ];
        if let Some(other) = others
            .into_iter()
            .flatten()
            .chain(&credential.key)
            .chain(&credential.login.columns)
            .map(String::as_str)
            .chain(credential.on_reset.columns())
            .chain(credential.columns_beside())
            .find(|other| *other == marker)
        {
            let problem = ConfigProblem::OwnColumn {
                column: other.to_owned(),
                key: TargetKey::MarkerColumn.as_str(),
            };
            return Err(file.refuse_line(credential.line, problem));
        }
        let same = credentials[..i].iter().find(|other| {
            other.table == credential.table
                && other.schema == credential.schema
                && other.column != credential.column
                && other.marker_column.as_ref() == Some(marker)
        });
        if let Some(other) = same {
            let problem = ConfigProblem::SameMarker(
                other.name.clone(),
                credential.name.clone(),
                marker.clone(),
            );
            return Err(file.refuse_line(credential.line, problem));
        }
    }
    Ok(())
}
