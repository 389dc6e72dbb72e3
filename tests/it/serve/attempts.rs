//! How often a name is tried: by what its database takes for one login, by wrong passwords in a row, by address.

use super::*;

/// What a login as parent is answered with.
fn status_of(sidecar: &Sidecar, login: &str, password: &str) -> u16 {
    ask(sidecar, login, password, &json!({})).0
}

/// The same with more in the request, and the outcome.
fn ask(sidecar: &Sidecar, login: &str, password: &str, more: &Value) -> (u16, String) {
    let mut body = json!({ "credential": "parents", "login": login, "password": password });
    let more = more.as_object().unwrap().clone();
    body.as_object_mut().unwrap().extend(more);
    let reply = sidecar.client().post("/v1/login", &body);
    let answer: Value = serde_json::from_str(&reply.body).unwrap();
    let outcome = answer["outcome"].as_str().unwrap_or_default().to_owned();
    (reply.status, outcome)
}

/// Columns of logins, and spellings that each takes for the same one.
fn columns(backend: Backend) -> Vec<(&'static str, Vec<&'static str>)> {
    let ignored = vec![
        "soren@x.org",
        "so\u{200d}ren@x.org",
        "so\u{1}ren@x.org",
        "SOREN@x.org",
        "s\u{f6}ren@x.org",
        "soren@x.org\u{200d}",
    ];
    match backend {
        Backend::Postgres => vec![
            ("VARCHAR(100) COLLATE loose", ignored),
            ("CITEXT", vec!["soren@x.org", "SOREN@x.org", "SoRen@x.org"]),
            (
                "CHAR(40)",
                vec!["soren@x.org", "soren@x.org ", "soren@x.org   "],
            ),
        ],
        Backend::MariaDb => vec![
            (
                "VARCHAR(100) COLLATE utf8mb4_unicode_520_ci",
                [ignored, vec!["s\u{f8}ren@x.org", "soren@x.org \u{200d} "]].concat(),
            ),
            (
                "VARCHAR(100) COLLATE utf8mb4_general_ci",
                vec!["soren@x.org", "SÖREN@x.org", "soren@x.org  "],
            ),
            (
                "VARCHAR(100) CHARACTER SET latin1",
                vec!["soren@x.org", "SOREN@x.org", "soren@x.org  "],
            ),
        ],
        Backend::MySql => vec![
            ("VARCHAR(100) COLLATE utf8mb4_0900_ai_ci", ignored),
            (
                "VARCHAR(100) COLLATE utf8mb4_unicode_ci",
                vec![
                    "soren@x.org",
                    "SÖREN@x.org",
                    "so\u{200d}ren@x.org \u{200d} ",
                ],
            ),
            (
                "VARCHAR(100) CHARACTER SET latin1",
                vec!["soren@x.org", "SOREN@x.org", "soren@x.org  "],
            ),
        ],
        Backend::Sqlite => vec![
            ("TEXT COLLATE NOCASE", vec!["soren@x.org", "SOREN@x.org"]),
            ("TEXT COLLATE RTRIM", vec!["soren@x.org", "soren@x.org  "]),
        ],
    }
}

on_each_backend!(
    what_a_database_takes_for_one_login_has_one_limit,
    |backend| {
        for (column, spellings) in columns(backend) {
            let mut db = TestDb::new(backend);
            if backend == Backend::Postgres {
                db.exec("CREATE COLLATION loose (provider = icu, locale = 'und-u-ks-level1', deterministic = false)");
                db.exec("CREATE EXTENSION citext");
            }
            db.exec(&format!(
                "CREATE TABLE parent (id INTEGER PRIMARY KEY, email {column} NOT NULL, password VARCHAR(255), is_service INTEGER DEFAULT 0 NOT NULL)"
            ));
            db.insert(
                "parent",
                &["id", "email", "password"],
                [[
                    Some("1".to_owned()),
                    Some("soren@x.org".to_owned()),
                    Some(md5("dragon")),
                ]],
            );
            let serve = format!(
                "logins_burst = {}\nlogins_per_minute = 1\n",
                spellings.len()
            );
            let sidecar = Sidecar::on(&db, &format!("{PARENTS}{CHEAP}"), &serve);
            for spelling in &spellings {
                let answer = ask(&sidecar, spelling, "dragon", &json!({}));
                assert_eq!(answer, (200, "match".to_owned()), "{column}: {spelling:?}");
            }
            for spelling in &spellings {
                let status = status_of(&sidecar, spelling, "dragon");
                assert_eq!(status, 429, "{column}: {spelling:?}");
            }
            // It is the same with a name that nobody has.
            let nobodys = |spelling: &&str| spelling.replace("x.org", "y.org");
            for spelling in spellings.iter().map(nobodys) {
                assert_eq!(
                    status_of(&sidecar, &spelling, "x"),
                    200,
                    "{column}: {spelling:?}"
                );
            }
            for spelling in spellings.iter().map(nobodys) {
                assert_eq!(
                    status_of(&sidecar, &spelling, "x"),
                    429,
                    "{column}: {spelling:?}"
                );
            }
            assert_eq!(status_of(&sidecar, "somebody else", "x"), 200, "{column}");
        }
    }
);

