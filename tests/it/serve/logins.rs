//! Which row a typed login means: several columns, and texts that are taken for the same.

use super::*;

/// A credential with two columns of logins.
fn credential(more: &str) -> String {
    format!(
        "[[credential]]\nname = \"parents\"\ntable = \"parent\"\nkey = \"id\"\ncolumn = \"password\"\nscheme = \"md5\"\n\
         readers_ready = true\n{more}\n{CHEAP}"
    )
}

const TWO: &str = "login = [\"email\", \"nick\"]\n";

/// People with an address and a nickname, compared byte for byte. The password of a row is `of `
/// and its number.
fn table(backend: Backend, rows: &[(&str, Option<&str>)]) -> TestDb {
    let mut db = TestDb::new(backend);
    let text = match backend {
        Backend::MariaDb | Backend::MySql => {
            "VARCHAR(100) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin"
        }
        Backend::Postgres | Backend::Sqlite => "VARCHAR(100)",
    };
    db.exec(&format!(
        "CREATE TABLE parent (id INTEGER PRIMARY KEY, email {text} NOT NULL, nick {text}, password VARCHAR(255))"
    ));
    db.insert(
        "parent",
        &["id", "email", "nick", "password"],
        (0..).zip(rows).map(|(id, (email, nick))| {
            [
                Some(id.to_string()),
                Some((*email).to_owned()),
                nick.map(str::to_owned),
                Some(md5(&of(id))),
            ]
        }),
    );
    db
}

fn of(id: u64) -> String {
    format!("of {id}")
}

/// Whose password opens a login; none where nobody's does. Nothing is upgraded.
fn opened_by(sidecar: &Sidecar, login: &str, people: u64) -> Vec<u64> {
    (0..people)
        .filter(|id| sidecar.login(login, &of(*id))["outcome"] == "match")
        .collect()
}

on_each_backend!(
    the_first_column_that_has_the_text_decides_alone,
    |backend| {
        let rows = [
            ("anna@x.org", Some("anna")),
            // An address is somebody else's nickname, and a nickname somebody else's address.
            ("max@x.org", Some("anna@x.org")),
            ("anna", None),
            ("two@x.org", Some("twin")),
            ("three@x.org", Some("twin")),
        ];
        let db = table(backend, &rows);
        let sidecar = Sidecar::on(&db, &credential(TWO), UNLIMITED);
        let opened = |login| opened_by(&sidecar, login, 5);
        assert_eq!(opened("anna@x.org"), [0]);
        assert_eq!(opened("max@x.org"), [1]);
        assert_eq!(opened("anna"), [2]);
        assert_eq!(opened("three@x.org"), [4]);
        // Two rows have it alike.
        assert!(opened("twin").is_empty());
        assert!(opened("nobody").is_empty());
    }
);

on_each_backend!(an_exact_match_wins_over_one_in_small_letters, |backend| {
    let rows = [
        ("Anna@X.org", Some("MAX")),
        ("Bert", None),
        ("bert", None),
        // An exact nickname is behind an address in other letters.
        ("max@x.org", Some("anna@x.org")),
    ];
    let db = table(backend, &rows);
    let sidecar = Sidecar::on(
        &db,
        &credential(&format!("{TWO}login_match = \"lower\"\n")),
        UNLIMITED,
    );
    let opened = |login| opened_by(&sidecar, login, 4);
    for login in ["Anna@X.org", "anna@x.org", "ANNA@x.ORG"] {
        assert_eq!(opened(login), [0], "{login}");
    }
    for login in ["max", "MAX", "mAx"] {
        assert_eq!(opened(login), [0], "{login}");
    }
    assert_eq!(opened("Bert"), [1]);
    assert_eq!(opened("bert"), [2]);
    assert!(opened("BERT").is_empty());
    drop(sidecar);
    let exact = Sidecar::on(&db, &credential(TWO), UNLIMITED);
    assert!(opened_by(&exact, "ANNA@x.ORG", 4).is_empty());
});

