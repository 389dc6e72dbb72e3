//! The processors and the memory of this machine, read from the control group: that is what a
//! container sees. It measures no speed.

use std::path::Path;

/// The memory that is left for everything but hashing, in bytes.
pub const RESERVE_BYTES: u64 = 512 << 20;

/// The processors and the memory of this machine, or of the control group of this process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Machine {
    /// The processors that this process may use, within its quota.
    pub cpus: usize,
    /// The memory in bytes; none where the system does not say.
    pub memory_bytes: Option<u64>,
}

impl Machine {
    /// Reads them from the system.
    pub fn detect() -> Self {
        let cpus = std::thread::available_parallelism().map_or(1, usize::from);
        let limits = [
            read_number(Path::new("/sys/fs/cgroup/memory.max")),
            own_cgroup().and_then(|path| {
                read_number(&Path::new("/sys/fs/cgroup").join(path).join("memory.max"))
            }),
            read_number(Path::new("/sys/fs/cgroup/memory/memory.limit_in_bytes")),
            meminfo("MemTotal:"),
        ];
        Self {
            cpus,
            memory_bytes: limits.into_iter().flatten().min(),
        }
    }
}

/// The load average of this host over the last minute; none where the system does not say.
pub fn host_load() -> Option<f64> {
    let text = std::fs::read_to_string("/proc/loadavg").ok()?;
    text.split_ascii_whitespace().next()?.parse().ok()
}

fn read_number(path: &Path) -> Option<u64> {
    std::fs::read_to_string(path).ok()?.trim().parse().ok()
}

/// The path of this process in the unified hierarchy.
fn own_cgroup() -> Option<String> {
    let text = std::fs::read_to_string("/proc/self/cgroup").ok()?;
    text.lines()
        .find_map(|l| l.strip_prefix("0::/"))
        .map(str::to_owned)
}

fn meminfo(field: &str) -> Option<u64> {
    let text = std::fs::read_to_string("/proc/meminfo").ok()?;
    let kib: u64 = text
        .lines()
        .find_map(|l| l.strip_prefix(field))?
        .trim()
        .strip_suffix("kB")?
        .trim()
        .parse()
        .ok()?;
    Some(kib << 10)
}