on_each_backend!(one_number_has_one_limit_however_it_is_written, |backend| {
    let db = people(backend, 3);
    let config = PARENTS.replace("login = \"email\"", "login = \"id\"");
    let serve = "logins_burst = 3\nlogins_per_minute = 1\nresets_burst = 2\nresets_per_hour = 1\n";
    let sidecar = Sidecar::on(&db, &format!("{config}{CHEAP}"), serve);
    for number in ["1", "9"] {
        let tries = ["", "0", "00", "+", "000"].map(|before| format!("{before}{number}"));
        let statuses = tries.map(|login| status_of(&sidecar, &login, "wrong"));
        assert_eq!(statuses, [200, 200, 200, 429, 429]);
        let start = |before: &str| {
            let body = json!({ "credential": "parents", "login": format!("{before}{number}") });
            sidecar.client().post("/v1/reset/start", &body).status
        };
        assert_eq!(["", "0", "00"].map(start), [200, 200, 429]);
    }
    assert_eq!(ask(&sidecar, "2", &password_of(2), &json!({})).1, "match");
});

on_each_backend!(wrong_passwords_in_a_row_are_bounded, |backend| {
    let db = people(backend, 3);
    let serve = "logins_burst = 0\nfailures_max = 3\nfailures_hours = 1000\n";
    let sidecar = Sidecar::on(&db, &format!("{PARENTS}{CHEAP}"), serve);
    let ordinary = json!({});
    let seen = json!({ "seen_before": true });
    let matched = (200, "match".to_owned());

    // The right password ends the row.
    for _ in 0..3 {
        for _ in 0..2 {
            assert_eq!(status_of(&sidecar, "n0@x.org", "wrong"), 200);
        }
        assert_eq!(
            ask(&sidecar, "n0@x.org", &password_of(0), &ordinary),
            matched
        );
    }
    // Beyond it not even the right one is looked at, and a name that nobody has is answered alike.
    for name in ["n0@x.org", "nobody@x.org"] {
        let statuses = [(); 5].map(|()| status_of(&sidecar, name, "wrong"));
        assert_eq!(statuses, [200, 200, 200, 429, 429], "{name}");
        assert_eq!(status_of(&sidecar, name, &password_of(0)), 429, "{name}");
    }
    // The owner's own device is let in, and that opens nothing for others.
    assert_eq!(ask(&sidecar, "n0@x.org", &password_of(0), &seen), matched);
    assert_eq!(status_of(&sidecar, "n0@x.org", &password_of(0)), 429);
    // It has a bound of its own, for whoever has taken the cookie.
    let guess = |name: &str| ask(&sidecar, name, "wrong", &seen).0;
    for name in ["n0@x.org", "nobody@x.org"] {
        assert_eq!(
            [(); 4].map(|()| guess(name)),
            [200, 200, 200, 429],
            "{name}"
        );
    }
    assert_eq!(
        ask(&sidecar, "n1@x.org", &password_of(1), &ordinary),
        matched
    );
    // A new password ends the row.
    let token = sidecar.start_reset("n0@x.org");
    assert_eq!(sidecar.finish_reset(&token, "a new password"), "changed");
    for more in [&ordinary, &seen] {
        assert_eq!(ask(&sidecar, "n0@x.org", "a new password", more), matched);
    }
});

/// Two users: the name of the one is also the other's, but for big letters or in another column.
fn two_users_of_one_name(backend: Backend, second: [&str; 2], keys: &str) -> (TestDb, Sidecar) {
    let mut db = TestDb::new(backend);
    db.exec("CREATE TABLE parent (id INTEGER PRIMARY KEY, email VARCHAR(100) NOT NULL, nick VARCHAR(100) NOT NULL, password VARCHAR(255), is_service INTEGER DEFAULT 0 NOT NULL)");
    let row = |id: &str, [email, nick]: [&str; 2], password: &str| {
        [id, email, nick, &md5(password)].map(|cell| Some(cell.to_owned()))
    };
    let rows = [
        row("1", ["anna", "victim"], "hers"),
        row("2", second, "his"),
    ];
    db.insert("parent", &["id", "email", "nick", "password"], rows);
    let config = PARENTS.replace("login = \"email\"", keys);
    let serve = "logins_burst = 0\nfailures_max = 6\nfailures_hours = 1000\nresets_burst = 0\n";
    let sidecar = Sidecar::on(&db, &format!("{config}{CHEAP}"), serve);
    (db, sidecar)
}

