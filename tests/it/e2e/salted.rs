//! Salted tables: the salt in a column of its own, behind the digest, or in the user's name. After a run every old password opens its value,
//! by saltern and by another implementation that knows the documented form alone.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::Hmac;
use md5::{Digest as _, Md5};
use saltern::auth::{Column, Outcome};
use saltern::scheme::{Context, Declared, Dialect, Outer, Scheme, native_string, unlabel};
use saltern::secret::{InnerSalt, Password, StoredHash};
use sha1::Sha1;
use sha2::Sha256;

use super::{CHEAP, hex, md5};
use crate::db::TestDb;
use crate::outside::{self, Login, Verdict};
use crate::saltern::Saltern;
use crate::servers::{self, Backend};

const MEMBERS: u64 = 100;

/// Somebody who logs in.
struct Member {
    id: u64,
    nick: String,
    grain: String,
    password: String,
}

impl Member {
    fn new(id: u64) -> Self {
        Self {
            id,
            nick: format!("Zoë {id}"),
            // Salts have been made of anything.
            grain: format!("{:x}'$:ß{}", id * 2_654_435_761 % 65_536, id % 7),
            password: match id % 5 {
                0 => format!("пароль-{id}"),
                _ => format!("Pass word {id}"),
            },
        }
    }
}

/// A column of the table.
struct Kind {
    column: &'static str,
    scheme: &'static str,
    /// What the configuration says of its salt.
    salt: &'static str,
    store: fn(&Member) -> String,
    /// What goes behind the outer hash.
    setting: fn(&Member) -> Option<String>,
}

const OWN: &str = "sha1('pepper'.md5(pass).lower(username))";

const KINDS: [Kind; 7] = [
    Kind {
        column: "beside",
        scheme: "md5(pass.salt)",
        salt: "salt = \"grain\"",
        store: |m| md5(&format!("{}{}", m.password, m.grain)),
        setting: |_| None,
    },
    Kind {
        column: "forum",
        scheme: "md5(md5(pass).salt)",
        salt: "salt = \"grain\"",
        store: |m| md5(&format!("{}{}", md5(&m.password), m.grain)),
        setting: |_| None,
    },
    Kind {
        column: "behind",
        scheme: "md5(salt.pass)",
        salt: "salt = false",
        store: |m| {
            let digest = Md5::digest(format!("{}{}", m.grain, m.password));
            format!("{}:{}", hex(&digest).to_uppercase(), m.grain)
        },
        setting: |m| Some(m.grain.clone()),
    },
    Kind {
        column: "named",
        scheme: "md5(pass.username)",
        salt: "username = \"nick\"",
        store: |m| md5(&format!("{}{}", m.password, m.nick)),
        setting: |_| None,
    },
    Kind {
        column: "own",
        scheme: OWN,
        salt: "login = \"nick\"",
        store: |m| {
            let inner = md5(&m.password);
            hex(&Sha1::digest(format!(
                "pepper{inner}{}",
                m.nick.to_lowercase()
            )))
        },
        setting: |_| None,
    },
    Kind {
        column: "ldap",
        scheme: "ldap-ssha",
        salt: "",
        store: |m| {
            let digest = Sha1::digest(format!("{}{}", m.password, m.grain));
            let joined = [digest.as_slice(), m.grain.as_bytes()].concat();
            format!("{{SSHA}}{}", STANDARD.encode(joined))
        },
        setting: |m| Some(m.grain.clone()),
    },
    // A password hash of its own, of so few rounds that the cheap target is stronger: a rule asks for it.
    Kind {
        column: "django",
        scheme: "django-pbkdf2-sha256",
        salt: "",
        store: |m| {
            let mut digest = [0; 32];
            let salt = format!("s{}", m.id);
            pbkdf2::pbkdf2::<Hmac<Sha256>>(m.password.as_bytes(), salt.as_bytes(), 10, &mut digest)
                .unwrap();
            format!("pbkdf2_sha256$10${salt}${}", STANDARD.encode(digest))
        },
        setting: |m| Some(format!("sha256$10$32$s{}", m.id)),
    },
];

const CHEAP_OUTER: Outer = Outer::Argon2id {
    memory_kib: 64,
    iterations: 1,
    parallelism: 1,
};

