//! What is found before a run, on every database: each finding where its cause is, and silence where all is well.

use std::path::PathBuf;

use saltern::config::Credential;
use saltern::policy::Target;
use saltern::scheme::{Declared, Dialect, Outer, Scheme};
use saltern::secret::DatabaseUrl;
use saltern::store::preflight::{Access, Finding, Severity, Want, preflight};
use saltern::store::{Conn, CredentialColumn, Role};

use crate::db::TestDb;
use crate::saltern::Saltern;
use crate::servers::Backend;

const ARGON2ID: Target = Target {
    outer: Outer::Argon2id {
        memory_kib: 19_456,
        iterations: 2,
        parallelism: 1,
    },
    dialect: Dialect::Phc,
};

fn users() -> Credential {
    Credential {
        name: "users".to_owned(),
        schema: None,
        table: "users".to_owned(),
        key: vec!["id".to_owned()],
        column: "password".to_owned(),
        scheme: Declared::Scheme(Scheme::MD5),
        login: saltern::config::LoginColumns::default(),
        charset: None,
        username: None,
        salt: None,
        salt2: None,
        companions: saltern::config::CompanionSettings::default(),
        site_salt_file: None,
        site: None,
        last_login: None,
        where_sql: None,
        except_sql: None,
        accept: Vec::new(),
        normalize: None,
        marker_column: None,
        preserve: Vec::new(),
        readers_ready: false,
        separator: None,
        plaintext_is_certain: false,
        last_login_null_is_never: false,
        on_reset: saltern::config::OnReset::default(),
        format: None,
        on_wrap: Vec::new(),
        on_login: Vec::new(),
        line: 1,
    }
}

/// The findings about a credential, as a user who has the URL.
fn findings_at(url: &str, credential: &Credential) -> Vec<Finding> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let url = DatabaseUrl::parse(url).unwrap();
        let mut conn = Conn::open(&url, Role::Read).await.unwrap();
        let column = CredentialColumn::resolve(&mut conn, credential)
            .await
            .unwrap();
        let want = Want::new(ARGON2ID, credential, Access::Write);
        let found = preflight(&mut conn, &column, &want).await.unwrap();
        conn.close().await;
        found
    })
}

fn findings(db: &TestDb, credential: &Credential) -> Vec<Finding> {
    findings_at(&db.url(), credential)
}

/// The findings but for what is always told.
fn codes(found: &[Finding]) -> Vec<(Severity, &'static str)> {
    found
        .iter()
        .filter(|finding| finding.code != "journal-mode")
        .map(|finding| (finding.severity, finding.code))
        .collect()
}

