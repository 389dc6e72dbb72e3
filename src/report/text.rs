//! Small pieces of text that all reports are made of: counts, shares, times, sizes, safe names.

use std::borrow::Cow;
use std::fmt::Write as _;

/// A count with separated thousands: `4,833,678`.
pub fn count(n: impl TryInto<i128>) -> String {
    let n: i128 = n.try_into().unwrap_or(i128::MAX);
    let digits = n.unsigned_abs().to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3 + 1);
    if n < 0 {
        out.push('-');
    }
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// A share in percent. It is never 0 where there is something, and never 100 where something is
/// left.
pub fn percent(part: u64, whole: u64) -> String {
    if whole == 0 || part == 0 {
        return "0 %".to_owned();
    }
    if part >= whole {
        return "100 %".to_owned();
    }
    #[expect(
        clippy::cast_precision_loss,
        reason = "a share is shown with one decimal"
    )]
    let share = 100.0 * part as f64 / whole as f64;
    if share < 0.1 {
        "<0.1 %".to_owned()
    } else if share > 99.9 {
        ">99.9 %".to_owned()
    } else {
        format!("{share:.1} %")
    }
}

/// Bytes in the largest unit that keeps the number at 1 or more.
pub fn bytes(n: u64) -> String {
    const UNITS: [(&str, u64); 3] = [("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10)];
    match UNITS.iter().find(|(_, size)| n >= *size) {
        #[expect(
            clippy::cast_precision_loss,
            reason = "a size is shown with one decimal"
        )]
        Some((unit, size)) => format!("{:.1} {unit}", n as f64 / *size as f64),
        None => format!("{n} bytes"),
    }
}

/// A span of time in its two largest units.
pub fn duration(seconds: f64) -> String {
    if !seconds.is_finite() || seconds < 0.0 {
        return "an unknown time".to_owned();
    }
    if seconds < 10.0 {
        return format!("{seconds:.1} s");
    }
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "not negative, and the cast saturates"
    )]
    let whole = seconds.round() as u64;
    let (days, hours, minutes, rest) = (
        whole / 86_400,
        whole / 3_600 % 24,
        whole / 60 % 60,
        whole % 60,
    );
    match (days, hours, minutes) {
        (0, 0, 0) => format!("{rest} s"),
        (0, 0, _) => format!("{minutes} min {rest:02} s"),
        (0, _, _) => format!("{hours} h {minutes:02} min"),
        _ => format!("{days} d {hours:02} h"),
    }
}

/// How long ago something was, from milliseconds.
pub fn age(milliseconds: i64) -> String {
    #[expect(
        clippy::cast_precision_loss,
        reason = "an age is shown in its two largest units"
    )]
    let seconds = milliseconds.max(0) as f64 / 1_000.0;
    format!("{} ago", duration(seconds))
}

/// Rows a second.
pub fn rate(rows_per_second: f64) -> String {
    if !rows_per_second.is_finite() || rows_per_second <= 0.0 {
        "0/s".to_owned()
    } else if rows_per_second < 10.0 {
        format!("{rows_per_second:.1}/s")
    } else {
        #[expect(clippy::cast_possible_truncation, reason = "the cast saturates")]
        let whole = rows_per_second.round() as i64;
        format!("{}/s", count(whole))
    }
}

/// A moment, in milliseconds since 1970, as RFC 3339 in UTC with milliseconds.
pub fn stamp(ms: i64) -> String {
    let (days, of_day) = (ms.div_euclid(86_400_000), ms.rem_euclid(86_400_000));
    let (year, month, day) = civil(days);
    let (hour, minute) = (of_day / 3_600_000, of_day / 60_000 % 60);
    let (second, milli) = (of_day / 1_000 % 60, of_day % 1_000);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{milli:03}Z")
}

/// A name from a database or a file, with the characters escaped that could steer a terminal.
pub fn safe(name: &str) -> String {
    name.chars()
        .flat_map(|c| {
            let shown: Box<dyn Iterator<Item = char>> = if c.is_control() || is_direction(c) {
                Box::new(c.escape_unicode())
            } else {
                Box::new(std::iter::once(c))
            };
            shown
        })
        .collect()
}

