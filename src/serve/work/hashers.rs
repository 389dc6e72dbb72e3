//! The hashing threads and the queue before them.
//!
//! Processors and memory bound the threads; a setting bounds the queue.

use std::hash::{BuildHasher as _, RandomState};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};

use crate::auth::Column;
use crate::kernel::{Implementation, SingleHashes};
use crate::machine::{Machine, RESERVE_BYTES};
use crate::scheme::Context;
use crate::serve::metrics::HasherGauges;
use crate::serve::presence::Presence;

/// How many accounts' shares are told apart. Two accounts may have the same one.
const SHARES: usize = 256;

type HashTask = Box<dyn FnOnce() + Send>;

/// The pool of hashing threads.
pub(in crate::serve) struct Hashers {
    /// A permit for each request that is served or waits.
    admitted: Arc<Semaphore>,
    /// A permit for each thread.
    threads: Arc<Semaphore>,
    /// A permit for each KiB.
    memory: Arc<Semaphore>,
    memory_kib: u64,
    /// For dear values: how many threads one account may have at once.
    shares: Vec<Arc<Semaphore>>,
    /// Which account has which share. It has a random key, so nobody can choose another's.
    share_of: RandomState,
    jobs: Sender<HashTask>,
    size: PoolSize,
    busy: Arc<AtomicUsize>,
    done: AtomicU64,
}

/// How much is done at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::serve) struct PoolSize {
    /// Hashing threads.
    pub(in crate::serve) threads: usize,
    /// Requests that may wait for a thread.
    pub(in crate::serve) queue: usize,
    /// Memory for all hashes that are being made, in KiB.
    pub(in crate::serve) memory_kib: u64,
    /// Memory that each thread keeps for its next hash, in KiB. It comes on top of `memory_kib`.
    pub(in crate::serve) kept_kib: u64,
}

/// What a piece of work needs of the machine.
#[derive(Clone, Copy)]
pub(in crate::serve) struct HashNeeds<'a> {
    /// Memory for its hashes.
    pub(in crate::serve) memory_kib: u64,
    /// Where a dear hash is made, what says whose it is. Those who try one account share few
    /// threads.
    pub(in crate::serve) dear: Option<&'a [u8]>,
}

impl HashNeeds<'_> {
    /// The needs of one hash at the target.
    pub(in crate::serve) fn least(column: &Column) -> Self {
        Self {
            memory_kib: column.memory_kib(None, &Context::default()),
            dear: None,
        }
    }
}

/// A place among the requests that are served or wait. It is given back when it is dropped.
pub(in crate::serve) struct Ticket(#[expect(dead_code, reason = "held")] OwnedSemaphorePermit);

/// Why nothing was computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::serve) enum NotComputed {
    /// It would take more memory than there is.
    TooMuchMemory,
    /// The work panicked.
    Broken,
    /// Its client has left.
    Abandoned,
}

impl PoolSize {
    /// The size that fits this machine; none where not even one hash at the target fits.
    ///
    /// There are no more threads than processors. The memory includes what the threads keep.
    pub(in crate::serve) fn fit(
        machine: Machine,
        target_kib: u64,
        threads: Option<usize>,
        queue: usize,
    ) -> Option<Self> {
        let offered = machine.memory_bytes.map_or(u64::from(u32::MAX), |bytes| {
            bytes.saturating_sub(RESERVE_BYTES) >> 10
        });
        // A semaphore takes 32 bits of permits: 4 TiB in KiB.
        let offered = offered.min(u64::from(u32::MAX));
        let fitting = usize::try_from(offered / target_kib.max(1)).unwrap_or(usize::MAX);
        let threads = threads.unwrap_or(machine.cpus).max(1).min(fitting);
        // Values dearer than the target need memory too, so threads keep at most half of it.
        let all_keep = threads as u64 * target_kib;
        let kept_kib = if all_keep <= offered / 2 {
            target_kib
        } else {
            0
        };
        (threads > 0).then_some(Self {
            threads,
            queue,
            memory_kib: offered - threads as u64 * kept_kib,
            kept_kib,
        })
    }
}

