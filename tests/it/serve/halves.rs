//! One login opens whichever part of the table its row is in: parts by a column's value, and halves by `where`.

use super::*;

const BCRYPTED: &str = "$2y$04$tR6bgrcnw9/kn9JaQ1aMsOJN.AcsgxuqxTGXFMSaTmE/AlmhT7DlC";

const FORMAT: &str = "[[credential]]\nname = \"parents\"\ntable = \"parent\"\nkey = \"id\"\ncolumn = \"password\"\nlogin = \"email\"\n\
     salt = \"salt\"\nreaders_ready = true\n\
     [credential.format]\ncolumn = \"kind\"\n\
     schemes = { \"md5\" = \"md5(pass)\", \"salted\" = \"md5(salt.pass)\", \"clear\" = \"plaintext\", \"bcrypt\" = \"bcrypt\" }\n\
     write = { wrapped = \"wrapped\", native = \"native\", dead = \"dead\" }\n\
     [credential.on_login]\nset = { salt = \"NULL\" }\n";

fn md5(text: &str) -> String {
    Md5::digest(text)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

/// A row's value, its kind and its salt.
fn row(db: &mut TestDb, login: &str) -> Vec<Option<String>> {
    let sql = format!("SELECT password, kind, salt FROM parent WHERE email = '{login}'");
    db.query(&sql).remove(0)
}

fn table(backend: Backend) -> TestDb {
    let mut db = TestDb::new(backend);
    db.exec("CREATE TABLE parent (id INTEGER PRIMARY KEY, email VARCHAR(100) NOT NULL, password VARCHAR(255), kind VARCHAR(20), salt VARCHAR(20))");
    let rows = [
        ("anna", md5("of anna"), Some("md5"), None),
        ("bert", md5("s1of bert"), Some("salted"), Some("s1")),
        ("cleo", "of cleo".to_owned(), Some("clear"), None),
        ("dora", BCRYPTED.to_owned(), Some("bcrypt"), None),
        // What the column says is not what stands there.
        ("emil", BCRYPTED.to_owned(), Some("md5"), None),
        ("fred", md5("of fred"), Some("clear"), None),
        // Nobody says what these are.
        ("gina", md5("of gina"), Some("other"), None),
        ("hugo", md5("of hugo"), None, None),
        // Another user of the same name is of another kind.
        ("twin", md5("of twin"), Some("md5"), None),
        ("twin", "of twin".to_owned(), Some("clear"), None),
    ];
    db.insert(
        "parent",
        &["id", "email", "password", "kind", "salt"],
        (0..).zip(rows).map(|(id, (login, value, kind, salt))| {
            [
                Some(id.to_string()),
                Some(login.to_owned()),
                Some(value),
                kind.map(str::to_owned),
                salt.map(str::to_owned),
            ]
        }),
    );
    db
}

on_each_backend!(
    a_login_opens_the_part_its_row_is_in_and_says_in_the_column_what_it_wrote,
    |backend| {
        let mut db = table(backend);
        let sidecar = Sidecar::on(&db, &format!("{FORMAT}{CHEAP}"), UNLIMITED);
        for (login, password) in [
            ("anna", "of anna"),
            ("bert", "of bert"),
            ("cleo", "of cleo"),
        ] {
            assert_eq!(sidecar.login(login, "wrong"), mismatch(), "{login}");
            assert_eq!(sidecar.login(login, password), matched(true), "{login}");
            let now = row(&mut db, login);
            assert!(
                now[0].as_deref().unwrap().starts_with("$argon2id$"),
                "{login}"
            );
            assert_eq!(
                (now[1].as_deref(), now[2].as_deref()),
                (Some("native"), None),
                "{login}"
            );
            assert_eq!(sidecar.login(login, password), matched(false), "{login}");
            // What stands there is no password.
            assert_eq!(
                sidecar.login(login, now[0].as_deref().unwrap()),
                mismatch(),
                "{login}"
            );
        }
        // It is as strong as the target, so it stays, and its column with it.
        assert_eq!(sidecar.login("dora", "bcrypted"), matched(false));
        assert_eq!(row(&mut db, "dora")[1].as_deref(), Some("bcrypt"));
        for (login, password) in [
            ("emil", "bcrypted"),
            ("fred", "of fred"),
            ("gina", "of gina"),
            ("hugo", "of hugo"),
            ("twin", "of twin"),
            ("nobody", "x"),
        ] {
            let before = row_or_none(&mut db, login);
            assert_eq!(sidecar.login(login, password), mismatch(), "{login}");
            assert_eq!(row_or_none(&mut db, login), before, "{login}");
        }
        // A label in the value is stronger than the column.
        let wrapped = "UPDATE parent SET kind = 'clear', password = '$argon2id--md5$v=19$m=8,t=1,p=1$c29tZXNhbHQ$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA' WHERE email = 'anna'";
        db.exec(wrapped);
        let stored = row(&mut db, "anna")[0].clone().unwrap();
        assert_eq!(sidecar.login("anna", &stored), mismatch());
    }
);

#[test]
fn a_value_of_a_divided_credential_is_read_as_its_row_says() {
    let db = table(Backend::Sqlite);
    let sidecar = Sidecar::on(&db, &format!("{FORMAT}{CHEAP}"), UNLIMITED);
    let mut client = sidecar.client();
    let mut verify = |body: serde_json::Value| {
        let mut whole = serde_json::json!({ "credential": "parents" });
        for (key, value) in body.as_object().unwrap() {
            whole[key.as_str()] = value.clone();
        }
        let reply = client.post("/v1/verify", &whole);
        let answer: serde_json::Value = serde_json::from_str(&reply.body).unwrap();
        (reply.status, answer)
    };
    let salted = md5("s1secret");
    for (format, stored) in [
        ("md5", md5("secret")),
        ("salted", salted.clone()),
        ("clear", "secret".to_owned()),
    ] {
        let body = |format: &str, typed: &str| serde_json::json!({ "stored": stored, "format": format, "password": typed, "salt": "s1" });
        let (status, answer) = verify(body(format, "secret"));
        assert_eq!((status, &answer["outcome"]), (200, &"match".into()));
        assert_eq!(answer["replacement_format"], "native", "{format}");
        let better = answer["replacement"].as_str().unwrap().to_owned();
        assert!(better.starts_with("$argon2id$"), "{better}");
        // What was written is read under the word that was written with it.
        let again =
            serde_json::json!({ "stored": better, "format": "native", "password": "secret" });
        assert_eq!(verify(again).1["outcome"], "match");
        for other in ["md5", "salted", "clear", "native", "wrapped"] {
            let (status, answer) = verify(body(other, "secret"));
            assert_eq!(status, 200);
            let opens = answer["outcome"] == "match";
            assert_eq!(opens, other == format, "{format} as {other}");
        }
        // The digest itself is nobody's password.
        assert_eq!(
            verify(body(format, &md5("secret"))).1["outcome"],
            "mismatch"
        );
    }
    // Of a bare value nobody knows what it is; a part by its own name says so.
    let bare = serde_json::json!({ "stored": salted, "password": "s1secret" });
    assert_eq!(verify(bare).0, 422);
    let named = serde_json::json!({ "credential": "parents[salted]", "stored": salted, "password": "secret", "salt": "s1" });
    assert_eq!(verify(named).1["outcome"], "match");
    let unlisted = serde_json::json!({ "stored": md5("x"), "format": "other", "password": "x" });
    assert_eq!(verify(unlisted).0, 422);
    let null = serde_json::json!({ "stored": md5("x"), "format": null, "password": "x" });
    assert_eq!(verify(null).0, 422);
    // A label in the value says it in every part.
    let wrapped =
        "$argon2id--md5$v=19$m=8,t=1,p=1$c29tZXNhbHQ$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    let (status, answer) = verify(serde_json::json!({ "stored": wrapped, "password": "x" }));
    assert_eq!((status, &answer["outcome"]), (200, &"mismatch".into()));
}

fn row_or_none(db: &mut TestDb, login: &str) -> Vec<Vec<Option<String>>> {
    db.query(&format!(
        "SELECT password, kind, salt FROM parent WHERE email = '{login}' ORDER BY id"
    ))
}

on_each_backend!(
    a_new_password_by_a_token_says_so_in_the_format_column,
    |backend| {
        let mut db = table(backend);
        db.exec("UPDATE parent SET password = '!saltern:reset:AAAAAAAAAAAAAAAAAAAAAA', kind = 'dead' WHERE email = 'anna'");
        let sidecar = Sidecar::on(
            &db,
            &format!("{FORMAT}{CHEAP}"),
            "logins_burst = 0\nresets_burst = 0\n",
        );
        for login in ["anna", "cleo"] {
            let token = sidecar.start_reset(login);
            assert_eq!(
                sidecar.finish_reset(&token, "a new password"),
                "changed",
                "{login}"
            );
            let now = row(&mut db, login);
            assert!(
                now[0].as_deref().unwrap().starts_with("$argon2id$"),
                "{login}"
            );
            assert_eq!(now[1].as_deref(), Some("native"), "{login}");
            assert_eq!(
                sidecar.login(login, "a new password"),
                matched(false),
                "{login}"
            );
            assert_eq!(
                sidecar.finish_reset(&token, "another password"),
                "void_token"
            );
        }
    }
);

on_each_backend!(
    a_login_opens_whichever_half_of_a_table_its_row_is_in,
    |backend| {
        let mut db = table(backend);
        let half = |name: &str, scheme: &str, kind: &str| {
            format!(
                "[[credential]]\nname = \"{name}\"\ntable = \"parent\"\nkey = \"id\"\ncolumn = \"password\"\nlogin = \"email\"\n\
             scheme = \"{scheme}\"\nwhere = \"kind = '{kind}'\"\nreaders_ready = true\n"
            )
        };
        let config = format!(
            "{}{}{CHEAP}",
            half("parents", "md5(pass)", "md5"),
            half("others", "plaintext", "clear")
        );
        let sidecar = Sidecar::on(&db, &config, UNLIMITED);
        for (login, password) in [("anna", "of anna"), ("cleo", "of cleo")] {
            assert_eq!(sidecar.login(login, "wrong"), mismatch(), "{login}");
            assert_eq!(sidecar.login(login, password), matched(true), "{login}");
            assert!(
                row(&mut db, login)[0]
                    .as_deref()
                    .unwrap()
                    .starts_with("$argon2id$")
            );
        }
        for login in ["gina", "twin"] {
            assert_eq!(
                sidecar.login(login, &format!("of {login}")),
                mismatch(),
                "{login}"
            );
        }
    }
);
