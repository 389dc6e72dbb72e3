//! The ledger: its tables are made once, by one or by many; runs, chunks, leases and locks change hands as they must.

use std::time::Duration;

use saltern::store::ledger::{
    self, ClockKey, Closing, Holder, JoinedEnd, LockAttempt, LockOwner, LockRequest, Names,
    NewPass, RunParts, RunState, RunStep, WorkerIdentity, chunk, clock, lock, run,
};
use saltern::store::{Conn, Role, StoreError};
use tokio::runtime::Runtime;

use super::setup::{RUN, WORKER, claim, database_url, names, new_run, open_ended, runtime};
use crate::db::TestDb;
use crate::servers::Backend;

/// A writing connection with the ledger's place.
struct Ledger {
    runtime: Runtime,
    conn: Conn,
    names: Names,
}

impl Ledger {
    fn open(url: &str) -> Self {
        let runtime = runtime();
        let conn = runtime
            .block_on(Conn::open(&database_url(url), Role::Write))
            .unwrap();
        let names = names(conn.kind());
        Self {
            runtime,
            conn,
            names,
        }
    }

    fn ensure(&mut self) -> Result<(), StoreError> {
        self.runtime
            .block_on(ledger::migrate::ensure(&mut self.conn, &self.names))
    }

    /// With its tables and a run of some chunks.
    fn with_run(db: &TestDb, chunks: usize) -> Self {
        let mut ledger = Self::open(&db.url());
        ledger.ensure().unwrap();
        let bounds = vec![open_ended(); chunks];
        ledger
            .runtime
            .block_on(ledger::create_run(
                &mut ledger.conn,
                &ledger.names,
                &new_run(RUN),
                RunParts {
                    chunks: &bounds,
                    clocks: &[],
                    owner: None,
                },
            ))
            .unwrap();
        ledger
    }

    fn claim(&mut self, owner: &str) -> Option<ledger::ClaimedChunk> {
        self.runtime
            .block_on(chunk::claim(&mut self.conn, &self.names, claim(RUN, owner)))
            .unwrap()
    }

    fn acquire(&mut self, me: &WorkerIdentity, is_gone: fn(&Holder) -> bool) -> LockAttempt {
        self.runtime
            .block_on(lock::acquire(
                &mut self.conn,
                &self.names,
                LockRequest {
                    name: "[\"\",\"users\",\"v\"]",
                    run: RUN,
                    worker: me,
                },
                &is_gone,
            ))
            .unwrap()
    }

    fn heartbeat(&mut self, owner: &str) -> u64 {
        self.runtime
            .block_on(lock::heartbeat(&mut self.conn, &self.names, owner))
            .unwrap()
    }
}

fn worker(id: &str) -> WorkerIdentity {
    WorkerIdentity {
        id: id.to_owned(),
        host: "host1".to_owned(),
        boot: "boot1".to_owned(),
        pid: 4711,
        pid_start: "99".to_owned(),
        namespaces: "pid:[1]".to_owned(),
    }
}

fn table(backend: Backend, name: &str) -> String {
    if backend == Backend::Postgres {
        format!("saltern.{name}")
    } else {
        format!("saltern_{name}")
    }
}

on_each_backend!(
    the_tables_are_made_once_however_often_they_are_asked_for,
    |backend| {
        let db = TestDb::new(backend);
        let mut ledger = Ledger::open(&db.url());
        let version = |l: &mut Ledger| {
            l.runtime
                .block_on(ledger::migrate::version(&mut l.conn, &l.names))
                .unwrap()
        };
        assert_eq!(version(&mut ledger), None);

        ledger.ensure().unwrap();
        ledger.ensure().unwrap();

        assert_eq!(version(&mut ledger), Some(ledger::LEDGER_VERSION));
    }
);

on_each_backend!(
    processes_that_make_the_tables_at_once_all_succeed,
    |backend| {
        let db = TestDb::new(backend);
        let url = db.url();
        let outcomes: Vec<_> = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..4)
                .map(|_| scope.spawn(|| Ledger::open(&url).ensure()))
                .collect();
            threads
                .into_iter()
                .map(|thread| thread.join().unwrap())
                .collect()
        });
        assert!(outcomes.iter().all(Result::is_ok), "{outcomes:?}");
    }
);

