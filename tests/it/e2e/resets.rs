//! Rows that are reset: nobody logs in with what stood there, everybody else does, and each row is reset once, whatever is killed.

use std::collections::HashSet;

use super::{CHEAP, Parents, check_opens, md5, opens, parents_config, password_of};
#[cfg(feature = "failpoints")]
use super::{POINTS, SHORT};

const DEAD: &str = "password LIKE '!saltern:reset:%'";

impl Parents {
    /// What the ledger says was reset is what was reset, and no row twice.
    fn check_resets(&mut self) {
        let written =
            "SELECT COUNT(*) FROM changes WHERE was NOT LIKE '!%' AND now LIKE '!saltern:reset:%'";
        let written = self.db.count(written);
        assert_eq!(self.ledger_number("SELECT COUNT(*) FROM {reset}"), written);
        let twice = "SELECT COUNT(*) FROM changes WHERE was LIKE '!saltern:reset:%' AND was <> now";
        assert_eq!(self.db.count(twice), 0, "rows were reset twice");
        let open = "SELECT COUNT(*) FROM {chunk} WHERE candidates <> done + superseded + deleted + quarantined";
        assert_eq!(self.ledger_number(open), 0, "the accounts do not close");
    }

    fn rows(&mut self) -> Vec<(u64, String)> {
        let rows = self.db.query("SELECT id, password FROM parent ORDER BY id");
        rows.into_iter()
            .map(|row| {
                let id = row[0].as_deref().unwrap().parse().unwrap();
                (id, row[1].clone().expect("no row became NULL"))
            })
            .collect()
    }
}

on_each_backend!(
    who_is_reset_logs_in_no_more_and_everybody_else_does,
    |backend| {
        let mut parents = Parents::new(backend, 600);
        parents.db.exec("UPDATE parent SET seen = CASE WHEN id < 200 THEN '2001-01-01 00:00:00' ELSE '2099-01-01 00:00:00' END");
        let config = |max_rows: u32| {
            let credential = parents_config("last_login = \"seen\"\nexcept = \"id % 10 = 0\"");
            format!(
                "{credential}[[rule]]\nname = \"stale\"\nwhen = {{ last_login_before = \"1y\" }}\ndo = \"reset\"\nmax_rows = {max_rows}\n"
            )
        };
        let before = parents.rows();

        parents.saltern.configure(&config(179));
        let refused = parents.execute(&["-q"]).expect_code(4);

        assert!(
            refused.stderr.contains("180 rows would be reset"),
            "{}",
            refused.stderr
        );
        assert_eq!(parents.rows(), before, "above its brake nothing is written");
        let plan = parents.saltern.run(&["plan"]).expect_code(0).stdout;
        assert!(
            plan.contains("max_rows") && plan.contains("reset 180"),
            "{plan}"
        );

        parents.saltern.configure(&config(180));
        parents.execute(&["-q"]).expect_code(0);

        let after = parents.rows();
        let dead: HashSet<&str> = after
            .iter()
            .filter(|(id, _)| *id < 200 && id % 10 != 0)
            .map(|(_, stored)| stored.as_str())
            .collect();
        assert_eq!(dead.len(), 180, "each dead value is another one");
        for ((id, stored), (_, old)) in after.iter().zip(&before) {
            let password = password_of(*id);
            if id % 10 == 0 {
                assert_eq!(stored, old, "an excepted row was touched");
            } else if *id < 200 {
                assert!(
                    stored.starts_with("!saltern:reset:") && stored.len() == 37,
                    "{stored}"
                );
                // Nor does what anybody may know open it, where an application compares `password = ?`.
                for typed in [password.as_str(), old, "", "!saltern:reset:", "!"] {
                    assert!(
                        typed != stored && !opens(stored, typed),
                        "{typed} opens {id}"
                    );
                }
                assert!(!opens(stored, stored), "its own dead value is a password");
            } else {
                check_opens(stored, &password, "md5");
            }
        }
        parents.check_resets();
        let why = "SELECT COUNT(*) FROM {reset} WHERE rule = 'stale' AND reason = 'rule' AND class = 'weak' AND credential = 'parents' AND at_ms > 1";
        assert_eq!(parents.ledger_number(why), 180);
        parents
            .execute(&["-q", "--exit-nothing-to-do"])
            .expect_code(9);
    }
);

