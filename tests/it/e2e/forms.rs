//! Digests that are not spelt in hex, and the forms of many applications: what a scan says of them, what a run does, and that everybody logs in
//! afterwards.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE};
use md5::{Digest as _, Md5};
use saltern::auth::{Column, Outcome};
use saltern::scheme::{Context, Declared, Dialect, Outer, Scheme, unlabel};
use saltern::secret::{InnerSalt, Password, StoredHash};
use sha1::Sha1;
use sha2::{Sha256, Sha384, Sha512};

use super::{CHEAP, hex};
use crate::db::TestDb;
use crate::outside::{self, Login, Verdict};
use crate::saltern::Saltern;
use crate::servers::{self, Backend};

const USERS: u64 = 60;

/// Passwords that everybody knows, and passwords that nobody does.
fn password_of(id: u64) -> String {
    const COMMON: [&str; 6] = [
        "123456", "password", "12345678", "qwerty", "dragon", "monkey",
    ];
    match COMMON.get(id as usize % 20) {
        Some(common) => (*common).to_owned(),
        None => format!("Of her own, nr. {id}"),
    }
}

/// How a column stores a password.
type Store = fn(&str) -> String;

/// A spelling of a digest.
struct Spelling {
    column: &'static str,
    /// The scheme that a scan proves.
    scheme: &'static str,
    store: Store,
}

fn grouped(digest: &[u8], separator: &str) -> String {
    let pairs: Vec<String> = digest.iter().map(|byte| format!("{byte:02X}")).collect();
    pairs.join(separator)
}

const SPELLINGS: [Spelling; 12] = [
    Spelling {
        column: "b16",
        scheme: "md5",
        store: |p| STANDARD.encode(Md5::digest(p)),
    },
    Spelling {
        column: "b16bare",
        scheme: "md5",
        store: |p| STANDARD_NO_PAD.encode(Md5::digest(p)),
    },
    Spelling {
        column: "b20",
        scheme: "sha1",
        store: |p| STANDARD.encode(Sha1::digest(p)),
    },
    Spelling {
        column: "b28",
        scheme: "sha224",
        store: |p| STANDARD.encode(sha2::Sha224::digest(p)),
    },
    Spelling {
        column: "b32url",
        scheme: "sha256",
        store: |p| URL_SAFE.encode(Sha256::digest(p)),
    },
    Spelling {
        column: "b48",
        scheme: "sha384",
        store: |p| STANDARD.encode(Sha384::digest(p)),
    },
    Spelling {
        column: "b64",
        scheme: "sha512",
        store: |p| STANDARD.encode(Sha512::digest(p)),
    },
    Spelling {
        column: "zerox",
        scheme: "sha1",
        store: |p| format!("0x{}", hex(&Sha1::digest(p)).to_uppercase()),
    },
    Spelling {
        column: "dashes",
        scheme: "md5",
        store: |p| grouped(&Md5::digest(p), "-"),
    },
    Spelling {
        column: "colons",
        scheme: "sha256",
        store: |p| grouped(&Sha256::digest(p), ":").to_lowercase(),
    },
    Spelling {
        column: "uuid",
        scheme: "md5",
        store: |p| {
            let hex = hex(&Md5::digest(p));
            format!(
                "{}-{}-{}-{}-{}",
                &hex[..8],
                &hex[8..12],
                &hex[12..16],
                &hex[16..20],
                &hex[20..]
            )
        },
    },
    Spelling {
        column: "cut",
        scheme: "cut(md5(pass),8,16)",
        store: |p| hex(&Md5::digest(p))[8..24].to_owned(),
    },
];

const CHEAP_OUTER: Outer = Outer::Argon2id {
    memory_kib: 64,
    iterations: 1,
    parallelism: 1,
};

fn config(columns: &[(&str, &str)]) -> String {
    let credentials = columns.iter().map(|(column, rest)| {
        format!(
            "[[credential]]\nname = \"{column}\"\ntable = \"person\"\nkey = \"id\"\ncolumn = \"{column}\"\nreaders_ready = true\n{rest}\n"
        )
    });
    credentials.collect::<String>() + CHEAP
}

