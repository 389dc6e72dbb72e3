//! Time zones, read from the system's own files (TZif, RFC 8536) or from a rule as POSIX writes it.
//!
//! It reads no clock: which moment is meant is the caller's to say.

/// An offset from UTC, for every moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct TimeZone {
    /// From which second on which offset holds, in order.
    changes: Vec<(i64, i64)>,
    /// Before the first change.
    first: i64,
    /// Behind the last one.
    rule: Option<ZoneRule>,
}

/// Standard time, and summer time where there is one.
#[derive(Clone, Debug, PartialEq, Eq)]
struct ZoneRule {
    standard: i64,
    summer: Option<Summer>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Summer {
    offset: i64,
    begins: ChangeDay,
    ends: ChangeDay,
}

/// When in a year an offset changes: a day, and the local second of it.
#[derive(Clone, Debug, PartialEq, Eq)]
struct ChangeDay {
    day: DayOfYear,
    second: i64,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum DayOfYear {
    /// Month, week (5 is the last), day of the week (0 is Sunday).
    Week(i64, i64, i64),
    /// From 1, the 29th of February left out.
    Julian(i64),
    /// From 0.
    Day(i64),
}

const DAY: i64 = 86_400;

impl TimeZone {
    /// UTC.
    pub(super) fn utc() -> Self {
        Self {
            changes: Vec::new(),
            first: 0,
            rule: None,
        }
    }

    /// The zone of a file. None where it is no such file.
    pub(super) fn from_tzif(file: &[u8]) -> Option<Self> {
        let (head, data) = TzifHead::read(file)?;
        // Version 1 has 32 bits for a moment. A later one repeats everything with 64.
        if head.version == 0 {
            return head.zone(data, 4);
        }
        let (head, data) = TzifHead::read(data.get(head.len(4)..)?)?;
        let mut zone = head.zone(data, 8)?;
        let footer = data.get(head.len(8)..)?.strip_prefix(b"\n")?;
        let end = footer.iter().position(|byte| *byte == b'\n')?;
        let footer = std::str::from_utf8(&footer[..end]).ok()?;
        if !footer.is_empty() {
            zone.rule = Some(ZoneRule::parse(footer)?);
        }
        Some(zone)
    }

    /// The zone of a rule such as `CET-1CEST,M3.5.0,M10.5.0/3`. None where it is no rule.
    pub(super) fn from_rule(text: &str) -> Option<Self> {
        let rule = ZoneRule::parse(text)?;
        Some(Self {
            changes: Vec::new(),
            first: rule.standard,
            rule: Some(rule),
        })
    }

    /// Seconds to add to UTC.
    pub(super) fn offset(&self, unix: i64) -> i64 {
        let before = self.changes.partition_point(|(from, _)| *from <= unix);
        if before == self.changes.len()
            && let Some(rule) = &self.rule
        {
            return rule.offset(unix);
        }
        match before.checked_sub(1) {
            Some(last) => self.changes[last].1,
            None => self.first,
        }
    }
}

/// The head of a TZif file, or of its second half.
struct TzifHead {
    version: u8,
    utc_marks: usize,
    standard_marks: usize,
    leaps: usize,
    times: usize,
    types: usize,
    letters: usize,
}

impl TzifHead {
    /// The head, and what stands behind it.
    fn read(file: &[u8]) -> Option<(Self, &[u8])> {
        let rest = file.strip_prefix(b"TZif")?;
        let (version, rest) = rest.split_first()?;
        let rest = rest.get(15..)?;
        let count = |i: usize| {
            let bytes = rest.get(4 * i..4 * i + 4)?;
            usize::try_from(u32::from_be_bytes(bytes.try_into().ok()?)).ok()
        };
        let head = Self {
            version: *version,
            utc_marks: count(0)?,
            standard_marks: count(1)?,
            leaps: count(2)?,
            times: count(3)?,
            types: count(4)?,
            letters: count(5)?,
        };
        // No file of the world has a thousandth of that.
        let most = [head.leaps, head.times, head.types, head.letters];
        let is_sound = most.iter().all(|n| *n < 1 << 20);
        is_sound.then_some((head, rest.get(24..)?))
    }

