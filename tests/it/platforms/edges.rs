//! Passwords at the edges of what bcrypt reads, through the code of the pages: the right one logs in before and after its row is replaced, a
//! wrong one never, and whoever types more than was read redefines nothing.

use std::process::Command;

use saltern::auth::Column;
use saltern::scheme::{BcryptPrefix, Context, Declared, Dialect, Outer, Scheme, make};
use saltern::secret::Password;

use super::{ARGON2ID, BCRYPT, Site, Users, md5};
use crate::servers::{Backend, Missing};

/// What stands in a row before the run.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// MD5, which a run wraps.
    Md5,
    /// bcrypt as an application made it, of 72 bytes.
    Bcrypt,
    /// What saltern makes of a password that bcrypt can't take.
    Label,
}

struct Edge {
    login: String,
    password: String,
    kind: Kind,
    stored: String,
}

/// How a platform spells and reads values.
#[derive(Clone, Copy)]
pub(super) struct Reads {
    pub(super) dialect: Dialect,
    pub(super) prefix: BcryptPrefix,
    /// Whether it reads bcrypt that an application made.
    pub(super) bcrypt: bool,
    /// Whether a NUL reaches its login.
    pub(super) nul: bool,
    /// Whether a login hashes a password that bcrypt can't take.
    pub(super) hashes_long: bool,
}

fn passwords() -> Vec<String> {
    let digits = |len: usize| "0123456789".repeat(20)[..len].to_owned();
    let mut passwords: Vec<String> = [7, 8, 9, 71, 72, 73, 200].map(digits).to_vec();
    for password in [
        "blank behind ",
        " blank before",
        "Pässwörd ü",
        "nul\0within",
    ] {
        passwords.push(password.to_owned());
    }
    // The 72nd byte is within a character.
    passwords.push(format!("{}éé", digits(71)));
    passwords.push(format!("{} ", digits(72)));
    passwords
}

fn fits(password: &str) -> bool {
    password.len() <= 71 && !password.contains('\0')
}

impl Edge {
    fn all(reads: &Reads) -> Vec<Self> {
        let mut edges = Vec::new();
        let bcrypt = Outer::Bcrypt {
            cost: 4,
            prefix: reads.prefix,
        };
        for (number, password) in passwords().into_iter().enumerate() {
            let has_nul = password.contains('\0');
            if has_nul && !reads.nul {
                continue;
            }
            let mut add = |kind: Kind, name: &str, stored: String| {
                edges.push(Self {
                    login: format!("{name}{number}"),
                    password: password.clone(),
                    kind,
                    stored,
                });
            };
            add(Kind::Md5, "md", md5(&password));
            if !reads.bcrypt {
                continue;
            }
            if fits(&password) || !has_nul {
                add(Kind::Bcrypt, "bc", bcrypt_of(reads, &password));
            }
            if !fits(&password) {
                let column = Column {
                    declared: Declared::Scheme(Scheme::MD5),
                    outer: bcrypt,
                    dialect: reads.dialect,
                    normalize: None,
                };
                let made = column.hash(&Password::new(password.as_str()), b"sixteen of bytes");
                add(Kind::Label, "la", made.unwrap().as_str().to_owned());
            }
        }
        edges
    }

    /// Whether what stood there before the run opens for another text.
    fn is_read_alike(&self, other: &str) -> bool {
        let read = |text: &str| text.bytes().chain([0]).take(72).collect::<Vec<u8>>();
        other == self.password
            || self.kind == Kind::Bcrypt
                && read(other) == read(&self.password)
                && !other.contains('\0')
    }

    fn near(&self) -> Vec<String> {
        let mut front = self.password.clone();
        let last = front.pop().unwrap();
        let other = if last == 'x' { 'y' } else { 'x' };
        vec![
            front.clone(),
            format!("{front}{other}"),
            format!("{}x", self.password),
            format!("{} ", self.password),
            self.password.trim().to_owned(),
            self.password.to_uppercase(),
            String::new(),
            "wrong".to_owned(),
        ]
    }

    fn check(&self, reads: &Reads, users: &mut Users, site: &mut Site) {
        let (login, own) = (&self.login, &self.password);
        let others: Vec<String> = self.near().into_iter().filter(|near| near != own).collect();
        let check_wrong = |users: &mut Users, site: &mut Site| {
            for other in &others {
                if !self.is_read_alike(other) {
                    assert!(!site.lets_in(login, other), "{login}: {other:?} logs in");
                }
            }
            users.stored(login)
        };
        let before = check_wrong(users, site);
        for other in others.iter().filter(|other| self.is_read_alike(other)) {
            assert!(site.lets_in(login, other), "{login}: {other:?} is out");
            assert_eq!(
                users.stored(login),
                before,
                "{login}: {other:?} has redefined it"
            );
        }
        for round in 0..2 {
            let stored = users.stored(login);
            assert!(
                site.lets_in(login, own),
                "{login}: out of {stored} in round {round}"
            );
        }
        let after = users.stored(login);
        // No login of a text that was read in part changes anything; every other one makes an MD5 native.
        if self.kind == Kind::Bcrypt && own.len() > 71 {
            assert_eq!(after, before, "{login}");
        }
        if self.kind == Kind::Md5 {
            let replaced = reads.hashes_long || fits(own);
            assert_eq!(after != before, replaced, "{login}");
        }
        assert_eq!(check_wrong(users, site), after, "{login}");
    }
}

