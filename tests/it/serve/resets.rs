//! New passwords by a token: each is good once, for one user, for a while, until the password changes; and nothing tells who has an account.

use std::sync::Barrier;

use super::*;

const DEAD: &str = "!saltern:reset:AAAAAAAAAAAAAAAAAAAAAA";
/// As many tokens as a test likes.
const FREE: &str = "logins_burst = 0\nfailures_max = 0\nresets_burst = 0\n";

fn config() -> String {
    format!("{PARENTS}{CHEAP}")
}

impl Sidecar {
    /// The answer to `start`, and the token in it.
    pub(super) fn start_reset(&self, login: &str) -> String {
        let reply = self.client().start_reset(login);
        assert_eq!(reply.status, 200, "{reply:?}");
        let body: Value = serde_json::from_str(&reply.body).unwrap();
        assert_eq!(body["expires_in_seconds"], 3600, "{body}");
        assert_eq!(body.as_object().unwrap().len(), 2, "{body}");
        let token = body["token"].as_str().unwrap().to_owned();
        let is_url_safe = |b: u8| b.is_ascii_alphanumeric() || b"-_".contains(&b);
        assert!(token.len() == 43 && token.bytes().all(is_url_safe));
        token
    }

    pub(super) fn finish_reset(&self, token: &str, password: &str) -> String {
        self.client().finish_reset(token, password)
    }

    /// How much the hashing threads have done.
    fn computed(&self) -> u64 {
        self.metric("saltern_computed_total")
    }

    /// The token is refused like every other that is worth nothing, and a hash is made for it.
    #[track_caller]
    fn check_void(&self, why: &str, body: &Value) {
        let before = self.computed();
        let reply = self.client().post("/v1/reset/finish", body);
        assert_eq!(
            (reply.status, reply.body.as_str()),
            (200, r#"{"outcome":"void_token"}"#),
            "{why}"
        );
        assert_eq!(self.computed() - before, 1, "{why}: no hash was made");
    }
}

impl Client {
    fn start_reset(&mut self, login: &str) -> Reply {
        self.post(
            "/v1/reset/start",
            &json!({ "credential": "parents", "login": login }),
        )
    }

    fn finish_reset(&mut self, token: &str, password: &str) -> String {
        let reply = self.post("/v1/reset/finish", &finish(token, password));
        assert_eq!(reply.status, 200, "{reply:?}");
        let body: Value = serde_json::from_str(&reply.body).unwrap();
        body["outcome"].as_str().unwrap().to_owned()
    }
}

fn finish(token: &str, password: &str) -> Value {
    json!({ "credential": "parents", "token": token, "password": password })
}

fn tokens(backend: Backend) -> &'static str {
    match backend {
        Backend::Postgres => "saltern.reset_token",
        _ => "saltern_reset_token",
    }
}

on_each_backend!(a_token_gives_its_user_a_new_password_once, |backend| {
    let mut db = people(backend, 4);
    set(&mut db, 1, Some(DEAD));
    let sidecar = Sidecar::on(&db, &config(), FREE);

    for (id, old) in [(0, password_of(0)), (1, DEAD.to_owned())] {
        let before = stored(&mut db, id);
        let token = sidecar.start_reset(&login_of(id));
        assert_eq!(stored(&mut db, id), before, "to ask changes nothing");
        let new = format!("new pässword {id}");
        assert_eq!(sidecar.finish_reset(&token, &new), "changed");

        assert_eq!(sidecar.login(&login_of(id), &new), matched(false));
        assert_eq!(sidecar.login(&login_of(id), &old), mismatch());
        let row = stored(&mut db, id).unwrap();
        assert!(row.starts_with("$argon2id$v=19$m=8,t=1,p=1$"), "{row}");
        sidecar.check_void("used", &finish(&token, "another"));
        assert_eq!(stored(&mut db, id).as_deref(), Some(row.as_str()));
    }
    assert_eq!(
        db.count(&format!("SELECT COUNT(*) FROM {}", tokens(backend))),
        0,
        "nothing is left of a token that was used"
    );
    for id in [2, 3] {
        assert_eq!(stored(&mut db, id), Some(md5(&password_of(id))));
    }
});