fn people(db: &mut TestDb, columns: &[(&str, Store)]) {
    let typed = columns
        .iter()
        .map(|(column, _)| format!("{column} VARCHAR(255)"));
    db.exec(&format!(
        "CREATE TABLE person (id INTEGER PRIMARY KEY, {})",
        typed.collect::<Vec<_>>().join(", ")
    ));
    let names: Vec<&str> = std::iter::once("id")
        .chain(columns.iter().map(|(column, _)| *column))
        .collect();
    db.insert(
        "person",
        &names,
        (0..USERS).map(|id| {
            let mut row = vec![Some(id.to_string())];
            row.extend(
                columns
                    .iter()
                    .map(|(_, store)| Some(store(&password_of(id)))),
            );
            row
        }),
    );
}

fn login(stored: &str, password: &str, salt: &[u8]) -> Outcome {
    login_as(Declared::Auto, stored, password, salt)
}

fn login_as(declared: Declared, stored: &str, password: &str, salt: &[u8]) -> Outcome {
    let column = Column {
        declared,
        outer: CHEAP_OUTER,
        dialect: Dialect::Phc,
        normalize: None,
    };
    let salt = InnerSalt::new(salt);
    let context = Context {
        salt: Some(&salt),
        username: Some("fred"),
        ..Context::default()
    };
    let (stored, password) = (StoredHash::new(stored), Password::new(password));
    column
        .verify_and_upgrade(&stored, &password, &context, b"sixteen bytes ok")
        .unwrap()
}

fn values(db: &mut TestDb, column: &str) -> Vec<(u64, String)> {
    db.query(&format!("SELECT id, {column} FROM person ORDER BY id"))
        .into_iter()
        .map(|row| {
            (
                row[0].as_deref().unwrap().parse().unwrap(),
                row[1].clone().unwrap(),
            )
        })
        .collect()
}

on_each_backend!(
    digests_in_other_spellings_are_proven_and_everybody_logs_in_afterwards,
    |backend| {
        let mut db = TestDb::new(backend);
        let columns = SPELLINGS.map(|spelling| (spelling.column, spelling.store));
        people(&mut db, &columns);
        let saltern = Saltern::new(
            &db.url(),
            &config(&SPELLINGS.map(|s| (s.column, "scheme = \"auto\""))),
        );
        let told = saltern.run(&["scan"]).expect_code(0).stdout;
        for spelling in &SPELLINGS {
            assert!(
                told.contains(&format!("proven {}", spelling.scheme)),
                "{}: {told}",
                spelling.column
            );
        }

        saltern.run(&["run", "--execute", "-q"]).expect_code(0);

        let mut tries = Vec::new();
        for spelling in &SPELLINGS {
            let inner = Scheme::parse(spelling.scheme).unwrap().inner_id().unwrap();
            for (id, stored) in values(&mut db, spelling.column) {
                let unmarked = unlabel(&stored).unwrap();
                assert_eq!(
                    (unmarked.inner, unmarked.is.as_deref()),
                    (inner, None),
                    "{stored}"
                );
                let password = password_of(id);
                let opened = login(&stored, &password, b"");
                assert!(
                    matches!(opened, Outcome::MatchNeedsRehash(_)),
                    "{}: {opened:?}",
                    spelling.column
                );
                if id % 20 == 7 {
                    for wrong in ["wrong", &(spelling.store)(&password)] {
                        assert_eq!(
                            login(&stored, wrong, b""),
                            Outcome::Mismatch,
                            "{}",
                            spelling.column
                        );
                    }
                    if !spelling.scheme.starts_with("cut") {
                        tries.push((stored, password));
                    }
                }
            }
        }
        // By another implementation that knows the label alone: the wrap is of the digest in hex.
        let logins: Vec<Login<'_>> = tries
            .iter()
            .flat_map(|(stored, password)| {
                [password.as_str(), "wrong"].map(|password| Login {
                    stored,
                    password: password.as_bytes(),
                    salt: b"",
                    username: "",
                })
            })
            .collect();
        match outside::verify(&logins) {
            Ok(verdicts) => {
                for ((stored, _), pair) in tries.iter().zip(verdicts.chunks(2)) {
                    assert_eq!(pair, [Verdict::Opens, Verdict::Refuses], "{stored}");
                }
            }
            Err(missing) => servers::leave_out(&missing),
        }
    }
);

