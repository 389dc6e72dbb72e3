//! libxcrypt: its crypt(3), by Python.

use std::process::Command;

use super::{BCRYPT, Fronts, PEOPLE, Site, Users, with};
use crate::servers::{Backend, Missing};

/// Rows that crypt(3) wrote, of "Pässwörd 1" and "secret 2".
const DESCRYPT: [&str; 2] = ["abyJxj41ibXdQ", "./nOA7fVKYT.I"];
const MD5CRYPT: [&str; 2] = [
    "$1$saltsal0$I0lAmCDL/RSBMKCJVs8js/",
    "$1$saltsal1$FextBavJU8/cH6TMA2GHl/",
];

pub(super) fn python3() -> Result<Command, Missing> {
    let found = Command::new("python3").arg("--version").output();
    found
        .map(|_| Command::new("python3"))
        .map_err(|error| Missing(format!("no python3: {error}")))
}

fn check(old: [&str; 2], target: &str, rules: &str, fronts: &Fronts) {
    with(python3(), |python| {
        let mut users = Users::with_values(Backend::Sqlite, old);
        users.wrap_as("descrypt", &format!("{target}{rules}"));
        let mut bare = Site::start(
            Command::new("python3"),
            "crypt_site.py",
            "crypt",
            &users.file(),
            "bare",
        );
        for (login, password) in PEOPLE {
            users.check_refused(&mut bare, login, password);
            assert!(
                !bare.lets_in(login, password),
                "crypt(3) took a wrapped value"
            );
        }
        let mut site = Site::start(python, "crypt_site.py", "crypt", &users.file(), "verifier");
        users.check(&mut site, fronts);
        if fronts.native == fronts.wrapped {
            check_cut(&mut users, &mut site);
            return;
        }
        // What stands there now is crypt(3)'s own.
        for (login, password) in PEOPLE {
            assert!(bare.lets_in(login, password));
            assert!(!bare.lets_in(login, "wrong"));
        }
    });
}

/// DES reads eight characters: whoever types others behind them is in, and redefines nothing.
fn check_cut(users: &mut Users, site: &mut Site) {
    for (login, password) in PEOPLE {
        let before = users.stored(login);
        assert!(site.lets_in(login, &format!("{password} and more")));
        assert_eq!(users.stored(login), before);
        assert!(site.lets_in(login, password));
    }
}

#[test]
fn libxcrypt_reads_bcrypt_of_every_prefix() {
    for prefix in ["2a", "2b", "2y"] {
        let wrapped: &'static str = match prefix {
            "2a" => "$2a--descrypt$04$",
            "2b" => "$2b--descrypt$04$",
            _ => "$2y--descrypt$04$",
        };
        let fronts = Fronts {
            wrapped,
            native: wrapped,
        };
        check(DESCRYPT, &BCRYPT.replace("2y", prefix), "", &fronts);
    }
}

#[test]
fn what_libxcrypt_hashed_slowly_is_wrapped_by_a_rule() {
    let fronts = Fronts {
        wrapped: "$2y--md5crypt$04$",
        native: "$2b$04$",
    };
    let rule = "\n[[rule]]\nwhen = { scheme = \"md5crypt\" }\ndo = \"wrap\"\n";
    check(MD5CRYPT, BCRYPT, rule, &fronts);
}
