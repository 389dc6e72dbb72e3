//! Whether the client of a request still waits for the answer.
//!
//! A request whose client has left still finishes what it has begun, such as a swap. It begins no
//! hash any more.

use std::future::Future;

use tokio::sync::watch;

tokio::task_local! {
    static CLIENT: Presence;
}

/// Tells whether the client has left. It can be asked from any task.
#[derive(Clone, Debug)]
pub(super) struct Presence(watch::Receiver<()>);

/// Held by the task of the client. The client has left when it is dropped.
#[derive(Debug)]
pub(super) struct ClientHere(#[expect(dead_code, reason = "held")] watch::Sender<()>);

impl Presence {
    /// A client that is there.
    pub(super) fn new() -> (ClientHere, Self) {
        let (here, presence) = watch::channel(());
        (ClientHere(here), Self(presence))
    }

    /// The client for whom this task works; none where the task is the client's own.
    pub(super) fn of_this_task() -> Option<Self> {
        CLIENT.try_with(Clone::clone).ok()
    }

    /// Does work in the name of the client.
    pub(super) fn scope<F: Future>(self, work: F) -> impl Future<Output = F::Output> {
        CLIENT.scope(self, work)
    }

    /// Returns when the client has left.
    pub(super) async fn left(mut self) {
        while self.0.changed().await.is_ok() {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_client_has_left_when_its_task_is_dropped_and_not_before() {
        let runtime = tokio::runtime::Builder::new_current_thread().build();
        runtime.expect("a runtime").block_on(async {
            assert!(Presence::of_this_task().is_none());
            let (here, presence) = Presence::new();
            let task = presence.scope(async {
                let mut left = Box::pin(Presence::of_this_task().expect("a client").left());
                let is_here = std::future::poll_fn(|context| {
                    std::task::Poll::Ready(left.as_mut().poll(context).is_pending())
                });
                assert!(is_here.await);
                drop(here);
                left.await;
            });
            task.await;
        });
    }
}
