//! The forms of a few rows of a column.

use std::collections::BTreeMap;

use super::form::{FormCount, FormKind, form_of};
use crate::config::Credential;
use crate::scheme::Declared;
use crate::store::sql::{Arg, Conn, Query, StoreError};
use crate::store::table::CredentialColumn;

/// The rows of a column that are looked at, at most.
pub const SAMPLE_ROWS: usize = 200;

/// The forms of a few rows. No value outlives this function.
pub(super) async fn sample(
    conn: &mut Conn,
    column: &CredentialColumn,
) -> Result<Vec<FormCount>, StoreError> {
    let filter = column.filter.as_ref();
    let filter = filter.map_or_else(String::new, |sql| format!(" WHERE {sql}"));
    let sql = format!(
        "SELECT {} FROM {} t{filter} LIMIT {SAMPLE_ROWS}",
        column.bytes, column.table_ident
    );
    let mut counts: BTreeMap<FormKind, usize> = BTreeMap::new();
    conn.begin().await?;
    let read = conn
        .each_row(
            Query::of_values("looking at a few rows", &sql, Vec::<Arg>::new()),
            &mut |row| {
                *counts.entry(form_of(row.bytes(0)?)).or_default() += 1;
                Ok(true)
            },
        )
        .await;
    conn.undone(read).await?;
    let mut forms: Vec<FormCount> = counts
        .into_iter()
        .map(|(kind, rows)| FormCount { kind, rows })
        .collect();
    forms.sort_by_key(|form| std::cmp::Reverse(form.rows));
    Ok(forms)
}

/// A credential that names a column and nothing else.
pub(super) fn nameless(schema: Option<String>, table: &str, column: &str) -> Credential {
    Credential {
        name: String::new(),
        schema,
        table: table.to_owned(),
        key: Vec::new(),
        column: column.to_owned(),
        scheme: Declared::Auto,
        login: None,
        username: None,
        salt: None,
        salt2: None,
        site_salt_file: None,
        site: None,
        companions: crate::config::CompanionSettings::default(),
        last_login: None,
        where_sql: None,
        except_sql: None,
        accept: Vec::new(),
        normalize: None,
        marker_column: None,
        preserve: Vec::new(),
        readers_ready: false,
        separator: None,
        plaintext_is_certain: false,
        format: None,
        on_wrap: Vec::new(),
        on_login: Vec::new(),
        on_reset: crate::config::OnReset::default(),
        line: 0,
    }
}
