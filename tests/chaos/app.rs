//! The application of a round: it changes passwords, signs people up, deletes and locks them, and logs them in, each time
//! against the password that was committed last. It alone knows which one that is.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use crate::check::strong;
use crate::members::{Held, Judge, Member, Members, Row};
use crate::random::Random;
use crate::servers::Backend;
use crate::session::Session;
use crate::sidecar;
use crate::table::{Shape, login_of};

/// An application at work. Dropped, it stops.
pub(crate) struct App {
    signs: Arc<Signs>,
    thread: Option<JoinHandle<Record>>,
}

/// What the round tells the application meanwhile.
#[derive(Default)]
pub(crate) struct Signs {
    stop: AtomicBool,
    /// What is weak may be reset from now on.
    pub(crate) resets: AtomicBool,
    /// So many members are to be taken over from an old system. 0 again when they are there.
    pub(crate) imports: AtomicU64,
    pub(crate) operations: AtomicU64,
}

/// What the application knows at its end.
#[derive(Debug, Default)]
pub(crate) struct Record {
    pub(crate) members: Members,
    pub(crate) anomalies: Vec<String>,
    pub(crate) logins: u64,
    /// How often the application has tried to write somebody's password.
    pub(crate) writes: u64,
    pub(crate) deleted: u64,
    pub(crate) signed_up: u64,
    /// How many COMMITs got no answer.
    pub(crate) unsure: u64,
}

/// How it is started.
pub(crate) struct Work {
    pub(crate) backend: Backend,
    pub(crate) url: String,
    pub(crate) seed: u64,
    pub(crate) shape: Shape,
    pub(crate) members: Members,
    pub(crate) pause: Duration,
    pub(crate) signs_up: bool,
    /// The sidecar's socket.
    pub(crate) socket: Option<PathBuf>,
}

impl App {
    pub(crate) fn start(work: Work) -> Self {
        let signs = Arc::new(Signs::default());
        let session = Session::open(&work.url);
        let mut worker = Worker {
            signs: signs.clone(),
            random: Random(work.seed),
            next_key: work.shape.rows,
            record: Record {
                members: work.members.clone(),
                ..Record::default()
            },
            session,
            work,
        };
        let thread = std::thread::spawn(move || {
            while !worker.signs.stop.load(Ordering::SeqCst) {
                worker.act();
                worker.signs.operations.fetch_add(1, Ordering::SeqCst);
                std::thread::sleep(worker.work.pause);
            }
            worker.record
        });
        Self {
            signs,
            thread: Some(thread),
        }
    }

    pub(crate) fn signs(&self) -> &Signs {
        &self.signs
    }

    /// Lets it finish what it is at.
    pub(crate) fn stop(mut self) -> Record {
        self.signs.stop.store(true, Ordering::SeqCst);
        self.thread.take().unwrap().join().unwrap()
    }
}

impl Drop for App {
    fn drop(&mut self) {
        self.signs.stop.store(true, Ordering::SeqCst);
        if let Some(thread) = self.thread.take() {
            thread.join().ok();
        }
    }
}

/// The thread's side.
struct Worker {
    work: Work,
    signs: Arc<Signs>,
    random: Random,
    session: Session,
    next_key: u64,
    record: Record,
}

impl Worker {
    fn act(&mut self) {
        let imports = self.signs.imports.load(Ordering::SeqCst);
        if imports > 0 {
            if self.import(imports).is_err() {
                self.reconnect();
            }
            self.signs.imports.store(0, Ordering::SeqCst);
            return;
        }
        let key = self.random.below(self.work.shape.rows);
        let old_writer = self.work.shape.old_writer;
        let done = match self.random.below(24) {
            0..=6 => self.change(key, true),
            7..=9 => self.change(key, !old_writer),
            10 if self.work.signs_up => self.sign_up(!old_writer),
            11 if self.random.once_in(4) => self.delete(key),
            12 => self.lock(key),
            13..=15 if self.work.socket.is_some() => {
                self.log_in_by_sidecar(key);
                Ok(())
            }
            _ => self.log_in(key),
        };
        if done.is_err() {
            self.reconnect();
        }
    }

