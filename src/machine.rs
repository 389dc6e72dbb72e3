//! The processors and the memory of this machine, read from the control group: that is what a
//! container sees. It measures no speed.

use std::path::Path;

/// What is left for everything but hashing.
pub const RESERVE_BYTES: u64 = 512 << 20;

/// What this machine, or the control group on it, offers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Machine {
    /// Processors that this process may use, quota included.
    pub cpus: usize,
    /// Memory in bytes; none where nothing says.
    pub memory_bytes: Option<u64>,
}

impl Machine {
    /// Looks at this machine.
    pub fn look() -> Self {
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
