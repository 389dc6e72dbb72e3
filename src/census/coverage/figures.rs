//! How often parts are told apart, measured on made columns: people of several tenants and years,
//! with bots and disabled accounts, under one scheme or under two.
//!
//! The short form runs with every test. The long one takes a minute:
//! `SALTERN_FIGURES=1000 cargo test --release --lib figures -- --nocapture`, and a seed with a
//! comma behind the number. Its figures stand in `docs/decisions/coverage.md`.

use std::collections::BTreeMap;

use super::tests::Draw;
use super::*;
use crate::census::weigh::SchemeHits;
use crate::scheme::Scheme;

/// What divides two schemes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum DividedBy {
    Column,
    Date,
    Salt,
    Nothing,
}

/// A made row.
struct MadeRow {
    is_second: bool,
    /// A bot or a disabled account: its value is nobody's password.
    is_nobody: bool,
    word: Option<u16>,
    tenant: i64,
    country: usize,
    status: &'static str,
    is_bot: i64,
    hash_type: i64,
    has_salt: bool,
    created: i64,
}

/// A made column.
struct MadeColumn {
    divided: Option<DividedBy>,
    /// Whether the second scheme is known, so that a trial can find it.
    is_registered: bool,
    rows: Vec<MadeRow>,
}

/// What came out for a column.
struct Told {
    coverage: Coverage,
    /// Honest people's rows of the first scheme in empty parts.
    honest_kept: usize,
    honest: usize,
    /// Rows of the second scheme in empty parts.
    second_kept: usize,
    second: usize,
    /// Whether the trial on rows without a hit proves the second scheme.
    by_trial: bool,
    /// Hits to be expected among the second scheme's rows.
    expected: f64,
}

/// Ranks of passwords after Zipf's law, by their sums.
fn zipf(exponent: f64) -> Vec<f64> {
    let mut sum = 0.0;
    let sums: Vec<f64> = (1..=2_500)
        .map(|rank| {
            sum += f64::from(rank).powf(-exponent);
            sum
        })
        .collect();
    sums.iter().map(|part| part / sum).collect()
}

fn column(draw: &mut Draw, is_mixed: bool, rows_max: f64) -> MadeColumn {
    let rows = (300.0 * (rows_max / 300.0).powf(draw.unit())) as usize;
    let base = draw.between(0.05, 0.5);
    let tenants = [1, 1, 3, 8][draw.below(4)];
    let better: Vec<f64> = (0..tenants).map(|_| draw.between(0.45, 1.0)).collect();
    let trend = draw.between(0.5, 1.0);
    let ranks = zipf(draw.between(0.7, 1.1));
    let divided = is_mixed.then(|| {
        [
            DividedBy::Column,
            DividedBy::Date,
            DividedBy::Salt,
            DividedBy::Nothing,
        ][draw.below(4)]
    });
    let is_registered = draw.is(0.5);
    let share = draw.between(0.05, 0.7);
    let (has_bots, in_batch) = (draw.is(0.4), draw.is(0.5));
    let disabled = if draw.is(0.3) { 0.05 } else { 0.0 };
    let made = (0..rows).map(|at| {
        let age = at as f64 / rows as f64;
        let tenant = draw.below(tenants);
        let is_second = match divided {
            None => false,
            Some(DividedBy::Date) => age > 1.0 - share,
            Some(_) => draw.is(share),
        };
        let is_bot = has_bots
            && match in_batch {
                true => (0.5..0.53).contains(&age),
                false => draw.is(0.03),
            };
        let is_disabled = draw.is(disabled);
        let is_common = draw.is(base * better[tenant] * (1.0 - (1.0 - trend) * age));
        let place = draw.unit();
        let rank = ranks.partition_point(|sum| *sum < place).min(2_499);
        // The head moves with the year and the tenant.
        let moved = if draw.is(0.4) {
            (rank + 7 * (age * 10.0) as usize + 31 * tenant) % 2_500
        } else {
            rank
        };
        let is_nobody = is_bot || is_disabled;
        MadeRow {
            is_second,
            is_nobody,
            word: (is_common && !is_nobody).then_some(moved as u16),
            tenant: tenant as i64,
            country: draw.below(30),
            status: if is_disabled { "disabled" } else { "active" },
            is_bot: i64::from(is_bot),
            hash_type: if is_second && divided == Some(DividedBy::Column) {
                2
            } else {
                1
            },
            has_salt: is_second && divided == Some(DividedBy::Salt),
            created: (1e6 * (age + 0.01 * (draw.unit() + draw.unit() - 1.0))) as i64,
        }
    });
    let made = made.collect();
    MadeColumn {
        divided,
        is_registered,
        rows: made,
    }
}

