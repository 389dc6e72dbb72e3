//! Salts and names in another table: who may not read it, what is missing or doubtful in it, and what stands there.

use super::salts::{META, Person, all_log_in, another_opens, config, persons, php, with_meta};
use super::*;
use crate::db::TestUser;

/// The ledger and the grants, as `saltern ledger sql` prints them, without the lines that name these words.
fn grant_all_but(db: &mut TestDb, saltern: &Saltern, user: &TestUser, words: &str) {
    let sql = saltern.run(&["ledger", "sql", "--user", &user.grantee]);
    let sql = sql.expect_code(0).stdout;
    let granted: Vec<&str> = sql
        .lines()
        .filter(|line| words.is_empty() || !line.contains(words))
        .collect();
    assert_eq!(granted.len() < sql.lines().count(), !words.is_empty());
    db.exec(&granted.join("\n"));
}

on_each_backend!(
    who_may_not_read_the_table_of_salts_is_told_the_statement,
    |backend| {
        let people = persons(6);
        let Some(digests) = php("md5($salt . $pass)", &people) else {
            return;
        };
        let mut db = with_meta(backend, &people, &digests);
        let Some(user) = db.create_user() else { return };
        let config = config(&format!("scheme = \"md5(salt.pass)\"\n{META}"));
        let owner = Saltern::new(&db.url(), &config);
        grant_all_but(&mut db, &owner, &user, "user_meta");
        let saltern = Saltern::new(&user.url, &config);
        let commands = [
            &["doctor"][..],
            &["scan"],
            &["plan"],
            &["run"],
            &["run", "--execute"],
            &["reset", "--all"],
            &["relabel", "--from", "md5-ps", "--to", "md5-sp"],
            &["serve"],
        ];
        for command in commands {
            let told = saltern.run(command).expect_code(4);
            let told = format!("{}{}", told.stdout, told.stderr);
            assert!(told.contains("user_meta"), "{command:?} {told}");
            assert!(told.contains("GRANT SELECT ON "), "{command:?} {told}");
            assert!(!told.contains(";;"), "{command:?} {told}");
        }
        assert_eq!(stored(&mut db, 0).as_ref(), digests.first());
        // The condition reads a column too.
        db.exec(&format!(
            "GRANT SELECT (user_id, value) ON user_meta TO {}",
            user.grantee
        ));
        let told = saltern.run(&["serve"]).expect_code(4).stderr;
        assert!(told.contains("`where` of the table user_meta"), "{told}");
        assert!(told.contains("GRANT SELECT ON "), "{told}");
        // With what `saltern ledger sql` prints besides, all of it goes.
        let sql = owner.run(&["ledger", "sql", "--user", &user.grantee]);
        let sql = sql.expect_code(0).stdout;
        let grant = sql.lines().find(|line| line.contains("user_meta"));
        db.exec(grant.unwrap());
        saltern.run(&["doctor"]).expect_code(0);
        saltern.run(&["scan"]).expect_code(0);
        saltern.run(&["plan"]).expect_code(0);
        saltern.run(&["run", "--execute", "-q"]).expect_code(0);
        another_opens(&mut db, &people);
        let sidecar = Sidecar::start(&saltern, &config, UNLIMITED);
        let told = sidecar.login(&people[0].login, &people[0].password);
        assert_eq!(told, matched(true));
        // A view needs no more than SELECT.
        db.exec("CREATE VIEW salt_of AS SELECT user_id, name, value FROM user_meta");
        db.exec(&format!("GRANT SELECT ON salt_of TO {}", user.grantee));
        let config = config.replace("user_meta", "salt_of");
        let saltern = Saltern::new(&user.url, &config);
        saltern.run(&["doctor"]).expect_code(0);
        let sidecar = Sidecar::start(&saltern, &config, UNLIMITED);
        let told = sidecar.login(&people[1].login, &people[1].password);
        assert_eq!(told, matched(true));
    }
);

/// People whose passwords are common, as those of a table's older half.
fn older(from: u64, rows: u64) -> Vec<Person> {
    let words = ["123456", "password", "dragon", "monkey"];
    (from..from + rows)
        .map(|id| Person {
            login: login_of(id),
            salt: String::new(),
            password: words[id as usize % words.len()].to_owned(),
        })
        .collect()
}

