//! Requests that a proxy before the sidecar may read otherwise, and new passwords that are no good.

use super::*;

#[test]
fn a_request_that_can_be_read_in_two_ways_is_refused() {
    let db = people(Backend::Sqlite, 1);
    let sidecar = Sidecar::on(&db, &format!("{PARENTS}{CHEAP}"), UNLIMITED);
    let status = |head: &str| sidecar.client().raw(head.as_bytes()).status;
    assert_eq!(status("GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n"), 200);
    assert_eq!(status("GET /healthz HTTP/1.1\r\n\r\n"), 400);
    assert_eq!(
        status("GET /healthz HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"),
        400
    );
    let body = "{\"credential\":\"parents\",\"login\":\"x\",\"password\":\"y\"}";
    let chunked = |coding: &str| {
        format!(
            "POST /v1/login HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: {coding}\r\n\r\n{:x}\r\n{body}\r\n0\r\n\r\n",
            body.len()
        )
    };
    assert_eq!(status(&chunked("chunked")), 200);
    for coding in ["gzip, chunked", "identity, chunked", "chunked, chunked"] {
        let refused = status(&chunked(coding));
        assert!((400..=501).contains(&refused), "{coding}: {refused}");
    }
}

#[test]
fn a_new_password_that_is_empty_or_known_gets_no_hash() {
    let db = people(Backend::Sqlite, 1);
    let saltern = saltern_on(&db);
    std::fs::write(saltern.folder().join("words"), "dragon\nhunter2\n").unwrap();
    let config = format!("{PARENTS}{CHEAP}[known]\nwordlist = [\"words\"]\n");
    let sidecar = Sidecar::start(&saltern, &config, UNLIMITED);
    let mut client = sidecar.client();
    let mut hash = |password: &str| {
        client
            .post("/v1/hash", &json!({"password": password}))
            .status
    };
    assert_eq!(hash(""), 422);
    assert_eq!(hash("dragon"), 422);
    assert_eq!(hash("a dragon that no list has"), 200);
}

on_each_backend!(a_parameter_in_a_condition_is_refused, |backend| {
    let db = people(backend, 1);
    let saltern = saltern_on(&db);
    let sign = match backend {
        Backend::Postgres => "$1",
        Backend::MariaDb | Backend::MySql | Backend::Sqlite => "?",
    };
    for condition in [format!("{sign} = 1"), format!("id > 0 AND {sign} = 1")] {
        let credential = format!("{PARENTS}where = \"{condition}\"\n");
        saltern.configure(&format!("{credential}{CHEAP}"));
        let refused = saltern.run(&["scan"]);
        assert!(
            refused
                .stderr
                .contains("a sign that stands for a parameter"),
            "{condition}: {}",
            refused.stderr
        );
    }
    // In a text it stands for itself.
    let credential = format!("{PARENTS}where = \"email <> '{sign}'\"\n");
    saltern.configure(&format!("{credential}{CHEAP}"));
    assert_eq!(saltern.run(&["scan"]).code(), Some(0));
});
