//! Parts are told apart on made columns. Hits are given, not computed.

use super::*;
use crate::scheme::Scheme;

const KEYS: [u64; 2] = [3, 4];

const QUESTION: CoverageQuestion = CoverageQuestion {
    scheme: Scheme::MD5,
    candidate: 0,
    of_rows: 0,
};

/// Random numbers (splitmix64, S. Vigna).
pub(super) struct Draw(pub(super) u64);

impl Draw {
    pub(super) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        bits ^ (bits >> 31)
    }

    pub(super) fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    pub(super) fn between(&mut self, from: f64, to: f64) -> f64 {
        from + (to - from) * self.unit()
    }

    pub(super) fn below(&mut self, most: usize) -> usize {
        (self.next() % most as u64) as usize
    }

    pub(super) fn is(&mut self, chance: f64) -> bool {
        self.unit() < chance
    }
}

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
        counts.row(b"5f4dcc3b5aa765d61d8327deb882cf99", hit, beside);
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

#[test]
fn a_few_trials_of_a_tables_makers_leave_nobody_behind() {
    let dividers = [
        divider("id", DividerKind::Key),
        divider("role", DividerKind::Words),
    ];
    for (trials, others) in [(3, 3), (3, 0), (5, 2)] {
        let mut counts = CoverageCounts::new(&dividers, KEYS);
        for id in 0..1_000_i64 {
            let is_hit = id < trials || (500..500 + others).contains(&id);
            let hit = is_hit.then(|| hit((id % 3) as usize)).flatten();
            let role: &[u8] = if id < trials { b"admin" } else { b"user" };
            let beside = [DividerValue::Number(id), DividerValue::Bytes(role)];
            counts.row(b"5f4dcc3b5aa765d61d8327deb882cf99", hit, beside);
        }
        let coverage = judge(counts);
        assert_eq!(empty(&coverage), Vec::<String>::new(), "{trials} {others}");
    }
}

