//! A table of attributes and values, in which some of the attributes are passwords of users.

use std::collections::BTreeSet;

use super::sample::{SAMPLE_ROWS, SampledForms, SampledValues, nameless, read_few};
use crate::store::sql::{Conn, ErrorClass, StoreError};
use crate::store::table::{CredentialColumn, Guess};

/// The rows of a table of attributes and values that are looked at, at most.
const ATTRIBUTE_ROWS: usize = 2_000;

/// The values of such attributes.
pub(super) struct AttributeSurvey {
    /// The column of the values.
    pub(super) values: CredentialColumn,
    /// Its type.
    pub(super) declared: String,
    /// Which rows hold a password, in SQL.
    pub(super) condition: String,
    /// What their values look like.
    pub(super) sample: SampledForms,
}

/// A table of attributes and values: the values of those attributes that are passwords by name.
pub(super) async fn attributes(
    conn: &mut Conn,
    (schema, table): (Option<&str>, &str),
    (attribute, value): (&str, &str),
) -> Result<Option<AttributeSurvey>, StoreError> {
    let resolve = |name: &str| nameless(schema.map(str::to_owned), table, name);
    let names_column = match CredentialColumn::resolve(conn, &resolve(attribute)).await {
        Ok(column) => column,
        Err(StoreError::Refused { .. }) => return Ok(None),
        Err(error) => return Err(error),
    };
    let values_column = match CredentialColumn::resolve(conn, &resolve(value)).await {
        Ok(column) => column,
        Err(StoreError::Refused { .. }) => return Ok(None),
        Err(error) => return Err(error),
    };
    let sql = format!(
        "SELECT {}, {} FROM {} t LIMIT {ATTRIBUTE_ROWS}",
        names_column.bytes, values_column.bytes, values_column.table_ident
    );
    let mut sample = SampledValues::default();
    let mut found: BTreeSet<String> = BTreeSet::new();
    let read = read_few(conn, &sql, &mut |row| {
        let name = row
            .bytes(0)?
            .and_then(|name| std::str::from_utf8(name).ok());
        let name = name.filter(|name| is_password_attribute(table, name));
        if let Some(name) = name.map(str::to_owned) {
            found.insert(name);
            if sample.distinct() < SAMPLE_ROWS {
                sample.note(row.bytes(1)?);
            }
        }
        Ok(true)
    })
    .await;
    match read {
        Ok(()) => {}
        Err(error) if error.class() == ErrorClass::Gone => return Err(error),
        Err(_) => return Ok(None),
    }
    if found.is_empty() {
        return Ok(None);
    }
    let quoted: Vec<String> = found.iter().map(|name| format!("'{name}'")).collect();
    Ok(Some(AttributeSurvey {
        declared: values_column.info.declared.clone(),
        condition: format!("{} IN ({})", names_column.value, quoted.join(", ")),
        sample: sample.finish(),
        values: values_column,
    }))
}

/// Whether an attribute's name is one of a password. It is quoted in SQL, so it has letters, digits
/// and hyphens only.
fn is_password_attribute(table: &str, name: &str) -> bool {
    let plain = name.len() <= 64
        && name
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "-_".contains(c));
    plain && Guess::in_table(table, name) == Some(Guess::Password)
}
