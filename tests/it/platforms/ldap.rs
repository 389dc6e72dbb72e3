//! OpenLDAP: slapd leaves the check of a bind to the program of docs/integrations/ldap.md, which asks a real sidecar.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use super::{ARGON2ID, PEOPLE, Users, md5, page, unpacked, with};
use crate::serve::Sidecar;
use crate::servers::{Backend, Missing};

const READY_SECONDS_MAX: u64 = 120;

/// When its standard input closes, which it does however the test ends, the server stops.
const RUN: &str = "\"$@\" & server=$!; cat >/dev/null; kill $server; wait $server";

/// slapd looks for Cyrus SASL's configuration in /etc alone. It gets an /etc of its own, which nobody else sees.
const OWN_ETC: &str = "mount --bind \"$1\" /etc && shift && exec \"$@\"";

/// A program that runs. Dropped, it is stopped.
struct Daemon(Child);

struct Directory {
    root: PathBuf,
    folder: TempDir,
    _programs: Vec<Daemon>,
}

fn openldap() -> Result<PathBuf, Missing> {
    unpacked::path("own", "usr/sbin/slapd")?;
    unpacked::path("own", "usr/sbin/testsaslauthd")?;
    let spaces = Command::new("unshare").args(["-r", "-m", "true"]).output();
    if !spaces.is_ok_and(|output| output.status.success()) {
        return Err(Missing("no mount namespace for slapd's /etc".to_owned()));
    }
    unpacked::path("own", "")
}

impl Daemon {
    fn start(command: &mut Command, is_there: &Path) -> Self {
        let mut shell = Command::new("sh");
        shell.args(["-c", RUN, "sh"]).arg(command.get_program());
        shell.args(command.get_args()).stdin(Stdio::piped());
        for (name, value) in command.get_envs() {
            shell.env(name, value.unwrap());
        }
        let daemon = Self(shell.spawn().unwrap());
        let started = Instant::now();
        while !is_there.exists() {
            assert!(started.elapsed() < Duration::from_secs(READY_SECONDS_MAX));
            std::thread::sleep(Duration::from_millis(20));
        }
        daemon
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        drop(self.0.stdin.take());
        // It may be gone already.
        let _ = self.0.wait();
    }
}

impl Directory {
    fn start(root: &Path, sidecar: &Path) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let code = page::code("ldap");
        let at = |name: &str| folder.path().join(name);
        let mux = at("mux");
        let mut program = Command::new("python3");
        program
            .arg(code.path().join("saltern-saslauthd"))
            .arg(&mux)
            .arg(sidecar)
            .arg("users");
        let program = Daemon::start(&mut program, &mux);

