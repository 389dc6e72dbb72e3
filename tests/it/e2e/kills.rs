//! SIGKILL at every named point between two steps and at random times: run again, everything comes to the same end.

use std::time::{Duration, Instant};

use rustix::process::Signal;

use super::{POINTS, Parents, SHORT, parents_config, wrapped};
use crate::saltern::Saltern;
use crate::servers::Backend;
use crate::session::Session;

/// Between any two steps of a run, in the order in which it passes them. A page's are hit at its second time, so that there is
/// something behind it.
const KILLS: [&str; 26] = [
    "after-ledger",
    "after-locks",
    "before-create",
    "between-run-and-chunks",
    "before-create-commit",
    "after-create",
    "in-heartbeat",
    "before-claim",
    "after-claim",
    "before-fence",
    "after-fence",
    "after-swap",
    "after-read-back",
    "after-quarantine",
    "after-cursor",
    "before-commit",
    "before-fence=kill@2",
    "after-swap=kill@2",
    "before-commit=kill@2",
    "in-takeover",
    "before-sweep",
    "after-sweep",
    "before-claim",
    "before-done",
    "before-release",
    "between-releases",
];

/// A lease lasts 30 s: nobody waits that long for a process that is known to be dead, however slow the machine.
const NOT_WAITED: Duration = Duration::from_secs(25);

on_each_backend!(killed_at_any_point_it_comes_to_the_same_end, |backend| {
    let mut parents = Parents::new(backend, 7_000);
    for point in KILLS {
        parents.saltern.set(POINTS, &format!("{SHORT},{point}"));
        let since = Instant::now();
        let killed = parents.execute(&["-q"]);
        assert_eq!(killed.signal(), Some(9), "at {point}: {killed:?}");
        assert!(
            since.elapsed() < NOT_WAITED,
            "before {point} it waited for a dead process"
        );
        if parents.ledger_exists() {
            parents.check_ledger();
        }
    }
    parents.saltern.set(POINTS, SHORT);
    parents.finish_and_check();
});

on_each_backend!(a_commit_whose_answer_is_lost_is_not_repeated, |backend| {
    let mut parents = Parents::new(backend, 5_000);
    let points = "create-answer=fail,commit-answer=fail,commit-answer=fail@2,commit-answer=fail@4";
    parents.saltern.set(POINTS, &format!("{SHORT},{points}"));
    parents.finish_and_check();
    assert_eq!(parents.ledger_number("SELECT COUNT(*) FROM {run}"), 1);
    assert_eq!(
        parents.ledger_number("SELECT SUM(done) FROM {chunk} WHERE pass = 0"),
        5_000
    );
});

// `SALTERN_TEST_ROUNDS=N` asks for N times as many kills.
on_each_backend!(killed_at_random_it_comes_to_the_same_end, |backend| {
    const KILLS: usize = 7;
    let rounds = std::env::var("SALTERN_TEST_ROUNDS").ok();
    let most = KILLS * rounds.map_or(1, |rounds| rounds.parse().unwrap());
    let mut parents = Parents::new(backend, 12_000);
    let mut random = Random(20_151_114 + backend as u64);
    let mut kills = 0;
    while kills < most {
        let mut run = parents.spawn(&["--json"]);
        // Mostly while it writes, sometimes before.
        if random.below(5) > 0 {
            run.wait_until(|run| run.stdout_so_far().contains("\"started\""));
        }
        std::thread::sleep(random.millis(120));
        let finished = run.kill();
        if finished.signal() == Some(9) {
            kills += 1;
        } else {
            finished.expect_code(0);
            parents
                .db
                .exec("UPDATE parent SET password = first WHERE id % 3 = 0");
        }
        if parents.ledger_exists() {
            parents.check_ledger();
        }
    }
    parents.finish_and_check();
});

on_each_backend!(a_second_process_is_told_who_holds_the_column, |backend| {
    let mut parents = Parents::new(backend, 3_000);
    let first = parents.spawn_writing(&["--max-rate", "200"]);

    let second = parents.execute(&[]).expect_code(11);

    let host = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap();
    for told in [&format!("process {}", first.id()), host.trim(), "s left"] {
        assert!(second.stderr.contains(told), "{told}: {}", second.stderr);
    }
    // One that waits gets the column when the first is gone; no lease has to run out for that.
    let waiting = parents.spawn(&["-q", "--wait", "60"]);
    std::thread::sleep(Duration::from_millis(300));
    first.signal(Signal::TERM);
    let first = first.finish();
    assert_eq!(first.code(), Some(143));
    let events = first.json_lines();
    let me = events.iter().find_map(|event| event["worker"].as_str());
    let me = me.expect("each event names it");
    let held = format!("SELECT COUNT(*) FROM {{column_lock}} WHERE owner = '{me}'");
    assert_eq!(parents.ledger_number(&held), 0, "it was not given back");
    waiting.finish().expect_code(0);
    parents.check_done();
});

on_each_backend!(a_killed_process_is_taken_over_at_once, |backend| {
    let mut parents = Parents::new(backend, 3_000);
    for _ in 0..2 {
        let run = parents.spawn_writing(&["--max-rate", "200"]);
        assert_eq!(run.kill().signal(), Some(9));
    }
    let since = Instant::now();
    parents.finish_and_check();
    assert!(since.elapsed() < NOT_WAITED);
});

impl Parents {
    fn ledger_exists(&mut self) -> bool {
        let sql = super::in_ledger(self.db.backend(), "SELECT COUNT(*) FROM {chunk}");
        self.db.try_query(&sql).is_ok()
    }
}

/// A number below a bound, the same for the same seed (splitmix64).
struct Random(u64);

impl Random {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % bound
    }

    fn millis(&mut self, bound: u64) -> Duration {
        Duration::from_millis(self.below(bound))
    }
}

#[test]
fn a_file_that_somebody_was_killed_at_in_the_middle_of_a_transaction_is_read_and_gone_on_with() {
    crate::servers::on(Backend::Sqlite, |backend| {
        let mut parents = Parents::new(backend, 3_000);
        // What is changed does not fit into the memory, so a part of it is in the file before its COMMIT.
        parents.db.exec("PRAGMA cache_size = 5");
        parents.db.exec("BEGIN");
        let sql = "UPDATE parent SET password = 'nobody must see this', first = 'either'";
        parents.db.exec(sql);
        // As a crash leaves it: nobody has the copy open.
        let file = parents.db.url().replace("sqlite://", "");
        let copy = parents.saltern.folder().join("crashed.db");
        for end in ["", "-journal"] {
            let copy = format!("{}{end}", copy.display());
            std::fs::copy(format!("{file}{end}"), copy).unwrap();
        }
        let journal = std::fs::read(format!("{}-journal", copy.display())).unwrap();
        assert!(journal.first().is_some_and(|first| *first != 0));

        let url = format!("sqlite://{}", copy.display());
        let saltern = Saltern::new(&url, &parents_config(""));
        saltern.run(&["status"]).expect_code(0);
        saltern.run(&["run", "--execute", "-q"]).expect_code(0);
        let mut crashed = Session::open(&url);
        assert_eq!(wrapped(&mut crashed), 3_000);
    });
}