on_each_backend!(
    a_column_of_digests_that_is_declared_plaintext_is_refused_and_nothing_is_written,
    |backend| {
        let mut db = TestDb::new(backend);
        let columns = SPELLINGS.map(|spelling| (spelling.column, spelling.store));
        people(&mut db, &columns);
        for certain in ["", "plaintext_is_certain = true\n"] {
            for spelling in &SPELLINGS {
                let before = values(&mut db, spelling.column);
                let rest = format!("scheme = \"plaintext\"\n{certain}");
                let saltern = Saltern::new(&db.url(), &config(&[(spelling.column, &rest)]));
                let finished = saltern.run(&["run", "--execute"]);
                if certain.is_empty() {
                    let finished = finished.expect_code(4);
                    assert!(
                        finished.stderr.contains("plaintext_is_certain"),
                        "{}: {}",
                        spelling.column,
                        finished.stderr
                    );
                } else {
                    // It lifts that refusal and nothing else: they still look hashed, and are set aside.
                    finished.expect_code(3);
                }
                assert_eq!(
                    values(&mut db, spelling.column),
                    before,
                    "{}",
                    spelling.column
                );
            }
        }
    }
);

on_each_backend!(
    passwords_that_look_like_digests_by_chance_are_hashed_where_they_are_rare,
    |backend| {
        const ROWS: u64 = 400;
        let mut db = TestDb::new(backend);
        db.exec("CREATE TABLE person (id INTEGER PRIMARY KEY, rare VARCHAR(255), often VARCHAR(255), alike VARCHAR(255))");
        // Twenty-two letters that are the base64 of sixteen bytes, and sixteen digits.
        let letters = |id: u64| format!("correcthorsebattery{:02}Q", id % 90 + 10);
        let rare = |id: u64| match id {
            7 | 8 => letters(id),
            9 => format!("{:016}", id * 987_654_321),
            _ => password_of(id),
        };
        let often = |id: u64| {
            if id.is_multiple_of(50) {
                letters(id)
            } else {
                password_of(id)
            }
        };
        let alike =
            |id: u64| format!("Made by a machine {:06}", id * 7919 % 1_000_000).replace(' ', "");
        db.insert(
            "person",
            &["id", "rare", "often", "alike"],
            (0..ROWS).map(|id| [id.to_string(), rare(id), often(id), alike(id)].map(Some)),
        );
        let run = |column: &str, rest: &str| {
            let rest = format!("scheme = \"plaintext\"\n{rest}");
            Saltern::new(&db.url(), &config(&[(column, &rest)])).run(&["run", "--execute"])
        };
        run("rare", "").expect_code(0);
        run("often", "").expect_code(3);
        // Alike, because one generator made them: who knows that says so.
        let refused = run("alike", "").expect_code(4);
        assert!(
            refused
                .stderr
                .contains("400 of 400 values have 20 characters"),
            "{}",
            refused.stderr
        );
        run("alike", "plaintext_is_certain = true").expect_code(0);

        let expected: [(&str, &dyn Fn(u64) -> String); 2] = [("rare", &rare), ("alike", &alike)];
        for (column, of) in expected {
            for (id, stored) in values(&mut db, column)
                .into_iter()
                .filter(|(id, _)| id % 40 < 10)
            {
                assert_eq!(
                    login(&stored, &of(id), b""),
                    Outcome::Match,
                    "{column} {id}"
                );
            }
        }
        for (id, stored) in values(&mut db, "often") {
            if id.is_multiple_of(50) {
                assert_eq!(stored, often(id), "what looks hashed is left alone");
            } else {
                assert!(stored.starts_with("$argon2id$"), "{stored}");
            }
        }
    }
);

on_each_backend!(a_token_among_proven_digests_stops_no_run, |backend| {
    let mut db = TestDb::new(backend);
    db.exec("CREATE TABLE person (id INTEGER PRIMARY KEY, md5 VARCHAR(255))");
    let value = |id: u64| match id {
        3 => "correcthorsebattery12Q".to_owned(),
        _ => hex(&Md5::digest(password_of(id))),
    };
    db.insert(
        "person",
        &["id", "md5"],
        (0..200).map(|id| [id.to_string(), value(id)].map(Some)),
    );
    let saltern = Saltern::new(&db.url(), &config(&[("md5", "scheme = \"auto\"")]));

    saltern.run(&["run", "--execute", "-q"]).expect_code(0);

    for (id, stored) in values(&mut db, "md5") {
        if id == 3 {
            assert_eq!(stored, value(id));
        } else {
            assert!(stored.starts_with("$argon2id--md5$"), "{stored}");
        }
    }
});