fn meets(
    db: &TestDb,
    credential: &Credential,
    expected: &[(Severity, &'static str)],
) -> Vec<Finding> {
    let found = findings(db, credential);
    assert_eq!(codes(&found), expected, "{found:#?}");
    found
}

fn todo_of(found: &[Finding], code: &str) -> String {
    found
        .iter()
        .find(|finding| finding.code == code)
        .unwrap()
        .todo
        .clone()
}

use Severity::{Info, Refuse, Warn};

const GOOD: &str =
    "CREATE TABLE users (id INTEGER PRIMARY KEY, password VARCHAR(255), seen VARCHAR(40))";

on_each_backend!(nothing_is_found_where_all_is_well, |backend| {
    let mut db = TestDb::new(backend);
    db.exec(GOOD);
    db.insert(
        "users",
        &["id", "password"],
        (0..50).map(|id| {
            [
                Some(id.to_string()),
                Some("5f4dcc3b5aa765d61d8327deb882cf99".to_owned()),
            ]
        }),
    );

    meets(&db, &users(), &[]);
});

on_each_backend!(nothing_is_written_by_looking, |backend| {
    let mut db = TestDb::new(backend);
    db.exec(GOOD);
    db.exec("INSERT INTO users (id, password) VALUES (1, 'x')");
    if backend == Backend::Sqlite {
        db.exec("CREATE TRIGGER t AFTER UPDATE ON users BEGIN DELETE FROM users; END");
    }
    let before = db.query("SELECT * FROM users");

    findings(&db, &users());

    assert_eq!(db.query("SELECT * FROM users"), before);
});

on_each_backend!(every_key_type_that_can_be_paged_passes, |backend| {
    let keys: &[&str] = match backend {
        Backend::Postgres => &["bigint", "uuid", "varchar(40)", "text COLLATE \"C\""],
        Backend::MariaDb => &[
            "BIGINT UNSIGNED",
            "VARCHAR(40)",
            "BINARY(16)",
            "UUID",
            "VARCHAR(40) CHARACTER SET latin1",
            "CHAR(36) CHARACTER SET ascii COLLATE ascii_bin",
        ],
        Backend::MySql => &[
            "BIGINT UNSIGNED",
            "VARCHAR(40)",
            "BINARY(16)",
            "VARCHAR(40) CHARACTER SET latin1",
        ],
        Backend::Sqlite => &["INTEGER", "TEXT NOT NULL", "BLOB NOT NULL"],
    };
    for kind in keys {
        let mut db = TestDb::new(backend);
        db.exec(&format!(
            "CREATE TABLE users (id {kind} PRIMARY KEY, password VARCHAR(255))"
        ));
        meets(&db, &users(), &[]);
    }
});

on_each_backend!(
    a_composite_key_passes_in_the_order_of_its_index,
    |backend| {
        let mut db = TestDb::new(backend);
        db.exec("CREATE TABLE users (tenant INTEGER NOT NULL, name VARCHAR(40) NOT NULL, password VARCHAR(255), PRIMARY KEY (tenant, name))");
        let mut credential = users();
        credential.key = vec!["tenant".to_owned(), "name".to_owned()];
        meets(&db, &credential, &[]);

        credential.key.reverse();
        let found = meets(&db, &credential, &[(Warn, "key-order")]);
        assert!(
            todo_of(&found, "key-order").contains(r#"key = ["tenant", "name"]"#),
            "{found:?}"
        );
    }
);

on_each_backend!(a_key_without_a_unique_index_is_refused, |backend| {
    let mut db = TestDb::new(backend);
    db.exec("CREATE TABLE users (id INTEGER NOT NULL, n INTEGER NOT NULL, password VARCHAR(255), PRIMARY KEY (id, n))");

    let found = findings(&db, &users());

    assert!(
        codes(&found).contains(&(Refuse, "key-not-unique")),
        "{found:#?}"
    );
    assert!(todo_of(&found, "key-not-unique").contains(r#"key = ["id", "n"]"#));
});

on_each_backend!(
    a_unique_index_that_is_not_one_for_every_row_does_not_count,
    |backend| {
        let indexes: &[&str] = match backend {
            Backend::Postgres => &[
                "CREATE UNIQUE INDEX i ON users (id) WHERE id > 5",
                "ALTER TABLE users ADD UNIQUE (id) DEFERRABLE",
                "CREATE UNIQUE INDEX i ON users (abs(id))",
            ],
            Backend::Sqlite => &[
                "CREATE UNIQUE INDEX i ON users (id) WHERE id > 5",
                "CREATE UNIQUE INDEX i ON users (abs(id))",
            ],
            Backend::MySql => &[
                "CREATE UNIQUE INDEX i ON users ((abs(id)))",
                "CREATE UNIQUE INDEX i ON users (name(5))",
            ],
            Backend::MariaDb => &["CREATE UNIQUE INDEX i ON users (name(5))"],
        };
        for index in indexes {
            let mut db = TestDb::new(backend);
            db.exec("CREATE TABLE users (id INTEGER NOT NULL, name VARCHAR(40) NOT NULL, password VARCHAR(255))");
            db.exec(index);
            let mut credential = users();
            if index.contains("name") {
                credential.key = vec!["name".to_owned()];
            }
            let found = findings(&db, &credential);
            assert!(
                codes(&found).contains(&(Refuse, "key-not-unique")),
                "{index}: {found:#?}"
            );
        }
    }
);

on_each_backend!(a_key_that_may_be_null_is_told, |backend| {
    let mut db = TestDb::new(backend);
    db.exec("CREATE TABLE users (id INTEGER UNIQUE, password VARCHAR(255))");
    let severity = if backend == Backend::Sqlite {
        Warn
    } else {
        Refuse
    };
    let found = findings(&db, &users());
    assert!(
        codes(&found).contains(&(severity, "key-nullable")),
        "{found:#?}"
    );

    db.exec("INSERT INTO users (id, password) VALUES (NULL, 'x')");
    let found = findings(&db, &users());
    assert!(
        codes(&found).contains(&(Refuse, "key-nullable")),
        "{found:#?}"
    );
});

on_each_backend!(
    a_narrow_column_is_refused_with_the_statement_that_widens_it,
    |backend| {
        if backend == Backend::Sqlite {
            return;
        }
        let kinds: &[&str] = match backend {
            Backend::Postgres => &[
                "VARCHAR(32)",
                "CHAR(32)",
                "VARCHAR(32) COLLATE \"C\" NOT NULL DEFAULT 'x'",
            ],
            _ => &[
                "VARCHAR(64) CHARACTER SET utf8mb4 NOT NULL DEFAULT 'it''s' COMMENT 'a, b CHARACTER SET'",
                "VARCHAR(32) CHARACTER SET latin1 COLLATE latin1_bin",
                "VARCHAR(32)",
                "VARBINARY(32) NOT NULL",
                "CHAR(32) CHARACTER SET ascii DEFAULT NULL",
            ],
        };
        for kind in kinds {
            let mut db = TestDb::new(backend);
            db.exec(&format!(
                "CREATE TABLE users (id INTEGER PRIMARY KEY, password {kind})"
            ));
            let shown = |db: &mut TestDb| {
                match backend {
            Backend::Postgres => db.query("SELECT column_default, is_nullable, collation_name FROM information_schema.columns WHERE table_name = 'users' AND column_name = 'password'"),
            _ => db.query(
                "SELECT COLUMN_DEFAULT, IS_NULLABLE, COLLATION_NAME, COLUMN_COMMENT FROM information_schema.COLUMNS \
                 WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'users' AND COLUMN_NAME = 'password'",
            ),
        }
            };
            let before = shown(&mut db);

            let found = meets(&db, &users(), &[(Refuse, "column-narrow")]);
            let todo = todo_of(&found, "column-narrow");
            let end = todo.rfind(" (").unwrap();
            let statement = todo[..end].strip_prefix("run: ").unwrap();
            if backend == Backend::Postgres {
                assert!(
                    statement.starts_with("SET lock_timeout = '5s'; "),
                    "{statement}"
                );
            } else {
                assert!(
                    statement.ends_with(", ALGORITHM=INPLACE, LOCK=NONE;"),
                    "{statement}"
                );
            }
            // What the server would copy it refuses, as the finding says.
            let copies = todo.contains("will refuse");
            if let Err(error) = db.try_exec(statement) {
                assert!(copies, "{kind}: {error}: {statement}");
                db.exec(&statement.replace(", ALGORITHM=INPLACE, LOCK=NONE", ""));
            } else {
                assert!(!copies, "{kind}: {statement}");
            }

            meets(&db, &users(), &[]);
            assert_eq!(shown(&mut db), before, "{kind}: {statement}");
        }
    }
);

on_each_backend!(a_user_without_privileges_is_refused, |backend| {
    let mut db = TestDb::new(backend);
    db.exec(GOOD);
    let Some(user) = db.create_user() else { return };
    db.exec(&format!("GRANT SELECT ON users TO {}", user.grantee));
    let found = findings_at(&user.url, &users());
    assert_eq!(codes(&found), [(Refuse, "update-fails")], "{found:#?}");

    db.exec(&format!(
        "GRANT UPDATE (password) ON users TO {}",
        user.grantee
    ));
    let found = findings_at(&user.url, &users());
    assert_eq!(codes(&found), [], "{found:#?}");
});

on_each_backend!(a_condition_that_is_no_sql_is_refused, |backend| {
    let mut db = TestDb::new(backend);
    db.exec(GOOD);
    let mut credential = users();
    credential.where_sql = Some("seen IS NOT NULL -- ?".to_owned());
    credential.except_sql = Some("id = 7".to_owned());
    meets(&db, &credential, &[]);

    credential.except_sql = Some("nonsense = 7".to_owned());
    let found = meets(&db, &credential, &[(Refuse, "select-fails")]);
    assert!(found[0].what.contains("nonsense"), "{found:#?}");
});

on_each_backend!(a_view_is_refused, |backend| {
    let mut db = TestDb::new(backend);
    db.exec("CREATE TABLE people (id INTEGER PRIMARY KEY, password VARCHAR(255)); CREATE VIEW users AS SELECT * FROM people");

    let found = findings(&db, &users());

    assert!(
        codes(&found).contains(&(Refuse, "not-a-table")),
        "{found:#?}"
    );
});

on_each_backend!(a_generated_column_is_refused, |backend| {
    let mut db = TestDb::new(backend);
    db.exec("CREATE TABLE users (id INTEGER PRIMARY KEY, p VARCHAR(200), password VARCHAR(255) GENERATED ALWAYS AS (upper(p)) STORED)");

    let found = findings(&db, &users());

    assert!(
        codes(&found).contains(&(Refuse, "column-generated")),
        "{found:#?}"
    );
});

on_each_backend!(a_check_is_tried_with_a_new_value, |backend| {
    let mut db = TestDb::new(backend);
    db.exec(
        "CREATE TABLE users (id INTEGER PRIMARY KEY, password VARCHAR(255), seen VARCHAR(40), n INTEGER, \
         CONSTRAINT ok CHECK (length(password) > 3), CONSTRAINT other CHECK (n > 3), CONSTRAINT odd CHECK (password <> seen))",
    );
    meets(&db, &users(), &[(Warn, "check-unknown")]);

    db.exec("DROP TABLE users");
    db.exec("CREATE TABLE users (id INTEGER PRIMARY KEY, password VARCHAR(255), CONSTRAINT md5_only CHECK (length(password) = 32 AND password NOT LIKE '%?$'))");
    let found = meets(&db, &users(), &[(Refuse, "check-breaks")]);
    assert!(found[0].what.contains("md5_only"), "{found:#?}");
});

on_each_backend!(triggers_are_named, |backend| {
    let mut db = TestDb::new(backend);
    db.exec(GOOD);
    match backend {
        Backend::Postgres => {
            db.exec(
                "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
            );
            db.exec(
                "CREATE TRIGGER touched BEFORE UPDATE ON users FOR EACH ROW EXECUTE FUNCTION f()",
            );
            db.exec("CREATE TRIGGER other BEFORE UPDATE OF seen ON users FOR EACH ROW EXECUTE FUNCTION f()");
            db.exec("CREATE TRIGGER made BEFORE INSERT ON users FOR EACH ROW EXECUTE FUNCTION f()");
        }
        Backend::Sqlite => {
            db.exec("CREATE TRIGGER touched AFTER UPDATE ON users BEGIN SELECT 1; END");
            db.exec(
                "CREATE TRIGGER made AFTER INSERT ON users BEGIN UPDATE users SET seen = 1; END",
            );
        }
        _ => {
            db.exec(
                "CREATE TRIGGER touched BEFORE UPDATE ON users FOR EACH ROW SET NEW.seen = 'x'",
            );
            db.exec("CREATE TRIGGER made BEFORE INSERT ON users FOR EACH ROW SET NEW.seen = 'x'");
        }
    }

    let found = meets(&db, &users(), &[(Warn, "trigger")]);

    assert!(found[0].what.ends_with(": touched"), "{found:#?}");
});

on_each_backend!(passwords_of_old_beside_the_main_one_are_told, |backend| {
    let mut db = TestDb::new(backend);
    db.exec("CREATE TABLE users (id INTEGER PRIMARY KEY, password VARCHAR(255), password_old VARCHAR(40), reset_password_token VARCHAR(40))");

    let found = meets(&db, &users(), &[(Info, "uncovered-column")]);

    assert!(
        found
            .iter()
            .any(|finding| finding.what.contains("password_old")),
        "{found:#?}"
    );
});

#[test]
fn postgresql_row_level_security_is_refused() {
    crate::servers::on(Backend::Postgres, |backend| {
        let mut db = TestDb::new(backend);
        db.exec(GOOD);
        db.exec(
            "ALTER TABLE users ENABLE ROW LEVEL SECURITY; CREATE POLICY p ON users USING (id < 5)",
        );
        let user = db.create_user().unwrap();
        db.exec(&format!(
            "GRANT SELECT, UPDATE ON users TO {}",
            user.grantee
        ));

        let found = findings_at(&user.url, &users());

        assert!(
            codes(&found).contains(&(Refuse, "row-security")),
            "{found:#?}"
        );
        meets(&db, &users(), &[]);
    });
}

#[test]
fn postgresql_tables_that_others_hang_on_are_refused() {
    crate::servers::on(Backend::Postgres, |backend| {
        let mut db = TestDb::new(backend);
        db.exec(GOOD);
        db.exec("CREATE TABLE more () INHERITS (users)");
        meets(&db, &users(), &[(Refuse, "not-a-table")]);

        db.exec("DROP TABLE more; CREATE RULE r AS ON UPDATE TO users DO ALSO NOTHING");
        meets(&db, &users(), &[(Refuse, "not-a-table")]);
    });
}

#[test]
fn a_postgresql_partitioned_table_passes() {
    crate::servers::on(Backend::Postgres, |backend| {
        let mut db = TestDb::new(backend);
        db.exec("CREATE TABLE users (id INTEGER PRIMARY KEY, password VARCHAR(255)) PARTITION BY HASH (id)");
        db.exec("CREATE TABLE users_0 PARTITION OF users FOR VALUES WITH (MODULUS 1, REMAINDER 0)");
        meets(&db, &users(), &[]);
    });
}

#[test]
fn a_postgresql_domain_that_refuses_new_values_is_refused() {
    crate::servers::on(Backend::Postgres, |backend| {
        let mut db = TestDb::new(backend);
        db.exec("CREATE DOMAIN \"Pass\" AS text CHECK (VALUE ~ '^[0-9a-f]{32}$'); CREATE DOMAIN long AS varchar(200)");
        db.exec("CREATE TABLE users (id INTEGER PRIMARY KEY, password \"Pass\", other long)");
        meets(&db, &users(), &[(Refuse, "check-breaks")]);

        let mut credential = users();
        credential.column = "other".to_owned();
        meets(&db, &credential, &[]);
    });
}

#[test]
fn a_postgresql_nondeterministic_collation_and_citext_pass() {
    crate::servers::on(Backend::Postgres, |backend| {
        let mut db = TestDb::new(backend);
        db.exec("CREATE COLLATION ci (provider = icu, locale = 'und-u-ks-level2', deterministic = false)");
        db.exec("CREATE TABLE users (id INTEGER PRIMARY KEY, password VARCHAR(255) COLLATE ci CHECK (length(password) > 3))");
        meets(&db, &users(), &[]);
    });
}

#[test]
fn a_postgresql_publication_is_told_and_a_missing_replica_identity_is_refused() {
    crate::servers::on(Backend::Postgres, |backend| {
        let mut db = TestDb::new(backend);
        db.exec(GOOD);
        db.exec("CREATE TABLE other (id INTEGER NOT NULL UNIQUE, password TEXT)");
        db.exec("CREATE PUBLICATION feed FOR TABLE users, other");
        meets(&db, &users(), &[(Warn, "published")]);

        let mut credential = users();
        credential.table = "other".to_owned();
        meets(
            &db,
            &credential,
            &[(Refuse, "replica-identity"), (Warn, "published")],
        );
    });
}

#[test]
fn a_postgresql_server_that_logs_parameters_is_told() {
    crate::servers::on(Backend::Postgres, |backend| {
        let mut db = TestDb::new(backend);
        db.exec(GOOD);
        let name = db.name().to_owned();
        db.exec(&format!("ALTER DATABASE {name} SET log_statement = 'mod'"));
        meets(&db, &users(), &[(Warn, "statements-logged")]);

        db.exec(&format!(
            "ALTER DATABASE {name} SET log_parameter_max_length = 0"
        ));
        meets(&db, &users(), &[]);
    });
}

#[test]
fn a_postgresql_server_that_is_read_only_is_refused() {
    crate::servers::on(Backend::Postgres, |backend| {
        let mut db = TestDb::new(backend);
        db.exec(GOOD);
        let name = db.name().to_owned();
        db.exec(&format!(
            "ALTER DATABASE {name} SET default_transaction_read_only = on"
        ));
        meets(&db, &users(), &[(Refuse, "server-read-only")]);
    });
}

fn on_mysql_like(check: fn(Backend)) {
    for backend in [Backend::MariaDb, Backend::MySql] {
        crate::servers::on(backend, check);
    }
}

#[test]
fn an_engine_without_transactions_is_refused() {
    on_mysql_like(|backend| {
        let engines: &[&str] = if backend == Backend::MariaDb {
            &["MyISAM", "Aria", "MEMORY"]
        } else {
            &["MyISAM", "MEMORY"]
        };
        for engine in engines {
            let mut db = TestDb::new(backend);
            db.exec(&format!("{GOOD} ENGINE={engine}"));
            meets(&db, &users(), &[(Refuse, "engine")]);
        }
    });
}

#[test]
fn a_date_that_every_update_moves_is_told_until_it_is_preserved() {
    on_mysql_like(|backend| {
        let mut db = TestDb::new(backend);
        db.exec("CREATE TABLE users (id INTEGER PRIMARY KEY, password VARCHAR(255), updated_at TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP)");
        meets(&db, &users(), &[(Warn, "updated-at")]);

        let mut credential = users();
        credential.preserve = vec!["updated_at".to_owned()];
        meets(&db, &credential, &[]);
    });
}

#[test]
fn a_key_that_a_page_can_use_is_used_on_a_large_table() {
    on_mysql_like(|backend| {
        let mut db = TestDb::new(backend);
        db.exec(GOOD);
        db.insert(
            "users",
            &["id", "password"],
            (0..20_000).map(|id| [Some(id.to_string()), Some(format!("{id:032x}"))]),
        );
        db.query("ANALYZE TABLE users");
        meets(&db, &users(), &[]);
    });
}

fn file_of(db: &TestDb) -> PathBuf {
    PathBuf::from(db.url().strip_prefix("sqlite://").unwrap())
}

#[test]
fn the_journal_mode_of_a_sqlite_file_is_told() {
    let mut db = TestDb::new(Backend::Sqlite);
    db.exec(GOOD);
    assert!(file_of(&db).exists());
    for mode in ["delete", "wal"] {
        db.exec(&format!("PRAGMA journal_mode = {mode}"));
        let found = findings(&db, &users());
        assert_eq!(found.len(), 1, "{found:#?}");
        assert_eq!(
            (found[0].severity, found[0].what.as_str()),
            (Info, format!("journal_mode is {mode}").as_str())
        );
    }
}

#[test]
fn a_sqlite_table_without_rowid_passes() {
    let mut db = TestDb::new(Backend::Sqlite);
    db.exec("CREATE TABLE users (id TEXT PRIMARY KEY, password TEXT) WITHOUT ROWID");
    meets(&db, &users(), &[]);
}

#[test]
fn a_sqlite_column_that_makes_numbers_of_text_is_told() {
    for (kind, strict, expected) in [
        ("STRING", "", (Warn, "column-numeric")),
        ("INTEGER", "", (Warn, "column-numeric")),
        ("INTEGER", "STRICT", (Refuse, "column-strict")),
    ] {
        let mut db = TestDb::new(Backend::Sqlite);
        db.exec(&format!(
            "CREATE TABLE users (id INTEGER PRIMARY KEY, password {kind}) {strict}"
        ));
        meets(&db, &users(), &[expected]);
    }
}

#[test]
fn a_finding_quotes_no_value_of_a_row() {
    for backend in [
        Backend::Postgres,
        Backend::MariaDb,
        Backend::MySql,
        Backend::Sqlite,
    ] {
        crate::servers::on(backend, |backend| {
            let mut db = TestDb::new(backend);
            db.exec("CREATE TABLE users (id INTEGER NOT NULL, password VARCHAR(40) CHECK (length(password) < 36), password_old VARCHAR(40))");
            db.insert(
                "users",
                &["id", "password", "password_old"],
                (0..9).map(|id| {
                    [
                        Some(id.to_string()),
                        Some("canary5f4dcc3b".to_owned()),
                        Some("canary0000".to_owned()),
                    ]
                }),
            );
            let mut credential = users();
            credential.where_sql = Some("password = 5 AND nonsense(password)".to_owned());

            let found = findings(&db, &credential);

            assert!(
                !found.is_empty() && !format!("{found:?}").contains("canary"),
                "{found:#?}"
            );
        });
    }
}

on_each_backend!(
    a_run_that_would_harm_is_refused_before_its_ledger_is_made,
    |backend| {
        let mut db = TestDb::new(backend);
        db.exec("CREATE TABLE users (id INTEGER NOT NULL, password VARCHAR(32))");
        db.insert(
            "users",
            &["id", "password"],
            (0..9).map(|id| [Some(id.to_string()), Some(format!("{id:032x}"))]),
        );
        let before = db.query("SELECT id, password FROM users ORDER BY id");
        let saltern = Saltern::new(
            &db.url(),
            "[[credential]]\nname = \"users\"\ntable = \"users\"\nkey = \"id\"\ncolumn = \"password\"\nscheme = \"md5\"\nreaders_ready = true\n",
        );

        let finished = saltern.run(&["run", "--execute"]).expect_code(4);

        assert!(finished.stderr.contains("what to do:"), "{finished:?}");
        assert_eq!(
            db.query("SELECT id, password FROM users ORDER BY id"),
            before
        );
        let ledger = match backend {
            Backend::Postgres => "SELECT COUNT(*) FROM pg_namespace WHERE nspname = 'saltern'",
            Backend::Sqlite => "SELECT COUNT(*) FROM sqlite_master WHERE name LIKE 'saltern%'",
            _ => {
                "SELECT COUNT(*) FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME LIKE 'saltern%'"
            }
        };
        assert_eq!(db.count(ledger), 0);
        let plan = saltern.run(&["plan"]).expect_code(0);
        assert!(plan.stdout.contains("no unique index covers"), "{plan:?}");
    }
);
