//! The column of the marks, where they have one of their own.

use super::report::{Report, Words};
use super::want::Want;
use crate::store::table::Column;

pub(super) fn look(column: &Column, want: &Want, report: &mut Report) {
    let Some(marker) = &column.marker else {
        return;
    };
    let (name, table) = (&marker.info.name, &column.table_ident);
    // In the value the mark stands behind two hyphens.
    let longest = want.longest_mark.saturating_sub("--".len());
    if marker.info.max_len.is_some_and(|max| max < longest as u64) {
        report.refuse(
            "marker-narrow",
            Words {
                what: format!(
                    "column {name} of {table} is {}; the longest mark has {longest} characters",
                    marker.info.declared
                ),
                why: "a value whose mark is cut or refused can't be opened by anybody",
                todo: format!("widen it to VARCHAR({}) or more", longest.max(64)),
            },
        );
    }
    if marker.info.generated {
        report.refuse(
            "marker-generated",
            Words {
                what: format!("column {name} of {table} is generated from others"),
                why: "the mark is written with the value",
                todo: "name a column of its own in `marker_column`".to_owned(),
            },
        );
    }
    report.info(
        "marker-column",
        Words {
            what: format!("the marks of wrapped values stand in column {name} of {table}"),
            why: "a reader that doesn't look at it takes a wrapped value for a native hash, and lets in whoever types the digest that leaked",
            todo: "see to it that every reader asks this column first, and that whoever changes a password empties it in the same statement".to_owned(),
        },
    );
}
