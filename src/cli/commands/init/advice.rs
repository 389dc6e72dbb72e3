//! Comments in the file about what only a person can decide.

use std::fmt::Write as _;

use super::judge::MOST;
use super::words::one_line;
use crate::store::survey::{ColumnSurvey, FormKind, Guess, TableSurvey, candidates};

/// Comments behind a credential, with lines that a person may uncomment.
pub(super) fn advice(table: &TableSurvey, column: &ColumnSurvey) -> String {
    let mut text = String::new();
    let most_text = column
        .share(|kind| kind == FormKind::Text)
        .is_some_and(|share| share >= MOST);
    if most_text {
        text.push_str(
            "# Most values are text of no known form. saltern never takes such for passwords as they were typed: they may be of a scheme that\n\
             # it doesn't know, and are kept as they are. If you know that they are plaintext, put this in place of the `scheme` above:\n\
             # scheme = \"plaintext\"\n",
        );
        if column.guess == Guess::Answer {
            text.push_str("# and, so that \"Rex \" and \"rex\" stay the same answer:\n# normalize = \"answer1\"\n");
        }
    }
    let digits = column.forms.iter().find_map(|form| match form.kind {
        FormKind::Hex { digits, .. } => Some((digits, format!("{digits} hex digits"))),
        FormKind::Digest(shape) => Some((shape.digits(), shape.words())),
        _ => None,
    });
    if let Some((digits, words)) = digits {
        let schemes: Vec<&str> = candidates(digits)
            .iter()
            .take(4)
            .map(|scheme| scheme.name())
            .collect();
        let _ = writeln!(
            text,
            "# {words} may be {}; `scan` proves which by passwords that many people choose. Where it can't, and you know it, name it\n\
             # in place of `auto`.",
            schemes.join(", ")
        );
        if !table.salts.is_empty() {
            let salts: Vec<String> = table.salts.iter().map(|salt| one_line(salt)).collect();
            let _ = writeln!(
                text,
                "# There is a column {} beside it: digests with a salt can't be proven by `auto` and are left alone until their scheme is named.",
                salts.join(", ")
            );
        }
    }
    text
}
