//! What a scan found in one column. Data and sums over it; nothing is read here.

use std::collections::HashMap;
use std::sync::Arc;

use crate::census::{
    CensusSettings, ColumnCensus, ColumnLine, KnownCounts, ListVerdicts, Part, ShapeEvidence,
};
use crate::config::Credential;
use crate::engine::error::EngineError;
use crate::engine::judge::part_text::accepted;
use crate::engine::judge::parts::{KeptPart, PartCondition, Proven};
use crate::engine::refusal::Refusal;
use crate::engine::session::Session;
use crate::policy::{Action, Decision, Reason};
use crate::scheme::{Declared, MissingSalt, Recognised, Scheme};
use crate::store::{DividerColumn, Key, UnlistedRows};

/// What was seen of one column.
#[derive(Debug)]
pub struct ColumnScan {
    /// The credential's name.
    pub credential: String,
    /// The census of the rows that `except` leaves in.
    pub census: ColumnCensus,
    /// Rows that `except` leaves out.
    pub excepted: u64,
    /// Rows of other formats than the file names, with the first part of a divided credential.
    pub unlisted: Vec<UnlistedRows>,
    /// What is proven of the column, and for which rows.
    pub proven: Proven,
    /// The columns that divide its rows.
    pub dividers: Vec<DividerColumn>,
    /// What the rules do, line by line.
    pub groups: Vec<Group>,
    /// The rows that wait for a login or for a deadline, rule by rule.
    pub waits: Vec<Wait>,
    /// When they were counted: the database's clock, by which deadlines are judged too.
    pub counted_ms: i64,
    /// Which rows have a password that lists have; none where nobody asks.
    pub known: Option<ColumnKnown>,
    /// Rows whose value costs more than `login_work_max`: no password can be checked against it.
    pub beyond_login_work: u64,
    /// The characters of the longest label that a run would give a value. Zero where the scan was a
    /// count.
    pub longest_label: usize,
    /// Ranges of rows of which an earlier run knew that they are of another scheme, and whose edge
    /// nobody knows: each refuses a run.
    pub edges: Vec<Refusal>,
    /// The keys at which a chunk may end, one every so many candidates. None unless the scan was
    /// asked for them.
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

/// What a scan is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// To count.
    Count,
    /// To say what would be done.
    Plan,
    /// To cut the table into chunks of about so many candidates.
    Chunks(u64),
}

/// What lists said of a column.
#[derive(Clone, Debug)]
pub struct ColumnKnown {
    /// For each line of the census, in its order.
    pub lines: Vec<KnownCounts>,
    /// Of all rows.
    pub all: KnownCounts,
    /// Asked again, value by value.
    known: Arc<ListVerdicts>,
}

/// The rows of one column that wait for the sake of one rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wait {
    /// The rule, by its number.
    pub rule: usize,
    /// How many rows, with those that are due already.
    pub rows: u64,
    /// From when the rule's deadline counts; none where it has none, or its clock has not started.
    pub since_ms: Option<i64>,
    /// When they fall due.
    pub due_ms: Option<i64>,
}

/// Counts by rule.
pub(crate) type WaitCounts = HashMap<usize, u64>;

impl ColumnScan {
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
    ///
    /// Any other form than bare hex of at least 32 digits is left out where at most one row in a
    /// hundred has it. Such a row may be a token or a word of 22 letters. It is kept, and nobody
    /// who signs up can stop a run by one.
    pub fn unproven(&self) -> u64 {
        let is_chance = |group: &&Group| match self.line(group).specimen {
            Recognised::Digest { shape, .. } => {
                let is_plain = shape.is_bare_hex() && !shape.is_chance();
                !is_plain && self.line(group).rows.saturating_mul(100) <= self.census.rows
            }
            _ => false,
        };
        self.groups
            .iter()
            .filter(|group| group.decision.reason == Reason::Unproven && !is_chance(group))
            .filter(|group| !self.lacks_salt(group))
            .map(|group| group.rows)
            .sum()
    }

    /// How many rows are kept because the proof does not hold for their part of the column.
    pub fn uncovered(&self) -> u64 {
        self.rows_of(|d| d.reason == Reason::Uncovered)
    }

