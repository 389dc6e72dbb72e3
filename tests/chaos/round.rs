//! One round: a table, an application on it, runs with faults, a run without, and what must hold then.

use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use crate::app::{App, Record, Work};
use crate::db::{TestDb, TestUser};
use crate::fault::Fault;
use crate::members::{Judge, LOST, Members};
use crate::random::Random;
use crate::saltern::{POINTS, Running, SHORT, Saltern};
use crate::servers::{Backend, PrivateServer};
use crate::sidecar::Sidecar;
use crate::table::Shape;
use crate::tally::Tally;
use crate::way::Way;

/// No process takes longer, whatever happens to it: its patience is 8 s here.
const PROCESS_MAX: Duration = Duration::from_secs(110);
/// From a signal to the end. It is 5 s; the rest is a busy machine's.
const STOP_MAX: Duration = Duration::from_secs(15);
/// A lock that was held for so long may use up the patience.
const HELD_MAX: Duration = Duration::from_secs(4);
/// So many faults hit the same table one after another.
const FAULTS: usize = 3;

const SEEN_TWICE: &str = "rows were seen twice in one pass";

/// Between which steps a process is killed.
const KILLS: [&str; 16] = [
    "after-ledger",
    "after-locks",
    "before-create-commit",
    "after-create",
    "in-heartbeat",
    "after-claim",
    "before-fence=kill@2",
    "after-fence=kill@3",
    "after-swap",
    "after-swap=kill@3",
    "after-cursor=kill@2",
    "before-commit",
    "before-commit=kill@4",
    "in-takeover",
    "before-sweep",
    "before-release",
];
/// Where it stops for the control without a fence: it has a page to write, and holds no lock.
const BEFORE_PAGE: &str = "before-page";
/// Where it stops and nobody waits for it.
const STOPS_WITHOUT_LOCKS: [&str; 9] = [
    "after-locks",
    "before-create",
    "after-create",
    BEFORE_PAGE,
    "after-claim",
    "before-sweep",
    "after-sweep",
    "before-done",
    "before-release",
];
/// Where it stops in the middle of a transaction.
const STOPS_WITH_LOCKS: [&str; 3] = ["after-fence", "after-swap", "before-commit"];

/// What is switched off, for a round that must find something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Control {
    NoSwapCondition,
    NoFence,
}

impl Control {
    /// What must be found under it.
    pub(crate) fn sign(self) -> &'static str {
        match self {
            Self::NoSwapCondition => LOST,
            Self::NoFence => SEEN_TWICE,
        }
    }
}

/// Where the rounds of a campaign take place.
pub(crate) struct Ground {
    backend: Backend,
    server: Option<PrivateServer>,
}

impl Ground {
    pub(crate) fn new(backend: Backend) -> Self {
        Self {
            backend,
            server: None,
        }
    }

    /// A server of the campaign's own, which it may kill.
    pub(crate) fn own(backend: Backend) -> Self {
        let server = (backend != Backend::Sqlite)
            .then(|| PrivateServer::start(backend).expect("`on_each_backend` has looked"));
        Self { backend, server }
    }

    fn db(&self) -> TestDb {
        match &self.server {
            Some(server) => TestDb::at(self.backend, server.url()),
            None => TestDb::new(self.backend),
        }
    }
}

/// What must not be, in words.
#[derive(Debug, Default)]
pub(crate) struct Found {
    /// In users' data or in the ledger's counts.
    pub(crate) data: Vec<String>,
    /// In how a process ended.
    pub(crate) ends: Vec<String>,
}

pub(crate) struct Round<'c> {
    ground: &'c mut Ground,
    tally: &'c mut Tally,
    seed: u64,
    control: Option<Control>,
    faults: Vec<Fault>,
    shape: Shape,
    random: Random,
}

impl<'c> Round<'c> {
    pub(crate) fn new(ground: &'c mut Ground, tally: &'c mut Tally, seed: u64) -> Self {
        let mut random = Random(seed);
        let shape = Shape::draw(&mut random);
        let all = Fault::all(ground.backend);
        let faults = (0..FAULTS).map(|_| *random.of(&all)).collect();
        Self {
            ground,
            tally,
            seed,
            control: None,
            faults,
            shape,
            random,
        }
    }

