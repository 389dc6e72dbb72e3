//! A COMMIT whose answer is lost, and a server that dies in the middle: the page is written once and counted once.

use saltern::store::ledger::{Accounts, ChunkState};
use saltern::store::{Committed, Link, Page, Role, now_ms_of};

use super::setup::{Writer, beside, committed, credential, database_url, page, runtime, swaps_of};
use crate::db::TestDb;
use crate::pooler::Pooler;
use crate::saltern::Halt;
use crate::servers::{Backend, PrivateServer};
use crate::session::Session;

fn fill(db: &mut TestDb) -> Writer {
    db.exec("CREATE TABLE users (id INTEGER PRIMARY KEY, v VARCHAR(200))");
    db.insert(
        "users",
        &["id", "v"],
        (1..=5).map(|i| [Some(i.to_string()), Some(format!("old {i}"))]),
    );
    Writer::of(db, &credential("users", &["id"], "v"))
}

fn check_written_once(db: &mut TestDb, writer: &mut Writer, committed_as: Committed, last: bool) {
    let wanted = Accounts {
        seen: 5,
        candidates: 5,
        done: 5,
        ..Accounts::default()
    };
    assert_eq!(committed(committed_as).accounts, wanted);
    let chunk = writer.chunk();
    assert_eq!(
        (chunk.accounts, chunk.state),
        (
            wanted,
            if last {
                ChunkState::Done
            } else {
                ChunkState::Leased
            }
        )
    );
    assert_eq!(writer.fence.commits, 1);
    assert_eq!(
        db.count("SELECT COUNT(*) FROM users WHERE v LIKE '$argon2id--md5$%'"),
        5
    );
}

on_each_backend!(
    a_page_whose_commit_got_no_answer_is_written_and_counted_once,
    |backend| {
        for last in [false, true] {
            let mut db = TestDb::new(backend);
            let mut writer = fill(&mut db);
            let page = Page {
                last,
                ..page(swaps_of(&writer.read()))
            };
            saltern::failpoint::arm_here("commit-answer=fail");

            let outcome = writer.commit(&page).unwrap();

            check_written_once(&mut db, &mut writer, outcome, last);
        }
    }
);

on_each_backend!(
    a_lease_lost_while_the_answer_was_awaited_is_not_ours,
    |backend| {
        let mut db = TestDb::new(backend);
        let mut writer = fill(&mut db);
        let page = page(swaps_of(&writer.read()));
        // The page is committed; before its worker has looked, another worker has the chunk.
        db.exec(match backend {
        Backend::Postgres => {
            "CREATE FUNCTION taken() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.commits > OLD.commits THEN NEW.epoch := OLD.epoch + 1; END IF; RETURN NEW; END $$; \
             CREATE TRIGGER taken BEFORE UPDATE ON saltern.chunk FOR EACH ROW EXECUTE FUNCTION taken()"
        }
        Backend::Sqlite => {
            "CREATE TRIGGER taken AFTER UPDATE ON saltern_chunk WHEN NEW.commits > OLD.commits BEGIN UPDATE saltern_chunk SET epoch = epoch + 1 WHERE no = NEW.no; END"
        }
        _ => "CREATE TRIGGER taken BEFORE UPDATE ON saltern_chunk FOR EACH ROW BEGIN IF NEW.commits > OLD.commits THEN SET NEW.epoch = OLD.epoch + 1; END IF; END",
    });
        saltern::failpoint::arm_here("commit-answer=fail");

        assert!(matches!(
            writer.commit(&page).unwrap(),
            Committed::LeaseLost
        ));
        assert_eq!(
            writer.chunk().accounts.done,
            5,
            "it was counted by the commit itself"
        );
    }
);

/// Runs a page against a server that is killed while the page waits at a point, and started again.
fn check_killed(backend: Backend, points: impl Fn(&Halt) -> String) {
    let mut server = PrivateServer::start(backend).unwrap();
    let url = server.url().to_owned();
    let mut db = TestDb::at(backend, &url);
    let mut writer = fill(&mut db);
    let page = page(swaps_of(&writer.read()));
    let halt = Halt::new();
    saltern::failpoint::arm_here(&points(&halt));
    let crash = || {
        halt.wait();
        server.kill();
        server.start_again();
        halt.go_on();
    };

    let outcome = beside(crash, || writer.commit(&page)).unwrap();

    db.reconnect();
    check_written_once(&mut db, &mut writer, outcome, false);
    drop(writer);
    drop(db);
}

#[test]
fn a_server_that_dies_before_the_commit_is_waited_for_and_the_page_written_once() {
    for backend in [Backend::Postgres, Backend::MariaDb, Backend::MySql] {
        crate::servers::on(backend, |backend| {
            check_killed(backend, |halt| halt.at("before-commit"));
        });
    }
}

#[test]
fn a_server_that_dies_after_the_commit_is_waited_for_and_the_page_counted_once() {
    for backend in [Backend::Postgres, Backend::MariaDb, Backend::MySql] {
        crate::servers::on(backend, |backend| {
            // The answer is lost; when the worker has come back to look, the server dies under it.
            check_killed(backend, |halt| {
                format!("commit-answer=fail,{}", halt.at_time("before-fence", 2))
            });
        });
    }
}

#[test]
fn behind_a_pooler_a_lost_session_is_not_taken_for_the_one_that_came_after_it() {
    if crate::pooler::is_left_out() {
        return;
    }
    crate::servers::on(Backend::Postgres, |backend| {
        let mut db = TestDb::new(backend);
        let pooler = Pooler::for_all(&db.url());
        let runtime = runtime();
        let mut link = runtime.block_on(async {
            let url = database_url(pooler.url());
            let mut link = Link::open(url, Role::Write).await.unwrap();
            now_ms_of(link.conn().await.unwrap()).await.unwrap();
            link
        });
        // The name that is saltern's alone has gone with the transaction.
        let named = "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE 'saltern%' AND application_name <> 'saltern'";
        assert_eq!(db.count(named), 0);

        // Somebody without a name gets the session.
        let mut application = Session::open(pooler.url());
        application.exec("BEGIN");
        application.exec("CREATE TABLE theirs (id INTEGER)");
        link.lost();
        runtime.block_on(async {
            now_ms_of(link.conn().await.unwrap()).await.unwrap();
        });

        application.exec("COMMIT");
        assert_eq!(db.count("SELECT COUNT(*) FROM theirs"), 0);
    });
}
