//! What a campaign has done, for its last lines.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::time::Duration;

use crate::saltern::Finished;

#[derive(Debug, Default)]
pub(crate) struct Tally {
    pub(crate) rounds: u64,
    pub(crate) processes: u64,
    pub(crate) logins: u64,
    pub(crate) rows_checked: u64,
    /// COMMITs whose answer got lost.
    pub(crate) commits_lost: u64,
    /// How often a process ended with a code, by fault and code.
    codes: BTreeMap<&'static str, BTreeMap<String, u64>>,
    /// The longest that something took: a process by its fault, and other times.
    times: BTreeMap<&'static str, Duration>,
}

impl Tally {
    /// One process that has ended.
    pub(crate) fn add(&mut self, fault: &'static str, finished: &Finished) {
        self.add_code(fault, finished);
        self.longest(fault, finished.elapsed);
    }

    /// The same for one that lives as long as its round.
    pub(crate) fn add_code(&mut self, fault: &'static str, finished: &Finished) {
        self.processes += 1;
        let code = match (finished.code(), finished.signal()) {
            (Some(code), _) => code.to_string(),
            (None, signal) => format!("signal {}", signal.unwrap_or_default()),
        };
        *self
            .codes
            .entry(fault)
            .or_default()
            .entry(code)
            .or_default() += 1;
    }

    /// A time that is worth knowing.
    pub(crate) fn longest(&mut self, what: &'static str, time: Duration) {
        let longest = self.times.entry(what).or_default();
        *longest = (*longest).max(time);
    }

    pub(crate) fn words(&self, time: Duration) -> String {
        let mut text = format!(
            "{} rounds, {} processes, {} logins, {} rows checked, {} COMMITs without an answer, {:.0} s\n",
            self.rounds,
            self.processes,
            self.logins,
            self.rows_checked,
            self.commits_lost,
            time.as_secs_f64()
        );
        for (fault, codes) in &self.codes {
            let codes: Vec<String> = codes
                .iter()
                .map(|(code, times)| format!("{code} × {times}"))
                .collect();
            writeln!(text, "  {fault}: {}", codes.join(", ")).unwrap();
        }
        for (what, time) in &self.times {
            writeln!(text, "  at most, {what}: {:.1} s", time.as_secs_f64()).unwrap();
        }
        text
    }
}
