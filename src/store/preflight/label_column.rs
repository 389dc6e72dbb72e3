//! The column of the labels, where they have one of their own.

use super::report::{FindingWords, Report};
use super::want::Want;
use crate::store::table::CredentialColumn;

pub(super) fn look(column: &CredentialColumn, want: &Want, report: &mut Report) {
    let Some(label) = &column.label else {
        return;
    };
    let (name, table) = (&label.info.name, &column.table_ident);
    // In the value the label stands behind two hyphens.
    let longest = want.longest_label.saturating_sub("--".len());
    if label.info.max_len.is_some_and(|max| max < longest as u64) {
        report.refuse(
            "marker-narrow",
            FindingWords {
                what: format!(
                    "column {name} of {table} is {}; the longest label has {longest} characters",
                    label.info.declared
                ),
                why: "a value whose label is cut or refused can't be opened by anybody",
                todo: format!("widen it to VARCHAR({}) or more", longest.max(64)),
            },
        );
    }
    if label.info.generated {
        report.refuse(
            "marker-generated",
            FindingWords {
                what: format!("column {name} of {table} is generated from others"),
                why: "the label is written with the value",
                todo: "name a column of its own in `marker_column`".to_owned(),
            },
        );
    }
    report.info(
        "marker-column",
        FindingWords {
            what: format!("the labels of wrapped values stand in column {name} of {table}"),
            why: "a reader that doesn't look at it takes a wrapped value for a native hash, and lets in whoever types the digest that leaked",
            todo: "see to it that every reader asks this column first, and that whoever changes a password empties it in the same statement".to_owned(),
        },
    );
}
