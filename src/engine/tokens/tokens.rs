//! A token for everybody who was reset and has chosen no new password yet, handed over in a file.
//!
//! The order makes it safe to be killed. Tokens are kept as expired ones; the file is written and
//! is on the disk; all tokens become good at once; the file gets its name. So a token that is good
//! stands in a whole file. A call that was killed before its tokens became good has left none that
//! is good.
//!
//! What the file looks like, and where it is, is the caller's.

use std::collections::HashSet;
use std::time::Instant;

use super::rows::{RowsToToken, TokenCounts, TokenPage};
use super::token_file::{TokenFile, TokenFor, UnnamedFile};
use crate::engine::error::{EngineError, HasherError};
use crate::engine::patient::patiently;
use crate::engine::process;
use crate::engine::request::TokenOptions;
use crate::engine::retry::retry;
use crate::engine::run::locks::{LAST_WORDS_MAX, LockTaker, give_back, heartbeat, take_locks};
use crate::engine::session::Session;
use crate::failpoint::hit;
use crate::reset::{KeptToken, TOKEN_BYTES, TokenBinding, keep, token};
use crate::store::ledger::{
    BatchState, NewBatch, StaleBatches, UnfinishedRun, WholeBatch, WorkerIdentity, lock, migrate,
    token as ledger,
};
use crate::store::{Companion, CredentialColumn, Link, Role};

/// How a call ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokensMade {
    /// A new file, or none where there is nobody to get a token.
    New(TokenCounts),
    /// The file of a call that was killed at its very end has got its name.
    Resumed,
}

/// Counts who would get a token; writes nothing.
///
/// # Errors
/// Whatever the database says.
pub async fn count_tokens(
    session: &mut Session<'_>,
    options: &TokenOptions,
) -> Result<TokenCounts, EngineError> {
    let mut counts = TokenCounts::default();
    let version = patiently(session, &(), async |session| {
        Ok(migrate::version(&mut session.conn, &session.names).await?)
    });
    if version.await?.is_none() {
        return Ok(counts);
    }
    for at in 0..session.columns.len() {
        let mut rows = RowsToToken::of(session, at, options).await?;
        while let Some(page) = rows.next(session).await? {
            counts.add(page.counts);
        }
    }
    Ok(counts)
}

/// Makes the tokens and the file.
///
/// # Errors
/// Another process that works on one of the columns; a file that can't be written; whatever the
/// database says.
pub async fn make_tokens(
    session: &mut Session<'_>,
    options: &TokenOptions,
    file: &mut dyn TokenFile,
) -> Result<TokensMade, EngineError> {
    let mut control = Link::open_again(session.url.clone(), Role::Write).await?;
    let me = process::me();
    retry(&mut control, async |conn| {
        migrate::ensure_beside(conn, &session.names, UnfinishedRun::LeavesLedger).await
    })
    .await?;
    // No run and no other call may be at the columns meanwhile.
    let taker = LockTaker {
        me: &me,
        run: &options.batch,
        wait: None,
    };
    take_locks(&mut control, session, taker).await?;
    let made = TokenMaker {
        control: &mut control,
        me: &me,
        batch: &options.batch,
        beaten: Instant::now(),
    }
    .all(session, options, file)
    .await;
    // A database that is gone is not waited for again.
    if !made.as_ref().is_err_and(EngineError::is_gone) {
        let given = give_back(&mut control, &session.names, &me);
        tokio::time::timeout(LAST_WORDS_MAX, given).await.ok();
    }
    control.close().await;
    made
}

/// A call that holds the locks.
struct TokenMaker<'a> {
    control: &'a mut Link,
    me: &'a WorkerIdentity,
    /// The file's name for itself.
    batch: &'a str,
    beaten: Instant,
}

