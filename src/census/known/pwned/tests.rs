use std::io::Cursor;

use super::*;

/// Digests as a list has them, evenly spread but for a knot in the middle.
fn digests(count: u64) -> Vec<u128> {
    let mut all: Vec<u128> = (0..count)
        .map(|n| {
            let high = n.wrapping_mul(0x9e37_79b9_7f4a_7c15);
            let high = if n % 10 == 0 { (1 << 63) + n } else { high };
            u128::from(high) << 64 | u128::from(n.wrapping_mul(0xd1b5_4a32_d192_ed03))
        })
        .collect();
    all.sort_unstable();
    all
}

fn list(digests: &[u128], kind: PwnedKind, end: &str) -> String {
    let tail = if kind == PwnedKind::Sha1 {
        "0123abCD"
    } else {
        ""
    };
    let line = |(n, digest): (usize, &u128)| {
        let hex = format!("{digest:032X}");
        let hex = if n % 2 == 0 { hex } else { hex.to_lowercase() };
        format!("{hex}{tail}:{}{end}", n % 1_000 * n)
    };
    digests.iter().enumerate().map(line).collect()
}

fn search(
    text: &str,
    window_bytes: usize,
    fingerprints: &Fingerprints,
    step_bytes: u64,
) -> (Vec<usize>, u64) {
    let mut list = Pwned::of(Cursor::new(text.as_bytes()), window_bytes).expect("a list");
    let (mut found, mut at) = (Vec::new(), 0);
    while at < fingerprints.len() {
        at = list
            .search(fingerprints, at, step_bytes, &mut found)
            .expect("a list in order")
            .looked_for;
    }
    (found, list.bytes_read())
}

/// What a search finds is what a plain reading of all lines finds.
fn check(text: &str, fingerprints: &[u128]) {
    let mut tagged: Vec<u128> = fingerprints
        .iter()
        .map(|fingerprint| fingerprint | IN_PWNED)
        .collect();
    // Fingerprints of other schemes are passed over, even where a line has the same bits.
    tagged.extend(
        fingerprints
            .iter()
            .map(|fingerprint| fingerprint & !IN_PWNED),
    );
    let fingerprints = Fingerprints::of_bits(tagged);
    let lines: std::collections::HashSet<u128> = text
        .lines()
        .map(|line| u128::from_str_radix(&line[..32], 16).expect("hex") | IN_PWNED)
        .collect();
    let naive: Vec<usize> = (0..fingerprints.len())
        .filter(|at| {
            lines.contains(&fingerprints.sorted()[*at])
                && fingerprints.sorted()[*at] & IN_PWNED == 1
        })
        .collect();
    for window_bytes in [128, 300, 4_096, 1 << 20] {
        for step_bytes in [1, 10_000, u64::MAX] {
            let (found, _) = search(text, window_bytes, &fingerprints, step_bytes);
            assert_eq!(found, naive, "window {window_bytes}, step {step_bytes}");
        }
    }
}

#[test]
fn a_search_finds_what_a_plain_reading_finds() {
    let all = digests(3_000);
    for kind in [PwnedKind::Sha1, PwnedKind::Ntlm] {
        for end in ["\n", "\r\n"] {
            let whole = list(&all, kind, end);
            for text in [whole.as_str(), whole.trim_end()] {
                check(text, &[all[0]]);
                check(text, &[all[2_999]]);
                check(text, &[0, u128::MAX, 1 << 127]);
                check(text, &all);
                for step in [7, 97, 1_000] {
                    let some = all
                        .iter()
                        .step_by(step)
                        .flat_map(|f| [*f, f ^ (1 << 20), f.wrapping_add(4)]);
                    check(text, &some.collect::<Vec<_>>());
                }
            }
        }
    }
    check(&list(&all[..1], PwnedKind::Sha1, ""), &all[..3]);
}

#[test]
fn where_few_are_looked_for_most_of_the_list_is_not_read() {
    let all: Vec<u128> = digests(200_000)
        .into_iter()
        .filter(|d| d >> 116 != 1 << 11)
        .collect();
    let text = list(&all, PwnedKind::Sha1, "\r\n");
    let few = Fingerprints::of_bits(all.iter().step_by(60_000).map(|f| f | IN_PWNED).collect());
    let (found, bytes) = search(&text, 4_096, &few, u64::MAX);
    assert_eq!(found.len(), few.len());
    assert!(bytes < text.len() as u64 / 4, "{bytes} of {}", text.len());
    let every = Fingerprints::of_bits(all.iter().map(|f| f | IN_PWNED).collect());
    let (found, bytes) = search(&text, 4_096, &every, u64::MAX);
    assert_eq!(found.len(), every.len());
    // The lines that a window's end cuts are read twice.
    assert!(
        bytes < text.len() as u64 * 102 / 100,
        "{bytes} of {}",
        text.len()
    );
}

fn refusal(text: &str) -> String {
    let all = Fingerprints::of_bits(digests(3_000).iter().map(|f| f | IN_PWNED).collect());
    let list = Pwned::of(Cursor::new(text.as_bytes()), 4_096);
    let answer = list.and_then(|mut list| list.search(&all, 0, u64::MAX, &mut Vec::new()));
    answer.expect_err("a refusal").to_string()
}

#[test]
fn what_is_no_such_list_is_refused_and_not_quoted() {
    let good = list(&digests(3_000), PwnedKind::Sha1, "\n");
    let middle = good.len() / 2 / 49 * 49;
    for (text, expected) in [
        (String::new(), "first line"),
        ("password\n123456\n".to_owned(), "first line"),
        (good.replace(':', " "), "first line"),
        (good.replacen(':', ":x", 3), "no line"),
        (good.replacen("\n", "\npassword\n", 1), "no line"),
        (format!("{}{}", good, &good[..100]), "not ordered"),
        (format!("{}{}", &good[middle..], &good[..middle]), "no"),
    ] {
        let told = refusal(&text);
        assert!(told.contains(expected), "{told}");
        assert!(!told.contains("password"), "{told}");
    }
}
