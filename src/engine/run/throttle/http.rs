//! One question over HTTP: a GET whose code is all that is looked at. Plain HTTP, no redirects.

use std::io::{ErrorKind, Read as _, Write as _};
use std::net::{TcpStream, ToSocketAddrs as _};
use std::time::{Duration, Instant};

use crate::engine::request::HttpCheck;

/// A server that takes longer for a connection, or for its answer then, does not answer.
const TIMEOUT: Duration = Duration::from_secs(3);

/// So many bytes of an answer end with its code: "HTTP/1.1 200".
const CODE_END: usize = 12;

/// The code of the answer; none where there is none.
pub(crate) fn answer_of(check: &HttpCheck) -> Option<u16> {
    let addresses = (check.host.as_str(), check.port).to_socket_addrs().ok()?;
    let mut stream = addresses
        .filter_map(|address| TcpStream::connect_timeout(&address, TIMEOUT).ok())
        .next()?;
    let deadline = Instant::now() + TIMEOUT;
    stream.set_write_timeout(Some(TIMEOUT)).ok()?;
    let host = match check.host.contains(':') {
        true => format!("[{}]", check.host),
        false => check.host.clone(),
    };
    let request = format!(
        "GET {} HTTP/1.1\r\nHost: {host}:{}\r\nUser-Agent: saltern\r\nConnection: close\r\n\r\n",
        check.path, check.port
    );
    stream.write_all(request.as_bytes()).ok()?;
    let mut head = Vec::new();
    // The status line: "HTTP/1.1 200 OK". The server may keep the connection open behind it.
    while head.len() < CODE_END && !head.contains(&b'\n') {
        let left = deadline.saturating_duration_since(Instant::now());
        // Without any time left it would wait for ever.
        if left.is_zero() {
            break;
        }
        stream.set_read_timeout(Some(left)).ok()?;
        let mut more = [0; CODE_END];
        match stream.read(&mut more) {
            Ok(0) => break,
            Ok(read) => head.extend_from_slice(&more[..read]),
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(_) => break,
        }
    }
    code(&head)
}

fn code(head: &[u8]) -> Option<u16> {
    let head = head.strip_prefix(b"HTTP/1.")?;
    let [_, b' ', code @ ..] = head else {
        return None;
    };
    let code = std::str::from_utf8(code.get(..3)?).ok()?;
    code.parse().ok().filter(|code| (100..600).contains(code))
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;

    use super::*;

    fn asked(answer: &'static [u8]) -> Option<u16> {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let check = HttpCheck {
            host: "127.0.0.1".to_owned(),
            port: listener.local_addr().unwrap().port(),
            path: "/go".to_owned(),
        };
        let server = std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut request = [0; 512];
            let read = stream.read(&mut request).unwrap();
            assert!(request[..read].starts_with(b"GET /go HTTP/1.1\r\nHost: 127.0.0.1:"));
            stream.write_all(answer).unwrap();
        });
        let code = answer_of(&check);
        server.join().unwrap();
        code
    }

    #[test]
    fn the_code_of_an_answer_is_read_and_nothing_else() {
        assert_eq!(asked(b"HTTP/1.1 200 OK\r\n\r\n"), Some(200));
        assert_eq!(asked(b"HTTP/1.0 429 Too Many\r\n\r\n"), Some(429));
        assert_eq!(asked(b"HTTP/1.1 2"), None);
        assert_eq!(asked(b"SSH-2.0-OpenSSH"), None);
        assert_eq!(asked(b""), None);
    }

    #[test]
    fn a_server_that_keeps_the_connection_open_has_answered() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let check = HttpCheck {
            host: "127.0.0.1".to_owned(),
            port: listener.local_addr().unwrap().port(),
            path: "/".to_owned(),
        };
        let (answered, is_answered) = std::sync::mpsc::channel::<()>();
        let server = std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let answer = b"HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n";
            stream.write_all(answer).unwrap();
            // The stream is open until the code was read.
            is_answered.recv().ok();
        });
        let code = answer_of(&check);
        drop(answered);
        server.join().unwrap();
        assert_eq!(code, Some(204));
    }

    #[test]
    fn where_nobody_listens_there_is_no_answer() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        drop(listener);
        let check = HttpCheck {
            host: "127.0.0.1".to_owned(),
            port,
            path: "/".to_owned(),
        };
        assert_eq!(answer_of(&check), None);
    }
}
