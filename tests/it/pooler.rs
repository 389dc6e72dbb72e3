//! A real PgBouncer in transaction mode before the tests' PostgreSQL.

use std::io::Write as _;
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::proxy::{socket_of, tcp_url};

/// How long it may take to listen.
const READY: Duration = Duration::from_secs(20);

/// A pooler that runs. Dropped, it is killed.
pub(crate) struct Pooler {
    child: Child,
    url: String,
    _folder: tempfile::TempDir,
}

/// Where PgBouncer is; none where it is not installed.
fn program() -> Option<&'static str> {
    let places = ["/usr/sbin/pgbouncer", "/usr/bin/pgbouncer"];
    places.into_iter().find(|path| Path::new(path).exists())
}

/// Says that there is no PgBouncer, where there is none.
pub(crate) fn is_left_out() -> bool {
    let missing = program().is_none();
    if missing {
        crate::servers::leave_out(&crate::servers::Missing("no PgBouncer".to_owned()));
    }
    missing
}

impl Pooler {
    /// Starts one that has three sessions of the server's, and refuses what it does not know.
    pub(crate) fn before(url: &str) -> Self {
        Self::start(url, "")
    }

    /// The same, for the tests' own sessions too: their driver sends a setting that it would refuse.
    pub(crate) fn for_all(url: &str) -> Self {
        Self::start(url, "ignore_startup_parameters = extra_float_digits\n")
    }

    fn start(url: &str, more: &str) -> Self {
        let program = program().expect("`is_left_out` was asked");
        let (socket, _) = socket_of(url);
        let host = socket.rsplit_once('/').unwrap().0;
        // The port is free now. Another process may take it meanwhile, and then it doesn't start.
        let port = TcpListener::bind("127.0.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap()
            .port();
        let folder = tempfile::tempdir().unwrap();
        let as_root = rustix::process::geteuid().is_root();
        let config = folder.path().join("pgbouncer.ini");
        let mut file = std::fs::File::create(&config).unwrap();
        write!(
            file,
            "[databases]\n* = host={host} user=postgres\n[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {port}\n\
             unix_socket_dir =\nauth_type = any\npool_mode = transaction\ndefault_pool_size = 3\nmax_client_conn = 100\n{more}{}",
            if as_root { "user = nobody\n" } else { "" }
        )
        .unwrap();
        // It drops its rights before it reads them again.
        for path in [folder.path(), &config] {
            std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755)).unwrap();
        }
        let child = Command::new(program)
            .arg(&config)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let since = Instant::now();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(since.elapsed() < READY, "PgBouncer does not listen");
            std::thread::sleep(Duration::from_millis(20));
        }
        Self {
            child,
            url: tcp_url(url, port, true),
            _folder: folder,
        }
    }

    /// The URL that leads through it.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }
}

impl Drop for Pooler {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}