on_each_backend!(what_a_reset_marked_ends_with_the_new_password, |backend| {
    let mut db = people(backend, 2);
    db.exec("ALTER TABLE parent ADD COLUMN must_reset BOOLEAN");
    db.exec("UPDATE parent SET must_reset = TRUE");
    set(&mut db, 0, Some(DEAD));
    let on_reset =
        "[credential.on_reset]\nmust_change = \"must_reset\"\ndone = { first = \"'done'\" }\n";
    let sidecar = Sidecar::on(&db, &format!("{PARENTS}{on_reset}{CHEAP}"), FREE);

    let token = sidecar.start_reset(&login_of(0));
    assert_eq!(db.count("SELECT COUNT(*) FROM parent WHERE must_reset"), 2);
    assert_eq!(sidecar.finish_reset(&token, "new"), "changed");

    let ended = "SELECT COUNT(*) FROM parent WHERE id = 0 AND NOT must_reset AND first = 'done'";
    assert_eq!(db.count(ended), 1);
    // A login that upgrades a value is no new password.
    let must_change = json!({ "outcome": "reset_required", "upgraded": true });
    assert_eq!(sidecar.login(&login_of(1), &password_of(1)), must_change);
    assert_eq!(db.count("SELECT COUNT(*) FROM parent WHERE must_reset"), 1);
});

