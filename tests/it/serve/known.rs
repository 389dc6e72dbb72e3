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

on_each_backend!(
    a_right_password_that_is_known_is_said_to_be_where_that_is_wanted,
    |backend| {
        let (mut db, saltern) = wrapped_people(backend);
        let listed = format!("{}\n", password_of(2));
        std::fs::write(saltern.folder().join("others"), listed).unwrap();
        let config = format!("{PARENTS}{CHEAP}[known]\nwordlist = \"others\"\n");
        let reveal = format!("{UNLIMITED}reveal_known = true\n");
        let known = |upgraded: bool, known: bool| json!({ "outcome": "match", "upgraded": upgraded, "known_password": known });
        let sidecar = Sidecar::start(&saltern, &config, &reveal);
        // By the ledger's verdict, by the list in memory, and by neither.
        set(&mut db, 1, Some(&md5("of nobody's list")));
        for (id, password, is_known) in [
            (0, password_of(0), true),
            (1, "of nobody's list".to_owned(), false),
            (2, password_of(2), true),
        ] {
            let login = login_of(id);
            assert_eq!(sidecar.login(&login, &password_of(7)), mismatch());
            assert_eq!(
                sidecar.login(&login, &password),
                known(true, is_known),
                "{id}"
            );
            // The verdict has followed the new value.
            assert_eq!(
                sidecar.login(&login, &password),
                known(false, is_known),
                "{id}"
            );
        }
        // A wrong password that a list has is a wrong password.
        assert_eq!(sidecar.login(&login_of(1), &password_of(2)), mismatch());
        drop(sidecar);
        let silent = Sidecar::start(&saltern, &config, UNLIMITED);
        assert_eq!(silent.login(&login_of(0), &password_of(0)), matched(false));
    }
);
