//! Refusals of `[[credential]]`.

use super::*;

#[test]
fn a_column_of_marks_that_nobody_could_read_is_refused() {
    check_target(
        "algorithm = 'bcrypt'\nmarker_column = 'password'",
        "11:17: the column \"password\" is the credential's own column and can't be its `marker_column` too",
    );
    check_target(
        "algorithm = 'bcrypt'\nmarker_column = 'id'",
        "3:1: the column \"id\" is the credential's own column and can't be its `marker_column` too",
    );
    check_target(
        "algorithm = 'bcrypt'\ndialect = 'django'\nmarker_column = 'mark'",
        "3:1: a `marker_column` stands beside native strings, which the dialect django has none of: leave `dialect` out",
    );
    check_credential(
        "marker_column = 'mark'\n[[credential]]\nname = 'answers'\ntable = 'parent'\nkey = 'id'\ncolumn = 'answer'\nscheme = 'auto'\nmarker_column = 'mark'",
        "10:1: the credentials \"parents\" and \"answers\" of one table have the same `marker_column` \"mark\": give each its own",
    );
}

#[test]
fn what_is_accepted_is_a_condition_on_one_other_column() {
    let form = "`accept` takes conditions such as \"hash_type = 3\", as `saltern scan` prints them";
    check_credential("accept = 'hash_type <> 3'", &format!("9:10: {form}"));
    check_credential("accept = ['a = 1', '1 = 1 or a']", &format!("9:20: {form}"));
    check_credential(
        "accept = 'password = 1'",
        "9:10: the column \"password\" is the credential's own column and can't be its `accept` too",
    );
    check_credential(
        "accept = ['a = 1', 'a=1']",
        "9:20: the condition \"a = 1\" stands twice, first in line 9",
    );
}

#[test]
fn names_of_credentials_are_unique() {
    check_refused(
        &with(CREDENTIAL),
        "10:8: the credential \"parents\" stands twice, first in line 3",
    );
}

#[test]
fn the_same_column_of_the_same_rows_is_one_credential() {
    let again = CREDENTIAL.replace("parents", "again");
    check_refused(
        &with(&again),
        "13:1: \"password\" of \"parent\" is the credential \"parents\" of line 3 already: `where` must tell their rows apart",
    );
    let text = with(&format!(
        "where = 'tenant = 3'\n{again}where = 'tenant = 4'"
    ));
    assert_eq!(settings(&text).credentials.len(), 2);
}

#[test]
fn a_column_of_the_key_stands_once() {
    check_changed(
        "\"id\"",
        "['id', 'id']",
        "6:14: the column \"id\" stands twice, first in line 6",
    );
}

#[test]
fn the_column_of_the_values_is_nothing_else_too() {
    let own = |key: &str| {
        format!(
            "the column \"password\" is the credential's own column and can't be its `{key}` too"
        )
    };
    check_changed(
        "\"id\"",
        "['id', 'password']",
        &format!("6:14: {}", own("key")),
    );
    for key in ["salt", "salt2", "last_login", "preserve"] {
        check_credential(
            &format!("{key} = 'password'"),
            &format!("9:{}: {}", key.len() + 4, own(key)),
        );
    }
}

#[test]
fn a_scheme_without_the_columns_that_it_needs_is_refused() {
    for (scheme, more, expected) in [
        (
            "md5(pass.salt)",
            "",
            "8:1: md5(pass.salt) takes a salt, and `salt` names no column of it",
        ),
        (
            "sha1(salt.pass.salt2)",
            "salt = 's'",
            "8:1: sha1(salt1.pass.salt2) takes a second salt, and `salt2` names no column of it",
        ),
        (
            "md5(pass.username)",
            "",
            "8:1: md5(pass.username) takes the user's name, and `username` names no column of it",
        ),
        (
            "md5(pass.username)",
            "login = 'email'\nsalt = 's'",
            "10:1: `salt` is set, and md5(pass.username) takes no salt: wrapped as md5(pass.username), salted digests would lock everybody out",
        ),
        (
            "md5crypt",
            "salt = 's'",
            "9:1: `salt` is set, and md5crypt takes no salt: wrapped as md5crypt, salted digests would lock everybody out",
        ),
        (
            "auto",
            "salt = false",
            "9:1: `salt = false` says that the values of a salted scheme carry their salts themselves, and scheme = \"auto\" names none",
        ),
        (
            "md5",
            "salt = false",
            "9:1: `salt` is set, and md5 takes no salt: wrapped as md5, salted digests would lock everybody out",
        ),
        (
            "md5(pass.salt)",
            "salt = true",
            "9:8: `salt` must be a string, not true or false",
        ),
    ] {
        let text = with(more).replace("\"auto\"", &format!("\"{scheme}\""));
        check_refused(&text, expected);
    }
}

#[test]
fn an_expression_that_says_nothing_is_refused_where_it_goes_wrong() {
    for (scheme, expected) in [
        (
            "md5(pas.salt)",
            "8:10: `scheme`: `pas` at character 5 is neither a hash function nor anything else that is known",
        ),
        (
            "md5(pass.salt",
            "8:10: `scheme`: a closing bracket expected at character 14, not the end",
        ),
    ] {
        let text = with("").replace("\"auto\"", &format!("\"{scheme}\""));
        check_refused(&text, expected);
    }
}

#[test]
fn a_salt_in_another_table_names_all_that_finds_it() {
    for (salt, expected) in [
        (
            "{ table = 'meta', column = 'value' }",
            "9:8: a column of another table needs `key`",
        ),
        (
            "{ table = 'meta', key = 'user', column = 'value', wher = 'x' }",
            "9:58: a column of another table has no key \"wher\"; did you mean \"where\"?",
        ),
        (
            "{ table = 'meta', key = ['site', 'user'], column = 'value' }",
            "9:26: the `key` of `salt` names 2 columns, and the credential's own key has 1: they are compared one by one",
        ),
    ] {
        let text = with(&format!("salt = {salt}"));
        check_refused(&text, expected);
    }
}

#[test]
fn what_a_missing_salt_and_a_padded_one_are_is_said_in_known_words() {
    check_credential(
        "last_login_null_is_never = true",
        "9:1: `last_login_null_is_never` belongs beside `last_login`",
    );
    check_credential(
        "empty_salt = 'null'",
        "9:14: `empty_salt` knows no \"null\"",
    );
    check_credential(
        "char_padding = 'stripped'",
        "9:16: `char_padding` knows no \"stripped\"",
    );
}
