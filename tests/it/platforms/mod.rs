//! The platforms' own logins, with the code of the pages in `docs/integrations`, on a database that the built command has wrapped: the old
//! password logs in, a wrong one and a leaked digest don't, the row is upgraded, and the next login works. Whoever is reset then is out, and
//! everybody else is in.
//!
//! A test that needs what Debian's own suite doesn't have says so in its name, by which `tests/run` leaves it out.

mod crowd;
mod crypt;
mod devise;
mod dovecot;
mod edges;
mod freeradius;
mod identity;
mod ldap;
mod mediawiki;
mod page;
mod postfixadmin;
mod reader;
mod redmine;
mod stages;
mod unpacked;
mod wordpress;
mod zabbix;

use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use md5::{Digest, Md5};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::db::TestDb;
use crate::saltern::Saltern;
use crate::servers::{self, Backend, Missing};

const PEOPLE: [(&str, &str); 2] = [("anna", "Pässwörd 1"), ("bert", "secret 2")];

const ARGON2ID: &str =
    "algorithm = \"argon2id\"\nmemory_kib = 64\niterations = 1\nparallelism = 1\n";
const BCRYPT: &str = "algorithm = \"bcrypt\"\ncost = 4\nprefix = \"2y\"\n";
const PBKDF2: &str = "algorithm = \"pbkdf2-sha256\"\niterations = 1000\n";

/// A platform's login page in a process of its own, which answers a line with a line.
struct Site {
    child: Child,
    questions: ChildStdin,
    answers: BufReader<ChildStdout>,
    /// Whether the platform has the page's code; a script that always has it doesn't ask.
    page: bool,
    /// The code of the page that it runs.
    _code: TempDir,
}

/// A table of users that a platform logs in.
struct Users {
    db: TestDb,
    table: &'static str,
    login: &'static str,
    column: &'static str,
    /// What stood in the rows before the wrap, and may have leaked.
    old: Vec<String>,
    /// Those beside the two of [`PEOPLE`].
    crowd: Vec<crowd::Member>,
}

/// How a value begins before and after its user's login.
struct Fronts {
    wrapped: &'static str,
    native: &'static str,
}

impl Site {
    /// Starts a script beside this file with a database, the code of a page, and one argument more.
    fn start(mut program: Command, script: &str, page: &str, db: &str, argument: &str) -> Self {
        let path: PathBuf = [env!("CARGO_MANIFEST_DIR"), "tests/it/platforms", script]
            .iter()
            .collect();
        let code = page::code(page);
        let mut child = program
            .arg(path)
            .arg(db)
            .arg(code.path())
            .arg(argument)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        Self {
            questions: child.stdin.take().unwrap(),
            answers: BufReader::new(child.stdout.take().unwrap()),
            page: true,
            child,
            _code: code,
        }
    }

    fn ask(&mut self, question: &Value) -> String {
        writeln!(self.questions, "{question}").unwrap();
        let mut answer = String::new();
        self.answers.read_line(&mut answer).unwrap();
        assert!(answer.ends_with('\n'), "the site gave up at {question}");
        answer.trim_end().to_owned()
    }

