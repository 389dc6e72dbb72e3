//! A token for everybody who was reset and has chosen no new password yet, handed over in a file.
//!
//! The order is what makes it safe to be killed: tokens are kept as expired ones, the file is written and is on the disk, all tokens become good
//! at once, the file gets its name. A token that is good stands in a whole file; what was left of a call that was killed before has no
//! token that is good. What the file looks like, and where it is, is the caller's.

use std::collections::HashSet;
use std::io;
use std::time::{Duration, Instant};

use super::beat::HEARTBEAT;
use super::error::EngineError;
use super::hasher::HasherError;
use super::identity;
use super::patience::patiently;
use super::session::Session;
use crate::auth;
use crate::census::{Finger, Fingers};
use crate::config::{Credential, Settings};
use crate::failpoint::hit;
use crate::reset::{KeptToken, TOKEN_BYTES, keep, token};
use crate::secret::Token;
use crate::store::ledger::token::Batch;
use crate::store::ledger::{LockAttempt, WorkerIdentity, lock, migrate, reset, token as ledger};
use crate::store::{
    Bounds, Column, Key, Link, Neighbour, Role, Row, Storage, StoreError, read_page,
};

/// What is asked for.
#[derive(Clone, Debug)]
pub struct TokenOptions {
    /// The file's name for itself: a new one for each call.
    pub batch: String,
    /// Only those whom this run has reset.
    pub run: Option<String>,
    /// How long the tokens are good, from the moment when the file is whole.
    pub life: Duration,
    /// Whether the tokens of earlier files are void from now on, instead of being left to those who have one.
    pub replaces: bool,
}

/// How many there are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TokenCounts {
    /// Who gets a token.
    pub tokens: u64,
    /// Who has one from an earlier file that is still good.
    pub have_one: u64,
    /// Who can be given none: the key is too long for the ledger.
    pub left_out: u64,
}

/// How a call ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokensMade {
    /// A new file, or none where there is nobody to get a token.
    New(TokenCounts),
    /// The file of a call that was killed at its very end has got its name.
    Resumed,
}

/// A line of the file. Its `Debug` is blind to the token.
#[derive(Debug)]
pub struct TokenFor<'a> {
    /// The credential's name.
    pub credential: &'a str,
    /// The row's key.
    pub key: &'a Key,
    /// What is typed at login, where the credential names it and it is text.
    pub login: Option<&'a str>,
    /// The token.
    pub token: &'a Token,
}

/// The file.
pub trait TokenFile {
    /// The files of earlier calls that have not got their names, by batch.
    fn unnamed(&self) -> io::Result<Vec<String>>;
    /// Throws such a file away.
    fn discard(&mut self, batch: &str) -> io::Result<()>;
    /// Begins a new one.
    fn begin(&mut self, batch: &str) -> io::Result<()>;
    /// Writes a line.
    fn write(&mut self, line: &TokenFor<'_>) -> io::Result<()>;
    /// Has all of it on the disk.
    fn finish(&mut self) -> io::Result<()>;
    /// Gives the file its name, which nothing else may have.
    fn publish(&mut self, batch: &str) -> io::Result<()>;
}

/// So many rows are read, and their tokens kept, at once.
const PAGE_ROWS: usize = 2_000;

/// Counts who would get a token; writes nothing.
///
/// # Errors
/// Whatever the database says.
pub async fn count_tokens(
    session: &mut Session<'_>,
    options: &TokenOptions,
) -> Result<TokenCounts, EngineError> {
    let mut counts = TokenCounts::default();
    if migrate::version(&mut session.conn, &session.names)
        .await?
        .is_none()
    {
        return Ok(counts);
    }
    for at in 0..session.columns.len() {
        let mut readers = Readers::of(session, at, options).await?;
        while let Some(page) = readers.next(session).await? {
            counts.add(page.counts);
        }
    }
    Ok(counts)
}

/// Makes the tokens and the file.
///
/// # Errors
/// Another process that is at one of the columns; a file that can't be written; whatever the database says.
pub async fn make_tokens(
    session: &mut Session<'_>,
    options: &TokenOptions,
    file: &mut dyn TokenFile,
) -> Result<TokensMade, EngineError> {
    let mut control = Link::open(session.url.clone(), Role::Write).await?;
    let me = identity::me();
    patiently(&mut control, async |conn| {
        migrate::ensure(conn, &session.names).await
    })
    .await?;
    take_locks(&mut control, session, &options.batch, &me).await?;
    let made = Making {
        control: &mut control,
        me: &me,
        beaten: Instant::now(),
    }
    .all(session, options, file)
    .await;
    // What is not given back runs out.
    patiently(&mut control, async |conn| {
        lock::release(conn, &session.names, &me.id).await
    })
    .await
    .ok();
    control.close().await;
    made
}

/// No run and no other call may be at the columns meanwhile.
async fn take_locks(
    control: &mut Link,
    session: &Session<'_>,
    batch: &str,
    me: &WorkerIdentity,
) -> Result<(), EngineError> {
    for column in &session.columns {
        let name = column.lock_name();
        let attempt = patiently(control, async |conn| {
            let is_gone = |holder: &_| identity::is_gone(holder, me);
            lock::acquire(conn, &session.names, &name, batch, me, &is_gone).await
        })
        .await?;
        if let LockAttempt::Held(holder) = attempt {
            patiently(control, async |conn| {
                lock::release(conn, &session.names, &me.id).await
            })
            .await
            .ok();
            return Err(EngineError::Held {
                holder: Box::new(holder),
            });
        }
    }
    Ok(())
}

/// A call that holds the locks.
struct Making<'a> {
    control: &'a mut Link,
    me: &'a WorkerIdentity,
    beaten: Instant,
}

