//! A span of time as rules write it: `"90d"`, `"2y"`.

use std::fmt;

const HOUR_MS: i64 = 3_600_000;
const DAY_MS: i64 = 24 * HOUR_MS;

/// A span of time, at least an hour and at most a thousand years.
///
/// It does not follow the calendar: a month is 30 days and a year 365. So the same configuration
/// decides the same whenever it is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Age {
    millis: i64,
}

impl Age {
    /// The form of an age, for messages.
    pub const FORM: &'static str = "an age such as \"12h\", \"90d\", \"6w\", \"3mo\" or \"2y\"";

    const YEARS_MAX: i64 = 1_000;
    const UNITS: [(&'static str, i64); 5] = [
        ("h", HOUR_MS),
        ("d", DAY_MS),
        ("w", 7 * DAY_MS),
        ("mo", 30 * DAY_MS),
        ("y", 365 * DAY_MS),
    ];

    /// Reads a whole number and its unit; none for any other text.
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.bytes().take_while(u8::is_ascii_digit).count();
        let (number, unit) = text.split_at(digits);
        let number: i64 = number.parse().ok()?;
        let (_, unit_ms) = Self::UNITS.into_iter().find(|(name, _)| *name == unit)?;
        let millis = number.checked_mul(unit_ms)?;
        (1..=Self::YEARS_MAX * 365 * DAY_MS)
            .contains(&millis)
            .then_some(Self { millis })
    }

    /// The span in milliseconds.
    pub fn millis(self) -> i64 {
        self.millis
    }
}

/// In years, days or hours: the longest unit that is exact, so that equal spans are written alike.
impl fmt::Display for Age {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (name, unit_ms) in [("y", 365 * DAY_MS), ("d", DAY_MS)] {
            if self.millis % unit_ms == 0 {
                return write!(f, "{}{name}", self.millis / unit_ms);
            }
        }
        write!(f, "{}h", self.millis / HOUR_MS)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, shown: &str) {
        assert_eq!(Age::parse(text).expect(text).to_string(), shown);
    }

    #[test]
    fn every_unit_is_read() {
        check("12h", "12h");
        check("90d", "90d");
        check("6w", "42d");
        check("3mo", "90d");
        check("2y", "2y");
    }

    #[test]
    fn equal_spans_are_equal_however_they_are_written() {
        assert_eq!(Age::parse("24h"), Age::parse("1d"));
        assert_eq!(Age::parse("365d"), Age::parse("1y"));
    }

    #[test]
    fn a_day_has_86_400_seconds() {
        assert_eq!(Age::parse("1d").expect("an age").millis(), 86_400_000);
    }

    #[test]
    fn what_is_no_age_is_refused() {
        for text in [
            "",
            "90",
            "d",
            "0d",
            "-1d",
            "1.5y",
            "90 d",
            "3m",
            "2Y",
            "1001y",
            "99999999999999999999h",
            "9223372036854775807y",
        ] {
            assert_eq!(Age::parse(text), None, "{text}");
        }
    }
}
