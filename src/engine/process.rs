//! Who this process is, in words that another process on this host can check. It answers whether
//! the holder of a lock is still alive.

use std::sync::OnceLock;

use crate::store::ledger::{Holder, WorkerIdentity};

/// This process's id as a worker: a new UUID a process.
pub fn worker_id() -> &'static str {
    static ID: OnceLock<String> = OnceLock::new();
    ID.get_or_init(|| uuid::Uuid::new_v4().to_string())
}

/// This process.
pub(crate) fn me() -> WorkerIdentity {
    let pid = std::process::id();
    WorkerIdentity {
        id: worker_id().to_owned(),
        host: read("/proc/sys/kernel/hostname").unwrap_or_else(|| "unknown".to_owned()),
        boot: read("/proc/sys/kernel/random/boot_id").unwrap_or_default(),
        pid: i64::from(pid),
        pid_start: start_of(i64::from(pid)).unwrap_or_default(),
    }
}

/// Whether a lock's holder is known to be gone: it ran on this host in this boot, and no process of
/// its pid started when it did.
pub(crate) fn is_gone(holder: &Holder, me: &WorkerIdentity) -> bool {
    if holder.host != me.host
        || holder.boot != me.boot
        || me.boot.is_empty()
        || holder.pid_start.is_empty()
    {
        return false;
    }
    start_of(holder.pid).is_none_or(|start| start != holder.pid_start)
}

fn read(path: &str) -> Option<String> {
    std::fs::read_to_string(path)
        .ok()
        .map(|text| text.trim().to_owned())
}

/// When a process started, in clock ticks since boot: field 22 of `/proc/PID/stat` (proc(5)). A
/// zombie counts as gone.
fn start_of(pid: i64) -> Option<String> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The second field is the program's name in parentheses and may hold anything.
    let rest = &stat[stat.rfind(')')? + 1..];
    let mut fields = rest.split_ascii_whitespace();
    let state = fields.next()?;
    if state == "Z" || state == "X" {
        return None;
    }
    fields.nth(18).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_process_started_at_a_known_time_and_keeps_it() {
        let me = me();
        assert!(!me.pid_start.is_empty());
        assert_eq!(start_of(me.pid).as_deref(), Some(me.pid_start.as_str()));
    }

    #[test]
    fn a_pid_that_nobody_has_has_no_start() {
        assert_eq!(start_of(i64::from(u32::MAX)), None);
    }
}