impl Hashers {
    /// Starts the threads. `path` computes Argon2id.
    pub(in crate::serve) fn start(size: PoolSize, path: Implementation) -> std::io::Result<Self> {
        let (jobs, queue) = channel::<HashTask>();
        let queue = Arc::new(Mutex::new(queue));
        let busy = Arc::new(AtomicUsize::new(0));
        for number in 0..size.threads {
            let (queue, busy) = (Arc::clone(&queue), Arc::clone(&busy));
            let single = SingleHashes {
                implementation: Some(path),
                keep_bytes_max: usize::try_from(size.kept_kib << 10).unwrap_or(usize::MAX),
            };
            std::thread::Builder::new()
                .name(format!("hash-{number}"))
                .spawn(move || {
                    let _kept = single.on_this_thread();
                    work(&queue, &busy);
                })?;
        }
        Ok(Self {
            admitted: Arc::new(Semaphore::new(size.threads + size.queue)),
            threads: Arc::new(Semaphore::new(size.threads)),
            memory: Arc::new(Semaphore::new(
                usize::try_from(size.memory_kib).unwrap_or(Semaphore::MAX_PERMITS),
            )),
            memory_kib: size.memory_kib,
            shares: (0..SHARES)
                .map(|_| Arc::new(Semaphore::new((size.threads / 4).max(1))))
                .collect(),
            share_of: RandomState::new(),
            jobs,
            size,
            busy,
            done: AtomicU64::new(0),
        })
    }

    /// Gives a place if one is free.
    pub(in crate::serve) fn admit(&self) -> Option<Ticket> {
        Arc::clone(&self.admitted)
            .try_acquire_owned()
            .ok()
            .map(Ticket)
    }