on_each_backend!(what_is_no_longer_good_is_refused_alike, |backend| {
    let mut db = people(backend, 8);
    let answers = PARENTS
        .replace("\"parents\"", "\"others\"")
        .replace("\"password\"", "\"first\"");
    let sidecar = Sidecar::on(&db, &format!("{answers}{}", config()), FREE);
    let late = format!("UPDATE {} SET expires_ms = 1", tokens(backend));

    let token = sidecar.start_reset(&login_of(0));
    db.exec(&late);
    sidecar.check_void("late", &finish(&token, "new"));

    let token = sidecar.start_reset(&login_of(1));
    let mut body = finish(&token, "new");
    body["login"] = json!(login_of(2));
    sidecar.check_void("another user's", &body);
    body["login"] = json!("nobody");
    sidecar.check_void("nobody's", &body);
    body["credential"] = json!("others");
    sidecar.check_void("another column's", &body);
    body["credential"] = json!("parents");
    body["login"] = json!(login_of(1));
    let reply = sidecar.client().post("/v1/reset/finish", &body);
    assert_eq!(reply.body, r#"{"outcome":"changed"}"#, "until it is theirs");

    let token = sidecar.start_reset(&login_of(2));
    set(&mut db, 2, Some(&md5("changed")));
    sidecar.check_void("after a change", &finish(&token, "new"));
    set(&mut db, 2, Some(&md5(&password_of(2))));
    assert_eq!(sidecar.finish_reset(&token, "new"), "changed", "until then");

    let token = sidecar.start_reset(&login_of(3));
    assert_eq!(sidecar.login(&login_of(3), &password_of(3)), matched(true));
    sidecar.check_void("after a login that upgraded", &finish(&token, "new"));

    let token = sidecar.start_reset(&login_of(4));
    let later = sidecar.start_reset(&login_of(4));
    sidecar.check_void("followed by a later one", &finish(&token, "new"));
    assert_eq!(sidecar.finish_reset(&later, "new"), "changed");

    let token = sidecar.start_reset(&login_of(5));
    set(&mut db, 5, None);
    sidecar.check_void(
        "of a row that has lost its password",
        &finish(&token, "new"),
    );
    db.exec("DELETE FROM parent WHERE id = 5");
    sidecar.check_void("of a row that is gone", &finish(&token, "new"));

    let token = sidecar.start_reset(&login_of(6));
    db.exec("UPDATE parent SET is_service = 1 WHERE id = 6");
    sidecar.check_void("of a row that is excepted now", &finish(&token, "new"));

    let long = "x".repeat(4_000);
    for nonsense in ["", "x", "é", "' OR 1 = 1 --", &token[1..], long.as_str()] {
        sidecar.check_void("no token", &finish(nonsense, "new"));
    }
    assert_eq!(stored(&mut db, 7), Some(md5(&password_of(7))));
    assert_eq!(stored(&mut db, 6), Some(md5(&password_of(6))));
    assert_eq!(
        sidecar.metric("saltern_resets_finished_total{outcome=\"changed\"}"),
        3
    );
});

on_each_backend!(nobody_learns_who_has_an_account, |backend| {
    let mut db = people(backend, 6);
    set(&mut db, 1, None);
    set(&mut db, 2, Some("!"));
    set(&mut db, 3, Some(""));
    db.exec("UPDATE parent SET is_service = 1 WHERE id = 4");
    db.exec(&format!(
        "UPDATE parent SET email = '{}' WHERE id = 5",
        login_of(2)
    ));
    let before = db.query("SELECT id, password FROM parent ORDER BY id");
    let sidecar = Sidecar::on(&db, &config(), FREE);
    let known = sidecar.start_reset(&login_of(0));
    let lines = |db: &mut TestDb, of: &str| {
        let sql = format!(
            "SELECT COUNT(*) FROM {} WHERE row_key {of}",
            tokens(backend)
        );
        db.count(&sql)
    };

    let nobody = [
        login_of(1),
        login_of(2),
        login_of(3),
        login_of(4),
        "nobody".to_owned(),
    ];
    for login in &nobody {
        // The same is written for each: a line of the ledger.
        let of_nobody = lines(&mut db, "LIKE 'nobody %'");
        let token = sidecar.start_reset(login);
        assert!(lines(&mut db, "LIKE 'nobody %'") >= of_nobody.max(1));
        sidecar.check_void(login, &finish(&token, "new"));
    }
    assert_eq!(lines(&mut db, "= '[\"0\"]'"), 1);
    assert_eq!(lines(&mut db, "NOT LIKE 'nobody %'"), 1);
    assert_eq!(
        db.query("SELECT id, password FROM parent ORDER BY id"),
        before
    );

    // However many ask, there is no more room for nobody than this.
    let mut client = sidecar.client();
    for n in 0..400 {
        assert_eq!(client.start_reset(&format!("nobody {n}")).status, 200);
    }
    assert!(lines(&mut db, "LIKE 'nobody %'") <= 256);

    // Neither what is kept nor what is said gives a token or a user away.
    let kept = format!(
        "{:?}",
        db.query(&format!("SELECT * FROM {}", tokens(backend)))
    );
    let said = sidecar.running.stderr_so_far() + &sidecar.client().get("/metrics").body;
    for secret in [known.as_str(), &md5(&password_of(0)), "x.org", "n0"] {
        assert!(!kept.contains(secret) && !said.contains(secret), "{secret}");
    }
    assert_eq!(sidecar.finish_reset(&known, "new"), "changed");
});

on_each_backend!(
    an_old_or_known_password_is_refused_and_the_token_stays_good,
    |backend| {
        let mut db = people(backend, 1);
        let saltern = saltern_on(&db);
        std::fs::write(saltern.folder().join("words"), "123456\nqwertz\n").unwrap();
        // The SHA-1 of "dragon", by sha1sum.
        let pwned = "AF8978B1797B72ACFFF9595A5A2A373EC3D9106D:9\r\n";
        std::fs::write(saltern.folder().join("pwned"), pwned).unwrap();
        let lists = "[known]\nwordlist = \"words\"\npwned = \"pwned\"\n";
        let sidecar = Sidecar::start(&saltern, &format!("{}{lists}", config()), FREE);

        let token = sidecar.start_reset(&login_of(0));
        assert_eq!(
            sidecar.finish_reset(&token, &password_of(0)),
            "old_password"
        );
        for known in ["123456", "qwertz", "dragon"] {
            assert_eq!(sidecar.finish_reset(&token, known), "known_password");
            // Who has no token learns nothing of the lists.
            sidecar.check_void(known, &finish("none", known));
        }
        let empty = sidecar
            .client()
            .post("/v1/reset/finish", &finish(&token, ""));
        assert_eq!(empty.status, 422);
        assert_eq!(stored(&mut db, 0), Some(md5(&password_of(0))));
        assert_eq!(sidecar.finish_reset(&token, "pässword 1"), "changed");
        let token = sidecar.start_reset(&login_of(0));
        assert_eq!(sidecar.finish_reset(&token, "pässword 1"), "old_password");
    }
);

#[test]
fn a_secret_answer_may_stand_in_a_list_of_passwords() {
    let mut db = people(Backend::Sqlite, 1);
    let saltern = saltern_on(&db);
    std::fs::write(saltern.folder().join("words"), "dragon\n").unwrap();
    let config = config().replacen("[target]", "normalize = \"answer1\"\n[target]", 1);
    let lists = "[known]\nwordlist = \"words\"\n";
    let sidecar = Sidecar::start(&saltern, &format!("{config}{lists}"), FREE);
    let mut client = sidecar.client();
    let mut hash = |body| client.post("/v1/hash", &body).status;
    assert_eq!(hash(json!({ "password": "dragon" })), 422);
    let answer = json!({ "credential": "parents", "password": "dragon" });
    assert_eq!(hash(answer), 200);

    let token = sidecar.start_reset(&login_of(0));
    assert_eq!(sidecar.finish_reset(&token, "dragon"), "changed");
    assert!(stored(&mut db, 0).unwrap().contains("answer1"));
}

#[test]
fn one_login_gets_few_tokens_and_one_token_few_tries() {
    let mut db = people(Backend::Sqlite, 2);
    let serve = "resets_burst = 2\nresets_per_hour = 1\nlogins_burst = 3\nlogins_per_minute = 1\n";
    let sidecar = Sidecar::on(&db, &config(), serve);
    for login in [login_of(0), "nobody".to_owned()] {
        let statuses: Vec<u16> = (0..4)
            .map(|_| sidecar.client().start_reset(&login).status)
            .collect();
        assert_eq!(statuses, [200, 200, 429, 429], "{login}");
        let refused = sidecar.client().start_reset(&login.to_uppercase());
        let wait: u64 = refused.headers["retry-after"].parse().unwrap();
        assert!(refused.status == 429 && wait > 3_000, "{refused:?}");
    }
    let token = sidecar.start_reset(&login_of(1));
    for _ in 0..3 {
        assert_eq!(
            sidecar.finish_reset(&token, &password_of(1)),
            "old_password"
        );
    }
    let before = sidecar.computed();
    let refused = sidecar
        .client()
        .post("/v1/reset/finish", &finish(&token, "new"));
    assert_eq!((refused.status, sidecar.computed()), (429, before));
    assert_eq!(stored(&mut db, 1), Some(md5(&password_of(1))));
}

#[test]
fn until_its_readers_are_ready_a_column_gets_no_new_passwords() {
    let db = people(Backend::Sqlite, 1);
    let config = config().replace("readers_ready = true", "");
    let sidecar = Sidecar::on(&db, &config, FREE);
    assert_eq!(sidecar.client().start_reset(&login_of(0)).status, 422);
    let reply = sidecar
        .client()
        .post("/v1/reset/finish", &finish("x", "new"));
    assert_eq!(reply.status, 422);
}

on_each_backend!(tokens_that_have_expired_are_forgotten, |backend| {
    let mut db = people(backend, 3);
    let saltern = saltern_on(&db);
    let first = Sidecar::start(&saltern, &config(), FREE);
    first.start_reset(&login_of(0));
    first.start_reset(&login_of(1));
    drop(first);
    let later = format!(
        "UPDATE {} SET expires_ms = 5 WHERE row_key = '[\"1\"]'",
        tokens(backend)
    );
    db.exec(&later);
    // Which is looked after once a minute, and when it has just begun.
    let second = Sidecar::start(&saltern, &config(), FREE);
    second.start_reset(&login_of(2));
    let left = format!("SELECT row_key FROM {} ORDER BY row_key", tokens(backend));
    assert_eq!(
        db.query(&left),
        [[Some("[\"0\"]".to_owned())], [Some("[\"2\"]".to_owned())]]
    );
});

on_each_backend!(
    with_its_own_tables_the_least_privileges_suffice_and_without_them_logins_go_on,
    |backend| {
        let mut db = people(backend, 2);
        let Some(user) = db.create_user() else { return };
        db.exec(&format!("GRANT SELECT ON parent TO {}", user.grantee));
        db.exec(&format!(
            "GRANT UPDATE (password) ON parent TO {}",
            user.grantee
        ));
        let saltern = Saltern::new(&user.url, "");
        let mut sidecar = Sidecar::start(&saltern, &config(), FREE);

        for _ in 0..2 {
            let refused = sidecar.client().start_reset(&login_of(0));
            assert_eq!(refused.status, 501, "{refused:?}");
        }
        let refused = sidecar
            .client()
            .post("/v1/reset/finish", &finish("x", "new"));
        assert_eq!(refused.status, 501, "{refused:?}");
        assert_eq!(sidecar.login(&login_of(0), &password_of(0)), matched(true));
        let told = sidecar.log_with("need saltern's own tables");
        assert_eq!(
            told.matches("need saltern's own tables").count(),
            1,
            "{told}"
        );

        let ddl = saltern.run(&["ledger", "sql", "--user", &user.grantee]);
        db.exec(&ddl.expect_code(0).stdout);
        let token = sidecar.start_reset(&login_of(1));
        assert_eq!(sidecar.finish_reset(&token, "new"), "changed");
        assert_eq!(sidecar.login(&login_of(1), "new"), matched(false));
    }
);

on_each_backend!(
    a_column_that_cannot_hold_the_new_hash_uses_no_token_up,
    |backend| {
        let mut db = people(backend, 1);
        match backend {
            Backend::Postgres => {
                db.exec("ALTER TABLE parent ALTER COLUMN password TYPE VARCHAR(40)")
            }
            Backend::Sqlite => db.exec(
                "CREATE TRIGGER no BEFORE UPDATE OF password ON parent BEGIN SELECT RAISE(ABORT, 'no'); END",
            ),
            _ => db.exec("ALTER TABLE parent MODIFY password VARCHAR(40)"),
        };
        let mut sidecar = Sidecar::on(&db, &config(), FREE);
        let token = sidecar.start_reset(&login_of(0));
        for _ in 0..2 {
            let reply = sidecar
                .client()
                .post("/v1/reset/finish", &finish(&token, "new"));
            assert!(
                reply.status == 500 && reply.body.contains("not_written"),
                "{reply:?}"
            );
        }
        assert_eq!(stored(&mut db, 0), Some(md5(&password_of(0))));
        let told = sidecar.log_with("hash is not written");
        assert_eq!(told.matches("hash is not written").count(), 1, "{told}");
    }
);

/// How many users each race has.
const RACERS: u64 = 60;

on_each_backend!(
    whoever_races_a_token_one_wins_and_no_password_is_lost,
    |backend| {
        let mut db = people(backend, RACERS);
        if backend == Backend::Sqlite {
            db.query("PRAGMA journal_mode = WAL");
        }
        let sidecar = Sidecar::on(&db, &config(), FREE);
        let ask = |id| sidecar.start_reset(&login_of(id));

        // Two finishes with one token.
        let asked: Vec<String> = (0..RACERS).map(ask).collect();
        let together = Barrier::new(2);
        let both: Vec<Vec<String>> = std::thread::scope(|scope| {
            let one = |name: &'static str| {
                let (asked, together, sidecar) = (&asked, &together, &sidecar);
                scope.spawn(move || {
                    let mut client = sidecar.client();
                    let finish = |(id, token): (usize, &String)| {
                        together.wait();
                        client.finish_reset(token, &format!("{name} {id}"))
                    };
                    asked.iter().enumerate().map(finish).collect()
                })
            };
            let threads = [one("left"), one("right")];
            threads
                .into_iter()
                .map(|thread| thread.join().unwrap())
                .collect()
        });
        for id in 0..RACERS {
            let at = usize::try_from(id).unwrap();
            let winner = match (both[0][at].as_str(), both[1][at].as_str()) {
                ("changed", "void_token") => "left",
                ("void_token", "changed") => "right",
                other => panic!("{id}: {other:?}"),
            };
            let row = stored(&mut db, id).unwrap();
            assert!(opens(&row, &format!("{winner} {id}")), "{id}");
        }

        // A finish and a login whose password is right, which upgrades: either the token is void and the old password stays, or the new one is.
        db.exec("UPDATE parent SET password = first");
        let asked: Vec<String> = (0..RACERS).map(ask).collect();
        let ended: Vec<String> = std::thread::scope(|scope| {
            let logins = scope.spawn(|| {
                let mut client = sidecar.client();
                for id in 0..RACERS {
                    together.wait();
                    client.login(&login_of(id), &password_of(id));
                }
            });
            let mut client = sidecar.client();
            let ended = asked
                .iter()
                .map(|token| {
                    together.wait();
                    client.finish_reset(token, "new")
                })
                .collect();
            logins.join().unwrap();
            ended
        });
        for (id, ended) in (0..).zip(&ended) {
            let row = stored(&mut db, id).unwrap();
            let password = match ended.as_str() {
                "changed" => "new".to_owned(),
                "void_token" => password_of(id),
                other => panic!("{other}"),
            };
            assert!(opens(&row, &password), "{id}: {ended}, {row}");
        }

        // A finish and a change by the application: theirs stands, or the new one stood when theirs came.
        db.exec("UPDATE parent SET password = first");
        let asked: Vec<String> = (0..RACERS).map(ask).collect();
        let mut app = db.connect();
        std::thread::scope(|scope| {
            let changes = scope.spawn(|| {
                for id in 0..RACERS {
                    let new = md5(&format!("theirs {id}"));
                    let sql = format!("UPDATE parent SET password = '{new}' WHERE id = {id}");
                    together.wait();
                    while app.try_exec(&sql).is_err() {}
                }
            });
            let mut client = sidecar.client();
            for token in &asked {
                together.wait();
                client.finish_reset(token, "new");
            }
            changes.join().unwrap();
        });
        for id in 0..RACERS {
            let row = stored(&mut db, id).unwrap();
            assert!(opens(&row, &format!("theirs {id}")), "{id}: {row}");
        }
    }
);

