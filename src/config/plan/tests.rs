//! What is part of a plan, and how a difference is named.

use super::*;
use crate::config::tests::settings;
use crate::scheme::REGISTRY_VERSION;

const SMALL: &str = r#"
[database]
url_env = "DATABASE_URL"
[[credential]]
name = "parents"
table = "parent"
key = "id"
column = "password"
scheme = "md5"
last_login = "seen"
[[rule]]
name = "stale"
when = { class = ["weak"], last_login_before = "2y" }
do = "wrap"
"#;

fn check_differs(from: &str, to: &str, expected: &[&str]) {
    let (old, new) = (settings(SMALL), settings(&SMALL.replacen(from, to, 1)));
    assert_eq!(differences(&canonical(&old), &canonical(&new)), expected);
    assert_eq!(plan_digest(&old) == plan_digest(&new), expected.is_empty());
}

#[test]
fn the_canonical_text_is_what_the_ledger_keeps() {
    assert_eq!(
        canonical(&settings(SMALL)),
        format!(
            "plan\tversion\t1\nregistry\tversion\t{REGISTRY_VERSION}\n\
             target\talgorithm\targon2id\ntarget\tmemory_kib\t19456\ntarget\titerations\t2\n\
             target\tparallelism\t1\ntarget\tdialect\tphc\n\
             credential \"parents\"\ttable\tparent\ncredential \"parents\"\tkey\t\"id\"\n\
             credential \"parents\"\tcolumn\tpassword\ncredential \"parents\"\tscheme\tmd5\n\
             credential \"parents\"\tlast_login\tseen\n\
             rule \"stale\"\tplace\t1\nrule \"stale\"\twhen.class\t\"weak\"\n\
             rule \"stale\"\twhen.last_login_before\t2y\nrule \"stale\"\tdo\twrap\n"
        )
    );
}

/// Every key that is part of a plan, so that a change of any line's spelling shows.
const LARGE: &str = r#"
[database]
url_env = "DATABASE_URL"
[[credential]]
name = "answers"
schema = "lodge"
table = "Parent"
key = ["tenant", "id"]
column = "answer"
scheme = "md5(pass.salt)"
login = "email"
username = "nick"
salt = "grain"
last_login = "seen"
where = "tenant = 3"
except = "is_service"
normalize = "answer1"
marker_column = "mark"
preserve = ["updated_at", "touched"]
readers_ready = true
[credential.on_reset]
value = "!saltern:{random}"
set = { must_reset = true, tries = -1, reset_at = "now()" }
done = { must_reset = false }
must_change = "must_reset"
[[credential]]
name = "parents"
table = "parent"
key = "id"
column = "password"
scheme = "auto"
[credential.on_reset]
sql = "DELETE FROM session WHERE parent IN (:keys)"
[target]
algorithm = "bcrypt"
cost = 11
prefix = "2y"
[[rule]]
name = "grace"
when = { credential = "answers", scheme = ["md5(pass.salt)"], class = ["weak"], last_login_before = "2y", known = true }
do = "wrap"
deadline = "90d"
then = "reset"
since = "2026-01-01"
max_rows = 1000
soft = true
[[rule]]
when = { weak_parameters = true, wrapped = false }
do = "on-login"
"#;

#[test]
fn the_digest_of_a_plan_with_every_key_never_changes() {
    assert_eq!(
        plan_digest(&settings(LARGE)),
        "aeffe02a9727d26472249e317fee37a49571a8963adb05f984081efca5b04def"
    );
}

#[test]
fn what_is_accepted_belongs_to_the_plan() {
    let accepting = LARGE.replace(
        "normalize = \"answer1\"",
        "normalize = \"answer1\"\naccept = [\"hash_type=3\", \"grain IS NULL\"]",
    );
    let settings = settings(&accepting);
    assert!(
        canonical(&settings)
            .contains("credential \"answers\"\taccept\t\"hash_type = 3\" \"grain is null\"\n")
    );
    assert_ne!(
        plan_digest(&settings),
        "30a6fe72239c3cef1649a0166c6aba0b63e2c3582146a64a88d6a2357397b243"
    );
}

