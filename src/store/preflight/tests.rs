//! What can be told without a database; the rest is in the contract tests.

use super::check::in_create_table;
use super::report::Report;
use super::server::{connections, is_remote, parse_version, transaction_time};
use super::sqlite::{FileSystem, file_system};
use super::*;
use crate::config::Credential;
use crate::policy::Target;
use crate::scheme::{BcryptPrefix, Declared, Dialect, Outer, Scheme};

const ARGON2ID: Outer = Outer::Argon2id {
    memory_kib: 19_456,
    iterations: 2,
    parallelism: 1,
};
const BCRYPT: Outer = Outer::Bcrypt {
    cost: 12,
    prefix: BcryptPrefix::B,
};

#[test]
fn every_code_of_a_finding_stands_once_and_is_in_kebab_case() {
    for about in CODES {
        assert_eq!(
            CODES
                .iter()
                .filter(|other| other.code == about.code)
                .count(),
            1,
            "{}",
            about.code
        );
        assert!(
            about
                .code
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b == b'-'),
            "{}",
            about.code
        );
    }
}

#[test]
fn the_page_of_findings_is_what_the_code_says() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/findings.md");
    #[expect(
        clippy::disallowed_methods,
        reason = "an explicit accept comes by the environment"
    )]
    if std::env::var("SALTERN_ACCEPT").is_ok() {
        std::fs::write(&path, page()).unwrap();
    }
    assert_eq!(std::fs::read_to_string(&path).unwrap_or_default(), page());
}

fn want(outer: Outer, scheme: Declared) -> Want {
    let credential = Credential {
        name: "users".to_owned(),
        schema: None,
        table: "users".to_owned(),
        key: vec!["id".to_owned()],
        column: "password".to_owned(),
        scheme,
        login: crate::config::LoginColumns::default(),
        charset: None,
        username: None,
        salt: None,
        salt2: None,
        companions: crate::config::CompanionSettings::default(),
        site_salt_file: None,
        site: None,
        last_login: None,
        where_sql: None,
        except_sql: None,
        accept: Vec::new(),
        normalize: None,
        marker_column: None,
        preserve: Vec::new(),
        readers_ready: false,
        separator: None,
        plaintext_is_certain: false,
        last_login_null_is_never: false,
        on_reset: crate::config::OnReset::default(),
        format: None,
        on_wrap: Vec::new(),
        on_login: Vec::new(),
        line: 1,
    };
    let target = Target {
        outer,
        dialect: Dialect::Phc,
    };
    Want::new(target, &credential, Access::Write)
}

#[test]
fn the_sample_is_as_long_as_the_longest_new_value() {
    let md5 = Declared::Scheme(Scheme::MD5);
    let plaintext = Declared::Scheme(Scheme::PLAINTEXT);
    for outer in [ARGON2ID, BCRYPT] {
        for declared in [Declared::Auto, md5, plaintext] {
            for dialect in Dialect::ALL {
                let want = Want {
                    dialect,
                    ..want(outer, declared)
                };
                assert_eq!(
                    want.sample().len(),
                    want.longest_new_value(),
                    "{declared:?}"
                );
            }
        }
    }
}

#[test]
fn the_longest_new_value_is_that_of_the_declared_scheme() {
    assert_eq!(
        want(ARGON2ID, Declared::Scheme(Scheme::MD5)).longest_new_value(),
        102
    );
    assert_eq!(
        want(ARGON2ID, Declared::Scheme(Scheme::PLAINTEXT)).longest_new_value(),
        97
    );
    // A long password is marked even where nothing is wrapped.
    assert_eq!(
        want(BCRYPT, Declared::Scheme(Scheme::PLAINTEXT)).longest_new_value(),
        60 + "--sha384-b64".len()
    );
}

#[test]
fn versions_are_read_from_what_servers_say() {
    assert_eq!(parse_version("10.11.6-MariaDB-0+deb12u1-log"), (10, 11, 6));
    assert_eq!(parse_version("8.0.36"), (8, 0, 36));
    assert_eq!(parse_version("9.7.0-rc"), (9, 7, 0));
    assert_eq!(parse_version("?"), (0, 0, 0));
}

#[test]
fn a_socket_and_the_loopback_are_not_remote() {
    for host in ["localhost", "127.0.0.1", "::1", ""] {
        assert!(!is_remote(host), "{host}");
    }
    assert!(is_remote("10.0.0.7") && is_remote("app.example"));
}

#[test]
fn network_file_systems_are_known_by_their_numbers() {
    assert_eq!(file_system(0x6969), FileSystem::Network("NFS"));
    assert_eq!(file_system(0xff53_4d42), FileSystem::Network("SMB"));
    assert_eq!(file_system(0x6573_5546), FileSystem::UserSpace);
    // ext4, tmpfs, btrfs, xfs, overlayfs.
    for magic in [0xef53, 0x0102_1994, 0x9123_683e, 0x5846_5342, 0x794c_7630] {
        assert_eq!(file_system(magic), FileSystem::Local);
    }
}

#[test]
fn checks_are_found_in_a_create_table() {
    let sql = "CREATE TABLE t (id INTEGER PRIMARY KEY, -- CHECK (no)\n p TEXT CHECK(length(p) = 32 AND p <> ')'), q TEXT DEFAULT 'CHECK (x)',\n \
               CONSTRAINT \"a b\" CHECK ((q IS NULL) OR (p > q)) /* CHECK (no) */)";
    let found: Vec<(String, String)> = in_create_table(sql)
        .into_iter()
        .map(|check| (check.name, check.expression))
        .collect();
    let expected = [
        ("number 1", "length(p) = 32 AND p <> ')'"),
        ("a b", "(q IS NULL) OR (p > q)"),
    ];
    assert_eq!(
        found,
        expected.map(|(name, sql)| (name.to_owned(), sql.to_owned()))
    );
}

#[test]
fn a_create_table_that_ends_early_makes_no_panic() {
    for sql in [
        "CREATE TABLE t (p CHECK (",
        "CREATE TABLE t (p CHECK ('",
        "CHECK",
        "(",
        "é CHECK (é",
    ] {
        in_create_table(sql);
    }
}

#[test]
fn limits_that_make_a_run_impossible_are_refused() {
    let check = |look: &dyn Fn(&mut Report), expected: Option<(Severity, &str)>| {
        let mut report = Report::default();
        look(&mut report);
        let found = report.0.first().map(|found| (found.severity, found.code));
        assert_eq!(found, expected);
    };
    for (limit, refused) in [(-1, false), (0, true), (3, true), (4, false)] {
        let expected = refused.then_some((Severity::Refuse, "connection-limit"));
        check(
            &|report| connections(limit, "this role", "raise it", report),
            expected,
        );
    }
    for (limit, expected) in [
        (0, None),
        (200, Some((Severity::Refuse, "time-limit"))),
        (600_000, Some((Severity::Warn, "time-limit"))),
    ] {
        check(
            &|report| transaction_time(limit, "transaction_timeout", "lift it", report),
            expected,
        );
    }
}
