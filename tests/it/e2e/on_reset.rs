//! What a reset does beside the value: the application's own columns, and its sessions, exactly for who was reset.

#[cfg(feature = "failpoints")]
use super::{POINTS, SHORT};
use super::{Parents, check_opens, in_ledger, md5, parents_config, password_of};
use crate::saltern::Saltern;
use crate::servers::Backend;

/// Everybody who hasn't logged in for long is reset, everybody else is wrapped; whose id ends in 0 is left alone.
const RULES: &str = "[[rule]]\nname = \"stale\"\nwhen = { last_login_before = \"1y\" }\ndo = \"reset\"\nmax_rows = 7000\n";
const ON_RESET: &str = "[credential.on_reset]\n\
     set = { must_reset = true, tries = 7, note = \"'reset ' || 'now'\" }\n\
     sql = [\"DELETE FROM session WHERE user_id IN (:keys)\", \"INSERT INTO revoked (user_id) SELECT id FROM parent WHERE id IN (:keys)\"]\n";

/// Parents with two sessions each; those below `stale` have been away for long.
fn parents(backend: Backend, rows: u64, stale: u64) -> Parents {
    let mut parents = Parents::new(backend, rows);
    let db = &mut parents.db;
    db.exec(&format!(
        "UPDATE parent SET seen = CASE WHEN id < {stale} THEN '2001-01-01 00:00:00' ELSE '2099-01-01 00:00:00' END"
    ));
    db.exec("ALTER TABLE parent ADD COLUMN must_reset BOOLEAN DEFAULT FALSE");
    db.exec("ALTER TABLE parent ADD COLUMN tries INTEGER DEFAULT 0");
    db.exec("ALTER TABLE parent ADD COLUMN note VARCHAR(40)");
    db.exec("CREATE TABLE session (id INTEGER PRIMARY KEY, user_id INTEGER)");
    db.exec("CREATE INDEX by_user ON session (user_id)");
    // A user who was revoked twice would be an error.
    db.exec("CREATE TABLE revoked (user_id INTEGER PRIMARY KEY)");
    db.exec("INSERT INTO session (id, user_id) SELECT id, id FROM parent");
    db.exec(&format!(
        "INSERT INTO session (id, user_id) SELECT id + {rows}, id FROM parent"
    ));
    parents.saltern.configure(&config(backend, ON_RESET));
    parents
}

fn config(backend: Backend, on_reset: &str) -> String {
    let on_reset = if backend.is_mysql_like() {
        on_reset.replace("'reset ' || 'now'", "CONCAT('reset ', 'now')")
    } else {
        on_reset.to_owned()
    };
    let credential = parents_config("last_login = \"seen\"\nexcept = \"id % 10 = 0\"\nLATER");
    credential.replace("LATER", &on_reset) + RULES
}

impl Parents {
    /// Who was reset has the application's columns changed, no session and a line in the ledger; nobody else has any of it.
    fn check_revoked(&mut self, expected: u64) {
        let dead = "password LIKE '!saltern:reset:%'";
        let changed = "must_reset AND tries = 7 AND note = 'reset now'";
        for (what, sql) in [
            (
                "reset",
                format!("SELECT COUNT(*) FROM parent WHERE {dead} AND {changed}"),
            ),
            (
                "revoked",
                "SELECT COUNT(*) FROM parent p JOIN revoked r ON r.user_id = p.id".to_owned(),
            ),
            (
                "without a session",
                "SELECT COUNT(*) FROM parent p WHERE NOT EXISTS (SELECT 1 FROM session s WHERE s.user_id = p.id)"
                    .to_owned(),
            ),
            (
                "in the ledger",
                in_ledger(self.db.backend(), "SELECT COUNT(*) FROM {reset}"),
            ),
        ] {
            assert_eq!(self.db.count(&sql), expected, "{what}");
        }
        for (what, sql) in [
            (
                "untouched and marked",
                format!("SELECT COUNT(*) FROM parent WHERE NOT {dead} AND (must_reset OR tries <> 0 OR note IS NOT NULL)"),
            ),
            (
                "reset and logged in",
                format!("SELECT COUNT(*) FROM parent p JOIN session s ON s.user_id = p.id WHERE {dead}"),
            ),
            (
                "half logged out",
                "SELECT COUNT(*) FROM (SELECT COUNT(*) AS n FROM session GROUP BY user_id) g WHERE n <> 2".to_owned(),
            ),
        ] {
            assert_eq!(self.db.count(&sql), 0, "{what}");
        }
        let open = "SELECT COUNT(*) FROM {chunk} WHERE candidates <> done + superseded + deleted + quarantined";
        assert_eq!(self.ledger_number(open), 0, "the counts do not add up");
    }
}

