//! The sidecar as an application sees it: over its socket, on every database, and whatever is sent to it.

mod attempts;
mod bulk;
mod by_status;
mod charset;
mod crowds;
mod dearest;
mod elsewhere;
mod halves;
mod handshakes;
mod heads;
mod hostile;
mod kinds;
mod known;
mod ledgers;
mod logins;
mod memory;
mod names;
mod outages;
mod outside;
mod places;
mod pooler;
mod races;
mod redefine;
mod resets;
mod rights;
mod salts;
mod tokens;
mod twins;
mod work;

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::net::UnixStream;
use std::path::PathBuf;

use md5::{Digest as _, Md5};
use saltern::scheme::{Context, Declared, Scheme, verify};
use saltern::secret::{Password, StoredHash};
use serde_json::{Value, json};

use crate::db::TestDb;
use crate::saltern::{Running, Saltern};
use crate::servers::Backend;

/// A target that costs next to nothing.
const CHEAP: &str =
    "[target]\nalgorithm = \"argon2id\"\nmemory_kib = 8\niterations = 1\nparallelism = 1\n";

/// A credential of [`people`], whose readers can read everything.
const PARENTS: &str = "[[credential]]\nname = \"parents\"\ntable = \"parent\"\nkey = \"id\"\ncolumn = \"password\"\nscheme = \"md5\"\n\
     login = \"email\"\nexcept = \"is_service = 1\"\nreaders_ready = true\n";

/// No limit by login: a test tries the same one over and over.
const UNLIMITED: &str = "logins_burst = 0\nfailures_max = 0\n";

/// A sidecar that runs. Dropped, it is killed.
pub(crate) struct Sidecar {
    running: Running,
    /// Its folder, where nobody else holds it.
    _saltern: Option<Saltern>,
    pub(crate) socket: PathBuf,
}

/// A connection to it that is kept.
struct Client(BufReader<Box<dyn ReadWrite>>);

trait ReadWrite: Read + Write + Send {}

impl<T: Read + Write + Send> ReadWrite for T {}

/// What came back.
#[derive(Debug, PartialEq, Eq)]
struct Reply {
    status: u16,
    headers: BTreeMap<String, String>,
    body: String,
}

impl Sidecar {
    /// Starts it and waits until it listens; `serve` is what stands in `[serve]`.
    fn start(saltern: &Saltern, config: &str, serve: &str) -> Self {
        saltern.configure(&format!("{config}\n[serve]\n{serve}"));
        let mut running = saltern.spawn(&["serve"]);
        let listens =
            running.wait_until(|running| running.stderr_so_far().contains("listening on"));
        assert!(listens, "{:?}", running.finish());
        Self {
            running,
            _saltern: None,
            socket: saltern.folder().join("saltern.sock"),
        }
    }

    /// The same in a folder of its own.
    pub(crate) fn on(db: &TestDb, config: &str, serve: &str) -> Self {
        let saltern = saltern_on(db);
        let mut sidecar = Self::start(&saltern, config, serve);
        sidecar._saltern = Some(saltern);
        sidecar
    }

    /// The same on a TCP port that wants a token; `serve` names the file `token`.
    pub(crate) fn with_token(db: &TestDb, config: &str, serve: &str, token: &str) -> Self {
        let saltern = saltern_on(db);
        let file = saltern.folder().join("token");
        std::fs::write(&file, token).unwrap();
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o600)).unwrap();
        let mut sidecar = Self::start(&saltern, config, serve);
        sidecar._saltern = Some(saltern);
        sidecar
    }

    /// The address in "listening on 127.0.0.1:4711, …".
    pub(crate) fn address(&self) -> String {
        let log = self.running.stderr_so_far();
        let at = log.split("listening on ").nth(1).unwrap();
        at.split(',').next().unwrap().to_owned()
    }

    /// What it has logged, once these words are in it.
    fn log_with(&mut self, words: &str) -> String {
        let is_told = |running: &Running| running.stderr_so_far().contains(words);
        assert!(self.running.wait_until(is_told), "{words}");
        self.running.stderr_so_far()
    }

    fn client(&self) -> Client {
        Client::of(UnixStream::connect(&self.socket).unwrap())
    }

    /// A login as parent.
    pub(crate) fn login(&self, login: &str, password: &str) -> Value {
        self.client().login(login, password)
    }

    /// A number from its metrics.
    fn metric(&self, line: &str) -> u64 {
        let page = self.client().get("/metrics").body;
        let value = page
            .lines()
            .find_map(|l| l.strip_prefix(line)?.strip_prefix(' '));
        value
            .unwrap_or_else(|| panic!("no {line} in {page}"))
            .parse()
            .unwrap()
    }
}

