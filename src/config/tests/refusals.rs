//! Every refusal with its exact words: line, column, what is wrong. Refusals of rules are in
//! `rules`.

mod credential;
mod database;
mod target;

use super::rules::check_rule;
use super::*;

#[track_caller]
pub(super) fn check_refused(text: &str, expected: &str) {
    let error = load(text).expect_err(text);
    assert_eq!(error.to_string(), format!("etc/saltern.toml:{expected}"));
}

/// Refused with these lines in the section, which is line 1. Its first line is line 2.
#[track_caller]
fn check_database(lines: &str, expected: &str) {
    check_refused(&format!("[database]\n{lines}\n{CREDENTIAL}"), expected);
}

/// Refused with these lines in the credential. The first is line 9.
#[track_caller]
fn check_credential(lines: &str, expected: &str) {
    check_refused(&with(lines), expected);
}

/// Refused where a text of the credential is replaced by another.
#[track_caller]
fn check_changed(from: &str, to: &str, expected: &str) {
    check_refused(&with("").replace(from, to), expected);
}

/// Refused with these lines in the section, which is line 9. Its first line is line 10.
#[track_caller]
fn check_target(lines: &str, expected: &str) {
    check_refused(&with(&format!("[target]\n{lines}")), expected);
}

#[test]
fn what_is_no_toml_is_refused_where_it_stops_being_it() {
    check_refused("[target\n", "1:8: unclosed table, expected `]`");
    check_refused(
        &with("login 'email'"),
        "9:7: key with no value, expected `=`",
    );
    check_refused(&with("table = 'parent'"), "9:1: duplicate key");
}

#[test]
fn an_unknown_key_is_refused_with_the_nearest() {
    check_refused(
        "databse = 1\n",
        "1:1: the file has no key \"databse\"; did you mean \"database\"?",
    );
    check_database(
        "ulr = 'x'",
        "2:1: [database] has no key \"ulr\"; did you mean \"url\"?",
    );
    check_credential(
        "logn = 'x'",
        "9:1: [[credential]] has no key \"logn\"; did you mean \"login\"?",
    );
    check_credential(
        "Last-Login = 'x'",
        "9:1: [[credential]] has no key \"Last-Login\"; did you mean \"last_login\"?",
    );
    check_target(
        "costs = 12",
        "10:1: [target] has no key \"costs\"; did you mean \"cost\"?",
    );
    check_rule(
        "doo = 'wrap'",
        "22:1: [[rule]] has no key \"doo\"; did you mean \"do\"?",
    );
    check_rule(
        "do = 'keep'\nwhen = { clas = 'weak' }",
        "23:10: when has no key \"clas\"; did you mean \"class\"?",
    );
    check_refused(
        &with("[ledger]\nscema = 'x'"),
        "10:1: [ledger] has no key \"scema\"; did you mean \"schema\"?",
    );
}

#[test]
fn an_unknown_key_that_is_near_to_none_is_refused_alone() {
    check_credential(
        "colour = 'red'",
        "9:1: [[credential]] has no key \"colour\"",
    );
    check_credential("'a@b' = 'red'", "9:1: [[credential]] has no such key");
}

#[test]
fn what_is_to_come_is_refused_as_not_available_yet() {
    check_rule(
        "do = 'keep'\nwhen = { users = 'x' }",
        "23:10: `users` in when is not available yet in this version",
    );
}

#[test]
fn a_section_that_must_be_there_is_asked_for() {
    check_refused("", "1:1: there is no [database]");
    check_refused(DATABASE, "1:1: there is no [[credential]]");
}

#[test]
fn a_key_that_must_be_there_is_asked_for() {
    for (line, key, at) in [
        ("name = \"parents\"\n", "name", "3:1"),
        ("table = \"parent\"\n", "table", "3:1"),
        ("key = \"id\"\n", "key", "3:1"),
        ("column = \"password\"\n", "column", "3:1"),
        ("scheme = \"auto\"\n", "scheme", "3:1"),
    ] {
        check_changed(line, "", &format!("{at}: [[credential]] needs `{key}`"));
    }
    check_target("cost = 12", "9:1: [target] needs `algorithm`");
    check_rule("name = 'x'", "21:1: [[rule]] needs `do`");
}

#[test]
fn another_type_is_refused() {
    check_refused(
        "database = 1\n",
        "1:12: `database` must be a table, not a whole number",
    );
    check_refused(
        &format!("{DATABASE}[credential]\n"),
        "3:1: [[credential]] is a list: write it with two brackets",
    );
    check_refused(
        &with("[rule]\ndo = 'keep'"),
        "9:1: [[rule]] is a list: write it with two brackets",
    );
    check_refused(
        "rule = 'x'\ndatabase.url_env = 'A'\ncredential = 1\n",
        "3:14: `credential` must be a list of tables, not a whole number",
    );
    check_refused(
        "database.url_env = 'A'\ncredential = [1]\n",
        "2:15: `credential` must be a list of tables, not a whole number",
    );
    check_database(
        "url_env = 1",
        "2:11: `url_env` must be a string, not a whole number",
    );
    check_changed(
        "\"parent\"",
        "['parent']",
        "5:9: `table` must be a string, not a list",
    );
    check_changed(
        "\"id\"",
        "1",
        "6:7: `key` must be a string or a list of strings, not a whole number",
    );
    check_changed(
        "\"id\"",
        "['id', 1.5]",
        "6:14: `key` must be a string or a list of strings, not a number with a point",
    );
    check_credential(
        "readers_ready = 'yes'",
        "9:17: `readers_ready` must be true or false, not a string",
    );
    check_target(
        "algorithm = 'bcrypt'\ncost = '12'",
        "11:8: `cost` must be a whole number, not a string",
    );
    check_rule(
        "do = true",
        "22:6: `do` must be a string, not true or false",
    );
    check_rule(
        "when = 'weak'\ndo = 'keep'",
        "22:8: `when` must be a table, not a string",
    );
}

