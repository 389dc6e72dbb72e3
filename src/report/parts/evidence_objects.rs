//! The evidence on a column for machines.

use serde::Serialize;

use crate::census::{ShapeEvidence, Spelling, TrialEvidence, TrialWay};
use crate::scheme::{Declared, Scheme};

/// The spelling of a line for machines.
#[derive(Serialize)]
pub(in crate::report) struct SpellingObject {
    uppercase: u64,
    newline: u64,
    padded: u64,
    quoted: u64,
    long: u64,
}

/// The evidence on a shape for machines.
#[derive(Serialize)]
pub(in crate::report) struct ProofObject<'a> {
    shape: &'static str,
    rows: u64,
    tried: u64,
    expected_by_chance: f64,
    verdict: &'static str,
    scheme: Option<&'static str>,
    declared: Option<&'static str>,
    contradicted: bool,
    candidates: Vec<CandidateObject>,
    with: Option<WayObject<'a>>,
    trial: Option<TrialObject<'a>>,
    canary: Option<Vec<WayObject<'a>>>,
}

#[derive(Serialize)]
struct CandidateObject {
    scheme: &'static str,
    hits: u64,
    words: u64,
    empty_rows: u64,
}

#[derive(Serialize)]
struct TrialObject<'a> {
    rows: u64,
    words: u64,
    ways: u64,
    columns: &'a [String],
    tries: u64,
    complete: bool,
    expected_by_chance: f64,
    found: Vec<WayObject<'a>>,
}

#[derive(Serialize)]
struct WayObject<'a> {
    scheme: &'static str,
    inputs: Vec<WayInputObject<'a>>,
    hits: u64,
    words: u64,
    padded_otherwise: u64,
}

#[derive(Serialize)]
struct WayInputObject<'a> {
    #[serde(rename = "as")]
    tried_as: &'static str,
    column: Option<&'a str>,
    declared: bool,
}

impl SpellingObject {
    pub(in crate::report) fn of(spelling: Spelling) -> Self {
        let Spelling {
            uppercase,
            newline,
            padded,
            quoted,
            long,
        } = spelling;
        Self {
            uppercase,
            newline,
            padded,
            quoted,
            long,
        }
    }
}

impl<'a> ProofObject<'a> {
    pub(in crate::report) fn of(evidence: &'a ShapeEvidence, declared: Declared) -> Self {
        let declared = match declared {
            Declared::Scheme(scheme)
                if scheme.shape() == Some(evidence.shape.without_salt())
                    && evidence.shape.missing_salt().is_none() =>
            {
                Some(scheme)
            }
            _ => None,
        };
        let candidates = evidence.candidates.iter().map(|c| CandidateObject {
            scheme: c.scheme.name(),
            hits: c.hits,
            words: c.words,
            empty_rows: c.empty_rows,
        });
        Self {
            shape: evidence.shape.as_str(),
            rows: evidence.rows,
            tried: evidence.tried,
            expected_by_chance: evidence.expected_by_chance,
            verdict: evidence.verdict.as_str(),
            scheme: evidence.proven().map(Scheme::name),
            declared: declared.map(Scheme::name),
            contradicted: declared.is_some_and(|scheme| evidence.contradicts(scheme)),
            candidates: candidates.collect(),
            with: evidence.way().map(WayObject::of),
            trial: evidence.trial.as_ref().map(TrialObject::of),
            canary: evidence.canary.as_deref().map(WayObject::all),
        }
    }
}

impl<'a> TrialObject<'a> {
    fn of(trial: &'a TrialEvidence) -> Self {
        Self {
            rows: trial.rows,
            words: trial.words,
            ways: trial.ways,
            columns: &trial.columns,
            tries: trial.tries,
            complete: trial.complete,
            expected_by_chance: trial.expected_by_chance,
            found: WayObject::all(&trial.found),
        }
    }
}

impl<'a> WayObject<'a> {
    fn all(ways: &'a [TrialWay]) -> Vec<Self> {
        ways.iter().map(Self::of).collect()
    }

    fn of(way: &'a TrialWay) -> Self {
        let inputs = way.inputs.iter().map(|input| WayInputObject {
            tried_as: input.slot.as_str(),
            column: input.column.as_deref(),
            declared: input.declared,
        });
        Self {
            scheme: way.scheme.name(),
            inputs: inputs.collect(),
            hits: way.hits,
            words: way.words,
            padded_otherwise: way.otherwise,
        }
    }
}
