//! What a column holds, counted and proven: in one pass over its rows and in bounded memory.
//!
//! It takes bytes and gives counts. It reads no database, decides nothing and prints nothing. The
//! same rows give the same census in any order. The keys of its hashes and the time are passed in.

// The ground: counts of a single kind, and the common passwords.

mod bits;
mod duplicates;
mod logins;
mod reservoir;
mod spelling;
mod weigh;
mod words;

// Which rows hold a password that is on a list.

mod known;

// For which rows a proof holds.

mod coverage;

// Which salted scheme made the digests of a shape; then which scheme at all.

mod trial;

mod proof;

// The census of a column in a database; then that of a column given as lines.

mod column;

mod lines;

pub use column::{
    Census, CensusSettings, ColumnCensus, ColumnLine, LineFinder, ObservedRow, OneForm,
    settle_chance,
};
pub use coverage::{
    Coverage, CoverageCounts, CoverageQuestion, DIVIDERS_MAX, Divider, DividerKind, DividerValue,
    Division, DivisionStanding, Part, PartIs, PartValue, RowHit, Spelt,
};
pub use duplicates::Duplicates;
pub use known::{
    Fingerprint, Fingerprints, Gather, Gathered, Judgement, KnownCounts, ListError, ListVerdicts,
    Lists, Matcher, Pwned, PwnedError, PwnedKind, PwnedStep, UnjudgedReason, WORD_BYTES_MAX, Way,
    WordBlock, WordBlocks, salted_opens,
};
pub use lines::{Cluster, ClusterProof, LineJudge, LinesVerdict, judge_lines};
pub use logins::LoginAges;
pub use proof::{CandidateHits, Proof, ProofHit, ShapeEvidence, ShapeVerdict, proof_of_one};
pub use reservoir::Reservoir;
pub use spelling::Spelling;
pub use trial::{
    Attempt, Beside, BesideValue, Need, PROBE_ROWS, PROBE_WORDS, TRIAL_ROWS, TRIAL_WORDS, Trial,
    TrialEvidence, TrialSources, TrialVerdict, TrialWay, Unit, WayInput, WayProbe, open_with,
};
pub use words::{HITS_MIN, WORDS_MIN, words};
