//! How a run ended, for people.

use std::fmt::Write as _;

use crate::engine::{End, Finished};
use crate::report::exit_words::ExitWords;
use crate::report::lines::held_words;
use crate::report::text::{count, duration, rate, safe};

/// Everything that the summary of a run shows.
#[derive(Clone, Copy, Debug)]
pub struct Summary<'a> {
    /// The run, if one was made.
    pub run: Option<&'a str>,
    /// How it ended.
    pub finished: &'a Finished,
    /// What the command exits with.
    pub exit: ExitWords<'a>,
    /// What to do about it; empty where there is nothing to do.
    pub what_to_do: &'a str,
}

impl Summary<'_> {
    /// The text.
    pub fn text(&self) -> String {
        let f = self.finished;
        let a = f.accounts;
        let mut out = String::new();
        let mut line = |name: &str, text: String| {
            // Writing to a string cannot fail.
            let _ = writeln!(out, "  {name:<12}{text}");
        };
        line("read", format!("{} rows", count(a.seen)));
        if f.end == End::Dry {
            line("to change", format!("{} rows", count(a.candidates)));
        } else {
            let closed = a.done + a.superseded + a.deleted + a.quarantined;
            let verdict = if closed == a.candidates {
                "they add up".to_owned()
            } else {
                format!(
                    "THEY DO NOT ADD UP: {} are unaccounted for",
                    count(a.candidates - closed)
                )
            };
            line(
                "counts",
                format!(
                    "{} to change = {} done + {} superseded + {} deleted + {} quarantined; {verdict}",
                    count(a.candidates),
                    count(a.done),
                    count(a.superseded),
                    count(a.deleted),
                    count(a.quarantined)
                ),
            );
        }
        if f.arrived > 0 {
            line(
                "arrived",
                format!(
                    "{} more while the run was on, found by the sweeps",
                    count(f.arrived)
                ),
            );
        }
        if f.waiting > 0 {
            line(
                "waiting",
                format!("{} rows wait for their users' next login", count(f.waiting)),
            );
        }
        if f.uncovered > 0 {
            line(
                "kept",
                format!(
                    "{} rows for which no proof holds; `saltern scan` names their part of the table",
                    count(f.uncovered)
                ),
            );
        }
        for (reason, rows) in &f.quarantined_by_reason {
            line("quarantined", format!("{} {}", count(*rows), safe(reason)));
        }
        line("time", self.time());
        if let Some(held) = held_words(&f.held) {
            line("held back", held);
        }
        let again = if self.what_to_do.is_empty() {
            String::new()
        } else {
            format!("; {}", self.what_to_do)
        };
        line(
            "exit",
            format!("{}: {}{again}", self.exit.code, self.exit.meaning),
        );
        format!("{}\n{out}", self.head())
    }

    fn head(&self) -> String {
        let run = self.run.map_or_else(String::new, |run| format!(" {run}"));
        let what = match self.finished.end {
            End::Done => "done",
            End::Nothing => "there was nothing to do",
            End::Dry => return "dry run: nothing was written".to_owned(),
            End::Interrupted | End::Terminated => "stopped by a signal; what was committed stays",
            End::MaxRows => "stopped at --max-rows",
            End::MaxRuntime => "stopped at --max-runtime",
            End::Window => "stopped by the clock",
            End::ControlStop => "stopped by `saltern control stop`",
            End::CriticalLoad => "ended at --critical-load; what was committed stays",
            End::Canary if self.finished.accounts.done == 0 => "no row was left for the canary",
            End::Canary if self.finished.hashed == 0 => {
                "the canary is written; try these rows through the real application now"
            }
            End::Canary => {
                "the canary is written and checked; log in through the real application now"
            }
            End::Arriving => "weak rows keep arriving",
            End::Open => "the counts do not add up",
            End::LeaseLost => "the lease was lost to another worker",
        };
        match &self.finished.reason {
            Some(reason) => format!("run{run}: {what}: {}", safe(reason)),
            None => format!("run{run}: {what}"),
        }
    }

    fn time(&self) -> String {
        let f = self.finished;
        let mut text = duration(f.elapsed_seconds);
        if f.hashed > 0 && f.hashing_seconds > 0.0 {
            #[expect(clippy::cast_precision_loss, reason = "a rate is shown rounded")]
            let per_second = f.hashed as f64 / f.hashing_seconds;
            let _ = write!(
                text,
                "; {} rows hashed, {}",
                count(f.hashed),
                rate(per_second)
            );
        }
        if f.longest_lock_ms > 0 {
            let _ = write!(
                text,
                "; no row was locked for more than {} ms",
                count(f.longest_lock_ms)
            );
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::AccountsJson;

    fn finished() -> Finished {
        Finished {
            end: End::Done,
            accounts: AccountsJson {
                seen: 1_200,
                candidates: 1_000,
                done: 990,
                superseded: 5,
                deleted: 1,
                quarantined: 4,
            },
            arrived: 2,
            waiting: 3,
            uncovered: 0,
            elapsed_seconds: 12.0,
            hashing_seconds: 10.0,
            busy_seconds: 19.8,
            hash_cpu_seconds: 19.8,
            hashed: 1_000,
            longest_lock_ms: 14,
            quarantined_by_reason: vec![("hot".to_owned(), 4)],
            held: Vec::new(),
            reason: None,
        }
    }

    fn text(finished: &Finished) -> String {
        let exit = ExitWords {
            code: 3,
            meaning: "rows were quarantined in this run",
        };
        Summary {
            run: Some("0b7c"),
            finished,
            exit,
            what_to_do: "look at the quarantine",
        }
        .text()
    }

    #[test]
    fn accounts_that_close_are_said_to() {
        assert!(text(&finished()).contains(
            "1,000 to change = 990 done + 5 superseded + 1 deleted + 4 quarantined; they add up"
        ));
    }

    #[test]
    fn accounts_that_do_not_close_can_not_be_overlooked() {
        let mut open = finished();
        open.accounts.done = 900;
        assert!(text(&open).contains("THEY DO NOT ADD UP: 90 are unaccounted for"));
    }

    #[test]
    fn a_canary_of_resets_is_not_taken_for_none() {
        let mut canary = finished();
        (canary.end, canary.hashed) = (End::Canary, 0);
        assert!(text(&canary).contains("the canary is written; try"));
        canary.accounts.done = 0;
        assert!(text(&canary).contains("no row was left for the canary"));
    }
}
