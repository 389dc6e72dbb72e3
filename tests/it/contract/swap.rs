//! A page: what becomes of rows that the application changed or deleted, of rows that the database refuses, and of the
//! chunk's accounts; who may commit one.

use saltern::config::{Credential, FormatPart, FormatRows, FormatWrite};
use saltern::secret::StoredHash;
use saltern::store::ledger::{Accounts, ChunkState, QuarantineReason, chunk, lock};
use saltern::store::{Committed, Key, KeyPart, Page, PageItem, StoreError, Swap};

use super::setup::{
    RUN, WORKER, Writer, claim, committed, credential, new_value, page, swap_of, swaps_of,
};
use crate::db::TestDb;
use crate::servers::{Backend, PrivateServer};

/// Users 1 to `rows` with the values "old 1" and so on.
fn users(backend: Backend, rows: i64) -> TestDb {
    let mut db = TestDb::new(backend);
    db.exec("CREATE TABLE users (id INTEGER PRIMARY KEY, v VARCHAR(200))");
    fill(&mut db, rows);
    db
}

fn fill(db: &mut TestDb, rows: i64) {
    db.insert(
        "users",
        &["id", "v"],
        (1..=rows).map(|id| [Some(id.to_string()), Some(format!("old {id}"))]),
    );
}

fn writer(db: &TestDb) -> Writer {
    Writer::of(db, &credential("users", &["id"], "v"))
}

fn key(id: i64) -> Key {
    Key(vec![KeyPart::Int(id)])
}

fn new(id: i64) -> String {
    new_value(&key(id))
}

fn values(db: &mut TestDb) -> Vec<Option<String>> {
    db.query("SELECT v FROM users ORDER BY id")
        .into_iter()
        .map(|mut row| row.remove(0))
        .collect()
}

fn some(values: impl IntoIterator<Item = String>) -> Vec<Option<String>> {
    values.into_iter().map(Some).collect()
}

on_each_backend!(what_the_application_did_meanwhile_always_wins, |backend| {
    let mut db = users(backend, 6);
    let mut writer = writer(&db);
    let swaps = swaps_of(&writer.read());
    db.exec("UPDATE users SET v = 'changed' WHERE id = 2");
    db.exec("DELETE FROM users WHERE id = 3");
    db.exec("UPDATE users SET v = NULL WHERE id = 4");
    // Changed and changed back: it is what was read.
    db.exec("UPDATE users SET v = 'other' WHERE id = 5");
    db.exec("UPDATE users SET v = 'old 5' WHERE id = 5");

    let outcome = writer.swap(swaps);

    let wanted = Accounts {
        seen: 6,
        candidates: 6,
        done: 3,
        superseded: 2,
        deleted: 1,
        quarantined: 0,
    };
    assert_eq!(outcome.accounts, wanted);
    assert!(wanted.add_up());
    assert_eq!(
        values(&mut db),
        [
            Some(new(1)),
            Some("changed".to_owned()),
            None,
            Some(new(5)),
            Some(new(6))
        ]
    );
    let chunk = writer.chunk();
    assert_eq!((chunk.accounts, chunk.state), (wanted, ChunkState::Leased));
});

on_each_backend!(
    a_changed_row_that_the_rule_would_change_still_is_given_back,
    |backend| {
        let mut db = users(backend, 3);
        let mut writer = writer(&db);
        let mut all = page(swaps_of(&writer.read()));
        all.last = true;
        db.exec("UPDATE users SET v = 'weak again' WHERE id = 2; UPDATE users SET v = 'strong' WHERE id = 3");

        let outcome = committed(
            writer
                .commit_if(&all, |row| row.value() == Some(b"weak again"))
                .unwrap(),
        );

        assert_eq!(
            (
                outcome.accounts.candidates,
                outcome.accounts.done,
                outcome.accounts.superseded
            ),
            (2, 1, 1)
        );
        assert!(!outcome.chunk_done, "a row of it is not accounted for");
        assert_eq!(writer.chunk().state, ChunkState::Leased);
        let [again] = outcome.again.as_slice() else {
            panic!("{outcome:?}")
        };
        assert_eq!(
            (&again.key, again.value()),
            (&key(2), Some(&b"weak again"[..]))
        );

        let rest = Page {
            items: vec![PageItem::Swap(swap_of(again))],
            seen: 0,
            cursor: None,
            last: true,
            tally: None,
        };
        let outcome = committed(writer.commit(&rest).unwrap());

        assert!(outcome.chunk_done && outcome.accounts.done == 1);
        let chunk = writer.chunk();
        assert_eq!(chunk.state, ChunkState::Done);
        assert_eq!(
            chunk.accounts,
            Accounts {
                seen: 3,
                candidates: 3,
                done: 2,
                superseded: 1,
                deleted: 0,
                quarantined: 0
            }
        );
        assert_eq!(values(&mut db), some([new(1), new(2), "strong".to_owned()]));
    }
);

