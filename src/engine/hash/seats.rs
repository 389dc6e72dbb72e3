//! How many threads hash at once: each takes a seat before a task and gives it back behind it.
//!
//! Seats are given in the order in which they were asked for, so that an early page is not held up
//! by a later one.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard};
use std::time::Duration;

/// How often a thread without a seat looks whether the pool is being stopped.
const LOOK: Duration = Duration::from_millis(50);

/// The seats of a pool.
pub(super) struct Seats {
    room: Mutex<Room>,
    freed: Condvar,
}

struct Room {
    /// Whether each seat is taken.
    taken: Vec<bool>,
    /// The first so many may be taken.
    open: usize,
    /// The number that the next thread draws.
    next: u64,
    /// The number whose turn it is.
    turn: u64,
}

/// A seat that is taken, until it is dropped.
pub(super) struct Seat<'s> {
    seats: &'s Seats,
    no: usize,
}

impl Seat<'_> {
    /// Its number.
    pub(super) fn no(&self) -> usize {
        self.no
    }
}

impl Drop for Seat<'_> {
    fn drop(&mut self) {
        self.seats.room().taken[self.no] = false;
        self.seats.freed.notify_all();
    }
}

impl Seats {
    /// So many seats, the first `open` of which may be taken.
    pub(super) fn new(all: usize, open: usize) -> Self {
        Self {
            room: Mutex::new(Room {
                taken: vec![false; all],
                open: open.clamp(1, all),
                next: 0,
                turn: 0,
            }),
            freed: Condvar::new(),
        }
    }

    pub(super) fn open(&self) -> usize {
        self.room().open
    }

    /// Opens so many seats: at least one, and no more than there are.
    pub(super) fn set_open(&self, open: usize) {
        let mut room = self.room();
        room.open = open.clamp(1, room.taken.len());
        drop(room);
        self.freed.notify_all();
    }

    /// Takes a seat, the thread's own where it is free. None where the pool is stopped meanwhile.
    pub(super) fn take(&self, own: usize, stopping: &AtomicBool) -> Option<Seat<'_>> {
        let mut room = self.room();
        let number = room.next;
        room.next += 1;
        loop {
            if stopping.load(Ordering::Relaxed) {
                return None;
            }
            if room.turn == number
                && let Some(no) = room.free(own)
            {
                room.taken[no] = true;
                room.turn += 1;
                drop(room);
                // The next number may have been drawn already, and there may be another seat.
                self.freed.notify_all();
                return Some(Seat { seats: self, no });
            }
            room = self
                .freed
                .wait_timeout(room, LOOK)
                .map(|(room, _)| room)
                .expect("no thread panics while it holds this");
        }
    }

    fn room(&self) -> MutexGuard<'_, Room> {
        self.room
            .lock()
            .expect("no thread panics while it holds this")
    }
}

impl Room {
    /// A free seat: this one, or the first.
    fn free(&self, own: usize) -> Option<usize> {
        let open = &self.taken[..self.open];
        if open.get(own) == Some(&false) {
            return Some(own);
        }
        open.iter().position(|taken| !taken)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::mpsc;

    use super::*;

    static GOES_ON: AtomicBool = AtomicBool::new(false);

    #[test]
    fn a_thread_keeps_its_own_seat_where_all_are_open() {
        let seats = Seats::new(3, 3);
        let taken: Vec<_> = [2, 0, 1]
            .map(|own| seats.take(own, &GOES_ON).unwrap())
            .into();
        assert_eq!(taken.iter().map(Seat::no).collect::<Vec<_>>(), [2, 0, 1]);
    }

    #[test]
    fn no_more_threads_sit_than_seats_are_open() {
        let seats = Arc::new(Seats::new(4, 1));
        let first = seats.take(3, &GOES_ON).unwrap();
        assert_eq!(first.no(), 0);
        let (tell, told) = mpsc::channel();
        let others: Vec<_> = (0..2)
            .map(|own| {
                let (seats, tell) = (seats.clone(), tell.clone());
                std::thread::spawn(move || {
                    let seat = seats.take(own, &GOES_ON).unwrap();
                    tell.send(seat.no()).unwrap();
                })
            })
            .collect();
        while seats.room().next < 3 {
            std::thread::yield_now();
        }
        assert!(told.try_recv().is_err());
        drop(first);
        assert_eq!((told.recv(), told.recv()), (Ok(0), Ok(0)));
        for other in others {
            other.join().unwrap();
        }
    }

    #[test]
    fn seats_that_are_opened_later_are_taken_at_once() {
        let seats = Arc::new(Seats::new(2, 1));
        let first = seats.take(0, &GOES_ON).unwrap();
        let other = {
            let seats = seats.clone();
            std::thread::spawn(move || seats.take(0, &GOES_ON).unwrap().no())
        };
        while seats.room().next < 2 {
            std::thread::yield_now();
        }
        seats.set_open(9);
        assert_eq!(other.join().unwrap(), 1);
        assert_eq!(seats.open(), 2);
        drop(first);
    }

    #[test]
    fn whoever_waits_for_a_seat_hears_that_the_pool_is_stopped() {
        let seats = Seats::new(1, 1);
        let _taken = seats.take(0, &GOES_ON).unwrap();
        let stopping = AtomicBool::new(true);
        assert!(seats.take(0, &stopping).is_none());
    }
}
