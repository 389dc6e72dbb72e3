//! One pass over every column that only reads: the census, what the rules say of it, and where chunks may begin and end.

use crate::census::{Census, ColumnCensus, Line, Settings as CensusSettings};
use crate::config::{Credential, Settings};
use crate::policy::{Action, Decision, Facts, How, Reason, decide, waits_for};
use crate::scheme::{Recognised, Shape};
use crate::store::{Column, Key, Order, ScanRow, StoreError, scan};
use crate::text::is_hex;

use super::error::EngineError;
use super::event::{Event, Observer};
use super::judge::{Decided, Glance, Judge, Proven};
use super::known::{self, Judging};
use super::marks::Marks;
use super::proof::{Proving, Samples, prove, prove_by_canary, samples_wanted};
use super::recount::{ColumnKnown, Recounted, recount};
use super::session::Session;
use super::waits::{Wait, WaitCounts, waits};

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
    /// The rows that wait for a login or for a deadline, rule by rule.
    pub waits: Vec<Wait>,
    /// When they were counted: the database's clock, by which deadlines are judged too.
    pub counted_ms: i64,
    /// Which rows have a password that lists have; none where nobody asks.
    pub known: Option<ColumnKnown>,
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
        proven_of(&self.census)
    }

    /// How many rows the rules do something to that needs a hash.
    pub fn hashes(&self) -> u64 {
        self.rows_of(|d| matches!(d.action, Action::Wrap | Action::Rehash))
    }

    /// How many rows the rules change or list.
    pub fn candidates(&self) -> u64 {
        self.rows_of(Decision::is_candidate)
    }

    /// How many rows wait for a login.
    pub fn waiting(&self) -> u64 {
        self.rows_of(|d| d.action == Action::OnLogin)
    }

    /// How many rows are digests of a scheme that is neither declared nor proven.
    pub fn unproven(&self) -> u64 {
        self.rows_of(|d| d.reason == Reason::Unproven)
    }

    /// How many rows would be reset.
    pub fn resets(&self) -> u64 {
        self.rows_of(|d| d.action == Action::Reset)
    }

    /// How many rows that rule resets.
    pub fn resets_by(&self, rule: usize) -> u64 {
        self.rows_of(|d| d.action == Action::Reset && d.rule == Some(rule))
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
    known::check(session).await?;
    let is_asked = known::is_asked(session.settings);
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
        // What no line of the census tells: whether a list has the password, and whether it must be changed already.
        let credential = &session.settings.credentials[i];
        let rules = &session.settings.rules;
        let by_row = is_asked || rules.resets_how(&credential.name, How::Soft);
        let first = if by_row { Purpose::Count } else { purpose };
        let seen = observe(session, i, first).await?;
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
        let proven = proven_of(&census);
        let judging = Judging {
            proven: &proven,
            time: proof_left,
        };
        let (lists, took) = known::judge(session, i, judging, observer).await?;
        proof_left = proof_left.saturating_sub(took);
        let credential = &session.settings.credentials[i];
        let Recounted {
            groups,
            known,
            waits: counts,
            cutting,
        } = if by_row {
            recount(session, i, &census, lists, purpose).await?
        } else {
            let (groups, waits) = groups(session, credential, &census);
            Recounted {
                groups,
                known: None,
                waits,
                cutting: seen.cutting,
            }
        };
        let longest_mark = cutting
            .marks
            .longest(session.settings, credential, &census, &groups);
        looks.push(ColumnLook {
            credential: credential.name.clone(),
            census,
            excepted: seen.excepted,
            groups,
            waits: waits(
                session.settings,
                &session.deadlines,
                &credential.name,
                &counts,
            ),
            counted_ms: session.now_ms,
            known,
            longest_mark,
            boundaries: cutting.boundaries,
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
    cutting: Cutting,
}

/// Where chunks may begin and end, and how long the marks are that a run would write: row by row.
pub(super) struct Cutting {
    purpose: Purpose,
    since_boundary: u64,
    pub(super) marks: Marks,
    pub(super) boundaries: Vec<Key>,
}

impl Cutting {
    pub(super) fn new(purpose: Purpose) -> Self {
        Self {
            purpose,
            since_boundary: 0,
            marks: Marks::default(),
            boundaries: Vec::new(),
        }
    }

    /// Whether a row needs no look of its own: a digest in hex says by its line alone what becomes of it.
    fn passes_over(&self, value: Option<&[u8]>) -> bool {
        match self.purpose {
            Purpose::Count => true,
            Purpose::Plan => value.is_none_or(is_bare_digest),
            Purpose::Chunks(_) => false,
        }
    }

    /// Takes a row into account.
    pub(super) fn row(
        &mut self,
        settings: &Settings,
        row: &ScanRow<'_>,
        recognised: &Recognised<'_>,
        decided: &Decided,
    ) -> Result<(), StoreError> {
        if self.passes_over(row.value) {
            return Ok(());
        }
        let Decided {
            scheme, decision, ..
        } = decided;
        self.marks
            .note(settings, row.value, recognised, *scheme, decision);
        let candidate = decision.is_candidate() || decision.reason == Reason::Unproven;
        self.since_boundary += u64::from(candidate);
        if let Purpose::Chunks(size) = self.purpose
            && self.since_boundary >= size
        {
            self.boundaries.push(row.key()?);
            self.since_boundary = 0;
        }
        Ok(())
    }
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
    let mut cutting = Cutting::new(purpose);
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
    scan(&mut session.conn, &column, order, &mut |row| {
        if row.excepted {
            excepted += 1;
            return Ok(());
        }
        let recognised = census.observe(row.value, row.last_login);
        if sampling && let Recognised::Digest { shape, .. } = recognised {
            samples.of(shape).offer(|| row.key())?;
        }
        if !cutting.passes_over(row.value) {
            let glance = Glance {
                value: row.value,
                last_login: row.last_login,
                excepted: false,
                must_change: row.must_change,
            };
            let decided = judge.decide_recognised(&recognised, glance);
            cutting.row(session.settings, &row, &recognised, &decided)?;
        }
        Ok::<(), StoreError>(())
    })
    .await?;
    Ok(Seen {
        census: census.finish(),
        samples,
        excepted,
        cutting,
    })
}

/// The schemes that were proven in a census.
pub(super) fn proven_of(census: &ColumnCensus) -> Proven {
    census
        .shapes
        .iter()
        .filter_map(|e| Some((e.shape, census.proven(e.shape)?)))
        .collect()
}

pub(super) fn census_settings(
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
fn groups(
    session: &Session<'_>,
    credential: &Credential,
    census: &ColumnCensus,
) -> (Vec<Group>, WaitCounts) {
    let mut groups: Vec<Group> = Vec::new();
    let mut counts = WaitCounts::new();
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
            let (rules, now_ms) = (&session.settings.rules, session.now_ms);
            let decision = decide(rules, &facts, now_ms, &session.deadlines);
            if let Some(rule) = waits_for(rules, &facts, now_ms, &session.deadlines) {
                *counts.entry(rule).or_default() += rows;
            }
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
    (groups, counts)
}

fn is_bare_digest(value: &[u8]) -> bool {
    Shape::of_digits(value.len()).is_some() && is_hex(value)
}

/// The columns of a session by the names of their credentials.
pub(crate) fn column_of<'a>(columns: &'a [Column], credential: &str) -> Option<&'a Column> {
    columns.iter().find(|c| c.credential == credential)
}