    /// How many rows lack the salt that others have, and nothing proves how they were made. They
    /// are kept.
    pub fn unproven_without_salt(&self) -> u64 {
        self.unproven_for(|missing| missing != MissingSalt::Doubtful)
    }

    /// How many rows have several salts in another table. They are kept.
    pub fn unproven_with_salts(&self) -> u64 {
        self.unproven_for(|missing| missing == MissingSalt::Doubtful)
    }

    fn unproven_for(&self, is_wanted: impl Fn(MissingSalt) -> bool) -> u64 {
        self.groups
            .iter()
            .filter(|group| group.decision.reason == Reason::Unproven)
            .filter(|group| self.missing_salt(group).is_some_and(&is_wanted))
            .map(|group| group.rows)
            .sum()
    }

    fn lacks_salt(&self, group: &Group) -> bool {
        self.missing_salt(group).is_some()
    }

    fn missing_salt(&self, group: &Group) -> Option<MissingSalt> {
        match self.line(group).specimen {
            Recognised::Digest { shape, .. } => shape.missing_salt(),
            _ => None,
        }
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
    pub fn line(&self, group: &Group) -> &ColumnLine {
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

impl ColumnKnown {
    /// Counts of lines, with what to ask value by value.
    pub fn new(lines: Vec<KnownCounts>, known: Arc<ListVerdicts>) -> Self {
        let mut all = KnownCounts::default();
        for line in &lines {
            all.merge(line);
        }
        Self { lines, all, known }
    }

    /// What was asked, to be asked again.
    pub(crate) fn asked(&self) -> Arc<ListVerdicts> {
        self.known.clone()
    }
}

/// What a census proves, and for which rows. In a column declared plaintext, the forms that are
/// rare enough to be passwords stand among the schemes.
pub(crate) fn proven_of(
    census: &ColumnCensus,
    credential: &Credential,
    dividers: &[DividerColumn],
) -> Result<Proven, EngineError> {
    let passwords = census.chance_passwords.iter();
    let schemes = census
        .shapes
        .iter()
        .filter_map(|e| Some((e.shape, census.proven(e.shape)?)))
        .chain(passwords.map(|shape| (*shape, Scheme::PLAINTEXT)));
    let kept = census.shapes.iter().flat_map(|evidence| {
        kept_parts(evidence, credential).map(|part| KeptPart {
            shape: evidence.shape,
            condition: PartCondition {
                divider: part.divider.clone(),
                is: part.is.clone(),
            },
        })
    });
    Ok(Proven::whole(schemes.collect()).but_for(kept.collect(), accepted(credential, dividers)?))
}

/// The parts of a shape whose rows are kept.
///
/// Those that have none of their hits are kept where the scheme is declared, too. Those that are
/// too small to tell are kept where a column that speaks of schemes divides them, unless the
/// credential declares the scheme.
pub(crate) fn kept_parts<'c>(
    evidence: &'c ShapeEvidence,
    credential: &Credential,
) -> impl Iterator<Item = &'c Part> {
    let is_declared = matches!(credential.scheme, Declared::Scheme(_));
    let coverage = evidence.coverage.as_ref();
    let empty = coverage.into_iter().flat_map(|coverage| &coverage.empty);
    let untestable = coverage
        .into_iter()
        .flat_map(|coverage| &coverage.untestable)
        .filter(move |part| !is_declared && part.speaks_of_schemes());
    empty.chain(untestable)
}

pub(crate) fn census_settings(
    session: &Session<'_>,
    credential: &Credential,
) -> Result<CensusSettings, EngineError> {
    let mut random = [0_u8; 16];
    getrandom::fill(&mut random).map_err(crate::engine::error::HasherError::Random)?;
    let half = |i: usize| u64::from_le_bytes(random[i..i + 8].try_into().expect("eight bytes"));
    let cutoffs = session
        .settings
        .rules
        .iter()
        .filter_map(|(_, r)| r.when.last_login_before);
    Ok(CensusSettings {
        declared: credential.scheme,
        separator: credential.separator,
        target: session.settings.target.strength(),
        normalize: credential.normalize,
        now_ms: session.now_ms,
        cutoffs_ms: cutoffs
            .map(|age| session.now_ms.saturating_sub(age.millis()))
            .collect(),
        hash_keys: [half(0), half(8)],
    })
}