impl Making<'_> {
    async fn all(
        &mut self,
        session: &mut Session<'_>,
        options: &TokenOptions,
        file: &mut dyn TokenFile,
    ) -> Result<TokensMade, EngineError> {
        if self.resume(session, file).await? {
            return Ok(TokensMade::Resumed);
        }
        let credentials: Vec<String> = session
            .settings
            .credentials
            .iter()
            .map(|c| c.name.clone())
            .collect();
        let names = session.names.clone();
        patiently(self.control, async |conn| {
            ledger::forget_expired(conn, &names).await?;
            ledger::forget_batches(conn, &names, &credentials, options.replaces).await
        })
        .await?;
        let mut counts = TokenCounts::default();
        for at in 0..session.columns.len() {
            let mut readers = Readers::of(session, at, options).await?;
            while let Some(page) = readers.next(session).await? {
                if counts.tokens == 0 && page.counts.tokens > 0 {
                    file.begin(&options.batch).map_err(EngineError::Output)?;
                }
                counts.add(page.counts);
                self.keep(session, &readers, &page, options, file).await?;
                self.beat(session, false).await?;
            }
        }
        if counts.tokens == 0 {
            return Ok(TokensMade::New(counts));
        }
        hit("tokens-before-sync");
        file.finish().map_err(EngineError::Output)?;
        hit("tokens-after-sync");
        // Whoever has lost the locks may have somebody else at the same rows: the file is thrown away by the next call.
        self.beat(session, true).await?;
        let life_ms = i64::try_from(options.life.as_millis()).unwrap_or(i64::MAX);
        patiently(self.control, async |conn| {
            ledger::make_good(conn, &names, &options.batch, life_ms).await
        })
        .await?;
        hit("tokens-after-good");
        file.publish(&options.batch).map_err(EngineError::Output)?;
        hit("tokens-after-name");
        Ok(TokensMade::New(counts))
    }

    /// Looks at what calls that were killed have left; true where that was all but done.
    async fn resume(
        &mut self,
        session: &Session<'_>,
        file: &mut dyn TokenFile,
    ) -> Result<bool, EngineError> {
        for batch in file.unnamed().map_err(EngineError::Output)? {
            let state = patiently(self.control, async |conn| {
                ledger::batch(conn, &session.names, &batch).await
            })
            .await?;
            if state == Batch::Good {
                file.publish(&batch).map_err(EngineError::Output)?;
                return Ok(true);
            }
            file.discard(&batch).map_err(EngineError::Output)?;
        }
        Ok(false)
    }

    /// Makes the tokens of a page: in the ledger as expired ones, and in the file.
    async fn keep(
        &mut self,
        session: &Session<'_>,
        readers: &Readers<'_>,
        page: &Page,
        options: &TokenOptions,
        file: &mut dyn TokenFile,
    ) -> Result<(), EngineError> {
        let mut kept: Vec<(String, KeptToken)> = Vec::with_capacity(page.rows.len());
        for row in &page.rows {
            let Some(stored) = &row.stored else { continue };
            let mut random = [0; TOKEN_BYTES];
            getrandom::fill(&mut random).map_err(HasherError::Random)?;
            let token = token(&random);
            kept.push((row.key.to_ledger(), keep(&token, stored)));
            let line = TokenFor {
                credential: &readers.credential.name,
                key: &row.key,
                login: row
                    .beside(0)
                    .and_then(|login| std::str::from_utf8(login).ok()),
                token: &token,
            };
            file.write(&line).map_err(EngineError::Output)?;
        }
        hit("tokens-before-keep");
        patiently(self.control, async |conn| {
            ledger::keep_batch(
                conn,
                &session.names,
                &options.batch,
                &readers.credential.name,
                &kept,
            )
            .await
        })
        .await?;
        hit("tokens-after-keep");
        Ok(())
    }

    /// Keeps the locks, when it is time or `now`.
    async fn beat(&mut self, session: &Session<'_>, now: bool) -> Result<(), EngineError> {
        if !now && self.beaten.elapsed() < HEARTBEAT {
            return Ok(());
        }
        self.beaten = Instant::now();
        let held = patiently(self.control, async |conn| {
            lock::heartbeat(conn, &session.names, &self.me.id).await
        })
        .await?;
        let columns = session.columns.iter().map(Column::lock_name);
        if held < columns.collect::<HashSet<_>>().len() as u64 {
            return Err(EngineError::refused(
                "another process has taken this one for dead and is at its columns now",
                "give the same command again when the other has ended: no token of this call is good",
            ));
        }
        Ok(())
    }
}

