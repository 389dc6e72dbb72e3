//! The state of a run in one line, for a terminal's bar and for a log.

use crate::engine::{HeldTime, Ordered, Progress, RunStatus, Started};
use crate::report::text::{bytes, count, duration, percent, rate, safe, stamp};

/// How much of the first pass is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Share {
    /// Candidates that are accounted for.
    pub done: u64,
    /// Candidates in all: the plan's count, or what was read where that is more.
    pub whole: u64,
}

impl Share {
    /// The share of a run. It is never above the whole.
    pub fn of(progress: &Progress) -> Self {
        let a = progress.accounts;
        let done = (a.done + a.superseded + a.deleted + a.quarantined)
            .max(0)
            .cast_unsigned();
        let whole = progress.estimate.max(a.candidates).max(0).cast_unsigned();
        Self {
            done,
            whole: whole.max(done),
        }
    }
}

/// The text beside a bar: everything except the rows and the share.
pub fn bar_message(progress: &Progress) -> String {
    let mut parts = vec![rate(progress.rate)];
    let a = progress.accounts;
    for (n, what) in [
        (a.superseded, "superseded"),
        (a.deleted, "deleted"),
        (a.quarantined, "quarantined"),
        (progress.arrived, "arrived"),
    ] {
        if n > 0 {
            parts.push(format!("{} {what}", count(n)));
        }
    }
    parts.push(threads(progress.threads));
    if let Some(ms) = progress.last_commit_ms {
        #[expect(
            clippy::cast_precision_loss,
            reason = "an age is shown in its two largest units"
        )]
        parts.push(format!("commit {} ago", duration(ms as f64 / 1_000.0)));
    }
    if let Some(eta) = progress.eta_seconds {
        #[expect(
            clippy::cast_precision_loss,
            reason = "a time to go is shown in its two largest units"
        )]
        parts.push(format!("{} to go", duration(eta as f64)));
    }
    if let Some(state) = state(progress) {
        parts.push(state);
    }
    parts.join(", ")
}

/// A whole line for a log.
pub fn plain_line(progress: &Progress) -> String {
    let share = Share::of(progress);
    format!(
        "{}{} of {} rows ({}), {}",
        match place(progress) {
            place if place.is_empty() => place,
            place => format!("{place}: "),
        },
        count(share.done),
        count(share.whole),
        percent(share.done, share.whole),
        bar_message(progress)
    )
}

/// The credential and the sweep at work, as far as there are any.
pub fn place(progress: &Progress) -> String {
    let mut place = safe(&progress.credential);
    if progress.pass > 0 {
        if !place.is_empty() {
            place.push(' ');
        }
        place.push_str(&format!("sweep {}", progress.pass));
    }
    place
}

/// The first line of a run.
pub fn started_line(run: Option<&str>, started: &Started) -> String {
    let what = match (started.execute, started.resumed) {
        (false, _) => "dry run (nothing is written; --execute writes)".to_owned(),
        (true, false) => format!("run {}", run.unwrap_or("-")),
        (true, true) => format!("run {} goes on", run.unwrap_or("-")),
    };
    let digest: String = started.digest.chars().take(12).collect();
    let rows = count(started.estimate);
    if started.threads == 0 {
        return format!("{what}: plan {digest}, about {rows} rows to change, nothing to hash");
    }
    let variant = started.variant.as_ref();
    let variant = variant.map_or_else(String::new, |variant| format!(" ({variant})"));
    format!(
        "{what}: plan {digest}, about {rows} rows to change, {}, {} at once on each by kernel {}{variant}, {} for hashing",
        threads(started.threads),
        started.lockstep,
        started.kernel,
        bytes(started.memory_bytes)
    )
}

/// The line of an order that was heard.
pub fn control_line(order: &Ordered) -> String {
    let what = match (order.verb, order.amount) {
        (verb, Some(amount)) => format!("{verb} {amount}"),
        (verb @ ("rate" | "threads"), None) => format!("{verb} off"),
        (verb, None) => verb.to_owned(),
    };
    let why = match order.reason.as_str() {
        "" => String::new(),
        reason => format!(": {}", safe(reason)),
    };
    format!(
        "control: {what}, by {} at {}{why}",
        safe(&order.who),
        stamp(order.at_ms)
    )
}

/// For how long a run was held back: "throttled 12 min 00 s by lag, paused 3 min 00 s by control".
/// None where it was not, or for less than a second.
pub(crate) fn held_words(held: &[HeldTime]) -> Option<String> {
    let of = |status: RunStatus, word: &str| {
        let times = held
            .iter()
            .filter(|time| time.by.status() == status && time.seconds >= 1.0);
        let times: Vec<String> = times
            .map(|time| format!("{} by {}", duration(time.seconds), time.by.words()))
            .collect();
        (!times.is_empty()).then(|| format!("{word} {}", times.join(", ")))
    };
    let words = [
        of(RunStatus::Throttled, "throttled"),
        of(RunStatus::Paused, "paused"),
    ];
    let words: Vec<String> = words.into_iter().flatten().collect();
    (!words.is_empty()).then(|| words.join("; "))
}