on_each_backend!(at_its_deadline_what_is_still_wrapped_is_reset, |backend| {
    let mut parents = Parents::new(backend, 300);
    let rule = |since: &str| {
        format!(
            "{}[[rule]]\nname = \"grace\"\nwhen = {{ class = \"weak\" }}\ndo = \"wrap\"\ndeadline = \"90d\"\n{since}max_rows = 1000\n",
            parents_config("")
        )
    };
    parents.saltern.configure(&rule(""));
    parents.execute(&["-q"]).expect_code(0);
    parents.execute(&["-q"]).expect_code(0);
    assert_eq!(
        parents
            .db
            .count(&format!("SELECT COUNT(*) FROM parent WHERE {DEAD}")),
        0,
        "before its deadline nothing is due"
    );
    // Seven logs in, which makes a plain string of it; somebody signs up at an old server.
    let native = "$argon2id$v=19$m=64,t=1,p=1$c2FsdHNhbHRzYWx0c2FsdA$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc";
    parents.db.exec(&format!(
        "UPDATE parent SET password = '{native}' WHERE id = 7"
    ));
    parents.db.exec(&format!(
        "UPDATE parent SET password = '{}' WHERE id = 8",
        md5("new")
    ));

    parents.saltern.configure(&rule("since = \"2001-01-01\"\n"));
    parents.execute(&["-q"]).expect_code(0);

    let dead = parents
        .db
        .count(&format!("SELECT COUNT(*) FROM parent WHERE {DEAD}"));
    assert_eq!(dead, 298);
    let rows = parents.rows();
    assert_eq!(rows[7].1, native, "who has logged in since is left alone");
    check_opens(&rows[8].1, "new", "md5");
    parents.check_resets();
    assert_eq!(
        parents.ledger_number(
            "SELECT COUNT(*) FROM {reset} WHERE rule = 'grace' AND reason = 'deadline'"
        ),
        298
    );
});

#[cfg(feature = "failpoints")]
on_each_backend!(killed_at_any_point_each_row_is_reset_once, |backend| {
    let mut parents = Parents::new(backend, 7_000);
    parents.saltern.configure(&format!(
        "{}[[rule]]\ndo = \"reset\"\nmax_rows = 7000\n",
        parents_config("").replace("readers_ready = true", "")
    ));
    for point in [
        "before-create",
        "after-create",
        "after-claim",
        "after-swap",
        "after-read-back",
        "after-reset",
        "before-commit",
        "after-reset=kill@2",
        "before-commit=kill@2",
        "before-sweep",
        "after-sweep",
        "before-done",
    ] {
        parents.saltern.set(POINTS, &format!("{SHORT},{point}"));
        let killed = parents.execute(&["-q"]);
        assert_eq!(killed.signal(), Some(9), "at {point}: {killed:?}");
        if point != "before-create" {
            parents.check_resets();
        }
    }
    parents
        .saltern
        .set(POINTS, &format!("{SHORT},commit-answer=fail"));
    parents.execute(&["-q"]).expect_code(0);
    parents.check_resets();
    let dead = parents
        .db
        .count(&format!("SELECT COUNT(*) FROM parent WHERE {DEAD}"));
    assert_eq!(
        (dead, parents.ledger_number("SELECT COUNT(*) FROM {run}")),
        (7_000, 1)
    );
});

on_each_backend!(a_column_that_takes_no_dead_value_is_refused, |backend| {
    let mut parents = Parents::new(backend, 0);
    parents.db.exec(
        "CREATE TABLE kid (id INTEGER PRIMARY KEY, pin VARCHAR(200), CHECK (pin NOT LIKE '!%'))",
    );
    parents.db.insert(
        "kid",
        &["id", "pin"],
        [[Some("1".to_owned()), Some(md5("x"))]],
    );
    parents.saltern.configure(&format!(
        "[[credential]]\nname = \"kids\"\ntable = \"kid\"\nkey = \"id\"\ncolumn = \"pin\"\nscheme = \"md5\"\nreaders_ready = true\n{CHEAP}[[rule]]\nwhen = {{ class = \"strong\" }}\ndo = \"reset\"\nmax_rows = 5\n"
    ));
    let refused = parents.execute(&["-q"]).expect_code(4);
    assert!(
        refused.stderr.contains("refuses the new values"),
        "{}",
        refused.stderr
    );
});
