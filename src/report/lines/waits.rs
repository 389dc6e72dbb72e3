//! The lines of a wait: that something is waited for, and that it is not any more.

use crate::engine::{WaitOver, Waiting};
use crate::report::text::{duration, safe, stamp};

/// That something is waited for, at this time in milliseconds since 1970.
pub fn waiting_line(waiting: &Waiting, now_ms: i64) -> String {
    let since = i64::try_from(waiting.waited_ms).unwrap_or(i64::MAX);
    let until = match waiting.left_ms {
        Some(left) => format!("{} more at the most", seconds(left)),
        None => "without an end".to_owned(),
    };
    format!(
        "waiting for {} (since {}, {until}): {}",
        seconds(waiting.waited_ms),
        stamp(now_ms.saturating_sub(since)),
        safe(&waiting.reason)
    )
}

/// That it is not waited for any more.
pub fn wait_over_line(over: &WaitOver) -> String {
    format!("going on after a wait of {}", seconds(over.waited_ms))
}

fn seconds(milliseconds: u64) -> String {
    #[expect(
        clippy::cast_precision_loss,
        reason = "a time is shown in its two largest units"
    )]
    duration(milliseconds as f64 / 1_000.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wait_says_since_when_until_when_and_why() {
        let mut waiting = Waiting {
            reason: "reading failed".to_owned(),
            waited_ms: 2_500,
            left_ms: Some(57_500),
        };
        assert_eq!(
            waiting_line(&waiting, 3_500),
            "waiting for 2.5 s (since 1970-01-01T00:00:01.000Z, 58 s more at the most): reading failed"
        );
        waiting.left_ms = None;
        assert!(waiting_line(&waiting, 3_500).contains("without an end"));
    }

    #[test]
    fn its_end_says_how_long_it_was() {
        let over = WaitOver {
            reason: String::new(),
            waited_ms: 14_000,
        };
        assert_eq!(wait_over_line(&over), "going on after a wait of 14 s");
    }
}
