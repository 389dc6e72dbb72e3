//! Columns made for the purpose, each with one secret: what a scan says of them, and what a run does about it.

use serde_json::Value;

use saltern::scheme::{Context, Scheme, digest, make};
use saltern::secret::InnerSalt;

use super::{CHEAP, md5};
use crate::db::TestDb;
use crate::saltern::Saltern;
use crate::servers::Backend;

const PEOPLE: u64 = 60;

fn login(id: u64) -> String {
    format!("User{id}@example.org")
}

fn salt(id: u64) -> String {
    format!("{:x}", id * 2_654_435_761 % 1_048_576 + 17)
}

/// Every other one has one of the most common passwords, the rest has one of their own.
fn password(id: u64) -> String {
    match id % 2 {
        0 => ["123456", "password", "12345678", "qwerty"][(id / 2 % 4) as usize].to_owned(),
        _ => format!("nobody else has {id}"),
    }
}

fn bare(scheme: Scheme, password: &str) -> String {
    digest(scheme, password.as_bytes())
        .expect("an unsalted digest")
        .to_string()
}

fn salted(scheme: Scheme, id: u64) -> String {
    let (salt, login) = (InnerSalt::new(salt(id)), login(id));
    let context = Context {
        salt: Some(&salt),
        username: Some(&login),
        ..Context::default()
    };
    make(scheme, &[], password(id).as_bytes(), &context)
        .expect("all that it needs")
        .expect("a digest")
        .to_string()
}

/// A column's name, and what stands in it for each person.
type Made = (&'static str, fn(u64) -> String);

const COLUMNS: [Made; 8] = [
    ("pure_md5", |id| bare(Scheme::MD5, &password(id))),
    ("pure_ntlm", |id| bare(Scheme::NTLM, &password(id))),
    ("wide_md5", |id| bare(Scheme::MD5_UTF16, &password(id))),
    ("salted", |id| salted(Scheme::MD5_SP, id)),
    ("named", |id| salted(Scheme::SHA1_PU, id)),
    ("joined", |id| {
        format!("{}:{}", salted(Scheme::MD5_PS, id), salt(id))
    }),
    ("mixed", |id| match id % 12 {
        0 => "!".to_owned(),
        1 => String::new(),
        2 | 4 => bare(Scheme::SHA1, &password(id)),
        6 => format!("{}\n", bare(Scheme::MD5, &password(id))),
        8 => format!("\"{}\"", md5(&password(id))),
        9 => "$2y$12$iy1ZFmZlC0yTeKR79aXhqeuSI9ZLroS1RicHxS8fG3RNFBr4QxHR6".to_owned(),
        10 => bare(Scheme::MD5, &password(id)).to_uppercase(),
        _ => "what is this".to_owned(),
    }),
    ("uncommon", |id| md5(&format!("nobody has {id}"))),
];

fn people(db: &mut TestDb) {
    let typed = COLUMNS.map(|(name, _)| format!("{name} VARCHAR(200)"));
    db.exec(&format!(
        "CREATE TABLE person (id INTEGER PRIMARY KEY, login VARCHAR(60), pw_salt VARCHAR(20), {})",
        typed.join(", ")
    ));
    let columns: Vec<&str> = ["id", "login", "pw_salt"]
        .into_iter()
        .chain(COLUMNS.map(|(name, _)| name))
        .collect();
    db.insert(
        "person",
        &columns,
        (1..=PEOPLE).map(|id| {
            [id.to_string(), login(id), salt(id)]
                .into_iter()
                .chain(COLUMNS.map(|(_, value)| value(id)))
                .map(Some)
                .collect::<Vec<_>>()
        }),
    );
}

fn config(columns: &[&str], more: &str) -> String {
    let credentials: String = columns
        .iter()
        .map(|name| {
            format!(
                "[[credential]]\nname = \"{name}\"\ntable = \"person\"\nkey = \"id\"\ncolumn = \"{name}\"\nlogin = \"login\"\nscheme = \"auto\"\nreaders_ready = true\n{more}\n"
            )
        })
        .collect();
    credentials + CHEAP
}

/// The evidence that `scan --json` gives on a shape of a column.
fn evidence<'j>(scan: &'j Value, column: &str, shape: &str) -> &'j Value {
    let all = scan["credentials"].as_array().expect("a list");
    let of_column = all.iter().find(|c| c["name"] == column);
    let shapes = of_column.expect("the credential")["shapes"].as_array();
    shapes
        .expect("a list")
        .iter()
        .find(|e| e["shape"] == shape)
        .unwrap_or_else(|| panic!("{column} has no {shape}"))
}

