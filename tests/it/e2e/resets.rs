//! Rows that are reset: nobody logs in with what stood there, everybody else does, and each row is reset once, whatever is killed.

use std::collections::HashSet;

use super::{CHEAP, Parents, check_opens, in_ledger, md5, opens, parents_config, password_of};
#[cfg(feature = "failpoints")]
use super::{POINTS, SHORT};
use crate::saltern::Finished;
use crate::servers::Backend;

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
        assert_eq!(self.ledger_number(open), 0, "the counts do not add up");
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

#[test]
fn a_clock_that_jumps_makes_no_deadline_come_early() {
    crate::servers::on(Backend::Postgres, |backend| {
        let mut parents = Parents::new(backend, 50);
        parents.saltern.configure(&format!(
            "{}[[rule]]\nname = \"grace\"\nwhen = {{ class = \"weak\" }}\ndo = \"on-login\"\ndeadline = \"90d\"\nmax_rows = 1000\n",
            parents_config("")
        ));
        parents.execute(&["-q"]).expect_code(0);
        // What PostgreSQL calls the time is a function, and one of ours is found before it.
        parents.db.exec("CREATE SCHEMA broken");
        let now = "CREATE OR REPLACE FUNCTION broken.clock_timestamp() RETURNS timestamptz LANGUAGE sql AS";
        let jump = |by: &str| format!("{now} 'SELECT pg_catalog.clock_timestamp() {by}'");
        parents.db.exec(&jump("+ interval ''91 days''"));
        let name = parents.db.value("SELECT current_database()").unwrap();
        parents.db.exec(&format!(
            "ALTER DATABASE \"{name}\" SET search_path = broken, pg_catalog, public"
        ));

        let refused = parents.execute(&["-q"]).expect_code(4);
        assert!(
            refused.stderr.contains(" minutes ahead of this host"),
            "{}",
            refused.stderr
        );
        let plan = parents.saltern.run(&["plan"]).expect_code(0);
        assert!(
            plan.stdout.contains(" minutes ahead of this host"),
            "{}",
            plan.stdout
        );

        parents.db.exec(&jump("- interval ''91 days''"));
        parents.execute(&["-q"]).expect_code(4);
        assert_eq!(
            parents
                .db
                .count(&format!("SELECT COUNT(*) FROM parent WHERE {DEAD}")),
            0
        );

        // With clocks that agree, what is due is reset.
        parents.saltern.configure(&format!(
            "{}[[rule]]\nname = \"grace\"\nwhen = {{ class = \"weak\" }}\ndo = \"on-login\"\ndeadline = \"90d\"\nsince = \"2001-01-01\"\nmax_rows = 1000\n",
            parents_config("")
        ));
        parents.db.exec(&jump(""));
        parents.execute(&["-q"]).expect_code(0);
        assert_eq!(
            parents
                .db
                .count(&format!("SELECT COUNT(*) FROM parent WHERE {DEAD}")),
            50
        );
    });
}

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

#[cfg(feature = "failpoints")]
on_each_backend!(
    killed_in_two_chunks_at_once_each_row_is_reset_once,
    |backend| {
        let mut parents = Parents::new(backend, 3_000);
        parents
            .db
            .exec("CREATE TABLE kid (id INTEGER PRIMARY KEY, pin VARCHAR(200))");
        parents
            .db
            .exec("INSERT INTO kid SELECT id, password FROM parent");
        parents.saltern.configure(&format!(
            "{}[[credential]]\nname = \"kids\"\ntable = \"kid\"\nkey = \"id\"\ncolumn = \"pin\"\nscheme = \"md5\"\n",
            parents_config("")
        ));
        let everybody = "reset --all --execute --confirm 6000 -q";
        let everybody: Vec<&str> = everybody.split_whitespace().collect();
        for point in [
            "after-swap=kill@2",
            "after-reset=kill@3",
            "before-commit=kill@4",
        ] {
            parents.saltern.set(POINTS, &format!("{SHORT},{point}"));
            let killed = parents.saltern.run(&everybody);
            assert_eq!(killed.signal(), Some(9), "at {point}: {killed:?}");
            // On SQLite one writer works on one chunk, and a reader may be ahead of it.
            if backend != Backend::Sqlite {
                let at_work = "SELECT COUNT(*) FROM {chunk} WHERE state = 'leased'";
                assert_eq!(parents.ledger_number(at_work), 2, "at {point}");
            }
        }

        parents.saltern.set(POINTS, SHORT);
        // Who confirms what is left, or goes on in another way, is told of what was done before; nothing is written.
        let before = parents.ledger_number("SELECT COUNT(*) FROM {reset}");
        let rest = (6_000 - before).to_string();
        for (wrong, told) in [
            (
                format!("reset --all --execute --confirm {rest} -q"),
                format!("with the {before} that this unfinished run has reset already"),
            ),
            (
                "reset --all --execute --confirm 6000 --limit 10 -q".to_owned(),
                "was begun without --limit".to_owned(),
            ),
        ] {
            let wrong: Vec<&str> = wrong.split_whitespace().collect();
            let refused = parents.saltern.run(&wrong).expect_code(4);
            assert!(refused.stderr.contains(&told), "{}", refused.stderr);
        }
        assert_eq!(
            parents.ledger_number("SELECT COUNT(*) FROM {reset}"),
            before
        );
        parents.saltern.run(&everybody).expect_code(0);

        for (table, column) in [("parent", "password"), ("kid", "pin")] {
            let dead =
                format!("SELECT COUNT(*) FROM {table} WHERE {column} LIKE '!saltern:reset:%'");
            assert_eq!(parents.db.count(&dead), 3_000, "{table}");
        }
        let twice = "SELECT COUNT(*) FROM changes WHERE was LIKE '!saltern:reset:%'";
        assert_eq!(parents.db.count(twice), 0, "rows were reset twice");
        for (count, expected) in [
            ("SELECT COUNT(*) FROM {reset}", 6_000),
            ("SELECT SUM(done) FROM {chunk}", 6_000),
            ("SELECT COUNT(*) FROM {run}", 1),
        ] {
            assert_eq!(parents.ledger_number(count), expected, "{count}");
        }
    }
);

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

