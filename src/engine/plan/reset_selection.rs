//! Turns the operator's lists of users into the keys of rows.

use std::collections::{HashMap, HashSet};

use crate::config::{Credential, Settings};
use crate::engine::error::EngineError;
use crate::engine::event::{Event, Observer};
use crate::engine::judge::selection::{KeySet, ResetSelection, print_of};
use crate::engine::key_list::parse_line;
use crate::engine::patient::patiently;
use crate::engine::request::{By, ResetRequest};
use crate::engine::session::Session;
use crate::store::ledger::{WrappedSince, wrapped};
use crate::store::{Companion, Order, StoreError, scan};

/// Turns the lists into keys.
///
/// # Errors
/// A line that can't name a row. A line of `except_users` that names none: a slip there would reset
/// who must not be reset.
pub(crate) async fn resolve(
    session: &mut Session<'_>,
    request: &ResetRequest,
    observer: &dyn Observer,
) -> Result<ResetSelection, EngineError> {
    let mut selection = ResetSelection {
        reason: request.reason.clone(),
        ..ResetSelection::default()
    };
    if let Some(lines) = &request.users {
        let (keys, missing) = patiently(session, observer, async |session| {
            keys_of(session, lines, request.by).await
        })
        .await?;
        let named = lines.iter().filter(|line| !line.trim().is_empty()).count();
        if missing.len() == named {
            return Err(EngineError::refused(
                "no line of --users names a row",
                "say with --by what the lines are, keys as `saltern run --print` shows them or logins, and look whether the file is the right one",
            ));
        }
        if !missing.is_empty() {
            observer.on(
                None,
                &Event::Warning {
                    text: format!(
                        "{} lines of --users name no row, the first of them line {}",
                        missing.len(),
                        missing[0]
                    ),
                },
            );
        }
        selection.users = Some(keys);
    }
    if !request.except_users.is_empty() {
        let (keys, missing) = patiently(session, observer, async |session| {
            keys_of(session, &request.except_users, request.by).await
        })
        .await?;
        if let Some(first) = missing.first() {
            return Err(EngineError::refused(
                format!(
                    "{} lines of --except-users name no row, the first of them line {first}",
                    missing.len()
                ),
                "put the lines right or take them out: whoever a misspelt line was meant for would be reset",
            ));
        }
        selection.except = keys;
    }
    if let Some(age) = request.wrapped_before {
        let since_ms = session.now_ms.saturating_sub(age.millis());
        for credential in &session.settings.credentials {
            let prints = selection.lately.entry(credential.name.clone()).or_default();
            // A row may have been in another part when it was wrapped.
            let parts = session.settings.credentials.iter();
            for part in parts.filter(|part| part.file_name() == credential.file_name()) {
                let asked = patiently(session, observer, async |session| {
                    let asked = WrappedSince {
                        credential: &part.name,
                        since_ms,
                    };
                    wrapped::each_since(&mut session.conn, &session.names, asked, &mut |key| {
                        prints.insert(print_of(key));
                    })
                    .await?;
                    Ok(())
                });
                asked.await?;
            }
        }
    }
    Ok(selection)
}

/// A row that a line names by one of several columns of logins.
struct RowByLogin {
    /// The line, and the first credential with the same logins.
    of: (usize, usize),
    /// The place of the column.
    rank: usize,
    /// The place of the credential.
    at: usize,
    key: String,
}

/// The place of the first credential with the same columns of logins of the same table.
fn logins_of_table(settings: &Settings, at: usize) -> usize {
    let this = &settings.credentials[at];
    let is_same = |other: &Credential| {
        other.schema == this.schema && other.table == this.table && other.login == this.login
    };
    settings.credentials.iter().position(is_same).unwrap_or(at)
}

/// The keys that lines name, and the numbers of the lines, from 1, that name no row.
async fn keys_of(
    session: &mut Session<'_>,
    lines: &[String],
    by: By,
) -> Result<(HashMap<String, KeySet>, Vec<usize>), EngineError> {
    let mut found: HashMap<String, KeySet> = HashMap::new();
    // What a row is looked up by, with the lines that say it.
    let mut wanted: HashMap<(Option<usize>, Vec<u8>), Vec<usize>> = HashMap::new();
    let mut missing = HashSet::new();
    let mut by_rank: Vec<RowByLogin> = Vec::new();
    for (number, line) in (1..).zip(lines) {
        if line.trim().is_empty() {
            continue;
        }
        match by {
            By::Login => {
                let of = (None, line.clone().into_bytes());
                wanted.entry(of).or_default().push(number);
            }
            By::Key => {
                let named = parse_line(&session.columns, number - 1, line)?;
                for column in named.columns {
                    let at = session
                        .columns
                        .iter()
                        .position(|c| c.credential == column.credential);
                    let of = (at, named.key.to_ledger().into_bytes());
                    wanted.entry(of).or_default().push(number);
                }
            }
        }
        missing.insert(number);
    }
    for at in 0..session.columns.len() {
        let logins = session.columns[at].logins().columns.len();
        let logins: Vec<Companion> = Companion::logins(logins).collect();
        let column = match by {
            By::Key => session.columns[at].clone(),
            By::Login => session.columns[at].with_companions(&logins)?,
        };
        let keys = found.entry(column.credential.clone()).or_default();
        let mut hit = |numbers: &Vec<usize>, key: String| {
            for number in numbers {
                missing.remove(number);
            }
            keys.insert(key);
        };
        let table = logins_of_table(session.settings, at);
        scan(&mut session.conn, &column, Order::AnyWithKeys, &mut |row| {
            let key = row.key()?.to_ledger();
            match by {
                By::Key => {
                    if let Some(numbers) = wanted.get(&(Some(at), key.clone().into_bytes())) {
                        hit(numbers, key);
                    }
                }
                By::Login => {
                    for (rank, which) in logins.iter().enumerate() {
                        let Some(login) = row.companion(which)? else {
                            continue;
                        };
                        let Some(numbers) = wanted.get(&(None, login.to_vec())) else {
                            continue;
                        };
                        // The first column that has a text decides, and it may be in another row.
                        match logins.len() {
                            1 => hit(numbers, key.clone()),
                            _ => by_rank.extend(numbers.iter().map(|number| RowByLogin {
                                of: (*number, table),
                                rank,
                                at,
                                key: key.clone(),
                            })),
                        }
                    }
                }
            }
            Ok::<(), StoreError>(())
        })
        .await?;
    }
    let mut least: HashMap<(usize, usize), usize> = HashMap::new();
    for row in &by_rank {
        let rank = least.entry(row.of).or_insert(row.rank);
        *rank = (*rank).min(row.rank);
    }
    for row in by_rank.into_iter().filter(|row| least[&row.of] == row.rank) {
        missing.remove(&row.of.0);
        let credential = &session.columns[row.at].credential;
        found.entry(credential.clone()).or_default().insert(row.key);
    }
    let mut missing: Vec<usize> = missing.into_iter().collect();
    missing.sort_unstable();
    Ok((found, missing))
}
