//! Every line of `docs/server-errors.md` that a real server can be made to say, said by it.
//!
//! PostgreSQL and MySQL raise any code of their own in a function. SQLite has no such function: each of its codes has a
//! real cause here, or the reason why there is none.

use std::collections::BTreeMap;
use std::path::PathBuf;

use saltern::cli::failure::Failure;
use saltern::store::{Conn, ErrorClass, Role, SERVER_ERRORS, StoreError, measure};

use super::setup::{database_url, runtime};
use crate::db::TestDb;
use crate::saltern::{Finished, Saltern};
use crate::servers::Backend;

/// The lines of one database: each code with its class.
fn lines(backend: Backend) -> Vec<(&'static str, ErrorClass)> {
    let of = match backend {
        Backend::Postgres => "PostgreSQL",
        Backend::MariaDb | Backend::MySql => "MySQL",
        Backend::Sqlite => "SQLite",
    };
    let errors = SERVER_ERRORS
        .iter()
        .find(|errors| errors.title.starts_with(of))
        .unwrap();
    let codes =
        |row: &'static saltern::store::ServerError| row.codes.iter().map(|code| (*code, row.class));
    errors.rows.iter().flat_map(codes).collect()
}

/// The codes with which a command may end that a read over users' rows has ended.
fn exit(class: ErrorClass) -> u8 {
    match class {
        ErrorClass::Busy | ErrorClass::Gone | ErrorClass::Full => 5,
        // A condition of the operator's, or a name in it.
        ErrorClass::Row | ErrorClass::Statement | ErrorClass::Missing => 2,
        ErrorClass::Denied | ErrorClass::SetUp => 4,
        ErrorClass::Unknown => 1,
    }
}

/// A function `boom(code)` that raises a code, and with it the words that nobody must be shown.
fn make_boom(db: &mut TestDb) {
    if db.backend() == Backend::Postgres {
        db.exec(
            "CREATE FUNCTION boom(code text) RETURNS double precision LANGUAGE plpgsql AS \
             $$ BEGIN RAISE EXCEPTION 'hunter2' USING ERRCODE = code; END $$",
        );
        return;
    }
    let raise = |state: &str| {
        format!("SIGNAL SQLSTATE '{state}' SET MYSQL_ERRNO = number, MESSAGE_TEXT = 'hunter2'")
    };
    let states = ["22", "23", "44", "08", "40", "42", "HY"].map(|class| {
        format!(
            "IF state = '{class}' THEN {}; END IF;",
            raise(&format!("{class}ZZ9"))
        )
    });
    db.exec(&format!(
        "CREATE FUNCTION boom(number INT, state VARCHAR(9)) RETURNS DOUBLE DETERMINISTIC NO SQL \
         BEGIN {} {}; RETURN 1; END",
        states.join(" "),
        raise("45000")
    ));
}

/// How the function is asked for a code of the table.
fn boom(backend: Backend, code: &str) -> String {
    if backend == Backend::Postgres {
        let code = match code.strip_suffix('*') {
            // A code of the class that no other line names.
            Some(class) => format!("{class:Z<4}9"),
            None => code.to_owned(),
        };
        return format!("SELECT boom('{code}')");
    }
    match code.strip_prefix("state ") {
        Some(state) => format!("SELECT boom(30001, '{}')", state.trim_end_matches('*')),
        None => format!("SELECT boom({code}, '')"),
    }
}

fn error_of(url: &str, select: &str) -> StoreError {
    runtime().block_on(async {
        let mut conn = Conn::open(&database_url(url), Role::Read).await.unwrap();
        let error = measure(&mut conn, select).await.unwrap_err();
        conn.close().await;
        error
    })
}

