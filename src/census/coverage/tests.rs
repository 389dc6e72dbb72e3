//! Parts are told apart on made columns. Hits are given, not computed.

use super::*;
use crate::scheme::Scheme;

const KEYS: [u64; 2] = [3, 4];

const QUESTION: CoverageQuestion = CoverageQuestion {
    scheme: Scheme::MD5,
    candidate: 0,
    of_rows: 0,
};

fn divider(name: &str, kind: DividerKind) -> Divider {
    Divider {
        name: name.to_owned(),
        kind,
    }
}

fn hit(word: usize) -> Option<RowHit> {
    Some(RowHit {
        candidate: 0,
        word: word as u16,
    })
}

fn judge(counts: CoverageCounts) -> Coverage {
    let of_rows = counts.rows;
    counts.judge(CoverageQuestion {
        of_rows,
        ..QUESTION
    })
}

fn empty(coverage: &Coverage) -> Vec<String> {
    coverage.empty.iter().map(ToString::to_string).collect()
}

/// The table of the issue: 100 rows of one scheme, 60 of them hits, and 201 of another.
fn member() -> CoverageCounts {
    let dividers = [
        divider("id", DividerKind::Key),
        divider("hash_type", DividerKind::Number),
    ];
    let mut counts = CoverageCounts::new(&dividers, KEYS);
    for id in 0..301 {
        let kind = if id % 3 == 0 && id < 300 { 1 } else { 2 };
        let is_hit = kind == 1 && (id / 3) % 5 < 3;
        let beside = [DividerValue::Number(id), DividerValue::Number(kind)];
        let hit = is_hit.then(|| hit(id as usize % 6)).flatten();
        counts.row(b"5f4dcc3b5aa765d61d8327deb882cf99", hit, &beside);
    }
    counts
}

#[test]
fn a_value_of_a_column_without_its_hits_is_named_with_its_rows() {
    let coverage = judge(member());
    assert_eq!(empty(&coverage), ["hash_type = 2"]);
    let part = &coverage.empty[0];
    assert_eq!((part.rows, part.new_rows, part.hits), (201, 201, 0));
    assert!((part.expected - 120.6).abs() < 0.1, "{}", part.expected);
    assert_eq!((coverage.proven_rows, coverage.hits), (100, 60));
    assert!(part.speaks_of_schemes() && !coverage.is_whole());
    assert!(coverage.covers("id") && !coverage.covers("hash_type"));
}
