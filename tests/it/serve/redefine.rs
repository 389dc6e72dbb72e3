//! A login never redefines a password: whoever types what the old scheme can't tell from it is in as before, and its owner stays in.

use super::*;

/// A value of another implementation (passlib, PHP), its user's password, and what the scheme can't tell from it.
struct Unread {
    scheme: &'static str,
    stored: &'static str,
    own: &'static str,
    alike: &'static [&'static str],
    wrong: &'static [&'static str],
    /// How the value begins after a login.
    front: &'static str,
}

/// Of row 0 of [`people`], whose name is `n0@x.org`.
const WEAK: [Unread; 5] = [
    Unread {
        scheme: "descrypt",
        stored: "rqVTKtRlPS2tM",
        own: "password",
        alike: &["password and more", "password1"],
        wrong: &["passwor", "Password"],
        front: "$argon2id--descrypt$",
    },
    Unread {
        scheme: "lm",
        stored: "500e1646bf66ef98c2265b23734e0dac",
        own: "Secret 1",
        alike: &["SECRET 1", "secret 1"],
        wrong: &["secret", "Secret 12"],
        front: "$argon2id--lm$",
    },
    Unread {
        scheme: "mysql323",
        stored: "5d2e19393cc5ef67",
        own: "pass word",
        alike: &["password", "pass\tword", " pass word "],
        wrong: &["Pass word", "pass-word"],
        front: "$argon2id--mysql323$",
    },
    Unread {
        scheme: "oracle10",
        stored: "7B21334F5EC167F6",
        own: "Secret 1",
        alike: &["secret 1", "SECRET 1"],
        wrong: &["secret1", "secret 1 "],
        front: "$argon2id--oracle10$",
    },
    Unread {
        scheme: "cisco-pix",
        stored: "j6M/YUnL4PXK0a8K",
        own: "123456789012",
        alike: &["123456789012n0@x"],
        wrong: &["12345678901", "123456789012n0@", "1234567890123"],
        front: "$argon2id--cisco-pix$",
    },
];

/// Password hashes of their own.
const SLOW: [Unread; 2] = [
    Unread {
        scheme: "bcrypt-2y",
        stored: "$2y$04$SALhzuWs3yf135io.9VaSOEbUlbi0JvNZ7UIcylIG9Ru1NWK0kqiS",
        own: "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxtail",
        alike: &[
            "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
            "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxtai",
        ],
        wrong: &["xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"],
        front: "$2y$04$",
    },
    Unread {
        scheme: "wordpress-bcrypt",
        stored: "$wp$2y$04$qjfou1alHDfQiBWdXv408Ojjw6XwVrfB7ezlWXF/n7dUmelZXLDrC",
        own: "Secret 1",
        alike: &[" Secret 1", "Secret 1\n"],
        wrong: &["Secret  1", "secret 1"],
        front: "$wp$2y$04$",
    },
];

/// Stronger than bcrypt of cost 4.
const BCRYPT: &str = "[target]\nalgorithm = \"bcrypt\"\ncost = 5\n";

impl Unread {
    fn config(&self, target: &str, rules: &str) -> String {
        let scheme = match self.scheme {
            "bcrypt-2y" | "wordpress-bcrypt" => "auto",
            declared => declared,
        };
        let credential = PARENTS.replace("\"md5\"", &format!("\"{scheme}\""));
        format!("{credential}{target}{rules}")
    }

    /// Everybody who was in is in, and nobody else.
    fn check(&self, client: &mut Client, db: &mut TestDb, front: &str) {
        let login = login_of(0);
        let is_in =
            |client: &mut Client, typed: &str| client.login(&login, typed)["outcome"] == "match";
        for typed in self.alike {
            assert!(is_in(client, typed), "{}: {typed:?}", self.scheme);
            assert!(is_in(client, self.own), "{}: after {typed:?}", self.scheme);
            for wrong in self.wrong {
                assert!(!is_in(client, wrong), "{}: {wrong:?}", self.scheme);
            }
            let now = stored(db, 0).unwrap();
            assert!(now.starts_with(front), "{}: {now}", self.scheme);
        }
    }
}

on_each_backend!(what_a_scheme_cannot_tell_redefines_no_password, |backend| {
    let mut db = people(backend, 1);
    for unread in &WEAK {
        // As it stood, and as a run wraps it.
        for rules in ["\n[[rule]]\ndo = \"on-login\"\n", ""] {
            set(&mut db, 0, Some(unread.stored));
            let config = unread.config(CHEAP, rules);
            if rules.is_empty() {
                let saltern = saltern_on(&db);
                saltern.configure(&config);
                saltern.run(&["run", "--execute", "-q"]).expect_code(0);
                let wrapped = stored(&mut db, 0).unwrap();
                assert!(wrapped.starts_with(unread.front), "{wrapped}");
            }
            let sidecar = Sidecar::on(&db, &config, UNLIMITED);
            unread.check(&mut sidecar.client(), &mut db, unread.front);
        }
    }
    for unread in &SLOW {
        set(&mut db, 0, Some(unread.stored));
        let config = unread.config(BCRYPT, "");
        let sidecar = Sidecar::on(&db, &config, UNLIMITED);
        unread.check(&mut sidecar.client(), &mut db, unread.front);
        assert_eq!(stored(&mut db, 0).as_deref(), Some(unread.stored));
        drop(sidecar);
        // And inside a wrap, where a rule asks for one.
        let rule = format!(
            "\n[[rule]]\nwhen = {{ scheme = \"{}\" }}\ndo = \"wrap\"\n",
            unread.scheme
        );
        let config = unread.config(BCRYPT, &rule);
        let saltern = saltern_on(&db);
        saltern.configure(&config);
        saltern.run(&["run", "--execute", "-q"]).expect_code(0);
        let sidecar = Sidecar::on(&db, &config, UNLIMITED);
        unread.check(&mut sidecar.client(), &mut db, "$2b--");
    }
});