    /// The bytes of the data behind the head, where a moment has so many.
    fn len(&self, moment: usize) -> usize {
        self.times * (moment + 1)
            + self.types * 6
            + self.letters
            + self.leaps * (moment + 4)
            + self.standard_marks
            + self.utc_marks
    }

    fn zone(&self, data: &[u8], moment: usize) -> Option<TimeZone> {
        let times = data.get(..self.times * moment)?.chunks_exact(moment);
        let kinds = data.get(self.times * moment..self.times * (moment + 1))?;
        let types = data.get(self.times * (moment + 1)..)?;
        let offset = |kind: usize| {
            let bytes = types.get(..self.types * 6)?.get(kind * 6..kind * 6 + 4)?;
            Some(i64::from(i32::from_be_bytes(bytes.try_into().ok()?)))
        };
        let changes = times.zip(kinds).map(|(time, kind)| {
            let at = match moment {
                4 => i64::from(i32::from_be_bytes(time.try_into().ok()?)),
                _ => i64::from_be_bytes(time.try_into().ok()?),
            };
            Some((at, offset(usize::from(*kind))?))
        });
        Some(TimeZone {
            changes: changes.collect::<Option<_>>()?,
            first: offset(0)?,
            rule: None,
        })
    }
}

impl ZoneRule {
    fn parse(text: &str) -> Option<Self> {
        let mut text = text;
        name(&mut text)?;
        let standard = -clock(&mut text)?;
        if text.is_empty() {
            return Some(Self {
                standard,
                summer: None,
            });
        }
        name(&mut text)?;
        let offset = match text.starts_with(',') {
            true => standard + 3_600,
            false => -clock(&mut text)?,
        };
        let mut days = text.strip_prefix(',')?.split(',');
        let summer = Summer {
            offset,
            begins: ChangeDay::parse(days.next()?)?,
            ends: ChangeDay::parse(days.next()?)?,
        };
        days.next().is_none().then_some(Self {
            standard,
            summer: Some(summer),
        })
    }

    fn offset(&self, unix: i64) -> i64 {
        let Some(summer) = &self.summer else {
            return self.standard;
        };
        let year = year_of((unix + self.standard).div_euclid(DAY));
        let begins = summer.begins.second_of(year) - self.standard;
        let ends = summer.ends.second_of(year) - summer.offset;
        // South of the equator summer ends before it begins.
        let is_summer = match begins < ends {
            true => (begins..ends).contains(&unix),
            false => !(ends..begins).contains(&unix),
        };
        if is_summer {
            summer.offset
        } else {
            self.standard
        }
    }
}

impl ChangeDay {
    fn parse(text: &str) -> Option<Self> {
        let (day, time) = match text.split_once('/') {
            Some((day, time)) => (day, Some(time)),
            None => (text, None),
        };
        let second = match time {
            None => 2 * 3_600,
            Some(time) => {
                let mut rest = time;
                let second = clock(&mut rest)?;
                rest.is_empty().then_some(second)?
            }
        };
        let number = |text: &str| text.parse::<i64>().ok();
        let day = if let Some(week) = day.strip_prefix('M') {
            let mut parts = week.split('.').map(number);
            let mut next = |most: std::ops::RangeInclusive<i64>| {
                parts.next()?.filter(|part| most.contains(part))
            };
            DayOfYear::Week(next(1..=12)?, next(1..=5)?, next(0..=6)?)
        } else if let Some(day) = day.strip_prefix('J') {
            DayOfYear::Julian(number(day).filter(|day| (1..=365).contains(day))?)
        } else {
            DayOfYear::Day(number(day).filter(|day| (0..=365).contains(day))?)
        };
        Some(Self { day, second })
    }

