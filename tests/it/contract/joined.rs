//! The duties of a joined run: a lease excludes nobody, and what a late member decided is compared with what stands there now.

use saltern::store::ledger::protocol::may_take;
use saltern::store::ledger::{
    self, ChunkBounds, Closing, Duty, DutyClaim, JoinedEnd, JoinedRow, JoinedState, LockOwner,
    LockRequest, NewJoined, NewPass, RunParts, RunState, StepGround, WorkerIdentity, chunk, joined,
    lock, run,
};
use saltern::store::{Conn, Role, StoreError};
use tokio::runtime::Runtime;

use super::setup::{RUN, claim, database_url, names, new_run, open_ended, runtime};
use crate::db::TestDb;
use crate::servers::Backend;

const NAME: &str = "tonight";
const END: JoinedEnd = JoinedEnd {
    outcome: joined::DONE,
    waiting: 0,
    uncovered: 0,
};

/// A member in a session of its own.
struct Member {
    runtime: Runtime,
    conn: Conn,
    names: ledger::Names,
    id: &'static str,
}

impl Member {
    fn of(db: &TestDb, id: &'static str) -> Self {
        let runtime = runtime();
        let conn = runtime
            .block_on(Conn::open(&database_url(&db.url()), Role::Write))
            .unwrap();
        let names = names(conn.kind());
        Self {
            runtime,
            conn,
            names,
            id,
        }
    }

    fn enter(&mut self) -> JoinedRow {
        let new = NewJoined {
            name: NAME,
            id: RUN,
            digest: "d1",
            plan: "plan",
        };
        self.runtime
            .block_on(joined::enter(&mut self.conn, &self.names, new))
            .unwrap()
    }

    /// Takes the duty under the epoch that it saw.
    fn takes(&mut self, seen: &JoinedRow) -> bool {
        let claim = DutyClaim {
            joined: NAME,
            owner: self.id,
            name: self.id,
            seen: seen.ground(),
        };
        self.runtime
            .block_on(joined::take_duty(&mut self.conn, &self.names, claim))
            .unwrap()
    }

    /// Takes the duty, and says on what ground its next step stands.
    fn ground(&mut self) -> StepGround<'static> {
        let seen = self.enter();
        assert!(self.takes(&seen));
        StepGround {
            state: seen.state,
            pass: seen.pass,
            owner: self.id,
            epoch: seen.duty_epoch + 1,
        }
    }

    fn owner(seen: StepGround<'_>) -> LockOwner<'_> {
        LockOwner {
            id: RUN,
            locks: 1,
            duty: Some(Duty { joined: NAME, seen }),
        }
    }

    fn locks(&mut self) {
        let holder = WorkerIdentity {
            id: RUN.to_owned(),
            ..WorkerIdentity::default()
        };
        let request = LockRequest {
            name: "users",
            run: RUN,
            worker: &holder,
        };
        self.runtime
            .block_on(lock::acquire(&mut self.conn, &self.names, request, &|_| {
                false
            }))
            .unwrap();
    }

    fn creates(&mut self, ground: StepGround<'_>, chunks: &[ChunkBounds]) -> bool {
        let parts = RunParts {
            chunks,
            clocks: &[],
            owner: Some(Self::owner(ground)),
        };
        self.runtime
            .block_on(ledger::create_run(
                &mut self.conn,
                &self.names,
                &new_run(RUN),
                parts,
            ))
            .unwrap()
    }

    fn adds_sweep(&mut self, ground: StepGround<'_>) -> bool {
        let chunks = [ChunkBounds {
            pass: ground.pass + 1,
            ..open_ended()
        }];
        let new = NewPass {
            run: RUN,
            owner: Self::owner(ground),
            chunks: &chunks,
        };
        self.runtime
            .block_on(ledger::add_pass(&mut self.conn, &self.names, new))
            .unwrap()
    }

    fn closes(&mut self, ground: StepGround<'_>) -> Result<bool, StoreError> {
        let closing = Closing {
            run: RUN,
            owner: Self::owner(ground),
            end: END,
        };
        self.runtime
            .block_on(ledger::finish_run(&mut self.conn, &self.names, closing))
    }

    fn closes_empty(&mut self, ground: StepGround<'_>) -> bool {
        let owner = Self::owner(ground);
        let closed = joined::close_empty(&mut self.conn, &self.names, owner, 0);
        self.runtime.block_on(closed).unwrap()
    }

    fn open_chunks(&mut self, pass: i64) -> i64 {
        self.runtime
            .block_on(chunk::pass_sum(&mut self.conn, &self.names, RUN, pass))
            .unwrap()
            .open
    }

    fn run_state(&mut self) -> RunState {
        let run = self
            .runtime
            .block_on(run::by_id(&mut self.conn, &self.names, RUN));
        run.unwrap().unwrap().state
    }
}