        std::fs::create_dir_all(at("etc/ldap/sasl2")).unwrap();
        std::fs::create_dir(at("db")).unwrap();
        for name in ["passwd", "group", "nsswitch.conf", "hosts"] {
            // Not every machine has all of them.
            let _ = std::fs::copy(Path::new("/etc").join(name), at("etc").join(name));
        }
        let sasl = std::fs::read_to_string(code.path().join("slapd.sasl.conf")).unwrap();
        let sasl = sasl.replace("/run/saltern-sasl/mux", mux.to_str().unwrap());
        std::fs::write(at("etc/ldap/sasl2/slapd.conf"), sasl).unwrap();
        let (here, schema) = (folder.path().display(), root.join("etc/ldap/schema"));
        let schema = schema.display();
        let text = format!(
            "include {schema}/core.schema\ninclude {schema}/cosine.schema\ninclude {schema}/inetorgperson.schema\n\
             modulepath {}\nmoduleload back_mdb\nmoduleload argon2\npidfile {here}/pid\nargsfile {here}/args\n\
             database mdb\nsuffix \"dc=example,dc=org\"\nrootdn \"cn=root,dc=example,dc=org\"\nrootpw root\ndirectory {here}/db\n",
            root.join("usr/lib/ldap").display()
        );
        std::fs::write(at("slapd.conf"), text).unwrap();
        let mut data = "dn: dc=example,dc=org\nobjectClass: dcObject\nobjectClass: organization\no: Example\ndc: example\n".to_owned();
        for (login, _) in PEOPLE {
            data += &format!(
                "\ndn: uid={login},dc=example,dc=org\nobjectClass: inetOrgPerson\nuid: {login}\ncn: {login}\nsn: {login}\nuserPassword: unused\n"
            );
        }
        std::fs::write(at("data.ldif"), data).unwrap();
        let mut directory = Self {
            root: root.to_path_buf(),
            folder,
            _programs: vec![program],
        };
        directory.run(
            "usr/sbin/slapadd",
            &["-f", "slapd.conf", "-l", "data.ldif"],
            true,
        );
        let mut slapd = Command::new("unshare");
        let socket = directory.folder.path().join("ldapi");
        slapd
            .args(["-r", "-m", "sh", "-c", OWN_ETC, "sh"])
            .arg(directory.folder.path().join("etc"));
        slapd
            .arg(root.join("usr/sbin/slapd"))
            .args(["-d", "0", "-f"]);
        slapd.arg(directory.folder.path().join("slapd.conf"));
        slapd
            .args(["-h", &directory.url()])
            .env("LD_LIBRARY_PATH", directory.libraries());
        let slapd = Daemon::start(&mut slapd, &socket);
        directory._programs.push(slapd);
        // The socket is there before anybody listens at it.
        let url = directory.url();
        let started = Instant::now();
        while !directory.run("usr/bin/ldapwhoami", &["-x", "-H", &url], false) {
            assert!(started.elapsed() < Duration::from_secs(READY_SECONDS_MAX));
            std::thread::sleep(Duration::from_millis(50));
        }
        for (login, _) in PEOPLE {
            directory.modify("entry.ldif", login, "");
        }
        directory
    }

    fn url(&self) -> String {
        let socket = self.folder.path().join("ldapi").display().to_string();
        format!("ldapi://{}", socket.replace('/', "%2F"))
    }

    fn libraries(&self) -> String {
        let machine = format!("{}-linux-gnu", std::env::consts::ARCH);
        let folders = [format!("usr/lib/{machine}"), format!("lib/{machine}")];
        folders
            .map(|folder| self.root.join(folder).display().to_string())
            .join(":")
    }

    /// Whether a program of the packages ended well, in this folder.
    fn run(&self, program: &str, arguments: &[&str], must: bool) -> bool {
        let output = Command::new(self.root.join(program))
            .args(arguments)
            .current_dir(self.folder.path())
            .env("LD_LIBRARY_PATH", self.libraries())
            .output()
            .unwrap();
        assert!(output.status.success() || !must, "{output:?}");
        output.status.success()
    }

    /// Changes an entry by the page's LDIF.
    fn modify(&self, name: &str, login: &str, value: &str) {
        let code = page::code("ldap");
        let text = std::fs::read_to_string(code.path().join(name)).unwrap();
        let text = text
            .replace("anna", login)
            .replace("<the value of the column>", value);
        std::fs::write(self.folder.path().join(name), text).unwrap();
        let url = self.url();
        let asked = [
            "-x",
            "-H",
            &url,
            "-D",
            "cn=root,dc=example,dc=org",
            "-w",
            "root",
            "-f",
            name,
        ];
        self.run("usr/bin/ldapmodify", &asked, true);
    }

    fn lets_in(&self, login: &str, password: &str) -> bool {
        let (url, who) = (self.url(), format!("uid={login},dc=example,dc=org"));
        self.run(
            "usr/bin/ldapwhoami",
            &["-x", "-H", &url, "-D", &who, "-w", password],
            false,
        )
    }

    /// The same by the tool of `sasl2-bin`.
    fn is_ok(&self, login: &str, password: &str) -> bool {
        let mux = self.folder.path().join("mux");
        let mux = mux.to_str().unwrap();
        self.run(
            "usr/sbin/testsaslauthd",
            &["-f", mux, "-u", login, "-p", password],
            false,
        )
    }
}

#[test]
fn openldap_from_before_the_run_until_saltern_is_gone() {
    with(openldap(), |root| {
        let mut users = Users::new(Backend::Sqlite);
        let credential = "[[credential]]\nname = \"users\"\ntable = \"users\"\nkey = \"id\"\ncolumn = \"password\"\nscheme = \"md5\"\nlogin = \"login\"\n";
        let start = |ready: bool, users: &Users| {
            let config = format!("{credential}readers_ready = {ready}\n[target]\n{ARGON2ID}");
            Sidecar::on(&users.db, &config, "logins_burst = 0\n")
        };
        let check_refused = |directory: &Directory, login: &str, password: &str, stored: &str| {
            for wrong in ["wrong", &md5(password), stored] {
                assert!(!directory.lets_in(login, wrong), "{wrong:?} binds");
                assert!(!directory.is_ok(login, wrong), "{wrong:?} is let in");
            }
        };
        // Before the run the sidecar writes nothing.
        let sidecar = start(false, &users);
        let directory = Directory::start(&root, &sidecar.socket);
        for (login, password) in PEOPLE {
            check_refused(&directory, login, password, "x");
            assert!(directory.lets_in(login, password) && directory.is_ok(login, password));
            assert_eq!(users.stored(login), md5(password));
        }
        drop((sidecar, directory));

        users.wrap(ARGON2ID);
        let sidecar = start(true, &users);
        let directory = Directory::start(&root, &sidecar.socket);
        for (login, password) in PEOPLE {
            let wrapped = users.stored(login);
            assert!(wrapped.starts_with("$argon2id--md5$"), "{wrapped}");
            check_refused(&directory, login, password, &wrapped);
            assert_eq!(users.stored(login), wrapped, "a refused bind wrote");
            for _ in 0..2 {
                assert!(directory.lets_in(login, password) && directory.is_ok(login, password));
                let native = users.stored(login);
                assert!(native.starts_with("$argon2id$"), "{native}");
                check_refused(&directory, login, password, &native);
            }
        }
        drop(sidecar);
        for (login, password) in PEOPLE {
            assert!(!directory.lets_in(login, password), "in without an answer");
            directory.modify("native.ldif", login, &users.stored(login));
            assert!(directory.lets_in(login, password));
            for wrong in ["wrong", &md5(password), &users.stored(login)] {
                assert!(!directory.lets_in(login, wrong), "{wrong:?} binds");
            }
        }
    });
}
