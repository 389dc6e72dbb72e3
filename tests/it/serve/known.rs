//! The ledger's verdict that a row's password is known outlives the login that upgrades it, and no other change.

use super::*;

const RULE: &str = "[[rule]]\nname = \"kept\"\nwhen = { known = true }\ndo = \"quarantine\"\n";

fn in_ledger(backend: Backend, table: &str) -> String {
    if backend == Backend::Postgres {
        format!("saltern.{table}")
    } else {
        format!("saltern_{table}")
    }
}

/// How many rows are known by the ledger alone.
fn known_rows(saltern: &Saltern) -> u64 {
    saltern.configure(&format!("{PARENTS}{CHEAP}{RULE}"));
    let scan = saltern.run(&["scan", "--json"]).expect_code(0).stdout;
    let scan: Value = serde_json::from_str(&scan).unwrap();
    scan["credentials"][0]["known"]["known"].as_u64().unwrap()
}

/// Two people of three have a password that a list has, and all of them are wrapped.
fn wrapped_people(backend: Backend) -> (TestDb, Saltern) {
    let db = people(backend, 3);
    let saltern = saltern_on(&db);
    let words = format!("{}\n{}\n", password_of(0), password_of(1));
    std::fs::write(saltern.folder().join("words"), words).unwrap();
    saltern.configure(&format!("{PARENTS}{CHEAP}[known]\nwordlist = \"words\"\n"));
    saltern.run(&["run", "--execute", "-q"]).expect_code(0);
    (db, saltern)
}

on_each_backend!(
    a_login_that_upgrades_a_known_password_keeps_the_verdict,
    |backend| {
        let (mut db, saltern) = wrapped_people(backend);
        assert_eq!(known_rows(&saltern), 2);
        let config = format!("{PARENTS}{CHEAP}");

        let sidecar = Sidecar::start(&saltern, &config, UNLIMITED);
        for id in 0..3 {
            assert_eq!(
                sidecar.login(&login_of(id), &password_of(id)),
                matched(true)
            );
            let stored = stored(&mut db, id).unwrap();
            assert!(stored.starts_with("$argon2id$"), "{stored}");
        }
        drop(sidecar);

        assert_eq!(known_rows(&saltern), 2);
        // Who has another password since is not known any more.
        let other = stored(&mut db, 2).unwrap();
        set(&mut db, 0, Some(&other));
        assert_eq!(known_rows(&saltern), 1);
    }
);

on_each_backend!(
    without_the_ledgers_table_a_login_upgrades_all_the_same,
    |backend| {
        let (mut db, saltern) = wrapped_people(backend);
        db.exec(&format!("DROP TABLE {}", in_ledger(backend, "known")));

        let sidecar = Sidecar::start(&saltern, &format!("{PARENTS}{CHEAP}"), UNLIMITED);

        assert_eq!(sidecar.login(&login_of(0), &password_of(0)), matched(true));
        assert_eq!(sidecar.login(&login_of(0), &password_of(0)), matched(false));
    }
);
