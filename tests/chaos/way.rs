//! A way to a server that loses things: packets, connections, the answer to a COMMIT.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::os::unix::net::UnixStream;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, Weak};

use crate::proxy::{socket_of, tcp_url};

/// Listens on a port of this machine and hands everything on to a server's Unix socket.
pub(crate) struct Way {
    url: String,
    state: Arc<State>,
}

#[derive(Default)]
struct State {
    swallows: AtomicBool,
    /// So many COMMITs get no answer from now on.
    commits_to_lose: AtomicU64,
    /// So many got none.
    commits_lost: AtomicU64,
    /// Whether a connection whose COMMIT got no answer stays open and silent.
    stays_open: AtomicBool,
    connections: Mutex<Vec<Weak<Connection>>>,
}

struct Connection {
    client: TcpStream,
    server: UnixStream,
    /// Nothing comes back on it any more.
    is_silent: AtomicBool,
    /// The next answer is that to a COMMIT, and gets lost.
    loses_answer: AtomicBool,
}

impl Way {
    /// A way to the server of a URL that names a Unix socket.
    pub(crate) fn to(url: &str) -> Self {
        let (path, postgres) = socket_of(url);
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let state = Arc::new(State::default());
        let shared = Arc::downgrade(&state);
        std::thread::spawn(move || {
            for client in listener.incoming() {
                let (Ok(client), Some(state)) = (client, shared.upgrade()) else {
                    return;
                };
                // A server that is down refuses the connection.
                if let Ok(server) = UnixStream::connect(&path) {
                    Connection::hand_on(client, server, &state);
                }
            }
        });
        Self {
            url: tcp_url(url, port, postgres),
            state,
        }
    }

    /// The URL that leads over it.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// From now on nothing comes through, on connections old and new.
    pub(crate) fn swallow(&self) {
        self.state.swallows.store(true, Ordering::SeqCst);
    }

    /// New connections work again. The server notices that the old ones are dead; the client does not.
    pub(crate) fn heal(&self) {
        for connection in self.state.open() {
            connection.is_silent.store(true, Ordering::SeqCst);
            connection.server.shutdown(Shutdown::Both).ok();
        }
        self.state.swallows.store(false, Ordering::SeqCst);
    }

    /// Cuts all connections.
    pub(crate) fn cut(&self) {
        for connection in self.state.open() {
            connection.close();
        }
    }

    /// The next COMMITs reach the server, and their answers get lost: with the connection, or without a word.
    pub(crate) fn lose_commits(&self, commits: u64, stays_open: bool) {
        self.state.stays_open.store(stays_open, Ordering::SeqCst);
        self.state.commits_to_lose.store(commits, Ordering::SeqCst);
    }

    /// No more of them get lost; how many were.
    pub(crate) fn keep_commits(&self) -> u64 {
        self.state.commits_to_lose.store(0, Ordering::SeqCst);
        for connection in self.state.open() {
            if connection.is_silent.load(Ordering::SeqCst) {
                connection.server.shutdown(Shutdown::Both).ok();
            }
        }
        self.state.commits_lost.swap(0, Ordering::SeqCst)
    }
}

impl Drop for Way {
    fn drop(&mut self) {
        self.cut();
    }
}

impl State {
    fn open(&self) -> Vec<Arc<Connection>> {
        let mut connections = self.connections.lock().unwrap();
        connections.retain(|connection| connection.strong_count() > 0);
        connections.iter().filter_map(Weak::upgrade).collect()
    }

    /// Whether the answer to this is to get lost.
    fn loses(&self, sent: &[u8]) -> bool {
        sent.windows(6)
            .any(|word| word.eq_ignore_ascii_case(b"COMMIT"))
            && self
                .commits_to_lose
                .fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| {
                    left.checked_sub(1)
                })
                .is_ok()
    }
}

impl Connection {
    fn hand_on(client: TcpStream, server: UnixStream, state: &Arc<State>) {
        let connection = Arc::new(Self {
            client,
            server,
            is_silent: AtomicBool::new(false),
            loses_answer: AtomicBool::new(false),
        });
        state
            .connections
            .lock()
            .unwrap()
            .push(Arc::downgrade(&connection));
        let (there, asks) = (connection.clone(), state.clone());
        std::thread::spawn(move || there.to_server(&asks));
        let answers = state.clone();
        std::thread::spawn(move || connection.to_client(&answers));
    }

    fn close(&self) {
        self.client.shutdown(Shutdown::Both).ok();
        self.server.shutdown(Shutdown::Both).ok();
    }

    fn to_server(&self, state: &State) {
        let mut bytes = [0; 16 * 1024];
        while let Ok(some @ 1..) = (&self.client).read(&mut bytes) {
            if state.swallows.load(Ordering::SeqCst) {
                self.is_silent.store(true, Ordering::SeqCst);
            }
            if self.is_silent.load(Ordering::SeqCst) {
                continue;
            }
            if state.loses(&bytes[..some]) {
                self.loses_answer.store(true, Ordering::SeqCst);
            }
            if (&self.server).write_all(&bytes[..some]).is_err() {
                break;
            }
        }
        self.close();
    }

    fn to_client(&self, state: &State) {
        let mut bytes = [0; 16 * 1024];
        let mut is_cut = false;
        while let Ok(some @ 1..) = (&self.server).read(&mut bytes) {
            if state.swallows.load(Ordering::SeqCst) {
                self.is_silent.store(true, Ordering::SeqCst);
            }
            if self.loses_answer.swap(false, Ordering::SeqCst) {
                state.commits_lost.fetch_add(1, Ordering::SeqCst);
                is_cut = !state.stays_open.load(Ordering::SeqCst);
                self.is_silent.store(!is_cut, Ordering::SeqCst);
            }
            if is_cut {
                break;
            }
            if self.is_silent.load(Ordering::SeqCst) {
                continue;
            }
            if (&self.client).write_all(&bytes[..some]).is_err() {
                break;
            }
        }
        // Of a connection that is silent the client hears no end either.
        if !self.is_silent.load(Ordering::SeqCst) {
            self.close();
        }
    }
}