/// Two members of an open run that has one chunk.
fn two_members(db: &TestDb) -> (Member, Member) {
    let (mut a, b) = (Member::of(db, "a"), Member::of(db, "b"));
    a.runtime
        .block_on(ledger::migrate::ensure(&mut a.conn, &a.names))
        .unwrap();
    a.locks();
    let ground = a.ground();
    assert!(a.creates(ground, &[open_ended()]));
    (a, b)
}

fn in_ledger(backend: Backend, sql: &str) -> String {
    let before = if backend == Backend::Postgres {
        "saltern."
    } else {
        "saltern_"
    };
    sql.replace('{', before).replace('}', "")
}

fn expire_duty(db: &mut TestDb, backend: Backend) {
    db.exec(&in_ledger(
        backend,
        "UPDATE {joined} SET duty_lease_ms = 1 WHERE duty_owner IS NOT NULL",
    ));
}

fn finish_chunks(db: &mut TestDb, backend: Backend) {
    db.exec(&in_ledger(
        backend,
        "UPDATE {chunk} SET state = 'done', owner = NULL",
    ));
}

on_each_backend!(
    a_member_that_sleeps_through_its_lease_closes_no_run_that_has_an_open_chunk,
    |backend| {
        let mut db = TestDb::new(backend);
        let (mut a, mut b) = two_members(&db);
        finish_chunks(&mut db, backend);
        // A decides to close, and sleeps. B takes the duty over and adds a sweep.
        let late = a.ground();
        assert!(!{
            let seen = b.enter();
            b.takes(&seen)
        });
        expire_duty(&mut db, backend);
        let ground = b.ground();
        assert!(b.adds_sweep(ground));
        assert_eq!(b.open_chunks(1), 1);

        assert!(!a.closes(late).unwrap(), "it closed what B goes on with");

        assert_eq!(a.run_state(), RunState::Active);
        assert!(!a.adds_sweep(late), "it added a sweep of the same number");
        assert_eq!(b.open_chunks(1), 1);
        // Not even with the duty of today: the sweep has an open chunk.
        let now = a.ground();
        assert!(a.closes(now).is_err());
        finish_chunks(&mut db, backend);
        assert!(a.closes(now).unwrap());
        assert_eq!(b.enter().state, JoinedState::Closed);
        assert!(!b.closes(ground).unwrap(), "it closed a closed run");
    }
);

on_each_backend!(
    of_two_members_that_close_at_once_one_closes_and_nothing_is_open,
    |backend| {
        if backend == Backend::Sqlite {
            // There a second transaction that writes does not begin.
            return;
        }
        let mut db = TestDb::new(backend);
        let (mut a, mut b) = two_members(&db);
        finish_chunks(&mut db, backend);
        let late = a.ground();
        expire_duty(&mut db, backend);
        let ground = b.ground();

        let (closed, added) = std::thread::scope(|scope| {
            let closing = scope.spawn(|| a.closes(late));
            let adding = scope.spawn(|| b.adds_sweep(ground));
            (closing.join().unwrap(), adding.join().unwrap())
        });

        assert!(!closed.unwrap() && added);
        assert_eq!(a.run_state(), RunState::Active);
        assert_eq!(b.open_chunks(1), 1);
    }
);

on_each_backend!(
    the_duty_is_given_as_the_rules_of_the_protocol_say,
    |backend| {
        let mut db = TestDb::new(backend);
        let (_, mut b) = two_members(&db);
        for state in JoinedState::ALL {
            for owner in ["", "a", "b"] {
                for is_late in [false, true] {
                    for behind in [0, 1] {
                        let lease = if is_late { "1" } else { "4000000000000" };
                        let duty = match owner {
                            "" => "duty_owner = NULL, duty_lease_ms = NULL".to_owned(),
                            owner => format!("duty_owner = '{owner}', duty_lease_ms = {lease}"),
                        };
                        let state = state.as_str();
                        db.exec(&in_ledger(
                            backend,
                            &format!(
                                "UPDATE {{joined}} SET state = '{state}', duty_epoch = 7, {duty}"
                            ),
                        ));
                        let mut seen = b.enter();
                        let now = seen.clone();
                        seen.duty_epoch = 7 - behind;
                        let expected = may_take(now.duty(), "b", seen.ground());

                        let taken = b.takes(&seen);

                        assert_eq!(taken, expected, "{state} {owner} {is_late} {behind}");
                        assert_eq!(b.enter().duty_epoch, if taken { 8 } else { 7 });
                    }
                }
            }
        }
    }
);

