//! Places for connections: of clients who have shown the token, and of strangers.
//!
//! A stranger is whoever has not shown it yet. Strangers have few places of their own. When these
//! are full, a new one takes the place of the one who has been there longest. So strangers can't
//! keep those out who have the token, and a client who shows it at once is not put out.
//!
//! Over TLS a connection is silent first, then waits for a handshake, then is in it, then a
//! stranger's. Each has places of its own. So who says nothing puts out no handshake, and who
//! doesn't finish one puts out nobody who has. A handshake gives its place to another only after
//! a second; until then the other waits. So many honest clients at once put out none of them.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore};

/// The most strangers.
const STRANGERS_MAX: usize = 256;
/// The most connections that have said nothing yet, where TLS is spoken.
const SILENT_MAX: usize = 256;
/// The most connections that have asked for a handshake and wait for a place in it.
const WAITING_MAX: usize = 256;
/// The most handshakes of TLS at once. Each has cost a signature.
const HANDSHAKES_MAX: usize = 256;
/// For how long a handshake has its place whoever comes.
const HANDSHAKE_TIME: Duration = Duration::from_secs(1);
/// The most requests on one connection of a stranger. They may ask for health alone.
const STRANGERS_REQUESTS_MAX: u32 = 100;
/// The most requests on one connection of a client who has shown the token.
const REQUESTS_MAX: u32 = 10_000;

/// All places.
pub(super) struct ClientPlaces {
    known: Arc<Semaphore>,
    known_max: u32,
    strangers: Mutex<Strangers>,
    next: AtomicU64,
    /// Tells one who waits that a handshake's place is free.
    freed: Notify,
    handshake_time: Duration,
    /// How long a client who has shown the token waits for a place.
    wait: Duration,
}

/// The place of one connection. It is free when this is dropped.
pub(super) struct ClientPlace {
    places: Arc<ClientPlaces>,
    held: Mutex<Held>,
    requests: AtomicU32,
}

/// Who has not shown the token, by how far they have come.
#[derive(Default)]
struct Strangers {
    silent: Crowd,
    waiting: Crowd,
    handshakes: Crowd,
    strangers: Crowd,
}

/// In the order in which they came.
type Crowd = BTreeMap<u64, Visitor>;

/// Who has no token yet.
struct Visitor {
    /// When it came to this stage.
    since: Instant,
    /// Tells it to go.
    go: Arc<Notify>,
}

/// How far a connection has come without the token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    /// It has said nothing, and is to speak TLS.
    Silent,
    /// It has asked for a handshake.
    Waiting,
    /// It is in its handshake.
    Handshake,
    /// It may send requests.
    Stranger,
}

enum Held {
    Stranger(Stage, u64),
    Known(#[expect(dead_code, reason = "held")] OwnedSemaphorePermit),
    /// It is waiting for a place of those who have shown the token.
    Waiting,
}

/// There is no place for another client who has the token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct NoPlace;

impl ClientPlaces {
    pub(super) fn new(known_max: usize, wait: Duration) -> Arc<Self> {
        Arc::new(Self::of(known_max, wait))
    }

    fn of(known_max: usize, wait: Duration) -> Self {
        let known_max = u32::try_from(known_max).unwrap_or(u32::MAX);
        Self {
            known: Arc::new(Semaphore::new(known_max as usize)),
            known_max,
            strangers: Mutex::default(),
            next: AtomicU64::new(0),
            freed: Notify::new(),
            handshake_time: HANDSHAKE_TIME,
            wait,
        }
    }

    /// A place for a client who needs no token, once there is one.
    pub(super) async fn known(self: &Arc<Self>) -> ClientPlace {
        let permit = Arc::clone(&self.known).acquire_owned().await;
        self.place(Held::Known(permit.expect("it is never closed")))
    }

    /// A place for who has not shown the token, and what tells the connection to end.
    pub(super) fn stranger(self: &Arc<Self>, stage: Stage) -> (ClientPlace, Arc<Notify>) {
        let go = Arc::new(Notify::new());
        let number = self.number();
        self.strangers().enter(stage, number, Arc::clone(&go));
        (self.place(Held::Stranger(stage, number)), go)
    }

    fn number(&self) -> u64 {
        self.next.fetch_add(1, Ordering::Relaxed)
    }