on_each_backend!(
    a_row_that_comes_twice_in_a_page_is_written_once,
    |backend| {
        let mut db = users(backend, 2);
        let mut writer = writer(&db);
        let mut swaps = swaps_of(&writer.read());
        swaps.push(Swap {
            new: StoredHash::new("$another$"),
            ..swaps[0].clone()
        });

        let outcome = writer.swap(swaps);

        assert_eq!((outcome.accounts.done, outcome.accounts.superseded), (2, 1));
        let now = values(&mut db);
        assert!(
            now[0] == Some(new(1)) || now[0].as_deref() == Some("$another$"),
            "{now:?}"
        );
        assert!(outcome.accounts.add_up());
    }
);

on_each_backend!(quarantined_rows_are_listed_and_left_alone, |backend| {
    let mut db = users(backend, 2);
    let mut writer = writer(&db);
    let first = swap_of(&writer.read()[0]);
    let quarantine = |key| PageItem::Quarantine {
        key,
        reason: QuarantineReason::TooLong,
        class: "unknown",
        bytes: 5000,
    };
    let both = Page {
        items: vec![PageItem::Swap(first), quarantine(key(2))],
        seen: 7,
        cursor: Some(key(2)),
        last: true,
        tally: None,
    };

    let outcome = committed(writer.commit(&both).unwrap());

    assert!(outcome.chunk_done);
    assert_eq!(
        outcome.accounts,
        Accounts {
            seen: 7,
            candidates: 2,
            done: 1,
            superseded: 0,
            deleted: 0,
            quarantined: 1
        }
    );
    assert_eq!(values(&mut db), some([new(1), "old 2".to_owned()]));
    let [line] = writer.quarantined().try_into().unwrap();
    assert_eq!(
        (
            line.row_key.as_str(),
            line.reason.as_str(),
            line.class.as_str(),
            line.bytes
        ),
        ("[\"2\"]", "too-long", "unknown", Some(5000))
    );
});

on_each_backend!(
    keys_too_long_for_a_column_of_the_ledger_are_listed_all_the_same,
    |backend| {
        let mut db = TestDb::new(backend);
        let declared = if backend.is_mysql_like() {
            "VARCHAR(700) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin"
        } else {
            "VARCHAR(700)"
        };
        db.exec(&format!(
            "CREATE TABLE users (id {declared} PRIMARY KEY, v VARCHAR(200))"
        ));
        let long = "😀".repeat(598);
        db.insert(
            "users",
            &["id", "v"],
            ["a", "b"].map(|end| [Some(format!("{long}{end}")), Some("x".to_owned())]),
        );
        let mut writer = writer(&db);
        let items = writer.read().into_iter().map(|row| PageItem::Quarantine {
            key: row.key,
            reason: QuarantineReason::Rule,
            class: "weak",
            bytes: 1,
        });
        let both = Page {
            items: items.collect(),
            seen: 2,
            cursor: None,
            last: true,
            tally: None,
        };

        assert_eq!(
            committed(writer.commit(&both).unwrap())
                .accounts
                .quarantined,
            2
        );
        assert_eq!(writer.quarantined().len(), 2);
    }
);

