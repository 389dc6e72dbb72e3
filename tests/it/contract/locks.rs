//! Beside an application: a page locks its own rows and no others, waits for nobody longer than it must, and gives way.

use std::sync::mpsc::channel;
use std::time::Duration;

use saltern::store::ledger::ChunkState;
use saltern::store::{Bounds, Key, KeyPart, Page, PageItem, Swap};

use super::setup::{Reader, Writer, beside, committed, credential, new_value, page, swaps_of};
use crate::db::TestDb;
#[cfg(feature = "failpoints")]
use crate::saltern::Halt;
use crate::servers::Backend;

/// Users with the even keys 2 to 2 × `rows`.
fn users(backend: Backend, rows: i64) -> TestDb {
    let mut db = TestDb::new(backend);
    db.exec("CREATE TABLE users (id INTEGER PRIMARY KEY, v VARCHAR(200), seen VARCHAR(40))");
    db.insert(
        "users",
        &["id", "v"],
        (1..=rows).map(|i| [Some((2 * i).to_string()), Some(format!("old {i}"))]),
    );
    db
}

fn writer(db: &TestDb) -> Writer {
    Writer::of(db, &credential("users", &["id"], "v"))
}

fn last(swaps: Vec<Swap>) -> Page {
    Page {
        last: true,
        tally: None,
        ..page(swaps)
    }
}

/// Of the rows that another transaction holds, all are given back, and all others are written meanwhile.
fn check_held(backend: Backend, held: &str) {
    let db = users(backend, 12);
    let mut writer = writer(&db);
    let all = last(swaps_of(&writer.read()));
    let mut application = db.connect();
    application.exec("BEGIN");
    // Each by its key: a statement that reads the table whole would lock all of it.
    for id in held.split(',') {
        application.exec(&format!("UPDATE users SET seen = 'now' WHERE id = {id}"));
    }

    let outcome = committed(writer.commit(&all).unwrap());

    let locked: Vec<String> = outcome
        .locked
        .iter()
        .map(|item| item.key().to_string())
        .collect();
    assert_eq!(locked.join(","), held);
    let held = i64::try_from(locked.len()).unwrap();
    assert_eq!(
        (
            outcome.accounts.done,
            outcome.accounts.candidates,
            outcome.chunk_done
        ),
        (12 - held, 12 - held, false)
    );
    assert!(
        outcome.longest >= Duration::from_millis(900),
        "one that was rolled back had waited for a second: {outcome:?}"
    );
    assert!(outcome.was_busy);
    assert_eq!(writer.chunk().state, ChunkState::Leased);
    assert_eq!(saltern::store::waits(), [], "nothing is waited for now");

    application.exec("COMMIT");
    let rest = Page {
        items: outcome.locked,
        seen: 0,
        cursor: None,
        last: true,
        tally: None,
    };
    let outcome = committed(writer.commit(&rest).unwrap());
    assert_eq!((outcome.accounts.done, outcome.chunk_done), (held, true));
    let chunk = writer.chunk();
    assert_eq!((chunk.accounts.seen, chunk.accounts.done), (12, 12));
    assert!(chunk.accounts.add_up());
}

on_each_backend!(
    a_row_that_stays_locked_is_given_back_and_all_others_are_written,
    |backend| {
        if backend == Backend::Sqlite {
            // It locks the whole file.
            return;
        }
        check_held(backend, "10");
    }
);

on_each_backend!(the_last_rows_of_a_page_may_be_the_locked_ones, |backend| {
    if backend == Backend::Sqlite {
        return;
    }
    check_held(backend, "2,24");
});

