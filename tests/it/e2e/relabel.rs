//! A table that was wrapped under the wrong name: nobody can log in, the label is put right, everybody can; whatever is killed in between,
//! and whoever logs in meanwhile.

use std::time::Duration;

use super::application::{USERS, habits};
#[cfg(feature = "failpoints")]
use super::{POINTS, SHORT};
use super::{Parents, check_opens, opens, parents_config, password_of};
use crate::app::{App, Habits};
use crate::saltern::Finished;
use crate::servers::Backend;

const RELABEL: [&str; 5] = ["relabel", "--from", "ntlm", "--to", "md5"];

/// Parents whose MD5 was taken for NTLM and wrapped so; the configuration is right again.
fn mistaken(backend: Backend, rows: u64) -> Parents {
    let parents = Parents::new(backend, rows);
    let wrong = parents_config("").replace("\"md5\"", "\"ntlm\"");
    parents.saltern.configure(&wrong);
    parents.execute(&["-q"]).expect_code(0);
    parents.saltern.configure(&parents_config(""));
    parents
}

impl Parents {
    fn relabel(&self, more: &[&str]) -> Finished {
        self.saltern.run(&[&RELABEL[..], more].concat())
    }

    fn labelled(&mut self, label: &str) -> u64 {
        self.db.count(&format!(
            "SELECT COUNT(*) FROM parent WHERE password LIKE '$argon2id--{label}$%'"
        ))
    }

    /// Each row got its label once, and the ledger's counts are the data's.
    fn check_relabelled(&mut self) {
        let turned = "SELECT COUNT(*) FROM changes WHERE was LIKE '$argon2id--ntlm$%' AND now LIKE '$argon2id--md5$%'";
        let turned = self.db.count(turned);
        let newest = "SELECT COALESCE(SUM(c.done), 0) FROM {chunk} c JOIN {run} r ON r.id = c.run WHERE r.spec LIKE '%relabel%'";
        assert_eq!(self.ledger_number(newest), turned);
        let open = "SELECT COUNT(*) FROM {chunk} WHERE candidates <> done + superseded + deleted + quarantined";
        assert_eq!(self.ledger_number(open), 0, "the counts do not add up");
    }
}

on_each_backend!(a_wrong_label_is_put_right_and_everyone_logs_in, |backend| {
    let mut parents = mistaken(backend, 3_000);
    let stored = "SELECT password FROM parent WHERE id = 7";
    let wrong = parents.db.query(stored)[0][0].clone().unwrap();
    assert!(wrong.starts_with("$argon2id--ntlm$"));
    assert!(!opens(&wrong, &password_of(7)));

    let dry = parents.relabel(&[]).expect_code(0);

    assert!(
        dry.stdout.contains("to change   3,000 rows"),
        "{}",
        dry.stdout
    );
    assert_eq!(parents.db.query(stored)[0][0], Some(wrong.clone()));

    let told = parents.relabel(&["--execute"]).expect_code(0);

    assert!(told.stdout.contains("3,000 done"), "{}", told.stdout);
    parents.check_relabelled();
    let now = parents.db.query(stored)[0][0].clone().unwrap();
    assert_eq!(now, wrong.replacen("--ntlm", "--md5", 1), "the label alone");
    for row in parents.db.query("SELECT id, password FROM parent") {
        let [Some(id), Some(stored)] = row.as_slice() else {
            panic!("{row:?}");
        };
        check_opens(stored, &password_of(id.parse().unwrap()), "md5");
    }
    // Nothing is left to do, for it and for a run.
    parents.relabel(&["--execute", "-q"]).expect_code(0);
    parents.execute(&["-q"]).expect_code(0);
    assert_eq!(
        parents.ledger_number("SELECT COUNT(*) FROM {run} WHERE spec LIKE '%relabel%'"),
        1
    );
});

#[cfg(feature = "failpoints")]
on_each_backend!(killed_at_any_point_the_labels_come_out_right, |backend| {
    let mut parents = mistaken(backend, 7_000);
    for point in [
        "after-locks",
        "before-create",
        "after-create",
        "after-claim",
        "after-fence",
        "after-swap",
        "before-commit",
        "before-commit=kill@2",
        "before-sweep",
        "after-sweep",
        "before-done",
        "before-release",
    ] {
        parents.saltern.set(POINTS, &format!("{SHORT},{point}"));
        let killed = parents.relabel(&["--execute", "-q"]);
        assert_eq!(killed.signal(), Some(9), "at {point}: {killed:?}");
        parents.check_relabelled();
    }
    parents.saltern.set(POINTS, SHORT);
    parents.relabel(&["--execute", "-q"]).expect_code(0);
    parents.check_relabelled();
    assert_eq!(parents.labelled("md5"), 7_000);
});

on_each_backend!(
    what_the_application_writes_meanwhile_is_not_lost,
    |backend| {
        let mut parents = mistaken(backend, 4_000);
        let all = Habits {
            keys: 0..4_000,
            pause: Duration::from_millis(1),
            ..habits()
        };
        let app = App::start(backend, &parents.db.url(), &USERS, &all);

        let run = parents.relabel(&["--execute", "--json", "--max-rate", "2000"]);

        let record = app.stop();
        let outcome = run.json_lines().pop().unwrap();
        run.expect_code(0);
        let lost = record.lost(&mut parents.db, &USERS, |written, now| written.value == now);
        assert_eq!(lost, Vec::<String>::new(), "{outcome}");
        parents.check_relabelled();
        assert_eq!(parents.labelled("ntlm"), 0);
    }
);

on_each_backend!(a_label_that_can_not_be_right_is_refused, |backend| {
    let parents = Parents::new(backend, 10);
    for (arguments, code, word) in [
        (
            ["relabel", "--from", "md5", "--to", "sha1"],
            2,
            "hex digits",
        ),
        (["relabel", "--from", "md5", "--to", "md6"], 2, "no label"),
        (["relabel", "--from", "md5", "--to", "md5"], 2, "already"),
    ] {
        let refused = parents.saltern.run(&arguments).expect_code(code);
        assert!(refused.stderr.contains(word), "{}", refused.stderr);
    }
    let refused = parents
        .relabel(&["--credential", "children"])
        .expect_code(2);
    assert!(refused.stderr.contains("parents"), "{}", refused.stderr);
    // An unfinished run of the rules is finished first, or closed.
    parents.execute(&["-q", "--max-rows", "5"]).expect_code(8);
    let refused = parents.relabel(&["--execute"]).expect_code(4);
    assert!(refused.stderr.contains("relabel"), "{}", refused.stderr);
});