#[test]
fn a_migration_that_was_killed_half_way_is_finished_by_the_next_run() {
    for backend in [Backend::MariaDb, Backend::MySql] {
        crate::servers::on(backend, |backend| {
            let mut db = TestDb::new(backend);
            Ledger::open(&db.url()).ensure().unwrap();
            db.exec("DROP TABLE saltern_event, saltern_census; UPDATE saltern_migrations SET success = FALSE");

            Ledger::open(&db.url()).ensure().unwrap();

            assert_eq!(db.count("SELECT COUNT(*) FROM saltern_event"), 0);
            assert_eq!(
                db.count("SELECT COUNT(*) FROM saltern_migrations WHERE success"),
                u64::try_from(ledger::LEDGER_VERSION).unwrap()
            );
        });
    }
}

on_each_backend!(
    a_ledger_of_the_first_version_gets_what_it_lacks,
    |backend| {
        let mut db = TestDb::new(backend);
        Ledger::open(&db.url()).ensure().unwrap();
        db.make_ledger_older(1);

        Ledger::open(&db.url()).ensure().unwrap();

        for later in [
            "known",
            "reset",
            "reset_token",
            "waiting",
            "wrapped",
            "site_check",
            "control",
            "joined",
        ] {
            let rows = format!("SELECT COUNT(*) FROM {}", table(backend, later));
            assert_eq!(db.count(&rows), 0);
        }
    }
);

on_each_backend!(a_newer_ledger_is_refused, |backend| {
    let mut db = TestDb::new(backend);
    Ledger::open(&db.url()).ensure().unwrap();
    db.exec(&format!(
        "UPDATE {} SET version = 99 WHERE version = {}",
        table(backend, "migrations"),
        ledger::LEDGER_VERSION
    ));

    let refused = Ledger::open(&db.url()).ensure().unwrap_err();

    assert!(
        matches!(&refused, StoreError::Refused { what, .. } if what.contains("99")),
        "{refused:?}"
    );
});

on_each_backend!(what_is_printed_for_a_dba_makes_the_same_tables, |backend| {
    let mut db = TestDb::new(backend);
    let mut by_hand = Ledger::open(&db.url());
    let ddl = ledger::ddl(&by_hand.names, "nobody", &ledger::UsedTables::default());
    let ddl: Vec<&str> = ddl
        .lines()
        .filter(|line| !line.starts_with("GRANT"))
        .collect();
    db.exec(&ddl.join("\n"));
    by_hand.ensure().unwrap();
    let shape = |db: &mut TestDb| {
        ledger::TABLES.map(|name| match backend {
            Backend::Postgres => db.query(&format!("SELECT attname, format_type(atttypid, atttypmod), attnotnull FROM pg_attribute WHERE attrelid = 'saltern.{name}'::regclass AND attnum > 0")),
            Backend::Sqlite => db.query(&format!("SELECT name, type, \"notnull\", pk FROM pragma_table_xinfo('saltern_{name}')")),
            _ => db.query(&format!("SHOW COLUMNS FROM saltern_{name}")),
        })
    };
    let printed = shape(&mut db);
    let mut other = TestDb::new(backend);

    Ledger::open(&other.url()).ensure().unwrap();

    assert_eq!(printed, shape(&mut other));
    assert!(printed.iter().all(|columns| !columns.is_empty()));
});

on_each_backend!(
    a_user_who_may_not_create_tables_is_told_which_command_prints_them,
    |backend| {
        let mut db = TestDb::new(backend);
        let Some(user) = db.create_user() else { return };
        db.exec("CREATE TABLE users (id INT PRIMARY KEY, v VARCHAR(100))");
        db.exec(&format!(
            "GRANT SELECT, UPDATE (v) ON users TO {}",
            user.grantee
        ));
        if backend == Backend::Postgres {
            let name = db.name().to_owned();
            db.exec(&format!("REVOKE CREATE ON DATABASE {name} FROM PUBLIC"));
        }

        let refused = Ledger::open(&user.url).ensure().unwrap_err();

        assert!(
            matches!(&refused, StoreError::Refused { hint, .. } if hint.contains("`saltern ledger sql`")),
            "{refused:?}"
        );
    }
);

on_each_backend!(
    a_user_who_was_not_granted_the_tables_is_told_what_is_missing,
    |backend| {
        let mut db = TestDb::new(backend);
        let Some(user) = db.create_user() else { return };
        Ledger::open(&db.url()).ensure().unwrap();
        db.exec("CREATE TABLE users (id INT PRIMARY KEY, v VARCHAR(100))");
        db.exec(&format!(
            "GRANT SELECT, UPDATE (v) ON users TO {}",
            user.grantee
        ));

        let refused = Ledger::open(&user.url).ensure().unwrap_err();

        assert!(
            matches!(&refused, StoreError::Refused { hint, .. } if hint.contains("`saltern ledger sql`")),
            "{refused:?}"
        );
    }
);

