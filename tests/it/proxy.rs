//! A way to a database server that can swallow all packets, as a broken network does: connections stay open, and nothing
//! comes through.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Listens on a port of this machine and hands everything on to a server's Unix socket.
pub(crate) struct Proxy {
    url: String,
    swallows: Arc<AtomicBool>,
}

impl Proxy {
    /// A proxy before the server of a URL that names a Unix socket.
    pub(crate) fn before(url: &str) -> Self {
        let (path, postgres) = socket_of(url);
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let swallows = Arc::new(AtomicBool::new(false));
        let flag = swallows.clone();
        std::thread::spawn(move || {
            for client in listener.incoming() {
                let Ok(client) = client else { return };
                // A server that is down refuses the connection.
                if let Ok(server) = UnixStream::connect(&path) {
                    hand_on(client, server, &flag);
                }
            }
        });
        Self {
            url: tcp_url(url, port, postgres),
            swallows,
        }
    }

    /// The URL that leads through it.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// From now on nothing comes through, on connections old and new.
    pub(crate) fn swallow(&self) {
        self.swallows.store(true, Ordering::SeqCst);
    }

    /// New connections work again. Old ones stay dead: what was swallowed is lost.
    pub(crate) fn heal(&self) {
        self.swallows.store(false, Ordering::SeqCst);
    }
}

fn hand_on(client: TcpStream, server: UnixStream, swallows: &Arc<AtomicBool>) {
    let dead = Arc::new(AtomicBool::new(false));
    let (from_client, to_server) = (client.try_clone().unwrap(), server.try_clone().unwrap());
    let flags = (swallows.clone(), dead.clone());
    std::thread::spawn(move || {
        copy(from_client, &to_server, &flags);
        to_server.shutdown(Shutdown::Both).ok();
    });
    let flags = (swallows.clone(), dead);
    std::thread::spawn(move || {
        copy(server, &client, &flags);
        client.shutdown(Shutdown::Both).ok();
    });
}

fn copy(
    mut from: impl Read,
    mut to: impl Write,
    (swallows, dead): &(Arc<AtomicBool>, Arc<AtomicBool>),
) {
    let mut bytes = [0; 16 * 1024];
    loop {
        let got = from.read(&mut bytes);
        if swallows.load(Ordering::SeqCst) {
            dead.store(true, Ordering::SeqCst);
        }
        match got {
            // A connection on which something was lost never ends for either side.
            _ if dead.load(Ordering::SeqCst) => match got {
                Ok(0) | Err(_) => std::thread::park(),
                Ok(_) => {}
            },
            Ok(0) | Err(_) => return,
            Ok(some) => {
                if to.write_all(&bytes[..some]).is_err() {
                    return;
                }
            }
        }
    }
}

/// The path of the socket that a URL names, and whether it is PostgreSQL's.
pub(crate) fn socket_of(url: &str) -> (String, bool) {
    let after = |key: &str| {
        let value = url.split_once(key)?.1;
        Some(value.split('&').next().unwrap_or(value).to_owned())
    };
    match after("host=") {
        Some(folder) => (format!("{folder}/.s.PGSQL.5432"), true),
        None => (after("socket=").expect("the URL names a socket"), false),
    }
}

/// The same URL over TCP.
pub(crate) fn tcp_url(url: &str, port: u16, postgres: bool) -> String {
    let bare = url.split('?').next().unwrap_or(url);
    let (scheme, rest) = bare.split_once("://").expect("a URL has a scheme");
    let (user, rest) = rest.split_once('@').expect("a URL has a user");
    let (_, database) = rest.split_once('/').expect("a URL has a database");
    let options = if postgres {
        "sslmode=disable"
    } else {
        "ssl-mode=DISABLED"
    };
    format!("{scheme}://{user}@127.0.0.1:{port}/{database}?{options}")
}