on_each_backend!(a_page_waits_for_what_is_locked_for_a_moment, |backend| {
    let db = users(backend, 4);
    let mut writer = writer(&db);
    let all = last(swaps_of(&writer.read()));
    let mut application = db.connect();
    let (locked, is_locked) = channel();

    let outcome = std::thread::scope(|scope| {
        scope.spawn(move || {
            application.exec(if backend == Backend::Sqlite {
                "BEGIN IMMEDIATE"
            } else {
                "BEGIN"
            });
            application.exec("UPDATE users SET v = 'changed' WHERE id = 4");
            locked.send(()).unwrap();
            std::thread::sleep(Duration::from_millis(400));
            application.exec("COMMIT");
        });
        is_locked.recv().unwrap();
        committed(writer.commit(&all).unwrap())
    });

    // Where the moment was longer than a lock is waited for, the row comes back.
    if !outcome.locked.is_empty() {
        let rest = Page {
            items: outcome.locked,
            seen: 0,
            cursor: None,
            last: true,
            tally: None,
        };
        committed(writer.commit(&rest).unwrap());
    }
    let chunk = writer.chunk();
    assert_eq!((chunk.accounts.done, chunk.accounts.superseded), (3, 1));
    assert_eq!(chunk.state, ChunkState::Done);
});

#[test]
fn a_sqlite_file_that_is_locked_for_longer_than_its_patience_is_waited_for() {
    let db = users(Backend::Sqlite, 4);
    let mut writer = writer(&db);
    let all = last(swaps_of(&writer.read()));
    let mut application = db.connect();
    application.exec("BEGIN IMMEDIATE");

    let outcome = std::thread::scope(|scope| {
        scope.spawn(move || {
            std::thread::sleep(Duration::from_millis(5500));
            application.exec("COMMIT");
        });
        committed(writer.commit(&all).unwrap())
    });

    let done = outcome.accounts.done + i64::try_from(outcome.locked.len()).unwrap();
    assert_eq!(done, 4);
}

#[test]
fn a_reader_that_holds_up_a_commit_of_sqlite_does_not_break_the_connection() {
    let mut db = users(Backend::Sqlite, 4);
    let mut writer = writer(&db);
    let all = last(swaps_of(&writer.read()));
    let mut reader = db.connect();
    // In DELETE mode a reader's lock keeps a writer from committing.
    reader.exec("BEGIN");
    reader.query("SELECT COUNT(*) FROM users");

    let outcome = std::thread::scope(|scope| {
        scope.spawn(move || {
            std::thread::sleep(Duration::from_millis(5600));
            reader.exec("COMMIT");
        });
        committed(writer.commit(&all).unwrap())
    });

    let rest = Page {
        items: outcome.locked,
        seen: 0,
        cursor: None,
        last: true,
        tally: None,
    };
    if !rest.items.is_empty() {
        committed(writer.commit(&rest).unwrap());
    }
    assert_eq!(writer.chunk().accounts.done, 4);
    assert_eq!(
        db.count("SELECT COUNT(*) FROM users WHERE v LIKE '$argon2id--md5$%'"),
        4
    );
}

/// The application's transaction takes the rows in the other order: one of the two is the victim, and both get through.
#[test]
fn a_deadlock_with_the_application_is_tried_again() {
    for backend in [Backend::Postgres, Backend::MariaDb, Backend::MySql] {
        crate::servers::on(backend, |backend| {
            let mut db = users(backend, 4);
            let mut writer = writer(&db);
            let rows = writer.read();
            let all = last(swaps_of(&rows));
            let mut application = db.connect();
            application.exec("BEGIN; UPDATE users SET seen = 'now' WHERE id = 8");
            // It waits for a row of the page's while the page waits for one of its own.
            let other = move || {
                std::thread::sleep(Duration::from_millis(300));
                if application
                    .try_exec("UPDATE users SET seen = 'now' WHERE id = 2")
                    .is_ok()
                {
                    application.exec("COMMIT");
                } else {
                    let _ = application.try_exec("ROLLBACK");
                }
            };

            let outcome = beside(other, || committed(writer.commit(&all).unwrap()));

            if !outcome.locked.is_empty() {
                committed(
                    writer
                        .commit(&Page {
                            items: outcome.locked,
                            seen: 0,
                            cursor: None,
                            last: true,
                            tally: None,
                        })
                        .unwrap(),
                );
            }
            let chunk = writer.chunk();
            assert_eq!((chunk.accounts.done, chunk.state), (4, ChunkState::Done));
            for row in db.query("SELECT id, v FROM users") {
                let key = Key(vec![KeyPart::Int(
                    row[0].as_ref().unwrap().parse().unwrap(),
                )]);
                assert_eq!(row[1], Some(new_value(&key)));
            }
        });
    }
}