/// Members with logins, in a column that has room for little more than a SHA-1; the greater the id below 100, the longer away.
fn members(backend: Backend) -> Parents {
    let mut parents = Parents::new(backend, 0);
    parents.db.exec("CREATE TABLE member (id INTEGER PRIMARY KEY, email VARCHAR(60), password VARCHAR(40), seen VARCHAR(40))");
    parents.db.insert(
        "member",
        &["id", "email", "password", "seen"],
        (0..200_u64).map(|id| {
            let year = if id < 100 { 1999 - id } else { 2099 };
            [
                Some(id.to_string()),
                Some(format!("user{id}@example.org")),
                Some(md5(&password_of(id))),
                Some(format!("{year}-06-01 00:00:00")),
            ]
        }),
    );
    parents.saltern.configure(&format!(
        "[[credential]]\nname = \"members\"\ntable = \"member\"\nkey = \"id\"\ncolumn = \"password\"\nscheme = \"md5\"\nlogin = \"email\"\nlast_login = \"seen\"\nexcept = \"id = 3\"\n{CHEAP}"
    ));
    parents
}

impl Parents {
    fn reset(&self, more: &[&str]) -> Finished {
        self.saltern.run(&[&["reset"][..], more].concat())
    }

    /// The ids of the members who were reset; everybody else has what stood there.
    fn dead(&mut self) -> Vec<u64> {
        let rows = self.db.query("SELECT id, password FROM member ORDER BY id");
        let row = |row: Vec<Option<String>>| {
            let id = row[0].as_deref().unwrap().parse().unwrap();
            let stored = row[1].as_deref().unwrap();
            let is_dead = stored.starts_with("!saltern:reset:") && stored.len() == 37;
            assert!(is_dead || stored == md5(&password_of(id)), "{id}: {stored}");
            is_dead.then_some(id)
        };
        rows.into_iter().filter_map(row).collect()
    }
}

