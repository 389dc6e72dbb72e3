//! `[credential.on_reset]`: what it takes, and every refusal with its place.

use super::refusals::check_refused;
use super::*;

/// A file with these lines in the section, which is line 9. Its first line is line 10.
fn with_on_reset(lines: &str) -> String {
    with(&format!("[credential.on_reset]\n{lines}"))
}

#[track_caller]
fn check(lines: &str, expected: &str) {
    check_refused(&with_on_reset(lines), expected);
}

fn assignment(column: &str, value: NewValue) -> Assignment {
    Assignment {
        column: column.to_owned(),
        value,
    }
}

#[test]
fn every_key_of_on_reset_is_read() {
    let lines = "set = { must_reset = true, tries = -1, \"odd name\" = \"now()\" }\nsql = 'DELETE FROM s WHERE u IN (:keys)'\n\
                 done = { must_reset = false }\nmust_change = 'must_reset'";
    let expected = OnReset {
        value: crate::reset::DeadForm::default(),
        set: vec![
            assignment("must_reset", NewValue::Flag(true)),
            assignment("tries", NewValue::Number(-1)),
            assignment("odd name", NewValue::Sql("now()".to_owned())),
        ],
        sql: vec!["DELETE FROM s WHERE u IN (:keys)".to_owned()],
        done: vec![assignment("must_reset", NewValue::Flag(false))],
        must_change: Some("must_reset".to_owned()),
    };
    let read = settings(&with_on_reset(lines));
    assert_eq!(read.credentials[0].on_reset, expected);
    assert_eq!(
        read.credentials[0].on_reset.columns(),
        ["must_reset", "tries", "odd name"]
    );
}

#[test]
fn columns_that_the_credential_lives_by_are_not_set() {
    let more = "salt = 's'\nlogin = 'email'\nusername = 'nick'\npreserve = 'updated_at'\n[credential.on_reset]\n";
    for (column, what) in [
        ("password", "column"),
        ("id", "key"),
        ("s", "salt"),
        ("email", "login"),
        ("nick", "username"),
        ("updated_at", "preserve"),
    ] {
        for key in ["set", "done"] {
            let text = with(&format!("{more}{key} = {{ {column} = 1 }}"));
            let place = key.len() + 6;
            check_refused(
                &text,
                &format!(
                    "14:{place}: `{key}` may not set {column:?}, which is the credential's `{what}`"
                ),
            );
        }
    }
}

#[test]
fn what_is_no_value_for_a_column_is_refused() {
    check(
        "set = { a = 1.5 }",
        "10:9: `a` must be true, false, a whole number or an SQL expression, not a number with a point",
    );
    check("set = { a = '' }", "10:9: `set` is empty");
    check(
        "set = 'must_reset'",
        "10:7: `set` must be a table, not a string",
    );
    check("sql = []", "10:7: `sql` is empty");
    check(
        "sets = {}",
        "10:1: [credential.on_reset] has no key \"sets\"; did you mean \"set\"?",
    );
}

#[test]
fn statements_take_the_keys_of_one_column() {
    let text = with_on_reset("sql = 'DELETE FROM s WHERE u IN (:keys)'")
        .replace("\"id\"", "['tenant', 'id']");
    check_refused(
        &text,
        "10:1: `sql` is given the keys of one column, and this credential's `key` has several",
    );
}

#[test]
fn what_a_reset_does_is_part_of_the_plan() {
    let one = settings(&with_on_reset(
        "set = { a = true }\nsql = 'DELETE FROM s WHERE u IN (:keys)'",
    ));
    let other = settings(&with_on_reset("set = { a = false }"));
    assert_eq!(
        differences(&canonical(&one), &canonical(&other)),
        [
            "credential \"parents\": on_reset.set.\"a\" was true, is false",
            "credential \"parents\": on_reset.sql was \"DELETE FROM s WHERE u IN (:keys)\", is not set",
        ]
    );
}

#[test]
fn a_soft_reset_needs_the_column_that_says_so() {
    let rule = "[[rule]]\ndo = 'reset'\nmax_rows = 1\nsoft = true";
    check_refused(
        &with(rule),
        "12:1: `soft` needs the column that says who must change the password, and credential \"parents\" names none",
    );
    let read = settings(&with_on_reset(&format!("must_change = 'm'\n{rule}")));
    assert_eq!(read.rules.reset_mode(0), crate::policy::ResetMode::Soft);
    check_refused(
        &with("[[rule]]\ndo = 'keep'\nsoft = true"),
        "11:1: `soft` means nothing without a reset",
    );
    check(
        "must_change = 'password'",
        "10:15: `must_change` may not set \"password\", which is the credential's `column`",
    );
}

#[test]
fn a_dead_value_must_be_random_and_known_again() {
    let read = settings(&with_on_reset("value = '!saltern:{random}'"));
    assert_eq!(
        read.credentials[0].on_reset.value.as_str(),
        "!saltern:{random}"
    );
    check(
        "value = 'disabled'",
        "10:9: `value` must hold {random} once, unless it is a marker of locked accounts",
    );
    let text = with_on_reset("value = '*'").replace("\"auto\"", "'plaintext'");
    check_refused(
        &text,
        "10:9: `value` would be a password in a column of plaintext: begin it with !saltern:",
    );
}
