use super::*;
use crate::scheme::{Declared, Scheme, Shape, Strength, digest};

const NOW: i64 = 1_700_000_000_000;

fn settings(declared: Declared) -> CensusSettings {
    CensusSettings {
        declared,
        separator: None,
        target: Strength::Bcrypt { cost: 10 },
        normalize: None,
        now_ms: NOW,
        cutoffs_ms: Vec::new(),
        hash_keys: [1, 2],
    }
}

fn md5(password: &str) -> String {
    digest(Scheme::MD5, password.as_bytes())
        .expect("a digest")
        .to_string()
}

fn count(declared: Declared, values: &[&str]) -> ColumnCensus {
    let mut census = Census::new(settings(declared));
    for value in values {
        census.observe(Some(value.as_bytes()), LastLogin::Unknown);
    }
    census.finish()
}

fn labels(census: &ColumnCensus) -> Vec<(Class, String, u64)> {
    census
        .lines
        .iter()
        .map(|line| (line.class, line.label(), line.rows))
        .collect()
}

#[test]
fn every_row_is_counted_in_one_line() {
    let md5 = md5("%unheard of%");
    let mut census = Census::new(settings(Declared::Auto));
    for value in [
        Some(""),
        None,
        Some("!"),
        Some("!"),
        Some(&md5),
        Some("hunter2"),
        Some("$1$saltgrai$lYmWLiltvL5p2hq4VzM4a0"),
    ] {
        census.observe(value.map(str::as_bytes), LastLogin::Never);
    }
    let census = census.finish();
    assert_eq!(census.rows, 7);
    let expected = [
        (Class::Null, "null", 1),
        (Class::Empty, "empty", 1),
        (Class::Locked, "!", 2),
        (Class::Unknown, "unknown", 1),
        (Class::Weak, "hex32", 1),
        (Class::Slow, "md5crypt", 1),
    ];
    assert_eq!(
        labels(&census),
        expected.map(|(class, label, rows)| (class, label.to_owned(), rows))
    );
    assert_eq!(census.login_ages.never, 7);
    assert_eq!(census.rows_of(Class::Locked), 2);
}

#[test]
fn a_proven_scheme_names_its_line() {
    let (a, b, c) = (
        md5("123456"),
        md5("password").to_uppercase(),
        md5("%unheard of%"),
    );
    let census = count(Declared::Auto, &[&a, &a, &b, &c]);
    assert_eq!(labels(&census), [(Class::Weak, "md5".to_owned(), 4)]);
    let line = &census.lines[0];
    assert!(line.proven);
    assert_eq!(line.scheme, Some(Scheme::MD5));
    assert_eq!(
        line.duplicates,
        Duplicates {
            distinct: 3,
            rows: 2,
            exact: true
        }
    );
    assert_eq!(census.proven(Shape::Hex32), Some(Scheme::MD5));
}

#[test]
fn a_declared_scheme_is_not_called_proven() {
    let (a, b) = (md5("123456"), md5("password"));
    let census = count(Declared::Scheme(Scheme::NTLM), &[&a, &a, &b]);
    assert_eq!(census.lines[0].scheme, Some(Scheme::NTLM));
    assert!(!census.lines[0].proven);
    assert!(census.shapes[0].contradicts(Scheme::NTLM));
}

#[test]
fn digests_of_the_empty_password_are_told_apart() {
    let (empty, other) = (md5(""), md5("other"));
    let census = count(Declared::Scheme(Scheme::MD5), &[&empty, &other, &empty]);
    assert_eq!(census.lines[0].empty_password_rows, 2);
}

#[test]
fn a_line_of_plaintexts_holds_none_of_them() {
    let census = count(Declared::Scheme(Scheme::PLAINTEXT), &["hunter2", "hunter3"]);
    assert_eq!(census.lines[0].specimen, Recognised::Plaintext(b"x"));
    assert_eq!(
        labels(&census),
        [(Class::Plaintext, "plaintext".to_owned(), 2)]
    );
}

#[test]
fn answers_of_which_nothing_is_left_have_a_line_of_their_own() {
    let declared = Declared::Scheme(Scheme::PLAINTEXT);
    let mut census = Census::new(CensusSettings {
        normalize: Some(Normalize::Answer1),
        ..settings(declared)
    });
    for value in ["Rex", "  ", "\u{a0}", "?"] {
        census.observe(Some(value.as_bytes()), LastLogin::Unknown);
    }
    let census = census.finish();
    assert_eq!(census.lines.len(), 2);
    assert_eq!(
        census
            .lines
            .iter()
            .find(|line| line.specimen == Recognised::Plaintext(b" "))
            .map(|line| line.rows),
        Some(2)
    );
}

#[test]
fn logins_on_two_sides_of_a_rules_cutoff_are_counted_apart() {
    let cutoff = NOW - 90 * 86_400_000;
    let mut census = Census::new(CensusSettings {
        cutoffs_ms: vec![cutoff],
        ..settings(Declared::Auto)
    });
    for login in [
        LastLogin::At(cutoff - 1),
        LastLogin::At(cutoff),
        LastLogin::At(cutoff + 1),
        LastLogin::Never,
    ] {
        census.observe(Some(b"hunter2"), login);
    }
    let logins = census.finish().lines.remove(0).last_logins;
    let before: u64 = logins
        .iter()
        .filter(|(login, _)| matches!(login, LastLogin::At(ms) if *ms < cutoff))
        .map(|(_, rows)| rows)
        .sum();
    assert_eq!(before, 1);
    assert_eq!(logins.iter().map(|(_, rows)| rows).sum::<u64>(), 4);
}

#[test]
fn merged_parts_are_the_whole() {
    let values: Vec<String> = (0..3_000)
        .map(|n| {
            if n % 3 == 0 {
                md5(&(n % 30).to_string())
            } else {
                format!("word {n}")
            }
        })
        .collect();
    let whole = count(
        Declared::Auto,
        &values.iter().map(String::as_str).collect::<Vec<_>>(),
    );
    let mut parts = values.chunks(700).map(|part| {
        let mut census = Census::new(settings(Declared::Auto));
        part.iter().for_each(|value| {
            census.observe(Some(value.as_bytes()), LastLogin::Unknown);
        });
        census
    });
    let mut merged = parts.next().expect("a first part");
    parts.for_each(|part| merged.merge(&part));
    assert_eq!(merged.finish(), whole);
}

#[test]
fn a_column_made_of_ever_new_kinds_is_counted_in_bounded_memory() {
    let mut census = Census::new(settings(Declared::Auto));
    for n in 0..3_000 {
        let value = format!(
            "$argon2id--x-{n}$v=19$m=64,t=1,p=1$c2FsdHNhbHRzYWx0c2FsdA$AAAAAAAAAAAAAAAAAAAAAA"
        );
        census.observe(Some(value.as_bytes()), LastLogin::Unknown);
    }
    let census = census.finish();
    assert_eq!(census.rows, 3_000);
    assert!(census.lines.len() <= LINES_MAX + 1);
}
