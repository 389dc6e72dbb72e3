//! Comments in the file about what only a person can decide.

use std::fmt::Write as _;

use super::words::{one_line, toml_string};
use crate::store::survey::{ColumnSurvey, FormKind, Guess, TableSurvey, candidates};

/// Comments behind a credential, with lines that a person may uncomment.
pub(super) fn advice(table: &TableSurvey, column: &ColumnSurvey) -> String {
    let mut text = String::new();
    let most_text = column
        .share(|kind| kind == FormKind::Text)
        .is_some_and(|share| share >= 0.5);
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
        match &salts(table)[..] {
            [] => {}
            [_] => text.push_str(
                "# `salt` names the column beside it. `scan` tries common passwords with it and without it, and says whether it takes part.\n",
            ),
            salts => {
                let _ = writeln!(
                    text,
                    "# There are columns beside it that are called a salt ({}). `scan` tries common passwords with each; put the one that takes\n\
                     # part here, and in the login:\n# salt = {}",
                    salts.iter().map(|salt| one_line(salt)).collect::<Vec<_>>().join(", "),
                    toml_string(salts[0])
                );
            }
        }
    }
    if let Some(bytes) = raw_digest(column) {
        let _ = writeln!(
            text,
            "# The values are {bytes} raw bytes, as a digest has them that is not written in hex. Nothing in such a value can be proven by `auto`:\n\
             # say in place of it how they were made, for example\n# scheme = \"{}_bin(pass)\"",
            algorithm_of(bytes)
        );
    }
    if column.condition.is_some() {
        text.push_str(
            "# This is a table of attributes: `where` chooses the rows that are passwords. What reads the attribute's name must be taught too.\n",
        );
    }
    let methods: Vec<String> = table
        .columns
        .iter()
        .filter(|other| other.guess == Guess::Method)
        .map(|other| one_line(&other.column))
        .collect();
    if !methods.is_empty() {
        let _ = writeln!(
            text,
            "# {} says how a row is hashed. After a wrap it still says what it says today: teach its readers to look at the value first.",
            methods.join(", ")
        );
    }
    text
}

/// The columns that may have salted a password.
pub(super) fn salts(table: &TableSurvey) -> Vec<&String> {
    let of_another = |salt: &&String| {
        let name = salt.to_lowercase();
        ["token", "session", "cookie", "scratch"]
            .iter()
            .any(|word| name.contains(word))
    };
    table
        .salts
        .iter()
        .filter(|salt| !of_another(salt))
        .collect()
}

/// How many bytes the raw digests have that most values are.
fn raw_digest(column: &ColumnSurvey) -> Option<usize> {
    column.forms.iter().find_map(|form| match form.kind {
        FormKind::Raw(bytes) => Some(bytes),
        _ => None,
    })
}

/// The likeliest hash function with digests of that length.
fn algorithm_of(bytes: usize) -> &'static str {
    match bytes {
        16 => "md5",
        20 => "sha1",
        28 => "sha224",
        32 => "sha256",
        48 => "sha384",
        _ => "sha512",
    }
}