    /// The same round under a control, with these faults.
    pub(crate) fn under(mut self, control: Control, faults: &[Fault]) -> Self {
        self.control = Some(control);
        self.faults = faults.to_vec();
        self.shape.resets = false;
        self.shape.serves = false;
        self
    }

    /// Plays it; what was found.
    pub(crate) fn play(self) -> Found {
        let name = format!(
            "{} seed {}: {:?}, {:?}",
            self.ground.backend.name(),
            self.seed,
            self.faults,
            self.shape
        );
        println!("{name}");
        let _said = SaidWhenPanicking(name);
        self.tally.rounds += 1;
        let faults = self.faults.clone();
        let mut scene = Scene::set(self);
        for fault in faults {
            scene.play(fault);
        }
        scene.close()
    }
}

/// Names the round on standard error where its test panics.
struct SaidWhenPanicking(String);

impl Drop for SaidWhenPanicking {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("in this round: {}", self.0);
        }
    }
}

/// A round that is being played.
struct Scene<'c> {
    backend: Backend,
    ground: &'c mut Ground,
    tally: &'c mut Tally,
    random: Random,
    control: Option<Control>,
    shape: Shape,
    saltern: Saltern,
    sidecar: Option<Sidecar>,
    app: Option<App>,
    way: Option<Way>,
    app_way: Option<Way>,
    user: Option<TestUser>,
    db: TestDb,
    found: Found,
    /// The columns that DDL has added.
    added: u64,
}

impl<'c> Scene<'c> {
    fn set(round: Round<'c>) -> Self {
        let Round {
            ground,
            tally,
            control,
            shape,
            mut random,
            ..
        } = round;
        let backend = ground.backend;
        let mut db = ground.db();
        let members = shape.fill(&mut db, &mut random);
        let user = db.create_user();
        if let Some(user) = &user {
            grant(&mut db, user);
        }
        let way = user.as_ref().map(|user| Way::to(&user.url));
        let app_way = user.as_ref().map(|_| Way::to(&db.url()));
        let url = way
            .as_ref()
            .map_or_else(|| db.url(), |way| way.url().to_owned());
        let saltern = Saltern::new(&url, &shape.config());
        let sidecar = shape.serves.then(|| Sidecar::start(&saltern));
        let app = Some(App::start(Work {
            backend,
            url: app_way
                .as_ref()
                .map_or_else(|| db.url(), |way| way.url().to_owned()),
            seed: random.next(),
            shape: shape.clone(),
            members,
            pause: match control {
                Some(Control::NoSwapCondition) => Duration::ZERO,
                Some(Control::NoFence) => Duration::from_millis(40),
                None => Duration::from_millis(*random.of(&[0, 3, 10])),
            },
            signs_up: control.is_none(),
            socket: sidecar.as_ref().map(|sidecar| sidecar.socket.clone()),
        }));
        Self {
            backend,
            ground,
            tally,
            random,
            control,
            shape,
            saltern,
            sidecar,
            app,
            way,
            app_way,
            user,
            db,
            found: Found::default(),
            added: 0,
        }
    }