fn dividers() -> Vec<Divider> {
    [
        ("id", DividerKind::Key),
        ("created_at", DividerKind::Moment),
        ("tenant", DividerKind::Number),
        ("country", DividerKind::Words),
        ("status", DividerKind::Words),
        ("is_bot", DividerKind::Number),
        ("hash_type", DividerKind::Number),
        ("salt", DividerKind::Presence),
    ]
    .map(|(name, kind)| Divider {
        name: name.to_owned(),
        kind,
    })
    .into()
}

fn beside(at: usize, row: &MadeRow) -> [DividerValue<'static>; 8] {
    const COUNTRIES: &str = "aabbccddeeffgghhiijjkkllmmnnooppqqrrssttuuvvwwxxyyzz00112233";
    [
        DividerValue::Number(at as i64 + 1),
        DividerValue::Number(row.created),
        DividerValue::Number(row.tenant),
        DividerValue::Bytes(&COUNTRIES.as_bytes()[2 * row.country..2 * row.country + 2]),
        DividerValue::Bytes(row.status.as_bytes()),
        DividerValue::Number(row.is_bot),
        DividerValue::Number(row.hash_type),
        if row.has_salt {
            DividerValue::Bytes(b"x")
        } else {
            DividerValue::Null
        },
    ]
}

const VALUE: &[u8] = b"5f4dcc3b5aa765d61d8327deb882cf99";

fn tell(draw: &mut Draw, column: &MadeColumn) -> Told {
    let mut counts = CoverageCounts::new(&dividers(), [draw.next(), draw.next()]);
    for (at, row) in column.rows.iter().enumerate() {
        let word = row.word.filter(|_| !row.is_second);
        let hit = word.map(|word| RowHit { candidate: 0, word });
        counts.row(VALUE, hit, beside(at, row));
    }
    let coverage = counts.judge(CoverageQuestion {
        scheme: Scheme::MD5,
        candidate: 0,
        of_rows: column.rows.len() as u64,
    });
    let names = dividers();
    let is_kept = |at: usize, row: &MadeRow| {
        let beside = beside(at, row);
        coverage.empty.iter().any(|part| {
            let of = names
                .iter()
                .position(|divider| divider.name == part.divider);
            part.has(VALUE, of.map_or(DividerValue::Unread, |of| beside[of]))
        })
    };
    let count = |wanted: &dyn Fn(&MadeRow) -> bool| {
        let of: Vec<bool> = column
            .rows
            .iter()
            .enumerate()
            .filter(|(_, row)| wanted(row))
            .map(|(at, row)| is_kept(at, row))
            .collect();
        (of.iter().filter(|kept| **kept).count(), of.len())
    };
    let (honest_kept, honest) = count(&|row| !row.is_second && !row.is_nobody);
    let (second_kept, second) = count(&|row| row.is_second);
    let first = column.rows.len() - second;
    let expected = second as f64 * coverage.hits as f64 / first.max(1) as f64;
    Told {
        honest_kept,
        honest,
        second_kept,
        second,
        by_trial: column.is_registered && second > 0 && is_proven_by_trial(draw, column),
        expected,
        coverage,
    }
}

/// The trial on a thousand rows without a hit, with its thousand words. Its hits are drawn, too.
fn is_proven_by_trial(draw: &mut Draw, column: &MadeColumn) -> bool {
    let rest: Vec<&MadeRow> = column
        .rows
        .iter()
        .filter(|row| row.is_second || row.word.is_none())
        .collect();
    let rows = rest.len().min(1_000);
    let mut words: Vec<u16> = (0..rows)
        .map(|_| rest[draw.below(rest.len())])
        .filter(|row| row.is_second)
        .filter_map(|row| row.word.filter(|word| *word < 1_000))
        .collect();
    let hits = words.len() as f64;
    words.sort_unstable();
    words.dedup();
    SchemeHits {
        scheme: Scheme::MD5,
        rows: rows as f64,
        hits,
        words: words.len() as u64,
    }
    .is_enough()
}

