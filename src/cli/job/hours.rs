//! When a job begins and ends by the clock: waits for its window, or says when that opens.

use std::io::ErrorKind;
use std::path::Path;
use std::time::{Duration, Instant};

use crate::cli::args::HoursArgs;
use crate::cli::environment;
use crate::cli::failure::Failure;
use crate::cli::time_zone::TimeZone;
use crate::engine::{End, Finished, Until};
use crate::report::stamp;

/// Where systems keep their zones.
const FOLDERS: [&str; 3] = ["/usr/share/zoneinfo", "/usr/lib/zoneinfo", "/etc/zoneinfo"];

/// What the hours say of a job that would begin now.
#[derive(Debug)]
pub(super) enum Begin {
    /// It begins, and ends then if it must.
    Now(Option<Until>),
    /// It begins after so long.
    Later(Duration),
    /// It does not begin.
    Not(Finished),
}

/// The hours of a job.
#[derive(Debug)]
pub(super) struct JobHours<'a> {
    args: &'a HoursArgs,
    zone: TimeZone,
    /// What the zone is called.
    zone_name: String,
    /// How long its window is waited for.
    wait: Duration,
}

impl<'a> JobHours<'a> {
    /// The hours that were typed.
    pub(super) fn new(args: &'a HoursArgs, wait: Duration) -> Result<Self, Failure> {
        let is_asked = args.until.is_some() || args.window.is_some() || args.time_zone.is_some();
        let (zone, zone_name) = match is_asked {
            true => zone(
                args.time_zone.as_deref(),
                environment::variable("TZ").as_deref(),
            )?,
            false => (TimeZone::utc(), String::new()),
        };
        Ok(Self {
            args,
            zone,
            zone_name,
            wait,
        })
    }

    /// What they say of a job that would begin now.
    pub(super) fn begin(&self) -> Begin {
        let (now, now_unix) = (Instant::now(), environment::now_ms().div_euclid(1_000));
        let left = |unix: i64| Duration::from_secs((unix - now_unix).max(0).unsigned_abs());
        let mut ends = Vec::new();
        if let Some(window) = self.args.window {
            let change = window.next_change(&self.zone, now_unix);
            if !window.is_open(&self.zone, now_unix) {
                if left(change) <= self.wait {
                    return Begin::Later(left(change));
                }
                return Begin::Not(Finished {
                    end: End::Window,
                    reason: Some(format!(
                        "the window {window} ({}) opens at {}",
                        self.zone_name,
                        self.shown(change)
                    )),
                    ..Finished::default()
                });
            }
            ends.push((change, format!("the window {window} has closed")));
        }
        if let Some(time) = self.args.until {
            let at = time.next(&self.zone, now_unix);
            ends.push((at, format!("--until {time} has come")));
        }
        let first = ends.into_iter().min_by_key(|(unix, _)| *unix);
        Begin::Now(first.map(|(unix, what)| Until {
            at: now + left(unix),
            reason: format!("{what} ({}, {})", self.zone_name, self.shown(unix)),
        }))
    }

    fn shown(&self, unix: i64) -> String {
        let local = unix + self.zone.offset(unix);
        let local = stamp(local.saturating_mul(1_000));
        let local = local.get(..16).unwrap_or_default().replace('T', " ");
        format!(
            "{local}, {} UTC",
            &stamp(unix.saturating_mul(1_000))[11..16]
        )
    }
}

/// The zone that was typed, that of `TZ`, or this host's, and its name.
fn zone(typed: Option<&str>, tz: Option<&str>) -> Result<(TimeZone, String), Failure> {
    let tz = tz.filter(|name| !name.is_empty());
    let tz = tz.map(|name| name.strip_prefix(':').unwrap_or(name));
    let name = match (typed, tz) {
        (Some(typed), _) => typed,
        // A file, as the C library reads it.
        (None, Some(file)) if file.starts_with('/') => {
            let zone = zone_of_file(Path::new(file))?.ok_or_else(|| no_zone(file))?;
            return Ok((zone, file.to_owned()));
        }
        (None, Some(name)) => name,
        (None, None) => return zone_of_host(Path::new("/etc/localtime")),
    };
    if matches!(name, "UTC" | "Etc/UTC") {
        return Ok((TimeZone::utc(), name.to_owned()));
    }
    let is_plain = !name.is_empty()
        && !name.starts_with('/')
        && name.split('/').all(|part| !part.is_empty() && part != "..");
    let mut files = FOLDERS
        .iter()
        .filter(|_| is_plain)
        .filter_map(|folder| std::fs::read(Path::new(folder).join(name)).ok());
    let zone = match files.next() {
        Some(file) => TimeZone::from_tzif(&file),
        None => TimeZone::from_rule(name),
    };
    match zone {
        Some(zone) => Ok((zone, name.to_owned())),
        None => Err(no_zone(name)),
    }
}

fn no_zone(name: &str) -> Failure {
    Failure::usage(
        format!("there is no time zone {name:?} on this system"),
        "name one such as Europe/Berlin, for which the package tzdata must be installed; UTC; or a rule such as CET-1CEST,M3.5.0,M10.5.0/3"
            .to_owned(),
    )
}

/// This host's zone. Without the file it is UTC, as for the C library.
fn zone_of_host(file: &Path) -> Result<(TimeZone, String), Failure> {
    Ok(match zone_of_file(file)? {
        Some(zone) => (zone, "this host's time".to_owned()),
        None => (TimeZone::utc(), "UTC".to_owned()),
    })
}

/// The zone of a file; none where there is no such file.
fn zone_of_file(path: &Path) -> Result<Option<TimeZone>, Failure> {
    let unusable = |why: String| {
        Failure::usage(
            format!("the time zone of {} can't be read: {why}", path.display()),
            "mend the file, or name a zone with --time-zone".to_owned(),
        )
    };
    match std::fs::read(path) {
        Ok(file) => match TimeZone::from_tzif(&file) {
            Some(zone) => Ok(Some(zone)),
            None => Err(unusable("it is no file of a time zone".to_owned())),
        },
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(unusable(error.to_string())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::time_zone::sample_file;

    #[test]
    fn a_file_that_is_damaged_is_not_taken_for_utc() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("localtime");
        let name = path.to_str().unwrap();
        let host = |path: &Path| zone_of_host(path).map(|(_, name)| name).ok();
        let by_tz = |tz: &str| zone(None, Some(tz)).map(|(_, name)| name).ok();
        assert_eq!(host(&path).as_deref(), Some("UTC"));
        assert_eq!(by_tz(&format!(":{name}")), None);
        std::fs::write(&path, sample_file()).unwrap();
        assert_eq!(host(&path).as_deref(), Some("this host's time"));
        assert_eq!(by_tz(&format!(":{name}")).as_deref(), Some(name));
        assert_eq!(by_tz(name).as_deref(), Some(name));
        // A path is no name of a zone.
        assert!(zone(Some(name), None).is_err());
        std::fs::write(&path, "TZif").unwrap();
        assert_eq!(host(&path), None);
        assert_eq!(by_tz(name), None);
        // A folder is there and can't be read.
        assert_eq!(host(folder.path()), None);
    }
}