on_each_backend!(chosen_users_are_reset_and_nobody_else, |backend| {
    let mut members = members(backend);
    let file = |name: &str, text: &str| {
        std::fs::write(members.saltern.folder().join(name), text).unwrap();
    };
    file(
        "users",
        "\u{feff}user1@example.org\r\n\r\nuser2@example.org\r\nuser3@example.org\r\n",
    );
    file("staff", "user2@example.org\n");
    file("slip", "user1@example.org\n\nuser2@example.orgg\n");
    for (arguments, code, word) in [
        (&[][..], 2, "nothing says whom"),
        (&["--all", "--execute"], 2, "--confirm"),
        (&["--where", "1 = 1) OR (1 = 1"], 2, "one SQL expression"),
        (
            &["--all", "--execute", "--confirm", "198"],
            4,
            "199 rows would be reset",
        ),
        (
            &[
                "--all",
                "--by",
                "login",
                "--except-users",
                "slip",
                "--execute",
                "--confirm",
                "200",
            ],
            4,
            "line 3",
        ),
    ] {
        let refused = members.reset(arguments).expect_code(code);
        assert!(
            refused.stderr.contains(word),
            "{arguments:?}: {}",
            refused.stderr
        );
    }
    let dry = members
        .reset(&["--class", "weak", "--where", "id % 2 = 1"])
        .expect_code(0)
        .stdout;
    assert!(
        dry.contains("to reset  99 rows") && dry.contains("left out  1 by"),
        "{dry}"
    );
    assert!(dry.contains("--execute --confirm 99"), "{dry}");
    assert_eq!(members.dead(), [0_u64; 0]);

    let list = [
        "--users",
        "users",
        "--by",
        "login",
        "--except-users",
        "staff",
    ];
    let done = [
        "--reason",
        "breach",
        "--execute",
        "--confirm",
        "5",
        "--json",
    ];
    let told = members
        .reset(&[&list[..], &done].concat())
        .expect_code(0)
        .stdout;

    assert!(told.contains("4 fewer than --confirm says"), "{told}");
    assert_eq!(members.dead(), [1]);
    let report = members
        .saltern
        .run(&["report", "--csv"])
        .expect_code(0)
        .stdout;
    assert!(
        report.contains(",members,\"[\"\"1\"\"]\",saltern reset,breach,weak,"),
        "{report}"
    );
    assert_eq!(report.lines().count(), 2);
});

on_each_backend!(cohorts_take_who_has_been_away_longest, |backend| {
    let mut members = members(backend);
    let cohort = [
        "--last-login-before",
        "1y",
        "--limit",
        "30",
        "--execute",
        "--confirm",
        "99",
        "-q",
    ];
    members.reset(&cohort).expect_code(0);
    assert_eq!(members.dead(), (70..100).collect::<Vec<_>>());
    #[cfg(feature = "failpoints")]
    for point in [
        "before-create",
        "after-create",
        "after-claim",
        "after-reset",
    ] {
        members.saltern.set(POINTS, &format!("{SHORT},{point}"));
        let killed = members.reset(&cohort);
        assert_eq!(killed.signal(), Some(9), "at {point}: {killed:?}");
        members.saltern.set(POINTS, SHORT);
    }
    members.reset(&cohort).expect_code(0);
    assert_eq!(members.dead(), (40..100).collect::<Vec<_>>());
    #[cfg(feature = "failpoints")]
    {
        members.saltern.set(POINTS, &format!("{SHORT},before-done"));
        assert_eq!(members.reset(&cohort).signal(), Some(9));
        members.saltern.set(POINTS, SHORT);
        assert_eq!(members.dead(), (10..100).collect::<Vec<_>>());
        // What was killed when all was written takes nobody more.
        members.reset(&cohort).expect_code(0);
        assert_eq!(members.dead(), (10..100).collect::<Vec<_>>());
    }
    let sums = members
        .saltern
        .run(&["report", "--json"])
        .expect_code(0)
        .json_lines();
    let sums = sums.last().unwrap();
    for run in sums["runs"].as_array().unwrap() {
        assert_eq!(
            (&run["reset"], &run["closes"]),
            (&30.into(), &true.into()),
            "{sums}"
        );
    }
});

on_each_backend!(two_cohorts_at_once_take_one_after_the_other, |backend| {
    let mut members = members(backend);
    let cohort = "reset --last-login-before 1y --limit 30 --execute --confirm 99 -q";
    let spawn = |members: &Parents, more: &str| {
        let line = format!("{cohort} {more}");
        members
            .saltern
            .spawn(&line.split_whitespace().collect::<Vec<_>>())
    };
    let first = spawn(&members, "--max-rate 20");
    let at_work = "SELECT COUNT(*) FROM member WHERE password LIKE '!saltern:reset:%'";
    while members.db.count(at_work) == 0 {
        std::thread::sleep(std::time::Duration::from_millis(20));
    }

    let second = spawn(&members, "--wait 60");
    let third = spawn(&members, "").finish().expect_code(11);

    assert!(third.stderr.contains("held by"), "{}", third.stderr);
    first.finish().expect_code(0);
    second.finish().expect_code(0);
    assert_eq!(members.dead(), (40..100).collect::<Vec<_>>());
    assert_eq!(
        members.ledger_number("SELECT COUNT(DISTINCT row_key) FROM {reset}"),
        60
    );
    assert_eq!(members.ledger_number("SELECT COUNT(*) FROM {reset}"), 60);
    assert_eq!(members.ledger_number("SELECT COUNT(*) FROM {run}"), 2);
});

