//! FreeRADIUS: its server, asked by `radclient`, with the configuration of docs/integrations/freeradius.md.

use std::io::Write as _;
use std::net::UdpSocket;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

use super::{PEOPLE, md5, page, stages, unpacked, with};
use crate::db::TestDb;
use crate::serve::Sidecar;
use crate::servers::{Backend, Missing};

const TOKEN: &str = "0123456789abcdef0123456789abcdef";
const SECRET: &str = "a secret";

/// Rows that saltern leaves alone: a user with a password in the clear, and two who are disabled.
const OTHERS: [(&str, &str, &str); 5] = [
    ("clear", "Cleartext-Password", "in the clear"),
    ("barred", "MD5-Password", "5f4dcc3b5aa765d61d8327deb882cf99"),
    ("barred", "Auth-Type", "Reject"),
    ("barred-clear", "Cleartext-Password", "in the clear"),
    ("barred-clear", "Auth-Type", "Reject"),
];

/// When its standard input closes, which it does however the test ends, the server stops.
const RUN: &str = "\"$@\" & server=$!; cat >/dev/null; kill $server; wait $server";

/// How often a client asks again, a second apart, before it gives up.
const TRIES_MAX: &str = "60";

/// A FreeRADIUS. Dropped, it is stopped.
struct Radius {
    root: PathBuf,
    shell: Child,
    port: u16,
    folder: TempDir,
}

/// The folder of the packages.
fn freeradius() -> Result<PathBuf, Missing> {
    unpacked::path("own", "usr/sbin/freeradius")?;
    unpacked::path("own", "usr/lib/freeradius/rlm_rest.so")?;
    unpacked::path("own", "")
}

fn libraries(root: &Path) -> String {
    let machine = format!("{}-linux-gnu", std::env::consts::ARCH);
    let folders = [
        format!("usr/lib/{machine}"),
        "usr/lib/freeradius".to_owned(),
        format!("lib/{machine}"),
    ];
    folders
        .map(|folder| root.join(folder).display().to_string())
        .join(":")
}

impl Radius {
    /// Starts it. `parts` are the page's blocks in `authorize` and in `authenticate`.
    fn start(root: &Path, db: &str, sidecar: &str, parts: [&str; 2]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let code = page::code("freeradius");
        let block = |name: &str| match name {
            "pap" => "pap\n".to_owned(),
            name => std::fs::read_to_string(code.path().join(name)).unwrap(),
        };
        let port = {
            let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
            socket.local_addr().unwrap().port()
        };
        let (at, root) = (folder.path().display(), root.to_path_buf());
        let shared = root.join("usr/share/freeradius");
        let own = std::fs::read_to_string(code.path().join("dictionary")).unwrap();
        let dictionary = format!("$INCLUDE {}/dictionary\n{own}", shared.display());
        std::fs::write(folder.path().join("dictionary"), dictionary).unwrap();
        let rest = block("saltern").replace("http://127.0.0.1:8025", &format!("http://{sidecar}"));
        let authorize = block(parts[0]).replace("<the token>", TOKEN);
        let authenticate = block(parts[1]);
        let text = format!(
            "prefix = /usr\nlogdir = {at}\nraddbdir = {at}\nrun_dir = {at}\nlibdir = {lib}\npidfile = {at}/pid\n\
             max_request_time = 30\ncleanup_delay = 1\nlog {{\n  destination = files\n  file = {at}/log\n}}\n\
             security {{\n  max_attributes = 200\n  reject_delay = 0\n  status_server = no\n}}\n\
             client test {{\n  ipaddr = 127.0.0.1\n  secret = \"{SECRET}\"\n}}\n\
             thread pool {{\n  start_servers = 1\n  max_servers = 4\n  min_spare_servers = 1\n  max_spare_servers = 3\n  max_requests_per_server = 0\n}}\n\
             modules {{\n  expr {{\n  }}\n  pap {{\n    normalise = yes\n  }}\n  sql {{\n    dialect = sqlite\n    driver = rlm_sql_sqlite\n    sqlite {{\n      filename = {db}\n    }}\n\
             \x20   radius_db = radius\n    acct_table1 = radacct\n    acct_table2 = radacct\n    postauth_table = radpostauth\n    authcheck_table = radcheck\n\
             \x20   groupcheck_table = radgroupcheck\n    authreply_table = radreply\n    groupreply_table = radgroupreply\n    usergroup_table = radusergroup\n\
             \x20   read_groups = no\n    read_profiles = no\n    group_attribute = SQL-Group\n\
             \x20   pool {{\n      start = 1\n      min = 0\n      max = 4\n      spare = 1\n      uses = 0\n      retry_delay = 1\n      lifetime = 0\n      idle_timeout = 60\n    }}\n\
             \x20   sql_user_name = \"%{{User-Name}}\"\n    client_table = nas\n\
             \x20   authorize_check_query = \"SELECT id, username, attribute, value, op FROM radcheck WHERE username = '%{{SQL-User-Name}}' ORDER BY id\"\n\
             \x20   authorize_reply_query = \"SELECT id, username, attribute, value, op FROM radreply WHERE username = '%{{SQL-User-Name}}' ORDER BY id\"\n  }}\n{rest}\n}}\n\
             server default {{\n  listen {{\n    type = auth\n    ipaddr = 127.0.0.1\n    port = {port}\n  }}\n  authorize {{\n    sql\n{authorize}\n  }}\n  authenticate {{\n{authenticate}\n  }}\n}}\n",
            lib = root.join("usr/lib/freeradius").display(),
        );
        std::fs::write(folder.path().join("radiusd.conf"), text).unwrap();
        let shell = Command::new("sh")
            .args(["-c", RUN, "sh"])
            .arg(root.join("usr/sbin/freeradius"))
            .args(["-f", "-n", "radiusd", "-d"])
            .arg(folder.path())
            .arg("-D")
            .arg(&shared)
            .env("LD_LIBRARY_PATH", libraries(&root))
            .stdin(Stdio::piped())
            .spawn()
            .unwrap();
        Self {
            root,
            shell,
            port,
            folder,
        }
    }

