//! Rows that wait for a login or for a deadline: counted by `scan`, kept by whatever counts and writes, shown by `status`.

use serde_json::Value;

use super::{Parents, parents_config};

const DAY_MS: i64 = 86_400_000;
const NATIVE: &str = "$argon2id$v=19$m=64,t=1,p=1$c2FsdHNhbHRzYWx0c2FsdA$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc";

/// Who has not logged in for a year is left to a login, everybody else wrapped, each with a deadline.
fn rules(since: &str) -> String {
    format!(
        "{}[[rule]]\nname = \"dormant\"\nwhen = {{ class = \"weak\", last_login_before = \"1y\" }}\ndo = \"on-login\"\ndeadline = \"90d\"\n{since}then = \"wrap\"\n\n\
         [[rule]]\nname = \"grace\"\nwhen = {{ scheme = \"md5\" }}\ndo = \"wrap\"\ndeadline = \"30d\"\nmax_rows = 1000\n",
        parents_config("last_login = \"seen\"")
    )
}

impl Parents {
    fn json(&self, arguments: &[&str]) -> Value {
        let finished = self.saltern.run(&[arguments, &["--json"][..]].concat());
        serde_json::from_str(&finished.expect_code(0).stdout).unwrap()
    }

    fn status_waits(&self) -> Value {
        self.json(&["status"])["waiting"].clone()
    }

    /// Somebody logs in at an application that writes native strings.
    fn log_in(&mut self, id: u64) {
        self.db.exec(&format!(
            "UPDATE parent SET password = '{NATIVE}' WHERE id = {id}"
        ));
    }
}

fn check_rows(waits: &Value, dormant: u64, grace: u64) {
    let rows = |at: usize| (waits[at]["rule"].clone(), waits[at]["rows"].clone());
    assert_eq!(rows(0), ("dormant".into(), dormant.into()), "{waits:#}");
    assert_eq!(rows(1), ("grace".into(), grace.into()), "{waits:#}");
    assert_eq!(waits.as_array().unwrap().len(), 2, "{waits:#}");
}

fn check_due(wait: &Value, days: i64) {
    let since = wait["since_ms"].as_i64().expect("its clock runs");
    assert_eq!(wait["due_ms"], since + days * DAY_MS, "{wait:#}");
}

on_each_backend!(
    what_waits_is_counted_by_scan_kept_by_a_run_and_shown_by_status,
    |backend| {
        let mut parents = Parents::new(backend, 40);
        parents.db.exec("UPDATE parent SET seen = CASE WHEN id < 15 THEN '2001-01-01 00:00:00' ELSE '2099-01-01 00:00:00' END");
        parents.saltern.configure(&rules(""));

        let scan = parents.json(&["scan"])["credentials"][0].clone();
        check_rows(&scan["waiting"], 15, 0);
        assert_eq!(scan["waiting"][0]["due_ms"], Value::Null);
        assert_eq!(scan["waiting"][0]["counted_ms"], scan["counted_ms"]);
        let text = parents.saltern.run(&["scan"]).expect_code(0).stdout;
        assert!(
            text.contains("due for wrap 90d after the first `run --execute`, not started yet"),
            "{text}"
        );

        parents.execute(&["-q"]).expect_code(0);

        let waits = parents.status_waits();
        // The sweep that ends a run counts what the run itself has wrapped.
        check_rows(&waits, 15, 25);
        check_due(&waits[0], 90);
        check_due(&waits[1], 30);
        let counted = waits[0]["counted_ms"].as_i64().unwrap();
        let scan = parents.json(&["scan"])["credentials"][0].clone();
        check_rows(&scan["waiting"], 15, 25);
        check_due(&scan["waiting"][1], 30);

        // The next night's run finds nothing to do and counts all the same.
        parents.log_in(0);
        parents.log_in(20);
        let nothing = ["-q", "--exit-nothing-to-do"];
        parents.execute(&nothing).expect_code(9);
        let waits = parents.status_waits();
        check_rows(&waits, 14, 24);
        assert!(waits[1]["counted_ms"].as_i64().unwrap() > counted);

        // A scan keeps nothing unless it is told to.
        parents.log_in(1);
        check_rows(
            &parents.json(&["scan"])["credentials"][0]["waiting"],
            13,
            24,
        );
        assert_eq!(parents.status_waits(), waits);
        parents.saltern.run(&["scan", "--record"]).expect_code(0);
        check_rows(&parents.status_waits(), 13, 24);

        // Once it has passed, both say since when.
        parents
            .saltern
            .configure(&rules("since = \"2015-11-14\"\n"));
        for command in ["scan", "status"] {
            let text = parents.saltern.run(&[command]).expect_code(0).stdout;
            let expected =
                "due for wrap since 2016-02-12T00:00:00.000Z, at the next `run --execute`";
            assert!(text.contains(expected), "{text}");
            assert!(
                text.contains("24 rows are wrapped and wait for a login"),
                "{text}"
            );
        }
    }
);

on_each_backend!(a_rule_that_is_gone_is_counted_no_more, |backend| {
    let mut parents = Parents::new(backend, 10);
    parents
        .db
        .exec("UPDATE parent SET seen = '2001-01-01 00:00:00'");
    parents.saltern.configure(&rules(""));
    parents.saltern.run(&["scan", "--record"]).expect_code(0);
    check_rows(&parents.status_waits(), 10, 0);

    parents
        .saltern
        .configure(&parents_config("last_login = \"seen\""));
    let text = parents.saltern.run(&["status"]).expect_code(0).stdout;
    assert!(
        text.contains("no run yet") && text.contains("holds no such rule"),
        "{text}"
    );
    parents.saltern.run(&["scan", "--record"]).expect_code(0);

    assert_eq!(parents.status_waits(), Value::Array(Vec::new()));
});