/// bcrypt of as much as it reads, with no word of the rest.
fn bcrypt_of(reads: &Reads, password: &str) -> String {
    let setting = format!("${}$04$abcdefghijklmnopqrstuu", reads.prefix.as_str());
    let made = make(
        Scheme::BCRYPT_2B,
        setting.as_bytes(),
        password.as_bytes(),
        &Context::default(),
    );
    let made = made.unwrap().unwrap();
    let front = if reads.dialect == Dialect::Django {
        "bcrypt$"
    } else {
        ""
    };
    format!("{front}{}", made.as_str())
}

/// Every edge through a site, which `start` starts on the users' database when they are wrapped.
pub(super) fn check(
    reads: &Reads,
    mut users: Users,
    target: &str,
    start: impl FnOnce(&Users) -> Site,
) {
    let edges = Edge::all(reads);
    users.db.exec(&format!("DELETE FROM {}", users.table));
    for edge in &edges {
        let sql = match users.table {
            "auth_user" => format!(
                "INSERT INTO auth_user (username, password, is_active, is_staff, is_superuser, first_name, last_name, email, date_joined) \
                 VALUES ('{}', '{}', 1, 0, 0, '', '', '', '2015-11-14')",
                edge.login, edge.stored
            ),
            table => format!(
                "INSERT INTO {table} (id, {}, {}) VALUES ({}, '{}', '{}')",
                users.login,
                users.column,
                edges
                    .iter()
                    .position(|other| other.login == edge.login)
                    .unwrap()
                    + 1,
                edge.login,
                edge.stored
            ),
        };
        users.db.exec(&sql);
    }
    users.wrap(target);
    let mut site = start(&users);
    for edge in &edges {
        edge.check(reads, &mut users, &mut site);
    }
}

pub(super) const PHC: Reads = Reads {
    dialect: Dialect::Phc,
    prefix: BcryptPrefix::Y,
    bcrypt: true,
    nul: true,
    hashes_long: true,
};

/// A site on SQLite.
fn check_file(
    reads: &Reads,
    target: &str,
    (program, script, page, kind): (Command, &str, &str, &str),
) {
    check(reads, Users::new(Backend::Sqlite), target, |users| {
        Site::start(program, script, page, &users.file(), kind)
    });
}

fn check_php(kind: &str, target: &str, reads: &Reads) {
    super::with(super::php(), |php| {
        check_file(reads, target, (php, "php_site.php", "php", kind));
    });
}

#[test]
fn php_redefines_no_password() {
    for target in [ARGON2ID, BCRYPT] {
        check_php("plain", target, &PHC);
    }
}

#[test]
fn laravels_hasher_redefines_no_password() {
    check_php("laravel", BCRYPT, &PHC);
}

#[test]
fn symfonys_hashers_redefine_no_password() {
    // Symfony's own hasher reads no bcrypt of others by a password of more than 72 bytes.
    let reads = Reads {
        bcrypt: false,
        ..PHC
    };
    check_php("symfony", BCRYPT, &reads);
}

/// Python, for many logins.
fn cheap_python() -> Result<Command, Missing> {
    let mut python = super::python()?;
    python.env("SITE_IS_CHEAP", "1");
    Ok(python)
}

fn check_python(module: &str, target: &str, reads: &Reads) {
    super::with(cheap_python(), |python| {
        check_file(reads, target, (python, "python_site.py", "python", module));
    });
}

#[test]
fn argon2_cffi_and_bcrypt_redefine_no_password_by_another_implementation() {
    for target in [ARGON2ID, BCRYPT] {
        check_python("wrapped", target, &PHC);
    }
}

#[test]
fn passlib_redefines_no_password_by_another_implementation() {
    let reads = Reads {
        bcrypt: false,
        ..PHC
    };
    check_python("wrapped_passlib", ARGON2ID, &reads);
}

#[test]
fn django_redefines_no_password_by_another_implementation() {
    let reads = Reads {
        dialect: Dialect::Django,
        prefix: BcryptPrefix::B,
        ..PHC
    };
    let hashers = [
        ("Argon2PasswordHasher", ARGON2ID),
        ("BCryptSHA256PasswordHasher", BCRYPT),
    ];
    for (hasher, target) in hashers {
        super::with(cheap_python(), |python| {
            let (users, site) = super::django(python, hasher);
            let target = format!("{target}dialect = \"django\"\n");
            check(&reads, users, &target, |_| site);
        });
    }
}

#[test]
fn nodes_packages_redefine_no_password_by_npm() {
    // The package `bcrypt` does not know PHP's prefix.
    let reads = Reads {
        prefix: BcryptPrefix::B,
        ..PHC
    };
    let bcrypt = BCRYPT.replace("2y", "2b");
    for (package, target) in [("bcrypt", ARGON2ID), ("bcryptjs", &*bcrypt)] {
        super::with(super::node(), |node| {
            check(&reads, Users::new(Backend::Postgres), target, |users| {
                Site::start(node, "node_site.js", "node", &users.db.url(), package)
            });
        });
    }
}

#[test]
fn libxcrypts_readers_redefine_no_password() {
    super::with(super::crypt::python3(), |python| {
        let reads = Reads {
            hashes_long: false,
            ..PHC
        };
        check_file(
            &reads,
            BCRYPT,
            (python, "crypt_site.py", "crypt", "verifier"),
        );
    });
}
