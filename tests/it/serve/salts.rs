//! Salts and names as the application had them: PHP makes the digests, saltern proves and wraps them, and everybody logs in.

use std::process::Command;

use super::*;
use crate::outside::{self, Login, Verdict};
use crate::servers;

/// Somebody with a salt, as the application had it when it made the digest.
pub(super) struct Person {
    pub(super) login: String,
    pub(super) salt: String,
    pub(super) password: String,
}

/// So many people, the first twenty with common passwords, and salts of so many characters.
pub(super) fn persons(salt_chars: usize) -> Vec<Person> {
    let common = ["123456", "password", "dragon", "monkey", "12345678"];
    (0..40)
        .map(|id: usize| Person {
            login: login_of(id as u64),
            salt: format!("{:0salt_chars$x}", id * 7919 % 4093)[..salt_chars].to_owned(),
            password: match common.get(id % 8) {
                Some(word) if id < 32 => (*word).to_owned(),
                _ => password_of(id as u64),
            },
        })
        .collect()
}

/// What PHP says that the application stored; none where there is no PHP.
pub(super) fn php(formula: &str, people: &[Person]) -> Option<Vec<String>> {
    let code = format!(
        "foreach (json_decode(file_get_contents('php://stdin'), true) as [$pass, $salt, $name]) {{ echo {formula}, \"\\n\"; }}"
    );
    let rows: Vec<_> = people
        .iter()
        .map(|one| json!([one.password, one.salt, one.login]))
        .collect();
    let mut child = match Command::new("php")
        .args(["-r", &code])
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .spawn()
    {
        Ok(child) => child,
        Err(error) => {
            servers::leave_out(&servers::Missing(format!("php: {error}")));
            return None;
        }
    };
    let mut stdin = child.stdin.take().unwrap();
    stdin
        .write_all(Value::from(rows).to_string().as_bytes())
        .unwrap();
    drop(stdin);
    let made = child.wait_with_output().unwrap();
    assert!(made.status.success());
    let made = String::from_utf8(made.stdout).unwrap();
    Some(made.lines().map(str::to_owned).collect())
}

/// The credential over a table `parent`, with these lines beside the usual ones.
pub(super) fn config(lines: &str) -> String {
    format!(
        "[[credential]]\nname = \"parents\"\ntable = \"parent\"\nkey = \"id\"\ncolumn = \"password\"\nlogin = \"email\"\nreaders_ready = true\n{lines}\n{CHEAP}"
    )
}

/// A table of people with a salt of a type, in which `salt` stands.
pub(super) fn table(backend: Backend, salt_type: &str, rows: &[[Option<String>; 4]]) -> TestDb {
    let mut db = TestDb::new(backend);
    db.exec(&format!(
        "CREATE TABLE parent (id INTEGER PRIMARY KEY, email VARCHAR(100) NOT NULL, password VARCHAR(255), salt {salt_type})"
    ));
    db.insert(
        "parent",
        &["id", "email", "password", "salt"],
        rows.iter().cloned(),
    );
    db
}

pub(super) fn rows_of(people: &[Person], digests: &[String]) -> Vec<[Option<String>; 4]> {
    (0..)
        .zip(people.iter().zip(digests))
        .map(|(id, (one, digest)): (u64, _)| {
            [
                Some(id.to_string()),
                Some(one.login.clone()),
                Some(digest.clone()),
                Some(one.salt.clone()),
            ]
        })
        .collect()
}

/// Everybody logs in by the sidecar; a wrong password, or another blank, opens nothing.
pub(super) fn all_log_in(db: &TestDb, config: &str, people: &[Person]) {
    let sidecar = Sidecar::on(db, config, UNLIMITED);
    let mut client = sidecar.client();
    for one in people {
        for wrong in [format!("{}x", one.password), format!("   {}", one.password)] {
            assert_eq!(
                client.login(&one.login, &wrong),
                mismatch(),
                "{}",
                one.login
            );
        }
        let told = client.login(&one.login, &one.password);
        assert_eq!(told, matched(true), "{} {:?}", one.login, one.salt);
        let again = client.login(&one.login, &one.password);
        assert_eq!(again, matched(false), "{} {:?}", one.login, one.salt);
    }
}

