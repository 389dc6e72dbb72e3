//! WordPress itself, before it hashed by bcrypt and since: its login, cookie, reset key and application passwords.

use std::path::PathBuf;
use std::process::Command;

use serde_json::json;

use super::crowd::{crowd, names};
use super::{Fronts, PEOPLE, Site, Users, md5, stages, unpacked, with};
use crate::db::TestDb;
use crate::servers::{Backend, Missing};

/// phpass, as WordPress hashed "secret 2".
const PHPASS: &str = "$P$BQ9V5MVavXmrQ0VmG46aNm4pIQRfiL/";

struct WordPress {
    php: Command,
    folder: PathBuf,
    /// How its own hash begins.
    native: &'static str,
}

/// 6.1, which checks by crypt().
fn older() -> Result<WordPress, Missing> {
    Ok(WordPress {
        php: unpacked::php(&["mysqlnd", "mysqli"])?,
        folder: unpacked::path("own", "usr/share/wordpress")?,
        native: "$2y$04$",
    })
}

/// 6.8, which replaces older values by itself.
fn newer() -> Result<WordPress, Missing> {
    Ok(WordPress {
        folder: unpacked::path("trixie", "usr/share/wordpress")?,
        native: "$wp$2y$04$",
        ..older()?
    })
}

/// A password as WordPress hashes it: with the slashes that it puts into whatever a form sends.
fn slashed(password: &str) -> String {
    let mut slashed = String::new();
    for c in password.chars() {
        if matches!(c, '\'' | '"' | '\\') {
            slashed.push('\\');
        }
        slashed.push(c);
    }
    slashed
}

/// The people in a WordPress of their own: anna's value is raw MD5, bert's is phpass.
fn start(wordpress: WordPress) -> (Users, Site, Fronts) {
    let db = TestDb::new(Backend::MariaDb);
    let mut users = Users {
        table: "wp_users",
        login: "user_login",
        column: "user_pass",
        old: vec![md5(PEOPLE[0].1), PHPASS.to_owned()],
        crowd: crowd(|_, password| md5(&slashed(password))),
        db,
    };
    let folder = wordpress.folder.to_str().unwrap();
    let mut site = Site::start(
        wordpress.php,
        "wordpress_site.php",
        "wordpress",
        &users.db.url(),
        folder,
    );
    let people = names(PEOPLE.map(|(login, _)| login), &users.crowd);
    let question = json!({ "do": "install", "people": people });
    assert_eq!(site.ask(&question), "made");
    for ((login, _), old) in PEOPLE.iter().zip(users.old.clone()) {
        users.set(login, &old);
    }
    users.restore_crowd();
    let fronts = Fronts {
        wrapped: "$2y--",
        native: wordpress.native,
    };
    (users, site, fronts)
}

fn run(users: &Users) {
    stages::run(users, "wordpress", &[("cost = 12", "cost = 4")]);
}

#[test]
fn wordpress_before_bcrypt_from_before_the_run_until_saltern_is_gone() {
    with(older(), |wordpress| {
        let (mut users, mut site, fronts) = start(wordpress);
        stages::check(&mut users, &mut site, &fronts, run);
    });
}

#[test]
fn wordpress_of_bcrypt_from_before_the_run_until_saltern_is_gone() {
    with(newer(), |wordpress| {
        let (mut users, mut site, fronts) = start(wordpress);
        stages::check(&mut users, &mut site, &fronts, run);
    });
}

fn ask(site: &mut Site, what: &str, more: (&str, &str)) -> String {
    let login = PEOPLE[1].0;
    let page = site.page;
    let mut question = json!({ "do": what, "login": login, "page": page });
    question[more.0] = more.1.into();
    site.ask(&question)
}

