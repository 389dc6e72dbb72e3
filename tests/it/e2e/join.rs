//! One run on many hosts: members share it, take each other over, and come to the same end.

use rustix::process::Signal;

use super::{POINTS, Parents, SHORT, parents_config, wrapped};
use crate::saltern::{Finished, Running};
use crate::servers::Backend;

/// A lease that lasts for two seconds, so that a test need not wait for a dead member's.
const SHORT_LEASE: &str = "short-lease=fail";
const JOIN: [&str; 2] = ["--join", "tonight"];

/// Parents for members; none on SQLite, which has one writer.
fn parents(backend: Backend, rows: u64) -> Option<Parents> {
    if backend == Backend::Sqlite {
        return None;
    }
    let mut parents = Parents::new(backend, rows);
    parents.arm("");
    Some(parents)
}

impl Parents {
    /// Points of the members that are started from now on.
    fn arm(&mut self, points: &str) {
        self.saltern
            .set(POINTS, &format!("{SHORT},{SHORT_LEASE},{points}"));
    }

    fn member(&self, more: &[&str]) -> Running {
        self.spawn(&[&JOIN[..], &["--json"], more].concat())
    }

    /// Everybody logs in, the counts are exact, and there was one run that was closed once.
    fn check_joined(&mut self, members: u64) {
        self.check_done();
        assert_eq!(self.ledger_number("SELECT COUNT(*) FROM {run}"), 1);
        let closed = "SELECT COUNT(*) FROM {joined} WHERE state = 'closed' AND outcome = 'done'";
        assert_eq!(self.ledger_number(closed), 1);
        let noted = "SELECT COUNT(*) FROM {worker} WHERE joined = 'tonight'";
        assert_eq!(self.ledger_number(noted), members);
        let left = "SELECT COUNT(*) FROM {chunk} WHERE state <> 'done'";
        assert_eq!(self.ledger_number(left), 0);
        // A pass exists once: each has as many chunks as the first.
        let first = self.ledger_number("SELECT COUNT(*) FROM {chunk} WHERE pass = 0");
        for pass in self.ledger("SELECT pass, COUNT(*) FROM {chunk} GROUP BY pass") {
            assert_eq!(pass[1].as_deref().unwrap(), first.to_string(), "{pass:?}");
        }
        let rows = self.db.count("SELECT COUNT(*) FROM parent");
        let done = self.ledger_number("SELECT SUM(done) FROM {chunk}");
        assert_eq!(done, rows);
    }
}

fn done(member: Running) -> Finished {
    member.finish().expect_code(0)
}

on_each_backend!(members_share_a_run_and_each_ends_with_it, |backend| {
    let Some(mut parents) = parents(backend, 9_000) else {
        let parents = Parents::new(Backend::Sqlite, 10);
        let refused = parents.execute(&JOIN).expect_code(4);
        assert!(refused.stderr.contains("one writer"), "{refused:?}");
        return;
    };
    let first = parents.spawn_writing(&["--join", "tonight", "--max-rate", "900"]);
    // Members that come later work at once.
    let more: Vec<Running> = (0..3).map(|_| parents.member(&[])).collect();

    for member in more {
        done(member);
    }
    done(first);

    parents.check_joined(4);
    // A member that is started again after the end writes nothing and ends as the run did.
    let changes = parents.db.count("SELECT COUNT(*) FROM changes");
    done(parents.member(&[]));
    assert_eq!(parents.db.count("SELECT COUNT(*) FROM changes"), changes);
    parents.check_joined(4);
});

on_each_backend!(members_that_begin_at_once_prepare_once, |backend| {
    let Some(mut parents) = parents(backend, 3_000) else {
        return;
    };
    let members: Vec<Running> = (0..4).map(|_| parents.member(&[])).collect();
    for member in members {
        done(member);
    }
    parents.check_joined(4);
});

on_each_backend!(a_member_that_is_killed_is_taken_over, |backend| {
    // While it prepares, works, sweeps and closes.
    for point in [
        "join-prepare",
        "before-create-commit",
        "before-commit=kill@2",
        "before-sweep",
        "join-duty=kill@2",
        "before-done",
    ] {
        let Some(mut parents) = parents(backend, 2_500) else {
            return;
        };
        parents.arm(point);
        let killed = parents.member(&[]);
        assert_eq!(killed.finish().signal(), Some(9), "at {point}");
        parents.check_counts_so_far();
        parents.arm("");
        let members: Vec<Running> = (0..2).map(|_| parents.member(&[])).collect();
        for member in members {
            done(member);
        }
        let noted = parents.ledger_number("SELECT COUNT(*) FROM {worker} WHERE joined = 'tonight'");
        parents.check_joined(noted);
    }
});

