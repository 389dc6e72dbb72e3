//! When a job begins and ends by the clock: waits for its window, or says when that opens.

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
            true => zone(args.time_zone.as_deref())?,
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

/// The zone of that name, or this host's, and its name.
fn zone(typed: Option<&str>) -> Result<(TimeZone, String), Failure> {
    let of_environment = environment::variable("TZ").filter(|name| !name.is_empty());
    let name = typed.map(str::to_owned).or_else(|| {
        let name = of_environment?;
        Some(name.strip_prefix(':').unwrap_or(&name).to_owned())
    });
    let Some(name) = name else {
        // As the C library does: without the file it is UTC.
        let file = std::fs::read("/etc/localtime").ok();
        let zone = file.and_then(|file| TimeZone::from_tzif(&file));
        return Ok(match zone {
            Some(zone) => (zone, "this host's time".to_owned()),
            None => (TimeZone::utc(), "UTC".to_owned()),
        });
    };
    if matches!(name.as_str(), "UTC" | "Etc/UTC") {
        return Ok((TimeZone::utc(), name));
    }
    let is_plain = !name.is_empty()
        && !name.starts_with('/')
        && name.split('/').all(|part| !part.is_empty() && part != "..");
    let mut files = FOLDERS
        .iter()
        .filter(|_| is_plain)
        .filter_map(|folder| std::fs::read(Path::new(folder).join(&name)).ok());
    let zone = match files.next() {
        Some(file) => TimeZone::from_tzif(&file),
        None => TimeZone::from_rule(&name),
    };
    match zone {
        Some(zone) => Ok((zone, name)),
        None => Err(Failure::usage(
            format!("there is no time zone {name:?} on this system"),
            "name one such as Europe/Berlin, for which the package tzdata must be installed; UTC; or a rule such as CET-1CEST,M3.5.0,M10.5.0/3"
                .to_owned(),
        )),
    }
}
