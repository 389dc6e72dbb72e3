//! What a reset does beside the value, resolved against the catalogue.
//!
//! That is columns that change with it, and the operator's statements over the keys of the rows.
//! Nothing is run here.

use super::assignments::assignments_sql;
use super::catalog::types_of;
use super::info::{ColumnInfo, TableInfo};
use super::statement::Statement;
use crate::config::Credential;
use crate::store::sql::{Ident, Kind, StoreError};

/// `on_reset` of a credential, resolved against the catalogue.
#[derive(Clone, Debug, Default)]
pub(crate) struct OnResetSql {
    /// What changes with the value.
    pub(crate) set: Vec<(Ident, String)>,
    /// What changes when a row gets its new password by a token.
    pub(crate) done: Vec<(Ident, String)>,
    /// What says that the password must be changed.
    pub(crate) must_change: Option<MustChange>,
    pub(crate) statements: Vec<Statement>,
    /// Whether all rows get the same dead value.
    pub(crate) is_fixed: bool,
}

/// The application's column that says that a password must be changed.
#[derive(Clone, Debug)]
pub(crate) struct MustChange {
    pub(crate) ident: Ident,
    /// Its being set, as a condition over the alias `t`.
    pub(crate) is_set: String,
    /// What it is set to.
    pub(crate) set: &'static str,
    /// What it is set back to.
    pub(crate) unset: &'static str,
}

impl OnResetSql {
    /// Looks the columns up, and the statements over.
    ///
    /// # Errors
    /// `Refused`, with what to do.
    pub(crate) fn resolve(
        kind: Kind,
        credential: &Credential,
        table: &TableInfo,
    ) -> Result<Self, StoreError> {
        let own = &credential.on_reset;
        let statements = (1..)
            .zip(&own.sql)
            .map(|(number, sql)| Statement::parse(kind, number, sql))
            .collect::<Result<_, _>>()?;
        let must_change = own.must_change.as_deref();
        Ok(Self {
            is_fixed: own.value.is_fixed(),
            must_change: must_change
                .map(|name| must_change_sql(kind, table.find(name)?))
                .transpose()?,
            set: assignments_sql(kind, "on_reset.set", &own.set, table)?,
            done: assignments_sql(kind, "on_reset.done", &own.done, table)?,
            statements,
        })
    }
}

fn must_change_sql(kind: Kind, info: &ColumnInfo) -> Result<MustChange, StoreError> {
    let ident = Ident::new(kind, &info.name)?;
    let flag = types_of(kind).flag(info, &format!("t.{ident}"));
    let flag = flag.ok_or_else(|| {
        StoreError::refused(
            format!(
                "`must_change` names column {}, which is of type {}",
                info.name, info.declared
            ),
            "name a column of true and false, or of whole numbers in which 0 is false",
        )
    })?;
    Ok(MustChange {
        ident,
        is_set: flag.is_set,
        set: flag.set,
        unset: flag.unset,
    })
}
