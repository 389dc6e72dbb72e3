//! A salt in a column of fixed width has a twin in a `varchar`: everything that reads salts says the same of both.

use saltern::secret::InnerSalt;

use super::salts::{Person, all_log_in, another_opens, config, persons, php, rows_of, table};
use super::*;

/// A list of known passwords.
const KNOWN: &str = "[known]\nwordlist = \"words.txt\"\n";

/// So many of them log in.
const FEW: usize = 6;

/// An answer as JSON, without what depends on the clock or says how the salt is read.
fn comparable(mut told: Value) -> Value {
    match &mut told {
        Value::Object(fields) => {
            // Two readings are tried twice, and the rest is the machine's and the clock's.
            for unlike in [
                "padded_otherwise",
                "counted_ms",
                "tries",
                "expected_by_chance",
                "estimate",
                "machine",
                "calibration",
            ] {
                fields.remove(unlike);
            }
            for (_, value) in fields.iter_mut() {
                *value = comparable(value.take());
            }
        }
        Value::Array(values) => {
            for value in values {
                *value = comparable(value.take());
            }
        }
        _ => {}
    }
    told
}

/// What everything that reads a salt says of people whose salts stand in a column of a type.
fn answers(backend: Backend, salt_type: &str, people: &[Person]) -> Option<Vec<(String, Value)>> {
    let digests = php("md5($salt . $pass)", people)?;
    let lines = "scheme = \"md5(salt.pass)\"\nsalt = \"salt\"";
    let own = format!("{}\n{KNOWN}", config(lines));
    let mut db = table(backend, salt_type, &rows_of(people, &digests));
    let saltern = Saltern::new(&db.url(), &own);
    std::fs::write(
        saltern.folder().join("words.txt"),
        "123456\npassword\nuncommon word\n",
    )
    .unwrap();
    let mut told = Vec::new();
    let mut keep = |what: &str, answer: Value| told.push((what.to_owned(), comparable(answer)));

    for command in ["scan", "plan"] {
        let run = [command, "--json", "--proof-seconds", "20"];
        keep(command, saltern.run(&run).expect_code(0).json());
    }
    // The application reads the row itself and gives what its driver gave it.
    let read = |db: &mut TestDb, column: &str| -> Vec<String> {
        let rows = db.query(&format!("SELECT {column} FROM parent ORDER BY id"));
        rows.into_iter().filter_map(|row| row[0].clone()).collect()
    };
    let sidecar = Sidecar::on(&db, &config(lines), UNLIMITED);
    let salts = read(&mut db, "salt");
    for (one, (stored, salt)) in people.iter().zip(digests.iter().zip(&salts)).take(FEW) {
        for password in [&*one.password, "wrong", &*format!("   {}", one.password)] {
            let asked = json!({ "credential": "parents", "stored": stored, "salt": salt, "password": password });
            let reply = sidecar.client().post("/v1/verify", &asked);
            let answer: Value = serde_json::from_str(&reply.body).unwrap();
            assert_eq!(answer["replacement"].is_string(), password == one.password);
            keep(
                "/v1/verify",
                json!([reply.status, answer["outcome"], password]),
            );
            // The library, with what the application reads and what it may have had.
            let salts = [salt.trim_end_matches([' ', '\0']), salt].map(InnerSalt::new);
            let context = Context {
                salt: Some(&salts[1]),
                otherwise: Some(saltern::scheme::Otherwise {
                    salt: Some(&salts[0]),
                    ..Default::default()
                }),
                ..Context::default()
            };
            let scheme = Scheme::parse("md5(salt.pass)").unwrap();
            let opens = verify(
                &StoredHash::new(stored.as_str()),
                &Password::new(password),
                Declared::Scheme(scheme),
                &context,
            );
            keep("library", json!(opens.unwrap()));
        }
    }
    drop(sidecar);

    // An account whose password is known.
    let file = saltern.folder().join("pw");
    let canary = format!("{}:{}", people[39].login, file.display());
    saltern.configure(&config("scheme = \"auto\"\nsalt = \"salt\""));
    std::fs::write(&file, &people[39].password).unwrap();
    let run = ["scan", "--json", "--canary-login", &canary];
    keep("canary", saltern.run(&run).expect_code(0).json());

    saltern.configure(&own);
    let run = ["run", "--execute", "-q", "--proof-seconds", "20"];
    saltern.run(&run).expect_code(0);
    another_opens(&mut db, people);
    all_log_in(&db, &config(lines), &people[..FEW]);
    Some(told)
}

/// What an adoption says of wraps of another maker, by known passwords and by an account.
fn adopted(backend: Backend, salt_type: &str, people: &[Person]) -> Option<Vec<(String, Value)>> {
    let made = "password_hash(md5($salt . $pass), PASSWORD_BCRYPT, ['cost' => 4])";
    let wraps = php(made, people)?;
    let settings = config("scheme = \"auto\"\nsalt = \"salt\"");
    let mut told = Vec::new();
    for by_account in [false, true] {
        let db = table(backend, salt_type, &rows_of(people, &wraps));
        let saltern = Saltern::new(&db.url(), &settings);
        let file = saltern.folder().join("pw");
        std::fs::write(&file, &people[39].password).unwrap();
        let canary = format!("{}:{}", people[39].login, file.display());
        let mut run = vec!["relabel", "--adopt", "bcrypt(md5(salt.pass))", "--execute"];
        if by_account {
            run.extend(["--canary-login", &canary, "--proof-seconds", "1"]);
        } else {
            run.extend(["--proof-seconds", "20"]);
        }
        let done = saltern.run(&run);
        told.push((
            "adopted".to_owned(),
            json!([done.code(), done.stdout.contains("40 done")]),
        ));
        all_log_in(&db, &settings, &people[..FEW]);
    }
    Some(told)
}

fn twins_say_the_same(backend: Backend, fixed: &str, people: &[Person]) {
    for ask in [answers, adopted] {
        let (Some(fixed), Some(twin)) = (
            ask(backend, fixed, people),
            ask(backend, "VARCHAR(8)", people),
        ) else {
            return;
        };
        assert_eq!(fixed.len(), twin.len());
        for (one, other) in fixed.iter().zip(&twin) {
            assert_eq!(format!("{one:#?}"), format!("{other:#?}"));
        }
        if let Some(adopted) = fixed.iter().find(|(what, _)| what == "adopted") {
            assert_eq!(adopted.1, json!([0, true]));
        }
    }
}

on_each_backend!(twins_of_char_and_varchar_say_the_same, |backend| {
    twins_say_the_same(backend, "CHAR(8)", &persons(3));
});

on_each_backend!(twins_of_binary_and_varchar_say_the_same, |backend| {
    if backend.is_mysql_like() {
        twins_say_the_same(backend, "BINARY(8)", &persons(3));
    }
});