on_each_backend!(a_page_without_candidates_moves_the_cursor, |backend| {
    let db = users(backend, 1);
    let mut writer = writer(&db);

    let outcome = committed(
        writer
            .commit(&Page {
                items: vec![],
                seen: 5,
                cursor: Some(key(1)),
                last: false,
                tally: None,
            })
            .unwrap(),
    );

    assert_eq!(
        (
            outcome.accounts.seen,
            outcome.accounts.candidates,
            outcome.chunk_done
        ),
        (5, 0, false)
    );
    let Writer {
        runtime,
        link,
        names,
        ..
    } = &mut writer;
    runtime.block_on(async {
        let conn = link.conn().await.unwrap();
        lock::release(conn, names, WORKER).await.unwrap();
        let again = chunk::claim(conn, names, claim(RUN, "another"))
            .await
            .unwrap()
            .unwrap();
        assert_eq!(
            (again.at_key.as_deref(), again.commits),
            (Some("[\"1\"]"), 1)
        );
    });
});

/// Commits a page under a fence that does not hold, and looks that nothing was written.
fn check_lost(db: &mut TestDb, writer: &mut Writer) {
    let swaps = swaps_of(&writer.read());
    let before = values(db);
    let committed = writer.commit(&page(swaps)).unwrap();
    assert!(matches!(committed, Committed::LeaseLost), "{committed:?}");
    assert_eq!(values(db), before);
    assert_eq!(writer.chunk().accounts, Accounts::default());
}

on_each_backend!(
    a_page_under_another_epoch_or_count_is_not_written,
    |backend| {
        let mut db = users(backend, 2);
        let mut writer = writer(&db);
        for (epoch, commits) in [(2, 0), (0, 0), (1, 1)] {
            (writer.fence.epoch, writer.fence.commits) = (epoch, commits);
            check_lost(&mut db, &mut writer);
        }
        (writer.fence.epoch, writer.fence.commits) = (1, 0);
        let swaps = swaps_of(&writer.read());
        assert_eq!(writer.swap(swaps).accounts.done, 2);
        assert_eq!(writer.fence.commits, 1);
    }
);

on_each_backend!(
    a_page_of_a_chunk_that_was_given_back_or_taken_is_not_written,
    |backend| {
        let mut db = users(backend, 2);
        let mut writer = writer(&db);
        let Writer {
            runtime,
            link,
            names,
            ..
        } = &mut writer;
        runtime
            .block_on(async { lock::release(link.conn().await.unwrap(), names, WORKER).await })
            .unwrap();
        check_lost(&mut db, &mut writer);
        let Writer {
            runtime,
            link,
            names,
            ..
        } = &mut writer;
        runtime
            .block_on(async {
                chunk::claim(link.conn().await.unwrap(), names, claim(RUN, "another")).await
            })
            .unwrap();
        check_lost(&mut db, &mut writer);
    }
);

on_each_backend!(a_page_of_a_chunk_that_is_done_is_not_written, |backend| {
    let mut db = users(backend, 2);
    let mut writer = writer(&db);
    let swaps = swaps_of(&writer.read());
    committed(
        writer
            .commit(&Page {
                items: vec![],
                seen: 0,
                cursor: None,
                last: true,
                tally: None,
            })
            .unwrap(),
    );

    assert!(matches!(
        writer.commit(&page(swaps)).unwrap(),
        Committed::LeaseLost
    ));
    assert_eq!(
        values(&mut db),
        some(["old 1".to_owned(), "old 2".to_owned()])
    );
});

/// Rows 3 and 8 are refused by something in the database; all others are written, these two are quarantined.
fn check_refused(db: &mut TestDb) {
    let mut writer = writer(db);
    let swaps = swaps_of(&writer.read());
    let mut all = page(swaps);
    all.last = true;

    let outcome = committed(writer.commit(&all).unwrap());

    assert_eq!(
        outcome.accounts,
        Accounts {
            seen: 9,
            candidates: 9,
            done: 7,
            superseded: 0,
            deleted: 0,
            quarantined: 2
        }
    );
    assert_eq!((outcome.refused, outcome.chunk_done), (2, true));
    let wanted = (1..=9).map(|id| {
        if id == 3 || id == 8 {
            format!("old {id}")
        } else {
            new(id)
        }
    });
    assert_eq!(values(db), some(wanted));
    let lines: Vec<_> = writer
        .quarantined()
        .into_iter()
        .map(|line| (line.row_key, line.reason, line.bytes))
        .collect();
    assert_eq!(
        lines,
        ["[\"3\"]", "[\"8\"]"].map(|key| (key.to_owned(), "write-refused".to_owned(), Some(5)))
    );
}

