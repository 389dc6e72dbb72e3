//! Rails with Devise: its own controller, session and reset link, in an application of one model.

use std::process::Command;

use serde_json::json;

use saltern::scheme::BcryptPrefix;

use super::edges::{self, PHC, Reads};
use super::{Fronts, PEOPLE, Site, Users, md5, with};
use crate::db::TestDb;
use crate::servers::{Backend, Missing};

/// As Devise writes it.
const TARGET: &str = "algorithm = \"bcrypt\"\ncost = 4\nprefix = \"2a\"\n";

const WRAPPED: &str = "$2a--md5$04$";

/// A Ruby that has Rails, Devise and SQLite.
fn ruby() -> Result<Command, Missing> {
    let needed = "require 'rails'; require 'devise'; require 'active_record'; require 'sqlite3'";
    let probe = Command::new("ruby").args(["-e", needed]).output();
    match probe {
        Ok(output) if output.status.success() => {
            let mut ruby = Command::new("ruby");
            ruby.arg("-W0");
            Ok(ruby)
        }
        _ => Err(Missing("no Ruby with Rails and Devise".to_owned())),
    }
}

fn users() -> Users {
    let mut db = TestDb::new(Backend::Sqlite);
    db.exec(
        "CREATE TABLE users (id INTEGER PRIMARY KEY, email VARCHAR(60), encrypted_password VARCHAR(255), \
         reset_password_token VARCHAR(60), reset_password_sent_at DATETIME)",
    );
    let mut users = Users {
        db,
        table: "users",
        login: "email",
        column: "encrypted_password",
        old: PEOPLE.map(|(_, password)| md5(password)).to_vec(),
        crowd: Vec::new(),
    };
    for (login, password) in PEOPLE {
        users.db.exec(&format!(
            "INSERT INTO users (email, encrypted_password) VALUES ('{login}', '{}')",
            md5(password)
        ));
    }
    users
}

fn site(ruby: Command, users: &Users, kind: &str) -> Site {
    Site::start(ruby, "devise_site.rb", "rails", &users.file(), kind)
}

#[test]
fn rails_with_devise_reads_bcrypt() {
    with(ruby(), |ruby| {
        let mut users = users();
        users.wrap(TARGET);
        let mut site = site(ruby, &users, "wrapped");
        let fronts = Fronts {
            wrapped: WRAPPED,
            native: "$2a$04$",
        };
        users.check(&mut site, &fronts);
    });
}

#[test]
fn rails_with_devise_redefines_no_password() {
    with(ruby(), |ruby| {
        let reads = Reads {
            prefix: BcryptPrefix::A,
            nul: false,
            ..PHC
        };
        edges::check(&reads, users(), TARGET, |users| {
            site(ruby, users, "wrapped")
        });
    });
}

#[test]
fn without_the_module_devise_lets_nobody_into_a_wrapped_row() {
    with(ruby(), |ruby| {
        let mut users = users();
        users.wrap(TARGET);
        let mut site = site(ruby, &users, "plain");
        for (login, password) in PEOPLE {
            users.check_refused(&mut site, login, password);
            assert!(!site.lets_in(login, password));
        }
    });
}

#[test]
fn when_the_column_changes_devises_session_ends_and_its_reset_link_stays_good() {
    with(ruby(), |ruby| {
        let mut users = users();
        let mut site = site(ruby, &users, "wrapped");
        let (login, password) = PEOPLE[1];
        let link = site.ask(&json!({ "do": "link", "login": login }));
        users.wrap(TARGET);
        // The login that replaces the value is itself a session that goes on.
        let question = json!({ "do": "sign", "login": login, "password": password });
        let signed = site.ask(&question);
        let check = json!({ "do": "check", "signed": signed });
        assert_eq!(site.ask(&check), "session goes on");
        users.db.exec(
            "UPDATE users SET encrypted_password = '$2a--md5$04$' || substr(encrypted_password, 8)",
        );
        assert_eq!(site.ask(&check), "session ended");

        let question = json!({ "do": "follow", "link": link, "password": "another one" });
        assert_eq!(site.ask(&question), "in");
        assert!(site.lets_in(login, "another one") && !site.lets_in(login, password));
    });
}
