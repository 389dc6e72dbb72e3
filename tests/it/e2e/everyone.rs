//! Everyone logs in: after a run each password opens its value, by saltern and by other people's libraries, and nothing else does.

use md4::Md4;
use md5::{Digest, Md5};
use saltern::auth::{Column, Outcome};
use saltern::policy::Normalize;
use saltern::scheme::{Context, Declared, Dialect, Outer};
use saltern::secret::{Password, StoredHash};
use sha1::Sha1;
use sha2::{Sha256, Sha512};

use super::{CHEAP, hex};
use crate::db::TestDb;
use crate::outside::{self, Login, Verdict};
use crate::saltern::Saltern;
use crate::servers::{self, Backend};

const ACCOUNTS: u64 = 20_000;
/// How many of them have a value in each further column too.
const FURTHER: u64 = 1_000;

/// A column of the table with the digests of everyone's password.
struct Kind {
    column: &'static str,
    /// What the configuration declares; none is `auto`.
    scheme: Option<&'static str>,
    inner: Option<&'static str>,
    store: fn(password: &str) -> String,
}

const KINDS: [Kind; 9] = [
    Kind {
        column: "md5",
        scheme: None,
        inner: Some("md5"),
        store: |p| hex(&Md5::digest(p)),
    },
    Kind {
        column: "sha1",
        scheme: Some("sha1"),
        inner: Some("sha1"),
        store: |p| hex(&Sha1::digest(p)),
    },
    Kind {
        column: "sha256",
        scheme: Some("sha256"),
        inner: Some("sha256"),
        store: |p| hex(&Sha256::digest(p)).to_uppercase(),
    },
    Kind {
        column: "sha512",
        scheme: Some("sha512"),
        inner: Some("sha512"),
        store: |p| hex(&Sha512::digest(p)),
    },
    Kind {
        column: "ntlm",
        scheme: Some("ntlm"),
        inner: Some("ntlm"),
        store: |p| {
            let utf16: Vec<u8> = p.encode_utf16().flat_map(u16::to_le_bytes).collect();
            hex(&Md4::digest(utf16))
        },
    },
    Kind {
        column: "md4",
        scheme: Some("md4"),
        inner: Some("md4"),
        store: |p| hex(&Md4::digest(p)),
    },
    Kind {
        column: "plain",
        scheme: Some("plaintext"),
        inner: None,
        store: str::to_owned,
    },
    Kind {
        column: "noop",
        scheme: None,
        inner: None,
        store: |p| format!("{{noop}}{p}"),
    },
    Kind {
        column: "answer",
        scheme: Some("plaintext"),
        inner: Some("answer1"),
        store: |p| format!("  {} ", p.to_uppercase()),
    },
];

/// What no run touches, byte for byte: markers, the empty string, NULL, what is strong already, what is no hash at all.
const LEFT_ALONE: [Option<&str>; 10] = [
    None,
    Some(""),
    Some("!"),
    Some("*LK*"),
    Some("!!"),
    Some("x"),
    Some("$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc"),
    Some(
        "$argon2id--md5$v=19$m=64,t=1,p=1$b3Q/1jbx6gsU642yulVcoQ$tFekmZmUOXJTtFxwQ3XZsN0yWfSQlbCjQAymt+YCPqw",
    ),
    Some("!saltern:reset:0123456789abcdefghijkl"),
    Some("see the old system"),
];

/// A few have what many have; they prove the scheme of a column that is not declared.
fn password_of(id: u64) -> String {
    match id % 500 {
        0 => "123456".to_owned(),
        1 => "dragon".to_owned(),
        2 => "qwerty".to_owned(),
        3 => format!("пароль-{id}"),
        _ => format!("Pass word {id}"),
    }
}

fn config(kinds: &[Kind], target: &str) -> String {
    let mut text = String::new();
    for kind in kinds {
        let scheme = kind.scheme.unwrap_or("auto");
        let normalize = if kind.column == "answer" {
            "normalize = \"answer1\"\n"
        } else {
            ""
        };
        text += &format!(
            "[[credential]]\nname = \"{0}\"\ntable = \"account\"\nkey = \"id\"\ncolumn = \"{0}\"\nreaders_ready = true\nscheme = \"{scheme}\"\n{normalize}",
            kind.column
        );
    }
    text + target
}