on_each_backend!(sessions_are_gone_for_who_was_reset_alone, |backend| {
    let mut parents = parents(backend, 600, 200);

    parents.execute(&["-q"]).expect_code(0);

    parents.check_revoked(180);
    let rows = parents
        .db
        .query("SELECT id, password FROM parent ORDER BY id");
    let mut dead = Vec::new();
    for row in rows {
        let (id, stored): (u64, String) = (
            row[0].as_deref().unwrap().parse().unwrap(),
            row[1].clone().unwrap(),
        );
        match (id % 10, id) {
            (0, _) => {}
            (_, 200..) => check_opens(&stored, &password_of(id), "md5"),
            _ => dead.push((id, stored)),
        }
    }
    // An application that compares the column itself lets nobody in by what is known of a dead value: another row's, or a part of one.
    for ((id, own), (_, other)) in dead.iter().zip(dead.iter().skip(1)) {
        for typed in [other.as_str(), &own[..own.len() - 1], "!saltern:reset:"] {
            let logs_in =
                format!("SELECT COUNT(*) FROM parent WHERE id = {id} AND password = '{typed}'");
            assert_eq!(parents.db.count(&logs_in), 0, "{typed} opens {id}");
        }
    }
    parents
        .execute(&["-q", "--exit-nothing-to-do"])
        .expect_code(9);
    parents.check_revoked(180);
});

on_each_backend!(a_statement_that_fails_rolls_its_page_back, |backend| {
    let mut parents = parents(backend, 600, 200);
    parents.db.exec("INSERT INTO revoked VALUES (157)");

    let failed = parents.execute(&["-q"]).expect_code(2);

    let stderr = &failed.stderr;
    assert!(
        stderr.contains("statement 2 of `on_reset.sql` of credential parents failed"),
        "{stderr}"
    );
    assert!(!stderr.contains("157"), "{stderr}");
    parents.db.exec("DELETE FROM revoked");
    parents.check_revoked(0);

    parents.execute(&["-q"]).expect_code(0);

    parents.check_revoked(180);
    assert_eq!(parents.ledger_number("SELECT COUNT(*) FROM {run}"), 1);
});

on_each_backend!(
    what_can_not_work_is_refused_before_anything_is_written,
    |backend| {
        let mut parents = parents(backend, 20, 20);
        for (on_reset, word) in [
            (
                "sql = \"DELETE FROM sessions WHERE user_id IN (:keys)\"",
                "statement 1 of `on_reset.sql`",
            ),
            (
                "sql = \"DELETE FROM session WHERE uid IN (:keys)\"",
                "statement 1 of `on_reset.sql`",
            ),
            (
                "sql = \"DELETE FROM session WHERE user_id = 1\"",
                "names no :keys",
            ),
            ("sql = \"DROP TABLE session\"", "begins with none"),
            ("set = { must = true }", "has no column must"),
            ("set = { must_reset = \"no_such_function(1)\" }", ""),
            (
                "set = { must_reset = \"1), password = ('x'\" }",
                "is not one SQL expression",
            ),
        ] {
            parents.saltern.configure(&config(
                backend,
                &format!("[credential.on_reset]\n{on_reset}\n"),
            ));
            for arguments in [
                &["run", "--execute"][..],
                &["reset", "--all", "--execute", "--confirm", "20"],
            ] {
                let refused = parents.saltern.run(arguments).expect_code(4);
                assert!(
                    refused.stderr.contains(word),
                    "{on_reset}: {}",
                    refused.stderr
                );
            }
            parents.saltern.run(&["doctor"]).expect_code(4);
        }
        let ledger = in_ledger(backend, "SELECT COUNT(*) FROM {run}");
        assert!(parents.db.try_query(&ledger).is_err(), "a ledger was made");
        assert_eq!(
            parents
                .db
                .count("SELECT COUNT(*) FROM changes WHERE was <> now"),
            0
        );
    }
);

