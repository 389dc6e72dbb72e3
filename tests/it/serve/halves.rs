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
