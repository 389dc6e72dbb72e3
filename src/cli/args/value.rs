//! Parsers of single values: numbers, times, names. An error is the end of a sentence that begins
//! with the option.

use std::time::Duration;

use crate::cli::environment::is_join_name;
use crate::policy::Age;
use crate::scheme::{Class, InnerId, Scheme};

/// A span of time: a number with s, m or h, or seconds.
pub(super) fn span(text: &str) -> Result<Duration, String> {
    const FORM: &str = "must be a time such as 90s, 30m or 6h";
    let digits = text.trim_end_matches(['s', 'm', 'h']);
    let seconds = match &text[digits.len()..] {
        "" | "s" => 1,
        "m" => 60,
        "h" => 3_600,
        _ => return Err(FORM.to_owned()),
    };
    let number: u64 = digits.parse().map_err(|_| FORM.to_owned())?;
    match number.checked_mul(seconds) {
        // At most a hundred years. A longer time is a typing error.
        Some(seconds) if seconds <= 100 * 366 * 86_400 => Ok(Duration::from_secs(seconds)),
        _ => Err(FORM.to_owned()),
    }
}

pub(super) fn scheme(text: &str) -> Result<Scheme, String> {
    Scheme::parse(text).map_err(|_| "is no scheme; docs/configuration.md lists them".to_owned())
}

pub(super) fn label(text: &str) -> Result<InnerId, String> {
    InnerId::parse(text.trim_start_matches("--"))
        .ok_or_else(|| "is no label; docs/wrapped.md lists them".to_owned())
}

pub(super) fn class(text: &str) -> Result<Class, String> {
    match Class::parse(text) {
        Some(Class::Null | Class::Empty | Class::Locked) => {
            Err("has no password that could be reset".to_owned())
        }
        Some(class) => Ok(class),
        None => Err("must be unknown, plaintext, weak, slow or strong".to_owned()),
    }
}

pub(super) fn past(text: &str) -> Result<Age, String> {
    Age::parse(text).ok_or_else(|| "must be an age such as 90d, 6w, 3mo or 2y".to_owned())
}

pub(super) fn reason(text: &str) -> Result<String, String> {
    if text.is_empty() || text.chars().count() > 200 || text.chars().any(char::is_control) {
        return Err("must be a line of at most 200 characters".to_owned());
    }
    Ok(text.to_owned())
}

/// The name of a run that is joined. Nothing stands for the name that the scheduler gives.
pub(super) fn join_name(text: &str) -> Result<String, String> {
    if !is_join_name(text) {
        return Err("must be at most 100 characters without spaces".to_owned());
    }
    Ok(text.to_owned())
}

pub(super) fn threads(text: &str) -> Result<usize, String> {
    match text.parse::<usize>() {
        Ok(number @ 1..=1_024) => Ok(number),
        _ => Err("must be from 1 to 1024".to_owned()),
    }
}

pub(super) fn life(text: &str) -> Result<Duration, String> {
    match span(text)? {
        life if (60..=720 * 3600).contains(&life.as_secs()) => Ok(life),
        _ => Err("must be from 1m to 720h".to_owned()),
    }
}

pub(super) fn positive(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(number) if number.is_finite() && number > 0.0 => Ok(number),
        _ => Err("must be a number above 0".to_owned()),
    }
}

pub(super) fn not_negative(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(number) if number.is_finite() && number >= 0.0 => Ok(number),
        _ => Err("must be a number, 0 or above".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_has_a_unit_or_is_in_seconds() {
        assert_eq!(span("60"), Ok(Duration::from_secs(60)));
        assert_eq!(span("90s"), Ok(Duration::from_secs(90)));
        assert_eq!(span("30m"), Ok(Duration::from_secs(1_800)));
        assert_eq!(span("6h"), Ok(Duration::from_secs(21_600)));
        for text in [
            "",
            "s",
            "5ms",
            "-1",
            "1.5h",
            "1d",
            "99999999999999999999h",
            "9999999999h",
        ] {
            assert!(span(text).is_err(), "{text}");
        }
    }
}