on_each_backend!(a_column_is_judged_as_a_whole, |backend| {
    let mut db = TestDb::new(backend);
    people(&mut db);
    let proven = [
        "pure_md5",
        "pure_ntlm",
        "wide_md5",
        "salted",
        "named",
        "joined",
        "mixed",
    ];
    let saltern = Saltern::new(&db.url(), &config(&proven, ""));

    let patient = ["scan", "--proof-seconds", "60"];
    let scan = saltern.run(&[&patient[..], &["--json"]].concat());
    let scan = scan.expect_code(0).json();

    for (column, shape, scheme) in [
        ("pure_md5", "hex32", "md5"),
        ("pure_ntlm", "hex32", "ntlm"),
        ("wide_md5", "hex32", "md5(utf16le(pass))"),
        ("salted", "hex32", "md5(salt.pass)"),
        ("named", "hex40", "sha1(pass.username)"),
        ("joined", "hex32:salt", "md5(pass.salt)"),
        ("mixed", "hex32", "md5"),
        ("mixed", "hex40", "sha1"),
    ] {
        let found = evidence(&scan, column, shape);
        assert_eq!(found["scheme"], scheme, "{column}: {found:#}");
        assert!(found["expected_by_chance"].as_f64().expect("a number") < 1e-6);
    }
    let salted = &evidence(&scan, "salted", "hex32")["with"]["inputs"][0];
    assert_eq!(
        (&salted["column"], &salted["declared"]),
        (&"pw_salt".into(), &false.into())
    );
    let named = &evidence(&scan, "named", "hex40")["with"]["inputs"][0];
    assert_eq!(
        (&named["column"], &named["declared"]),
        (&"login".into(), &true.into())
    );

    // The words are made of the same numbers, whatever the database.
    if backend != Backend::Sqlite {
        return;
    }
    let told = saltern.run(&patient).expect_code(0).stdout;
    for words in [
        "proven md5(salt.pass) with salt = column \"pw_salt\"",
        "set salt = \"pw_salt\" in the credential",
        "proven sha1(pass.username) with user name = column \"login\"",
        "proven md5(pass.salt) with the salt in the value itself",
        "have a line break round the value",
        "are hashes in quotes",
        "have digits in upper case",
    ] {
        assert!(told.contains(words), "{words}\n{told}");
    }
});

on_each_backend!(
    what_was_proven_with_a_column_is_written_when_it_is_named,
    |backend| {
        let mut db = TestDb::new(backend);
        people(&mut db);
        let saltern = Saltern::new(&db.url(), &config(&["salted"], ""));

        let patient = ["--proof-seconds", "60"];
        let plan = saltern.run(&[&["plan"], &patient[..]].concat());
        let plan = plan.expect_code(0).stdout;
        let refused = saltern.run(&[&["run", "--execute"], &patient[..]].concat());
        let refused = refused.expect_code(4).stderr;
        for told in [plan, refused] {
            assert!(told.contains("set salt = \"pw_salt\" for salted"), "{told}");
        }

        saltern.configure(&config(&["salted"], "salt = \"pw_salt\""));
        saltern.run(&["run", "--execute"]).expect_code(0);
        let scan = saltern.run(&["scan", "--json"]).expect_code(0).json();
        let line = &scan["credentials"][0]["lines"][0];
        assert_eq!(line["what"], "argon2id over md5-sp", "{line:#}");
        assert_eq!(line["rows"], PEOPLE);
    }
);

on_each_backend!(
    what_can_not_be_told_apart_is_told_by_an_account,
    |backend| {
        let mut db = TestDb::new(backend);
        people(&mut db);
        let saltern = Saltern::new(&db.url(), &config(&["uncommon"], ""));
        let file = saltern.folder().join("password");
        std::fs::write(&file, "nobody has 7\n").unwrap();
        let of = |login: String| format!("{login}:{}", file.display());

        let told = saltern
            .run(&["scan", "--proof-seconds", "1"])
            .expect_code(0)
            .stdout;
        for words in ["not proven", "pw_salt", "--canary-login LOGIN:FILE"] {
            assert!(told.contains(words), "{words}\n{told}");
        }
        let account = of(login(7));
        let by_account = ["scan", "--proof-seconds", "0", "--canary-login", &account];
        let told = saltern.run(&by_account).expect_code(0).stdout;
        assert!(
            told.contains("proven md5 by the account whose password is known"),
            "{told}"
        );
        // Another one's password tells nothing.
        let other = of(login(8));
        let told = saltern
            .run(&["scan", "--proof-seconds", "0", "--canary-login", &other])
            .expect_code(0)
            .stdout;
        assert!(told.contains("not proven"), "{told}");
        let nobody = of("nobody".to_owned());
        saltern
            .run(&["scan", "--proof-seconds", "0", "--canary-login", &nobody])
            .expect_code(4);

        saltern
            .run(&["run", "--execute", "--proof-seconds", "0"])
            .expect_code(4);
        saltern
            .run(&[
                "run",
                "--execute",
                "--proof-seconds",
                "0",
                "--canary-login",
                &account,
            ])
            .expect_code(0);
    }
);