    /// One run with one fault.
    fn play(&mut self, fault: Fault) {
        if self.control.is_none() {
            self.top_up();
        }
        match fault {
            Fault::Nothing => {
                let run = self.spawn("", &["--max-rate", "700"]);
                self.observe(fault);
                self.end(fault, run, &[]);
            }
            Fault::Kill => {
                let run = self.spawn_until_a_moment("");
                let finished = run.kill();
                self.tally.add(fault.name(), &finished);
            }
            Fault::KillAtAPoint => {
                let point = *self.random.of(&KILLS);
                let run = self.spawn(point, &["--max-rate", "400"]);
                self.end(fault, run, &[]);
            }
            Fault::Terminate => {
                let run = self.spawn_until_a_moment("");
                let which = *self.random.of(&[Signal::TERM, Signal::INT]);
                let since = Instant::now();
                signal(&run, which);
                self.end(fault, run, &[]);
                self.tally
                    .longest("from a signal to the end", since.elapsed());
                if since.elapsed() > STOP_MAX {
                    self.say_of_end(format!("a signal was heard after {:?}", since.elapsed()));
                }
            }
            Fault::Freeze => self.freeze(fault, None),
            Fault::FreezeAtAPoint => {
                let point = match self.control {
                    Some(_) => BEFORE_PAGE,
                    None if self.random.once_in(2) => *self.random.of(&STOPS_WITH_LOCKS),
                    None => *self.random.of(&STOPS_WITHOUT_LOCKS),
                };
                self.freeze(fault, Some(point));
            }
            Fault::Second => {
                let first = self.spawn_until_a_moment("");
                let second = self.spawn("", &[]);
                self.end(fault, second, &[]);
                self.end(fault, first, &[]);
            }
            Fault::LoseCommits => self.lose_commits(fault),
            Fault::LockTable => {
                let run = self.spawn_until_a_moment("");
                let mut other = self.db.connect();
                let lock = self.lock();
                let since = Instant::now();
                if other.try_exec(lock).is_ok() {
                    std::thread::sleep(Duration::from_millis(300) + self.random.millis(1_500));
                    let held = since.elapsed();
                    other.try_exec(self.unlock()).ok();
                    let late = if held > HELD_MAX { &[5][..] } else { &[] };
                    self.end(fault, run, late);
                } else {
                    self.end(fault, run, &[]);
                }
            }
            Fault::LockForGood => {
                let run = self.spawn_until_a_moment("");
                let mut other = self.db.connect();
                let lock = self.lock();
                let locked = other.try_exec(lock).is_ok();
                let since = Instant::now();
                self.end(fault, run, &[]);
                if locked {
                    self.tally
                        .longest("locked for good, to the end", since.elapsed());
                    other.try_exec(self.unlock()).ok();
                }
            }
            Fault::Ddl => {
                let run = self.spawn_until_a_moment("");
                self.alter();
                self.end(fault, run, &[]);
            }
            Fault::Cut => {
                let run = self.spawn_until_a_moment("");
                for _ in 0..=self.random.below(4) {
                    self.way().cut();
                    if let Some(way) = self.app_way.as_ref().filter(|_| self.random.once_in(2)) {
                        way.cut();
                    }
                    std::thread::sleep(self.random.millis(700));
                }
                self.end(fault, run, &[]);
            }
            Fault::Swallow => {
                let run = self.spawn_until_a_moment("");
                self.way().swallow();
                self.observe(fault);
                std::thread::sleep(self.random.millis(3_000));
                self.way().heal();
                self.end(fault, run, &[]);
            }
            Fault::SwallowForGood => {
                let run = self.spawn_until_a_moment("");
                self.way().swallow();
                let since = Instant::now();
                self.end(fault, run, &[]);
                self.tally
                    .longest("out of reach for good, to the end", since.elapsed());
                self.way().heal();
            }
            Fault::Restart => {
                let run = self.spawn_until_a_moment("");
                let pause = self.random.millis(1_500);
                if let Some(server) = &mut self.ground.server {
                    server.kill();
                    std::thread::sleep(pause);
                    server.start_again();
                    self.db.reconnect();
                }
                self.end(fault, run, &[]);
            }
            Fault::Revoke => {
                let run = self.spawn_until_a_moment("");
                self.revoke();
                if self.backend.is_mysql_like() {
                    // A session keeps the rights on a database that it has begun with.
                    self.way().cut();
                }
                self.end(fault, run, &[]);
                let user = self.user.as_ref().expect("only where there are users");
                grant(&mut self.db, user);
            }
            Fault::Quota => {
                let run = self.spawn_until_a_moment("");
                self.limit_connections(Some(1));
                self.way().cut();
                std::thread::sleep(self.random.millis(2_500));
                self.limit_connections(None);
                self.end(fault, run, &[]);
            }
        }
        self.check_counts();
    }