fn threads(n: usize) -> String {
    if n == 1 {
        "1 thread".to_owned()
    } else {
        format!("{n} threads")
    }
}

/// The state with its reason; none while the run simply hashes.
fn state(progress: &Progress) -> Option<String> {
    let word = match progress.state {
        RunStatus::Running => return progress.reason.clone(),
        RunStatus::Paused => "paused",
        RunStatus::Throttled => "throttled",
        RunStatus::Waiting => "waiting",
        RunStatus::Stopping => "stopping",
    };
    Some(match &progress.reason {
        Some(reason) => format!("{word}: {reason}"),
        None => word.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::{AccountsJson, HeldBy};

    fn progress() -> Progress {
        Progress {
            credential: "parents".to_owned(),
            accounts: AccountsJson {
                seen: 5_000,
                candidates: 4_000,
                done: 3_000,
                superseded: 2,
                deleted: 0,
                quarantined: 7,
            },
            estimate: 10_000,
            rate: 341.7,
            threads: 2,
            last_commit_ms: Some(1_200),
            eta_seconds: Some(75),
            ..Progress::default()
        }
    }

    #[test]
    fn a_line_says_all_that_there_is_to_say() {
        assert_eq!(
            plain_line(&progress()),
            "parents: 3,009 of 10,000 rows (30.1 %), 342/s, 2 superseded, 7 quarantined, 2 threads, commit 1.2 s ago, 1 min 15 s to go"
        );
    }

    #[test]
    fn the_first_line_says_how_the_hashes_are_made() {
        let started = Started {
            execute: true,
            resumed: false,
            digest: "ab".repeat(32),
            threads: 2,
            kernel: "avx2",
            lockstep: 3,
            variant: Some("kept-unasked-beside-4, as measured".to_owned()),
            memory_bytes: (6 * 19_456) << 10,
            estimate: 1_000,
        };
        assert_eq!(
            started_line(Some("r1"), &started),
            "run r1: plan abababababab, about 1,000 rows to change, 2 threads, 3 at once on each by kernel avx2 (kept-unasked-beside-4, as measured), 114.0 MiB for hashing"
        );
    }

    #[test]
    fn the_state_comes_with_its_reason() {
        let paused = Progress {
            state: RunStatus::Paused,
            reason: Some("pause file".to_owned()),
            ..progress()
        };
        assert!(plain_line(&paused).ends_with("paused: pause file"));
    }

    #[test]
    fn what_held_a_run_back_is_added_up() {
        let time = |by, seconds| HeldTime { by, seconds };
        let held = [
            time(HeldBy::Lag, 720.0),
            time(HeldBy::Load, 180.0),
            time(HeldBy::Control, 60.0),
            time(HeldBy::Rate, 0.4),
        ];
        assert_eq!(
            held_words(&held).as_deref(),
            Some("throttled 12 min 00 s by lag, 3 min 00 s by load; paused 1 min 00 s by control")
        );
        assert_eq!(held_words(&held[3..]), None);
    }

    #[test]
    fn an_order_is_told_with_who_gave_it() {
        let order = Ordered {
            verb: "rate",
            amount: Some(50.0),
            reason: "the shop is slow".to_owned(),
            who: "anna@db1".to_owned(),
            at_ms: 0,
        };
        assert_eq!(
            control_line(&order),
            "control: rate 50, by anna@db1 at 1970-01-01T00:00:00.000Z: the shop is slow"
        );
    }

    #[test]
    fn a_share_is_never_above_the_whole() {
        let mut over = progress();
        over.estimate = 10;
        over.accounts.done = 5_000;
        let share = Share::of(&over);
        assert!(share.done <= share.whole);
        assert!(plain_line(&over).contains("(100 %)"));
    }

    #[test]
    fn where_no_credential_is_named_none_is_made_up() {
        let unnamed = Progress {
            credential: String::new(),
            ..progress()
        };
        assert!(plain_line(&unnamed).starts_with("3,009 of 10,000 rows"));
        let sweep = Progress { pass: 2, ..unnamed };
        assert!(plain_line(&sweep).starts_with("sweep 2: 3,009"));
    }

    #[test]
    fn without_an_eta_none_is_made_up() {
        let early = Progress {
            eta_seconds: None,
            ..progress()
        };
        assert!(!plain_line(&early).contains("to go"));
    }
}