/// `rows` accounts, the first `FURTHER` of which have a value in every column; behind them the rows that are left alone.
fn accounts(db: &mut TestDb, rows: u64) {
    let columns: Vec<&str> = std::iter::once("id")
        .chain(KINDS.iter().map(|k| k.column))
        .collect();
    let typed: Vec<String> = KINDS
        .iter()
        .map(|k| format!("{} VARCHAR(255)", k.column))
        .collect();
    db.exec(&format!(
        "CREATE TABLE account (id INTEGER PRIMARY KEY, {})",
        typed.join(", ")
    ));
    db.insert(
        "account",
        &columns,
        (0..rows).map(|id| {
            let password = password_of(id);
            let mut row = vec![Some(id.to_string())];
            row.extend(
                KINDS
                    .iter()
                    .enumerate()
                    .map(|(i, kind)| (i == 0 || id < FURTHER).then(|| (kind.store)(&password))),
            );
            row
        }),
    );
    db.insert(
        "account",
        &["id", "md5"],
        (rows..)
            .zip(LEFT_ALONE)
            .map(|(id, value)| [Some(id.to_string()), value.map(str::to_owned)]),
    );
}

/// What stands in a column now, by id.
fn values(db: &mut TestDb, column: &str) -> Vec<(u64, String)> {
    db.query(&format!(
        "SELECT id, {column} FROM account WHERE {column} IS NOT NULL ORDER BY id"
    ))
    .into_iter()
    .map(|mut row| {
        let value = row.pop().unwrap().unwrap();
        (row.pop().unwrap().unwrap().parse().unwrap(), value)
    })
    .collect()
}

fn column_of(kind: &Kind, outer: Outer) -> Column {
    Column {
        declared: Declared::Auto,
        outer,
        dialect: Dialect::Phc,
        normalize: (kind.column == "answer").then_some(Normalize::Answer1),
    }
}

/// What a login with the password comes to: whether it opens, and whether it would be upgraded.
fn login(column: &Column, stored: &str, password: &str) -> (bool, bool) {
    let salt = b"sixteen bytes ok";
    let outcome = column
        .verify_and_upgrade(
            &StoredHash::new(stored),
            &Password::new(password),
            &Context::default(),
            salt,
        )
        .unwrap();
    match outcome {
        Outcome::Mismatch => (false, false),
        Outcome::Match => (true, false),
        Outcome::MatchNeedsRehash(_) => (true, true),
    }
}

const CHEAP_OUTER: Outer = Outer::Argon2id {
    memory_kib: 64,
    iterations: 1,
    parallelism: 1,
};

on_each_backend!(twenty_thousand_accounts_log_in_afterwards, |backend| {
    let mut db = TestDb::new(backend);
    accounts(&mut db, ACCOUNTS);
    let saltern = Saltern::new(&db.url(), &config(&KINDS, CHEAP));

    saltern.run(&["run", "--execute", "-q"]).expect_code(0);

    let _crates = crate::e2e::by_the_crates();
    for kind in &KINDS {
        let column = column_of(kind, CHEAP_OUTER);
        let rows: Vec<(u64, String)> = values(&mut db, kind.column)
            .into_iter()
            .filter(|(id, _)| *id < ACCOUNTS)
            .collect();
        assert_eq!(
            rows.len() as u64,
            if kind.column == "md5" {
                ACCOUNTS
            } else {
                FURTHER
            }
        );
        let start = kind
            .inner
            .map_or("$argon2id$v=19$m=64,t=1,p=1$".to_owned(), |i| {
                format!("$argon2id--{i}$v=19$m=64,t=1,p=1$")
            });
        for (id, stored) in &rows {
            let password = password_of(*id);
            assert!(stored.starts_with(&start), "{}: {stored}", kind.column);
            // A wrapped value is made native at the login; an answer stays one, a rehashed password is native already.
            let upgraded = !matches!(kind.inner, None | Some("answer1"));
            assert_eq!(
                login(&column, stored, &password),
                (true, upgraded),
                "{}: {stored}",
                kind.column
            );
            if id % 20 == 3 {
                assert!(!login(&column, stored, "wrong").0);
                // What leaked is not the password; of a plaintext it always was.
                let leaked = (kind.store)(&password);
                assert!(
                    kind.inner == Some("answer1")
                        || kind.inner.is_none()
                        || !login(&column, stored, &leaked).0
                );
                let leaked = leaked.to_lowercase();
                assert!(
                    kind.inner == Some("answer1")
                        || kind.inner.is_none()
                        || !login(&column, stored, &leaked).0
                );
            }
        }
    }
    let left: Vec<Option<String>> = db
        .query(&format!(
            "SELECT md5 FROM account WHERE id >= {ACCOUNTS} ORDER BY id"
        ))
        .into_iter()
        .map(|mut row| row.pop().unwrap())
        .collect();
    assert_eq!(left, LEFT_ALONE.map(|v| v.map(str::to_owned)));
    // The other columns of those who have no value there.
    assert_eq!(
        db.count(&format!(
            "SELECT COUNT(*) FROM account WHERE id >= {FURTHER} AND sha1 IS NULL AND answer IS NULL"
        )),
        ACCOUNTS - FURTHER + LEFT_ALONE.len() as u64
    );
});