    /// Sees to it that a run has enough to do for its fault to hit it.
    fn top_up(&mut self) {
        const WEAK_MIN: u64 = 700;
        let weak = "SELECT COUNT(*) FROM member WHERE pw NOT LIKE '$%' AND LENGTH(pw) > 4";
        let weak = self.db.count(weak);
        if weak >= WEAK_MIN {
            return;
        }
        let imports = &self.app().signs().imports;
        imports.store(WEAK_MIN - weak, Ordering::SeqCst);
        let since = Instant::now();
        while imports.load(Ordering::SeqCst) > 0 {
            assert!(since.elapsed() < PROCESS_MAX, "the application hangs");
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    fn app(&self) -> &App {
        self.app.as_ref().expect("it works to the end")
    }

    /// A process is stopped for longer than its lease; another takes over; the first wakes up.
    fn freeze(&mut self, fault: Fault, point: Option<&str>) {
        const LEASE: &str = "short-lease=fail";
        let first = match point {
            None => {
                let first = self.spawn_until_a_moment(LEASE);
                signal(&first, Signal::STOP);
                first
            }
            Some(point) => {
                let is_of_a_page = point == BEFORE_PAGE || STOPS_WITH_LOCKS.contains(&point);
                let nth = if is_of_a_page {
                    1 + self.random.below(4)
                } else {
                    1
                };
                let points = format!("{LEASE},{point}=stop@{nth}");
                let mut first = self.spawn(&points, &["--max-rate", "400"]);
                first.wait_until(|first| is_stopped(first.id()));
                first
            }
        };
        let mut second = self.spawn("", &["--wait", "60"]);
        // Where the first holds a lock it must wake up before the second gives up. Elsewhere it wakes up when the second
        // has ended, or in the middle of it.
        let holds_nothing = point.is_some_and(|point| STOPS_WITHOUT_LOCKS.contains(&point));
        let at_most = match self.control {
            Some(_) => PROCESS_MAX,
            None if holds_nothing && self.random.once_in(2) => PROCESS_MAX,
            None => Duration::from_secs(3) + self.random.millis(2_000),
        };
        let since = Instant::now();
        second.wait_until(|_| since.elapsed() > at_most);
        signal(&first, Signal::CONT);
        self.end(fault, first, &[]);
        self.end(fault, second, &[]);
    }

    fn lose_commits(&mut self, fault: Fault) {
        let commits = 1 + self.random.below(5);
        if self.backend == Backend::Sqlite {
            let points =
                format!("commit-answer=fail,commit-answer=fail@{commits},create-answer=fail");
            let run = self.spawn(&points, &["--max-rate", "400"]);
            self.end(fault, run, &[]);
            return;
        }
        let run = self.spawn_until_a_moment("");
        let stays_open = self.random.once_in(3);
        self.way().lose_commits(commits, stays_open);
        let app_way = self.app_way.as_ref().expect("servers have one");
        app_way.lose_commits(1 + commits / 2, false);
        self.end(fault, run, &[]);
        let app_way = self.app_way.as_ref().expect("servers have one");
        self.tally.commits_lost += self.way().keep_commits() + app_way.keep_commits();
    }

    /// Starts a run and waits for a random moment of it: mostly while it writes.
    fn spawn_until_a_moment(&mut self, points: &str) -> Running {
        let before = self.written();
        let mut run = self.spawn(points, &["--max-rate", "300"]);
        if self.random.once_in(4) {
            std::thread::sleep(self.random.millis(1_200));
        } else {
            run.wait_until(|_| self.written() > before);
            std::thread::sleep(self.random.millis(600));
        }
        run
    }

    fn spawn(&mut self, points: &str, more: &[&str]) -> Running {
        let control = match self.control {
            None => "",
            Some(Control::NoSwapCondition) => "no-swap-condition=fail",
            Some(Control::NoFence) => "no-fence=fail",
        };
        let all = format!("{SHORT},short-patience=fail,{control},{points}");
        self.saltern.set(POINTS, &all);
        self.saltern
            .spawn(&[&["run", "--execute", "--json"][..], more].concat())
    }

    /// A command that only looks, beside whatever goes on.
    fn observe(&mut self, fault: Fault) {
        let command = *self.random.of(&["status", "scan", "plan", "doctor"]);
        self.saltern
            .set(POINTS, &format!("{SHORT},short-patience=fail"));
        let looks = self.saltern.spawn(&[command]);
        let finished = looks.finish_within(PROCESS_MAX);
        self.tally.add("a look meanwhile", &finished);
        let is_allowed = match finished.code() {
            Some(0) => true,
            // Rights that are gone for a moment; a ledger that is written meanwhile agrees with itself.
            Some(4) => command == "doctor" && !finished.stdout.contains("ledger-disagrees"),
            Some(code) => fault.codes().contains(&code),
            None => false,
        };
        if !is_allowed {
            self.say_of_end(format!("{command} during {}: {finished:?}", fault.name()));
        }
    }

    /// A run must end in time, with a code of its fault or of a run that nothing hits.
    fn end(&mut self, fault: Fault, run: Running, more: &[i32]) {
        let finished = run.finish_within(PROCESS_MAX);
        self.tally.add(fault.name(), &finished);
        let is_allowed = match finished.code() {
            Some(code) => {
                self.codes().contains(&code)
                    || fault.codes().contains(&code)
                    || more.contains(&code)
            }
            None => fault == Fault::KillAtAPoint && finished.signal() == Some(9),
        };
        if !is_allowed {
            self.say_of_end(format!(
                "after {}: {}\n{}\n{}",
                fault.name(),
                finished.status,
                tail(&finished.stdout),
                finished.stderr
            ));
        }
    }

    /// The codes of a run that nothing hits.
    fn codes(&self) -> Vec<i32> {
        let kept = self.shape.keeps_rows().then_some(3);
        let arriving = self.shape.old_writer.then_some(7);
        [0].into_iter().chain(kept).chain(arriving).collect()
    }

    fn say(&mut self, anomaly: String) {
        self.found.data.push(anomaly);
    }

    fn say_of_end(&mut self, anomaly: String) {
        self.found.ends.push(anomaly);
    }

    fn way(&self) -> &Way {
        self.way.as_ref().expect("only servers have such faults")
    }

    /// How many rows runs have written so far.
    fn written(&mut self) -> u64 {
        let sql = format!("SELECT COUNT(*) FROM changes WHERE {}", self.shape.ours());
        let rows = self.db.try_query(&sql);
        rows.map_or(0, |rows| rows[0][0].as_deref().unwrap().parse().unwrap())
    }

    fn lock(&mut self) -> &'static str {
        let all: &'static [&'static str] = match self.backend {
            Backend::Postgres => &[
                "BEGIN; LOCK TABLE member IN SHARE MODE",
                "BEGIN; LOCK TABLE member IN ACCESS EXCLUSIVE MODE",
            ],
            Backend::MariaDb | Backend::MySql => &[
                "LOCK TABLES member WRITE",
                "LOCK TABLES member READ",
                "FLUSH TABLES WITH READ LOCK",
            ],
            Backend::Sqlite => &["BEGIN IMMEDIATE", "BEGIN EXCLUSIVE"],
        };
        self.random.of::<&str>(all)
    }

