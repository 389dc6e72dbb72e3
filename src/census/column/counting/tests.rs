use super::*;
use crate::census::column::ColumnCensus;
use crate::census::coverage::DividerKind;
use crate::census::trial::{Beside, Need, Trial};
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

/// A column divided by `hash_type`: rows of MD5, and others under another scheme.
fn divided(others: impl Fn(&str) -> String) -> ColumnCensus {
    let dividers = vec![Divider {
        name: "hash_type".to_owned(),
        kind: DividerKind::Number,
    }];
    let mut census = Census::new(settings(Declared::Auto)).dividing(dividers);
    let mut row = |value: &str, hash_type: i64| {
        let beside = [DividerValue::Number(hash_type)];
        let seen = census.observe_divided(Some(value.as_bytes()), LastLogin::Unknown, beside);
        seen.is_hit
    };
    for (number, word) in crate::census::words().take(60).enumerate() {
        assert!(row(&md5(word), 1));
        row(&md5(&format!("%{word}%")), 1);
        row(&others(&number.to_string()), 2);
        row(&others(word), 2);
    }
    census.finish()
}

#[test]
fn a_scheme_that_a_column_divides_from_another_is_proven_for_its_rows() {
    let ntlm = |password: &str| {
        let made = digest(Scheme::NTLM, password.as_bytes());
        made.expect("a digest").to_string()
    };
    for (others, second) in [
        (&ntlm as &dyn Fn(&str) -> String, Some(Scheme::NTLM)),
        (&|word: &str| md5(&format!("pepper{word}")), None),
    ] {
        let mut census = divided(others);
        let check = |census: &ColumnCensus| {
            let evidence = census.evidence(Shape::Hex32).expect("a shape");
            assert_eq!(evidence.proven(), Some(Scheme::MD5));
            let coverage = evidence.coverage.as_ref().expect("a coverage");
            let parts: Vec<String> = coverage.empty.iter().map(ToString::to_string).collect();
            assert_eq!(parts, ["hash_type = 2"]);
            assert_eq!((coverage.proven_rows, coverage.empty[0].rows), (120, 120));
            let found = evidence.second.first().map(|way| way.scheme);
            assert_eq!(found, second);
        };
        check(&census);
        // A trial on the rows of the proven part that finds nothing changes nothing.
        let beside = vec![Beside {
            name: "login".to_owned(),
            tried_as: vec![Need::Username],
            declared_as: Vec::new(),
        }];
        let trial = Trial::new(Shape::Hex32, beside).expect("something to try");
        census.settle(Shape::Hex32, trial.evidence());
        check(&census);
    }
}
