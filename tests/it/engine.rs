//! The engine through the library: a whole run on every database, its counts and its end.

use std::path::Path;
use std::sync::Mutex;

use saltern::config::{ConfigFile, Settings, parse};
use saltern::engine::{
    End, EngineError, Event, Finished, Job, Mode, Observer, PlanOptions, RunOptions, Selection,
    Session, Stop, ThrottleOptions, plan, run,
};
use saltern::scheme::{Context, Declared, verify};
use saltern::secret::{DatabaseUrl, Password, StoredHash};

use crate::db::TestDb;

/// Keeps what it hears.
#[derive(Default)]
struct Ear(Mutex<Vec<String>>);

impl Observer for Ear {
    fn on(&self, _: Option<&str>, event: &Event) {
        self.0
            .lock()
            .unwrap()
            .push(serde_json::to_string(event).unwrap());
    }
}

fn settings(text: &str) -> Settings {
    let text = format!("[database]\nurl_env = \"X\"\n{text}");
    let config = ConfigFile {
        path: Path::new("saltern.toml"),
        text: &text,
        mode: None,
    };
    parse(&config).unwrap().settings
}

fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
        .block_on(future)
}

fn execute(
    db: &TestDb,
    settings: &Settings,
    options: &RunOptions,
) -> Result<Finished, EngineError> {
    block_on(async {
        let session = Session::open(settings, DatabaseUrl::parse(&db.url()).unwrap()).await?;
        run(session, options, &Ear::default(), &Stop::new()).await
    })
}

const CHEAP: &str = "
    [target]
    algorithm = \"argon2id\"
    memory_kib = 64
    iterations = 1
    parallelism = 1
";

fn md5(n: usize) -> String {
    use md5::{Digest, Md5};
    Md5::digest(format!("password{n}"))
        .iter()
        .map(|b| format!("{b:02x}"))
        .collect()
}

fn parents(db: &mut TestDb, rows: usize) {
    db.exec("CREATE TABLE parent (id INTEGER PRIMARY KEY, password VARCHAR(255))");
    db.insert(
        "parent",
        &["id", "password"],
        (0..rows).map(|n| [Some(n.to_string()), Some(md5(n))]),
    );
}

fn config(extra: &str) -> Settings {
    settings(&format!(
        "[[credential]]\nname = \"parents\"\ntable = \"parent\"\nkey = \"id\"\ncolumn = \"password\"\nscheme = \"md5\"\nreaders_ready = true\n{extra}\n{CHEAP}"
    ))
}

const GO: RunOptions = RunOptions {
    job: Job::Rules,
    mode: Mode::Execute,
    selection: Selection::All,
    max_rows: None,
    max_runtime: None,
    throttle: ThrottleOptions {
        max_rate: None,
        pause_file: None,
        lag: None,
        max_load: Vec::new(),
        critical_load: Vec::new(),
        max_host_load: None,
        max_commit: None,
        http: None,
        nice_ratio: None,
    },
    until: None,
    threads: None,
    kernel: None,
    sweeps: 3,
    wait: std::time::Duration::ZERO,
    new_run: false,
    print: false,
    join: None,
    worker_name: None,
};

on_each_backend!(
    a_run_wraps_every_weak_row_and_its_accounts_close,
    |backend| {
        let mut db = TestDb::new(backend);
        parents(&mut db, 5_000);
        db.exec("UPDATE parent SET password = NULL WHERE id = 7");
        db.exec("UPDATE parent SET password = '!' WHERE id = 8");
        let upper = md5(9).to_uppercase();
        db.exec(&format!(
            "UPDATE parent SET password = '{upper}' WHERE id = 9"
        ));

        let finished = execute(&db, &config(""), &GO).unwrap();

        assert_eq!(finished.end, End::Done);
        assert_eq!(
            (finished.accounts.candidates, finished.accounts.done),
            (4_998, 4_998)
        );
        assert_eq!(db.count("SELECT COUNT(*) FROM parent WHERE password LIKE '$argon2id--md5$v=19$m=64,t=1,p=1$%'"), 4_998);
        for n in [0, 9, 4_999] {
            let stored = StoredHash::new(
                db.value(&format!("SELECT password FROM parent WHERE id = {n}"))
                    .unwrap(),
            );
            let right = Password::new(format!("password{n}"));
            assert_eq!(
                verify(&stored, &right, Declared::Auto, &Context::default()),
                Ok(true)
            );
            let leaked = Password::new(md5(n));
            assert_eq!(
                verify(&stored, &leaked, Declared::Auto, &Context::default()),
                Ok(false)
            );
        }
        let again = execute(&db, &config(""), &GO).unwrap();
        assert_eq!(again.end, End::Nothing);
    }
);