on_each_backend!(a_row_that_a_check_refuses_is_quarantined_alone, |backend| {
    let mut db = TestDb::new(backend);
    db.exec("CREATE TABLE users (id INTEGER PRIMARY KEY, v VARCHAR(200), CONSTRAINT short CHECK (LENGTH(v) < 20 OR id NOT IN (3, 8)))");
    fill(&mut db, 9);
    check_refused(&mut db);
});

on_each_backend!(
    a_row_that_a_trigger_refuses_is_quarantined_alone,
    |backend| {
        let mut db = users(backend, 9);
        db.exec(match backend {
        Backend::Postgres => {
            "CREATE FUNCTION no() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.id IN (3, 8) THEN RAISE EXCEPTION 'not %', NEW.v; END IF; RETURN NEW; END $$; \
             CREATE TRIGGER no BEFORE UPDATE ON users FOR EACH ROW EXECUTE FUNCTION no()"
        }
        // An error number of the application's own.
        Backend::MariaDb | Backend::MySql => {
            "CREATE TRIGGER no BEFORE UPDATE ON users FOR EACH ROW BEGIN IF NEW.id IN (3, 8) THEN \
             SIGNAL SQLSTATE '45001' SET MESSAGE_TEXT = 'not this one', MYSQL_ERRNO = 31001; END IF; END"
        }
        Backend::Sqlite => "CREATE TRIGGER no BEFORE UPDATE ON users WHEN NEW.id IN (3, 8) BEGIN SELECT RAISE(ABORT, 'not this one'); END",
    });
        check_refused(&mut db);
    }
);

#[test]
fn a_row_that_a_deferred_check_refuses_is_quarantined_alone() {
    crate::servers::on(Backend::Postgres, |backend| {
        let mut db = users(backend, 9);
        db.exec(
            "CREATE FUNCTION no() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.id IN (3, 8) THEN RAISE EXCEPTION 'no'; END IF; RETURN NULL; END $$; \
             CREATE CONSTRAINT TRIGGER no AFTER UPDATE ON users DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION no()",
        );
        check_refused(&mut db);
    });
}

/// No row fits: all are refused and none is cut.
fn check_too_narrow(db: &mut TestDb) {
    db.exec("CREATE TABLE users (id INTEGER PRIMARY KEY, v VARCHAR(32))");
    fill(db, 5);
    let mut writer = writer(db);
    let swaps = swaps_of(&writer.read());
    let outcome = writer.swap(swaps);
    assert_eq!((outcome.accounts.quarantined, outcome.refused), (5, 5));
    assert_eq!(values(db), some((1..=5).map(|id| format!("old {id}"))));
}

on_each_backend!(
    nothing_is_cut_to_fit_a_column_that_is_too_narrow,
    |backend| {
        if backend == Backend::Sqlite {
            // A length is a word there and no more.
            return;
        }
        check_too_narrow(&mut TestDb::new(backend));
    }
);

#[test]
fn nothing_is_cut_on_a_server_that_is_not_strict() {
    for backend in [Backend::MariaDb, Backend::MySql] {
        crate::servers::on(backend, |backend| {
            let server = PrivateServer::start(backend).unwrap();
            crate::session::Session::open(server.url()).exec("SET GLOBAL sql_mode = ''");
            check_too_narrow(&mut TestDb::at(backend, server.url()));
        });
    }
}

on_each_backend!(
    what_a_trigger_changes_is_found_and_nothing_is_written,
    |backend| {
        let mut db = users(backend, 9);
        match backend {
        Backend::Postgres => db.exec(
            "CREATE FUNCTION cut() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.id = 4 THEN NEW.v := left(NEW.v, 32); END IF; RETURN NEW; END $$; \
             CREATE TRIGGER cut BEFORE UPDATE ON users FOR EACH ROW EXECUTE FUNCTION cut()",
        ),
        Backend::MariaDb | Backend::MySql => {
            db.exec("CREATE TRIGGER cut BEFORE UPDATE ON users FOR EACH ROW BEGIN IF NEW.id = 4 THEN SET NEW.v = LEFT(NEW.v, 32); END IF; END")
        }
        Backend::Sqlite => db.exec(
            "CREATE TRIGGER cut AFTER UPDATE ON users WHEN NEW.id = 4 AND length(NEW.v) > 32 BEGIN UPDATE users SET v = substr(NEW.v, 1, 32) WHERE id = 4; END",
        ),
    };
        let mut writer = writer(&db);
        let swaps = swaps_of(&writer.read());

        let error = writer.commit(&page(swaps)).unwrap_err();

        assert!(
            matches!(error, StoreError::WrongReadBack { rows: 1, .. }),
            "{error:?}"
        );
        assert_eq!(values(&mut db), some((1..=9).map(|id| format!("old {id}"))));
        assert_eq!(writer.chunk().accounts, Accounts::default());
    }
);

