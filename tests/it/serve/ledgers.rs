//! A sidecar beside a ledger of another version.

use super::*;

fn in_ledger(backend: Backend, table: &str) -> String {
    if backend == Backend::Postgres {
        format!("saltern.{table}")
    } else {
        format!("saltern_{table}")
    }
}

/// People after a run, with a ledger of this version.
fn wrapped_people(backend: Backend) -> (TestDb, Saltern, String) {
    let db = people(backend, 2);
    let saltern = saltern_on(&db);
    let config = format!("{PARENTS}{CHEAP}");
    saltern.configure(&config);
    saltern.run(&["run", "--execute", "-q"]).expect_code(0);
    (db, saltern, config)
}

fn start_status(sidecar: &Sidecar) -> u16 {
    let body = json!({ "credential": "parents", "login": "n1@x.org" });
    sidecar.client().post("/v1/reset/start", &body).status
}

on_each_backend!(
    beside_a_newer_ledger_logins_go_on_and_the_log_says_why_tokens_do_not,
    |backend| {
        let (mut db, saltern, config) = wrapped_people(backend);
        db.exec(&format!(
            "UPDATE {} SET version = 99 WHERE version = {}",
            in_ledger(backend, "migrations"),
            saltern::store::ledger::LEDGER_VERSION
        ));
        let mut sidecar = Sidecar::start(&saltern, &config, UNLIMITED);
        let log = sidecar.log_with("version 99");
        assert!(
            log.contains("tokens for new passwords need the ledger"),
            "{log}"
        );
        assert_eq!(sidecar.login("n0@x.org", &password_of(0)), matched(true));
        assert_eq!(start_status(&sidecar), 501);
        assert_eq!(sidecar.login("n0@x.org", &password_of(0)), matched(false));
    }
);

on_each_backend!(
    beside_an_older_ledger_logins_go_on_and_the_first_token_brings_it_up_to_date,
    |backend| {
        let (mut db, saltern, config) = wrapped_people(backend);
        db.make_ledger_older(1);
        let reveal = format!("{UNLIMITED}reveal_known = true\n");
        let sidecar = Sidecar::start(&saltern, &config, &reveal);
        let answer = sidecar.login("n0@x.org", &password_of(0));
        assert_eq!(
            answer,
            json!({ "outcome": "match", "upgraded": true, "known_password": false })
        );
        assert_eq!(start_status(&sidecar), 200);
        let migrations = db.ledger_table("migrations");
        let newest = db.count(&format!("SELECT MAX(version) FROM {migrations}"));
        assert_eq!(
            i64::try_from(newest).unwrap(),
            saltern::store::ledger::LEDGER_VERSION
        );
    }
);
