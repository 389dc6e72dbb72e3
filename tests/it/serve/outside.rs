//! The sidecar by clients and judges that are not ours: curl, argon2-cffi, a validator of OpenAPI documents.

use std::process::Command;

use super::*;
use crate::outside::{self, Login, Verdict};
use crate::servers;

fn curl(sidecar: &Sidecar, arguments: &[&str]) -> (String, u16) {
    let output = Command::new("curl")
        .args([
            "-sS",
            "--unix-socket",
            sidecar.socket.to_str().unwrap(),
            "-w",
            "\n%{http_code}",
        ])
        .args(arguments)
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let (body, status) = text.rsplit_once('\n').unwrap();
    (body.to_owned(), status.parse().unwrap())
}

#[test]
fn curl_logs_in_as_the_documentation_says() {
    let db = people(Backend::Sqlite, 2);
    let sidecar = Sidecar::on(&db, &format!("{PARENTS}{CHEAP}"), UNLIMITED);
    let body = |login: &str, password: &str| {
        json!({ "credential": "parents", "login": login, "password": password }).to_string()
    };
    let login = |login: &str, password: &str| {
        curl(
            &sidecar,
            &["http://saltern/v1/login", "-d", &body(login, password)],
        )
    };
    assert_eq!(
        login("n0@x.org", &password_of(0)),
        (matched(true).to_string(), 200)
    );
    assert_eq!(
        login("n0@x.org", &password_of(0)),
        (matched(false).to_string(), 200)
    );
    assert_eq!(login("n0@x.org", "wrong"), (mismatch().to_string(), 200));
    let kratos = |password: &str| {
        let body = json!({ "identifier": "n1@x.org", "password": password }).to_string();
        curl(
            &sidecar,
            &[
                "http://saltern/v1/kratos/password-migration",
                "-H",
                "Content-Type: application/json",
                "-d",
                &body,
            ],
        )
    };
    assert_eq!(kratos("wrong"), (String::new(), 403));
    assert_eq!(
        kratos(&password_of(1)),
        (r#"{"status":"password_match"}"#.to_owned(), 200)
    );
    assert_eq!(curl(&sidecar, &["http://saltern/healthz"]).1, 200);
    assert_eq!(curl(&sidecar, &["http://saltern/readyz"]).1, 200);
    // A body of 2 MiB, which curl announces and waits with.
    let large = sidecar.socket.with_file_name("large");
    std::fs::write(&large, " ".repeat(2 << 20)).unwrap();
    let at = format!("@{}", large.display());
    assert_eq!(
        curl(&sidecar, &["http://saltern/v1/login", "--data-binary", &at]).1,
        413
    );
}

#[test]
fn what_it_stores_is_opened_by_another_implementation() {
    let mut db = people(Backend::Sqlite, 2);
    let saltern = saltern_on(&db);
    let bcrypt = "[target]\nalgorithm = \"bcrypt\"\ncost = 4\n";
    for (id, target, front) in [
        (0, CHEAP, "$argon2id$v=19$m=8,t=1,p=1$"),
        (1, bcrypt, "$2b$04$"),
    ] {
        let sidecar = Sidecar::start(&saltern, &format!("{PARENTS}{target}"), UNLIMITED);
        assert_eq!(
            sidecar.login(&login_of(id), &password_of(id)),
            matched(true)
        );
        let row = stored(&mut db, id).unwrap();
        let made = sidecar
            .client()
            .post("/v1/hash", &json!({ "password": password_of(id) }));
        let made: Value = serde_json::from_str(&made.body).unwrap();
        let md5 = json!({ "stored": md5(&password_of(id)), "password": password_of(id), "scheme": "md5" });
        let verified = sidecar.client().post("/v1/verify", &md5);
        let verified: Value = serde_json::from_str(&verified.body).unwrap();
        set(&mut db, id, Some("!saltern:reset:AAAAAAAAAAAAAAAAAAAAAA"));
        let token = sidecar.start_reset(&login_of(id));
        assert_eq!(sidecar.finish_reset(&token, &password_of(id)), "changed");
        let chosen = stored(&mut db, id).unwrap();
        for value in [
            row.as_str(),
            made["stored"].as_str().unwrap(),
            verified["replacement"].as_str().unwrap(),
            &chosen,
        ] {
            assert!(value.starts_with(front), "{value}");
            let right = password_of(id);
            let login = |password| Login {
                stored: value,
                password,
                ..Login::default()
            };
            let verdicts = match outside::verify(&[login(right.as_bytes()), login(b"wrong")]) {
                Ok(verdicts) => verdicts,
                Err(missing) => return servers::leave_out(&missing),
            };
            assert_eq!(verdicts, [Verdict::Opens, Verdict::Refuses]);
        }
    }
}

#[test]
fn every_route_that_answers_is_in_the_document() {
    let db = people(Backend::Sqlite, 1);
    let saltern = saltern_on(&db);
    let sidecar = Sidecar::start(&saltern, &format!("{PARENTS}{CHEAP}"), UNLIMITED);
    let printed = saltern.run(&["serve", "--print-openapi"]).expect_code(0);
    assert_eq!(sidecar.client().get("/openapi.json").body, printed.stdout);
    let document = printed.json();
    let paths = document["paths"].as_object().unwrap();
    let known: Vec<&str> = paths.keys().map(String::as_str).collect();
    assert_eq!(
        known,
        [
            "/healthz",
            "/metrics",
            "/openapi.json",
            "/readyz",
            "/v1/hash",
            "/v1/kratos/password-migration",
            "/v1/login",
            "/v1/reset/finish",
            "/v1/reset/start",
            "/v1/verify"
        ]
    );
    let page =
        std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/sidecar.md")).unwrap();
    for (path, item) in paths {
        assert!(
            page.contains(path.as_str()),
            "docs/sidecar.md says nothing of {path}"
        );
        for (method, operation) in item.as_object().unwrap() {
            let reply = if method == "get" {
                sidecar.client().get(path)
            } else {
                sidecar.client().post(path, &json!({}))
            };
            let documented = &operation["responses"][reply.status.to_string()];
            assert!(documented.is_object(), "{method} {path}: {}", reply.status);
            // What a body must have is what the document says that it must have.
            let Some(schema) =
                operation["requestBody"]["content"]["application/json"]["schema"]["$ref"].as_str()
            else {
                continue;
            };
            assert_eq!(reply.status, 400);
            let schema = &document["components"]["schemas"][schema.rsplit('/').next().unwrap()];
            let required = schema["required"].as_array().unwrap();
            let mut body: serde_json::Map<String, Value> = required
                .iter()
                .map(|field| (field.as_str().unwrap().to_owned(), json!("parents")))
                .collect();
            assert_ne!(
                sidecar
                    .client()
                    .post(path, &Value::Object(body.clone()))
                    .status,
                400,
                "{path}"
            );
            body.remove(required[0].as_str().unwrap());
            assert_eq!(
                sidecar.client().post(path, &Value::Object(body)).status,
                400,
                "{path}"
            );
        }
    }
}

#[test]
fn the_document_is_valid_by_another_implementation() {
    let Some(python) = std::env::var_os("SALTERN_TEST_PYTHON") else {
        return servers::leave_out(&crate::servers::Missing(
            "SALTERN_TEST_PYTHON names no Python".to_owned(),
        ));
    };
    let folder = tempfile::tempdir().unwrap();
    let document = folder.path().join("openapi.json");
    std::fs::write(&document, saltern::serve::document()).unwrap();
    let output = Command::new(python)
        .args(["-m", "openapi_spec_validator"])
        .arg(&document)
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
}

#[test]
fn the_example_logs_people_in_and_upgrades_them() {
    let example = std::path::Path::new(env!("CARGO_BIN_EXE_saltern"))
        .with_file_name("examples")
        .join("axum_login");
    let mut db = TestDb::new(Backend::Sqlite);
    db.exec("CREATE TABLE user (id INTEGER PRIMARY KEY, name TEXT UNIQUE NOT NULL, password TEXT)");
    let values = [
        ("anna", Some(md5("dragon"))),
        ("bert", Some("!".to_owned())),
        ("cleo", None),
    ];
    db.insert(
        "user",
        &["name", "password"],
        values.map(|(name, value)| [Some(name.to_owned()), value]),
    );
    let url = db.url();
    let file = url.strip_prefix("sqlite://").unwrap();
    let mut command = Command::new(example);
    command.args([file, "127.0.0.1:0"]);
    let mut running = crate::saltern::Running::start(command);
    assert!(
        running.wait_until(|running| running.stdout_so_far().contains('\n')),
        "{:?}",
        running.finish()
    );
    let line = running.stdout_so_far();
    let at = line.trim_end().strip_prefix("listening on ").unwrap();
    let login = |name: &str, password: &str| {
        let output = Command::new("curl")
            .args(["-s", "-o", "/dev/null", "-w", "%{http_code}", "-d"])
            .args([
                &format!("name={name}&password={password}"),
                &format!("http://{at}/login"),
            ])
            .output()
            .unwrap();
        String::from_utf8(output.stdout).unwrap()
    };

    assert_eq!(login("anna", "wrong"), "401");
    assert_eq!(login("anna", "dragon"), "200");
    let now = db
        .value("SELECT password FROM user WHERE name = 'anna'")
        .unwrap();
    assert!(now.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{now}");
    assert_eq!(login("anna", "dragon"), "200");
    assert_eq!(login("anna", &md5("dragon")), "401");
    for (name, password) in [
        ("anna", "wrong"),
        ("bert", "!"),
        ("cleo", ""),
        ("nobody", "x"),
    ] {
        assert_eq!(login(name, password), "401", "{name}");
    }
}
