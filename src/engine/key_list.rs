//! The lines of `--keys`: one key a line, the parts of a composite key separated by a tab. Where
//! the configuration has more than one credential, its name and a tab come first.
//!
//! A line that `--print` shows is taken too: what follows the key is left out.

use std::collections::{HashMap, HashSet};

use super::error::EngineError;
use crate::store::{CredentialColumn, Key};

/// The keys by credential.
pub(crate) fn parse_keys(
    columns: &[CredentialColumn],
    lines: &[String],
) -> Result<HashMap<String, Vec<Key>>, EngineError> {
    let mut out: HashMap<String, Vec<Key>> = HashMap::new();
    let mut told = HashSet::new();
    for (number, line) in lines.iter().enumerate() {
        if line.trim().is_empty() {
            continue;
        }
        let NamedRow { columns, key } = parse_line(columns, number, line)?;
        for column in columns {
            // A row that is named twice is one row.
            if told.insert((column.credential.as_str(), key.to_ledger())) {
                let keys = out.entry(column.credential.clone()).or_default();
                keys.push(key.clone());
            }
        }
    }
    if out.is_empty() {
        return Err(EngineError::refused(
            "the file of keys is empty",
            "write one key a line",
        ));
    }
    Ok(out)
}

/// A row that a line names.
pub(crate) struct NamedRow<'c> {
    /// Where it may be: one column, or the parts of one that another column divides.
    pub(crate) columns: Vec<&'c CredentialColumn>,
    pub(crate) key: Key,
}

/// The row that one line names; `number` counts from 0.
pub(crate) fn parse_line<'c>(
    columns: &'c [CredentialColumn],
    number: usize,
    line: &str,
) -> Result<NamedRow<'c>, EngineError> {
    let mut fields: Vec<&str> = line.split('\t').collect();
    let named: Vec<&CredentialColumn> = columns
        .iter()
        .filter(|c| c.credential == fields[0] || c.file_credential == fields[0])
        .filter(|c| fields.len() > c.key_kinds().len())
        .collect();
    let is_one = columns
        .windows(2)
        .all(|pair| pair[0].file_credential == pair[1].file_credential);
    let columns = match named.is_empty() {
        false => {
            fields.remove(0);
            named
        }
        true if is_one => columns.iter().collect(),
        true => {
            return Err(wrong(
                number,
                "does not begin with a credential's name and a tab",
            ));
        }
    };
    let column = columns
        .first()
        .ok_or_else(|| wrong(number, "names no credential"))?;
    let kinds = column.key_kinds();
    if fields.len() < kinds.len() {
        return Err(wrong(number, "has fewer fields than the key has columns"));
    }
    fields.truncate(kinds.len());
    let text = serde_json::to_string(&fields).expect("strings can always be written as JSON");
    let key = Key::from_ledger(&text, &kinds)
        .map_err(|_| wrong(number, "is no key of that column's type"))?;
    Ok(NamedRow { columns, key })
}

fn wrong(number: usize, what: &str) -> EngineError {
    EngineError::refused(
        format!("line {} of the file of keys {what}", number + 1),
        "write one key a line, as `saltern run --print` shows them: credential, tab, key",
    )
}