on_each_backend!(
    every_code_that_a_server_raises_has_its_class_its_exit_and_its_advice,
    |backend| {
        if backend == Backend::Sqlite {
            return;
        }
        let mut db = TestDb::new(backend);
        make_boom(&mut db);
        let mut wrong = Vec::new();
        for (code, class) in lines(backend) {
            let error = error_of(&db.url(), &boom(backend, code));
            let (seen, shown) = (error.class(), format!("{error} {error:?}"));
            let failure = Failure::from(error);
            let advice = failure.what_to_do();
            let names_condition = advice.contains("`where` and `except`");
            let is_theirs = matches!(
                class,
                ErrorClass::Row | ErrorClass::Statement | ErrorClass::Missing
            );
            if seen != class
                || failure.exit.code() != exit(class)
                || names_condition != is_theirs
                || shown.contains("hunter2")
                || failure.text().contains("hunter2")
            {
                wrong.push(format!("{code}: {seen:?}, {} {shown}", failure.text()));
            }
        }
        assert_eq!(wrong, Vec::<String>::new());
        // One that no line names is asked once more, and is a bug.
        let unknown = match backend {
            Backend::Postgres => "SELECT boom('XX000')",
            _ => "SELECT boom(1105, 'HY')",
        };
        let failure = Failure::from(error_of(&db.url(), unknown));
        assert_eq!(failure.exit.code(), 1);
    }
);

/// A table of some rows, and a trigger that raises what a table says for the row.
fn make_trigger(db: &mut TestDb) {
    db.exec("CREATE TABLE member (id INTEGER PRIMARY KEY, pw VARCHAR(200))");
    db.exec("CREATE TABLE raises (id INTEGER PRIMARY KEY, code VARCHAR(9), state VARCHAR(9))");
    if db.backend() == Backend::Postgres {
        db.exec(
            "CREATE FUNCTION blow() RETURNS trigger LANGUAGE plpgsql AS $$ DECLARE c text; BEGIN \
             SELECT code INTO c FROM raises WHERE id = NEW.id; \
             IF c IS NOT NULL THEN PERFORM boom(c); END IF; RETURN NEW; END $$",
        );
        db.exec("CREATE TRIGGER blow BEFORE UPDATE ON member FOR EACH ROW EXECUTE FUNCTION blow()");
    } else {
        db.exec(
            "CREATE TRIGGER blow BEFORE UPDATE ON member FOR EACH ROW BEGIN DECLARE n INT; \
             DECLARE s VARCHAR(9); DECLARE d DOUBLE; \
             SELECT MAX(code), MAX(state) INTO n, s FROM raises WHERE id = NEW.id; \
             IF n IS NOT NULL THEN SET d = boom(n, s); END IF; END",
        );
    }
}

fn raise(db: &mut TestDb, codes: &[&str]) {
    db.exec("DELETE FROM raises");
    db.exec("DELETE FROM member");
    let rows = |with: fn(usize, &str) -> Vec<Option<String>>| {
        let rows = codes.iter().enumerate();
        rows.map(|(id, code)| with(id, code)).collect::<Vec<_>>()
    };
    let weak = |id: usize, _: &str| {
        let value = "5f4dcc3b5aa765d61d8327deb882cf99".to_owned();
        vec![Some(id.to_string()), Some(value)]
    };
    db.insert("member", &["id", "pw"], rows(weak));
    let raised = if db.backend() == Backend::Postgres {
        rows(|id, code| {
            let code = match code.strip_suffix('*') {
                Some(class) => format!("{class:Z<4}9"),
                None => code.to_owned(),
            };
            vec![Some(id.to_string()), Some(code), None]
        })
    } else {
        rows(|id, code| {
            let (number, state) = match code.strip_prefix("state ") {
                Some(state) => ("30001", state.trim_end_matches('*')),
                None => (code, ""),
            };
            let texts = [id.to_string(), number.to_owned(), state.to_owned()];
            texts.map(Some).to_vec()
        })
    };
    db.insert("raises", &["id", "code", "state"], raised);
}

const CONFIG: &str = "[[credential]]\nname = \"members\"\ntable = \"member\"\nkey = \"id\"\ncolumn = \"pw\"\n\
     scheme = \"md5\"\nreaders_ready = true\n\
     [target]\nalgorithm = \"argon2id\"\nmemory_kib = 64\niterations = 1\nparallelism = 1\n";

fn impatient(url: &str) -> Saltern {
    let mut saltern = Saltern::new(url, CONFIG);
    saltern.have_no_patience();
    saltern
}