    fn unlock(&self) -> &'static str {
        if self.backend.is_mysql_like() {
            "UNLOCK TABLES"
        } else {
            "COMMIT"
        }
    }

    fn alter(&mut self) {
        self.added += 1;
        let added = self.added;
        let sql = match self.random.below(3) {
            0 => format!("ALTER TABLE member ADD COLUMN more{added} INTEGER"),
            1 => format!("CREATE INDEX more{added} ON member (login)"),
            _ => format!("ALTER TABLE member ADD COLUMN more{added} VARCHAR(10) DEFAULT 'x'"),
        };
        // A deadlock may refuse it.
        self.db.try_exec(&sql).ok();
    }

    fn revoke(&mut self) {
        let user = &self
            .user
            .as_ref()
            .expect("only where there are users")
            .grantee;
        let sql = if self.backend == Backend::Postgres {
            format!("REVOKE UPDATE ON member FROM {user}")
        } else {
            format!("REVOKE UPDATE ON {}.* FROM {user}", self.db.name())
        };
        self.db.exec(&sql);
    }

    fn limit_connections(&mut self, most: Option<u64>) {
        let user = &self
            .user
            .as_ref()
            .expect("only where there are users")
            .grantee;
        let sql = match (self.backend, most) {
            (Backend::Postgres, Some(most)) => format!("ALTER ROLE {user} CONNECTION LIMIT {most}"),
            (Backend::Postgres, None) => format!("ALTER ROLE {user} CONNECTION LIMIT -1"),
            (_, most) => format!(
                "ALTER USER {user} WITH MAX_USER_CONNECTIONS {}",
                most.unwrap_or(0)
            ),
        };
        self.db.exec(&sql);
    }

    /// Resets what is still weak, while it is killed and the application goes on.
    fn reset(&mut self) {
        self.app().signs().resets.store(true, Ordering::SeqCst);
        self.saltern
            .set(POINTS, &format!("{SHORT},short-patience=fail"));
        let reset = [
            "reset",
            "--class",
            "weak",
            "--execute",
            "--json",
            "--confirm",
            "1000000",
            "--new-run",
        ];
        for _ in 0..2 {
            let run = self
                .saltern
                .spawn(&[&reset[..], &["--max-rate", "400"]].concat());
            std::thread::sleep(Duration::from_millis(300) + self.random.millis(1_500));
            let finished = run.kill();
            self.tally.add("reset, killed", &finished);
            self.check_counts();
        }
        let finished = self.saltern.spawn(&reset).finish_within(PROCESS_MAX);
        self.tally.add("reset", &finished);
        if !finished
            .code()
            .is_some_and(|code| self.codes().contains(&code))
        {
            self.say_of_end(format!("reset: {finished:?}"));
        }
        self.check_counts();
    }

    /// Lets a run come to its end, and checks all that must hold then.
    fn close(mut self) -> Found {
        if self.shape.resets {
            self.reset();
        }
        let run = self.spawn("", &["--new-run"]);
        self.end(Fault::Nothing, run, &[]);
        let record = self.stop_app();
        if self.shape.old_writer {
            self.shape.old_writer = false;
            let run = self.spawn("", &[]);
            self.end(Fault::Nothing, run, &[]);
        }
        if let Some(sidecar) = self.sidecar.take() {
            signal(&sidecar.running, Signal::TERM);
            let finished = sidecar.running.finish_within(PROCESS_MAX);
            self.tally.add_code("serve, terminated", &finished);
            if !matches!(finished.code(), Some(0 | 143)) {
                self.say_of_end(format!("serve: {finished:?}"));
            }
        }
        self.check_counts();
        self.check_rows(&record.members);
        self.check_ledger(&record);
        self.tally.logins += record.logins;
        self.tally.commits_lost += record.unsure;
        self.found.data.extend(record.anomalies);
        self.found
    }

    fn stop_app(&mut self) -> Record {
        self.app.take().expect("it works to the end").stop()
    }

    /// Every row opens by what was committed last, and there are no others.
    fn check_rows(&mut self, members: &Members) {
        let judge = Judge {
            formula: self.shape.formula,
            may_be_reset: self.shape.resets,
        };
        let mut missing = members.all.clone();
        for row in self.db.query("SELECT id, pw, salt FROM member ORDER BY id") {
            let [Some(id), value, salt] = &row[..] else {
                panic!("{row:?}");
            };
            self.tally.rows_checked += 1;
            let id: u64 = id.parse().unwrap();
            let anomaly = match missing.remove(&id) {
                None => Some(format!("nobody has made it: {row:?}")),
                Some(member) => judge.anomaly(&member, Some(&(value.clone(), salt.clone()))),
            };
            if let Some(anomaly) = anomaly {
                self.say(format!("member {id}: {anomaly}"));
            }
        }
        for (id, member) in missing {
            if let Some(anomaly) = judge.anomaly(&member, None) {
                self.say(format!("member {id}: {anomaly}"));
            }
        }
    }

    /// The ledger counts as many rows as were written, and no row was written twice; at any moment.
    fn check_counts(&mut self) {
        let chunk = self.ledger("chunk");
        let reset =
            "now LIKE '!saltern:reset:%' AND (was IS NULL OR was NOT LIKE '!saltern:reset:%')";
        let sql = format!(
            "SELECT (SELECT COALESCE(SUM(done), 0) FROM {chunk}), \
             (SELECT COUNT(*) FROM changes WHERE ({}) OR ({reset})), \
             (SELECT COUNT(*) FROM changes WHERE was LIKE '$%--%' AND now LIKE '$%--%' AND was <> now)",
            self.shape.ours()
        );
        // Before the first run there is no ledger.
        let Ok(rows) = self.db.try_query(&sql) else {
            return;
        };
        let [done, written, twice] = numbers(&rows[0])[..] else {
            panic!("{rows:?}");
        };
        if done != written {
            self.say(format!(
                "the ledger says that {done} rows were written, and {written} were"
            ));
        }
        if twice != 0 {
            self.say(format!("{twice} rows were wrapped twice"));
        }
    }

    /// Each row is counted once a pass.
    fn check_ledger(&mut self, record: &Record) {
        let (chunk, run, lock) = (
            self.ledger("chunk"),
            self.ledger("run"),
            self.ledger("column_lock"),
        );
        let ever = self.shape.rows + record.signed_up;
        let others = "SELECT COUNT(*) FROM changes";
        let superseded_max = self.db.count(others) + record.writes;
        let sql = format!(
            "SELECT c.pass, CASE WHEN r.state = 'done' THEN 1 ELSE 0 END, SUM(c.seen), SUM(c.candidates), SUM(c.done), SUM(c.superseded), \
             SUM(c.deleted), SUM(c.quarantined) FROM {chunk} c JOIN {run} r ON r.id = c.run GROUP BY c.run, c.pass, r.state"
        );
        for row in self.db.query(&sql) {
            let [
                pass,
                is_done,
                seen,
                candidates,
                done,
                superseded,
                deleted,
                quarantined,
            ] = numbers(&row)[..]
            else {
                panic!("{row:?}");
            };
            let whole = self.shape.rows.saturating_sub(record.deleted);
            let whole = i64::try_from(whole).unwrap();
            let wrong = [
                (
                    candidates != done + superseded + deleted + quarantined,
                    "the counts don't add up",
                ),
                (
                    // Where the answer to its creation is lost, a sweep is made twice.
                    pass == 0 && seen > i64::try_from(ever).unwrap(),
                    SEEN_TWICE,
                ),
                (
                    pass == 0 && is_done == 1 && seen < whole,
                    "rows were passed over",
                ),
                (candidates > seen, "rows were counted that were not seen"),
                (
                    superseded > i64::try_from(superseded_max).unwrap(),
                    "more rows changed than anybody has written",
                ),
                (
                    deleted > i64::try_from(record.deleted).unwrap(),
                    "more rows went than anybody has deleted",
                ),
            ];
            for (_, what) in wrong.into_iter().filter(|(is_wrong, _)| *is_wrong) {
                self.say(format!("{what}: {row:?}, of {ever} rows"));
            }
        }
        for (sql, what) in [
            (
                format!(
                    "SELECT COUNT(*) FROM {chunk} c JOIN {run} r ON r.id = c.run WHERE r.state = 'done' AND c.state <> 'done'"
                ),
                "chunks of a run that is done are not",
            ),
            (
                format!("SELECT COUNT(*) FROM {run} WHERE state = 'active'"),
                "runs are left active",
            ),
            (
                format!("SELECT COUNT(*) FROM {lock} WHERE owner IS NOT NULL"),
                "locks are left",
            ),
        ] {
            let left = self.db.count(&sql);
            if left > 0 {
                self.say(format!("{left} {what}"));
            }
        }
    }

    fn ledger(&self, table: &str) -> String {
        if self.backend == Backend::Postgres {
            format!("saltern.{table}")
        } else {
            format!("saltern_{table}")
        }
    }
}

