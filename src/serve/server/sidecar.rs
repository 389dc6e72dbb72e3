//! The server: accepts clients, gives each a task with timeouts, and stops without dropping
//! requests in flight.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{Service as _, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::sync::watch;

use super::listen::{Client, Listener};
use super::taken::TakenInTime;
use crate::config::Settings;
use crate::kernel::Implementation;
use crate::secret::DatabaseUrl;
use crate::serve::error::ServeError;
use crate::serve::event::SidecarEvent;
use crate::serve::means::Means;
use crate::serve::place::{ClientPlace, ClientPlaces, Stage};
use crate::serve::routes;
use crate::serve::work::{App, count_rows};

/// The sidecar, ready to serve.
pub struct Sidecar {
    app: Arc<App>,
    url: DatabaseUrl,
    clients_max: usize,
    request_time: Duration,
    stop_time: Duration,
    kernel: Implementation,
}

/// Asks the sidecar to stop.
#[derive(Clone, Debug)]
pub struct SidecarStop(watch::Sender<bool>);

/// The longest head of a request. It has a few lines of the application and of some proxy.
const HEAD_BYTES_MAX: usize = 32 << 10;
const HEADERS_MAX: usize = 64;
/// How long to wait when the system has no file descriptor left for a new client.
const BREATH: Duration = Duration::from_millis(100);

impl SidecarStop {
    /// A stop that was not asked for yet.
    pub fn new() -> Self {
        Self(watch::Sender::new(false))
    }

    /// Asks for the stop.
    pub fn ask(&self) {
        self.0.send_replace(true);
    }
}

impl Default for SidecarStop {
    fn default() -> Self {
        Self::new()
    }
}

impl Sidecar {
    /// Looks the credentials up in the database and starts the hashing threads.
    ///
    /// # Errors
    /// As [`ServeError`] says.
    pub async fn open(settings: &Settings, means: Means<'_>) -> Result<Self, ServeError> {
        let serve = &settings.serve;
        let url = means.url.clone();
        Ok(Self {
            url,
            kernel: means.kernel,
            app: Arc::new(App::open(settings, means).await?),
            clients_max: serve.clients_max,
            request_time: serve.request_time,
            stop_time: serve.stop_time,
        })
    }

    /// Serves until a stop is asked for, and then until the requests in flight are answered.
    pub async fn serve(self, listener: Listener, stop: &SidecarStop) {
        let places = ClientPlaces::new(self.clients_max, self.request_time);
        let needs_token = self.app.token.is_some();
        let first = match listener.tls() {
            Some(_) => Stage::Silent,
            None => Stage::Stranger,
        };
        let router = routes::router(&self.app);
        self.app.observer.on(&SidecarEvent::Ready {
            at: listener.at().to_owned(),
            threads: self.app.hashers.size().threads,
            kernel: self.kernel.as_str(),
        });
        count_rows(&self.app, self.url.clone());
        let mut stopping = stop.0.subscribe();
        loop {
            let next = async {
                // Who needs no token waits for a place. Strangers are let in at once: behind them
                // may be somebody who has the token.
                let place = if needs_token {
                    None
                } else {
                    Some(places.known().await)
                };
                (place, listener.accept().await)
            };
            let (place, accepted) = tokio::select! {
                next = next => next,
                _ = stopping.wait_for(|stop| *stop) => break,
            };
            let Ok(client) = accepted else {
                tokio::time::sleep(BREATH).await;
                continue;
            };
            let (place, go) = match place {
                Some(place) => (place, Arc::default()),
                None => places.stranger(first),
            };
            let task = connection(Connection {
                client,
                router: router.clone(),
                request_time: self.request_time,
                place: Arc::new(place),
                stopping: stop.0.subscribe(),
            });
            tokio::spawn(async move {
                tokio::select! {
                    () = task => {}
                    // Another stranger has its place.
                    () = go.notified() => {}
                }
            });
        }
        // The system refuses new clients from now on; they can go to another sidecar.
        drop(listener);
        self.app.observer.on(&SidecarEvent::Stopping);
        tokio::time::timeout(self.stop_time, places.left())
            .await
            .ok();
    }
}

/// A client with what it is served by.
struct Connection {
    client: Client,
    router: axum::Router,
    request_time: Duration,
    place: Arc<ClientPlace>,
    stopping: watch::Receiver<bool>,
}

/// Serves one client, request by request.
async fn connection(connection: Connection) {
    let Connection {
        client,
        router,
        request_time,
        place,
        mut stopping,
    } = connection;
    // An error with one client concerns that client alone and is not logged.
    let stream = client.stream(place.asks_for_handshake());
    let Ok(Ok(stream)) = tokio::time::timeout(request_time, stream).await else {
        return;
    };
    place.has_come_to(Stage::Stranger);
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new())
        .header_read_timeout(request_time)
        .max_headers(HEADERS_MAX)
        .max_buf_size(HEAD_BYTES_MAX);
    let router = TowerToHyperService::new(router);
    let service = service_fn(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(Arc::clone(&place));
        router.call(request)
    });
    let stream = TakenInTime::new(stream, request_time);
    let served = http.serve_connection(TokioIo::new(stream), service);
    tokio::pin!(served);
    tokio::select! {
        _ = served.as_mut() => return,
        _ = stopping.wait_for(|stop| *stop) => {}
    }
    served.as_mut().graceful_shutdown();
    served.await.ok();
}
