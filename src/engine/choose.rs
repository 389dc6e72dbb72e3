//! Which rows `saltern reset` takes: what its one rule matches, less what the operator's lists leave out, and of these a cohort.
//!
//! The rule itself is the policy's; the writing is that of every run.

use std::collections::{BinaryHeap, HashMap, HashSet};
use std::sync::Arc;

use sha2::{Digest as _, Sha256};

use super::error::EngineError;
use super::event::{Event, Observer};
use super::fit::{LongestMarks, fitness};
use super::judge::{Decided, Glance, Judge, Proven};
use super::keys::parse_line;
use super::look::{Purpose, look};
use super::options::{Job, RunOptions};
use super::plan::Refusal;
use super::session::Session;
use crate::census::{Known, Reservoir};
use crate::config::digest_of;
use crate::policy::{Action, Age, LastLogin};
use crate::scheme::recognise;
use crate::store::ledger::wrapped;
use crate::store::{Key, Neighbour, Order, StoreError, scan};

/// What was asked for beyond the rule's condition.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Choice {
    /// Only these, a line each; none for all.
    pub users: Option<Vec<String>>,
    /// Never these, a line each.
    pub except_users: Vec<String>,
    /// What a line of either names a row by.
    pub by: By,
    /// Only rows that were wrapped longer ago than this, and are wrapped still.
    pub wrapped_before: Option<Age>,
    /// Why, in the operator's own words, for the ledger.
    pub reason: String,
    /// The most rows of this invocation, those whose users have been away longest first.
    pub limit: Option<u64>,
    /// How many rows the operator counts on.
    pub confirm: Option<u64>,
}

impl Choice {
    /// What it writes.
    pub(super) fn marks(&self) -> LongestMarks<'static> {
        LongestMarks::Dead {
            by_age: self.wrapped_before.is_some(),
        }
    }

    /// What the plan of such a run says beyond the configuration.
    pub(super) fn facts(&self) -> String {
        let list = |name: &str, lines: &[String]| {
            format!(
                "reset\t{name}\t{} lines, {}\n",
                lines.len(),
                digest_of(&lines.join("\n"))
            )
        };
        let by = match self.by {
            By::Key => "key",
            By::Login => "login",
        };
        let mut out = format!("reset\tby\t{by}\nreset\treason\t{:?}\n", self.reason);
        if let Some(age) = self.wrapped_before {
            out.push_str(&format!("reset\twrapped_before\t{age}\n"));
        }
        if let Some(users) = &self.users {
            out.push_str(&list("users", users));
        }
        if !self.except_users.is_empty() {
            out.push_str(&list("except_users", &self.except_users));
        }
        out
    }
}

/// What a line of a list of users is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum By {
    /// The row's key.
    #[default]
    Key,
    /// What is typed at login.
    Login,
}

/// A chunk has about so many candidates: nothing is hashed, so they are soon done.
const CHUNK_ROWS: u64 = 100_000;
/// So many keys are shown of what would be reset.
const SAMPLE_KEYS: usize = 10;

/// Says what would be reset. Writes nothing.
///
/// # Errors
/// Whatever the database says; a list with a line that is wrong.
pub async fn plan_reset(
    session: &mut Session<'_>,
    options: &RunOptions,
    observer: &dyn Observer,
) -> Result<ResetPlan, EngineError> {
    let Job::Reset(choice) = &options.job else {
        return Err(EngineError::refused("this is no reset", "report it"));
    };
    let fitness = fitness(session, choice.marks()).await?;
    let chosen = resolve(session, choice, observer).await?;
    let grounds = grounds(session, observer).await?;
    let columns = count(session, &grounds, &chosen, None, observer).await?;
    Ok(ResetPlan {
        digest: digest_of(&options.job.canonical(session.settings)),
        columns,
        refusals: fitness.refusals,
        warnings: fitness.warnings,
    })
}

/// The keys of a credential's rows, in the ledger's form.
type Keys = HashSet<String>;

/// A choice whose lists have become keys.
#[derive(Debug, Default)]
pub(super) struct Chosen {
    users: Option<HashMap<String, Keys>>,
    except: HashMap<String, Keys>,
    /// Rows that were wrapped too short a time ago.
    lately: HashMap<String, HashSet<Print>>,
    pub(super) reason: String,
}

/// What is kept of a key where there may be millions: the first half of its SHA-256.
type Print = [u8; 16];

fn print_of(key: &str) -> Print {
    let digest = Sha256::digest(key.as_bytes());
    digest.first_chunk().copied().expect("a SHA-256 is longer")
}

