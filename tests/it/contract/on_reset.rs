//! What a reset does beside the value, for keys of every kind: it reaches the rows of who was reset, and of nobody else.

use saltern::config::{Assignment, Credential, NewValue};
use saltern::policy::ResetMode;
use saltern::secret::StoredHash;
use saltern::store::ledger::ResetReason;
use saltern::store::{CredentialColumn, PageItem, try_on_reset};

use super::setup::{Writer, committed, credential, page, swap_of, swaps_of};
use crate::db::TestDb;
use crate::servers::Backend;

fn with_sessions() -> Credential {
    let mut credential = credential("users", &["id"], "v");
    credential.on_reset.set = vec![Assignment {
        column: "must".to_owned(),
        value: NewValue::Flag(true),
    }];
    credential.on_reset.sql = vec!["DELETE FROM sessions WHERE user_id IN (:keys)".to_owned()];
    credential
}

fn why() -> ResetReason {
    ResetReason {
        rule: "stale".to_owned(),
        reason: "rule".to_owned(),
        class: "weak",
        how: ResetMode::Hard,
    }
}

/// Users with keys of a type, and a session of each whose column has that type or another.
fn check_keys(backend: Backend, key: &str, other: &str, keys: [&str; 3]) {
    let mut db = TestDb::new(backend);
    db.exec(&format!(
        "CREATE TABLE users (id {key} PRIMARY KEY, v VARCHAR(200), must BOOLEAN)"
    ));
    db.exec(&format!("CREATE TABLE sessions (user_id {other})"));
    for key in keys {
        db.exec(&format!(
            "INSERT INTO users (id, v) VALUES ({key}, 'old'); INSERT INTO sessions VALUES ({key})"
        ));
    }
    let mut credential = with_sessions();
    // Holds for nobody, and makes the page look at its rows again.
    credential.except_sql = Some("id IS NULL".to_owned());
    let mut writer = Writer::of(&db, &credential);
    let rows = writer.read();
    assert_eq!(rows.len(), 3, "{key}");
    let mut page = page(swaps_of(&rows));
    // The first is reset, the second would be but has changed, the third is wrapped.
    for (i, old) in ["old", "not what it was"].iter().enumerate() {
        let mut swap = swap_of(&rows[i]);
        swap.old = StoredHash::new(*old);
        page.items[i] = PageItem::Reset(swap, why());
    }
    let outcome = committed(writer.commit(&page).unwrap());
    assert_eq!(
        (outcome.accounts.done, outcome.accounts.superseded),
        (2, 1),
        "{key}"
    );
    assert_eq!(
        db.count("SELECT COUNT(*) FROM users WHERE must"),
        1,
        "{key}"
    );
    assert_eq!(db.count("SELECT COUNT(*) FROM sessions"), 2, "{key}");
    let left =
        "SELECT COUNT(*) FROM users u JOIN sessions s ON s.user_id = u.id WHERE u.must IS NULL";
    assert_eq!(db.count(left), 2, "{key}");
}

on_each_backend!(sessions_are_found_by_keys_of_every_kind, |backend| {
    let uuids = [
        "'0b7c6a52-1111-4222-8333-444455556661'",
        "'0b7c6a52-1111-4222-8333-444455556662'",
        "'0b7c6a52-1111-4222-8333-444455556663'",
    ];
    let texts = ["'a'", "'it''s \u{e4}'", "'z?'"];
    check_keys(backend, "BIGINT", "INTEGER", ["-5", "7", "8"]);
    check_keys(backend, "VARCHAR(60)", "VARCHAR(200)", texts);
    match backend {
        Backend::Postgres => {
            check_keys(backend, "uuid", "uuid", uuids);
            check_keys(backend, "char(36)", "text", uuids);
        }
        Backend::MariaDb | Backend::MySql => {
            let latin = "VARCHAR(60) CHARACTER SET latin1 COLLATE latin1_german1_ci";
            check_keys(backend, latin, "VARCHAR(60) CHARACTER SET utf8mb4", texts);
            check_keys(
                backend,
                "BIGINT UNSIGNED",
                "BIGINT UNSIGNED",
                ["1", "2", "18446744073709551615"],
            );
            check_keys(
                backend,
                "BINARY(4)",
                "VARBINARY(4)",
                ["x'00ff0001'", "x'00ff0002'", "x'ffff0000'"],
            );
            if backend == Backend::MariaDb {
                check_keys(backend, "UUID", "CHAR(36)", uuids);
            }
        }
        Backend::Sqlite => {
            check_keys(
                backend,
                "TEXT",
                "TEXT",
                ["'a'", "'b' || char(0) || 'c'", "'c'"],
            );
            check_keys(backend, "BLOB", "BLOB", ["x'00ff'", "x'0100'", "x'ff'"]);
        }
    }
});