// Two pages are written at a time; without an index each statement waits for what the other has deleted.
on_each_backend!(
    statements_that_read_a_whole_table_get_to_their_end,
    |backend| {
        let mut parents = Parents::new(backend, 2_000);
        for sql in [
            "CREATE TABLE kid (id INTEGER PRIMARY KEY, pin VARCHAR(200))",
            "INSERT INTO kid SELECT id + 100000, password FROM parent",
            "CREATE TABLE visit (user_id INTEGER)",
            "INSERT INTO visit SELECT id FROM parent",
            "INSERT INTO visit SELECT id FROM kid",
        ] {
            parents.db.exec(sql);
        }
        let on_reset =
            "[credential.on_reset]\nsql = [\"DELETE FROM visit WHERE user_id IN (:keys)\"]\n";
        let kids = "[[credential]]\nname = \"kids\"\ntable = \"kid\"\nkey = \"id\"\ncolumn = \"pin\"\nscheme = \"md5\"\n";
        parents
            .saltern
            .configure(&format!("{}{kids}{on_reset}", parents_config(on_reset)));

        let everybody = "reset --all --execute --confirm 4000 -q";
        let everybody: Vec<&str> = everybody.split_whitespace().collect();
        parents.saltern.run(&everybody).expect_code(0);

        assert_eq!(parents.db.count("SELECT COUNT(*) FROM visit"), 0);
        assert_eq!(parents.ledger_number("SELECT COUNT(*) FROM {reset}"), 4_000);
    }
);

on_each_backend!(the_grants_that_are_printed_suffice_for_a_reset, |backend| {
    let mut parents = parents(backend, 20, 20);
    let Some(user) = parents.db.create_user() else {
        return;
    };
    let saltern = Saltern::new(&user.url, &config(backend, ON_RESET));
    let printed = saltern
        .run(&["ledger", "sql", "--user", &user.grantee])
        .expect_code(0)
        .stdout;
    parents.db.exec(&printed);
    let execute = ["run", "--execute", "-q"];
    let refused = saltern.run(&execute).expect_code(4);
    assert!(
        refused
            .stderr
            .contains("statement 1 of `on_reset.sql` is refused"),
        "{}",
        refused.stderr
    );
    // The table of changes is the test's: its trigger writes it as whoever fires it.
    for grant in [
        "SELECT, DELETE ON session",
        "SELECT, INSERT ON revoked",
        "INSERT ON changes",
    ] {
        parents
            .db
            .exec(&format!("GRANT {grant} TO {}", user.grantee));
    }

    saltern.run(&execute).expect_code(0);

    parents.check_revoked(18);
});

#[cfg(feature = "failpoints")]
on_each_backend!(
    killed_at_any_point_of_a_page_each_session_goes_once,
    |backend| {
        let mut parents = parents(backend, 6_000, 6_000);
        for point in [
            "after-fence",
            "after-swap",
            "after-read-back",
            "after-revoke",
            "after-reset",
            "after-cursor",
            "before-commit",
            "after-revoke=kill@2",
            "before-commit=kill@2",
        ] {
            parents.saltern.set(POINTS, &format!("{SHORT},{point}"));
            let killed = parents.execute(&["-q"]);
            assert_eq!(killed.signal(), Some(9), "at {point}: {killed:?}");
            let done = parents.ledger_number("SELECT COUNT(*) FROM {reset}");
            parents.check_revoked(done);
        }
        parents
            .saltern
            .set(POINTS, &format!("{SHORT},commit-answer=fail"));
        parents.execute(&["-q"]).expect_code(0);
        parents.check_revoked(5_400);
        assert_eq!(parents.ledger_number("SELECT COUNT(*) FROM {run}"), 1);
    }
);