/// The figures of so many columns of each kind.
#[derive(Debug, Default, PartialEq, Eq)]
struct Figures {
    /// Columns of one scheme in which more than half of the people's rows are kept.
    refused: usize,
    /// Columns of one scheme in which a part is kept that is not mostly nobody's.
    parts_kept: usize,
    /// Mixtures: those that were told, and all, by what divides them and whether 15 hits or more
    /// are to be expected in the second scheme's rows.
    mixtures: BTreeMap<(DividedBy, bool, bool), (usize, usize)>,
}

fn figures(columns: usize, seed: u64, rows_max: f64) -> Figures {
    let mut draw = Draw(seed);
    let mut figures = Figures::default();
    for _ in 0..columns {
        let told = {
            let made = column(&mut draw, false, rows_max);
            tell(&mut draw, &made)
        };
        figures.refused += usize::from(2 * told.honest_kept > told.honest);
        let kept: u64 = told.coverage.empty.iter().map(|part| part.new_rows).sum();
        let is_kept = told.honest_kept as u64 * 2 > kept;
        figures.parts_kept += usize::from(is_kept);
        if is_kept && std::env::var_os("SALTERN_FIGURES").is_some() {
            show(&told);
        }
    }
    for _ in 0..columns {
        let made = column(&mut draw, true, rows_max);
        let told = tell(&mut draw, &made);
        let key = (
            made.divided.expect("a mixture"),
            told.expected >= 15.0,
            made.is_registered,
        );
        // Told are nine tenths of the second scheme's rows, for the edge of a range is not sharp.
        let is_told = told.by_trial || 10 * told.second_kept >= 9 * told.second;
        let figure = figures.mixtures.entry(key).or_default();
        figure.0 += usize::from(is_told);
        figure.1 += 1;
        if !is_told
            && key.0 != DividedBy::Nothing
            && key.1
            && std::env::var_os("SALTERN_FIGURES").is_some()
        {
            show(&told);
        }
    }
    figures
}

#[expect(clippy::print_stderr, reason = "the long form shows what it measures")]
fn show(told: &Told) {
    eprintln!(
        "rows {} hits {} expected {:.1}: honest {}/{} second {}/{}: {}",
        told.coverage.rows,
        told.coverage.hits,
        told.expected,
        told.honest_kept,
        told.honest,
        told.second_kept,
        told.second,
        told.coverage
            .empty
            .iter()
            .map(|part| format!("{part}: {} hits {:.1} expected; ", part.hits, part.expected))
            .collect::<String>()
    );
}

#[test]
#[expect(clippy::print_stderr, reason = "the long form shows what it measures")]
fn honest_columns_are_not_refused_and_visible_mixtures_are_told() {
    let asked =
        std::env::var_os("SALTERN_FIGURES").map(|asked| asked.to_string_lossy().into_owned());
    let numbers: Vec<u64> = asked
        .iter()
        .flat_map(|asked| asked.split(','))
        .filter_map(|number| number.parse().ok())
        .collect();
    let (columns, seed, rows_max) = match numbers[..] {
        [] => (40, 1, 3_000.0),
        [columns] => (columns as usize, 1, 100_000.0),
        [columns, seed, ..] => (columns as usize, seed, 100_000.0),
    };
    let found = figures(columns, seed, rows_max);
    if asked.is_some() {
        eprintln!("{columns} columns of each kind, seed {seed}: {found:#?}");
    }
    assert!(found.refused * 1_000 <= columns.max(1_000), "{found:?}");
    assert!(found.parts_kept * 100 <= columns.max(100), "{found:?}");
    let visible = found
        .mixtures
        .iter()
        .filter(|((divided, enough, _), _)| *divided != DividedBy::Nothing && *enough);
    let (told, all) = visible.fold((0, 0), |sum, (_, of)| (sum.0 + of.0, sum.1 + of.1));
    assert!(all > 0 && (all - told) * 100 <= all.max(100), "{found:?}");
}
