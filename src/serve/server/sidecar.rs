//! The server: accepts clients, gives each a task with timeouts, and stops without dropping
//! requests in flight.

use std::sync::Arc;
use std::time::Duration;

use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::sync::{Semaphore, watch};

use super::listen::{Client, Listener};
use crate::config::Settings;
use crate::kernel::Implementation;
use crate::secret::DatabaseUrl;
use crate::serve::error::ServeError;
use crate::serve::event::SidecarEvent;
use crate::serve::means::Means;
use crate::serve::routes;
use crate::serve::work::{App, count_beyond_work};

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
        let clients = Arc::new(Semaphore::new(self.clients_max));
        let router = routes::router(&self.app);
        self.app.observer.on(&SidecarEvent::Ready {
            at: listener.at().to_owned(),
            threads: self.app.hashers.size().threads,
            kernel: self.kernel.as_str(),
        });
        count_beyond_work(&self.app, self.url.clone());
        let mut stopping = stop.0.subscribe();
        loop {
            let next = async {
                let room = Arc::clone(&clients).acquire_owned().await.ok()?;
                Some((room, listener.accept().await))
            };
            let (room, accepted) = tokio::select! {
                Some(next) = next => next,
                _ = stopping.wait_for(|stop| *stop) => break,
            };
            let Ok(client) = accepted else {
                tokio::time::sleep(BREATH).await;
                continue;
            };
            let task = connection(
                client,
                router.clone(),
                self.request_time,
                stop.0.subscribe(),
            );
            tokio::spawn(async move {
                task.await;
                drop(room);
            });
        }
        // The system refuses new clients from now on; they can go to another sidecar.
        drop(listener);
        self.app.observer.on(&SidecarEvent::Stopping);
        let all = u32::try_from(self.clients_max).unwrap_or(u32::MAX);
        tokio::time::timeout(self.stop_time, clients.acquire_many(all))
            .await
            .ok();
    }
}

/// Serves one client, request by request.
async fn connection(
    client: Client,
    router: axum::Router,
    request_time: Duration,
    mut stopping: watch::Receiver<bool>,
) {
    // An error with one client concerns that client alone and is not logged.
    let Ok(Ok(stream)) = tokio::time::timeout(request_time, client.stream()).await else {
        return;
    };
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new())
        .header_read_timeout(request_time)
        .max_headers(HEADERS_MAX)
        .max_buf_size(HEAD_BYTES_MAX);
    let service = TowerToHyperService::new(router);
    let served = http.serve_connection(TokioIo::new(stream), service);
    tokio::pin!(served);
    tokio::select! {
        _ = served.as_mut() => return,
        _ = stopping.wait_for(|stop| *stop) => {}
    }
    served.as_mut().graceful_shutdown();
    served.await.ok();
}
