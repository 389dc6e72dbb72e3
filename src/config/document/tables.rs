//! The tables of a file, in each of the ways in which TOML writes them.

use std::ops::Range;

use toml_edit::{Item, TableLike, Value};

use super::file::{SourceFile, Spanned, article};
use crate::config::error::{ConfigError, ConfigProblem};

/// The tables under a key that is a list of tables: `[[key]]`, or an array of inline tables.
pub(super) fn tables<'a>(
    file: &SourceFile<'a>,
    key: &'static str,
    section: &'static str,
    item: Option<&'a Item>,
) -> Result<Vec<Spanned<&'a dyn TableLike>>, ConfigError> {
    const EXPECTED: &str = "a list of tables";
    let wrong = |span: Range<usize>, found| {
        file.refuse(
            span,
            ConfigProblem::Type {
                key: key.to_owned(),
                expected: EXPECTED,
                found,
            },
        )
    };
    match item {
        None | Some(Item::None) => Ok(Vec::new()),
        Some(Item::Table(table)) => {
            let span = table
                .span()
                .or_else(|| first_span(table))
                .unwrap_or_default();
            Err(file.refuse(span, ConfigProblem::OneTable(section)))
        }
        Some(Item::ArrayOfTables(list)) => Ok(list
            .iter()
            .map(|table| Spanned {
                value: table as &dyn TableLike,
                span: table.span().unwrap_or_default(),
            })
            .collect()),
        Some(Item::Value(Value::Array(list))) => list
            .iter()
            .map(|value| {
                let span = value.span().unwrap_or_default();
                match value.as_inline_table() {
                    Some(table) => Ok(Spanned {
                        value: table as &dyn TableLike,
                        span,
                    }),
                    None => Err(wrong(span, article(value.type_name()))),
                }
            })
            .collect(),
        Some(Item::Value(value)) => Err(wrong(
            value.span().unwrap_or_default(),
            article(value.type_name()),
        )),
    }
}

/// The table under a key: `[key]`, an inline table, or dotted keys.
pub(super) fn table<'a>(
    file: &SourceFile<'a>,
    key: &'static str,
    item: Option<&'a Item>,
) -> Result<Option<Spanned<&'a dyn TableLike>>, ConfigError> {
    let Some(item) = item.filter(|item| !item.is_none()) else {
        return Ok(None);
    };
    match item.as_table_like() {
        Some(table) => {
            let span = item
                .span()
                .or_else(|| first_span(table))
                .unwrap_or_default();
            Ok(Some(Spanned { value: table, span }))
        }
        None => {
            let problem = ConfigProblem::Type {
                key: key.to_owned(),
                expected: "a table",
                found: article(item.type_name()),
            };
            Err(file.refuse(item.span().unwrap_or_default(), problem))
        }
    }
}

/// The place of a table made by dotted keys, which TOML gives none.
fn first_span(table: &dyn TableLike) -> Option<Range<usize>> {
    let (key, item) = table.iter().next()?;
    table.key(key).and_then(|key| key.span()).or(item.span())
}