/// A chosen user's reset does the same as a rule's.
#[test]
fn a_chosen_user_is_logged_out_too() {
    let mut parents = parents(Backend::Sqlite, 40, 0);
    let list = parents.saltern.folder().join("users");
    std::fs::write(list, "11\n12\n20\n").unwrap();
    let reset = ["reset", "--users", "users", "--execute", "--confirm", "2"];
    parents.saltern.run(&reset).expect_code(0);
    parents.check_revoked(2);
    let who = parents
        .db
        .query("SELECT user_id FROM revoked ORDER BY user_id");
    assert_eq!(who, [[Some("11".to_owned())], [Some("12".to_owned())]]);
}

const SOFT: &str = "[credential.on_reset]\nmust_change = \"must_reset\"\nset = { tries = 7, note = \"'reset ' || 'now'\" }\n\
     sql = [\"DELETE FROM session WHERE user_id IN (:keys)\", \"INSERT INTO revoked (user_id) SELECT id FROM parent WHERE id IN (:keys)\"]\n";

on_each_backend!(a_soft_reset_leaves_the_value_and_is_done_once, |backend| {
    let mut parents = parents(backend, 2_400, 800);
    let config = config(backend, SOFT);
    parents
        .saltern
        .configure(&config.replace("do = \"reset\"", "do = \"reset\"\nsoft = true"));
    #[cfg(feature = "failpoints")]
    {
        for point in [
            "before-create",
            "after-create",
            "after-claim",
            "after-fence",
            "after-swap",
            "after-read-back",
            "after-revoke",
            "after-reset",
            "after-cursor",
            "before-commit",
            "after-swap=kill@2",
            "before-commit=kill@2",
            "before-sweep",
            "after-sweep",
            "before-done",
        ] {
            parents.saltern.set(POINTS, &format!("{SHORT},{point}"));
            let killed = parents.execute(&["-q"]);
            assert_eq!(killed.signal(), Some(9), "at {point}: {killed:?}");
        }
        parents.saltern.set(POINTS, SHORT);
    }

    parents.execute(&["-q"]).expect_code(0);

    let whom = "seen LIKE '2001%' AND id % 10 <> 0";
    let changed = "must_reset AND tries = 7 AND note = 'reset now' AND password = first";
    for (sql, expected) in [
        (
            format!("SELECT COUNT(*) FROM parent WHERE {whom} AND {changed}"),
            720,
        ),
        (
            format!(
                "SELECT COUNT(*) FROM parent WHERE NOT ({whom}) AND (must_reset OR tries <> 0)"
            ),
            0,
        ),
        (
            "SELECT COUNT(*) FROM parent p JOIN revoked r ON r.user_id = p.id".to_owned(),
            720,
        ),
        ("SELECT COUNT(*) FROM session".to_owned(), 2 * 1_680),
        (
            "SELECT COUNT(*) FROM parent WHERE password LIKE '$argon2id--md5$%'".to_owned(),
            1_440,
        ),
        (
            in_ledger(
                backend,
                "SELECT COUNT(*) FROM {reset} WHERE how = 'soft' AND rule = 'stale'",
            ),
            720,
        ),
    ] {
        assert_eq!(parents.db.count(&sql), expected, "{sql}");
    }
    // Whoever must change it already is no candidate, of a rule or of the command.
    parents
        .execute(&["-q", "--exit-nothing-to-do"])
        .expect_code(9);
    let dry = ["reset", "--soft", "--last-login-before", "1y"];
    let dry = parents.saltern.run(&dry).expect_code(0).stdout;
    assert!(dry.contains("to reset  0 rows"), "{dry}");
    let report = parents.saltern.run(&["report", "--csv"]).expect_code(0);
    assert_eq!(report.stdout.matches(",soft\n").count(), 720);
});

