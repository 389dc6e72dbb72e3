//! Dovecot: its auth process, asked by `doveadm auth test`, with the configurations of docs/integrations/dovecot.md.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use super::{ARGON2ID, PEOPLE, Users, md5, page, with};
use crate::serve::Sidecar;
use crate::servers::{Backend, Missing};

const AUTH: &str = "/usr/lib/dovecot/auth";
const SQLITE: &str = "/usr/lib/dovecot/modules/auth/libdriver_sqlite.so";

const READY_SECONDS_MAX: u64 = 30;

/// When its standard input closes, which it does however the test ends, the server stops.
const RUN: &str = "\"$@\" & server=$!; cat >/dev/null; kill $server; wait $server";

/// A Dovecot that only authenticates. Dropped, it is stopped.
struct Dovecot {
    shell: Child,
    folder: TempDir,
}

fn dovecot() -> Result<(), Missing> {
    if Path::new(AUTH).exists() && Path::new(SQLITE).exists() {
        Ok(())
    } else {
        Err(Missing("no Dovecot with SQLite".to_owned()))
    }
}

fn output(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).output().unwrap();
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

impl Dovecot {
    /// Starts it with a `passdb`.
    fn start(passdb: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let at = folder.path().display();
        let (user, group) = (output("id", &["-un"]), output("id", &["-gn"]));
        // Neither delays: tests fail to log in on purpose.
        let text = format!(
            "base_dir = {at}/run\nstate_dir = {at}/state\nlog_path = {at}/log\nprotocols =\nssl = no\n\
             default_internal_user = {user}\ndefault_login_user = {user}\ndefault_internal_group = {group}\n\
             auth_mechanisms = plain\nauth_failure_delay = 0\n\
             service anvil {{\n  unix_listener anvil-auth-penalty {{\n    mode = 0\n  }}\n}}\n\
             userdb {{\n  driver = static\n  args = uid=65534 gid=65534 home=/nonexistent\n}}\n{passdb}\n"
        );
        std::fs::create_dir(folder.path().join("state")).unwrap();
        std::fs::write(folder.path().join("dovecot.conf"), text).unwrap();
        let shell = Command::new("sh")
            .args(["-c", RUN, "sh", "dovecot", "-F", "-c"])
            .arg(folder.path().join("dovecot.conf"))
            .env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin")
            .stdin(Stdio::piped())
            .spawn()
            .unwrap();
        let started = Instant::now();
        while !folder.path().join("run/auth-client").exists() {
            assert!(started.elapsed() < Duration::from_secs(READY_SECONDS_MAX));
            std::thread::sleep(Duration::from_millis(20));
        }
        Self { shell, folder }
    }

    fn lets_in(&self, login: &str, password: &str) -> bool {
        let output = Command::new("doveadm")
            .arg("-c")
            .arg(self.folder.path().join("dovecot.conf"))
            .args(["auth", "test", login, password])
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        match output.status.code() {
            Some(0) if said.contains("auth succeeded") => true,
            Some(77) if said.contains("auth failed") && !said.contains("temp_fail") => false,
            _ => panic!("{said}{}", self.log()),
        }
    }

    fn is_away(&self, login: &str, password: &str) -> bool {
        let conf = self.folder.path().join("dovecot.conf");
        let conf = conf.to_str().unwrap();
        output("doveadm", &["-c", conf, "auth", "test", login, password]).contains("temp_fail")
    }

    fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }
}

impl Drop for Dovecot {
    fn drop(&mut self) {
        drop(self.shell.stdin.take());
        // It may be gone already.
        let _ = self.shell.wait();
    }
}

/// The page's passdb that asks the sidecar.
fn by_the_sidecar(code: &Path, socket: &Path) -> String {
    let script = code.join("dovecot-saltern");
    std::fs::read_to_string(code.join("auth-saltern.conf.ext"))
        .unwrap()
        .replace(
            "/usr/local/libexec/dovecot-saltern",
            script.to_str().unwrap(),
        )
        .replace("/run/saltern/saltern.sock", socket.to_str().unwrap())
}

/// The page's passdb that reads the column.
fn by_itself(code: &Path, database: &str) -> String {
    let file = code.join("dovecot-sql.conf.ext");
    let text = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, text.replace("/var/lib/mail/users.db", database)).unwrap();
    format!("passdb {{\n  driver = sql\n  args = {}\n}}", file.display())
}