    /// Members of an old system, all in one transaction.
    fn import(&mut self, rows: u64) -> Result<(), sqlx::Error> {
        let backend = self.work.backend;
        let mut held = Vec::new();
        let mut values = Vec::new();
        for key in self.next_key..self.next_key + rows {
            let (member, [value, salt]) = self.work.shape.row(key, &mut self.random);
            values.push(format!(
                "({key}, '{}', {}, {})",
                login_of(key),
                backend.literal(value.as_deref()),
                backend.literal(salt.as_deref())
            ));
            held.push((key, member));
        }
        self.next_key += rows;
        self.begin()?;
        let sql = format!(
            "INSERT INTO member (id, login, pw, salt) VALUES {}",
            values.join(", ")
        );
        if let Err(error) = self.session.try_exec(&sql) {
            return self
                .session
                .try_exec("ROLLBACK")
                .map_err(|_| error)
                .map(|_| ());
        }
        self.record.signed_up += rows;
        let committed = self.session.try_exec("COMMIT");
        self.record.unsure += u64::from(committed.is_err());
        for (key, held) in held {
            let mut member = Member::new(Held::Nobody);
            member.write(held, committed.is_ok());
            self.record.members.all.insert(key, member);
        }
        committed.map(|_| ())
    }

    fn begin(&mut self) -> Result<u64, sqlx::Error> {
        self.session
            .try_exec(if self.work.backend == Backend::Sqlite {
                "BEGIN IMMEDIATE"
            } else {
                "BEGIN"
            })
    }

    fn change(&mut self, key: u64, is_strong: bool) -> Result<(), sqlx::Error> {
        let salt = if self.random.once_in(2) {
            self.work.shape.salt(&mut self.random)
        } else {
            return self.change_with(key, is_strong, None);
        };
        self.change_with(key, is_strong, Some(salt))
    }

    /// Another password, with another salt or with the one that the row has.
    fn change_with(
        &mut self,
        key: u64,
        is_strong: bool,
        salt: Option<Option<String>>,
    ) -> Result<(), sqlx::Error> {
        let salt = match salt {
            Some(salt) => salt,
            None => match self.row(key)? {
                Some((_, salt)) => salt,
                None => return Ok(()),
            },
        };
        let (held, value) = self.new_password(is_strong, salt.as_deref());
        let backend = self.work.backend;
        let sql = format!(
            "UPDATE member SET pw = {}, salt = {} WHERE id = {key}",
            backend.literal(Some(&value)),
            backend.literal(salt.as_deref())
        );
        self.write(key, &sql, held)
    }

    fn sign_up(&mut self, is_strong: bool) -> Result<(), sqlx::Error> {
        let key = self.next_key;
        self.next_key += 1;
        let salt = self.work.shape.salt(&mut self.random);
        let (held, value) = self.new_password(is_strong, salt.as_deref());
        let backend = self.work.backend;
        let sql = format!(
            "INSERT INTO member (id, login, pw, salt) VALUES ({key}, '{}', {}, {})",
            login_of(key),
            backend.literal(Some(&value)),
            backend.literal(salt.as_deref())
        );
        self.record.signed_up += 1;
        let nobody = Member::new(Held::Nobody);
        self.record.members.all.insert(key, nobody);
        self.write(key, &sql, held)
    }

    fn delete(&mut self, key: u64) -> Result<(), sqlx::Error> {
        self.record.deleted += 1;
        self.write(
            key,
            &format!("DELETE FROM member WHERE id = {key}"),
            Held::Nobody,
        )
    }

    fn lock(&mut self, key: u64) -> Result<(), sqlx::Error> {
        let sql = format!("UPDATE member SET pw = NULL WHERE id = {key}");
        self.write(key, &sql, Held::Value(None))
    }