    /// Does the work on a thread, once a thread and that much memory are free, in the order of
    /// arrival. It counts as done for a request.
    pub(in crate::serve) async fn compute<T: Send + 'static>(
        &self,
        ticket: &Ticket,
        needs: HashNeeds<'_>,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, NotComputed> {
        let made = self.make(ticket, needs, work).await?;
        self.done.fetch_add(1, Ordering::Relaxed);
        Ok(made)
    }

    /// The same for the sidecar itself: no request has asked for it, and none is counted.
    pub(super) async fn make<T: Send + 'static>(
        &self,
        _: &Ticket,
        needs: HashNeeds<'_>,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, NotComputed> {
        let wanted = u32::try_from(needs.memory_kib)
            .ok()
            .filter(|_| needs.memory_kib <= self.memory_kib)
            .ok_or(NotComputed::TooMuchMemory)?;
        let left = async {
            match Presence::of_this_task() {
                Some(client) => client.left().await,
                None => std::future::pending().await,
            }
        };
        let room = tokio::select! {
            biased;
            () = left => Err(NotComputed::Abandoned),
            room = self.room(needs.dear, wanted) => room,
        };
        // The share is held until the answer is there: a value that takes seconds leaves threads to
        // the others.
        let (share, thread, memory) = room?;
        let (answer, made) = oneshot::channel();
        let job = Box::new(move || {
            // The client has gone away.
            if answer.is_closed() {
                return;
            }
            let made = catch_unwind(AssertUnwindSafe(work));
            // Both are held until the hash is made, even if the client has gone away.
            drop((share, thread, memory));
            if let Ok(made) = made {
                answer.send(made).ok();
            }
        });
        self.jobs.send(job).map_err(|_| NotComputed::Broken)?;
        made.await.map_err(|_| NotComputed::Broken)
    }

    /// Waits for a share of the threads where a hash is dear, for a thread, and for memory.
    async fn room(
        &self,
        dear: Option<&[u8]>,
        memory_kib: u32,
    ) -> Result<
        (
            Option<OwnedSemaphorePermit>,
            OwnedSemaphorePermit,
            OwnedSemaphorePermit,
        ),
        NotComputed,
    > {
        // No semaphore is ever closed.
        let broken = |_| NotComputed::Broken;
        let share = match dear {
            Some(account) => {
                let share = Arc::clone(self.share(account));
                Some(share.acquire_owned().await.map_err(broken)?)
            }
            None => None,
        };
        let thread = Arc::clone(&self.threads).acquire_owned().await;
        let memory = Arc::clone(&self.memory)
            .acquire_many_owned(memory_kib)
            .await;
        Ok((share, thread.map_err(broken)?, memory.map_err(broken)?))
    }

    fn share(&self, account: &[u8]) -> &Arc<Semaphore> {
        let hash = self.share_of.hash_one(account);
        #[expect(clippy::cast_possible_truncation, reason = "any bits of it will do")]
        let at = hash as usize % SHARES;
        &self.shares[at]
    }

    /// Waits until no request is served and none waits.
    pub(in crate::serve) async fn idle(&self) {
        /// It is asked for again and again, and nobody waits for whoever asks.
        const AGAIN: Duration = Duration::from_millis(20);
        while self.gauges().inside > 0 {
            tokio::time::sleep(AGAIN).await;
        }
    }

    /// How much is done at once.
    pub(in crate::serve) fn size(&self) -> PoolSize {
        self.size
    }

    /// How it all stands now.
    pub(in crate::serve) fn gauges(&self) -> HasherGauges {
        let inside = self.size.threads + self.size.queue - self.admitted.available_permits();
        HasherGauges {
            done: self.done.load(Ordering::Relaxed),
            threads: self.size.threads as u64,
            busy: self.busy.load(Ordering::Relaxed) as u64,
            queue: self.size.queue as u64,
            inside: inside as u64,
            memory_kib: self.memory_kib,
            memory_in_use_kib: self.memory_kib - self.memory.available_permits() as u64,
        }
    }
}