on_each_backend!(
    a_salt_stands_beside_its_digest_with_any_one_character_between,
    |backend| {
        let mut db = TestDb::new(backend);
        fn salt_of(password: &str) -> String {
            hex(&Sha1::digest(format!("salt of {password}")))[..6].to_owned()
        }
        fn digest(password: &str) -> String {
            hex(&Md5::digest(format!("{password}{}", salt_of(password))))
        }
        let columns: [(&str, Store); 4] = [
            ("blank", |p| format!("{} {}", digest(p), salt_of(p))),
            ("dollar", |p| format!("{}${}", digest(p), salt_of(p))),
            ("infront", |p| format!("{}${}", salt_of(p), digest(p))),
            ("bar", |p| format!("{}|{}", digest(p), salt_of(p))),
        ];
        people(&mut db, &columns);
        let settings = [
            (
                "blank",
                "scheme = \"md5(pass.salt)\"\nsalt = false\nseparator = \" \"",
            ),
            (
                "dollar",
                "scheme = \"md5(pass.salt)\"\nsalt = false\nseparator = \"$\"",
            ),
            (
                "infront",
                "scheme = \"md5(pass.salt)\"\nsalt = false\nseparator = \"$\"",
            ),
            ("bar", "scheme = \"auto\""),
        ];
        let saltern = Saltern::new(&db.url(), &config(&settings));

        saltern.run(&["run", "--execute", "-q"]).expect_code(0);

        for (column, _) in columns {
            for (id, stored) in values(&mut db, column) {
                let password = password_of(id);
                let unmarked = unlabel(&stored).unwrap();
                assert_eq!(unmarked.inner, Scheme::MD5_PS.inner_id().unwrap());
                assert_eq!(
                    unmarked.is.as_deref(),
                    Some(salt_of(&password).as_bytes()),
                    "{column}"
                );
                let opened = login(&stored, &password, b"another");
                assert!(
                    matches!(opened, Outcome::MatchNeedsRehash(_)),
                    "{column}: {opened:?}"
                );
            }
        }
    }
);

/// The vectors that other people's implementations made, as one column: what is weak is wrapped, and its owner logs in.
fn vectors() -> Vec<(Scheme, serde_json::Value)> {
    include_str!("../../vectors/forms.jsonl")
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap())
        .map(|line| {
            (
                Scheme::parse(line["scheme"].as_str().unwrap()).unwrap(),
                line,
            )
        })
        .filter(|(scheme, _)| scheme.has_prefix())
        .collect()
}

on_each_backend!(
    the_forms_of_applications_are_wrapped_where_they_are_weak_and_their_owners_log_in,
    |backend| {
        let mut db = TestDb::new(backend);
        let text = if matches!(backend, Backend::MariaDb | Backend::MySql) {
            "VARCHAR(1000) COLLATE utf8mb4_bin"
        } else {
            "VARCHAR(1000)"
        };
        db.exec(&format!("CREATE TABLE person (id INTEGER PRIMARY KEY, nick VARCHAR(60), grain VARCHAR(400), hash {text})"));
        let vectors = vectors();
        let of = |line: &serde_json::Value, field: &str| line[field].as_str().map(str::to_owned);
        db.insert(
            "person",
            &["id", "nick", "grain", "hash"],
            (0..).zip(&vectors).map(|(id, (_, line))| {
                let id: u64 = id;
                [
                    Some(id.to_string()),
                    of(line, "username"),
                    of(line, "salt"),
                    of(line, "stored"),
                ]
            }),
        );
        let rest = "scheme = \"auto\"\nsalt = \"grain\"\nusername = \"nick\"";
        let saltern = Saltern::new(&db.url(), &config(&[("hash", rest)]));
        saltern.run(&["scan", "--fail-on", "weak"]).expect_code(20);

        saltern.run(&["run", "--execute", "-q"]).expect_code(0);

        let mut wrapped = 0;
        for (id, stored) in values(&mut db, "hash") {
            let (scheme, line) = &vectors[id as usize];
            let password = of(line, "password").unwrap();
            let salt = of(line, "salt").unwrap_or_default();
            let opened = login(&stored, &password, salt.as_bytes());
            assert!(
                matches!(opened, Outcome::Match | Outcome::MatchNeedsRehash(_)),
                "{scheme}: {opened:?}"
            );
            assert_eq!(
                login(&stored, "another one", salt.as_bytes()),
                Outcome::Mismatch,
                "{scheme}"
            );
            if let Some(unmarked) = unlabel(&stored) {
                assert_eq!(Some(unmarked.inner), scheme.inner_id());
                wrapped += 1;
            }
        }
        assert!(wrapped > 50, "{wrapped}");
    }
);