fn config(kinds: &[Kind]) -> String {
    let credentials: String = kinds
        .iter()
        .map(|kind| {
            format!(
                "[[credential]]\nname = \"{0}\"\ntable = \"member\"\nkey = \"id\"\ncolumn = \"{0}\"\nreaders_ready = true\nscheme = \"{1}\"\n{2}\n",
                kind.column, kind.scheme, kind.salt
            )
        })
        .collect();
    let rule = if kinds.iter().any(|kind| kind.column == "django") {
        "[[rule]]\nwhen = { credential = \"django\", class = \"slow\" }\ndo = \"wrap\"\n"
    } else {
        ""
    };
    credentials + rule + CHEAP
}

fn members(db: &mut TestDb) {
    let typed: Vec<String> = KINDS
        .iter()
        .map(|kind| format!("{} VARCHAR(255)", kind.column))
        .collect();
    db.exec(&format!(
        "CREATE TABLE member (id INTEGER PRIMARY KEY, nick VARCHAR(60), grain VARCHAR(60), {})",
        typed.join(", ")
    ));
    let columns: Vec<&str> = ["id", "nick", "grain"]
        .into_iter()
        .chain(KINDS.iter().map(|kind| kind.column))
        .collect();
    db.insert(
        "member",
        &columns,
        (0..MEMBERS).map(Member::new).map(|m| {
            let mut row = vec![
                Some(m.id.to_string()),
                Some(m.nick.clone()),
                Some(m.grain.clone()),
            ];
            row.extend(KINDS.iter().map(|kind| Some((kind.store)(&m))));
            row
        }),
    );
}

/// What stands in a column now, by member.
fn values(db: &mut TestDb, column: &str) -> Vec<(Member, String)> {
    db.query(&format!("SELECT id, {column} FROM member ORDER BY id"))
        .into_iter()
        .map(|mut row| {
            let stored = row.pop().unwrap().unwrap();
            let id = row.pop().unwrap().unwrap().parse().unwrap();
            (Member::new(id), stored)
        })
        .collect()
}

fn login(member: &Member, stored: &str, password: &str) -> Outcome {
    let column = Column {
        declared: Declared::Auto,
        outer: CHEAP_OUTER,
        dialect: Dialect::Phc,
        normalize: None,
    };
    let salt = InnerSalt::new(member.grain.as_bytes());
    let context = Context {
        salt: Some(&salt),
        username: Some(&member.nick),
        ..Context::default()
    };
    let (stored, password) = (StoredHash::new(stored), Password::new(password));
    column
        .verify_and_upgrade(&stored, &password, &context, b"sixteen bytes ok")
        .unwrap()
}

on_each_backend!(
    salted_members_log_in_afterwards_and_by_another_implementation,
    |backend| {
        let mut db = TestDb::new(backend);
        members(&mut db);
        let saltern = Saltern::new(&db.url(), &config(&KINDS));

        let told = saltern.run(&["run", "--execute"]).expect_code(0);

        // The two whose salt is a name.
        assert_eq!(
            told.stderr.matches("salted with the user's name").count(),
            2,
            "{}",
            told.stderr
        );
        let mut tries = Vec::new();
        for kind in &KINDS {
            let inner = Scheme::parse(kind.scheme).unwrap().inner_id().unwrap();
            for (member, stored) in values(&mut db, kind.column) {
                let unmarked = unlabel(&stored).unwrap();
                assert_eq!(unmarked.inner, inner, "{stored}");
                assert_eq!(
                    unmarked.is.as_deref(),
                    (kind.setting)(&member).map(String::into_bytes).as_deref(),
                    "{stored}"
                );
                let opened = login(&member, &stored, &member.password);
                assert!(
                    matches!(&opened, Outcome::MatchNeedsRehash(new) if !new.as_str().contains("--")),
                    "{}: {opened:?}",
                    kind.column
                );
                if member.id % 20 == 3 {
                    let leaked = (kind.store)(&member).to_lowercase();
                    for wrong in ["wrong", &leaked] {
                        assert_eq!(login(&member, &stored, wrong), Outcome::Mismatch);
                    }
                }
                tries.push((member, stored));
            }
        }
        let logins: Vec<Login<'_>> = tries
            .iter()
            .flat_map(|(member, stored)| {
                [member.password.as_str(), "wrong"].map(|password| Login {
                    stored,
                    password: password.as_bytes(),
                    salt: member.grain.as_bytes(),
                    username: &member.nick,
                })
            })
            .collect();
        match outside::verify(&logins) {
            Ok(verdicts) => {
                for ((_, stored), pair) in tries.iter().zip(verdicts.chunks(2)) {
                    assert_eq!(pair, [Verdict::Opens, Verdict::Refuses], "{stored}");
                }
            }
            Err(missing) => servers::leave_out(&missing),
        }
    }
);