on_each_backend!(max_rows_stops_and_the_next_run_goes_on, |backend| {
    let mut db = TestDb::new(backend);
    parents(&mut db, 3_000);
    let some = RunOptions {
        max_rows: Some(1_234),
        ..GO
    };

    let first = execute(&db, &config(""), &some).unwrap();
    assert_eq!((first.end, first.accounts.done), (End::MaxRows, 1_234));
    let second = execute(&db, &config(""), &GO).unwrap();
    assert_eq!((second.end, second.accounts.done), (End::Done, 3_000));
});

on_each_backend!(
    a_canary_stops_after_its_rows_and_needs_no_ready_readers,
    |backend| {
        let mut db = TestDb::new(backend);
        parents(&mut db, 100);
        let unready = settings(&format!(
            "[[credential]]\nname = \"parents\"\ntable = \"parent\"\nkey = \"id\"\ncolumn = \"password\"\nscheme = \"md5\"\n{CHEAP}"
        ));

        let canary = execute(
            &db,
            &unready,
            &RunOptions {
                selection: Selection::Canary(3),
                ..GO
            },
        )
        .unwrap();
        assert_eq!((canary.end, canary.accounts.done), (End::Canary, 3));
        assert!(matches!(
            execute(&db, &unready, &GO),
            Err(EngineError::Refused { .. })
        ));
        let keys = Selection::Keys(vec!["50".into(), "51".into()]);
        let by_key = execute(
            &db,
            &unready,
            &RunOptions {
                selection: keys,
                ..GO
            },
        )
        .unwrap();
        assert_eq!((by_key.end, by_key.accounts.done), (End::Canary, 5));
        let rest = execute(&db, &config(""), &GO).unwrap();
        assert_eq!((rest.end, rest.accounts.done), (End::Done, 100));
    }
);

on_each_backend!(a_plan_writes_nothing, |backend| {
    let mut db = TestDb::new(backend);
    parents(&mut db, 50);
    let plan = block_on(async {
        let settings = config("");
        let mut session = Session::open(&settings, DatabaseUrl::parse(&db.url()).unwrap())
            .await
            .unwrap();
        let plan = plan(&mut session, &PlanOptions::default(), &Ear::default())
            .await
            .unwrap();
        (plan.hashes, plan.refusals.len())
    });
    assert_eq!(plan, (50, 0));
    assert_eq!(
        db.count("SELECT COUNT(*) FROM parent WHERE LENGTH(password) = 32"),
        50
    );
});

on_each_backend!(two_credentials_may_share_a_column, |backend| {
    let mut db = TestDb::new(backend);
    parents(&mut db, 100);
    let half = |name: &str, condition: &str| {
        format!(
            "[[credential]]\nname = \"{name}\"\ntable = \"parent\"\nkey = \"id\"\ncolumn = \"password\"\nscheme = \"md5\"\n\
             where = \"{condition}\"\nreaders_ready = true\n"
        )
    };
    let both = settings(&format!(
        "{}{}{CHEAP}",
        half("low", "id < 50"),
        half("high", "id >= 50")
    ));

    let finished = execute(&db, &both, &GO).unwrap();

    assert_eq!((finished.end, finished.accounts.done), (End::Done, 100));
});

on_each_backend!(
    passwords_in_the_clear_are_not_rehashed_before_the_readers_are_ready,
    |backend| {
        let mut db = TestDb::new(backend);
        db.exec("CREATE TABLE parent (id INTEGER PRIMARY KEY, password VARCHAR(255))");
        db.exec("INSERT INTO parent VALUES (1, 'dragon'), (2, 'monkey')");
        let unready = settings(&format!(
            "[[credential]]\nname = \"parents\"\ntable = \"parent\"\nkey = \"id\"\ncolumn = \"password\"\nscheme = \"plaintext\"\n{CHEAP}"
        ));

        let refused = execute(&db, &unready, &GO);

        assert!(matches!(refused, Err(EngineError::Refused { .. })));
        assert_eq!(
            db.value("SELECT password FROM parent WHERE id = 1")
                .as_deref(),
            Some("dragon")
        );
    }
);