#[cfg(feature = "failpoints")]
on_each_backend!(
    a_sidecar_killed_between_steps_loses_no_password,
    |backend| {
        let mut db = people(backend, 5);
        let mut saltern = saltern_on(&db);
        for (id, (point, written)) in (0..).zip([
            ("choose-after-swap", false),
            ("choose-before-commit", false),
            ("choose-after-commit", true),
        ]) {
            saltern.set("SALTERN_FAILPOINT", point);
            let sidecar = Sidecar::start(&saltern, &config(), FREE);
            let token = sidecar.start_reset(&login_of(id));
            let mut client = sidecar.client();
            let body = finish(&token, "new").to_string();
            let head = format!(
                "POST /v1/reset/finish HTTP/1.1\r\nHost: x\r\nContent-Length: {}\r\n\r\n",
                body.len()
            );
            client.send((head + &body).as_bytes());
            assert_eq!(client.reply(), None, "it was killed");
            assert_eq!(sidecar.running.finish().signal(), Some(9));

            saltern.set("SALTERN_FAILPOINT", "");
            let sidecar = Sidecar::start(&saltern, &config(), FREE);
            let again = sidecar.finish_reset(&token, "newer");
            assert_eq!(
                again,
                if written { "void_token" } else { "changed" },
                "{point}"
            );
            let row = stored(&mut db, id).unwrap();
            let password = if written { "new" } else { "newer" };
            assert!(opens(&row, password), "{point}: {row}");
        }

        // A COMMIT that got through and was not answered is found to have been made.
        saltern.set("SALTERN_FAILPOINT", "choose-answer=fail");
        let sidecar = Sidecar::start(&saltern, &config(), FREE);
        let token = sidecar.start_reset(&login_of(3));
        assert_eq!(sidecar.finish_reset(&token, "new"), "changed");
        assert!(opens(&stored(&mut db, 3).unwrap(), "new"));
        drop(sidecar);

        // Killed while it keeps a token, it has given none out.
        for point in ["token-before-commit", "token-after-commit"] {
            saltern.set("SALTERN_FAILPOINT", point);
            let sidecar = Sidecar::start(&saltern, &config(), FREE);
            let mut client = sidecar.client();
            let body = json!({ "credential": "parents", "login": login_of(4) }).to_string();
            let head = format!(
                "POST /v1/reset/start HTTP/1.1\r\nHost: x\r\nContent-Length: {}\r\n\r\n",
                body.len()
            );
            client.send((head + &body).as_bytes());
            assert_eq!(client.reply(), None, "it was killed");
        }
        saltern.set("SALTERN_FAILPOINT", "");
        let sidecar = Sidecar::start(&saltern, &config(), FREE);
        let token = sidecar.start_reset(&login_of(4));
        assert_eq!(sidecar.finish_reset(&token, "new"), "changed");
    }
);