on_each_backend!(
    scan_fails_on_a_reader_until_every_row_is_the_platforms_own,
    |backend| {
        let mut db = people(backend, 3);
        let long = "x".repeat(80);
        set(&mut db, 1, Some(WEAK[0].stored));
        set(&mut db, 2, Some(&md5(&long)));
        let config = format!("{PARENTS}{BCRYPT}");
        let saltern = saltern_on(&db);
        let scan = |config: &str, code: i32| {
            saltern.configure(config);
            let finished = saltern
                .run(&["scan", "--fail-on", "reader"])
                .expect_code(code);
            let json = saltern.run(&["scan", "--json"]).stdout;
            (
                finished.stdout,
                serde_json::from_str::<Value>(&json).unwrap(),
            )
        };
        // One row after the other is made native, by logins or by a new password.
        let (text, _) = scan(&config, 20);
        assert!(text.contains("digests don't tell how many"), "{text}");
        set(&mut db, 1, None);
        saltern.run(&["run", "--execute", "-q"]).expect_code(0);
        let (text, json) = scan(&config, 20);
        assert!(text.contains("2 until their next login"), "{text}");
        assert_eq!(json["credentials"][0]["reader"]["until_login"], 2);
        {
            let sidecar = Sidecar::on(&db, &config, UNLIMITED);
            assert_eq!(sidecar.login(&login_of(0), &password_of(0)), matched(true));
            assert_eq!(sidecar.login(&login_of(2), &long), matched(true));
            assert_eq!(sidecar.login(&login_of(2), &"x".repeat(81)), mismatch());
        }
        let label = stored(&mut db, 2).unwrap();
        assert!(label.starts_with("$2b--sha384-b64$05$"), "{label}");
        let (text, json) = scan(&config, 20);
        assert!(
            text.contains("only a new password makes it native"),
            "{text}"
        );
        assert!(!text.contains("the next login makes it native"), "{text}");
        assert_eq!(json["credentials"][0]["reader"]["until_new_password"], 1);
        assert_eq!(json["credentials"][0]["reader"]["rows"], 1);
        let native = stored(&mut db, 0).unwrap();
        set(&mut db, 2, Some(&native));
        let (text, json) = scan(&config, 0);
        assert!(text.contains("no row needs more than"), "{text}");
        assert_eq!(json["credentials"][0]["reader"]["rows"], 0);
        // What PHP's `password_verify` reads by crypt(3), and other platforms don't.
        set(
            &mut db,
            2,
            Some(
                "$6$saltstring$svn8UoSVapNtMuq1ukKS4tPQd8iKwSMHWjl/O817G3uBnIFNjnQJuesI68u4OTLiBFdcbYEdFCoEOfaS35inz1",
            ),
        );
        let (text, json) = scan(&config, 20);
        assert!(text.contains("strings of crypt(3)"), "{text}");
        assert_eq!(json["credentials"][0]["reader"]["rows"], 1);
        let by_crypt = ["scan", "--fail-on", "reader-crypt"];
        saltern.run(&by_crypt).expect_code(0);
        set(&mut db, 1, Some(&md5("weak")));
        saltern.run(&by_crypt).expect_code(20);
    }
);

on_each_backend!(
    scan_and_plan_say_how_many_passwords_get_the_label_for_long_ones,
    |backend| {
        let mut db = people(backend, 4);
        for (id, len) in [(0, 71), (1, 72), (2, 200)] {
            set(&mut db, id, Some(&"x".repeat(len)));
        }
        let plain = PARENTS.replace("\"md5\"", "\"plaintext\"");
        db.exec("UPDATE parent SET password = 'short' WHERE id = 3");
        let saltern = saltern_on(&db);
        for (target, expected) in [(BCRYPT, json!(2)), (CHEAP, json!(null))] {
            saltern.configure(&format!("{plain}{target}"));
            for command in ["scan", "plan"] {
                let json = saltern.run(&[command, "--json"]).stdout;
                let json: Value = serde_json::from_str(&json).unwrap();
                assert_eq!(
                    json["credentials"][0]["long_passwords"], expected,
                    "{command}"
                );
                let text = saltern.run(&[command]).stdout;
                assert_eq!(
                    text.contains("2 passwords have more than 71 bytes"),
                    expected != json!(null),
                    "{text}"
                );
            }
        }
        saltern.configure(&format!("{plain}{BCRYPT}"));
        saltern.run(&["run", "--execute", "-q"]).expect_code(0);
        assert_eq!(
            db.count("SELECT COUNT(*) FROM parent WHERE password LIKE '$2b--sha384-b64$%'"),
            2
        );
    }
);