/// Another implementation opens what a run wrote, with the salt as the application had it.
pub(super) fn another_opens(db: &mut TestDb, people: &[Person]) {
    let stored: Vec<String> = (0..people.len() as u64)
        .map(|id| stored(db, id).unwrap())
        .collect();
    let logins: Vec<Login<'_>> = people
        .iter()
        .zip(&stored)
        .map(|(one, stored)| Login {
            stored,
            password: one.password.as_bytes(),
            salt: one.salt.as_bytes(),
            username: &one.login,
        })
        .collect();
    match outside::verify(&logins) {
        Ok(verdicts) => {
            for (login, verdict) in logins.iter().zip(verdicts) {
                assert_eq!(verdict, Verdict::Opens, "{}", login.stored);
            }
        }
        Err(missing) => servers::leave_out(&missing),
    }
}

/// Scans, runs and logs in, with the scheme declared and with the scheme to be proven.
fn proves_and_opens(backend: Backend, salt_type: &str, people: &[Person]) {
    let Some(digests) = php("md5(md5($pass) . $salt)", people) else {
        return;
    };
    for scheme in ["vbulletin", "auto"] {
        let mut db = table(backend, salt_type, &rows_of(people, &digests));
        let config = config(&format!("scheme = \"{scheme}\"\nsalt = \"salt\""));
        let saltern = Saltern::new(&db.url(), &config);
        let scan = saltern
            .run(&["scan", "--proof-seconds", "20"])
            .expect_code(0);
        let told = scan.stdout;
        assert!(
            told.contains("sampled rows of") && told.contains("vbulletin"),
            "{scheme}: {told}"
        );
        saltern
            .run(&["run", "--execute", "-q", "--proof-seconds", "20"])
            .expect_code(0);
        let wrapped = stored(&mut db, 0).unwrap();
        assert!(wrapped.contains("--md5-md5-s$"), "{wrapped}");
        another_opens(&mut db, people);
        all_log_in(&db, &config, people);
    }
}

// The application salted before it wrote: the digest knows nothing of the column's width.
on_each_backend!(a_salt_shorter_than_its_char_column_opens, |backend| {
    proves_and_opens(backend, "CHAR(8)", &persons(3));
});

on_each_backend!(a_salt_in_a_varchar_opens_as_its_twin_does, |backend| {
    proves_and_opens(backend, "VARCHAR(8)", &persons(3));
});

// The application read the salt with its blanks, as PostgreSQL gives it, or MySQL in the mode PAD_CHAR_TO_FULL_LENGTH.
on_each_backend!(a_salt_with_the_blanks_of_its_char_column_opens, |backend| {
    if backend == Backend::Sqlite {
        return;
    }
    let mut people = persons(3);
    for one in &mut people {
        one.salt = format!("{:8}", one.salt);
    }
    proves_and_opens(backend, "CHAR(8)", &people);
});

// MySQL takes the last blank of such a salt off, and the application that made it never saw it again.
on_each_backend!(
    a_salt_that_ends_in_a_blank_opens_whatever_its_column,
    |backend| {
        let mut people = persons(2);
        for one in &mut people {
            one.salt.push(' ');
        }
        for salt_type in ["CHAR(3)", "VARCHAR(3)"] {
            proves_and_opens(backend, salt_type, &people);
        }
    }
);

// A binary column pads with NUL.
on_each_backend!(a_salt_shorter_than_its_binary_column_opens, |backend| {
    if backend.is_mysql_like() {
        proves_and_opens(backend, "BINARY(8)", &persons(3));
    }
});

on_each_backend!(
    what_the_configuration_says_of_a_char_column_is_the_one_reading,
    |backend| {
        if backend == Backend::Sqlite {
            return;
        }
        let people = persons(3);
        let Some(digests) = php("md5($salt . $pass)", &people) else {
            return;
        };
        for (word, opens) in [("strip", true), ("keep", false)] {
            let db = table(backend, "CHAR(8)", &rows_of(&people, &digests));
            let config = config(&format!(
                "scheme = \"md5(salt.pass)\"\nsalt = \"salt\"\nchar_padding = \"{word}\""
            ));
            let saltern = Saltern::new(&db.url(), &config);
            let scan = saltern
                .run(&["scan", "--proof-seconds", "20"])
                .expect_code(0);
            assert_eq!(
                scan.stdout.contains("sampled rows of"),
                opens,
                "{}",
                scan.stdout
            );
            saltern.run(&["run", "--execute", "-q"]).expect_code(0);
            let sidecar = Sidecar::on(&db, &config, UNLIMITED);
            let told = sidecar.login(&people[0].login, &people[0].password);
            assert_eq!(told, if opens { matched(true) } else { mismatch() });
        }
    }
);