impl Chosen {
    /// Whether a row is among those that the lists leave.
    pub(super) fn takes(&self, credential: &str, key: &Key) -> bool {
        if self.users.is_none() && self.except.is_empty() && self.lately.is_empty() {
            return true;
        }
        let line = key.to_ledger();
        let has = |keys: Option<&Keys>| keys.is_some_and(|keys| keys.contains(&line));
        let lately = self.lately.get(credential);
        !has(self.except.get(credential))
            && !lately.is_some_and(|prints| prints.contains(&print_of(&line)))
            && self
                .users
                .as_ref()
                .is_none_or(|users| has(users.get(credential)))
    }
}

/// What would be reset.
#[derive(Debug)]
pub struct ResetPlan {
    /// The digest of what was asked for.
    pub digest: String,
    /// The columns, in the order of the configuration.
    pub columns: Vec<ResetCount>,
    /// What would make `reset --execute` refuse.
    pub refusals: Vec<Refusal>,
    /// What the operator should know.
    pub warnings: Vec<String>,
}

impl ResetPlan {
    /// How many rows are meant.
    pub fn rows(&self) -> u64 {
        self.columns.iter().map(|column| column.rows).sum()
    }
}

/// What would be reset in one column.
#[derive(Debug)]
pub struct ResetCount {
    /// The credential's name.
    pub credential: String,
    /// Rows read.
    pub seen: u64,
    /// Rows that are meant.
    pub rows: u64,
    /// The same by class and scheme, the most first.
    pub kinds: Vec<ResetKind>,
    /// Rows that the condition matches and that `except` or a list leaves out.
    pub left_out: u64,
    /// Keys of some that are meant, drawn at random.
    pub sample: Vec<String>,
    /// The keys at which a chunk may end.
    pub(super) boundaries: Vec<Key>,
    /// The keys of the cohort, where there is a limit.
    pub(super) cohort: Vec<Key>,
}

/// Rows of one class and scheme.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResetKind {
    /// The class.
    pub class: &'static str,
    /// The scheme, where it is known.
    pub scheme: Option<&'static str>,
    /// How many rows.
    pub rows: u64,
}

/// What the counting leans on, by credential.
#[derive(Debug, Default)]
pub(super) struct Grounds {
    pub(super) proven: HashMap<String, Proven>,
    pub(super) known: HashMap<String, Arc<Known>>,
}

/// What is proven and known of the columns, where the condition asks for it; that takes a look at all of them.
pub(super) async fn grounds(
    session: &mut Session<'_>,
    observer: &dyn Observer,
) -> Result<Grounds, EngineError> {
    let asks = session.settings.rules.asks_known()
        || session
            .settings
            .rules
            .iter()
            .any(|(_, rule)| !rule.when.schemes.is_empty());
    if !asks {
        return Ok(Grounds::default());
    }
    let looks = look(session, Purpose::Count, observer).await?;
    Ok(Grounds {
        proven: looks
            .iter()
            .map(|look| (look.credential.clone(), look.proven()))
            .collect(),
        known: looks
            .iter()
            .filter_map(|look| Some((look.credential.clone(), look.known.as_ref()?.asked())))
            .collect(),
    })
}

/// Turns the lists into keys.
///
/// # Errors
/// A line that can't name a row; one of `except_users` that names none, because a slip there would reset who must not be.
pub(super) async fn resolve(
    session: &mut Session<'_>,
    choice: &Choice,
    observer: &dyn Observer,
) -> Result<Chosen, EngineError> {
    let mut chosen = Chosen {
        reason: choice.reason.clone(),
        ..Chosen::default()
    };
    if let Some(lines) = &choice.users {
        let (keys, missing) = keys_of(session, lines, choice.by).await?;
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
        chosen.users = Some(keys);
    }
    if !choice.except_users.is_empty() {
        let (keys, missing) = keys_of(session, &choice.except_users, choice.by).await?;
        if let Some(first) = missing.first() {
            return Err(EngineError::refused(
                format!(
                    "{} lines of --except-users name no row, the first of them line {first}",
                    missing.len()
                ),
                "put the lines right or take them out: whoever a misspelt line was meant for would be reset",
            ));
        }
        chosen.except = keys;
    }
    if let Some(age) = choice.wrapped_before {
        let since_ms = session.now_ms.saturating_sub(age.millis());
        for credential in &session.settings.credentials {
            let prints = chosen.lately.entry(credential.name.clone()).or_default();
            let (conn, names) = (&mut session.conn, &session.names);
            wrapped::each_since(conn, names, &credential.name, since_ms, &mut |key| {
                prints.insert(print_of(key));
            })
            .await?;
        }
    }
    Ok(chosen)
}