on_each_backend!(
    a_step_is_made_only_on_the_ground_on_which_it_was_decided,
    |backend| {
        let mut db = TestDb::new(backend);
        let (mut a, _) = two_members(&db);
        finish_chunks(&mut db, backend);
        let right = StepGround {
            state: JoinedState::Open,
            pass: 4,
            owner: "a",
            epoch: 7,
        };
        let set = in_ledger(
            backend,
            "UPDATE {joined} SET state = 'open', pass = 4, duty_owner = 'a', duty_epoch = 7, duty_lease_ms = 1",
        );
        for pass in [3, 4, 5] {
            for owner in ["", "a", "b"] {
                for epoch in [6, 7, 8] {
                    for state in [JoinedState::Preparing, JoinedState::Open] {
                        db.exec(&set);
                        let seen = StepGround {
                            state,
                            pass,
                            owner,
                            epoch,
                        };

                        let made = a.adds_sweep(seen);

                        assert_eq!(made, ledger::protocol::may_step(right, seen), "{seen:?}");
                    }
                }
            }
        }
    }
);

on_each_backend!(
    who_takes_the_locks_of_a_joined_run_over_frees_the_chunks_of_its_members,
    |backend| {
        let mut db = TestDb::new(backend);
        let (mut a, _) = two_members(&db);
        let claimed = a
            .runtime
            .block_on(chunk::claim(&mut a.conn, &a.names, claim(RUN, "a")))
            .unwrap()
            .unwrap();
        db.exec(&in_ledger(backend, "UPDATE {column_lock} SET lease_ms = 1"));
        let other = WorkerIdentity {
            id: "alone".to_owned(),
            host: "elsewhere".to_owned(),
            ..WorkerIdentity::default()
        };
        let request = LockRequest {
            name: "users",
            run: "another",
            worker: &other,
        };

        let taken = a
            .runtime
            .block_on(lock::acquire(&mut a.conn, &a.names, request, &|_| false));

        assert!(matches!(taken.unwrap(), ledger::LockAttempt::Taken));
        let chunks = a
            .runtime
            .block_on(chunk::list(&mut a.conn, &a.names, RUN))
            .unwrap();
        assert_eq!(chunks[0].state, ledger::ChunkState::Pending);
        // Without the locks no step is made, whatever the duty is.
        finish_chunks(&mut db, backend);
        let ground = a.ground();
        assert!(!a.closes(ground).unwrap());
        assert!(!a.adds_sweep(ground));
        assert_eq!((claimed.epoch, a.run_state()), (1, RunState::Active));
        let row = a.enter();
        assert_eq!((row.state, row.pass), (JoinedState::Open, 0));
        db.exec(&in_ledger(
            backend,
            "UPDATE {joined} SET state = 'preparing', run = NULL",
        ));
        let ground = a.ground();
        assert!(!a.creates(ground, &[open_ended()]));
        assert!(!a.closes_empty(ground));
        assert_eq!(a.enter().state, JoinedState::Preparing);
    }
);

on_each_backend!(
    a_joined_run_that_another_process_closes_says_what_is_left,
    |backend| {
        let mut db = TestDb::new(backend);
        let (mut a, _) = two_members(&db);
        finish_chunks(&mut db, backend);
        let closing = Closing {
            run: RUN,
            owner: LockOwner {
                id: RUN,
                locks: 1,
                duty: None,
            },
            end: JoinedEnd {
                waiting: 2,
                uncovered: 3,
                ..END
            },
        };

        let closed = ledger::finish_run(&mut a.conn, &a.names, closing);

        assert!(a.runtime.block_on(closed).unwrap());
        let row = a.enter();
        assert_eq!(
            (row.state, row.waiting, row.uncovered),
            (JoinedState::Closed, 2, 3)
        );
        assert_eq!(row.outcome.as_deref(), Some(joined::DONE));
    }
);
