//! Rows that need more than the platform's own verifier, and passwords that bcrypt can't take.

use serde::Serialize;

use crate::config::Settings;
use crate::engine::{ColumnScan, ReaderRows, reader_rows};
use crate::policy::Action;
use crate::report::text::count;
use crate::scheme::Outer;

/// The counts for machines.
#[derive(Serialize)]
pub(in crate::report) struct ReaderObject {
    rows: u64,
    until_login: u64,
    until_some_login: u64,
    until_new_password: u64,
    always: u64,
    unknown: u64,
    crypt: u64,
}

impl ReaderObject {
    pub(in crate::report) fn of(rows: ReaderRows) -> Self {
        Self {
            rows: rows.all(),
            until_login: rows.login,
            until_some_login: rows.some_login,
            until_new_password: rows.new_password,
            always: rows.always,
            unknown: rows.unknown,
            crypt: rows.crypt,
        }
    }
}

/// The counts in words.
pub(in crate::report) fn reader_words(scan: &ColumnScan, settings: &Settings) -> String {
    let rows = reader_rows(scan, settings);
    if rows.all() == 0 {
        return "no row needs more than the platform's own verifier".to_owned();
    }
    let parts: Vec<String> = [
        (rows.login, "until their next login"),
        (
            rows.some_login,
            "until a login by a password that the old scheme reads whole",
        ),
        (
            rows.new_password,
            "until their users choose another password",
        ),
        (rows.always, "for good"),
        (rows.unknown, "of unknown schemes"),
    ]
    .into_iter()
    .filter(|(rows, _)| *rows > 0)
    .map(|(rows, until)| format!("{} {until}", count(rows)))
    .collect();
    let crypt = match rows.crypt {
        0 => String::new(),
        rows => format!(
            "; {} of them are strings of crypt(3) that PHP's password_verify reads (--fail-on reader-crypt)",
            count(rows)
        ),
    };
    format!(
        "{} rows need more than the platform's own verifier: {}{crypt}",
        count(rows.all()),
        parts.join(", ")
    )
}

/// How many rows a run gives the label `sha384-b64`, as far as that is known beforehand. None where
/// the target takes every password as it is.
pub(in crate::report) fn long_rows(scan: &ColumnScan, settings: &Settings) -> Option<u64> {
    if !matches!(settings.target.outer, Outer::Bcrypt { .. }) {
        return None;
    }
    let is_rehashed = |at: usize| {
        let mut groups = scan.groups.iter();
        groups.any(|group| group.line == at && group.decision.action == Action::Rehash)
    };
    let lines = scan.census.lines.iter().enumerate();
    Some(
        lines
            .filter(|(at, _)| is_rehashed(*at))
            .map(|(_, line)| line.spelling.long)
            .sum(),
    )
}

/// The same in words, with what nobody can know beforehand.
pub(in crate::report) fn long_words(scan: &ColumnScan, settings: &Settings) -> Option<String> {
    let rows = long_rows(scan, settings)?;
    let waits = reader_rows(scan, settings);
    let is_open = waits.login + waits.some_login > scan_plaintext(scan);
    let known = (rows > 0).then(|| {
        format!(
            "{} passwords have more than 71 bytes or a NUL: bcrypt can't take them, they get the label sha384-b64",
            count(rows)
        )
    });
    let unknown = is_open.then(|| {
        "a password of more than 71 bytes gets the label sha384-b64 at its login: digests don't tell how many there are"
            .to_owned()
    });
    match (known, unknown) {
        (Some(known), Some(unknown)) => Some(format!("{known}; {unknown}")),
        (known, unknown) => known.or(unknown),
    }
}

/// Rows whose passwords are counted, because they can be read.
fn scan_plaintext(scan: &ColumnScan) -> u64 {
    scan.census.rows_of(crate::scheme::Class::Plaintext)
}