on_each_backend!(without_a_ledger_no_clock_runs, |backend| {
    let mut db = TestDb::new(backend);
    let url = db.create_user().map_or(db.url(), |user| {
        db.exec("CREATE TABLE users (id INT PRIMARY KEY, v VARCHAR(100))");
        db.exec(&format!("GRANT SELECT ON users TO {}", user.grantee));
        user.url
    });
    let mut ledger = Ledger::open(&url);

    assert_eq!(
        ledger
            .runtime
            .block_on(clock::all(&mut ledger.conn, &ledger.names))
            .unwrap(),
        []
    );
});

on_each_backend!(
    a_deadlines_clock_begins_once_and_is_never_moved,
    |backend| {
        let db = TestDb::new(backend);
        let mut l = Ledger::open(&db.url());
        l.ensure().unwrap();
        let rule = ClockKey {
            credential: "users".to_owned(),
            rule: "stale".to_owned(),
        };
        let begin = |l: &mut Ledger, id: &str| {
            l.runtime
                .block_on(ledger::create_run(
                    &mut l.conn,
                    &l.names,
                    &new_run(id),
                    RunParts {
                        chunks: &[open_ended()],
                        clocks: std::slice::from_ref(&rule),
                        owner: None,
                    },
                ))
                .unwrap();
            l.runtime
                .block_on(clock::all(&mut l.conn, &l.names))
                .unwrap()
        };

        let first = begin(&mut l, "run-1");
        // Another millisecond, so that a clock that were moved would show.
        std::thread::sleep(std::time::Duration::from_millis(5));
        let second = begin(&mut l, "run-2");

        assert!(matches!(first.as_slice(), [clock] if clock.since_ms > 0));
        assert_eq!(second, first);
        // The second run was created all the same.
        assert_eq!(
            l.runtime
                .block_on(chunk::list(&mut l.conn, &l.names, "run-2"))
                .unwrap()
                .len(),
            1
        );
    }
);

on_each_backend!(a_run_is_created_whole_or_not_at_all, |backend| {
    let mut db = TestDb::new(backend);
    let mut l = Ledger::open(&db.url());
    l.ensure().unwrap();
    let constraint = match backend {
        Backend::Sqlite => "CREATE TRIGGER no BEFORE INSERT ON saltern_chunk WHEN NEW.no = 2 BEGIN SELECT RAISE(ABORT, 'no'); END".to_owned(),
        _ => format!("ALTER TABLE {} ADD CONSTRAINT no_third CHECK (no < 2)", table(backend, "chunk")),
    };
    db.exec(&constraint);

    let made = l.runtime.block_on(ledger::create_run(
        &mut l.conn,
        &l.names,
        &new_run(RUN),
        RunParts {
            chunks: &[open_ended(), open_ended(), open_ended()],
            clocks: &[],
            owner: None,
        },
    ));

    assert!(made.is_err());
    assert!(
        l.runtime
            .block_on(run::newest(&mut l.conn, &l.names))
            .unwrap()
            .is_none()
    );
    assert!(
        l.runtime
            .block_on(chunk::list(&mut l.conn, &l.names, RUN))
            .unwrap()
            .is_empty()
    );
});

on_each_backend!(a_run_goes_from_active_to_done_and_no_further, |backend| {
    let db = TestDb::new(backend);
    let mut l = Ledger::with_run(&db, 1);
    let active = l
        .runtime
        .block_on(run::active(&mut l.conn, &l.names))
        .unwrap()
        .unwrap();
    assert_eq!(
        (active.id.as_str(), active.state, active.estimate),
        (RUN, RunState::Active, 10)
    );
    assert!((1_600_000_000_000..4_000_000_000_000).contains(&active.created_ms));

    l.runtime
        .block_on(run::set_stopped(&mut l.conn, &l.names, RUN, "canary"))
        .unwrap();
    l.runtime
        .block_on(run::set_state(
            &mut l.conn,
            &l.names,
            RUN,
            RunStep {
                from: RunState::Active,
                to: RunState::Done,
            },
        ))
        .unwrap();

    assert!(
        l.runtime
            .block_on(run::active(&mut l.conn, &l.names))
            .unwrap()
            .is_none()
    );
    let done = l
        .runtime
        .block_on(run::newest(&mut l.conn, &l.names))
        .unwrap()
        .unwrap();
    assert_eq!(
        (done.state, done.stopped.as_deref()),
        (RunState::Done, Some("canary"))
    );
    assert!(done.finished_ms >= Some(done.created_ms));
    assert!(
        l.runtime
            .block_on(run::set_state(
                &mut l.conn,
                &l.names,
                RUN,
                RunStep {
                    from: RunState::Active,
                    to: RunState::Abandoned,
                },
            ))
            .is_err()
    );
});

