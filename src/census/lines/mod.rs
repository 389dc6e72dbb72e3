//! The verdict on a column that is given as lines: what `identify --column` says.
//!
//! Without a database there are no other columns. A salt behind its digest is tried.

mod cluster;
mod judge;

pub use cluster::{Cluster, ClusterProof, LinesVerdict};
pub use judge::{LineJudge, judge_lines};
