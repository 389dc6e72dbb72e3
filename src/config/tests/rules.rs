//! Every refusal of a rule with its exact words.

use super::refusals::check_refused;
use super::*;

/// Lines 9 to 20.
const KIDS: &str = "[[credential]]\nname = 'kids'\ntable = 'kid'\nkey = 'id'\ncolumn = 'password'\nscheme = 'plaintext'\n\
                    [[credential]]\nname = 'old'\ntable = 'old'\nkey = 'id'\ncolumn = 'password'\nscheme = 'md5'\n";

/// Refused with these lines in a rule: the section is line 21, and its first line is line 22.
#[track_caller]
pub(super) fn check_rule(lines: &str, expected: &str) {
    check_refused(&with(&format!("{KIDS}[[rule]]\n{lines}")), expected);
}

#[test]
fn names_of_rules_are_unique() {
    check_rule(
        "name = 'a'\ndo = 'keep'\n[[rule]]\nname = 'a'\ndo = 'keep'",
        "25:8: the rule \"a\" stands twice, first in line 21",
    );
}

#[test]
fn an_age_has_its_form() {
    let age = "an age such as \"12h\", \"90d\", \"6w\", \"3mo\" or \"2y\"";
    check_rule(
        "do = 'keep'\nwhen.last_login_before = '2 years'",
        &format!("23:26: `last_login_before` must be {age}"),
    );
    check_rule(
        "do = 'on-login'\ndeadline = '180'",
        &format!("23:12: `deadline` must be {age}"),
    );
    check_rule(
        "do = 'on-login'\ndeadline = 180",
        "23:12: `deadline` must be a string, not a whole number",
    );
}

#[test]
fn a_rule_that_asks_for_a_last_login_needs_a_column_for_it() {
    check_rule(
        "do = 'keep'\nwhen.last_login_before = '2y'",
        "23:6: `last_login_before` can match no row: no credential of this rule names a column `last_login`",
    );
}

#[test]
fn an_impossible_class_is_refused() {
    check_rule(
        "when.class = 'plaintext'\ndo = 'wrap'",
        "22:14: wrap can't be done to the class plaintext: wrap is for hashes; rehash hashes a password in the clear",
    );
    check_rule(
        "when.class = ['weak', 'null']\ndo = 'wrap'",
        "22:23: wrap can't be done to the class null: there is nothing in it",
    );
    check_rule(
        "when.class = 'locked'\ndo = 'wrap'",
        "22:14: wrap can't be done to the class locked: it would make a usable password of a marker",
    );
    check_rule(
        "when.class = 'unknown'\ndo = 'wrap'",
        "22:14: wrap can't be done to the class unknown: what a value is must be known first",
    );
    check_rule(
        "when.class = 'strong'\ndo = 'wrap'",
        "22:14: wrap can't be done to the class strong: it is as strong as the target",
    );
    check_rule(
        "when.class = 'weak'\ndo = 'rehash'",
        "22:14: rehash can't be done to the class weak: rehash is for passwords in the clear; name the reversible scheme instead, and wrap hashes",
    );
    check_rule(
        "when.class = 'empty'\ndo = 'rehash'",
        "22:14: rehash can't be done to the class empty: there is nothing in it",
    );
    check_rule(
        "when.class = 'locked'\ndo = 'on-login'",
        "22:14: on-login can't be done to the class locked: nobody can log in with it",
    );
    check_rule(
        "when.class = 'null'\ndo = 'on-login'",
        "22:14: on-login can't be done to the class null: there is nothing in it",
    );
}

#[test]
fn an_impossible_scheme_is_refused() {
    check_rule(
        "when.scheme = 'plaintext'\ndo = 'wrap'",
        "22:15: wrap can't be done to the scheme plaintext: wrap is for hashes; rehash hashes a password in the clear",
    );
    check_rule(
        "when.scheme = 'argon2id'\ndo = 'wrap'",
        "22:15: wrap can't be done to the scheme argon2id: there is no wrap for its values; a login makes them strong",
    );
    check_rule(
        "when.scheme = 'md5'\ndo = 'rehash'",
        "22:15: rehash can't be done to the scheme md5: rehash is for passwords in the clear; wrap is for hashes",
    );
}

