//! `marker_column`, which `[target]` names for all credentials and each credential for itself.

use crate::config::document::{File, Section};
use crate::config::error::{ConfigError, Problem};
use crate::config::settings::Credential;
use crate::scheme::Dialect;

/// Gives the column that `[target]` names to every credential that names none.
pub(super) fn everywhere(
    target: &Section<'_>,
    credentials: &mut [Credential],
) -> Result<(), ConfigError> {
    let Some(marker) = target.text("marker_column")? else {
        return Ok(());
    };
    for credential in credentials {
        if credential.marker_column.is_some() {
            continue;
        }
        if credential.column == marker.value {
            return Err(target.refuse(
                marker.span,
                Problem::OwnColumn {
                    column: marker.value,
                    key: "marker_column",
                },
            ));
        }
        credential.marker_column = Some(marker.value.clone());
    }
    Ok(())
}

/// Refuses marks that nobody could read.
pub(super) fn check(
    file: &File<'_>,
    credentials: &[Credential],
    dialect: Dialect,
) -> Result<(), ConfigError> {
    for (i, credential) in credentials.iter().enumerate() {
        let Some(marker) = &credential.marker_column else {
            continue;
        };
        if dialect != Dialect::Phc {
            return Err(file.refuse_line(credential.line, Problem::MarkerInDialect(dialect)));
        }
        let others = [
            credential.login.as_ref(),
            credential.username.as_ref(),
            credential.salt.as_ref(),
            credential.salt2.as_ref(),
            credential.last_login.as_ref(),
        ];
        if let Some(other) = others
            .into_iter()
            .flatten()
            .chain(&credential.key)
            .map(String::as_str)
            .chain(credential.on_reset.columns())
            .find(|other| *other == marker)
        {
            let problem = Problem::OwnColumn {
                column: other.to_owned(),
                key: "marker_column",
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
            let problem =
                Problem::SameMarker(other.name.clone(), credential.name.clone(), marker.clone());
            return Err(file.refuse_line(credential.line, problem));
        }
    }
    Ok(())
}
