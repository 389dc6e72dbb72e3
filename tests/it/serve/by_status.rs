//! `/v1/login?status=1`: the status is the answer, and the body may be a form.

use serde_json::json;

use super::*;

/// With all that a form spells otherwise.
const PASSWORD: &str = "Pässwörd & 1%+=\"\\";

fn percent(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

fn post(client: &mut Client, path: &str, body: &str) -> (u16, String) {
    // As curl calls everything.
    let head = format!(
        "POST {path} HTTP/1.1\r\nHost: saltern\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    let reply = client.raw((head + body).as_bytes());
    (reply.status, reply.body)
}

on_each_backend!(the_status_is_the_answer_to_json_and_to_a_form, |backend| {
    let mut db = people(backend, 3);
    set(&mut db, 1, Some(&md5(PASSWORD)));
    set(&mut db, 2, Some("!saltern:reset:0123456789abcdefghijkl"));
    let config = format!("{PARENTS}{CHEAP}");
    let sidecar = Sidecar::on(&db, &config, &format!("{UNLIMITED}reveal_reset = true\n"));
    let mut client = sidecar.client();
    let form = |id: u64, password: &str| {
        format!(
            "credential=parents&login={}&password={}",
            percent(&login_of(id)),
            percent(password)
        )
    };
    let object = |id: u64, password: &str| {
        json!({ "credential": "parents", "login": login_of(id), "password": password }).to_string()
    };
    let path = "/v1/login?status=1";
    for (id, password, status) in [
        (1, "wrong", 403),
        (1, "", 403),
        (1, &*md5(PASSWORD), 403),
        (1, PASSWORD, 204),
        (1, PASSWORD, 204),
        // A reset row says no more than a wrong password.
        (2, PASSWORD, 403),
        (7, PASSWORD, 403),
    ] {
        for body in [form(id, password), object(id, password)] {
            assert_eq!(post(&mut client, path, &body), (status, String::new()));
        }
    }
    assert!(stored(&mut db, 1).unwrap().starts_with("$argon2id$"));

    let login = login_of(0);
    for refused in [
        "",
        "credential=parents",
        "credential=parents&login=a&password=b&password=c",
        "credential=parents&login=a&password=b&more=c",
        "credential=parents&login=a&password=b&seen_before=yes",
        "credential=parents&login=a&password=%ff",
        "credential=parents&login=a&password=%4",
        "[\"parents\",\"a\",\"b\"]",
    ] {
        let (status, body) = post(&mut client, path, refused);
        assert_eq!(status, 400, "{refused}");
        assert!(
            !body.contains("password=") && !body.contains(&login),
            "{body}"
        );
    }
    let known = format!("{}&client=192.0.2.1", form(1, PASSWORD));
    assert_eq!(post(&mut client, path, &known).0, 204);
    // What is nearly the query is refused: its caller would take 200 for a match.
    for query in [
        "",
        "status",
        "status=",
        "status=2",
        "status=01",
        "status=1&",
        "status=1&x=y",
        "x=y&status=1",
        "status=1&status=1",
        "Status=1",
        "status=%31",
    ] {
        for password in [PASSWORD, "wrong"] {
            let path = format!("/v1/login?{query}");
            let (status, body) = post(&mut client, &path, &object(1, password));
            assert_eq!(status, 400, "{query}");
            assert!(body.contains("query"), "{body}");
        }
    }
    assert_eq!(post(&mut client, "/v1/login", &object(1, PASSWORD)).0, 200);
    for seen in ["true", "false"] {
        let known = format!("{}&seen_before={seen}", form(1, PASSWORD));
        assert_eq!(post(&mut client, path, &known).0, 204);
    }
    // No other route takes a form.
    for path in [
        "/v1/login",
        "/v1/login?status=2",
        "/v1/kratos/password-migration",
    ] {
        assert_eq!(post(&mut client, path, &form(1, PASSWORD)).0, 400, "{path}");
    }
});
