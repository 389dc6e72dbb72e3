//! A round's table: drawn from its seed, filled, and with a log of every change to it.

use crate::check::Formula;
use crate::db::TestDb;
use crate::members::{Held, Member, Members};
use crate::random::Random;
use crate::servers::Backend;

/// What a round's table is like.
#[derive(Clone, Debug)]
pub(crate) struct Shape {
    pub(crate) formula: Formula,
    /// Whether the scheme is named. If not it has to be proven.
    pub(crate) is_declared: bool,
    /// Whether a NULL salt is nothing to the formula.
    pub(crate) empty_salt: bool,
    pub(crate) bcrypt: bool,
    pub(crate) rows: u64,
    /// Whether the application still stores weakly.
    pub(crate) old_writer: bool,
    /// Whether a sidecar answers logins meanwhile.
    pub(crate) serves: bool,
    /// Whether what is weak is reset at the end.
    pub(crate) resets: bool,
    /// SQLite's journal is a WAL.
    pub(crate) wal: bool,
}

impl Shape {
    pub(crate) fn draw(random: &mut Random) -> Self {
        let formula = *random.of(&Formula::ALL);
        let (old_writer, resets) = (random.once_in(3), random.once_in(3));
        // A few common passwords prove a scheme without salt, but not of the few rows that an old writer adds.
        let must_be_declared =
            formula.takes_salt() || formula == Formula::Plaintext || old_writer || resets;
        Self {
            formula,
            is_declared: must_be_declared || random.once_in(2),
            empty_salt: random.once_in(2),
            bcrypt: random.once_in(4),
            rows: 900 + random.below(600),
            old_writer,
            serves: formula != Formula::Plaintext && random.once_in(3),
            resets,
            wal: random.once_in(2),
        }
    }

    /// What stands in `saltern.toml` behind the database.
    pub(crate) fn config(&self) -> String {
        let scheme = if self.is_declared {
            self.formula.name()
        } else {
            "auto"
        };
        let salt = match (self.formula.takes_salt(), self.empty_salt) {
            (false, _) => "",
            (true, false) => "salt = \"salt\"\n",
            (true, true) => "salt = \"salt\"\nempty_salt = \"empty\"\n",
        };
        let target = if self.bcrypt {
            "algorithm = \"bcrypt\"\ncost = 4\n"
        } else {
            "algorithm = \"argon2id\"\nmemory_kib = 64\niterations = 1\nparallelism = 1\n"
        };
        format!(
            "[[credential]]\nname = \"members\"\ntable = \"member\"\nkey = \"id\"\ncolumn = \"pw\"\nscheme = \"{scheme}\"\n\
             login = \"login\"\nreaders_ready = true\n{salt}\n[target]\n{target}\n[serve]\nlogins_burst = 0\n"
        )
    }

    /// Whether rows stay as they are because nothing proves them.
    pub(crate) fn keeps_rows(&self) -> bool {
        self.formula.takes_salt() && !self.empty_salt
    }

    /// Of the log: what a run has wrapped or hashed.
    pub(crate) fn ours(&self) -> String {
        let old = "(was IS NULL OR was NOT LIKE '$%')";
        let name = if self.bcrypt { "2b" } else { "argon2id" };
        let cost = if self.bcrypt { "" } else { "%m=64,t=1,p=1" };
        if self.formula == Formula::Plaintext {
            format!("{old} AND now LIKE '${name}$%{cost}%'")
        } else {
            format!("{old} AND now LIKE '${name}--%{cost}$%'")
        }
    }

    /// Makes the table and its log, and fills it.
    pub(crate) fn fill(&self, db: &mut TestDb, random: &mut Random) -> Members {
        if self.wal && db.backend() == Backend::Sqlite {
            db.query("PRAGMA journal_mode = WAL");
        }
        db.exec(
            "CREATE TABLE member (id INTEGER PRIMARY KEY, login VARCHAR(40), pw VARCHAR(255), salt VARCHAR(20), seen VARCHAR(40))",
        );
        db.exec("CREATE TABLE changes (id INTEGER, was VARCHAR(255), now VARCHAR(255))");
        let mut members = Members::default();
        let mut rows = Vec::new();
        for id in 0..self.rows {
            let (held, [value, salt]) = self.row(id, random);
            rows.push([Some(id.to_string()), Some(login_of(id)), value, salt]);
            members.all.insert(id, Member::new(held));
        }
        db.insert("member", &["id", "login", "pw", "salt"], rows);
        log_changes(db);
        members
    }

    /// What somebody holds who was there before the application was taught, with the value and the salt.
    pub(crate) fn row(&self, id: u64, random: &mut Random) -> (Held, [Option<String>; 2]) {
        let salt = self.salt(random);
        let held = self.first(id, random);
        let value = match &held {
            Held::Password { password, .. } => {
                let old = self
                    .formula
                    .old(password, salt.as_deref().unwrap_or_default());
                let upper = self.formula != Formula::Plaintext && random.once_in(3);
                Some(if upper { old.to_uppercase() } else { old })
            }
            Held::Value(value) => value.clone(),
            Held::Nobody => unreachable!("everybody is there at the start"),
        };
        (held, [value, salt])
    }

    /// A salt as the application draws it; sometimes none.
    pub(crate) fn salt(&self, random: &mut Random) -> Option<String> {
        (self.formula.takes_salt() && !random.once_in(20))
            .then(|| format!("{:08x}", random.next() >> 32))
    }

    fn first(&self, id: u64, random: &mut Random) -> Held {
        let values: &[Option<&str>] = match self.formula {
            // There all other texts are passwords.
            Formula::Plaintext => &[None, Some("")],
            _ => &[None, Some(""), Some("!"), Some("*LK*"), Some("x")],
        };
        if random.once_in(25) {
            return Held::Value(random.of(values).map(str::to_owned));
        }
        let password = match id % 60 {
            0 => "123456".to_owned(),
            1 => "dragon".to_owned(),
            2 => "qwerty".to_owned(),
            _ => format!("pässword {id} of old"),
        };
        Held::Password {
            password,
            is_strong: false,
        }
    }
}

pub(crate) fn login_of(id: u64) -> String {
    format!("member{id}")
}

/// Every UPDATE leaves a line in `changes`, in the same transaction.
fn log_changes(db: &mut TestDb) {
    let insert = "INSERT INTO changes VALUES (OLD.id, OLD.pw, NEW.pw)";
    let sql = match db.backend() {
        Backend::Postgres => {
            db.exec(&format!(
                "CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {insert}; RETURN NEW; END $$"
            ));
            "CREATE TRIGGER note AFTER UPDATE OF pw ON member FOR EACH ROW EXECUTE FUNCTION note()"
                .to_owned()
        }
        Backend::Sqlite => {
            format!("CREATE TRIGGER note AFTER UPDATE OF pw ON member BEGIN {insert}; END")
        }
        Backend::MariaDb | Backend::MySql => {
            format!("CREATE TRIGGER note AFTER UPDATE ON member FOR EACH ROW {insert}")
        }
    };
    db.exec(&sql);
}
