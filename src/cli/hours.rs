//! Hours of the day in which a job may work: `--until 06:00`, `--window 22:00-06:00`.
//!
//! Pure: the moment and the zone are given. An hour that a night has twice counts both times; one
//! that a night leaves out is passed over.

use super::time_zone::TimeZone;

const MINUTE: i64 = 60;
const DAY: i64 = 86_400;

/// No hour of the day is further away than this, on the longest day of any zone.
const MINUTES_MAX: i64 = 3 * DAY / MINUTE;

/// A time of the day, in seconds from midnight.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DayTime(i64);

/// From one time of the day to another, over midnight where that is earlier.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DayWindow {
    from: DayTime,
    to: DayTime,
}

impl std::fmt::Display for DayTime {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:02}:{:02}", self.0 / 3_600, self.0 / 60 % 60)
    }
}

impl std::fmt::Display for DayWindow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}-{}", self.from, self.to)
    }
}

impl DayTime {
    /// `HH:MM`.
    pub fn parse(text: &str) -> Option<Self> {
        let (hours, minutes) = text.split_once(':')?;
        let number = |text: &str, most: i64| {
            let is_plain = text.len() == 2 && text.bytes().all(|b| b.is_ascii_digit());
            text.parse::<i64>().ok().filter(|n| is_plain && *n < most)
        };
        Some(Self(number(hours, 24)? * 3_600 + number(minutes, 60)? * 60))
    }

    /// The first moment after `now` at which it is that time of the day, or at which the clock has
    /// been put forward over it.
    pub(super) fn next(self, zone: &TimeZone, now: i64) -> i64 {
        let day = |unix: i64| (unix + zone.offset(unix) - self.0).div_euclid(DAY);
        // A time that comes once more in the same night is no new day.
        first_minute(now, |minute| day(minute) > day(now))
    }
}

impl DayWindow {
    /// `HH:MM-HH:MM`.
    pub fn parse(text: &str) -> Option<Self> {
        let (from, to) = text.split_once('-')?;
        let (from, to) = (DayTime::parse(from)?, DayTime::parse(to)?);
        (from != to).then_some(Self { from, to })
    }

    /// Whether it is open at that moment.
    pub(super) fn is_open(self, zone: &TimeZone, unix: i64) -> bool {
        let time = (unix + zone.offset(unix)).rem_euclid(DAY);
        let (from, to) = (self.from.0, self.to.0);
        match from < to {
            true => (from..to).contains(&time),
            false => time >= from || time < to,
        }
    }

    /// When it closes, if it is open now; when it opens, if it is not.
    pub(super) fn next_change(self, zone: &TimeZone, now: i64) -> i64 {
        let is_open = self.is_open(zone, now);
        first_minute(now, |minute| self.is_open(zone, minute) != is_open)
    }
}