/// What saltern's user needs, and no more.
fn grant(db: &mut TestDb, user: &TestUser) {
    let (name, grantee) = (db.name().to_owned(), &user.grantee);
    let sql = match db.backend() {
        Backend::Postgres => format!(
            "GRANT CREATE ON DATABASE {name} TO {grantee}; GRANT SELECT, UPDATE ON member TO {grantee}; GRANT INSERT ON changes TO {grantee}"
        ),
        _ => format!("GRANT ALL ON {name}.* TO {grantee}"),
    };
    db.exec(&sql);
}

/// Sends a signal to a process that may have ended.
fn signal(process: &Running, signal: Signal) {
    let id = Pid::from_raw(process.id().cast_signed()).expect("no process is 0");
    kill_process(id, signal).ok();
}

fn numbers(row: &[Option<String>]) -> Vec<i64> {
    row.iter()
        .map(|cell| cell.as_deref().unwrap_or("0").parse().unwrap())
        .collect()
}

fn tail(text: &str) -> String {
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(4)..].join("\n")
}

/// Whether a process has stopped (proc(5): state T).
fn is_stopped(id: u32) -> bool {
    let stat = std::fs::read_to_string(format!("/proc/{id}/stat")).unwrap_or_default();
    stat.rsplit_once(')')
        .is_some_and(|(_, rest)| rest.trim_start().starts_with('T'))
}