on_each_backend!(
    who_changes_his_own_password_wipes_no_failures_of_another_column,
    |backend| {
        let keys = "login = [\"email\", \"nick\"]";
        let (_db, sidecar) = two_users_of_one_name(backend, ["other", "anna"], keys);
        // Each column has its share of six.
        for _ in 0..3 {
            assert_eq!(status_of(&sidecar, "anna", "wrong"), 200);
            assert_eq!(status_of(&sidecar, "other", "wrong"), 200);
        }
        assert_eq!(status_of(&sidecar, "anna", "wrong"), 429);
        assert_eq!(status_of(&sidecar, "other", "wrong"), 429);
        let token = sidecar.start_reset("other");
        assert_eq!(sidecar.finish_reset(&token, "a new password"), "changed");
        assert_eq!(status_of(&sidecar, "anna", "wrong"), 429);
        let matched = (200, "match".to_owned());
        let own = ask(&sidecar, "other", "a new password", &json!({}));
        assert_eq!(own, matched);
    }
);

#[test]
fn who_logs_in_wipes_no_failures_of_another_spelling() {
    let keys = "login = \"email\"\nlogin_match = \"lower\"";
    let (_db, sidecar) = two_users_of_one_name(Backend::Sqlite, ["Anna", "other"], keys);
    for _ in 0..5 {
        assert_eq!(status_of(&sidecar, "anna", "wrong"), 200);
    }
    let own = ask(&sidecar, "Anna", "his", &json!({}));
    assert_eq!(own, (200, "match".to_owned()));
    let token = sidecar.start_reset("Anna");
    assert_eq!(sidecar.finish_reset(&token, "a new password"), "changed");
    let statuses = [(); 2].map(|()| status_of(&sidecar, "anna", "wrong"));
    assert_eq!(statuses, [200, 429]);
}

#[test]
fn attempts_at_once_are_no_more_than_one_after_the_other() {
    let db = people(Backend::Sqlite, 1);
    let serve = "logins_burst = 0\nfailures_max = 5\n";
    let sidecar = Sidecar::on(&db, &format!("{PARENTS}{CHEAP}"), serve);
    let statuses: Vec<u16> = std::thread::scope(|scope| {
        let ask = || status_of(&sidecar, "n0@x.org", "wrong");
        let threads: Vec<_> = (0..40).map(|_| scope.spawn(ask)).collect();
        threads.into_iter().map(|t| t.join().unwrap()).collect()
    });
    assert_eq!(
        statuses.iter().filter(|s| **s == 200).count(),
        5,
        "{statuses:?}"
    );
}

#[test]
fn an_address_is_limited_where_the_application_sends_it() {
    let db = people(Backend::Sqlite, 3);
    let serve = format!("{UNLIMITED}client_burst = 2\nclient_per_minute = 1\n");
    let sidecar = Sidecar::on(&db, &format!("{PARENTS}{CHEAP}"), &serve);
    let from =
        |client: &str, login: &str| ask(&sidecar, login, "wrong", &json!({ "client": client })).0;
    let logins = ["n0@x.org", "n1@x.org", "nobody@x.org"];
    for addresses in [
        ["192.0.2.7", "::ffff:192.0.2.7", "192.0.2.7"],
        ["2001:db8::1", "2001:db8::2", "2001:db8:0:0:ffff::"],
    ] {
        let statuses = [0, 1, 2].map(|at| from(addresses[at], logins[at]));
        assert_eq!(statuses, [200, 200, 429]);
    }
    let start = |client: &str| {
        let body = json!({ "credential": "parents", "login": "n0@x.org", "client": client });
        sidecar.client().post("/v1/reset/start", &body).status
    };
    assert_eq!(start("192.0.2.7"), 429);
    assert_eq!(start("192.0.2.8"), 200);
    assert_eq!(from("192.0.2.7:5001", "n0@x.org"), 429);
    for none in ["", " "] {
        assert_eq!([(); 3].map(|()| from(none, "n0@x.org")), [200; 3]);
    }
    for word in ["unknown", "192.0.2.7, 192.0.2.8", &"9".repeat(257)] {
        assert_eq!(from(word, "n0@x.org"), 422, "{word}");
    }
    assert_eq!(status_of(&sidecar, "n0@x.org", "wrong"), 200);
}

#[test]
fn several_sidecars_divide_a_limit() {
    let db = people(Backend::Sqlite, 1);
    let serve = "logins_burst = 6\nlogins_per_minute = 1\nsidecars = 3\n";
    let sidecar = Sidecar::on(&db, &format!("{PARENTS}{CHEAP}"), serve);
    let statuses = [(); 3].map(|()| status_of(&sidecar, "n0@x.org", "wrong"));
    assert_eq!(statuses, [200, 200, 429]);
}