/// The keys that lines name, and the numbers of the lines, from 1, that name no row.
async fn keys_of(
    session: &mut Session<'_>,
    lines: &[String],
    by: By,
) -> Result<(HashMap<String, Keys>, Vec<usize>), EngineError> {
    let mut found: HashMap<String, Keys> = HashMap::new();
    // What a row is looked up by, with the lines that say it.
    let mut wanted: HashMap<(Option<usize>, Vec<u8>), Vec<usize>> = HashMap::new();
    let mut missing = HashSet::new();
    for (number, line) in (1..).zip(lines) {
        if line.trim().is_empty() {
            continue;
        }
        let of = match by {
            By::Login => (None, line.clone().into_bytes()),
            By::Key => {
                let (column, key) = parse_line(&session.columns, number - 1, line)?;
                let at = session
                    .columns
                    .iter()
                    .position(|c| c.credential == column.credential);
                (at, key.to_ledger().into_bytes())
            }
        };
        wanted.entry(of).or_default().push(number);
        missing.insert(number);
    }
    for at in 0..session.columns.len() {
        let column = match by {
            By::Key => session.columns[at].clone(),
            By::Login => session.columns[at].beside(&[Neighbour::Login])?,
        };
        let keys = found.entry(column.credential.clone()).or_default();
        scan(&mut session.conn, &column, Order::AnyWithKeys, &mut |row| {
            let key = row.key()?.to_ledger();
            let of = match by {
                By::Key => (Some(at), key.clone().into_bytes()),
                By::Login => match row.beside(0)? {
                    Some(login) => (None, login.to_vec()),
                    None => return Ok(()),
                },
            };
            if let Some(numbers) = wanted.get(&of) {
                for number in numbers {
                    missing.remove(number);
                }
                keys.insert(key);
            }
            Ok::<(), StoreError>(())
        })
        .await?;
    }
    let mut missing: Vec<usize> = missing.into_iter().collect();
    missing.sort_unstable();
    Ok((found, missing))
}

/// Counts what would be reset, in the order of the keys; `limit` is how many rows the cohort may have.
///
/// # Errors
/// Whatever the database says.
pub(super) async fn count(
    session: &mut Session<'_>,
    grounds: &Grounds,
    chosen: &Chosen,
    limit: Option<u64>,
    observer: &dyn Observer,
) -> Result<Vec<ResetCount>, EngineError> {
    let mut seed = [0; 8];
    getrandom::fill(&mut seed).map_err(super::hasher::HasherError::Random)?;
    let mut cohort = Cohort::new(limit);
    let mut all = Vec::with_capacity(session.columns.len());
    for at in 0..session.columns.len() {
        let column = session.columns[at].clone();
        let credential = &session.settings.credentials[at];
        observer.on(
            None,
            &Event::Preparing {
                what: format!("counting {}", credential.name),
            },
        );
        let proven = grounds.proven.get(&credential.name).cloned();
        let judge = Judge::new(
            session.settings,
            credential,
            proven.unwrap_or_default(),
            session.now_ms,
            &session.deadlines,
        )
        .knowing(grounds.known.get(&credential.name).cloned());
        let mut counted = ResetCount {
            credential: credential.name.clone(),
            seen: 0,
            rows: 0,
            kinds: Vec::new(),
            left_out: 0,
            sample: Vec::new(),
            boundaries: Vec::new(),
            cohort: Vec::new(),
        };
        let mut sample = Reservoir::new(SAMPLE_KEYS, u64::from_le_bytes(seed));
        scan(&mut session.conn, &column, Order::Key, &mut |row| {
            counted.seen += 1;
            let recognised = recognise(row.value, credential.scheme);
            let glance = Glance {
                value: row.value,
                last_login: row.last_login,
                // Whether it would be meant, were it not left out.
                excepted: false,
                must_change: row.must_change,
            };
            let Decided {
                class,
                scheme,
                decision,
                ..
            } = judge.decide_recognised(&recognised, glance);
            if decision.action != Action::Reset {
                return Ok(());
            }
            let key = row.key()?;
            if row.excepted || !chosen.takes(&credential.name, &key) {
                counted.left_out += 1;
                return Ok(());
            }
            counted.rows += 1;
            note(&mut counted.kinds, class.as_str(), scheme.map(|s| s.name()));
            sample.offer(|| Ok::<_, StoreError>(key.to_string()))?;
            if limit.is_some() {
                cohort.offer(at, row.last_login, key);
            } else if counted.rows.is_multiple_of(CHUNK_ROWS) {
                counted.boundaries.push(key);
            }
            Ok::<(), StoreError>(())
        })
        .await?;
        counted.sample = sample.into_sample();
        counted
            .kinds
            .sort_by_key(|kind| std::cmp::Reverse(kind.rows));
        all.push(counted);
    }
    for one in cohort.0.into_sorted_vec() {
        all[one.column].cohort.push(one.key);
    }
    Ok(all)
}