on_each_backend!(
    chunks_are_claimed_in_order_and_each_by_one_worker,
    |backend| {
        let db = TestDb::new(backend);
        let mut a = Ledger::with_run(&db, 3);
        let mut b = Ledger::open(&db.url());

        let (first, second) = (a.claim("worker-a").unwrap(), b.claim("worker-b").unwrap());

        assert_eq!((first.no, first.epoch, second.no), (0, 1, 1));
        // A worker may hold several.
        assert_eq!(
            a.claim("worker-a").map(|chunk| (chunk.no, chunk.epoch)),
            Some((2, 1))
        );
        assert!(a.claim("worker-d").is_none());
    }
);

on_each_backend!(two_who_claim_at_once_get_different_chunks, |backend| {
    const WORKERS: usize = 4;
    let db = TestDb::new(backend);
    drop(Ledger::with_run(&db, WORKERS * 3));
    let url = db.url();
    let mut claimed: Vec<i64> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..WORKERS)
            .map(|worker| {
                let url = &url;
                scope.spawn(move || {
                    let mut ledger = Ledger::open(url);
                    (0..3)
                        .map(|i| ledger.claim(&format!("{worker}-{i}")).unwrap().no)
                        .collect::<Vec<_>>()
                })
            })
            .collect();
        threads
            .into_iter()
            .flat_map(|thread| thread.join().unwrap())
            .collect()
    });
    claimed.sort_unstable();
    assert_eq!(claimed, (0..12).collect::<Vec<_>>());
});

on_each_backend!(
    a_lease_that_ran_out_is_taken_over_under_a_higher_epoch,
    |backend| {
        let mut db = TestDb::new(backend);
        let mut l = Ledger::with_run(&db, 1);
        assert_eq!(l.claim(WORKER).unwrap().epoch, 1);
        assert!(l.claim("another").is_none());

        db.exec(&format!(
            "UPDATE {} SET lease_ms = lease_ms - 31000",
            table(backend, "chunk")
        ));

        assert!(
            l.claim(WORKER).is_none(),
            "a worker takes nothing over from itself: it may be at work there still"
        );
        assert_eq!(l.claim("another").map(|chunk| chunk.epoch), Some(2));
        assert!(l.claim(WORKER).is_none());
    }
);

on_each_backend!(
    a_heartbeat_lengthens_what_a_worker_holds_and_nothing_else,
    |backend| {
        let mut db = TestDb::new(backend);
        let mut l = Ledger::with_run(&db, 3);
        let _ = (l.claim(WORKER), l.claim("another"));
        assert!(matches!(
            l.acquire(&worker(WORKER), |_| false),
            LockAttempt::Taken
        ));
        let leases = format!(
            "SELECT no, lease_ms FROM {} ORDER BY no",
            table(backend, "chunk")
        );
        let before = db.query(&leases);
        std::thread::sleep(Duration::from_millis(20));

        assert_eq!(l.heartbeat(WORKER), 1);
        assert_eq!(l.heartbeat("nobody"), 0);

        let after = db.query(&leases);
        assert!(after[0][1] > before[0][1]);
        assert_eq!(after[1..], before[1..]);
    }
);

on_each_backend!(what_is_released_is_free_at_once, |backend| {
    let db = TestDb::new(backend);
    let mut l = Ledger::with_run(&db, 1);
    l.claim(WORKER).unwrap();
    assert!(matches!(
        l.acquire(&worker(WORKER), |_| false),
        LockAttempt::Taken
    ));

    l.runtime
        .block_on(lock::release(&mut l.conn, &l.names, WORKER))
        .unwrap();

    assert_eq!(l.claim("another").map(|chunk| chunk.epoch), Some(2));
    assert!(matches!(
        l.acquire(&worker("another"), |_| false),
        LockAttempt::Taken
    ));
});

on_each_backend!(
    a_lock_that_a_living_process_holds_is_left_to_it,
    |backend| {
        let db = TestDb::new(backend);
        let mut l = Ledger::with_run(&db, 1);
        assert!(matches!(
            l.acquire(&worker(WORKER), |_| false),
            LockAttempt::Taken
        ));
        assert!(matches!(
            l.acquire(&worker(WORKER), |_| false),
            LockAttempt::Taken
        ));

        let LockAttempt::Held(holder) = l.acquire(&worker("another"), |_| false) else {
            panic!("it was taken")
        };

        assert_eq!(
            (
                holder.owner.as_str(),
                holder.host.as_str(),
                holder.boot.as_str(),
                holder.pid,
                holder.pid_start.as_str()
            ),
            (WORKER, "host1", "boot1", 4711, "99")
        );
        assert!((1..=30_000).contains(&holder.left_ms), "{}", holder.left_ms);
    }
);