/// A wrap ends the session, the login that replaces the value keeps its own, and a reset key and an application's password
/// outlive both.
fn check_session(wordpress: WordPress, link_after_login: &str) {
    let (mut users, mut site, fronts) = start(wordpress);
    let (login, password) = PEOPLE[1];
    site.page = true;
    let signed = ask(&mut site, "sign", ("password", password));
    assert_eq!(
        ask(&mut site, "check", ("signed", &signed)),
        "session goes on"
    );
    users.set(login, PHPASS);
    let link = ask(&mut site, "link", ("", ""));
    let app = ask(&mut site, "application", ("", ""));
    run(&users);
    assert_eq!(
        ask(&mut site, "check", ("signed", &signed)),
        "session ended"
    );
    assert_eq!(ask(&mut site, "follow", ("link", &link)), "link good");

    let in_app = |site: &mut Site| ask(site, "log in application", ("password", &app));
    let wrapped = users.stored(login);
    assert_eq!(in_app(&mut site), "in");
    assert_eq!(users.stored(login), wrapped, "an application's login wrote");
    let signed = ask(&mut site, "sign", ("password", password));
    let native = users.stored(login);
    assert!(native.starts_with(fronts.native), "{native}");
    assert_eq!(
        ask(&mut site, "check", ("signed", &signed)),
        "session goes on"
    );
    assert_eq!(ask(&mut site, "follow", ("link", &link)), link_after_login);
    assert_eq!(in_app(&mut site), "in");

    assert_eq!(
        ask(&mut site, "choose", ("password", "a new one")),
        "chosen"
    );
    assert_eq!(
        ask(&mut site, "check", ("signed", &signed)),
        "session ended"
    );
    assert!(site.lets_in(login, "a new one") && !site.lets_in(login, password));
    let chosen = users.stored(login);
    assert!(chosen.starts_with(fronts.native), "{chosen}");
}

#[test]
fn wordpress_before_bcrypt_keeps_the_cookie_of_the_login_that_replaces() {
    with(older(), |wordpress| check_session(wordpress, "link good"));
}

#[test]
fn wordpress_of_bcrypt_keeps_the_cookie_of_the_login_that_replaces() {
    with(newer(), |wordpress| check_session(wordpress, "link dead"));
}

/// The page's table: whether another value of the same form ends the sessions.
fn check_binding(wordpress: WordPress, ends: [bool; 4]) {
    let (mut users, mut site, _) = start(wordpress);
    let values = [
        [
            "$P$BQ9V5MVavXmrQ0VmG46aNm4pIQRfiL/",
            "$P$BZ9W5NWavXmrQ0VmG46aNm4pIQRfiM/",
        ],
        [
            "$2y$04$abcdefghijklmnopqrstuu1",
            "$2y$04$zyxwvutsrqponmlkjihguu2",
        ],
        [
            "$2y--md5$04$abcdefghijklmnopqrstuu1",
            "$2y--md5$04$zyxwvutsrqponmlkjihguu2",
        ],
        [
            "$argon2id$v=19$m=64,t=1,p=1$abcd$1",
            "$argon2id$v=19$m=64,t=1,p=1$efgh$2",
        ],
    ];
    for ([old, new], ends) in values.into_iter().zip(ends) {
        users.set(PEOPLE[1].0, old);
        let signed = ask(&mut site, "cookie", ("", ""));
        assert_eq!(
            ask(&mut site, "check", ("signed", &signed)),
            "session goes on"
        );
        users.set(PEOPLE[1].0, new);
        let expected = if ends {
            "session ended"
        } else {
            "session goes on"
        };
        assert_eq!(
            ask(&mut site, "check", ("signed", &signed)),
            expected,
            "{new}"
        );
    }
}

#[test]
fn wordpress_before_bcrypt_binds_no_cookie_to_a_wrapped_value_or_to_argon2id() {
    with(older(), |wordpress| {
        check_binding(wordpress, [true, true, false, false])
    });
}

#[test]
fn wordpress_of_bcrypt_binds_its_cookie_to_every_value() {
    with(newer(), |wordpress| {
        check_binding(wordpress, [true, true, true, true])
    });
}

#[test]
fn wordpress_reads_long_passwords_whole() {
    for wordpress in [older(), newer()] {
        with(wordpress, |wordpress| {
            let (mut users, mut site, _) = start(wordpress);
            let (login, long) = (PEOPLE[1].0, "0123456789".repeat(9));
            users.set(login, &md5(&long));
            run(&users);
            site.page = true;
            for _ in 0..2 {
                for wrong in [&long[..72], &format!("{long}x")] {
                    assert!(!site.lets_in(login, wrong), "{wrong} logs in");
                }
                assert!(site.lets_in(login, &long), "out of {}", users.stored(login));
                let stored = users.stored(login);
                assert!(stored.starts_with("$wp$2y$04$"), "{stored}");
            }
        });
    }
}
