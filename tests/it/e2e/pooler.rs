//! Everything through a PgBouncer in transaction mode, in whose sessions others have left their names.

use super::{Parents, parents_config};
use crate::pooler::Pooler;
use crate::saltern::Saltern;
use crate::servers::Backend;
use crate::session::Session;

/// Parents behind a pooler, on PostgreSQL, and the pooler.
fn behind(rows: u64) -> (Pooler, Parents) {
    let mut parents = Parents::new(Backend::Postgres, rows);
    let pooler = Pooler::for_all(&parents.db.url());
    parents.saltern = Saltern::new(pooler.url(), &parents_config(""));
    (pooler, parents)
}

/// Leaves prepared statements with the names that the driver gives, in every session of the pooler's.
fn leave_names(pooler: &Pooler) {
    let mut sessions: Vec<Session> = (0..3).map(|_| Session::open(pooler.url())).collect();
    for session in &mut sessions {
        session.exec("BEGIN");
    }
    for session in &mut sessions {
        session.exec("DEALLOCATE ALL");
        for number in 1..=20 {
            session.exec(&format!(
                "PREPARE sqlx_s_{number} AS SELECT {number}, 'not yours'"
            ));
        }
    }
    for session in &mut sessions {
        session.exec("COMMIT");
    }
}

#[test]
fn the_whole_job_runs_in_shared_sessions() {
    if crate::pooler::is_left_out() {
        return;
    }
    crate::servers::on(Backend::Postgres, |_| {
        let (pooler, mut parents) = behind(3_000);
        leave_names(&pooler);
        for command in [&["doctor"][..], &["scan"], &["plan"], &["run"]] {
            parents.saltern.run(command).expect_code(0);
        }
        let mut run = parents.spawn_writing(&["--max-rate", "2000"]);
        leave_names(&pooler);
        let db = &mut parents.db;
        assert!(run.wait_until(|_| crate::e2e::wrapped(db) > 1_000));
        run.kill();
        parents.saltern.run(&["status"]).expect_code(0);
        parents.finish_and_check();

        let by_where = ["reset", "--where", "id = 1", "--execute", "--confirm", "1"];
        parents.saltern.run(&by_where).expect_code(0);
        let dead = "SELECT COUNT(*) FROM parent WHERE password LIKE '!saltern:reset:%'";
        assert_eq!(parents.db.count(dead), 1);
        parents.saltern.run(&["report"]).expect_code(0);
    });
}