    fn lets_in(&self, login: &str, password: &str) -> bool {
        let mut quoted = String::new();
        for letter in password.chars() {
            if matches!(letter, '"' | '\\') {
                quoted.push('\\');
            }
            quoted.push(letter);
        }
        let question = format!("User-Name = \"{login}\", User-Password = \"{quoted}\"\n");
        let mut client = Command::new(self.root.join("usr/bin/radclient"))
            .args(["-x", "-r", TRIES_MAX, "-t", "1", "-D"])
            .arg(self.root.join("usr/share/freeradius"))
            .arg(format!("127.0.0.1:{}", self.port))
            .args(["auth", SECRET])
            .env("LD_LIBRARY_PATH", libraries(&self.root))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        client
            .stdin
            .take()
            .unwrap()
            .write_all(question.as_bytes())
            .unwrap();
        let output = client.wait_with_output().unwrap();
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        match (
            said.contains("Received Access-Accept"),
            said.contains("Received Access-Reject"),
        ) {
            (true, false) => true,
            (false, true) => false,
            _ => panic!("{said}\n{}", self.log()),
        }
    }

    fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }
}

impl Drop for Radius {
    fn drop(&mut self) {
        drop(self.shell.stdin.take());
        // It may be gone already.
        let _ = self.shell.wait();
    }
}

/// The people, and rows that are no passwords.
fn radcheck() -> (TestDb, String) {
    let mut db = TestDb::new(Backend::Sqlite);
    for table in ["radcheck", "radreply"] {
        db.exec(&format!("CREATE TABLE {table} (id INTEGER PRIMARY KEY, username VARCHAR(64), attribute VARCHAR(64), op VARCHAR(2), value VARCHAR(253))"));
    }
    for (login, password) in PEOPLE {
        let value = md5(password);
        db.exec(&format!("INSERT INTO radcheck (username, attribute, op, value) VALUES ('{login}', 'MD5-Password', ':=', '{value}')"));
        db.exec(&format!("INSERT INTO radcheck (username, attribute, op, value) VALUES ('{login}', 'Simultaneous-Use', ':=', '1')"));
    }
    for (login, attribute, value) in OTHERS {
        db.exec(&format!("INSERT INTO radcheck (username, attribute, op, value) VALUES ('{login}', '{attribute}', ':=', '{value}')"));
    }
    let file = super::file_of(&db);
    (db, file)
}

