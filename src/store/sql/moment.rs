//! A point in time as applications write it into a text or integer column.
//!
//! That is ISO 8601, or seconds or milliseconds since 1970.

/// Milliseconds since 1970, UTC; none where the text is no time. No zone means UTC.
pub(crate) fn parse(text: &str) -> Option<i64> {
    let text = text.trim();
    if let Ok(n) = text.parse::<i64>() {
        return Some(from_epoch(n));
    }
    if let Ok(seconds) = text.parse::<f64>() {
        #[expect(
            clippy::cast_possible_truncation,
            reason = "a float to integer cast saturates"
        )]
        return seconds.is_finite().then_some((seconds * 1000.0) as i64);
    }
    let bytes = text.as_bytes();
    let number = |range: std::ops::Range<usize>| -> Option<i64> {
        let digits = bytes.get(range)?;
        digits
            .iter()
            .all(u8::is_ascii_digit)
            .then(|| digits.iter().fold(0, |n, d| n * 10 + i64::from(d - b'0')))
    };
    if bytes.get(4) != Some(&b'-') || bytes.get(7) != Some(&b'-') {
        return None;
    }
    let (year, month, day) = (number(0..4)?, number(5..7)?, number(8..10)?);
    if !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return None;
    }
    let mut ms = days_from_civil(year, month, day) * 86_400_000;
    if bytes.len() == 10 {
        return Some(ms);
    }
    if !matches!(bytes[10], b' ' | b'T' | b't') || bytes.get(13) != Some(&b':') {
        return None;
    }
    let (hour, minute) = (number(11..13)?, number(14..16)?);
    let mut at = 16;
    let mut second = 0;
    if bytes.get(at) == Some(&b':') {
        second = number(17..19)?;
        at = 19;
    }
    if hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    ms += (hour * 3600 + minute * 60 + second) * 1000;
    if bytes.get(at) == Some(&b'.') {
        let digits = bytes[at + 1..]
            .iter()
            .take_while(|b| b.is_ascii_digit())
            .count();
        let mut scale = 100;
        for b in &bytes[at + 1..at + 1 + digits.min(3)] {
            ms += i64::from(b - b'0') * scale;
            scale /= 10;
        }
        at += 1 + digits;
    }
    match text.get(at..)?.trim() {
        "" | "Z" | "z" | "UTC" => Some(ms),
        zone => {
            let (sign, rest) = match zone.as_bytes()[0] {
                b'+' => (1, &zone[1..]),
                b'-' => (-1, &zone[1..]),
                _ => return None,
            };
            let digits: String = rest.chars().filter(|c| *c != ':').collect();
            if !matches!(digits.len(), 2 | 4) || !digits.bytes().all(|b| b.is_ascii_digit()) {
                return None;
            }
            let hours: i64 = digits[..2].parse().ok()?;
            let minutes: i64 = digits
                .get(2..)
                .filter(|m| !m.is_empty())
                .map_or(Some(0), |m| m.parse().ok())?;
            Some(ms - sign * (hours * 60 + minutes) * 60_000)
        }
    }
}

/// The text of a point in time that [`parse`] reads again.
pub(crate) fn text(ms: i64) -> String {
    let (days, rest) = (ms.div_euclid(86_400_000), ms.rem_euclid(86_400_000));
    let (year, month, day) = civil_from_days(days);
    let (hour, minute, second) = (rest / 3_600_000, rest / 60_000 % 60, rest / 1000 % 60);
    let fraction = match rest % 1000 {
        0 => String::new(),
        millis => format!(".{millis:03}"),
    };
    format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}{fraction}")
}

/// An integer is seconds, or milliseconds where seconds would be beyond the year 5000.
pub(crate) fn from_epoch(n: i64) -> i64 {
    const BEYOND: i64 = 100_000_000_000;
    if (-BEYOND..BEYOND).contains(&n) {
        n * 1000
    } else {
        n
    }
}

/// Days since 1970-01-01 of a date in the proleptic Gregorian calendar.
///
/// Each era of 400 years has 146,097 days.
fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    // The year begins in March, so that the leap day is its last.
    let y = if month <= 2 { year - 1 } else { year };
    let era = y.div_euclid(400);
    let year_of_era = y.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

/// The date of a number of days since 1970-01-01.
fn civil_from_days(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let (era, day_of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month + 2) / 5 + 1;
    let (month, next) = if month < 10 {
        (month + 3, 0)
    } else {
        (month - 9, 1)
    };
    (era * 400 + year_of_era + next, month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_in_every_usual_form() {
        for (text, ms) in [
            ("1970-01-01", 0),
            ("2015-11-14 10:22:33", 1_447_496_553_000),
            ("2015-11-14T10:22:33Z", 1_447_496_553_000),
            ("2015-11-14T10:22:33.250+02:00", 1_447_489_353_250),
            ("2015-11-14 10:22:33.123456-0500", 1_447_514_553_123),
            ("2015-11-14 10:22", 1_447_496_520_000),
            ("1447496553", 1_447_496_553_000),
            ("1447496553000", 1_447_496_553_000),
            ("2000-02-29", 951_782_400_000),
        ] {
            assert_eq!(parse(text), Some(ms), "{text}");
        }
    }

    #[test]
    fn a_written_time_is_read_again() {
        let mut ms = -62_000_000_000_000;
        while ms < 200_000_000_000_000 {
            assert_eq!(parse(&text(ms)), Some(ms), "{}", text(ms));
            ms += 86_399_123 * 97;
        }
        assert_eq!(text(1_447_496_553_250), "2015-11-14 10:22:33.250");
        assert_eq!(text(951_782_400_000), "2000-02-29 00:00:00");
    }

    #[test]
    fn what_is_no_time_is_none_and_never_panics() {
        for text in [
            "",
            "never",
            "0000-00-00",
            "2015-13-01",
            "2015-11-14x",
            "2015-11-14 25:00:00",
            "2015-11-14 10:22:33 CET",
            "é-é-é-",
            "2015-11-14 10:22:33+1",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
