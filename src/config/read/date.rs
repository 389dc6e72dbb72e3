//! Dates as rules write them.

/// Midnight UTC of a date such as `2026-01-01`, in milliseconds since 1970. None for a text that is
/// no date from 1970 to 9999.
pub(super) fn midnight_ms(text: &str) -> Option<i64> {
    let mut parts = text.split('-');
    let mut part = |digits: usize| {
        let part = parts.next()?;
        let plain = part.len() == digits && part.bytes().all(|byte| byte.is_ascii_digit());
        part.parse::<i64>().ok().filter(|_| plain)
    };
    let (year, month, day) = (part(4)?, part(2)?, part(2)?);
    let known = parts.next().is_none() && year >= 1970 && (1..=12).contains(&month);
    if !known || !(1..=days_in(year, month)).contains(&day) {
        return None;
    }
    let days = (1970..year).map(|year| 365 + leap_day(year)).sum::<i64>()
        + (1..month).map(|month| days_in(year, month)).sum::<i64>()
        + day
        - 1;
    Some(days * 86_400_000)
}

fn days_in(year: i64, month: i64) -> i64 {
    match month {
        2 => 28 + leap_day(year),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

fn leap_day(year: i64) -> i64 {
    i64::from((year % 4 == 0 && year % 100 != 0) || year % 400 == 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_is_its_midnight_in_utc() {
        assert_eq!(midnight_ms("1970-01-01"), Some(0));
        assert_eq!(midnight_ms("2026-01-01"), Some(1_767_225_600_000));
        assert_eq!(midnight_ms("2000-02-29"), Some(951_782_400_000));
        assert_eq!(midnight_ms("9999-12-31"), Some(253_402_214_400_000));
    }

    #[test]
    fn what_is_no_date_is_refused() {
        for text in [
            "",
            "2026",
            "2026-1-1",
            "2026-13-01",
            "2026-00-01",
            "2026-01-32",
            "2026-01-00",
            "2023-02-29",
            "2100-02-29",
            "1969-12-31",
            "2026-01-01-",
            "2026-01-01T00:00:00Z",
            "+026-01-01",
            "01-01-2026",
        ] {
            assert_eq!(midnight_ms(text), None, "{text}");
        }
    }
}
