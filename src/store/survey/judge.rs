//! Whether a column looks like the passwords of users, and why. Pure.
//!
//! A database has many secrets that its platform sends on to others: to mail servers, directories,
//! devices. Wrapped, they are lost, because only their owner can make them anew. So a column is
//! proposed where its table is one of people who log in, or where its values are password hashes,
//! which nobody can send on. Everything else is named with the reason.

use super::form::FormKind;
use super::tables::{ColumnSurvey, TableSurvey};
use crate::store::table::{Guess, TableOf};

/// From this share of its values on, a column counts as being of one form.
const MOST: f64 = 0.5;

/// So few rows may be those of one installation's own accounts elsewhere.
const FEW_ROWS: usize = 5;

/// Why a column looks like passwords of users, or as an error why it does not.
///
/// # Errors
/// The reason, as a sentence for a comment.
pub fn judge(table: &TableSurvey, column: &ColumnSurvey) -> Result<&'static str, String> {
    if let (Some(reason), true) = (&column.not_read, column.guess != Guess::Method) {
        return Err(reason.clone());
    }
    let why = by_name(table, column)?;
    if table.key.is_empty() {
        return Err("its table has no unique key without NULL that is made of integers, uuid or text: rows could not be told apart".to_owned());
    }
    Ok(why)
}

fn by_name(table: &TableSurvey, column: &ColumnSurvey) -> Result<&'static str, String> {
    let no = |reason: &str| Err(reason.to_owned());
    match column.guess {
        Guess::Token => no(
            "named like a token, which nobody types; what compares it would not find it any more",
        ),
        Guess::Temporary => no(
            "named like a password for a short time, which its holder was sent: once it is wrapped, its holder gets no further unless \
             the code that takes it reads wrapped values too; let such passwords run out, or give the column a credential of its own",
        ),
        Guess::Former => no(
            "named like a password of the past: nobody logs in by it; empty it if nothing reads it any more, or give it a credential of its own",
        ),
        Guess::Method => no("it says how the passwords beside it are hashed, and holds none"),
        Guess::Foreign => no(
            "named like a secret that this platform sends on to elsewhere, or that opens a thing and no account",
        ),
        _ if most(column, |kind| kind == FormKind::Method) => no(
            "its values are names of schemes: it says how the passwords beside it are hashed, and holds none",
        ),
        _ if table.table_of == TableOf::Things => Err(format!(
            "by its name its table is one of things, not of people who log in: a secret that this platform sends on, or that opens a \
             thing ({})",
            column.forms_in_words()
        )),
        Guess::Hash => hash(table, column),
        Guess::Password | Guess::Answer | Guess::Pin => password(table, column),
    }
}

fn hash(table: &TableSurvey, column: &ColumnSurvey) -> Result<&'static str, String> {
    if most(column, is_password_hash) {
        return Ok("its values are password hashes");
    }
    let digests = most(column, |kind| {
        matches!(
            kind,
            FormKind::Hex { .. } | FormKind::Digest(_) | FormKind::Raw(_)
        )
    });
    if digests && table.login.is_some() {
        return Ok("by its name and its values, beside something to log in with");
    }
    Err(format!(
        "named like a hash, but its values ({}) and its table don't say that it is one of passwords",
        column.forms_in_words()
    ))
}

fn password(table: &TableSurvey, column: &ColumnSurvey) -> Result<&'static str, String> {
    let of_people = table.table_of == TableOf::People;
    let of_somebody = table.login.is_some() || table.owner.is_some() || of_people;
    let empty = column.sampled() == 0;
    if !empty && column.values() == 0 {
        return Err(format!("no row has a value ({})", column.forms_in_words()));
    }
    if most(column, |kind| {
        matches!(kind, FormKind::Bytes | FormKind::Long)
    }) {
        return Err(format!(
            "its values are no password hashes of a known form: encrypted perhaps, or a document ({}); no scheme says how a login checks them",
            column.forms_in_words()
        ));
    }
    if most(column, |kind| is_password_hash(kind) || is_digest(kind)) {
        return Ok("by its name and its values");
    }
    if !of_somebody {
        return Err(format!(
            "its table has no column that somebody logs in with, and its values are no hashes: perhaps a secret that this platform sends on ({})",
            column.forms_in_words()
        ));
    }
    if !of_people {
        if let Some(connection) = &table.connection {
            return Err(format!(
                "the column {} beside it says where a connection goes: a secret that this platform sends on ({})",
                connection.escape_debug(),
                column.forms_in_words()
            ));
        }
        if !empty && column.values() < FEW_ROWS {
            return Err(format!(
                "its few values are no hashes and its table is not named after people: perhaps a secret that this platform sends on ({})",
                column.forms_in_words()
            ));
        }
        if !empty && column.distinct < 3 {
            return Err(format!(
                "its values don't vary: of {} rows there are {} different ones",
                column.sampled(),
                column.distinct
            ));
        }
    }
    Ok(if column.guess == Guess::Answer {
        "by its name: the answer to a question opens the account as well as the password"
    } else {
        "by its name"
    })
}

fn most(column: &ColumnSurvey, is: impl Fn(FormKind) -> bool) -> bool {
    column.share(is).is_some_and(|share| share >= MOST)
}

fn is_password_hash(kind: FormKind) -> bool {
    matches!(kind, FormKind::Native(_) | FormKind::Own)
}

fn is_digest(kind: FormKind) -> bool {
    matches!(
        kind,
        FormKind::Hex { .. } | FormKind::Digest(_) | FormKind::Raw(_)
    )
}
