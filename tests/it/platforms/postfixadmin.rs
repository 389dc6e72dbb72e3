//! PostfixAdmin itself: its `Login`, with and without the patch of its page.

use super::crowd::crowd;
use super::{Fronts, PEOPLE, Site, Users, md5, stages, unpacked, with};
use crate::db::TestDb;
use crate::servers::Backend;

/// md5crypt of "secret 2", as crypt(3) made it.
const MD5CRYPT: &str = "$1$saltsal1$FextBavJU8/cH6TMA2GHl/";

#[test]
fn postfixadmin_from_before_the_run_until_saltern_is_gone() {
    let needed = || {
        Ok((
            unpacked::php(&["mbstring"])?,
            unpacked::path("own", "usr/share/postfixadmin")?,
            unpacked::path("own", "etc/postfixadmin/config.inc.php")?,
        ))
    };
    with(needed(), |(php, own, config)| {
        let mut db = TestDb::new(Backend::Sqlite);
        db.exec("CREATE TABLE mailbox (username VARCHAR(255) PRIMARY KEY, password VARCHAR(255) NOT NULL, active INTEGER NOT NULL)");
        let mut users = Users {
            db,
            table: "mailbox",
            login: "username",
            column: "password",
            old: vec![md5(PEOPLE[0].1), MD5CRYPT.to_owned()],
            crowd: crowd(|_, password| md5(password)),
        };
        for ((login, _), old) in PEOPLE.iter().zip(&users.old) {
            users.db.exec(&format!(
                "INSERT INTO mailbox VALUES ('{login}', '{old}', 1)"
            ));
        }
        for member in &users.crowd {
            users.db.exec(&format!(
                "INSERT INTO mailbox VALUES ('{}', '{}', 1)",
                member.login, member.old
            ));
        }
        let folder = tempfile::tempdir().unwrap();
        let folders = [folder.path(), &own, &config].map(|path| path.to_str().unwrap());
        let mut site = Site::start(
            php,
            "postfixadmin_site.php",
            "postfixadmin",
            &users.file(),
            &folders.join(":"),
        );
        // As an old site is: each value by the setting of its time.
        site.page = false;
        for ((login, password), encrypt) in PEOPLE.iter().zip(["md5", "md5crypt"]) {
            for (typed, said) in [(*password, "in"), ("wrong", "out")] {
                let question =
                    serde_json::json!({ "login": login, "password": typed, "encrypt": encrypt });
                assert_eq!(site.ask(&question), said, "{login} before the run");
            }
        }
        site.page = true;
        for (login, password) in PEOPLE {
            users.check_refused(&mut site, login, password);
            assert!(
                site.lets_in(login, password),
                "{login} is out before the run"
            );
        }
        users.check_crowd(&mut site, true);
        for ((login, _), old) in PEOPLE.iter().zip(users.old.clone()) {
            users.set(login, &old);
        }
        users.restore_crowd();
        stages::run(&users, "postfixadmin", &[("cost = 12", "cost = 4")]);
        site.page = false;
        for (login, password) in PEOPLE {
            users.check_refused(&mut site, login, password);
            assert!(!site.lets_in(login, password));
        }
        users.check_crowd(&mut site, false);
        site.page = true;
        let fronts = Fronts {
            wrapped: "$2y--md5",
            native: "$2y$04$",
        };
        users.check(&mut site, &fronts);
        users.check_crowd_upgraded(&mut site, &fronts);
        stages::check_gone(&mut users, &mut site);
    });
}