    /// The local second of it in a year, counted from 1970.
    fn second_of(&self, year: i64) -> i64 {
        let day = match self.day {
            DayOfYear::Day(day) => days_before(year, 1) + day,
            DayOfYear::Julian(day) => {
                let leap = i64::from(is_leap(year) && day >= 60);
                days_before(year, 1) + day - 1 + leap
            }
            DayOfYear::Week(month, week, weekday) => {
                let first = days_before(year, month);
                // The first of January 1970 was a Thursday.
                let of_first = (first + 4).rem_euclid(7);
                let day = first + (weekday - of_first).rem_euclid(7) + 7 * (week - 1);
                let next = match month {
                    12 => days_before(year + 1, 1),
                    month => days_before(year, month + 1),
                };
                if day < next { day } else { day - 7 }
            }
        };
        day * DAY + self.second
    }
}

/// Takes a name: letters, or anything between angle brackets.
fn name(text: &mut &str) -> Option<()> {
    let len = if text.starts_with('<') {
        text.find('>')? + 1
    } else {
        let letters = text.find(|c: char| !c.is_ascii_alphabetic());
        letters.unwrap_or(text.len())
    };
    *text = text.get(len..)?;
    (len >= 3).then_some(())
}

/// Takes a time: `[+-]hh[:mm[:ss]]`, in seconds.
fn clock(text: &mut &str) -> Option<i64> {
    let is_clock = |c: char| c.is_ascii_digit() || c == ':';
    let (sign, rest) = match text.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, text.strip_prefix('+').unwrap_or(text)),
    };
    let len = rest.find(|c| !is_clock(c)).unwrap_or(rest.len());
    let mut parts = rest[..len].split(':').map(str::parse::<i64>);
    let mut seconds = parts.next()?.ok().filter(|hours| *hours <= 167)? * 3_600;
    for unit in [60, 1] {
        match parts.next() {
            None => break,
            Some(part) => seconds += unit * part.ok().filter(|part| *part < 60)?,
        }
    }
    *text = &rest[len..];
    parts.next().is_none().then_some(sign * seconds)
}

fn is_leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

/// The days from 1970 to the first of a month.
fn days_before(year: i64, month: i64) -> i64 {
    const BEFORE: [i64; 12] = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334];
    let years = year - 1;
    let leaps = years.div_euclid(4) - years.div_euclid(100) + years.div_euclid(400);
    let before = usize::try_from(month - 1)
        .ok()
        .and_then(|month| BEFORE.get(month));
    let leap = i64::from(month > 2 && is_leap(year));
    // 719,162 days lie between the first of January of the year 1 and that of 1970.
    365 * years + leaps - 719_162 + before.copied().unwrap_or_default() + leap
}

fn year_of(day: i64) -> i64 {
    let mut year = 1970 + day.div_euclid(365);
    while days_before(year, 1) > day {
        year -= 1;
    }
    year
}

/// A file of a zone with one change.
#[cfg(test)]
pub(super) fn sample_file() -> Vec<u8> {
    tests::file()
}

#[cfg(test)]
mod tests {
    use super::*;

    const BERLIN: &str = "CET-1CEST,M3.5.0,M10.5.0/3";

    /// Moments around changes, as `date -d @N` tells them (coreutils with tzdata 2025).
    const KNOWN: [(&str, i64, i64); 10] = [
        // 2026-03-29 01:00 UTC and 2026-10-25 01:00 UTC.
        (BERLIN, 1_774_745_999, 3_600),
        (BERLIN, 1_774_746_000, 7_200),
        (BERLIN, 1_792_889_999, 7_200),
        (BERLIN, 1_792_890_000, 3_600),
        // New York: 2026-03-08 07:00 UTC and 2026-11-01 06:00 UTC.
        ("EST5EDT,M3.2.0,M11.1.0", 1_772_953_199, -18_000),
        ("EST5EDT,M3.2.0,M11.1.0", 1_772_953_200, -14_400),
        ("EST5EDT,M3.2.0,M11.1.0", 1_793_512_800, -18_000),
        // Sydney: summer over the new year.
        ("AEST-10AEDT,M10.1.0,M4.1.0/3", 1_767_225_600, 39_600),
        ("AEST-10AEDT,M10.1.0,M4.1.0/3", 1_782_864_000, 36_000),
        ("<+0545>-5:45", 1_782_864_000, 20_700),
    ];

