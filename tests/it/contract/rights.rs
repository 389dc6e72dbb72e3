//! What a user may see and do: the least privileges suffice, hidden rows are an error, and no error shows a value.

use saltern::policy::ResetMode;
use saltern::secret::StoredHash;
use saltern::store::ledger::{
    self, LockAttempt, LockRequest, ResetReason, WorkerIdentity, lock, quarantine, run,
};
use saltern::store::{Bounds, Conn, KeptVerdict, Kind, Order, PageItem, Role, StoreError};

use super::setup::{
    Reader, WORKER, Writer, committed, credential, names, page, runtime, swap_of, swaps_of,
};
use crate::db::TestDb;
use crate::servers::Backend;

/// The tables, made by an administrator from what `saltern ledger sql` prints, with its GRANTs.
fn made_by_hand(db: &mut TestDb, grantee: &str) {
    let kind = if db.backend() == Backend::Postgres {
        Kind::Postgres
    } else {
        Kind::MySql
    };
    let ddl = ledger::ddl(
        &names(kind),
        grantee,
        &ledger::UsedTables {
            columns: vec![("users".to_owned(), "v".to_owned())],
            read: Vec::new(),
        },
    );
    db.exec(&ddl);
}

on_each_backend!(the_least_privileges_suffice_for_a_run, |backend| {
    let mut db = TestDb::new(backend);
    db.exec("CREATE TABLE users (id INTEGER PRIMARY KEY, v VARCHAR(200), other VARCHAR(10))");
    db.insert(
        "users",
        &["id", "v"],
        (1..=5).map(|i| [Some(i.to_string()), Some(format!("old {i}"))]),
    );
    let Some(user) = db.create_user() else { return };
    made_by_hand(&mut db, &user.grantee);
    assert!(user.exec("UPDATE users SET other = 'x'").is_err());
    assert!(user.exec("DELETE FROM users").is_err());
    let credential = credential("users", &["id"], "v");

    // `open` makes sure of the tables, creates a run and claims its chunk.
    let mut writer = Writer::open(&user.url, &credential).unwrap();
    let rows = writer.read();
    let mut swaps = swaps_of(&rows);
    swaps[0].verdict = KeptVerdict::Known;
    swaps[1].old = StoredHash::new("not what it was");
    swaps[1].verdict = KeptVerdict::Known;
    db.exec("DELETE FROM users WHERE id = 5");
    let mut page = page(swaps);
    if let PageItem::Swap(swap) = page.items[2].clone() {
        let why = ResetReason {
            rule: "stale".to_owned(),
            reason: "rule".to_owned(),
            class: "weak",
            how: ResetMode::Hard,
        };
        page.items[2] = PageItem::Reset(swap, why);
    }
    let outcome = committed(writer.commit(&page).unwrap());
    assert_eq!(
        (
            outcome.accounts.done,
            outcome.accounts.superseded,
            outcome.accounts.deleted
        ),
        (3, 1, 1)
    );

    let reset = if db.backend() == Backend::Postgres {
        "saltern.reset"
    } else {
        "saltern_reset"
    };
    let reset = format!("SELECT COUNT(*) FROM {reset} WHERE rule = 'stale'");
    assert_eq!(db.count(&reset), 1, "who was reset is kept");
    let kept = if db.backend() == Backend::Postgres {
        "saltern.known"
    } else {
        "saltern_known"
    };
    let kept = format!("SELECT COUNT(*) FROM {kept}");
    assert_eq!(
        db.count(&kept),
        1,
        "a row that was not swapped has no verdict"
    );
    assert_eq!(
        Reader::open(&user.url, &credential)
            .unwrap()
            .scan(Order::Any)
            .unwrap()
            .len(),
        4
    );
    let Writer {
        runtime,
        link,
        names,
        ..
    } = &mut writer;
    runtime
        .block_on(async {
            let conn = link.conn().await?;
            let me = WorkerIdentity {
                id: WORKER.to_owned(),
                host: "h".to_owned(),
                boot: "b".to_owned(),
                pid: 1,
                pid_start: "1".to_owned(),
                namespaces: "n".to_owned(),
            };
            let request = LockRequest {
                name: "name",
                run: "run",
                worker: &me,
            };
            let taken = lock::acquire(conn, names, request, &|_| false).await?;
            assert!(matches!(taken, LockAttempt::Taken));
            lock::heartbeat(conn, names, WORKER).await?;
            lock::release(conn, names, WORKER).await?;
            quarantine::counts(conn, names, "run").await?;
            run::newest(conn, names).await.map(|_| ())
        })
        .unwrap();
});

