//! The hashing pool: a thread a core, each with an arena of its own that is kept for the whole run.
//!
//! A page goes in as a batch and comes out when its last hash is made. Several batches may be under
//! way; they are worked on in the order in which they came. No database is read here, and no rule
//! is known. How many threads work at once may change meanwhile (`seats`).

use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Instant;

use tokio::sync::oneshot;
use zeroize::Zeroizing;

use super::budget::Budget;
use super::seats::Seats;
use crate::engine::error::HasherError;
use crate::engine::judge::work::Work;
use crate::kernel::{Arena, Input, KernelError, Plan, hash_batch};
use crate::scheme::{Dialect, Label, Outer, ValueMaker};
use crate::secret::{InnerSalt, StoredHash};

/// The pool.
pub struct Hasher {
    pool: rayon::ThreadPool,
    shared: Arc<PoolState>,
    /// How many hashes one task makes: a multiple of the lockstep, so many that a task takes about
    /// [`TASK_SECONDS`].
    per_task: AtomicUsize,
}

/// What the threads share.
struct PoolState {
    maker: ValueMaker,
    plan: Plan,
    /// One for each seat.
    arenas: Vec<Mutex<Option<Arena>>>,
    seats: Seats,
    /// Tasks that were handed in and are not done.
    in_hand: AtomicUsize,
    busy_nanos: AtomicU64,
    cpu_nanos: AtomicU64,
    hashed: AtomicU64,
    /// Once set, what has not begun is left undone.
    stopping: AtomicBool,
    error: OnceLock<KernelError>,
}

const TASK_SECONDS: f64 = 0.01;

/// A batch under way.
struct HashBatch {
    jobs: Vec<HashJob>,
    made: Vec<OnceLock<StoredHash>>,
    left: AtomicUsize,
    done: Mutex<Option<oneshot::Sender<Vec<Option<StoredHash>>>>>,
}

struct HashJob {
    work: Work,
    /// Random; what goes into the hash is what the dialect makes of it.
    salt: [u8; 16],
}

impl std::fmt::Debug for Hasher {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Hasher")
            .field("threads", &self.shared.arenas.len())
            .finish_non_exhaustive()
    }
}

impl Hasher {
    /// Starts the threads. The arenas are made by the threads themselves, each in memory near it.
    ///
    /// # Errors
    /// Where the system gives no threads.
    pub fn start(outer: Outer, dialect: Dialect, budget: &Budget) -> Result<Self, HasherError> {
        Self::start_with_room(outer, dialect, budget, budget.threads)
    }

    /// Starts the threads as [`Hasher::start`] does, with room for so many later.
    ///
    /// # Errors
    /// Where the system gives no threads.
    pub(crate) fn start_with_room(
        outer: Outer,
        dialect: Dialect,
        budget: &Budget,
        threads_max: usize,
    ) -> Result<Self, HasherError> {
        let threads = budget.threads.max(threads_max);
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .thread_name(|i| format!("hash-{i}"))
            .build()
            .map_err(|source| HasherError::Threads { threads, source })?;
        let shared = PoolState {
            maker: ValueMaker::new(outer, dialect),
            plan: budget.plan.clone(),
            arenas: (0..threads).map(|_| Mutex::new(None)).collect(),
            seats: Seats::new(threads, budget.threads),
            in_hand: AtomicUsize::new(0),
            busy_nanos: AtomicU64::new(0),
            cpu_nanos: AtomicU64::new(0),
            hashed: AtomicU64::new(0),
            stopping: AtomicBool::new(false),
            error: OnceLock::new(),
        };
        let per_task = AtomicUsize::new(shared.plan.lockstep().max(1));
        Ok(Self {
            pool,
            shared: Arc::new(shared),
            per_task,
        })
    }

