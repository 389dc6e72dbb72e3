//! What one value may cost: every hash of it counts, whoever wrote it, and the operator is told of those that cost too much.

use super::*;

/// 1 GiB of scrypt inside an Argon2id of 8 KiB: the inner setting is `$7$I6..../....salt$`.
const DEAR_INSIDE: &str = "$argon2id--scrypt-7$v=19$m=8,t=1,p=1$MDEyMzQ1Njc4OWFiY2RlZg$\
     AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA$is=JDckSTYuLi4uLy4uLi5zYWx0JA";
/// Two passes of bcrypt more than the default admits.
const DEAR_BCRYPT: &str = "$2b$17$abcdefghijklmnopqrstuu2r9OfJnfCsdneAXAGHnS4UpFFP8WIrW";
/// Within the bound.
const USUAL: &str = "$2b$04$abcdefghijklmnopqrstuu2r9OfJnfCsdneAXAGHnS4UpFFP8WIrW";

fn dear_table(backend: Backend) -> TestDb {
    let mut db = people(backend, 4);
    set(&mut db, 0, Some(DEAR_INSIDE));
    set(&mut db, 1, Some(DEAR_BCRYPT));
    set(&mut db, 2, Some(USUAL));
    db
}

on_each_backend!(
    a_value_that_costs_too_much_is_told_and_not_hashed,
    |backend| {
        let db = dear_table(backend);
        let mut sidecar = Sidecar::on(&db, &format!("{PARENTS}{CHEAP}"), UNLIMITED);
        let told = sidecar.running.wait_until(|running| {
            let said = running.stderr_so_far();
            said.contains("2 values cost more than login_work_max = 330000000")
        });
        assert!(told, "{}", sidecar.running.stderr_so_far());
        for id in [0, 1] {
            assert_eq!(sidecar.login(&login_of(id), "wrong"), mismatch());
        }
        assert_eq!(sidecar.metric("saltern_unverifiable_total"), 2);
        assert_eq!(sidecar.login(&login_of(3), &password_of(3)), matched(true));
        let scanned = sidecar._saltern.as_ref().unwrap().run(&["scan", "--json"]);
        let beyond = &scanned.json()["credentials"][0]["beyond_login_work"];
        assert_eq!(*beyond, json!(2), "{}", scanned.stdout);
    }
);

#[test]
fn a_higher_bound_admits_more_and_a_target_beyond_it_warns() {
    let db = dear_table(Backend::Sqlite);
    let saltern = saltern_on(&db);
    let serve = "[serve]\nlogin_work_max = 1_400_000_000\n";
    saltern.configure(&format!("{PARENTS}{CHEAP}{serve}"));
    let scanned = saltern.run(&["scan", "--json"]);
    let beyond = &scanned.json()["credentials"][0]["beyond_login_work"];
    assert_eq!(*beyond, json!(0), "{}", scanned.stdout);
    let target = "[target]\nalgorithm = \"bcrypt\"\ncost = 16\n";
    saltern.configure(&format!("{PARENTS}{target}"));
    let warned = saltern.run(&["scan"]);
    assert!(
        warned.stderr.contains("655360000 units of work"),
        "{}",
        warned.stderr
    );
}

#[test]
fn expressions_of_requests_are_few_and_take_no_room_from_credentials() {
    let db = people(Backend::Sqlite, 1);
    let sidecar = Sidecar::on(&db, &format!("{PARENTS}{CHEAP}"), UNLIMITED);
    let mut client = sidecar.client();
    let mut verify = |n: u32| {
        let scheme = format!("md5('{n}'.pass.'request')");
        let body = json!({"stored": "0".repeat(32), "password": "x", "scheme": scheme});
        client.post("/v1/verify", &body).status
    };
    assert!((0..256).all(|n| verify(n) == 200));
    assert_eq!(verify(256), 422);
    // Those that are there answer on.
    assert_eq!(verify(0), 200);
    assert_eq!(sidecar.login(&login_of(0), &password_of(0)), matched(true));
}
