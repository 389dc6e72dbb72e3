//! Refusals of `[database]`.

use super::*;

#[test]
fn the_database_has_exactly_one_source() {
    check_database(
        "",
        "1:1: [database] needs one of `url_env`, `url_file` and `url`",
    );
    check_database(
        "url_env = 'A'\nurl = 'x'",
        "3:1: [database] takes one of `url_env`, `url_file` and `url`, not both `url_env` and `url`",
    );
    check_database(
        "url_file = 'a'\nurl_env = 'A'",
        "2:1: [database] takes one of `url_env`, `url_file` and `url`, not both `url_env` and `url_file`",
    );
}

#[test]
fn a_url_where_its_name_is_meant_is_refused() {
    check_database(
        "url_env = 'postgres://h/d'",
        "2:11: `url_env` must be the name of an environment variable, not the URL itself",
    );
    check_database(
        "url_env = '$PG'",
        "2:11: `url_env` must be the name of an environment variable, not the URL itself",
    );
    check_database(
        "url_file = 'postgres://h/d'",
        "2:12: `url_file` must be the path of a file, not the URL itself",
    );
}

#[test]
fn what_is_no_url_is_refused() {
    check_database(
        "url = 'users.db'",
        "2:7: a database URL starts with postgres://, mysql://, mariadb:// or sqlite:",
    );
}

#[track_caller]
fn check_mode(mode: Option<u32>, expected: &str) {
    let text = format!("[database]\nurl = 'postgres://u:p@h/d'\n{CREDENTIAL}");
    let config = ConfigFile {
        path: Path::new("saltern.toml"),
        text: &text,
        mode,
    };
    let error = parse(&config).expect_err("others may read it");
    assert_eq!(error.to_string(), format!("saltern.toml:2:7: {expected}"));
}

#[test]
fn a_password_in_a_file_that_others_can_read_is_refused() {
    check_mode(
        Some(0o644),
        "`url` holds a password and the file has mode 0644: others may read it",
    );
    check_mode(
        Some(0o620),
        "`url` holds a password and the file has mode 0620: others may write it",
    );
    check_mode(
        Some(0o100_604),
        "`url` holds a password and the file has mode 0604: others may read it",
    );
    check_mode(
        None,
        "`url` holds a password and it is not known who may read the file",
    );
}
