//! Refusals of `[target]`.

use super::*;

#[test]
fn a_target_that_would_be_taken_for_the_declared_scheme_is_refused() {
    let text = with("[target]\nalgorithm = 'bcrypt'").replace("\"auto\"", "\"bcrypt(md5(pass))\"");
    check_refused(
        &text,
        "3:1: credential \"parents\" holds bcrypt(md5(pass)), whose strings look like those of a bcrypt target: a user's new hash \
         would be read as one of the old ones, and lock the user out; choose another `algorithm` in [target]",
    );
}

#[test]
fn parameters_have_bounds() {
    let argon2id = |line: &str| format!("algorithm = 'argon2id'\n{line}");
    check_target(
        &argon2id("memory_kib = 4194305"),
        "11:14: `memory_kib` must be from 1 to 4194304, not 4194305",
    );
    check_target(
        &argon2id("iterations = 0"),
        "11:14: `iterations` must be from 1 to 4294967295, not 0",
    );
    check_target(
        &argon2id("parallelism = 0"),
        "11:15: `parallelism` must be from 1 to 16777215, not 0",
    );
    check_target(
        &argon2id("memory_kib = 31\nparallelism = 4"),
        "11:1: `memory_kib` must be at least 8 times `parallelism`: 4 lanes need 32 KiB, not 31",
    );
    check_target(
        &argon2id("parallelism = 4096"),
        "11:1: `memory_kib` must be at least 8 times `parallelism`: 4096 lanes need 32768 KiB, not 19456",
    );
    check_target(
        "algorithm = 'bcrypt'\ncost = 3",
        "11:8: `cost` must be from 4 to 31, not 3",
    );
    check_target(
        "algorithm = 'bcrypt'\ncost = 32",
        "11:8: `cost` must be from 4 to 31, not 32",
    );
}

#[test]
fn parameters_of_the_other_algorithm_are_refused() {
    for key in ["cost = 12", "prefix = '2b'"] {
        let name = key.split(' ').next().expect("a key");
        check_target(
            &format!("algorithm = 'argon2id'\n{key}"),
            &format!(
                "11:1: `{name}` is not a parameter of argon2id, which has `memory_kib`, `iterations` and `parallelism`"
            ),
        );
    }
    for name in ["memory_kib", "iterations", "parallelism"] {
        check_target(
            &format!("algorithm = 'bcrypt'\n{name} = 4"),
            &format!("11:1: `{name}` is not a parameter of bcrypt, which has `cost` and `prefix`"),
        );
    }
    check_target(
        "algorithm = 'pbkdf2-sha256'\ncost = 12",
        "11:1: `cost` is not a parameter of pbkdf2-sha256, which has `iterations`",
    );
}