    #[test]
    fn a_rule_says_which_offset_holds() {
        for (rule, unix, offset) in KNOWN {
            let zone = TimeZone::from_rule(rule).unwrap();
            assert_eq!(zone.offset(unix), offset, "{rule} at {unix}");
        }
    }

    #[test]
    fn what_is_no_rule_is_none() {
        for text in [
            "",
            "C",
            "CET",
            "CET-1CEST",
            "CET-1CEST,M3.5.0",
            "CET-1CEST,M13.5.0,M10.5.0",
            "CET-1CEST,M3.5.0,M10.5.0,M1.1.0",
            "Europe/Berlin",
            "CET-1:99",
        ] {
            assert_eq!(TimeZone::from_rule(text), None, "{text}");
        }
    }

    /// A file as `zic` makes it, with one change and a rule.
    pub(super) fn file() -> Vec<u8> {
        let mut file = Vec::new();
        for (version, moment) in [(b'2', 4_usize), (b'2', 8)] {
            file.extend(b"TZif");
            file.push(version);
            file.extend([0; 15]);
            for count in [0_u32, 0, 0, 1, 2, 8] {
                file.extend(count.to_be_bytes());
            }
            let at = 1_000_000_000_i64.to_be_bytes();
            file.extend(&at[8 - moment..]);
            file.push(1);
            for (offset, summer) in [(3_208_i32, 0_u8), (3_600, 0)] {
                file.extend(offset.to_be_bytes());
                file.extend([summer, 0]);
            }
            file.extend(b"LMT\0CET\0");
        }
        file.extend(b"\nCET-1CEST,M3.5.0,M10.5.0/3\n");
        file
    }

    #[test]
    fn a_file_holds_changes_and_the_rule_behind_them() {
        let zone = TimeZone::from_tzif(&file()).unwrap();
        assert_eq!(zone.offset(999_999_999), 3_208);
        assert_eq!(zone.offset(1_774_746_000), 7_200);
    }

    #[test]
    fn a_file_that_is_cut_or_none_is_refused_and_never_panics() {
        let whole = file();
        for len in 0..whole.len() {
            assert_eq!(TimeZone::from_tzif(&whole[..len]), None, "{len}");
        }
        for at in 0..whole.len() {
            let mut bent = whole.clone();
            bent[at] = 0xff;
            TimeZone::from_tzif(&bent);
        }
    }

    /// The system's own files agree with the rules that they end with, where there are any.
    #[test]
    fn files_of_this_system_agree_with_their_rules() {
        for (name, rule) in [
            ("Europe/Berlin", BERLIN),
            ("America/New_York", "EST5EDT,M3.2.0,M11.1.0"),
            ("Australia/Sydney", "AEST-10AEDT,M10.1.0,M4.1.0/3"),
        ] {
            let Ok(file) = std::fs::read(format!("/usr/share/zoneinfo/{name}")) else {
                continue;
            };
            let (file, rule) = (TimeZone::from_tzif(&file), TimeZone::from_rule(rule));
            let (file, rule) = (file.unwrap(), rule.unwrap());
            // Every hour from 2026 to 2044: some files list their changes until 2037.
            for hour in 0..24 * 365 * 18 {
                let unix = 1_767_225_600 + hour * 3_600;
                assert_eq!(file.offset(unix), rule.offset(unix), "{name} at {unix}");
            }
        }
    }
}
