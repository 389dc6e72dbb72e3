//! What stays in the sidecar's memory of passwords that were tried.

use std::fs::File;
use std::io::ErrorKind;
use std::os::unix::fs::FileExt as _;

use super::*;

const PASSWORDS: u32 = 600;

fn typed(n: u32) -> String {
    // A text that stands nowhere else, and can be found in memory whole.
    format!("typed-{n:05}-{:08x}", n.wrapping_mul(2_654_435_761))
}

/// How many of the passwords stand in the process's writable memory.
fn found_in(pid: u32) -> Option<usize> {
    let maps = std::fs::read_to_string(format!("/proc/{pid}/maps")).ok()?;
    let memory = match File::open(format!("/proc/{pid}/mem")) {
        Ok(memory) => memory,
        Err(error) if error.kind() == ErrorKind::PermissionDenied => return None,
        Err(error) => panic!("{error}"),
    };
    let mut found = vec![false; PASSWORDS as usize];
    for line in maps.lines().filter(|line| line.contains(" rw")) {
        let (range, _) = line.split_once(' ').unwrap();
        let (from, to) = range.split_once('-').unwrap();
        let at = |hex| u64::from_str_radix(hex, 16).unwrap();
        let (from, to) = (at(from), at(to));
        let mut bytes = vec![0; usize::try_from(to - from).unwrap()];
        // Some mappings can't be read.
        if memory.read_exact_at(&mut bytes, from).is_err() {
            continue;
        }
        for at in bytes
            .windows(6)
            .enumerate()
            .filter(|(_, w)| *w == b"typed-")
        {
            let text = bytes.get(at.0..at.0 + typed(0).len());
            let text = text.and_then(|text| std::str::from_utf8(text).ok());
            let number = text.and_then(|text| text.get(6..11)?.parse::<u32>().ok());
            if let Some(number) = number.filter(|n| *n < PASSWORDS && text == Some(&typed(*n))) {
                found[number as usize] = true;
            }
        }
    }
    Some(found.iter().filter(|found| **found).count())
}

#[test]
fn passwords_do_not_stay_in_memory() {
    let db = people(Backend::Sqlite, 4);
    let sidecar = Sidecar::on(&db, &format!("{PARENTS}{CHEAP}"), UNLIMITED);
    for first in (0..PASSWORDS).step_by(20) {
        let mut client = sidecar.client();
        for n in first..first + 20 {
            assert_eq!(
                client.login(&login_of(u64::from(n % 5)), &typed(n)),
                mismatch()
            );
        }
    }
    // Other requests over other connections, as there always are.
    assert_eq!(sidecar.login(&login_of(0), &password_of(0)), matched(true));
    assert_eq!(
        sidecar.metric("saltern_login_seconds_count"),
        u64::from(PASSWORDS) + 1
    );
    // Only root may read the memory of a process that is not dumpable.
    if let Some(found) = found_in(sidecar.running.id()) {
        // Fewer than one in 300.
        assert!(found < 2, "{found} of {PASSWORDS}");
    }
}

#[test]
fn nobody_dumps_its_memory() {
    let db = people(Backend::Sqlite, 1);
    let sidecar = Sidecar::on(&db, &format!("{PARENTS}{CHEAP}"), UNLIMITED);
    let limits = format!("/proc/{}/limits", sidecar.running.id());
    let limits = std::fs::read_to_string(limits).unwrap();
    let core = limits
        .lines()
        .find(|line| line.starts_with("Max core file size"));
    let core: Vec<&str> = core.unwrap().split_whitespace().collect();
    assert_eq!(core[4..6], ["0", "0"]);
}