/// Tries everyone's password, a wrong one and what leaked, by the login page of other people's libraries.
fn check_outside(db: &mut TestDb, kinds: &[Kind], every: u64) {
    for kind in kinds {
        let rows: Vec<(u64, String)> = values(db, kind.column)
            .into_iter()
            .filter(|(id, _)| id % every == 0 && *id < FURTHER)
            .collect();
        let tries: Vec<(&str, String, bool)> = rows
            .iter()
            .flat_map(|(id, stored)| {
                let password = password_of(*id);
                let leaked = (kind.store)(&password).to_lowercase();
                let hashed = !matches!(kind.inner, None | Some("answer1"));
                let mut tries = vec![(stored.as_str(), password, true)];
                if id % (every * 5) == 0 {
                    tries.push((stored, "wrong".to_owned(), false));
                    if hashed {
                        tries.push((stored, leaked, false));
                    }
                }
                tries
            })
            .collect();
        let logins: Vec<Login<'_>> = tries
            .iter()
            .map(|(stored, password, _)| Login {
                stored,
                password: password.as_bytes(),
                ..Login::default()
            })
            .collect();
        let verdicts = match outside::verify(&logins) {
            Ok(verdicts) => verdicts,
            Err(missing) => return servers::leave_out(&missing),
        };
        for ((stored, password, opens), verdict) in tries.iter().zip(verdicts) {
            let expected = if *opens {
                Verdict::Opens
            } else {
                Verdict::Refuses
            };
            assert_eq!(verdict, expected, "{}: {password:?} {stored}", kind.column);
        }
    }
}

/// On SQLite by our own kernels, elsewhere by the crates.
fn by_both_kernels(backend: Backend, saltern: Saltern) -> Saltern {
    match backend {
        Backend::Sqlite => saltern.by_our_kernels(),
        _ => saltern,
    }
}

on_each_backend!(they_log_in_by_another_implementation, |backend| {
    let mut db = TestDb::new(backend);
    accounts(&mut db, FURTHER);
    let saltern = by_both_kernels(backend, Saltern::new(&db.url(), &config(&KINDS, CHEAP)));
    saltern.run(&["run", "--execute", "-q"]).expect_code(0);
    check_outside(&mut db, &KINDS, 1);
});

on_each_backend!(
    at_the_default_target_they_log_in_by_another_implementation,
    |backend| {
        let mut db = TestDb::new(backend);
        db.exec("CREATE TABLE account (id INTEGER PRIMARY KEY, sha1 VARCHAR(255))");
        let kind = &KINDS[1..2];
        db.insert(
            "account",
            &["id", "sha1"],
            (0..50).map(|id| {
                [
                    Some(id.to_string()),
                    Some((kind[0].store)(&password_of(id))),
                ]
            }),
        );
        let saltern = by_both_kernels(backend, Saltern::new(&db.url(), &config(kind, "")));

        saltern.run(&["run", "--execute", "-q"]).expect_code(0);

        let outer = Outer::Argon2id {
            memory_kib: 19_456,
            iterations: 2,
            parallelism: 1,
        };
        let column = column_of(&kind[0], outer);
        for (id, stored) in values(&mut db, "sha1") {
            assert!(
                stored.starts_with("$argon2id--sha1$v=19$m=19456,t=2,p=1$"),
                "{stored}"
            );
            if id % 10 == 0 {
                assert_eq!(login(&column, &stored, &password_of(id)), (true, true));
                assert!(!login(&column, &stored, &(kind[0].store)(&password_of(id))).0);
            }
        }
        check_outside(&mut db, kind, 1);
    }
);