on_each_backend!(a_name_is_found_in_every_form_of_unicode, |backend| {
    let (composed, decomposed) = ("jos\u{e9}", "zoe\u{308}");
    let rows = [
        (composed, None),
        (decomposed, None),
        // Both forms are there.
        ("re\u{301}mi", None),
        ("r\u{e9}mi", None),
    ];
    let db = table(backend, &rows);
    let nfc = credential(&format!("{TWO}login_match = \"nfc\"\n"));
    let sidecar = Sidecar::on(&db, &nfc, UNLIMITED);
    let opened = |login| opened_by(&sidecar, login, 4);
    assert_eq!(opened(composed), [0]);
    assert_eq!(opened("jose\u{301}"), [0]);
    assert_eq!(opened(decomposed), [1]);
    assert_eq!(opened("zo\u{eb}"), [1]);
    assert_eq!(opened("re\u{301}mi"), [2]);
    assert_eq!(opened("r\u{e9}mi"), [3]);
    assert!(opened("jose").is_empty());
});

/// What so many tries are answered with, one after the other.
fn statuses(sidecar: &Sidecar, logins: &[&str]) -> Vec<u16> {
    let mut client = sidecar.client();
    let status = |login: &&str| {
        let body = json!({ "credential": "parents", "login": login, "password": "guess" });
        client.post("/v1/login", &body).status
    };
    logins.iter().map(status).collect()
}

on_each_backend!(
    an_account_has_one_limit_whatever_it_is_called_and_names_of_nobody_have_the_same,
    |backend| {
        let rows = [("Anna@x.org", Some("Anna"))];
        let db = table(backend, &rows);
        let lower = credential(&format!("{TWO}login_match = \"lower\"\n"));
        let serve = "logins_burst = 0\nfailures_max = 8\nfailures_hours = 8760\n";
        let sidecar = Sidecar::on(&db, &lower, serve);
        // Each of the two names has half of the eight, in whatever letters.
        let of_anna = [
            "Anna@x.org",
            "anna@x.org",
            "ANNA@x.org",
            "aNNa@x.org",
            "annA@x.org",
            "Anna",
            "anna",
            "ANNA",
            "aNNa",
            "annA",
        ];
        let of_nobody = [
            "Kurt@x.org",
            "kurt@x.org",
            "KURT@x.org",
            "kURt@x.org",
            "kurT@x.org",
            "Kurt",
            "kurt",
            "KURT",
            "kURt",
            "kurT",
        ];
        let expected = [200, 200, 200, 200, 429, 200, 200, 200, 200, 429];
        assert_eq!(statuses(&sidecar, &of_anna), expected);
        assert_eq!(statuses(&sidecar, &of_nobody), expected);
    }
);

on_each_backend!(
    a_right_password_forgets_no_tries_at_another_account,
    |backend| {
        // What is an address of one is the nickname of another, in other letters.
        let rows = [("x@x.org", Some("VICTIM")), ("victim", None)];
        let mut db = table(backend, &rows);
        if matches!(backend, Backend::MariaDb | Backend::MySql) {
            db.exec("ALTER TABLE parent MODIFY nick VARCHAR(100) CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci");
        }
        let serve = "logins_burst = 0\nfailures_max = 6\nfailures_hours = 8760\n";
        let sidecar = Sidecar::on(&db, &credential(TWO), serve);
        let mut answered = 0;
        for _ in 0..5 {
            answered += statuses(&sidecar, &["VICTIM"])
                .iter()
                .filter(|status| **status == 200)
                .count();
            let own = json!({ "credential": "parents", "login": "victim", "password": of(1) });
            sidecar.client().post("/v1/login", &own);
        }
        assert!(answered <= 3, "{answered}");
        let reply = statuses(&sidecar, &["VICTIM"]);
        assert_eq!(reply, [429]);
    }
);

on_each_backend!(
    a_right_password_ends_the_wrong_ones_by_the_same_name,
    |backend| {
        let rows = [("anna@x.org", Some("anna"))];
        let db = table(backend, &rows);
        let lower = credential(&format!("{TWO}login_match = \"lower\"\n"));
        let serve = "logins_burst = 0\nfailures_max = 6\nfailures_hours = 8760\n";
        let sidecar = Sidecar::on(&db, &lower, serve);
        // Right ones never count, by whichever name.
        for _ in 0..8 {
            for login in ["anna@x.org", "ANNA@x.org", "anna", "ANNA"] {
                assert_eq!(sidecar.login(login, &of(0))["outcome"], "match", "{login}");
            }
        }
    }
);

