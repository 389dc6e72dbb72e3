//! What a run refuses for want of a right, `doctor` has said; what `doctor` has not said, a run does.

use saltern::store::Kind;
use saltern::store::ledger::{Names, UsedTables, ddl};

use super::{Parents, parents_config};
use crate::db::{TestDb, TestUser};
use crate::saltern::Saltern;
use crate::servers::Backend;

/// Parents, and a user to whom nothing is granted but what the test's own trigger needs.
fn parents_of_a_user(backend: Backend) -> Option<(Parents, TestUser)> {
    let mut db = TestDb::new(backend);
    let user = db.create_user()?;
    let mut parents = Parents::within(db, 4);
    let logs = format!("GRANT INSERT ON changes TO {}", user.grantee);
    parents.db.exec(&logs);
    parents.saltern = Saltern::new(&user.url, &parents_config(""));
    Some((parents, user))
}

/// Whether `doctor` refuses. `shown` names the case.
fn doctor_refuses(parents: &Parents, shown: &str) -> bool {
    let doctor = parents.saltern.run(&["doctor"]);
    assert!(matches!(doctor.code(), Some(0 | 4)), "{shown}: {doctor:?}");
    doctor.code() == Some(4)
}

/// Whether `doctor` and a run refuse, which must agree.
fn both_refuse(parents: &Parents, shown: &str) -> bool {
    let refuses = doctor_refuses(parents, shown);
    let run = parents.execute(&["-q", "--threads", "1"]);
    let expected = if refuses { 4 } else { 0 };
    assert_eq!(run.code(), Some(expected), "{shown}: {run:?}");
    refuses
}

/// What each right on the application's table is for.
fn on_parents(user: &TestUser) -> Vec<String> {
    vec![
        format!("SELECT ON parent TO {}", user.grantee),
        format!("UPDATE ON parent TO {}", user.grantee),
    ]
}

/// The grants by which a user may make the ledger.
fn to_make_it(backend: Backend, db: &mut TestDb, user: &TestUser) -> Vec<String> {
    if backend == Backend::Postgres {
        let name = db.value("SELECT current_database()").unwrap();
        return vec![format!("CREATE ON DATABASE \"{name}\" TO {}", user.grantee)];
    }
    let name = db.value("SELECT DATABASE()").unwrap();
    ["CREATE", "ALTER", "SELECT", "INSERT", "UPDATE", "DELETE"]
        .iter()
        .map(|right| format!("{right} ON {name}.* TO {}", user.grantee))
        .collect()
}

on_each_backend!(
    whatever_right_is_missing_for_a_new_ledger_doctor_says_it,
    |backend| {
        // As many cases as there are grants; the last has all of them.
        for missing in 0.. {
            let Some((mut parents, user)) = parents_of_a_user(backend) else {
                return;
            };
            let mut grants = on_parents(&user);
            grants.extend(to_make_it(backend, &mut parents.db, &user));
            for (at, grant) in grants.iter().enumerate() {
                if at != missing {
                    parents.db.exec(&format!("GRANT {grant}"));
                }
            }
            let shown = grants.get(missing).map_or("all", String::as_str);
            let refuses = both_refuse(&parents, shown);
            if missing == grants.len() {
                assert!(!refuses, "all was granted");
                parents.check_done();
                return;
            }
            // The database's SELECT and UPDATE hold for the table as well.
            let doubled = shown.contains("parent") && backend != Backend::Postgres;
            assert!(refuses || doubled, "{shown} is not needed");
            if refuses && !shown.contains("parent") {
                let plan = parents.saltern.run(&["plan"]).expect_code(0);
                assert!(
                    plan.stdout.contains("run --execute would refuse"),
                    "{plan:?}"
                );
                assert!(plan.stdout.contains("saltern ledger sql"), "{plan:?}");
                let dry = parents.saltern.run(&["run"]).expect_code(0);
                assert!(dry.stderr.contains("saltern ledger sql"), "{dry:?}");
            }
        }
    }
);

on_each_backend!(
    whatever_right_on_a_ledger_is_missing_doctor_says_it,
    |backend| {
        let Some((mut parents, user)) = parents_of_a_user(backend) else {
            return;
        };
        let kind = match backend {
            Backend::Postgres => Kind::Postgres,
            _ => Kind::MySql,
        };
        let used = UsedTables {
            columns: vec![("parent".to_owned(), "password".to_owned())],
            read: Vec::new(),
        };
        let names = Names::new(kind, "saltern", "saltern_").unwrap();
        let all = ddl(&names, &user.grantee, &used);
        parents.db.exec(&all);
        assert!(!both_refuse(&parents, "all"), "all was granted");
        let mut refused = 0;
        for line in all.lines() {
            let Some((rights, on)) = line
                .strip_prefix("GRANT ")
                .and_then(|line| line.split_once(" ON "))
            else {
                continue;
            };
            // A right in a transaction is missed sooner or later; those that are written are enough to tell.
            for right in rights.split(", ") {
                let right = match right {
                    "UPDATE (password)"
                    | "UPDATE (\"password\")"
                    | "UPDATE (`password`)"
                    | "SELECT"
                    | "INSERT"
                    | "UPDATE"
                    | "DELETE"
                    | "USAGE" => right,
                    other => panic!("{other:?} is new: say here what it is"),
                };
                let place = on.trim_end_matches(';');
                let taken = place.replace(" TO ", " FROM ");
                parents.db.exec(&format!("REVOKE {right} ON {taken}"));
                let shown = format!("{right} ON {place}");
                // A run does what `doctor` had nothing against.
                if doctor_refuses(&parents, &shown) {
                    refused += 1;
                } else {
                    assert!(!both_refuse(&parents, &shown));
                }
                parents.db.exec(&format!("GRANT {right} ON {place}"));
            }
        }
        assert!(refused > 30, "{refused} of all rights are needed");
        assert!(!both_refuse(&parents, "all again"), "all was granted again");
    }
);

#[test]
fn a_postgresql_schema_that_was_given_needs_no_right_on_the_database() {
    crate::servers::on(Backend::Postgres, |backend| {
        let (mut parents, user) = parents_of_a_user(backend).unwrap();
        for grant in on_parents(&user) {
            parents.db.exec(&format!("GRANT {grant}"));
        }
        let given = |right: &str| format!("GRANT {right} ON SCHEMA saltern TO {}", user.grantee);
        parents.db.exec("CREATE SCHEMA saltern");
        parents.db.exec(&given("USAGE"));
        assert!(both_refuse(&parents, "a schema to look into"));
        parents.db.exec(&given("CREATE"));
        assert!(!both_refuse(&parents, "a schema to create in"));
        parents.check_done();
    });
}
