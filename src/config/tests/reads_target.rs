//! What a target may say, and what it is warned of.

use super::*;

#[test]
fn an_argon2id_target_is_read() {
    let settings = settings(&with(
        "[target]\nalgorithm = 'argon2id'\nmemory_kib = 47104\niterations = 1\nparallelism = 4\ndialect = 'phc'",
    ));
    assert_eq!(
        settings.target.outer,
        Outer::Argon2id {
            memory_kib: 47_104,
            iterations: 1,
            parallelism: 4
        }
    );
}

#[test]
fn a_bcrypt_target_is_read_and_has_its_defaults() {
    let outer = |lines: &str| {
        settings(&with(&format!("[target]\nalgorithm = 'bcrypt'\n{lines}")))
            .target
            .outer
    };
    assert_eq!(
        outer(""),
        Outer::Bcrypt {
            cost: 12,
            prefix: BcryptPrefix::B
        }
    );
    assert_eq!(
        outer("cost = 10\nprefix = '2y'"),
        Outer::Bcrypt {
            cost: 10,
            prefix: BcryptPrefix::Y
        }
    );
}

#[test]
fn a_target_below_owasps_minimum_warns_and_goes_on() {
    check_warnings(
        "[target]\nalgorithm = 'argon2id'\nmemory_kib = 64\niterations = 1",
        &[
            "line 9: argon2id with m=64 KiB, t=1 is below OWASP's minimum (47104,1 or 19456,2 or 12288,3 or 9216,4 or 7168,5)",
        ],
    );
    check_warnings(
        "[target]\nalgorithm = 'bcrypt'\ncost = 9",
        &["line 9: bcrypt with cost 9 is below OWASP's minimum (10)"],
    );
    check_warnings("[target]\nalgorithm = 'bcrypt'\ncost = 10", &[]);
}

#[test]
fn a_target_that_no_login_would_accept_warns() {
    check_warnings(
        "[target]\nalgorithm = 'argon2id'\nmemory_kib = 2097152\niterations = 11\nparallelism = 17",
        &[
            "line 9: a hash at the target costs 1730150400 units of work, more than the 330000000 of `login_work_max` in [serve], the most that saltern's own login path accepts in a stored value",
            "line 11: `memory_kib` = 2097152 is above 1048576, the most that saltern's own login path accepts in a stored value",
            "line 13: `parallelism` = 17 is above 16, the most that saltern's own login path accepts in a stored value",
        ],
    );
    check_warnings(
        "[target]\nalgorithm = 'bcrypt'\ncost = 16",
        &[
            "line 9: a hash at the target costs 655360000 units of work, more than the 330000000 of `login_work_max` in [serve], the most that saltern's own login path accepts in a stored value",
        ],
    );
    check_warnings(
        "[target]\nalgorithm = 'bcrypt'\ncost = 16\n[serve]\nlogin_work_max = 655360000",
        &[],
    );
    check_warnings(
        "[target]\nalgorithm = 'argon2id'\nmemory_kib = 1048576\niterations = 4\nparallelism = 16",
        &[],
    );
}