on_each_backend!(
    peers_take_the_chunks_of_a_killed_member_without_a_restart,
    |backend| {
        let Some(mut parents) = parents(backend, 6_000) else {
            return;
        };
        let victim = parents.spawn_writing(&["--join", "tonight", "--max-rate", "300"]);
        let peer = parents.member(&[]);
        victim.kill();
        done(peer);
        parents.check_joined(2);
        let shown = parents.saltern.run(&["status", "--json"]).expect_code(0);
        let shown = shown.json();
        assert_eq!(shown["run"]["joined"], "tonight", "{shown}");
        for worker in shown["workers"].as_array().unwrap() {
            assert_eq!(
                (&worker["gone"], &worker["per_minute"]),
                (&true.into(), &0.into())
            );
        }
    }
);

on_each_backend!(a_member_that_is_stopped_gives_its_chunk_back, |backend| {
    let Some(mut parents) = parents(backend, 4_000) else {
        return;
    };
    let first = parents.spawn_writing(&["--join", "tonight", "--max-rate", "200"]);
    first.signal(Signal::TERM);
    assert_eq!(first.finish().code(), Some(143));
    let held = "SELECT COUNT(*) FROM {chunk} WHERE state = 'leased'";
    assert_eq!(parents.ledger_number(held), 0);
    let locks = "SELECT COUNT(*) FROM {column_lock} WHERE owner IS NOT NULL";
    assert_eq!(
        parents.ledger_number(locks),
        0,
        "the last one leaves no lock"
    );
    // A run that nobody works on is unfinished, and is told as stalled.
    parents
        .saltern
        .run(&["status", "--stalled", "0s"])
        .expect_code(21);
    parents
        .saltern
        .run(&["status", "--stalled", "2h"])
        .expect_code(0);

    done(parents.member(&[]));

    parents.check_joined(2);
    parents
        .saltern
        .run(&["status", "--stalled", "0s"])
        .expect_code(0);
});

on_each_backend!(only_members_of_the_same_plan_are_let_in, |backend| {
    let Some(mut parents) = parents(backend, 3_000) else {
        return;
    };
    let first = parents.spawn_writing(&["--join", "tonight", "--max-rate", "200"]);
    // Who does not join is told who holds the column, and that it could.
    let alone = parents.execute(&[]).expect_code(11);
    for told in ["joined", "--join"] {
        assert!(alone.stderr.contains(told), "{alone:?}");
    }
    let another = parents.execute(&["--join", "tomorrow"]).expect_code(11);
    assert!(another.stderr.contains("joined"), "{another:?}");
    parents
        .saltern
        .configure(&parents_config("").replace("iterations = 1", "iterations = 2"));
    let other = parents.execute(&JOIN).expect_code(4);
    for told in ["tonight", "another plan"] {
        assert!(other.stderr.contains(told), "{other:?}");
    }
    parents.saltern.configure(&parents_config(""));
    for part in [["--canary", "3"], ["--keys", "keys.txt"]] {
        parents.execute(&[&JOIN[..], &part].concat()).expect_code(2);
    }
    let before = wrapped(&mut parents.db);
    assert!(before < 3_000);
    first.kill();
    done(parents.member(&[]));
});

on_each_backend!(one_process_alone_goes_on_with_a_joined_run, |backend| {
    let Some(mut parents) = parents(backend, 3_000) else {
        return;
    };
    parents
        .spawn_writing(&["--join", "tonight", "--max-rate", "200"])
        .signal(Signal::TERM);
    parents.execute(&["--wait", "60", "-q"]).expect_code(0);
    parents.check_done();
    // The name is that of a closed run now.
    let changes = parents.db.count("SELECT COUNT(*) FROM changes");
    done(parents.member(&[]));
    assert_eq!(parents.db.count("SELECT COUNT(*) FROM changes"), changes);
    // And members go on with a run that one process left.
    parents.db.exec("UPDATE parent SET password = first");
    let alone = parents.spawn_writing(&["--max-rate", "200"]);
    alone.signal(Signal::TERM);
    assert_eq!(alone.finish().code(), Some(143));
    let members: Vec<Running> = (0..2)
        .map(|_| parents.spawn(&["--join", "later", "--json"]))
        .collect();
    for member in members {
        done(member);
    }
    parents.check_done();
});

impl Parents {
    /// What the ledger counts is what was changed, at any moment.
    fn check_counts_so_far(&mut self) {
        let sql = super::in_ledger(self.db.backend(), "SELECT COUNT(*) FROM {chunk}");
        if self.db.try_query(&sql).is_ok() {
            self.check_ledger();
        }
    }
}
