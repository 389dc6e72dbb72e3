//! An application that goes on working beside a run, on a connection of its own: it changes passwords, logs in, signs up
//! and deletes users, holds rows locked, and remembers each write that the database acknowledged.
//!
//! Not its job: what may have become of a written value. A test says that (`Record::lost`).

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use crate::servers::Backend;
use crate::session::Session;

/// The table that the application works on: a number as key, and no column that an INSERT must fill but these.
#[derive(Clone)]
pub(crate) struct AppTable {
    pub(crate) table: &'static str,
    pub(crate) key: &'static str,
    pub(crate) column: &'static str,
    /// Where a login writes its stamp (text), if anywhere.
    pub(crate) last_login: Option<&'static str>,
}

/// How the application behaves. The numbers are shares of what it does.
#[derive(Clone)]
pub(crate) struct Habits {
    /// Decides what is done to whom, so that a run can be told apart from another by one number.
    pub(crate) seed: u64,
    /// The users there are at the start; those who sign up get the keys after them.
    pub(crate) keys: Range<u64>,
    /// What the application stores for a password.
    pub(crate) hash: fn(password: &str) -> String,
    pub(crate) change: u64,
    pub(crate) login: u64,
    pub(crate) delete: u64,
    pub(crate) sign_up: u64,
    /// A change whose transaction stays open for `lock_for`, and is then committed or rolled back.
    pub(crate) lock: u64,
    pub(crate) lock_for: Duration,
    /// Between two things it does.
    pub(crate) pause: Duration,
}

/// An application at work. Dropped, it stops.
pub(crate) struct App {
    stop: Arc<AtomicBool>,
    operations: Arc<AtomicU64>,
    thread: Option<JoinHandle<Record>>,
}

/// What the application wrote, as far as the database said yes.
#[derive(Debug, Default)]
pub(crate) struct Record {
    /// The last value by key, of those who signed up too.
    pub(crate) written: BTreeMap<u64, Written>,
    pub(crate) deleted: BTreeSet<u64>,
    pub(crate) signed_up: BTreeSet<u64>,
    /// The stamp of the last login by key.
    pub(crate) logins: BTreeMap<u64, String>,
    /// Keys whose last write got no answer: it may have happened or not.
    pub(crate) unsure: BTreeSet<u64>,
    /// How often the database said no (a deadlock, a lock wait).
    pub(crate) refused: u64,
    pub(crate) rolled_back: u64,
}

/// A password that the application stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Written {
    pub(crate) password: String,
    pub(crate) value: String,
}

impl App {
    pub(crate) fn start(backend: Backend, url: &str, table: &AppTable, habits: &Habits) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let operations = Arc::new(AtomicU64::new(0));
        let mut worker = Worker {
            backend,
            url: url.to_owned(),
            session: Session::open(url),
            table: table.clone(),
            habits: habits.clone(),
            random: habits.seed,
            next_key: habits.keys.end,
            record: Record::default(),
        };
        let (stopped, done) = (Arc::clone(&stop), Arc::clone(&operations));
        let thread = std::thread::spawn(move || {
            while !stopped.load(Ordering::Relaxed) {
                worker.act(&stopped);
                done.fetch_add(1, Ordering::Relaxed);
                std::thread::sleep(worker.habits.pause);
            }
            worker.record
        });
        Self {
            stop,
            operations,
            thread: Some(thread),
        }
    }

    /// How many things it has done or tried.
    pub(crate) fn operations(&self) -> u64 {
        self.operations.load(Ordering::Relaxed)
    }

    /// Lets it finish what it is at.
    pub(crate) fn stop(mut self) -> Record {
        self.stop.store(true, Ordering::Relaxed);
        self.thread
            .take()
            .expect("taken here alone")
            .join()
            .unwrap()
    }
}

impl Drop for App {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

impl Record {
    /// The writes that are not in the table any more, in words; `stands` says whether what is stored now comes of what
    /// was written.
    pub(crate) fn lost(
        &self,
        session: &mut Session,
        table: &AppTable,
        stands: impl Fn(&Written, &str) -> bool,
    ) -> Vec<String> {
        let AppTable {
            table,
            key,
            column,
            last_login,
        } = table;
        let stamp = last_login.unwrap_or("NULL");
        let rows: BTreeMap<u64, (Option<String>, Option<String>)> = session
            .query(&format!("SELECT {key}, {column}, {stamp} FROM {table}"))
            .into_iter()
            .map(|mut row| {
                let (stamp, value, key) =
                    (row.pop().unwrap(), row.pop().unwrap(), row.pop().unwrap());
                (key.unwrap().parse().unwrap(), (value, stamp))
            })
            .collect();
        let mut lost = Vec::new();
        for (key, written) in &self.written {
            let now = rows.get(key).and_then(|(value, _)| value.as_deref());
            let sure = !self.unsure.contains(key) && !self.deleted.contains(key);
            if sure && !now.is_some_and(|now| stands(written, now)) {
                lost.push(format!(
                    "key {key}: wrote {:?}, found {now:?}",
                    written.value
                ));
            }
        }
        for (key, stamp) in &self.logins {
            if let Some((_, now)) = rows.get(key)
                && !self.unsure.contains(key)
                && now.as_ref() != Some(stamp)
            {
                lost.push(format!("key {key}: logged in at {stamp}, found {now:?}"));
            }
        }
        for key in self.deleted.iter().filter(|key| rows.contains_key(key)) {
            lost.push(format!("key {key}: was deleted and is back"));
        }
        lost
    }
}

enum Deed {
    Change,
    Login,
    Delete,
    SignUp,
    Lock,
}

/// The thread's side of an application.
struct Worker {
    backend: Backend,
    url: String,
    session: Session,
    table: AppTable,
    habits: Habits,
    random: u64,
    next_key: u64,
    record: Record,
}

impl Worker {
    fn act(&mut self, stop: &AtomicBool) {
        let deed = self.choose();
        let key = match deed {
            Deed::SignUp => self.next_key,
            _ => self.habits.keys.start + self.below(self.habits.keys.end - self.habits.keys.start),
        };
        let done = match deed {
            Deed::Change => self.change(key),
            Deed::Login => self.login(key),
            Deed::Delete => self.delete(key),
            Deed::SignUp => self.sign_up(key),
            Deed::Lock => self.lock(key),
        };
        match done {
            Ok(()) => {}
            Err(error) if is_refusal(&error) => {
                self.record.refused += 1;
                let _ = self.session.try_exec("ROLLBACK");
            }
            Err(_) => {
                self.record.unsure.insert(key);
                self.reconnect(stop);
            }
        }
    }