fn check(target: &str, wrapped: &str, native: &str) {
    with(dovecot(), |()| {
        let mut users = Users::new(Backend::Sqlite);
        users.wrap(target);
        let code = page::code("dovecot");
        let own = Dovecot::start(&by_itself(code.path(), &users.file()));
        for (login, password) in PEOPLE {
            assert!(users.stored(login).starts_with(wrapped));
            for typed in [password, &md5(password), &users.stored(login)] {
                assert!(!own.lets_in(login, typed), "Dovecot took a wrapped value");
            }
        }

        let credential = "[[credential]]\nname = \"users\"\ntable = \"users\"\nkey = \"id\"\ncolumn = \"password\"\nscheme = \"md5\"\nlogin = \"login\"\nreaders_ready = true\n";
        let config = format!("{credential}[target]\n{target}");
        let sidecar = Sidecar::on(&users.db, &config, "logins_burst = 0\n");
        let asking = Dovecot::start(&by_the_sidecar(code.path(), &sidecar.socket));
        for (login, password) in PEOPLE {
            for typed in ["wrong", &md5(password), &users.stored(login)] {
                assert!(!asking.lets_in(login, typed), "{typed:?} logs in");
            }
            assert!(asking.lets_in(login, password), "{}", asking.log());
            let stored = users.stored(login);
            assert!(stored.starts_with(native), "{stored}");
            assert!(asking.lets_in(login, password), "{}", asking.log());
        }
        assert!(!asking.lets_in("nobody", "wrong"));
        drop(sidecar);
        let (login, password) = PEOPLE[0];
        assert!(asking.is_away(login, password), "{}", asking.log());

        for (login, password) in PEOPLE {
            assert!(own.lets_in(login, password), "{}", own.log());
            for typed in ["wrong", &md5(password), &users.stored(login)] {
                assert!(!own.lets_in(login, typed), "{typed:?} logs in");
            }
        }
        users
            .db
            .exec("UPDATE users SET password = '!saltern:reset:AAAAAAAAAAAAAAAAAAAAAA'");
        assert!(!own.lets_in(login, password));
        assert!(!own.lets_in(login, "!saltern:reset:AAAAAAAAAAAAAAAAAAAAAA"));
    });
}

#[test]
fn dovecot_reads_argon2id_by_the_sidecar_and_then_by_itself() {
    check(ARGON2ID, "$argon2id--md5$", "$argon2id$");
}

#[test]
fn dovecot_reads_bcrypt_by_the_sidecar_and_then_by_itself() {
    let target = "algorithm = \"bcrypt\"\ncost = 4\nprefix = \"2b\"\n";
    check(target, "$2b--md5$04$", "$2b$04$");
}

#[test]
fn dovecot_redefines_no_password_by_the_sidecar() {
    with(dovecot(), |()| {
        let target = "algorithm = \"bcrypt\"\ncost = 4\nprefix = \"2b\"\n";
        let digits = |len: usize| "0123456789".repeat(20)[..len].to_owned();
        for (passwords, front) in [
            ([digits(71), digits(7)], "$2b$04$"),
            ([digits(72), digits(200)], "$2b--sha384-b64$04$"),
        ] {
            let mut users = Users::with_values(Backend::Sqlite, [0, 1].map(|n| md5(&passwords[n])));
            users.wrap(target);
            let code = page::code("dovecot");
            let credential = "[[credential]]\nname = \"users\"\ntable = \"users\"\nkey = \"id\"\ncolumn = \"password\"\nscheme = \"md5\"\nlogin = \"login\"\nreaders_ready = true\n";
            let config = format!("{credential}[target]\n{target}");
            let sidecar = Sidecar::on(&users.db, &config, "logins_burst = 0\n");
            let asking = Dovecot::start(&by_the_sidecar(code.path(), &sidecar.socket));
            let own = Dovecot::start(&by_itself(code.path(), &users.file()));
            for ((login, _), password) in PEOPLE.iter().zip(&passwords) {
                for _ in 0..2 {
                    assert!(asking.lets_in(login, password), "{}", asking.log());
                    for wrong in [format!("{password}x"), password[1..].to_owned()] {
                        assert!(!asking.lets_in(login, &wrong), "{wrong} logs in");
                        assert!(!own.lets_in(login, &wrong), "{wrong} logs in");
                    }
                    assert!(users.stored(login).starts_with(front));
                }
                // The label of a long password is the sidecar's to read.
                assert_eq!(own.lets_in(login, password), !front.contains("--"));
            }
        }
    });
}
