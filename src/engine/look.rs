//! One pass over every column that only reads: the census, what the rules say of it, and where chunks may begin and end.

use crate::census::{Census, ColumnCensus, Line, Settings as CensusSettings};
use crate::config::Credential;
use crate::policy::{Action, Decision, Facts, Reason, decide};
use crate::scheme::{Recognised, Shape};
use crate::store::{Column, Key, Order, StoreError, scan};
use crate::text::is_hex;

use super::error::EngineError;
use super::event::{Event, Observer};
use super::judge::{Glance, Judge, Proven};
use super::marks::Marks;
use super::proof::{Proving, Samples, prove, prove_by_canary, samples_wanted};
use super::session::Session;

/// What was seen of one column.
#[derive(Debug)]
pub struct ColumnLook {
    /// The credential's name.
    pub credential: String,
    /// The census of the rows that `except` leaves in.
    pub census: ColumnCensus,
    /// Rows that `except` leaves out.
    pub excepted: u64,
    /// What the rules do, line by line.
    pub groups: Vec<Group>,
    /// The characters of the longest mark that a run would give a value. Only where the look was more than a count.
    pub longest_mark: usize,
    /// Every so many candidates, the key at which a chunk may end. Only where the look was asked for them.
    pub boundaries: Vec<Key>,
}

/// Rows of one line of the census for which the rules say the same.
#[derive(Clone, Debug)]
pub struct Group {
    /// The line, by its position in the census.
    pub line: usize,
    /// What the rules say.
    pub decision: Decision,
    /// How many rows.
    pub rows: u64,
}

/// What a look is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// To count.
    Count,
    /// To say what would be done.
    Plan,
    /// To cut the table into chunks of about so many candidates.
    Chunks(u64),
}

impl ColumnLook {
    /// The schemes that were proven.
    pub fn proven(&self) -> Proven {
        self.census
            .shapes
            .iter()
            .filter_map(|e| Some((e.shape, self.census.proven(e.shape)?)))
            .collect()
    }

    /// How many rows the rules do something to that needs a hash.
    pub fn hashes(&self) -> u64 {
        self.rows_of(|d| matches!(d.action, Action::Wrap | Action::Rehash))
    }

    /// How many rows the rules change or list.
    pub fn candidates(&self) -> u64 {
        self.rows_of(|d| matches!(d.action, Action::Wrap | Action::Rehash | Action::Quarantine))
    }

    /// How many rows wait for a login.
    pub fn waiting(&self) -> u64 {
        self.rows_of(|d| d.action == Action::OnLogin)
    }

    /// How many rows are digests of a scheme that is neither declared nor proven.
    pub fn unproven(&self) -> u64 {
        self.rows_of(|d| d.reason == Reason::Unproven)
    }

    /// How many rows would be wrapped.
    pub fn wraps(&self) -> u64 {
        self.rows_of(|d| d.action == Action::Wrap)
    }

    /// The line that a group belongs to.
    pub fn line(&self, group: &Group) -> &Line {
        &self.census.lines[group.line]
    }

    fn rows_of(&self, wanted: impl Fn(&Decision) -> bool) -> u64 {
        self.groups
            .iter()
            .filter(|g| wanted(&g.decision))
            .map(|g| g.rows)
            .sum()
    }
}

/// Looks at every column.
///
/// # Errors
/// Whatever the database says.
pub async fn look(
    session: &mut Session<'_>,
    purpose: Purpose,
    observer: &dyn Observer,
) -> Result<Vec<ColumnLook>, EngineError> {
    let mut looks = Vec::with_capacity(session.columns.len());
    let mut proof_left = session.proof.time;
    let mut canary_seen = false;
    for i in 0..session.columns.len() {
        observer.on(
            None,
            &Event::Preparing {
                what: format!("counting {}", session.columns[i].credential),
            },
        );
        let seen = observe(session, i, purpose).await?;
        let mut census = seen.census;
        let proving = Proving {
            census: &mut census,
            samples: seen.samples,
            time: proof_left,
        };
        let took = prove(session, i, proving, observer).await?;
        proof_left = proof_left.saturating_sub(took);
        if let Some(canary) = session.proof.canary.clone() {
            canary_seen |= prove_by_canary(session, i, &mut census, &canary).await?;
        }
        let credential = &session.settings.credentials[i];
        let groups = groups(session, credential, &census);
        let longest_mark = seen
            .marks
            .longest(session.settings, credential, &census, &groups);
        looks.push(ColumnLook {
            credential: credential.name.clone(),
            census,
            excepted: seen.excepted,
            groups,
            longest_mark,
            boundaries: seen.boundaries,
        });
    }
    if session.proof.canary.is_some() && !canary_seen {
        return Err(EngineError::refused(
            "no row of any credential has the login of --canary-login",
            "name an account that is there, as the column `login` of a credential has it",
        ));
    }
    Ok(looks)
}

