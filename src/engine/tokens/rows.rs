//! The rows that get a token, page by page.

use crate::auth;
use crate::census::{Fingerprint, Fingerprints};
use crate::config::{Credential, Settings};
use crate::engine::error::EngineError;
use crate::engine::patient::patiently;
use crate::engine::request::TokenOptions;
use crate::engine::session::Session;
use crate::store::ledger::{ResetLines, reset, token as ledger};
use crate::store::{Bounds, Companion, CredentialColumn, Key, Row, Storage, read_page};

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

/// So many rows are read, and their tokens kept, at once.
const PAGE_ROWS: usize = 2_000;

/// The rows of one column, page by page: those that were reset and still are.
pub(crate) struct RowsToToken<'s> {
    pub(crate) credential: &'s Credential,
    pub(crate) column: CredentialColumn,
    pub(crate) auth: auth::Column,
    pub(crate) was_reset: Fingerprints,
    pub(crate) have_one: Fingerprints,
    pub(crate) after: Option<Key>,
    pub(crate) is_over: bool,
}

/// What came of a page.
pub(crate) struct TokenPage<'s> {
    /// The credential's name.
    pub(crate) credential: &'s str,
    pub(crate) rows: Vec<Row>,
    pub(crate) counts: TokenCounts,
}

impl<'s> RowsToToken<'s> {
    pub(crate) async fn of(
        session: &mut Session<'s>,
        at: usize,
        options: &TokenOptions,
    ) -> Result<Self, EngineError> {
        let settings: &'s Settings = session.settings;
        let credential = &settings.credentials[at];
        let fingerprint = |key: &str| Fingerprint::of_value(key.as_bytes());
        let read = patiently(session, &(), async |session| {
            let (conn, names) = (&mut session.conn, &session.names);
            let asked = ResetLines {
                run: options.run.as_deref(),
                after: None,
            };
            let mut was_reset = Vec::new();
            reset::each(conn, names, asked, &mut |line| {
                if line.credential == credential.name {
                    was_reset.push(fingerprint(&line.row_key));
                }
                true
            })
            .await?;
            let mut have_one = Vec::new();
            if !options.replaces {
                ledger::each_good(conn, names, &credential.name, &mut |key| {
                    have_one.push(fingerprint(key));
                })
                .await?;
            }
            Ok((was_reset, have_one))
        });
        let (was_reset, have_one) = read.await?;
        let logins: Vec<Companion> = Companion::logins(credential.login.columns.len()).collect();
        Ok(Self {
            credential,
            column: session.columns[at].with_companions(&logins)?,
            auth: auth::Column {
                declared: credential.scheme,
                outer: settings.target.outer,
                dialect: settings.target.dialect,
                normalize: credential.normalize,
            },
            is_over: was_reset.is_empty(),
            was_reset: Fingerprints::new(was_reset),
            have_one: Fingerprints::new(have_one),
            after: None,
        })
    }

    pub(crate) async fn next(
        &mut self,
        session: &mut Session<'_>,
    ) -> Result<Option<TokenPage<'s>>, EngineError> {
        if self.is_over {
            return Ok(None);
        }
        let rows = patiently(session, &(), async |session| {
            let bounds = Bounds {
                after: self.after.as_ref(),
                up_to: None,
                limit: PAGE_ROWS,
            };
            Ok(read_page(&mut session.conn, &self.column, bounds).await?)
        });
        let mut rows = rows.await?;
        self.is_over = rows.len() < PAGE_ROWS;
        if let Some(last) = rows.last() {
            self.after = Some(last.key.clone());
        }
        let mut counts = TokenCounts::default();
        rows.retain(|row| self.gets_one(row, &mut counts));
        Ok(Some(TokenPage {
            credential: &self.credential.name,
            rows,
            counts,
        }))
    }

    fn gets_one(&self, row: &Row, counts: &mut TokenCounts) -> bool {
        let is_dead = row
            .stored
            .as_ref()
            .is_some_and(|stored| self.auth.is_dead(stored));
        // Who was reset softly still has a value, unless an administrator has locked the account.
        let is_soft = row.must_change && self.auth.may_choose(row.stored.as_ref());
        if !(is_dead || is_soft) || row.excepted || row.storage == Storage::Number {
            return false;
        }
        let line = row.key.to_ledger_line();
        let fingerprint = Fingerprint::of_value(line.as_bytes());
        if !self.was_reset.contains(fingerprint) {
            return false;
        }
        if line != row.key.to_ledger() {
            counts.left_out += 1;
            return false;
        }
        if self.have_one.contains(fingerprint) {
            counts.have_one += 1;
            return false;
        }
        counts.tokens += 1;
        true
    }
}

impl TokenCounts {
    pub(crate) fn add(&mut self, other: Self) {
        self.tokens += other.tokens;
        self.have_one += other.have_one;
        self.left_out += other.left_out;
    }
}