// A name in a char column is what its user types, or what the database gives.
on_each_backend!(a_name_in_a_char_column_opens, |backend| {
    let people = persons(3);
    let Some(digests) = php("md5($pass . $name)", &people) else {
        return;
    };
    let mut db = TestDb::new(backend);
    db.exec("CREATE TABLE parent (id INTEGER PRIMARY KEY, email CHAR(30) NOT NULL, password VARCHAR(255))");
    db.insert(
        "parent",
        &["id", "email", "password"],
        rows_of(&people, &digests)
            .into_iter()
            .map(|[id, login, digest, _]| [id, login, digest]),
    );
    let config = config("scheme = \"md5(pass.username)\"");
    let saltern = Saltern::new(&db.url(), &config);
    let scan = saltern
        .run(&["scan", "--proof-seconds", "20"])
        .expect_code(0);
    assert!(scan.stdout.contains("sampled rows of"), "{}", scan.stdout);
    saltern.run(&["run", "--execute", "-q"]).expect_code(0);
    another_opens(&mut db, &people);
    all_log_in(&db, &config, &people);
});

// vBulletin 3 drew its salts from the 95 printable characters, the blank among them.
on_each_backend!(a_salt_behind_the_digest_keeps_every_byte, |backend| {
    let salts = [
        "ab ",
        " ab",
        "   ",
        "a:b",
        "::x",
        "a\tb",
        "a\u{a0}",
        "\u{e9}\u{df} ",
        "'$:",
        "a b",
    ];
    let mut people = persons(3);
    for (one, salt) in people.iter_mut().zip(salts.iter().cycle()) {
        one.salt = (*salt).to_owned();
    }
    let Some(values) = php("md5(md5($pass) . $salt), ':', $salt", &people) else {
        return;
    };
    for scheme in ["scheme = \"vbulletin\"\nsalt = false", "scheme = \"auto\""] {
        let mut db = table(backend, "VARCHAR(8)", &rows_of(&people, &values));
        let config = config(scheme);
        let saltern = Saltern::new(&db.url(), &config);
        let scan = saltern
            .run(&["scan", "--proof-seconds", "20"])
            .expect_code(0);
        assert!(scan.stdout.contains("sampled rows of"), "{}", scan.stdout);
        saltern
            .run(&["run", "--execute", "-q", "--proof-seconds", "20"])
            .expect_code(0);
        for (id, one) in (0..).zip(&people) {
            let wrapped = stored(&mut db, id).unwrap();
            let setting = saltern::scheme::unlabel(&wrapped).unwrap().is;
            assert_eq!(setting.as_deref(), Some(one.salt.as_bytes()), "{wrapped}");
        }
        another_opens(&mut db, &people);
        all_log_in(&db, &config, &people);
    }
});

/// A table of people, and their salts in a table of pairs.
pub(super) fn with_meta(backend: Backend, people: &[Person], digests: &[String]) -> TestDb {
    let mut db = TestDb::new(backend);
    db.exec("CREATE TABLE parent (id INTEGER PRIMARY KEY, email VARCHAR(100) NOT NULL, password VARCHAR(255))");
    db.exec("CREATE TABLE user_meta (user_id INTEGER, name VARCHAR(20), value VARCHAR(60))");
    db.exec("CREATE INDEX meta_user ON user_meta (user_id)");
    let rows = rows_of(people, digests);
    db.insert(
        "parent",
        &["id", "email", "password"],
        rows.iter()
            .cloned()
            .map(|[id, login, digest, _]| [id, login, digest]),
    );
    db.insert(
        "user_meta",
        &["user_id", "name", "value"],
        rows.into_iter().flat_map(|[id, _, _, salt]| {
            [
                [id.clone(), Some("salt".to_owned()), salt],
                [id, Some("theme".to_owned()), Some("dark".to_owned())],
            ]
        }),
    );
    db
}

pub(super) const META: &str = "salt = { table = \"user_meta\", key = \"user_id\", column = \"value\", where = \"name = 'salt'\" }";