    /// Sets how much a task does, from the measured rate of one thread.
    pub fn tune(&self, hashes_per_second_per_thread: f64) {
        let lockstep = self.shared.plan.lockstep().max(1);
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a small positive number"
        )]
        let hashes = (hashes_per_second_per_thread * TASK_SECONDS).clamp(1.0, 4096.0) as usize;
        self.per_task
            .store(hashes.div_ceil(lockstep) * lockstep, Ordering::Relaxed);
    }

    /// Hands a batch in. What comes back is in the order of `works`. An element is none where the
    /// pool was told to stop before it.
    ///
    /// # Errors
    /// Where the system gives no random salts.
    pub fn submit(
        &self,
        works: Vec<Work>,
    ) -> Result<oneshot::Receiver<Vec<Option<StoredHash>>>, HasherError> {
        let (done, receiver) = oneshot::channel();
        let mut salts = vec![0_u8; 16 * works.len()];
        getrandom::fill(&mut salts).map_err(HasherError::Random)?;
        let jobs: Vec<HashJob> = works
            .into_iter()
            .zip(salts.chunks_exact(16))
            .map(|(work, salt)| HashJob {
                work,
                salt: salt.try_into().expect("16 bytes each"),
            })
            .collect();
        if jobs.is_empty() {
            // The receiver is ours; it can't be gone.
            done.send(Vec::new()).ok();
            return Ok(receiver);
        }
        let per_task = self.per_task.load(Ordering::Relaxed).max(1);
        let tasks = jobs.len().div_ceil(per_task);
        let batch = Arc::new(HashBatch {
            made: jobs.iter().map(|_| OnceLock::new()).collect(),
            jobs,
            left: AtomicUsize::new(tasks),
            done: Mutex::new(Some(done)),
        });
        self.shared.in_hand.fetch_add(tasks, Ordering::Relaxed);
        for task in 0..tasks {
            let (batch, shared) = (Arc::clone(&batch), Arc::clone(&self.shared));
            self.pool.spawn_fifo(move || {
                let range = task * per_task..((task + 1) * per_task).min(batch.jobs.len());
                shared.work(&batch, range);
                shared.in_hand.fetch_sub(1, Ordering::Relaxed);
                batch.finish_task();
            });
        }
        Ok(receiver)
    }

    /// Leaves undone what has not begun.
    pub fn stop(&self) {
        self.shared.stopping.store(true, Ordering::Relaxed);
    }

    /// The first error of the kernel, if there was one.
    pub fn error(&self) -> Option<&KernelError> {
        self.shared.error.get()
    }

    /// Seconds spent inside the hash, over all threads.
    pub fn busy_seconds(&self) -> f64 {
        self.shared.busy_nanos.load(Ordering::Relaxed) as f64 / 1e9
    }

    /// Processor seconds spent inside the hash, over all threads.
    pub fn cpu_seconds(&self) -> f64 {
        self.shared.cpu_nanos.load(Ordering::Relaxed) as f64 / 1e9
    }

    /// Hashes made.
    pub fn hashed(&self) -> u64 {
        self.shared.hashed.load(Ordering::Relaxed)
    }

    /// Threads that may hash now.
    pub fn threads(&self) -> usize {
        self.shared.seats.open()
    }

    /// Lets so many threads hash, as far as there is room. A hash that has begun is made. The
    /// memory of those that stop is given back.
    pub(crate) fn set_threads(&self, threads: usize) {
        self.shared.seats.set_open(threads);
        for arena in self.shared.arenas.iter().skip(self.threads()) {
            // One that is hashing still gives it back behind its task.
            if let Ok(mut arena) = arena.try_lock() {
                *arena = None;
            }
        }
    }

    /// Whether there is something to hash.
    pub(crate) fn is_at_work(&self) -> bool {
        self.shared.in_hand.load(Ordering::Relaxed) > 0
    }
}