    /// One transaction that changes one row. Sometimes it stays open for a while, or is rolled back.
    fn write(&mut self, key: u64, sql: &str, held: Held) -> Result<(), sqlx::Error> {
        self.record.writes += 1;
        self.begin()?;
        let rows = match self.session.try_exec(sql) {
            Ok(rows) => rows,
            // Refused, or not to be had: nothing of it will be committed.
            Err(error) => {
                self.session.try_exec("ROLLBACK").map_err(|_| error)?;
                return Ok(());
            }
        };
        if self.random.once_in(8) {
            std::thread::sleep(self.random.millis(60));
        }
        if self.random.once_in(10) {
            self.session.try_exec("ROLLBACK")?;
            return Ok(());
        }
        let committed = self.session.try_exec("COMMIT");
        self.record.unsure += u64::from(committed.is_err());
        let member = self
            .record
            .members
            .all
            .get_mut(&key)
            .expect("all are known");
        if rows == 1 {
            member.write(held, committed.is_ok());
        }
        committed.map(|_| ())
    }

    fn log_in(&mut self, key: u64) -> Result<(), sqlx::Error> {
        // What is judged may have been reset between the two, never the other way round.
        let row = self.row(key)?;
        let judge = Judge {
            formula: self.work.shape.formula,
            may_be_reset: self.signs.resets.load(Ordering::SeqCst),
        };
        self.record.logins += 1;
        let member = &self.record.members.all[&key];
        if let Some(anomaly) = judge.anomaly(member, row.as_ref()) {
            self.record
                .anomalies
                .push(format!("meanwhile, member {key}: {anomaly}"));
        }
        if row.is_some() {
            let seen = format!(
                "UPDATE member SET seen = '{}' WHERE id = {key}",
                self.record.logins
            );
            self.session.try_exec(&seen)?;
        }
        Ok(())
    }

    fn log_in_by_sidecar(&mut self, key: u64) {
        let member = &self.record.members.all[&key];
        let [
            Held::Password {
                password,
                is_strong,
            },
        ] = &member.maybe[..]
        else {
            return;
        };
        let socket = self.work.socket.as_deref().expect("asked before");
        let wrong = self.random.once_in(4);
        let typed = if wrong { "nobody's password" } else { password };
        let Some(is_let_in) = sidecar::log_in(socket, &login_of(key), typed) else {
            return;
        };
        self.record.logins += 1;
        // Rows that nothing proves, and rows that were reset, are let in by nobody.
        let must_open = *is_strong && !wrong;
        if (is_let_in && wrong) || (!is_let_in && must_open) {
            self.record.anomalies.push(format!(
                "the sidecar let {typed:?} in: {is_let_in}; member {key}: {member:?}"
            ));
        }
    }

    fn row(&mut self, key: u64) -> Result<Option<Row>, sqlx::Error> {
        let rows = self
            .session
            .try_query(&format!("SELECT pw, salt FROM member WHERE id = {key}"))?;
        Ok(rows.into_iter().next().map(|mut row| {
            let salt = row.pop().unwrap();
            (row.pop().unwrap(), salt)
        }))
    }

    /// A password, and what is stored of it.
    fn new_password(&mut self, is_strong: bool, salt: Option<&str>) -> (Held, String) {
        let password = format!("chosen {}", self.random.next());
        let value = if is_strong {
            let mut random = [0; 16];
            random[..8].copy_from_slice(&self.random.next().to_le_bytes());
            strong(&password, &random)
        } else {
            let formula = self.work.shape.formula;
            formula.old(&password, salt.unwrap_or_default())
        };
        let held = Held::Password {
            password,
            is_strong,
        };
        (held, value)
    }

    /// The server may have been killed, or the connection cut; it comes back or the round ends.
    fn reconnect(&mut self) {
        while !self.signs.stop.load(Ordering::SeqCst) {
            match Session::try_open(&self.work.url) {
                Ok(session) => {
                    self.session = session;
                    return;
                }
                Err(_) => std::thread::sleep(Duration::from_millis(50)),
            }
        }
    }
}
