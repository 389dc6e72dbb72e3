//! Columns of the operator's own that are set in the statement of a swap, resolved against the
//! catalogue.

use super::info::TableInfo;
use super::statement::has_parameters;
use crate::config::{Assignment, NewValue};
use crate::store::sql::{Ident, Kind, StoreError, is_one_expression, operators};

/// The columns of a list and what they are set to, as SQL.
///
/// # Errors
/// `Refused`, with what to do. `key` is what the configuration calls the list.
pub(super) fn assignments_sql(
    kind: Kind,
    key: &str,
    list: &[Assignment],
    table: &TableInfo,
) -> Result<Vec<(Ident, String)>, StoreError> {
    let one = |assignment| assignment_sql(kind, key, assignment, table);
    list.iter().map(one).collect()
}

fn assignment_sql(
    kind: Kind,
    key: &str,
    assignment: &Assignment,
    table: &TableInfo,
) -> Result<(Ident, String), StoreError> {
    let ident = Ident::new(kind, &table.find(&assignment.column)?.name)?;
    let sql = match &assignment.value {
        NewValue::Flag(true) => "TRUE".to_owned(),
        NewValue::Flag(false) => "FALSE".to_owned(),
        NewValue::Number(number) => number.to_string(),
        NewValue::Sql(sql) => {
            if !is_one_expression(kind, sql) || has_parameters(kind, sql) {
                return Err(StoreError::refused(
                    format!("`{key}` of {} is not one SQL expression", assignment.column),
                    "write one expression, its parentheses, quotes and comments closed, without a semicolon or a parameter; a text stands in single quotes within the string: \"'text'\"",
                ));
            }
            operators(kind, sql)
        }
    };
    Ok((ident, sql))
}
