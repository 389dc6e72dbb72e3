//! `[credential.on_reset]`: what a reset does beside the value.
//!
//! The SQL in it is the operator's and is read by the database alone: whether it is one expression or one statement depends on how that
//! database quotes, and is looked at where the column is looked up.

use toml_edit::{Item, TableLike};

use crate::config::document::{File, Section, Spanned, table};
use crate::config::error::{ConfigError, Problem};
use crate::config::keys;
use crate::config::settings::{Assignment, Credential, NewValue, OnReset};
use crate::reset::DeadForm;

/// Reads it; `credential` has everything else.
pub(super) fn read(
    file: &File<'_>,
    section: &Section<'_>,
    credential: &Credential,
) -> Result<OnReset, ConfigError> {
    let item = section.item("on_reset").map(|item| item.value);
    let Some(own) = table(file, "on_reset", item)? else {
        return Ok(OnReset::default());
    };
    let own = Section::open(file, keys::ON_RESET, own.value, own.span)?;
    let statements = own.texts("sql")?;
    if !statements.is_empty() && credential.key.len() > 1 {
        return Err(own.refuse(own.key_span("sql"), Problem::KeysOfSeveralColumns));
    }
    let must_change = own.text("must_change")?;
    if let Some(column) = &must_change
        && let Some(what) = use_of(credential, &column.value)
    {
        return Err(own.refuse(
            column.span.clone(),
            Problem::SetsOwn {
                key: "must_change",
                column: column.value.clone(),
                what,
            },
        ));
    }
    let value = own.text("value")?.map(|text| {
        DeadForm::parse(&text.value, credential.scheme)
            .map_err(|why| own.refuse(text.span, Problem::DeadValue(why)))
    });
    Ok(OnReset {
        value: value.transpose()?.unwrap_or_default(),
        must_change: must_change.map(|column| column.value),
        set: assignments(file, &own, "set", credential)?,
        sql: statements.into_iter().map(|text| text.value).collect(),
        done: assignments(file, &own, "done", credential)?,
    })
}

/// A table of columns and what they are set to.
fn assignments(
    file: &File<'_>,
    section: &Section<'_>,
    key: &'static str,
    credential: &Credential,
) -> Result<Vec<Assignment>, ConfigError> {
    let item = section.item(key).map(|item| item.value);
    let Some(Spanned { value: columns, .. }) = table(file, key, item)? else {
        return Ok(Vec::new());
    };
    let span = section.key_span(key);
    columns
        .iter()
        .map(|(column, item)| {
            let place = place_of(columns, column, item, span.clone());
            if column.is_empty() || column.contains('\0') {
                return Err(section.refuse(place, Problem::EmptyValue(key)));
            }
            if let Some(what) = use_of(credential, column) {
                return Err(section.refuse(
                    place,
                    Problem::SetsOwn {
                        key,
                        column: column.to_owned(),
                        what,
                    },
                ));
            }
            let value = match (item.as_bool(), item.as_integer(), item.as_str()) {
                (Some(flag), ..) => NewValue::Flag(flag),
                (_, Some(number), _) => NewValue::Number(number),
                (.., Some("")) => return Err(section.refuse(place, Problem::EmptyValue(key))),
                (.., Some(sql)) => NewValue::Sql(sql.to_owned()),
                _ => {
                    let found = Spanned {
                        value: item,
                        span: place,
                    };
                    let expected = "true, false, a whole number or an SQL expression";
                    return Err(section.wrong_type(column, expected, &found));
                }
            };
            Ok(Assignment {
                column: column.to_owned(),
                value,
            })
        })
        .collect()
}

fn place_of(
    columns: &dyn TableLike,
    column: &str,
    item: &Item,
    or: std::ops::Range<usize>,
) -> std::ops::Range<usize> {
    let key = columns.key(column).and_then(|key| key.span());
    key.or(item.span()).unwrap_or(or)
}

/// What else the credential uses a column for, where a reset must leave it alone: rows are found by it, or logged in with.
fn use_of(credential: &Credential, column: &str) -> Option<&'static str> {
    let is = |other: &Option<String>| other.as_deref() == Some(column);
    if credential.column == column {
        Some("column")
    } else if credential.key.iter().any(|key| key == column) {
        Some("key")
    } else if is(&credential.salt) {
        Some("salt")
    } else if is(&credential.salt2) {
        Some("salt2")
    } else if is(&credential.login) {
        Some("login")
    } else if is(&credential.username) {
        Some("username")
    } else if credential.preserve.iter().any(|kept| kept == column) {
        Some("preserve")
    } else {
        None
    }
}
