//! Threads for proofs and for lists of known passwords. The hashing of a run has its own.

use std::sync::Arc;

use rayon::ThreadPool;
use tokio::sync::oneshot;

use crate::engine::error::{EngineError, HasherError};

/// A pool for a proof or a list.
pub(crate) fn pool(threads: Option<usize>) -> Result<Arc<ThreadPool>, EngineError> {
    let threads = threads
        .or_else(|| std::thread::available_parallelism().ok().map(usize::from))
        .unwrap_or(1);
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(threads)
        .thread_name(|i| format!("lists-{i}"))
        .build()
        .map_err(|source| HasherError::Threads { threads, source })?;
    Ok(Arc::new(pool))
}

/// Has the pool do something. The database's thread goes on meanwhile: locks want their heartbeat.
pub(crate) async fn on_pool<T: Send + 'static>(
    pool: &ThreadPool,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, EngineError> {
    let (done, receiver) = oneshot::channel();
    pool.spawn(move || {
        // The receiver waits right below, or the command is at its end.
        done.send(work()).ok();
    });
    Ok(receiver.await.map_err(|_| HasherError::Gone)?)
}
