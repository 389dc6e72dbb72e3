//! The verdict on a column that was given as lines.
//!
//! Where schemes can't be told apart, the text says what would tell.

use std::fmt::Write as _;

use serde::Serialize;
use serde_json::Value;

use crate::census::{Cluster, LinesVerdict};
use crate::report::object::object;
use crate::report::table::{Align, TextTable};
use crate::report::text::{count, percent};
use crate::scheme::Scheme;

/// How many candidates the text shows.
const SHOWN_MAX: usize = 4;

/// The object for machines: what `identify --column --json` prints.
#[derive(Serialize)]
struct ColumnObject<'a> {
    column: ColumnClusters<'a>,
}

#[derive(Serialize)]
struct ColumnClusters<'a> {
    rows: u64,
    clusters: Vec<ClusterObject<'a>>,
}

#[derive(Serialize)]
struct ClusterObject<'a> {
    shape: &'a str,
    rows: u64,
    share: f64,
    scheme: Option<&'static str>,
    candidates: Vec<&'static str>,
    proof: Option<ClusterProofObject>,
}

#[derive(Serialize)]
struct ClusterProofObject {
    scheme: &'static str,
    hits: u64,
    tried: u64,
    expected_by_chance: f64,
}

/// The object for machines.
pub fn column_json(verdict: &LinesVerdict) -> Value {
    object(&ColumnObject {
        column: ColumnClusters {
            rows: verdict.rows,
            clusters: verdict.clusters.iter().map(ClusterObject::of).collect(),
        },
    })
}

/// The text for people.
pub fn column_text(verdict: &LinesVerdict) -> String {
    let mut out = format!("{} rows\n", count(verdict.rows));
    let mut table = TextTable::new(
        2,
        &[
            ("rows", Align::Right),
            ("share", Align::Right),
            ("shape", Align::Left),
            ("scheme", Align::Left),
            ("why", Align::Left),
        ],
    );
    for cluster in &verdict.clusters {
        table.row([
            count(cluster.rows),
            percent(cluster.rows, verdict.rows),
            cluster.shape.clone(),
            scheme(cluster),
            why(cluster),
        ]);
    }
    if !table.is_empty() {
        out.push_str(&table.render());
    }
    for cluster in verdict.clusters.iter().filter(|known| is_open(known)) {
        // Writing to a string cannot fail.
        let _ = write!(
            out,
            "\n{}, not to be told apart: {}.\nNo scheme has three rows or more from two common passwords or more with all others without one. What would tell:\n\
             a value whose password is known (saltern verify), or the column with the salts and names beside it (saltern scan).\n",
            cluster.shape,
            names(cluster)
        );
    }
    out
}

impl<'a> ClusterObject<'a> {
    fn of(cluster: &'a Cluster) -> Self {
        Self {
            shape: &cluster.shape,
            rows: cluster.rows,
            share: cluster.share,
            scheme: cluster.scheme.map(Scheme::name),
            candidates: cluster
                .candidates
                .iter()
                .map(|known| known.name())
                .collect(),
            proof: cluster.proof.map(|proof| ClusterProofObject {
                scheme: proof.scheme.name(),
                hits: proof.hits,
                tried: proof.tried,
                expected_by_chance: proof.expected_by_chance,
            }),
        }
    }
}

/// Whether more than one scheme is left.
fn is_open(cluster: &Cluster) -> bool {
    cluster.scheme.is_none() && cluster.candidates.len() > 1
}

fn scheme(cluster: &Cluster) -> String {
    cluster
        .scheme
        .map_or_else(|| "-".to_owned(), |scheme| scheme.to_string())
}

fn why(cluster: &Cluster) -> String {
    match cluster.proof {
        Some(proof) => format!(
            "proven: {} of its rows are digests of {} common passwords, {:.0e} by chance",
            count(proof.hits),
            count(proof.tried),
            proof.expected_by_chance
        ),
        None if cluster.scheme.is_some() => "says so itself".to_owned(),
        None if is_open(cluster) => "not proven".to_owned(),
        None if !cluster.candidates.is_empty() => "has the form, and no mark".to_owned(),
        None => String::new(),
    }
}

fn names(cluster: &Cluster) -> String {
    let shown: Vec<&str> = cluster
        .candidates
        .iter()
        .take(SHOWN_MAX)
        .map(|known| known.name())
        .collect();
    let mut text = shown.join(", ");
    if let Some(more @ 1..) = cluster.candidates.len().checked_sub(SHOWN_MAX) {
        // Writing to a string cannot fail.
        let _ = write!(text, " and {} more", count(more as u64));
    }
    text
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::census::judge_lines;
    use crate::scheme::digest;

    fn md5s(words: &[&str]) -> Vec<String> {
        let of = |word: &&str| digest(Scheme::MD5, word.as_bytes()).expect("a digest");
        words.iter().map(|word| of(word).to_string()).collect()
    }

    #[test]
    fn the_object_is_the_contracts() {
        let mut lines = md5s(&["123456", "password", "dragon"]);
        lines.push("!".to_owned());
        let object = column_json(&judge_lines(&lines, [1, 2]));
        assert_eq!(object["column"]["rows"], 4);
        let first = &object["column"]["clusters"][0];
        assert_eq!(first["shape"], "hex32");
        assert_eq!(first["rows"], 3);
        assert_eq!(first["share"], 0.75);
        assert_eq!(first["scheme"], "md5");
        assert_eq!(first["candidates"], json!(["md5"]));
        assert_eq!(first["proof"]["scheme"], "md5");
        assert_eq!(first["proof"]["hits"], 3);
        assert!(first["proof"]["tried"].as_u64() > Some(1_000));
        assert!(first["proof"]["expected_by_chance"].as_f64() < Some(1e-9));
        assert!(object["column"]["clusters"][1]["proof"].is_null());
    }

    #[test]
    fn what_is_not_proven_is_said_with_what_would_tell() {
        let proven = column_text(&judge_lines(
            md5s(&["123456", "password", "dragon"]),
            [1, 2],
        ));
        assert!(proven.contains("proven: 3 of its rows"), "{proven}");
        assert!(!proven.contains("not to be told apart"), "{proven}");
        let open = column_text(&judge_lines(md5s(&["a b c d e", "f g h i j"]), [1, 2]));
        assert!(
            open.contains("not to be told apart: md5, ntlm, md4"),
            "{open}"
        );
        assert!(open.contains("saltern verify"), "{open}");
    }
}