on_each_backend!(
    a_token_is_void_when_any_of_the_names_has_changed,
    |backend| {
        let rows = [("anna@x.org", Some("anna"))];
        let mut db = table(backend, &rows);
        let sidecar = Sidecar::on(
            &db,
            &credential(TWO),
            &format!("{UNLIMITED}resets_burst = 0\n"),
        );
        let token = |login: &str| {
            let body = json!({ "credential": "parents", "login": login });
            let reply = sidecar.client().post("/v1/reset/start", &body);
            let answer: Value = serde_json::from_str(&reply.body).unwrap();
            answer["token"].as_str().unwrap().to_owned()
        };
        let finish = |token: &str, password: &str| {
            let body = json!({ "credential": "parents", "token": token, "password": password });
            let reply = sidecar.client().post("/v1/reset/finish", &body);
            let answer: Value = serde_json::from_str(&reply.body).unwrap();
            answer["outcome"].as_str().unwrap().to_owned()
        };
        for (by, column) in [
            ("anna@x.org", "nick"),
            ("anna@x.org", "email"),
            ("anna", "email"),
        ] {
            let asked = token(by);
            let before = db.value(&format!("SELECT {column} FROM parent")).unwrap();
            db.exec(&format!("UPDATE parent SET {column} = 'other'"));
            assert_eq!(finish(&asked, "new one"), "void_token", "{by} {column}");
            db.exec(&format!("UPDATE parent SET {column} = '{before}'"));
        }
        assert_eq!(finish(&token("anna"), "the new one"), "changed");
        assert_eq!(sidecar.login("anna@x.org", "the new one"), matched(false));
    }
);

on_each_backend!(doctor_names_the_index_that_a_login_needs, |backend| {
    let rows = [("Anna@X.org", Some("anna"))];
    let mut db = table(backend, &rows);
    let config = credential(&format!("{TWO}login_match = \"lower\"\n"));
    let saltern = saltern_on(&db);
    saltern.configure(&config);
    let statements = || {
        let doctor = saltern.run(&["doctor", "--json"]);
        let doctor: Value = serde_json::from_str(&doctor.stdout).unwrap();
        let mut found = Vec::new();
        for credential in doctor["credentials"].as_array().unwrap() {
            for finding in credential["findings"].as_array().unwrap() {
                if finding["code"] == "login-index" {
                    found.push(finding["todo"].as_str().unwrap().to_owned());
                }
            }
        }
        found
    };
    let wanted = statements();
    assert_eq!(wanted.len(), 4, "{wanted:?}");
    for statement in wanted {
        db.exec(&statement);
    }
    assert_eq!(statements(), Vec::<String>::new());
    let sidecar = Sidecar::on(&db, &config, UNLIMITED);
    assert_eq!(sidecar.login("anna@x.org", &of(0)), matched(true));
    assert_eq!(sidecar.login("ANNA", &of(0)), matched(false));
});

#[test]
fn a_line_of_users_names_the_row_of_the_first_column_that_has_it() {
    let rows = [
        ("anna@x.org", Some("anna")),
        ("max@x.org", Some("anna@x.org")),
        ("anna", None),
    ];
    let mut db = table(Backend::Sqlite, &rows);
    let saltern = saltern_on(&db);
    saltern.configure(&credential(TWO));
    std::fs::write(saltern.folder().join("users"), "anna@x.org\nanna\n").unwrap();
    saltern
        .run(&[
            "reset",
            "--users",
            "users",
            "--by",
            "login",
            "--reason",
            "leaked",
            "--execute",
            "--confirm",
            "2",
            "-q",
        ])
        .expect_code(0);
    let left = db.query("SELECT id FROM parent WHERE length(password) = 32 ORDER BY id");
    assert_eq!(left, [[Some("1".to_owned())]]);
}

#[test]
fn a_credential_without_a_login_is_told_by_doctor() {
    let db = table(Backend::Sqlite, &[("anna@x.org", None)]);
    let saltern = saltern_on(&db);
    saltern.configure(&credential(""));
    let doctor = saltern.run(&["doctor"]).expect_code(0);
    assert!(doctor.stdout.contains("[no-login]"), "{doctor:?}");
}
