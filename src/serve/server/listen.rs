//! Where the sidecar listens: a Unix socket of mode 0600, or a TCP port.
//!
//! A port beyond the loopback has TLS; the configuration sees to that.

use std::fs::File;
use std::io::{ErrorKind, Result as IoResult};
use std::os::unix::fs::FileTypeExt as _;
use std::os::unix::net::UnixStream as StdUnixStream;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream, UnixListener, UnixStream};
use tokio_rustls::rustls;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::server::Acceptor;
use tokio_rustls::{LazyConfigAcceptor, TlsAcceptor};

use crate::config::{Listen, Serve, Tls};

/// Why nothing can listen there.
#[derive(Debug, thiserror::Error)]
pub enum ListenError {
    /// Another process listens there.
    #[error("another process listens on {}", .0.display())]
    Taken(PathBuf),
    /// The path names something that is no socket.
    #[error("{} is there and is no socket", .0.display())]
    NoSocket(PathBuf),
    /// The system refused.
    #[error("cannot listen on {at}")]
    Refused {
        /// Where.
        at: String,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// The certificate or the key can't be used.
    #[error("cannot use {}", path.display())]
    Tls {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

/// Something that clients connect to.
pub struct Listener {
    door: Door,
    at: String,
}

enum Door {
    Unix(Socket),
    Tcp(TcpListener, Option<CurrentTls>),
}

/// The certificate and the key of a port that is open. Others may take their place.
#[derive(Clone)]
pub struct CurrentTls(Arc<RwLock<TlsAcceptor>>);

/// Blind to the key.
impl std::fmt::Debug for CurrentTls {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("CurrentTls(..)")
    }
}

/// A socket in the file system. It is removed when this is dropped.
struct Socket {
    listener: UnixListener,
    path: PathBuf,
    /// A lock that ends with this process, however the process ends.
    _lock: File,
}

/// A client, before TLS.
pub(in crate::serve) enum Client {
    Unix(UnixStream),
    Tcp(TcpStream, Option<TlsAcceptor>),
}

/// A connection of any kind.
pub(in crate::serve) trait ClientStream:
    AsyncRead + AsyncWrite + Send + Unpin
{
}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> ClientStream for T {}

/// Begins to listen. Call it on a runtime.
///
/// # Errors
/// As [`ListenError`] says.
pub fn listen(serve: &Serve) -> Result<Listener, ListenError> {
    match &serve.listen {
        Listen::Unix(path) => Ok(Listener {
            at: format!("unix:{}", path.display()),
            door: Door::Unix(Socket::open(path)?),
        }),
        Listen::Tcp(address) => {
            let refused = |source| ListenError::Refused {
                at: address.to_string(),
                source,
            };
            let acceptor = serve.tls.as_ref().map(acceptor).transpose()?;
            let acceptor = acceptor.map(|acceptor| CurrentTls(Arc::new(RwLock::new(acceptor))));
            let listener = std::net::TcpListener::bind(address).map_err(refused)?;
            listener.set_nonblocking(true).map_err(refused)?;
            let at = listener.local_addr().map_err(refused)?.to_string();
            let listener = TcpListener::from_std(listener).map_err(refused)?;
            Ok(Listener {
                at,
                door: Door::Tcp(listener, acceptor),
            })
        }
    }
}

impl CurrentTls {
    /// Reads the files again. New connections get what they hold; others keep what they have.
    ///
    /// # Errors
    /// As [`ListenError`] says; then all stays as it was.
    pub fn read_again(&self, tls: &Tls) -> Result<(), ListenError> {
        let new = acceptor(tls)?;
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = new;
        Ok(())
    }

    fn acceptor(&self) -> TlsAcceptor {
        self.0
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

impl Listener {
    /// Its certificate; none where it has none.
    pub fn tls(&self) -> Option<CurrentTls> {
        match &self.door {
            Door::Unix(_) => None,
            Door::Tcp(_, tls) => tls.clone(),
        }
    }

    /// Its address or socket, for people.
    pub(in crate::serve) fn at(&self) -> &str {
        &self.at
    }

    /// The next client.
    pub(in crate::serve) async fn accept(&self) -> IoResult<Client> {
        match &self.door {
            Door::Unix(socket) => Ok(Client::Unix(socket.listener.accept().await?.0)),
            Door::Tcp(listener, tls) => {
                let (stream, _) = listener.accept().await?;
                // An answer is one small packet, so waiting for more gains nothing.
                stream.set_nodelay(true)?;
                Ok(Client::Tcp(stream, tls.as_ref().map(CurrentTls::acceptor)))
            }
        }
    }
}

impl Client {
    /// Makes the connection, after TLS is agreed on. A handshake that was asked for begins when
    /// `place` is there.
    pub(in crate::serve) async fn stream(
        self,
        place: impl Future<Output = ()>,
    ) -> IoResult<Box<dyn ClientStream>> {
        Ok(match self {
            Self::Unix(stream) => Box::new(stream),
            Self::Tcp(stream, None) => Box::new(stream),
            Self::Tcp(stream, Some(acceptor)) => {
                let hello = Acceptor::default();
                let handshake = LazyConfigAcceptor::new(hello, stream).await?;
                place.await;
                Box::new(handshake.into_stream(Arc::clone(acceptor.config())).await?)
            }
        })
    }
}

impl Socket {
    fn open(path: &Path) -> Result<Self, ListenError> {
        let refused = |source| ListenError::Refused {
            at: path.display().to_string(),
            source,
        };
        let lock = lock(path).map_err(refused)?;
        let Some(lock) = lock else {
            return Err(ListenError::Taken(path.to_owned()));
        };
        match std::fs::symlink_metadata(path) {
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => return Err(refused(error)),
            Ok(found) if !found.file_type().is_socket() => {
                return Err(ListenError::NoSocket(path.to_owned()));
            }
            // No saltern holds the lock, but another program may listen there.
            Ok(_) if StdUnixStream::connect(path).is_ok() => {
                return Err(ListenError::Taken(path.to_owned()));
            }
            // A process that was killed has left it behind.
            Ok(_) => std::fs::remove_file(path).map_err(refused)?,
        }
        // Nobody else may connect from the socket's first moment on, so the umask is set before.
        let before = rustix::process::umask(rustix::fs::Mode::from_raw_mode(0o177));
        let listener = UnixListener::bind(path);
        rustix::process::umask(before);
        Ok(Self {
            listener: listener.map_err(refused)?,
            path: path.to_owned(),
            _lock: lock,
        })
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        // If this fails, the next process replaces the socket.
        std::fs::remove_file(&self.path).ok();
    }
}

/// Takes the lock beside a socket; none where another process holds it.
///
/// The lock's file is never removed: then two processes could lock two files of that name.
fn lock(socket: &Path) -> IoResult<Option<File>> {
    use rustix::fs::{FlockOperation, flock};
    use std::os::unix::fs::OpenOptionsExt as _;
    let mut path = socket.as_os_str().to_owned();
    path.push(".lock");
    let file = File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .mode(0o600)
        .open(path)?;
    match flock(&file, FlockOperation::NonBlockingLockExclusive) {
        Ok(()) => Ok(Some(file)),
        Err(rustix::io::Errno::WOULDBLOCK) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

fn acceptor(tls: &Tls) -> Result<TlsAcceptor, ListenError> {
    fn of(path: &Path, source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> ListenError {
        ListenError::Tls {
            path: path.to_owned(),
            source: source.into(),
        }
    }
    let chain = CertificateDer::pem_file_iter(&tls.certificate)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(|error| of(&tls.certificate, error))?;
    let key = PrivateKeyDer::from_pem_file(&tls.key).map_err(|error| of(&tls.key, error))?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .and_then(|builder| builder.with_no_client_auth().with_single_cert(chain, key))
        .map_err(|error| of(&tls.certificate, error))?;
    Ok(TlsAcceptor::from(Arc::new(config)))
}