on_each_backend!(who_has_not_logged_in_since_the_wrap_is_reset, |backend| {
    let mut parents = Parents::new(backend, 2_500);
    parents.execute(&["-q"]).expect_code(0);
    let hundred_days = "UPDATE {wrapped} SET at_ms = at_ms - 8640000000";
    parents.db.exec(&in_ledger(backend, hundred_days));
    // One logs in, which makes a plain string of it, and two of them sign up anew at an old server, and are wrapped tonight.
    let native = "$argon2id$v=19$m=64,t=1,p=1$c2FsdHNhbHRzYWx0c2FsdA$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc";
    parents.db.exec(&format!(
        "UPDATE parent SET password = '{native}' WHERE id = 7"
    ));
    parents.db.exec(&format!(
        "UPDATE parent SET password = '{}' WHERE id IN (8, 2400)",
        md5("new")
    ));
    parents.execute(&["-q"]).expect_code(0);
    let reset = |parents: &mut Parents, age: &str| {
        let line = format!("reset --wrapped-before {age} --execute --confirm 2500 -q");
        let words: Vec<&str> = line.split_whitespace().collect();
        parents.saltern.run(&words).expect_code(0);
        parents
            .db
            .count(&format!("SELECT COUNT(*) FROM parent WHERE {DEAD}"))
    };

    assert_eq!(reset(&mut parents, "101d"), 0);
    assert_eq!(reset(&mut parents, "99d"), 2_497);
    let rows = parents.rows();
    assert_eq!(rows[7].1, native);
    for id in [8, 2_400] {
        check_opens(&rows[id].1, "new", "md5");
    }
});

on_each_backend!(a_column_too_narrow_for_a_dead_value_is_refused, |backend| {
    if backend == Backend::Sqlite {
        return;
    }
    let mut members = members(backend);
    members
        .db
        .exec("CREATE TABLE kid (id INTEGER PRIMARY KEY, pin VARCHAR(36))");
    members.db.insert(
        "kid",
        &["id", "pin"],
        [[Some("1".to_owned()), Some(md5("x"))]],
    );
    members.saltern.configure("[[credential]]\nname = \"kids\"\ntable = \"kid\"\nkey = \"id\"\ncolumn = \"pin\"\nscheme = \"md5\"\n");
    let dry = members.reset(&["--all"]).expect_code(0).stdout;
    assert!(
        dry.contains("would refuse") && dry.contains("37 characters"),
        "{dry}"
    );
    let refused = members
        .reset(&["--all", "--execute", "--confirm", "1"])
        .expect_code(4);
    assert!(refused.stderr.contains("holds 36"), "{}", refused.stderr);
});

on_each_backend!(
    whoever_changes_while_a_reset_is_under_way_is_asked_again,
    |backend| {
        let mut parents = Parents::new(backend, 200);
        parents
            .db
            .exec("ALTER TABLE parent ADD COLUMN service INTEGER DEFAULT 0");
        parents.saltern.configure(&parents_config("").replace(
            "readers_ready = true",
            "readers_ready = true\nexcept = \"service = 1\"",
        ));
        // Pages of a second, and rows that were read for some of them.
        let slowly = "reset --all --execute --confirm 500 --max-rate 40 -q";
        let slowly: Vec<&str> = slowly.split_whitespace().collect();
        let run = parents.saltern.spawn(&slowly);
        let dead = format!("SELECT COUNT(*) FROM parent WHERE {DEAD}");
        while parents.db.count(&dead) == 0 {
            std::thread::sleep(std::time::Duration::from_millis(20));
        }
        // Some are excepted meanwhile, and one who was reset chooses a new password.
        let first = "SELECT MIN(id) FROM parent";
        let first = parents.db.count(first);
        let spared = format!("id >= {} AND id < {}", first + 80, first + 100);
        parents
            .db
            .exec(&format!("UPDATE parent SET service = 1 WHERE {spared}"));
        let new = md5("chosen by a token");
        parents.db.exec(&format!(
            "UPDATE parent SET password = '{new}' WHERE id = {first}"
        ));

        run.finish().expect_code(0);

        let alive = parents
            .db
            .count("SELECT COUNT(*) FROM parent WHERE password = first");
        let spared = parents.db.count(&format!(
            "SELECT COUNT(*) FROM parent WHERE password = first AND {spared}"
        ));
        assert_eq!((alive, spared), (20, 20));
        let chosen = format!("SELECT COUNT(*) FROM parent WHERE password = '{new}'");
        assert_eq!(parents.db.count(&chosen), 1, "a new password was reset too");
        assert_eq!(parents.ledger_number("SELECT COUNT(*) FROM {reset}"), 180);
    }
);