#[cfg(feature = "failpoints")]
on_each_backend!(a_soft_cohort_that_is_killed_is_done_once, |backend| {
    let mut parents = parents(backend, 120, 120);
    parents.saltern.configure(&config(backend, SOFT));
    let cohort =
        "reset --soft --last-login-before 1y --limit 30 --execute --confirm 999 --max-rate 500 -q";
    let cohort: Vec<&str> = cohort.split_whitespace().collect();
    for point in ["after-claim", "before-commit", "after-cursor"] {
        parents.saltern.set(POINTS, &format!("{SHORT},{point}"));
        let killed = parents.saltern.run(&cohort);
        assert_eq!(killed.signal(), Some(9), "at {point}: {killed:?}");
    }
    parents.saltern.set(POINTS, SHORT);
    parents.saltern.run(&cohort).expect_code(0);
    for (count, expected) in [
        ("SELECT COUNT(*) FROM {reset}", 30),
        ("SELECT SUM(done) FROM {chunk}", 30),
        ("SELECT COUNT(*) FROM {run}", 1),
    ] {
        assert_eq!(parents.ledger_number(count), expected, "{count}");
    }
    let flagged = "SELECT COUNT(*) FROM parent WHERE must_reset AND tries = 7";
    assert_eq!(parents.db.count(flagged), 30);
});

on_each_backend!(a_soft_reset_needs_a_column_and_no_room, |backend| {
    let mut parents = Parents::new(backend, 0);
    let flag = if backend == Backend::Postgres {
        "SMALLINT"
    } else {
        "BOOLEAN"
    };
    parents.db.exec(&format!(
        "CREATE TABLE kid (id INTEGER PRIMARY KEY, pin VARCHAR(32), must {flag}, word VARCHAR(9))"
    ));
    parents.db.insert(
        "kid",
        &["id", "pin"],
        [[Some("1".to_owned()), Some(md5("x"))]],
    );
    let credential = "[[credential]]\nname = \"kids\"\ntable = \"kid\"\nkey = \"id\"\ncolumn = \"pin\"\nscheme = \"md5\"\n";
    let soft = [
        "reset",
        "--all",
        "--soft",
        "--execute",
        "--confirm",
        "1",
        "-q",
    ];
    parents.saltern.configure(credential);
    let refused = parents.saltern.run(&soft).expect_code(2);
    assert!(refused.stderr.contains("must_change"), "{}", refused.stderr);
    let column = |name: &str| {
        parents.saltern.configure(&format!(
            "{credential}[credential.on_reset]\nmust_change = \"{name}\"\n"
        ));
    };
    column("word");
    let refused = parents.saltern.run(&soft).expect_code(4);
    let unfit = if backend == Backend::Sqlite {
        ""
    } else {
        "true and false"
    };
    assert!(refused.stderr.contains(unfit), "{}", refused.stderr);
    column("must");
    parents.saltern.run(&soft).expect_code(0);
    let done = "SELECT COUNT(*) FROM kid WHERE must = 1 AND LENGTH(pin) = 32";
    assert_eq!(parents.db.count(done), 1);
});

on_each_backend!(a_dead_value_of_the_operators_is_known_again, |backend| {
    for (form, like) in [
        ("!saltern:{random}", "!saltern:%"),
        ("!{random}", "!%"),
        ("*", "*"),
    ] {
        let mut parents = Parents::new(backend, 40);
        let rule = "[[rule]]\ndo = \"reset\"\nmax_rows = 40\n";
        let value = format!("[credential.on_reset]\nvalue = \"{form}\"\n");
        let config = parents_config(&value).replace("readers_ready = true", "");
        parents.saltern.configure(&(config + rule));

        parents.execute(&["-q"]).expect_code(0);

        let dead = format!("SELECT COUNT(*) FROM parent WHERE password LIKE '{like}'");
        assert_eq!(parents.db.count(&dead), 40, "{form}");
        let distinct = parents
            .db
            .count("SELECT COUNT(DISTINCT password) FROM parent");
        assert_eq!(distinct, if form == "*" { 1 } else { 40 });
        assert_eq!(parents.ledger_number("SELECT COUNT(*) FROM {reset}"), 40);
        parents
            .execute(&["-q", "--exit-nothing-to-do"])
            .expect_code(9);
        parents
            .saltern
            .run(&["scan", "--fail-on", "weak,unknown,plaintext"])
            .expect_code(0);
    }
});