    /// Gives a place back. None where another has it already.
    fn leave(&self, stage: Stage, number: u64) -> Option<Visitor> {
        let left = self.strangers().at(stage).remove(&number);
        if left.is_some() && stage == Stage::Handshake {
            self.freed.notify_one();
        }
        left
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

    fn strangers(&self) -> MutexGuard<'_, Strangers> {
        self.strangers
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

impl Strangers {
    fn at(&mut self, stage: Stage) -> &mut Crowd {
        match stage {
            Stage::Silent => &mut self.silent,
            Stage::Waiting => &mut self.waiting,
            Stage::Handshake => &mut self.handshakes,
            Stage::Stranger => &mut self.strangers,
        }
    }

    /// Takes a place at a stage. Where all are taken, it is that of the one who came first.
    fn enter(&mut self, stage: Stage, number: u64, go: Arc<Notify>) {
        let crowd = self.at(stage);
        if crowd.len() >= stage.places()
            && let Some((_, longest)) = crowd.pop_first()
        {
            longest.go.notify_one();
        }
        let since = Instant::now();
        crowd.insert(number, Visitor { since, go });
    }

    /// How long no handshake gives its place to another. None where there is a place.
    fn until_handshake(&self, handshake_time: Duration) -> Option<Duration> {
        let (_, longest) = self.handshakes.first_key_value()?;
        let is_full = self.handshakes.len() >= Stage::Handshake.places();
        let left = handshake_time.saturating_sub(longest.since.elapsed());
        (is_full && !left.is_zero()).then_some(left)
    }
}

impl Stage {
    fn places(self) -> usize {
        match self {
            Self::Silent => SILENT_MAX,
            Self::Waiting => WAITING_MAX,
            Self::Handshake => HANDSHAKES_MAX,
            Self::Stranger => STRANGERS_MAX,
        }
    }
}

impl ClientPlace {
    /// The connection has come to the next stage. Who was told to go stays told.
    pub(super) fn has_come_to(&self, next: Stage) {
        let mut held = self.held();
        let Held::Stranger(stage, number) = *held else {
            return;
        };
        if let Some(visitor) = self.places.leave(stage, number) {
            let number = self.places.number();
            self.places.strangers().enter(next, number, visitor.go);
            *held = Held::Stranger(next, number);
        }
    }

    /// The connection has asked for a handshake. Returns once it has a place in it.
    pub(super) async fn asks_for_handshake(&self) {
        self.has_come_to(Stage::Waiting);
        while let Some(wait) = self.until_handshake() {
            let freed = self.places.freed.notified();
            tokio::time::timeout(wait, freed).await.ok();
        }
    }

    /// Takes a place in the handshake. If there is none, says how long to wait for it at most.
    fn until_handshake(&self) -> Option<Duration> {
        let mut held = self.held();
        let Held::Stranger(Stage::Waiting, number) = *held else {
            return None;
        };
        let mut strangers = self.places.strangers();
        if let Some(wait) = strangers.until_handshake(self.places.handshake_time) {
            return Some(wait);
        }
        // Who was told to go is not there any more.
        let visitor = strangers.waiting.remove(&number)?;
        let number = self.places.number();
        strangers.enter(Stage::Handshake, number, visitor.go);
        *held = Held::Stranger(Stage::Handshake, number);
        // Two places that are given back at once wake one of those who wait.
        if strangers.handshakes.len() < Stage::Handshake.places() {
            self.places.freed.notify_one();
        }
        None
    }

    /// The client has shown the token. It is no stranger from now on.
    pub(super) async fn token_shown(&self) -> Result<(), NoPlace> {
        {
            let mut held = self.held();
            let Held::Stranger(stage, number) = *held else {
                return Ok(());
            };
            self.places.leave(stage, number);
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
        matches!(*self.held(), Held::Stranger(..))
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
        if let Held::Stranger(stage, number) = *self.held() {
            self.places.leave(stage, number);
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
        let mut all: Vec<_> = (0..STRANGERS_MAX)
            .map(|_| places.stranger(Stage::Stranger))
            .collect();
        block_on(async {
            let (first, told) = all.remove(0);
            first.token_shown().await.expect("a place");
            // The first is no stranger any more, so there is one place.
            let another = places.stranger(Stage::Stranger);
            let (_second, go) = all.remove(0);
            let _too_many = places.stranger(Stage::Stranger);
            go.notified().await;
            assert_eq!(places.strangers().strangers.len(), STRANGERS_MAX);
            let told = tokio::time::timeout(Duration::from_millis(1), told.notified()).await;
            assert!(told.is_err(), "who has shown the token stays");
            drop(another);
            assert_eq!(places.strangers().strangers.len(), STRANGERS_MAX - 1);
        });
    }

    #[test]
    fn there_are_so_many_places_with_a_token_and_they_are_given_back() {
        let places = ClientPlaces::new(1, Duration::from_millis(1));
        block_on(async {
            let (one, _) = places.stranger(Stage::Stranger);
            let (other, _) = places.stranger(Stage::Stranger);
            assert_eq!(one.token_shown().await, Ok(()));
            assert_eq!(one.token_shown().await, Ok(()), "it has one");
            assert_eq!(other.token_shown().await, Err(NoPlace));
            drop(one);
            let (third, _) = places.stranger(Stage::Stranger);
            assert_eq!(third.token_shown().await, Ok(()));
            drop(third);
            places.left().await;
        });
    }

    #[test]
    fn a_connection_of_a_stranger_ends_sooner() {
        let places = ClientPlaces::new(1, Duration::from_millis(1));
        block_on(async {
            let (stranger, _) = places.stranger(Stage::Stranger);
            let last = (0..200).position(|_| stranger.is_last_request());
            assert_eq!(last, Some(99));
            let known = places.known().await;
            let last = (0..20_000).position(|_| known.is_last_request());
            assert_eq!(last, Some(9_999));
        });
    }

    #[test]
    fn who_says_nothing_puts_out_no_handshake_and_no_handshake_a_stranger() {
        let places = Arc::new(ClientPlaces {
            handshake_time: Duration::ZERO,
            ..ClientPlaces::of(1, Duration::from_millis(1))
        });
        let come_to = |stages: &[Stage]| {
            let (place, go) = places.stranger(Stage::Silent);
            for stage in stages {
                match stage {
                    Stage::Handshake => block_on(place.asks_for_handshake()),
                    stage => place.has_come_to(*stage),
                }
            }
            (place, go)
        };
        let all = [Stage::Handshake, Stage::Stranger];
        let (stranger, handshake) = (come_to(&all), come_to(&all[..1]));
        let silent: Vec<_> = (0..2 * SILENT_MAX).map(|_| come_to(&[])).collect();
        let is_told = |go: &Notify| {
            let told = async { tokio::time::timeout(Duration::ZERO, go.notified()).await };
            block_on(told).is_ok()
        };
        assert!(is_told(&silent[0].1) && !is_told(&silent[SILENT_MAX].1));
        assert!(!is_told(&handshake.1) && !is_told(&stranger.1));
        let begun: Vec<_> = (0..HANDSHAKES_MAX).map(|_| come_to(&all[..1])).collect();
        assert!(is_told(&handshake.1) && !is_told(&begun[0].1));
        assert!(!is_told(&stranger.1));
        // Who was put out comes no further.
        handshake.0.has_come_to(Stage::Stranger);
        assert_eq!(places.strangers().strangers.len(), 1);
        drop((stranger, handshake, silent, begun));
        let mut left = places.strangers();
        for stage in [
            Stage::Silent,
            Stage::Waiting,
            Stage::Handshake,
            Stage::Stranger,
        ] {
            assert!(left.at(stage).is_empty(), "{stage:?}");
        }
    }

    #[test]
    fn a_handshake_too_many_waits_until_one_ends_or_has_had_its_time() {
        let places = Arc::new(ClientPlaces {
            handshake_time: Duration::from_secs(3600),
            ..ClientPlaces::of(1, Duration::from_millis(1))
        });
        let silent = || places.stranger(Stage::Silent);
        block_on(async {
            let mut begun = Vec::new();
            for _ in 0..HANDSHAKES_MAX {
                let (place, go) = silent();
                place.asks_for_handshake().await;
                begun.push((place, go));
            }
            let (others, goes): (Vec<_>, Vec<_>) = (0..2).map(|_| silent()).unzip();
            let all = async {
                tokio::join!(
                    others[0].asks_for_handshake(),
                    others[1].asks_for_handshake()
                );
            };
            tokio::pin!(all);
            let soon = tokio::time::timeout(Duration::from_millis(5), &mut all).await;
            assert!(soon.is_err(), "they wait");
            assert_eq!(places.strangers().handshakes.len(), HANDSHAKES_MAX);
            // Both places are given back before anybody is woken.
            begun.drain(..2);
            all.await;
            assert_eq!(places.strangers().handshakes.len(), HANDSHAKES_MAX);
            assert!(places.strangers().waiting.is_empty());
            for go in begun.iter().map(|(_, go)| go).chain(&goes) {
                let told = tokio::time::timeout(Duration::ZERO, go.notified()).await;
                assert!(told.is_err(), "nobody was put out");
            }
        });
    }
}
