//! Columns that a login needs beside the value: salts, and names and ids used as salts.
//!
//! They have to stay as they are as long as a row needs them, wrapped or not.

use super::column::ColumnScan;
use crate::config::Credential;
use crate::scheme::{Declared, Needs, Recognised, Scheme};

/// A column and the rows that need it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dependency {
    /// What it is to these rows.
    pub kind: DependencyKind,
    /// The column, where the credential names it.
    pub column: Option<String>,
    /// How many rows need it.
    pub rows: u64,
    /// How many of them are wrapped.
    pub wrapped: u64,
    /// The scheme that most of them are of.
    pub scheme: Option<Scheme>,
}

/// What a column is to the rows that need it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DependencyKind {
    /// Their salt.
    Salt,
    /// Their second salt.
    Salt2,
    /// The user's name, used as a salt.
    Username,
    /// The user's id, used as a salt.
    UserId,
}

impl DependencyKind {
    /// Every kind.
    pub const ALL: [Self; 4] = [Self::Salt, Self::Salt2, Self::Username, Self::UserId];

    /// The word for machines.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Salt => "salt",
            Self::Salt2 => "salt2",
            Self::Username => "username",
            Self::UserId => "user_id",
        }
    }

    /// Whether a scheme with these needs takes it.
    pub fn is_needed(self, needs: Needs) -> bool {
        match self {
            Self::Salt => needs.salt,
            Self::Salt2 => needs.salt2,
            Self::Username => needs.username,
            Self::UserId => needs.user_id,
        }
    }

    /// The credential's column for it; with its table where that is another one.
    pub fn column(self, credential: &Credential) -> Option<String> {
        let (own, other) = match self {
            Self::Salt => (credential.salt.as_deref(), &credential.companions.salt),
            Self::Salt2 => (credential.salt2.as_deref(), &credential.companions.salt2),
            Self::Username => (
                credential.username_column(),
                &credential.companions.username,
            ),
            Self::UserId => (credential.key.first().map(String::as_str), &None),
        };
        match other {
            Some(other) => Some(other.label()),
            None => own.map(str::to_owned),
        }
    }

    /// What an operator may not know of it: a name is changed where nobody thinks of passwords.
    pub fn caution(self, scheme: Scheme, column: Option<&str>) -> Option<String> {
        let what = match self {
            Self::Salt | Self::Salt2 => return None,
            Self::Username => "name",
            Self::UserId => "id",
        };
        let column = column.map_or_else(String::new, |column| format!(" (column {column})"));
        let inner = scheme
            .inner_id()
            .map_or_else(String::new, |inner| format!(" labelled --{inner}"));
        Some(format!(
            "{scheme} is salted with the user's {what}{column}: whoever gets another {what} can't log in with the old value, wrapped or not; \
             the {what} must stay readable as it was until `saltern scan` shows no row{inner} any more"
        ))
    }
}

/// The columns that the rows of a credential need, those of no row left out.
pub fn dependencies(scan: &ColumnScan, credential: &Credential) -> Vec<Dependency> {
    DependencyKind::ALL
        .into_iter()
        .filter_map(|kind| dependency(kind, scan, credential))
        .collect()
}

fn dependency(
    kind: DependencyKind,
    scan: &ColumnScan,
    credential: &Credential,
) -> Option<Dependency> {
    // Where a salted scheme is declared without a column, the values carry their salts, wrapped or
    // not.
    if kind == DependencyKind::Salt
        && !credential.has_salt()
        && matches!(credential.scheme, Declared::Scheme(scheme) if scheme.needs().salt)
    {
        return None;
    }
    let (mut rows, mut wrapped, mut most) = (0, 0, None::<(u64, Scheme)>);
    for line in &scan.census.lines {
        let (scheme, is_wrapped) = match &line.specimen {
            Recognised::Wrapped { inner, .. } => {
                (Scheme::by_inner_id(&inner.short().unwrap_or(*inner)), true)
            }
            // One that has its salt behind it takes none from elsewhere.
            Recognised::Digest { shape, .. }
                if shape.is_joined() && kind == DependencyKind::Salt =>
            {
                continue;
            }
            _ => (line.scheme, false),
        };
        let Some(scheme) = scheme.filter(|scheme| kind.is_needed(scheme.needs())) else {
            continue;
        };
        rows += line.rows;
        if is_wrapped {
            wrapped += line.rows;
        }
        if most.is_none_or(|(most, _)| line.rows > most) {
            most = Some((line.rows, scheme));
        }
    }
    (rows > 0).then(|| Dependency {
        kind,
        column: kind.column(credential),
        rows,
        wrapped,
        scheme: most.map(|(_, scheme)| scheme),
    })
}