impl TokenMaker<'_> {
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
        retry(self.control, async |conn| {
            ledger::forget_expired(conn, &names).await?;
            let stale = if options.replaces {
                StaleBatches::All
            } else {
                StaleBatches::Unfinished
            };
            ledger::forget_batches(conn, &names, &credentials, stale).await
        })
        .await?;
        let mut counts = TokenCounts::default();
        for at in 0..session.columns.len() {
            let mut rows = RowsToToken::of(session, at, options).await?;
            while let Some(page) = rows.next(session).await? {
                if counts.tokens == 0 && page.counts.tokens > 0 {
                    file.begin(&options.batch).map_err(EngineError::Output)?;
                }
                counts.add(page.counts);
                self.keep(session, &page, file).await?;
                self.beat_in_time(session).await?;
            }
        }
        if counts.tokens == 0 {
            return Ok(TokensMade::New(counts));
        }
        hit("tokens-before-sync");
        let digest = file.finish().map_err(EngineError::Output)?;
        hit("tokens-after-sync");
        // Who has lost the locks may have somebody else at the same rows. The next call throws the
        // file away.
        self.beat(session).await?;
        let life_ms = i64::try_from(options.life.as_millis()).unwrap_or(i64::MAX);
        retry(self.control, async |conn| {
            let whole = WholeBatch {
                made_as: &options.batch,
                digest: &digest,
            };
            ledger::make_good(conn, &names, whole, life_ms).await
        })
        .await?;
        hit("tokens-after-good");
        let unnamed = UnnamedFile {
            batch: options.batch.clone(),
            digest,
        };
        file.publish(&unnamed).map_err(EngineError::Output)?;
        hit("tokens-after-name");
        Ok(TokensMade::New(counts))
    }

    /// Looks at what calls that were killed have left; true where that was all but done.
    async fn resume(
        &mut self,
        session: &Session<'_>,
        file: &mut dyn TokenFile,
    ) -> Result<bool, EngineError> {
        for unnamed in file.unnamed().map_err(EngineError::Output)? {
            let state = retry(self.control, async |conn| {
                ledger::batch(conn, &session.names, &unnamed.digest).await
            })
            .await?;
            // By the digest it is the file that was made, whoever may write in its folder.
            if state == BatchState::Good {
                file.publish(&unnamed).map_err(EngineError::Output)?;
                return Ok(true);
            }
            // The version before this one left a good batch under the name that it was made as, so
            // the digest says nothing of it.
            let as_made = retry(self.control, async |conn| {
                ledger::batch(conn, &session.names, &unnamed.batch).await
            })
            .await?;
            if as_made == BatchState::Good {
                return Err(EngineError::refused(
                    format!(
                        "the tokens in the file whose name ends in .{}.part are good: an older \
                         version of saltern was ended before it could give the file its name",
                        unnamed.batch
                    ),
                    "rename that file and use it, or delete it if it is not yours; then give the \
                     same command again",
                ));
            }
            file.discard(&unnamed.batch).map_err(EngineError::Output)?;
        }
        Ok(false)
    }

    /// Makes the tokens of a page: in the ledger as expired ones, and in the file.
    async fn keep(
        &mut self,
        session: &Session<'_>,
        page: &TokenPage<'_>,
        file: &mut dyn TokenFile,
    ) -> Result<(), EngineError> {
        let mut kept: Vec<(String, KeptToken)> = Vec::with_capacity(page.rows.len());
        for row in &page.rows {
            let Some(stored) = &row.stored else { continue };
            let mut random = [0; TOKEN_BYTES];
            getrandom::fill(&mut random).map_err(HasherError::Random)?;
            let token = token(&random);
            let login = row.companion(&Companion::Login);
            let bound = row.bound_login();
            let binding = TokenBinding {
                stored,
                login: bound.as_ref().map(|login| login.as_slice()),
            };
            kept.push((row.key.to_ledger(), keep(&token, binding)));
            let line = TokenFor {
                credential: page.credential,
                key: &row.key,
                login: login
                    .as_deref()
                    .and_then(|login| std::str::from_utf8(login).ok()),
                token: &token,
            };
            file.write(&line).map_err(EngineError::Output)?;
        }
        hit("tokens-before-keep");
        retry(self.control, async |conn| {
            let new = NewBatch {
                batch: self.batch,
                credential: page.credential,
                tokens: &kept,
            };
            ledger::keep_batch(conn, &session.names, new).await
        })
        .await?;
        hit("tokens-after-keep");
        Ok(())
    }

    /// Keeps the locks, when it is time.
    async fn beat_in_time(&mut self, session: &Session<'_>) -> Result<(), EngineError> {
        if self.beaten.elapsed() < heartbeat() {
            return Ok(());
        }
        self.beat(session).await
    }

    /// Keeps the locks.
    async fn beat(&mut self, session: &Session<'_>) -> Result<(), EngineError> {
        self.beaten = Instant::now();
        let held = retry(self.control, async |conn| {
            lock::heartbeat(conn, &session.names, &self.me.id).await
        })
        .await?;
        let columns = session.columns.iter().map(CredentialColumn::lock_name);
        if held < columns.collect::<HashSet<_>>().len() as u64 {
            return Err(EngineError::refused(
                "another process has taken this one for dead and is at its columns now",
                "give the same command again when the other has ended: no token of this call is good",
            ));
        }
        Ok(())
    }
}