on_each_backend!(
    forms_without_a_mark_are_declared_and_their_owners_log_in_before_and_after,
    |backend| {
        let mut db = TestDb::new(backend);
        db.exec("CREATE TABLE person (id INTEGER PRIMARY KEY, nick VARCHAR(60), grain VARCHAR(60), hash VARCHAR(255))");
        // Every declared form that has vectors, one after the other in the same column.
        let mut of_scheme: Vec<(Scheme, Vec<serde_json::Value>)> = Vec::new();
        let all = include_str!("../../vectors/unmarked.jsonl").lines();
        for line in all.map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap()) {
            let scheme = Scheme::parse(line["scheme"].as_str().unwrap()).unwrap();
            if scheme.has_prefix()
                || scheme.shape().is_some()
                // It looks like the target's own strings, and is refused with that target.
                || scheme.hides_behind(Scheme::ARGON2ID)
            {
                continue;
            }
            match of_scheme.iter_mut().find(|(known, _)| *known == scheme) {
                Some((_, lines)) => lines.push(line),
                None => of_scheme.push((scheme, vec![line])),
            }
        }
        assert!(of_scheme.len() >= 12, "{}", of_scheme.len());
        let of = |line: &serde_json::Value, field: &str| line[field].as_str().map(str::to_owned);
        let mut wrapped = 0;
        for (scheme, lines) in &of_scheme {
            db.exec("DELETE FROM person");
            db.insert(
                "person",
                &["id", "nick", "grain", "hash"],
                (0..).zip(lines).map(|(id, line)| {
                    let id: u64 = id;
                    let salt = of(line, "salt").or_else(|| Some("unused".to_owned()));
                    [
                        Some(id.to_string()),
                        of(line, "username").or_else(|| Some("fred".to_owned())),
                        salt,
                        of(line, "stored"),
                    ]
                }),
            );
            let salt = if scheme.needs().salt {
                "salt = \"grain\"\n"
            } else {
                ""
            };
            let rest = format!("scheme = \"{scheme}\"\nusername = \"nick\"\n{salt}");
            // What is slow is wrapped where a rule asks for it.
            let rule = "[[rule]]\nwhen = { class = \"slow\" }\ndo = \"wrap\"\n";
            let saltern = Saltern::new(&db.url(), &(config(&[("hash", &rest)]) + rule));

            saltern
                .run(&["run", "--execute", "-q", "--new-run"])
                .expect_code(0);

            for (id, stored) in values(&mut db, "hash") {
                let line = &lines[id as usize];
                let (password, salt) = (
                    of(line, "password").unwrap(),
                    of(line, "salt").unwrap_or_default(),
                );
                if let Some(unmarked) = unlabel(&stored) {
                    assert_eq!(Some(unmarked.inner), scheme.inner_id());
                    wrapped += 1;
                }
                // What is as strong as the target stays, and is opened as what it is declared to be.
                let declared = Declared::Scheme(*scheme);
                let opened = login_as(declared, &stored, &password, salt.as_bytes());
                assert!(
                    matches!(opened, Outcome::Match | Outcome::MatchNeedsRehash(_)),
                    "{scheme}: {opened:?}"
                );
                let wrong = login_as(declared, &stored, "another one", salt.as_bytes());
                assert_eq!(wrong, Outcome::Mismatch, "{scheme}");
            }
        }
        assert!(wrapped > 30, "{wrapped}");
    }
);

on_each_backend!(init_offers_no_plaintext_where_it_sees_digests, |backend| {
    let mut db = TestDb::new(backend);
    db.exec(
        "CREATE TABLE users (id INTEGER PRIMARY KEY, email VARCHAR(60), password VARCHAR(255))",
    );
    db.insert(
        "users",
        &["id", "email", "password"],
        (0..USERS).map(|id| {
            [
                id.to_string(),
                format!("u{id}@example.org"),
                STANDARD.encode(Md5::digest(password_of(id))),
            ]
            .map(Some)
        }),
    );
    let saltern = Saltern::new(&db.url(), "");
    saltern.run(&["init", "-c", "new.toml"]).expect_code(0);

    let written = std::fs::read_to_string(saltern.folder().join("new.toml")).unwrap();
    assert!(
        written.contains("16 bytes in base64 may be md5"),
        "{written}"
    );
    assert!(!written.contains("scheme = \"plaintext\""), "{written}");
});