#[test]
fn the_digest_is_sha_256_in_hex() {
    assert_eq!(
        digest_of("abc"),
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    );
}

#[test]
fn the_database_is_not_part_of_a_plan() {
    check_differs("DATABASE_URL", "OTHER_URL", &[]);
}

#[test]
fn readers_ready_is_not_part_of_a_plan() {
    check_differs(
        "scheme = \"md5\"",
        "scheme = \"md5\"\nreaders_ready = true",
        &[],
    );
}

#[test]
fn spelling_and_comments_are_not_part_of_a_plan() {
    check_differs("key = \"id\"", "key = ['id'] # the key", &[]);
    check_differs("\"2y\"", "\"730d\"", &[]);
    check_differs("class = [\"weak\"]", "class = 'weak'", &[]);
}

#[test]
fn the_lists_of_known_passwords_are_not_part_of_a_plan() {
    check_differs(
        "[[credential]]",
        "[known]\nwordlist = \"words.txt\"\n[[credential]]",
        &[],
    );
}

#[test]
fn the_ledgers_names_are_not_part_of_a_plan() {
    check_differs(
        "[[credential]]",
        "[ledger]\nprefix = \"x_\"\n[[credential]]",
        &[],
    );
}

#[test]
fn a_changed_value_is_named_with_both() {
    check_differs(
        "scheme = \"md5\"",
        "scheme = \"ntlm\"",
        &["credential \"parents\": scheme was md5, is ntlm"],
    );
    check_differs(
        "do = \"wrap\"",
        "do = \"keep\"",
        &["rule \"stale\": do was wrap, is keep"],
    );
}

#[test]
fn a_value_that_came_or_went_is_named() {
    check_differs(
        "column = ",
        "where = \"tenant = 3\"\ncolumn = ",
        &["credential \"parents\": where was not set, is tenant = 3"],
    );
    check_differs(
        ", last_login_before = \"2y\"",
        "",
        &["rule \"stale\": when.last_login_before was 2y, is not set"],
    );
}

#[test]
fn a_subject_that_came_or_went_is_named_once() {
    check_differs(
        "name = \"parents\"",
        "name = \"people\"",
        &[
            "credential \"parents\" is gone",
            "credential \"people\" is new",
        ],
    );
}

#[test]
fn another_order_of_the_rules_is_another_plan() {
    check_differs(
        "[[rule]]",
        "[[rule]]\nname = \"first\"\ndo = \"keep\"\n[[rule]]",
        &["rule \"stale\": place was 1, is 2", "rule \"first\" is new"],
    );
}

#[test]
fn another_target_names_its_parameters() {
    check_differs(
        "[[rule]]",
        "[target]\nalgorithm = \"argon2id\"\nmemory_kib = 47104\n[[rule]]",
        &["target: memory_kib was 19456, is 47104"],
    );
}

#[test]
fn a_tab_or_a_line_break_in_a_value_does_not_make_another_fact() {
    let text = SMALL.replacen("column = ", "where = \"a\\tb\\nc\"\ncolumn = ", 1);
    assert!(canonical(&settings(&text)).contains("where\ta\\tb\\nc\n"));
}

#[test]
fn how_salts_are_read_is_part_of_a_plan_where_it_is_said() {
    check_differs(
        "scheme = \"md5\"",
        "scheme = \"md5\"\nchar_padding = \"strip\"\nempty_salt = \"empty\"",
        &[
            "credential \"parents\": char_padding was not set, is strip",
            "credential \"parents\": empty_salt was not set, is empty",
        ],
    );
    check_differs(
        "scheme = \"md5\"",
        "scheme = \"auto\"\nsalt = { table = \"meta\", key = \"user\", column = \"value\" }",
        &[
            "credential \"parents\": scheme was md5, is auto",
            "credential \"parents\": salt.table was not set, is meta",
            "credential \"parents\": salt.key was not set, is \"user\"",
            "credential \"parents\": salt.column was not set, is value",
        ],
    );
}
