//! Where it listens, whom it lets in, and how it ends.

use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use rustix::process::Signal;

use super::*;

pub(super) const TOKEN: &str = "0123456789abcdef0123456789abcdef";

pub(super) fn write(folder: &Path, name: &str, text: &str, mode: u32) {
    let path = folder.join(name);
    std::fs::write(&path, text).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
}

pub(super) fn config() -> String {
    format!("{PARENTS}{CHEAP}")
}

pub(super) fn address(sidecar: &Sidecar) -> String {
    sidecar.address()
}

fn statuses(sidecar: &Sidecar, authorization: &str) -> Vec<u16> {
    let body = json!({ "credential": "parents", "login": "n0@x.org", "password": "wrong" });
    let mut client = Client::of(TcpStream::connect(address(sidecar)).unwrap());
    let get = |path: &str| format!("GET {path} HTTP/1.1\r\nHost: x\r\n{authorization}\r\n");
    vec![
        client.post_with("/v1/login", authorization, &body).status,
        client.raw(get("/metrics").as_bytes()).status,
        client.raw(get("/openapi.json").as_bytes()).status,
        client.raw(get("/nowhere").as_bytes()).status,
        client.raw(get("/healthz").as_bytes()).status,
        client.raw(get("/readyz").as_bytes()).status,
    ]
}

#[test]
fn the_socket_is_its_owners_and_a_live_one_is_not_taken() {
    let db = people(Backend::Sqlite, 1);
    let saltern = saltern_on(&db);
    let sidecar = Sidecar::start(&saltern, &config(), UNLIMITED);
    let mode = std::fs::metadata(&sidecar.socket)
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(mode & 0o7777, 0o600);

    let second = saltern.run(&["serve"]).expect_code(4);
    assert!(
        second.stderr.contains("another process listens"),
        "{}",
        second.stderr
    );
    assert_eq!(
        sidecar.login("n0@x.org", "wrong"),
        mismatch(),
        "the first goes on"
    );

    // One that was killed leaves a socket, and the next takes its place.
    let socket = sidecar.socket.clone();
    sidecar.running.kill();
    assert!(socket.exists());
    let sidecar = Sidecar::start(&saltern, &config(), UNLIMITED);
    assert_eq!(sidecar.login("n0@x.org", &password_of(0)), matched(true));
    drop(sidecar);

    // What is no socket, or somebody else's, is left alone.
    std::fs::remove_file(&socket).unwrap();
    std::fs::write(&socket, "precious").unwrap();
    saltern.run(&["serve"]).expect_code(2);
    assert_eq!(std::fs::read_to_string(&socket).unwrap(), "precious");
    std::fs::remove_file(&socket).unwrap();
    let _other = std::os::unix::net::UnixListener::bind(&socket).unwrap();
    saltern.run(&["serve"]).expect_code(4);
}

#[test]
fn a_tcp_port_wants_the_token() {
    let db = people(Backend::Sqlite, 1);
    let saltern = saltern_on(&db);
    write(saltern.folder(), "token", &format!("{TOKEN}\n"), 0o600);
    let serve = format!("{UNLIMITED}listen = \"127.0.0.1:0\"\ntoken_file = \"token\"\n");
    let sidecar = Sidecar::start(&saltern, &config(), &serve);

    let right = format!("Authorization: Bearer {TOKEN}\r\n");
    assert_eq!(statuses(&sidecar, &right), [200, 200, 200, 404, 200, 200]);
    for wrong in [
        "",
        "Authorization: Bearer \r\n",
        "Authorization: Basic x\r\n",
        &right.replace("abcdef\r\n", "abcdeg\r\n"),
    ] {
        assert_eq!(
            statuses(&sidecar, wrong),
            [401, 401, 401, 401, 200, 200],
            "{wrong}"
        );
    }
}