on_each_backend!(a_salt_in_another_table_is_read_by_join, |backend| {
    let people = persons(6);
    let Some(digests) = php("md5($salt . $pass)", &people) else {
        return;
    };
    for scheme in ["md5(salt.pass)", "auto"] {
        let mut db = with_meta(backend, &people, &digests);
        // The salts of two are doubtful or missing: nobody knows what opens them.
        db.exec("INSERT INTO user_meta VALUES (38, 'salt', 'other')");
        db.exec("DELETE FROM user_meta WHERE user_id = 39");
        let config = config(&format!("scheme = \"{scheme}\"\n{META}"));
        let saltern = Saltern::new(&db.url(), &config);
        let told = saltern
            .run(&["scan", "--proof-seconds", "20"])
            .expect_code(0)
            .stdout;
        assert!(told.contains("sampled rows of"), "{told}");
        assert!(
            told.contains("the column user_meta.value must stay"),
            "{told}"
        );
        saltern.run(&["doctor"]).expect_code(0);
        saltern.run(&["run", "--execute", "-q", "--proof-seconds", "20"]);
        for id in [38, 39] {
            assert_eq!(stored(&mut db, id).as_ref(), digests.get(id as usize));
        }
        another_opens(&mut db, &people[..38]);
        all_log_in(&db, &config, &people[..38]);
        db.exec("DELETE FROM parent WHERE id >= 38");
        let told = saltern.run(&["scan"]).expect_code(0).stdout;
        assert!(
            told.contains("no row needs the column user_meta.value any more"),
            "{told}"
        );
    }
});

on_each_backend!(a_table_of_salts_that_can_not_be_read_is_named, |backend| {
    let people = persons(6);
    let digests = vec![md5("x"); people.len()];
    let mut db = with_meta(backend, &people, &digests);
    let config = config(&format!("scheme = \"md5(salt.pass)\"\n{META}"));
    for (from, to, named) in [
        ("user_meta", "user_mata", "user_mata"),
        ("\"value\"", "\"valu\"", "valu"),
        ("\"user_id\"", "\"user\"", "user"),
        ("name = 'salt'", "name = ')'; (", "where"),
    ] {
        let saltern = Saltern::new(&db.url(), &config.replace(from, to));
        let told = saltern.run(&["scan"]);
        assert_ne!(told.code(), Some(0));
        assert!(told.stderr.contains(named), "{}", told.stderr);
    }
    // PostgreSQL compares no number with a text.
    if backend == Backend::Postgres {
        db.exec("ALTER TABLE user_meta ALTER user_id TYPE text");
        let told = Saltern::new(&db.url(), &config).run(&["scan"]);
        let told = told.expect_code(4).stderr;
        assert!(told.contains("can't be compared"), "{told}");
    }
});

/// People without a salt, numbered after those that have one.
fn without_salts(from: usize, common: bool) -> Vec<Person> {
    let words = ["123456", "password", "dragon", "monkey"];
    (from..from + 12)
        .map(|id| Person {
            login: login_of(id as u64),
            salt: String::new(),
            password: if common && id % 3 > 0 {
                words[id % 4].to_owned()
            } else {
                password_of(id as u64)
            },
        })
        .collect()
}

