//! The forms of a few rows of a column.

use std::collections::BTreeMap;

use zeroize::Zeroizing;

use super::form::{FormCount, FormKind, form_of};
use crate::config::Credential;
use crate::scheme::Declared;
use crate::store::sql::{Arg, Conn, Query, RowRef, StoreError};
use crate::store::table::CredentialColumn;

/// The rows of a column that are looked at, at most.
pub const SAMPLE_ROWS: usize = 200;

/// What a sample says.
#[derive(Clone, Debug, Default)]
pub(super) struct SampledForms {
    /// The forms, the most frequent first.
    pub(super) forms: Vec<FormCount>,
    /// How many different values there are.
    pub(super) distinct: usize,
}

/// What is kept of the values of a sample until it is over.
#[derive(Default)]
pub(super) struct SampledValues {
    counts: BTreeMap<FormKind, usize>,
    seen: Vec<Zeroizing<Vec<u8>>>,
}

impl SampledValues {
    pub(super) fn note(&mut self, value: Option<&[u8]>) {
        *self.counts.entry(form_of(value)).or_default() += 1;
        if let Some(value) = value
            && !self.seen.iter().any(|seen| seen.as_slice() == value)
        {
            self.seen.push(Zeroizing::new(value.to_vec()));
        }
    }

    pub(super) fn distinct(&self) -> usize {
        self.seen.len()
    }

    pub(super) fn finish(self) -> SampledForms {
        let distinct = self.distinct();
        let mut forms: Vec<FormCount> = self
            .counts
            .into_iter()
            .map(|(kind, rows)| FormCount { kind, rows })
            .collect();
        forms.sort_by_key(|form| std::cmp::Reverse(form.rows));
        SampledForms { forms, distinct }
    }
}

/// The forms of a few rows. No value outlives this function.
pub(super) async fn sample(
    conn: &mut Conn,
    column: &CredentialColumn,
) -> Result<SampledForms, StoreError> {
    let filter = column.filter.as_ref();
    let filter = filter.map_or_else(String::new, |sql| format!(" WHERE {sql}"));
    let sql = format!(
        "SELECT {} FROM {} t{filter} LIMIT {SAMPLE_ROWS}",
        column.bytes, column.table_ident
    );
    let mut values = SampledValues::default();
    read_few(conn, &sql, &mut |row| {
        values.note(row.bytes(0)?);
        Ok(true)
    })
    .await?;
    Ok(values.finish())
}

/// Reads in a transaction that writes nothing.
pub(super) async fn read_few(
    conn: &mut Conn,
    sql: &str,
    each: &mut (dyn FnMut(RowRef<'_>) -> Result<bool, StoreError> + Send),
) -> Result<(), StoreError> {
    conn.begin().await?;
    let read = conn
        .each_row(
            Query::of_values("looking at a few rows", sql, Vec::<Arg>::new()),
            each,
        )
        .await;
    conn.undone(read).await
}

/// Forms in words.
pub fn words_of(forms: &[FormCount]) -> String {
    let sampled: usize = forms.iter().map(|form| form.rows).sum();
    if sampled == 0 {
        return "the table is empty".to_owned();
    }
    let shares: Vec<String> = forms
        .iter()
        .map(|form| format!("{} % {}", (form.rows * 100).div_ceil(sampled), form.kind))
        .collect();
    format!("of {sampled} rows: {}", shares.join(", "))
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
        login: crate::config::LoginColumns::default(),
        charset: None,
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
        last_login_null_is_never: false,
        format: None,
        on_wrap: Vec::new(),
        on_login: Vec::new(),
        on_reset: crate::config::OnReset::default(),
        line: 0,
    }
}