on_each_backend!(
    a_reset_spares_who_was_excepted_since_it_was_read,
    |backend| {
        let mut db = TestDb::new(backend);
        db.exec(
        "CREATE TABLE users (a INTEGER NOT NULL, b VARCHAR(40) NOT NULL, v VARCHAR(200), must BOOLEAN, seen VARCHAR(40), PRIMARY KEY (a, b))",
    );
        db.exec(
            "INSERT INTO users (a, b, v) VALUES (1, 'x', 'old'), (1, 'y', 'old'), (2, 'x', 'old')",
        );
        let mut credential = credential("users", &["a", "b"], "v");
        credential.except_sql = Some("must".to_owned());
        let mut writer = Writer::of(&db, &credential);
        let mut page = page(swaps_of(&writer.read()));
        for item in &mut page.items {
            if let PageItem::Swap(swap) = item {
                *item = PageItem::Reset(swap.clone(), why());
            }
        }
        db.exec("UPDATE users SET must = TRUE WHERE a = 1 AND b = 'y'");
        db.exec("DELETE FROM users WHERE a = 2");

        let outcome = committed(writer.commit(&page).unwrap()).accounts;

        assert_eq!(
            (
                outcome.candidates,
                outcome.done,
                outcome.superseded,
                outcome.deleted
            ),
            (3, 1, 1, 1)
        );
        let left = "SELECT COUNT(*) FROM users WHERE v = 'old' AND b = 'y'";
        assert_eq!(db.count(left), 1);
    }
);

on_each_backend!(a_trial_for_nobody_writes_nothing, |backend| {
    let mut db = TestDb::new(backend);
    db.exec("CREATE TABLE users (id INTEGER PRIMARY KEY, v VARCHAR(200), must BOOLEAN)");
    db.exec("CREATE TABLE sessions (user_id INTEGER)");
    db.exec("INSERT INTO users (id, v) VALUES (1, 'old')");
    db.exec("INSERT INTO sessions VALUES (1)");
    let mut credential = with_sessions();
    // Even a statement that takes no heed of the keys.
    credential.on_reset.sql = vec!["DELETE FROM sessions WHERE 0 NOT IN (SELECT COUNT(*) FROM users WHERE id IN (:keys) OR id > 0)".to_owned()];
    let mut writer = Writer::of(&db, &credential);
    let Writer {
        runtime,
        link,
        column,
        ..
    } = &mut writer;
    runtime
        .block_on(async { try_on_reset(link.conn().await?, column).await })
        .unwrap();
    assert_eq!(db.count("SELECT COUNT(*) FROM sessions"), 1);
    assert_eq!(db.count("SELECT COUNT(*) FROM users WHERE must IS NULL"), 1);

    credential.on_reset.sql = vec!["DELETE FROM nowhere WHERE user_id IN (:keys)".to_owned()];
    let refused = runtime
        .block_on(async {
            let conn = link.conn().await?;
            let column = CredentialColumn::resolve(conn, &credential).await?;
            try_on_reset(conn, &column).await
        })
        .unwrap_err();
    assert!(refused.to_string().contains("statement 1"), "{refused}");
});
