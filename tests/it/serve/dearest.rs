//! `pad = "dearest"`: who has a dear hash, a cheap one or none at all can't be told by the time that a failed login takes.

use super::*;

/// Two to the tenth rounds of bcrypt beside a target of next to nothing.
const DEAR: &str = "$2b$10$abcdefghijklmnopqrstuu2r9OfJnfCsdneAXAGHnS4UpFFP8WIrW";
/// A login may not cost as much: it is refused before it is hashed.
const TOO_DEAR: &str = "$2b$20$abcdefghijklmnopqrstuu2r9OfJnfCsdneAXAGHnS4UpFFP8WIrW";

/// Number 0 has a dear hash, 1 an MD5, 2 a locked account, 3 one at the target, 4 one that is too dear; the last is nobody.
const LOGINS: u64 = 6;

fn sidecar(backend: Backend, serve: &str) -> (TestDb, Sidecar) {
    let mut db = people(backend, LOGINS - 1);
    set(&mut db, 0, Some(DEAR));
    set(&mut db, 2, Some("!"));
    set(&mut db, 4, Some(TOO_DEAR));
    let sidecar = Sidecar::on(
        &db,
        &format!("{PARENTS}{CHEAP}"),
        &format!("{UNLIMITED}{serve}"),
    );
    assert_eq!(sidecar.login(&login_of(3), &password_of(3)), matched(true));
    (db, sidecar)
}

fn await_said(sidecar: &mut Sidecar, words: &str) {
    let is_said = |running: &crate::saltern::Running| running.stderr_so_far().contains(words);
    assert!(sidecar.running.wait_until(is_said), "{words}");
}

/// That they make the same hashes is for `auth` to prove by counting: a busy machine makes any login long.
#[test]
fn every_failed_login_is_a_mismatch_and_the_start_says_what_it_costs() {
    let (_db, sidecar) = sidecar(Backend::Sqlite, "pad = \"dearest\"\n");
    let said = sidecar.running.stderr_so_far();
    assert!(
        said.contains("bcrypt of cost 10 ")
            && said.contains("some values cost more than a login may")
            && said.contains(" logins a second on "),
        "{said}"
    );
    for id in 0..LOGINS {
        assert_eq!(sidecar.login(&login_of(id), "wrong"), mismatch(), "{id}");
    }
}

on_each_backend!(the_dearest_is_found_in_every_database, |backend| {
    let (_db, sidecar) = sidecar(backend, "pad = \"dearest\"\n");
    let said = sidecar.running.stderr_so_far();
    assert!(said.contains("bcrypt of cost 10 "), "{said}");
});

on_each_backend!(
    a_dearer_kind_that_comes_later_is_owed_by_everybody_from_then_on,
    |backend| {
        let (mut db, mut sidecar) = sidecar(backend, "pad = \"dearest\"\n");
        let later = "$pbkdf2-sha256$20000$c2FsdHNhbHRzYWx0c2FsdA$tkke4m4x0CvEFKl3/biCaL1TqRQ+J4fS7ntJ3CTy8Vg";
        set(&mut db, 3, Some(later));
        let said = sidecar.running.stderr_so_far();
        assert!(!said.contains("pbkdf2"), "{said}");
        assert_eq!(sidecar.login(&login_of(3), "wrong"), mismatch());
        await_said(&mut sidecar, "a row has a dearer hash than any before");
        let said = sidecar.running.stderr_so_far();
        assert!(
            said.contains("pbkdf2 over sha256 with 20000 iterations"),
            "{said}"
        );
        // It is told once.
        assert_eq!(sidecar.login(&login_of(3), "wrong"), mismatch());
        assert_eq!(sidecar.login(&login_of(9), "wrong"), mismatch());
        let said = sidecar.running.stderr_so_far();
        assert_eq!(said.matches("than any before").count(), 1, "{said}");
    }
);

on_each_backend!(at_the_target_the_log_says_which_rows_show, |backend| {
    let (_db, mut sidecar) = sidecar(backend, "");
    await_said(&mut sidecar, "rows show by the time of a failed login");
    let said = sidecar.running.stderr_so_far();
    assert!(said.contains("for 1 row of bcrypt of cost 10"), "{said}");
});