/// The rows of one column, page by page: those that were reset and still are.
struct Readers<'s> {
    credential: &'s Credential,
    column: Column,
    auth: auth::Column,
    was_reset: Fingers,
    have_one: Fingers,
    after: Option<Key>,
    is_over: bool,
}

/// What came of a page.
struct Page {
    rows: Vec<Row>,
    counts: TokenCounts,
}

impl<'s> Readers<'s> {
    async fn of(
        session: &mut Session<'s>,
        at: usize,
        options: &TokenOptions,
    ) -> Result<Self, EngineError> {
        let settings: &'s Settings = session.settings;
        let credential = &settings.credentials[at];
        let finger = |key: &str| Finger::of_value(key.as_bytes());
        let mut was_reset = Vec::new();
        reset::each(
            &mut session.conn,
            &session.names,
            options.run.as_deref(),
            &mut |line| {
                if line.credential == credential.name {
                    was_reset.push(finger(&line.row_key));
                }
                true
            },
        )
        .await?;
        let mut have_one = Vec::new();
        if !options.replaces {
            ledger::each_good(
                &mut session.conn,
                &session.names,
                &credential.name,
                &mut |key| have_one.push(finger(key)),
            )
            .await?;
        }
        Ok(Self {
            credential,
            column: session.columns[at].beside(&[Neighbour::Login])?,
            auth: auth::Column {
                declared: credential.scheme,
                outer: settings.target.outer,
                dialect: settings.target.dialect,
                normalize: credential.normalize,
                dearest: None,
            },
            is_over: was_reset.is_empty(),
            was_reset: Fingers::new(was_reset),
            have_one: Fingers::new(have_one),
            after: None,
        })
    }

    async fn next(&mut self, session: &mut Session<'_>) -> Result<Option<Page>, StoreError> {
        if self.is_over {
            return Ok(None);
        }
        let bounds = Bounds {
            after: self.after.as_ref(),
            up_to: None,
            limit: PAGE_ROWS,
        };
        let mut rows = read_page(&mut session.conn, &self.column, bounds).await?;
        self.is_over = rows.len() < PAGE_ROWS;
        if let Some(last) = rows.last() {
            self.after = Some(last.key.clone());
        }
        let mut counts = TokenCounts::default();
        rows.retain(|row| self.gets_one(row, &mut counts));
        Ok(Some(Page { rows, counts }))
    }

    fn gets_one(&self, row: &Row, counts: &mut TokenCounts) -> bool {
        let is_dead = row
            .stored
            .as_ref()
            .is_some_and(|stored| self.auth.is_dead(stored));
        // Who was reset softly has a value still, unless an administrator has locked the account since.
        let is_soft = row.must_change && self.auth.may_choose(row.stored.as_ref());
        if !(is_dead || is_soft) || row.excepted || row.storage == Storage::Number {
            return false;
        }
        let line = row.key.to_ledger_line();
        let finger = Finger::of_value(line.as_bytes());
        if !self.was_reset.contains(finger) {
            return false;
        }
        if line != row.key.to_ledger() {
            counts.left_out += 1;
            return false;
        }
        if self.have_one.contains(finger) {
            counts.have_one += 1;
            return false;
        }
        counts.tokens += 1;
        true
    }
}

impl TokenCounts {
    fn add(&mut self, other: Self) {
        self.tokens += other.tokens;
        self.have_one += other.have_one;
        self.left_out += other.left_out;
    }
}
