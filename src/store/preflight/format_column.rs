//! The column that says which scheme a row has: whether it takes what saltern sets it to.

use super::report::{FindingWords, Report};
use super::want::Want;
use crate::store::table::{CredentialColumn, TypeFamily};

pub(super) fn look(column: &CredentialColumn, want: &Want, report: &mut Report) {
    let Some(format) = &column.format else {
        return;
    };
    let Some(write) = format.write.as_ref().filter(|_| want.writes_values()) else {
        return;
    };
    let (info, table) = (&format.info, &column.table_ident);
    if info.generated {
        report.refuse(
            "format-generated",
            FindingWords {
                what: format!("column {} of {table} is generated from others", info.name),
                why: WHY,
                todo: "leave `write` out, if the application asks the value itself".to_owned(),
            },
        );
    }
    for word in [&write.wrapped, &write.native, &write.dead] {
        let word = &word.text;
        let is_number = word.parse::<i64>().is_ok();
        let fits = match info.family {
            TypeFamily::Int | TypeFamily::Uint => is_number,
            _ if info.declared.starts_with("enum(") => info.declared.contains(&format!("'{word}'")),
            _ => info
                .max_len
                .is_none_or(|max| word.chars().count() as u64 <= max),
        };
        if !fits {
            report.refuse(
                "format-narrow",
                FindingWords {
                    what: format!(
                        "column {} of {table} is {} and does not take {word:?}",
                        info.name, info.declared
                    ),
                    why: WHY,
                    todo: "choose another word in `write`, or widen the column".to_owned(),
                },
            );
        }
    }
}

const WHY: &str =
    "the column is set in the statement that swaps the value: every row would be refused";