#[test]
fn rows_that_postgresql_hides_are_an_error() {
    crate::servers::on(Backend::Postgres, |backend| {
        let mut db = TestDb::new(backend);
        db.exec("CREATE TABLE users (id integer PRIMARY KEY, v text); INSERT INTO users VALUES (1, 'a'), (2, 'b')");
        let user = db.create_user().unwrap();
        made_by_hand(&mut db, &user.grantee);
        let credential = credential("users", &["id"], "v");
        let mut writer = Writer::open(&user.url, &credential).unwrap();
        let rows = writer.read();
        db.exec("ALTER TABLE users ENABLE ROW LEVEL SECURITY; CREATE POLICY one ON users USING (id = 1)");
        let mut reader = Reader::open(&user.url, &credential).unwrap();

        assert!(
            reader
                .page(Bounds {
                    after: None,
                    up_to: None,
                    limit: 9
                })
                .is_err()
        );
        assert!(reader.scan(Order::Any).is_err());
        assert!(reader.keys(&[rows[0].key.clone()]).is_err());
        assert!(writer.commit(&page(swaps_of(&rows))).is_err());
        assert_eq!(
            db.count("SELECT COUNT(*) FROM users WHERE v IN ('a', 'b')"),
            2
        );
        assert_eq!(writer.chunk().accounts.candidates, 0);
    });
}

/// Digests, plaintexts and new values that must not show anywhere.
const CANARIES: [&str; 3] = [
    "c0ffee5f4dcc3b5aa765d61d8327deb8",
    "correct horse battery canary",
    "$argon2id$canary$written",
];

fn check_silent(what: &str, error: &StoreError) {
    let mut shown = format!("{error} {error:?} {error:#?}");
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        shown.push_str(&format!("{cause} {cause:?}"));
        source = cause.source();
    }
    let shown = shown.to_lowercase();
    for canary in CANARIES {
        let hex: String = canary.bytes().map(|byte| format!("{byte:02x}")).collect();
        assert!(
            !shown.contains(canary) && !shown.contains(&hex) && !shown.contains(&canary[..12]),
            "{what} shows {canary}: {shown}"
        );
    }
}

