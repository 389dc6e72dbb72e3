//! What stands in a row, and what a login says of it: one set-up a database, every kind of row.

use serde_json::json;

use super::*;

/// What a run made of the MD5 of "dragon", by argon2-cffi.
const WRAPPED: &str = "$argon2id--md5$v=19$m=64,t=1,p=1$MDEyMzQ1Njc4OWFiY2RlZg$3FGl1vs+Z/iTpnLuznLnSx41d5dc3GpohQXxl2/OTmE";
/// Weaker than any target, and not ours: the MD5 of "dragon" in LDAP's spelling.
const LDAP: &str = "{MD5}hiGHhP/xoE/2YwaoMlcPtw==";
const DEAD: &str = "!saltern:reset:0123456789abcdefghijkl";

on_each_backend!(whatever_is_stored_is_opened_and_made_strong, |backend| {
    let mut db = people(backend, 12);
    set(&mut db, 1, Some(WRAPPED));
    set(&mut db, 2, Some(&md5("dragon").to_uppercase()));
    set(&mut db, 3, Some(&md5("dragon")));
    db.exec("UPDATE parent SET is_service = 1 WHERE id = 3");
    let sidecar = Sidecar::on(&db, &format!("{PARENTS}{CHEAP}"), UNLIMITED);
    let mut client = sidecar.client();

    for (id, password) in [
        (0, password_of(0)),
        (1, "dragon".into()),
        (2, "dragon".into()),
    ] {
        let login = login_of(id);
        assert_eq!(client.login(&login, "wrong"), mismatch());
        assert_eq!(client.login(&login, &password), matched(true), "{login}");
        let now = stored(&mut db, id).unwrap();
        assert!(now.starts_with("$argon2id$v=19$m=8,t=1,p=1$"), "{now}");
        assert_eq!(client.login(&login, &password), matched(false));
        assert_eq!(client.login(&login, "wrong"), mismatch());
        assert_eq!(
            client.login(&login, &now),
            mismatch(),
            "the hash is no password"
        );
        assert_eq!(
            stored(&mut db, id),
            Some(now),
            "a second login writes nothing"
        );
    }
    // Rows that `except` names are checked and never written.
    assert_eq!(client.login(&login_of(3), "dragon"), matched(false));
    assert_eq!(stored(&mut db, 3), Some(md5("dragon")));
    // Nothing but what was logged in to has changed.
    assert_eq!(
        db.count("SELECT COUNT(*) FROM parent WHERE password = first AND id > 3"),
        8
    );
    assert_eq!(
        sidecar.metric("saltern_upgrades_total{result=\"written\"}"),
        3
    );
});

on_each_backend!(every_mismatch_is_the_same_answer, |backend| {
    let mut db = people(backend, 12);
    let values = [
        Some(md5("dragon")),
        Some(WRAPPED.to_owned()),
        Some("!".to_owned()),
        Some("gibberish".to_owned()),
        Some("$6$salt$nonsense".to_owned()),
        Some(DEAD.to_owned()),
        Some(LDAP.to_owned()),
        Some("$argon2id$v=19$m=4294967295,t=9,p=1$c2FsdHNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc".to_owned()),
        Some(String::new()),
        None,
    ];
    for (id, value) in (0..).zip(&values) {
        set(&mut db, id, value.as_deref());
    }
    db.exec("UPDATE parent SET email = 'twice@x.org' WHERE id IN (10, 11)");
    let sidecar = Sidecar::on(&db, &format!("{PARENTS}{CHEAP}"), UNLIMITED);
    let before = db.query("SELECT id, password FROM parent ORDER BY id");

    let ask = |login: &str, password: &str| {
        let body = json!({ "credential": "parents", "login": login, "password": password });
        sidecar.client().post("/v1/login", &body)
    };
    let nobody = ask("nobody@x.org", "wrong");
    assert_eq!(nobody.body, mismatch().to_string());
    for id in 0..10 {
        assert_eq!(ask(&login_of(id), "wrong"), nobody, "row {id}");
        if let Some(value) = &values[usize::try_from(id).unwrap()] {
            assert_eq!(ask(&login_of(id), value), nobody, "row {id}: its own value");
        }
    }
    // Two rows have the login: neither of them is opened, and both of their passwords would be right for one.
    assert_eq!(ask("twice@x.org", &password_of(10)), nobody);
    assert_eq!(ask("twice@x.org", "wrong"), nobody);
    assert_eq!(sidecar.metric("saltern_ambiguous_logins_total"), 2);
    for odd in ["", "x' OR 1=1 --", "\u{0}", "n0@x.org\u{0}", "%", "日本"] {
        assert_eq!(ask(odd, "wrong"), nobody, "{odd:?}");
    }
    // The Kratos hook says no to all of them in one way too.
    let hook = |login: &str| {
        let body = json!({ "identifier": login, "password": "wrong" });
        sidecar
            .client()
            .post("/v1/kratos/password-migration", &body)
    };
    let no = hook("nobody@x.org");
    assert_eq!((no.status, no.body.as_str()), (403, ""));
    for id in 0..10 {
        assert_eq!(hook(&login_of(id)), no, "row {id}");
    }
    assert_eq!(
        db.query("SELECT id, password FROM parent ORDER BY id"),
        before
    );
});

