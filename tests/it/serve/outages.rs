//! A database that is slow or gone: 503, and logins again as soon as it is back, without a restart.

use super::*;
use crate::servers::PrivateServer;

fn ask(sidecar: &Sidecar) -> Reply {
    let body = json!({ "credential": "parents", "login": login_of(0), "password": password_of(0) });
    sidecar.client().post("/v1/login", &body)
}

fn check_gone(sidecar: &Sidecar) {
    let reply = ask(sidecar);
    assert_eq!(reply.status, 503, "{reply:?}");
    assert!(reply.headers.contains_key("retry-after"), "{reply:?}");
    let ready = sidecar.client().get("/readyz");
    assert_eq!(ready.status, 503);
    let said: Value = serde_json::from_str(&ready.body).unwrap();
    let is_told = said["reason"].is_string() && said["waited_seconds"].is_u64();
    assert!(is_told, "{said}");
    assert_eq!(sidecar.client().get("/healthz").status, 200);
}

fn check_back(sidecar: &Sidecar) {
    assert_eq!(sidecar.client().get("/readyz").status, 200);
    let reply = ask(sidecar);
    assert_eq!(reply.status, 200, "{reply:?}");
}

on_each_backend!(
    a_database_that_went_away_is_used_again_when_it_is_back,
    |backend| {
        if backend == Backend::Sqlite {
            return;
        }
        let mut server = PrivateServer::start(backend).expect("`on_each_backend` has looked");
        let db = people_in(TestDb::at(backend, server.url()), 2);
        let serve = format!("{UNLIMITED}database_seconds = 2\n");
        let mut sidecar = Sidecar::on(&db, &format!("{PARENTS}{CHEAP}"), &serve);
        check_back(&sidecar);

        server.kill();
        check_gone(&sidecar);
        server.start_again();
        check_back(&sidecar);

        // Connections that were lost while nobody used them are nobody's 503.
        server.kill();
        server.start_again();
        check_back(&sidecar);
        let log = sidecar.log_with("answers again");
        assert_eq!(log.matches("does not answer").count(), 1, "{log}");
        assert_eq!(log.matches("answers again").count(), 1, "{log}");
    }
);

on_each_backend!(a_slow_database_gives_503_and_then_logins_again, |backend| {
    let db = people(backend, 2);
    let serve = format!("{UNLIMITED}database_seconds = 1\n");
    let sidecar = Sidecar::on(&db, &format!("{PARENTS}{CHEAP}"), &serve);
    check_back(&sidecar);

    let mut holder = db.connect();
    match backend {
        Backend::Postgres => {
            holder.exec("BEGIN; LOCK TABLE parent IN ACCESS EXCLUSIVE MODE");
        }
        Backend::Sqlite => {
            holder.exec("BEGIN EXCLUSIVE");
        }
        _ => {
            holder.exec("LOCK TABLES parent WRITE");
        }
    }
    let reply = ask(&sidecar);
    assert_eq!(reply.status, 503, "{reply:?}");
    drop(holder);
    check_back(&sidecar);
});

on_each_backend!(
    why_logins_cant_be_checked_is_told_though_the_database_answers,
    |backend| {
        let mut db = people(backend, 2);
        let config = format!("{PARENTS}{CHEAP}");
        let mut sidecar = Sidecar::on(&db, &config, UNLIMITED);
        check_back(&sidecar);

        db.exec("ALTER TABLE parent RENAME TO elsewhere");
        for _ in 0..3 {
            let reply = ask(&sidecar);
            assert_eq!(reply.status, 503, "{reply:?}");
        }
        let log = sidecar.log_with("logins can't be checked");
        assert_eq!(log.matches("logins can't be checked").count(), 1, "{log}");

        db.exec("ALTER TABLE elsewhere RENAME TO parent");
        check_back(&sidecar);
    }
);