/// The first whole minute after a moment for which something holds.
fn first_minute(now: i64, holds: impl Fn(i64) -> bool) -> i64 {
    let first = now.div_euclid(MINUTE) + 1;
    let mut minutes = (first..first + MINUTES_MAX).map(|minute| minute * MINUTE);
    let found = minutes.find(|minute| holds(*minute));
    found.unwrap_or((first + MINUTES_MAX) * MINUTE)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn berlin() -> TimeZone {
        TimeZone::from_rule("CET-1CEST,M3.5.0,M10.5.0/3").unwrap()
    }

    /// 2026-03-29 00:00 UTC; the clock goes from 02:00 to 03:00 at 01:00 UTC.
    const SPRING: i64 = 1_774_742_400;
    /// 2026-10-25 00:00 UTC; the clock goes from 03:00 to 02:00 at 01:00 UTC.
    const AUTUMN: i64 = 1_792_886_400;

    fn window(text: &str) -> DayWindow {
        DayWindow::parse(text).unwrap()
    }

    /// Hours and minutes after the midnight of UTC.
    fn utc(day: i64, hours: i64, minutes: i64) -> i64 {
        day + hours * 3_600 + minutes * 60
    }

    #[test]
    fn a_time_of_the_day_has_two_digits_each() {
        assert_eq!(DayTime::parse("06:00"), Some(DayTime(21_600)));
        assert_eq!(DayTime::parse("23:59").unwrap().to_string(), "23:59");
        for text in [
            "", "6:00", "06:0", "24:00", "06:60", "06", "+6:00", "06:00:00", "ab:cd",
        ] {
            assert_eq!(DayTime::parse(text), None, "{text}");
        }
        for text in ["06:00-06:00", "06:00", "22:00-6:00", "22:00 - 06:00"] {
            assert_eq!(DayWindow::parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_window_over_midnight_is_open_on_both_sides_of_it() {
        let night = window("22:00-06:00");
        let zone = TimeZone::utc();
        let day = 20_000 * DAY;
        for (hours, minutes, is_open) in [
            (21, 59, false),
            (22, 0, true),
            (0, 0, true),
            (5, 59, true),
            (6, 0, false),
            (12, 0, false),
        ] {
            let at = utc(day, hours, minutes);
            assert_eq!(night.is_open(&zone, at), is_open, "{hours}:{minutes}");
        }
        assert_eq!(night.next_change(&zone, utc(day, 23, 30)), utc(day, 30, 0));
        assert_eq!(night.next_change(&zone, utc(day, 12, 0)), utc(day, 22, 0));
        assert_eq!(
            night.next_change(&zone, utc(day, 21, 59) + 59),
            utc(day, 22, 0)
        );
    }

    #[test]
    fn the_night_in_spring_is_an_hour_shorter() {
        let zone = berlin();
        let night = window("22:00-06:00");
        // 22:00 is 21:00 UTC the day before; 06:00 is 04:00 UTC already.
        assert!(night.is_open(&zone, utc(SPRING, -3, 0)));
        assert_eq!(
            night.next_change(&zone, utc(SPRING, -3, 0)),
            utc(SPRING, 4, 0)
        );
        let six = DayTime::parse("06:00").unwrap();
        assert_eq!(six.next(&zone, utc(SPRING, -3, 0)), utc(SPRING, 4, 0));
    }

    #[test]
    fn the_night_in_autumn_is_an_hour_longer() {
        let zone = berlin();
        let night = window("22:00-06:00");
        // 22:00 is 20:00 UTC the day before; 06:00 is 05:00 UTC.
        assert_eq!(
            night.next_change(&zone, utc(AUTUMN, -4, 0)),
            utc(AUTUMN, 5, 0)
        );
        let six = DayTime::parse("06:00").unwrap();
        assert_eq!(six.next(&zone, utc(AUTUMN, -4, 0)), utc(AUTUMN, 5, 0));
    }

    #[test]
    fn a_time_that_spring_leaves_out_comes_with_the_change() {
        let zone = berlin();
        let half_past_two = DayTime::parse("02:30").unwrap();
        assert_eq!(
            half_past_two.next(&zone, utc(SPRING, 0, 30)),
            utc(SPRING, 1, 0)
        );
        // A window that lies in what is left out stays closed that night.
        let short = window("02:15-02:45");
        assert_eq!(
            short.next_change(&zone, utc(SPRING, 0, 30)),
            utc(SPRING, 24, 15)
        );
    }

    #[test]
    fn a_time_that_autumn_has_twice_comes_the_first_time() {
        let zone = berlin();
        let half_past_two = DayTime::parse("02:30").unwrap();
        assert_eq!(
            half_past_two.next(&zone, utc(AUTUMN, 0, 0)),
            utc(AUTUMN, 0, 30)
        );
        // Behind the first one, the second does not count: it is no new day.
        assert_eq!(
            half_past_two.next(&zone, utc(AUTUMN, 0, 45)),
            utc(AUTUMN, 25, 30)
        );
        let late = window("02:30-05:00");
        assert!(late.is_open(&zone, utc(AUTUMN, 0, 45)));
        assert!(!late.is_open(&zone, utc(AUTUMN, 1, 15)));
        assert!(late.is_open(&zone, utc(AUTUMN, 1, 45)));
    }
}