fn work(queue: &Mutex<Receiver<HashTask>>, busy: &AtomicUsize) {
    loop {
        let job = queue.lock().unwrap_or_else(PoisonError::into_inner).recv();
        // The pool is gone.
        let Ok(job) = job else { return };
        busy.fetch_add(1, Ordering::Relaxed);
        job();
        busy.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SMALL: PoolSize = PoolSize {
        threads: 1,
        queue: 1,
        memory_kib: 100,
        kept_kib: 0,
    };

    fn needs(memory_kib: u64) -> HashNeeds<'static> {
        HashNeeds {
            memory_kib,
            dear: None,
        }
    }

    fn block_on<T>(future: impl Future<Output = T>) -> T {
        tokio::runtime::Builder::new_current_thread()
            .build()
            .expect("a runtime")
            .block_on(future)
    }

    #[test]
    fn no_more_are_admitted_than_threads_and_queue_hold() {
        let hashers = Hashers::start(SMALL, Implementation::Portable).expect("threads");
        let tickets: Vec<Option<Ticket>> = (0..3).map(|_| hashers.admit()).collect();
        assert_eq!(
            tickets.iter().map(Option::is_some).collect::<Vec<_>>(),
            [true, true, false]
        );
        drop(tickets);
        assert!(hashers.admit().is_some());
    }

    #[test]
    fn what_needs_more_memory_than_there_is_is_not_begun() {
        let hashers = Hashers::start(SMALL, Implementation::Portable).expect("threads");
        let ticket = hashers.admit().expect("room");
        assert_eq!(
            block_on(hashers.compute(&ticket, needs(101), || 1)),
            Err(NotComputed::TooMuchMemory)
        );
        assert_eq!(block_on(hashers.compute(&ticket, needs(100), || 1)), Ok(1));
    }

    #[test]
    fn a_thread_survives_work_that_panics() {
        let hashers = Hashers::start(SMALL, Implementation::Portable).expect("threads");
        let ticket = hashers.admit().expect("room");
        let broken =
            block_on(hashers.compute(&ticket, needs(1), || -> u8 { panic!("on purpose") }));
        assert_eq!(broken, Err(NotComputed::Broken));
        assert_eq!(block_on(hashers.compute(&ticket, needs(1), || 2)), Ok(2));
        assert_eq!(hashers.gauges().memory_in_use_kib, 0);
    }

    #[test]
    fn a_client_that_left_begins_no_hash() {
        let hashers = Hashers::start(SMALL, Implementation::Portable).expect("threads");
        let ticket = hashers.admit().expect("room");
        let (here, presence) = Presence::new();
        let made = block_on(async {
            let busy = Arc::clone(&hashers.threads).acquire_owned().await;
            let waiting = presence.scope(hashers.compute(&ticket, needs(1), || ()));
            let mut waiting = Box::pin(waiting);
            let began = std::future::poll_fn(|context| {
                std::task::Poll::Ready(waiting.as_mut().poll(context).is_ready())
            });
            assert!(!began.await, "the only thread is taken");
            drop(here);
            let made = waiting.await;
            drop(busy);
            made
        });
        assert_eq!(made, Err(NotComputed::Abandoned));
        assert_eq!(hashers.gauges().done, 0);
        assert_eq!(block_on(hashers.compute(&ticket, needs(1), || 1)), Ok(1));
    }

    #[test]
    fn one_accounts_dear_value_leaves_threads_to_the_others() {
        let size = PoolSize {
            threads: 4,
            ..SMALL
        };
        let hashers = Hashers::start(size, Implementation::Portable).expect("threads");
        let dear = HashNeeds {
            memory_kib: 1,
            dear: Some(b"one account's"),
        };
        let ticket = hashers.admit().expect("room");
        block_on(async {
            let (go, wait) = std::sync::mpsc::channel::<()>();
            let mut first = Box::pin(hashers.compute(&ticket, dear, move || wait.recv().ok()));
            let mut second = Box::pin(hashers.compute(&ticket, dear, || None::<()>));
            let both_wait = std::future::poll_fn(|context| {
                let first = first.as_mut().poll(context).is_pending();
                std::task::Poll::Ready(first && second.as_mut().poll(context).is_pending())
            });
            assert!(both_wait.await);
            // The second has no thread yet, and anybody else has one at once.
            assert_eq!(hashers.threads.available_permits(), 3);
            assert_eq!(hashers.compute(&ticket, needs(1), || 7).await, Ok(7));
            go.send(()).expect("the first waits");
            assert_eq!(first.await, Ok(Some(())));
            assert_eq!(second.await, Ok(None));
        });
    }

    #[test]
    fn what_the_threads_keep_is_no_more_than_half_of_the_memory() {
        let fit = |mib: u64| {
            let machine = Machine {
                cpus: 2,
                memory_bytes: Some((512 + mib) << 20),
            };
            let size = PoolSize::fit(machine, 10 << 10, None, 5).expect("room for one");
            (size.kept_kib >> 10, size.memory_kib >> 10)
        };
        assert_eq!(fit(100), (10, 80));
        assert_eq!(fit(40), (10, 20));
        assert_eq!(fit(39), (0, 39));
    }

    #[test]
    fn threads_are_cut_to_what_the_memory_holds() {
        let machine = |mib: u64| Machine {
            cpus: 8,
            memory_bytes: Some(mib << 20),
        };
        let fit = |mib| PoolSize::fit(machine(mib), 1 << 20, None, 5).map(|size| size.threads);
        assert_eq!(fit(512 + 3 * 1024), Some(3));
        assert_eq!(fit(512 + 100), None);
        assert_eq!(
            PoolSize::fit(machine(8192), 64, Some(2), 5).map(|size| size.threads),
            Some(2)
        );
    }
}
