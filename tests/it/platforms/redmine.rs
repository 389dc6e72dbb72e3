//! Redmine itself, with the plugin of docs/integrations/redmine.md.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::json;
use sha1::{Digest, Sha1};
use tempfile::TempDir;

use super::crowd::{crowd, names};
use super::{Fronts, PEOPLE, Site, Users, stages, unpacked, with};
use crate::db::TestDb;
use crate::servers::{Backend, Missing};

const CHEAP: [(&str, &str); 1] = [("cost = 12", "cost = 4")];

/// The folder of Redmine's packages, those of its gems among them.
fn redmine() -> Result<PathBuf, Missing> {
    unpacked::path("redmine", "usr/share/redmine")?;
    unpacked::path("redmine", "")
}

/// A Ruby that finds the gems of the packages before those of the machine.
fn ruby(packages: &Path) -> Command {
    let mut ruby = Command::new("ruby");
    let machine = format!("{}-linux-gnu", std::env::consts::ARCH);
    let own = |below: String| {
        packages
            .join(below.trim_start_matches('/'))
            .display()
            .to_string()
    };
    let gems = [
        "/usr/share/rubygems-integration/3.1.0".to_owned(),
        "/usr/share/rubygems-integration/all".to_owned(),
        format!("/usr/lib/{machine}/rubygems-integration/3.1.0"),
        format!("/usr/lib/{machine}/ruby/gems/3.1.0"),
        "/usr/lib/ruby/gems/3.1.0".to_owned(),
        "/var/lib/gems/3.1.0".to_owned(),
    ];
    let both = gems
        .iter()
        .map(|gems| own(gems.clone()))
        .chain(gems.iter().cloned());
    let libraries = [
        own("/usr/lib/ruby/vendor_ruby".to_owned()),
        own(format!("/usr/lib/{machine}/ruby/vendor_ruby/3.1.0")),
    ];
    ruby.arg("-W0")
        .env("GEM_PATH", both.collect::<Vec<_>>().join(":"))
        .env("RUBYLIB", libraries.join(":"))
        .env("RAILS_ENV", "production")
        .env("SALTERN_COST", "4")
        .env_remove("BUNDLE_GEMFILE");
    ruby
}

fn sha1(text: &str) -> String {
    let digest = Sha1::digest(text);
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

struct Redmine {
    packages: PathBuf,
    users: Users,
    /// Where the copies of Redmine are: one with the plugin, one without.
    folder: TempDir,
}

impl Redmine {
    /// The people in a Redmine of their own, each with a salt.
    fn new(packages: PathBuf) -> Self {
        let users = Users {
            db: TestDb::new(Backend::Sqlite),
            table: "users",
            login: "login",
            column: "hashed_password",
            old: PEOPLE
                .map(|(login, password)| sha1(&format!("salt of {login}{}", sha1(password))))
                .to_vec(),
            crowd: crowd(|login, password| sha1(&format!("salt of {login}{}", sha1(password)))),
        };
        let mut redmine = Self {
            packages,
            users,
            folder: tempfile::tempdir().unwrap(),
        };
        let people = names(PEOPLE.map(|(login, _)| login), &redmine.users.crowd);
        let question = json!({ "do": "make tables", "people": people });
        assert_eq!(redmine.site("plain").ask(&question), "made");
        redmine.restore();
        redmine
    }

    fn restore(&mut self) {
        for ((login, _), old) in PEOPLE.iter().zip(self.users.old.clone()) {
            self.users.set(login, &old);
            let sql = format!("UPDATE users SET salt = 'salt of {login}' WHERE login = '{login}'");
            self.users.db.exec(&sql);
        }
        self.users.restore_crowd();
        self.users
            .db
            .exec("UPDATE users SET salt = 'salt of ' || login WHERE login LIKE 'user%'");
    }

    fn site(&self, kind: &str) -> Site {
        let folder = self.folder.path().join(kind);
        let place = format!("{}:{}:{kind}", folder.display(), self.packages.display());
        let ruby = ruby(&self.packages);
        Site::start(
            ruby,
            "redmine_site.rb",
            "redmine",
            &self.users.file(),
            &place,
        )
    }
}

#[test]
fn redmine_from_before_the_run_until_saltern_is_gone() {
    with(redmine(), |packages| {
        let mut redmine = Redmine::new(packages);
        let (mut plain, mut page) = (redmine.site("plain"), redmine.site("page"));
        for site in [&mut plain, &mut page] {
            for (login, password) in PEOPLE {
                redmine.users.check_refused(site, login, password);
                assert!(
                    site.lets_in(login, password),
                    "{login} is out before the run"
                );
            }
            redmine.users.check_crowd(site, true);
            redmine.restore();
        }
        stages::run(&redmine.users, "redmine", &CHEAP);
        let users = &mut redmine.users;
        for (login, password) in PEOPLE {
            users.check_refused(&mut plain, login, password);
            assert!(!plain.lets_in(login, password));
        }
        users.check_crowd(&mut plain, false);
        let fronts = Fronts {
            wrapped: "$2a--sha1-s-sha1$04$",
            native: "$2a$04$",
        };
        users.check(&mut page, &fronts);
        users.check_crowd_upgraded(&mut page, &fronts);
        // Its own login knows no bcrypt: the plugin stays, and needs neither a label nor the salt.
        users.db.exec("UPDATE users SET salt = ''");
        for (login, password) in PEOPLE {
            users.check_refused(&mut plain, login, password);
            assert!(!plain.lets_in(login, password));
            assert!(page.lets_in(login, password));
        }
        users.check_crowd(&mut plain, false);
        users.check_crowd(&mut page, true);
    });
}

#[test]
fn redmine_ends_sessions_at_a_new_password_alone() {
    with(redmine(), |packages| {
        let mut redmine = Redmine::new(packages);
        let mut site = redmine.site("page");
        let (login, password) = PEOPLE[1];
        let signed = site.ask(&json!({ "do": "sign", "login": login }));
        let link = site.ask(&json!({ "do": "link", "login": login }));
        let check = json!({ "do": "check", "login": login, "signed": signed });
        let follow = json!({ "do": "follow", "login": login, "link": link });
        stages::run(&redmine.users, "redmine", &CHEAP);
        for _ in 0..2 {
            assert_eq!(site.ask(&check), "session goes on");
            assert_eq!(site.ask(&follow), "link good");
            assert!(site.lets_in(login, password));
        }
        let long = "0123456789".repeat(9);
        for (new, front) in [("a new one", "$2a$04$"), (&*long, "$2a--sha384-b64$04$")] {
            site.ask(&json!({ "do": "choose", "login": login, "password": new }));
            assert!(site.lets_in(login, new) && !site.lets_in(login, password));
            assert!(!site.lets_in(login, &format!("{new}x")));
            assert!(redmine.users.stored(login).starts_with(front));
        }
        assert_eq!(site.ask(&check), "session ended");
    });
}