impl Client {
    fn of(stream: impl Read + Write + Send + 'static) -> Self {
        Self(BufReader::new(Box::new(stream)))
    }

    fn get(&mut self, path: &str) -> Reply {
        self.raw(format!("GET {path} HTTP/1.1\r\nHost: saltern\r\n\r\n").as_bytes())
    }

    fn post(&mut self, path: &str, body: &Value) -> Reply {
        self.post_with(path, "", body)
    }

    fn post_with(&mut self, path: &str, headers: &str, body: &Value) -> Reply {
        let body = body.to_string();
        let head = format!(
            "POST {path} HTTP/1.1\r\nHost: saltern\r\n{headers}Content-Length: {}\r\n\r\n",
            body.len()
        );
        self.raw((head + &body).as_bytes())
    }

    /// The answer to a login as parent.
    fn login(&mut self, login: &str, password: &str) -> Value {
        let reply = self.post(
            "/v1/login",
            &json!({ "credential": "parents", "login": login, "password": password }),
        );
        assert_eq!(reply.status, 200, "{reply:?}");
        serde_json::from_str(&reply.body).unwrap()
    }

    fn raw(&mut self, request: &[u8]) -> Reply {
        self.send(request);
        self.reply().expect("an answer")
    }

    /// The answer; none where the connection is closed.
    fn reply_to(&mut self, request: &[u8]) -> Option<Reply> {
        self.send(request);
        self.reply()
    }

    fn send(&mut self, request: &[u8]) {
        // A server that has answered already may have closed its side.
        let _ = self.0.get_mut().write_all(request);
    }

    /// The next answer; none where the connection is closed instead.
    fn reply(&mut self) -> Option<Reply> {
        let mut line = String::new();
        self.0.read_line(&mut line).ok().filter(|n| *n > 0)?;
        let status = line.split(' ').nth(1).unwrap().parse().unwrap();
        let mut headers = BTreeMap::new();
        loop {
            let mut line = String::new();
            self.0.read_line(&mut line).unwrap();
            let Some((name, value)) = line.trim_end().split_once(": ") else {
                break;
            };
            headers.insert(name.to_lowercase(), value.to_owned());
        }
        let length = headers
            .get("content-length")
            .map_or(0, |n| n.parse().unwrap());
        let mut body = vec![0; length];
        self.0.read_exact(&mut body).unwrap();
        headers.remove("date");
        Some(Reply {
            status,
            headers,
            body: String::from_utf8(body).unwrap(),
        })
    }
}

/// The answers to a login.
fn matched(upgraded: bool) -> Value {
    json!({ "outcome": "match", "upgraded": upgraded })
}

fn mismatch() -> Value {
    json!({ "outcome": "mismatch", "upgraded": false })
}

/// A table of parents: number `n` has the login `nN@x.org`, and the MD5 of [`password_of`].
fn people(backend: Backend, rows: u64) -> TestDb {
    people_in(TestDb::new(backend), rows)
}

fn people_in(mut db: TestDb, rows: u64) -> TestDb {
    db.exec(
        "CREATE TABLE parent (id INTEGER PRIMARY KEY, email VARCHAR(100) NOT NULL, password VARCHAR(255), first VARCHAR(40), \
         is_service INTEGER DEFAULT 0 NOT NULL)",
    );
    db.exec("CREATE INDEX parent_email ON parent (email)");
    db.insert(
        "parent",
        &["id", "email", "password", "first"],
        (0..rows).map(|id| {
            let hash = Some(md5(&password_of(id)));
            [Some(id.to_string()), Some(login_of(id)), hash.clone(), hash]
        }),
    );
    db
}

fn login_of(id: u64) -> String {
    format!("n{id}@x.org")
}

fn password_of(id: u64) -> String {
    format!("pässword {id}")
}

fn md5(password: &str) -> String {
    Md5::digest(password)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

fn set(db: &mut TestDb, id: u64, value: Option<&str>) {
    let value = db.backend().literal(value);
    db.exec(&format!(
        "UPDATE parent SET password = {value} WHERE id = {id}"
    ));
}

fn stored(db: &mut TestDb, id: u64) -> Option<String> {
    db.value(&format!("SELECT password FROM parent WHERE id = {id}"))
}

fn opens(stored: &str, password: &str) -> bool {
    let (stored, password) = (StoredHash::new(stored), Password::new(password));
    let declared = Declared::Scheme(Scheme::MD5);
    matches!(
        verify(&stored, &password, declared, &Context::default()),
        Ok(true)
    )
}

fn saltern_on(db: &TestDb) -> Saltern {
    let mut saltern = Saltern::new(&db.url(), "");
    saltern.set("SALTERN_KERNEL", "crate");
    saltern
}