/// What is drawn for one row: its hit, and the values beside it.
type DrawnRow = (Option<RowHit>, Vec<DividerValue<'static>>);

/// Judges so many rows, each drawn by itself.
fn judge_drawn(
    rows: usize,
    dividers: &[Divider],
    mut row: impl FnMut(usize, &mut Draw) -> DrawnRow,
) -> Coverage {
    let mut draw = Draw(7);
    let mut counts = CoverageCounts::new(dividers, KEYS);
    for at in 0..rows {
        let (hit, beside) = row(at, &mut draw);
        counts.row(b"5f4dcc3b5aa765d61d8327deb882cf99", hit, beside);
    }
    judge(counts)
}

/// A hit by that chance, of one of forty words.
fn drawn_hit(draw: &mut Draw, chance: f64) -> Option<RowHit> {
    draw.is(chance).then(|| hit(draw.below(40))).flatten()
}

#[test]
fn the_same_rows_under_three_names_are_one_part() {
    let dividers = [
        divider("id", DividerKind::Key),
        divider("created_at", DividerKind::Moment),
        divider("hash_type", DividerKind::Number),
    ];
    for rows in [5_000, 100_000] {
        let first = rows * 7 / 10;
        let coverage = judge_drawn(rows, &dividers, |at, draw| {
            let is_first = at < first;
            let hit = drawn_hit(draw, if is_first { 0.1 } else { 0.0 });
            let at = at as i64;
            let beside = [at, 1_000 + 3 * at, if is_first { 1 } else { 2 }];
            (hit, beside.map(DividerValue::Number).into())
        });
        assert_eq!(empty(&coverage), ["hash_type = 2"]);
        assert_eq!(coverage.proven_rows, first as u64);
        let also: Vec<&str> = coverage.empty[0]
            .also
            .iter()
            .map(|(name, _)| name.as_str())
            .collect();
        assert_eq!(also, ["created_at", "id"]);
    }
}

#[test]
fn two_parts_that_share_no_rows_are_both_named() {
    let dividers = [
        divider("algo", DividerKind::Words),
        divider("salt", DividerKind::Presence),
    ];
    let coverage = judge_drawn(60_000, &dividers, |at, draw| {
        let (is_sha, is_salted) = (at % 10 == 3, at % 7 == 1);
        let chance = if is_sha || is_salted { 0.0 } else { 0.05 };
        let algo = if is_sha { &b"sha1"[..] } else { b"md5" };
        let salt = match is_salted {
            true => DividerValue::Bytes(b"xyz"),
            false => DividerValue::Null,
        };
        (
            drawn_hit(draw, chance),
            vec![DividerValue::Bytes(algo), salt],
        )
    });
    assert_eq!(empty(&coverage), ["salt is present", "algo = 'sha1'"]);
    let [salted, sha] = &coverage.empty[..] else {
        panic!("two parts");
    };
    assert_eq!((salted.rows, sha.rows), (8_572, 6_000));
    // A seventh of these rows belongs to the part that was named first. A sample says how many.
    assert!((5_050..=5_230).contains(&sha.new_rows), "{}", sha.new_rows);
}

#[test]
fn a_range_of_the_key_or_of_dates_says_where_it_begins() {
    let dividers = [divider("id", DividerKind::Key)];
    let coverage = judge_drawn(2_000, &dividers, |at, draw| {
        let chance = if at < 1_400 { 0.2 } else { 0.0 };
        (
            drawn_hit(draw, chance),
            vec![DividerValue::Number(at as i64)],
        )
    });
    let [part] = &coverage.empty[..] else {
        panic!("one part: {:?}", coverage.empty);
    };
    let PartIs::Range {
        from: Some(from),
        to: None,
    } = part.is
    else {
        panic!("an open range: {part}");
    };
    assert!((1_380..=1_400).contains(&from), "{part}");
    assert!(!part.speaks_of_schemes());
}

#[test]
fn five_chosen_accounts_do_not_prove_a_part() {
    let dividers = [divider("hash_type", DividerKind::Number)];
    let coverage = judge_drawn(20_000, &dividers, |at, draw| {
        let is_second = at % 20 == 0;
        let hit = match (is_second, at % 4_000) {
            (true, 0) => hit(at / 4_000),
            (true, _) => None,
            (false, _) => drawn_hit(draw, 0.05),
        };
        (hit, vec![DividerValue::Number(1 + i64::from(is_second))])
    });
    assert_eq!(empty(&coverage), ["hash_type = 2"]);
    assert_eq!(coverage.empty[0].hits, 5);
}

#[test]
fn thirty_two_columns_that_divide_nothing_find_nothing() {
    let kinds = [DividerKind::Words, DividerKind::Number, DividerKind::Moment];
    let dividers: Vec<Divider> = (0..DIVIDERS_MAX)
        .map(|at| divider(&format!("c{at}"), kinds[at % 3]))
        .collect();
    for rows in [50, 1_000, 50_000] {
        let coverage = judge_drawn(rows, &dividers, |_, draw| {
            let beside = (0..DIVIDERS_MAX).map(|at| match at % 3 {
                0 => DividerValue::Bytes(&b"abcdefghijklmnopqrstuvwxyz"[draw.below(26)..]),
                1 => DividerValue::Number(draw.below(1 << at) as i64),
                _ => DividerValue::Number(draw.below(1_000_000_000) as i64),
            });
            let beside = beside.collect();
            (drawn_hit(draw, 0.15), beside)
        });
        assert!(coverage.is_whole(), "{rows}: {:?}", empty(&coverage));
        assert_eq!(coverage.proven_rows, rows as u64);
    }
}

#[test]
fn a_password_that_a_batch_of_accounts_was_given_makes_no_other_part_empty() {
    let dividers = [
        divider("id", DividerKind::Key),
        divider("imported", DividerKind::Number),
    ];
    let coverage = judge_drawn(3_000, &dividers, |at, draw| {
        let is_imported = (1_000..1_600).contains(&at);
        let hit = match is_imported {
            true => hit(50),
            false => drawn_hit(draw, 0.03),
        };
        let beside = [at as i64, i64::from(is_imported)];
        (hit, beside.map(DividerValue::Number).into())
    });
    assert!(coverage.is_whole(), "{:?}", coverage.empty);
}

#[test]
fn a_tenant_with_a_stricter_rule_for_passwords_is_no_other_scheme() {
    let dividers = [divider("tenant", DividerKind::Number)];
    let coverage = judge_drawn(20_000, &dividers, |_, draw| {
        let tenant = draw.below(4);
        let chance = if tenant == 2 { 0.03 } else { 0.1 };
        let hit = drawn_hit(draw, chance);
        (hit, vec![DividerValue::Number(tenant as i64)])
    });
    assert!(coverage.is_whole(), "{:?}", coverage.empty);
    assert!(coverage.covers("tenant"));
}

#[test]
fn three_hits_tell_nothing_of_parts() {
    let dividers = [
        divider("id", DividerKind::Key),
        divider("hash_type", DividerKind::Number),
    ];
    let coverage = judge_drawn(50, &dividers, |at, _| {
        let hit = (at < 9 && at % 3 == 0).then(|| hit(at)).flatten();
        let beside = [at as i64, i64::from(at >= 20)];
        (hit, beside.map(DividerValue::Number).into())
    });
    assert!(coverage.is_whole());
    let names: Vec<String> = coverage.untestable.iter().map(Part::to_string).collect();
    assert_eq!(names, ["hash_type = 1"]);
    assert!(coverage.untestable[0].speaks_of_schemes());
    assert!(!coverage.covers("id") && !coverage.covers("hash_type"));
}

#[test]
fn small_parts_of_one_column_are_judged_together() {
    let country = divider("country", DividerKind::Number);
    let coverage = judge_drawn(4_000, std::slice::from_ref(&country), |at, draw| {
        let country = if at % 10 == 0 { at % 200 } else { 1 };
        let hit = drawn_hit(draw, if country == 1 { 0.2 } else { 0.0 });
        (hit, vec![DividerValue::Number(country as i64)])
    });
    let [part] = &coverage.empty[..] else {
        panic!("one part: {:?}", coverage.empty);
    };
    assert!(matches!(&part.is, PartIs::Values(values) if values.len() == 20));
    assert_eq!(part.rows, 400);
    let coverage = judge_drawn(4_000, &[country], |at, draw| {
        let hit = drawn_hit(draw, 0.2);
        (hit, vec![DividerValue::Number((at % 200) as i64)])
    });
    assert!(coverage.is_whole() && coverage.covers("country"));
    assert!(coverage.untestable.is_empty(), "{:?}", coverage.untestable);
}

#[test]
fn a_part_says_of_a_row_whether_it_is_in_it() {
    let part = |is: PartIs| Part {
        divider: "c".to_owned(),
        is,
        rows: 0,
        new_rows: 0,
        hits: 0,
        expected: 0.0,
        also: Vec::new(),
        speaks: false,
    };
    let check = |is: PartIs, value: DividerValue<'_>, expected: bool| {
        assert_eq!(part(is.clone()).has(b"ab", value), expected, "{is:?}");
    };
    let values = PartIs::Values(vec![PartValue::Null, PartValue::Number(3)]);
    check(values.clone(), DividerValue::Null, true);
    check(values.clone(), DividerValue::Number(3), true);
    check(values, DividerValue::Bytes(b""), false);
    check(PartIs::Present, DividerValue::Bytes(b"x"), true);
    check(PartIs::Present, DividerValue::Bytes(b""), false);
    let range = PartIs::Range {
        from: Some(5),
        to: None,
    };
    check(range.clone(), DividerValue::Number(5), true);
    check(range.clone(), DividerValue::Number(4), false);
    check(range, DividerValue::Null, false);
    check(PartIs::Spelt(Spelt::Lower), DividerValue::Unread, true);
    check(PartIs::Spelt(Spelt::Upper), DividerValue::Unread, false);
}