#[test]
fn a_column_that_moves_on_update_is_preserved() {
    for backend in [Backend::MariaDb, Backend::MySql] {
        crate::servers::on(backend, |backend| {
            let mut db = TestDb::new(backend);
            db.exec(
                "SET SESSION sql_mode = ''; \
                 CREATE TABLE users (id INT PRIMARY KEY, v VARCHAR(200), a TIMESTAMP NULL ON UPDATE CURRENT_TIMESTAMP, b DATETIME NULL ON UPDATE CURRENT_TIMESTAMP); \
                 INSERT INTO users VALUES (1, 'old 1', '2015-11-14 10:00:00', '2015-11-14 10:00:00'), (2, 'old 2', '0000-00-00 00:00:00', '0000-00-00 00:00:00'), (3, 'old 3', NULL, NULL)",
            );
            let before = db.query("SELECT a, b FROM users ORDER BY id");
            let mut credential = credential("users", &["id"], "v");
            credential.preserve = vec!["a".to_owned(), "b".to_owned()];
            let mut writer = Writer::of(&db, &credential);
            let swaps = swaps_of(&writer.read());

            assert_eq!(writer.swap(swaps).accounts.done, 3);
            assert_eq!(db.query("SELECT a, b FROM users ORDER BY id"), before);
        });
    }
}

/// The users of type 1, of whom `write` says what they become.
fn typed() -> Credential {
    let word = |word: &str| Some(word.to_owned());
    Credential {
        name: "users[1]".to_owned(),
        format: Some(FormatPart {
            of: "users".to_owned(),
            column: "kind".to_owned(),
            rows: FormatRows::Listed(word("1")),
            group: None,
            write: Some(FormatWrite {
                wrapped: "40".to_owned(),
                native: "41".to_owned(),
                dead: "0".to_owned(),
            }),
            named: vec![word("1"), word("40"), word("41"), word("0")],
        }),
        ..credential("users", &["id"], "v")
    }
}

on_each_backend!(
    a_row_whose_format_changed_meanwhile_is_not_swapped,
    |backend| {
        for kind in ["INTEGER", "VARCHAR(8)", "CHAR(4)"] {
            let mut db = TestDb::new(backend);
            db.exec(&format!(
                "CREATE TABLE users (id INTEGER PRIMARY KEY, v VARCHAR(200), kind {kind})"
            ));
            fill(&mut db, 4);
            db.exec("UPDATE users SET kind = '1'");
            db.exec("UPDATE users SET kind = '2' WHERE id = 4");
            let mut writer = Writer::of(&db, &typed());
            let rows = writer.read();
            assert_eq!(rows.len(), 3, "the row of another type is not read");
            let swaps = swaps_of(&rows);
            // The same digest under another scheme.
            db.exec("UPDATE users SET kind = '2' WHERE id = 2");
            db.exec("UPDATE users SET kind = NULL WHERE id = 3");
            let outcome = writer.swap(swaps);
            let accounts = outcome.accounts;
            assert_eq!(
                (accounts.done, accounts.superseded, accounts.deleted),
                (1, 2, 0)
            );
            let native = Some(new(1));
            let kept = |id: u32| Some(format!("old {id}"));
            assert_eq!(values(&mut db), [native, kept(2), kept(3), kept(4)]);
            let kinds: Vec<Option<String>> = db
                .query("SELECT kind FROM users ORDER BY id")
                .into_iter()
                .map(|mut row| row.remove(0).map(|kind| kind.trim_end().to_owned()))
                .collect();
            let word = |word: &str| Some(word.to_owned());
            assert_eq!(kinds, [word("40"), word("2"), None, word("2")]);
        }
    }
);