#[test]
fn an_empty_value_is_refused() {
    check_changed("\"parent\"", "''", "5:9: `table` is empty");
    check_changed("\"id\"", "[]", "6:7: `key` is empty");
    check_changed("\"id\"", "['']", "6:8: `key` is empty");
    check_credential("where = ''", "9:9: `where` is empty");
    check_rule("do = 'keep'\nwhen.class = []", "23:14: `class` is empty");
    check_database("url_env = ''", "2:11: `url_env` is empty");
}

#[test]
fn names_of_ours_are_short_and_plain() {
    check_changed(
        "\"parents\"",
        "\"a\\nb\"",
        "4:8: `name` must be at most 64 characters, none of them a control character",
    );
    let long = format!("'{}'", "a".repeat(65));
    check_changed(
        "\"parents\"",
        &long,
        "4:8: `name` must be at most 64 characters, none of them a control character",
    );
    check_rule(
        &format!("name = {long}"),
        "22:8: `name` must be at most 64 characters, none of them a control character",
    );
    check_changed(
        "\"parent\"",
        "\"a\\u0000b\"",
        "5:9: `table` must be text without NUL",
    );
}

#[test]
fn an_unknown_word_is_refused_with_the_nearest() {
    check_changed(
        "\"auto\"",
        "'md-5'",
        "8:10: `scheme` knows no \"md-5\"; did you mean \"md5\"?",
    );
    check_changed(
        "\"auto\"",
        "'SHA1'",
        "8:10: `scheme` knows no \"SHA1\"; did you mean \"sha1\"?",
    );
    check_changed(
        "\"auto\"",
        "'atuo'",
        "8:10: `scheme` knows no \"atuo\"; did you mean \"auto\"?",
    );
    check_changed(
        "\"auto\"",
        "'gibberish'",
        "8:10: `scheme` knows no \"gibberish\"",
    );
    check_credential(
        "normalize = 'answer'",
        "9:13: `normalize` knows no \"answer\"; did you mean \"answer1\"?",
    );
    check_target(
        "algorithm = 'argon2i'",
        "10:13: `algorithm` knows no \"argon2i\"; did you mean \"argon2id\"?",
    );
    check_target(
        "algorithm = 'bcrypt'\nprefix = '2x'",
        "11:10: `prefix` knows no \"2x\"; did you mean \"2a\"?",
    );
    check_target(
        "algorithm = 'pbkdf2-sha256'\ndialect = 'spring'",
        "11:11: the dialect spring has no spelling for pbkdf2-sha256: choose argon2id or bcrypt",
    );
    check_target(
        "algorithm = 'bcrypt'\ndialect = 'php'",
        "11:11: `dialect` knows no \"php\"; did you mean \"phc\"?",
    );
    check_rule(
        "do = 'on_login'",
        "22:6: `do` knows no \"on_login\"; did you mean \"on-login\"?",
    );
    check_rule(
        "do = 'keep'\nwhen.class = 'weka'",
        "23:14: `class` knows no \"weka\"; did you mean \"weak\"?",
    );
    check_rule(
        "do = 'keep'\nwhen.scheme = ['md5', 'mdd5']",
        "23:23: `scheme` knows no \"mdd5\"; did you mean \"md5\"?",
    );
    check_rule(
        "do = 'keep'\nwhen.credential = 'kid'",
        "23:19: `credential` knows no \"kid\"; did you mean \"kids\"?",
    );
    check_rule(
        "do = 'on-login'\nthen = 'warp'",
        "23:8: `then` knows no \"warp\"; did you mean \"wrap\"?",
    );
}

#[test]
fn the_ledgers_names_need_no_quotes() {
    let ledger = |line: &str| with(&format!("[ledger]\n{line}"));
    check_refused(
        &ledger("schema = 'a-b'"),
        "10:10: `schema` must be at most 63 letters, digits and `_`, not a digit first",
    );
    check_refused(
        &ledger("prefix = '1_'"),
        "10:10: `prefix` must be at most 32 letters, digits and `_`, not a digit first",
    );
    let long = "a".repeat(33);
    check_refused(
        &ledger(&format!("prefix = '{long}'")),
        "10:10: `prefix` must be at most 32 letters, digits and `_`, not a digit first",
    );
}

#[test]
fn a_refusal_shows_its_line_and_says_what_to_do() {
    let error = load(&with(
        "[[rule]]\nname = 'x'\ndo = 'on-login'\ndeadline = '90d'",
    ))
    .expect_err("it would reset");
    assert_eq!(
        error.excerpt.as_deref(),
        Some("   |\n12 | deadline = '90d'\n   | ^^^^^^^^")
    );
    assert_eq!(
        error.help(),
        Some("`saltern plan` counts them; a deadline ends in a reset unless then = \"wrap\"")
    );
    assert_eq!(
        error.place,
        Place {
            line: 12,
            column: 1
        }
    );
}

#[test]
fn a_missing_section_shows_no_line() {
    assert_eq!(load("# nothing\n").expect_err("it is empty").excerpt, None);
}