fn note(kinds: &mut Vec<ResetKind>, class: &'static str, scheme: Option<&'static str>) {
    match kinds
        .iter_mut()
        .find(|kind| kind.class == class && kind.scheme == scheme)
    {
        Some(kind) => kind.rows += 1,
        None => kinds.push(ResetKind {
            class,
            scheme,
            rows: 1,
        }),
    }
}

/// The rows of a cohort: those whose users have been away longest, and of these the first in the order of columns and keys.
struct Cohort(BinaryHeap<Member>, usize, u64);

/// A row of it. The greatest is the first to make room.
struct Member {
    away: i64,
    number: u64,
    column: usize,
    key: Key,
}

impl Cohort {
    fn new(limit: Option<u64>) -> Self {
        let size = limit.map_or(0, |rows| usize::try_from(rows).unwrap_or(usize::MAX));
        Self(BinaryHeap::new(), size, 0)
    }

    fn offer(&mut self, column: usize, last_login: LastLogin, key: Key) {
        let away = match last_login {
            LastLogin::Never => i64::MIN,
            LastLogin::At(ms) => ms,
            // Of whom nothing is known comes last.
            LastLogin::Unknown => i64::MAX,
        };
        self.2 += 1;
        let member = Member {
            away,
            number: self.2,
            column,
            key,
        };
        if self.0.len() < self.1 {
            self.0.push(member);
        } else if self.0.peek().is_some_and(|last| member < *last) {
            self.0.pop();
            self.0.push(member);
        }
    }
}

impl Member {
    fn order(&self) -> (i64, u64) {
        (self.away, self.number)
    }
}

impl PartialEq for Member {
    fn eq(&self, other: &Self) -> bool {
        self.order() == other.order()
    }
}

impl Eq for Member {}

impl PartialOrd for Member {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Member {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.order().cmp(&other.order())
    }
}

/// More rows than the operator counts on, or fewer; `done` were reset before the run was stopped.
pub(super) fn check_confirmed(
    confirm: Option<u64>,
    rows: u64,
    done: u64,
    observer: &dyn Observer,
) -> Result<(), EngineError> {
    let Some(confirmed) = confirm else {
        return Ok(());
    };
    let rows = rows.saturating_add(done);
    if rows > confirmed {
        let before = if done > 0 {
            format!(", with the {done} that this unfinished run has reset already")
        } else {
            String::new()
        };
        return Err(EngineError::refused(
            format!("{rows} rows would be reset{before}, and --confirm says {confirmed}"),
            "look at what `saltern reset` prints without --execute; if it is as many as you mean, confirm as many",
        ));
    }
    if rows < confirmed {
        observer.on(
            None,
            &Event::Warning {
                text: format!(
                    "{rows} rows are to be reset, {} fewer than --confirm says",
                    confirmed - rows
                ),
            },
        );
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cohort_is_who_has_been_away_longest() {
        let mut cohort = Cohort::new(Some(3));
        let logins = [
            LastLogin::At(30),
            LastLogin::Unknown,
            LastLogin::At(10),
            LastLogin::Never,
            LastLogin::At(20),
            LastLogin::At(10),
        ];
        for (n, login) in logins.into_iter().enumerate() {
            let key = Key::from_ledger(&format!("[\"{n}\"]"), &[KIND]).expect("a key");
            cohort.offer(0, login, key);
        }
        let keys: Vec<String> = cohort
            .0
            .into_sorted_vec()
            .iter()
            .map(|member| member.key.to_string())
            .collect();
        assert_eq!(keys, ["3", "2", "5"]);
    }

    const KIND: crate::store::KeyKind = crate::store::KeyKind::Int;

    #[test]
    fn a_list_of_exceptions_wins_over_a_list_of_users() {
        let keys = |of: &[&str]| {
            HashMap::from([(
                "parents".to_owned(),
                of.iter().map(|key| format!("[\"{key}\"]")).collect(),
            )])
        };
        let key = |n: &str| Key::from_ledger(&format!("[\"{n}\"]"), &[KIND]).expect("a key");
        let chosen = Chosen {
            users: Some(keys(&["1", "2"])),
            except: keys(&["2", "3"]),
            reason: String::new(),
            lately: HashMap::new(),
        };
        let taken: Vec<&str> = ["1", "2", "3", "4"]
            .into_iter()
            .filter(|n| chosen.takes("parents", &key(n)))
            .collect();
        assert_eq!(taken, ["1"]);
        assert!(!chosen.takes("kids", &key("1")));
    }
}
