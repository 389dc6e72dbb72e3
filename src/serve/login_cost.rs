//! What logins cost by the clock, as it was measured, and its text for people.
//!
//! The clock decides nothing about a login: it orders and reports. What a login owes is counted in
//! hashes.

use std::fmt;
use std::time::Duration;

/// What every login of a credential costs where all of them make the same hashes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoginCost {
    /// The hashes in words, each with its time on an idle thread, the dearest first.
    pub hashes: Vec<(String, Duration)>,
    /// How many kinds of the column are not among them: there are too many.
    pub left_out: usize,
    /// Whether there are values that nobody can log in by: beyond what a login may cost here.
    pub has_beyond: bool,
    /// How many logins all threads together make.
    pub rate: LoginRate,
}

/// How many logins the hashing threads make, all at work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LoginRate {
    /// The threads.
    pub threads: usize,
    /// The time in which each of them made one login.
    pub time: Duration,
}

/// Which rows the time of a failed login tells apart from a name that nobody has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShownRows {
    /// The time of a failed login for nobody.
    pub nobody: Duration,
    /// The kinds of rows that take longer or shorter, those with most rows first.
    pub kinds: Vec<ShownKind>,
}

/// Rows that cost the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShownKind {
    /// Their hashes in words.
    pub hashes: String,
    /// How many there are.
    pub rows: u64,
    /// The time of a failed login.
    pub time: Duration,
}

/// How many kinds are named in a line.
const NAMED_MAX: usize = 8;

impl LoginCost {
    /// The time of one login on an idle thread.
    pub fn total(&self) -> Duration {
        self.hashes.iter().map(|(_, time)| *time).sum()
    }

    /// Whether all kinds together take several times as long as the dearest of them.
    fn is_several(&self) -> bool {
        /// Two kinds as dear as one another are a column as many are.
        const TIMES: u32 = 3;
        let dearest = self.hashes.iter().map(|(_, time)| *time).max();
        dearest.is_some_and(|dearest| self.total() >= dearest * TIMES && !dearest.is_zero())
    }
}

impl LoginRate {
    /// Logins a second.
    pub fn per_second(self) -> f64 {
        self.threads as f64 / self.time.as_secs_f64().max(1e-9)
    }
}

impl fmt::Display for LoginCost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "every login makes the same hashes, {}",
            Millis(self.total())
        )?;
        let mut before = ": ";
        for (words, time) in self.hashes.iter().take(NAMED_MAX) {
            write!(f, "{before}{words} {}", Millis(*time))?;
            before = "; ";
        }
        if self.hashes.len() > NAMED_MAX {
            write!(f, "; and {} more", self.hashes.len() - NAMED_MAX)?;
        }
        if self.is_several() {
            f.write_str("; together they take several times as long as the dearest of them")?;
        }
        write!(f, "; {}", self.rate)?;
        if self.left_out > 0 {
            write!(
                f,
                "; {} more kinds of hashes in the column are too many, and rows with them show",
                self.left_out
            )?;
        }
        if self.has_beyond {
            f.write_str("; some values cost more than a login may, and nobody logs in by them")?;
        }
        Ok(())
    }
}

impl fmt::Display for LoginRate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (rate, threads) = (self.per_second(), self.threads);
        let s = if threads == 1 { "" } else { "s" };
        let digits = usize::from(rate < 10.0);
        write!(
            f,
            "at most {rate:.digits$} logins a second on {threads} thread{s}"
        )
    }
}

impl fmt::Display for ShownRows {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.kinds.is_empty() {
            return write!(
                f,
                "no row shows by the time of a failed login: each takes {}, as nobody's does",
                Millis(self.nobody)
            );
        }
        write!(
            f,
            "rows show by the time of a failed login, which takes {} for nobody",
            Millis(self.nobody)
        )?;
        let mut before = ": ";
        for kind in self.kinds.iter().take(NAMED_MAX) {
            let rows = match kind.rows {
                1 => "1 row".to_owned(),
                rows => format!("{rows} rows"),
            };
            write!(
                f,
                "{before}{} for {rows} of {}",
                Millis(kind.time),
                kind.hashes
            )?;
            before = "; ";
        }
        if self.kinds.len() > NAMED_MAX {
            write!(
                f,
                "; and {} more kinds of rows",
                self.kinds.len() - NAMED_MAX
            )?;
        }
        Ok(())
    }
}

/// A time in milliseconds.
struct Millis(Duration);

impl fmt::Display for Millis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let millis = self.0.as_secs_f64() * 1e3;
        let digits = if millis < 1.0 {
            2
        } else {
            usize::from(millis < 100.0)
        };
        write!(f, "{millis:.digits$} ms")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn ms(millis: u64) -> Duration {
        Duration::from_millis(millis)
    }

    #[test]
    fn a_cost_names_the_hashes_and_the_logins_a_second() {
        let cost = LoginCost {
            hashes: vec![
                ("bcrypt of cost 10".to_owned(), ms(60)),
                ("scrypt".to_owned(), ms(9)),
            ],
            left_out: 0,
            has_beyond: true,
            rate: LoginRate {
                threads: 2,
                time: ms(80),
            },
        };
        assert_eq!(
            cost.to_string(),
            "every login makes the same hashes, 69.0 ms: bcrypt of cost 10 60.0 ms; scrypt 9.0 ms; \
             at most 25 logins a second on 2 threads; some values cost more than a login may, and \
             nobody logs in by them"
        );
    }

    #[test]
    fn a_cost_says_where_the_kinds_add_up() {
        let cost = |kinds: usize| LoginCost {
            hashes: vec![("md5crypt".to_owned(), ms(10)); kinds],
            left_out: 0,
            has_beyond: false,
            rate: LoginRate {
                threads: 1,
                time: ms(10),
            },
        };
        let warns = |kinds| cost(kinds).to_string().contains("several times as long");
        assert_eq!(
            [0, 1, 2, 3, 4].map(warns),
            [false, false, false, true, true]
        );
    }

    #[test]
    fn rows_that_show_are_named_with_their_time() {
        let mut shown = ShownRows {
            nobody: ms(9),
            kinds: Vec::new(),
        };
        let said =
            "no row shows by the time of a failed login: each takes 9.0 ms, as nobody's does";
        assert_eq!(shown.to_string(), said);
        shown.kinds.push(ShownKind {
            hashes: "bcrypt of cost 10".to_owned(),
            rows: 3,
            time: ms(120),
        });
        assert_eq!(
            shown.to_string(),
            "rows show by the time of a failed login, which takes 9.0 ms for nobody: 120 ms for 3 \
             rows of bcrypt of cost 10"
        );
    }
}