fn row(db: &mut TestDb, login: &str) -> (String, String) {
    let of = |column: &str| {
        format!(
            "SELECT {column} FROM radcheck WHERE username = '{login}' AND attribute <> 'Simultaneous-Use'"
        )
    };
    (
        db.value(&of("attribute")).unwrap(),
        db.value(&of("value")).unwrap(),
    )
}

/// Who is disabled stays out, and who has a password in the clear gets in by it.
fn check_others(radius: &Radius) {
    assert!(radius.lets_in("clear", "in the clear"), "{}", radius.log());
    assert!(!radius.lets_in("clear", "wrong"));
    assert!(!radius.lets_in("barred", "password"), "a disabled user");
    assert!(!radius.lets_in("barred-clear", "in the clear"));
}

fn check_refused(radius: &Radius, login: &str, password: &str, stored: &str) {
    for wrong in ["wrong", &password.to_uppercase(), &md5(password), stored] {
        assert!(!radius.lets_in(login, wrong), "{wrong:?} logs in");
    }
}

#[test]
fn freeradius_from_before_the_run_until_saltern_is_gone() {
    with(freeradius(), |root| {
        let (mut db, file) = radcheck();
        let own = Radius::start(
            &root,
            &file,
            "127.0.0.1:9",
            ["pap", "authenticate.native.conf"],
        );
        for (login, password) in PEOPLE {
            let (_, stored) = row(&mut db, login);
            check_refused(&own, login, password, &stored);
            assert!(own.lets_in(login, password), "{}", own.log());
        }
        check_others(&own);

        let config = stages::config("freeradius", &[("cost = 12", "cost = 4")]);
        let code = page::code("freeradius");
        let serve = std::fs::read_to_string(code.path().join("serve.toml")).unwrap();
        let serve = serve
            .replace("[serve]\n", "logins_burst = 0\n")
            .replace("127.0.0.1:8025", "127.0.0.1:0");
        let sidecar = Sidecar::with_token(&db, &config, &serve, TOKEN);
        let saltern = crate::saltern::Saltern::new(&db.url(), &config);
        saltern.run(&["run", "--execute", "-q"]).expect_code(0);
        for (login, _) in PEOPLE {
            let (attribute, stored) = row(&mut db, login);
            assert_eq!(attribute, "Saltern-Password");
            assert!(stored.starts_with("$2y--md5$04$"), "{stored}");
        }

        let asking = Radius::start(
            &root,
            &file,
            &sidecar.address(),
            ["authorize.conf", "authenticate.conf"],
        );
        check_others(&asking);
        let hostile = "x\",\"y\\&password=z%41";
        for (login, password) in PEOPLE {
            let (_, stored) = row(&mut db, login);
            // rlm_pap has nothing to compare with.
            check_refused(&own, login, password, &stored);
            assert!(!own.lets_in(login, password));

            check_refused(&asking, login, password, &stored);
            assert!(!asking.lets_in(login, hostile));
            assert_eq!(row(&mut db, login).1, stored, "a refused login wrote");
            for _ in 0..2 {
                assert!(asking.lets_in(login, password), "{}", asking.log());
                let (attribute, stored) = row(&mut db, login);
                assert_eq!(attribute, "Crypt-Password");
                assert!(stored.starts_with("$2y$04$"), "{stored}");
                check_refused(&asking, login, password, &stored);
            }
        }
        assert!(!asking.lets_in("nobody", "wrong"));
        check_others(&asking);
        drop(sidecar);
        check_others(&own);
        check_others(&asking);
        for (login, password) in PEOPLE {
            assert!(!asking.lets_in(login, password), "in without an answer");
            let (_, stored) = row(&mut db, login);
            check_refused(&own, login, password, &stored);
            assert!(own.lets_in(login, password), "{}", own.log());
        }
    });
}
