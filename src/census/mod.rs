//! What a column holds, counted and proven: over one pass of its rows, in bounded memory.
//!
//! Bytes in, counts out: it reads no database, decides nothing and prints nothing. The same rows give the same census,
//! whatever their order; the keys of its hashes and the time are passed in.

// The ground: counts of a single kind, and the common passwords.

mod bits;
mod duplicates;
mod logins;
mod reservoir;
mod spelling;
mod words;

// Which rows hold a password of a list.

mod known;

// Which salted scheme made a shape's digests, then which scheme at all.

mod trial;

mod proof;

// A column of a database, and one that is given as lines.

mod column;

mod lines;

pub use column::{Census, CensusSettings, ColumnCensus, ColumnLine, LineFinder};
pub use duplicates::Duplicates;
pub use known::{
    Fingerprint, Fingerprints, Gather, Gathered, Judgement, KnownCounts, ListError, ListVerdicts,
    Lists, Matcher, Pwned, PwnedError, PwnedKind, PwnedStep, Salting, UnjudgedReason,
    WORD_BYTES_MAX, Way, WordBlock, WordBlocks, salted_opens,
};
pub use lines::{Cluster, ClusterProof, LineJudge, LinesVerdict, judge_lines};
pub use logins::LoginAges;
pub use proof::{CandidateHits, Proof, ShapeEvidence, ShapeVerdict, proof_of_one};
pub use reservoir::Reservoir;
pub use spelling::Spelling;
pub use trial::{
    Attempt, Beside, Need, TRIAL_ROWS, TRIAL_WORDS, Trial, TrialEvidence, TrialVerdict, TrialWay,
    Unit, WayInput, open_with,
};
pub use words::words;