/// While a page's transaction is open: sign-ups between its keys, also where it looked for a row that is gone, and other
/// rows' updates go through at once; its own rows wait.
#[cfg(feature = "failpoints")]
#[test]
fn a_page_holds_its_own_rows_and_nothing_else() {
    for backend in [Backend::Postgres, Backend::MariaDb, Backend::MySql] {
        crate::servers::on(backend, |backend| {
            let mut db = users(backend, 300);
            if backend == Backend::Postgres {
                db.exec("ANALYZE users");
            }
            let mut writer = writer(&db);
            let rows = writer.read();
            // One that is deleted, one that was changed, and ten more.
            let swaps: Vec<Swap> = swaps_of(&rows).into_iter().skip(100).take(12).collect();
            let (deleted, changed) = (swaps[3].key.to_string(), swaps[5].key.to_string());
            db.exec(&format!("DELETE FROM users WHERE id = {deleted}; UPDATE users SET v = 'changed' WHERE id = {changed}"));
            let page = page(swaps);
            let mut application = db.connect();
            match backend {
                Backend::Postgres => application.exec("SET lock_timeout = '300ms'"),
                _ => application.exec("SET SESSION innodb_lock_wait_timeout = 1"),
            };
            let halt = Halt::new();
            saltern::failpoint::arm_here(&halt.at("before-commit"));
            let goes_on = &halt;
            // The page's transaction stays open: what waited for it would fail.
            let work = move || {
                goes_on.wait();
                for id in [&deleted, "1", "203", "211", "225", "9999"] {
                    application.exec(&format!(
                        "INSERT INTO users (id, v) VALUES ({id}, 'signed up')"
                    ));
                }
                application.exec("UPDATE users SET v = 'other' WHERE id IN (2, 200, 226, 600)");
                application.exec("DELETE FROM users WHERE id IN (4, 198, 228)");
                let own = application.try_exec("UPDATE users SET v = 'late' WHERE id = 204");
                assert!(own.is_err(), "the page's own row was not locked");
                goes_on.go_on();
            };

            let outcome = beside(work, || committed(writer.commit(&page).unwrap()));

            assert_eq!(
                (
                    outcome.accounts.done,
                    outcome.accounts.deleted,
                    outcome.accounts.superseded
                ),
                (10, 1, 1)
            );
        });
    }
}

/// Reading waits for no writer.
#[test]
fn a_row_that_is_being_changed_is_read_as_it_was() {
    for backend in [Backend::Postgres, Backend::MariaDb, Backend::MySql] {
        crate::servers::on(backend, |backend| {
            let db = users(backend, 4);
            let mut application = db.connect();
            application.exec("BEGIN; UPDATE users SET v = 'changing' WHERE id = 4");
            let mut reader = Reader::of(&db, &credential("users", &["id"], "v"));

            let rows = reader
                .page(Bounds {
                    after: None,
                    up_to: None,
                    limit: 10,
                })
                .unwrap();

            assert_eq!(rows[1].value(), Some(&b"old 2"[..]));
        });
    }
}

on_each_backend!(nothing_is_locked_after_a_page_is_committed, |backend| {
    let db = users(backend, 4);
    let mut writer = writer(&db);
    let swaps = swaps_of(&writer.read());
    let quarantine = PageItem::Quarantine {
        key: swaps[0].key.clone(),
        reason: saltern::store::ledger::QuarantineReason::Rule,
        class: "weak",
        bytes: 5,
    };
    let mut page = page(swaps);
    page.items[0] = quarantine;
    committed(writer.commit(&page).unwrap());
    let mut application = db.connect();

    assert_eq!(application.exec("UPDATE users SET v = 'x'"), 4);
});
