//! The frontend of Zabbix itself, asked by its API.

use std::path::PathBuf;
use std::process::Command;

use serde_json::json;

use super::crowd::{crowd, names};
use super::{Fronts, PEOPLE, Site, Users, md5, stages, unpacked, with};
use crate::db::TestDb;
use crate::servers::{Backend, Missing};

const CHEAP: [(&str, &str); 1] = [("cost = 10", "cost = 4")];

struct Zabbix {
    php: Command,
    frontend: PathBuf,
    sql: PathBuf,
}

fn zabbix() -> Result<Zabbix, Missing> {
    let extensions = [
        "mysqlnd",
        "mysqli",
        "mbstring",
        "bcmath",
        "dom",
        "xml",
        "xmlreader",
        "xmlwriter",
    ];
    Ok(Zabbix {
        php: unpacked::php(&extensions)?,
        frontend: unpacked::path("own", "usr/share/zabbix")?,
        sql: unpacked::path("own", "usr/share/zabbix-server-mysql")?,
    })
}

/// The people in a Zabbix of their own, with the folder of its frontends.
fn start(zabbix: Zabbix) -> (Users, Site, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let mut users = Users {
        db: TestDb::new(Backend::MariaDb),
        table: "users",
        login: "username",
        column: "passwd",
        old: PEOPLE.map(|(_, password)| md5(password)).to_vec(),
        crowd: crowd(|_, password| md5(password)),
    };
    let folders = [folder.path(), &zabbix.frontend, &zabbix.sql].map(|path| path.to_str().unwrap());
    let url = users.db.url();
    let folders = folders.join(":");
    let mut site = Site::start(zabbix.php, "zabbix_site.php", "zabbix", &url, &folders);
    let people = names(PEOPLE.map(|(login, _)| login), &users.crowd);
    let question = json!({ "do": "make tables", "people": people });
    assert_eq!(site.ask(&question), "made");
    for ((login, _), old) in PEOPLE.iter().zip(users.old.clone()) {
        users.set(login, &old);
    }
    users.restore_crowd();
    (users, site, folder)
}

#[test]
fn zabbix_from_before_the_run_until_saltern_is_gone() {
    with(zabbix(), |zabbix| {
        let (mut users, mut site, _folder) = start(zabbix);
        let fronts = Fronts {
            wrapped: "$2y--md5$04$",
            native: "$2y$10$",
        };
        stages::check(&mut users, &mut site, &fronts, |users| {
            stages::run(users, "zabbix", &CHEAP);
        });
    });
}

#[test]
fn zabbix_keeps_its_sessions_and_reads_long_passwords_whole() {
    with(zabbix(), |zabbix| {
        let (mut users, mut site, _folder) = start(zabbix);
        let (login, long) = (PEOPLE[1].0, "0123456789".repeat(9));
        users.set(login, &md5(&long));
        stages::run(&users, "zabbix", &CHEAP);
        let wrapped = users.stored(login);
        let sign = json!({ "do": "sign", "login": login, "password": long, "page": true });
        let signed = site.ask(&sign);
        for wrong in [&long[..72], &format!("{long}x")] {
            assert!(!site.lets_in(login, wrong), "{wrong} logs in");
        }
        assert!(site.lets_in(login, &long));
        // bcrypt would cut it.
        assert_eq!(users.stored(login), wrapped);
        users.set(login, &md5("another"));
        stages::run(&users, "zabbix", &CHEAP);
        let check = json!({ "do": "check", "signed": signed, "page": true });
        assert_eq!(site.ask(&check), "session goes on");
    });
}