#[test]
fn an_action_that_the_credentials_own_scheme_rules_out_is_refused() {
    check_rule(
        "when.credential = 'kids'\ndo = 'wrap'",
        "22:19: wrap can't be done to the scheme plaintext: wrap is for hashes; rehash hashes a password in the clear",
    );
    check_rule(
        "when.credential = 'old'\ndo = 'rehash'",
        "22:19: rehash can't be done to the scheme md5: rehash is for passwords in the clear; wrap is for hashes",
    );
    check_rule(
        "when.credential = ['kids', 'parents']\ndo = 'rehash'",
        "22:28: rehash can't be done to a credential with scheme = \"auto\": plaintext is never inferred; the credential must say scheme = \"plaintext\"",
    );
}

#[test]
fn a_wrapped_value_is_not_wrapped_again() {
    check_rule(
        "when.wrapped = true\ndo = 'wrap'",
        "22:6: wrap can't be done to wrapped values: a value is wrapped once, ever",
    );
    check_rule(
        "when.wrapped = true\ndo = 'rehash'",
        "22:6: rehash can't be done to wrapped values: a value is wrapped once, ever",
    );
}

#[test]
fn a_deadline_that_ends_in_what_is_impossible_is_refused() {
    check_rule(
        "name = 'x'\nwhen.class = ['weak', 'plaintext']\ndo = 'on-login'\ndeadline = '90d'\nthen = 'wrap'",
        "23:23: wrap can't be done to the class plaintext: wrap is for hashes; rehash hashes a password in the clear",
    );
}

#[test]
fn a_rule_that_resets_needs_a_brake() {
    let words = "a rule that resets needs `max_rows`: above it nothing is reset";
    check_rule("do = 'reset'", &format!("22:1: {words}"));
    check_rule(
        "name = 'x'\ndo = 'on-login'\ndeadline = '90d'",
        &format!("24:1: {words}"),
    );
    check_rule(
        "name = 'x'\ndo = 'wrap'\ndeadline = '90d'\nthen = 'reset'",
        &format!("24:1: {words}"),
    );
    check_rule(
        "do = 'reset'\nmax_rows = 0",
        "23:12: `max_rows` must be from 1 to 9223372036854775807, not 0",
    );
}

#[test]
fn a_deadline_needs_a_name_and_something_that_is_left_for_later() {
    check_rule(
        "do = 'on-login'\ndeadline = '90d'\nthen = 'wrap'",
        "23:1: `deadline` means nothing without a `name`: the ledger keeps its clock under the rule's name",
    );
    check_rule(
        "name = 'x'\ndo = 'keep'\ndeadline = '90d'\nthen = 'wrap'",
        "24:1: `do = \"keep\"` takes no `deadline`: only on-login and wrap leave something for later",
    );
    check_rule(
        "name = 'x'\ndo = 'wrap'\ndeadline = '90d'\nthen = 'wrap'",
        "25:8: `then = \"wrap\"` on a rule that wraps says nothing: its rows are wrapped already",
    );
}

#[test]
fn what_belongs_to_a_deadline_or_a_reset_means_nothing_alone() {
    check_rule(
        "do = 'on-login'\nthen = 'wrap'",
        "23:1: `then` means nothing without a `deadline`",
    );
    check_rule(
        "do = 'on-login'\nsince = '2026-01-01'",
        "23:1: `since` means nothing without a `deadline`",
    );
    check_rule(
        "do = 'wrap'\nmax_rows = 10",
        "23:1: `max_rows` means nothing without a reset",
    );
}

#[test]
fn a_date_has_its_form() {
    let words = "`since` must be a date such as \"2026-01-01\"";
    check_rule(
        "do = 'on-login'\nsince = '1.1.2026'",
        &format!("23:9: {words}"),
    );
    check_rule(
        "do = 'on-login'\nsince = 2026-01-01T00:00:00Z",
        &format!("23:9: {words}"),
    );
    check_rule(
        "do = 'on-login'\nsince = 2026",
        "23:9: `since` must be a date, not a whole number",
    );
}