/// A text for a terminal or a log, with the characters escaped that could steer it. Lines and tabs
/// stay. In JSON the escapes are JSON's own.
pub fn without_controls(text: &str) -> Cow<'_, str> {
    let steers = |c: char| {
        let is_layout = matches!(c, '\n' | '\t');
        c.is_control() && !is_layout || is_direction(c) || matches!(c, '\u{2028}' | '\u{2029}')
    };
    if !text.contains(steers) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        if steers(c) {
            let _ = write!(shown, "\\u{:04x}", u32::from(c));
        } else {
            shown.push(c);
        }
    }
    Cow::Owned(shown)
}

/// Whether the character changes the direction of the text after it.
fn is_direction(c: char) -> bool {
    matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// The date of a day counted from 1970-01-01, by Howard Hinnant's "chrono-Compatible Low-Level Date
/// Algorithms".
fn civil(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let of_era = days.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 {
        shifted + 3
    } else {
        shifted - 9
    };
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_stand_apart() {
        for (n, shown) in [
            (0_i64, "0"),
            (999, "999"),
            (1_000, "1,000"),
            (4_833_678, "4,833,678"),
            (-12_345, "-12,345"),
        ] {
            assert_eq!(count(n), shown);
        }
    }

    #[test]
    fn a_share_is_never_rounded_to_nothing_or_to_all() {
        assert_eq!(percent(0, 10), "0 %");
        assert_eq!(percent(1, 1_000_000), "<0.1 %");
        assert_eq!(percent(999_999, 1_000_000), ">99.9 %");
        assert_eq!(percent(5, 5), "100 %");
        assert_eq!(percent(1, 3), "33.3 %");
        assert_eq!(percent(0, 0), "0 %");
    }

    #[test]
    fn a_span_shows_its_two_largest_units() {
        assert_eq!(duration(0.25), "0.2 s");
        assert_eq!(duration(59.0), "59 s");
        assert_eq!(duration(61.0), "1 min 01 s");
        assert_eq!(duration(3_600.0 * 5.5), "5 h 30 min");
        assert_eq!(duration(86_400.0 * 3.0 + 7_200.0), "3 d 02 h");
        assert_eq!(duration(f64::NAN), "an unknown time");
    }

    #[test]
    fn a_moment_is_rfc_3339_in_utc() {
        assert_eq!(stamp(0), "1970-01-01T00:00:00.000Z");
        assert_eq!(stamp(951_782_399_999), "2000-02-28T23:59:59.999Z");
        assert_eq!(stamp(951_782_400_000), "2000-02-29T00:00:00.000Z");
        assert_eq!(stamp(1_448_496_000_123), "2015-11-26T00:00:00.123Z");
        assert_eq!(stamp(-1), "1969-12-31T23:59:59.999Z");
    }

    #[test]
    fn a_name_that_steers_the_terminal_is_made_visible() {
        assert_eq!(safe("parent\u{1b}[2J"), "parent\\u{1b}[2J");
        assert_eq!(safe("a\u{202e}b\nc"), "a\\u{202e}b\\u{a}c");
        assert_eq!(safe("Benutzer_ä"), "Benutzer_ä");
    }

    #[test]
    fn sizes_and_rates_keep_their_unit() {
        assert_eq!(bytes(512), "512 bytes");
        assert_eq!(bytes(19_456 << 10), "19.0 MiB");
        assert_eq!(rate(0.0), "0/s");
        assert_eq!(rate(3.25), "3.2/s");
        assert_eq!(rate(12_345.6), "12,346/s");
    }

    #[test]
    fn what_steers_a_terminal_is_escaped_and_lines_stay() {
        let text = "a\tb\nc";
        assert!(matches!(without_controls(text), Cow::Borrowed(same) if same == text));
        let steering = "\u{1b}[2J\u{7}\r\u{202e}\u{85}\u{9b}\u{7f}\u{2028}ø";
        let shown = "\\u001b[2J\\u0007\\u000d\\u202e\\u0085\\u009b\\u007f\\u2028ø";
        assert_eq!(without_controls(steering), shown);
        // In JSON it is the same text.
        let json = format!("\"{shown}\"");
        let read: String = serde_json::from_str(&json).expect("JSON");
        assert_eq!(read, steering);
    }
}
