//! Whatever is sent: 4xx and no growth, 503 when there is too much of it, and no word about a user anywhere.

use std::time::Duration;

use super::*;

/// A hash that takes long enough for others to come meanwhile.
const DEAR: &str =
    "[target]\nalgorithm = \"argon2id\"\nmemory_kib = 65536\niterations = 6\nparallelism = 1\n";

fn sidecar(rows: u64, target: &str, serve: &str) -> (TestDb, Sidecar) {
    let db = people(Backend::Sqlite, rows);
    let sidecar = Sidecar::on(&db, &format!("{PARENTS}{target}"), serve);
    (db, sidecar)
}

fn resident_kib(sidecar: &Sidecar) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", sidecar.running.id())).unwrap();
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))
        .unwrap();
    line.split_whitespace().next().unwrap().parse().unwrap()
}

fn body_of(password: &str) -> String {
    json!({ "credential": "parents", "login": "n0@x.org", "password": password }).to_string()
}

fn request(path: &str, headers: &str, body: &[u8]) -> Vec<u8> {
    let head = format!(
        "POST {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{headers}Content-Length: {}\r\n\r\n",
        body.len()
    );
    [head.as_bytes(), body].concat()
}

#[test]
fn hostile_bodies_get_4xx_and_nothing_grows() {
    let (_db, sidecar) = sidecar(1, CHEAP, UNLIMITED);
    let login = |body: &[u8]| request("/v1/login", "", body);
    let long = "x".repeat(4097);
    let deep = "[".repeat(30_000);
    let deep_field = format!(
        "{{\"credential\":{}1{}}}",
        "[".repeat(20_000),
        "]".repeat(20_000)
    );
    let named = |login: &str| {
        json!({ "credential": "parents", "login": login, "password": "x" }).to_string()
    };
    let cases: Vec<(&str, Vec<u8>, u16)> = vec![
        ("nothing", login(b""), 400),
        ("no JSON", login(b"login=x&password=y"), 400),
        ("deep JSON", login(deep.as_bytes()), 400),
        ("a deep field", login(deep_field.as_bytes()), 400),
        ("invalid UTF-8", login(b"{\"credential\":\"parents\",\"login\":\"\xff\xfe\",\"password\":\"x\"}"), 400),
        ("half a character", login(br#"{"credential":"parents","login":"\ud800","password":"x"}"#), 400),
        ("a field more", login(br#"{"credential":"parents","login":"a","password":"x","admin":true}"#), 400),
        ("a field twice", login(br#"{"credential":"parents","login":"a","login":"b","password":"x"}"#), 400),
        ("a field less", login(br#"{"credential":"parents","login":"a"}"#), 400),
        ("a number", login(br#"{"credential":"parents","login":1,"password":"x"}"#), 400),
        ("a list", login(br#"["parents","a","x"]"#), 400),
        ("something behind it", login(format!("{} {{}}", body_of("x")).as_bytes()), 400),
        ("another credential", login(br#"{"credential":"nobody","login":"a","password":"x"}"#), 422),
        ("a password of 4,097 bytes", login(body_of(&long).as_bytes()), 422),
        ("a login of 4,097 bytes", login(named(&long).as_bytes()), 422),
        ("a password of 1 MiB", login(body_of(&"x".repeat(1 << 20)).as_bytes()), 413),
        ("a body of 1 MiB of blanks", login(" ".repeat(1 << 20).as_bytes()), 413),
        ("a stored value of 4,097 bytes", request("/v1/verify", "", json!({ "stored": long, "password": "x" }).to_string().as_bytes()), 422),
        ("no hex", request("/v1/verify", "", json!({ "stored": "x", "password": "x", "salt_hex": "xyz" }).to_string().as_bytes()), 422),
        ("no scheme", request("/v1/verify", "", json!({ "stored": "x", "password": "x", "scheme": "md5(((" }).to_string().as_bytes()), 422),
        ("another path", request("/v1/logins", "", b"{}"), 404),
        ("another method", b"GET /v1/login HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".to_vec(), 405),
        ("a head that is too long", format!("GET /healthz HTTP/1.1\r\nHost: x\r\nA: {}\r\n\r\n", "a".repeat(100_000)).into_bytes(), 431),
        ("too many headers", format!("GET /healthz HTTP/1.1\r\nHost: x\r\n{}\r\n", "A: b\r\n".repeat(100)).into_bytes(), 431),
        ("no HTTP", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\r\n\r\n".to_vec(), 400),
        ("two lengths", b"POST /v1/login HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}".to_vec(), 400),
    ];
    for (what, sent, status) in &cases {
        let reply = sidecar.client().raw(sent);
        assert_eq!(reply.status, *status, "{what}: {reply:?}");
    }
    // Chunks without a length announced.
    let chunk = format!("10000\r\n{}\r\n", "x".repeat(0x10000));
    let head = "POST /v1/login HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n";
    assert_eq!(
        sidecar
            .client()
            .raw(format!("{head}{chunk}{chunk}0\r\n\r\n").as_bytes())
            .status,
        413
    );
    // Nobody has to send a body that will not be read.
    let mut asking = sidecar.client();
    let reply = asking.raw(b"POST /v1/login HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 1048576\r\n\r\n");
    assert_eq!(reply.status, 413);

    let before = resident_kib(&sidecar);
    for _ in 0..20 {
        for (_, sent, _) in &cases {
            sidecar.client().raw(sent);
        }
    }
    let grown = resident_kib(&sidecar).saturating_sub(before);
    assert!(grown < 8 * 1024, "{grown} KiB");
    // A password of the greatest length is one, however it is spelt.
    let escaped = body_of(&"x".repeat(4096)).replace("xxxx", r"\u0078\u0078\u0078\u0078");
    assert_eq!(sidecar.client().raw(&login(escaped.as_bytes())).status, 200);
    assert_eq!(sidecar.login("n0@x.org", &password_of(0)), matched(true));
}

#[test]
fn who_sends_too_slowly_is_sent_away() {
    let (_db, sidecar) = sidecar(1, CHEAP, "request_seconds = 1\nclients_max = 4\n");
    // All places are taken by clients who never finish a sentence.
    let mut slow: Vec<Client> = (0..4).map(|_| sidecar.client()).collect();
    slow[0].send(b"POST /v1/log");
    slow[1].send(b"GET /healthz HTTP/1.1\r\nHost: x\r\nA: ");
    slow[2].send(b"POST /v1/login HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{\"cred");

    assert_eq!(sidecar.login("n0@x.org", &password_of(0)), matched(true));

    let mut replies = slow
        .iter_mut()
        .map(|client| client.reply().map(|reply| reply.status));
    assert!(matches!(replies.next(), Some(None | Some(408))));
    assert!(matches!(replies.next(), Some(None | Some(408))));
    assert_eq!(replies.next(), Some(Some(408)));
    assert_eq!(
        replies.next(),
        Some(None),
        "one that says nothing is closed"
    );
}

#[test]
fn beyond_the_queue_there_is_503_and_retry_after() {
    let serve = format!("{UNLIMITED}threads = 1\nqueue = 1\n");
    let (_db, sidecar) = sidecar(1, DEAR, &serve);
    let statuses: Vec<u16> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..8)
            .map(|_| {
                scope.spawn(|| {
                    let reply = sidecar
                        .client()
                        .post("/v1/hash", &json!({ "password": "x" }));
                    assert_eq!(
                        reply.headers.contains_key("retry-after"),
                        reply.status == 503
                    );
                    reply.status
                })
            })
            .collect();
        threads
            .into_iter()
            .map(|thread| thread.join().unwrap())
            .collect()
    });

    let count = |status| statuses.iter().filter(|s| **s == status).count();
    assert!(count(200) >= 2 && count(503) >= 1, "{statuses:?}");
    assert_eq!(count(200) + count(503), 8, "{statuses:?}");
    assert_eq!(
        sidecar.metric("saltern_overloaded_total"),
        count(503) as u64
    );
    assert_eq!(sidecar.metric("saltern_requests_inside"), 0);
    assert_eq!(sidecar.login("n0@x.org", &password_of(0)), matched(true));
}

#[test]
fn one_login_is_tried_so_often_and_no_more() {
    let (_db, sidecar) = sidecar(2, CHEAP, "logins_burst = 3\nlogins_per_minute = 1\n");
    let ask = |login: &str| {
        let body = json!({ "credential": "parents", "login": login, "password": "wrong" });
        sidecar.client().post("/v1/login", &body)
    };
    for _ in 0..3 {
        assert_eq!(ask("n0@x.org").status, 200);
    }
    let refused = ask("n0@x.org");
    assert_eq!(refused.status, 429);
    assert!(refused.headers["retry-after"].parse::<u64>().unwrap() > 0);
    let body = json!({ "identifier": "n0@x.org", "password": password_of(0) });
    let hook = sidecar
        .client()
        .post("/v1/kratos/password-migration", &body);
    assert_eq!(hook.status, 429, "the hook is no way round");
    // A name that nobody has is limited as well, and somebody else is not.
    let statuses: Vec<u16> = (0..4).map(|_| ask("nobody@x.org").status).collect();
    assert_eq!(statuses, [200, 200, 200, 429]);
    assert_eq!(sidecar.login("n1@x.org", &password_of(1)), matched(true));
    assert_eq!(sidecar.metric("saltern_limited_total"), 3);
}

#[test]
fn no_word_about_a_user_is_in_metrics_or_log() {
    let (mut db, mut sidecar) = sidecar(4, CHEAP, UNLIMITED);
    set(&mut db, 2, Some("gibberish-that-is-stored"));
    db.exec("UPDATE parent SET email = 'canary-twice' WHERE id = 3");
    db.exec("INSERT INTO parent (id, email, password) VALUES (9, 'canary-twice', 'x')");
    let words = [
        "canary-login",
        "canary-password",
        "canary-twice",
        "canary-path",
        "canary-header",
        "gibberish",
        "x.org",
        "pässwörd",
        "pässword",
    ];
    for login in [
        "canary-login",
        "canary-twice",
        &login_of(0),
        &login_of(1),
        &login_of(2),
    ] {
        for password in ["canary-password", &password_of(0)] {
            sidecar.login(login, password);
        }
    }
    for _ in 0..2 {
        let mut client = sidecar.client();
        client.raw(b"GET /canary-path?canary-path HTTP/1.1\r\nHost: canary-header\r\ncanary-header: canary-header\r\n\r\n");
        client.post("/v1/login", &json!({ "canary-path": "canary-password" }));
        client.post("/v1/verify", &json!({ "stored": "gibberish", "password": "canary-password", "scheme": "canary-path" }));
    }

    let page = sidecar.client().get("/metrics").body;
    let hash = stored(&mut db, 0).unwrap();
    let told =
        |running: &crate::saltern::Running| running.stderr_so_far().contains("can't be checked");
    assert!(sidecar.running.wait_until(told));
    sidecar.running.signal(rustix::process::Signal::TERM);
    let finished = sidecar.running.finish_within(Duration::from_secs(60));
    let log = format!("{}{}", finished.stdout, finished.stderr);
    assert_eq!(finished.code(), Some(143), "{log}");
    for word in words.iter().chain([&hash.as_str(), &"argon2id$"]) {
        assert!(!page.contains(word), "{word} is in {page}");
        assert!(!log.contains(word), "{word} is in {log}");
    }
    assert!(
        page.contains("saltern_logins_total{outcome=\"match\"} 1"),
        "{page}"
    );
    assert!(
        page.contains("saltern_login_seconds_bucket{le=\"+Inf\"} 10"),
        "{page}"
    );
}