on_each_backend!(
    salts_names_and_numbers_are_read_from_their_columns,
    |backend| {
        let mut db = TestDb::new(backend);
        db.exec(
        "CREATE TABLE account (tenant INTEGER, no INTEGER, nick VARCHAR(40), hash VARCHAR(255), salt VARCHAR(40), plain VARCHAR(255), \
         PRIMARY KEY (tenant, no))",
    );
        db.insert(
            "account",
            &["tenant", "no", "nick", "hash", "salt", "plain"],
            (0..4).map(|no| {
                [
                    Some("7".to_owned()),
                    Some(no.to_string()),
                    Some(format!("Nick{no}")),
                    Some(md5(&format!("{}säl{no}", md5("dragon")))),
                    Some(format!("säl{no}")),
                    Some(format!("plain {no}")),
                ]
            }),
        );
        let credential = |name: &str, column: &str, more: &str| {
            format!(
                "[[credential]]\nname = \"{name}\"\ntable = \"account\"\nkey = [\"tenant\", \"no\"]\ncolumn = \"{column}\"\nreaders_ready = true\n{more}\n"
            )
        };
        let config = [
            credential(
                "salted",
                "hash",
                "scheme = \"md5(md5(pass).salt)\"\nsalt = \"salt\"\nlogin = \"no\"",
            ),
            credential(
                "plain",
                "plain",
                "scheme = \"plaintext\"\nlogin = \"nick\"\nwhere = \"no < 3\"",
            ),
            CHEAP.to_owned(),
        ];
        let sidecar = Sidecar::on(&db, &config.concat(), UNLIMITED);
        let ask = |credential: &str, login: &str, password: &str| -> Value {
            let body = json!({ "credential": credential, "login": login, "password": password });
            let reply = sidecar.client().post("/v1/login", &body);
            assert_eq!(reply.status, 200, "{reply:?}");
            serde_json::from_str(&reply.body).unwrap()
        };

        assert_eq!(ask("salted", "1", "wrong"), mismatch());
        assert_eq!(
            ask("salted", "1x", "dragon"),
            mismatch(),
            "a number is compared as one"
        );
        assert_eq!(ask("salted", "1", "dragon"), matched(true));
        assert_eq!(ask("salted", "1", "dragon"), matched(false));
        assert_eq!(ask("plain", "Nick2", "plain 2"), matched(true));
        assert_eq!(ask("plain", "Nick2", "plain 2"), matched(false));
        assert_eq!(
            ask("plain", "Nick3", "plain 3"),
            mismatch(),
            "`where` leaves it out"
        );
        let hash = |db: &mut TestDb, what: &str| {
            db.value(&format!("SELECT {what} FROM account WHERE no = 2"))
                .unwrap()
        };
        assert!(hash(&mut db, "plain").starts_with("$argon2id$"));
        assert_eq!(hash(&mut db, "salt"), "säl2");
    }
);

on_each_backend!(
    a_column_that_cannot_hold_the_better_hash_fails_no_login,
    |backend| {
        // SQLite's columns have no width: there a trigger says no.
        let mut db = people(backend, 2);
        match backend {
        Backend::Postgres => db.exec("ALTER TABLE parent ALTER COLUMN password TYPE VARCHAR(40)"),
        Backend::Sqlite => db.exec(
            "CREATE TRIGGER no BEFORE UPDATE OF password ON parent BEGIN SELECT RAISE(ABORT, 'no'); END",
        ),
        _ => db.exec("ALTER TABLE parent MODIFY password VARCHAR(40)"),
    };
        let mut sidecar = Sidecar::on(&db, &format!("{PARENTS}{CHEAP}"), UNLIMITED);

        for _ in 0..3 {
            assert_eq!(sidecar.login(&login_of(0), &password_of(0)), matched(false));
        }
        assert_eq!(stored(&mut db, 0), Some(md5(&password_of(0))));
        assert_eq!(
            sidecar.metric("saltern_upgrades_total{result=\"failed\"}"),
            3
        );
        let told = sidecar.log_with("its better hash is not written");
        assert_eq!(
            told.matches("its better hash is not written").count(),
            1,
            "{told}"
        );
    }
);

#[test]
fn a_reset_row_is_revealed_only_where_that_is_asked_for() {
    let mut db = people(Backend::Sqlite, 2);
    set(&mut db, 0, Some(DEAD));
    let saltern = saltern_on(&db);
    let config = format!("{PARENTS}{CHEAP}");
    let serve = format!("{UNLIMITED}reveal_reset = true\n");
    let sidecar = Sidecar::start(&saltern, &config, &serve);
    let reset = json!({ "outcome": "reset_required", "upgraded": false });

    assert_eq!(sidecar.login(&login_of(0), "anything"), reset);
    assert_eq!(sidecar.login(&login_of(1), "wrong"), mismatch());
    assert_eq!(stored(&mut db, 0).as_deref(), Some(DEAD));
}

