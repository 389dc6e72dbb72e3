//! The whole job by the built command in processes of its own: everyone logs in, the application goes on, and whatever is killed, run
//! again, comes to the same end.

mod adopt;
mod application;
mod census;
#[cfg(feature = "failpoints")]
mod cuts;
#[cfg(feature = "failpoints")]
mod damaged;
mod everyone;
mod format;
mod forms;
#[cfg(feature = "failpoints")]
mod half_open;
mod holders;
#[cfg(feature = "failpoints")]
mod join;
#[cfg(feature = "failpoints")]
mod kills;
#[cfg(feature = "failpoints")]
mod known;
mod limits;
mod marker;
mod memory;
mod on_reset;
mod outages;
mod parts;
mod pooler;
mod refusals;
mod relabel;
mod resets;
mod rights;
mod salted;
mod secrets;
#[cfg(feature = "failpoints")]
mod settings;
mod signals;
mod site;
mod steer;
#[cfg(feature = "failpoints")]
mod steering;
mod told;
mod waits;

use md5::{Digest as _, Md5};
use saltern::kernel::{Implementation, OnThisThread, SingleHashes};
use saltern::scheme::{Context, Declared, unlabel, verify};
use saltern::secret::{Password, StoredHash};

use crate::db::TestDb;
use crate::saltern::{Finished, POINTS, Running, SHORT, Saltern};
use crate::servers::Backend;
use crate::session::Session;

/// A target that costs next to nothing.
const CHEAP: &str =
    "[target]\nalgorithm = \"argon2id\"\nmemory_kib = 64\niterations = 1\nparallelism = 1\n";

/// A table of parents with the MD5 of known passwords, a log of every change to it, and the folder to run the command from.
struct Parents {
    db: TestDb,
    saltern: Saltern,
}

impl Parents {
    fn new(backend: Backend, rows: u64) -> Self {
        Self::within(TestDb::new(backend), rows)
    }

    fn within(mut db: TestDb, rows: u64) -> Self {
        db.exec("CREATE TABLE parent (id INTEGER PRIMARY KEY, password VARCHAR(255), seen VARCHAR(60), first VARCHAR(40))");
        db.exec("CREATE TABLE changes (id INTEGER, was VARCHAR(255), now VARCHAR(255))");
        db.insert(
            "parent",
            &["id", "password", "first"],
            (0..rows).map(|id| {
                let hash = Some(md5(&password_of(id)));
                [Some(id.to_string()), hash.clone(), hash]
            }),
        );
        log_changes(&mut db);
        let saltern = Saltern::new(&db.url(), &parents_config(""));
        Self { db, saltern }
    }

    /// `saltern run --execute` with more.
    fn execute(&self, more: &[&str]) -> Finished {
        self.spawn(more).finish()
    }

    fn spawn(&self, more: &[&str]) -> Running {
        self.saltern
            .spawn(&[&["run", "--execute"][..], more].concat())
    }

    /// Starts a run and waits until it writes.
    fn spawn_writing(&mut self, more: &[&str]) -> Running {
        let before = wrapped(&mut self.db);
        let mut run = self.spawn(&[more, &["--json"][..]].concat());
        let db = &mut self.db;
        let writes = run.wait_until(|_| wrapped(db) > before);
        assert!(writes, "{:?}", run.finish());
        run
    }

    /// Runs the command to its end after whatever happened, and checks all that must hold then.
    fn finish_and_check(&mut self) {
        let finished = self.execute(&["-q"]);
        finished.expect_code(0);
        self.check_done();
    }

    /// Every parent of the table can log in, each row was wrapped once, and the ledger says what the data says.
    fn check_done(&mut self) {
        self.check_ledger();
        for row in self.db.query("SELECT id, password FROM parent ORDER BY id") {
            let [Some(id), Some(stored)] = row.as_slice() else {
                panic!("a row became NULL: {row:?}");
            };
            check_opens(stored, &password_of(id.parse().unwrap()), "md5");
        }
        assert_eq!(
            self.ledger_number("SELECT COUNT(*) FROM {run} WHERE state = 'active'"),
            0
        );
        assert_eq!(
            self.ledger_number("SELECT COUNT(*) FROM {column_lock} WHERE owner IS NOT NULL"),
            0
        );
    }