on_each_backend!(
    what_a_trigger_raises_sets_its_row_aside_or_ends_the_run_as_the_table_says,
    |backend| {
        if backend == Backend::Sqlite {
            return;
        }
        let mut db = TestDb::new(backend);
        make_boom(&mut db);
        make_trigger(&mut db);
        let saltern = impatient(&db.url());
        let lines = lines(backend);
        // All that say something of their row, at once: each is set aside, and the next row goes on.
        let of_rows: Vec<&str> = lines
            .iter()
            .filter(|(_, class)| *class == ErrorClass::Row)
            .map(|(code, _)| *code)
            .collect();
        raise(&mut db, &of_rows);
        let finished = saltern.run(&["run", "--execute", "--json"]).expect_code(3);
        let outcome = finished.json_lines().pop().unwrap().to_string();
        let refused = format!("[\"write-refused\",{}]", of_rows.len());
        assert!(outcome.contains(&refused), "{refused}: {outcome}");
        // Of the others one of each class, each in a run of its own.
        let mut one_each: BTreeMap<u8, Vec<(&str, ErrorClass)>> = BTreeMap::new();
        for (code, class) in lines {
            let of_exit = one_each.entry(exit(class)).or_default();
            if class != ErrorClass::Row && !of_exit.iter().any(|(_, seen)| *seen == class) {
                of_exit.push((code, class));
            }
        }
        for (code, class) in one_each.into_values().flatten() {
            raise(&mut db, &[code]);
            let finished = saltern.run(&["run", "--execute", "--new-run", "-q"]);
            let seen = finished.code();
            assert_eq!(seen, Some(exit(class).into()), "{code}: {finished:?}");
            assert!(!finished.stderr.contains("hunter2"), "{finished:?}");
            let weak = "SELECT COUNT(*) FROM member WHERE pw NOT LIKE '$%'";
            assert_eq!(db.count(weak), 1, "{code}");
        }
    }
);

/// A code of SQLite, and by what it comes about here; or why it can't.
enum Way {
    Cause(fn(&mut TestDb) -> Finished, i32),
    Never(&'static str),
}

const SQLITE: [(&str, Way); 20] = [
    ("5", Way::Cause(held, 5)),
    (
        "6",
        Way::Never("only connections with a shared cache meet it, and saltern has none"),
    ),
    (
        "4",
        Way::Never("a connection has one statement at a time, and no other rolls back under it"),
    ),
    ("9", Way::Never("nothing calls sqlite3_interrupt")),
    (
        "15",
        Way::Never("SQLite gives it after a second of races for the lock of the WAL"),
    ),
    (
        "17",
        Way::Never("SQLite prepares the statement once more by itself"),
    ),
    ("14", Way::Cause(journal_is_a_folder, 5)),
    (
        "7",
        Way::Never("the kernel ends a process before it has no memory"),
    ),
    ("10", Way::Cause(file_size_is_limited, 5)),
    ("13", Way::Cause(disk_is_full, 5)),
    ("3", Way::Never("no place in SQLite gives it any more")),
    ("8", Way::Cause(written_by_a_later_version, 4)),
    (
        "23",
        Way::Never("an application gives it by an authorizer, and saltern has none"),
    ),
    ("11", Way::Cause(page_is_overwritten, 4)),
    ("26", Way::Cause(is_no_database, 4)),
    ("22", Way::Never("a system without large files")),
    ("1", Way::Cause(no_such_function, 2)),
    ("18", Way::Cause(too_big, 3)),
    ("19", Way::Cause(refused, 3)),
    ("20", Way::Cause(mismatch, 3)),
];

#[test]
fn every_code_of_sqlite_has_a_cause_or_a_reason() {
    let listed: Vec<&str> = lines(Backend::Sqlite)
        .iter()
        .map(|(code, _)| *code)
        .collect();
    let ways: Vec<&str> = SQLITE.iter().map(|(code, _)| *code).collect();
    assert_eq!(listed, ways, "a line has neither a cause nor a reason");
    for (code, way) in SQLITE {
        match way {
            Way::Never(why) => assert!(!why.is_empty()),
            Way::Cause(cause, exit) => {
                let mut db = TestDb::new(Backend::Sqlite);
                db.exec("CREATE TABLE member (id INTEGER PRIMARY KEY, pw VARCHAR(200))");
                let value = "5f4dcc3b5aa765d61d8327deb882cf99";
                db.insert(
                    "member",
                    &["id", "pw"],
                    (0..200).map(|id| [Some(id.to_string()), Some(value.to_owned())]),
                );
                let finished = cause(&mut db);
                let seen = finished.code();
                assert_eq!(seen, Some(exit), "code {code}: {finished:?}");
            }
        }
    }
}

fn file_of(db: &TestDb) -> PathBuf {
    PathBuf::from(db.url().strip_prefix("sqlite://").unwrap())
}

fn beside(db: &TestDb, suffix: &str) -> PathBuf {
    PathBuf::from(format!("{}{suffix}", file_of(db).display()))
}

fn execute(db: &TestDb) -> Finished {
    impatient(&db.url()).run(&["run", "--execute", "-q"])
}

fn held(db: &mut TestDb) -> Finished {
    db.exec("BEGIN IMMEDIATE");
    let finished = execute(db);
    db.exec("ROLLBACK");
    finished
}

fn journal_is_a_folder(db: &mut TestDb) -> Finished {
    std::fs::create_dir(beside(db, "-journal")).unwrap();
    execute(db)
}

fn file_size_is_limited(db: &mut TestDb) -> Finished {
    let blocks = std::fs::metadata(file_of(db)).unwrap().len() / 1024 + 8;
    let limit = format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" \"$@\"");
    let saltern = impatient(&db.url());
    let run = saltern.spawn_within(&["bash", "-c", &limit], &["run", "--execute", "-q"]);
    run.finish()
}