#[test]
fn until_its_readers_are_ready_a_column_is_checked_and_not_written() {
    let mut db = people(Backend::Sqlite, 2);
    let config = format!("{PARENTS}{CHEAP}").replace("readers_ready = true", "");
    let mut sidecar = Sidecar::on(&db, &config, UNLIMITED);

    assert_eq!(sidecar.login(&login_of(0), &password_of(0)), matched(false));
    assert_eq!(stored(&mut db, 0), Some(md5(&password_of(0))));
    let told = sidecar.log_with("readers_ready is not true");
    assert!(told.contains("readers_ready is not true"), "{told}");
}

#[test]
fn a_stored_value_is_checked_without_a_database() {
    let db = people(Backend::Sqlite, 1);
    let sidecar = Sidecar::on(&db, &format!("{PARENTS}{CHEAP}"), UNLIMITED);
    let mut client = sidecar.client();
    let mut verify = |body: Value| -> (u16, Value) {
        let reply = client.post("/v1/verify", &body);
        (reply.status, serde_json::from_str(&reply.body).unwrap())
    };
    let no = json!({ "outcome": "mismatch", "replacement": null, "write_if": null });

    let (status, answer) =
        verify(json!({ "stored": md5("dragon"), "password": "dragon", "scheme": "md5" }));
    assert_eq!(
        (status, &answer["outcome"], &answer["write_if"]),
        (200, &json!("match"), &json!("stored_is_unchanged"))
    );
    let better = answer["replacement"].as_str().unwrap();
    assert!(opens(better, "dragon") && !opens(better, "wrong"));
    assert_eq!(
        verify(json!({ "stored": better, "password": "dragon" })).1,
        json!({ "outcome": "match", "replacement": null, "write_if": null })
    );
    for stored in [better, &md5("dragon"), WRAPPED, "!", "", "gibberish", DEAD] {
        assert_eq!(
            verify(json!({ "stored": stored, "password": "wrong", "credential": "parents" })),
            (200, no.clone())
        );
    }
    // Salts, as text and in hex.
    let salted = md5("sältdragon");
    for salt in [
        json!({ "salt": "sält" }),
        json!({ "salt_hex": "73c3a46c74" }),
    ] {
        let mut body =
            json!({ "stored": salted, "password": "dragon", "scheme": "md5(salt.pass)" });
        body.as_object_mut()
            .unwrap()
            .extend(salt.as_object().unwrap().clone());
        assert_eq!(verify(body).1["outcome"], "match");
    }
    let lacking = json!({ "stored": salted, "password": "dragon", "scheme": "md5(salt.pass)" });
    assert_eq!(verify(lacking).0, 422);
    let latin =
        json!({ "stored": md5("x"), "password": "é", "scheme": "md5", "charset": "latin1" });
    assert_eq!(verify(latin), (200, no));
    // A new password.
    let reply = sidecar
        .client()
        .post("/v1/hash", &json!({ "password": "n€w" }));
    let made: Value = serde_json::from_str(&reply.body).unwrap();
    assert!(opens(made["stored"].as_str().unwrap(), "n€w"));
}

on_each_backend!(
    who_must_change_the_password_hears_of_it_with_the_right_one_alone,
    |backend| {
        let mut db = people(backend, 3);
        db.exec("ALTER TABLE parent ADD COLUMN must_reset BOOLEAN");
        db.exec("UPDATE parent SET must_reset = TRUE WHERE id = 0");
        db.exec("UPDATE parent SET must_reset = FALSE WHERE id = 1");
        let on_reset = "[credential.on_reset]\nmust_change = \"must_reset\"\n";
        let sidecar = Sidecar::on(&db, &format!("{PARENTS}{on_reset}{CHEAP}"), UNLIMITED);
        let required = |upgraded| json!({ "outcome": "reset_required", "upgraded": upgraded });

        assert_eq!(sidecar.login(&login_of(0), "wrong"), mismatch());
        assert_eq!(sidecar.login(&login_of(0), &password_of(0)), required(true));
        assert_eq!(
            sidecar.login(&login_of(0), &password_of(0)),
            required(false)
        );
        assert_eq!(sidecar.login(&login_of(0), "wrong"), mismatch());
        for id in [1, 2] {
            assert_eq!(
                sidecar.login(&login_of(id), &password_of(id)),
                matched(true)
            );
        }
        assert_eq!(db.count("SELECT COUNT(*) FROM parent WHERE must_reset"), 1);
        // Kratos has no word for it.
        let body = json!({ "identifier": login_of(0), "password": password_of(0) });
        let hook = sidecar
            .client()
            .post("/v1/kratos/password-migration", &body);
        assert_eq!(hook.status, 403);
    }
);
