//! Places for connections: of clients who have shown the token, and of strangers.
//!
//! A stranger is whoever has not shown it yet. Strangers have few places of their own. When these
//! are full, a new one takes the place of the one who has been there longest. So strangers can't
//! keep those out who have the token, and a client who shows it at once is not put out.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore};

/// The most strangers.
const STRANGERS_MAX: usize = 256;
/// The most requests on one connection of a stranger. They may ask for health alone.
const STRANGERS_REQUESTS_MAX: u32 = 100;
/// The most requests on one connection of a client who has shown the token.
const REQUESTS_MAX: u32 = 10_000;

/// All places.
pub(super) struct ClientPlaces {
    known: Arc<Semaphore>,
    known_max: u32,
    /// The strangers in the order in which they came, each with what tells it to go.
    strangers: Mutex<BTreeMap<u64, Arc<Notify>>>,
    next: AtomicU64,
    /// How long a client who has shown the token waits for a place.
    wait: Duration,
}

/// The place of one connection. It is free when this is dropped.
pub(super) struct ClientPlace {
    places: Arc<ClientPlaces>,
    held: Mutex<Held>,
    requests: AtomicU32,
}

enum Held {
    Stranger(u64),
    Known(#[expect(dead_code, reason = "held")] OwnedSemaphorePermit),
    /// It is waiting for a place of those who have shown the token.
    Waiting,
}

/// There is no place for another client who has the token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct NoPlace;

impl ClientPlaces {
    pub(super) fn new(known_max: usize, wait: Duration) -> Arc<Self> {
        let known_max = u32::try_from(known_max).unwrap_or(u32::MAX);
        Arc::new(Self {
            known: Arc::new(Semaphore::new(known_max as usize)),
            known_max,
            strangers: Mutex::new(BTreeMap::new()),
            next: AtomicU64::new(0),
            wait,
        })
    }

    /// A place for a client who needs no token, once there is one.
    pub(super) async fn known(self: &Arc<Self>) -> ClientPlace {
        let permit = Arc::clone(&self.known).acquire_owned().await;
        self.place(Held::Known(permit.expect("it is never closed")))
    }

    /// A place for a stranger, and what tells the connection to end.
    pub(super) fn stranger(self: &Arc<Self>) -> (ClientPlace, Arc<Notify>) {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let go = Arc::new(Notify::new());
        let mut strangers = self.strangers();
        if strangers.len() >= STRANGERS_MAX
            && let Some((_, longest)) = strangers.pop_first()
        {
            longest.notify_one();
        }
        strangers.insert(number, Arc::clone(&go));
        drop(strangers);
        (self.place(Held::Stranger(number)), go)
    }

    /// Waits until nobody who has shown the token is left.
    pub(super) async fn left(&self) {
        drop(self.known.acquire_many(self.known_max).await);
    }

    fn place(self: &Arc<Self>, held: Held) -> ClientPlace {
        ClientPlace {
            places: Arc::clone(self),
            held: Mutex::new(held),
            requests: AtomicU32::new(0),
        }
    }

    fn strangers(&self) -> MutexGuard<'_, BTreeMap<u64, Arc<Notify>>> {
        self.strangers
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

impl ClientPlace {
    /// The client has shown the token. It is no stranger from now on.
    pub(super) async fn token_shown(&self) -> Result<(), NoPlace> {
        {
            let mut held = self.held();
            let Held::Stranger(number) = *held else {
                return Ok(());
            };
            self.places.strangers().remove(&number);
            *held = Held::Waiting;
        }
        let known = Arc::clone(&self.places.known).acquire_owned();
        match tokio::time::timeout(self.places.wait, known).await {
            Ok(Ok(permit)) => {
                *self.held() = Held::Known(permit);
                Ok(())
            }
            _ => Err(NoPlace),
        }
    }

    /// Whether the client has not shown the token.
    pub(super) fn is_strangers(&self) -> bool {
        matches!(*self.held(), Held::Stranger(_))
    }

    /// Counts a request, and says whether it is the connection's last.
    pub(super) fn is_last_request(&self) -> bool {
        let most = match *self.held() {
            Held::Known(_) => REQUESTS_MAX,
            _ => STRANGERS_REQUESTS_MAX,
        };
        self.requests.fetch_add(1, Ordering::Relaxed) + 1 >= most
    }

    fn held(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for ClientPlace {
    fn drop(&mut self) {
        if let Held::Stranger(number) = *self.held() {
            self.places.strangers().remove(&number);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn block_on<T>(future: impl Future<Output = T>) -> T {
        tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .build()
            .expect("a runtime")
            .block_on(future)
    }

    #[test]
    fn a_stranger_too_many_takes_the_place_of_the_one_who_came_first() {
        let places = ClientPlaces::new(2, Duration::from_millis(1));
        let mut all: Vec<_> = (0..STRANGERS_MAX).map(|_| places.stranger()).collect();
        block_on(async {
            let (first, told) = all.remove(0);
            first.token_shown().await.expect("a place");
            // The first is no stranger any more, so there is one place.
            let another = places.stranger();
            let (_second, go) = all.remove(0);
            let _too_many = places.stranger();
            go.notified().await;
            assert_eq!(places.strangers().len(), STRANGERS_MAX);
            let told = tokio::time::timeout(Duration::from_millis(1), told.notified()).await;
            assert!(told.is_err(), "who has shown the token stays");
            drop(another);
            assert_eq!(places.strangers().len(), STRANGERS_MAX - 1);
        });
    }

    #[test]
    fn there_are_so_many_places_with_a_token_and_they_are_given_back() {
        let places = ClientPlaces::new(1, Duration::from_millis(1));
        block_on(async {
            let (one, _) = places.stranger();
            let (other, _) = places.stranger();
            assert_eq!(one.token_shown().await, Ok(()));
            assert_eq!(one.token_shown().await, Ok(()), "it has one");
            assert_eq!(other.token_shown().await, Err(NoPlace));
            drop(one);
            let (third, _) = places.stranger();
            assert_eq!(third.token_shown().await, Ok(()));
            drop(third);
            places.left().await;
        });
    }

    #[test]
    fn a_connection_of_a_stranger_ends_sooner() {
        let places = ClientPlaces::new(1, Duration::from_millis(1));
        block_on(async {
            let (stranger, _) = places.stranger();
            let last = (0..200).position(|_| stranger.is_last_request());
            assert_eq!(last, Some(99));
            let known = places.known().await;
            let last = (0..20_000).position(|_| known.is_last_request());
            assert_eq!(last, Some(9_999));
        });
    }
}