#[test]
fn what_would_be_open_to_others_is_refused() {
    let db = people(Backend::Sqlite, 1);
    let saltern = saltern_on(&db);
    write(saltern.folder(), "token", TOKEN, 0o600);
    write(saltern.folder(), "open", TOKEN, 0o644);
    write(saltern.folder(), "short", "secret", 0o600);
    for (serve, said) in [
        ("listen = \"127.0.0.1:0\"", "needs a `token_file`"),
        (
            "listen = \"0.0.0.0:0\"\ntoken_file = \"token\"",
            "in the clear",
        ),
        (
            "listen = \"[::]:0\"\ntoken_file = \"token\"",
            "in the clear",
        ),
        ("listen = \"localhost\"", "unix:PATH"),
        (
            "listen = \"127.0.0.1:0\"\ntoken_file = \"open\"",
            "others may read it",
        ),
        (
            "listen = \"127.0.0.1:0\"\ntoken_file = \"short\"",
            "at least 32",
        ),
        (
            "listen = \"127.0.0.1:0\"\ntoken_file = \"nowhere\"",
            "cannot read the token",
        ),
        ("tls_key = \"key\"", "tls_certificate"),
        ("kratos_credential = \"nobody\"", "no credential"),
    ] {
        saltern.configure(&format!("{}\n[serve]\n{serve}\n", config()));
        let finished = saltern.run(&["serve"]).expect_code(2);
        assert!(
            finished.stderr.contains(said),
            "{serve}: {}",
            finished.stderr
        );
        assert!(!finished.stderr.contains(TOKEN) && !finished.stderr.contains("secret"));
    }
}

/// A key and a certificate of its own for localhost.
pub(super) fn make_certificate(folder: &Path) {
    let made = Command::new("openssl")
        .args([
            "req",
            "-x509",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:P-256",
            "-nodes",
            "-days",
            "2",
            "-subj",
            "/CN=localhost",
        ])
        .args([
            "-addext",
            "subjectAltName=DNS:localhost",
            "-keyout",
            "key.pem",
            "-out",
            "cert.pem",
        ])
        .current_dir(folder)
        .output()
        .unwrap();
    assert!(made.status.success(), "{made:?}");
}

#[test]
fn elsewhere_than_on_the_loopback_it_speaks_tls() {
    let db = people(Backend::Sqlite, 1);
    let saltern = saltern_on(&db);
    let folder = saltern.folder();
    write(folder, "token", TOKEN, 0o600);
    make_certificate(folder);
    let serve = format!(
        "{UNLIMITED}listen = \"0.0.0.0:0\"\ntoken_file = \"token\"\ntls_certificate = \"cert.pem\"\ntls_key = \"key.pem\"\n"
    );
    let mut sidecar = Sidecar::start(&saltern, &config(), &serve);
    let port = address(&sidecar).rsplit(':').next().unwrap().to_owned();
    let body = json!({ "credential": "parents", "login": "n0@x.org", "password": password_of(0) })
        .to_string();
    let curl = |url: &str| {
        Command::new("curl")
            .args([
                "-sS",
                "--cacert",
                "cert.pem",
                "--oauth2-bearer",
                TOKEN,
                "-d",
                &body,
                url,
            ])
            .current_dir(folder)
            .output()
            .unwrap()
    };

    let answer = curl(&format!("https://localhost:{port}/v1/login"));
    assert_eq!(
        String::from_utf8_lossy(&answer.stdout),
        matched(true).to_string(),
        "{answer:?}"
    );
    assert!(
        !curl(&format!("http://localhost:{port}/v1/login"))
            .status
            .success()
    );
    assert!(
        sidecar
            .running
            .wait_until(|running| running.stderr_so_far().contains("listening"))
    );

    // Another certificate at SIGHUP: who trusts the old one alone is not served any more.
    let connected = |ca: &str| {
        let url = format!("https://localhost:{port}/healthz");
        let curl = Command::new("curl")
            .args(["-sS", "--cacert", ca, &url])
            .current_dir(folder)
            .output();
        curl.unwrap().status.success()
    };
    std::fs::copy(folder.join("cert.pem"), folder.join("old.pem")).unwrap();
    make_certificate(folder);
    assert!(connected("old.pem") && !connected("cert.pem"));
    sidecar.running.signal(Signal::HUP);
    let read = |running: &crate::saltern::Running| running.stderr_so_far().contains(": read again");
    assert!(sidecar.running.wait_until(read));
    assert!(connected("cert.pem") && !connected("old.pem"));

    write(folder, "key.pem", "nonsense", 0o600);
    let finished = saltern.run(&["serve"]).expect_code(2);
    assert!(
        finished.stderr.contains("cannot use"),
        "{}",
        finished.stderr
    );
}