on_each_backend!(
    with_bcrypt_they_log_in_by_another_implementation,
    |backend| {
        let mut db = TestDb::new(backend);
        db.exec("CREATE TABLE account (id INTEGER PRIMARY KEY, md5 VARCHAR(255), sha512 VARCHAR(255), plain VARCHAR(255))");
        let long = |id: u64| format!("{}{}", password_of(id), "-and so on".repeat(8));
        db.insert(
            "account",
            &["id", "md5", "sha512", "plain"],
            (0..200).map(|id| {
                let password = password_of(id);
                let plain = if id < 100 { password.clone() } else { long(id) };
                [
                    Some(id.to_string()),
                    Some((KINDS[0].store)(&password)),
                    Some((KINDS[3].store)(&password)),
                    Some(plain),
                ]
            }),
        );
        let kinds = [&KINDS[0], &KINDS[3], &KINDS[6]].map(|k| Kind {
            column: k.column,
            scheme: k.scheme.or(Some("md5")),
            inner: k.inner,
            store: k.store,
        });
        let target = "[target]\nalgorithm = \"bcrypt\"\ncost = 5\n";
        let saltern = by_both_kernels(backend, Saltern::new(&db.url(), &config(&kinds, target)));

        saltern.run(&["run", "--execute", "-q"]).expect_code(0);

        let mut tries = Vec::new();
        for (column, start) in [
            ("md5", "$2b--md5$05$"),
            ("sha512", "$2b--sha512-b64s384$05$"),
            ("plain", "$2b"),
        ] {
            for (id, stored) in values(&mut db, column) {
                assert!(stored.starts_with(start), "{stored}");
                let is_long = column == "plain" && id >= 100;
                assert_eq!(
                    is_long,
                    stored.starts_with("$2b--sha384-b64$05$"),
                    "{stored}"
                );
                let password = if is_long { long(id) } else { password_of(id) };
                assert!(crate::e2e::opens(&stored, &password), "{stored}");
                tries.push((stored, password));
            }
        }
        let logins: Vec<Login<'_>> = tries
            .iter()
            .map(|(stored, password)| Login {
                stored,
                password: password.as_bytes(),
                ..Login::default()
            })
            .collect();
        match outside::verify(&logins) {
            Ok(verdicts) => assert!(
                verdicts.iter().all(|v| *v == Verdict::Opens),
                "{verdicts:?}"
            ),
            Err(missing) => servers::leave_out(&missing),
        }
    }
);

on_each_backend!(
    with_pbkdf2_they_log_in_by_another_implementation,
    |backend| {
        let mut db = TestDb::new(backend);
        accounts(&mut db, FURTHER);
        let target = "[target]\nalgorithm = \"pbkdf2-sha256\"\niterations = 20\n";
        let saltern = Saltern::new(&db.url(), &config(&KINDS, target));

        saltern.run(&["run", "--execute", "-q"]).expect_code(0);

        let outer = Outer::Pbkdf2Sha256 { iterations: 20 };
        for kind in &KINDS {
            let column = column_of(kind, outer);
            let start = kind
                .inner
                .map_or("$pbkdf2-sha256$i=20,l=32$".to_owned(), |inner| {
                    format!("$pbkdf2-sha256--{inner}$i=20,l=32$")
                });
            for (id, stored) in values(&mut db, kind.column) {
                if id < FURTHER && id % 10 == 0 {
                    assert!(stored.starts_with(&start), "{}: {stored}", kind.column);
                    let upgraded = !matches!(kind.inner, None | Some("answer1"));
                    assert_eq!(
                        login(&column, &stored, &password_of(id)),
                        (true, upgraded),
                        "{}: {stored}",
                        kind.column
                    );
                }
            }
        }
        check_outside(&mut db, &KINDS, 10);
    }
);