on_each_backend!(no_error_shows_a_value, |backend| {
    let mut db = TestDb::new(backend);
    db.exec("CREATE TABLE users (id INTEGER PRIMARY KEY, v VARCHAR(100), age VARCHAR(200))");
    db.insert(
        "users",
        &["id", "v", "age"],
        (1..).zip(&CANARIES[..2]).map(|(id, value)| {
            [
                Some(id.to_string()),
                Some((*value).to_owned()),
                Some((*value).to_owned()),
            ]
        }),
    );
    let plain = credential("users", &["id"], "v");
    let mut writer = Writer::of(&db, &plain);
    let mut swaps = swaps_of(&writer.read());
    for swap in &mut swaps {
        swap.new = StoredHash::new(CANARIES[2]);
    }
    let mut errors: Vec<(&str, StoreError)> = Vec::new();

    // A statement of the operator's that fails on a value.
    let mut failing = plain.clone();
    failing.where_sql = Some(match backend {
        Backend::Postgres => "v::int > 0".to_owned(),
        Backend::MariaDb | Backend::MySql => "EXTRACTVALUE('<a/>', CONCAT('/', v)) = 1".to_owned(),
        Backend::Sqlite => "json_extract(v, v) = 1".to_owned(),
    });
    let mut reader = Reader::of(&db, &failing);
    errors.extend(
        reader
            .page(Bounds {
                after: None,
                up_to: None,
                limit: 9,
            })
            .err()
            .map(|e| ("reading", e)),
    );
    errors.extend(reader.scan(Order::Any).err().map(|e| ("scanning", e)));
    errors.extend(
        reader
            .keys(&[swaps[0].key.clone()])
            .err()
            .map(|e| ("reading a row", e)),
    );
    // A trigger whose words are the value, in a class of errors that ends the run.
    db.exec(match backend {
        Backend::Postgres => {
            "CREATE FUNCTION no() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'was % is %', OLD.v, NEW.v USING ERRCODE = 'XX001'; END $$; \
             CREATE TRIGGER no BEFORE UPDATE ON users FOR EACH ROW EXECUTE FUNCTION no()"
        }
        Backend::MariaDb | Backend::MySql => {
            "CREATE TRIGGER no BEFORE UPDATE ON users FOR EACH ROW BEGIN DECLARE said VARCHAR(100); SET said = CONCAT(OLD.v, NEW.v); SIGNAL SQLSTATE 'XX001' SET MESSAGE_TEXT = said, MYSQL_ERRNO = 31002; END"
        }
        Backend::Sqlite => "CREATE TRIGGER no BEFORE UPDATE ON users BEGIN SELECT json(NEW.v || OLD.v); END",
    });
    errors.extend(
        writer
            .commit(&page(swaps.clone()))
            .err()
            .map(|e| ("writing", e)),
    );
    // A value that can't be written at all.
    let mut not_text = swap_of(&writer.read()[0]);
    not_text.new = StoredHash::new([CANARIES[2].as_bytes(), b"\xff"].concat());
    errors.extend(
        writer
            .commit(&page(vec![not_text]))
            .err()
            .map(|e| ("writing bytes", e)),
    );
    // A table that is gone meanwhile.
    db.exec("DROP TABLE users");
    errors.extend(
        writer
            .commit(&page(swaps.clone()))
            .err()
            .map(|e| ("writing to nowhere", e)),
    );

    let seen: Vec<&str> = errors.iter().map(|(what, _)| *what).collect();
    for wanted in [
        "reading",
        "scanning",
        "reading a row",
        "writing",
        "writing bytes",
        "writing to nowhere",
    ] {
        assert!(seen.contains(&wanted), "no error: {wanted}, only {seen:?}");
    }
    for (what, error) in &errors {
        check_silent(what, error);
    }
    check_debug(&format!(
        "{swaps:?} {writer_page:?}",
        writer_page = page(swaps.clone())
    ));
});

fn check_debug(shown: &str) {
    for canary in CANARIES {
        assert!(!shown.contains(canary), "{shown}");
    }
}

on_each_backend!(no_error_of_a_connection_shows_its_password, |backend| {
    const PASSWORD: &str = "s3cr3t-canary";
    let urls: Vec<String> = match backend {
        Backend::Sqlite => vec![format!(
            "sqlite:///nowhere/{PASSWORD}?mode=ro&password={PASSWORD}"
        )],
        Backend::Postgres => {
            let url = crate::servers::url(backend).unwrap();
            vec![
                format!("postgres://nobody:{PASSWORD}@127.0.0.1:1/db"),
                format!("postgres://nobody:{PASSWORD}@[bad/db"),
                url.replace("postgres@", &format!("nobody_here:{PASSWORD}@")),
            ]
        }
        _ => {
            let url = crate::servers::url(backend).unwrap();
            vec![
                format!("mysql://nobody:{PASSWORD}@127.0.0.1:1/db"),
                format!("mysql://nobody:{PASSWORD}@localhost:notaport/db"),
                url.replace("root@", &format!("nobody_here:{PASSWORD}@")),
            ]
        }
    };
    for url in urls {
        let Ok(parsed) = saltern::secret::DatabaseUrl::parse(&url) else {
            continue;
        };
        let error = runtime()
            .block_on(Conn::try_open(&parsed, Role::Read))
            .unwrap_err();
        if backend != Backend::Sqlite {
            assert!(
                !format!("{error} {error:?}").contains(PASSWORD),
                "{error:?}"
            );
        }
    }
});