#[test]
fn at_sighup_the_token_is_read_again_and_no_connection_closed() {
    let db = people(Backend::Sqlite, 1);
    let saltern = saltern_on(&db);
    write(saltern.folder(), "token", TOKEN, 0o600);
    let serve = format!("{UNLIMITED}listen = \"127.0.0.1:0\"\ntoken_file = \"token\"\n");
    let mut sidecar = Sidecar::start(&saltern, &config(), &serve);
    let mut client = Client::of(TcpStream::connect(address(&sidecar)).unwrap());
    let mut ask = |token: &str| {
        let head = format!("Authorization: Bearer {token}\r\n");
        let body = json!({ "credential": "parents", "login": "n0@x.org", "password": "wrong" });
        client.post_with("/v1/login", &head, &body).status
    };
    let new = TOKEN.replace('0', "f");
    assert_eq!((ask(TOKEN), ask(&new)), (200, 401));

    write(saltern.folder(), "token", &new, 0o600);
    sidecar.running.signal(Signal::HUP);
    let read = |running: &crate::saltern::Running| running.stderr_so_far().contains(": read again");
    assert!(sidecar.running.wait_until(read));
    assert_eq!((ask(TOKEN), ask(&new)), (401, 200));

    // What can't be used changes nothing.
    write(saltern.folder(), "token", "short", 0o600);
    sidecar.running.signal(Signal::HUP);
    let refused =
        |running: &crate::saltern::Running| running.stderr_so_far().contains("not read again");
    assert!(sidecar.running.wait_until(refused));
    assert_eq!((ask(TOKEN), ask(&new)), (401, 200));
    let log = sidecar.running.stderr_so_far();
    assert!(!log.contains(TOKEN) && !log.contains(&new), "{log}");
}

#[test]
fn a_signal_lets_what_is_in_flight_finish() {
    let dear =
        "[target]\nalgorithm = \"argon2id\"\nmemory_kib = 65536\niterations = 8\nparallelism = 1\n";
    for (signal, code) in [(Signal::TERM, 143), (Signal::INT, 130)] {
        let mut db = people(Backend::Sqlite, 1);
        let sidecar = Sidecar::on(&db, &format!("{PARENTS}{dear}"), UNLIMITED);
        let _idle = sidecar.client();
        let mut client = sidecar.client();
        let mut watch = sidecar.client();
        let body =
            json!({ "credential": "parents", "login": "n0@x.org", "password": password_of(0) })
                .to_string();
        let head = format!(
            "POST /v1/login HTTP/1.1\r\nHost: x\r\nContent-Length: {}\r\n\r\n",
            body.len()
        );
        client.send((head + &body).as_bytes());
        while !watch
            .get("/metrics")
            .body
            .contains("\nsaltern_hash_threads_busy 1\n")
        {}
        sidecar.running.signal(signal);

        let reply = client.reply().unwrap();
        assert_eq!((reply.status, reply.body), (200, matched(true).to_string()));
        let finished = sidecar
            .running
            .finish_within(Duration::from_secs(60))
            .expect_code(code);
        assert!(finished.stderr.contains("stopping"), "{}", finished.stderr);
        assert!(!sidecar.socket.exists());
        assert!(stored(&mut db, 0).unwrap().starts_with("$argon2id$"));
    }
}

#[test]
fn without_a_database_it_does_not_begin() {
    let mut saltern = Saltern::new("postgres://nobody@127.0.0.1:1/none", &config());
    saltern.have_no_patience();
    saltern.run(&["serve"]).expect_code(5);
    let db = people(Backend::Sqlite, 1);
    let saltern = saltern_on(&db);
    saltern.configure(&config().replace("login = \"email\"", "login = \"mail\""));
    let finished = saltern.run(&["serve"]).expect_code(4);
    assert!(
        finished.stderr.contains("no column mail"),
        "{}",
        finished.stderr
    );
}