/// A file system of its own with next to no room, where this machine allows one.
fn disk_is_full(db: &mut TestDb) -> Finished {
    let file = file_of(db);
    let folder = file.parent().unwrap();
    let room = std::fs::metadata(&file).unwrap().len() / 1024 + 48;
    // The copy is in the new file system, at the same path.
    let script = format!(
        "cp {0}/users.db /dev/shm/$$.db && mount -t tmpfs -o size={room}k none {0} && mv /dev/shm/$$.db {0}/users.db && exec \"$0\" \"$@\"",
        folder.display()
    );
    let saltern = impatient(&db.url());
    let wrapper = ["unshare", "--user", "--map-root-user", "--mount"];
    let allowed = std::process::Command::new(wrapper[0])
        .args(&wrapper[1..])
        .arg("true")
        .status();
    if !allowed.is_ok_and(|status| status.success()) {
        println!("left out: this machine gives no file system to a user");
        return file_size_is_limited(db);
    }
    let wrapper = [&wrapper[..], &["bash", "-c", &script]].concat();
    let run = saltern.spawn_within(&wrapper, &["run", "--execute"]);
    let finished = run.finish();
    assert!(finished.stderr.contains("code 13"), "{finished:?}");
    finished
}

fn written_by_a_later_version(db: &mut TestDb) -> Finished {
    overwrite(db, 18, &[3]);
    execute(db)
}

fn page_is_overwritten(db: &mut TestDb) -> Finished {
    overwrite(db, 4096, &[0x77; 4096]);
    impatient(&db.url()).run(&["scan"])
}

fn is_no_database(db: &mut TestDb) -> Finished {
    overwrite(db, 0, &[0x77; 100]);
    impatient(&db.url()).run(&["scan"])
}

/// Writes over the file, which nobody has open then.
fn overwrite(db: &mut TestDb, at: u64, bytes: &[u8]) {
    use std::os::unix::fs::FileExt as _;
    let file = std::fs::OpenOptions::new()
        .write(true)
        .open(file_of(db))
        .unwrap();
    file.write_all_at(bytes, at).unwrap();
}

fn no_such_function(db: &mut TestDb) -> Finished {
    let saltern = impatient(&db.url());
    let condition = "pw\"\nexcept = \"no_such_function(id) = 1\"";
    saltern.configure(&CONFIG.replace("pw\"", condition));
    saltern.run(&["scan"])
}

fn by_trigger(db: &mut TestDb, does: &str) -> Finished {
    db.exec(&format!(
        "CREATE TABLE typed (id INTEGER PRIMARY KEY); \
         CREATE TRIGGER blow BEFORE UPDATE ON member WHEN NEW.id = 7 BEGIN {does}; END"
    ));
    let finished = execute(db);
    let weak = "SELECT COUNT(*) FROM member WHERE pw NOT LIKE '$%'";
    assert_eq!(db.count(weak), 1, "{finished:?}");
    finished
}

fn too_big(db: &mut TestDb) -> Finished {
    by_trigger(db, "SELECT zeroblob(2000000000)")
}

fn refused(db: &mut TestDb) -> Finished {
    by_trigger(db, "SELECT RAISE(ABORT, 'hunter2')")
}

fn mismatch(db: &mut TestDb) -> Finished {
    by_trigger(db, "INSERT INTO typed (id) VALUES ('hunter2')")
}
