//! `[credential.format]`, `on_wrap` and `on_login`: what they take, and every refusal.

use super::*;
use crate::policy::{Expected, SchemeGroup, Target};

const MEMBERS: &str = "[database]\nurl_env = 'U'\n[[credential]]\nname = 'members'\ntable = 'member'\nkey = 'id'\ncolumn = 'pw'\nlogin = 'login'\n";

fn members(lines: &str) -> String {
    format!("{MEMBERS}[credential.format]\ncolumn = 'hash_type'\n{lines}\n")
}

#[track_caller]
fn check_refused(text: &str, part: &str) {
    let error = load(text).expect_err("it is refused").to_string();
    assert!(error.contains(part), "{error}");
}

const WRITE: &str = "write = { wrapped = '40', native = '41', dead = '0' }";

#[test]
fn every_value_of_a_format_column_is_a_credential_with_its_scheme() {
    let read = settings(&members(&format!(
        "schemes = {{ \"1\" = 'md5(pass)', \"2\" = 'md5(username.pass)', \"7\" = 'bcrypt' }}\nnull = 'auto'\n{WRITE}"
    )));
    let target = Target::default();
    let parts: Vec<(&str, Declared, Expected)> = read
        .credentials
        .iter()
        .map(|part| (part.name.as_str(), part.scheme, part.expected(&target)))
        .collect();
    let scheme = |name| Scheme::parse(name).expect(name);
    let of = |scheme| Expected::Scheme { scheme, or: None };
    let named = scheme("md5(username.pass)");
    let bcrypt = Expected::Group {
        group: SchemeGroup::Bcrypt,
        or: None,
    };
    assert_eq!(
        parts,
        [
            ("members[1]", Declared::Scheme(Scheme::MD5), of(Scheme::MD5)),
            ("members[2]", Declared::Scheme(named), of(named)),
            ("members[7]", Declared::Auto, bcrypt),
            ("members[NULL]", Declared::Auto, Expected::Anything),
            ("members[*]", Declared::Auto, Expected::Written),
        ]
    );
    assert!(
        read.credentials
            .iter()
            .all(|part| part.file_name() == "members")
    );
    let written = read.credentials[4].format.as_ref().map(FormatPart::values);
    assert_eq!(
        written,
        Some(&["40", "41", "0"].map(|word| Some(word.to_owned()))[..])
    );
    assert_eq!(read.credentials[0].columns_beside(), ["hash_type"]);
}

#[test]
fn a_rule_names_a_divided_credential_as_a_whole_or_a_part() {
    let text = members(&format!(
        "schemes = {{ \"1\" = 'md5', \"3\" = 'plaintext' }}\n{WRITE}"
    ));
    let rules = "[[rule]]\nwhen = { credential = 'members' }\ndo = 'rehash'\n[[rule]]\nwhen = { credential = 'members[1]' }\ndo = 'keep'\n";
    let read = settings(&format!("{text}{rules}"));
    let named: Vec<&[String]> = read
        .rules
        .iter()
        .map(|(_, rule)| rule.when.credentials.as_slice())
        .collect();
    assert_eq!(named[0], ["members[1]", "members[3]", "members[*]"]);
    assert_eq!(named[1], ["members[1]"]);
    check_refused(
        &format!("{text}[[rule]]\nwhen = {{ credential = 'members[1]' }}\ndo = 'rehash'\n"),
        "rehash",
    );
}

#[test]
fn a_reader_that_would_take_the_stored_string_for_the_password_is_not_left_as_it_is() {
    for open in ["plaintext", "base64"] {
        if Scheme::parse(open).is_err() {
            continue;
        }
        check_refused(
            &members(&format!("schemes = {{ \"1\" = 'md5', \"3\" = '{open}' }}")),
            "would accept the stored string",
        );
    }
    assert_eq!(
        settings(&members("schemes = { \"1\" = 'md5' }"))
            .credentials
            .len(),
        1
    );
}

#[test]
fn a_word_that_is_written_is_no_word_of_another_scheme() {
    let write = |wrapped, native, dead| {
        members(&format!(
            "schemes = {{ \"1\" = 'md5', \"3\" = 'plaintext', \"7\" = 'argon2' }}\nwrite = {{ wrapped = '{wrapped}', native = '{native}', dead = '{dead}' }}"
        ))
    };
    check_refused(&write("1", "41", "0"), "`wrapped` = \"1\" is listed as md5");
    check_refused(&write("40", "1", "0"), "`native` = \"1\" is listed as md5");
    check_refused(
        &write("40", "41", "3"),
        "`dead` = \"3\" is listed as plaintext",
    );
    assert_eq!(settings(&write("40", "7", "1")).credentials.len(), 4);
    check_refused(&write("4\"0", "41", "0"), "a quote");
    let short = members("schemes = { \"1\" = 'md5' }\nwrite = { wrapped = '40', native = '41' }");
    check_refused(&short, "`dead`");
}

#[test]
fn what_a_format_column_can_not_be_is_refused() {
    let of = |more: &str, column: &str| {
        format!(
            "{MEMBERS}{more}[credential.format]\ncolumn = '{column}'\nschemes = {{ \"1\" = 'md5' }}\n"
        )
    };
    check_refused(
        &of("scheme = 'md5'\n", "hash_type"),
        "leave one of them out",
    );
    for (column, what) in [("pw", "column"), ("id", "key"), ("login", "login")] {
        check_refused(&of("", column), &format!("`{what}`"));
    }
    check_refused(&of("salt = 's'\n", "hash_type"), "takes no salt");
    check_refused(&members("schemes = { \"1\" = 'md5(salt.pass)' }"), "`salt`");
    check_refused(&members(""), "`schemes`");
    check_refused(&members("schemes = { \"1\" = 'no such' }"), "no such");
    check_refused(&members("schemes = { \"1\" = 7 }"), "the name of a scheme");
}

#[test]
fn a_login_may_empty_a_salt_and_a_wrap_may_not() {
    let of = |key: &str, column: &str| {
        with(&format!(
            "salt = 's'\n[credential.{key}]\nset = {{ {column} = \"NULL\" }}"
        ))
    };
    let read = settings(&of("on_login", "s"));
    assert_eq!(read.credentials[0].on_login[0].column, "s");
    assert_eq!(read.credentials[0].columns_beside(), ["s"]);
    check_refused(&of("on_wrap", "s"), "`salt`");
    check_refused(&of("on_login", "password"), "`column`");
    let text = members(&format!(
        "schemes = {{ \"1\" = 'md5' }}\n{WRITE}\n[credential.on_wrap]\nset = {{ hash_type = 4 }}"
    ));
    check_refused(&text, "`format`");
}

#[test]
fn what_is_written_beside_the_value_is_part_of_the_plan_and_nothing_changes_without() {
    let plain = canonical(&settings(&with("")));
    assert!(!plain.contains("format") && !plain.contains("on_wrap"));
    let text = members(&format!(
        "schemes = {{ \"1\" = 'md5', \"7\" = 'bcrypt' }}\n{WRITE}\n[credential.on_wrap]\nset = {{ algo = \"'s'\" }}\n[credential.on_login]\nset = {{ algo = \"'n'\" }}"
    ));
    let plan = canonical(&settings(&text));
    for line in [
        "credential \"members[1]\"\tformat.column\thash_type",
        "credential \"members[7]\"\tformat.scheme\tbcrypt",
        "credential \"members[*]\"\tformat.write.dead\t0",
        "credential \"members[1]\"\ton_wrap.set.\"algo\"",
    ] {
        assert!(plan.contains(line), "{plan}");
    }
    assert!(!plan.contains("on_login"));
}
