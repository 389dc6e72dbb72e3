//! The verdict on a column of lines: clusters of rows, with candidates and proof.

use crate::census::column::ColumnCensus;
use crate::census::proof::ShapeEvidence;
use crate::scheme::{Class, Recognised, Scheme};

/// The verdict.
#[derive(Clone, Debug, PartialEq)]
pub struct LinesVerdict {
    /// The number of all lines.
    pub rows: u64,
    /// The clusters, the largest first.
    pub clusters: Vec<Cluster>,
}

/// Rows that are one kind of value.
#[derive(Clone, Debug, PartialEq)]
pub struct Cluster {
    /// What they look like: a shape of bare digests, the scheme that their mark names or whose form
    /// they most likely have, a marker, or a class.
    pub shape: String,
    /// How many.
    pub rows: u64,
    /// Their share of all lines, from 0 to 1.
    pub share: f64,
    /// Their scheme, where it is marked or proven.
    pub scheme: Option<Scheme>,
    /// What they may be, likeliest first.
    pub candidates: Vec<Scheme>,
    /// What proved the scheme.
    pub proof: Option<ClusterProof>,
}

/// What proved a cluster's scheme.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ClusterProof {
    /// The scheme.
    pub scheme: Scheme,
    /// Rows that hold the digest of a common password under it.
    pub hits: u64,
    /// How many passwords were tried.
    pub tried: u64,
    /// How many hits chance alone would give.
    pub expected_by_chance: f64,
}

/// The census as clusters, the largest first.
pub(super) fn clusters(census: &ColumnCensus, unmarked: Vec<(Vec<Scheme>, u64)>) -> Vec<Cluster> {
    let mut clusters: Vec<Cluster> = Vec::new();
    for line in &census.lines {
        let shape = match line.specimen {
            Recognised::Digest { shape, .. } => shape.to_string(),
            _ => line.label(),
        };
        // A slow and a strong value of one scheme are one cluster.
        if let Some(cluster) = clusters.iter_mut().find(|known| known.shape == shape) {
            cluster.rows += line.rows;
            continue;
        }
        let evidence = match line.specimen {
            Recognised::Digest { shape, .. } => census.evidence(shape),
            _ => None,
        };
        clusters.push(Cluster {
            shape,
            rows: line.rows,
            share: 0.0,
            scheme: line.scheme,
            candidates: match evidence {
                Some(evidence) => candidates(evidence),
                None => line.scheme.into_iter().collect(),
            },
            proof: evidence.and_then(proof),
        });
    }
    // The census counts values that only have the form of a hash among the unknown.
    let with_form: u64 = unmarked.iter().map(|(_, rows)| rows).sum();
    let class = Class::Unknown.to_string();
    if let Some(unknown) = clusters.iter_mut().find(|cluster| cluster.shape == class) {
        unknown.rows = unknown.rows.saturating_sub(with_form);
    }
    clusters.retain(|cluster| cluster.rows > 0);
    clusters.extend(unmarked.into_iter().map(|(candidates, rows)| {
        Cluster {
            shape: candidates
                .first()
                .map_or_else(|| class.clone(), Scheme::to_string),
            rows,
            share: 0.0,
            scheme: None,
            candidates,
            proof: None,
        }
    }));
    for cluster in &mut clusters {
        cluster.share = cluster.rows as f64 / census.rows.max(1) as f64;
    }
    clusters.sort_by_key(|cluster| std::cmp::Reverse(cluster.rows));
    clusters
}

/// What the digests of a shape may be: the proven scheme, or else every scheme of the shape.
fn candidates(evidence: &ShapeEvidence) -> Vec<Scheme> {
    if let Some(proven) = evidence.proven() {
        return vec![proven];
    }
    let unsalted = evidence.candidates.iter();
    let mut all: Vec<Scheme> = unsalted.map(|candidate| candidate.scheme).collect();
    if !evidence.shape.is_joined() {
        all.extend(evidence.shape.salted_candidates());
    }
    all
}

fn proof(evidence: &ShapeEvidence) -> Option<ClusterProof> {
    let scheme = evidence.proven()?;
    let unsalted = evidence.candidates.iter().find(|own| own.scheme == scheme);
    let of_trial = || {
        let trial = evidence.trial.as_ref()?;
        Some((trial.proven()?.hits, trial.words))
    };
    let (hits, tried) = match unsalted {
        Some(own) if own.hits > 0 => (own.hits, evidence.tried),
        _ => of_trial()?,
    };
    Some(ClusterProof {
        scheme,
        hits,
        tried,
        expected_by_chance: evidence.expected_by_chance,
    })
}