/// What one pass over a column saw.
struct Seen {
    census: ColumnCensus,
    samples: Samples,
    excepted: u64,
    marks: Marks,
    boundaries: Vec<Key>,
}

async fn observe(
    session: &mut Session<'_>,
    i: usize,
    purpose: Purpose,
) -> Result<Seen, EngineError> {
    let credential = &session.settings.credentials[i];
    let column = session.columns[i].clone();
    let settings = census_settings(session, credential)?;
    let mut samples = Samples::new(settings.hash_keys[0] ^ settings.hash_keys[1]);
    let sampling = samples_wanted(credential);
    let mut census = Census::new(settings);
    let mut excepted = 0_u64;
    let mut boundaries = Vec::new();
    let order = match purpose {
        Purpose::Chunks(_) => Order::Key,
        Purpose::Count | Purpose::Plan if sampling => Order::AnyWithKeys,
        Purpose::Count | Purpose::Plan => Order::Any,
    };
    // Nothing is proven yet: what is not proven counts as a candidate, for it may be one.
    let judge = Judge::new(
        session.settings,
        credential,
        Proven::new(),
        session.now_ms,
        &session.deadlines,
    );
    let mut since_boundary = 0_u64;
    let mut marks = Marks::default();
    scan(&mut session.conn, &column, order, &mut |row| {
        if row.excepted {
            excepted += 1;
            return Ok(());
        }
        let recognised = census.observe(row.value, row.last_login);
        if sampling && let Recognised::Digest { shape, .. } = recognised {
            samples.of(shape).offer(|| row.key())?;
        }
        // A digest in hex says by its line alone what becomes of it.
        let only_counted = match purpose {
            Purpose::Count => true,
            Purpose::Plan => row.value.is_none_or(is_bare_digest),
            Purpose::Chunks(_) => false,
        };
        if !only_counted {
            let glance = Glance {
                last_login: row.last_login,
                excepted: false,
            };
            let (_, scheme, decision) = judge.decide_recognised(&recognised, glance);
            marks.note(session.settings, row.value, &recognised, scheme, &decision);
            let candidate = matches!(
                decision.action,
                Action::Wrap | Action::Rehash | Action::Quarantine
            ) || decision.reason == Reason::Unproven;
            since_boundary += u64::from(candidate);
            if let Purpose::Chunks(size) = purpose
                && since_boundary >= size
            {
                boundaries.push(row.key()?);
                since_boundary = 0;
            }
        }
        Ok::<(), StoreError>(())
    })
    .await?;
    Ok(Seen {
        census: census.finish(),
        samples,
        excepted,
        marks,
        boundaries,
    })
}

fn census_settings(
    session: &Session<'_>,
    credential: &Credential,
) -> Result<CensusSettings, EngineError> {
    let mut random = [0_u8; 16];
    getrandom::fill(&mut random).map_err(super::hasher::HasherError::Random)?;
    let half = |i: usize| u64::from_le_bytes(random[i..i + 8].try_into().expect("eight bytes"));
    let cutoffs = session
        .settings
        .rules
        .iter()
        .filter_map(|(_, r)| r.when.last_login_before);
    Ok(CensusSettings {
        declared: credential.scheme,
        target: session.settings.target.strength(),
        normalize: credential.normalize,
        now_ms: session.now_ms,
        cutoffs_ms: cutoffs
            .map(|age| session.now_ms.saturating_sub(age.millis()))
            .collect(),
        hash_keys: [half(0), half(8)],
    })
}

/// What the rules say of every line and every stretch of last logins.
fn groups(session: &Session<'_>, credential: &Credential, census: &ColumnCensus) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    for (line_no, line) in census.lines.iter().enumerate() {
        let mut facts = Facts::new(
            &credential.name,
            &line.specimen,
            &session.settings.target,
            line.scheme,
        );
        facts.normalize = credential.normalize;
        for (last_login, rows) in &line.last_logins {
            facts.last_login = *last_login;
            let decision = decide(
                &session.settings.rules,
                &facts,
                session.now_ms,
                &session.deadlines,
            );
            match groups
                .iter_mut()
                .find(|g| g.line == line_no && g.decision == decision)
            {
                Some(group) => group.rows += rows,
                None => groups.push(Group {
                    line: line_no,
                    decision,
                    rows: *rows,
                }),
            }
        }
    }
    groups
}

fn is_bare_digest(value: &[u8]) -> bool {
    Shape::of_digits(value.len()).is_some() && is_hex(value)
}

/// The columns of a session by the names of their credentials.
pub(crate) fn column_of<'a>(columns: &'a [Column], credential: &str) -> Option<&'a Column> {
    columns.iter().find(|c| c.credential == credential)
}