on_each_backend!(
    a_lock_whose_process_is_gone_is_taken_with_its_chunks,
    |backend| {
        let db = TestDb::new(backend);
        let mut l = Ledger::with_run(&db, 1);
        assert!(matches!(
            l.acquire(&worker(WORKER), |_| false),
            LockAttempt::Taken
        ));
        l.claim(WORKER).unwrap();

        assert!(matches!(
            l.acquire(&worker("another"), |holder| holder.pid == 4711),
            LockAttempt::Taken
        ));

        assert_eq!(l.claim("another").map(|chunk| chunk.epoch), Some(2));
        assert_eq!(
            l.heartbeat(WORKER),
            0,
            "the old holder must learn that it holds nothing"
        );
    }
);

on_each_backend!(a_lock_whose_lease_ran_out_is_taken, |backend| {
    let mut db = TestDb::new(backend);
    let mut l = Ledger::with_run(&db, 1);
    assert!(matches!(
        l.acquire(&worker(WORKER), |_| false),
        LockAttempt::Taken
    ));
    db.exec(&format!(
        "UPDATE {} SET lease_ms = lease_ms - 31000",
        table(backend, "column_lock")
    ));

    assert!(matches!(
        l.acquire(&worker("another"), |_| false),
        LockAttempt::Taken
    ));
});

on_each_backend!(of_those_who_want_a_lock_at_once_one_gets_it, |backend| {
    let db = TestDb::new(backend);
    drop(Ledger::with_run(&db, 1));
    let url = db.url();
    let taken: usize = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..4)
            .map(|i| {
                let url = &url;
                scope.spawn(move || {
                    matches!(
                        Ledger::open(url).acquire(&worker(&format!("worker-{i}")), |_| false),
                        LockAttempt::Taken
                    )
                })
            })
            .collect();
        threads
            .into_iter()
            .map(|thread| usize::from(thread.join().unwrap()))
            .sum()
    });
    assert_eq!(taken, 1);
});

on_each_backend!(
    who_has_lost_a_lock_creates_adds_and_closes_nothing,
    |backend| {
        let mut db = TestDb::new(backend);
        let mut l = Ledger::with_run(&db, 1);
        let owner = |id| LockOwner {
            id,
            locks: 1,
            duty: None,
        };
        let closing = |id| Closing {
            run: RUN,
            owner: owner(id),
            end: JoinedEnd {
                outcome: ledger::joined::DONE,
                waiting: 0,
                uncovered: 0,
            },
        };
        let is_taken = |attempt| matches!(attempt, LockAttempt::Taken);
        assert!(is_taken(l.acquire(&worker(WORKER), |_| false)));
        // It was stopped for longer than its lease, and another worker has the column.
        db.exec(&format!(
            "UPDATE {} SET lease_ms = lease_ms - 31000",
            table(backend, "column_lock")
        ));
        assert!(is_taken(l.acquire(&worker("another"), |_| false)));
        let runs = format!(
            "SELECT COUNT(*) FROM {} WHERE state = 'active'",
            table(backend, "run")
        );
        let chunks = format!("SELECT COUNT(*) FROM {}", table(backend, "chunk"));

        for (id, does) in [(WORKER, false), ("another", true)] {
            let bounds = [open_ended()];
            let pass = NewPass {
                run: RUN,
                owner: owner(id),
                chunks: &bounds,
            };
            let late = format!("by-{id}");
            let run = new_run(&late);
            let parts = RunParts {
                chunks: &bounds,
                clocks: &[],
                owner: Some(owner(id)),
            };
            let done = l.runtime.block_on(async {
                let (conn, names) = (&mut l.conn, &l.names);
                Ok::<_, StoreError>([
                    ledger::add_pass(conn, names, pass).await?,
                    ledger::finish_run(conn, names, closing(id)).await?,
                    ledger::create_run(conn, names, &run, parts).await?,
                    ledger::abandon_run(conn, names, if does { &late } else { RUN }, owner(id))
                        .await?,
                ])
            });
            assert_eq!(done.unwrap(), [does; 4], "{id}");
            let left = if does { (0, 3) } else { (1, 1) };
            assert_eq!((db.count(&runs), db.count(&chunks)), left, "{id}");
        }
    }
);