// Rows older than the salts: what is true of the others is not taken for true of them.
on_each_backend!(
    rows_without_their_salt_are_proven_by_themselves,
    |backend| {
        let salted = persons(6);
        let (null, empty, unproven) = (
            without_salts(40, true),
            without_salts(52, true),
            without_salts(64, false),
        );
        let made = php("md5(md5($pass) . $salt)", &salted)
            .zip(php("md5($pass)", &null))
            .zip(php("sha1($pass)", &empty))
            .zip(php("md5($pass)", &unproven));
        let Some((((mut values, nulls), _), kept)) = made else {
            return;
        };
        let empties = php("md5(md5($pass))", &empty).unwrap();
        values.extend(nulls.iter().chain(&empties).chain(&kept).cloned());
        for scheme in ["vbulletin", "auto"] {
            // NULL where they are proven, then empty and proven, then NULL of nothing that is known.
            for (unproven_salt, unproven_rows) in [(None, 0..0), (Some(()), 64..76)] {
                let people: Vec<&Person> = salted.iter().chain(&null).chain(&empty).collect();
                let all: Vec<Person> = people
                    .iter()
                    .map(|one| Person {
                        login: one.login.clone(),
                        salt: one.salt.clone(),
                        password: one.password.clone(),
                    })
                    .collect();
                let mut rows = rows_of(&all, &values);
                for row in &mut rows[40..52] {
                    row[3] = None;
                }
                if unproven_salt.is_some() {
                    // In place of the rows with NULL, those of which no password is common.
                    for (row, (one, value)) in
                        rows[40..52].iter_mut().zip(unproven.iter().zip(&kept))
                    {
                        row[1] = Some(one.login.clone());
                        row[2] = Some(value.clone());
                    }
                }
                let mut db = table(backend, "VARCHAR(20)", &rows);
                let config = config(&format!("scheme = \"{scheme}\"\nsalt = \"salt\""));
                let saltern = Saltern::new(&db.url(), &config);
                let told = saltern
                    .run(&["scan", "--proof-seconds", "20"])
                    .expect_code(0)
                    .stdout;
                assert!(
                    told.contains("salt NULL") && told.contains("salt empty"),
                    "{told}"
                );
                let run = saltern
                    .run(&["run", "--execute", "--proof-seconds", "20"])
                    .expect_code(0);
                let is_kept = !unproven_rows.is_empty();
                assert_eq!(
                    run.stderr.contains("12 rows lack the salt"),
                    is_kept,
                    "{}",
                    run.stderr
                );
                for id in 0..64 {
                    let now = stored(&mut db, id).unwrap();
                    let label = match id {
                        0..40 => "--md5-md5-s$",
                        40..52 if is_kept => "",
                        40..52 => "--md5$",
                        _ => "--md5-md5$",
                    };
                    assert!(now.contains(label), "{id}: {now}");
                    assert_eq!(now.contains("--"), !label.is_empty(), "{id}: {now}");
                }
                all_log_in(&db, &config, &all[..40]);
                all_log_in(&db, &config, &all[52..]);
                if !is_kept {
                    all_log_in(&db, &config, &all[40..52]);
                }
            }
        }
    }
);

// Redmine: `User.hash_password("#{salt}#{User.hash_password clear_password}")`, where nil is "".
on_each_backend!(
    an_application_that_takes_null_for_empty_has_one_formula,
    |backend| {
        let mut people = persons(6);
        people.extend(without_salts(40, true));
        people.extend(without_salts(52, false));
        let Some(values) = php("sha1($salt . sha1($pass))", &people) else {
            return;
        };
        let mut rows = rows_of(&people, &values);
        for row in &mut rows[52..] {
            row[3] = None;
        }
        for scheme in ["sha1(salt.sha1(pass))", "auto"] {
            let mut db = table(backend, "VARCHAR(64)", &rows);
            let config = config(&format!(
                "scheme = \"{scheme}\"\nsalt = \"salt\"\nempty_salt = \"empty\""
            ));
            let saltern = Saltern::new(&db.url(), &config);
            saltern
                .run(&["run", "--execute", "-q", "--proof-seconds", "20"])
                .expect_code(0);
            let label = saltern::scheme::Scheme::parse("sha1(salt.sha1(pass))")
                .unwrap()
                .inner_id()
                .unwrap();
            for id in 0..64 {
                let now = stored(&mut db, id).unwrap();
                assert!(now.contains(&format!("--{label}$")), "{id}: {now}");
            }
            all_log_in(&db, &config, &people);
        }
    }
);

on_each_backend!(
    a_canary_says_for_how_many_rows_the_proof_computed_the_value,
    |backend| {
        let people = persons(6);
        let Some(values) = php("md5(md5($pass) . $salt)", &people) else {
            return;
        };
        let canary = |scheme: &str| {
            let db = table(backend, "VARCHAR(20)", &rows_of(&people, &values));
            let config = config(&format!("scheme = \"{scheme}\"\nsalt = \"salt\""));
            let saltern = Saltern::new(&db.url(), &config);
            let run = ["run", "--execute", "--canary", "1", "--proof-seconds", "20"];
            saltern.run(&run).stderr
        };
        let told = canary("vbulletin");
        assert!(
            told.contains(
                "the proof computed the very value of 20 of the 40 sampled rows of vbulletin"
            ),
            "{told}"
        );
        let told = canary("md5(pass.'-'.salt)");
        assert!(
            told.contains("the value of none of the")
                || told.contains("PROVEN")
                || told.contains("prove it to be"),
            "{told}"
        );
    }
);