    fn choose(&mut self) -> Deed {
        let Habits {
            change,
            login,
            delete,
            sign_up,
            lock,
            ..
        } = self.habits;
        let mut at = self.below(change + login + delete + sign_up + lock);
        for (deed, share) in [
            (Deed::Change, change),
            (Deed::Login, login),
            (Deed::Delete, delete),
            (Deed::SignUp, sign_up),
        ] {
            if at < share {
                return deed;
            }
            at -= share;
        }
        Deed::Lock
    }

    fn change(&mut self, key: u64) -> Result<(), sqlx::Error> {
        let written = self.new_password();
        let rows = self.update(key, &written)?;
        self.remember(key, written, rows);
        Ok(())
    }

    fn login(&mut self, key: u64) -> Result<(), sqlx::Error> {
        let AppTable {
            table,
            key: id,
            column,
            last_login,
        } = self.table.clone();
        self.session
            .try_query(&format!("SELECT {column} FROM {table} WHERE {id} = {key}"))?;
        let Some(last_login) = last_login else {
            return Ok(());
        };
        let stamp = format!("login-{}", self.below(u64::MAX));
        let rows = self.session.try_exec(&format!(
            "UPDATE {table} SET {last_login} = '{stamp}' WHERE {id} = {key}"
        ))?;
        if rows == 1 {
            self.record.logins.insert(key, stamp);
        }
        Ok(())
    }

    fn delete(&mut self, key: u64) -> Result<(), sqlx::Error> {
        let AppTable { table, key: id, .. } = self.table;
        if self
            .session
            .try_exec(&format!("DELETE FROM {table} WHERE {id} = {key}"))?
            == 1
        {
            self.record.deleted.insert(key);
        }
        Ok(())
    }

    fn sign_up(&mut self, key: u64) -> Result<(), sqlx::Error> {
        let AppTable {
            table,
            key: id,
            column,
            ..
        } = self.table;
        let written = self.new_password();
        let value = self.backend.literal(Some(&written.value));
        self.next_key += 1;
        let rows = self.session.try_exec(&format!(
            "INSERT INTO {table} ({id}, {column}) VALUES ({key}, {value})"
        ))?;
        self.record.signed_up.insert(key);
        self.remember(key, written, rows);
        Ok(())
    }

    fn lock(&mut self, key: u64) -> Result<(), sqlx::Error> {
        self.session.try_exec(if self.backend == Backend::Sqlite {
            "BEGIN IMMEDIATE"
        } else {
            "BEGIN"
        })?;
        let written = self.new_password();
        let rows = self.update(key, &written)?;
        std::thread::sleep(self.habits.lock_for);
        if self.below(2) == 0 {
            self.session.try_exec("ROLLBACK")?;
            self.record.rolled_back += 1;
        } else {
            self.session.try_exec("COMMIT")?;
            self.remember(key, written, rows);
        }
        Ok(())
    }

    fn update(&mut self, key: u64, written: &Written) -> Result<u64, sqlx::Error> {
        let AppTable {
            table,
            key: id,
            column,
            ..
        } = self.table;
        let value = self.backend.literal(Some(&written.value));
        self.session.try_exec(&format!(
            "UPDATE {table} SET {column} = {value} WHERE {id} = {key}"
        ))
    }

    fn remember(&mut self, key: u64, written: Written, rows: u64) {
        if rows == 1 {
            self.record.unsure.remove(&key);
            self.record.written.insert(key, written);
        }
    }

    fn new_password(&mut self) -> Written {
        let password = format!("chosen {}", self.below(u64::MAX));
        let value = (self.habits.hash)(&password);
        Written { password, value }
    }

    /// A number below a bound, by splitmix64: good enough to choose with, and the same for the same seed.
    fn below(&mut self, bound: u64) -> u64 {
        self.random = self.random.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.random;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % bound
    }

    /// The server may have been killed; it comes back or the test ends.
    fn reconnect(&mut self, stop: &AtomicBool) {
        while !stop.load(Ordering::Relaxed) {
            match Session::try_open(&self.url) {
                Ok(session) => {
                    self.session = session;
                    return;
                }
                Err(_) => std::thread::sleep(Duration::from_millis(50)),
            }
        }
    }
}

/// Whether the database said no, so that nothing was written. A server that goes down says a last word too
/// (PostgreSQL's class 57P, MySQL's 1053): that is no answer.
fn is_refusal(error: &sqlx::Error) -> bool {
    let sqlx::Error::Database(said) = error else {
        return false;
    };
    !said
        .code()
        .is_some_and(|code| code.starts_with("57P") || code == "08S01")
}
