//! Crowds at the door: clients who show no token, and clients who take no answer.

use std::net::TcpStream;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use super::places::{TOKEN, address, config, write};
use super::*;

const HEALTH: &[u8] = b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n";

/// A sidecar on a TCP port with few places.
fn on_tcp(saltern: &Saltern, serve: &str) -> Sidecar {
    write(saltern.folder(), "token", TOKEN, 0o600);
    let serve = format!("{UNLIMITED}listen = \"127.0.0.1:0\"\ntoken_file = \"token\"\n{serve}");
    Sidecar::start(saltern, &config(), &serve)
}

fn with_token(client: &mut Client, password: &str) -> Reply {
    let body = json!({ "credential": "parents", "login": "n0@x.org", "password": password });
    client.post_with(
        "/v1/login",
        &format!("Authorization: Bearer {TOKEN}\r\n"),
        &body,
    )
}

/// Asks as often as fits on the way, and takes no answer.
fn crowd(address: &str, size: usize) -> Vec<TcpStream> {
    let many = HEALTH.repeat(2_000);
    (0..size)
        .map(|_| {
            let mut stream = TcpStream::connect(address).unwrap();
            stream.set_nonblocking(true).unwrap();
            // What fits is written; the server reads no more than it can answer.
            while stream.write(&many).is_ok_and(|written| written > 0) {}
            stream
        })
        .collect()
}

#[test]
fn strangers_keep_nobody_out_who_has_the_token() {
    let db = people(Backend::Sqlite, 1);
    let saltern = saltern_on(&db);
    // No time ends here.
    let sidecar = on_tcp(&saltern, "clients_max = 4\nrequest_seconds = 3600\n");
    let address = address(&sidecar);
    let mut before = Client::of(TcpStream::connect(&address).unwrap());
    assert_eq!(with_token(&mut before, "wrong").status, 200);

    let _crowd = crowd(&address, 300);
    let mut after = Client::of(TcpStream::connect(&address).unwrap());
    assert_eq!(with_token(&mut after, &password_of(0)).status, 200);
    assert_eq!(
        with_token(&mut before, "wrong").status,
        200,
        "it keeps its place"
    );
    // Those who have shown the token have no more than their places.
    let mut all: Vec<Client> = (0..2)
        .map(|_| Client::of(TcpStream::connect(&address).unwrap()))
        .collect();
    for client in &mut all {
        assert_eq!(with_token(client, "wrong").status, 200);
    }
}

#[test]
fn beyond_the_places_with_a_token_there_is_503() {
    let db = people(Backend::Sqlite, 1);
    let saltern = saltern_on(&db);
    let sidecar = on_tcp(&saltern, "clients_max = 1\nrequest_seconds = 1\n");
    let address = address(&sidecar);
    let known =
        format!("GET /healthz HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {TOKEN}\r\n\r\n");
    // On a slow machine the first may lose its place in between. Then it is tried again.
    let is_refused = (0..20).any(|_| {
        let mut first = Client::of(TcpStream::connect(&address).unwrap());
        assert_eq!(with_token(&mut first, "wrong").status, 200);
        let is_over = AtomicBool::new(false);
        let status = std::thread::scope(|scope| {
            scope.spawn(|| {
                while !is_over.load(Ordering::Relaxed) && first.reply_to(known.as_bytes()).is_some()
                {
                    std::thread::sleep(Duration::from_millis(20));
                }
            });
            let mut second = Client::of(TcpStream::connect(&address).unwrap());
            let status = with_token(&mut second, "wrong").status;
            is_over.store(true, Ordering::Relaxed);
            status
        });
        assert!(matches!(status, 200 | 503), "{status}");
        status == 503
    });
    assert!(is_refused);
    let mut third = Client::of(TcpStream::connect(&address).unwrap());
    assert_eq!(with_token(&mut third, &password_of(0)).status, 200);
}

#[test]
fn who_takes_no_answer_is_sent_away() {
    let db = people(Backend::Sqlite, 1);
    let sidecar = Sidecar::on(&db, &config(), "request_seconds = 1\nclients_max = 2\n");
    let many = HEALTH.repeat(2_000);
    let slow: Vec<UnixStream> = (0..2)
        .map(|_| {
            let mut stream = UnixStream::connect(&sidecar.socket).unwrap();
            stream.set_nonblocking(true).unwrap();
            while stream.write(&many).is_ok_and(|written| written > 0) {}
            stream
        })
        .collect();
    // Both places are taken, until they are free again.
    assert_eq!(sidecar.login("n0@x.org", &password_of(0)), matched(true));
    drop(slow);
}

#[test]
fn who_takes_a_byte_now_and_then_is_sent_away_too() {
    let db = people(Backend::Sqlite, 1);
    let sidecar = Sidecar::on(&db, &config(), "request_seconds = 1\nclients_max = 1\n");
    let many = HEALTH.repeat(2_000);
    let mut stream = UnixStream::connect(&sidecar.socket).unwrap();
    stream.set_nonblocking(true).unwrap();
    std::thread::scope(|scope| {
        let other = scope.spawn(|| sidecar.login("n0@x.org", &password_of(0)));
        while !other.is_finished() {
            let _ = stream.write(&many);
            let _ = stream.read(&mut [0]);
            std::thread::sleep(Duration::from_millis(50));
        }
        assert_eq!(other.join().unwrap(), matched(true));
    });
}

#[test]
fn a_strangers_connection_ends_after_so_many_requests() {
    let db = people(Backend::Sqlite, 1);
    let saltern = saltern_on(&db);
    let sidecar = on_tcp(&saltern, "");
    let mut stranger = Client::of(TcpStream::connect(address(&sidecar)).unwrap());
    let mut answers = 0;
    while stranger.reply_to(HEALTH).is_some() {
        answers += 1;
        assert!(answers <= 100, "it goes on");
    }
    assert_eq!(answers, 100);
    let mut known = Client::of(TcpStream::connect(address(&sidecar)).unwrap());
    for _ in 0..150 {
        assert_eq!(with_token(&mut known, "wrong").status, 200);
    }
}