impl PoolState {
    fn work(&self, batch: &HashBatch, range: std::ops::Range<usize>) {
        let index = rayon::current_thread_index().unwrap_or(0);
        let Some(seat) = self.seats.take(index, &self.stopping) else {
            return;
        };
        let Ok(mut arena) = self.arenas[seat.no()].lock() else {
            return;
        };
        let len = self.plan.output_len();
        for group in range.clone().step_by(self.plan.lockstep().max(1)) {
            if self.stopping.load(Ordering::Relaxed) || self.error.get().is_some() {
                return;
            }
            let group = group..(group + self.plan.lockstep().max(1)).min(range.end);
            let begun = Instant::now();
            let cpu_begun = thread_cpu_nanos();
            if let Err(e) = self.hash(&mut arena, batch, group.clone(), len) {
                // The first error is the one that is told.
                self.error.set(e).ok();
                return;
            }
            self.busy_nanos.fetch_add(
                u64::try_from(begun.elapsed().as_nanos()).unwrap_or(u64::MAX),
                Ordering::Relaxed,
            );
            self.cpu_nanos
                .fetch_add(thread_cpu_nanos() - cpu_begun, Ordering::Relaxed);
            self.hashed.fetch_add(group.len() as u64, Ordering::Relaxed);
        }
        if seat.no() >= self.seats.open() {
            *arena = None;
        }
    }

    fn hash(
        &self,
        arena: &mut Option<Arena>,
        batch: &HashBatch,
        group: std::ops::Range<usize>,
        len: usize,
    ) -> Result<(), KernelError> {
        let arena = match arena {
            Some(arena) => arena,
            None => arena.insert(Arena::new(&self.plan)?),
        };
        let jobs = &batch.jobs[group.clone()];
        let salts = jobs.iter().map(|j| self.maker.salt(&j.salt));
        let salts: Vec<Vec<u8>> = salts.collect();
        let inputs: Vec<Input<'_>> = jobs
            .iter()
            .zip(&salts)
            .map(|(j, salt)| Input {
                text: &j.work.text,
                salt,
            })
            .collect();
        let mut digests = Zeroizing::new(vec![0_u8; inputs.len() * len]);
        hash_batch(&self.plan, arena, &inputs, &mut digests)?;
        for (i, digest) in group.zip(digests.chunks_exact(len)) {
            let job = &batch.jobs[i];
            let label = job.work.inner.as_ref().map(|inner| Label {
                inner,
                is: job.work.setting.as_ref().map(InnerSalt::as_bytes),
            });
            let value = self.maker.spell(&job.salt, digest, label);
            // Each position is one task's alone.
            batch.made[i].set(StoredHash::new(value)).ok();
        }
        Ok(())
    }
}

/// The processor time of this thread.
fn thread_cpu_nanos() -> u64 {
    let t = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    t.tv_sec.cast_unsigned() * 1_000_000_000 + t.tv_nsec.cast_unsigned()
}

impl HashBatch {
    fn finish_task(&self) {
        if self.left.fetch_sub(1, Ordering::AcqRel) != 1 {
            return;
        }
        let made = self.made.iter().map(|m| m.get().cloned()).collect();
        if let Ok(mut done) = self.done.lock()
            && let Some(done) = done.take()
        {
            // Nobody waits for it any more when a run was cut off.
            done.send(made).ok();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::hash::budget::budget;
    use crate::engine::hash::kernel::plan_for;
    use crate::kernel::Kernel;
    use crate::machine::Machine;
    use crate::scheme::InnerId;

    #[test]
    fn a_thread_that_hashed_when_its_seat_was_closed_gives_its_memory_back() {
        let outer = Outer::Argon2id {
            memory_kib: 64,
            iterations: 20,
            parallelism: 1,
        };
        let plan = plan_for(&outer, Kernel::choose(None).kernel).unwrap();
        let budget = budget(&Machine::detect(), &plan, Some(2)).unwrap();
        let budget = budget.with_lockstep(1);
        let hasher = Hasher::start(outer, Dialect::default(), &budget).unwrap();
        let work = Work {
            text: Zeroizing::new(b"5f4dcc3b5aa765d61d8327deb882cf99".to_vec()),
            inner: InnerId::parse("md5"),
            setting: None,
        };
        let made = hasher.submit(vec![work; 60]).unwrap();
        let second = &hasher.shared.arenas[1];
        while second.try_lock().is_ok() && hasher.is_at_work() {
            std::thread::yield_now();
        }
        hasher.set_threads(1);
        let made = made.blocking_recv().unwrap();
        assert!(made.iter().all(Option::is_some));
        assert!(second.lock().unwrap().is_none());
        assert!(hasher.shared.arenas[0].lock().unwrap().is_some());
    }
}
