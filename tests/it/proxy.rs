//! A way to a database server that can swallow all packets, as a broken network does: connections stay open, and nothing
//! comes through.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::os::unix::net::UnixStream;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

/// Listens on a port of this machine and hands everything on to a server's Unix socket.
pub(crate) struct Proxy {
    url: String,
    swallows: Arc<AtomicBool>,
    /// What a client says before nothing comes through any more.
    last_words: Arc<Mutex<Option<Vec<u8>>>>,
    count: Arc<Count>,
    /// Its ends at the server.
    ends: Arc<Mutex<Vec<UnixStream>>>,
}

/// What clients have said, in messages, and at which of them a connection is cut.
#[derive(Default)]
struct Count {
    said: AtomicU64,
    /// The number of the message that is lost together with its connection.
    cut_at: AtomicU64,
    /// Whether a further one is lost later.
    goes_on: AtomicBool,
    /// How many connections were cut.
    cuts: AtomicU64,
}

/// What happens after a cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Then {
    /// Nothing more is cut.
    Never,
    /// The next cut comes after twice as many messages and a few, so that whatever is begun anew comes to its end.
    LaterAndLater,
}

impl Count {
    /// Counts a message. Whether its connection is cut.
    fn hear(&self) -> bool {
        let number = self.said.fetch_add(1, Ordering::SeqCst) + 1;
        if number != self.cut_at.load(Ordering::SeqCst) {
            return false;
        }
        self.cuts.fetch_add(1, Ordering::SeqCst);
        if self.goes_on.load(Ordering::SeqCst) {
            self.cut_at.store(3 * number + 8, Ordering::SeqCst);
        }
        true
    }
}

/// Whether anything comes through, as both directions of a connection share it.
#[derive(Clone)]
struct Way {
    swallows: Arc<AtomicBool>,
    last_words: Arc<Mutex<Option<Vec<u8>>>>,
    count: Arc<Count>,
    /// Whether something of this connection was lost.
    is_dead: Arc<AtomicBool>,
}

impl Way {
    /// Looks for the last words in what a client says. Whether the connection is cut now.
    fn hear(&self, said: &[u8]) -> bool {
        let mut last = self.last_words.lock().unwrap();
        let is_said = |words: &Vec<u8>| said.windows(words.len()).any(|part| part == words);
        if last.as_ref().is_some_and(is_said) {
            *last = None;
            self.swallows.store(true, Ordering::SeqCst);
        }
        self.count.hear()
    }
}

impl Proxy {
    /// A proxy before the server of a URL that names a Unix socket.
    pub(crate) fn before(url: &str) -> Self {
        let (path, postgres) = socket_of(url);
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let swallows = Arc::new(AtomicBool::new(false));
        let last_words = Arc::new(Mutex::new(None));
        let (flag, words) = (swallows.clone(), last_words.clone());
        let count: Arc<Count> = Arc::default();
        let counts = count.clone();
        let ends: Arc<Mutex<Vec<UnixStream>>> = Arc::default();
        let all_ends = ends.clone();
        std::thread::spawn(move || {
            for client in listener.incoming() {
                let Ok(client) = client else { return };
                // A server that is down refuses the connection.
                if let Ok(server) = UnixStream::connect(&path) {
                    let way = Way {
                        swallows: flag.clone(),
                        last_words: words.clone(),
                        count: counts.clone(),
                        is_dead: Arc::default(),
                    };
                    all_ends.lock().unwrap().push(server.try_clone().unwrap());
                    hand_on(client, server, &way);
                }
            }
        });
        Self {
            url: tcp_url(url, port, postgres),
            swallows,
            last_words,
            count,
            ends,
        }
    }

    /// The server notices at last that nobody is there on its old connections.
    pub(crate) fn hang_up(&self) {
        for end in self.ends.lock().unwrap().drain(..) {
            end.shutdown(Shutdown::Both).ok();
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

    /// Nothing comes through any more once a client says these words, which don't come through
    /// themselves. From now on, where there are none.
    pub(crate) fn swallow_at(&self, words: &str) {
        if words.is_empty() {
            return self.swallow();
        }
        *self.last_words.lock().unwrap() = Some(words.as_bytes().to_vec());
    }

    /// Counts what clients say from now on, and cuts the connection on which the message with this number comes. The
    /// message is lost, and new connections work.
    pub(crate) fn cut_at(&self, message: u64, then: Then) {
        self.count.said.store(0, Ordering::SeqCst);
        self.count.cuts.store(0, Ordering::SeqCst);
        let goes_on = then == Then::LaterAndLater;
        self.count.goes_on.store(goes_on, Ordering::SeqCst);
        self.count.cut_at.store(message, Ordering::SeqCst);
    }

    /// How many connections were cut since then.
    pub(crate) fn cuts(&self) -> u64 {
        self.count.cuts.load(Ordering::SeqCst)
    }

    /// How many messages clients have sent since then.
    pub(crate) fn said(&self) -> u64 {
        self.count.said.load(Ordering::SeqCst)
    }

    /// Whether nothing comes through now.
    pub(crate) fn swallows(&self) -> bool {
        self.swallows.load(Ordering::SeqCst)
    }

    /// New connections work again. Old ones stay dead: what was swallowed is lost.
    pub(crate) fn heal(&self) {
        self.swallows.store(false, Ordering::SeqCst);
    }
}

fn hand_on(client: TcpStream, server: UnixStream, way: &Way) {
    let (from_client, to_server) = (client.try_clone().unwrap(), server.try_clone().unwrap());
    let up = way.clone();
    std::thread::spawn(move || {
        copy(from_client, &to_server, &up, |said| up.hear(said));
        to_server.shutdown(Shutdown::Both).ok();
    });
    let down = way.clone();
    std::thread::spawn(move || {
        copy(server, &client, &down, |_| false);
        client.shutdown(Shutdown::Both).ok();
    });
}

fn copy(mut from: impl Read, mut to: impl Write, way: &Way, hear: impl Fn(&[u8]) -> bool) {
    let Way {
        swallows, is_dead, ..
    } = way;
    let mut bytes = [0; 16 * 1024];
    loop {
        let got = from.read(&mut bytes);
        if let Ok(length @ 1..) = got
            && hear(&bytes[..length])
        {
            return;
        }
        if swallows.load(Ordering::SeqCst) {
            is_dead.store(true, Ordering::SeqCst);
        }
        match got {
            // A connection on which something was lost never ends for either side.
            _ if is_dead.load(Ordering::SeqCst) => match got {
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