    /// No row was wrapped twice, and the ledger counts as many rows as were changed by the command; at any moment.
    fn check_ledger(&mut self) {
        let doubles = "SELECT COUNT(*) FROM changes WHERE was LIKE '$argon2id--%' AND now LIKE '$argon2id--%' AND was <> now";
        assert_eq!(self.db.count(doubles), 0, "rows were wrapped twice");
        let ours =
            "SELECT COUNT(*) FROM changes WHERE was NOT LIKE '$%' AND now LIKE '$argon2id--md5$%'";
        let ours = self.db.count(ours);
        let sums = "SELECT SUM(candidates), SUM(done), SUM(superseded), SUM(deleted), SUM(quarantined) FROM {chunk}";
        let sums = self.ledger(sums);
        let [candidates, done, superseded, deleted, quarantined] = sums[0]
            .iter()
            .map(|n| n.as_deref().map_or(0, |n| n.parse::<u64>().unwrap()))
            .collect::<Vec<_>>()[..]
        else {
            panic!("{sums:?}");
        };
        assert_eq!(done, ours, "the ledger's count is not the data's");
        assert_eq!(
            candidates,
            done + superseded + deleted + quarantined,
            "the counts do not add up"
        );
    }

    fn ledger(&mut self, sql: &str) -> Vec<Vec<Option<String>>> {
        let sql = in_ledger(self.db.backend(), sql);
        self.db.query(&sql)
    }

    fn ledger_number(&mut self, sql: &str) -> u64 {
        let sql = in_ledger(self.db.backend(), sql);
        self.db.count(&sql)
    }
}

/// A statement with the ledger's tables in braces.
fn in_ledger(backend: Backend, sql: &str) -> String {
    let before = if backend == Backend::Postgres {
        "saltern."
    } else {
        "saltern_"
    };
    sql.replace('{', before).replace('}', "")
}

/// A configuration of the parents' column; `more` goes into its credential.
fn parents_config(more: &str) -> String {
    format!(
        "[[credential]]\nname = \"parents\"\ntable = \"parent\"\nkey = \"id\"\ncolumn = \"password\"\nscheme = \"md5\"\nreaders_ready = true\n{more}\n{CHEAP}"
    )
}

/// How many rows are wrapped now.
fn wrapped(session: &mut Session) -> u64 {
    // The server may be down for the moment.
    let rows = session.try_query("SELECT COUNT(*) FROM parent WHERE password LIKE '$argon2id--%'");
    rows.map_or(0, |rows| rows[0][0].as_deref().unwrap().parse().unwrap())
}

/// Every UPDATE of the parents leaves a line in `changes`, in the same transaction.
fn log_changes(db: &mut TestDb) {
    let insert = "INSERT INTO changes VALUES (OLD.id, OLD.password, NEW.password)";
    match db.backend() {
        Backend::Postgres => {
            db.exec(&format!(
                "CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {insert}; RETURN NEW; END $$"
            ));
            db.exec(
                "CREATE TRIGGER note AFTER UPDATE ON parent FOR EACH ROW EXECUTE FUNCTION note()",
            );
        }
        Backend::MariaDb | Backend::MySql => {
            db.exec(&format!(
                "CREATE TRIGGER note AFTER UPDATE ON parent FOR EACH ROW {insert}"
            ));
        }
        Backend::Sqlite => {
            db.exec(&format!(
                "CREATE TRIGGER note AFTER UPDATE ON parent BEGIN {insert}; END"
            ));
        }
    }
}

fn password_of(id: u64) -> String {
    format!("pässword {id}")
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn md5(password: &str) -> String {
    hex(&Md5::digest(password))
}

/// Verifies on this thread by the crates: the tests' profile does not optimise our kernels, and that logins by them are right is shown in
/// `kernel`.
fn by_the_crates() -> OnThisThread {
    let crates = SingleHashes {
        implementation: Some(Implementation::Crates),
        ..SingleHashes::default()
    };
    crates.on_this_thread()
}

/// The password opens the stored value, which is wrapped once, around that inner scheme.
fn check_opens(stored: &str, password: &str, inner: &str) {
    let unmarked = unlabel(stored).unwrap_or_else(|| panic!("not wrapped: {stored}"));
    assert_eq!(unmarked.inner.as_str(), inner);
    assert!(
        unlabel(&unmarked.native).is_none(),
        "wrapped twice: {stored}"
    );
    assert!(opens(stored, password), "locked out: {stored}");
}

fn opens(stored: &str, password: &str) -> bool {
    let _crates = by_the_crates();
    let (stored, password) = (StoredHash::new(stored), Password::new(password));
    matches!(
        verify(&stored, &password, Declared::Auto, &Context::default()),
        Ok(true)
    )
}
