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
        let (column, key) = parse_line(columns, number, line)?;
        // A row that is named twice is one row.
        if told.insert((column.credential.as_str(), key.to_ledger())) {
            out.entry(column.credential.clone()).or_default().push(key);
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

/// The row that one line names; `number` counts from 0.
pub(crate) fn parse_line<'c>(
    columns: &'c [CredentialColumn],
    number: usize,
    line: &str,
) -> Result<(&'c CredentialColumn, Key), EngineError> {
    let mut fields: Vec<&str> = line.split('\t').collect();
    let named = columns
        .iter()
        .find(|c| c.credential == fields[0] && fields.len() > c.key_kinds().len());
    let column = match (named, columns) {
        (Some(column), _) => {
            fields.remove(0);
            column
        }
        (None, [column]) => column,
        (None, _) => {
            return Err(wrong(
                number,
                "does not begin with a credential's name and a tab",
            ));
        }
    };
    let kinds = column.key_kinds();
    if fields.len() < kinds.len() {
        return Err(wrong(number, "has fewer fields than the key has columns"));
    }
    fields.truncate(kinds.len());
    let text = serde_json::to_string(&fields).expect("strings can always be written as JSON");
    let key = Key::from_ledger(&text, &kinds)
        .map_err(|_| wrong(number, "is no key of that column's type"))?;
    Ok((column, key))
}

fn wrong(number: usize, what: &str) -> EngineError {
    EngineError::refused(
        format!("line {} of the file of keys {what}", number + 1),
        "write one key a line, as `saltern run --print` shows them: credential, tab, key",
    )
}
