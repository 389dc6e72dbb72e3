//! A part of a column's rows as text: as `accept` has it, and as SQL.

use crate::census::{DividerKind, PartIs, PartValue, Spelt};
use crate::config::{AcceptedPart, AcceptedTest, Credential};
use crate::engine::error::EngineError;
use crate::engine::judge::parts::PartCondition;
use crate::store::{DividerColumn, moment_text, parse_moment};

/// The name by which the value's own spelling divides the rows.
const SPELLING: &str = "spelling";

/// What the credential accepts, as conditions on the columns that divide its rows.
///
/// # Errors
/// A column that is not there or can't be read, and a value that it can't have.
pub(crate) fn accepted(
    credential: &Credential,
    columns: &[DividerColumn],
) -> Result<Vec<PartCondition>, EngineError> {
    let mut all = Vec::new();
    for accepted in &credential.accept {
        let AcceptedPart { column, test } = accepted;
        let found = columns.iter().find(|known| known.divider.name == *column);
        let wrong = || {
            EngineError::refused(
                format!(
                    "credential {}: `accept` has {:?}, which no row can be",
                    credential.name,
                    accepted.text()
                ),
                "write the condition as `saltern scan` prints it",
            )
        };
        match found {
            Some(known) => all.push(PartCondition {
                divider: column.clone(),
                is: is_of(known.divider.kind, test).ok_or_else(wrong)?,
            }),
            None if column == SPELLING => {
                let spelt = spelt_of(test).ok_or_else(wrong)?;
                all.extend(spelt.into_iter().map(|spelt| PartCondition {
                    divider: String::new(),
                    is: PartIs::Spelt(spelt),
                }));
            }
            None => {
                return Err(EngineError::refused(
                    format!(
                        "credential {}: `accept` names {column}, which is no column that divides the rows of {}",
                        credential.name, credential.table
                    ),
                    "names are exact; `saltern scan` prints the columns and the conditions",
                ));
            }
        }
    }
    Ok(all)
}

/// The condition as `accept` has it.
pub(crate) fn accept_text(condition: &PartCondition, columns: &[DividerColumn]) -> String {
    let column = match condition.divider.as_str() {
        "" => SPELLING,
        name => name,
    };
    let kind = kind_of(&condition.divider, columns);
    let test = match &condition.is {
        PartIs::Values(values) => {
            AcceptedTest::Among(values.iter().map(|value| word(value, kind)).collect())
        }
        PartIs::Present => AcceptedTest::Present,
        PartIs::Range { from, to } => {
            let end = |end: &Option<i64>| end.map(|number| number_word(number, kind));
            AcceptedTest::Between(end(from), end(to))
        }
        PartIs::Spelt(spelt) => AcceptedTest::Among(vec![Some(spelt.as_str().to_owned())]),
    };
    AcceptedPart {
        column: column.to_owned(),
        test,
    }
    .text()
}

/// The condition as SQL for `where`; none where SQL can't say it.
pub(crate) fn where_text(condition: &PartCondition, columns: &[DividerColumn]) -> Option<String> {
    let column = &condition.divider;
    match &condition.is {
        PartIs::Spelt(_) => None,
        PartIs::Present => Some(format!("{column} <> ''")),
        PartIs::Values(values) if values.contains(&PartValue::Null) && values.len() > 1 => {
            let rest = values.iter().filter(|value| **value != PartValue::Null);
            let rest = PartCondition {
                divider: column.clone(),
                is: PartIs::Values(rest.cloned().collect()),
            };
            Some(format!(
                "({column} is null or {})",
                accept_text(&rest, columns)
            ))
        }
        PartIs::Values(_) | PartIs::Range { .. } => Some(accept_text(condition, columns)),
    }
}

fn kind_of(name: &str, columns: &[DividerColumn]) -> Option<DividerKind> {
    let found = columns.iter().find(|known| known.divider.name == name);
    found.map(|known| known.divider.kind)
}

fn word(value: &PartValue, kind: Option<DividerKind>) -> Option<String> {
    match value {
        PartValue::Null => None,
        PartValue::Blank => Some(String::new()),
        PartValue::Bytes(text) => Some(String::from_utf8_lossy(text).into_owned()),
        PartValue::Number(number) => Some(number_word(*number, kind)),
    }
}

fn number_word(number: i64, kind: Option<DividerKind>) -> String {
    match kind {
        Some(DividerKind::Moment) => moment_text(number),
        _ => number.to_string(),
    }
}

fn is_of(kind: DividerKind, test: &AcceptedTest) -> Option<PartIs> {
    let number = |text: &String| match kind {
        DividerKind::Moment => parse_moment(text),
        DividerKind::Number | DividerKind::Key => text.parse().ok(),
        DividerKind::Words | DividerKind::Presence => None,
    };
    let end = |text: &Option<String>| match text {
        Some(text) => number(text).map(Some),
        None => Some(None),
    };
    let value = |text: &Option<String>| match text {
        None => Some(PartValue::Null),
        Some(text) if text.is_empty() => Some(PartValue::Blank),
        Some(text) if kind == DividerKind::Words => {
            Some(PartValue::Bytes(text.clone().into_bytes()))
        }
        Some(text) => number(text).map(PartValue::Number),
    };
    Some(match test {
        AcceptedTest::Present => PartIs::Present,
        AcceptedTest::Among(values) => {
            PartIs::Values(values.iter().map(value).collect::<Option<_>>()?)
        }
        AcceptedTest::Between(from, to) => PartIs::Range {
            from: end(from)?,
            to: end(to)?,
        },
    })
}

fn spelt_of(test: &AcceptedTest) -> Option<Vec<Spelt>> {
    let AcceptedTest::Among(words) = test else {
        return None;
    };
    let spelt = |word: &Option<String>| {
        let word = word.as_deref()?;
        Spelt::ALL.into_iter().find(|known| known.as_str() == word)
    };
    words.iter().map(spelt).collect()
}