on_each_backend!(a_scan_says_how_long_a_salt_must_live, |backend| {
    let mut db = TestDb::new(backend);
    members(&mut db);
    let saltern = Saltern::new(&db.url(), &config(&KINDS[..1]));
    let scan = |saltern: &Saltern| saltern.run(&["scan"]).expect_code(0).stdout;
    let needed = |wrapped: u64| {
        format!(
            "the column grain must stay as it is: {MEMBERS} rows can't be logged in with without it ({wrapped} of them wrapped)"
        )
    };
    let told = scan(&saltern);
    assert!(told.contains(&needed(0)), "{told}");

    saltern.run(&["run", "--execute", "-q"]).expect_code(0);

    let told = scan(&saltern);
    assert!(told.contains(&needed(MEMBERS)), "{told}");
    // Everybody has logged in.
    db.exec("UPDATE member SET beside = '$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc'");
    let told = scan(&saltern);
    assert!(
        told.contains("no row needs the column grain any more"),
        "{told}"
    );
});

on_each_backend!(a_digest_whose_salt_nobody_knows_is_not_wrapped, |backend| {
    let mut db = TestDb::new(backend);
    members(&mut db);
    let wrong = config(&KINDS[..1]).replace(KINDS[0].salt, "salt = false");
    let saltern = Saltern::new(&db.url(), &wrong);

    let refused = saltern.run(&["run", "--execute"]).expect_code(4);

    assert!(
        refused.stderr.contains("`salt` names no column"),
        "{}",
        refused.stderr
    );
});

on_each_backend!(
    a_column_must_have_room_for_the_salt_behind_the_hash,
    |backend| {
        let mut db = TestDb::new(backend);
        let native = native_string(&CHEAP_OUTER, &[0; 16], &[0; 32]);
        let needed = native.len() + "--md5-sp$is=YWJj".len();
        for (width, code) in [(needed - 1, 4), (needed, 0)] {
            db.exec(&format!(
                "CREATE TABLE narrow{width} (id INTEGER PRIMARY KEY, v VARCHAR({width}))"
            ));
            let digest = md5("abcpassword 1");
            db.exec(&format!(
                "INSERT INTO narrow{width} VALUES (1, '{digest}:abc')"
            ));
            let config = format!(
                "[[credential]]\nname = \"narrow\"\ntable = \"narrow{width}\"\nkey = \"id\"\ncolumn = \"v\"\nreaders_ready = true\n\
                 scheme = \"md5(salt.pass)\"\nsalt = false\n{CHEAP}"
            );
            let saltern = Saltern::new(&db.url(), &config);
            // SQLite takes what is longer than it says.
            let code = if backend == Backend::Sqlite { 0 } else { code };

            let plan = saltern.run(&["plan"]).expect_code(0);
            let run = saltern.run(&["run", "--execute"]).expect_code(code);

            for told in [plan.stdout + &plan.stderr, run.stderr] {
                assert_eq!(told.contains("ALTER TABLE"), code == 4, "{told}");
            }
        }
    }
);

on_each_backend!(a_digest_whose_salt_is_missing_is_left_alone, |backend| {
    let mut db = TestDb::new(backend);
    members(&mut db);
    db.exec("UPDATE member SET grain = NULL WHERE id = 7");
    db.exec("UPDATE member SET grain = '' WHERE id = 8");
    let before = values(&mut db, "beside")[7].1.clone();
    let saltern = Saltern::new(&db.url(), &config(&KINDS[..1]));

    let told = saltern.run(&["run", "--execute"]).expect_code(0);

    assert!(
        told.stderr
            .contains("2 rows lack the salt that others have"),
        "{}",
        told.stderr
    );
    let after = values(&mut db, "beside");
    assert_eq!(after[7].1, before, "nobody could open its wrap");
    // Nothing says that it was made with an empty salt, and not before there were salts.
    let bare = after.iter().filter(|(_, stored)| unlabel(stored).is_none());
    let bare: Vec<u64> = bare.map(|(member, _)| member.id).collect();
    assert_eq!(bare, [7, 8]);
});