    fn lets_in(&mut self, login: &str, password: &str) -> bool {
        let page = self.page;
        let question =
            json!({ "do": "log in", "login": login, "password": password, "page": page });
        match self.ask(&question).as_str() {
            "in" => true,
            "out" => false,
            other => panic!("{other}"),
        }
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        // It may be gone already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Users {
    fn new(backend: Backend) -> Self {
        Self::with_values(backend, PEOPLE.map(|(_, password)| md5(password)))
    }

    fn with_values(backend: Backend, old: [impl Into<String>; 2]) -> Self {
        let old: Vec<String> = old.into_iter().map(Into::into).collect();
        let mut db = TestDb::new(backend);
        db.exec(
            "CREATE TABLE users (id INTEGER PRIMARY KEY, login VARCHAR(60), password VARCHAR(255))",
        );
        let people = PEOPLE.iter().zip(&old).zip(1..);
        let people = people.map(|(((login, _), old), id)| {
            let text = |text: &str| Some(text.to_owned());
            [Some(id.to_string()), text(login), text(old)]
        });
        db.insert("users", &["id", "login", "password"], people);
        Self {
            db,
            table: "users",
            login: "login",
            column: "password",
            old,
            crowd: Vec::new(),
        }
    }

    /// What a driver for SQLite takes.
    fn file(&self) -> String {
        file_of(&self.db)
    }

    fn saltern(&self, scheme: &str, more: &str) -> Saltern {
        let config = format!(
            "[[credential]]\nname = \"users\"\ntable = \"{}\"\nkey = \"id\"\ncolumn = \"{}\"\nscheme = \"{scheme}\"\nlogin = \"{}\"\nreaders_ready = true\n\n{more}",
            self.table, self.column, self.login
        );
        Saltern::new(&self.db.url(), &config)
    }

    /// Wraps every value by the built command.
    fn wrap(&self, target: &str) {
        self.wrap_as("md5", target);
    }

    fn wrap_as(&self, scheme: &str, target: &str) {
        let saltern = self.saltern(scheme, &format!("[target]\n{target}"));
        saltern.run(&["run", "--execute", "-q"]).expect_code(0);
    }

    /// Anna is reset by the built command: she is out by whatever was or is known of her row, and bert is in.
    fn check_reset(&mut self, site: &mut Site, target: &str, value: &str) {
        let [anna, bert] = PEOPLE;
        let before = self.stored(anna.0);
        let on_reset = format!("[credential.on_reset]\nvalue = \"{value}\"\n[target]\n{target}");
        let saltern = self.saltern("md5", &on_reset);
        std::fs::write(saltern.folder().join("users"), anna.0).unwrap();
        let chosen = ["--users", "users", "--by", "login"];
        let reset = [&["reset", "--execute", "--confirm", "1"][..], &chosen].concat();
        saltern.run(&reset).expect_code(0);

        let dead = self.stored(anna.0);
        assert!(dead.starts_with('!') && dead != before, "{dead}");
        assert!(!site.lets_in(anna.0, &before), "the old value logs in");
        assert!(!site.lets_in(anna.0, anna.1), "the old password logs in");
        self.check_refused(site, anna.0, anna.1);
        assert_eq!(self.stored(anna.0), dead, "a refused login wrote");
        assert!(site.lets_in(bert.0, bert.1), "bert is locked out");
    }

    fn stored(&mut self, login: &str) -> String {
        let sql = format!(
            "SELECT {} FROM {} WHERE {} = '{login}'",
            self.column, self.table, self.login
        );
        self.db.value(&sql).unwrap()
    }

    fn set(&mut self, login: &str, value: &str) {
        self.db.exec(&format!(
            "UPDATE {} SET {} = '{value}' WHERE {} = '{login}'",
            self.table, self.column, self.login
        ));
    }

    /// Everyone's login, from the wrap to the second one after it.
    fn check(&mut self, site: &mut Site, fronts: &Fronts) {
        for (login, password) in PEOPLE {
            let wrapped = self.stored(login);
            assert!(wrapped.starts_with(fronts.wrapped), "{wrapped}");
            self.check_refused(site, login, password);
            assert_eq!(self.stored(login), wrapped, "a refused login wrote");

            assert!(site.lets_in(login, password), "locked out of {wrapped}");
            let native = self.stored(login);
            assert!(native.starts_with(fronts.native), "{native}");

            assert!(site.lets_in(login, password), "locked out of {native}");
            self.check_refused(site, login, password);
        }
    }

    fn check_refused(&mut self, site: &mut Site, login: &str, password: &str) {
        let mut wrong = vec!["wrong".to_owned(), String::new(), password.to_uppercase()];
        wrong.push(self.stored(login));
        wrong.extend_from_slice(&self.old);
        for wrong in wrong {
            assert!(!site.lets_in(login, &wrong), "{wrong:?} logs in");
        }
    }
}

fn md5(password: &str) -> String {
    Md5::digest(password)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

fn file_of(db: &TestDb) -> String {
    let url = db.url();
    url.trim_start_matches("sqlite:")
        .trim_start_matches("//")
        .to_owned()
}

/// The Python of `tests/run`, which has the packages of `tests/requirements.txt`.
fn python() -> Result<Command, Missing> {
    match std::env::var_os("SALTERN_TEST_PYTHON") {
        Some(python) => Ok(Command::new(python)),
        None => Err(Missing(
            "SALTERN_TEST_PYTHON names no Python (tests/run makes one)".to_owned(),
        )),
    }
}

fn php() -> Result<Command, Missing> {
    let mut php = Command::new("php");
    match php.arg("--version").output() {
        Ok(_) => Ok(Command::new("php")),
        Err(error) => Err(Missing(format!("no php: {error}"))),
    }
}

/// Node.js with the packages that `tests/run` put into a folder.
fn node() -> Result<Command, Missing> {
    let Some(packages) = std::env::var_os("SALTERN_TEST_NODE") else {
        return Err(Missing(
            "SALTERN_TEST_NODE names no folder of packages (tests/run makes one)".to_owned(),
        ));
    };
    let mut node = Command::new("node");
    node.env("NODE_PATH", packages);
    Ok(node)
}

/// Runs a check with what it needs, or says that it is left out.
fn with<T>(needed: Result<T, Missing>, check: impl FnOnce(T)) {
    match needed {
        Ok(needed) => check(needed),
        Err(missing) => servers::leave_out(&missing),
    }
}

/// Django's table of users with the people in it, and a site on it.
fn django(python: Command, hasher: &str) -> (Users, Site) {
    let mut users = Users {
        db: TestDb::new(Backend::Sqlite),
        table: "auth_user",
        login: "username",
        column: "password",
        old: PEOPLE.map(|(_, password)| md5(password)).to_vec(),
        crowd: Vec::new(),
    };
    let file = users.file();
    let mut site = Site::start(python, "django_site.py", "django", &file, hasher);
    assert_eq!(site.ask(&json!({ "do": "make tables" })), "made");
    for (login, password) in PEOPLE {
        users.db.exec(&format!(
            "INSERT INTO auth_user (username, password, is_active, is_staff, is_superuser, first_name, last_name, email, date_joined) \
             VALUES ('{login}', '{}', 1, 0, 0, '', '', '', '2015-11-14')",
            md5(password)
        ));
    }
    (users, site)
}

fn check_django(hasher: &str, target: &str, fronts: &Fronts) {
    with(python(), |python| {
        let (mut users, mut site) = django(python, hasher);
        let signed = site.ask(&json!({ "do": "sign", "login": "anna" }));

        users.wrap(&format!("{target}dialect = \"django\"\n"));

        let question = json!({ "do": "check", "login": "anna", "signed": signed });
        assert_eq!(site.ask(&question), "session ended, link dead");
        users.check(&mut site, fronts);
        users.check_reset(
            &mut site,
            &format!("{target}dialect = \"django\"\n"),
            "!{random}",
        );
    });
}

#[test]
fn django_reads_argon2id_by_another_implementation() {
    let fronts = Fronts {
        wrapped: "argon2_wrapped_md5$argon2id$v=19$m=64,t=1,p=1$",
        native: "argon2$argon2id$v=19$m=102400,",
    };
    check_django("Argon2PasswordHasher", ARGON2ID, &fronts);
}

#[test]
fn django_reads_bcrypt_by_another_implementation() {
    let fronts = Fronts {
        wrapped: "bcrypt_wrapped_md5$$2y$04$",
        native: "bcrypt_sha256$$2b$12$",
    };
    check_django("BCryptSHA256PasswordHasher", BCRYPT, &fronts);
}

#[test]
fn django_reads_pbkdf2_by_another_implementation() {
    let fronts = Fronts {
        wrapped: "pbkdf2_sha256_wrapped_md5$1000$",
        native: "pbkdf2_sha256$",
    };
    check_django("PBKDF2PasswordHasher", PBKDF2, &fronts);
}

fn check_php(kind: &str, target: &str, fronts: &Fronts) {
    with(php(), |php| {
        let mut users = Users::new(Backend::Sqlite);
        users.wrap(target);
        let mut site = Site::start(php, "php_site.php", "php", &users.file(), kind);
        users.check(&mut site, fronts);
        users.check_reset(&mut site, target, "!saltern:reset:{random}");
    });
}

#[test]
fn php_reads_argon2id() {
    let fronts = Fronts {
        wrapped: "$argon2id--md5$v=19$m=64,",
        native: "$2y$10$",
    };
    check_php("plain", ARGON2ID, &fronts);
}

#[test]
fn php_reads_bcrypt() {
    let fronts = Fronts {
        wrapped: "$2y--md5$04$",
        native: "$2y$10$",
    };
    check_php("plain", BCRYPT, &fronts);
}

#[test]
fn laravels_hasher_reads_bcrypt() {
    let fronts = Fronts {
        wrapped: "$2y--md5$04$",
        native: "$2y$04$",
    };
    check_php("laravel", BCRYPT, &fronts);
}

#[test]
fn symfonys_hashers_read_argon2id_and_bcrypt() {
    for (target, wrapped) in [(ARGON2ID, "$argon2id--md5$"), (BCRYPT, "$2y--md5$04$")] {
        let fronts = Fronts {
            wrapped,
            native: "$2y$04$",
        };
        check_php("symfony", target, &fronts);
    }
}

fn check_python(module: &str, target: &str, fronts: &Fronts) {
    with(python(), |python| {
        let mut users = Users::new(Backend::Sqlite);
        users.wrap(target);
        let mut site = Site::start(python, "python_site.py", "python", &users.file(), module);
        users.check(&mut site, fronts);
    });
}

#[test]
fn argon2_cffi_and_bcrypt_read_their_strings_by_another_implementation() {
    for (target, wrapped) in [(ARGON2ID, "$argon2id--md5$"), (BCRYPT, "$2y--md5$04$")] {
        let fronts = Fronts {
            wrapped,
            native: "$argon2id$v=19$m=65536,",
        };
        check_python("wrapped", target, &fronts);
    }
}

#[test]
fn passlib_reads_argon2id_by_another_implementation() {
    let fronts = Fronts {
        wrapped: "$argon2id--md5$",
        native: "$argon2id$v=19$m=65536,",
    };
    check_python("wrapped_passlib", ARGON2ID, &fronts);
}

#[test]
fn nodes_packages_read_argon2id_and_bcrypt_by_npm() {
    // The package `bcrypt` does not know PHP's prefix.
    let bcrypt = BCRYPT.replace("2y", "2b");
    for package in ["bcrypt", "bcryptjs"] {
        for (target, wrapped) in [(ARGON2ID, "$argon2id--md5$"), (&*bcrypt, "$2b--md5$04$")] {
            with(node(), |node| {
                let mut users = Users::new(Backend::Postgres);
                users.wrap(target);
                let mut site = Site::start(node, "node_site.js", "node", &users.db.url(), package);
                let fronts = Fronts {
                    wrapped,
                    native: "$argon2id$v=19$m=65536,",
                };
                users.check(&mut site, &fronts);
            });
        }
    }
}
