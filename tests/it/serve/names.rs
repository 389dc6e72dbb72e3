//! Names that a column can't hold, and credentials by which nobody logs in.

use super::*;

on_each_backend!(
    a_name_that_the_charset_lacks_is_a_mismatch_like_any_other,
    |backend| {
        let mut db = people_in(TestDb::in_latin1(backend), 3);
        db.exec("UPDATE parent SET email = '?' WHERE id = 1");
        db.exec("UPDATE parent SET email = '?@x.org' WHERE id = 2");
        let serve = format!("{UNLIMITED}resets_burst = 0\n");
        let sidecar = Sidecar::on(&db, &format!("{PARENTS}{CHEAP}"), &serve);
        for name in [
            "\u{1f600}",
            "\u{3a9}",
            "\u{1f600}@x.org",
            "?\u{1f600}",
            "\u{1f600}?",
        ] {
            for password in [password_of(1), password_of(2)] {
                assert_eq!(sidecar.login(name, &password), mismatch(), "{name:?}");
            }
            let body = json!({ "credential": "parents", "login": name });
            let reply = sidecar.client().post("/v1/reset/start", &body);
            assert_eq!(reply.status, 200, "{name:?}: {reply:?}");
        }
        assert_eq!(sidecar.login("?", &password_of(1)), matched(true));
        assert_eq!(sidecar.login("?@x.org", &password_of(2)), matched(true));
        assert_eq!(sidecar.login("n0@x.org", &password_of(0)), matched(true));
        assert_eq!(sidecar.metric("saltern_database_errors_total"), 0);
    }
);

#[test]
fn a_name_that_the_charset_lacks_is_limited_too() {
    for backend in [Backend::Postgres, Backend::MariaDb, Backend::MySql] {
        crate::servers::on(backend, |backend| {
            let db = people_in(TestDb::in_latin1(backend), 1);
            let serve = "logins_burst = 2\nlogins_per_minute = 1\n";
            let sidecar = Sidecar::on(&db, &format!("{PARENTS}{CHEAP}"), serve);
            let body = json!({ "credential": "parents", "login": "\u{3a9}", "password": "x" });
            let statuses = [(); 3].map(|()| sidecar.client().post("/v1/login", &body).status);
            assert_eq!(statuses, [200, 200, 429]);
        });
    }
}

#[test]
fn a_credential_without_a_login_says_so() {
    let db = people(Backend::Sqlite, 1);
    let config = PARENTS
        .replace("login = \"email\"\n", "")
        .replace("login = \"email\"", "");
    let mut sidecar = Sidecar::on(&db, &format!("{config}{CHEAP}"), UNLIMITED);
    let body = json!({ "credential": "parents", "login": "n0@x.org", "password": "x" });
    assert_eq!(sidecar.client().post("/v1/login", &body).status, 422);
    let said = |running: &crate::saltern::Running| {
        running
            .stderr_so_far()
            .contains("parents: it names no `login`")
    };
    assert!(sidecar.running.wait_until(said));
}