// Who has no row there, NULL, nothing, or more than one row.
on_each_backend!(
    what_is_missing_in_the_table_of_salts_is_proven_by_itself_or_kept,
    |backend| {
        let salted = persons(6);
        let (lone, null, empty, doubled) = (older(40, 6), older(46, 6), older(52, 8), older(60, 4));
        let made = php("md5($salt . $pass)", &salted)
            .zip(php("md5($pass)", &lone))
            .zip(php("md5($pass)", &null))
            .zip(php("md5(md5($pass))", &empty))
            .zip(php("md5('x' . $pass)", &doubled));
        let Some(((((mut values, lones), nulls), empties), doubles)) = made else {
            return;
        };
        for more in [lones, nulls, empties, doubles] {
            values.extend(more);
        }
        let all: Vec<Person> = [salted, lone, null, empty, doubled]
            .into_iter()
            .flatten()
            .collect();
        for (scheme, empty_salt) in [
            ("md5(salt.pass)", false),
            ("auto", false),
            ("md5(salt.pass)", true),
        ] {
            let mut db = with_meta(backend, &all, &values);
            db.exec("DELETE FROM user_meta WHERE user_id BETWEEN 40 AND 45");
            db.exec("UPDATE user_meta SET value = NULL WHERE user_id BETWEEN 46 AND 51 AND name = 'salt'");
            db.exec("UPDATE user_meta SET value = 'x' WHERE user_id >= 60 AND name = 'salt'");
            db.exec("INSERT INTO user_meta SELECT id, 'salt', 'x' FROM parent WHERE id >= 60");
            let more = if empty_salt {
                "empty_salt = \"empty\""
            } else {
                ""
            };
            let config = config(&format!("scheme = \"{scheme}\"\n{META}\n{more}"));
            let saltern = Saltern::new(&db.url(), &config);
            let scan = ["scan", "--proof-seconds", "20"];
            let told = saltern.run(&scan).expect_code(0).stdout;
            for line in ["salt NULL", "salt empty"] {
                assert_eq!(told.contains(line), !empty_salt, "{line} {told}");
            }
            assert!(told.contains("salt in several rows"), "{told}");
            let run = ["run", "--execute", "--proof-seconds", "20"];
            let told = saltern.run(&run).expect_code(0).stderr;
            let doubtful = "4 rows have more than one salt in another table";
            assert!(told.contains(doubtful), "{told}");
            assert!(!told.contains("rows lack the salt"), "{told}");
            for id in 0..64 {
                let now = stored(&mut db, id).unwrap();
                let label = match id {
                    60.. => {
                        assert_eq!(now, values[id as usize]);
                        continue;
                    }
                    40..52 if !empty_salt => "--md5$",
                    52.. if !empty_salt => "--md5-md5$",
                    _ => "--md5-sp$",
                };
                assert!(now.contains(label), "{id}: {now}");
            }
            // `empty_salt` is not true of the rows of md5(md5(pass)).
            let right = if empty_salt { 0..52 } else { 0..60 };
            another_opens(&mut db, &all[..52]);
            all_log_in(&db, &config, &all[right]);
            let sidecar = Sidecar::on(&db, &config, UNLIMITED);
            for one in &all[60..] {
                assert_eq!(sidecar.login(&one.login, &one.password), mismatch());
            }
        }
    }
);

// The application salted before it wrote, or after it read.
on_each_backend!(a_padded_salt_of_another_table_opens, |backend| {
    if backend == Backend::Sqlite {
        return;
    }
    for is_padded in [false, true] {
        let mut people = persons(3);
        if is_padded {
            for one in &mut people {
                one.salt = format!("{:8}", one.salt);
            }
        }
        let Some(digests) = php("md5($salt . $pass)", &people) else {
            return;
        };
        let mut db = with_meta(backend, &people, &digests);
        let char_8 = match backend {
            Backend::Postgres => "ALTER TABLE user_meta ALTER value TYPE CHAR(8)",
            _ => "ALTER TABLE user_meta MODIFY value CHAR(8)",
        };
        db.exec(char_8);
        let config = config(&format!("scheme = \"md5(salt.pass)\"\n{META}"));
        let saltern = Saltern::new(&db.url(), &config);
        let told = saltern
            .run(&["scan", "--proof-seconds", "20"])
            .expect_code(0);
        assert!(told.stdout.contains("sampled rows of"), "{}", told.stdout);
        saltern
            .run(&["run", "--execute", "-q", "--proof-seconds", "20"])
            .expect_code(0);
        another_opens(&mut db, &people);
        all_log_in(&db, &config, &people);
    }
});

// `salt2` and `username` stand in other tables too, and the three of them in three.
on_each_backend!(
    a_second_salt_and_a_name_may_stand_in_other_tables,
    |backend| {
        let people = persons(6);
        let Some(digests) = php("md5($salt . $pass . strrev($salt) . $name)", &people) else {
            return;
        };
        let mut db = with_meta(backend, &people, &digests);
        let names = |one: &Person| one.salt.chars().rev().collect::<String>();
        db.exec("CREATE TABLE pepper (member INTEGER PRIMARY KEY, grain VARCHAR(20))");
        db.exec("CREATE TABLE names (member INTEGER PRIMARY KEY, nick VARCHAR(100))");
        let numbered = || people.iter().enumerate();
        db.insert(
            "pepper",
            &["member", "grain"],
            numbered().map(|(id, one)| [Some(id.to_string()), Some(names(one))]),
        );
        db.insert(
            "names",
            &["member", "nick"],
            numbered().map(|(id, one)| [Some(id.to_string()), Some(one.login.clone())]),
        );
        // The login is found by another name than the one that is salted with.
        let named = if backend.is_mysql_like() {
            "CONCAT('m', id)"
        } else {
            "'m' || id"
        };
        db.exec(&format!("UPDATE parent SET email = {named}"));
        let config = config(&format!(
            "scheme = \"md5(salt.pass.salt2.username)\"\n{META}\n\
             salt2 = {{ table = \"pepper\", key = \"member\", column = \"grain\" }}\n\
             username = {{ table = \"names\", key = \"member\", column = \"nick\" }}"
        ));
        let saltern = Saltern::new(&db.url(), &config);
        let told = saltern
            .run(&["scan", "--proof-seconds", "20"])
            .expect_code(0)
            .stdout;
        assert!(told.contains("sampled rows of"), "{told}");
        for column in ["user_meta.value", "pepper.grain", "names.nick"] {
            assert!(
                told.contains(&format!("the column {column} must stay")),
                "{told}"
            );
        }
        saltern
            .run(&["run", "--execute", "-q", "--proof-seconds", "20"])
            .expect_code(0);
        let sidecar = Sidecar::on(&db, &config, UNLIMITED);
        for (id, one) in people.iter().enumerate().take(8) {
            let login = format!("m{id}");
            assert_eq!(sidecar.login(&login, "wrong"), mismatch());
            assert_eq!(sidecar.login(&login, &one.password), matched(true), "{id}");
        }
    }
);
