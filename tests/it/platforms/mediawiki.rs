//! MediaWiki itself: its login by password and by a temporary password, and what its cookies are bound to.

use std::path::PathBuf;
use std::process::Command;

use serde_json::json;

use super::crowd::{crowd, names};
use super::{Fronts, PEOPLE, Site, Users, md5, stages, unpacked, with};
use crate::db::TestDb;
use crate::servers::{Backend, Missing};

const CHEAP: [(&str, &str); 2] = [
    ("memory_kib = 19456", "memory_kib = 64"),
    ("iterations = 2", "iterations = 1"),
];

fn mediawiki() -> Result<(Command, PathBuf), Missing> {
    let extensions = [
        "mysqlnd",
        "mysqli",
        "mbstring",
        "dom",
        "xml",
        "xmlreader",
        "intl",
    ];
    let php = unpacked::php(&extensions)?;
    Ok((php, unpacked::path("own", "usr/share/mediawiki")?))
}

/// MediaWiki's MD5 with a salt.
fn b(password: &str) -> String {
    format!(":B:3a7c:{}", md5(&format!("3a7c-{}", md5(password))))
}

/// The people in a wiki of their own: anna's value has no salt, bert's has one.
fn start((php, folder): (Command, PathBuf)) -> (Users, Site) {
    let mut users = Users {
        db: TestDb::new(Backend::MariaDb),
        table: "user",
        // MediaWiki gives every name a capital, also those that are typed without.
        login: "LOWER(CONVERT(user_name USING utf8mb4))",
        column: "user_password",
        old: vec![format!(":A:{}", md5(PEOPLE[0].1)), b(PEOPLE[1].1)],
        crowd: crowd(|_, password| b(password)),
    };
    let url = users.db.url();
    let folder = folder.to_str().unwrap();
    let mut site = Site::start(php, "mediawiki_site.php", "mediawiki", &url, folder);
    let people = names(PEOPLE.map(|(login, _)| login), &users.crowd);
    let question = json!({ "do": "make tables", "people": people });
    assert_eq!(site.ask(&question), "made");
    for ((login, _), old) in PEOPLE.iter().zip(users.old.clone()) {
        users.set(login, &old);
    }
    users.restore_crowd();
    (users, site)
}

#[test]
fn mediawiki_from_before_the_run_until_saltern_is_gone() {
    with(mediawiki(), |mediawiki| {
        let (mut users, mut site) = start(mediawiki);
        let fronts = Fronts {
            wrapped: ":argon2-mw-",
            native: ":argon2:$argon2id$v=19$m=64,",
        };
        stages::check(&mut users, &mut site, &fronts, |users| {
            stages::run(users, "mediawiki", &CHEAP);
        });
    });
}

#[test]
fn mediawiki_reads_a_wrapped_temporary_password_and_keeps_its_sessions() {
    with(mediawiki(), |mediawiki| {
        let (mut users, mut site) = start(mediawiki);
        let login = PEOPLE[1].0;
        users.db.exec(&format!(
            "UPDATE user SET user_newpassword = '{}', user_newpass_time = '29991231235959' WHERE {} = '{login}'",
            b("a temporary one"),
            users.login
        ));
        let sign = json!({ "do": "sign", "login": login, "page": true });
        let signed = site.ask(&sign);
        stages::run(&users, "mediawiki", &CHEAP);
        assert_eq!(site.ask(&sign), signed, "a wrap ends sessions");

        let temporary = "SELECT user_newpassword FROM user WHERE user_name = 'Bert'";
        let stored = users.db.value(temporary).unwrap();
        assert!(stored.starts_with(":argon2-mw-b:$argon2id$"), "{stored}");
        for (page, password, said) in [
            (true, "a temporary one", "must choose"),
            (true, "another one", "out"),
            (true, &*b("a temporary one"), "out"),
            (true, &*stored, "out"),
            (false, "a temporary one", "out"),
        ] {
            let question =
                json!({ "do": "log in", "login": login, "password": password, "page": page });
            assert_eq!(site.ask(&question), said, "{password}");
        }
    });
}
